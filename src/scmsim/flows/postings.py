"""Postings: what every kind of event means in money, and how the rows of a journal become lines of ledgers.

A journal keeps one short row per event: time, kind of posting, node, partner, order, and three amounts a, b and c.
`POSTINGS` says which accounts they go to. There debits equal credits whatever the amounts, so they do in every ledger.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from scmsim.errors import LedgerError
from scmsim.flows.money import ACCOUNTS, OUTSIDE, account, event, outside

Array = np.ndarray

WIDTH = 8
"""Numbers per row of a journal."""

OWN, ASIDE, PARTNER, ASIDE_OF_PARTNER = range(4)
"""Whose account a line is about: that of the node, of everybody outside the chain, whom the node deals with, of the
partner, of everybody outside, whom the partner deals with."""


class Posting(NamedTuple):
    """A kind of posting: lines ``account +a-b`` of the node and of the partner, each with accounts outside."""

    event: str
    own: str
    outside: str = ""
    partner: str = ""
    partner_outside: str = ""


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
    "settlement": Posting("payment", _PAID, "in_clearing +a+b-c", _RECEIVED, "in_clearing -a-b+c"),
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
    "machines": Posting("cost", "production +a, cash -a", "wages +a"),
    "wages": Posting("wages", "wages +a, cash -a", "wages +a"),
    "interest": Posting("interest", "interest +a, cash -a", "interest +a"),
    "tax": Posting("tax", "tax +a, cash -a", "tax +a"),
    "write_off": Posting("write_off", "write_off +a+b, inventory -a, cash -b", "warehousing +b"),
    "production_scrap": Posting("write_off", "write_off +a, work_in_process -a"),
    "write_off_in_transit": Posting("write_off", "write_off +a, in_transit -a"),
    "refund": Posting("return", "revenue +a, cash -a", "customers +a"),
    "restock": Posting("return", "inventory +a-b, cost_of_goods_sold -a, cost_variance +b"),
    "return_transport": Posting("return", "transport +a, cash -a", "carriers +a"),
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
    return [
        *_part((OWN, kind.own), (ASIDE, kind.outside)),
        *_part((PARTNER, kind.partner), (ASIDE_OF_PARTNER, kind.partner_outside)),
    ]


def _part(of_node: tuple[int, str], of_others: tuple[int, str]) -> list[Line]:
    """Return the lines of one node and those of everybody outside that belong to them."""
    own, others = _lines(*of_node, account), _lines(*of_others, outside)
    if not _cancel(own):
        raise LedgerError(f"debits and credits differ: {of_node[1]}")
    if not _cancel([line for line in own if line[1] == account("cash")] + others):
        raise LedgerError(f"cash that nobody gives or gets: {of_node[1]}; outside: {of_others[1]}")
    return own + others


def _lines(whose: int, text: str, code: Callable[[str], int]) -> list[Line]:
    return [(whose, code(name), _signs(amounts)) for name, amounts in re.findall(r"(\w+) ([-+abc]+)", text)]


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


def _matrix(*whose: int) -> Array:
    """Return the signs of a, b and c in the lines of some, for every kind: shape (kinds x 3, codes)."""
    found = np.zeros((len(_LINES), 3, len(ACCOUNTS) + len(OUTSIDE)))
    for kind, lines in enumerate(_LINES):
        for side, code, signs in lines:
            if side in whose:
                found[kind, :, code] += signs
    return found.reshape(-1, found.shape[2])


SIGNS = {whose: _matrix(whose) for whose in (OWN, PARTNER)}
"""How a, b and c of every kind of posting, as `sums` gives them, count in the accounts of node and partner."""
SIGNS_OUTSIDE = _matrix(ASIDE, ASIDE_OF_PARTNER)
"""How they count in the accounts outside."""
HAS_PARTNER = np.array([bool(kind.partner) for kind in POSTINGS.values()])
"""Whether a kind of posting has lines of the partner."""


def sums(kind: Array, group: Array, groups: int, amounts: Array) -> Array:
    """Add up the amounts of rows of a journal by group, kind, and a, b or c.

    Parameters
    ----------
    kind, group : ndarray of int
        Of every row; a group is anything from 0 to ``groups`` - 1.
    groups : int
        How many there are.
    amounts : ndarray
        Shape (3, rows): a, b and c.

    Returns
    -------
    ndarray
        Shape (groups, kinds x 3); times `SIGNS` it is what the accounts receive.

    Examples
    --------
    >>> from scmsim.flows.money import ACCOUNTS, account
    >>> kinds, nodes = np.array([posting("wages"), posting("sale")]), np.array([0, 0])
    >>> found = sums(kinds, nodes, 1, np.array([[4.0, 9.0], [0.0, 6.0], [0.0, 0.0]])) @ SIGNS[OWN]
    >>> found[0, [account("cash"), account("revenue"), account("inventory")]].tolist()
    [-4.0, -9.0, -6.0]
    """
    width = 3 * len(_LINES)
    key = group * width + 3 * kind
    found = np.bincount(key, amounts[0], groups * width)
    for letter in (1, 2):
        there = np.flatnonzero(amounts[letter])
        if len(there):
            found += np.bincount(key[there] + letter, amounts[letter][there], groups * width)
    return found.reshape(groups, width)


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

    Examples
    --------
    >>> row = [5.0, posting("wages"), 2, -1, 0, 40.0, 0.0, 0.0]
    >>> expand(np.array([row]), posted=7, everybody_else=3)[1:5].tolist()
    [[8.0, 8.0, 8.0], [2.0, 2.0, 3.0], [21.0, 0.0, 30.0], [40.0, -40.0, 40.0]]
    """
    columns = np.ascontiguousarray(journal.T)
    time, kinds, node, partner, order = columns[:5]
    kind = kinds.astype(np.int64)
    count = _COUNT[kind]
    row = np.repeat(np.arange(len(kind)), count)
    line = np.arange(len(row)) + np.repeat(_FIRST[kind] - np.cumsum(count) + count, count)
    amount = np.dot(_SIGNS, columns[5:]).take(_SUM[line] * len(kind) + row)
    there = np.flatnonzero(amount)
    row, line = row[there], line[there]
    whose, found = _WHOSE[line], np.empty((8, len(row)))
    of_partner = whose >= PARTNER
    own, other = node[row], partner[row]
    mine = np.where(of_partner, other, own)
    is_outside = (whose == ASIDE) | (whose == ASIDE_OF_PARTNER)
    found[0], found[3], found[5], found[6] = time[row], _CODE[line], _EVENT[line], order[row]
    found[1] = posted + np.cumsum(np.diff(2 * row + of_partner, prepend=-1) != 0)
    found[2] = np.where(is_outside, everybody_else, mine)
    found[4] = amount[there] * _SIGN[line]
    found[7] = np.where(is_outside, mine, np.where(of_partner, own, other))
    return found


def checked(journal: Array) -> Array:
    """Return rows of a journal whose amounts are numbers.

    Raises
    ------
    LedgerError
        One is not.
    """
    if not np.isfinite(journal[:, 5:]).all():
        raise LedgerError("an amount of money is not a number")
    return journal
