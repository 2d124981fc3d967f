"""Unrealised profit: what the nodes of a firm earned on goods that still lie in another of its nodes.

A firm does not earn by selling to itself. What its nodes charge each other above what the goods had cost the firm is
profit only when the goods leave the firm, and is taken off until then (IFRS 10, paragraph B86(c): profits within a
group that are part of an asset such as inventory are eliminated in full). It follows the goods through the ledger:

- a shipment at price p of goods that cost their seller c, u of it unrealised, brings the buyer u + p - c;
- goods that leave an inventory take the same share of its unrealised profit as of its value (weighted average cost,
  IAS 2, paragraphs 25 and 27; over all products of the node, as its ledger has one account for them);
- goods on their way and in the works keep what is that of their own order;
- with goods that leave the firm it is realised; what a node opens with, work, duty and goods from outside bring none;
- where a buyer's standard cost is not what it pays to another node of the firm, the difference is taken off or added.
"""

from typing import NamedTuple

import numpy as np

from scmsim.metrics.accumulator import stable_order
from scmsim.metrics.facts import EPSILON
from scmsim.metrics.layout import Array, Index, Layout, Mask

NO_FIRM = -1

OPEN, SELL, SEND, START, TAKE_IN = range(5)
"""What goods do: a node opens with them, they leave for whoever is outside, for another node, into the works; they come
in, from their way or out of the works."""


class Moves(NamedTuple):
    """What goods do, in the order in which it was posted.

    A node is its place in the layout; everybody outside is the place after the last. ``change`` is that of the node's
    inventory, ``loaded`` the value that goes onto the way or into the works, or comes off it, ``variance`` the
    difference of what came over a lane from its standard cost.
    """

    time: Array
    step: Index
    node: Index
    partner: Index
    order: Index
    change: Array
    loaded: Array
    variance: Array


class Changes(NamedTuple):
    """When and by how much the unrealised profit in a node's goods changed."""

    time: Array
    node: Index
    amount: Array


class Inventories:
    """Follows what the goods in the inventory of every node are carried at.

    Parameters
    ----------
    nodes : int
        How many nodes there are.

    Examples
    --------
    >>> inventories = Inventories(1)
    >>> inventories.shares(np.array([0, 0, 0]), np.array([300.0, -100.0, -200.0])).round(3).tolist()
    [1.0, 0.333, 1.0]
    """

    def __init__(self, nodes: int) -> None:
        self._value = np.zeros(nodes + 1)

    def shares(self, node: Index, change: Array) -> Array:
        """Take in the next changes, and return what share of its node's inventory each takes out, 1 if all of it."""
        shares = np.ones(len(node))
        if not len(node):
            return shares
        rows = stable_order(node, len(self._value))
        node, change = node[rows], change[rows]
        first = np.flatnonzero(np.diff(node, prepend=-1))
        after = np.cumsum(change)
        carried = self._value[node[first]] - (after[first] - change[first])
        after += np.repeat(carried, np.diff(np.append(first, len(rows))))
        before, taken = after - change, -change
        shares[rows] = np.divide(taken, before, out=np.ones(len(rows)), where=before > np.maximum(taken, 0.0))
        last = np.append(first[1:], len(rows)) - 1
        self._value[node[last]] = after[last]
        return shares


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
        self._held = [0.0] * len(self._firm)
        self._loads: dict[int, tuple[float, float]] = {}

    def follow(self, moves: Moves, shares: Array) -> Changes:
        """Take in the next moves, and the share of an inventory that each takes out (`Inventories`).

        Returns
        -------
        Changes
            How the unrealised profit in the nodes' goods changed.
        """
        within = self._firm[moves.node] == self._firm[moves.partner]
        sends = (moves.step == SEND) & within & (self._firm[moves.node] != NO_FIRM)
        rows = np.flatnonzero(
            (moves.step != OPEN) & (self.followed[moves.node] | (sends & self.followed[moves.partner]))
        )
        added = np.where(sends, moves.loaded + moves.change, np.where(within, moves.variance, 0.0))
        step = np.where((moves.step == SEND) & ~sends, SELL, moves.step)
        columns = (step, moves.node, shares, moves.order, added, moves.loaded)
        taken, given = self._walk(zip(rows.tolist(), *(column[rows].tolist() for column in columns), strict=True))
        lost, got = np.array(list(taken), dtype=np.int64), np.array(list(given), dtype=np.int64)
        return Changes(
            np.concatenate([moves.time[lost], moves.time[got]]),
            np.concatenate([moves.node[lost], moves.partner[got]]),
            np.array([*taken.values(), *given.values()], dtype=np.float64),
        )

    def _walk(
        self, moves: "zip[tuple[int, int, int, float, int, float, float]]"
    ) -> tuple[dict[int, float], dict[int, float]]:
        """Return by how much every move changes the unrealised profit of its node, and of the other one."""
        held, loads = self._held, self._loads
        taken: dict[int, float] = {}
        given: dict[int, float] = {}
        for row, step, node, share, order, added, loaded in moves:
            if step == TAKE_IN:
                if order in loads:
                    held[node] += self._arrive(loaded, order)
                if added:
                    held[node] -= added
                    taken[row] = -added
                continue
            leaves = held[node] * share
            if leaves:
                held[node] -= leaves
            if step == START:
                self._load(order, loaded, leaves)
                continue
            if leaves:
                taken[row] = -leaves
            if step == SEND:
                added += leaves
                given[row] = added
                if order in loads:
                    self._load(order, loaded, added)
                else:
                    loads[order] = loaded, added
        return taken, given

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
