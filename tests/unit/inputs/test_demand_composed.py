"""Trend, season and pulses over a base."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from scmsim.inputs.demand_arrivals import CompoundPoissonDemand
from scmsim.inputs.demand_composed import ComposedDemand, Season
from scmsim.inputs.demand_random import PoissonDemand
from scmsim.inputs.sampling import Array

Draw = Callable[..., Array]
TEN = {"kind": "constant", "value": 10}


def composed(**fields: Any) -> ComposedDemand:
    """Compose over a constant base of 10."""
    return ComposedDemand(**{"base": TEN, **fields})


def test_alone_the_base_is_unchanged(draw: Draw) -> None:
    """Tests that composing with nothing draws exactly what the base draws."""
    base = PoissonDemand(mean=7)
    assert draw(ComposedDemand(base=base), 1000).tolist() == draw(base, 1000).tolist()


def test_trend_grows_from_the_first_demand(draw: Draw) -> None:
    """Tests that a trend is in units per time unit, whatever the interval, and 0 at the first demand."""
    assert draw(composed(trend=2), 4).tolist() == [10, 12, 14, 16]
    assert draw(composed(trend=2), 4, start=100, interval=0.5).tolist() == [10, 11, 12, 13]


def test_falling_trend_stops_at_the_minimum(draw: Draw) -> None:
    """Tests that a falling trend ends at 0, or goes on below it where that is allowed."""
    assert draw(composed(trend=-6), 4).tolist() == [10, 4, 0, 0]
    assert draw(composed(trend=-6, minimum=None), 4).tolist() == [10, 4, -2, -8]


@pytest.mark.known_answer("demand.season")
def test_factors_take_equal_parts_of_the_cycle(draw: Draw) -> None:
    """Tests that each factor holds for its part of the cycle, from the first demand, and comes round again."""
    season = {"length": 6, "factors": [1, 2, 0]}
    assert draw(composed(season=season), 8).tolist() == [10, 10, 20, 20, 0, 0, 10, 10]


def test_factors_part_ends_between_instants(draw: Draw) -> None:
    """Tests that a cycle which its parts do not divide evenly changes factor at the first demand past each end."""
    assert draw(composed(season={"length": 4, "factors": [1, 2, 3]}), 5).tolist() == [10, 10, 20, 30, 10]


@pytest.mark.known_answer("season.begins")
def test_season_begins_where_told(draw: Draw) -> None:
    """Tests that a stated beginning sets the phase, whether it lies before or after the first demand."""
    for begins in (3, 0, -3):
        drawn = draw(composed(season={"length": 3, "factors": [1, 2, 3], "begins": begins}), 4)
        assert drawn.tolist() == [20, 30, 10, 20]


@pytest.mark.known_answer("season.amplitude")
@pytest.mark.known_answer("season.peak")
def test_cosine_peaks_where_told(draw: Draw) -> None:
    """Tests that a cosine season is highest at its peak, lowest half a cycle later, and swings by its amplitude."""
    drawn = draw(composed(season={"length": 12, "amplitude": 0.3, "peak": 4}), 12)
    assert (drawn.argmax(), drawn.argmin()) == (4, 10)
    assert (drawn.max(), drawn.min()) == pytest.approx((13, 7))


@settings(derandomize=True, max_examples=50, deadline=None)
@given(length=st.integers(2, 60), amplitude=st.floats(0, 1), peak=st.floats(0, 60))
def test_cosine_keeps_the_mean(draw: Draw, length: int, amplitude: float, peak: float) -> None:
    """Tests that a cosine season over whole cycles keeps the mean of the base."""
    season = {"length": length, "amplitude": amplitude, "peak": peak}
    assert draw(composed(season=season), 10 * length).mean() == pytest.approx(10)
    assert composed(season=season).moments() == pytest.approx((10, 100 * amplitude**2 / 2))


@settings(derandomize=True, max_examples=50, deadline=None)
@given(st.lists(st.floats(0, 5), min_size=1, max_size=24))
def test_factors_scale_the_mean_by_theirs(draw: Draw, factors: list[float]) -> None:
    """Tests that factors scale the mean by their own mean, and that their swing is in the variance."""
    demand = composed(season={"length": len(factors), "factors": factors})
    drawn = draw(demand, 5 * len(factors))
    assert demand.moments() == pytest.approx((drawn.mean(), drawn.var()), abs=1e-9)
    assert drawn.mean() == pytest.approx(10 * np.mean(factors))


@pytest.mark.known_answer("surge.add")
@pytest.mark.known_answer("surge.length")
@pytest.mark.known_answer("demand.pulses")
def test_pulse_adds_for_its_length(draw: Draw) -> None:
    """Tests that a pulse holds from its instant up to its end, the end not included."""
    assert draw(composed(pulses=[{"at": 2, "length": 2, "add": 5}]), 5).tolist() == [10, 15, 15, 10, 10]
    assert draw(composed(pulses=[{"at": 2, "add": -50}]), 3).tolist() == [10, 0, 10]


@pytest.mark.known_answer("surge.times")
def test_pulses_multiply_before_they_add(draw: Draw) -> None:
    """Tests that where pulses meet, the order in which they are listed does not matter."""
    pulses = [{"at": 1, "add": 5}, {"at": 1, "times": 3}]
    assert draw(composed(pulses=pulses), 2).tolist() == [35, 10]
    assert draw(composed(pulses=pulses[::-1]), 2).tolist() == [35, 10]


@pytest.mark.known_answer("demand:composed")
def test_season_scales_the_trend(draw: Draw) -> None:
    """Tests that the season multiplies base and trend together."""
    assert draw(composed(trend=10, season={"length": 2, "factors": [1, 2]}), 3).tolist() == [10, 40, 30]


@pytest.mark.known_answer("demand.rounding:half_up")
def test_rounding_comes_last(draw: Draw) -> None:
    """Tests that the composed quantity is rounded, a half upward."""
    season = {"length": 2, "factors": [0.25, 0.24]}
    assert draw(composed(season=season, rounding="half_up"), 2).tolist() == [3, 2]


def test_no_long_run_with_a_trend() -> None:
    """Tests that a demand that grows for ever has no long-run moments, and pulses change none."""
    assert composed(trend=0.1).moments() is None
    assert composed(pulses=[{"at": 5, "add": 3}]).moments() == (10, 0)


def test_interval_belongs_to_the_whole(draw: Draw) -> None:
    """Tests that the composed demand's interval counts, once."""
    assert ComposedDemand(base=PoissonDemand(mean=14), interval=7).moments() == (2, 2)


