"""``scmsim sensitivity``."""

import csv
import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import scmsim as sc
from scmsim.experiments.sweep.sweep import sweep

DELAY, COST = "lanes.wholesaler:retailer.lead_time", "nodes.retailer.stock.beer.holding_cost"
CALL = ("sensitivity", "beer_game", "--vary", f"{DELAY}=1..3", "--vary", f"{COST}=0..1", "--points", 8)
CALL = (*CALL, "--measures", "total_cost,holding_cost@retailer", "--executor", "here")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_sensitivity_in_another_process() -> None:
    """Tests that words and table of a real process stand on stdout, the most influential first, nothing on stderr."""
    call = [sys.executable, "-m", "scmsim", *map(str, CALL)]
    outcome = subprocess.run(call, capture_output=True, text=True, encoding="utf-8", check=False)
    assert (outcome.returncode, outcome.stderr) == (0, "")
    words, table = outcome.stdout.split("\n\n")
    assert len(words.splitlines()) == 2
    assert [line.split()[:2] for line in table.splitlines()[2:]] == [
        ["total_cost", DELAY],
        ["total_cost", COST],
        ["holding_cost@retailer", COST],
        ["holding_cost@retailer", DELAY],
    ]


def test_json_csv_and_folder_say_the_same(scmsim: Callable, folder: Path) -> None:
    """Tests that all three ways out hold the same indices."""
    outcome = scmsim(*CALL, "--format", "json", "--out", "out")
    found = json.loads(outcome.out)
    assert outcome.err == f"Report: {Path('out', 'report.html')}\n"
    assert (folder / "out" / "report.html").is_file()
    rows = list(csv.DictReader(io.StringIO(scmsim(*CALL, "--format", "csv").out)))
    stored = list(csv.DictReader(io.StringIO((folder / "out" / "indices.csv").read_text(encoding="utf-8"))))
    assert [float(row["first"]) for row in rows] == [row["first"] for row in found["indices"]]
    assert rows == stored
    assert found["method"] == "sobol"
    assert len(found["effects"]) == 4


def test_a_finished_sweep_is_read(scmsim: Callable, folder: Path) -> None:
    """Tests the folder of a sweep, and that what only a scenario has is refused."""
    beer = sc.load(Path(__file__).parents[2] / "scenarios" / "beer_game.yaml")
    sweep(beer, {COST: [0.5, 1]}, measures=["total_cost"], where="here").write(folder / "swept")
    outcome = scmsim("sensitivity", "swept")
    assert outcome.code == 0
    assert outcome.out.startswith("most of the variance of total_cost comes from holding_cost (100 %)\n")
    assert "--method morris` runs one" in scmsim("sensitivity", "swept", "--method", "morris").err
    refused = scmsim("sensitivity", "swept", "--points", 8)
    assert (refused.code, refused.out) == (2, "")
    assert "swept is a folder of a finished sweep, which --points cannot change: leave it out" in refused.err


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ((), 2, "nothing to vary"),
        (("--vary", f"{DELAY}=1..3", "--points", "9"), 2, "a power of 2 as their number of points, for instance 8"),
        (("--vary", f"{DELAY}=1..3", "--vary", f"{DELAY}=1..2"), 2, f"two factors on one path: {DELAY}"),
        (("--vary", f"{DELAY}=-1..3"), 3, "lead_time: found -1; expected"),
        (("--vary", "time.horizo=10..20"), 3, "Did you mean `time.horizon`?"),
        (("--vary", f"{DELAY}=1..3", "--replications", "0"), 2, "expected a whole number of at least 1"),
        (("--vary", f"{DELAY}=1..3", "--measures", "cost"), 2, "no metric 'cost'"),
        (("--vary", DELAY), 2, "PATH=VALUES"),
    ],
)
def test_what_cannot_be_done_is_refused(scmsim: Callable, arguments: tuple[str, ...], code: int, message: str) -> None:
    """Tests exit codes and sentences, with nothing on stdout and nothing run."""
    outcome = scmsim("sensitivity", "beer_game", *arguments)
    assert (outcome.code, outcome.out) == (code, "")
    assert message in " ".join(outcome.err.split())
    assert "Traceback" not in outcome.err
