"""Totals of the ledgers: what moved in the measured time, balances and their time integrals, and the lowest cash."""

from typing import NamedTuple

import numpy as np

from scmsim.flows.money import ACCOUNTS
from scmsim.flows.postings import HAS_PARTNER, OWN, PARTNER, SIGNS, sums
from scmsim.metrics.accumulator import Accumulator, by_point, stable_order
from scmsim.metrics.facts import NOBODY, Facts
from scmsim.metrics.layout import Array, Index, Layout, Mask
from scmsim.metrics.moments import Moments, cells
from scmsim.ticks import TICKS


class _Held(NamedTuple):
    """Sums of a, b and c as `scmsim.flows.postings.sums` gives them."""

    moved: Array
    balance: Array
    integral: Array


class MoneyAccumulator(Accumulator):
    """An accumulator of the tables of money; where no money is counted it reads nothing and does nothing."""

    @classmethod
    def reads(cls, layout: Layout) -> frozenset[str]:
        """Return the tables that are needed to measure this network."""
        return cls.tables if layout.network.money is not None else frozenset()

    def update(self, facts: Facts) -> None:
        """Add one chunk, where money is counted."""
        if self.layout.network.money is not None:
            self._add(facts)

    def _add(self, facts: Facts) -> None:
        raise NotImplementedError


class Ledgers(MoneyAccumulator):
    """Sums of the ledgers by who is on the other side (3 kinds), node and account; debits count +, credits -.

    While the run goes on, amounts are added up as they stand in the journal; accounts come in at the end.

    Attributes
    ----------
    moved : ndarray
        What was posted in the measured time.
    balance : ndarray
        What was posted since the run began.
    integral : ndarray
        Balance x time units of the measured time.
    """

    tables = frozenset({"journal"})

    def __init__(self, layout: Layout) -> None:
        super().__init__(layout)
        shape = (3 * len(layout.nodes), len(SIGNS[OWN]))
        self._sides = {side: _Held(*(np.zeros(shape) for _ in range(3))) for side in SIGNS}
        self.moved = self.balance = self.integral = np.zeros((3, len(layout.nodes), len(ACCOUNTS)))

    def _add(self, facts: Facts) -> None:
        rows, warm, size = facts.entries, float(self.layout.warm), len(self.layout.nodes)
        lasts = np.maximum(facts.end - np.maximum(rows.time, warm), 0.0) / TICKS
        measured = max(0.0, facts.end - max(facts.start, warm)) / TICKS
        late = int(np.searchsorted(rows.time, warm))
        everything, shared = np.arange(len(rows.time)), np.flatnonzero(HAS_PARTNER[rows.kind])
        for side, held in self._sides.items():
            row, node = (everything, rows.node) if side == OWN else (shared, rows.partner)
            kind, group, amounts = rows.kind[row], (rows.other * size + node)[row], rows.amounts[:, row]
            posted = sums(kind, group, 3 * size, amounts)
            lasting = held.balance * measured + sums(kind, group, 3 * size, amounts * lasts[row])
            moved = posted - sums(kind, group, 3 * size, amounts * (row < late)) if late else posted
            self._sides[side] = _Held(held.moved + moved, held.balance + posted, held.integral + lasting)

    def finish(self) -> None:
        """Work out the accounts."""
        shape, size = self.moved.shape, len(ACCOUNTS)
        found = [
            (self._sides[OWN][k] @ SIGNS[OWN] + self._sides[PARTNER][k] @ SIGNS[PARTNER])[:, :size] for k in range(3)
        ]
        self.moved, self.balance, self.integral = (each.reshape(shape) for each in found)


