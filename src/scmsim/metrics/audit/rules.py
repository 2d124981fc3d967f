"""What every event has to do to the accounts, said a second time, and how it is compared with what was posted.

An event here is one row: time, kind, node, partner, order, and up to three amounts. `RULES` says with which sign they
stand in the accounts of the node, of its partner, and of everybody outside the chain; a debit is positive. None of it
comes from where the engine posts.
"""

from typing import NamedTuple

import numpy as np

from scmsim.flows.money import ACCOUNTS, ASSETS, CLAIMS, account, event, outside
from scmsim.metrics.layout import Array

WIDTH = 8
"""Numbers per row."""

CLOSE = 1e-9
"""Amounts may differ by so much of their size (or of 1), and by `DRIFT` of the largest amount: both add up floats."""
DRIFT = 1e-12

Wrong = tuple[float, int, str, float, float, tuple[float, ...]]
"""Tick, node, account, expected, found, orders."""

Signs = tuple[int, int, int]
Accounts = dict[str, Signs]

_A, _B, _C = (1, 0, 0), (0, 1, 0), (0, 0, 1)
_LESS_A, _LESS_B, _LESS_C = (-1, 0, 0), (0, -1, 0), (0, 0, -1)


class Rule(NamedTuple):
    """What one kind of event does: to its node, to everybody outside, to its partner."""

    event: str
    own: Accounts
    outside: Accounts
    partner: Accounts


def _rule(name: str, own: Accounts, outside: Accounts | None = None, partner: Accounts | None = None) -> Rule:
    return Rule(name, own, outside or {}, partner or {})


_SOLD: Accounts = {"receivables": _A, "revenue": _LESS_A, "cost_of_goods_sold": _B, "inventory": _LESS_B}
_STOCKED: Accounts = {"in_transit": _LESS_A, "inventory": (1, 1, -1), "cost_variance": _C, "cash": _LESS_B}
_PAID: Accounts = {"payables": _A, "late_fees_paid": _B, "discounts_received": _LESS_C, "cash": (-1, -1, 1)}
_GOT: Accounts = {"receivables": _LESS_A, "late_fees_received": _LESS_B, "discounts_given": _C, "cash": (1, 1, -1)}


def _spent(name: str, expense: str, receiver: str) -> Rule:
    return _rule(name, {expense: _A, "cash": _LESS_A}, {receiver: _A})


RULES: dict[str, Rule] = {
    # goods in stock, on their way, in the works
    "goods_at_start": _rule(
        "opening", {"inventory": _A, "in_transit": _B, "work_in_process": _C, "equity": (-1, -1, -1)}
    ),
    # cash, loan
    "money_at_start": _rule(
        "opening",
        {"cash": _A, "loans": _LESS_B, "equity": (-1, 1, 0)},
        {"owners": (-1, 1, 0), "banks": _LESS_B},
    ),
    # price, cost
    "sold": _rule("sale", _SOLD),
    "sold_on": _rule("shipment", _SOLD, partner={"in_transit": _A, "payables": _LESS_A}),
    # price
    "bought_outside": _rule("shipment", {"in_transit": _A, "payables": _LESS_A}),
    # cost
    "moved": _rule(
        "shipment",
        {"inventory": _LESS_A, "equity": _A},
        partner={"in_transit": _A, "equity": _LESS_A},
    ),
    # cost so far, duty or price paid at the door, what of it is above the standard
    "received": _rule("delivery", _STOCKED, {"customs": _B}),
    "received_unpriced": _rule("delivery", _STOCKED, {"raw_material": _B}),
    # cost of the components, cost of the work
    "begun": _rule(
        "production_start",
        {"work_in_process": (1, 1, 0), "inventory": _LESS_A, "cash": _LESS_B},
        {"wages": _B},
    ),
    # cost so far, -, what of it is above the standard
    "made": _rule("production_finish", {"work_in_process": _LESS_A, "inventory": (1, 0, -1), "cost_variance": _C}),
    # invoice, late fee, discount
    "paid": _rule("payment", _PAID, {"in_clearing": (1, 1, -1)}),
    "paid_outside": _rule("payment", _PAID, {"raw_material": (1, 1, -1)}),
    "got": _rule("payment", _GOT, {"in_clearing": (-1, -1, 1)}),
    "got_from_customers": _rule("payment", _GOT, {"customers": (-1, -1, 1)}),
    # advance
    "advance_paid": _rule("advance", {"advances_paid": _A, "cash": _LESS_A}, {"in_clearing": _A}),
    "advance_paid_outside": _rule("advance", {"advances_paid": _A, "cash": _LESS_A}, {"raw_material": _A}),
    "advance_got": _rule("advance", {"advances_received": _LESS_A, "cash": _A}, {"in_clearing": _LESS_A}),
    "advance_got_from_customers": _rule("advance", {"advances_received": _LESS_A, "cash": _A}, {"customers": _LESS_A}),
    "advance_used": _rule("invoice", {"payables": _A, "advances_paid": _LESS_A}),
    "advance_earned": _rule("invoice", {"advances_received": _A, "receivables": _LESS_A}),
    # what a time unit has cost
    "holding": _spent("cost", "holding", "warehousing"),
    "backorder_penalty": _spent("cost", "backorder_penalty", "penalties"),
    "ordering": _spent("cost", "ordering", "wages"),
    "transport": _spent("cost", "transport", "carriers"),
    "machines": _spent("cost", "production", "wages"),
    "wages": _spent("wages", "wages", "wages"),
    "interest": _spent("interest", "interest", "interest"),
    "tax": _spent("tax", "tax", "tax"),
    # what it has cost, what throwing it away costs
    "lost": _rule("write_off", {"inventory": _LESS_A, "write_off": (1, 1, 0), "cash": _LESS_B}, {"warehousing": _B}),
    # cost
    "scrapped_in_production": _rule("write_off", {"work_in_process": _LESS_A, "write_off": _A}),
    # what it has cost
    "lost_on_the_way": _rule("write_off", {"in_transit": _LESS_A, "write_off": _A}),
    # price
    "paid_back": _rule("return", {"revenue": _A, "cash": _LESS_A}, {"customers": _A}),
    # cost, what of it is above the standard
    "back_in_stock": _rule("return", {"inventory": (1, -1, 0), "cost_of_goods_sold": _LESS_A, "cost_variance": _B}),
    "sent_back": _spent("return", "transport", "carriers"),
}

