"""Postings: balanced whatever the amounts, and lines of ledgers that say so."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scmsim.errors import LedgerError
from scmsim.flows.money import ACCOUNTS, EVENTS, account, outside
from scmsim.flows.postings import POSTINGS, Posting, expand, lines_of, posting

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
    """Tests that a posting of nothing countable is refused."""
    with pytest.raises(LedgerError, match="an amount of money is not a number"):
        lines(("wages", float("nan"), 0.0, 0.0))


def test_nothing_gives_no_lines():
    """Tests an empty journal."""
    assert lines() == []
