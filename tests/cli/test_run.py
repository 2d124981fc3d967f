"""``scmsim run`` and ``scmsim report``."""

import csv
import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import scmsim as sc

COSTS = {"retailer": 46.0, "wholesaler": 50.0, "distributor": 54.0, "brewery": 54.0}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to stand in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def total_costs(answer: dict[str, Any]) -> dict[str | None, float]:
    """Give the total cost of every node and, under None, of the chain."""
    rows = [row for row in answer["kpis"] if row["metric"] == "total_cost" and row["product"] is None]
    return {row["node"]: row["mean"] for row in rows}


def test_json_is_one_object_with_the_known_costs(scmsim: Callable, scenarios: Path) -> None:
    """Tests that the beer game costs 46, 50, 54, 54 per node and 204 in all, in one JSON object on stdout."""
    outcome = scmsim("run", scenarios / "beer_game.yaml", "--format", "json")
    answer = json.loads(outcome.out)
    assert (outcome.code, outcome.err) == (0, "")
    assert list(answer) == ["scenario", "replications", "seed", "kpis", "segments"]
    assert (answer["scenario"], answer["replications"], answer["seed"]) == ("beer-game", 1, 1)
    assert total_costs(answer) == {**COSTS, None: 204.0}
    assert list(answer["kpis"][0]) == ["metric", "node", "product", "mean", "half_width", "n", "unit"]


def test_json_knows_null_and_nothing_else_for_undefined(scmsim: Callable) -> None:
    """Tests that one replication has no half-width, and that no number is NaN or infinite."""
    text = scmsim("run", "beer_game", "--format", "json").out
    assert {row["half_width"] for row in json.loads(text)["kpis"]} == {None}
    assert not {"NaN", "Infinity", "-Infinity"} & set(text.replace(",", " ").split())


def test_segments_stand_apart(scmsim: Callable) -> None:
    """Tests that the sums of segments are listed by segment and add up to the chain's."""
    answer = json.loads(scmsim("run", "beer_game", "--format", "json").out)
    rows = [row for row in answer["segments"] if row["metric"] == "total_cost"]
    assert list(rows[0]) == ["metric", "segment", "mean", "half_width", "n", "unit"]
    assert {row["segment"]: row["mean"] for row in rows} == {"internal": 104.0, "downstream": 100.0}


def test_csv_is_the_table_of_figures(scmsim: Callable) -> None:
    """Tests that --format csv prints every figure, with an empty cell for what is undefined."""
    rows = list(csv.DictReader(io.StringIO(scmsim("run", "beer_game", "--format", "csv").out)))
    assert list(rows[0]) == ["metric", "segment", "node", "product", "mean", "half_width", "n", "unit"]
    costs = {
        row["node"]: float(row["mean"])
        for row in rows
        if row["metric"] == "total_cost" and row["node"] and not row["product"]
    }
    assert costs == COSTS


def test_table_shows_every_node_and_the_chain(scmsim: Callable) -> None:
    """Tests that the table has one line per node, in the order of the file, and one for the chain."""
    lines = scmsim("run", "beer_game").out.splitlines()
    assert [line[:11].strip() for line in lines[2:]] == [
        "brewery",
        "distributor",
        "wholesaler",
        "retailer",
        "whole chain",
    ]
    assert [line[11:].split()[0] for line in lines[2:]] == ["54.00", "54.00", "50.00", "46.00", "204.00"]
    assert max(map(len, lines)) <= 100


def test_nothing_is_written_unless_asked_for(scmsim: Callable, folder: Path) -> None:
    """Tests that a run without --out leaves no file."""
    assert scmsim("run", "beer_game").code == 0
    assert list(folder.iterdir()) == []


def test_out_writes_everything_and_says_where(scmsim: Callable, folder: Path) -> None:
    """Tests that --out writes figures, tables, scenario, manifest and report, and says where the report is."""
    outcome = scmsim("run", "beer_game", "--out", "runs/beer")
    written = {path.name for path in (folder / "runs/beer").iterdir()}
    assert outcome.err.splitlines()[-1] == f"Report: {Path('runs/beer/report.html')}"
    assert {
        "kpis.csv",
        "values.csv",
        "orders.csv",
        "stock.csv",
        "manifest.json",
        "scenario.yaml",
        "report.html",
    } <= written
    assert [path.name for path in (folder / "runs").iterdir()] == ["beer"]


