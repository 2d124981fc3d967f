"""What running the nodes costs in every time unit, worked out from a block of facts."""

from collections.abc import Mapping

import numpy as np

from scmsim.flows.postings import WIDTH, posting
from scmsim.nodes.books_afterwards_passing import PassingCosts, Rate
from scmsim.scenario.network import FromLane, Network
from scmsim.ticks import TICKS

Array = np.ndarray

HOLDING, BACKORDER, TRANSPORT, ORDERING = range(4)
KINDS = np.array([float(posting(name)) for name in ("holding", "backorder_penalty", "transport", "ordering")])
WAGES, INTEREST = posting("wages"), posting("interest")
NOBODY = -1.0


class CostsAfterwards:
    """Works out what stocks, orders, transport, wages and loans cost.

    Parameters
    ----------
    network : Network
        What is simulated; it has money.
    node : ndarray
        The node of every point.
    """

    def __init__(self, network: Network, node: Array) -> None:
        calendar, money = network.calendar, network.money
        self._start = self._since = calendar.start
        is_taxed = money is not None and bool(money.tax_rate)
        self._warm = calendar.warm if is_taxed else calendar.start
        self._nodes = len(network.nodes)
        self._node = node[:-1].astype(np.intp)
        count = len(network.points)
        self._per_order, self._per_shipment, self._per_unit = np.zeros(count), np.zeros(count), np.zeros(count + 1)
        rates: dict[int, Rate] = {}
        for point in network.points:
            if point.unlimited:
                continue
            index, transit = point.index, 0.0
            self._per_order[index] = point.order_cost
            if isinstance(point.source, FromLane):
                lane = network.lanes[point.source.lane]
                self._per_shipment[index], self._per_unit[index] = lane.shipment_cost, lane.unit_cost
                transit = lane.holding_cost
            if point.holding_cost or point.backorder_cost or transit:
                rates[index] = int(node[index]), point.holding_cost, point.backorder_cost, transit
        self._passing = PassingCosts(rates, calendar.start, self._nodes)
        self._open = np.zeros((len(KINDS), self._nodes))
        self._own = self._own_costs(network)

    def _own_costs(self, network: Network) -> list[tuple[int, int, float]]:
        """Return (kind, node, money per time unit) of what nodes cost whatever they do."""
        found = []
        stocked = {point.node for point in network.points if not point.unlimited}
        for index, name in enumerate(sorted(network.nodes)):
            finance = network.nodes[name].finance
            if finance is not None and name in stocked:
                found += [(WAGES, index, finance.fixed_cost), (INTEREST, index, finance.loan_rate * finance.loan)]
        return [each for each in found if each[2]]

    def work_out(self, end: int, tables: Mapping[str, Array], *, is_last: bool) -> list[Array]:
        """Return the entries, as columns, for all time units that have ended by ``end``; the last one is cut short."""
        since, ends = self._since, self._ends(end, is_last=is_last)
        cost = np.zeros((len(KINDS), self._nodes, len(ends) + 1))
        cost[:3, :, :-1] = self._passing.work_out(tables["stock"], ends)
        cost[:, :, 0] += self._open
        self._charge(cost, ends, tables)
        self._open = cost[:, :, -1]
        if not len(ends):
            return []
        self._since = int(ends[-1])
        kind, node, unit = np.nonzero(cost[:, :, :-1])
        found = [_entries(ends[unit] - 1, KINDS[kind], node, cost[kind, node, unit])]
        lasted = np.diff(ends, prepend=float(since)) / TICKS
        return found + [_entries(ends - 1, kind, node, rate * lasted) for kind, node, rate in self._own]

    def _ends(self, end: int, *, is_last: bool) -> Array:
        """Return the ticks at which time units have ended, one of them early when measuring begins."""
        first = self._start + ((self._since - self._start) // TICKS + 1) * TICKS
        ends = np.arange(first, end + 1, TICKS, dtype=np.float64)
        if self._since < self._warm <= end:
            ends = np.union1d(ends, [float(self._warm)])
        return np.union1d(ends, [float(end)]) if is_last else ends

    def _charge(self, cost: Array, ends: Array, tables: Mapping[str, Array]) -> None:
        """Add what comes with orders, shipments and units that arrive."""
        if self._per_order.any():
            rows = tables["orders"]
            point = rows[:, 1].astype(np.intp)
            self._add(cost[ORDERING], ends, rows[:, 0], point, self._per_order[point])
        if self._per_shipment.any():
            rows = tables["shipments"]
            point = rows[:, 2].astype(np.intp)
            self._add(cost[TRANSPORT], ends, rows[:, 0], point, self._per_shipment[point] * (rows[:, 4] != 0))
        if self._per_unit.any():
            rows = tables["deliveries"]
            point = rows[:, 2].astype(np.intp)
            self._add(cost[TRANSPORT], ends, rows[:, 0], point, self._per_unit[point] * rows[:, 6])

    def _add(self, cost: Array, ends: Array, time: Array, point: Array, amount: Array) -> None:
        np.add.at(cost, (self._node[point], np.searchsorted(ends, time, side="right")), amount)


def _entries(time: Array, kind: Array | float, node: Array | float, amount: Array) -> Array:
    found = np.zeros((WIDTH, len(time)))
    found[0], found[1], found[2], found[3], found[5] = time, kind, node, NOBODY, amount
    return found
