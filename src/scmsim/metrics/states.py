"""Time-weighted levels of every stock: a recorded state holds until the point's next one."""

from typing import NamedTuple

import numpy as np

from scmsim.metrics.accumulator import Accumulator, stable_order
from scmsim.metrics.facts import EPSILON, Facts
from scmsim.metrics.layout import Array, Index, Layout
from scmsim.metrics.moments import Moments
from scmsim.ticks import TICKS

ON_HAND, BACKORDERS, IN_TRANSIT = 0, 1, 2


class Steps(NamedTuple):
    """The states of a chunk, those of one point together: ``level`` (rows, 3) holds on ``[time, until)``.

    ``first`` and ``last`` are the rows of each point; ``order`` tells where a row came from, the states carried in from
    before the chunk being numbered first.
    """

    time: Array
    until: Array
    point: Index
    level: Array
    first: Index
    last: Index
    order: Index


class States(Accumulator):
    """Integrals over the measured time of on hand, backorders, in transit, and of the time with net stock above 0.

    Attributes
    ----------
    ready : ndarray
        Time units with net stock > 0 per point.
    on_hand_before : ndarray
        Units on hand when the measured time begins, before anything of that instant.
    net_stock : Moments
        Net stock at the ends of the measured buckets, per point.
    """

    tables = frozenset({"stock"})

    def __init__(self, layout: Layout) -> None:
        super().__init__(layout)
        self._integral = np.zeros((layout.size, 3))
        self.ready = np.zeros(layout.size)
        self._now = initial_levels(layout)
        self.on_hand_before = self._now[:, ON_HAND].copy()
        self.net_stock = Moments(layout.size)
        self._shared = bool(np.any(np.bincount(layout.node[layout.stocked], minlength=1) > 1))
        self._node_net_stock = Moments(len(layout.nodes)) if self._shared else None

    @property
    def on_hand(self) -> Array:
        """Units on hand x time units."""
        return self._integral[:, ON_HAND]

    @property
    def backorders(self) -> Array:
        """Units backordered x time units."""
        return self._integral[:, BACKORDERS]

    @property
    def in_transit(self) -> Array:
        """Units in transit, or in production, x time units."""
        return self._integral[:, IN_TRANSIT]

    @property
    def on_hand_after(self) -> Array:
        """Units on hand at the end of the last chunk."""
        return self._now[:, ON_HAND]

    @property
    def node_net_stock(self) -> Moments:
        """Net stock at bucket ends, summed over the products of a node."""
        if self._node_net_stock is not None:
            return self._node_net_stock
        nodes = Moments(len(self.layout.nodes))
        nodes.copy_from(self.net_stock, self.layout.node[self.layout.stocked], np.flatnonzero(self.layout.stocked))
        return nodes

    def update(self, facts: Facts) -> None:
        """Add the states of one chunk."""
        steps = arrange(facts, self._now)
        self._integrate(steps)
        self._count_ends(facts, steps)
        if facts.start < self.layout.warm <= facts.end:
            earlier = np.add.reduceat(steps.time < self.layout.warm, steps.first, dtype=np.int64)
            self.on_hand_before = steps.level[steps.first + earlier - 1, ON_HAND]
        self._now = steps.level[steps.last]

    def _integrate(self, steps: Steps) -> None:
        warm = self.layout.warm
        if steps.until.max(initial=0) <= warm:
            return
        held = (np.maximum(steps.until, warm) - np.maximum(steps.time, warm)) / TICKS
        self._integral += np.add.reduceat(steps.level * held[:, None], steps.first, axis=0)
        above = steps.level[:, ON_HAND] > steps.level[:, BACKORDERS] + EPSILON
        self.ready += np.add.reduceat(np.where(above, held, 0.0), steps.first)

    def _count_ends(self, facts: Facts, steps: Steps) -> None:
        if facts.buckets == 0:
            return
        net = steps.level[:, ON_HAND] - steps.level[:, BACKORDERS]
        ends = bucket_ends(facts, steps.time, steps.last)
        seen = ends > 0
        self.net_stock.add(facts.buckets, steps.point[seen], net[seen], ends[seen])
        if self._node_net_stock is not None:
            _count_node_ends(self._node_net_stock, facts, steps, net)


def initial_levels(layout: Layout) -> Array:
    """Return on hand, backorders and in transit of each point before anything has happened."""
    points = layout.network.points
    initial = np.array([0.0 if p.unlimited else p.initial for p in points])
    moving = np.array([sum(quantity for _, quantity in p.shipments_due) for p in points], dtype=np.float64)
    return np.column_stack([np.maximum(initial, 0.0), np.maximum(-initial, 0.0), moving])


def arrange(facts: Facts, now: Array) -> Steps:
    """Bring the states of a chunk together by point, each point's led by the state it had when the chunk began."""
    size = len(now)
    time, place, on_hand, backorders, _, in_transit = facts.table("stock")
    point = np.concatenate([np.arange(size), place.astype(np.int64)])
    order = stable_order(point, size)
    level = np.concatenate([now, np.column_stack([on_hand, backorders, in_transit])])[order]
    level[np.abs(level) < EPSILON] = 0.0
    begun = np.concatenate([np.full(size, float(facts.start)), time])[order]
    point = point[order]
    first, last = _edges(point)
    return Steps(begun, _until(begun, last, facts.end), point, level, first, last, order)


def _count_node_ends(moments: Moments, facts: Facts, steps: Steps, net: Array) -> None:
    layout = facts.layout
    change = np.diff(net, prepend=0.0)
    change[steps.first] = net[steps.first]
    moved, at = np.empty_like(change), np.empty_like(steps.time)
    moved[steps.order], at[steps.order] = change, steps.time
    node = np.empty_like(steps.point)
    node[steps.order] = layout.node[steps.point]
    order = stable_order(node, len(layout.nodes))
    node, at, moved = node[order], at[order], moved[order]
    first, last = _edges(node)
    total = _running(moved, first, last)
    ends = bucket_ends(facts, at, last)
    seen = ends > 0
    moments.add(facts.buckets, node[seen], total[seen], ends[seen])


def bucket_ends(facts: Facts, time: Array, last: Index) -> Array:
    """Count the measured buckets that end while a state holds: until the next row; after ``last``, the chunk's end."""
    layout = facts.layout
    low = layout.start + facts.first_bucket * layout.bucket
    begun = (np.maximum(time, low).astype(np.int64) - low) // layout.bucket
    done = np.minimum(np.append(begun, 0), facts.buckets)
    counts: Array = np.diff(done).astype(np.float64)
    counts[last] = facts.buckets - done[last]
    return counts


def _edges(group: Index) -> tuple[Index, Index]:
    turns = np.flatnonzero(np.diff(group))
    return np.concatenate([[0], turns + 1]), np.append(turns, len(group) - 1)


def _until(time: Array, last: Index, end: int) -> Array:
    until = np.append(time[1:], float(end))
    until[last] = float(end)
    return until


def _running(change: Array, first: Index, last: Index) -> Array:
    total = np.cumsum(change)
    before = np.concatenate([[0.0], total[last[:-1]]])
    running: Array = total - np.repeat(before, last - first + 1)
    return running
