"""Goods in money: what lies in stock, is on its way or in the works has cost something, and that goes where it goes."""

from scmsim.engine.recorder import Row
from scmsim.flows.events import CODES
from scmsim.flows.postings import posting
from scmsim.nodes.books_item import END_CUSTOMERS, Item
from scmsim.nodes.books_journal import Journal
from scmsim.nodes.books_trade import Contract, Deal, Load, Trade
from scmsim.scenario.network import FromProduction

WRITE_OFF_IN_TRANSIT = posting("write_off_in_transit")
SALE, SHIPMENT = posting("sale"), posting("shipment")
SHIPMENT_FROM_OUTSIDE, SHIPMENT_AT_COST = posting("shipment_from_outside"), posting("shipment_at_cost")
DELIVERY, DELIVERY_AT_COST = posting("delivery"), posting("delivery_at_cost")
PRODUCTION_START, PRODUCTION_FINISH = posting("production_start"), posting("production_finish")
PRODUCTION_SCRAP, SCRAP = posting("production_scrap"), CODES["production_scrap"]

Heading = tuple[float, int, float]
"""What a posting is about: time in ticks, its kind, the order."""


class Goods:
    """Posts what happens to goods.

    Parameters
    ----------
    journal, trade : Journal, Trade
        Where it is posted; what is sold.
    items : dict of int to Item
        The stocks by the index of their point.
    """

    __slots__ = ("_deals", "_items", "_loads", "_post", "_trade")

    def __init__(self, journal: Journal, trade: Trade, items: dict[int, Item]) -> None:
        self._post = journal.post
        self._trade = trade
        self._deals = trade.deals
        self._loads: dict[float, Load] = {}
        self._items: dict[float, Item] = dict(items.items())

    def shipped(self, row: Row) -> None:
        """Title to goods passes when they leave: the seller has sold them, the buyer owes them."""
        now, _, buyer, order, quantity, _ = row
        item = self._items[buyer]
        supplier, contract = item.supplier, item.purchase
        cost = supplier.worth.issue(quantity) if supplier is not None else 0.0
        if contract is None:
            self._load(order).put(quantity, cost)
            if supplier is not None:
                self._post((now, SHIPMENT_AT_COST, supplier.book.index, item.book.index, order, cost, 0.0, 0.0))
            return
        deal = self._deals.get(order) or self._trade.deal(order, contract, quantity)
        value = deal.ship(quantity)
        if supplier is not None:
            self._post((now, SHIPMENT, supplier.book.index, item.book.index, order, value, cost, 0.0))
        else:
            self._post((now, SHIPMENT_FROM_OUTSIDE, item.book.index, item.supplier_node, order, value, 0.0, 0.0))
        if contract.bills_at_shipment:
            self._trade.bill(contract, order, value, deal.advance)

    def _load(self, order: float) -> Load:
        load = self._loads.get(order)
        if load is None:
            load = self._loads[order] = Load()
        return load

    def delivered(self, row: Row) -> None:
        """Goods have arrived: at an end customer, from production, or over a lane."""
        now, seller, buyer, order, _, _, quantity, complete = row
        if buyer == END_CUSTOMERS:
            self._sell(row)
            return
        item = self._items[buyer]
        orders: dict[float, Deal] | dict[float, Load] = self._deals
        if seller != buyer and item.purchase is not None:
            self._take_in(now, item, item.purchase, order, quantity)
        else:
            self._take_in_at_cost(now, item, order, quantity, is_made=seller == buyer)
            orders = self._loads
        if complete and order in orders:
            del orders[order]

    def _sell(self, row: Row) -> None:
        now, seller, _, order, placed, _, quantity, complete = row
        item = self._items[seller]
        contract, deal = item.sale, self._deals.get(order)
        value = advance = 0.0
        if deal is not None:
            value, advance = quantity * deal.price, deal.advance
        elif contract is not None:
            value = quantity * contract.price(int(placed))
        self._post((now, SALE, item.book.index, END_CUSTOMERS, order, value, item.worth.issue(quantity), 0.0))
        if value and contract is not None:
            self._trade.bill(contract, order, value, advance)
        if complete and deal is not None:
            del self._deals[order]

    def _take_in(self, now: float, item: Item, contract: Contract, order: float, quantity: float) -> None:
        """Put what has come over a lane into stock, at its price and duty; what was under way has been paid before."""
        deal = self._deals.get(order)
        value = deal.take(quantity) if deal is not None else item.point.opening_cost * quantity
        duty = item.duty * value if deal is not None else 0.0
        self._stock((now, DELIVERY, order), item, quantity, value, duty)
        if deal is not None and not contract.bills_at_shipment:
            self._trade.bill(contract, order, value, deal.advance)

    def _take_in_at_cost(self, now: float, item: Item, order: float, quantity: float, *, is_made: bool) -> None:
        """Put what has been made, or has come without a price, into stock, at cost and what is paid outside now."""
        load = self._loads.get(order)
        value = load.take(quantity) if load is not None else item.point.opening_cost * quantity
        if is_made:
            self._stock((now, PRODUCTION_FINISH, order), item, quantity, value, 0.0)
        else:
            paid = item.point.purchase_cost * quantity if load is not None else 0.0
            self._stock((now, DELIVERY_AT_COST, order), item, quantity, value, paid)

    def destroyed(self, row: Row) -> None:
        """Write off goods that are lost on their way; who had bought them pays for them, as if they had come."""
        now, _, buyer, seller, order, quantity, _ = row
        item = self._items[buyer]
        deal, contract = self._deals.get(order), item.purchase
        load = deal if contract is not None else self._loads.get(order)
        value = load.take(quantity) if load is not None else item.point.opening_cost * quantity
        if value:
            self._post((now, WRITE_OFF_IN_TRANSIT, item.book.index, END_CUSTOMERS, order, value, 0.0, 0.0))
        if deal is not None and contract is not None and not contract.bills_at_shipment:
            self._trade.bill(contract, order, value, deal.advance)

    def _stock(self, heading: Heading, item: Item, quantity: float, value: float, paid: float) -> None:
        """Put units into stock that have cost ``value`` so far, and something more that is paid in cash now."""
        now, kind, order = heading
        variance = item.worth.receive(quantity, value + paid)
        if paid:
            item.book.move_cash(-paid, now)
        self._post((now, kind, item.book.index, item.supplier_node, order, value, paid, variance))

    def happened(self, row: Row) -> None:
        """Write off what is thrown away while it is made, at what it has cost."""
        now, kind, point, _, order, quantity, _ = row
        load = self._loads.get(order) if kind == SCRAP else None
        cost = load.take(quantity) if load is not None else 0.0
        if cost:
            book = self._items[point].book
            self._post((now, PRODUCTION_SCRAP, book.index, book.index, order, cost, 0.0, 0.0))

    def started(self, row: Row) -> None:
        """Components and work go into what is being made."""
        now, point, order, quantity, _ = row
        item = self._items[point]
        source, book = item.point.source, item.book
        if not isinstance(source, FromProduction):
            return
        work = source.unit_cost * quantity
        if order not in self._loads:
            work += source.batch_cost
        cost = 0.0
        for component, per_unit in source.components:
            cost += self._items[component].worth.issue(per_unit * quantity)
        self._load(order).put(quantity, cost + work)
        if work:
            book.move_cash(-work, now)
        self._post((now, PRODUCTION_START, book.index, book.index, order, cost, work, 0.0))
