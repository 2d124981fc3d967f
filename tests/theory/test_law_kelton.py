"""The inventory system of Law and Kelton (S08): every policy of its table against exact expectations, part by part.

Customers come at the instants of a Poisson process; the stock is reviewed at every month's beginning and ordered up
when it is below the minimum; deliveries take half a month to a month. The book prints one run of 120 months for each
policy, whose total has a standard deviation of 4.2; what is compared here are the expectations, computed exactly.
"""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

LARGEST_ERROR = {"ordering": 0.005, "holding": 0.005, "shortage": 0.05, "total": 0.005}
"""Largest standard error of each part, as a share of its value (full form)."""
RARE = 0.1
"""Shortage below which the suite's form would need more replications than it has time for."""

# ordering, holding, shortage and total cost a month: in the long run, and in the first 120 months from a stock of 60
TABLE = {
    (20, 40): ((99.297522, 8.67925, 18.621176, 126.597949), (97.685185, 9.123163, 18.315456, 125.123804)),
    (20, 60): ((89.671651, 17.246625, 13.088608, 120.006884), (88.50602, 17.527199, 12.909753, 118.942972)),
    (20, 80): ((85.738456, 26.764588, 9.650527, 122.153571), (84.914507, 26.884336, 9.546756, 121.3456)),
    (20, 100): ((83.472906, 36.513648, 7.549933, 127.536487), (82.952595, 36.488423, 7.494957, 126.935975)),
    (40, 60): ((99.297522, 25.334959, 1.899725, 126.532207), (98.360142, 25.534253, 1.875053, 125.769447)),
    (40, 80): ((89.671651, 34.905345, 1.382207, 125.959204), (89.111664, 34.987556, 1.367397, 125.466617)),
    (40, 100): ((85.738456, 45.042317, 1.03917, 131.819943), (85.49183, 45.023198, 1.029492, 131.54452)),
    (60, 80): ((99.297522, 44.96946, 0.072228, 144.339211), (98.92432, 44.91416, 0.074827, 143.913307)),
    (60, 100): ((89.671651, 54.639101, 0.050987, 144.36174), (89.650417, 54.490378, 0.053988, 144.194784)),
}
IN_SHORT = ((20, 40), (40, 60), (60, 100))
"""Policies whose long run the suite looks at, too; the full form looks at all of them."""

Measured = Mapping[str, float]


def a_month(*lines: str) -> Callable[[Measured], float]:
    """Return a measure: the sum of lines of cost, per month."""
    return lambda measured: sum(measured[line] for line in lines) * measured["cost_per_period"] / measured["total_cost"]


PARTS = {
    "ordering": a_month("ordering_cost", "purchase_cost"),
    "holding": a_month("holding_cost"),
    "shortage": a_month("backorder_cost"),
    "total": a_month("total_cost"),
}


def levels(policy: tuple[int, int]) -> tuple[str, str]:
    """Return the settings of a policy."""
    minimum, maximum = policy
    return f"nodes.shop.stock.item.policy.minimum={minimum}", f"nodes.shop.stock.item.policy.maximum={maximum}"


def check(laboratory: Any, changes: tuple[str, ...], expected: Mapping[str, float]) -> None:
    """Assert that the engine agrees with these parts of the cost."""
    for part, value in expected.items():
        estimate = laboratory.estimate("s08_inventory_system", PARTS[part], "shop", changes)
        laboratory.check(estimate, value, LARGEST_ERROR[part])


def frequent(values: tuple[float, ...]) -> dict[str, float]:
    """Return the parts by name, but for a shortage that is too rare."""
    return {part: value for part, value in zip(PARTS, values, strict=True) if value >= RARE}


@pytest.mark.timeout(3600)
@pytest.mark.known_answer("policy:min_max")
@pytest.mark.parametrize("policy", TABLE, ids="{0[0]}-{0[1]}".format)
def test_cost_of_120_months(laboratory: Any, policy: tuple[int, int]) -> None:
    """Tests the expected parts of the cost of 120 months that begin with 60 units."""
    check(laboratory, levels(policy), frequent(TABLE[policy][1]))


@pytest.mark.timeout(3600)
@pytest.mark.known_answer("policy:min_max")
@pytest.mark.parametrize(
    "policy",
    [pytest.param(policy, marks=() if policy in IN_SHORT else pytest.mark.long) for policy in TABLE],
    ids="{0[0]}-{0[1]}".format,
)
def test_cost_in_the_long_run(laboratory: Any, policy: tuple[int, int]) -> None:
    """Tests the expected parts of the cost of a month in the long run."""
    time = "time={unit: month, start: 0, horizon: 140, warm_up: 10}"
    check(laboratory, (*levels(policy), time), frequent(TABLE[policy][0]))


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("policy", [(60, 80), (60, 100)], ids="{0[0]}-{0[1]}".format)
@pytest.mark.parametrize(
    ("row", "length"),
    [
        pytest.param(0, "time={unit: month, start: 0, horizon: 900, warm_up: 10}", id="in-the-long-run"),
        pytest.param(1, "run.replications=80", id="120-months"),
    ],
)
def test_rare_shortages(laboratory: Any, policy: tuple[int, int], row: int, length: str) -> None:
    """Tests the expected cost of shortages that come about once in two years, in the long run and in 120 months."""
    shortage = dict(zip(PARTS, TABLE[policy][row], strict=True))["shortage"]
    check(laboratory, (*levels(policy), length), {"shortage": shortage})
