"""Counts behind the service levels that look at stretches of time: periods and replenishment cycles."""

import numpy as np

from scmsim.metrics.accumulator import Accumulator, by_point, stable_order
from scmsim.metrics.facts import CUSTOMERS, EPSILON, OTHER_NODE, OWN_NODE, Facts
from scmsim.metrics.layout import Array, Index, Layout
from scmsim.metrics.moments import cells
from scmsim.ticks import TICKS


class PeriodTotals(Accumulator):
    """Periods with demand, and those in which all of it was served at once.

    A period is one time unit, counted from the run's start; those wholly inside the measured time count. Chunks end on
    buckets, which need not be whole periods: what each point's latest counted period was is kept, so that a period
    parted by the end of a chunk counts once. Row 0 looks at all demand of a point, row 1 at that from outside its node,
    row 2 at end customers' alone.

    Attributes
    ----------
    asked, missed : ndarray
        Periods with demand, and those of them in which some was not served at once, per row and point.
    """

    tables = frozenset({"demand"})

    def __init__(self, layout: Layout) -> None:
        super().__init__(layout)
        self.asked, self.missed = np.zeros((3, layout.size)), np.zeros((3, layout.size))
        self._asked, self._missed = (np.full((3, layout.size), -1, dtype=np.int64) for _ in range(2))
        self._first = -((layout.start - layout.warm) // TICKS)
        self._last = (layout.end - layout.start) // TICKS

    def update(self, facts: Facts) -> None:
        """Add the demand of one chunk."""
        rows = facts.demand
        period = (rows.time.astype(np.int64) - self.layout.start) // TICKS
        seen = (period >= self._first) & (period < self._last) & (rows.quantity > EPSILON)
        for scope in (OWN_NODE, OTHER_NODE, CUSTOMERS):
            narrower = seen & (rows.kind >= scope)
            self._count(period[narrower], rows.point[narrower], self.asked[scope], self._asked[scope])
            missed = narrower & rows.short
            self._count(period[missed], rows.point[missed], self.missed[scope], self._missed[scope])

    def _count(self, period: Index, point: Index, count: Array, latest: Index) -> None:
        """Count each point's distinct periods after the latest one already counted, and note the new latest."""
        if len(period) == 0:
            return
        low, size = period[0], self.layout.size
        found = cells(period - low, point, (int(period[-1] - low) + 1, size))
        count += by_point(found.series[found.bucket + low > latest[found.series]], size)
        np.maximum.at(latest, found.series, found.bucket + low)


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
