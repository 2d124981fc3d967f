"""Constraints: how they are read, by how much they are missed, and what is assured."""

import math

import numpy as np
import pytest

import scmsim as sc
from scmsim.experiments.measures import Measure
from scmsim.experiments.optimize.constraints import Limit, limits

FILL, COST = Limit(Measure("fill_rate"), ">=", 0.9), Limit(Measure("total_cost"), "<=", 200.0)


def test_one_constraint_on_several_nodes_holds_for_each() -> None:
    """Tests that a pattern gives one limit per node, and that what is said twice counts once."""
    network = sc.load("scenarios/one_warehouse_three_retailers.yaml").network
    found = limits(network, ["fill_rate@kind=retailer >= 0.97", "fill_rate@north >= 0.97"])
    assert [str(limit) for limit in found] == [f"fill_rate@{name} >= 0.97" for name in ("centre", "north", "south")]


@pytest.mark.parametrize("text", ["fill_rate > 0.9", "fill_rate", ">= 0.9", "fill_rate >= much", ""])
def test_what_cannot_be_read_is_refused(text: str) -> None:
    """Tests that an unreadable constraint is quoted with the form that is expected."""
    network = sc.load("scenarios/newsvendor.yaml").network
    with pytest.raises(sc.UsageError, match="the constraint .*: expected MEASURE >= NUMBER or MEASURE <= NUMBER"):
        limits(network, [text])


def test_an_unknown_measure_is_refused() -> None:
    """Tests that the nearest measure is named."""
    with pytest.raises(sc.UsageError, match="no metric 'fil_rate'. Did you mean `fill_rate`"):
        limits(sc.load("scenarios/newsvendor.yaml").network, ["fil_rate >= 0.9"])


@pytest.mark.parametrize(
    ("limit", "figure", "share"), [(FILL, 0.81, 0.1), (FILL, 0.99, -0.1), (COST, 300, 0.5), (FILL, math.nan, 1.0)]
)
def test_a_shortfall_is_a_share_of_the_bound(limit: Limit, figure: float, share: float) -> None:
    """Tests that missing counts positive in both senses, and what is undefined misses entirely."""
    assert limit.shortfall(figure) == pytest.approx(share)


def test_the_assured_bound_covers_as_often_as_it_says() -> None:
    """Tests that one-sided 90 % bounds hold in 90 ± 2 % of 4,000 samples of five normal values, in both senses."""
    rng = np.random.default_rng(3)
    samples = rng.normal(0.9, 0.05, (4000, 5))
    below = np.mean([FILL.assured(values, 0.9) <= 0.9 for values in samples])
    above = np.mean([COST.assured(values, 0.9) >= 0.9 for values in samples])
    assert 0.88 < below < 0.92
    assert 0.88 < above < 0.92


def test_figures_that_never_differ_are_assured_as_they_are() -> None:
    """Tests that the bound of equal figures is the figure, of one too, and of none unknown."""
    assert FILL.assured(np.array([0.95, 0.95, np.nan]), 0.99) == pytest.approx(0.95)
    assert FILL.assured(np.array([0.95]), 0.99) == pytest.approx(0.95)
    assert math.isnan(FILL.assured(np.array([np.nan]), 0.99))
