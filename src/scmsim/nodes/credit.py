"""Credit: orders by which a buyer would owe its seller too much wait at the seller."""

from collections import deque

from scmsim.flows.events import CODES
from scmsim.flows.information import Order
from scmsim.nodes.books import Books
from scmsim.nodes.lane import Seller
from scmsim.nodes.workshop import Workshop

HELD, RELEASED = CODES["held"], CODES["released"]
_SLACK = 1e-9


class CreditDesk:
    """Looks at every order that reaches the seller of one lane, and lets it in when there is room for it.

    Parameters
    ----------
    lane : int
        The number of the lane.
    limit : float
        The most that the buyer may owe, entered orders included.
    books : Books
        Where that is known.
    workshop : Workshop
        The means of the run.

    Attributes
    ----------
    held : deque of (Seller, Order)
        What waits, in the order in which it came.
    """

    __slots__ = ("_books", "_clock", "_events_row", "_lane", "_limit", "held")

    def __init__(self, lane: int, limit: float, books: Books, workshop: Workshop) -> None:
        self._lane = lane
        self._limit = limit + _SLACK * limit
        self._books = books
        self._clock = workshop.clock
        self._events_row = workshop.recorder.writer("events")
        self.held: deque[tuple[Seller, Order]] = deque()

    def look_at(self, seller: Seller, order: Order) -> None:
        """Enter an order, or hold it."""
        if order.quantity > 0 and (self.held or not self._has_room_for(seller, order)):
            self.held.append((seller, order))
            self._note(HELD, seller, order)
        else:
            self._count(seller, order)
            seller.take(order)

    def release(self, _argument: object = None) -> None:
        """Enter what waits, first come first, as long as there is room."""
        clock = self._clock
        while self.held and self._has_room_for(*self.held[0]):
            seller, order = self.held.popleft()
            self._note(RELEASED, seller, order)
            self._count(seller, order)
            clock.at(clock.now, seller.orders_phase(clock.now), seller.take, order)

    def release_soon(self, _row: tuple[float, ...] | None = None) -> None:
        """Look again when what is being done now is done."""
        if self.held:
            self._clock.at(self._clock.now, self._clock.phase, self.release)

    def _has_room_for(self, seller: Seller, order: Order) -> bool:
        return self._books.exposure(self._lane) + self._value(seller, order) <= self._limit

    def _value(self, seller: Seller, order: Order) -> float:
        return self._books.order_value(order.number, order.route.buyer, order.quantity, int(seller.index))

    def _note(self, kind: float, seller: Seller, order: Order) -> None:
        """Write down what becomes of an order."""
        buyer, value = order.route.buyer, self._value(seller, order)
        self._events_row((self._clock.time, kind, seller.index, buyer, order.number, order.quantity, value))

    def _count(self, seller: Seller, order: Order) -> None:
        self._books.enter(order.number, order.route.buyer, order.quantity, int(seller.index))


class CreditWindow:
    """The seller that a lane of a buyer with a credit limit knows.

    Parameters
    ----------
    seller : Seller
        Who sells.
    desk : CreditDesk
        Who decides whether an order may be entered.
    """

    __slots__ = ("_desk", "_seller", "index")

    def __init__(self, seller: Seller, desk: CreditDesk) -> None:
        self.index = seller.index
        self._seller = seller
        self._desk = desk

    def orders_phase(self, tick: int) -> int:
        """Return the phase in which orders in the mail that arrive at a tick are entered."""
        return self._seller.orders_phase(tick)

    def take(self, order: Order) -> None:
        """Have an order looked at that has just arrived."""
        self._desk.look_at(self._seller, order)
