"""Postings: balanced whatever the amounts, and lines of ledgers that say so."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scmsim.errors import LedgerError
from scmsim.flows.money import ACCOUNTS, EVENTS, OUTSIDE, account, outside
from scmsim.flows.postings import (
    HAS_PARTNER,
    OWN,
    PARTNER,
    POSTINGS,
    SIGNS,
    SIGNS_OUTSIDE,
    Posting,
    checked,
    expand,
    lines_of,
    posting,
    sums,
)

CASH = account("cash")
OUTSIDE_NODE = 9
AMOUNTS = st.integers(-10_000, 10_000).map(float)
ENTRIES = st.lists(st.tuples(st.sampled_from(sorted(POSTINGS)), AMOUNTS, AMOUNTS, AMOUNTS), min_size=1, max_size=20)


def lines(*entries, posted=0):
    """Return the lines of (kind, a, b, c), between node 1 and node 2, as tuples in the order of the table."""
    rows = [(float(time), posting(kind), 1, 2, 100 + time, *amounts) for time, (kind, *amounts) in enumerate(entries)]
    return expand(np.array(rows, dtype=np.float64).reshape(-1, 8), posted, OUTSIDE_NODE).T.tolist()


@given(ENTRIES)
def test_debits_equal_credits_in_every_posting(entries):
    """Tests that lines of one posting are of one node and sum to 0, and that cash goes where it comes from."""
    found = np.array(lines(*entries)).reshape(-1, 8)
    own = found[:, 2] != OUTSIDE_NODE
    for number in set(found[:, 1]):
        mine = found[own & (found[:, 1] == number)]
        assert mine[:, 4].sum() == 0
        assert len(set(mine[:, 2])) <= 1
    assert found[~own | (found[:, 3] == CASH), 4].sum() == 0


@pytest.mark.parametrize("name", POSTINGS)
def test_every_kind_names_an_event_and_accounts(name):
    """Tests that a kind of posting can be looked up, and that its event and accounts exist."""
    assert list(POSTINGS)[posting(name)] == name
    assert POSTINGS[name].event in EVENTS
    assert len(lines_of(POSTINGS[name])) >= 2


def test_a_kind_that_does_not_balance_is_refused():
    """Tests that debits which are not credited, and cash from nowhere, are refused."""
    with pytest.raises(LedgerError, match=r"debits and credits differ: cash \+a, revenue -b"):
        lines_of(Posting("sale", "cash +a, revenue -b"))
    with pytest.raises(LedgerError, match=r"cash that nobody gives or gets: cash \+a, revenue -a; outside: "):
        lines_of(Posting("sale", "cash +a, revenue -a"))


def test_a_shipment_is_posted_at_both_ends():
    """Tests the six lines of goods sold for 15 that have cost 10: four at the seller, two at the buyer."""
    assert [(number, node, ACCOUNTS[int(code)], amount, partner) for _, number, node, code, amount, _, _, partner in
            lines(("shipment", 15.0, 10.0, 0.0), posted=4)] == [
        (5, 1, "receivables", 15, 2),
        (5, 1, "revenue", -15, 2),
        (5, 1, "cost_of_goods_sold", 10, 2),
        (5, 1, "inventory", -10, 2),
        (6, 2, "in_transit", 15, 1),
        (6, 2, "payables", -15, 1),
    ]  # fmt: skip


def test_a_line_of_nothing_is_left_out():
    """Tests that only amounts other than 0 become lines, and that a posting without any takes no number."""
    found = lines(("wages", 0.0, 0.0, 0.0), ("wages", 5.0, 0.0, 0.0))
    assert [(row[1], row[3], row[4]) for row in found] == [
        (1, account("wages"), 5), (1, CASH, -5), (1, outside("wages"), 5),
    ]  # fmt: skip


def test_an_amount_that_is_not_a_number_is_refused():
    """Tests that a journal with an amount of nothing countable is refused, and any other comes back."""
    journal = np.array([[1.0, posting("wages"), 1, -1, 0, 4.0, 0.0, 0.0]])
    assert checked(journal) is journal
    with pytest.raises(LedgerError, match="an amount of money is not a number"):
        checked(np.where(journal == 4.0, np.nan, journal))


@given(ENTRIES)
def test_sums_of_amounts_give_the_sums_of_lines(entries):
    """Tests that what the accounts of every node receive is the same, worked out from sums of a, b and c."""
    found = np.zeros((OUTSIDE_NODE + 1, len(ACCOUNTS) + len(OUTSIDE)))
    for _, _, node, code, amount, *_ in lines(*entries):
        found[int(node), int(code)] += amount
    kind = np.array([posting(name) for name, *_ in entries])
    amounts = np.array([each for _, *each in entries], dtype=np.float64).T
    own = sums(kind, np.zeros_like(kind), 1, amounts)
    shared = HAS_PARTNER[kind]
    assert np.array_equal((own @ SIGNS[OWN])[0], found[1])
    assert np.array_equal((own @ SIGNS_OUTSIDE)[0], found[OUTSIDE_NODE])
    partner = sums(kind[shared], np.zeros_like(kind[shared]), 1, amounts[:, shared]) @ SIGNS[PARTNER]
    assert np.array_equal(partner[0], found[2])


def test_a_settlement_is_a_payment_and_its_receipt():
    """Tests that one entry gives the lines of two, under two numbers."""
    apart = lines(("payment", 50.0, 3.0, 2.0)) + [
        [*row[:1], row[1] + 1, *row[2:]] for row in lines(("receipt", 50.0, 3.0, 2.0))
    ]
    swapped = {1.0: 2.0, 2.0: 1.0}
    for row in apart[len(apart) // 2 :]:
        row[2], row[7] = swapped.get(row[2], row[2]), swapped.get(row[7], row[7])
    assert lines(("settlement", 50.0, 3.0, 2.0)) == apart


def test_nothing_gives_no_lines():
    """Tests an empty journal."""
    assert lines() == []
