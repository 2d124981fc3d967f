"""What is known beside what was found: when the two agree, and when the interval is too wide to say so."""

import math

import pytest

from scmsim.verification.case import Case, Finding, Value
from scmsim.verification.laboratory import Estimate, Laboratory, lengthening, scenario_named


@pytest.mark.parametrize(
    ("finding", "verdict"),
    [
        (Finding("cost", 10, 10.2, half_width=0.3, widest=0.5), "holds"),
        (Finding("cost", 10, 10.4, half_width=0.3, widest=0.5), "differs"),
        (Finding("cost", 10, 10.2, half_width=0.6, widest=0.5), "too wide"),
        (Finding("cost", 10, 10.0, half_width=0.0, widest=0.5), "too wide"),
        (Finding("cost", 10, 10.35, half_width=0.3, widest=0.5, tolerance=0.1), "holds"),
        (Finding("orders", 46, 46), "holds"),
        (Finding("orders", 46, 46.000001), "differs"),
        (Finding("orders", 46, 46.000001, tolerance=1e-5), "holds"),
        (Finding("ratio", 3, 3.2, half_width=0.1, widest=0.2, relation="above"), "holds"),
        (Finding("ratio", 3, 3.05, half_width=0.1, widest=0.2, relation="above"), "differs"),
        (Finding("ratio", 3, 2.8, half_width=0.1, widest=0.2, relation="below"), "holds"),
        (Finding("ratio", 3, 2.95, half_width=0.1, widest=0.2, relation="below"), "differs"),
        (Finding("cost", 10, math.nan), "differs"),
        (Finding("cost", 10, 10.0, half_width=math.nan, widest=0.5), "differs"),
    ],
)
def test_verdict(finding: Finding, verdict: str) -> None:
    """Tests that the known value has to lie in an interval that is narrow, but not of no width where it is random."""
    assert finding.verdict == verdict


def test_width_of_the_forms() -> None:
    """Tests that the bounded form allows standard errors four times as wide as the full form."""
    wide, narrow = (Laboratory(full).judged("cost", 10, Estimate(10.1, 0.1, 1000), 0.005) for full in (False, True))
    assert (wide.widest, narrow.widest) == pytest.approx((0.6, 0.15), rel=0.01)
    assert wide.half_width == narrow.half_width == pytest.approx(0.3, rel=0.01)
    assert (wide.verdict, narrow.verdict) == ("holds", "too wide")


def test_few_replications_tell_less() -> None:
    """Tests that with eight replications an interval is as wide as Student's t says, and may be that much wider."""
    few, many = (Laboratory().judged("cost", 10, Estimate(10.1, 0.1, count), 0.005) for count in (8, 10_000))
    assert (few.half_width, many.half_width) == pytest.approx((0.4530, 0.3001), abs=1e-4)
    assert few.widest / few.half_width == pytest.approx(many.widest / many.half_width)


def test_length_of_the_full_form() -> None:
    """Tests that the full form measures sixteen times as long, or without a warm-up runs sixteen times as often."""
    assert lengthening(scenario_named("s07_min_max")) == "time.horizon=32020"
    assert lengthening(scenario_named("s07_min_max", ["time.warm_up=0"])) == "run.replications=320"


def test_a_value_is_measured_where_it_is_said() -> None:
    """Tests that a case lays the chain's, a node's and a stock's own figures beside what it expects."""
    lines = tuple(
        Value(measure="total_cost", place=place, expected=cost, width=0)
        for place, cost in (("retailer", 46), ("wholesaler/beer", 50), (None, 204))
    )
    case = Case(name="G02-some", what="", source="", scenario="shipped/beer_game", values=lines)
    found = case.findings(Laboratory())
    assert [finding.found for finding in found] == [46, 50, 204]
    assert [finding.verdict for finding in found] == ["holds"] * 3
    assert [finding.what for finding in found][:2] == ["total cost at retailer", "total cost at wholesaler/beer"]
