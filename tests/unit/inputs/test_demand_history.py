"""Replay and bootstrap of recorded demand."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from scmsim.inputs.demand_history import BootstrapDemand, ReplayDemand
from scmsim.inputs.sampling import Array

Draw = Callable[..., Array]
records = st.lists(st.floats(0, 1000), min_size=1, max_size=300)


@settings(derandomize=True, max_examples=40, deadline=None)
@given(records)
def test_replay_repeats_the_record(draw: Draw, record: list[float]) -> None:
    """Tests that a replay is the record, then the record again, across blocks."""
    assert draw(ReplayDemand(values=record), 700).tolist() == np.resize(record, 700).tolist()


@pytest.mark.known_answer("demand:replay")
@pytest.mark.known_answer("demand.afterwards:repeat")
@pytest.mark.known_answer("demand.afterwards:last")
@pytest.mark.known_answer("demand.afterwards:zero")
@pytest.mark.parametrize(("afterwards", "tail"), [("repeat", [3, 1, 2]), ("last", [2, 2, 2]), ("zero", [0, 0, 0])])
def test_replay_afterwards(draw: Draw, afterwards: Any, tail: list[float]) -> None:
    """Tests that what follows the record is what the user chose."""
    drawn = draw(ReplayDemand(values=[3, 1, 2], afterwards=afterwards), 600)
    assert drawn[:6].tolist() == [3, 1, 2, *tail]
    assert drawn[-3:].tolist() == tail


@settings(derandomize=True, max_examples=40, deadline=None)
@given(st.integers(1, 50), st.data())
def test_bootstrap_keeps_stretches_whole(draw: Draw, length: int, data: st.DataObject) -> None:
    """Tests that a moving-block bootstrap is made of whole stretches of the record, end to end."""
    periods = data.draw(st.integers(length, 120))
    drawn = draw(BootstrapDemand(values=list(range(periods)), block_length=length), 64)
    for block in np.split(drawn[: 64 // length * length], 64 // length):
        assert np.diff(block).tolist() == [1] * (length - 1)


def test_bootstrap_draws_every_value_alike(draw: Draw) -> None:
    """Tests that single values are drawn with replacement and equally often, within 5 standard errors."""
    drawn = draw(BootstrapDemand(values=range(5)), 20_000)  # type: ignore[arg-type]
    shares = np.bincount(drawn.astype(int)) / 20_000
    assert shares == pytest.approx(np.full(5, 0.2), abs=5 * np.sqrt(0.16 / 20_000))
    assert abs(np.corrcoef(drawn[1:], drawn[:-1])[0, 1]) < 5 / np.sqrt(20_000)


def test_bootstrap_of_the_whole_record_is_the_record(draw: Draw) -> None:
    """Tests that stretches as long as the record replay it."""
    assert draw(BootstrapDemand(values=[3, 1, 2], block_length=3), 9).tolist() == [3, 1, 2] * 3


@pytest.mark.known_answer("demand:bootstrap")
def test_ends_of_the_record_are_drawn_less() -> None:
    """Tests that moments count how many stretches run through each recorded period."""
    assert BootstrapDemand(values=[0, 6, 0], block_length=2).moments() == (3, 9)


def test_moments_are_the_records() -> None:
    """Tests that mean and variance are those of the record, dividing by its length."""
    for demand in (ReplayDemand(values=[0, 10]), BootstrapDemand(values=[0, 10])):
        assert demand.moments() == (5, 25)


def test_file_and_column_are_kept() -> None:
    """Tests that values filled in from a file stand beside the file's name."""
    demand = ReplayDemand(values=[3, 1], file="sales.csv", column="units")
    assert (demand.file, demand.column, demand.values) == ("sales.csv", "units", (3.0, 1.0))


def test_unread_file_has_no_moments_and_says_so(draw: Draw) -> None:
    """Tests that a record nobody has read has unknown moments, and asking for demand names the column."""
    demand = ReplayDemand(file="sales.csv", column="units")
    assert demand.moments() is None
    with pytest.raises(ValueError, match="column 'units' of 'sales.csv' has not been read"):
        draw(demand, 1)


@pytest.mark.parametrize(
    ("kind", "fields", "message"),
    [
        (ReplayDemand, {}, "neither values nor file given: list the values, or name a file and its column"),
        (BootstrapDemand, {}, "neither values nor file given: list the values, or name a file and its column"),
        (ReplayDemand, {"file": "sales.csv"}, "file and column belong together: give both"),
        (ReplayDemand, {"values": [1], "column": "units"}, "file and column belong together: give both"),
        (ReplayDemand, {"values": []}, "at least 1 item"),
        (ReplayDemand, {"values": [1, -3]}, "values.1\n  Input should be greater than or equal to 0"),
        (ReplayDemand, {"values": [1, float("nan")]}, "values.1\n  Input should be a finite number"),
        (ReplayDemand, {"values": [1], "afterwards": "stop"}, "Input should be 'repeat', 'last' or 'zero'"),
        (
            BootstrapDemand,
            {"values": [1, 2], "block_length": 3},
            "block_length 3 is longer than the record of 2 values",
        ),
        (BootstrapDemand, {"values": [1, 2], "block_length": 0}, "greater than or equal to 1"),
    ],
)
def test_mistakes_are_named(kind: Any, fields: dict[str, Any], message: str) -> None:
    """Tests that each wrong combination of parameters is refused in words that say how to mend it."""
    with pytest.raises(ValidationError, match=message):
        kind(**fields)
