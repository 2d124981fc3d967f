"""The policy comparison on 41 products: what its header says comes out."""

import re
from pathlib import Path

import pytest

import scmsim as sc
from scmsim.experiments.compare.compare import compare
from scmsim.experiments.compare.comparison import Comparison

SERVICE, COST, SWINGS = "fill_rate@market", "total_cost", "cumulative_order_variance_ratio@plant"
FIGURES = {
    "98.1 % of the units": ("min_max", SERVICE, 0.981),
    "for 92.1 million": ("min_max", COST, 92.1e6),
    "82.0 million": ("order_up_to", COST, 82.0e6),
    "for 92.2 %": ("order_up_to", SERVICE, 0.922),
    "0.22 times": ("smoothed", SWINGS, 0.22),
    "order-up-to 1.50": ("order_up_to", SWINGS, 1.50),
    "(s,S) 2.54": ("min_max", SWINGS, 2.54),
    "101.0 million": ("smoothed", COST, 101.0e6),
    "for 88.3 %": ("smoothed", SERVICE, 0.883),
}
"""The words of the header, and what they say: whose figure of which measure."""
EXACT = {SERVICE: 0.0005, COST: 0.05e6, SWINGS: 0.005}
BOUNDED = {SERVICE: 0.015, COST: 3e6, SWINGS: 0.25}
"""How far a mean of five replications may be from what is said of twenty."""


@pytest.fixture(scope="module")
def scenario() -> sc.Scenario:
    return sc.load(Path(__file__).parents[1] / "scenarios" / "experiments" / "fmcg_policies.yaml")


def check(found: Comparison, give: dict[str, float]) -> None:
    means = found.estimates.set_index(["scenario", "measure"])["mean"]
    for said, (policy, measure, value) in FIGURES.items():
        assert means[policy, measure] == pytest.approx(value, abs=give[measure]), said
    assert set(found.differences["verdict"]) == {"better", "worse"}
    best = found.best[found.best["verdict"] == "best"]
    assert dict(zip(best["measure"], best["scenario"], strict=True)) == {
        SERVICE: "min_max",
        COST: "order_up_to",
        SWINGS: "smoothed",
    }
    assert dict(zip(found.frontier["scenario"], found.frontier["dominated_by"], strict=True)) == {
        "order_up_to": "",
        "smoothed": "order_up_to, min_max",
        "min_max": "",
    }
    assert found.frontier["sure"].tolist() == [False, True, False]


def test_every_number_of_the_answer_is_checked(scenario: sc.Scenario) -> None:
    """Tests that the header says each of the figures checked here, and no other."""
    left = scenario.header["answer"]
    for said in FIGURES:
        assert said in left
        left = left.replace(said, "", 1)
    assert re.findall(r"\d+", left) == ["20", "95"]
    assert len(scenario.network.products) == 41


def test_the_answer_holds_with_five_replications(scenario: sc.Scenario) -> None:
    """Tests that five replications decide every difference as the header says, near the figures that it states."""
    check(compare(scenario, policies=True, replications=5), BOUNDED)


@pytest.mark.long
def test_the_answer_holds_to_the_last_digit(scenario: sc.Scenario) -> None:
    """Tests that the comparison as it stands gives every figure of the header to the last digit that it states."""
    found = compare(scenario, policies=True)
    assert found.replications == 20
    check(found, EXACT)


def test_the_sales_are_those_of_the_synthetic_twin(scenarios: Path) -> None:
    """Tests that the weeks drawn are those of the shipped synthetic sales, number for number."""
    one, other = ((scenarios / path).read_bytes() for path in ("fmcg/sales.csv", "experiments/fmcg_policies/sales.csv"))
    assert one == other
