"""A lane for one product: orders go up by mail, shipments come down by transport."""

from collections.abc import Callable, Iterator
from typing import Protocol

from scmsim.engine.clock import Phases
from scmsim.engine.recorder import Write
from scmsim.flows.information import Order
from scmsim.flows.material import RESIDUE
from scmsim.nodes.stockpoint import StockPoint
from scmsim.nodes.workshop import Workshop
from scmsim.scenario.network import Delay, Lane
from scmsim.ticks import LONG_AGO


class Seller(Protocol):
    """Whoever can be asked for units over a lane."""

    index: float

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
        "_lost",
        "_mail",
        "_mail_draws",
        "_numbers",
        "_orders_row",
        "_promise",
        "_shipments_row",
        "_standard",
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
        self._lost: Callable[[Order, float], None] | None = None
        self._mail = lane.order_delay.ticks
        self._mail_draws = _draws(lane.order_delay, workshop, f"order_delay/{name}")
        self._transport = lane.lead_time.ticks
        self._transport_draws = _draws(lane.lead_time, workshop, f"lead_time/{name}")
        self._promise = self._standard = float(lane.promise(buyer.point.product))
        self._orders_row = recorder.writer("orders")
        self._shipments_row = recorder.writer("shipments") if recorder.reads("shipments") else None
        self._deliveries_row = recorder.writer("deliveries")

    def promises(self, later: int) -> None:
        """Promise orders that are placed from now on so many ticks later than is the standard."""
        self._promise = self._standard + later

    def sells_through(self, wrap: Callable[[Seller], Seller]) -> None:
        """Let somebody stand between the mail and the seller."""
        self._seller = wrap(self._seller)

    def writes_through(
        self,
        orders: Callable[[Write], Write],
        deliveries: Callable[[Write], Write],
        losses: Callable[[Order, float], None],
    ) -> None:
        """Let somebody stand between the lane and its tables of orders and deliveries, and hear of what is lost."""
        self._orders_row = orders(self._orders_row)
        self._deliveries_row = deliveries(self._deliveries_row)
        self._lost = losses

    def lose(self, order: Order, quantity: float) -> None:
        """Give up units of an order that its seller cannot deliver: they never come."""
        order.unshipped -= quantity
        self.forgo(order, quantity)

    def forgo(self, order: Order, quantity: float) -> None:
        """Expect units of an order no longer."""
        order.undelivered -= quantity
        if self._lost is not None:
            self._lost(order, quantity)
        self._buyer.forgo(quantity)
        self._buyer.reconsider()

    def place(self, quantity: float) -> None:
        """Send an order for ``quantity`` units to the seller."""
        clock, buyer = self._clock, self._buyer
        time = clock.time
        order = Order(next(self._numbers), self, quantity, time, time + self._promise)
        buyer.order(quantity)
        self._orders_row((time, self.buyer, order.number, quantity))
        delay = self._mail if self._mail_draws is None else next(self._mail_draws)
        if delay:
            arrives = clock.now + delay
            clock.at(arrives, self._seller.orders_phase(arrives), self._seller.take, order)
        else:
            self._seller.take(order)

    def ship(self, order: Order, quantity: float) -> None:
        """Send units of an order on their way to the buyer."""
        now = self._clock.now
        order.unshipped -= quantity
        self._buyer.expect(quantity)
        arrives = now + self._transport if self._transport_draws is None else self._drawn_arrival(now)
        if self._shipments_row is not None:
            self._shipments_row((now, self._seller.index, self.buyer, order.number, quantity, arrives))
        self._clock.at(arrives, Phases.receive, self.deliver, (order, quantity))

    def _drawn_arrival(self, now: int) -> int:
        """Draw the tick of arrival; where nothing may overtake, it is not before that of what left earlier."""
        arrives: int = now + next(self._transport_draws)  # type: ignore[arg-type]
        if not self._crossing:
            arrives = self._latest = max(self._latest, arrives)
        return arrives

    def deliver(self, load: tuple[Order, float]) -> None:
        """Hand units of an order to the buyer."""
        order, quantity = load
        undelivered = order.undelivered = order.undelivered - quantity
        self._deliveries_row(
            (
                self._clock.time,
                self._seller.index,
                self.buyer,
                order.number,
                order.placed,
                order.promised,
                quantity,
                undelivered < RESIDUE,
            )
        )
        buyer = self._buyer
        buyer.receive(quantity)
        if buyer.waiting:
            buyer.serve_again()

    def fill(self, start: int) -> None:
        """Put on their way the shipments and orders that were under way when the run began."""
        buyer, clock = self._buyer, self._clock
        for tick, quantity in buyer.point.shipments_due:
            order = self._old_order(quantity, tick)
            order.unshipped = 0.0
            self._expect_at_start(tick, quantity, start)
            self._come(tick, (order, quantity), start)
        for tick, quantity in buyer.point.orders_mailed:
            clock.at(tick, self._seller.orders_phase(tick), self._seller.take, self._old_order(quantity, tick))

    def _expect_at_start(self, _arrives: int, quantity: float, _start: int) -> None:
        self._buyer.expect(quantity)

    def _come(self, tick: int, load: tuple[Order, float], _start: int) -> None:
        """Book the arrival of what is under way at the start."""
        self._clock.at(tick, Phases.receive, self.deliver, load)

    def _old_order(self, quantity: float, promised: int) -> Order:
        self._buyer.order(quantity)
        return Order(next(self._numbers), self, quantity, LONG_AGO, promised)


class SupplierLaneProcess(LaneProcess):
    """A lane from a supplier that takes time before it ships."""

    __slots__ = ("_preparation", "_preparation_draws")

    def __init__(self, lane: Lane, buyer: StockPoint, seller: Seller, workshop: Workshop) -> None:
        super().__init__(lane, buyer, seller, workshop)
        name = f"{lane.origin}->{lane.destination}/{buyer.point.product}"
        self._preparation = lane.supplier_time.ticks
        self._preparation_draws = _draws(lane.supplier_time, workshop, f"supplier_time/{name}")

    def ship(self, order: Order, quantity: float) -> None:
        """Begin to prepare units of an order."""
        preparation = self._preparation if self._preparation_draws is None else next(self._preparation_draws)
        self._clock.at(self._clock.now + preparation, Phases.receive, self._depart, (order, quantity))

    def _depart(self, load: tuple[Order, float]) -> None:
        super().ship(*load)

    def _expect_at_start(self, arrives: int, quantity: float, start: int) -> None:
        """Count a shipment as in transit from the start, or from its departure if that is still to come."""
        departs = arrives - self._transport
        if departs >= start:
            self._clock.at(departs, Phases.receive, self._buyer.expect, quantity)
        else:
            self._buyer.expect(quantity)
