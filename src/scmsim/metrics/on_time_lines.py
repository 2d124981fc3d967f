"""Order lines followed from the order to the last unit, from the seller's side, and judged against their date."""

from functools import partial

import numpy as np
import numpy.typing as npt

from scmsim.flows.events import CODES
from scmsim.metrics.accumulator import Accumulator, by_kind, by_point, stable_order
from scmsim.metrics.facts import CUSTOMERS, EPSILON, OTHER_NODE, Facts
from scmsim.metrics.layout import Array, Index, Layout, Mask
from scmsim.scenario.network import Network
from scmsim.ticks import TICKS

LINE = np.dtype(
    [
        ("key", "i8"),
        ("order", "i8"),
        ("leads", "?"),
        ("seller", "i8"),
        ("reference", "f8"),
        ("quantity", "f8"),
        ("missing", "f8"),
        ("inside", "f8"),
        ("spoilt", "?"),
    ],
    align=True,
)
"""A line under way. ``key`` finds it (odd: an end customer's), ``order`` numbers the order it belongs to and ``leads``
marks that order's first line; ``missing`` is still to be delivered, ``inside`` came within the window; ``spoilt`` lines
came (partly) outside it or were (partly) lost."""

SOURCED, PROMISED, YIELD_LOSS, DESTROYED = (CODES[kind] for kind in ("sourced", "promised", "yield_loss", "destroyed"))
CANCELLED, GAVE_UP = CODES["cancelled"], CODES["gave_up"]
_BYTES = np.dtype(("V", LINE.itemsize))

Lines = npt.NDArray[np.void]


