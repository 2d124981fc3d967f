"""One stock in money: what its units are worth, and on which terms they come and go."""

from scmsim.flows.money import MovingAverage
from scmsim.nodes.books_journal import Book
from scmsim.nodes.books_trade import Contract
from scmsim.scenario.network import Point

END_CUSTOMERS = -1


class Item:
    """One stock in money.

    Attributes
    ----------
    book : Book
        Of its node.
    worth : MovingAverage
        What its units are worth.
    supplier : Item or None
        The stock its units come from over a lane; None if they are made, or an unlimited supplier's.
    supplier_node : int
        The node they come from.
    purchase : Contract or None
        What they cost; None where the lane has no price.
    sale : Contract or None
        What end customers pay.
    duty : float
        Rate on the value of what is received.
    """

    __slots__ = ("book", "duty", "point", "purchase", "sale", "supplier", "supplier_node", "worth")

    def __init__(self, point: Point, book: Book, worth: MovingAverage) -> None:
        self.point = point
        self.book = book
        self.worth = worth
        self.supplier: Item | None = None
        self.supplier_node = book.index
        self.purchase: Contract | None = None
        self.sale: Contract | None = None
        self.duty = 0.0
