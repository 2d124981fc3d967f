"""Damaged runs are refused with the file that is damaged, and what was expected in it."""

import json
import re
import shutil
from pathlib import Path

import pytest

import scmsim as sc
from scmsim.experiments.run.folder import write_run


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory, scenarios: Path) -> Path:
    """A stored run."""
    result = sc.run(sc.load(scenarios / "beer_game.yaml"))
    return write_run(result, tmp_path_factory.mktemp("stored") / "run", report=False)


@pytest.fixture
def run(stored: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it, to be damaged."""
    monkeypatch.chdir(tmp_path)
    return shutil.copytree(stored, Path("run"))


def refusal(run: Path) -> str:
    """Say why a run cannot be opened."""
    with pytest.raises(sc.UsageError) as caught:
        sc.open(run)
    return str(caught.value)


@pytest.mark.parametrize(
    ("name", "pattern", "new", "said"),
    [
        ("values.csv", r",[\d.]+\n$", ",abc\n", r"values\.csv: line \d+: value: found 'abc'; expected a number"),
        ("kpis.csv", r",1,", ",,", r"kpis\.csv: line 2: n: found nothing; expected a whole number"),
        ("kpis.csv", r"\n", ",1,2\n", r"kpis\.csv: found the columns metric, .*, 1, 2; expected metric, segment, "),
        ("kpis.csv", r"\n$", ",1,2\n", r"kpis\.csv: line \d+: found 10 cells; expected 8"),
        ("kpis.csv", r"^metric", "metrik", r"kpis\.csv: found the columns metrik, segment, .*; expected metric, "),
        ("kpis.csv", r"(?s)^.*$", "", r"kpis\.csv: found the columns \(none\); expected metric, "),
        (
            "manifest.json",
            '"kpis": ',
            '"kpi": ',
            r"manifest\.json: tables: expected kpis with the columns half_width, ",
        ),
        ("manifest.json", '"kpis": ', '"../kpis": ', r"manifest\.json: tables: expected the columns of every table"),
        ("manifest.json", '"integer"', '["integer"]', r"manifest\.json: tables: expected the columns of every table"),
        ("manifest.json", '"record": "full"', '"record": 1', r"manifest\.json: record: expected full or summary"),
        ("manifest.json", r'"overrides": \[\]', '"overrides": 1', r"manifest\.json: expected a mapping of versions"),
    ],
)
def test_a_damaged_file_is_named(run: Path, name: str, pattern: str, new: str, said: str) -> None:
    """Tests that a damage is told with its file and what was expected there, in words that are not Python's."""
    path = run / name
    text, count = re.subn(pattern, new, path.read_text(encoding="utf-8"), count=1)
    assert count == 1
    path.write_text(text, encoding="utf-8", newline="\n")
    assert re.fullmatch(rf"run is not a whole stored run: run.{said}.*", refusal(run))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("kpis.csv", "kpis.csv is missing; expected the table of kpis that the run wrote"),
        ("scenario.yaml", "scenario.yaml"),
    ],
)
def test_a_missing_file_is_named(run: Path, name: str, said: str) -> None:
    """Tests that a file that is gone is named, without an error number."""
    (run / name).unlink()
    told = refusal(run)
    assert told.startswith("run is not a whole stored run: ")
    assert told.endswith(said)
    assert "Errno" not in told


def test_bytes_that_are_no_text(run: Path) -> None:
    """Tests that a table that is not UTF-8 is named."""
    with (run / "orders.csv").open("ab") as file:
        file.write(b"\xff\xfe")
    assert refusal(run) == f"run is not a whole stored run: {run / 'orders.csv'}: expected text in UTF-8"


def test_dates_and_flags_are_checked(run: Path) -> None:
    """Tests that a cell is held against what the manifest says of its column."""
    path = run / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    for kind, expected in {"flag": "True or False", "date": "a date"}.items():
        manifest["tables"]["kpis"]["metric"] = kind
        path.write_text(json.dumps(manifest), encoding="utf-8")
        assert re.search(rf"kpis\.csv: line 2: metric: found '\w+'; expected {expected}$", refusal(run))


def test_parquet_that_is_damaged(run: Path) -> None:
    """Tests that a damaged Parquet file is named."""
    pytest.importorskip("pyarrow")
    (run / "orders.parquet").write_text("no table")
    assert refusal(run).startswith(f"run is not a whole stored run: {run / 'orders.parquet'}")