class LowestCash(MoneyAccumulator):
    """How low cash was at the end of any instant of the measured time.

    Attributes
    ----------
    nodes, segments, chain : ndarray
        The lowest cash of each node, of the nodes of each segment together, and of all nodes together.
    """

    tables = frozenset({"journal"})

    def __init__(self, layout: Layout) -> None:
        super().__init__(layout)
        self._edges = (len(layout.nodes), len(layout.nodes) + len(layout.segments))
        size = self._edges[1] + 1
        self._held, self._lowest = np.zeros(size), np.full(size, np.inf)

    @property
    def nodes(self) -> Array:
        """The lowest cash of each node."""
        return self._lowest[: self._edges[0]]

    @property
    def segments(self) -> Array:
        """The lowest cash of the nodes of each segment together."""
        return self._lowest[self._edges[0] : self._edges[1]]

    @property
    def chain(self) -> Array:
        """The lowest cash of all nodes together."""
        return self._lowest[self._edges[1] :]

    def _add(self, facts: Facts) -> None:
        cash, warm, (nodes, edge) = facts.cash, float(self.layout.warm), self._edges
        instants = len(cash.instants)
        own = cells(cash.instant, cash.node, (instants, nodes), cash.amount)
        segment = self.layout.node_segment[own.series]
        segments = cells(own.bucket, segment, (instants, edge - nodes), own.total)
        chain = cells(own.bucket, np.zeros_like(segment), (instants, 1), own.total)
        purse = np.concatenate([own.series, nodes + segments.series, edge + chain.series])
        instant, amount = (np.concatenate([each[k] for each in (own, segments, chain)]) for k in (0, 2))
        first = int(np.searchsorted(cash.instants, warm))
        early = instant < first
        self._held += by_point(purse[early], len(self._held), amount[early])
        if facts.end > warm:
            late, begin = ~early, max(float(facts.start), warm)
            opens_block = first < instants and cash.instants[first] == begin
            self._follow(purse[late], instant[late], amount[late], first if opens_block else -1)

    def _follow(self, purse: Index, instant: Index, amount: Array, begin: int) -> None:
        """Go on from what every purse holds when the instant ``begin`` comes."""
        size = len(self._held)
        purse = np.concatenate([np.arange(size), purse])
        order = stable_order(purse, size)
        purse, moved = purse[order], np.concatenate([np.zeros(size), amount])[order]
        instant = np.concatenate([np.full(size, begin), instant])[order]
        first = np.searchsorted(purse, np.arange(size))
        moved[first] = self._held
        held = np.cumsum(moved)
        held -= np.repeat(held[first] - self._held, np.diff(np.append(first, len(purse))))
        over = np.append((np.diff(purse) != 0) | (np.diff(instant) != 0), True)
        self._lowest = np.minimum(self._lowest, np.minimum.reduceat(np.where(over, held, np.inf), first))
        self._held = np.add.reduceat(moved, first)


class CashBuckets(MoneyAccumulator):
    """Moments of the cash that moves per bucket, by the time it moves.

    Attributes
    ----------
    own : Moments
        Per node: cash received - cash paid; what it opens with is not part of it.
    customers : Moments
        Per node: cash paid by the end customers it serves, directly or through the network, to whom they buy from.
    """

    tables = frozenset({"journal"})

    def __init__(self, layout: Layout) -> None:
        super().__init__(layout)
        size = len(layout.nodes)
        self.own, self.customers = Moments(size), Moments(size)
        served = {(int(layout.node[asked]), int(layout.node[point])) for point, asked, _ in layout.network.end_demand}
        pairs = np.array(sorted(served), dtype=np.int64).reshape(-1, 2)
        self._server, self._first = pairs[:, 1], np.searchsorted(pairs[:, 0], np.arange(size + 1))

    def _add(self, facts: Facts) -> None:
        cash, shape = facts.cash, (facts.buckets, len(self.layout.nodes))
        seen: Mask = facts.counted(cash.bucket) & ~cash.opens
        found = cells(cash.bucket[seen], cash.node[seen], shape, cash.amount[seen])
        self.own.add(facts.buckets, found.series, found.total)
        seen &= (cash.other == NOBODY) & (cash.amount > 0)
        found = cells(cash.bucket[seen], cash.node[seen], shape, cash.amount[seen])
        each = self._first[found.series + 1] - self._first[found.series]
        cell = np.repeat(np.arange(len(each)), each)
        link = np.arange(len(cell)) + np.repeat(self._first[found.series] - np.cumsum(each) + each, each)
        found = cells(found.bucket[cell], self._server[link], shape, found.total[cell])
        self.customers.add(facts.buckets, found.series, found.total)
