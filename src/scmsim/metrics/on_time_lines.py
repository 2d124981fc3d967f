"""Order lines followed from the order to the last unit, from the seller's side, and judged against their date."""

from dataclasses import dataclass, fields
from functools import partial

import numpy as np

from scmsim.metrics.accumulator import Accumulator, by_kind, stable_order
from scmsim.metrics.facts import CUSTOMERS, EPSILON, OTHER_NODE, Facts
from scmsim.metrics.layout import Array, Index, Layout, Mask
from scmsim.scenario.network import FromLane


@dataclass(slots=True)
class Lines:
    """Lines under way, as columns.

    ``order`` numbers the order the line belongs to and ``leads`` marks the order's first line; ``missing`` is still to
    be delivered, ``inside`` came within the window, ``spoilt`` lines came (partly) outside it or were (partly) lost.
    """

    key: Index
    order: Index
    leads: Mask
    seller: Index
    kind: Index
    reference: Array
    quantity: Array
    missing: Array
    inside: Array
    spoilt: Mask

    def pick(self, rows: Mask) -> "Lines":
        """Return some of the lines."""
        return Lines(*(getattr(self, column.name)[rows] for column in fields(self)))

    def joined(self, other: "Lines") -> "Lines":
        """Return these lines followed by others."""
        both = ((getattr(self, column.name), getattr(other, column.name)) for column in fields(self))
        return Lines(*(np.concatenate(pair) for pair in both))


