"""A lane for one product: orders go up by mail, shipments come down by transport."""

from collections.abc import Iterator
from typing import Protocol

from scmsim.engine.clock import Phases
from scmsim.flows.information import Order
from scmsim.flows.material import RESIDUE
from scmsim.nodes.stockpoint import StockPoint
from scmsim.nodes.workshop import Workshop
from scmsim.scenario.network import Delay, Lane
from scmsim.ticks import LONG_AGO


class Seller(Protocol):
    """Whoever can be asked for units over a lane."""

    index: int

    def orders_phase(self, tick: int) -> int:
        """Return the phase in which orders in the mail that arrive at a tick are entered."""

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
        "_preparation",
        "_preparation_draws",
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
        self._latest = LONG_AGO
        self._mail = lane.order_delay.ticks
        self._mail_draws = _draws(lane.order_delay, workshop, f"order_delay/{name}")
        self._preparation = lane.supplier_time.ticks
        self._preparation_draws = _draws(lane.supplier_time, workshop, f"supplier_time/{name}")
        self._transport = lane.lead_time.ticks
        self._transport_draws = _draws(lane.lead_time, workshop, f"lead_time/{name}")
        self._promise = self._mail + self._preparation + self._transport
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
            arrives = now + delay
            self._clock.at(arrives, self._seller.orders_phase(arrives), self._seller.take, order)
        else:
            self._seller.take(order)

    def ship(self, order: Order, quantity: float) -> None:
        """Send units of an order on their way to the buyer, after the time a supplier takes to prepare them."""
        order.unshipped -= quantity
        if self._preparation:
            preparation = self._preparation if self._preparation_draws is None else next(self._preparation_draws)
            self._clock.at(self._clock.now + preparation, Phases.receive, self.depart, (order, quantity))
        else:
            self.depart((order, quantity))

    def depart(self, load: tuple[Order, float]) -> None:
        """Let units of an order leave for the buyer."""
        now, quantity = self._clock.now, load[1]
        self._buyer.expect(quantity)
        arrives = now + (self._transport if self._transport_draws is None else next(self._transport_draws))
        if not self._crossing:
            arrives = self._latest = max(self._latest, arrives)
        if self._shipments_row is not None:
            self._shipments_row((now, self._seller.index, self.buyer, load[0].number, quantity, arrives))
        self._clock.at(arrives, Phases.receive, self.deliver, load)

    def deliver(self, load: tuple[Order, float]) -> None:
        """Hand units of an order to the buyer."""
        order, quantity = load
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

    def fill(self, start: int) -> None:
        """Put on their way the shipments and orders that were under way when the run began.

        A shipment due later than the transport takes is still being prepared by its supplier, if that takes time.
        """
        buyer, clock = self._buyer, self._clock
        for tick, quantity in buyer.point.shipments_due:
            order = self._old_order(quantity, tick)
            order.unshipped = 0.0
            departs = tick - self._transport
            if self._preparation and departs >= start:
                clock.at(departs, Phases.receive, buyer.expect, quantity)
            else:
                buyer.expect(quantity)
            clock.at(tick, Phases.receive, self.deliver, (order, quantity))
        for tick, quantity in buyer.point.orders_mailed:
            clock.at(tick, self._seller.orders_phase(tick), self._seller.take, self._old_order(quantity, tick))

    def _old_order(self, quantity: float, promised: int) -> Order:
        self._buyer.order(quantity)
        return Order(next(self._numbers), self, quantity, LONG_AGO, promised)
