"""``scmsim optimize``, ``scmsim safety-stock`` and ``scmsim place-stock``."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

LEVEL = "nodes.stand.stock.paper.policy.level"
QUICK = ("--set", "time.horizon=40", "--trials", "6", "--replications", "3", "--executor", "here")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty folder to stand in."""
    monkeypatch.chdir(tmp_path)


def test_the_answer_is_on_stdout(scmsim: Callable) -> None:
    """Tests that the best values, the constraint, what to paste and the finalists are printed."""
    pytest.importorskip("optuna", reason="needs the extra optimize")
    outcome = scmsim(
        "optimize", "newsvendor", "--minimize", "total_cost", "--subject-to", "fill_rate@kind=retailer >= 0.9",
        "--vary", f"{LEVEL}=40.0..80.0", *QUICK,
    )  # fmt: skip
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.startswith(f"Best: {LEVEL} = ")
    assert "fill_rate@stand >= 0.9: holds; estimate 0.9" in outcome.out
    assert f"\nTo use it:\n  --set {LEVEL}=" in outcome.out
    assert "6 candidates tried" in outcome.out


def test_json_is_one_object_that_can_be_pasted(scmsim: Callable) -> None:
    """Tests that the overrides of the answer run."""
    pytest.importorskip("optuna", reason="needs the extra optimize")
    vary = f"{LEVEL}=40..80"
    outcome = scmsim("optimize", "newsvendor", "--minimize", "total_cost", "--vary", vary, "--format", "json", *QUICK)
    answer = json.loads(outcome.out)
    assert answer["found"] is True
    assert answer["values"].keys() == {LEVEL}
    assert scmsim("run", "newsvendor", "--set", answer["overrides"][0]).code == 0
    assert (
        outcome.out
        == scmsim("optimize", "newsvendor", "--minimize", "total_cost", "--vary", vary, "--format", "json", *QUICK).out
    )


def test_constraints_that_no_point_meets_end_with_four(scmsim: Callable) -> None:
    """Tests that the nearest is printed and the exit code says that it is no answer."""
    pytest.importorskip("optuna", reason="needs the extra optimize")
    outcome = scmsim(
        "optimize", "newsvendor", "--minimize", "total_cost", "--subject-to", "fill_rate >= 0.99",
        "--vary", f"{LEVEL}=1..40", *QUICK,
    )  # fmt: skip
    assert outcome.code == 4
    assert outcome.out.startswith("No candidate keeps to all constraints with 0.95 confidence; none of them did")
    assert f"Nearest: {LEVEL} = 40, with total_cost" in outcome.out


def test_a_folder_holds_the_search_and_its_answer(scmsim: Callable, tmp_path: Path) -> None:
    """Tests that the same command goes on in a folder, and another search there is refused with exit code 2."""
    pytest.importorskip("optuna", reason="needs the extra optimize")
    asked = ("optimize", "newsvendor", "--minimize", "total_cost", "--out", "best", *QUICK)
    first = scmsim(*asked, "--vary", f"{LEVEL}=40..80")
    assert first.code == 0
    names = {
        "manifest.json",
        "scenario.yaml",
        "best.yaml",
        "trials.csv",
        "candidates.csv",
        "study.sqlite",
        "report.html",
    }
    assert {path.name for path in (tmp_path / "best").iterdir()} == names
    assert scmsim(*asked, "--vary", f"{LEVEL}=40..80").out == first.out
    other = scmsim(*asked, "--vary", f"{LEVEL}=40..81")
    assert other.code == 2
    assert "best holds another optimization" in other.err


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--minimize", "total_cost"), 2, "Error: nothing to vary: expected at least one PATH=LOW..HIGH"),
        (("--vary", f"{LEVEL}=1..9"), 2, "Error: expected one figure to minimise or to maximise"),
        (("--minimize", "total_cost", "--vary", f"{LEVEL}=9..1"), 2, "expected LOW..HIGH with LOW below HIGH"),
        (("--minimize", "total_cost", "--vary", "nodes.stnd.kind=1..9"), 3, "Did you mean `nodes.stand`"),
        (("--minimize", "totl_cost", "--vary", f"{LEVEL}=1..9"), 2, "Did you mean `total_cost`"),
        (("--minimize", "total_cost", "--vary", f"{LEVEL}=1..9", "--subject-to", "x"), 2, "the constraint 'x'"),
    ],
)
def test_bad_requests_are_refused(scmsim: Callable, arguments: tuple[str, ...], code: int, said: str) -> None:
    """Tests that nothing is printed on stdout, one sentence on stderr says what is wrong, and the code fits."""
    outcome = scmsim("optimize", "newsvendor", *arguments)
    assert (outcome.code, outcome.out) == (code, "")
    assert said in outcome.err


