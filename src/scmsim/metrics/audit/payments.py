"""Every payment worked out again: the invoice, the fee for paying late, the discount for paying early, and when."""

from heapq import heappop, heappush

from scmsim.engine.recorder import Chunk
from scmsim.metrics.audit.deals import CUSTOMERS
from scmsim.metrics.audit.invoices import Owed, shortest
from scmsim.metrics.audit.prices import Advance, Refund
from scmsim.metrics.audit.rules import CLOSE, DRIFT, KIND, Wrong
from scmsim.ticks import TICKS


class PaymentAudit:
    """Compares the table of payments with invoices and orders.

    Attributes
    ----------
    rows : list of float
        What was to be posted, as `scmsim.metrics.audit.rules` explains; whoever reads it empties it.
    """

    def __init__(self) -> None:
        self.rows: list[float] = []
        self._advances: dict[float, list[Advance]] = {}
        self._coming: list[tuple[float, ...]] = []
        self._expected: list[tuple[float, float]] = []

    def follow(self, chunk: Chunk, written: dict[float, Owed], advances: list[Advance], largest: float) -> list[Wrong]:
        """Take in a block, all invoices not paid before it, and the advances of new orders; return what is wrong."""
        self._await(chunk, written)
        for advance in advances:
            self._advances.setdefault(advance.order, []).append(advance)
        wrong: list[Wrong] = []
        allowed = DRIFT * largest
        for row in chunk.tables["payments"].tolist():
            wrong += self._advance(row, allowed) if row[2] == 0 else self._payment(row, written, allowed)
        arrived = [row for row in self._coming if row[0] < chunk.end]
        self._coming = [row for row in self._coming if row[0] >= chunk.end]
        for row in arrived:
            self.rows += row
        return wrong + self._missing(chunk.end, written, allowed)

    def _await(self, chunk: Chunk, written: dict[float, Owed]) -> None:
        """Note of new invoices when they must be paid, where that is certain."""
        for number in chunk.tables["invoices"][:, 1].tolist():
            owed = written.get(number)
            if owed is not None and owed.is_certain:
                heappush(self._expected, (owed.earliest, number))

    def _payment(self, row: list[float], written: dict[float, Owed], allowed: float) -> list[Wrong]:
        time, payment, number, order, payer, payee, amount, received = row
        owed, orders, node = written.get(number), (order,), int(payer if payer >= 0 else payee)
        name = f"payment {payment:.0f} of invoice {number:.0f}"
        if owed is None or (owed.relation.buyer, owed.relation.seller) != (payer, payee):
            return [(time, node, name, 0.0, amount, orders)]
        del written[number]
        fee, discount = owed.extras(time)
        wrong = self._differs((time, node, name, owed.amount + fee - discount, amount, orders), allowed)
        earliest = owed.earliest
        if time < earliest or (owed.is_certain and time != earliest):
            wrong.append((min(time, earliest), node, f"the time of {name}", earliest / TICKS, time / TICKS, orders))
        self._arrives(row, owed, (owed.amount, fee, discount))
        return wrong + self._late(row, node, name, owed)

    def _arrives(self, row: list[float], owed: Owed | Advance, amounts: tuple[float, float, float]) -> None:
        """Note what a payment posts where it is made, and where it arrives."""
        time, _, _, order, payer, payee, _, received = row
        relation, is_advance = owed.relation, isinstance(owed, Advance)
        paid, got = ("advance_paid", "advance_got") if is_advance else ("paid", "got")
        if isinstance(owed, Refund):
            paid, got, amounts = got, paid, (-amounts[0], 0.0, 0.0)
        if payer != CUSTOMERS:
            kind = paid if relation.keeps_books else f"{paid}_outside"
            self.rows += (time, KIND[kind], payer, payee, order, *amounts)
        if relation.keeps_books:
            kind = f"{got}_from_customers" if payer == CUSTOMERS else got
            self._coming.append((received, KIND[kind], payee, payer, order, *amounts))

    def _late(self, row: list[float], node: int, name: str, owed: Owed | Advance) -> list[Wrong]:
        """Find a payment that takes another time on its way than it should."""
        time, received, remittance = row[0], row[7], owed.relation.messages.remittance
        until = time + shortest(remittance)
        if received == until or (remittance.distribution is not None and received > until):
            return []
        return [(time, node, f"the arrival of {name}", until / TICKS, received / TICKS, (row[3],))]

    def _advance(self, row: list[float], allowed: float) -> list[Wrong]:
        time, payment, _, order, payer, payee, amount, _ = row
        name, orders, node = f"payment {payment:.0f} in advance", (order,), int(payer if payer >= 0 else payee)
        waiting = self._advances.get(order)
        if not waiting or (waiting[0].relation.buyer, waiting[0].relation.seller) != (payer, payee):
            return [(time, node, name, 0.0, amount, orders)]
        advance = waiting.pop(0)
        if not waiting:
            del self._advances[order]
        expected = min((advance.units * price for price in advance.prices), key=lambda each: abs(each - amount))
        wrong = self._differs((time, node, name, expected, amount, orders), allowed)
        if time != advance.time:
            wrong.append((time, node, f"the time of {name}", advance.time / TICKS, time / TICKS, orders))
        self._arrives(row, advance, (expected, 0.0, 0.0))
        return wrong + self._late(row, node, name, advance)

    def _differs(self, said: Wrong, allowed: float) -> list[Wrong]:
        expected, found = said[3:5]
        return [] if abs(expected - found) <= CLOSE * max(1.0, abs(expected)) + allowed else [said]

    def _missing(self, end: int, written: dict[float, Owed], allowed: float) -> list[Wrong]:
        """Find what must have been paid by now."""
        wrong: list[Wrong] = []
        while self._expected and self._expected[0][0] < end:
            time, number = heappop(self._expected)
            owed = written.get(number)
            if owed is not None and not abs(owed.amount) <= CLOSE + allowed:
                node = owed.relation.buyer if owed.relation.buyer >= 0 else owed.relation.seller
                wrong.append((time, node, f"payment of invoice {number:.0f}", owed.amount, 0.0, ()))
        for order, waiting in list(self._advances.items()):
            if waiting[0].time < end:
                advance = self._advances.pop(order)[0]
                amount, relation = advance.units * advance.prices[-1], advance.relation
                node = relation.buyer if relation.buyer >= 0 else relation.seller
                if not abs(amount) <= CLOSE + allowed:
                    wrong.append((advance.time, node, "payment in advance", amount, 0.0, (order,)))
        return wrong
