"""The ledger of a sweep: every run in one SQLite database, that survives whatever happens to whoever writes it.

One process writes; anybody may read meanwhile. Tables: ``runs`` (one row per point and replication), ``points``,
``experiment`` (what it is), ``timing`` (seconds of each run, apart, as they differ from time to time).
"""

import json
import math
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from scmsim.errors import ScmsimError, UsageError
from scmsim.experiments.execution.work import Run
from scmsim.experiments.sweep.factors import as_text

DATABASE = "sweep.sqlite"
FILES = (DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm")
KINDS = {"integer": "INTEGER", "number": "REAL", "flag": "INTEGER", "text": "TEXT"}
MOST_COLUMNS = 1990
"""So many columns SQLite has in a table, as it is usually built."""
IN_USE = "another scmsim is writing to {}: wait for it, or end it"
COMMIT_EVERY = 1.0
"""Seconds after which what was found is on disk."""


class Columns(NamedTuple):
    """The columns of a sweep's tables.

    Parameters
    ----------
    factors : dict of str
        Of every factor, what its column holds: ``integer``, ``number``, ``flag`` or ``text``.
    measures : tuple of str
        Their addresses.
    """

    factors: dict[str, str]
    measures: tuple[str, ...]

    @property
    def names(self) -> list[str]:
        """The columns of ``runs`` in the database, where two names cannot differ by case alone."""
        return distinct(["point", "replication", "seed", *self.factors, *self.measures, "error"])


def distinct(names: Sequence[str]) -> list[str]:
    """Give names that differ also for those who do not tell capital letters from small ones.

    Examples
    --------
    >>> distinct(["cost@a", "cost@A"])
    ['cost@a', 'cost@A (2)']
    """
    seen: dict[str, int] = {}
    found = []
    for name in names:
        count = seen[name.casefold()] = seen.get(name.casefold(), 0) + 1
        found.append(name if count == 1 else f"{name} ({count})")
    return found


def kind_of(values: Iterable[Any]) -> str:
    """Name what a column of values holds.

    Examples
    --------
    >>> kind_of([1, 2]), kind_of([1, 0.5]), kind_of([True]), kind_of([1, "a"])
    ('integer', 'number', 'flag', 'text')
    """
    types = {type(value) for value in values}
    if types in ({bool}, {int}):
        return "flag" if types == {bool} else "integer"
    types -= {type(None)}
    return "number" if types and types <= {int, float} else "text"


def cell(value: Any, kind: str) -> Any:
    """Write a factor's value as a cell of its column."""
    if value is None:
        return None
    if kind == "number":
        return float(value)
    return value if kind != "text" or isinstance(value, str) else as_text(value)


class Ledger:
    """A sweep's database, open for writing.

    Parameters
    ----------
    place : Path or None
        The file; None keeps it in memory.
    columns : Columns
        What ``runs`` holds.
    seed : int
        The seed of every run.

    Raises
    ------
    ScmsimError
        It cannot be opened, or somebody else is writing it.
    """

    def __init__(self, place: Path | None, columns: Columns, seed: int) -> None:
        names = columns.names
        if len(names) > MOST_COLUMNS:
            raise UsageError(
                f"{len(columns.factors)} factors and {len(columns.measures):,} figures are more than the "
                f"{MOST_COLUMNS - 4:,} columns that a table can have: choose fewer figures"
            )
        self._shown = str(place.parent) if place is not None else "memory"
        self._columns, self._seed = columns, seed
        self._insert = f"INSERT INTO runs VALUES ({', '.join('?' * len(names))})"
        self._committed, self.failed = time.monotonic(), 0
        with self._told():
            self.database = sqlite3.connect(place or ":memory:", isolation_level=None, timeout=1.0)
            self._do("PRAGMA journal_mode = WAL")
            self._do("PRAGMA synchronous = NORMAL")
            self._do("BEGIN IMMEDIATE")
            for statement in _tables(columns):
                self._do(statement)

    def said(self) -> dict[str, Any]:
        """Return what the experiment is, as it was written."""
        return {key: json.loads(value) for key, value in self._do("SELECT key, value FROM experiment ORDER BY key")}

    def say(self, what: Mapping[str, Any]) -> None:
        """Write what the experiment is."""
        rows = [(key, json.dumps(value, ensure_ascii=False, sort_keys=True)) for key, value in what.items()]
        with self._told():
            self.database.executemany("INSERT OR REPLACE INTO experiment VALUES (?, ?)", rows)

    def points(self) -> int:
        """Return how many points it knows."""
        return int(self._do("SELECT COUNT(*) FROM points").fetchone()[0])

    def overrides(self) -> Iterator[tuple[str, ...]]:
        """Yield the changes of every point, in order."""
        for (text,) in self._do("SELECT overrides FROM points ORDER BY point"):
            yield tuple(json.loads(text))

    def add_points(self, points: Iterable[tuple[int, tuple[str, ...], tuple[Any, ...]]]) -> None:
        """Write points: number, changes, values of the factors."""
        kinds = list(self._columns.factors.values())
        statement = f"INSERT INTO points VALUES ({', '.join('?' * (2 + len(kinds)))})"
        rows = (
            (number, json.dumps(changes, ensure_ascii=False), *map(cell, values, kinds))
            for number, changes, values in points
        )
        with self._told():
            self.database.executemany(statement, rows)
            self.commit()

    def done(self, points: int, replications: int) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Return which runs are there, of shape (points, replications); also counts those that failed."""
        found = np.zeros((points, replications), dtype=np.bool_)
        for point, replication in self._do("SELECT point, replication FROM runs WHERE replication <= ?", replications):
            found[point, replication - 1] = True
        self.failed = int(self._do("SELECT COUNT(*) FROM runs WHERE error IS NOT NULL").fetchone()[0])
        return found

    def forget_failed(self) -> None:
        """Remove the runs that failed, so that they are done again."""
        with self._told():
            for table in ("timing", "runs"):
                self._do(
                    f"DELETE FROM {table} WHERE (point, replication) IN "
                    f"(SELECT point, replication FROM runs WHERE error IS NOT NULL)"
                )

    def add(self, runs: Sequence[Run], values: Mapping[int, tuple[Any, ...]]) -> int:
        """Write runs, and have them on disk within a second; return how many of them were not there yet.

        Parameters
        ----------
        runs : sequence of Run
            What came back.
        values : mapping
            The values of the factors at their points.

        Raises
        ------
        ScmsimError
            They cannot be written, or one of them was there and is different.
        """
        kinds, new = list(self._columns.factors.values()), 0
        with self._told():
            for run in runs:
                row = self._row(run, [cell(value, kind) for value, kind in zip(values[run.point], kinds, strict=True)])
                try:
                    self.database.execute(self._insert, row)
                except sqlite3.IntegrityError:
                    self._compare(row)
                    continue
                self._do("INSERT INTO timing VALUES (?, ?, ?)", run.point, run.replication, run.seconds)
                new += 1
                self.failed += bool(run.error)
            if time.monotonic() - self._committed >= COMMIT_EVERY:
                self.commit()
        return new

    def commit(self) -> None:
        """Have everything on disk, and keep the right to write."""
        with self._told():
            self._do("COMMIT")
            self._do("BEGIN IMMEDIATE")
        self._committed = time.monotonic()

    def close(self) -> None:
        """Have everything on disk, as far as that is possible, and let go of the file."""
        try:
            if self.database.in_transaction:
                with self._told():
                    self._do("COMMIT")
        finally:
            self.database.close()

    def _row(self, run: Run, factors: list[Any]) -> tuple[Any, ...]:
        figures = [None if math.isnan(value) else value for value in run.values]
        figures = figures or [None] * len(self._columns.measures)
        return (run.point, run.replication, self._seed, *factors, *figures, run.error or None)

    def _compare(self, row: tuple[Any, ...]) -> None:
        """Make sure that a run that is there already is the same."""
        known = self._do("SELECT * FROM runs WHERE point = ? AND replication = ?", *row[:2]).fetchone()
        if known != row:
            raise ScmsimError(
                f"Replication {row[1]} of point {row[0]} gave other figures than before: the ledger in {self._shown} "
                f"was written by something else"
            )

    def _do(self, statement: str, *values: Any) -> sqlite3.Cursor:
        return self.database.execute(statement, values)

    def _told(self) -> "_Told":
        return _Told(self._shown)


class _Told:
    """Says in a sentence what SQLite has to complain about."""

    def __init__(self, shown: str) -> None:
        self._shown = shown

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, sqlite3.OperationalError) and "locked" in str(error):
            raise ScmsimError(IN_USE.format(self._shown)) from None
        if isinstance(error, sqlite3.DatabaseError):
            full = " (the disk may be full)" if "I/O" in str(error) else ""
            raise ScmsimError(
                f"{self._shown} cannot be written: {error}{full}. Every run finished before is kept: the same command "
                f"goes on from there"
            ) from None


def check_free(folder: Path) -> None:
    """Make sure that nobody else is writing to the ledger in a folder, before anything is planned for it.

    Raises
    ------
    ScmsimError
        Somebody is.
    """
    place = folder / DATABASE
    if not place.is_file():
        return
    try:
        database = sqlite3.connect(f"{place.resolve().as_uri()}?mode=rw", uri=True, isolation_level=None, timeout=0.5)
    except sqlite3.Error:
        return  # what is wrong with it is said by whoever opens it to write
    try:
        database.execute("BEGIN IMMEDIATE")
        database.execute("ROLLBACK")
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise ScmsimError(IN_USE.format(folder)) from None
    except sqlite3.DatabaseError:
        pass
    finally:
        database.close()


def reader(folder: Path) -> sqlite3.Connection:
    """Open the ledger in a folder for reading.

    Raises
    ------
    UsageError
        There is none.
    """
    place = folder / DATABASE
    if not place.is_file():
        raise UsageError(f"{folder} is not a whole stored sweep: it has no {DATABASE}")
    error: sqlite3.DatabaseError | None = None
    for how in ("mode=rw", "mode=ro&immutable=1"):  # who may write clears up behind itself; on a CD nobody may
        try:
            found = sqlite3.connect(f"{place.resolve().as_uri()}?{how}", uri=True)
            found.execute("PRAGMA query_only = ON")
            found.execute("SELECT COUNT(*) FROM sqlite_master")
            return found
        except sqlite3.DatabaseError as refusal:
            error = refusal
    raise UsageError(f"{place} cannot be read: {error}")


def has_begun(database: sqlite3.Connection) -> bool:
    """Say whether a ledger holds its tables: whoever is ended before the first commit leaves an empty one.

    Examples
    --------
    >>> has_begun(sqlite3.connect(":memory:"))
    False
    """
    return database.execute("SELECT name FROM sqlite_master WHERE name = 'points'").fetchone() is not None


def _tables(columns: Columns) -> Iterator[str]:
    """Write the statements that make the tables where they are not there."""
    names = iter(columns.names)
    keys = [f"{_quoted(next(names))} INTEGER NOT NULL" for _ in range(3)]
    factors = [f"{_quoted(next(names))} {KINDS[kind]}" for kind in columns.factors.values()]
    measures = [f"{_quoted(next(names))} REAL" for _ in columns.measures]
    every = [*keys, *factors, *measures, f"{_quoted(next(names))} TEXT", "PRIMARY KEY (point, replication)"]
    yield f"CREATE TABLE IF NOT EXISTS runs ({', '.join(every)}) WITHOUT ROWID"
    known = ["point INTEGER PRIMARY KEY", "overrides TEXT NOT NULL", *factors]
    yield f"CREATE TABLE IF NOT EXISTS points ({', '.join(known)})"
    yield "CREATE TABLE IF NOT EXISTS experiment (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID"
    timing = "point INTEGER NOT NULL, replication INTEGER NOT NULL, seconds REAL, PRIMARY KEY (point, replication)"
    yield f"CREATE TABLE IF NOT EXISTS timing ({timing}) WITHOUT ROWID"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
