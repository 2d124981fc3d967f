"""Which stocks are as textbooks have them: nothing of what a scenario can add beyond costs, delays and a policy.

Every field of a stock, lane, node or demand that is not listed here has to be at its default, so that a feature which
is added later silences the formulas until someone has thought about it.
"""

from collections.abc import Iterable
from dataclasses import MISSING, dataclass, fields
from typing import Any

from scmsim.scenario.network import CustomerDemand, FromLane, FromProduction, Lane, Network, Node, Point
from scmsim.scenario.network_money import Delay, Finance, Sale
from scmsim.ticks import TICKS

POINT = frozenset(
    {
        "index", "node", "product", "level", "unlimited", "initial", "holding_cost", "backorder_cost", "order_cost",
        "purchase_cost", "policy", "review", "first_orders", "shipments_due", "orders_mailed", "source", "demands",
        "sale", "opening_cost",
    }
)  # fmt: skip
LANE = frozenset(
    {
        "index", "origin", "destination", "products", "order_delay", "lead_time", "supplier_time", "crossing", "share",
        "messages", "unit_cost", "shipment_cost", "holding_cost", "sales", "duty",
    }
)  # fmt: skip
NODE = frozenset({"name", "kind", "segment", "label", "position", "finance", "order_clerks"})
DEMAND = frozenset({"stream", "model", "interval", "offset"})


def is_plain(thing: Any, known: frozenset[str]) -> bool:
    """Tell whether every field of a thing but the known ones is at its default."""
    return all(getattr(thing, field.name) == _default(field) for field in fields(thing) if field.name not in known)


def _default(field: Any) -> Any:
    return field.default_factory() if field.default_factory is not MISSING else field.default


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """A stock as textbooks have it.

    Attributes
    ----------
    point : Point
        What the scenario says.
    supplier : int or None
        The stock that it is replenished from; None where supply is unlimited.
    customers : tuple of int
        The stocks that draw on it.
    delays : tuple of Delay
        What passes from an order to its receipt where the supplier has everything.
    lane : Lane or None
        Over which it comes.
    """

    point: Point
    supplier: int | None
    customers: tuple[int, ...]
    delays: tuple[Delay, ...]
    lane: Lane | None

    @property
    def node(self) -> str:
        """Where it is."""
        return self.point.node

    @property
    def product(self) -> str:
        """Of what."""
        return self.point.product

    @property
    def delay(self) -> int | None:
        """Ticks from an order to its receipt where the supplier has everything; None: they are random."""
        return None if any(each.distribution for each in self.delays) else sum(each.ticks for each in self.delays)

    @property
    def lead_time(self) -> float:
        """The same in time units, on the average."""
        return sum(each.ticks for each in self.delays) / TICKS

    @property
    def is_alone(self) -> bool:
        """Whether supply is unlimited and only one demand of end customers draws on it."""
        return self.supplier is None and not self.customers and len(self.point.demands) == 1

    @property
    def has_plain_orders(self) -> bool:
        """Whether its policy orders what it wants: nothing is rounded, raised or cut but below 0."""
        policy = self.point.policy
        return policy is not None and policy.plain_quantities

    def cost(self, on_hand: float, backorders: float, mean: float, orders: float | None) -> float | None:
        """Return its cost per time unit; None where a cost depends on what is not known.

        Parameters
        ----------
        on_hand, backorders : float
            Mean units.
        mean : float
            Units asked for per time unit.
        orders : float or None
            Orders per time unit; None: not known.
        """
        point, source = self.point, self.point.source
        per_order, per_unit, per_unit_coming = point.order_cost, point.purchase_cost, 0.0
        if isinstance(source, FromProduction):
            per_order, per_unit = per_order + source.batch_cost, per_unit + source.unit_cost
        if self.lane is not None:
            if self.lane.shipment_cost:
                return None
            per_unit += self.lane.unit_cost
            per_unit_coming = self.lane.holding_cost * self.lane.lead_time.ticks / TICKS
        if per_order and orders is None:
            return None
        held = point.holding_cost * on_hand + point.backorder_cost * backorders
        return held + per_order * (orders or 0.0) + (per_unit + per_unit_coming) * mean


def plain_stocks(network: Network) -> dict[int, Stock]:
    """Return every stock that is as textbooks have it, by its number; none where anything is ever disrupted."""
    if network.disruptions:
        return {}
    drawing = customers(network)
    found = (_stock(network, point, drawing.get(point.index, ())) for point in network.points if not point.unlimited)
    return {stock.point.index: stock for stock in found if stock is not None}


def customers(network: Network) -> dict[int, tuple[int, ...]]:
    """Return the stocks that draw on every point, by lane or as a component."""
    drawing: dict[int, list[int]] = {}
    for point in network.points:
        suppliers = [way.supplier for way in point.ways]
        if isinstance(point.source, FromProduction):
            suppliers += [index for index, _ in point.source.components]
        for supplier in suppliers:
            drawing.setdefault(supplier, []).append(point.index)
    return {supplier: tuple(found) for supplier, found in drawing.items()}


def _stock(network: Network, point: Point, drawing: tuple[int, ...]) -> Stock | None:
    if not (is_plain(point, POINT) and is_free(network.nodes[point.node]) and _is_paid_later([point.sale])):
        return None
    if point.policy is None or point.review is None or not all(_is_plain_demand(each) for each in point.demands):
        return None
    source = point.source
    if isinstance(source, FromProduction):
        if source.components or source.route is not None:
            return None
        return Stock(point=point, supplier=None, customers=drawing, delays=(source.lead_time,), lane=None)
    if not isinstance(source, FromLane):
        return None
    lane, supplier = network.lanes[source.lane], network.points[source.supplier]
    if not (is_plain(lane, LANE) and is_plain(supplier, POINT) and is_free(network.nodes[supplier.node])):
        return None
    if not _is_paid_later(lane.sales.values()):
        return None
    return Stock(
        point=point,
        supplier=None if supplier.unlimited else supplier.index,
        customers=drawing,
        delays=(lane.order_delay, lane.supplier_time, lane.lead_time),
        lane=lane,
    )


def is_solvent(finance: Finance | None) -> bool:
    """Tell whether a node's money never keeps it from doing anything."""
    if finance is None:
        return True
    return finance.overdraft_limit is None and not finance.limit_orders_to_cash and finance.insolvency == "ignore"


def is_free(node: Node) -> bool:
    """Whether neither people nor money ever keep a node waiting."""
    return is_plain(node, NODE) and node.order_clerks is None and is_solvent(node.finance)


def _is_paid_later(sales: Iterable[Sale | None]) -> bool:
    return not any(sale is not None and (sale.terms.prepay or sale.terms.down_payment) for sale in sales)


def _is_plain_demand(demand: CustomerDemand) -> bool:
    return is_plain(demand, DEMAND)
