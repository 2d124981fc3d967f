"""Orders, the one message every flow hangs on; the kinds of messages; and what a seller knows of its customers."""

from typing import Any, Protocol

KINDS = (
    "order",
    "confirmation",
    "shipping_notice",
    "delivery_receipt",
    "invoice",
    "remittance",
    "forecast",
    "point_of_sale",
    "stock",
    "pipeline",
    "quotation_requested",
    "quotation",
    "cancellation",
)
"""Every kind of message between nodes, in the order of the codes that stand for them in tables of facts."""
CODES = {kind: code for code, kind in enumerate(KINDS)}
"""The code of each kind."""


class Route(Protocol):
    """The way by which what is ordered leaves its seller.

    Attributes
    ----------
    buyer : float
        The buyer's point; -1 for end customers.
    waits : bool
        Whether the buyer waits for what cannot be shipped at once.
    """

    buyer: float
    waits: bool

    def ship(self, order: "Order", quantity: float) -> None:
        """Send units of an order, which have left the stock, on their way."""


class Order:
    """An order for one product.

    Parameters
    ----------
    number : float
        Whole, and unique in its run.
    route : Route
        How it is shipped.
    quantity : float
        Units ordered.
    placed, promised : float
        Ticks: when it was placed, and when its last unit is due.

    Attributes
    ----------
    entered : float
        Tick at which it reached its seller.
    unshipped, undelivered : float
        Units not shipped; not delivered. What a buyer who does not wait could not get stays unshipped.
    """

    __slots__ = ("entered", "number", "placed", "promised", "quantity", "route", "undelivered", "unshipped")

    entered: float

    def __init__(self, number: float, route: Any, quantity: float, placed: float, promised: float) -> None:
        self.number = number
        self.route = route
        self.quantity = quantity
        self.placed = placed
        self.promised = promised
        self.unshipped = quantity
        self.undelivered = quantity

    def __repr__(self) -> str:
        return f"Order({self.number}, {self.quantity:g} placed at {self.placed}, {self.undelivered:g} to come)"


class CustomerStock:
    """What a seller knows of one stock that it feeds: what it has entered for it itself, and what it has been told.

    Before the first report the state at the start is known.

    Parameters
    ----------
    tells_stock, tells_receipts : bool
        Whether its stock, and what it has received, are reported at all.

    Attributes
    ----------
    entered : float
        Units of its orders that have been entered, those included that were on their way at the start.
    received : float
        Units that it has received, as last told.
    net_stock : float
        Units on hand minus units backordered there, as last told.
    echelon : float
        The same with everything below it that it knows of, as last told.
    forecast : float
        Units per period that it expects to be asked for, as last told.
    sold : float
        Units asked for by end customers there and below, as told up to now.
    sales_until : int or None
        Tick until which these are known; None where sales are not told.

    Examples
    --------
    >>> shop = CustomerStock(tells_stock=True, tells_receipts=True)
    >>> shop.entered, shop.received = 30.0, 20.0
    >>> shop.on_its_way
    10.0
    """

    __slots__ = (
        "echelon",
        "entered",
        "forecast",
        "net_stock",
        "received",
        "sales_until",
        "sold",
        "tells_receipts",
        "tells_stock",
    )

    def __init__(self, *, tells_stock: bool, tells_receipts: bool) -> None:
        self.tells_stock = tells_stock
        self.tells_receipts = tells_receipts
        self.entered = 0.0
        self.received = 0.0
        self.net_stock = 0.0
        self.echelon = 0.0
        self.forecast = 0.0
        self.sold = 0.0
        self.sales_until: int | None = None

    @property
    def on_its_way(self) -> float:
        """Units entered for it and not known to be received."""
        return self.entered - self.received
