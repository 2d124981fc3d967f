"""Counts behind the service levels that look at stretches of time: buckets and replenishment cycles."""

import numpy as np

from scmsim.metrics.accumulator import Accumulator, by_point, stable_order
from scmsim.metrics.facts import CUSTOMERS, EPSILON, OTHER_NODE, OWN_NODE, Facts
from scmsim.metrics.layout import Array, Index, Layout, Mask
from scmsim.metrics.moments import cells


class PeriodTotals(Accumulator):
    """Buckets with demand, and those in which all of it was served at once.

    Row 0 looks at all demand of a point, row 1 at that from outside its node, row 2 at end customers' alone.

    Attributes
    ----------
    asked, met : ndarray
        Buckets per row and point.
    """

    tables = frozenset({"demand"})

    def __init__(self, layout: Layout) -> None:
        super().__init__(layout)
        self.asked, self.met = np.zeros((3, layout.size)), np.zeros((3, layout.size))

    def update(self, facts: Facts) -> None:
        """Add the demand of one chunk."""
        rows = facts.demand
        bucket = rows.bucket
        seen = facts.counted(bucket) & (rows.quantity > EPSILON)
        for scope in (OWN_NODE, OTHER_NODE, CUSTOMERS):
            narrower = seen & (rows.kind >= scope)
            if scope == OWN_NODE or narrower.sum() < seen.sum():
                asked = self._buckets(facts, bucket, narrower)
                missed = self._buckets(facts, bucket, narrower & rows.short)
            seen = narrower
            self.asked[scope] += asked
            self.met[scope] += asked - missed

    def _buckets(self, facts: Facts, bucket: Index, seen: Mask) -> Array:
        size = self.layout.size
        found = cells(bucket[seen], facts.demand.point[seen], (facts.buckets, size))
        return by_point(found.series, size)


class CycleTotals(Accumulator):
    """Replenishment cycles: from one instant at which a stock receives something to the next.

    A cycle counts when it begins and ends inside the measured time. At one instant receipts come before demand, so what
    is asked at the instant of a receipt belongs to the cycle that the receipt begins.

    Attributes
    ----------
    cycles : ndarray
        Complete cycles per point.
    short : ndarray
        Those with a stock-out; row 0 for any demand, row 1 for demand from outside the node, row 2 for end customers'.
    """

    tables = frozenset({"deliveries", "demand"})

    def __init__(self, layout: Layout) -> None:
        super().__init__(layout)
        self.cycles, self.short = np.zeros(layout.size), np.zeros((3, layout.size))
        self._open = np.zeros(layout.size, dtype=np.bool_)
        self._short = np.zeros((3, layout.size), dtype=np.bool_)

    def update(self, facts: Facts) -> None:
        """Add the receipts and stock-outs of one chunk."""
        point, kind = self._events(facts)
        begins = kind < 0
        cycle = np.cumsum(begins) - 1
        of = point[begins]
        flags = np.zeros((3, len(of)), dtype=np.bool_)
        stockout = np.flatnonzero(~begins & (cycle >= 0))
        stockout = stockout[of[cycle[stockout]] == point[stockout]] if len(of) else stockout[:0]
        for scope in (OWN_NODE, OTHER_NODE, CUSTOMERS):
            flags[scope, cycle[stockout[kind[stockout] >= scope]]] = True
        whole = np.append(of[1:] == of[:-1], False)[: len(of)]
        self.cycles += by_point(of[whole], self.layout.size)
        for scope in (OWN_NODE, OTHER_NODE, CUSTOMERS):
            self.short[scope] += by_point(of[whole & flags[scope]], self.layout.size)
        self._open[of[~whole]] = True
        self._short[:, of[~whole]] = flags[:, ~whole]

    def _events(self, facts: Facts) -> tuple[Index, Index]:
        """Return point and kind (-1: a receipt, else who met the stock-out) of all events, by point and in time."""
        received, asked, warm = facts.deliveries, facts.demand, self.layout.warm
        came = received.receipt & (received.time >= warm) & (received.quantity > EPSILON)
        missed = asked.short & (asked.time >= warm) & (asked.quantity > EPSILON)
        carried = np.flatnonzero(self._open)
        scope, again = np.nonzero(self._short & self._open)
        point = np.concatenate([carried, again, received.buyer[came], asked.point[missed]])
        kind = np.concatenate([np.full(len(carried), -1), scope, np.full(came.sum(), -1), asked.kind[missed]])
        before = np.full(len(carried) + len(again), -np.inf)
        time = np.concatenate([before, received.time[came], asked.time[missed]])
        order = np.argsort(time, kind="stable")
        order = order[stable_order(point[order], self.layout.size)]
        point, kind, time = point[order], kind[order], time[order]
        again_received = np.zeros(len(point), dtype=np.bool_)
        again_received[1:] = (kind[1:] < 0) & (time[1:] == time[:-1]) & (point[1:] == point[:-1])
        return point[~again_received], kind[~again_received]
