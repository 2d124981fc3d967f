"""``scmsim diff``."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import scmsim as sc


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with two scenarios in it."""
    monkeypatch.chdir(tmp_path)
    beer = sc.loads((Path(__file__).parents[2] / "scenarios" / "beer_game.yaml").read_text(encoding="utf-8"))
    beer.save("a.yaml")
    beer.set("lanes.brewery:distributor.lead_time=3", "nodes.retailer.stock.beer.policy.target=24").save("b.yaml")
    return tmp_path


def test_scenarios_are_told_apart_in_another_process() -> None:
    """Tests the whole output and the exit code, like diff(1), of a real process."""
    call = [sys.executable, "-m", "scmsim", "diff", "a.yaml", "b.yaml"]
    plain = subprocess.run(call, capture_output=True, text=True, encoding="utf-8", check=False)
    assert (plain.returncode, plain.stderr) == (0, "")
    assert plain.stdout == (
        "nodes.retailer.stock.beer.policy.target: 28 -> 24\nlane brewery -> distributor: lead_time 2 -> 3\n"
    )
    assert subprocess.run([*call, "--exit-code"], capture_output=True, check=False).returncode == 1


def test_no_difference_is_exit_0(scmsim: Callable) -> None:
    """Tests the word and the code for two scenarios that are the same, by file and by name."""
    outcome = scmsim("diff", "a.yaml", "beer_game", "--exit-code")
    assert (outcome.code, outcome.out) == (0, "no difference\n")


def test_json_has_what_a_script_needs(scmsim: Callable) -> None:
    """Tests paths, values and the override of every change."""
    found = json.loads(scmsim("diff", "a.yaml", "b.yaml", "--format", "json").out)
    assert found["figures"] is None
    assert found["changes"][0] == {
        "path": "nodes.retailer.stock.beer.policy.target",
        "sentence": "nodes.retailer.stock.beer.policy.target: 28 -> 24",
        "override": "nodes.retailer.stock.beer.policy.target=24",
        "before": 28.0,
        "after": 24.0,
    }


def test_results_are_told_apart(scmsim: Callable, folder: Path) -> None:
    """Tests that the scenarios' difference comes first and then the figures asked for."""
    for name in "ab":
        sc.run(f"{name}.yaml", record="summary").write(folder / name, report=False)
    outcome = scmsim("diff", "a", "b", "--measures", "total_cost,holding_cost@retailer")
    lines = outcome.out.splitlines()
    assert outcome.code == 0
    assert lines[1] == "lane brewery -> distributor: lead_time 2 -> 3"
    assert lines[2].startswith("from A to B -> total cost +")
    assert lines[-1] == "one replication each: these differences have no intervals"


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("a.yaml", "run"), 2, "A is a scenario (a.yaml), B is a result (beer-game, seed 1, 1 replication): give two"),
        (("a.yaml", "nothing.yaml"), 2, "There is no file nothing.yaml"),
        (("a.yaml", "."), 2, "is not a stored run: it has no manifest.json"),
        (("a.yaml", "bad.yaml"), 3, "bad.yaml"),
        (("run", "run", "--measures", "cost"), 2, "no metric 'cost'"),
        (("a.yaml", "b.yaml", "--measures", "total_cost"), 2, "scenarios have no figures: run both"),
        (("a.yaml", "b.yaml", "--format", "csv"), 2, "expected table or json, found 'csv'"),
    ],
)
def test_what_cannot_be_compared_is_refused(
    scmsim: Callable, folder: Path, arguments: tuple[str, ...], code: int, message: str
) -> None:
    """Tests exit codes and sentences, with nothing on stdout."""
    (folder / "bad.yaml").write_text("scmsim: 1\n", encoding="utf-8")
    sc.run("a.yaml", record="summary").write(folder / "run", report=False)
    outcome = scmsim("diff", *arguments)
    assert (outcome.code, outcome.out) == (code, "")
    assert message in " ".join(outcome.err.split())
    assert "Traceback" not in outcome.err
