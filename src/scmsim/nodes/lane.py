"""A lane for one product: orders go up by mail, shipments come down by transport."""

from collections.abc import Iterator
from typing import Protocol

from scmsim.engine.clock import Phases
from scmsim.flows.information import Order
from scmsim.nodes.stockpoint import StockPoint
from scmsim.nodes.workshop import Workshop
from scmsim.scenario.network import Delay, Lane

BEFORE_THE_RUN = -1


class Seller(Protocol):
    """Whoever can be asked for units over a lane."""

    index: int
    orders_phase: int

    def take(self, order: Order) -> None:
        """Enter an order that has just arrived."""

    def release(self, quantity: float) -> None:
        """Let units leave."""


def _draws(delay: Delay, workshop: Workshop, name: str) -> Iterator[int] | None:
    return workshop.streams.ticks(delay.distribution, name) if delay.distribution is not None else None


class LaneProcess:
    """The mail and the transport between a buyer and its seller, for one product.

    Parameters
    ----------
    lane : Lane
        What the scenario says of it.
    buyer, seller : StockPoint, Seller
        Its two ends.
    workshop : Workshop
        The means of the run.
    """

    __slots__ = (
        "_clock", "_crossing", "_deliveries_row", "_latest", "_mail", "_mail_draws", "_numbers", "_orders_row", "_promise",
        "_shipments_row", "_supplier", "_supplier_draws", "_transport", "_transport_draws", "_buyer", "_seller", "buyer", "waits",
    )  # fmt: skip

    def __init__(self, lane: Lane, buyer: StockPoint, seller: Seller, workshop: Workshop) -> None:
        name = f"{lane.origin}->{lane.destination}/{buyer.point.product}"
        recorder = workshop.recorder
        self.buyer = buyer.index
        self.waits = True
        self._buyer = buyer
        self._seller = seller
        self._clock = workshop.clock
        self._numbers = workshop.numbers
        self._crossing = lane.crossing
        self._latest = 0
        self._mail = lane.order_delay.ticks
        self._mail_draws = _draws(lane.order_delay, workshop, f"order_delay/{name}")
        self._transport = lane.lead_time.ticks + lane.supplier_time.ticks
        self._transport_draws = _draws(lane.lead_time, workshop, f"lead_time/{name}")
        self._supplier_draws = _draws(lane.supplier_time, workshop, f"supplier_time/{name}")
        self._supplier = lane.supplier_time.ticks
        self._promise = self._mail + self._transport
        self._orders_row = recorder.writer("orders")
        self._shipments_row = recorder.writer("shipments")
        self._deliveries_row = recorder.writer("deliveries")

    def place(self, quantity: float) -> None:
        """Send an order for ``quantity`` units to the seller."""
        now, buyer = self._clock.now, self._buyer
        order = Order(next(self._numbers), self, quantity, now, now + self._promise)
        buyer.state.order(quantity)
        buyer.touch()
        self._orders_row((now, self.buyer, order.number, quantity))
        delay = self._mail if self._mail_draws is None else next(self._mail_draws)
        if delay:
            self._clock.at(now + delay, self._seller.orders_phase, self._seller.take, order)
        else:
            self._seller.take(order)

    def ship(self, order: Order, quantity: float) -> None:
        """Send units of an order on their way to the buyer."""
        now, buyer = self._clock.now, self._buyer
        self._seller.release(quantity)
        order.unshipped -= quantity
        buyer.state.expect(quantity)
        buyer.touch()
        arrives = now + self._transit()
        if not self._crossing:
            arrives = self._latest = max(arrives, self._latest)
        self._shipments_row((now, self._seller.index, self.buyer, order.number, quantity, arrives))
        self._clock.at(arrives, Phases.receive, self.deliver, (order, quantity))

    def deliver(self, argument: tuple[Order, float]) -> None:
        """Hand units of an order to the buyer."""
        order, quantity = argument
        undelivered = order.undelivered = order.undelivered - quantity
        self._deliveries_row(
            (self._clock.now, self._seller.index, self.buyer, order.number, order.placed, order.promised, quantity,
             abs(undelivered) < 1e-9 and abs(order.unshipped) < 1e-9)
        )  # fmt: skip
        self._buyer.receive(quantity)

    def fill(self) -> None:
        """Put on their way the shipments and orders that were under way when the run began."""
        point, state, clock = self._buyer.point, self._buyer.state, self._clock
        for tick, quantity in point.shipments_due:
            order = self._old_order(quantity, tick)
            order.unshipped = 0.0
            state.expect(quantity)
            clock.at(tick, Phases.receive, self.deliver, (order, quantity))
        for tick, quantity in point.orders_mailed:
            clock.at(tick, self._seller.orders_phase, self._seller.take, self._old_order(quantity, tick))

    def _old_order(self, quantity: float, promised: int) -> Order:
        self._buyer.state.order(quantity)
        return Order(next(self._numbers), self, quantity, BEFORE_THE_RUN, promised)

    def _transit(self) -> int:
        if self._transport_draws is None and self._supplier_draws is None:
            return self._transport
        supplier = self._supplier if self._supplier_draws is None else next(self._supplier_draws)
        transport = self._transport - self._supplier if self._transport_draws is None else next(self._transport_draws)
        return supplier + transport