KIND = {name: code for code, name in enumerate(RULES)}
"""The code of every kind of event."""

_OWN, _OUTSIDE, _PARTNER = range(3)
_LINES = [
    [
        *((_OWN, account(name), signs) for name, signs in rule.own.items()),
        *((_OUTSIDE, outside(name), signs) for name, signs in rule.outside.items()),
        *((_PARTNER, account(name), signs) for name, signs in rule.partner.items()),
    ]
    for rule in RULES.values()
]
_COUNT = np.array([len(lines) for lines in _LINES])
_FIRST = np.cumsum(_COUNT) - _COUNT
_WHOSE = np.array([whose for lines in _LINES for whose, _, _ in lines])
_CODE = np.array([code for lines in _LINES for _, code, _ in lines], dtype=np.float64)
_SIGNS = np.array([signs for lines in _LINES for _, _, signs in lines], dtype=np.float64)
_EVENT = np.repeat([event(rule.event) for rule in RULES.values()], _COUNT).astype(np.float64)


class Lines(NamedTuple):
    """Lines of ledgers: the columns of that table without the partner."""

    time: Array
    posting: Array
    node: Array
    account: Array
    amount: Array
    event: Array
    order: Array


def lines_of(rows: list[float], outsiders: int) -> Lines:
    """Return the lines that events must leave in the ledgers; ``outsiders`` is the node of all who are outside."""
    columns = np.array(rows, dtype=np.float64).reshape(-1, WIDTH).T
    time, kind, node, partner, order = columns[:5]
    code = kind.astype(np.int64)
    count = _COUNT[code]
    row = np.repeat(np.arange(len(code)), count)
    line = np.arange(len(row)) + np.repeat(_FIRST[code] - np.cumsum(count) + count, count)
    whose = _WHOSE[line]
    return Lines(
        time[row],
        np.full(len(row), np.inf),
        np.where(whose == _OWN, node[row], np.where(whose == _PARTNER, partner[row], outsiders)),
        _CODE[line],
        (_SIGNS[line] * columns[5:, row].T).sum(axis=1),
        _EVENT[line],
        order[row],
    )


def first_difference(expected: Lines, found: Lines, largest: float) -> tuple[float, int, int, int, float, float, float]:
    """Return the first sum that differs: tick, node, account, event, order, expected, found; tick is infinite if none.

    Sums are over the lines of one instant, node, account, event and order. Of those that differ at one instant, a
    node's that was posted first is given, and of one posting first what was earned or spent.
    """
    joined = Lines(*(np.concatenate(pair) for pair in zip(expected, found, strict=True)))
    if not len(joined.time):
        return np.inf, 0, 0, 0, 0.0, 0.0, 0.0
    place = (joined.node * 64 + joined.account) * 16 + joined.event
    rank = np.lexsort((place, joined.order, joined.time))
    is_said = rank < len(expected.time)
    lines = Lines(*(column[rank] for column in joined))
    begins = np.flatnonzero(sum(np.diff(key[rank], prepend=np.nan) != 0 for key in (joined.time, joined.order, place)))
    said, done, size = (
        np.add.reduceat(amount, begins)
        for amount in (np.where(is_said, lines.amount, 0), np.where(is_said, 0, lines.amount), np.abs(lines.amount))
    )
    wrong = np.flatnonzero(~(np.abs(said - done) <= CLOSE * np.maximum(1.0, size) + DRIFT * largest))
    if not wrong.size:
        return np.inf, 0, 0, 0, 0.0, 0.0, 0.0
    posting = np.minimum.reduceat(lines.posting, begins)
    code = lines.account[begins]
    is_result = (code >= len(ASSETS) + len(CLAIMS)) & (code < len(ACCOUNTS))
    is_outside = code >= len(ACCOUNTS)
    keys = (code, ~is_result, posting, is_outside, lines.time[begins])
    order_of_blame = np.lexsort([key[wrong] for key in keys])
    which = wrong[order_of_blame[0]]
    row = begins[which]
    return (
        float(lines.time[row]),
        int(lines.node[row]),
        int(code[which]),
        int(lines.event[row]),
        float(lines.order[row]),
        float(said[which]),
        float(done[which]),
    )
