"""Units counted again from the raw facts, apart from the engine's own books."""

from collections import defaultdict

import numpy as np

from scmsim.scenario.network import FromLane

CLOSE = 1e-6


class Audit:
    """Recomputes what every stock must hold after every instant from the facts of a run.

    Parameters
    ----------
    network : Network
        What was run.
    tables : dict of str to array
        Every table of facts.
    """

    def __init__(self, network, tables):
        self.network = network
        self.moves = {name: defaultdict(list) for name in ("on_hand", "backorders", "on_order", "in_transit")}
        self._open()
        self._read(tables)
        self.states = tables["stock"]

    def _move(self, account, point, time, quantity):
        self.moves[account][int(point)].append((time, quantity))

    def _open(self):
        for point in self.network.points:
            self._move("on_hand" if point.initial > 0 else "backorders", point.index, -1, abs(point.initial))
            for tick, quantity in point.shipments_due:
                self._move("in_transit", point.index, self._departed(point, tick), quantity)
            for _, quantity in (*point.shipments_due, *point.orders_mailed):
                self._move("on_order", point.index, -1, quantity)

    def _departed(self, point, arrives):
        """Return when a shipment that is due left: before the start, unless its supplier was still preparing it."""
        if not isinstance(point.source, FromLane):
            return -1
        lane = self.network.lanes[point.source.lane]
        departs = arrives - lane.lead_time.ticks
        return departs if lane.supplier_time.ticks and departs >= self.network.calendar.start else -1

    def _read(self, tables):
        for time, point, _, _, quantity, _, lost in tables["demand"]:
            self._move("backorders", point, time, quantity - lost)
        for time, point, _, quantity in tables["orders"]:
            self._move("on_order", point, time, quantity)
        for time, seller, buyer, _, quantity, _ in tables["shipments"]:
            self._leave(seller, time, quantity)
            self._move("in_transit", buyer, time, quantity)
        for time, point, _, quantity, _ in tables["production"]:
            self._move("in_transit", point, time, quantity)
            source = self.network.points[int(point)].source
            for component, units in source.components:
                self._leave(component, time, quantity * units)
        for time, seller, buyer, _, _, _, quantity, _ in tables["deliveries"]:
            if buyer < 0:
                self._leave(seller, time, quantity)
                continue
            self._move("on_hand", buyer, time, quantity)
            self._move("on_order", buyer, time, -quantity)
            self._move("in_transit", buyer, time, -quantity)

    def _leave(self, point, time, quantity):
        self._move("on_hand", point, time, -quantity)
        self._move("backorders", point, time, -quantity)

    def check(self):
        """Compare with every state the engine wrote down.

        A unit reserved for a kit counts in the engine's books as on hand and backordered, which it is in these.
        """
        for point in self.network.points:
            if point.unlimited:
                continue
            rows = self.states[self.states[:, 1] == point.index]
            for column, account in enumerate(("on_hand", "backorders", "on_order", "in_transit"), start=2):
                expected = self._balance(account, point.index, rows[:, 0])
                wrong = np.flatnonzero(np.abs(rows[:, column] - expected) > CLOSE)
                assert not wrong.size, (
                    f"{account} of {point.product} at {point.node} is {rows[wrong[0], column]} at tick "
                    f"{rows[wrong[0], 0]:.0f}; "
                    f"its orders, shipments and deliveries give {expected[wrong[0]]}"
                )

    def _balance(self, account, point, times):
        moves = sorted(self.moves[account][point])
        instants = np.array([time for time, _ in moves])
        sums = np.concatenate([[0.0], np.cumsum([quantity for _, quantity in moves])])
        return sums[np.searchsorted(instants, times, side="right")]
