"""Who buys from whom, on which terms, and how much of it is still to be paid."""

from collections.abc import Callable

from scmsim.nodes.books_journal import Book
from scmsim.nodes.workshop import Workshop
from scmsim.scenario.network import Delay, Messages, Terms

Ends = tuple[int, int]
"""The points of a seller and of a buyer, -1 for end customers."""

NOBODY: Ends = (-1, -1)


class Relation:
    """One buyer of one seller: the two ends of a lane, or a stock and its end customers.

    Parameters
    ----------
    name : str
        What its random streams are named after.
    seller : tuple of (int, Book or None)
        Node and book; None for an unlimited supplier, which keeps no books.
    buyer : tuple of (int, Book or None)
        Node and book; (-1, None) for end customers.
    terms : Terms
        When and how an invoice is paid.
    messages : Messages
        The delays of invoices and payments.
    workshop : Workshop
        The means of the run.

    Attributes
    ----------
    is_plain : bool
        Whether what is paid is what is invoiced, whenever that is: no discount, no fee.
    is_monthly : bool
        Whether there is one invoice a month for all goods.
    is_limited : bool
        Whether the seller limits what the buyer may owe.
    fixed_durations : tuple of int or None
        The time until an invoice is due, how late it is paid, and how long it is on its way, in ticks; None where any
        of it is drawn.
    durations : callable
        Gives them for the next invoice.
    remittance : callable
        Gives the time that the next payment is on its way, in ticks.
    owed : float
        Value shipped and not paid.
    entered : float
        Value of the orders that the seller has entered and not shipped.
    ends : tuple of (int, int)
        The points that stand for both where nothing is said of a product.
    uninvoiced : float
        What the next collective invoice will say.
    """

    __slots__ = (
        "buyer",
        "buyer_index",
        "durations",
        "ends",
        "entered",
        "fixed_durations",
        "is_limited",
        "is_monthly",
        "is_plain",
        "owed",
        "remittance",
        "seller",
        "seller_index",
        "terms",
        "uninvoiced",
    )

    def __init__(
        self,
        name: str,
        seller: tuple[int, Book | None],
        buyer: tuple[int, Book | None],
        terms: Terms,
        messages: Messages,
        workshop: Workshop,
    ) -> None:
        self.seller_index, self.seller = seller
        self.buyer_index, self.buyer = buyer
        self.terms = terms
        self.is_plain = not (terms.discount_rate or terms.late_fee)
        self.is_monthly = terms.invoice == "monthly"
        self.is_limited = False
        delays = {"terms_net": terms.net, "terms_late": terms.late, "messages_invoice": messages.invoice}
        draws = [_duration(delay, workshop, f"{of}/{name}") for of, delay in delays.items()]
        self.durations: Callable[[], tuple[int, ...]] = lambda: tuple(draw() for draw in draws)
        is_fixed = all(delay.distribution is None for delay in delays.values())
        self.fixed_durations = self.durations() if is_fixed else None
        self.remittance = _duration(messages.remittance, workshop, f"messages_remittance/{name}")
        self.ends = NOBODY
        self.owed = 0.0
        self.entered = 0.0
        self.uninvoiced = 0.0

    @property
    def is_followed(self) -> bool:
        """Whether somebody asks what has been ordered, is owed or has been paid here while the run goes on."""
        return self.is_limited or (self.buyer is not None and self.buyer.is_watched)

    @property
    def exposure(self) -> float:
        """What the seller stands to lose: unpaid shipments and entered orders."""
        return self.owed + self.entered


def _duration(delay: Delay, workshop: Workshop, name: str) -> Callable[[], int]:
    if delay.distribution is not None:
        return workshop.streams.ticks(delay.distribution, name).__next__
    ticks = delay.ticks
    return lambda: ticks
