"""Where the lanes into one stock meet: the building of sources with several lanes, and of lots."""

from collections.abc import Mapping, Sequence

from scmsim.nodes.lane import LaneProcess
from scmsim.nodes.lots import Lots
from scmsim.nodes.sourcing import PriceList, SeveralLanes
from scmsim.nodes.stockpoint import StockPoint
from scmsim.nodes.upstream import UnlimitedSupplier
from scmsim.nodes.ways import Way
from scmsim.nodes.workshop import Workshop
from scmsim.policies.sourcing import Sourcing
from scmsim.scenario.network import FromLane, FromProduction, Network, Point


class Crossroads:
    """Builds the sources of the stocks that several lanes bring.

    Parameters
    ----------
    network : Network
        What is simulated.
    sellers : mapping of int to StockPoint or UnlimitedSupplier
        Everybody by the index of their point.
    workshop : Workshop
        The means of the run.
    prices : PriceList or None
        Who knows what the suppliers ask.
    """

    __slots__ = ("_network", "_prices", "_sellers", "_workshop")

    def __init__(
        self,
        network: Network,
        sellers: Mapping[int, StockPoint | UnlimitedSupplier],
        workshop: Workshop,
        prices: PriceList | None,
    ) -> None:
        self._network = network
        self._sellers = sellers
        self._workshop = workshop
        self._prices = prices

    def source(
        self,
        stock: StockPoint,
        rule: Sourcing,
        lanes: Sequence[tuple[FromLane, LaneProcess]],
        kind: type[SeveralLanes] = SeveralLanes,
    ) -> SeveralLanes:
        """Return the source of a stock that these lanes bring."""
        network, workshop = self._network, self._workshop
        ways = []
        for way, process in lanes:
            time = replenishment(network, network.points[way.supplier])
            known = Way(network.lanes[way.lane], process, self._sellers[way.supplier], time, stock, workshop)
            known.behind = self._behind(way, stock.point.product)
            ways.append(known)
        return kind(stock, rule, ways, workshop, self._prices)

    def _behind(self, way: FromLane, product: str) -> list[StockPoint | UnlimitedSupplier]:
        """Return who supplies a seller that is a cross-dock; nobody for any other."""
        network = self._network
        if product not in network.lanes[way.lane].passing:
            return []
        sources = network.points[way.supplier].regular
        return [
            seller for source in sources for seller in self._behind(source, product) or [self._sellers[source.supplier]]
        ]


def replenishment(network: Network, point: Point) -> int:
    """Return the mean time that a stock waits for what it orders, in ticks; of several lanes that of the fastest."""
    if isinstance(point.source, FromProduction):
        return point.source.lead_time.ticks
    lanes = [network.lanes[way.lane] for way in point.ways]
    return min((lane.promise(point.product) for lane in lanes), default=0)


def sell_in_lots(network: Network, stocks: Mapping[int, StockPoint]) -> None:
    """Raise the orders to suppliers that sell in lots, when every stock has its source."""
    for stock in stocks.values():
        source = stock.source
        if isinstance(source, SeveralLanes):
            for way in source.ways:
                if way.supply.has_lots:
                    way.source = Lots(way.source, way.supply)
        elif source is not None:
            for bought in stock.point.ways:
                supply = network.points[bought.supplier].supply
                stock.source = Lots(source, supply) if supply.has_lots else source
