"""Settlements: payments whose date and amount are known when the invoice is written, as nothing can change them."""

from collections.abc import Callable, Collection

from scmsim.engine.clock import Phases
from scmsim.flows.postings import posting
from scmsim.nodes.books_journal import Journal
from scmsim.nodes.books_relation import Relation
from scmsim.nodes.workshop import Workshop

PAYMENT, PAYMENT_OUTSIDE = float(posting("payment")), float(posting("payment_outside"))
RECEIPT, RECEIPT_FROM_CUSTOMERS = float(posting("receipt")), float(posting("receipt_from_customers"))
SETTLEMENT = float(posting("settlement"))

Settle = Callable[[float, float, float], None]
"""Invoices an amount at a tick for an order, and has it paid."""

DOCUMENTS = ("invoices", "payments", "messages")


class Settlements:
    """Posts payments at their time. No invoice is kept, and none is written down.

    Parameters
    ----------
    journal : Journal
        Where they are posted.
    clerks : collection of int
        The nodes whose invoices to other nodes wait for clerks.
    workshop : Workshop
        The means of the run.
    """

    __slots__ = ("_clerks", "_clock", "_due", "_entries", "_is_documented", "_post")

    def __init__(self, journal: Journal, clerks: Collection[int], workshop: Workshop) -> None:
        self._entries = journal.entries
        self._post = journal.post
        self._clerks = clerks
        self._clock = workshop.clock
        self._due: dict[float, list[float]] = {}
        self._is_documented = any(workshop.recorder.reads(table) for table in DOCUMENTS)

    def covers(self, relation: Relation) -> bool:
        """Tell whether all that happens in a relation is paid as planned, and nobody reads the documents."""
        buyer, seller = relation.buyer, relation.seller
        return (
            relation.is_fixed
            and relation.is_plain
            and not relation.is_monthly
            and not relation.is_followed
            and not (buyer is not None and relation.seller_index in self._clerks)
            and not (seller is not None and seller.is_watched)
            and not self._is_documented
        )

    def between(self, relation: Relation) -> Settle:
        """Return the function that settles what is invoiced in a relation."""
        net, late, on_its_way = relation.durations()
        wait, on_the_way = float(max(net + late, on_its_way)), relation.remittance()
        buyer, seller = float(relation.buyer_index), float(relation.seller_index)
        if relation.buyer is None:
            return self._later(wait, RECEIPT_FROM_CUSTOMERS, seller, buyer)
        if relation.seller is None:
            return self._later(wait, PAYMENT_OUTSIDE, buyer, seller)
        if not on_the_way:
            return self._later(wait, SETTLEMENT, buyer, seller)
        pay = self._later(wait, PAYMENT, buyer, seller)
        receive = self._later(wait + on_the_way, RECEIPT, seller, buyer)

        def settle(now: float, order: float, amount: float) -> None:
            pay(now, order, amount)
            receive(now, order, amount)

        return settle

    def _later(self, wait: float, kind: float, node: float, partner: float) -> Settle:
        """Return the function that posts an amount so many ticks after it is given."""
        due, book, post = self._due, self._book, self._post

        def settle(now: float, order: float, amount: float) -> None:
            tick = now + wait
            rows = due.get(tick)
            if rows is None:
                rows = book(tick)
            rows += (tick, kind, node, partner, order, amount, 0.0, 0.0)

        def settle_at_once(now: float, order: float, amount: float) -> None:
            post((now, kind, node, partner, order, amount, 0.0, 0.0))

        return settle if wait else settle_at_once

    def _book(self, tick: float) -> list[float]:
        rows = self._due[tick] = []
        self._clock.at(int(tick), Phases.state, self._turn)
        return rows

    def _turn(self, _argument: None) -> None:
        """Post all that is paid at this tick."""
        self._entries.extend(self._due.pop(self._clock.now))
