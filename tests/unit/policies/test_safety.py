"""Safety stock by how far the forecast is out."""

from math import sqrt

import pytest
from pydantic import ValidationError

from scmsim.policies.base import Plan
from scmsim.policies.days_of_supply import DaysOfSupply
from scmsim.policies.drp import Drp
from scmsim.policies.forecast_error import ForecastError
from scmsim.policies.forecasting import Constant, CustomerForecast, ExponentialSmoothing, MovingAverage
from scmsim.policies.order_up_to import OrderUpTo
from scmsim.policies.safety import Belief
from scmsim.policies.smoothed_order_up_to import SmoothedOrderUpTo
from scmsim.policies.view import Told, View

ERROR = ForecastError(weight=0.5, initial=8)


@pytest.mark.known_answer("forecast_error.measure:mad")
@pytest.mark.known_answer("forecast_error.measure:mse")
def test_the_running_measures_by_hand() -> None:
    """Tests 8 → 6 → 8 for errors of −4 and 10, half weighted, 1.25 of them one deviation; squares 16 and 100 → 58."""
    mad, mse = ERROR, ForecastError(measure="mse", weight=0.5)
    assert mad.sd(mad.update(mad.update(mad.start(), -4), 10)) == 1.25 * 8
    assert mse.sd(mse.start()) == 0
    assert mse.sd(mse.update(mse.update(mse.start(), -4), 10)) == sqrt(58)


@pytest.mark.known_answer("forecast_error.weight")
@pytest.mark.known_answer("forecast_error.initial")
@pytest.mark.known_answer("policy.forecast_error")
def test_an_order_with_its_safety_stock_by_hand() -> None:
    """Tests forecast 10 → 14 after 18 (error 8, measure 8 → 8): 4 × 14 + 2 × 1.25 × 8 × √4 = 96."""
    policy = OrderUpTo(
        forecast=ExponentialSmoothing(weight=0.5, initial=10), cover=4, safety_factor=2, forecast_error=ERROR
    )
    quantity, state = policy.decide(policy.start(), View(net_stock=0, on_order=6, demand=18))
    assert state == Belief(14.0, 8.0, learnt=True)
    assert quantity == 96 - 6


def test_every_policy_that_forecasts_takes_it(plan: Plan) -> None:
    """Tests that safety stock is 2 × 1.25 × 8 × √5 at each of them, above what they order without it."""
    plan = plan._replace(before_demand=False, lead_time=5)
    options = {"forecast": Constant(value=50), "safety_factor": 2, "forecast_error": ForecastError(initial=8)}
    view, extra = View(-50, 0, 50), 2 * 1.25 * (0.9 * 8) * sqrt(5)
    assert OrderUpTo(**options).prepare(plan).decide(Belief(None, 8.0), view)[0] == pytest.approx(300 + extra)
    assert DaysOfSupply(days=5, **options).prepare(plan).decide(Belief(None, 8.0), view)[0] == pytest.approx(
        300 + extra
    )
    assert Drp(**options).prepare(plan).decide(Belief(None, 8.0), view)[0] == pytest.approx(300 + extra)
    smoothed = SmoothedOrderUpTo(smoothing_time=2, **options).prepare(plan)
    assert smoothed.decide(Belief(None, 8.0), view)[0] == pytest.approx(50 + (250 + extra) / 2)


def test_a_random_lead_time_adds_its_variance(plan: Plan) -> None:
    """Tests √(5 × sd² + forecast² × sd of the lead time²), with the forecast in the place of the mean."""
    policy = OrderUpTo(forecast=Constant(value=50), service_level=0.95, forecast_error=ForecastError(initial=8))
    prepared = policy.prepare(plan._replace(lead_time_sd=1.0))
    assert isinstance(prepared, OrderUpTo)
    assert prepared.safety(Belief(None, 8.0)) == pytest.approx(1.644854 * sqrt(5 * 100 + 50**2), rel=1e-6)
    assert prepared.rule().endswith("+ 1.645 standard deviations of its error (mad)")


