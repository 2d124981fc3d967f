"""What end customers are promised who wait for what is made: when the works expect to be finished with it."""

from collections.abc import Mapping

from scmsim.engine.recorder import Row
from scmsim.nodes.shop_production import ShopProduction
from scmsim.nodes.stockpoint import StockPoint
from scmsim.nodes.workshop import Workshop
from scmsim.scenario.network import FromProduction, Network

END_CUSTOMERS = -1.0


class Promises:
    """Tells customers of what is made in stages when they will get it, where the queue says so (`make.promise`).

    Parameters
    ----------
    network : Network
        What is simulated.
    workshop : Workshop
        The means of the run. This must be made before the stocks, which then write what it subscribes to.
    """

    __slots__ = ("_stocks",)

    def __init__(self, network: Network, workshop: Workshop) -> None:
        self._stocks: dict[float, StockPoint | None] = {
            point.index: None
            for point in network.points
            if isinstance(point.source, FromProduction) and point.source.route and point.source.route.promise
        }
        if self._stocks:
            workshop.recorder.subscribe("demand", self._asked)

    def hand_out(self, stocks: Mapping[int, StockPoint]) -> None:
        """Learn which stocks there are."""
        for index in self._stocks:
            self._stocks[index] = stocks[int(index)]

    def _asked(self, row: Row) -> None:
        _, point, buyer, number, quantity, served, lost = row
        if buyer != END_CUSTOMERS or quantity - served - lost <= 0 or point not in self._stocks:
            return
        stock = self._stocks[point]
        if stock is None or not isinstance(stock.source, ShopProduction):
            return
        order = next((one for one in reversed(stock.waiting) if one.number == number), None)
        if order is not None:
            order.promised = stock.source.promised_for_all()
