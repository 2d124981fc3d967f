"""Days of supply: an order-up-to level in days of demand."""

from collections.abc import Callable, Sequence

import pytest
from pydantic import ValidationError

from scmsim.policies.base import Plan, Policy
from scmsim.policies.days_of_supply import DaysOfSupply
from scmsim.policies.drp import Drp
from scmsim.policies.forecasting import Constant, MovingAverage
from scmsim.policies.order_up_to import OrderUpTo
from scmsim.policies.view import View

Respond = Callable[[Policy, Sequence[float], int], tuple[list[float], list[float]]]
IMPULSE = [0.0] * 5 + [1.0] + [0.0] * 40


@pytest.mark.known_answer("policy:days_of_supply")
@pytest.mark.parametrize(("days", "periods", "ratio"), [(5, 10, 2.5), (2, 5, 2.12), (7, 14, 2.5)])
def test_order_variance_ratio(respond: Respond, days: float, periods: int, ratio: float) -> None:
    """Tests 1 + 2D/p + 2D²/p² of Chen et al. (2000), with D days of supply in the place of their periods."""
    policy = DaysOfSupply(days=days, forecast=MovingAverage(periods=periods, initial=0), allow_negative=True)
    orders, _ = respond(policy, IMPULSE, 3)
    assert sum(order * order for order in orders) == pytest.approx(ratio)


def test_it_is_order_up_to_with_a_cover(respond: Respond) -> None:
    """Tests that days of supply decide as order_up_to does with as many periods of cover and the same safety stock."""
    demand, forecast = [4.0, 8.0, 0.0, 12.0, 5.0], MovingAverage(periods=2)
    days = DaysOfSupply(days=3, forecast=forecast, safety_stock=2)
    assert respond(days, demand, 2) == respond(OrderUpTo(cover=3, forecast=forecast, safety_stock=2), demand, 2)


def test_minimum_and_maximum_by_hand(respond: Respond) -> None:
    """Tests orders of 6 days when 2 are left, and none before: 60, 50, 40, 30, and 20 calls for 40."""
    policy = DaysOfSupply(min_days=2, max_days=6, forecast=Constant(value=10))
    orders, _ = respond(policy, [0, 10, 10, 10, 10, 10], 1)
    assert orders == [60, 0, 0, 0, 40, 0]


def test_the_safety_stock_lifts_both_levels() -> None:
    """Tests that an order is placed that much earlier, and up to that much more."""
    policy = DaysOfSupply(min_days=2, max_days=6, forecast=Constant(value=10), safety_stock=5)
    assert policy.decide(None, View(25, 0, 0))[0] == 40
    assert policy.decide(None, View(26, 0, 0))[0] == 0


def test_without_a_forecast_the_stated_mean_counts(plan: Plan) -> None:
    """Tests that the mean of the stated demand is the forecast, under continuous review too."""
    for interval in (0, 1):
        prepared = DaysOfSupply(days=3).prepare(plan._replace(interval=interval))
        assert prepared.decide(prepared.start(), View(0, 0, 7))[0] == 150


def test_the_safety_stock_covers_the_protection_time(plan: Plan) -> None:
    """Tests 150 for three days and the textbook's 14.77 for a protection time of five."""
    prepared = DaysOfSupply(days=3, service_level="optimal").prepare(plan)
    assert prepared.decide(prepared.learn(prepared.start(), View(0, 0, 0)), View(0, 0, 7))[0] == pytest.approx(  # type: ignore[attr-defined]
        164.767, abs=5e-4
    )


def test_a_first_review_before_demand_teaches_nothing(plan: Plan) -> None:
    """Tests that a review at which nothing can have been asked leaves the forecast as it was."""
    prepared = DaysOfSupply(days=2, forecast=MovingAverage(periods=2, initial=10)).prepare(plan)
    first, state = prepared.decide(prepared.start(), View(0, 0, 0))
    second, _ = prepared.decide(state, View(-20, 20, 20))
    assert (first, second) == (20, 30)


@pytest.mark.parametrize(
    ("ways", "message"),
    [
        ({}, "give days, or min_days and max_days: found none"),
        ({"days": 3, "max_days": 5}, "give days, or min_days and max_days: found days and max_days"),
        ({"min_days": 3}, "give days, or min_days and max_days: found min_days"),
        ({"min_days": 3, "max_days": 2}, "max_days should not be below min_days: found 2 below 3"),
    ],
)
def test_days_are_given_in_one_way(ways: dict[str, float], message: str) -> None:
    """Tests that half a rule, or two of them, are refused."""
    with pytest.raises(ValidationError, match=message):
        DaysOfSupply(**ways)


@pytest.mark.parametrize("kind", [DaysOfSupply, Drp])
def test_a_first_review_learns_what_was_asked_before_it(kind: type[Policy], plan: Plan) -> None:
    """Tests that demand before a first review teaches the forecast, and that none of it teaches it nothing."""
    own = {"days": 3} if kind is DaysOfSupply else {}
    prepared = kind(**own, forecast=MovingAverage(periods=2, initial=50)).prepare(plan)
    assert prepared.decide(prepared.start(), View(0, 0, 80))[0] > prepared.decide(prepared.start(), View(0, 0, 0))[0]
    assert prepared.decide(prepared.start(), View(0, 0, 0))[0] == prepared.decide(prepared.start(), View(0, 0, 50))[0]
