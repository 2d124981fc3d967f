"""The tables of a sweep, read from its ledger and written as CSV, Excel and Parquet, a piece at a time."""

import importlib.util
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from scmsim.errors import MissingExtra, ScmsimError, UsageError
from scmsim.experiments.statistics.estimates import estimate
from scmsim.experiments.sweep.ledger import Columns, distinct
from scmsim.experiments.sweep.plan import PARQUET, RUNS, SUMMARY, WORKBOOK

if TYPE_CHECKING:
    import pandas as pd

FORMATS = ("csv", "excel", "parquet")
NEEDS = {"excel": ("openpyxl", "Writing Excel"), "parquet": ("pyarrow", "Writing Parquet")}
CELLS = 2_000_000
"""So many cells are in memory at any time."""
MOST_ROWS, MOST_COLUMNS = 1_048_576, 16_384
"""What a sheet of Excel can hold."""


def check_formats(formats: Sequence[str]) -> None:
    """Make sure that tables can be written in these formats.

    Raises
    ------
    UsageError
        There is no such format.
    MissingExtra
        What writes it is not installed.
    """
    for name in formats:
        if name not in FORMATS:
            raise UsageError(f"no format {name!r}: expected one of {', '.join(FORMATS)}")
        if name in NEEDS and importlib.util.find_spec(NEEDS[name][0]) is None:
            raise MissingExtra(NEEDS[name][1], name)


