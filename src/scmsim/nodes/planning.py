"""What a stock that plans ahead knows of its own open orders: when each is due, and how much of it is still to come."""

from collections.abc import Mapping

from scmsim.engine.recorder import Row
from scmsim.flows.events import CODES as EVENTS
from scmsim.flows.material import RESIDUE
from scmsim.nodes.sharing import InformedStock
from scmsim.nodes.workshop import Workshop
from scmsim.policies.view import Told
from scmsim.scenario.network import FromProduction, Network, Point
from scmsim.ticks import TICKS

RECEIPTS = "receipts"
"""What such a stock's policy says that it needs."""
SOURCED, PROMISED, DESTROYED = (EVENTS[kind] for kind in ("sourced", "promised", "destroyed"))
LOST = tuple(EVENTS[kind] for kind in ("yield_loss", "cancellation_confirmed", "production_scrap"))
"""What never comes."""


def plans_ahead(point: Point) -> bool:
    """Tell whether a stock's decisions need to know when its orders are due."""
    return point.policy is not None and RECEIPTS in point.policy.needs()


class OrderBook:
    """The open orders of one stock.

    Parameters
    ----------
    promises : mapping of float to float
        Ticks from an order to the date for which it is promised, by the point of the seller; one's own for production.
    under_way : list of (float, float)
        What is on order at the start: the ticks at which it is due, and the units.

    Examples
    --------
    >>> book = OrderBook(promises={0: 2 * TICKS}, under_way=[(TICKS, 60.0)])
    >>> book.placed(1.0, 20.0, now=0)
    >>> book.due(0)
    ((1.0, 60.0), (2.0, 20.0))
    >>> book.settled(1.0, 15.0)
    >>> book.due(TICKS)
    ((0.0, 60.0), (1.0, 5.0))
    """

    __slots__ = ("_open", "_promise", "_promises", "_under_way")

    def __init__(self, promises: Mapping[float, float], under_way: list[tuple[float, float]]) -> None:
        self._promises = promises
        self._promise = next(iter(promises.values()), 0.0)
        self._under_way = [[due, quantity] for due, quantity in sorted(under_way)]
        self._open: dict[float, list[float]] = {}

    def goes_to(self, seller: float) -> None:
        """Learn who gets the order that is placed next."""
        self._promise = self._promises[seller]

    def due_in(self, ticks: float) -> None:
        """Learn that the order that is placed next is promised for another date than the standard."""
        self._promise = ticks

    def placed(self, number: float, quantity: float, now: float) -> None:
        """Enter an order."""
        self._open[number] = [now + self._promise, quantity]

    def settled(self, number: float, quantity: float) -> None:
        """Cross off units of an order that have come, or never will; of old orders, in the order of their dates."""
        if number in self._open:
            entry = self._open[number]
            entry[1] -= quantity
            if abs(entry[1]) < RESIDUE:
                del self._open[number]
        elif self._under_way:
            first = self._under_way[0]
            first[1] -= quantity
            if first[1] < RESIDUE:
                self._under_way.pop(0)

    def due(self, now: float) -> tuple[tuple[float, float], ...]:
        """Return in how many periods each open order is due (below 0: late), and the units still to come."""
        entries = (*self._under_way, *self._open.values())
        return tuple(((due - now) / TICKS, quantity) for due, quantity in entries)


class PlanningStock(InformedStock):
    """A stock that knows when its orders are due."""

    __slots__ = ("book",)

    book: OrderBook

    def told(self) -> Told:
        """Return what the stock knows from others, and from its own book of orders."""
        return super().told()._replace(receipts=self.book.due(self._clock.time))


class Buyers:
    """Keeps the order books of all stocks that plan ahead; made before whoever writes the tables that it reads.

    Parameters
    ----------
    network : Network
    workshop : Workshop
    """

    def __init__(self, network: Network, workshop: Workshop) -> None:
        self._books = {point.index: _book(network, point) for point in network.points if plans_ahead(point)}
        if self._books:
            workshop.recorder.subscribe("orders", self._placed)
            workshop.recorder.subscribe("deliveries", self._delivered)
            workshop.recorder.subscribe("events", self._happened)

    def hand_out(self, stocks: Mapping[int, object]) -> None:
        """Give every stock that plans ahead its book."""
        for index, book in self._books.items():
            stock = stocks[index]
            if isinstance(stock, PlanningStock):
                stock.book = book

    def _placed(self, row: Row) -> None:
        now, buyer, number, quantity = row[:4]
        book = self._books.get(int(buyer))
        if book is not None:
            book.placed(number, quantity, now)

    def _delivered(self, row: Row) -> None:
        _, _, buyer, number, _, _, quantity = row[:7]
        book = self._books.get(int(buyer))
        if book is not None:
            book.settled(number, quantity)

    def _happened(self, row: Row) -> None:
        now, kind, point, partner, number, quantity, value = row
        if kind not in (SOURCED, PROMISED, *LOST) and (kind != DESTROYED or partner < 0):
            return
        book = self._books.get(int(point))
        if book is None:
            return
        if kind == SOURCED:
            book.goes_to(partner)
        elif kind == PROMISED:
            book.due_in(value * TICKS - now)
        else:
            book.settled(number, quantity)


def _book(network: Network, point: Point) -> OrderBook:
    """Return a stock's book at the start: an order in the mail is due when it has been shipped and has come."""
    source = point.source
    if isinstance(source, FromProduction):
        return OrderBook({point.index: source.lead_time.ticks}, list(point.shipments_due))
    ways = [(way.supplier, network.lanes[way.lane]) for way in point.ways]
    promises = {float(supplier): float(lane.promise(point.product)) for supplier, lane in ways}
    first = next((lane.promise(point.product) - lane.order_delay.ticks for _, lane in ways), 0.0)
    return OrderBook(promises, [*point.shipments_due, *((tick + first, units) for tick, units in point.orders_mailed)])
