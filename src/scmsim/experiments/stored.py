"""A stored run or experiment read back."""

import csv
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from scmsim.errors import MissingExtra, UsageError
from scmsim.experiments.run.result import Result
from scmsim.experiments.storage import csvs
from scmsim.experiments.storage.folder import MANIFEST, SCENARIO, kind_of, read_any, read_manifest
from scmsim.scenario.load import load

if TYPE_CHECKING:
    from os import PathLike

KEYS = frozenset({"metric", "segment", "node", "product"})
FIGURES = {"kpis": KEYS | {"mean", "half_width", "n", "unit"}, "values": KEYS | {"replication", "value"}}
WORDS = {
    "integer": "a whole number",
    "number": "a number",
    "flag": "True or False",
    "text": "a text",
    "date": "a date",
}


READERS = {
    "compare": ("compare.stored", "open_comparison"),
    "sweep": ("sweep.result", "open_sweep"),
    "optimize": ("optimize.stored", "open_optimization"),
    "sensitivity": ("sensitivity.result", "open_sensitivity"),
    "replicate": ("replicate.stored", "open_replication"),
}
"""By the kind of an experiment the module that reads it back, loaded when there is one to read."""


def open_stored(folder: "str | PathLike[str]") -> Any:
    """Read back what a folder holds: a stored run, or an experiment of any kind.

    Returns
    -------
    Result, Comparison, Sweep, Optimization, Sensitivity or Replication

    Raises
    ------
    UsageError
        The folder holds none of them, or not all of it.

    Examples
    --------
    >>> import tempfile, scmsim as sc
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     open_stored(sc.run(sc.load("scenarios/beer_game.yaml")).write(folder + "/beer"))
    <Result: beer-game, seed 1, 1 replication>
    """
    folder = Path(folder)
    kind = kind_of(read_any(folder))
    if kind == "run":
        return open_run(folder)
    if kind not in READERS:
        raise UsageError(f"{folder} holds a stored {kind}; this version reads: run, {', '.join(READERS)}")
    module, name = READERS[kind]
    return getattr(import_module(f"scmsim.experiments.{module}"), name)(folder)


def open_run(folder: "str | PathLike[str]") -> Result:
    """Read a stored run back.

    Raises
    ------
    UsageError
        The folder holds no run, or not all of it.

    Examples
    --------
    >>> import tempfile, scmsim as sc
    >>> result = sc.run(sc.load("scenarios/beer_game.yaml"))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     stored = sc.open(result.write(folder + "/beer"))
    >>> stored == result
    True
    """
    folder = Path(folder)
    manifest = read_manifest(folder)
    _check_manifest(folder, manifest)
    columns: dict[str, dict[str, str]] = manifest.pop("tables")
    manifest.pop("files")
    try:
        frames = {name: _read_table(folder, name, kinds) for name, kinds in columns.items()}
        scenario = load(folder / SCENARIO)
    except MissingExtra:
        raise
    except UsageError as error:
        raise UsageError(f"{folder} is not a whole stored run: {error}") from error
    return Result(
        scenario=scenario, kpis=frames.pop("kpis"), values=frames.pop("values"), tables=frames, manifest=manifest
    )


def _check_manifest(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Refuse a manifest that does not say what reading the run needs."""
    tables = manifest.get("tables")
    wrong = ""
    if not isinstance(tables, dict) or not all(_describes_table(name, kinds) for name, kinds in tables.items()):
        wrong = "tables: expected the columns of every table, and what each holds"
    elif missing := [name for name in FIGURES if not FIGURES[name] <= set(tables.get(name, ()))]:
        wrong = f"tables: expected {missing[0]} with the columns {', '.join(sorted(FIGURES[missing[0]]))}"
    elif manifest.get("record") not in ("full", "summary"):
        wrong = "record: expected full or summary"
    elif not isinstance(manifest.get("versions", {}), dict) or not isinstance(manifest.get("overrides", []), list):
        wrong = "expected a mapping of versions and a list of overrides"
    if wrong:
        raise UsageError(f"{folder} is not a whole stored run: {folder / MANIFEST}: {wrong}")


def _describes_table(name: str, kinds: object) -> bool:
    return name.isidentifier() and isinstance(kinds, dict) and set(map(str, kinds.values())) <= set(csvs.KINDS)


def _read_table(folder: Path, name: str, kinds: Mapping[str, str]) -> pd.DataFrame:
    parquet, text = folder / f"{name}.parquet", folder / f"{name}.csv"
    path = parquet if parquet.exists() else text
    try:
        frame = pd.read_parquet(parquet) if path == parquet else _read_csv(text, kinds)
    except FileNotFoundError:
        raise UsageError(f"{path} is missing; expected the table of {name} that the run wrote") from None
    except ImportError:
        raise MissingExtra("Reading Parquet", "parquet") from None
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror or 'expected a table'}") from error
    except (ValueError, OverflowError, csv.Error) as error:
        raise UsageError(f"{path}: {_complaint(path, kinds)}") from error
    if list(frame.columns) != list(kinds):
        raise UsageError(f"{path}: {_about_columns(list(map(str, frame.columns)), kinds)}")
    return frame


def _read_csv(path: Path, kinds: Mapping[str, str]) -> pd.DataFrame:
    with path.open(encoding="utf-8", newline="") as lines:
        header = next(csv.reader(lines), [])
    if header != list(kinds):
        raise UsageError(f"{path}: {_about_columns(header, kinds)}")
    return csvs.read(path, kinds)


def _about_columns(found: Sequence[str], kinds: Mapping[str, str]) -> str:
    return f"found the columns {', '.join(found)[:200] or '(none)'}; expected {', '.join(kinds)}"


def _complaint(path: Path, kinds: Mapping[str, str]) -> str:
    """Find the first cell of a table that is not what its column holds."""
    whole = "expected a table as the run wrote it"
    if path.suffix != ".csv":
        return whole
    try:
        with path.open(encoding="utf-8", newline="") as lines:
            reader = csv.reader(lines)
            next(reader, None)
            for row in reader:
                if len(row) != len(kinds):
                    return f"line {reader.line_num}: found {_cells(len(row))}; expected {len(kinds)}"
                for (name, kind), cell in zip(kinds.items(), row, strict=True):
                    if not _holds(cell, kind):
                        shown = f"{cell[:40]!r}" if cell else "nothing"
                        return f"line {reader.line_num}: {name}: found {shown}; expected {WORDS[kind]}"
    except UnicodeDecodeError:
        return "expected text in UTF-8"
    except (csv.Error, OSError):
        pass
    return whole


def _cells(number: int) -> str:
    return f"{number} cell{'' if number == 1 else 's'}"


def _holds(cell: str, kind: str) -> bool:
    try:
        if kind == "integer":
            return abs(int(cell)) < 2**63
        if kind == "number" and cell:
            float(cell)
        if kind == "date" and cell:
            pd.to_datetime(cell, format="ISO8601")
    except (ValueError, OverflowError):
        return False
    return kind != "flag" or cell in ("True", "False")