class OnTimeLines(Accumulator):
    """Lines due inside the measured time, and those delivered on time and in full.

    A line is one product of one replenishment order to another node, or one order of an end customer. It is counted
    when it was placed in the measured time and its last acceptable instant (reference date + late) lies before the end
    of the run. Lines that one node placed with another at one instant form one order; each end customer's line is an
    order. Rows: own node (always 0), other nodes, end customers; columns: the sellers' points. An order is booked at the
    point of its first line.

    Attributes
    ----------
    lines, lines_kept, orders, orders_kept, units, units_kept : ndarray
        What was due, and what was delivered on time and in full.
    """

    tables = frozenset({"orders", "demand", "deliveries"})

    def __init__(self, layout: Layout) -> None:
        super().__init__(layout)
        terms = layout.network.on_time_in_full
        self._promised = terms.reference == "promised"
        self._early = np.inf if terms.early is None else float(terms.early)
        self._late = float(terms.late)
        self._promise = promised_delays(layout)
        self._orders_seen = 0
        room = partial(np.zeros, (3, layout.size))
        self.lines, self.lines_kept = room(), room()
        self.orders, self.orders_kept = room(), room()
        self.units, self.units_kept = room(), room()
        nobody, nothing = np.empty(0, dtype=np.int64), np.empty(0)
        self._open = self._lines(nobody, nobody, nobody, nothing, nothing, nothing)

    def update(self, facts: Facts) -> None:
        """Follow the lines of one chunk."""
        lines = self._open.joined(self._placed(facts)).joined(self._asked(facts))
        self._deliver(facts, lines)
        waiting = np.isin(lines.order, lines.order[lines.missing > EPSILON])
        self._judge(lines.pick(~waiting))
        self._open = lines.pick(waiting)

    def finish(self) -> None:
        """Judge what is still under way."""
        self._judge(self._open)
        self._open = self._open.pick(np.zeros(len(self._open.key), dtype=np.bool_))

    def _placed(self, facts: Facts) -> Lines:
        """Open the lines that nodes placed with other nodes."""
        rows, layout = facts.orders, self.layout
        seen = (layout.supplier[rows.point] >= 0) & (rows.time >= layout.warm) & (rows.quantity > EPSILON)
        point, time = rows.point[seen], rows.time[seen]
        seller = layout.supplier[point]
        pair = layout.node[seller] * len(layout.nodes) + layout.node[point]
        order = stable_order(pair, len(layout.nodes) ** 2)
        leads = np.ones(len(order), dtype=np.bool_)
        leads[1:] = (np.diff(pair[order]) != 0) | (np.diff(time[order]) != 0)
        reference = time + self._promise[point] if self._promised else time
        kind = np.full(len(point), OTHER_NODE)
        lines = self._lines(rows.order[seen], seller, kind, reference, rows.quantity[seen], rows.quantity[seen])
        lines.leads[order] = leads
        lines.order[order] = self._orders_seen + np.cumsum(leads)
        self._orders_seen += int(leads.sum())
        return lines

    def _asked(self, facts: Facts) -> Lines:
        """Open the lines of end customers."""
        rows = facts.demand
        seen = (rows.kind == CUSTOMERS) & (rows.time >= self.layout.warm) & (rows.quantity > EPSILON)
        quantity, lost = rows.quantity[seen], rows.lost[seen]
        lines = self._lines(
            rows.order[seen], rows.point[seen], rows.kind[seen], rows.time[seen], quantity, quantity - lost
        )
        lines.order[:] = self._orders_seen + 1 + np.arange(len(quantity))
        lines.spoilt[:] = lost > EPSILON
        self._orders_seen += len(quantity)
        return lines

    def _lines(
        self, order: Index, seller: Index, kind: Index, reference: Array, quantity: Array, missing: Array
    ) -> Lines:
        size = len(order)
        key = self._key(order, seller, kind == CUSTOMERS)
        ours, leads = np.zeros(size, dtype=np.int64), np.ones(size, dtype=np.bool_)
        spoilt = np.zeros(size, dtype=np.bool_)
        return Lines(key, ours, leads, seller, kind, reference, quantity, missing, np.zeros(size), spoilt)

    def _key(self, order: Index, seller: Index, customers: Mask) -> Index:
        return (order * self.layout.size + seller) * 2 + customers

    def _deliver(self, facts: Facts, lines: Lines) -> None:
        rows, node = facts.deliveries, self.layout.node
        if not len(lines.key) or not len(rows.time):
            return
        out = (rows.buyer < 0) | (node[rows.buyer] != node[rows.seller])
        order = np.argsort(lines.key, kind="stable")
        keys = self._key(rows.order[out], rows.seller[out], rows.buyer[out] < 0)
        at = order[np.minimum(np.searchsorted(lines.key, keys, sorter=order), len(order) - 1)]
        known = lines.key[at] == keys
        at, quantity = at[known], rows.quantity[out][known]
        if self._promised:
            lines.reference[at] = rows.promised[out][known]
        date, time = lines.reference[at], rows.time[out][known]
        inside = (time >= date - self._early) & (time <= date + self._late)
        size = len(lines.key)
        lines.inside += np.bincount(at, np.where(inside, quantity, 0.0), size)
        lines.missing -= np.bincount(at, quantity, size)
        lines.missing[at[rows.complete[out][known]]] = 0.0
        lines.spoilt[at[~inside]] = True

    def _judge(self, lines: Lines) -> None:
        due = lines.reference + self._late < self.layout.end
        kept = (lines.missing <= EPSILON) & ~lines.spoilt
        count = partial(by_kind, size=self.layout.size)
        self.lines += count(lines.kind[due], lines.seller[due])
        self.units += count(lines.kind[due], lines.seller[due], amount=lines.quantity[due])
        self.units_kept += count(lines.kind[due], lines.seller[due], amount=lines.inside[due])
        self.lines_kept += count(lines.kind[due & kept], lines.seller[due & kept])
        due = lines.leads & ~np.isin(lines.order, lines.order[~due])
        self.orders += count(lines.kind[due], lines.seller[due])
        due &= ~np.isin(lines.order, lines.order[~kept])
        self.orders_kept += count(lines.kind[due], lines.seller[due])


def promised_delays(layout: Layout) -> Array:
    """Return the time from an order to the date it is promised for, in ticks, per point that orders over a lane."""
    delays = np.zeros(layout.size)
    for point in layout.network.points:
        if isinstance(point.source, FromLane):
            lane = layout.network.lanes[point.source.lane]
            delays[point.index] = lane.order_delay.ticks + lane.supplier_time.ticks + lane.lead_time.ticks
    return delays
