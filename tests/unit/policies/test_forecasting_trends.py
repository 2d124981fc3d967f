"""Forecasts of trend and season: against statsmodels, by hand, and as their formulas promise."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from scmsim.policies.base import Plan
from scmsim.policies.catalogue import AnyForecast
from scmsim.policies.forecasting import Forecast, Holt, HoltWinters
from scmsim.policies.order_up_to import OrderUpTo

SEEN = [10.0, 12.0, 16.0, 9.0, 14.0, 20.0, 18.0, 11.0, 13.0, 30.0, 7.0]
SEASON = [0.8, 1.1, 1.3]


def after(forecast: Forecast, seen: Sequence[float]) -> object:
    """Return the forecast's memory after what was seen."""
    state = forecast.start()
    for demand in seen:
        state = forecast.update(state, demand)
    return state


def ahead(forecast: AnyForecast, seen: Sequence[float], steps: int) -> list[float]:
    """Return what is expected of each of the next reviews."""
    state = after(forecast, seen)
    return [forecast.over(state, step) - forecast.over(state, step - 1) for step in range(1, steps + 1)]


@pytest.mark.known_answer("forecast:holt")
@pytest.mark.parametrize("damping", [1.0, 0.9])
def test_holt_forecasts_what_statsmodels_does(damping: float) -> None:
    """Tests that levels, trends and seven forecasts agree to rounding from the same start, with damping and without."""
    from statsmodels.tsa.holtwinters import Holt as Oracle

    known = {"initialization_method": "known", "initial_level": 9.0, "initial_trend": 0.5}
    model = Oracle(np.array(SEEN), damped_trend=damping < 1, **known)
    damped = {"damping_trend": damping} if damping < 1 else {}
    fit = model.fit(smoothing_level=0.3, smoothing_trend=0.2, optimized=False, **damped)
    forecast = Holt(weight=0.3, trend_weight=0.2, damping=damping, initial=9, initial_trend=0.5)
    state = after(forecast, SEEN)
    assert state == pytest.approx((fit.level[-1], fit.trend[-1]), rel=1e-12)
    assert ahead(forecast, SEEN, 7) == pytest.approx(fit.forecast(7).tolist(), rel=1e-12)


@pytest.mark.known_answer("forecast.seasonality:additive")
@pytest.mark.known_answer("forecast.seasonality:multiplicative")
@pytest.mark.known_answer("forecast:holt_winters")
@pytest.mark.parametrize("seasonality", ["additive", "multiplicative"])
@pytest.mark.parametrize("damping", [1.0, 0.9])
def test_holt_winters_forecasts_what_statsmodels_does(seasonality: str, damping: float) -> None:
    """Tests that every next demand, and the seasons after the last, agree to rounding from the same start.

    statsmodels leaves the latest change of a season out when it looks ahead, so that season's forecasts are not asked.
    """
    from statsmodels.tsa.holtwinters import ExponentialSmoothing as Oracle

    known = {"initialization_method": "known", "initial_level": 9.0, "initial_trend": 0.5, "initial_seasonal": SEASON}
    model = Oracle(
        np.array(SEEN), trend="add", damped_trend=damping < 1, seasonal=seasonality, seasonal_periods=3, **known
    )
    damped = {"damping_trend": damping} if damping < 1 else {}
    fit = model.fit(smoothing_level=0.3, smoothing_trend=0.2, smoothing_seasonal=0.4, optimized=False, **damped)
    forecast = HoltWinters(
        length=3,
        seasonality=seasonality,
        weight=0.3,
        trend_weight=0.2,
        season_weight=0.4,
        damping=damping,
        initial=9,
        initial_trend=0.5,
        initial_season=SEASON,
    )
    nexts = [forecast.per_period(after(forecast, SEEN[:count])) for count in range(len(SEEN))]
    assert nexts == pytest.approx(fit.fittedvalues.tolist(), rel=1e-12)
    expected, found = fit.forecast(8).tolist(), ahead(forecast, SEEN, 8)
    for step in (0, 1, 3, 4, 6, 7):
        assert found[step] == pytest.approx(expected[step], rel=1e-12)


