"""Credit: orders by which a buyer would owe its seller too much wait at the seller."""

from collections import deque

from scmsim.flows.information import Order
from scmsim.nodes.books import Books
from scmsim.nodes.lane import Seller
from scmsim.nodes.workshop import Workshop

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

    __slots__ = ("_books", "_clock", "_lane", "_limit", "held")

    def __init__(self, lane: int, limit: float, books: Books, workshop: Workshop) -> None:
        self._lane = lane
        self._limit = limit + _SLACK * limit
        self._books = books
        self._clock = workshop.clock
        self.held: deque[tuple[Seller, Order]] = deque()

    def look_at(self, seller: Seller, order: Order) -> None:
        """Enter an order, or hold it."""
        if order.quantity > 0 and (self.held or not self._has_room_for(order)):
            self.held.append((seller, order))
        else:
            self._count(order)
            seller.take(order)

    def release(self, _argument: object = None) -> None:
        """Enter what waits, first come first, as long as there is room."""
        clock = self._clock
        while self.held and self._has_room_for(self.held[0][1]):
            seller, order = self.held.popleft()
            self._count(order)
            clock.at(clock.now, seller.orders_phase(clock.now), seller.take, order)

    def release_soon(self, _row: tuple[float, ...] | None = None) -> None:
        """Look again when what is being done now is done."""
        if self.held:
            self._clock.at(self._clock.now, self._clock.phase, self.release)

    def _has_room_for(self, order: Order) -> bool:
        value = self._books.order_value(order.number, order.route.buyer, order.quantity)
        return self._books.exposure(self._lane) + value <= self._limit

    def _count(self, order: Order) -> None:
        self._books.enter(order.number, order.route.buyer, order.quantity)


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
