"""Cancellations: what a buyer has waited for too long, it does not want any more."""

from typing import Any

from scmsim.engine.clock import Phases
from scmsim.flows.events import CODES as EVENTS
from scmsim.flows.information import CODES as MESSAGES
from scmsim.flows.information import Order
from scmsim.flows.material import RESIDUE
from scmsim.nodes.clerks import OrderDesk
from scmsim.nodes.delays import Delays
from scmsim.nodes.lane import LaneProcess, Seller
from scmsim.nodes.ruled_stock import RuledStock
from scmsim.nodes.workshop import Workshop
from scmsim.scenario.network import Lane
from scmsim.ticks import LONG_AGO

CONFIRMED, CANCELLATION = EVENTS["cancellation_confirmed"], MESSAGES["cancellation"]


class CancellingBuyer:
    """Stands between the mail and the seller, and cancels what is not received so long after it was ordered.

    The cancellation takes as long as an order, its confirmation as long as any. What is shipped before it comes is
    shipped; until the confirmation is back, the rest counts as on order.

    Parameters
    ----------
    lane : Lane
        What the scenario says of it.
    process : LaneProcess
        The lane of the buyer.
    seller : Seller
        Who enters the orders.
    stock : RuledStock
        The seller's stock.
    workshop : Workshop
        The means of the run.
    """

    __slots__ = (
        "_after",
        "_answers",
        "_clock",
        "_events_row",
        "_mail",
        "_messages_row",
        "_process",
        "_seller",
        "_stock",
        "_turn",
        "index",
    )

    def __init__(
        self, lane: Lane, process: LaneProcess, seller: Seller, stock: RuledStock, level: int, workshop: Workshop
    ) -> None:
        name = f"{lane.origin}->{lane.destination}/{stock.point.product}"
        self.index = seller.index
        self._process = process
        self._seller = seller
        self._stock = stock
        self._clock = workshop.clock
        self._turn = workshop.phases.turn(level)
        self._after = lane.cancel_after or 0
        self._mail = Delays(lane.order_delay, workshop, f"cancellation/{name}")
        self._answers = Delays(lane.messages.confirmation, workshop, f"cancellation_confirmed/{name}")
        self._events_row = workshop.recorder.writer("events")
        self._messages_row = workshop.recorder.writer("messages")

    def orders_phase(self, tick: int) -> int:
        """Return the phase in which orders in the mail that arrive at a tick are entered."""
        return self._seller.orders_phase(tick)

    def take(self, order: Order) -> None:
        """Enter an order that has just arrived, and note when it will be cancelled."""
        self._seller.take(order)
        if order.placed != LONG_AGO and order.quantity > 0:
            due = max(self._clock.now, int(order.placed) + self._after)
            self._clock.at(due, self._turn, self._send, order)

    def _send(self, order: Order) -> None:
        """Send a cancellation unless everything has been received."""
        if order.undelivered <= RESIDUE:
            return
        now, buyer = self._clock.now, self._process.buyer
        arrives = now + self._mail.next()
        self._messages_row((now, CANCELLATION, buyer, self.index, order.number, order.undelivered, arrives))
        self._clock.at(arrives, self._seller.orders_phase(arrives), self._arrive, order)

    def _arrive(self, order: Order) -> None:
        seller: Any = self._seller
        if isinstance(seller, OrderDesk):
            seller.hand_in(self._call_off, order)
        else:
            self._call_off(order)

    def _call_off(self, order: Order) -> None:
        self._stock.call_off(order, self._confirm)

    def _confirm(self, order: Order, units: float) -> None:
        """Send the confirmation of what has been taken out of the queue."""
        now, buyer = self._clock.now, self._process.buyer
        arrives = now + self._answers.next()
        self._messages_row((now, CANCELLATION, self.index, buyer, order.number, units, arrives))
        self._clock.at(arrives, Phases.receive, self._close, (order, units))

    def _close(self, closed: tuple[Order, float]) -> None:
        """Expect these units no longer."""
        order, units = closed
        self._events_row((self._clock.time, CONFIRMED, self._process.buyer, self.index, order.number, units, 0.0))
        self._process.forgo(order, units)


def cancels(lane: Lane, process: LaneProcess, seller: Any, level: int, workshop: Workshop) -> None:
    """Have the buyer of a lane cancel what comes too late, where it does."""
    if lane.cancel_after is not None and isinstance(seller, RuledStock):
        process.sells_through(lambda enters: CancellingBuyer(lane, process, enters, seller, level, workshop))
