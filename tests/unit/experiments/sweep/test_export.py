"""The tables of a sweep in other formats."""

import csv

import openpyxl
import pandas as pd
import pytest

import scmsim as sc
from scmsim.experiments.storage import csvs
from scmsim.experiments.sweep import export as exports
from scmsim.experiments.sweep.result import Sweep, open_sweep
from scmsim.experiments.sweep.sweep import sweep

NAMES = "nodes.retailer.label"
LEVEL = "nodes.retailer.stock.beer.policy.target"


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Sweep:
    """A sweep over names that a spreadsheet could take for formulas, with a point that fails."""
    vary = {NAMES: ["=1+1", "shop"], "time.horizon": [4, 30], "time.warm_up": [0, 10]}
    out = tmp_path_factory.mktemp("out") / "sweep"
    beer = sc.load("scenarios/beer_game.yaml")
    return sweep(beer, vary, measures=["total_cost", "fill_rate@retailer"], where="here", out=out)


def test_csv_is_safe_in_a_spreadsheet(stored: Sweep) -> None:
    """Tests that a text that begins like a formula is written with an apostrophe, and undefined figures are empty."""
    assert stored.folder is not None
    with (stored.folder / "runs.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row[NAMES] for row in rows} == {"'=1+1", "shop"}
    failed = [row for row in rows if row["error"]]
    assert [(row["time.horizon"], row["total_cost"]) for row in failed] == [("4", ""), ("4", "")]


def test_workbook_holds_what_the_tables_hold(stored: Sweep) -> None:
    """Tests that a workbook has the runs, the summary and what the sweep is, with no formula in it."""
    (path,) = stored.export("excel")
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["summary", "runs", "about"]
    rows = list(book["runs"].values)
    assert list(rows[0]) == stored.runs.columns.tolist()
    assert [row[0] for row in rows[1:]] == stored.runs["point"].tolist()
    cost = [row[rows[0].index("total_cost")] for row in rows[1:]]
    assert cost == stored.runs["total_cost"].astype(object).where(stored.runs["total_cost"].notna(), None).tolist()
    assert {cell.data_type for sheet in book for row in sheet for cell in row} <= {"n", "s"}
    assert dict(list(book["about"].values))["design"] == "grid"
    assert len(list(book["summary"].values)) == 1 + len(stored.points)


def test_parquet_holds_what_the_table_holds(stored: Sweep, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that Parquet gives back the runs, types included, also when it is written in many pieces."""
    monkeypatch.setattr(exports, "CELLS", 8)
    (path,) = stored.export("parquet")
    pd.testing.assert_frame_equal(pd.read_parquet(path), stored.runs)


def test_pieces_change_nothing(stored: Sweep, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that CSV files and tables are the same whether they are made at once or point by point."""
    assert stored.folder is not None
    before = [(stored.folder / name).read_bytes() for name in ("runs.csv", "summary.csv")]
    monkeypatch.setattr(exports, "CELLS", 1)
    stored.export("csv")
    assert [(stored.folder / name).read_bytes() for name in ("runs.csv", "summary.csv")] == before
    again = open_sweep(stored.folder)
    assert again.runs.equals(stored.runs)
    assert again.summary.equals(stored.summary)


def test_csv_reads_back(stored: Sweep) -> None:
    """Tests that the file of runs, read by pandas, has the figures bit for bit."""
    assert stored.folder is not None
    frame = pd.read_csv(stored.folder / "runs.csv", **csvs.EXACT)
    assert frame["total_cost"].equals(stored.runs["total_cost"])
    assert frame["point"].equals(stored.runs["point"])


def test_too_many_rows_for_excel(stored: Sweep, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that what does not fit into a sheet is refused, and no half workbook is left."""
    assert stored.folder is not None
    (stored.folder / "runs.xlsx").unlink(missing_ok=True)
    monkeypatch.setattr(exports, "MOST_ROWS", 5)
    with pytest.raises(sc.UsageError, match="do not fit into a sheet of Excel, which holds 5 of 16,384"):
        stored.export("excel")
    assert not list(stored.folder.glob("*runs.xlsx*"))


@pytest.mark.parametrize("form", ["excel", "parquet"])
def test_what_is_not_installed(stored: Sweep, form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that a format whose package is missing names the extra that brings it."""
    monkeypatch.setattr(exports.importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(sc.MissingExtra, match=rf"Writing {form.capitalize()} needs .*scmsim\[{form}\]"):
        stored.export(form)


def test_memory_has_no_place_for_files() -> None:
    """Tests that a sweep in memory has to be written before it is exported."""
    found = sweep(sc.load("scenarios/beer_game.yaml"), {LEVEL: [28]}, measures="total_cost", where="here")
    with pytest.raises(sc.UsageError, match="is kept in memory: write it to a folder"):
        found.export("csv")
