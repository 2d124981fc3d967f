"""What end customers get, and what cash moves, before, during and after disruptions."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from scmsim.flows.events import CODES
from scmsim.metrics.accumulator import Accumulator, by_point
from scmsim.metrics.facts import CUSTOMERS, EPSILON, Facts
from scmsim.metrics.layout import Array, Index, Layout, Mask
from scmsim.metrics.rollup import Grouping

STRUCK, ENDED = CODES["struck"], CODES["ended"]
QUIET, DURING, AFTER = range(3)
"""Before the first disruption; while any is at work; when none is, after the first one."""


class Times(NamedTuple):
    """Of one group of points: how many disruptions it met and survived, and the times (ticks) of the others."""

    met: int
    survived: int
    to_survive: list[float]
    to_recover: list[float]


class Disruptions(Accumulator):
    """Follows the stretches of time in which any disruption is at work: from the first that begins to the last to end.

    Attributes
    ----------
    begins, ends : list of float
        The ticks at which such a stretch begins and ends.
    """

    tables = frozenset({"events"})

    def __init__(self, layout: Layout) -> None:
        super().__init__(layout)
        self.begins: list[float] = []
        self.ends: list[float] = []
        self._active = 0
        self.is_needed = bool(layout.network.disruptions)

    @classmethod
    def reads(cls, layout: Layout) -> frozenset[str]:
        """Return the tables where anything is ever disrupted."""
        return cls.tables if layout.network.disruptions else frozenset()

    def update(self, facts: Facts) -> None:
        """Take in the events of one chunk."""
        if not self.is_needed:
            return
        time, kind, *_ = facts.table("events")
        rows = np.isin(kind, (STRUCK, ENDED))
        for tick, what in zip(time[rows].tolist(), kind[rows].tolist(), strict=True):
            self._step(tick, 1 if what == STRUCK else -1)

    def _step(self, tick: float, more: int) -> None:
        before, self._active = self._active, self._active + more
        if before == 0 and self.ends and self.ends[-1] == tick:
            self.ends.pop()
        elif before == 0:
            self.begins.append(tick)
        elif self._active == 0:
            self.ends.append(tick)

    def state(self, time: Array) -> Index:
        """Return for each instant whether it lies before, in or after a disruption."""
        begun = np.searchsorted(self.begins, time, side="right")
        ended = np.searchsorted(self.ends, time, side="right")
        found: Index = np.where(begun > ended, DURING, np.where(begun > 0, AFTER, QUIET))
        return found

    def lasted(self) -> tuple[float, float]:
        """Return how long disruptions lasted in the measured time, and how long it was after them (ticks)."""
        start, end = float(self.layout.warm), float(self.layout.end)
        ends = [*self.ends, end][: len(self.begins)]
        during = sum(max(0.0, min(to, end) - max(at, start)) for at, to in zip(self.begins, ends, strict=True))
        since = max(0.0, end - max(self.begins[0], start)) if self.begins else 0.0
        return during, since - during


class ServiceOverTime(Disruptions):
    """What end customers asked for and got at once, per bucket of the run, and in and after disruptions.

    It keeps two numbers per bucket and stock that faces them, and only where anything is ever disrupted.

    Attributes
    ----------
    asked, served : ndarray
        Units in the measured time, a row each for before, during and after, a column per point.
    """

    tables = frozenset({"demand", "events"})

    def __init__(self, layout: Layout) -> None:
        super().__init__(layout)
        self.asked, self.served = np.zeros((3, layout.size)), np.zeros((3, layout.size))
        points = layout.network.points
        instead = {other for point in points for demand in point.demands for other in demand.service.substitutes}
        self._facing = np.flatnonzero([bool(point.demands) or point.index in instead for point in points])
        self._series: list[tuple[int, Array, Array]] = []

    def update(self, facts: Facts) -> None:
        """Add the demand of one chunk."""
        super().update(facts)
        if not self.is_needed:
            return
        rows, layout = facts.demand, self.layout
        mine = rows.kind == CUSTOMERS
        time, point, asked, served = rows.time[mine], rows.point[mine], rows.quantity[mine], rows.served[mine]
        measured = time >= layout.warm
        cell = (self.state(time) * layout.size + point)[measured]
        self.asked += by_point(cell, 3 * layout.size, asked[measured]).reshape(3, -1)
        self.served += by_point(cell, 3 * layout.size, served[measured]).reshape(3, -1)
        first = (facts.start - layout.start) // layout.bucket
        buckets = -((facts.start - facts.end) // layout.bucket)
        column = np.full(layout.size, -1)
        column[self._facing] = np.arange(len(self._facing))
        shape = buckets, len(self._facing)
        place = ((time.astype(np.int64) - layout.start) // layout.bucket - first) * shape[1] + column[point]
        size = shape[0] * shape[1]
        wanted, got = (by_point(place, size, units).reshape(shape) for units in (asked, served))
        self._series.append((first, wanted, got))

    def times(self, grouping: Grouping) -> list[Times]:
        """Return for every group how its customers fared in each disruption of the measured time."""
        layout, limits = self.layout, self.layout.network.resilience
        if not self._series or not self._facing.size:
            return [Times(0, 0, [], []) for _ in range(grouping.size)]
        parts = sorted(self._series, key=lambda part: part[0])
        asked = np.concatenate([wanted for _, wanted, _ in parts])
        served = np.concatenate([got for _, _, got in parts])
        starts = layout.start + (parts[0][0] + np.arange(len(asked))) * layout.bucket
        group, found = grouping.group[self._facing], []
        for one in range(grouping.size):
            mine = group == one
            wanted, got = asked[:, mine].sum(axis=1), served[:, mine].sum(axis=1)
            share = np.divide(got, wanted, out=np.full(len(wanted), np.inf), where=wanted > EPSILON)
            spells = list(self._windows()) if mine.any() else []
            found.append(_times(spells, starts, layout.bucket, share < limits.failure, share < limits.recovery))
        return found

    def _windows(self) -> Iterator[tuple[float, float]]:
        """Give the time from each disruption of the measured time to the next, or to the end of the run."""
        untils = [*self.begins[1:], float(self.layout.end)]
        for begin, until in zip(self.begins, untils[: len(self.begins)], strict=True):
            if begin >= self.layout.warm:
                yield begin, until


def _times(spells: list[tuple[float, float]], starts: Index, bucket: int, fails: Mask, lags: Mask) -> Times:
    """Look at the buckets from each disruption to the next one: the first that fails, and the last that lags behind."""
    survived, to_survive, to_recover = 0, [], []
    for begin, until in spells:
        inside = (starts + bucket > begin) & (starts < until)
        failed = np.flatnonzero(inside & fails)
        if not failed.size:
            survived += 1
            continue
        to_survive.append(max(0.0, float(starts[failed[0]]) - begin))
        last = np.flatnonzero(inside & (lags | fails))[-1]
        if starts[last] + bucket < until:
            to_recover.append(float(starts[last]) + bucket - begin)
    return Times(len(spells), survived, to_survive, to_recover)


class CashOverTime(Disruptions):
    """The cash that moves in and after disruptions.

    Attributes
    ----------
    flow : ndarray
        Cash received less cash paid in the measured time, a row each for before, during and after, a column per node.
    """

    tables = frozenset({"events", "journal"})

    def __init__(self, layout: Layout) -> None:
        super().__init__(layout)
        self.is_needed &= layout.network.money is not None
        self.flow = np.zeros((3, len(layout.nodes)))

    @classmethod
    def reads(cls, layout: Layout) -> frozenset[str]:
        """Return the tables where anything is ever disrupted, and money is counted."""
        is_needed = layout.network.disruptions and layout.network.money is not None
        return cls.tables if is_needed else frozenset()

    def update(self, facts: Facts) -> None:
        """Add the cash of one chunk."""
        super().update(facts)
        if not self.is_needed:
            return
        cash, size = facts.cash, len(self.layout.nodes)
        time = cash.instants[cash.instant]
        seen = (time >= self.layout.warm) & ~cash.opens & (cash.node < size)
        cell = self.state(time[seen]) * size + cash.node[seen]
        self.flow += by_point(cell, 3 * size, cash.amount[seen]).reshape(3, -1)
