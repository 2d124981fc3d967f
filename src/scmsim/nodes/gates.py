"""What money allows: the gates between decisions and orders, and between orders and sellers."""

from collections.abc import Mapping
from math import inf

from scmsim.nodes.books import Books
from scmsim.nodes.credit import CreditDesk, CreditWindow
from scmsim.nodes.docks import Dock
from scmsim.nodes.insolvency import STANDINGS, Standing
from scmsim.nodes.lane import LaneProcess
from scmsim.nodes.promotions import TemptedPolicy
from scmsim.nodes.purse import Purse, Works
from scmsim.nodes.sourcing import SeveralLanes
from scmsim.nodes.stockpoint import StockPoint
from scmsim.nodes.workshop import Workshop
from scmsim.scenario.network import Lane, Network


class Gates:
    """Sets up what money has to say about orders, where it has: everywhere else nothing is built.

    Parameters
    ----------
    network : Network
        What is simulated; it has money.
    workshop : Workshop
        The means of the run. The gates must be made before the books and the processes, whose facts they follow.

    Attributes
    ----------
    standings : dict of str to Standing
        Whether a node may still buy, for every node that can become insolvent.
    desks : dict of int to CreditDesk
        Who looks at the orders of a lane with a credit limit, by its number.
    """

    def __init__(self, network: Network, workshop: Workshop) -> None:
        self._network = network
        self._workshop = workshop
        self.standings: dict[str, Standing] = {}
        self.desks: dict[int, CreditDesk] = {}
        self._at_point: dict[float, Standing] = {}
        nodes = network.nodes
        finances = [node.finance for node in nodes.values() if node.finance is not None]
        if any(STANDINGS[finance.insolvency].ends_trade for finance in finances):
            workshop.recorder.subscribe("deliveries", self._received)
        limited = [lane for lane in network.lanes if lane.credit_limit is not None]
        if any(nodes[lane.origin].finance is None for lane in limited):
            workshop.recorder.subscribe("payments", self._paid)

    def link(self, books: Books, stocks: Mapping[int, StockPoint]) -> None:
        """Put the gates in their places, when every stock has its source."""
        self._desks_of(books)
        for name, book in sorted(books.books.items()):
            build = STANDINGS[book.finance.insolvency]
            if build is not Standing:
                kept = [stock for stock in stocks.values() if stock.point.node == name]
                standing = self.standings[name] = build(name, books, self._workshop, kept)
                self._at_point |= dict.fromkeys((stock.index for stock in kept), standing)
        for stock in stocks.values():
            source, standing_here = stock.source, self.standings.get(stock.point.node)
            if isinstance(source, SeveralLanes):
                for way in source.ways:
                    way.source = self._link_lane(stock, way.process, way.lane, int(way.seller.index), books)
            elif isinstance(source, LaneProcess):
                (bought,) = stock.point.regular
                lane = self._network.lanes[bought.lane]
                self._tempt(stock, lane)
                stock.source = self._link_lane(stock, source, lane, bought.supplier, books)
            elif source is not None and standing_here is not None:
                stock.source = Works(source, standing_here)

    def close(self, docks: Mapping[int, Dock]) -> None:
        """Let no load leave a node whose trade has ended; what waits at its docks is set aside with the rest."""
        for dock in docks.values():
            standing = self.standings.get(dock.name[0])
            if standing is not None and standing.ends_trade:
                dock.ends_with(standing.may_make)

    def _desks_of(self, books: Books) -> None:
        for lane in self._network.lanes:
            if lane.credit_limit is not None:
                desk = self.desks[lane.index] = CreditDesk(lane.index, lane.credit_limit, books, self._workshop)
                if lane.origin in books.books:
                    books.on_cash(lane.origin, desk.release_soon)

    def _tempt(self, stock: StockPoint, lane: Lane) -> None:
        point, sale = stock.point, lane.sales.get(stock.point.product)
        if sale is not None and sale.promotions:
            clock = self._workshop.clock
            stock.decides_through(lambda decide: TemptedPolicy(decide, sale, point.buy_ahead, clock).decide)

    def _link_lane(
        self, stock: StockPoint, process: LaneProcess, lane: Lane, supplier: int, books: Books
    ) -> LaneProcess | Purse:
        """Put the gates before a lane and behind it, and return where an order over it goes first."""
        point, sale = stock.point, lane.sales.get(stock.point.product)
        desk = self.desks.get(lane.index)
        if desk is not None and sale is not None:
            process.sells_through(lambda seller: CreditWindow(seller, desk))
        standing, book = self.standings.get(point.node), books.books[point.node]
        may_wait = sale is not None and sale.terms.down_payment > 0 and book.limit < inf
        if standing is not None or may_wait or (book.finance.limit_orders_to_cash and book.limit < inf):
            purse = Purse(stock, process, books, self._workshop, standing, self._network.points[supplier])
            if may_wait:
                stock.decides_through(purse.decisions)
            return purse
        return process

    def _received(self, row: tuple[float, ...]) -> None:
        standing = self._at_point.get(row[2])
        if standing is not None:
            standing.received(int(row[2]))

    def _paid(self, _row: tuple[float, ...]) -> None:
        for desk in self.desks.values():
            desk.release_soon()
