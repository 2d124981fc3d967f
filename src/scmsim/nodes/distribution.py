"""Which processes a network needs whose goods expire or come back; everywhere else the plain ones do."""

from collections.abc import Mapping
from typing import Any

from scmsim.nodes.docked_lane import DockedLane
from scmsim.nodes.downstream import Customers
from scmsim.nodes.lane import LaneProcess
from scmsim.nodes.perishable_routes import PerishableCustomers, PerishableLane, PerishableProduction
from scmsim.nodes.perishables import Choosy, Perishable, mixed
from scmsim.nodes.production import Production
from scmsim.nodes.returns import ReturnDesk, ReturningCustomers
from scmsim.nodes.stockpoint import StockPoint
from scmsim.nodes.workshop import Workshop
from scmsim.scenario.network import CustomerDemand, FromLane, Lane, Network, Point
from scmsim.ticks import to_ticks


def stock_class(point: Point, base: type[StockPoint]) -> type[StockPoint]:
    """Return the class of a stock: one that keeps lots where its product does not keep."""
    if point.keeping is None:
        return base
    kind: type[StockPoint] = mixed(Choosy if point.keeping.is_choosy else Perishable, base)
    return kind


def lane_class(point: Point, base: type[LaneProcess]) -> type[LaneProcess]:
    """Return the class of a lane into a stock."""
    kind: type[LaneProcess] = base if point.keeping is None else mixed(PerishableLane, base)
    return kind


def docked_lane_class(point: Point) -> type[DockedLane]:
    """Return the class of a lane into a stock whose goods move in loads."""
    kind: type[DockedLane] = DockedLane if point.keeping is None else mixed(PerishableLane, DockedLane)
    return kind


def production_class(components: list[StockPoint]) -> type[Production]:
    """Return the class of production from these components."""
    return PerishableProduction if any(isinstance(each, Perishable) for each in components) else Production


def tell_freshness(
    process: LaneProcess, lane: Lane, source: FromLane, network: Network, stocks: Mapping[int, StockPoint]
) -> None:
    """Tell a lane of perishable goods how fresh they are."""
    keeping = network.points[source.supplier].keeping
    if isinstance(process, PerishableLane) and keeping is not None:
        process.carries(stocks.get(source.supplier), keeping, lane.lasting)


def customers_class(demand: CustomerDemand, point: Point, base: type[Customers]) -> Any:
    """Return the class of the customers of a demand at a point."""
    kind: Any = base
    if point.keeping is not None:
        kind = mixed(PerishableCustomers, kind)
    if demand.returns is not None:
        kind = mixed(ReturningCustomers, kind)
    return kind


def undemanding_customers(stock: StockPoint, workshop: Workshop, start: int) -> Customers:
    """Return customers of a stock who belong to none of its demands, and take what there is."""
    kind: Any = mixed(PerishableCustomers, Customers) if isinstance(stock, Perishable) else Customers
    customers: Customers = kind(None, stock, workshop, start)
    if isinstance(customers, PerishableCustomers):
        customers.lasting = 0
    return customers


def tell_customers(
    customers: Customers, demand: CustomerDemand, network: Network, stocks: Mapping[int, StockPoint], workshop: Workshop
) -> None:
    """Tell customers how long units must last, and where what they send back goes."""
    if isinstance(customers, PerishableCustomers):
        customers.lasting = to_ticks(demand.model.minimum_life)
    returns = demand.returns
    if isinstance(customers, ReturningCustomers) and returns is not None:
        lane = None if returns.lane is None else network.lanes[returns.lane]
        shop, place = stocks[returns.shop], stocks[returns.to]
        customers.desk = ReturnDesk(returns, shop, place, lane, workshop)


def stock_up(stocks: Mapping[int, StockPoint], start: int) -> None:
    """Put what perishable stocks have at the start on their shelves."""
    for stock in stocks.values():
        if isinstance(stock, Perishable):
            stock.stock_up(start)
