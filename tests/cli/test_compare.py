"""``scmsim compare``."""

import csv
import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

LEVEL = "nodes.stand.stock.paper.policy.level"
MORE = ("--variant", f"more:{LEVEL}=60")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to stand in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_two_files_in_a_process_of_their_own(scenarios: Path) -> None:
    """Tests that the command prints one JSON object, exactly the known difference of the beer games, and exits 0."""
    files = [str(scenarios / name) for name in ("beer_game.yaml", "beer_game_base_stock.yaml")]
    command = [sys.executable, "-m", "scmsim", "compare", *files, "--measures", "total_cost", "--format", "json"]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")
    answer = json.loads(done.stdout)
    keys = [
        "scenarios",
        "replications",
        "seed",
        "confidence",
        "sentences",
        "estimates",
        "differences",
        "best",
        "frontier",
    ]
    assert list(answer) == [*keys, "selection"]
    assert answer["scenarios"] == ["beer_game", "beer_game_base_stock"]
    (row,) = answer["differences"]
    assert (row["difference"], row["verdict"], row["p_adjusted"]) == (-24.0, "better", None)
    assert answer["sentences"][1] == ("beer_game_base_stock is cheaper than beer_game: total cost 24 lower (exactly).")


def test_variants_of_a_file_as_a_table(scmsim: Callable) -> None:
    """Tests that the table says sentences first, then every scenario's figures, then the differences."""
    outcome = scmsim("compare", "newsvendor", *MORE, "--measures", "fill_rate,total_cost", "--replications", "10")
    assert (outcome.code, outcome.err) == (0, "")
    sentences, figures, differences = outcome.out.split("\n\n")
    assert sentences.startswith("2 scenarios (base, more), 10 replications each on the same random numbers")
    assert "more serves better than base: fill rate" in sentences
    assert [line.split()[0] for line in figures.splitlines()[2:]] == ["fill_rate", "total_cost"]
    assert "total_cost: more − base" in differences
    assert "worse" in differences


def test_the_policies_of_a_file(scmsim: Callable, folder: Path, scenarios: Path) -> None:
    """Tests that --policies compares what the file lists, with the file as it stands as the base."""
    text = (scenarios / "newsvendor.yaml").read_text(encoding="utf-8")
    block = (
        f"experiments: {{compare: {{policies: {{more: {{{LEVEL}: 60}}}}, replications: 4, measures: [total_cost]}}}}\n"
    )
    (folder / "paper.yaml").write_text(text + block, encoding="utf-8")
    answer = json.loads(scmsim("compare", "paper.yaml", "--policies", "--format", "json").out)
    assert (answer["scenarios"], answer["replications"]) == (["base", "more"], 4)
    assert [row["measure"] for row in answer["differences"]] == ["total_cost"]


def test_csv_is_the_table_of_differences(scmsim: Callable) -> None:
    """Tests that --format csv prints one row per pair and measure."""
    outcome = scmsim("compare", "newsvendor", *MORE, "--replications", "3", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(outcome.out)))
    assert [row["measure"] for row in rows] == ["fill_rate", "total_cost", "order_variance_ratio@stand"]
    assert {"pair", "difference", "low", "high", "p_adjusted", "verdict", "still_needed"} <= set(rows[0])


def test_confidence_widens_intervals(scmsim: Callable) -> None:
    """Tests that intervals are wider at 99.9 % than at 90 %, around the same difference."""

    def widths(confidence: str) -> tuple[float, float]:
        asked = ("compare", "newsvendor", *MORE, "--measures", "total_cost", "--replications", "5")
        (row,) = json.loads(scmsim(*asked, "--confidence", confidence, "--format", "json").out)["differences"]
        return row["difference"], row["high"] - row["low"]

    (first, narrow), (second, wide) = widths("0.9"), widths("0.999")
    assert first == second
    assert wide > 2 * narrow


def test_one_replication_gives_no_verdict(scmsim: Callable) -> None:
    """Tests that one replication of a random scenario says so instead of deciding."""
    outcome = scmsim("compare", "newsvendor", *MORE, "--replications", "1")
    assert outcome.code == 0
    assert "that says nothing about chance, so there is no verdict" in outcome.out
    assert "one replication: cannot tell" in outcome.out


def test_selecting_the_best(scmsim: Callable) -> None:
    """Tests that --select says who is the best, how sure, and what it took."""
    asked = ("--select", "total_cost", "--indifference", "50", "--replications", "10", "--most", "200")
    answer = json.loads(scmsim("compare", "newsvendor", *MORE, *asked, "--format", "json").out)
    assert (answer["selection"]["left"], answer["selection"]["reached"]) == (["base"], True)
    assert answer["sentences"][-1].startswith("Selected as the best on total cost: base (95 % sure")


