"""What goods do, read from a journal or from the lines of ledgers."""

from typing import NamedTuple

import numpy as np

from scmsim.flows.money import account, event
from scmsim.flows.postings import POSTINGS, posting
from scmsim.metrics.layout import Array, Index
from scmsim.metrics.unrealised import OPEN, SELL, SEND, START, TAKE_IN, Moves

GOODS = ("inventory", "in_transit", "work_in_process", "cost_variance")
"""The accounts whose lines tell where goods go and what they are carried at."""

INVENTORY, IN_TRANSIT, IN_PROCESS, VARIANCE = (account(name) for name in GOODS)

STEPS = {
    "opening": OPEN,
    "sale": SELL,
    "write_off": SELL,
    "shipment": SEND,
    "production_start": START,
    "delivery": TAKE_IN,
    "production_finish": TAKE_IN,
}
"""What goods do, by the event that is posted."""


class _Kind(NamedTuple):
    """What a kind of posting does, and the signs of a, b and c in inventory, load and variance."""

    step: int
    change: tuple[int, int, int]
    loaded: tuple[int, int, int] = (0, 0, 0)
    variance: tuple[int, int, int] = (0, 0, 0)


_KINDS = {
    "opening_goods": _Kind(OPEN, (1, 0, 0)),
    "sale": _Kind(SELL, (0, -1, 0)),
    "shipment": _Kind(SEND, (0, -1, 0), (1, 0, 0)),
    "shipment_at_cost": _Kind(SEND, (-1, 0, 0), (1, 0, 0)),
    "delivery": _Kind(TAKE_IN, (1, 1, -1), (1, 0, 0), (0, 0, 1)),
    "delivery_at_cost": _Kind(TAKE_IN, (1, 1, -1), (1, 0, 0), (0, 0, 1)),
    "production_start": _Kind(START, (-1, 0, 0), (1, 1, 0)),
    "production_finish": _Kind(TAKE_IN, (1, 0, -1), (1, 0, 0)),
}
_STEP = np.full(len(POSTINGS), -1)
_SIGNS = np.zeros((3, len(POSTINGS), 3))
for _name, _kind in _KINDS.items():
    _STEP[posting(_name)] = _kind.step
    _SIGNS[:, posting(_name)] = _kind[1:]


def moves_of_journal(journal: tuple[Array, ...], places: Index) -> Moves:
    """Read what goods do from the columns of a journal.

    Parameters
    ----------
    journal : tuple of ndarray
        Time, kind of posting, node, partner, order, a, b, c.
    places : ndarray of int
        The place in the layout of every node by its number, and last that of everybody outside.
    """
    kinds = journal[1].astype(np.int64)
    rows = np.flatnonzero(_STEP[kinds] >= 0)
    kind = kinds[rows]
    node, partner, order = (column[rows].astype(np.int64) for column in journal[2:5])
    amounts = np.array([column[rows] for column in journal[5:8]])
    change, loaded, variance = ((signs[kind].T * amounts).sum(axis=0) for signs in _SIGNS)
    return Moves(journal[0][rows], _STEP[kind], places[node], places[partner], order, change, loaded, variance)


class Lines(NamedTuple):
    """Lines of ledgers in the order of posting; a node is its place in the layout, all outside are the place after."""

    time: Array
    node: Index
    account: Index
    amount: Array
    event: Index
    order: Index
    partner: Index


def moves_of_lines(lines: Lines) -> Moves:
    """Read what goods do from lines of `GOODS`: those of one event are together, at both nodes that it concerns."""
    between = np.array([np.minimum(lines.node, lines.partner), np.maximum(lines.node, lines.partner)])
    what = np.array([lines.time, lines.order, lines.event, *between])
    first = np.flatnonzero((np.diff(what, prepend=np.nan) != 0).any(axis=0))
    if not len(first):
        none, nothing = np.empty(0, dtype=np.int64), np.empty(0)
        return Moves(nothing, none, none, none, none, nothing, nothing, nothing)
    code = lines.account

    def total(*accounts: int) -> Array:
        found: Array = np.add.reduceat(np.where(np.isin(code, accounts), lines.amount, 0.0), first)
        return found

    step = _STEP_OF_EVENT[lines.event[first]]
    is_out = np.add.reduceat(code == INVENTORY, first) > 0
    led_by_buyer = (step == SEND) & ~is_out
    node = np.where(led_by_buyer, lines.partner[first], lines.node[first])
    partner = np.where(led_by_buyer, lines.node[first], lines.partner[first])
    loaded = total(IN_TRANSIT, IN_PROCESS) * np.where(step == TAKE_IN, -1.0, 1.0)
    variance = np.where(lines.event[first] == event("delivery"), total(VARIANCE), 0.0)
    return Moves(lines.time[first], step, node, partner, lines.order[first], total(INVENTORY), loaded, variance)


_STEP_OF_EVENT = np.full(1 + max(event(name) for name in STEPS), OPEN)
for _event, _step in STEPS.items():
    _STEP_OF_EVENT[event(_event)] = _step
