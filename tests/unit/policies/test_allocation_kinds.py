"""Rules for short stock, by hand and by what holds for all of them."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scmsim.policies.allocation_base import Allocation, Claim
from scmsim.policies.allocation_kinds import FairShare, FirstCome, Priority, Proportional, Reserve, allocation_kinds

NORTH, SOUTH = 0, 1
OPEN = (
    Claim(3.0, entered=1, priority=1, customer=NORTH, ordered=5.0),
    Claim(9.0, entered=1, priority=2, customer=SOUTH, ordered=15.0),
    Claim(5.0, entered=2, priority=1, customer=NORTH, ordered=5.0),
)
"""Two orders of day 1, of which 2 and 6 units have been served, and one of day 2."""


@pytest.mark.known_answer("allocation:first_come")
def test_first_come_serves_the_day_before_first() -> None:
    """Tests that 8 units go to the orders of day 1, pro rata, and none to that of day 2."""
    assert FirstCome().share(8.0, OPEN, whole_units=True) == [2.0, 6.0, 0.0]


@pytest.mark.known_answer("allocation:priority")
def test_priority_serves_the_key_account_first() -> None:
    """Tests that both orders of class 1 are served before that of class 2, the earlier first."""
    assert Priority().share(8.0, OPEN) == [3.0, 0.0, 5.0]
    assert Priority().share(4.0, OPEN) == [3.0, 0.0, 1.0]


@pytest.mark.known_answer("allocation:proportional")
def test_proportional_shares_whatever_the_age() -> None:
    """Tests that 8 of 17 units wanted go out as 24/17, 72/17 and 40/17, in whole units by largest remainder."""
    assert Proportional().share(8.0, OPEN) == pytest.approx([24 / 17, 72 / 17, 40 / 17], abs=1e-12)
    assert Proportional().share(8.0, OPEN, whole_units=True) == [2.0, 4.0, 2.0]


@pytest.mark.known_answer("allocation:fair_share")
def test_fair_share_fills_customers_alike() -> None:
    """Tests that 8 units bring both from 2/10 and 6/15 to 16/25 of what they have open: 4.4 and 3.6."""
    assert FairShare().share(8.0, OPEN) == pytest.approx([3.0, 3.6, 1.4], abs=1e-12)
    assert FairShare().share(8.0, OPEN, whole_units=True) == [3.0, 4.0, 1.0]


def test_fair_share_first_lifts_the_worst_served() -> None:
    """Tests that a customer at 6/15 gets nothing before the other has come from 2/10 up to 4/10: 2 units."""
    assert FairShare().share(2.0, OPEN) == pytest.approx([2.0, 0.0, 0.0], abs=1e-12)


@pytest.mark.known_answer("allocation:reserve")
def test_reserve_keeps_units_for_the_first_class() -> None:
    """Tests that class 1 takes its 8 of 14, and class 2 only what exceeds the 4 kept: 2 of the 6 left."""
    assert Reserve(keep=[4.0]).share(14.0, OPEN) == [3.0, 2.0, 5.0]
    assert Reserve(keep=[4.0]).share(11.0, OPEN) == [3.0, 0.0, 5.0]


def test_classes_beyond_the_list_are_kept_from_the_last() -> None:
    """Tests that class 3 and peers find what the last entry keeps."""
    rule = Reserve(keep=[2.0, 5.0])
    assert [rule.kept_from(priority) for priority in (1, 2, 3, 9, None)] == [0.0, 2.0, 5.0, 5.0, 5.0]


def test_reserve_has_to_grow() -> None:
    """Tests that a class cannot find less kept from it than the one before."""
    with pytest.raises(ValueError, match="units that do not fall from class to class: found 2 after 5"):
        Reserve(keep=[5.0, 2.0])


RULES: Sequence[Allocation] = (FirstCome(), Priority(), Proportional(), FairShare(), Reserve(keep=[2.0, 4.0]))
CLAIMS = st.lists(
    st.tuples(st.integers(1, 30), st.integers(0, 30), st.integers(1, 3), st.integers(1, 4), st.integers(0, 3)),
    max_size=8,
)


def test_every_rule_is_tried() -> None:
    """Tests that what holds for all rules is asked of each."""
    assert {type(rule) for rule in RULES} == set(allocation_kinds().values())


@given(CLAIMS, st.integers(0, 120), st.booleans())
def test_every_rule_gives_what_is_there_and_no_more(
    drawn: list[tuple[int, int, int, int, int]], available: int, whole_units: bool
) -> None:
    """Tests that no claim gets more than it wants, all together no more than there is, and all of it where nothing is
    kept; and that whole units stay whole."""
    claims = [Claim(float(a), float(e), p, c, float(a + got)) for a, got, e, p, c in drawn]
    claims.sort(key=lambda claim: claim.entered)
    for rule in RULES:
        shares = rule.share(float(available), claims, whole_units=whole_units)
        assert all(-1e-12 <= share <= claim.wanted + 1e-9 for share, claim in zip(shares, claims, strict=True))
        wanted = sum(claim.wanted for claim in claims)
        assert sum(shares) <= available + 1e-9
        if not isinstance(rule, Reserve):
            assert sum(shares) == pytest.approx(min(available, wanted), abs=1e-6)
        if whole_units:
            assert all(share == int(share) for share in shares)