def test_manifest_says_what_the_run_was(scmsim: Callable, folder: Path) -> None:
    """Tests that the manifest names scenario, hash, seed, overrides and versions, and no time or place."""
    scmsim("run", "beer_game", "--out", "beer", "--seed", "5", "--replications", "2", "--set", "time.horizon=10")
    text = (folder / "beer/manifest.json").read_text(encoding="utf-8")
    manifest = json.loads(text)
    assert (manifest["scenario"], manifest["seed"], manifest["replications"]) == ("beer-game", 5, 2)
    assert manifest["overrides"] == ["time.horizon=10"]
    assert len(manifest["sha256"]) == 64
    assert set(manifest["versions"]) == {"scmsim", "python", "numpy", "simpy", "pandas", "pydantic"}
    assert str(folder) not in text


def test_the_same_run_gives_the_same_bytes(scmsim: Callable, folder: Path) -> None:
    """Tests that a run that is repeated, elsewhere or in place, writes the same bytes."""
    for out in ("one", "two", "two"):
        assert (
            scmsim(
                "run",
                "newsvendor",
                "--set",
                "time.horizon=200",
                "--set",
                "time.warm_up=0",
                "--replications",
                2,
                "--out",
                out,
            ).code
            == 0
        )
    names = sorted(path.name for path in (folder / "one").iterdir())
    assert names == sorted(path.name for path in (folder / "two").iterdir())
    assert [
        name for name in names if (folder / "one" / name).read_bytes() != (folder / "two" / name).read_bytes()
    ] == []


def test_another_run_is_not_overwritten(scmsim: Callable, folder: Path) -> None:
    """Tests that a run of something else is kept without --force, and replaced with it."""
    scmsim("run", "beer_game", "--out", "beer")
    before = (folder / "beer/manifest.json").read_bytes()
    refused = scmsim("run", "beer_game", "--out", "beer", "--set", "time.horizon=20")
    assert (refused.code, refused.out) == (2, "")
    assert refused.err.startswith(
        "Error: beer holds another run of a scenario that has changed since (beer-game, seed 1, 1 replication)"
    )
    assert (folder / "beer/manifest.json").read_bytes() == before
    assert scmsim("run", "beer_game", "--out", "beer", "--set", "time.horizon=20", "--force").code == 0
    assert (folder / "beer/manifest.json").read_bytes() != before


def test_a_stored_run_is_read_back_equal(folder: Path, scenarios: Path) -> None:
    """Tests that a result with intervals, gaps and tables is equal to itself read back."""
    scenario = sc.load(scenarios / "beer_game_noisy.yaml")
    result = sc.run(scenario, replications=3, seed=4)
    assert sc.open(result.write(folder / "noisy")) == result
    assert sc.run(scenario, replications=3, seed=5) != result


def test_parquet_beside_csv(scmsim: Callable, folder: Path) -> None:
    """Tests that --parquet writes the recorded tables a second time, and that they read back equal."""
    pytest.importorskip("pyarrow")
    assert scmsim("run", "beer_game", "--out", "beer", "--parquet").code == 0
    assert (folder / "beer/orders.parquet").exists()
    assert (folder / "beer/orders.csv").exists()
    assert sc.open(folder / "beer") == sc.run(sc.load(folder / "beer/scenario.yaml"))


def test_summary_writes_no_tables(scmsim: Callable, folder: Path) -> None:
    """Tests that --summary keeps figures and report, and no table that grows with the run."""
    assert scmsim("run", "beer_game", "--out", "beer", "--summary").code == 0
    assert not (folder / "beer/orders.csv").exists()
    with pytest.raises(sc.UsageError, match="This run kept no table of orders"):
        _ = sc.open(folder / "beer").orders


def test_report_is_built_again(scmsim: Callable, folder: Path) -> None:
    """Tests that scmsim report writes the same report again from a stored run."""
    scmsim("run", "beer_game", "--out", "beer")
    report = folder / "beer/report.html"
    before = report.read_bytes()
    report.unlink()
    outcome = scmsim("report", "beer")
    assert (outcome.code, outcome.out) == (0, f"{Path('beer/report.html')}\n")
    assert report.read_bytes() == before
    assert scmsim("run", "beer_game", "--out", "beer").code == 0


