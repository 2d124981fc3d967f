"""Forecasts that are known before the run."""

import pytest

import scmsim as sc
from scmsim.policies.base import Plan
from scmsim.policies.forecasting import Constant, Planned, Stated
from scmsim.policies.view import View


@pytest.mark.known_answer("forecast:stated")
def test_stated_is_the_mean_of_the_demand(plan: Plan) -> None:
    """Tests that the mean of the plan is expected for ever, and that a demand without one says so."""
    assert Stated().from_plan(plan) == Constant(value=50)
    with pytest.raises(ValueError, match="the forecast stated needs the mean of demand.*another kind"):
        Stated().from_plan(plan._replace(demand_mean=None))
    with pytest.raises(ValueError, match="the forecast stated is open"):
        Stated().per_period(None)


@pytest.mark.known_answer("forecast.afterwards:last")
@pytest.mark.known_answer("forecast.afterwards:repeat")
@pytest.mark.known_answer("forecast.afterwards:zero")
@pytest.mark.known_answer("forecast:planned")
@pytest.mark.parametrize(
    ("afterwards", "expected"), [("last", [1, 2, 3, 3, 3]), ("repeat", [1, 2, 3, 1, 2]), ("zero", [1, 2, 3, 0, 0])]
)
def test_planned_gives_one_value_after_the_other(afterwards: str, expected: list[float]) -> None:
    """Tests the values in their order, and what follows the last."""
    forecast = Planned(values=[1, 2, 3], afterwards=afterwards)  # type: ignore[arg-type]
    state, seen = forecast.start(), []
    for _ in expected:
        seen.append(forecast.per_period(state))
        state = forecast.learn(state, View(0, 0, 9))
    assert seen == expected
    assert forecast.over(forecast.start(), 5) == sum(expected)


def test_planned_counts_the_periods_between_reviews() -> None:
    """Tests that reviews two periods apart turn two pages, and that half a period brings half its value."""
    forecast = Planned(values=[1, 2, 3, 4])
    state = forecast.learn(forecast.start(), View(0, 0, 3), interval=2.0)
    assert forecast.per_period(state) == 3
    assert forecast.over(state, 1.5) == 5


@pytest.mark.parametrize(
    ("timing", "offset", "orders"),
    [
        ("before_demand", 0, [10, 20, 20]),
        ("after_demand", 0, [20, 20, 20]),
        ("before_demand", 2, [30, 20]),
        ("after_demand", 2, [40, 20]),
    ],
)
def test_planned_begins_with_the_run_whenever_the_first_review_is(
    timing: str, offset: int, orders: list[float]
) -> None:
    """Tests that a review orders what is planned for the period to come: its own before demand, the next after it."""
    policy = {"kind": "days_of_supply", "days": 1, "forecast": {"kind": "planned", "values": [10, 20, 30, 40, 50, 60]}}
    stock = {"initial": 0, "review": {"interval": 2, "offset": offset, "timing": timing}, "policy": policy}
    shop = {"kind": "retailer", "stock": {"tea": stock}, "demand": {"tea": {"kind": "replay", "values": [0]}}}
    scenario = {
        "scmsim": 1,
        "name": "planned",
        "time": {"horizon": 6, "start": 0},
        "products": {"tea": {}},
        "nodes": {"port": {"kind": "supplier"}, "shop": shop},
        "lanes": [{"from": "port", "to": "shop"}],
    }
    assert sc.run(sc.from_dict(scenario)).orders["quantity"].tolist() == orders
