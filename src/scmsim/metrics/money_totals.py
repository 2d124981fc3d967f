"""Totals of the ledgers: what moved in the measured time, balances and their time integrals, and the lowest cash."""

import numpy as np

from scmsim.flows.money import ACCOUNTS, EVENTS
from scmsim.metrics.accumulator import Accumulator, by_point, stable_order
from scmsim.metrics.facts import NOBODY, Facts
from scmsim.metrics.layout import Array, Index, Layout
from scmsim.metrics.moments import Moments, cells
from scmsim.ticks import TICKS

CASH = ACCOUNTS.index("cash")
OPENING = EVENTS.index("opening")


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

    Attributes
    ----------
    moved : ndarray
        What was posted in the measured time.
    balance : ndarray
        What was posted since the run began.
    integral : ndarray
        Balance x time units of the measured time.
    """

    tables = frozenset({"ledger"})

    def __init__(self, layout: Layout) -> None:
        super().__init__(layout)
        shape = (3, len(layout.nodes), len(ACCOUNTS))
        self.moved, self.balance, self.integral = (np.zeros(shape) for _ in range(3))

    def _add(self, facts: Facts) -> None:
        rows, warm = facts.postings, float(self.layout.warm)
        self.integral += self.balance * (max(0.0, facts.end - max(facts.start, warm)) / TICKS)
        key = (rows.kind * len(self.layout.nodes) + rows.node) * len(ACCOUNTS) + rows.account
        lasts = np.maximum(facts.end - np.maximum(rows.time, warm), 0.0) / TICKS
        self.integral += self._sum(key, rows.amount * lasts)
        self.balance += self._sum(key, rows.amount)
        self.moved += self._sum(key, np.where(rows.time >= warm, rows.amount, 0.0))

    def _sum(self, key: Index, amount: Array) -> Array:
        return by_point(key, self.moved.size, amount).reshape(self.moved.shape)


class LowestCash(MoneyAccumulator):
    """How low cash was at the end of any instant of the measured time.

    Attributes
    ----------
    nodes, segments, chain : ndarray
        The lowest cash of each node, of the nodes of each segment together, and of all nodes together.
    """

    tables = frozenset({"ledger"})

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
        rows, warm = facts.postings, float(self.layout.warm)
        own = np.flatnonzero(rows.account == CASH)
        node, time, amount = rows.node[own], rows.time[own], rows.amount[own]
        segment = self._edges[0] + self.layout.node_segment[node]
        purse = np.concatenate([node, segment, np.full(len(own), self._edges[1])])
        time, amount = np.tile(time, 3), np.tile(amount, 3)
        early = time < warm
        self._held += by_point(purse[early], len(self._held), amount[early])
        if facts.end > warm:
            late = ~early
            self._follow(purse[late], time[late], amount[late], max(float(facts.start), warm))

    def _follow(self, purse: Index, time: Array, amount: Array, begin: float) -> None:
        """Go on from what every purse holds when ``begin`` comes."""
        size = len(self._held)
        purse = np.concatenate([np.arange(size), purse])
        order = stable_order(purse, size)
        purse, moved = purse[order], np.concatenate([np.zeros(size), amount])[order]
        time = np.concatenate([np.full(size, begin), time])[order]
        first = np.searchsorted(purse, np.arange(size))
        moved[first] = self._held
        held = np.cumsum(moved)
        held -= np.repeat(held[first] - self._held, np.diff(np.append(first, len(purse))))
        over = np.append((np.diff(purse) != 0) | (np.diff(time) != 0), True)
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

    tables = frozenset({"ledger"})

    def __init__(self, layout: Layout) -> None:
        super().__init__(layout)
        size = len(layout.nodes)
        self.own, self.customers = Moments(size), Moments(size)
        served = {(int(layout.node[asked]), int(layout.node[point])) for point, asked, _ in layout.network.end_demand}
        pairs = np.array(sorted(served), dtype=np.int64).reshape(-1, 2)
        self._server, self._first = pairs[:, 1], np.searchsorted(pairs[:, 0], np.arange(size + 1))

    def _add(self, facts: Facts) -> None:
        rows, shape = facts.postings, (facts.buckets, len(self.layout.nodes))
        seen = (rows.account == CASH) & (rows.event != OPENING) & facts.counted(rows.bucket)
        found = cells(rows.bucket[seen], rows.node[seen], shape, rows.amount[seen])
        self.own.add(facts.buckets, found.series, found.total)
        seen &= (rows.kind == NOBODY) & (rows.amount > 0)
        found = cells(rows.bucket[seen], rows.node[seen], shape, rows.amount[seen])
        each = self._first[found.series + 1] - self._first[found.series]
        cell = np.repeat(np.arange(len(each)), each)
        link = np.arange(len(cell)) + np.repeat(self._first[found.series] - np.cumsum(each) + each, each)
        found = cells(found.bucket[cell], self._server[link], shape, found.total[cell])
        self.customers.add(facts.buckets, found.series, found.total)
