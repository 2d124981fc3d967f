"""Goods at a list price that are paid after they have come: nothing has to be known of an order to sell it."""

from collections import Counter

from scmsim.engine.recorder import Row, Write
from scmsim.flows.postings import posting
from scmsim.nodes.books_item import END_CUSTOMERS, Item
from scmsim.nodes.books_journal import Journal
from scmsim.nodes.books_settlement import Settle

SALE, SHIPMENT = float(posting("sale")), float(posting("shipment"))
SHIPMENT_FROM_OUTSIDE, DELIVERY = float(posting("shipment_from_outside")), float(posting("delivery"))


def shipping(item: Item, price: float, journal: Journal, bill: Settle | None) -> Write:
    """Return the function that posts a shipment to a stock; ``bill`` if goods are invoiced when they leave."""
    post, supplier, buyer, seller = journal.post, item.supplier, float(item.book.index), float(item.supplier_node)

    def shipped(row: Row) -> None:
        now, _, _, order, quantity, _ = row
        value = price * quantity
        if issue is not None:
            post((now, SHIPMENT, seller, buyer, order, value, issue(quantity), 0.0))
        else:
            post((now, SHIPMENT_FROM_OUTSIDE, buyer, seller, order, value, 0.0, 0.0))
        if bill is not None:
            bill(now, order, value)

    issue = supplier.worth.issue if supplier is not None else None
    return shipped


def receiving(item: Item, price: float, journal: Journal, start: int, bill: Settle | None) -> Write:
    """Return the function that posts a receipt of a stock; ``bill`` if goods are invoiced when they have come.

    What was under way when the run began has been paid for before, at the cost of what the stock opens with.
    """
    post, receive, book, duty = journal.post, item.worth.receive, item.book, item.duty
    buyer, seller, opening_cost = float(book.index), float(item.supplier_node), item.point.opening_cost
    under_way: Counter[float] = Counter(tick for tick, _ in item.point.shipments_due)

    def received(row: Row) -> None:
        now, _, _, order, placed, promised, quantity, _ = row
        if placed < start and promised == now and under_way[promised]:
            under_way[promised] -= 1
            value = opening_cost * quantity
            post((now, DELIVERY, buyer, seller, order, value, 0.0, receive(quantity, value)))
            return
        value = price * quantity
        paid = duty * value
        if paid:
            book.move_cash(-paid, now)
        post((now, DELIVERY, buyer, seller, order, value, paid, receive(quantity, value + paid)))
        if bill is not None:
            bill(now, order, value)

    return received


def selling(item: Item, price: float, journal: Journal, bill: Settle) -> Write:
    """Return the function that posts a sale to end customers."""
    post, issue, seller, nobody = journal.post, item.worth.issue, float(item.book.index), float(END_CUSTOMERS)

    def sold(row: Row) -> None:
        now, _, _, order, _, _, quantity, _ = row
        value = price * quantity
        post((now, SALE, seller, nobody, order, value, issue(quantity), 0.0))
        if value:
            bill(now, order, value)

    return sold
