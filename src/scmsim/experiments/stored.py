"""A stored run read back."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from scmsim.errors import UsageError
from scmsim.experiments import csvs
from scmsim.experiments.folder import SCENARIO, read_manifest
from scmsim.experiments.result import Result
from scmsim.scenario.load import load

if TYPE_CHECKING:
    from os import PathLike


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
    columns: dict[str, dict[str, str]] = manifest.pop("tables", {})
    manifest.pop("files", None)
    try:
        frames = {name: _read_table(folder, name, kinds) for name, kinds in columns.items()}
        return Result(
            scenario=load(folder / SCENARIO),
            kpis=frames.pop("kpis"),
            values=frames.pop("values"),
            tables=frames,
            manifest=manifest,
        )
    except (OSError, KeyError, ValueError) as error:
        raise UsageError(f"{folder} is not a whole stored run: {error}") from error


def _read_table(folder: Path, name: str, kinds: Mapping[str, str]) -> pd.DataFrame:
    parquet = folder / f"{name}.parquet"
    return csvs.read(folder / f"{name}.csv", kinds) if not parquet.exists() else pd.read_parquet(parquet)
