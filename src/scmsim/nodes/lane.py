"""A lane for one product: orders go up by mail, shipments come down by transport."""

from collections.abc import Iterator
from typing import Protocol

from scmsim.engine.clock import Phases
from scmsim.flows.information import Order
from scmsim.flows.material import RESIDUE
from scmsim.nodes.stockpoint import StockPoint
from scmsim.nodes.workshop import Workshop
from scmsim.scenario.network import Delay, Lane

BEFORE_THE_RUN = -(2**62)
"""When what is under way at the start was ordered, in ticks: before any start."""


class Seller(Protocol):
    """Whoever can be asked for units over a lane."""

    index: int
    orders_phase: int

    def take(self, order: Order) -> None:
        """Enter an order that has just arrived."""


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
        "_always_the_same",
        "_clock",
        "_crossing",
        "_deliveries_row",
        "_latest",
        "_mail",
        "_mail_draws",
        "_numbers",
        "_orders_row",
        "_promise",
        "_shipments_row",
        "_supplier",
        "_supplier_draws",
        "_transport",
        "_transport_draws",
        "_buyer",
        "_seller",
        "buyer",
        "waits",
    )

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
        self._always_the_same = self._transport_draws is None and self._supplier_draws is None
        self._promise = self._mail + self._transport
        self._orders_row = recorder.writer("orders")
        self._shipments_row = recorder.writer("shipments") if recorder.reads("shipments") else None
        self._deliveries_row = recorder.writer("deliveries")

    def place(self, quantity: float) -> None:
        """Send an order for ``quantity`` units to the seller."""
        now, buyer = self._clock.now, self._buyer
        order = Order(next(self._numbers), self, quantity, now, now + self._promise)
        buyer.order(quantity)
        self._orders_row((now, self.buyer, order.number, quantity))
        delay = self._mail if self._mail_draws is None else next(self._mail_draws)
        if delay:
            self._clock.at(now + delay, self._seller.orders_phase, self._seller.take, order)
        else:
            self._seller.take(order)

    def ship(self, order: Order, quantity: float) -> None:
        """Send units of an order on their way to the buyer."""
        now = self._clock.now
        self._buyer.expect(quantity)
        order.unshipped -= quantity
        arrives = now + (self._transport if self._always_the_same else self._drawn_transport(now))
        if self._shipments_row is not None:
            self._shipments_row((now, self._seller.index, self.buyer, order.number, quantity, arrives))
        self._clock.at(arrives, Phases.receive, self.deliver, (order, quantity))

    def deliver(self, argument: tuple[Order, float]) -> None:
        """Hand units of an order to the buyer."""
        order, quantity = argument
        undelivered = order.undelivered = order.undelivered - quantity
        complete = -RESIDUE < undelivered < RESIDUE
        self._deliveries_row(
            (
                self._clock.now,
                self._seller.index,
                self.buyer,
                order.number,
                order.placed,
                order.promised,
                quantity,
                complete,
            )
        )
        buyer = self._buyer
        buyer.receive(quantity)
        if buyer.waiting:
            buyer.serve_again()

    def fill(self) -> None:
        """Put on their way the shipments and orders that were under way when the run began."""
        buyer, clock = self._buyer, self._clock
        for tick, quantity in buyer.point.shipments_due:
            order = self._old_order(quantity, tick)
            order.unshipped = 0.0
            buyer.expect(quantity)
            clock.at(tick, Phases.receive, self.deliver, (order, quantity))
        for tick, quantity in buyer.point.orders_mailed:
            clock.at(tick, self._seller.orders_phase, self._seller.take, self._old_order(quantity, tick))

    def _old_order(self, quantity: float, promised: int) -> Order:
        self._buyer.order(quantity)
        return Order(next(self._numbers), self, quantity, BEFORE_THE_RUN, promised)

    def _drawn_transport(self, now: int) -> int:
        """Draw the time until this shipment arrives; it waits for an earlier one that it may not overtake."""
        supplier = self._supplier if self._supplier_draws is None else next(self._supplier_draws)
        transport = self._transport - self._supplier if self._transport_draws is None else next(self._transport_draws)
        if self._crossing:
            return supplier + transport
        self._latest = max(self._latest, now + supplier + transport)
        return self._latest - now
