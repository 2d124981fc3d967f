"""Suppliers outside the simulated network: they never run short."""

from scmsim.flows.information import Order
from scmsim.nodes.workshop import Workshop
from scmsim.scenario.network import Point


class UnlimitedSupplier:
    """The process of an unlimited point: what is ordered is shipped when the order arrives.

    Parameters
    ----------
    point : Point
        What the scenario says of it.
    workshop : Workshop
        The means of the run.
    """

    __slots__ = ("_clock", "_demand_row", "_orders_phase", "index", "point")

    def __init__(self, point: Point, workshop: Workshop) -> None:
        self.point = point
        self.index = float(point.index)
        self._orders_phase = workshop.phases.orders(point.level)
        self._clock = workshop.clock
        self._demand_row = workshop.recorder.writer("demand")

    def orders_phase(self, _tick: int) -> int:
        """Return the phase in which orders in the mail are entered."""
        return self._orders_phase

    def take(self, order: Order) -> None:
        """Enter an order that has just arrived, and ship it."""
        quantity = order.quantity
        order.entered = now = self._clock.time
        self._demand_row((now, self.index, order.route.buyer, order.number, quantity, quantity, 0.0))
        order.route.ship(order, quantity)
