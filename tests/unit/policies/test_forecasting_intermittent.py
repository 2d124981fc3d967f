"""Forecasts of intermittent demand: by hand from the published formulas, and as these promise."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from scmsim.policies.forecasting import Croston, Forecast, SyntetosBoylan, TeunterSyntetosBabai

SEEN = (0.0, 0.0, 6.0, 0.0, 2.0, 0.0, 0.0, 0.0, 10.0, 0.0)
weights = st.floats(0.01, 1)
demands = st.lists(st.sampled_from([0.0, 0.0, 1.0, 4.0, 25.0]), max_size=20)


def course(forecast: Forecast, *seen: float) -> list[float]:
    """Return the forecast per period before and after each observation."""
    state = forecast.start()
    found = [forecast.per_period(state)]
    for demand in seen:
        state = forecast.update(state, demand)
        found.append(forecast.per_period(state))
    return found


@pytest.mark.known_answer("forecast:croston")
def test_croston_by_hand() -> None:
    """Tests Croston's formulas with weight 0.2: sizes 6, 5.2, 6.16 and intervals 3, 2.8, 3.04 at the three demands."""
    first, second, third = 6 / 3, 5.2 / 2.8, 6.16 / 3.04
    expected = [0, 0, 0, first, first, second, second, second, second, third, third]
    assert course(Croston(weight=0.2), *SEEN) == pytest.approx(expected, rel=1e-12)


@pytest.mark.known_answer("forecast:sba")
def test_syntetos_boylan_by_hand() -> None:
    """Tests that with weight 0.2 it is nine tenths of the sizes over the intervals."""
    last = SyntetosBoylan(weight=0.2)
    assert course(last, *SEEN)[-1] == pytest.approx(0.9 * 6.16 / 3.04, rel=1e-12)


@pytest.mark.known_answer("forecast:tsb")
def test_teunter_syntetos_babai_by_hand() -> None:
    """Tests the formulas with weights 0.2 and 0.5, where the probability is halved by every review without demand.

    The first demand comes at the third review: probability 1/3, size 6. Then 1/6; 7/12, 5.2; 7/24, 7/48, 7/96;
    103/192, 6.16; 103/384.
    """
    expected = [0, 0, 0, 2, 1, 7 / 12 * 5.2, 7 / 24 * 5.2, 7 / 48 * 5.2, 7 / 96 * 5.2, 103 / 192 * 6.16]
    found = course(TeunterSyntetosBabai(weight=0.2, probability_weight=0.5), *SEEN)
    assert found == pytest.approx([*expected, 103 / 384 * 6.16], rel=1e-12)


@given(demand=st.floats(1e-3, 1e6), weight=weights, share=weights, count=st.integers(1, 30))
def test_constant_demand_is_forecast_exactly(demand: float, weight: float, share: float, count: int) -> None:
    """Tests that demand that is the same at every review is expected from the first on, by Croston and by TSB."""
    for forecast in (Croston(weight=weight), TeunterSyntetosBabai(weight=weight, probability_weight=share)):
        assert course(forecast, *[demand] * count)[1:] == pytest.approx([demand] * count, rel=1e-9)


@given(seen=demands, weight=weights)
def test_syntetos_boylan_is_a_share_of_croston(seen: list[float], weight: float) -> None:
    """Tests that at any time it is (1 − weight / 2) times Croston's forecast."""
    theirs = course(Croston(weight=weight), *seen)
    assert course(SyntetosBoylan(weight=weight), *seen) == pytest.approx([(1 - weight / 2) * one for one in theirs])


@given(seen=demands, weight=weights, size=st.floats(0, 100), interval=st.floats(1, 9))
def test_what_is_known_beforehand_is_expected_at_first(
    seen: list[float], weight: float, size: float, interval: float
) -> None:
    """Tests that a given start is the first forecast, and that a review without demand changes TSB alone."""
    croston = Croston(weight=weight, initial_size=size, initial_interval=interval)
    fading = TeunterSyntetosBabai(
        weight=weight, probability_weight=weight, initial_size=size, initial_probability=1 / interval
    )
    assert course(croston, 0.0) == pytest.approx([size / interval] * 2)
    assert course(fading, 0.0) == pytest.approx([size / interval, (1 - weight) * size / interval])


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: Croston(weight=0.1, initial_size=3), "initial_size and initial_interval together: found no initial_i"),
        (lambda: SyntetosBoylan(weight=0.1, initial_interval=3), "together: found no initial_size"),
        (
            lambda: TeunterSyntetosBabai(weight=0.1, probability_weight=0.1, initial_probability=0.5),
            "initial_size and initial_probability together: found no initial_size",
        ),
        (lambda: Croston(weight=0.1, initial_size=3, initial_interval=0.5), "initial_interval"),
    ],
)
def test_a_start_is_given_whole(build: object, message: str) -> None:
    """Tests that half a start, and demands more often than at every review, are refused."""
    with pytest.raises(ValidationError, match=message):
        build()  # type: ignore[operator]
