"""Forecasts: what each expects, and that none of them changes what it was handed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from scmsim.policies.forecasting import (
    Ar1Mmse,
    Constant,
    Croston,
    CustomerForecast,
    ExponentialSmoothing,
    Forecast,
    Holt,
    HoltWinters,
    MovingAverage,
    Naive,
    SyntetosBoylan,
    TeunterSyntetosBabai,
    forecast_kinds,
)
from scmsim.policies.view import Told, View

FORECASTS = [
    Constant(value=4),
    Naive(),
    MovingAverage(periods=3),
    MovingAverage(periods=3, initial=4),
    ExponentialSmoothing(weight=0.3),
    ExponentialSmoothing(weight=0.3, initial=4),
    Ar1Mmse(mean=4, autocorrelation=0.5),
    Holt(weight=0.3, trend_weight=0.2, damping=0.9),
    HoltWinters(length=3, weight=0.3, trend_weight=0.1, season_weight=0.2),
    HoltWinters(length=3, seasonality="multiplicative", weight=0.3, season_weight=0.2),
    Croston(weight=0.3),
    SyntetosBoylan(weight=0.3),
    TeunterSyntetosBabai(weight=0.3, probability_weight=0.2),
]
demands = st.lists(st.floats(min_value=0, max_value=1e6), max_size=12)


def after(forecast: Forecast, *seen: float) -> float:
    state = forecast.start()
    for demand in seen:
        state = forecast.update(state, demand)
    return forecast.per_period(state)


def test_every_kind_is_covered_here() -> None:
    """Tests that the laws below meet every forecast of the package but the one that learns from no demand."""
    own = {cls for cls in forecast_kinds().values() if cls.__module__.startswith("scmsim.policies.forecasting")}
    assert {type(forecast) for forecast in FORECASTS} == own - {CustomerForecast}


@pytest.mark.parametrize("forecast", FORECASTS, ids=repr)
@given(seen=demands, demand=st.floats(min_value=0, max_value=1e6))
def test_update_is_pure(forecast: Forecast, seen: list[float], demand: float) -> None:
    """Tests that an older state expects the same before and after newer states are made from it."""
    state = forecast.start()
    for value in seen:
        state = forecast.update(state, value)
    before = forecast.over(state, 3.5)
    assert forecast.update(state, demand) == forecast.update(state, demand)
    assert forecast.over(state, 3.5) == before


@pytest.mark.parametrize("forecast", FORECASTS, ids=repr)
@given(seen=demands)
def test_over_one_period_is_per_period(forecast: Forecast, seen: list[float]) -> None:
    """Tests that `over` one period and none agree with `per_period` and 0."""
    state = forecast.start()
    for value in seen:
        state = forecast.update(state, value)
    assert forecast.over(state, 1) == pytest.approx(forecast.per_period(state))
    assert forecast.over(state, 0) == 0


@pytest.mark.parametrize("forecast", FORECASTS, ids=repr)
def test_constant_demand_is_learnt(forecast: Forecast) -> None:
    """Tests that every forecast expects 4 for ever after seeing 4 for long; SBA what it takes off 4."""
    share = 1 - forecast.weight / 2 if isinstance(forecast, SyntetosBoylan) else 1
    assert after(forecast, *[4.0] * 100) == pytest.approx(4 * share)


@given(seen=st.lists(st.floats(min_value=0, max_value=1e6), min_size=4, max_size=40), periods=st.integers(1, 4))
def test_moving_average_is_the_mean_of_the_last(seen: list[float], periods: int) -> None:
    """Tests that a full window holds the last observations, whatever came before."""
    expected = sum(seen[-periods:]) / periods
    assert after(MovingAverage(periods=periods), *seen) == pytest.approx(expected)


def test_moving_average_does_not_drift() -> None:
    """Tests that a window of zeros has the mean 0 exactly, after numbers of very different sizes."""
    assert after(MovingAverage(periods=2), 0.1, 1e12, 0.3, 1e-9, 0.0, 0.0) == 0


@pytest.mark.known_answer("forecast.of:orders")
@pytest.mark.known_answer("forecast:moving_average")
def test_moving_average_before_its_window_is_full() -> None:
    """Tests that it averages what is known, the initial demand standing for every period before the start."""
    assert after(MovingAverage(periods=4)) == 0
    assert after(MovingAverage(periods=4), 8, 2) == 5
    assert after(MovingAverage(periods=4, initial=4)) == 4
    assert after(MovingAverage(periods=4, initial=4), 8, 2) == 4.5


@pytest.mark.known_answer("forecast:exponential_smoothing")
def test_exponential_smoothing_starts_from_the_first_observation() -> None:
    """Tests that without an initial forecast the first observation is the forecast."""
    assert after(ExponentialSmoothing(weight=0.25), 8) == 8
    assert after(ExponentialSmoothing(weight=0.25), 8, 4) == 7
    assert after(ExponentialSmoothing(weight=0.25, initial=4), 8) == 5


@pytest.mark.known_answer("forecast:ar1_mmse")
@given(mean=st.floats(-100, 100), ratio=st.floats(-0.99, 0.99), last=st.floats(-100, 100), periods=st.integers(1, 12))
def test_ar1_over_is_the_sum_of_its_forecasts(mean: float, ratio: float, last: float, periods: int) -> None:
    """Tests that the closed form equals mean + ratioⁱ × (last − mean), summed over i = 1 … periods."""
    forecast = Ar1Mmse(mean=mean, autocorrelation=ratio)
    state = forecast.update(forecast.start(), last)
    expected = sum(mean + ratio**ahead * (last - mean) for ahead in range(1, periods + 1))
    assert forecast.over(state, periods) == pytest.approx(expected, abs=1e-9)


def test_ar1_shares_a_period_covered_in_part() -> None:
    """Tests that half of the third period's forecast is added for 2.5 periods, also for negative autocorrelation."""
    forecast = Ar1Mmse(mean=0, autocorrelation=-0.5)
    assert forecast.over(8.0, 2.5) == pytest.approx(-4 + 2 - 0.5)