@given(first=st.floats(0, 1e3), growth=st.floats(-1e2, 1e2), weight=st.floats(0.01, 1), share=st.floats(0, 1))
def test_holt_follows_a_straight_line(first: float, growth: float, weight: float, share: float) -> None:
    """Tests that demand on a line is forecast exactly from the second observation on, whatever the weights."""
    forecast = Holt(weight=weight, trend_weight=share)
    seen = [first + growth * period for period in range(6)]
    for count in (2, 6):
        expected = [first + growth * (count + step) for step in range(3)]
        assert ahead(forecast, seen[:count], 3) == pytest.approx(expected, abs=1e-6)


@given(
    pattern=st.lists(st.integers(1, 100), min_size=2, max_size=6),
    seasonality=st.sampled_from(["additive", "multiplicative"]),
    weight=st.floats(0.01, 1),
)
def test_holt_winters_repeats_a_season(pattern: list[int], seasonality: str, weight: float) -> None:
    """Tests that demand that repeats itself is forecast exactly once it has been seen whole, for ever."""
    forecast = HoltWinters(
        length=len(pattern), seasonality=seasonality, weight=weight, trend_weight=0.3, season_weight=0.5
    )
    seen = [float(demand) for demand in (*pattern, *pattern, pattern[0])]
    expected = [*pattern[1:], *pattern]
    assert ahead(forecast, seen, len(expected)) == pytest.approx(expected, rel=1e-9)


def test_trend_and_season_start_from_what_is_seen_first() -> None:
    """Tests that 0 is expected at first, then the latest demand or the mean so far, and then the trend or season."""
    holt = Holt(weight=0.5, trend_weight=0.5)
    winters = HoltWinters(length=3, weight=0.5, season_weight=0.5)
    expected = [[holt.per_period(after(holt, SEEN[:count])) for count in range(3)]]
    expected += [[winters.per_period(after(winters, SEEN[:count])) for count in range(3)]]
    assert expected == [[0, 10, 14], [0, 10, 11]]
    assert after(winters, [10.0, 12.0, 17.0]) == ((13.0, 0.0), (-3.0, -1.0, 4.0))


def test_a_season_without_demand_is_no_obstacle() -> None:
    """Tests that multiplicative seasons with zeros, or nothing but zeros, are forecast without a division by 0."""
    forecast = HoltWinters(length=2, seasonality="multiplicative", weight=0.5, trend_weight=0.1, season_weight=0.5)
    assert ahead(forecast, [0.0, 8.0] * 3, 2) == pytest.approx([0, 8])
    assert ahead(forecast, [0.0, 0.0] * 3, 2) == [0, 0]
    assert forecast.update(forecast.update(after(forecast, [0.0, 0.0]), 5.0), 5.0).trend.level > 0


def test_steps_are_reviews(plan: Plan) -> None:
    """Tests that the trend goes on once per review: with reviews two periods apart, three periods are one and a half.

    Demand per period was 10 and 12: 14 is expected of the next two periods each, and 16 of the one after.
    """
    policy = OrderUpTo(forecast=Holt(weight=0.5, trend_weight=0.5), cover=3).prepare(plan._replace(interval=2))
    state = after(policy.forecast, [10.0, 12.0])
    assert policy.forecast.per_period(state) == 14
    assert policy.forecast.over(state, 3) == 2 * 14 + 16
    assert policy.expectation(state) == 14


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: Holt(weight=0.5, trend_weight=0, initial_trend=1), "initial where initial_trend is given: found none"),
        (lambda: HoltWinters(length=2, weight=1, season_weight=0, initial=1), "found no initial_season"),
        (lambda: HoltWinters(length=2, weight=1, season_weight=0, initial_season=[1, 2]), "found no initial"),
        (lambda: HoltWinters(length=2, weight=1, season_weight=0, initial_trend=1), "initial where initial_trend"),
        (
            lambda: HoltWinters(length=3, weight=1, season_weight=0, initial=1, initial_season=[1, 2]),
            "3 numbers in initial_season: found 2",
        ),
        (
            lambda: HoltWinters(length=3, weight=1, season_weight=0, of="point_of_sale"),
            "holt_winters needs one observation at every review: found point_of_sale",
        ),
        (lambda: Holt(weight=0.5, trend_weight=0, review_interval=3).prepare(2), "found 3 instead of 2"),
        (lambda: Holt(weight=0.5, trend_weight=0).prepare(0), "holt learns from periodic review"),
    ],
)
def test_what_does_not_go_together(build: object, message: str) -> None:
    """Tests that half a start, a season of another length and other reviews are refused with what was found."""
    with pytest.raises((ValidationError, ValueError), match=message):
        build()  # type: ignore[operator]
