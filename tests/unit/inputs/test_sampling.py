"""Blocks, rounding, and the checks that several models share."""

from itertools import islice

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scmsim.inputs.sampling import block_sizes, given_once, half_up


def test_blocks_start_small_and_double() -> None:
    """Tests that blocks hold 64 draws at first, double, and stay at 4096."""
    assert list(islice(block_sizes(), 9)) == [64, 128, 256, 512, 1024, 2048, 4096, 4096, 4096]


@given(st.integers(-10_000, 10_000))
def test_half_rounds_upward(whole: int) -> None:
    """Tests that a half goes to the whole number above it, whether positive, negative, odd or even."""
    assert half_up(np.array([whole + 0.5, whole, whole + 0.49])).tolist() == [whole + 1, whole, whole]


@pytest.mark.parametrize(
    ("given_fields", "message"),
    [
        ({"sd": 1, "cv": 2}, "^sd and cv both given: give one$"),
        ({"sd": None, "cv": None}, "^neither sd nor cv given: give one$"),
        ({"sd": 1, "cv": 2, "dispersion": 3}, "^sd, cv and dispersion all given: give one$"),
        ({"sd": None, "cv": 2, "dispersion": 3}, "^cv and dispersion both given: give one$"),
        ({"sd": None, "cv": None, "dispersion": None}, "^none of sd, cv, dispersion given: give one$"),
    ],
)
def test_exactly_one_is_asked_for(given_fields: dict[str, float | None], message: str) -> None:
    """Tests that two given, or none, are named."""
    with pytest.raises(ValueError, match=message):
        given_once(**given_fields)


def test_zero_counts_as_given() -> None:
    """Tests that a field given as 0 is given."""
    given_once(sd=0.0, cv=None)