def test_what_a_forecast_that_knows_nothing_says_is_no_error() -> None:
    """Tests that the first error is that of the first forecast that rests on demand: 14 against 10."""
    error = ForecastError(weight=0.5)
    policy = OrderUpTo(forecast=MovingAverage(periods=2), cover=1, safety_factor=1, forecast_error=error)
    _, state = policy.decide(policy.start(), View(0, 0, 10))
    assert state == Belief((10,), None, learnt=True)
    assert policy.decide(state, View(0, 0, 14))[1] == Belief((10, 14), 4, learnt=True)


def test_no_report_on_sales_teaches_nothing() -> None:
    """Tests that after a review without a report on sales the forecast still knows nothing, so it never errs."""
    error = ForecastError(weight=1)
    forecast = MovingAverage(periods=2, of="point_of_sale")
    policy = OrderUpTo(forecast=forecast, cover=1, safety_factor=1, forecast_error=error)
    silent = Told(sales_periods=0.0)
    _, state = policy.decide(policy.start(), View(0, 0, 10, silent))
    assert not state.learnt
    assert policy.decide(state, View(0, 0, 14, silent))[1].measure is None


def test_what_customers_forecast_does_not_wait_for_demand(plan: Plan) -> None:
    """Tests that a first review before demand takes over what customers have told that they expect."""
    policy = DaysOfSupply(days=2, forecast=CustomerForecast()).prepare(plan._replace(before_demand=True))
    assert policy.decide(policy.start(), View(0, 0, 0, Told(forecast=7.0)))[0] == 14


def test_the_error_of_two_periods_is_wider_than_that_of_one() -> None:
    """Tests that an error of 3 per period over reviews 4 periods apart is one of 6 in a single period."""
    error = ForecastError(weight=1)
    policy = OrderUpTo(forecast=Constant(value=5), cover=1, safety_factor=1, forecast_error=error, review_interval=4)
    assert policy.decide(policy.start(), View(0, 0, 32))[1].measure == 6


def test_a_first_review_before_demand_is_no_error(plan: Plan) -> None:
    """Tests that nothing is learnt, by forecast or measure, from a review at which nothing can have been asked."""
    policy = OrderUpTo(forecast=Constant(value=50), safety_factor=1, forecast_error=ForecastError(weight=1))
    prepared = policy.prepare(plan)
    assert prepared.expectation(prepared.start()) == 50
    assert prepared.decide(prepared.start(), View(0, 0, 0)) == (250, Belief(None, None))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "give safety_factor or service_level with forecast_error: found neither"),
        ({"safety_stock": 4}, "give safety_factor or service_level with forecast_error: found safety_stock"),
        ({"safety_factor": 1, "demand_sd": 4}, "give demand_sd or forecast_error: found both"),
        (
            {"forecast_error": None, "lead_time_sd": 4},
            "give forecast_error with lead_time_sd: found lead_time_sd 4 alone",
        ),
    ],
)
def test_it_needs_a_factor_and_no_other_deviation(options: dict[str, float | None], message: str) -> None:
    """Tests that a measure nobody uses, and one beside a given deviation, are refused."""
    with pytest.raises(ValidationError, match=message):
        OrderUpTo(**{"forecast": Constant(value=4), "forecast_error": ERROR, **options})  # type: ignore[arg-type]


def test_a_review_that_contradicts(plan: Plan) -> None:
    """Tests that a timing other than the stock's is refused."""
    policy = DaysOfSupply(days=3, forecast=Constant(value=4), review_timing="after_demand")
    with pytest.raises(ValueError, match="found after_demand instead of before_demand; leave review_timing out"):
        policy.prepare(plan)


def test_what_is_open_does_not_decide() -> None:
    """Tests that an open cover or factor says so."""
    policy = OrderUpTo(forecast=Constant(value=4), service_level=0.9, forecast_error=ERROR)
    with pytest.raises(ValueError, match="OrderUpTo's cover or safety stock is open"):
        policy.decide(policy.start(), View(0, 0, 0))
