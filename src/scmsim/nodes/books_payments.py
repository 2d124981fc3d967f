"""Payments: invoices are paid when they fall due, as far as there is money, and the money arrives later."""

from heapq import heappop, heappush
from itertools import count
from math import inf

from scmsim.engine.clock import Action, Phases
from scmsim.flows.information import CODES
from scmsim.flows.postings import posting
from scmsim.nodes.books_journal import Book, Journal
from scmsim.nodes.books_relation import Ends, Relation
from scmsim.nodes.workshop import Workshop
from scmsim.ticks import TICKS

PAYMENT, PAYMENT_OUTSIDE = posting("payment"), posting("payment_outside")
RECEIPT, RECEIPT_FROM_CUSTOMERS = posting("receipt"), posting("receipt_from_customers")
ADVANCE, ADVANCE_OUTSIDE = posting("advance"), posting("advance_outside")
ADVANCE_RECEIVED, ADVANCE_FROM_CUSTOMERS = posting("advance_received"), posting("advance_from_customers")

REMITTANCE = CODES["remittance"]
ROUNDING = 1e-9
"""Payments that miss what is available by no more than this part are affordable."""


class Invoice:
    """What one buyer owes one seller, and when.

    Attributes
    ----------
    number, order : int
        Its number; the order it is for, 0 for a collective invoice.
    amount : float
        Money to pay, advances already taken off; negative for goods that were given back.
    ends : tuple of (int, int)
        The points of the seller and of the buyer.
    issued, due : int
        Ticks.
    pays : int
        Tick at which the buyer means to pay in any case.
    """

    __slots__ = ("amount", "due", "ends", "is_paid", "issued", "number", "order", "pays", "relation")

    def __init__(
        self, number: int, order: float, relation: Relation, amount: float, ends: Ends, dates: tuple[int, int, int]
    ) -> None:
        self.number = number
        self.order = order
        self.relation = relation
        self.amount = amount
        self.ends = ends
        self.issued, self.due, self.pays = dates
        self.is_paid = False

    def discount(self, now: int) -> float:
        """Return the money that may be taken off when the invoice is paid now."""
        terms = self.relation.terms
        return terms.discount_rate * self.amount if now <= self.issued + terms.discount_within else 0.0

    def late_fee(self, now: int) -> float:
        """Return the fee for paying as late as now."""
        overdue = max(0, now - self.due) / TICKS
        return self.relation.terms.late_fee * overdue * max(0.0, self.amount)

    def extras(self, now: int) -> tuple[float, float]:
        """Return the fee and the discount that go with paying now."""
        return self.late_fee(now), self.discount(now)

    def to_pay(self, now: int) -> float:
        """Return what has to be paid now."""
        fee, discount = self.extras(now)
        return self.amount + fee - discount


