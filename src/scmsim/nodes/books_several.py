"""The books of stocks that several lanes bring: what was bought from whom, on whose terms, over which lane."""

from collections.abc import Mapping

from scmsim.engine.recorder import Row
from scmsim.flows.events import CODES
from scmsim.nodes.books_costs import TRANSPORT, Costs
from scmsim.nodes.books_goods import Goods
from scmsim.nodes.books_item import Item
from scmsim.nodes.books_journal import Book, Journal
from scmsim.nodes.books_trade import Trade
from scmsim.scenario.network import Network

SOURCED = CODES["sourced"]
Bought = Mapping[tuple[int, int], Item]
"""What stocks with several suppliers get from each, by the supplier's point and theirs."""


class Choices:
    """Fixes the price of every order of such a stock, when it is known who gets it.

    Parameters
    ----------
    bought : mapping
        The terms of every supplier.
    trade : Trade
        Where deals are kept.
    """

    __slots__ = ("_bought", "_suppliers", "_trade")

    def __init__(self, bought: Bought, trade: Trade) -> None:
        self._bought = bought
        self._trade = trade
        self._suppliers: dict[float, tuple[float, float]] = {}

    def sourced(self, row: Row) -> None:
        """Remember who gets an order that is placed next."""
        _, kind, _, supplier, order, _, quoted = row
        if kind == SOURCED:
            self._suppliers[order] = supplier, quoted

    def ordered(self, row: Row) -> None:
        """Agree on the price of an order."""
        _, point, order, quantity = row
        chosen = self._suppliers.pop(order, None)
        if chosen is None:
            return
        supplier, quoted = chosen
        contract = self._bought[int(supplier), int(point)].purchase
        if contract is not None and not contract.is_listed:
            self._trade.agree(order, contract, quantity, quoted)


class GoodsOfSeveral(Goods):
    """Goods, some of which come to one stock from several suppliers.

    Parameters
    ----------
    journal, trade, items
        As for `Goods`.
    bought : mapping
        The terms of every supplier.
    """

    __slots__ = ("_bought",)

    def __init__(self, journal: Journal, trade: Trade, items: dict[int, Item], bought: Bought) -> None:
        super().__init__(journal, trade, items)
        self._bought: Mapping[tuple[float, float], Item] = dict(bought.items())

    def shipped(self, row: Row) -> None:
        """Title to goods passes, on the terms of whoever has shipped them."""
        self._turn_to(row[1], row[2])
        super().shipped(row)

    def delivered(self, row: Row) -> None:
        """Goods have arrived, from whoever has shipped them."""
        self._turn_to(row[1], row[2])
        super().delivered(row)

    def destroyed(self, row: Row) -> None:
        """Goods are lost on their way from whoever has shipped them."""
        self._turn_to(row[3], row[2])
        super().destroyed(row)

    def _turn_to(self, seller: float, buyer: float) -> None:
        item = self._bought.get((seller, buyer))
        if item is not None:
            self._items[buyer] = item


class CostsOfSeveral(Costs):
    """Costs, where what a unit and a shipment cost depends on the lane over which they come.

    Parameters
    ----------
    journal, books, items, start
        As for `Costs`.
    network : Network
        The lanes.
    """

    def __init__(
        self, journal: Journal, books: list[Book], items: dict[int, Item], network: Network, start: int
    ) -> None:
        super().__init__(journal, books, items, network.lanes, start)
        self._over = {
            (float(way.supplier), float(point.index)): network.lanes[way.lane]
            for point in network.points
            for way in point.ways
        }

    def shipped(self, row: Row) -> None:
        """Charge a shipment to its receiver."""
        if row[4]:
            self._rates[row[2]].accrued[TRANSPORT] += self._over[row[1], row[2]].shipment_cost

    def delivered(self, row: Row) -> None:
        """Charge units that have arrived over a lane."""
        lane = self._over.get((row[1], row[2]))
        if lane is not None:
            self._rates[row[2]].accrued[TRANSPORT] += lane.unit_cost * row[6]
