"""The state of one stock, and the ways it may change.

Units are conserved by construction: every method is one fact, and moves one quantity between the accounts it concerns.
"""

from typing import Any

RESIDUE = 1e-9
"""Quantities closer to zero than this are rounding, not units."""
DEFICIT = -RESIDUE


class StockState:
    """What a stock holds, owes and expects, in units.

    Parameters
    ----------
    changed : list
        Where the stock puts itself at its first change since `is_changed` was cleared.

    Attributes
    ----------
    on_hand : float
        Units that lie there and are free.
    reserved : float
        Units that lie there too, set aside for a kit that is not complete yet. They count as on hand and as
        backordered in what is recorded, so they change no net stock.
    seized : float
        The part of what is set aside that nobody asked for: the stock of a node that has stopped trading.
    backorders : float
        Units asked for and not shipped, set aside or lost.
    on_order : float
        Units ordered and not yet received.
    in_transit : float
        The part of them that has been shipped or is being made.
    is_changed : bool
        Whether the stock has put itself among what has changed; whoever reads that list clears it.

    Examples
    --------
    >>> stock = StockState([])
    >>> stock.on_hand = 10.0
    >>> stock.ask(12.0)
    >>> stock.release(10.0)
    >>> stock.net_stock
    -2.0
    """

    __slots__ = ("_changed", "backorders", "in_transit", "is_changed", "on_hand", "on_order", "reserved", "seized")

    def __init__(self, changed: list[Any]) -> None:
        self.on_hand = 0.0
        self.reserved = 0.0
        self.seized = 0.0
        self.backorders = 0.0
        self.on_order = 0.0
        self.in_transit = 0.0
        self._changed = changed
        self.is_changed = False

    @property
    def net_stock(self) -> float:
        """On hand minus backorders."""
        return self.on_hand - self.backorders

    @property
    def position(self) -> float:
        """Inventory position: net stock plus on order."""
        return self.on_hand - self.backorders + self.on_order

    def ask(self, quantity: float) -> None:
        """Units are asked for."""
        if not self.is_changed:
            self.change()
        self.backorders += quantity

    def serve_at_once(self, quantity: float) -> None:
        """Units are asked for and leave, or are set aside, at once."""
        if not self.is_changed:
            self.change()
        on_hand = self.on_hand - quantity
        self.on_hand = on_hand if on_hand > RESIDUE or on_hand < DEFICIT else 0.0

    def release(self, quantity: float) -> None:
        """Units leave for whoever asked for them, or are set aside."""
        if not self.is_changed:
            self.change()
        on_hand = self.on_hand - quantity
        backorders = self.backorders - quantity
        self.on_hand = on_hand if on_hand > RESIDUE or on_hand < DEFICIT else 0.0
        self.backorders = backorders if backorders > RESIDUE or backorders < DEFICIT else 0.0

    def lose(self, quantity: float) -> None:
        """Units asked for are given up."""
        backorders = self.backorders - quantity
        self.backorders = backorders if backorders > RESIDUE or backorders < DEFICIT else 0.0

    def reserve(self, quantity: float) -> None:
        """Units that were released are set aside for a kit."""
        self.reserved += quantity

    def seize(self, quantity: float) -> None:
        """Units that are free are set aside for good."""
        self.serve_at_once(quantity)
        self.reserve(quantity)
        self.seized += quantity

    def consume(self, quantity: float) -> None:
        """Units that were set aside go into production."""
        if not self.is_changed:
            self.change()
        reserved = self.reserved - quantity
        self.reserved = reserved if reserved > RESIDUE or reserved < DEFICIT else 0.0

    def unreserve(self, quantity: float) -> None:
        """Units that were set aside are free again."""
        self.consume(quantity)
        self.on_hand += quantity

    def order(self, quantity: float) -> None:
        """Units are ordered."""
        if not self.is_changed:
            self.change()
        self.on_order += quantity

    def expect(self, quantity: float) -> None:
        """Units on order are on their way."""
        if not self.is_changed:
            self.change()
        self.in_transit += quantity

    def receive(self, quantity: float) -> None:
        """Units arrive."""
        if not self.is_changed:
            self.change()
        self.on_hand += quantity
        on_order = self.on_order - quantity
        in_transit = self.in_transit - quantity
        self.on_order = on_order if on_order > RESIDUE or on_order < DEFICIT else 0.0
        self.in_transit = in_transit if in_transit > RESIDUE or in_transit < DEFICIT else 0.0

    def forgo(self, quantity: float) -> None:
        """Units on order will never come."""
        if not self.is_changed:
            self.change()
        on_order = self.on_order - quantity
        self.on_order = on_order if on_order > RESIDUE or on_order < DEFICIT else 0.0

    def waste(self, quantity: float) -> None:
        """Units that are being made are thrown away, and will never come."""
        self.forgo(quantity)
        self.miss(quantity)

    def miss(self, quantity: float) -> None:
        """Units on their way are on it no more, and will never come; `forgo` says that they are not on order."""
        if not self.is_changed:
            self.change()
        in_transit = self.in_transit - quantity
        self.in_transit = in_transit if in_transit > RESIDUE or in_transit < DEFICIT else 0.0

    def put_back(self, quantity: float) -> None:
        """Units come that were not on order: a customer sends them back."""
        if not self.is_changed:
            self.change()
        self.on_hand += quantity

    def spoil(self, quantity: float) -> None:
        """Units that are free are of no use any more, and go."""
        self.put_back(-quantity)
        if DEFICIT < self.on_hand < RESIDUE:
            self.on_hand = 0.0

    def change(self) -> None:
        """Put the stock among what has changed, if it is not there yet."""
        if not self.is_changed:
            self.is_changed = True
            self._changed.append(self)
