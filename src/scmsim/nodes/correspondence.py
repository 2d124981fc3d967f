"""The messages that go with an order, written down from the facts they tell of. Used only where messages are read."""

from typing import NamedTuple

from scmsim.engine.recorder import Row
from scmsim.flows.events import CODES as EVENTS
from scmsim.flows.information import CODES
from scmsim.nodes.delays import Delays
from scmsim.nodes.downstream import CUSTOMERS
from scmsim.nodes.workshop import Workshop
from scmsim.scenario.network import Delay, FromLane, Network, Point
from scmsim.ticks import TICKS

SOURCED, PROMISED = EVENTS["sourced"], EVENTS["promised"]


class _Line(NamedTuple):
    """What is known of the lane into a stock: its far end, the mean time to delivery, and how its orders travel."""

    seller: int
    promise: int
    orders: Delays
    confirmations: Delays
    notices: Delays
    receipts: Delays
    has_clerks: bool
    is_managed: bool


class Correspondence:
    """Writes a row of messages for every order, confirmation, shipping notice and delivery receipt.

    It reads the facts of orders, demand, shipments and deliveries, and draws the delays of orders from the same stream
    as the lanes do. An order that waits for a clerk is written when it is entered. What was under way at the start has
    no messages before it is shipped or received.

    Parameters
    ----------
    network : Network
        What is run.
    workshop : Workshop
        The means of the run; its recorder must not have handed out writers yet.
    """

    def __init__(self, network: Network, workshop: Workshop) -> None:
        self._lines: dict[tuple[float, float], _Line] = {
            (way.supplier, point.index): _line(network, point, way, workshop)
            for point in network.points
            for way in point.ways
        }
        self._sellers: dict[float, int] = {
            point.index: point.ways[0].supplier for point in network.points if len(point.ways) == 1
        }
        self._chosen: dict[float, float] = {}
        self._dates: dict[float, float] = {}
        self._placed: dict[float, tuple[float, float]] = {}
        recorder = workshop.recorder
        self._row = recorder.writer("messages")
        if network.has_choices:
            recorder.subscribe("events", self._sourced)
        recorder.subscribe("orders", self._ordered)
        recorder.subscribe("demand", self._entered)
        recorder.subscribe("shipments", self._shipped)
        recorder.subscribe("deliveries", self._delivered)

    def _sourced(self, row: Row) -> None:
        """Remember who gets an order that is placed next, and the date that was quoted for it."""
        if row[1] == SOURCED:
            self._chosen[row[4]] = row[3]
        elif row[1] == PROMISED:
            self._dates[row[4]] = row[6] * TICKS

    def _ordered(self, row: Row) -> None:
        now, buyer, number, quantity = row
        seller = self._chosen.pop(number) if number in self._chosen else self._sellers.get(buyer)
        if seller is None:
            return
        line = self._lines[seller, buyer]
        self._placed[number] = now, self._dates.pop(number, now + line.promise)
        if not line.has_clerks and not line.is_managed:
            self._row((now, CODES["order"], buyer, line.seller, number, quantity, now + line.orders.next()))

    def _entered(self, row: Row) -> None:
        now, seller, buyer, number, quantity = row[:5]
        if buyer == CUSTOMERS:
            self._row((now, CODES["order"], buyer, seller, number, quantity, now))
            return
        placed = self._placed.pop(number, None)
        if placed is None:
            return
        line = self._lines[seller, buyer]
        sent, promised = placed
        if line.has_clerks:
            self._row((sent, CODES["order"], buyer, seller, number, quantity, now))
        told = promised / TICKS
        self._row((now, CODES["confirmation"], seller, buyer, number, told, now + line.confirmations.next()))

    def _shipped(self, row: Row) -> None:
        now, seller, buyer, number, quantity = row[:5]
        delay = self._lines[seller, buyer].notices.next()
        self._row((now, CODES["shipping_notice"], seller, buyer, number, quantity, now + delay))

    def _delivered(self, row: Row) -> None:
        now, seller, buyer, number, _, _, quantity, _ = row
        line = self._lines.get((seller, buyer))
        if line is not None:
            received = now + line.receipts.next()
            self._row((now, CODES["delivery_receipt"], buyer, seller, number, quantity, received))


def _line(network: Network, point: Point, source: FromLane, workshop: Workshop) -> _Line:
    lane = network.lanes[source.lane]
    name = f"{lane.origin}->{lane.destination}/{point.product}"
    managed = point.is_managed
    have_clerks = {name for name, node in network.nodes.items() if node.order_clerks is not None}
    mail = Delay(0) if managed else lane.order_delay
    return _Line(
        seller=source.supplier,
        promise=lane.promise(point.product) - lane.order_delay.ticks + mail.ticks,
        orders=Delays(mail, workshop, f"order_delay/{name}"),
        confirmations=Delays(lane.messages.confirmation, workshop, f"confirmation/{name}"),
        notices=Delays(lane.messages.shipping_notice, workshop, f"shipping_notice/{name}"),
        receipts=Delays(lane.messages.delivery_receipt, workshop, f"delivery_receipt/{name}"),
        has_clerks=lane.origin in have_clerks and not managed,
        is_managed=managed,
    )
