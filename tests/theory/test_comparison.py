"""Comparisons: intervals that cover a difference which is known exactly."""

from math import sqrt

import numpy as np
import pytest
from scipy.stats import poisson

import scmsim as sc
from scmsim.experiments.execution.blueprint import Blueprint
from scmsim.experiments.execution.dispatch import draws
from scmsim.experiments.measures import Measure
from scmsim.experiments.statistics.paired import differences, widths

MEAN, HOLDING, BACKORDER = 5, 1, 4
LOW, HIGH = 6, 9
REPLICATIONS = 8
SHOP = {
    "scmsim": 1,
    "name": "shop",
    "time": {"unit": "day", "horizon": 10},
    "products": {"bread": {}},
    "nodes": {
        "bakery": {"kind": "supplier"},
        "shop": {
            "kind": "retailer",
            "demand": {"bread": {"kind": "poisson", "mean": MEAN}},
            "stock": {
                "bread": {
                    "holding_cost": HOLDING,
                    "backorder_cost": BACKORDER,
                    "policy": {"kind": "base_stock", "level": LOW},
                }
            },
        },
    },
    "lanes": [{"from": "bakery", "to": "shop", "lead_time": 1}],
}


def exact_cost(level: int) -> float:
    """Return the cost per day of a base stock that is full again every morning: a newsvendor's."""
    asked = np.arange(200)
    short, over = np.maximum(asked - level, 0), np.maximum(level - asked, 0)
    return float((HOLDING * over + BACKORDER * short) @ poisson.pmf(asked, MEAN))


def shop(level: int) -> Blueprint:
    """Return the shop with this base stock, full at the start."""
    stock = "nodes.shop.stock.bread"
    return Blueprint.of(sc.from_dict(SHOP).set(f"{stock}.initial={level}", f"{stock}.policy.level={level}"))


def covered(comparisons: int) -> float:
    """Return the share of paired 95 % intervals, each of eight replications, that cover the exact difference."""
    truth = exact_cost(HIGH) - exact_cost(LOW)
    cases = [(shop(LOW), ()), (shop(HIGH), ())]
    numbers = range(1, comparisons * REPLICATIONS + 1)
    figures = draws(cases, [Measure("cost_per_period")], numbers, seed=1, where="here")
    hits = 0
    for start in range(0, len(numbers), REPLICATIONS):
        found = differences(figures[:, start : start + REPLICATIONS])
        hits += abs(found.mean[0, 0] - truth) <= widths(found, 0.95)[0, 0]
    return hits / comparisons


@pytest.mark.parametrize("comparisons", [200, pytest.param(2000, marks=pytest.mark.long)])
def test_the_paired_interval_covers_the_exact_difference(comparisons: int) -> None:
    """Tests that 95 % of the intervals cover the exact difference of two base stocks, give or take three errors.

    The accepted band is 0.95 ± 3 sqrt(0.95 * 0.05 / n): 0.904 to 0.996 of 200 comparisons, 0.935 to 0.965 of 2,000.
    """
    give = 3 * sqrt(0.95 * 0.05 / comparisons)
    assert covered(comparisons) == pytest.approx(0.95, abs=give)
