"""Order up to a forecast: the bullwhip that theory says, from the policy's response to one unit of demand.

The policies are linear when orders may be negative, so with independent demand the variance of an output is the sum of
squares of its response to one unit: exact values, without chance.
"""

from collections.abc import Callable, Sequence

import pytest
from pydantic import ValidationError

from scmsim.policies.base import Plan, Policy
from scmsim.policies.forecasting import Ar1Mmse, Constant, ExponentialSmoothing, Forecast, MovingAverage
from scmsim.policies.order_up_to import OrderUpTo
from scmsim.policies.view import View

Respond = Callable[[Policy, Sequence[float], int], tuple[list[float], list[float]]]

IMPULSE = [0.0] * 5 + [1.0] + [0.0] * 300
AUTOREGRESSIVE = [0.0] * 5 + [0.5**lag for lag in range(300)]


def order_up_to(forecast: Forecast, cover: float) -> OrderUpTo:
    return OrderUpTo(forecast=forecast, cover=cover, allow_negative=True)


def energy(series: Sequence[float]) -> float:
    return sum(value * value for value in series)


@pytest.mark.known_answer("policy:order_up_to")
@pytest.mark.known_answer("policy.allow_negative")
@pytest.mark.parametrize(
    ("forecast", "lead_time", "demand", "ratio"),
    [
        (MovingAverage(periods=5, initial=0), 1, IMPULSE, 1.48),
        (MovingAverage(periods=5, initial=0), 2, IMPULSE, 2.12),
        (MovingAverage(periods=10, initial=0), 4, IMPULSE, 2.12),
        (MovingAverage(periods=5, initial=0), 2, AUTOREGRESSIVE, 2.085),
        (ExponentialSmoothing(weight=0.2, initial=0), 2, IMPULSE, 1.977778),
        (ExponentialSmoothing(weight=0.2, initial=0), 2, AUTOREGRESSIVE, 1.814815),
        (Ar1Mmse(mean=0, autocorrelation=0.5), 3, AUTOREGRESSIVE, 2.640625),
    ],
)
def test_order_variance_ratio(
    respond: Respond, forecast: Forecast, lead_time: int, demand: list[float], ratio: float
) -> None:
    """Tests the published ratios of Chen et al. (2000) and Lee et al. (1997); their ν = 2 is a lead time of 3 here."""
    orders, _ = respond(order_up_to(forecast, lead_time), demand, lead_time)
    assert energy(orders) / energy(demand) == pytest.approx(ratio, abs=1e-6)


def test_two_stages_without_shared_demand(respond: Respond) -> None:
    """Tests Var(orders of stage 2) / Var(demand) = 3.4064 for moving averages of 5 and lead times 1 and 2."""
    orders = IMPULSE
    for lead_time in (1, 2):
        orders, _ = respond(order_up_to(MovingAverage(periods=5, initial=0), lead_time), orders, lead_time)
    assert energy(orders) == pytest.approx(3.4064, abs=1e-6)


def test_four_stages_without_shared_demand(respond: Respond) -> None:
    """Tests Var(orders of stage 4) / Var(demand) = 6.331763 for moving averages of 5 and lead times 1."""
    orders = IMPULSE
    for _ in range(4):
        orders, _ = respond(order_up_to(MovingAverage(periods=5, initial=0), 1), orders, 1)
    assert energy(orders) == pytest.approx(6.331763, abs=1e-6)


@pytest.mark.parametrize(
    ("forecast", "demand", "deviation"),
    [
        (MovingAverage(periods=5, initial=0), IMPULSE, 1.673320),
        (ExponentialSmoothing(weight=0.2, initial=0), IMPULSE, 1.563472),
        (Ar1Mmse(mean=0, autocorrelation=0.5), AUTOREGRESSIVE, 1.802776),
    ],
)
def test_net_stock_deviation(respond: Respond, forecast: Forecast, demand: list[float], deviation: float) -> None:
    """Tests sd(net stock) in sd of demand (of its noise, when autocorrelated) for a lead time of 2."""
    _, net_stock = respond(order_up_to(forecast, 2), demand, 2)
    assert energy(net_stock) ** 0.5 == pytest.approx(deviation, abs=1e-6)


def test_a_constant_forecast_is_a_base_stock(respond: Respond) -> None:
    """Tests that orders repeat demand when the forecast never changes."""
    orders, _ = respond(order_up_to(Constant(value=0), 3), IMPULSE, 3)
    assert orders == IMPULSE


def test_the_forecast_absorbs_demand_before_the_decision() -> None:
    """Tests that the demand of this review counts in this order."""
    policy = OrderUpTo(forecast=ExponentialSmoothing(weight=0.5, initial=4), cover=3, safety_stock=2)
    assert policy.decide(policy.start(), View(net_stock=10, on_order=0, demand=8)) == (10.0, 6.0)