class Payments:
    """Pays what is due, and brings the money to whoever it is for.

    Parameters
    ----------
    journal : Journal
        Where it is posted.
    workshop : Workshop
        The means of the run.
    """

    __slots__ = ("_calendar", "_clock", "_coming", "_messages_row", "_numbers", "_post", "_row")

    def __init__(self, journal: Journal, workshop: Workshop) -> None:
        self._clock = workshop.clock
        self._post = journal.post
        self._numbers = count(1)
        self._calendar: dict[int, list[Invoice]] = {}
        self._coming: dict[int, list[tuple[Action, object]]] = {}
        recorder = workshop.recorder
        self._row = recorder.writer("payments") if recorder.reads("payments") else None
        self._messages_row = recorder.writer("messages") if recorder.reads("messages") else None

    def expect(self, invoice: Invoice) -> None:
        """Take in an invoice that has just reached its buyer, and pay it when the time comes."""
        now, relation, tick = self._clock.now, invoice.relation, invoice.pays
        if not relation.is_plain:
            window = invoice.issued + relation.terms.discount_within
            if relation.terms.discount_rate and now <= window < tick:
                tick = window
        buyer = relation.buyer
        if buyer is None and tick <= now:
            self._receive_from_customers(invoice)
            return
        waiting = self._calendar.get(tick)
        if waiting is not None and tick > now:
            waiting.append(invoice)
        else:
            self._book(invoice, tick if tick > now else now)
        if buyer is not None:
            buyer.unpaid[invoice.number] = invoice
            if buyer.invoice_watchers:
                for watcher in tuple(buyer.invoice_watchers):
                    watcher(invoice)

    def _book(self, invoice: Invoice, tick: int) -> None:
        """Book the payment of an invoice; all that is to be paid at one tick is paid together."""
        waiting = self._calendar.get(tick)
        if waiting is not None:
            waiting.append(invoice)
            return
        self._calendar[tick] = [invoice]
        clock = self._clock
        clock.at(tick, max(clock.phase, Phases.state) if tick == clock.now else Phases.state, self._turn)

    def _turn(self, _argument: None) -> None:
        """Pay what is to be paid at this tick: first what is due, oldest first, then what earns a discount."""
        now = self._clock.now
        early, buyers = [], {}
        for invoice in self._calendar.pop(now):
            buyer = invoice.relation.buyer
            if buyer is None:
                self._receive_from_customers(invoice)
            elif buyer.limit == inf:
                self._pay(buyer, invoice)
            elif now < invoice.pays:
                early.append((buyer, invoice))
            else:
                heappush(buyer.due, (invoice.due, invoice.number, invoice))
                buyers[buyer.index] = buyer
        for buyer in buyers.values():
            self.pay_due(buyer)
        for buyer, invoice in early:
            if not buyer.due and self._affordable(buyer, invoice.to_pay(now)):
                self._pay(buyer, invoice)
            else:
                self._book(invoice, invoice.pays)

    def pay_due(self, buyer: Book) -> None:
        """Pay what is due, oldest first, until the money does not suffice for the next."""
        due, now = buyer.due, self._clock.now
        while due and self._affordable(buyer, due[0][2].to_pay(now)):
            self._pay(buyer, heappop(due)[2])

    def _affordable(self, buyer: Book, amount: float) -> bool:
        return amount <= 0 or amount <= buyer.available + ROUNDING * amount

    def _pay(self, buyer: Book, invoice: Invoice) -> None:
        now, relation, amount = self._clock.now, invoice.relation, invoice.amount
        invoice.is_paid = True
        del buyer.unpaid[invoice.number]
        fee, discount = (0.0, 0.0) if relation.is_plain else invoice.extras(now)
        paid = amount + fee - discount
        buyer.owed -= amount
        if buyer.accrues_interest:
            buyer.count_overdraft(now)
        buyer.cash -= paid
        arrives = now + relation.remittance()
        self._record(invoice, paid, arrives)
        if relation.seller is None:
            kind, relation.owed = PAYMENT_OUTSIDE, relation.owed - amount
        else:
            kind = PAYMENT
            self._send(arrives, self._arrive, (invoice, fee, discount))
        self._post((now, kind, buyer.index, relation.seller_index, invoice.order, amount, fee, discount))
        if paid < 0:
            buyer.tell_of_cash()

    def _arrive(self, payment: tuple[Invoice, float, float]) -> None:
        """Bring the money for an invoice to its seller."""
        invoice, fee, discount = payment
        relation, amount, now = invoice.relation, invoice.amount, self._clock.now
        seller, kind = relation.seller, RECEIPT_FROM_CUSTOMERS
        if seller is None:
            return
        if relation.buyer is not None:
            kind, relation.owed = RECEIPT, relation.owed - amount
        self._post((now, kind, seller.index, relation.buyer_index, invoice.order, amount, fee, discount))
        self._take_in(seller, amount + fee - discount, now)

    def _receive_from_customers(self, invoice: Invoice) -> None:
        """Take in what end customers pay, who always can."""
        now = self._clock.now
        fee, discount = (0.0, 0.0) if invoice.relation.is_plain else invoice.extras(now)
        invoice.is_paid = True
        self._record(invoice, invoice.amount + fee - discount, now)
        self._arrive((invoice, fee, discount))

    def _take_in(self, seller: Book, amount: float, now: int) -> None:
        if seller.accrues_interest:
            seller.count_overdraft(now)
        seller.cash += amount
        if amount > 0 and seller.cash_watchers:
            seller.tell_of_cash()
        if seller.due:
            self.pay_due(seller)

    def advance(self, relation: Relation, order: float, amount: float, ends: Ends) -> None:
        """Pay part of an order when it is placed."""
        now, buyer = self._clock.now, relation.buyer
        if buyer is None:
            # What customers wait for is known when the instant is over: they pay with the next tick.
            self._send(now + 1, self._customers_advance, (relation, order, amount, ends))
            return
        arrives = now + relation.remittance()
        self._record(Invoice(0, order, relation, amount, ends, (now, now, now)), amount, arrives)
        kind = ADVANCE if relation.seller is not None else ADVANCE_OUTSIDE
        buyer.move_cash(-amount, now)
        self._post((now, kind, buyer.index, relation.seller_index, order, amount, 0.0, 0.0))
        if relation.seller is not None:
            self._send(arrives, self._advance_arrives, (relation, order, amount))

    def refund(self, relation: Relation, order: float, amount: float, ends: Ends) -> None:
        """Pay back what a node has paid in advance of units that it has cancelled."""
        now, seller = self._clock.now, relation.seller
        if seller is None or not amount:
            return
        arrives = now + relation.remittance()
        number, (selling, buying) = next(self._numbers), ends
        if self._row is not None:
            self._row((now, number, 0, order, relation.seller_index, relation.buyer_index, amount, arrives))
        if self._messages_row is not None:
            self._messages_row((now, REMITTANCE, selling, buying, order, amount, arrives))
        seller.move_cash(-amount, now)
        self._post((now, ADVANCE_RECEIVED, seller.index, relation.buyer_index, order, -amount, 0.0, 0.0))
        self._send(arrives, self._refund_arrives, (relation, order, amount))

    def _refund_arrives(self, payment: tuple[Relation, float, float]) -> None:
        relation, order, amount = payment
        buyer, now = relation.buyer, self._clock.now
        if buyer is not None:
            self._post((now, ADVANCE, buyer.index, relation.seller_index, order, -amount, 0.0, 0.0))
            self._take_in(buyer, amount, now)

    def _customers_advance(self, payment: tuple[Relation, float, float, Ends]) -> None:
        relation, order, amount, ends = payment
        now = self._clock.now
        self._record(Invoice(0, order, relation, amount, ends, (now, now, now)), amount, now)
        self._advance_arrives((relation, order, amount))

    def _advance_arrives(self, payment: tuple[Relation, float, float]) -> None:
        relation, order, amount = payment
        seller, now = relation.seller, self._clock.now
        if seller is not None:
            kind = ADVANCE_FROM_CUSTOMERS if relation.buyer is None else ADVANCE_RECEIVED
            self._post((now, kind, seller.index, relation.buyer_index, order, amount, 0.0, 0.0))
            self._take_in(seller, amount, now)

    def _send(self, arrives: int, action: Action, payment: object) -> None:
        """Book the arrival of money; what arrives at once does so after what is being done."""
        coming = self._coming.get(arrives)
        if coming is not None:
            coming.append((action, payment))
            return
        self._coming[arrives] = [(action, payment)]
        clock = self._clock
        clock.at(arrives, max(clock.phase, Phases.receive) if arrives == clock.now else Phases.receive, self._bring)

    def _bring(self, _argument: None) -> None:
        """Bring all the money that arrives at this tick."""
        for action, payment in self._coming.pop(self._clock.now):
            action(payment)

    def _record(self, invoice: Invoice, amount: float, arrives: int) -> None:
        """Write a payment down; an invoice without a number stands for what is paid in advance."""
        now, order, relation, number = self._clock.now, invoice.order, invoice.relation, next(self._numbers)
        if self._row is not None:
            payer, payee = relation.buyer_index, relation.seller_index
            self._row((now, number, invoice.number, order, payer, payee, amount, arrives))
        if self._messages_row is not None:
            seller, buyer = invoice.ends
            self._messages_row((now, REMITTANCE, buyer, seller, order, amount, arrives))
