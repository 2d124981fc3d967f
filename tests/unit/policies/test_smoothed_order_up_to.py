"""Proportional order-up-to: smoother orders for more stock, as Disney & Towill say."""

from collections.abc import Callable, Sequence
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from scmsim.policies.base import Plan, Policy
from scmsim.policies.forecasting import Constant, ExponentialSmoothing, MovingAverage
from scmsim.policies.order_up_to import OrderUpTo
from scmsim.policies.smoothed_order_up_to import SmoothedOrderUpTo
from scmsim.policies.view import View

Respond = Callable[[Policy, Sequence[float], int], tuple[list[float], list[float]]]
IMPULSE = [0.0] * 5 + [1.0] + [0.0] * 400
GOLDEN = (1 + sqrt(5)) / 2


def energy(series: Sequence[float]) -> float:
    return sum(value * value for value in series)


def smoothed(time: float, cover: float) -> SmoothedOrderUpTo:
    return SmoothedOrderUpTo(forecast=Constant(value=0), cover=cover, smoothing_time=time, allow_negative=True)


@pytest.mark.known_answer("policy:smoothed_order_up_to")
@pytest.mark.parametrize(("time", "transport"), [(4, 1), (4, 3), (1, 1), (GOLDEN, 1), (10, 2)])
def test_order_variance_and_net_stock_amplification(respond: Respond, time: float, transport: int) -> None:
    """Tests 1/(2Ti − 1) and Tp + 1 + (Ti − 1)²/(2Ti − 1); at Ti = 4, Tp = 1: 0.142857 and 3.285714."""
    lead_time = transport + 1
    orders, net_stock = respond(smoothed(time, lead_time), IMPULSE, lead_time)
    assert energy(orders) == pytest.approx(1 / (2 * time - 1), abs=1e-6)
    assert energy(net_stock) == pytest.approx(lead_time + (time - 1) ** 2 / (2 * time - 1), abs=1e-6)


def test_the_golden_ratio_balances_best(respond: Respond) -> None:
    """Tests that VR + NSAmp is least at Ti = 1.618034, where VR is 0.447214 and the sum 0.618034 above Tp + 1."""

    def total(time: float) -> float:
        return sum(energy(series) for series in respond(smoothed(time, 2), IMPULSE, 2))

    assert energy(respond(smoothed(GOLDEN, 2), IMPULSE, 2)[0]) == pytest.approx(0.447214, abs=1e-6)
    assert total(GOLDEN) - 2 == pytest.approx(0.618034, abs=1e-6)
    assert total(GOLDEN) < min(total(GOLDEN - 0.01), total(GOLDEN + 0.01))


@given(
    view=st.builds(View, net_stock=st.floats(-1e3, 1e3), on_order=st.floats(0, 1e3), demand=st.floats(0, 1e3)),
    cover=st.floats(0, 10),
    safety=st.floats(0, 100),
)
def test_a_smoothing_time_of_one_is_order_up_to(view: View, cover: float, safety: float) -> None:
    """Tests that nothing is smoothed at Ti = 1."""
    forecast = ExponentialSmoothing(weight=0.3, initial=4)
    plain = OrderUpTo(forecast=forecast, cover=cover, safety_stock=safety)
    smooth = SmoothedOrderUpTo(forecast=forecast, cover=cover, safety_stock=safety, smoothing_time=1)
    (expected, state), (quantity, other) = plain.decide(4.0, view), smooth.decide(4.0, view)
    assert quantity == pytest.approx(expected, abs=1e-9)
    assert other == state


def test_reviews_every_other_period(plan: Plan) -> None:
    """Tests that a stock in balance orders the demand of two periods at a time."""
    policy = SmoothedOrderUpTo(forecast=MovingAverage(periods=2, initial=5), smoothing_time=4)
    prepared = policy.prepare(plan._replace(interval=2, lead_time=1, before_demand=False))
    assert prepared.decide(prepared.start(), View(net_stock=0, on_order=0, demand=10))[0] == 10


@pytest.mark.parametrize("time", [0.5, 0.0, -1.0])
def test_a_smoothing_time_that_cannot_settle(time: float) -> None:
    """Tests that a smoothing time of half a review or less is refused."""
    with pytest.raises(ValidationError, match="greater than 0.5"):
        smoothed(time, 2)


def test_continuous_review(plan: Plan) -> None:
    """Tests that continuous review, which has no forecast of an interval, is refused."""
    with pytest.raises(ValueError, match="smoothed_order_up_to needs periodic review: found continuous review"):
        smoothed(4, 2).prepare(plan._replace(interval=0))
