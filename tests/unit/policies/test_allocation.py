"""Sharing what is there: nobody gets too much, everything is given out, and nothing is rounded away."""

from math import fsum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scmsim.policies.allocation import allocate

amounts = st.floats(min_value=0, max_value=1e9)
requests = st.lists(amounts, max_size=20)
whole = st.integers(0, 10**6).map(float)


@given(available=amounts, asked=requests)
def test_shares_never_exceed_requests_nor_stock(available: float, asked: list[float]) -> None:
    """Tests that no share is negative or above its request, and that the exact sum is not above what is there."""
    shares = allocate(available, asked)
    assert all(0 <= share <= request for share, request in zip(shares, asked, strict=True))
    assert fsum((*shares, -available)) <= 0


@given(available=amounts, asked=requests)
def test_everything_is_given_out(available: float, asked: list[float]) -> None:
    """Tests that everybody gets all, or nothing but rounding noise is left."""
    shares = allocate(available, asked)
    left = -fsum((*shares, -available))
    assert shares == asked or left <= 1e-12 * available


@given(available=amounts, asked=requests)
def test_taking_shares_one_by_one_is_exact(available: float, asked: list[float]) -> None:
    """Tests that a stock that ships one share after another ends with the exact difference, never below 0."""
    shares = allocate(available, asked)
    left = available
    for share in shares:
        left -= share
        assert left >= 0
    if shares != asked:
        assert left == -fsum((*shares, -available))


@given(available=st.floats(1, 1e6), asked=st.lists(st.floats(1, 1e6), min_size=1, max_size=10))
def test_shares_are_in_proportion(available: float, asked: list[float]) -> None:
    """Tests that everybody's share is the same fraction of the request."""
    fraction = min(1.0, available / sum(asked))
    assert allocate(available, asked) == pytest.approx([fraction * request for request in asked])


@given(available=whole, asked=st.lists(whole, max_size=20))
def test_whole_units(available: float, asked: list[float]) -> None:
    """Tests that shares are whole, within one unit of proportion, and use up what is there."""
    shares = allocate(available, asked, whole_units=True)
    total = sum(asked)
    assert sum(shares) == min(available, total)
    for share, request in zip(shares, asked, strict=True):
        assert share == int(share) <= request
        assert total <= available or abs(share - available * request / total) < 1 + 1e-6


def test_ties_go_to_the_earlier_request() -> None:
    """Tests that of equal remainders the first in line gets the odd unit."""
    assert allocate(1.0, [2.0, 2.0], whole_units=True) == [1.0, 0.0]
    assert allocate(5.0, [4.0, 4.0, 4.0], whole_units=True) == [2.0, 2.0, 1.0]


@pytest.mark.known_answer("product.whole_units")
def test_the_largest_remainder_gets_the_odd_unit() -> None:
    """Tests quotas 1.4, 0.6 and 1 of 3 units: the odd one goes where 0.6 is missing, not to the largest request."""
    assert allocate(3.0, [7.0, 3.0, 5.0], whole_units=True) == [1.0, 1.0, 1.0]


def test_fractions_of_whole_units_stay() -> None:
    """Tests that 2.9 units on hand are two whole ones."""
    assert allocate(2.9, [2.0, 2.0], whole_units=True) == [1.0, 1.0]


@pytest.mark.parametrize("available", [0.0, -3.0])
@pytest.mark.parametrize("whole_units", [True, False])
def test_nothing_there(available: float, whole_units: bool) -> None:
    """Tests that nothing is shared of nothing, or of a debt."""
    assert allocate(available, [1.0, 2.0], whole_units) == [0.0, 0.0]
    assert allocate(available, []) == []
