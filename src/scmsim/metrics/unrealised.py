"""Unrealised profit: what the nodes of a firm earned on goods that still lie in another of its nodes.

A firm does not earn by selling to itself. What its nodes charge each other above what the goods had cost the firm is
profit only when the goods leave the firm, and is taken off until then (IFRS 10, paragraph B86(c): profits within a
group that are part of an asset such as inventory are eliminated in full). It follows the goods through the ledger:

- a shipment at price p of goods that cost their seller c, u of it unrealised, brings the buyer u + p - c;
- goods that leave an inventory take the same share of its unrealised profit as of its value (weighted average cost,
  IAS 2, paragraphs 25 and 27; over all products of the node, as its ledger has one account for them);
- goods on their way and in the works keep what is that of their own order;
- with goods that leave the firm it is realised; what a node opens with, work, duty and goods from outside bring none;
- where a buyer's standard cost is not what it pays to another node of the firm, the difference is taken off or added,
  and is no cost variance of the firm.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from scmsim.flows.money import ACCOUNTS, EVENTS, account, event
from scmsim.metrics.facts import EPSILON
from scmsim.metrics.layout import Array, Index, Layout, Mask

GOODS = ("inventory", "in_transit", "work_in_process", "cost_variance")
"""The accounts whose lines tell where goods go and what they are carried at."""

INVENTORY, IN_TRANSIT, IN_PROCESS, VARIANCE = (account(name) for name in GOODS)
SHIPMENT, DELIVERY, START, FINISH, WRITE_OFF = (
    event(name) for name in ("shipment", "delivery", "production_start", "production_finish", "write_off")
)
ISSUES = frozenset({SHIPMENT, START, event("sale"), WRITE_OFF})
"""Events that take goods out of an inventory."""

NO_FIRM = -1

_RECEIVED, _ISSUED, _SOLD_WITHIN, _STARTED, _LOADED, _ARRIVED, _BEGUN, _VARIED, _SENT, _TAKEN_IN = range(1, 11)
"""What a line can mean: into stock; out of it, to others, to the firm, into the works; onto the way; off it; work
begun; a difference from the standard cost. And what two of them mean together: sent within the firm; received."""

_JOINT = np.zeros((_VARIED + 1, _VARIED + 1), dtype=np.int64)
"""What two lines in a row mean together."""
_JOINT[_SOLD_WITHIN, _LOADED], _JOINT[_RECEIVED, _ARRIVED] = _SENT, _TAKEN_IN


def _meanings() -> Index:
    """Return what lines mean, by whether they are within a firm, by account and by event."""
    found = np.zeros((2, len(ACCOUNTS), len(EVENTS)), dtype=np.int64)
    found[:, INVENTORY] = _RECEIVED
    found[:, INVENTORY, list(ISSUES)] = _ISSUED
    found[:, INVENTORY, START] = _STARTED
    found[1, INVENTORY, SHIPMENT] = _SOLD_WITHIN
    found[1, IN_TRANSIT, SHIPMENT] = _LOADED
    found[:, IN_TRANSIT, [DELIVERY, WRITE_OFF]] = found[:, IN_PROCESS, [FINISH, WRITE_OFF]] = _ARRIVED
    found[:, IN_PROCESS, START] = _BEGUN
    found[1, VARIANCE, DELIVERY] = _VARIED
    return found


_STEPS = _meanings()


class Lines(NamedTuple):
    """Lines of ledgers in the order of posting; a node is its place in the layout, all outside are the place after."""

    time: Array
    node: Index
    account: Index
    amount: Array
    event: Index
    order: Index
    partner: Index


class Changes(NamedTuple):
    """When and by how much the unrealised profit in a node's goods changed.

    ``varied`` marks what did not change it but in the books: what a buyer paid its own firm above its standard cost
    went to its cost variance at once.
    """

    time: Array
    node: Index
    amount: Array
    varied: Mask


class Pool:
    """Goods at what they cost their holder, and the unrealised profit in that.

    Examples
    --------
    >>> goods = Pool()
    >>> goods.value, goods.unrealised = 300.0, 120.0
    >>> goods.take(250.0), goods.value, goods.unrealised
    (100.0, 50.0, 20.0)
    """

    __slots__ = ("unrealised", "value")

    def __init__(self) -> None:
        self.value = self.unrealised = 0.0

    def take(self, value: float) -> float:
        """Take goods of this value out, and return the unrealised profit in them."""
        held, taken = self.value, self.unrealised
        self.value = held - value
        if taken and held > max(value, 0.0):
            taken *= value / held
        self.unrealised -= taken
        return taken


class Firms:
    """Follows the goods of firms that consist of several nodes, stretch by stretch of a run.

    Parameters
    ----------
    layout : Layout
        What is simulated.
    firm : ndarray of int
        The firm of every node of the layout; `NO_FIRM` for one that keeps no books.

    Attributes
    ----------
    followed : ndarray of bool
        The nodes that can hold goods with a profit of their own firm in them, and False for everybody outside.
    """

    def __init__(self, layout: Layout, firm: Index) -> None:
        self._firm = np.append(firm, NO_FIRM)
        self.followed = _buyers(layout, self._firm.tolist())
        self._stocks = [Pool() for _ in firm]
        self._loads: dict[int, tuple[float, float]] = {}
        self._sold: dict[int, float] = {}

    def follow(self, lines: Lines) -> Changes:
        """Take in the next lines, and return how the unrealised profit changed."""
        chosen, moves = self._moves(lines)
        found: list[int] = []
        changes: list[float] = []
        stocks, loads = self._stocks, self._loads
        for row, step, node, amount, order, loaded in moves:
            stock = stocks[node]
            if step == _SENT:
                taken = stock.take(-amount)
                if taken:
                    found.append(row)
                    changes.append(-taken)
                change = loaded + amount + taken
                if order in loads:
                    self._load(order, loaded, change)
                else:
                    loads[order] = loaded, change
                row += 1
            elif step == _TAKEN_IN:
                stock.value += amount
                if order in loads:
                    stock.unrealised += self._arrive(-loaded, order)
                continue
            elif step == _ISSUED:
                change = -stock.take(-amount)
            else:
                change = self._step(step, stock, amount, order)
            if change:
                found.append(row)
                changes.append(change)
        changed = chosen[found]
        varied = lines.account[changed] == VARIANCE
        return Changes(lines.time[changed], lines.node[changed], np.array(changes, dtype=np.float64), varied)

    def _step(self, step: int, stock: Pool, amount: float, order: int) -> float:
        """Follow one line, and return by how much the unrealised profit of its node changed."""
        change = 0.0
        if step == _RECEIVED:
            stock.value += amount
        elif step == _ARRIVED and order in self._loads:
            stock.unrealised += self._arrive(-amount, order)
        elif step == _LOADED:
            change = amount - self._sold.pop(order, 0.0)
            self._load(order, amount, change)
        elif step == _BEGUN:
            self._load(order, amount, 0.0)
        elif step == _VARIED:
            stock.unrealised -= amount
            change = -amount
        elif step == _STARTED:
            self._load(order, 0.0, stock.take(-amount))
        elif step == _SOLD_WITHIN:
            change = -stock.take(-amount)
            self._sold[order] = change - amount
        return change

    def _moves(self, lines: Lines) -> tuple[Index, Iterator[tuple[int, int, int, float, int, float]]]:
        """Return the lines that mean something, and what they mean.

        Of every move that is its row among them, the step, the node, the amount and the order. Two lines that belong
        together are one move, which ends with the amount of the second.
        """
        steps = self._steps(lines)
        chosen = np.flatnonzero(steps)
        step, node, amount, order = (each[chosen] for each in (steps, lines.node, lines.amount, lines.order))
        joint = np.append(_JOINT[step[:-1], step[1:]] * (order[:-1] == order[1:]), 0)[: len(step)]
        first = np.flatnonzero(joint)
        loaded, alone = np.zeros(len(step)), np.ones(len(step), dtype=np.bool_)
        step[first], loaded[first] = joint[first], amount[first + 1]
        alone[first + 1] = False
        columns = (np.arange(len(step)), step, node, amount, order, loaded)
        return chosen, zip(*(column[alone].tolist() for column in columns), strict=True)

    def _steps(self, lines: Lines) -> Index:
        """Return what every line means for the unrealised profit, 0 if nothing."""
        within = self._firm[lines.node] == self._firm[lines.partner]
        steps = _STEPS[within.astype(np.int64), lines.account, lines.event]
        sent = (steps == _SOLD_WITHIN) & self.followed[lines.partner]
        return np.where(self.followed[lines.node] | sent, steps, 0)

    def _load(self, order: int, value: float, unrealised: float) -> None:
        """Put goods of an order on their way, or into the works."""
        there, known = self._loads.get(order, (0.0, 0.0))
        self._loads[order] = there + value, known + unrealised

    def _arrive(self, value: float, order: int) -> float:
        """Take goods of an order off their way, and return the unrealised profit in them.

        What was on its way when the run began has none, and is not known here.
        """
        there, unrealised = self._loads[order]
        left = there - value
        if left <= EPSILON:
            del self._loads[order]
            return unrealised
        taken = unrealised * value / there if there > max(value, 0.0) else unrealised
        self._loads[order] = left, unrealised - taken
        return taken


def chain_of(layout: Layout) -> Index:
    """Return the firm of every node where the chain is one firm."""
    return np.where(layout.keeps_books, 0, NO_FIRM)


def segments_of(layout: Layout) -> Index:
    """Return the firm of every node where each segment is a firm."""
    return np.where(layout.keeps_books, layout.node_segment, NO_FIRM)


def _buyers(layout: Layout, firm: list[int]) -> Mask:
    """Mark the nodes that buy from others of their firm, or get on what these have bought."""
    places = {name: place for place, name in enumerate(layout.nodes)}
    lanes = [(places[lane.origin], places[lane.destination], bool(lane.sales)) for lane in layout.network.lanes]
    lanes = [lane for lane in lanes if firm[lane[0]] == firm[lane[1]] != NO_FIRM]
    found: Mask = np.zeros(len(firm), dtype=np.bool_)
    found[[destination for _, destination, has_price in lanes if has_price]] = True
    for _ in lanes:
        reached = [destination for origin, destination, _ in lanes if found[origin] and not found[destination]]
        if not reached:
            break
        found[reached] = True
    return found
