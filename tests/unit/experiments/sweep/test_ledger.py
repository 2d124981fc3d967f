"""The database in which a sweep keeps its runs."""

import sqlite3
from pathlib import Path

import numpy as np
import pytest

from scmsim.errors import ScmsimError, UsageError
from scmsim.experiments.execution.work import Run
from scmsim.experiments.sweep.ledger import Columns, Ledger, cell, check_free, kind_of, reader

COLUMNS = Columns({"a.level": "integer", "a.kind": "text"}, ("cost@x", "cost@X"))
VALUES = {0: (1, "p"), 1: (2, {"kind": "q"})}


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    """A ledger of two points, with three runs of which one failed."""
    made = Ledger(tmp_path / "sweep.sqlite", COLUMNS, seed=7)
    made.add_points((number, (f"a.level={number}",), VALUES[number]) for number in VALUES)
    runs = [Run(1, 1, (3.0, 4.0), "", 0.5), Run(0, 1, (1.0, float("nan")), "", 0.1), Run(0, 2, (), "it failed", 0.2)]
    assert made.add(runs, VALUES) == 3
    return made


def test_rows_as_they_are_queried(ledger: Ledger, tmp_path: Path) -> None:
    """Tests the table of runs: a row per point and replication, in order, with NULL for what is undefined."""
    ledger.close()
    database = reader(tmp_path)
    assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    cursor = database.execute("SELECT * FROM runs")
    names = ["point", "replication", "seed", "a.level", "a.kind", "cost@x", "cost@X (2)", "error"]
    assert [column[0] for column in cursor.description] == names
    assert cursor.fetchall() == [
        (0, 1, 7, 1, "p", 1.0, None, None),
        (0, 2, 7, 1, "p", None, None, "it failed"),
        (1, 1, 7, 2, '{"kind": "q"}', 3.0, 4.0, None),
    ]
    assert database.execute('SELECT point, overrides, "a.level" FROM points').fetchall() == [
        (0, '["a.level=0"]', 1),
        (1, '["a.level=1"]', 2),
    ]
    assert database.execute("SELECT SUM(seconds) FROM timing").fetchone() == (pytest.approx(0.8),)
    database.close()


def test_what_is_there_is_known(ledger: Ledger) -> None:
    """Tests that it knows which runs are there, also those that failed, until they are to be done again."""
    assert ledger.done(2, 3).tolist() == [[True, True, False], [True, False, False]]
    assert ledger.failed == 1
    ledger.forget_failed()
    assert ledger.done(2, 3).tolist() == [[True, False, False], [True, False, False]]
    assert ledger.failed == 0
    ledger.close()


def test_a_run_that_is_there_has_to_be_the_same(ledger: Ledger) -> None:
    """Tests that the same run is not counted twice, and that one that differs is an error and not dropped."""
    assert ledger.add([Run(0, 1, (1.0, float("nan")), "", 9.0)], VALUES) == 0
    with pytest.raises(ScmsimError, match="Replication 1 of point 0 gave other figures than before"):
        ledger.add([Run(0, 1, (1.5, float("nan")), "", 9.0)], VALUES)
    ledger.close()


def test_only_one_writes_and_others_read(ledger: Ledger, tmp_path: Path) -> None:
    """Tests that a second writer is told of the first, and that a reader sees what is on disk meanwhile."""
    with pytest.raises(ScmsimError, match="another scmsim is writing to"):
        Ledger(tmp_path / "sweep.sqlite", COLUMNS, seed=7)
    with pytest.raises(ScmsimError, match="another scmsim is writing to .*: wait for it, or end it"):
        check_free(tmp_path)
    ledger.commit()
    database = reader(tmp_path)
    assert database.execute("SELECT COUNT(*) FROM runs").fetchone() == (3,)
    database.close()
    ledger.close()


def test_a_full_database_is_told(ledger: Ledger) -> None:
    """Tests that a database that may not grow says so in a sentence, and keeps what was written before."""
    ledger.commit()
    ledger.database.execute(f"PRAGMA max_page_count = {ledger.database.execute('PRAGMA page_count').fetchone()[0]}")
    many = [Run(1, number, (1.0, 2.0), "", 0.0) for number in range(2, 2000)]
    with pytest.raises(ScmsimError, match="cannot be written: database or disk is full.* the same command goes on"):
        ledger.add(many, VALUES)
    assert ledger.database.execute("SELECT COUNT(*) FROM runs WHERE point = 0").fetchone() == (2,)
    ledger.database.close()


def test_figures_come_back_bit_for_bit() -> None:
    """Tests that no figure is rounded on its way through the database."""
    figures = np.random.default_rng(1).standard_normal((50, 2)) * 10.0 ** np.arange(-25, 25)[:, None]
    ledger = Ledger(None, COLUMNS, seed=1)
    ledger.add([Run(0, at + 1, tuple(row), "", 0.0) for at, row in enumerate(figures.tolist())], VALUES)
    found = ledger.database.execute('SELECT "cost@x", "cost@X (2)" FROM runs').fetchall()
    assert np.array(found).tobytes() == figures.tobytes()
    ledger.close()


def test_too_many_columns_are_refused() -> None:
    """Tests that more figures than a table has columns are refused with the number there may be."""
    with pytest.raises(UsageError, match="0 factors and 2,000 figures are more than the 1,986 columns"):
        Ledger(None, Columns({}, tuple(f"m@{number}" for number in range(2000))), seed=1)


def test_what_is_no_ledger(tmp_path: Path) -> None:
    """Tests that a file that is no ledger is refused, and its folder named."""
    (tmp_path / "sweep.sqlite").write_bytes(b"not a database at all, but long enough to look like one" * 20)
    with pytest.raises(UsageError, match=r"sweep\.sqlite cannot be read: "):
        reader(tmp_path)
    (tmp_path / "sweep.sqlite").unlink()
    with pytest.raises(UsageError, match=r"is not a whole stored sweep: it has no sweep\.sqlite"):
        reader(tmp_path)


def test_cells_by_kind() -> None:
    """Tests how values of factors are written: numbers as numbers, all else as text that reads back."""
    assert [cell(value, "text") for value in ("x", 1, True, [1, 2], None)] == ["x", "1", "true", "[1, 2]", None]
    assert [cell(1, "number"), cell(True, "flag"), cell(3, "integer")] == [1.0, True, 3]
    assert [kind_of(values) for values in ([1, None], [None], [True, 1], [0.5])] == ["number", "text", "text", "number"]


def test_it_is_sqlite_for_everybody(ledger: Ledger, tmp_path: Path) -> None:
    """Tests that the file is an intact database for the standard library alone."""
    ledger.close()
    plain = sqlite3.connect(tmp_path / "sweep.sqlite")
    assert plain.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    plain.close()