def test_base_written_out_in_full() -> None:
    """Tests that a base which states the common fields at their defaults, as a written scenario does, is accepted."""
    assert composed(base={**TEN, "interval": 1, "offset": 0, "unmet": "backorder"}) == composed()


def test_season_far_longer_than_the_run() -> None:
    """Tests that a season of many factors over a very long cycle does not overflow the clock."""
    season = Season(length=1e10, factors=[1.0] * 999 + [2.0])
    assert season.at(np.array([0, 10**16 - 10**13]), 0.0).tolist() == [1, 2]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"season": {"length": 4}}, "neither factors nor amplitude given: give one"),
        ({"season": {"length": 4, "factors": [1], "amplitude": 0.1}}, "factors and amplitude both given: give one"),
        ({"season": {"length": 4, "factors": [1], "peak": 2}}, "peak belongs to amplitude"),
        ({"season": {"length": 4, "factors": [-1]}}, "greater than or equal to 0"),
        ({"season": {"length": 4, "amplitude": 2}}, "less than or equal to 1"),
        ({"season": {"length": 1e-8, "amplitude": 0.2}}, "less than a millionth of the time unit"),
        ({"pulses": [{"at": 1}]}, "neither add nor times given: give one"),
        ({"pulses": [{"at": 1, "add": 1, "times": 2}]}, "add and times both given: give one"),
        (
            {"base": {**TEN, "interval": 2, "unmet": "lost"}},
            "base has unmet and interval: say that on the composed demand",
        ),
        (
            {"base": {"kind": "compound_poisson", "rate": 1}},
            "Input tag 'compound_poisson' found using 'kind' does not match",
        ),
        ({"base": {"kind": "composed", "base": TEN}}, "Input tag 'composed' found using 'kind' does not match"),
        ({"base": {"kind": "poison", "mean": 1}}, "Input tag 'poison' found using 'kind' does not match"),
        ({"base": CompoundPoissonDemand(rate=1)}, "Input tag 'compound_poisson' found using 'kind' does not match"),
        ({"base": {"mean": 1}}, "Unable to extract tag using discriminator 'kind'"),
        ({"base": 10}, "Input should be a mapping with 'kind'"),
    ],
)
def test_mistakes_are_named(fields: dict[str, Any], message: str) -> None:
    """Tests that each wrong combination of parameters is refused in words that say how to mend it."""
    with pytest.raises(ValidationError, match=message):
        composed(**fields)


def test_mistake_in_the_base_is_located() -> None:
    """Tests that a mistake inside the base is reported at its own place."""
    with pytest.raises(ValidationError) as caught:
        composed(base={"kind": "normal", "mean": "ten", "sd": 1})
    assert [error["loc"] for error in caught.value.errors()] == [("base", "mean")]
