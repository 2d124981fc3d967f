"""Postings: what every kind of event means in money, and how the rows of a journal become lines of ledgers.

A journal keeps one short row per event: time, kind of posting, node, partner, order, and three amounts a, b and c.
`POSTINGS` says which accounts they go to. There debits equal credits whatever the amounts, so they do in every ledger.
"""

import re
from typing import NamedTuple

import numpy as np

from scmsim.errors import LedgerError
from scmsim.flows.money import account, event, outside

Array = np.ndarray

WIDTH = 8
"""Numbers per row of a journal."""

OWN, OUTSIDE, PARTNER = 0, 1, 2
"""Whose account a line is about: that of the node, of everybody outside the chain, of the partner."""


class Posting(NamedTuple):
    """A kind of posting: lines ``account +a-b`` of the node, of accounts outside the chain, and of the partner."""

    event: str
    own: str
    outside: str = ""
    partner: str = ""


_SOLD = "receivables +a, revenue -a, cost_of_goods_sold +b, inventory -b"
_PAID = "payables +a, late_fees_paid +b, discounts_received -c, cash -a-b+c"
_RECEIVED = "receivables -a, late_fees_received -b, discounts_given +c, cash +a+b-c"
_STOCKED = "inventory +a+b-c, in_transit -a, cost_variance +c, cash -b"

POSTINGS = {
    "opening_goods": Posting("opening", "inventory +a, in_transit +b, work_in_process +c, equity -a-b-c"),
    "opening_money": Posting("opening", "cash +a, loans -b, equity -a+b", "owners -a+b, banks -b"),
    "sale": Posting("sale", _SOLD),
    "shipment": Posting("shipment", _SOLD, partner="in_transit +a, payables -a"),
    "shipment_from_outside": Posting("shipment", "in_transit +a, payables -a"),
    "shipment_at_cost": Posting("shipment", "equity +a, inventory -a", partner="in_transit +a, equity -a"),
    "delivery": Posting("delivery", _STOCKED, "customs +b"),
    "delivery_at_cost": Posting("delivery", _STOCKED, "raw_material +b"),
    "production_start": Posting("production_start", "work_in_process +a+b, inventory -a, cash -b", "wages +b"),
    "production_finish": Posting("production_finish", "inventory +a-c, work_in_process -a, cost_variance +c"),
    "payment": Posting("payment", _PAID, "in_clearing +a+b-c"),
    "payment_outside": Posting("payment", _PAID, "raw_material +a+b-c"),
    "receipt": Posting("payment", _RECEIVED, "in_clearing -a-b+c"),
    "receipt_from_customers": Posting("payment", _RECEIVED, "customers -a-b+c"),
    "advance": Posting("advance", "advances_paid +a, cash -a", "in_clearing +a"),
    "advance_outside": Posting("advance", "advances_paid +a, cash -a", "raw_material +a"),
    "advance_received": Posting("advance", "advances_received -a, cash +a", "in_clearing -a"),
    "advance_from_customers": Posting("advance", "advances_received -a, cash +a", "customers -a"),
    "advance_used": Posting("invoice", "payables +a, advances_paid -a"),
    "advance_earned": Posting("invoice", "advances_received +a, receivables -a"),
    "holding": Posting("cost", "holding +a, cash -a", "warehousing +a"),
    "backorder_penalty": Posting("cost", "backorder_penalty +a, cash -a", "penalties +a"),
    "ordering": Posting("cost", "ordering +a, cash -a", "wages +a"),
    "transport": Posting("cost", "transport +a, cash -a", "carriers +a"),
    "wages": Posting("wages", "wages +a, cash -a", "wages +a"),
    "interest": Posting("interest", "interest +a, cash -a", "interest +a"),
    "tax": Posting("tax", "tax +a, cash -a", "tax +a"),
}
"""The kinds of postings by name; a kind's code is its place here. A debit is +, a credit -."""


def posting(name: str) -> int:
    """Return the code of a kind of posting.

    Examples
    --------
    >>> list(POSTINGS)[posting("sale")]
    'sale'
    """
    return list(POSTINGS).index(name)


Line = tuple[int, int, tuple[int, ...]]
"""Whose account, its code, and the signs of a, b and c."""