def test_a_selection_that_comes_to_no_choice_is_a_warning(scmsim: Callable) -> None:
    """Tests that a selection stopped by --most prints what there is, and stderr and JSON say that it chose none."""
    asked = ("--select", "total_cost", "--indifference", "0.01", "--replications", "3", "--most", "4")
    outcome = scmsim("compare", "newsvendor", "--variant", f"near:{LEVEL}=58", *asked, "--format", "json")
    selection = json.loads(outcome.out)["selection"]
    assert outcome.code == 0
    assert (selection["left"], selection["reached"]) == (["base", "near"], False)
    said = "Warning: none was selected, as base and near are left after the most replications allowed"
    assert outcome.err == f"{said}: --most allows more\n"


def test_what_a_variant_hardly_means_is_said(scmsim: Callable) -> None:
    """Tests that the warnings of a variant come on stderr, each once."""
    variants = [("--variant", f"{name}:lanes.0.share.point_of_sale=true") for name in ("one", "two")]
    asked = ("--measures", "total_cost", "--replications", "2")
    outcome = scmsim("compare", "newsvendor", *variants[0], *variants[1], *asked)
    assert outcome.code == 0
    assert outcome.err.count("Warning: a variant: lanes.0.share.point_of_sale=true: ") == 1


def test_a_smallest_difference_worth_knowing(scmsim: Callable) -> None:
    """Tests that --worth turns a sure but small difference into none that matters."""
    asked = ("compare", "newsvendor", *MORE, "--measures", "total_cost", "--replications", "10", "--format", "json")
    assert json.loads(scmsim(*asked).out)["differences"][0]["verdict"] == "worse"
    assert json.loads(scmsim(*asked, "--worth", "total_cost:500").out)["differences"][0]["verdict"] == "equivalent"


def test_a_comparison_is_stored_with_its_report(scmsim: Callable, folder: Path) -> None:
    """Tests that --out writes tables, scenarios, manifest and report, once more for the same and not for another."""
    asked = ("compare", "newsvendor", *MORE, "--measures", "total_cost", "--out", "out", "--replications")
    outcome = scmsim(*asked, "4")
    assert outcome.code == 0, outcome.err
    tables = {f"{name}.csv" for name in ("values", "estimates", "differences", "best", "frontier")}
    written = {entry.name for entry in (folder / "out").iterdir()}
    assert written == tables | {"manifest.json", "report.html", "scenario_1_base.yaml", "scenario_2_more.yaml"}
    assert json.loads((folder / "out" / "manifest.json").read_text(encoding="utf-8"))["kind"] == "compare"
    assert scmsim(*asked, "4").code == 0
    refused = scmsim(*asked, "5")
    assert (refused.code, refused.out) == (2, "")
    assert "holds another comparison" in refused.err
    assert scmsim(*asked, "5", "--force").code == 0


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("newsvendor",), 2, "a comparison needs two scenarios, and there is only newsvendor"),
        (("newsvendor", "--policies"), 2, "newsvendor has no variants to compare"),
        (("newsvendor", "vmi", "--policies"), 2, "policies are the variants in one file, and there are 2 files"),
        (("newsvendor", "--policies", *MORE), 2, "--policies and --variant both say what to compare"),
        (("newsvendor", *MORE, "--measures", "fil_rate"), 2, "no metric 'fil_rate'. Did you mean `fill_rate`"),
        (("newsvendor", *MORE, "--measures", ","), 2, "measures names no figure"),
        (("newsvendor", *MORE, "--replications", "0"), 2, "expected a whole number of at least 1, found '0'"),
        (("newsvendor", *MORE, "--confidence", "1.5"), 2, "expected a number from 0.5 to 0.999999, found '1.5'"),
        (("newsvendor", *MORE, "--worth", "total_cost"), 2, "expected MEASURE:SIZE, for instance fill_rate:0.01"),
        (("newsvendor", *MORE, "--select", "total_cost"), 2, "select and indifference go together"),
        (("newsvendor", "--variant", "more"), 2, "the variant 'more': expected NAME:PATH=VALUE"),
        (("newsvendor", "--variant", "more:nodes.stand.stock.paper.policy.lvl=6"), 3, "the unknown name 'lvl'"),
        (("newsvendor", "beer_game"), 2, "newsvendor and beer_game cannot be compared: time.unit is day"),
        (("newsvendor", "nothing.yaml"), 2, "There is no file nothing.yaml"),
        ((), 2, "Missing argument"),
    ],
)
def test_what_cannot_be_compared(scmsim: Callable, arguments: tuple[str, ...], code: int, said: str) -> None:
    """Tests that every wrong question ends with its exit code, a sentence on stderr, and nothing on stdout."""
    outcome = scmsim("compare", *arguments)
    assert (outcome.code, outcome.out) == (code, "")
    assert said in " ".join(outcome.err.replace("│", " ").split())
    assert "Traceback" not in outcome.err