class OnTimeLines(Accumulator):
    """Lines due inside the measured time, and those delivered on time and in full.

    A line is one product of one replenishment order to another node, or one order of an end customer. It is counted
    when it was placed in the measured time and its last acceptable instant (reference date + late) lies before the end
    of the run. Lines that one node placed with another at one instant form one order; each end customer's line is an
    order. Rows: own node (always 0), other nodes, end customers; columns: the sellers' points. An order is booked at
    the point of its first line.

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
        self._promises = promised_delays(layout)
        self._promise = np.zeros(layout.size)
        for (supplier, point), delay in self._promises.items():
            self._promise[point] = delay if layout.supplier[point] == supplier else 0.0
        self._orders_seen = 0
        room = partial(np.zeros, (3, layout.size))
        self.lines, self.lines_kept = room(), room()
        self.orders, self.orders_kept = room(), room()
        self.units, self.units_kept = room(), room()
        self._open = np.empty(0, dtype=LINE)

    @classmethod
    def reads(cls, layout: Layout) -> frozenset[str]:
        """Return the tables that are needed; those of events only where orders can go elsewhere, or close short."""
        network = layout.network
        return cls.tables | {"events"} if network.has_choices or _closes_short(network) else cls.tables

    def update(self, facts: Facts) -> None:
        """Follow the lines of one chunk."""
        lines = _joined(self._open, self._placed(facts), self._asked(facts))
        if _closes_short(self.layout.network):
            self._spoil(facts, lines)
        self._deliver(facts, lines)
        waiting = _of_any(lines["order"], lines["missing"] > EPSILON)
        self._judge(lines.take(np.flatnonzero(~waiting)))
        self._open = lines.take(np.flatnonzero(waiting))

    def finish(self) -> None:
        """Judge what is still under way."""
        self._judge(self._open)
        self._open = self._open[:0]

    def _placed(self, facts: Facts) -> Lines:
        """Open the lines that nodes placed with other nodes."""
        rows, layout = facts.orders, self.layout
        supplier, promise = layout.supplier[rows.point], self._promise[rows.point]
        if layout.network.has_choices:
            supplier, promise = self._chosen(facts, supplier, promise)
        seen = (supplier >= 0) & (rows.time >= layout.warm) & (rows.quantity > EPSILON)
        point, time = rows.point[seen], rows.time[seen]
        lines = np.zeros(len(point), dtype=LINE)
        lines["seller"] = seller = supplier[seen]
        lines["key"] = self._key(rows.order[seen], seller, 0)
        lines["quantity"] = lines["missing"] = rows.quantity[seen]
        lines["reference"] = time + promise[seen] if self._promised else time
        pair = layout.node[seller] * len(layout.nodes) + layout.node[point]
        order = stable_order(pair, len(layout.nodes) ** 2)
        leads = np.ones(len(order), dtype=np.bool_)
        leads[1:] = (np.diff(pair[order]) != 0) | (np.diff(time[order]) != 0)
        lines["leads"][order] = leads
        lines["order"][order] = self._orders_seen + np.cumsum(leads)
        self._orders_seen += int(leads.sum())
        return lines

    def _chosen(self, facts: Facts, supplier: Index, promise: Array) -> tuple[Index, Array]:
        """Fill in who got the orders of stocks with several suppliers, and after what time they were promised."""
        rows, (_, kind, buyer, seller, order, _, value) = facts.orders, facts.table("events")
        sourced = np.flatnonzero(kind == SOURCED)
        by_number = np.argsort(rows.order, kind="stable")
        dated = np.flatnonzero(kind == PROMISED)
        at, later = (by_number[np.searchsorted(rows.order, order[some], sorter=by_number)] for some in (sourced, dated))
        supplier, promise = supplier.copy(), promise.copy()
        supplier[at] = seller[sourced].astype(np.int64)
        ends = zip(seller[sourced].tolist(), buyer[sourced].tolist(), strict=True)
        promise[at] = [self._promises[end] for end in ends]
        promise[later] = np.round(value[dated] * TICKS) - rows.time[later]
        return supplier, promise

    def _spoil(self, facts: Facts, lines: Lines) -> None:
        """Mark the lines of which some units never come, so that they can never be in full: they have gone wrong, were
        cancelled or destroyed, or customers have lost their patience."""
        _, kind, point, partner, order, quantity, _ = facts.table("events")
        lost = (kind == YIELD_LOSS) | ((kind == DESTROYED) & (partner >= 0))
        keys = self._key(order[lost].astype(np.int64), partner[lost].astype(np.int64), 0)
        lines["spoilt"][np.isin(lines["key"], keys)] = True
        left = (kind == CANCELLED) | (kind == GAVE_UP)
        gone = self._key(order[left].astype(np.int64), point[left].astype(np.int64), partner[left] < 0)
        _, at, which = np.intersect1d(lines["key"], gone, return_indices=True)
        lines["spoilt"][at] = True
        lines["missing"][at] -= quantity[left][which]

    def _asked(self, facts: Facts) -> Lines:
        """Judge the end customers' lines of which nothing is left to deliver, and open the others."""
        rows = facts.demand
        seen = (rows.kind == CUSTOMERS) & (rows.time >= self.layout.warm) & (rows.quantity > EPSILON)
        waiting = np.flatnonzero(seen & (rows.quantity - rows.served - rows.lost > EPSILON))
        settled = np.copy(seen)
        settled[waiting] = False
        self._settle(facts, settled & (rows.time + self._late < self.layout.end))
        lines = np.zeros(len(waiting), dtype=LINE)
        lines["seller"] = rows.point[waiting]
        lines["key"] = self._key(rows.order[waiting], rows.point[waiting], 1)
        lines["quantity"] = rows.quantity[waiting]
        lines["inside"] = rows.served[waiting]
        lines["missing"] = (rows.quantity - rows.served - rows.lost)[waiting]
        lines["reference"] = rows.time[waiting]
        lines["spoilt"] = rows.lost[waiting] > EPSILON
        lines["leads"] = True
        lines["order"] = self._orders_seen + 1 + np.arange(len(waiting))
        self._orders_seen += len(waiting)
        return lines

    def _settle(self, facts: Facts, due: Mask) -> None:
        """Count end customers' lines that were served or lost at once, as far as they were."""
        rows, size = facts.demand, self.layout.size
        seller, lines = rows.point[due], by_point(rows.point[due], size)
        kept = by_point(seller[rows.lost[due] <= EPSILON], size)
        self.units[CUSTOMERS] += by_point(seller, size, rows.quantity[due])
        self.units_kept[CUSTOMERS] += by_point(seller, size, rows.served[due])
        for all_of_them, kept_of_them in ((self.lines, self.lines_kept), (self.orders, self.orders_kept)):
            all_of_them[CUSTOMERS] += lines
            kept_of_them[CUSTOMERS] += kept

    def _key(self, order: Index, seller: Index, customers: int | Mask) -> Index:
        return (order * self.layout.size + seller) * 2 + customers

    def _deliver(self, facts: Facts, lines: Lines) -> None:
        """Enter the deliveries of lines under way: a customer's first one was entered with what was served at once."""
        rows, node = facts.deliveries, self.layout.node
        if not len(lines) or not len(rows.time):
            return
        customer = rows.buyer < 0
        out = np.flatnonzero(np.where(customer, rows.time > rows.placed, node[rows.buyer] != node[rows.seller]))
        order = np.argsort(lines["key"], kind="stable")
        keys, wanted = lines["key"][order], self._key(rows.order[out], rows.seller[out], customer[out])
        place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        known = keys[place] == wanted
        at, out = order[place[known]], out[known]
        if self._promised:
            lines["reference"][at] = rows.promised[out]
        date, time, quantity = lines["reference"][at], rows.time[out], rows.quantity[out]
        inside = (time >= date - self._early) & (time <= date + self._late)
        lines["inside"] += by_point(at, len(lines), np.where(inside, quantity, 0.0))
        lines["missing"] -= by_point(at, len(lines), quantity)
        lines["missing"][at[rows.complete[out]]] = 0.0
        lines["spoilt"][at[~inside]] = True

    def _judge(self, lines: Lines) -> None:
        due = lines["reference"] + self._late < self.layout.end
        kept = (lines["missing"] <= EPSILON) & ~lines["spoilt"]
        kind = np.where(lines["key"] % 2, CUSTOMERS, OTHER_NODE)
        count = partial(by_kind, size=self.layout.size)
        self.lines += count(kind[due], lines["seller"][due])
        self.units += count(kind[due], lines["seller"][due], amount=lines["quantity"][due])
        self.units_kept += count(kind[due], lines["seller"][due], amount=lines["inside"][due])
        self.lines_kept += count(kind[due & kept], lines["seller"][due & kept])
        due = lines["leads"] & ~_of_any(lines["order"], ~due)
        self.orders += count(kind[due], lines["seller"][due])
        due &= ~_of_any(lines["order"], ~kept)
        self.orders_kept += count(kind[due], lines["seller"][due])


def _closes_short(network: Network) -> bool:
    """Tell whether units that were ordered may never come."""
    return network.has_yields or network.has_cancellations or network.has_patience or network.has_blows


def _joined(*parts: Lines) -> Lines:
    """Return the lines of all parts; as plain bytes, which is many times faster than field by field."""
    return np.concatenate([part.view(_BYTES) for part in parts]).view(LINE)


def _of_any(order: Index, lines: Mask) -> Mask:
    """Return which lines belong to an order that any of these lines belongs to; orders are numbered without gaps."""
    if not len(order):
        return lines
    place = order - order.min()
    if place.max() > 100 * len(order):
        return np.isin(order, order[lines])
    marked: Mask = np.zeros(int(place.max()) + 1, dtype=np.bool_)
    marked[place[lines]] = True
    found: Mask = marked[place]
    return found


def promised_delays(layout: Layout) -> dict[tuple[int, int], float]:
    """Return the time from an order to the date it is promised for, in ticks, by the points of seller and buyer."""
    delays = {}
    for point in layout.network.points:
        for way in point.ways:
            delays[way.supplier, point.index] = float(layout.network.lanes[way.lane].promise(point.product))
    return delays