def test_replications_bring_intervals(scmsim: Callable) -> None:
    """Tests that several replications give half-widths, and the table shows them."""
    assert " ± " in scmsim("run", "beer_game_noisy", "--replications", 3).out
    answer = json.loads(scmsim("run", "beer_game_noisy", "--replications", 3, "--format", "json").out)
    chain = next(row for row in answer["kpis"] if row["metric"] == "total_cost" and row["node"] is None)
    assert chain["n"] == 3
    assert chain["half_width"] > 0


def test_a_run_without_progress_bar_is_silent(scmsim: Callable) -> None:
    """Tests that nothing is written to a stderr that is not a terminal."""
    assert scmsim("run", "beer_game_noisy", "--replications", 3).err == ""


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (
            ["beer_gmae"],
            2,
            "There is no file beer_gmae, and no shipped scenario of that name (scmsim list). Did you mean beer_game?",
        ),
        (["."], 2, ". is a folder; a scenario is a file"),
        (["beer_game", "--seed", "-1"], 2, "'--seed': expected a whole number of at least 0, found '-1'"),
        (["beer_game", "--replications", "0"], 2, "'--replications': expected a whole number of at least 1, found '0'"),
        (["beer_game", "--replications", "x"], 2, "'--replications': expected a whole number of at least 1, found 'x'"),
        (["beer_game", "--format", "xml"], 2, "'--format': expected table, json or csv, found 'xml'"),
        (["beer_game", "--out", ""], 2, "'--out': the folder name is empty"),
        (["beer_game", "--parquet"], 2, "--parquet writes tables and needs a folder for them: add --out DIR"),
        (["/dev/null"], 2, "/dev/null is not a regular file, but a device or a pipe"),
        (["x" * 300], 2, "There is no file xxx"),
        (["beer_game", "--out", "thesis"], 2, "thesis is not empty and holds no run of scmsim"),
        (["beer_game", "--set", "time.horizn=5"], 3, "horizon"),
        (["beer_game", "--set", "time.horizon=0"], 3, "time.horizon"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_cannot_be_done(scmsim: Callable, folder: Path, arguments: list[str], code: int, said: str) -> None:
    """Tests that a wrong argument ends in its exit code and a word on stderr; nothing is printed or written."""
    (folder / "thesis").mkdir()
    (folder / "thesis/chapter.txt").write_text("1")
    outcome = scmsim("run", *arguments)
    assert (outcome.code, outcome.out) == (code, "")
    assert said in " ".join(outcome.err.replace("│", " ").split())
    assert [path.name for path in folder.iterdir()] == ["thesis"]


def test_report_needs_a_stored_run(scmsim: Callable, folder: Path) -> None:
    """Tests that a folder that holds no run, or half of one, is refused with the reason."""
    assert scmsim("report", folder).err.startswith(f"Error: {folder} is not a stored run")
    scmsim("run", "beer_game", "--out", "beer")
    (folder / "beer/kpis.csv").unlink()
    outcome = scmsim("report", "beer")
    assert outcome.code == 2
    assert "beer is not a whole stored run" in outcome.err


def test_a_name_that_is_a_formula_is_defused(scmsim: Callable, scenarios: Path, folder: Path) -> None:
    """Tests that a node called =1+1 is a text in every CSV file, and itself again when the run is read back."""
    text = (
        (scenarios / "beer_game.yaml")
        .read_text(encoding="utf-8")
        .replace("retailer", '"=1+1"', 1)
        .replace("retailer", "=1+1")
    )
    (folder / "formula.yaml").write_text(text.replace("kind: =1+1", "kind: retailer"), encoding="utf-8")
    outcome = scmsim("run", "formula.yaml", "--format", "csv", "--out", "formula")
    if outcome.code == 3:
        shutil.rmtree(folder / "formula", ignore_errors=True)
        return
    assert "'=1+1" in outcome.out
    assert ",=1+1" not in outcome.out
    assert "=1+1" in set(sc.open(folder / "formula").kpis["node"])