def lines_of(kind: Posting) -> list[Line]:
    """Return the lines of a kind of posting.

    Raises
    ------
    LedgerError
        Its debits and credits differ, or cash appears or vanishes.

    Examples
    --------
    >>> from scmsim.flows.money import ACCOUNTS
    >>> [(ACCOUNTS[code], signs) for _, code, signs in lines_of(Posting("sale", "receivables +a, revenue -a"))]
    [('receivables', (1, 0, 0)), ('revenue', (-1, 0, 0))]
    >>> lines_of(Posting("sale", "receivables +a, revenue -b"))
    Traceback (most recent call last):
    ...
    scmsim.errors.LedgerError: debits and credits differ: receivables +a, revenue -b
    """
    found: list[Line] = []
    for whose, text, code in (
        (OWN, kind.own, account),
        (OUTSIDE, kind.outside, outside),
        (PARTNER, kind.partner, account),
    ):
        lines = [(whose, code(name), _signs(amounts)) for name, amounts in re.findall(r"(\w+) ([-+abc]+)", text)]
        if whose != OUTSIDE and not _cancel(lines):
            raise LedgerError(f"debits and credits differ: {text}")
        found += lines
    if not _cancel([line for line in found if line[0] == OUTSIDE or line[1] == account("cash")]):
        raise LedgerError(f"cash that nobody gives or gets: {kind.own}; outside: {kind.outside}")
    return found


def _signs(amounts: str) -> tuple[int, ...]:
    return tuple((f"+{letter}" in amounts) - (f"-{letter}" in amounts) for letter in "abc")


def _cancel(lines: list[Line]) -> bool:
    return not any(sum(each) for each in zip(*(signs for _, _, signs in lines), strict=True))


_LINES = [lines_of(kind) for kind in POSTINGS.values()]
_COUNT = np.array([len(lines) for lines in _LINES])
_FIRST = np.cumsum(_COUNT) - _COUNT
_EVENT = np.repeat([event(kind.event) for kind in POSTINGS.values()], _COUNT).astype(np.float64)
_WHOSE = np.array([whose for lines in _LINES for whose, _, _ in lines])
_CODE = np.array([code for lines in _LINES for _, code, _ in lines], dtype=np.float64)
_SUMS = sorted({max(signs, tuple(-sign for sign in signs)) for lines in _LINES for _, _, signs in lines})
"""The sums of a, b and c that lines are about, or the negative of."""
_SUM = np.array([_SUMS.index(max(signs, tuple(-sign for sign in signs))) for lines in _LINES for _, _, signs in lines])
_SIGNS = np.array(_SUMS, dtype=np.float64)
_SIGN = np.array([1.0 if signs in _SUMS else -1.0 for lines in _LINES for _, _, signs in lines])


def expand(journal: Array, posted: int, everybody_else: int) -> Array:
    """Work out the lines of ledgers that rows of a journal stand for; a line of nothing is left out.

    Parameters
    ----------
    journal : ndarray
        Shape (rows, `WIDTH`): time, kind, node, partner, order, a, b, c.
    posted : int
        The number of the last posting before these; every node's part of a row is one.
    everybody_else : int
        The node that stands for all who are outside the chain.

    Returns
    -------
    ndarray
        Shape (8, lines): time, posting, node, account, amount, event, order, partner.

    Raises
    ------
    LedgerError
        An amount is not a number.

    Examples
    --------
    >>> row = [5.0, posting("wages"), 2, -1, 0, 40.0, 0.0, 0.0]
    >>> expand(np.array([row]), posted=7, everybody_else=3)[1:5].tolist()
    [[8.0, 8.0, 8.0], [2.0, 2.0, 3.0], [21.0, 0.0, 30.0], [40.0, -40.0, 40.0]]
    """
    columns = np.ascontiguousarray(journal.T)
    time, kinds, node, partner, order = columns[:5]
    if not np.isfinite(columns[5:]).all():
        raise LedgerError("an amount of money is not a number")
    kind = kinds.astype(np.int64)
    count = _COUNT[kind]
    row = np.repeat(np.arange(len(kind)), count)
    line = np.arange(len(row)) + np.repeat(_FIRST[kind] - np.cumsum(count) + count, count)
    amount = np.dot(_SIGNS, columns[5:]).take(_SUM[line] * len(kind) + row)
    there = np.flatnonzero(amount)
    row, line = row[there], line[there]
    whose, found = _WHOSE[line], np.empty((8, len(row)))
    is_own = whose == OWN
    own, other = node[row], partner[row]
    found[0], found[3], found[5], found[6] = time[row], _CODE[line], _EVENT[line], order[row]
    found[1] = posted + np.cumsum(np.diff(2 * row + (whose == PARTNER), prepend=-1) != 0)
    found[2] = np.where(is_own, own, np.where(whose == PARTNER, other, everybody_else))
    found[4] = amount[there] * _SIGN[line]
    found[7] = np.where(is_own, other, own)
    return found
