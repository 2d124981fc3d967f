"""Goods in money that expire, come back from customers or are thrown away."""

from collections.abc import Callable, Mapping

from scmsim.engine.recorder import Row
from scmsim.flows.events import CODES
from scmsim.flows.postings import posting
from scmsim.nodes.books_goods import Goods
from scmsim.nodes.books_item import END_CUSTOMERS, Item
from scmsim.nodes.books_journal import Journal
from scmsim.nodes.books_trade import Trade
from scmsim.scenario.network import Network, Point

EXPIRED, RETURNED, RESTOCKED, SCRAPPED, SENT_BACK, DESTROYED = (
    CODES[kind] for kind in ("expired", "returned", "restocked", "scrapped", "sent_back", "destroyed")
)
WRITE_OFF, REFUND, RESTOCK, RETURN_TRANSPORT = (
    posting(name) for name in ("write_off", "refund", "restock", "return_transport")
)


class Losses:
    """Posts what happens to goods that are not sold, or not sold for good.

    What expires is written off at what it has cost, and disposing of it is paid at once. What comes back is paid back
    when it arrives; what of it goes into stock again is worth what a unit costs there, and was not sold after all.

    Parameters
    ----------
    network : Network
        What is simulated; it has money.
    journal, trade : Journal, Trade
        Where it is posted; at which prices orders were taken.
    items : mapping of int to Item
        The stocks by the index of their point.
    goods : Goods
        What is on its way.
    """

    __slots__ = ("_handlers", "_items", "_lost_on_the_way", "_post", "_prices", "_refunds", "_trade")

    def __init__(
        self, network: Network, journal: Journal, trade: Trade, items: Mapping[int, Item], goods: Goods
    ) -> None:
        self._items = items
        self._lost_on_the_way = goods.destroyed
        self._trade = trade
        self._post = journal.post
        self._refunds = {point.index: refund_of(point) for point in network.points if refund_of(point)}
        self._prices: dict[float, float] = {}
        self._handlers: dict[float, Callable[[Row], None]] = {
            EXPIRED: self._expired,
            SCRAPPED: self._scrapped,
            RETURNED: self._returned,
            RESTOCKED: self._restocked,
            SENT_BACK: self._sent_back,
            DESTROYED: self._destroyed,
        }

    @property
    def follows_sales(self) -> bool:
        """Whether it has to know at which prices goods were sold, to pay them back."""
        return bool(self._refunds)

    def sold(self, row: Row) -> None:
        """Remember the price at which customers bought what they may send back; called before the sale is posted."""
        _, seller, buyer, order, placed, *_ = row
        item = self._items.get(int(seller))
        if buyer != END_CUSTOMERS or item is None or item.sale is None or int(seller) not in self._refunds:
            return
        if item.sale.list_price is None:
            deal = self._trade.deals.get(order)
            self._prices[order] = deal.price if deal is not None else item.sale.price(int(placed))

    def happened(self, row: Row) -> None:
        """Post an event, if it concerns goods."""
        handler = self._handlers.get(row[1])
        if handler is not None:
            handler(row)

    def _expired(self, row: Row) -> None:
        now, _, point, _, order, units, _ = row
        item = self._items[int(point)]
        self._write_off(now, item, order, item.worth.issue(units), units)

    def _destroyed(self, row: Row) -> None:
        if row[3] >= 0:
            self._lost_on_the_way(row)
            return
        now, _, point, _, order, units, _ = row
        item = self._items[int(point)]
        cost = item.worth.issue(units)
        if cost:
            self._post((now, WRITE_OFF, item.book.index, END_CUSTOMERS, order, cost, 0.0, 0.0))

    def _scrapped(self, row: Row) -> None:
        now, _, point, _, order, units, _ = row
        self._write_off(now, self._items[int(point)], order, 0.0, units)

    def _write_off(self, now: float, item: Item, order: float, cost: float, units: float) -> None:
        disposal = item.point.disposal_cost * units
        if disposal:
            item.book.move_cash(-disposal, now)
        self._post((now, WRITE_OFF, item.book.index, END_CUSTOMERS, order, cost, disposal, 0.0))

    def _returned(self, row: Row) -> None:
        """Pay back the price."""
        now, _, _, shop, order, units, _ = row
        item = self._items[int(shop)]
        share = self._refunds.get(int(shop), 0.0)
        if item.sale is None or not share:
            return
        listed = item.sale.list_price
        price = self._prices.get(order, 0.0) if listed is None else listed
        refund = share * price * units
        if refund:
            item.book.move_cash(-refund, now)
            self._post((now, REFUND, item.book.index, END_CUSTOMERS, order, refund, 0.0, 0.0))

    def _restocked(self, row: Row) -> None:
        now, _, point, _, order, units, _ = row
        item = self._items[int(point)]
        value = item.worth.unit_cost * units
        variance = item.worth.receive(units, value)
        self._post((now, RESTOCK, item.book.index, END_CUSTOMERS, order, value, variance, 0.0))

    def _sent_back(self, row: Row) -> None:
        """Pay for the way over a lane for returns."""
        now, _, _, place, order, _, cost = row
        item = self._items[int(place)]
        if cost:
            item.book.move_cash(-cost, now)
            self._post((now, RETURN_TRANSPORT, item.book.index, END_CUSTOMERS, order, cost, 0.0, 0.0))


def refund_of(point: Point) -> float:
    """Return the share of the price that customers get back for what they send back; it is the same for all demands."""
    return max((demand.returns.refund for demand in point.demands if demand.returns is not None), default=0.0)
