"""Who tells whom: the links between stocks along which information goes."""

from collections.abc import Mapping

from scmsim.flows.information import CustomerStock
from scmsim.nodes.explosion import MrpStock, explodes
from scmsim.nodes.planning import PlanningStock, plans_ahead
from scmsim.nodes.reports import REPORTINGS, Line, Reporting
from scmsim.nodes.sharing import AttentiveSupplier, HouseStock, InformedStock, ManagedStock
from scmsim.nodes.workshop import Workshop
from scmsim.scenario.network import FromProduction, Lane, Network, Point
from scmsim.ticks import TICKS


def is_informed(network: Network) -> bool:
    """Tell whether anything is shared or used beyond orders."""
    policies = (point.policy for point in network.points if point.policy is not None)
    return any(lane.share for lane in network.lanes) or any(
        policy.needs() or policy.decided_by_supplier for policy in policies
    )


def informed_stock(point: Point) -> type[InformedStock]:
    """Return the class of a stock: whether it decides itself or its supplier does, and whether it plans ahead."""
    if point.is_managed:
        return ManagedStock
    if explodes(point):
        return MrpStock
    return PlanningStock if plans_ahead(point) else InformedStock


class Information:
    """The links of a network along which information goes.

    Parameters
    ----------
    network : Network
    stocks : mapping of int to InformedStock
        By the index of their points.
    suppliers : mapping of int to AttentiveSupplier
    workshop : Workshop
    """

    def __init__(
        self,
        network: Network,
        stocks: Mapping[int, InformedStock],
        suppliers: Mapping[int, AttentiveSupplier],
        workshop: Workshop,
    ) -> None:
        self._network = network
        self._stocks = stocks
        self._suppliers = suppliers
        self._workshop = workshop
        self._reportings: list[tuple[InformedStock, Reporting]] = []
        self._known: list[tuple[InformedStock, CustomerStock]] = []
        for stock in stocks.values():
            source = stock.point.source
            for way in stock.point.regular:
                self._link(stock, network.lanes[way.lane], way.supplier)
            if isinstance(source, FromProduction):
                self._link_inside(stock, source)

    def begin(self) -> None:
        """Let everyone know the state at the start, and book the reports at regular instants."""
        for stock, known in self._known:
            known.net_stock, known.echelon = stock.net_stock_now(), stock.echelon_now()
            known.forecast = stock.expectation()
        start = self._network.calendar.start
        for stock in self._stocks.values():
            stock.begin_to_learn(start)
        for stock, reporting in self._reportings:
            if reporting.interval:
                first = start + reporting.offset
                self._workshop.clock.every(first, reporting.interval, stock.tell_phase, reporting.send)
            else:
                stock.tellers.append(reporting.send)

    def _link(self, buyer: InformedStock, lane: Lane, supplier: int) -> None:
        seller = self._stocks.get(supplier) or self._suppliers[supplier]
        share = lane.share
        known = CustomerStock(tells_stock=share.stock is not None, tells_receipts=share.pipeline is not None)
        known.entered = sum(quantity for _, quantity in buyer.point.shipments_due)
        if share.point_of_sale is not None:
            known.sales_until = self._network.calendar.start - TICKS
        seller.customers[buyer.index] = known
        self._known.append((buyer, known))
        if isinstance(buyer, ManagedStock):
            buyer.managed_by(seller, known)
        line = Line(buyer, seller, known, f"{lane.origin}->{lane.destination}/{buyer.point.product}")
        for reporting in REPORTINGS:
            report = getattr(share, reporting.kind)
            if report is not None:
                self._reportings.append((buyer, reporting(report, line, self._workshop)))

    def _link_inside(self, maker: InformedStock, source: FromProduction) -> None:
        under_way = sum(quantity for _, quantity in maker.point.shipments_due)
        for index, per_unit in source.components:
            component = self._stocks[index]
            house = HouseStock(maker, per_unit)
            house.entered = under_way * per_unit
            component.customers[maker.index] = house
            maker.parts.append((component, per_unit))