@pytest.mark.parametrize(
    ("forecast", "interval", "message"),
    [
        (Naive(), 0, "the forecast naive learns from periodic review: found continuous review"),
        (MovingAverage(periods=2), 0, "learns from periodic review"),
        (Ar1Mmse(mean=1, autocorrelation=0.5), 2, "ar1_mmse needs a review interval of 1 period: found 2"),
    ],
)
def test_an_interval_it_cannot_learn_at(forecast: Forecast, interval: float, message: str) -> None:
    """Tests that a forecast says which reviews it needs."""
    with pytest.raises(ValueError, match=message):
        forecast.check(interval)


@pytest.mark.known_answer("forecast:constant")
def test_a_constant_forecast_learns_nothing() -> None:
    """Tests that continuous review is no obstacle to a forecast that does not learn."""
    Constant(value=4).check(0)
    assert after(Constant(value=4), 8, 9) == 4


@pytest.mark.parametrize(
    ("build", "field"),
    [
        (lambda: MovingAverage(periods=0), "periods"),
        (lambda: ExponentialSmoothing(weight=0), "weight"),
        (lambda: ExponentialSmoothing(weight=1.5), "weight"),
        (lambda: Ar1Mmse(mean=1, autocorrelation=1), "autocorrelation"),
        (lambda: Constant(value=float("nan")), "value"),
    ],
)
def test_parameters_out_of_range(build: object, field: str) -> None:
    """Tests that a parameter out of its range is named."""
    with pytest.raises(ValidationError, match=field):
        build()  # type: ignore[operator]


@pytest.mark.known_answer("forecast:customer_forecast")
def test_a_forecast_of_point_of_sale_learns_nothing_from_orders() -> None:
    """Tests that a forecast sees the orders that come in or what customers buy, as it was told to."""
    view = View(net_stock=3, on_order=0, demand=40, told=Told(point_of_sale=12, forecast=7))
    assert Naive().learn(0.0, view, 2.0) == 20
    assert Naive(of="point_of_sale").learn(0.0, view, 2.0) == 6
    assert CustomerForecast().learn(0.0, view, 2.0) == 7


@pytest.mark.parametrize(
    ("forecast", "needs"),
    [(Naive(), set()), (Naive(of="point_of_sale"), {"point_of_sale"}), (CustomerForecast(), {"forecast"})],
)
def test_a_forecast_says_what_it_has_to_be_told(forecast: Forecast, needs: set[str]) -> None:
    """Tests that the lanes a forecast needs can be found from the forecast."""
    assert forecast.needs() == needs


def test_a_customers_forecast_learns_from_nothing_else() -> None:
    """Tests that it is refused to learn from point of sale as well."""
    with pytest.raises(ValidationError, match="customer_forecast learns from forecasts: found point_of_sale"):
        CustomerForecast(of="point_of_sale")
