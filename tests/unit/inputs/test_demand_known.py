"""Constant demand, a step, pulses."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from scmsim.inputs.demand_known import ConstantDemand, PulsesDemand, StepDemand
from scmsim.inputs.sampling import Array

Draw = Callable[..., Array]


@pytest.mark.known_answer("demand:constant")
def test_constant_never_changes(draw: Draw) -> None:
    """Tests that constant demand is the same quantity every period."""
    assert set(draw(ConstantDemand(value=4), 10_000)) == {4.0}


@pytest.mark.known_answer("demand:step")
def test_step_changes_at_its_instant_and_not_before(draw: Draw) -> None:
    """Tests that a step demand changes at its instant and not before."""
    drawn = draw(StepDemand(before=4, after=8, at=5), 100)
    assert drawn[:4].tolist() == [4, 4, 4, 4]
    assert set(drawn[4:]) == {8}


@settings(derandomize=True, deadline=None)
@given(start=st.integers(0, 50), steps=st.integers(0, 3000), thousandths=st.integers(1, 5000))
def test_step_falls_on_its_instant(draw: Draw, start: int, steps: int, thousandths: int) -> None:
    """Tests that a step on an instant of demand changes that demand, although floats would miss the instant."""
    interval = thousandths / 1000
    drawn = draw(StepDemand(before=0, after=1, at=start + steps * interval), steps + 2, start=start, interval=interval)
    assert drawn.sum() == 2
    assert drawn[-2:].tolist() == [1, 1]


@pytest.mark.parametrize(("at", "first"), [(3.5, 3), (1, 0), (-4, 0)])
def test_step_between_two_demands(draw: Draw, at: float, first: int) -> None:
    """Tests that a step between two demands shows in the later one, and one in the past from the start."""
    assert draw(StepDemand(before=0, after=1, at=at), 10).tolist() == [0] * first + [1] * (10 - first)


def test_pulse_comes_once(draw: Draw) -> None:
    """Tests that a pulse is added at its instant and nowhere else, also when it lies blocks ahead."""
    drawn = draw(PulsesDemand(level=4, pulses=[{"at": 3, "quantity": 10}, {"at": 501, "quantity": 5}]), 1000)
    assert drawn[[2, 500]].tolist() == [14, 9]
    assert drawn.sum() == 4 * 1000 + 15


@pytest.mark.known_answer("demand:pulses")
def test_pulses_at_one_instant_add_up(draw: Draw) -> None:
    """Tests that two pulses at one instant are both asked, and one between two demands joins the later."""
    pulses = [{"at": 3, "quantity": 10}, {"at": 2.5, "quantity": 5}]
    assert draw(PulsesDemand(pulses=pulses), 4).tolist() == [0, 0, 15, 0]


def test_pulse_before_the_start_is_past(draw: Draw) -> None:
    """Tests that a pulse before the first demand never comes."""
    assert draw(PulsesDemand(pulses=[{"at": 0, "quantity": 10}]), 100).sum() == 0


def test_dip_stops_at_nothing(draw: Draw) -> None:
    """Tests that a negative pulse lowers demand, to 0 at most."""
    pulses = [{"at": 1, "quantity": -3}, {"at": 2, "quantity": -9}]
    assert draw(PulsesDemand(level=4, pulses=pulses), 3).tolist() == [1, 0, 4]


def test_no_pulses_is_a_mistake() -> None:
    """Tests that an empty list of pulses is refused."""
    with pytest.raises(ValidationError, match="at least 1 item"):
        PulsesDemand(pulses=[])


def test_moments_look_at_the_long_run() -> None:
    """Tests that a step counts as what follows it, and pulses not at all."""
    assert StepDemand(before=4, after=8, at=5).moments() == (8.0, 0.0)
    assert PulsesDemand(level=4, pulses=[{"at": 3, "quantity": 10}]).moments() == (4.0, 0.0)