class Tables:
    """The tables of a ledger.

    Parameters
    ----------
    database : Connection
        The ledger, open.
    columns : Columns
        What is in it.
    """

    def __init__(self, database: sqlite3.Connection, columns: Columns) -> None:
        self._database, self._columns = database, columns

    def runs(self) -> "pd.DataFrame":
        """Return a row per run: point, replication, seed, factors, measures, error."""
        return self._joined(self.pieces())

    def summary(self) -> "pd.DataFrame":
        """Return a row per point: factors, runs, failed, and of every measure mean and half width (95 %)."""
        return self._joined(self.summaries())

    def points(self) -> "pd.DataFrame":
        """Return a row per point: its number and the values of the factors."""
        import pandas as pd

        names = ["point", *self._columns.factors]
        rows = self._database.execute("SELECT * FROM points ORDER BY point")
        frame = pd.DataFrame([(row[0], *row[2:]) for row in rows], columns=names)
        return frame.astype({"point": "int64"}).assign(**self._typed(frame))

    def pieces(self) -> Iterator["pd.DataFrame"]:
        """Yield the runs, some whole points at a time, in order."""
        import pandas as pd

        names = ["point", "replication", "seed", *self._columns.factors, *self._columns.measures, "error"]
        last = self._database.execute("SELECT MAX(point), MAX(replication) FROM runs").fetchone()
        if last[0] is None:
            yield self._formed(pd.DataFrame([], columns=names))
            return
        step = max(1, CELLS // (len(names) * last[1]))
        for first in range(0, last[0] + 1, step):
            rows = self._database.execute(
                "SELECT * FROM runs WHERE point >= ? AND point < ? ORDER BY point, replication", (first, first + step)
            ).fetchall()
            if rows:
                yield self._formed(pd.DataFrame(rows, columns=names))

    def summaries(self) -> Iterator["pd.DataFrame"]:
        """Yield the summary of the points, in order."""
        for runs in self.pieces():
            yield self.summarised(runs)

    def _formed(self, frame: "pd.DataFrame") -> "pd.DataFrame":
        keys = {name: "int64" for name in ("point", "replication", "seed")}
        figures = {name: "float64" for name in self._columns.measures}
        return frame.astype({**keys, **figures}).assign(**self._typed(frame), **{"error": _texts(frame["error"])})

    def _typed(self, frame: "pd.DataFrame") -> dict[str, "pd.Series[Any]"]:
        forms: Mapping[str, Callable[[Any], Any]] = {
            "integer": lambda column: column.astype("int64"),
            "number": lambda column: column.astype("float64"),
            "flag": lambda column: column.astype("int64").astype("bool"),
            "text": _texts,
        }
        return {name: forms[kind](frame[name]) for name, kind in self._columns.factors.items()}

    def summarised(self, runs: "pd.DataFrame") -> "pd.DataFrame":
        """Return the summary of whole points from their runs."""
        import pandas as pd

        measures = list(self._columns.measures)
        numbers, first, places = np.unique(runs["point"].to_numpy(), return_index=True, return_inverse=True)
        most = int(runs["replication"].max()) if len(runs) else 1
        cube = np.full((most, len(numbers), len(measures)), np.nan)
        cube[runs["replication"].to_numpy() - 1, places] = runs[measures].to_numpy(dtype=np.float64)
        means, widths, _ = estimate(cube.reshape(most, -1))
        failed = np.bincount(places, weights=runs["error"].notna(), minlength=len(numbers)).astype(np.int64)
        count = np.bincount(places, minlength=len(numbers))
        head = runs.iloc[first][["point", *self._columns.factors]].reset_index(drop=True)
        head = head.assign(runs=count - failed, failed=failed)
        shape = (len(numbers), len(measures))
        figures = pd.DataFrame(
            np.stack([means.reshape(shape), widths.reshape(shape)], axis=2).reshape(len(numbers), -1),
            columns=[name for measure in measures for name in (measure, half_width(measure))],
        )
        return pd.concat([head, figures], axis=1)

    def _joined(self, pieces: Iterator["pd.DataFrame"]) -> "pd.DataFrame":
        import pandas as pd

        found = list(pieces)
        return found[0] if len(found) == 1 else pd.concat(found, ignore_index=True)


def half_width(measure: str) -> str:
    """Name the column of a summary that holds the half width of a measure's interval."""
    return f"{measure} half_width"


def _texts(column: "pd.Series[Any]") -> "pd.Series[Any]":
    from scmsim.experiments.storage.csvs import as_texts

    return as_texts(column)


def export(tables: Tables, folder: Path, formats: Sequence[str], about: Mapping[str, Any]) -> list[Path]:
    """Write the tables of a sweep to files; each takes its place when it is whole.

    Parameters
    ----------
    tables : Tables
        What to write.
    folder : Path
        Where.
    formats : sequence of str
        ``csv``, ``excel``, ``parquet``.
    about : mapping
        What the sweep is, for a sheet of the workbook.

    Raises
    ------
    UsageError
        There is no such format, or more rows than a sheet can hold.
    MissingExtra
        What writes it is not installed.
    ScmsimError
        The disk is full, the place not writable, ...
    """
    check_formats(formats)
    writers: dict[str, tuple[tuple[str, ...], Callable[..., None]]] = {
        "csv": ((RUNS, SUMMARY), lambda runs, summary: _csvs(tables, runs, summary)),
        "excel": ((WORKBOOK,), lambda path: _workbook(tables, about, path)),
        "parquet": ((PARQUET,), lambda path: _parquet(tables, path)),
    }
    return [path for form in formats for path in _whole(folder, *writers[form])]


def _whole(folder: Path, names: Sequence[str], write: Callable[..., None]) -> list[Path]:
    paths, new = [folder / name for name in names], [folder / f".{name}.new" for name in names]
    try:
        write(*new)
        for path, written in zip(paths, new, strict=True):
            written.replace(path)
    except OSError as error:
        said = ", ".join(map(str, paths))
        raise ScmsimError(f"{said} could not be written: {error.strerror or error}") from None
    finally:
        for path in new:
            path.unlink(missing_ok=True)
    return paths


def _csvs(tables: Tables, runs: Path, summary: Path) -> None:
    """Write the runs and what they come to in one reading of the ledger."""
    with runs.open("w", encoding="utf-8", newline="") as rows, summary.open("w", encoding="utf-8", newline="") as means:
        for number, piece in enumerate(tables.pieces()):
            _append(piece, rows, header=number == 0)
            _append(tables.summarised(piece), means, header=number == 0)


def _append(piece: "pd.DataFrame", file: IO[str], *, header: bool) -> None:
    from scmsim.experiments.storage.csvs import guarded

    guarded(piece).to_csv(file, index=False, lineterminator="\n", header=header)


def _workbook(tables: Tables, about: Mapping[str, Any], path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    for title, pieces in (("summary", tables.summaries()), ("runs", tables.pieces())):
        _sheet(book.create_sheet(title), pieces)
    sheet = book.create_sheet("about")
    for key, value in about.items():
        sheet.append([_cell(key), _cell(value if isinstance(value, str | int | float) else str(value))])
    book.save(path)


def _sheet(sheet: Any, pieces: Iterator["pd.DataFrame"]) -> None:
    from scmsim.experiments.storage.csvs import guarded

    rows = 1
    for number, piece in enumerate(pieces):
        rows += len(piece)
        if rows > MOST_ROWS or piece.shape[1] > MOST_COLUMNS:
            raise UsageError(
                f"{rows:,} or more rows of {piece.shape[1]:,} columns do not fit into a sheet of Excel, which holds "
                f"{MOST_ROWS:,} of {MOST_COLUMNS:,}: export csv or parquet"
            )
        if number == 0:
            sheet.append([_cell(str(name)) for name in piece.columns])
        for row in guarded(piece).astype(object).to_numpy():
            sheet.append([_cell(value) for value in row])


def _cell(value: Any) -> Any:
    """Write a value as Excel can hold it: nothing for what is undefined, no control characters."""
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or (isinstance(value, float) and not np.isfinite(value)):
        return None
    if isinstance(value, int) and abs(value) >= 2**53:
        return str(value)
    if not isinstance(value, str):
        return value
    plain = "".join(letter if letter.isprintable() or letter in "\n\t" else "?" for letter in value)[:32_000]
    return f"'{plain}" if plain.startswith(("=", "+", "-", "@")) else plain


def _parquet(tables: Tables, path: Path) -> None:
    import pyarrow
    import pyarrow.parquet

    writer = None
    try:
        for piece in tables.pieces():
            named = piece.set_axis(distinct(list(piece.columns)), axis=1)
            schema = writer.schema if writer is not None else _schema(named)
            table = pyarrow.Table.from_pandas(named, schema=schema, preserve_index=False)
            writer = writer or pyarrow.parquet.ParquetWriter(path, schema)
            writer.write_table(table)
    finally:
        if writer is not None:
            writer.close()


def _schema(piece: "pd.DataFrame") -> Any:
    import pyarrow

    from scmsim.experiments.storage.csvs import kind_of

    types = {"integer": pyarrow.int64(), "number": pyarrow.float64(), "flag": pyarrow.bool_(), "text": pyarrow.string()}
    return pyarrow.schema([(str(name), types[kind_of(piece[name])]) for name in piece.columns])
