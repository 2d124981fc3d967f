"""Billing: what is owed is written on invoices, by clerks where a node has them, and sent to whoever is to pay."""

from collections.abc import Mapping
from itertools import count

from scmsim.engine.clock import Phases
from scmsim.flows.information import CODES
from scmsim.nodes.books_payments import Invoice, Payments
from scmsim.nodes.books_relation import Ends, Relation
from scmsim.nodes.clerks import Desk
from scmsim.nodes.workshop import Workshop

INVOICE_MESSAGE = CODES["invoice"]


_Draft = tuple[Relation, float, float, Ends, int]
"""An invoice still to be written: who owes whom, order, amount, points, and the tick at which it was asked for."""


class Billing:
    """Writes and sends invoices.

    Parameters
    ----------
    payments : Payments
        Who takes them in.
    desks : mapping of int to Desk
        The clerks of the nodes that have some for billing; they write the invoices of other nodes, not end customers'.
    workshop : Workshop
        The means of the run.
    """

    __slots__ = ("_clock", "_desks", "_messages_row", "_numbers", "_payments", "_row")

    def __init__(self, payments: Payments, desks: Mapping[int, Desk], workshop: Workshop) -> None:
        recorder = workshop.recorder
        self._clock = workshop.clock
        self._desks = desks
        self._payments = payments
        self._numbers = count(1)
        self._row = recorder.writer("invoices") if recorder.reads("invoices") else None
        self._messages_row = recorder.writer("messages") if recorder.reads("messages") else None

    def bill(self, relation: Relation, order: float, amount: float, ends: Ends) -> None:
        """Have an invoice written, or put goods on the next collective one; nothing to pay needs none."""
        if relation.is_monthly:
            relation.uninvoiced += amount
        elif not amount:
            return
        elif self._desks and relation.buyer is not None:
            self._ask(relation, order, amount, ends)
        else:
            self._issue((relation, order, amount, ends, self._clock.now))

    def close_month(self, relation: Relation) -> None:
        """Have a relation's collective invoice written, if there is anything on it."""
        amount, relation.uninvoiced = relation.uninvoiced, 0.0
        if amount:
            self._ask(relation, 0, amount, relation.ends)

    def _ask(self, relation: Relation, order: float, amount: float, ends: Ends) -> None:
        """Have the seller's clerks write an invoice, if it has any."""
        draft = (relation, order, amount, ends, self._clock.now)
        desk = self._desks.get(relation.seller_index)
        if desk is None or relation.buyer is None:
            self._issue(draft)
        else:
            desk.handle(self._written, draft)

    def _written(self, draft: _Draft) -> None:
        """Issue what a clerk has written, at this instant."""
        now, clock = int(self._clock.environment.now), self._clock
        clock.at(now, max(Phases.state, clock.phase) if clock.now == now else Phases.state, self._issue, draft)

    def _issue(self, draft: _Draft) -> None:
        """Issue an invoice, which is due after the net time, and send it to the buyer."""
        now, (relation, order, amount, ends, asked) = self._clock.now, draft
        net, late, on_its_way = relation.fixed_durations or relation.durations()
        number, due, received = next(self._numbers), now + net, now + on_its_way
        invoice = Invoice(number, order, relation, amount, ends, (now, due, due + late))
        if self._row is not None:
            self._row((now, number, order, relation.seller_index, relation.buyer_index, amount, due))
        if self._messages_row is not None:
            self._messages_row((asked, INVOICE_MESSAGE, *ends, order, amount, received))
        if received > now:
            self._clock.at(received, Phases.receive, self._payments.expect, invoice)
        else:
            self._payments.expect(invoice)