def test_without_optuna_the_extra_is_named(scmsim: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that one sentence says what to install."""
    monkeypatch.setitem(sys.modules, "optuna", None)
    outcome = scmsim("optimize", "newsvendor", "--minimize", "total_cost", "--vary", f"{LEVEL}=1.0..9", *QUICK)
    assert outcome.code == 2
    assert outcome.err == (
        "Error: Searching for the best values needs an optional package: pip install 'scmsim[optimize]'\n"
    )


def test_levels_for_a_target_are_given_in_three_forms(scmsim: Callable) -> None:
    """Tests that ``safety-stock`` prints sentences with what to paste, JSON and CSV."""
    asked = ("safety-stock", "newsvendor", "--target", "fill_rate=0.99", "--set", "time.horizon=100")
    table, form, rows = (scmsim(*asked, "--format", each).out for each in ("table", "json", "csv"))
    assert table.startswith("paper at stand: level 56.6 -> 5")
    assert f"To use them:\n  --set {LEVEL}=5" in table
    assert json.loads(form)["levels"][0]["parameter"] == "level"
    assert rows.splitlines()[0] == "node,product,parameter,before,after,achieved,half_width"


@pytest.mark.parametrize(
    ("target", "said"),
    [("fill_rate", "--target 'fill_rate': expected MEASURE=SHARE"), ("cost=0.9", "no target can be set for 'cost'")],
)
def test_a_bad_target_is_refused(scmsim: Callable, target: str, said: str) -> None:
    """Tests that what is no target is refused with what would be one."""
    outcome = scmsim("safety-stock", "newsvendor", "--target", target)
    assert (outcome.code, outcome.out) == (2, "")
    assert said in outcome.err


def test_stock_is_placed(scmsim: Callable) -> None:
    """Tests that ``place-stock`` prints every stage and what to paste, and takes a level per node."""
    outcome = scmsim("place-stock", "three_stage_chain", "--service-level", "0.9", "--service-level", "shop=0.95")
    assert outcome.code == 0
    assert outcome.out.startswith("Safety stock is kept at 2 of 3 stages and costs 20.9 per time unit to hold.")
    assert '--set "nodes.depot.stock.part.policy={kind: base_stock, level: 0}"' in outcome.out
    assert json.loads(scmsim("place-stock", "three_stage_chain", "--format", "json").out)["cost"] > 20
    assert scmsim("place-stock", "three_stage_chain", "--format", "csv").out.startswith("stage,time,inbound,")


def test_a_network_that_is_no_tree_is_refused(scmsim: Callable, tmp_path: Path) -> None:
    """Tests that the cycle is named, and the exit code is 2."""
    (tmp_path / "diamond.yaml").write_text(
        """
scmsim: 1
name: diamond
time: {unit: day, horizon: 10}
products: {box: {}, left: {}, right: {}, wood: {}}
defaults: {stock: {policy: {kind: base_stock, level: 5}}}
nodes:
  forest: {kind: supplier}
  factory:
    kind: factory
    demand: {box: {kind: poisson, mean: 1}}
    make:
      box: {components: {left: 1, right: 1}}
      left: {components: {wood: 1}}
      right: {components: {wood: 1}}
lanes: [forest -> factory]
""",
        encoding="utf-8",
    )
    outcome = scmsim("place-stock", "diamond.yaml")
    assert outcome.code == 2
    assert "works on trees, and this network has a cycle: factory/" in outcome.err
