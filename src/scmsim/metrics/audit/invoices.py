"""Every invoice worked out again: who owes whom how much for what, since when, and until when it is to be paid."""

from dataclasses import dataclass

from scmsim.engine.recorder import Chunk
from scmsim.metrics.audit.deals import CUSTOMERS, Relation
from scmsim.metrics.audit.goods import Bill
from scmsim.metrics.audit.rules import CLOSE, DRIFT, Wrong
from scmsim.scenario.network import Delay, Network
from scmsim.ticks import TICKS

Key = tuple[float, float, float]
"""Seller, buyer, order (0: a collective invoice)."""


def shortest(delay: Delay) -> int:
    """Return the least time that a delay takes: it is known where nothing is drawn."""
    return 0 if delay.distribution is not None else delay.ticks


@dataclass(slots=True)
class Owed:
    """An invoice that has been written: how much, when, when it is due, and who owes whom."""

    amount: float
    issued: float
    due: float
    relation: Relation

    def extras(self, time: float) -> tuple[float, float]:
        """Return the late fee and the discount that go with paying now."""
        terms = self.relation.terms
        if not (terms.late_fee or terms.discount_rate):
            return 0.0, 0.0
        overdue = max(0.0, time - self.due) / TICKS
        fee = terms.late_fee * overdue * max(0.0, self.amount)
        return fee, terms.discount_rate * self.amount if time <= self.issued + terms.discount_within else 0.0

    @property
    def arrives(self) -> float:
        """When it reaches the buyer, at the earliest."""
        return self.issued + shortest(self.relation.messages.invoice)

    @property
    def earliest(self) -> float:
        """When it is paid by a buyer who can, or at the earliest where times are drawn."""
        terms, arrives = self.relation.terms, self.arrives
        pays = self.due + shortest(terms.late)
        window = self.issued + terms.discount_within
        if terms.discount_rate and arrives <= window < pays:
            pays = window
        return pays if pays > arrives else arrives

    @property
    def is_certain(self) -> bool:
        """Whether it is paid exactly then."""
        terms, relation = self.relation.terms, self.relation
        drawn = terms.late.distribution is not None or relation.messages.invoice.distribution is not None
        return relation.pays_at_once and not drawn


class InvoiceAudit:
    """Compares the table of invoices with what was shipped, delivered and sold.

    Parameters
    ----------
    network : Network
        What is simulated; it has money.

    Attributes
    ----------
    written : dict of float to Owed
        The invoices that are not paid yet, by number.
    """

    def __init__(self, network: Network) -> None:
        self._start = network.calendar.start
        self._month = network.money.month if network.money is not None else 1
        self._due: dict[Key, list[Bill]] = {}
        self._months: dict[tuple[float, Relation], float] = {}
        self.written: dict[float, Owed] = {}

    def follow(self, chunk: Chunk, bills: list[Bill], largest: float) -> list[Wrong]:
        """Take in a block and what was to be invoiced in it; return what is not as it should be."""
        for bill in bills:
            if bill.relation.terms.invoice == "monthly":
                month = self._start + ((bill.time - self._start) // self._month + 1) * self._month
                self._months[month, bill.relation] = self._months.get((month, bill.relation), 0.0) + bill.amount
            else:
                self._expect(bill)
        for month, relation in [key for key in self._months if key[0] < chunk.end]:
            self._expect(Bill(month, relation, 0.0, self._months.pop((month, relation))))
        allowed = DRIFT * largest
        wrong = [each for row in chunk.tables["invoices"].tolist() for each in self._compare(row, allowed)]
        return wrong + self._missing(allowed)

    def _expect(self, bill: Bill) -> None:
        if bill.amount:
            key = (bill.relation.seller, bill.relation.buyer, bill.order)
            self._due.setdefault(key, []).append(bill)

    def _compare(self, row: list[float], allowed: float) -> list[Wrong]:
        time, number, order, seller, buyer, amount, due = row
        key, name = (seller, buyer, order), f"invoice {number:.0f}"
        orders, node = (order,), int(seller)
        bills = self._due.get(key)
        if not bills:
            return [(time, node, name, 0.0, amount, orders)]
        place = 0
        if len(bills) > 1:
            gaps = [abs(bill.amount - amount) for bill in bills]
            place = next((k for k, gap in enumerate(gaps) if gap <= CLOSE * max(1.0, abs(amount)) + allowed), 0)
        bill = bills.pop(place)
        if not bills:
            del self._due[key]
        relation = bill.relation
        self.written[number] = Owed(bill.amount, time, due, relation)
        wrong: list[Wrong] = []
        if not abs(bill.amount - amount) <= CLOSE * max(1.0, abs(bill.amount)) + allowed:
            wrong.append((time, node, name, bill.amount, amount, orders))
        clerks, net = relation.clerks if relation.buyer != CUSTOMERS else None, relation.terms.net
        since = bill.time + (shortest(clerks.time) if clerks is not None else 0)
        if time != since and not (clerks is not None and time > since):
            wrong.append((min(time, since), node, f"the time of {name}", since / TICKS, time / TICKS, orders))
        until = time + shortest(net)
        if due != until and not (net.distribution is not None and due > until):
            wrong.append((time, node, f"the due date of {name}", until / TICKS, due / TICKS, orders))
        return wrong

    def _missing(self, allowed: float) -> list[Wrong]:
        """Find invoices that should have been written by now; what is worth nothing needs none."""
        wrong: list[Wrong] = []
        for key, bills in list(self._due.items()):
            if bills[0].relation.clerks is not None and bills[0].relation.buyer != CUSTOMERS:
                continue
            del self._due[key]
            wrong += [
                (bill.time, bill.relation.seller, "invoice", bill.amount, 0.0, (bill.order,))
                for bill in bills
                if not abs(bill.amount) <= CLOSE + allowed
            ]
        return wrong
