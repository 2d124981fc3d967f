"""Orders: the one message every flow hangs on."""

from typing import Any, Protocol


class Route(Protocol):
    """The way by which what is ordered leaves its seller.

    Attributes
    ----------
    buyer : int
        The buyer's point; -1 for end customers.
    waits : bool
        Whether the buyer waits for what cannot be shipped at once.
    """

    buyer: int
    waits: bool

    def ship(self, order: "Order", quantity: float) -> None:
        """Send units of an order, which have left the stock, on their way."""


class Order:
    """An order for one product.

    Parameters
    ----------
    number : int
        Unique in its run.
    route : Route
        How it is shipped.
    quantity : float
        Units ordered.
    placed, promised : int
        Ticks: when it was placed, and when its last unit is due.

    Attributes
    ----------
    entered : int
        Tick at which it reached its seller.
    unshipped, undelivered : float
        Units not shipped; not delivered. What a buyer who does not wait could not get stays unshipped.
    """

    __slots__ = ("entered", "number", "placed", "promised", "quantity", "route", "undelivered", "unshipped")

    entered: int

    def __init__(self, number: int, route: Any, quantity: float, placed: int, promised: int) -> None:
        self.number = number
        self.route = route
        self.quantity = quantity
        self.placed = placed
        self.promised = promised
        self.unshipped = quantity
        self.undelivered = quantity

    def __repr__(self) -> str:
        return f"Order({self.number}, {self.quantity:g} placed at {self.placed}, {self.undelivered:g} to come)"