def test_cover_comes_from_the_plan(plan: Plan) -> None:
    """Tests that an open cover is the protection time, and a given one is kept."""
    policy = OrderUpTo(forecast=Constant(value=50))
    prepared, given = policy.prepare(plan), policy.changed(cover=2).prepare(plan)
    assert isinstance(prepared, OrderUpTo)
    assert isinstance(given, OrderUpTo)
    assert (prepared.cover, given.cover) == (5, 2)
    assert prepared.decide(None, View(0, 0, 50))[0] == 250


def test_safety_from_a_service_level(plan: Plan) -> None:
    """Tests that with the true mean as forecast the target is the textbook's base stock, 264.767."""
    prepared = OrderUpTo(forecast=Constant(value=50), service_level="optimal").prepare(plan)
    assert prepared.decide(None, View(0, 0, 50))[0] == pytest.approx(264.767, abs=5e-4)
    assert prepared.note == "safety stock 14.77 = 0.8255 × 8 × √5 (normal approximation, Snyder & Shen §4.3)"


def test_safety_from_a_factor_and_a_given_deviation(plan: Plan) -> None:
    """Tests that demand_sd wins over the plan's, and that lead time variance is added."""
    policy = OrderUpTo(forecast=Constant(value=50), safety_factor=2, demand_sd=10)
    certain, random = policy.prepare(plan), policy.prepare(plan._replace(lead_time_sd=1))
    assert isinstance(certain, OrderUpTo)
    assert isinstance(random, OrderUpTo)
    assert certain.safety_stock == pytest.approx(2 * 10 * 5**0.5)
    assert random.safety_stock == pytest.approx(2 * (5 * 100 + 50**2) ** 0.5)


def test_reviews_every_other_period(plan: Plan) -> None:
    """Tests that demand of two periods is learnt as demand per period."""
    prepared = OrderUpTo(forecast=ExponentialSmoothing(weight=0.5, initial=4)).prepare(
        plan._replace(interval=2, lead_time=1, before_demand=False)
    )
    quantity, state = prepared.decide(prepared.start(), View(net_stock=0, on_order=0, demand=16))
    assert state == 6
    assert quantity == 12


def test_continuous_review_with_a_constant_forecast(plan: Plan) -> None:
    """Tests that what learns nothing needs no interval, and what learns does."""
    continuous = plan._replace(interval=0)
    assert OrderUpTo(forecast=Constant(value=50)).prepare(continuous).decide(None, View(0, 0, 1))[0] == 200
    with pytest.raises(ValueError, match="learns from periodic review: found continuous review"):
        OrderUpTo(forecast=MovingAverage(periods=3)).prepare(continuous)


def test_a_review_interval_that_contradicts(plan: Plan) -> None:
    """Tests that a review interval other than the stock's is refused."""
    with pytest.raises(ValueError, match="found 2 instead of 1; leave review_interval out"):
        OrderUpTo(forecast=Constant(value=4), review_interval=2).prepare(plan)


def test_unknown_deviation_and_mean(plan: Plan) -> None:
    """Tests that the plan's gaps are named with the way out, and do not matter without a safety stock."""
    policy = OrderUpTo(forecast=Constant(value=4), safety_factor=1)
    with pytest.raises(ValueError, match="needs the standard deviation of demand.*give demand_sd"):
        policy.prepare(plan._replace(demand_sd=None))
    with pytest.raises(ValueError, match="random lead time needs the mean of demand.*give safety_stock"):
        policy.prepare(plan._replace(demand_mean=None, lead_time_sd=1))
    unknown = plan._replace(demand_mean=None, demand_sd=None, lead_time_sd=1)
    assert policy.changed(safety_factor=None).prepare(unknown).decide(None, View(0, 0, 0))[0] == 20
    assert policy.changed(safety_factor=None, safety_stock=3).prepare(unknown).decide(None, View(0, 0, 0))[0] == 23


def test_two_safeties() -> None:
    """Tests that safety is given in one way at most."""
    with pytest.raises(
        ValidationError, match="give safety_stock, or safety_factor, or service_level: found safety_fact"
    ):
        OrderUpTo(forecast=Constant(value=4), safety_factor=1, service_level=0.9)


def test_what_is_open_does_not_decide() -> None:
    """Tests that an open cover or safety stock says so."""
    with pytest.raises(ValueError, match="OrderUpTo's cover or safety stock is open"):
        OrderUpTo(forecast=Constant(value=4)).decide(None, View(0, 0, 0))
    with pytest.raises(ValueError, match="OrderUpTo's cover or safety stock is open"):
        OrderUpTo(forecast=Constant(value=4), cover=2, safety_factor=1).decide(None, View(0, 0, 0))
