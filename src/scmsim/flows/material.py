"""The state of one stock, and the ways it may change.

Units are conserved by construction: every method is one fact, and moves one quantity between the accounts it concerns.
"""

RESIDUE = 1e-9
"""Quantities closer to zero than this are rounding, not units."""


class StockState:
    """What a stock holds, owes and expects, in units.

    Parameters
    ----------
    on_hand : float
        What lies there at the start.

    Attributes
    ----------
    on_hand : float
        Units that lie there, the reserved ones included.
    reserved : float
        Units on hand that are promised to an incomplete kit.
    backorders : float
        Units asked for and neither shipped nor lost.
    on_order : float
        Units ordered and not yet received.
    in_transit : float
        The part of them that has been shipped or is being made.

    Examples
    --------
    >>> stock = StockState(10.0)
    >>> stock.ask(12.0)
    >>> stock.release(10.0)
    >>> stock.net_stock
    -2.0
    """

    __slots__ = ("backorders", "in_transit", "on_hand", "on_order", "reserved")

    def __init__(self, on_hand: float = 0.0) -> None:
        self.on_hand = on_hand
        self.reserved = 0.0
        self.backorders = 0.0
        self.on_order = 0.0
        self.in_transit = 0.0

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
        self.backorders += quantity

    def release(self, quantity: float) -> None:
        """Units leave for whoever asked for them."""
        on_hand = self.on_hand - quantity
        backorders = self.backorders - quantity
        self.on_hand = 0.0 if -RESIDUE < on_hand < RESIDUE else on_hand
        self.backorders = 0.0 if -RESIDUE < backorders < RESIDUE else backorders

    def lose(self, quantity: float) -> None:
        """Units asked for are given up."""
        backorders = self.backorders - quantity
        self.backorders = 0.0 if -RESIDUE < backorders < RESIDUE else backorders

    def reserve(self, quantity: float) -> None:
        """Units on hand are set aside for a kit."""
        self.reserved += quantity

    def consume(self, quantity: float) -> None:
        """Reserved units go into production."""
        self.reserved -= quantity
        self.release(quantity)

    def order(self, quantity: float) -> None:
        """Units are ordered."""
        self.on_order += quantity

    def expect(self, quantity: float) -> None:
        """Units on order are on their way."""
        self.in_transit += quantity

    def receive(self, quantity: float) -> None:
        """Units arrive."""
        self.on_hand += quantity
        on_order = self.on_order - quantity
        in_transit = self.in_transit - quantity
        self.on_order = 0.0 if -RESIDUE < on_order < RESIDUE else on_order
        self.in_transit = 0.0 if -RESIDUE < in_transit < RESIDUE else in_transit
