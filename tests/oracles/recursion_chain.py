"""What the recursion knows of a chain: its stocks and what waits at them, built from the mapping of a scenario."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

Mapping = dict[str, Any]
Place = tuple[str, str]
"""A stock's name: (node, product)."""
Drawn = dict[tuple[str, ...], Iterator[int]]
"""Times drawn beforehand, in periods, one after the other: of (``order_delay`` or ``lead_time``, from, to, product),
or of (``make``, node, product)."""


@dataclass
class Delay:
    """A time in periods: the same every time, or one after the other from those that were drawn beforehand."""

    mean: float
    drawn: Iterator[int] | None = None
    variance: float = 0.0

    def next(self) -> int:
        """Return the next time."""
        return int(self.mean) if self.drawn is None else next(self.drawn)


@dataclass(eq=False)
class Stock:
    """One product at one node: what the scenario says of it, and its state."""

    place: Place
    unlimited: bool = False
    supplier_time: int = 0
    good: float = 1.0
    capacity: "Capacity | None" = None
    minimum_order: float = 0.0
    order_multiple: float = 0.0
    source: "Stock | None" = None
    order_delay: Delay = field(default_factory=lambda: Delay(0))
    lead_time: Delay = field(default_factory=lambda: Delay(0))
    crossing: bool = True
    priority: int = 1
    components: "dict[Stock, float] | None" = None
    allocation: Mapping = field(default_factory=lambda: {"kind": "first_come"})
    review: Mapping = field(default_factory=dict)
    policy: Mapping = field(default_factory=dict)
    first_orders: list[float] = field(default_factory=list)
    demands: list[Mapping] = field(default_factory=list)
    stated: float = 0.0
    share: dict[str, Mapping] = field(default_factory=dict)

    on_hand: float = 0.0
    on_order: float = 0.0
    in_transit: float = 0.0
    latest: int = -1
    inbox: "list[Line]" = field(default_factory=list)
    queue: "list[Line]" = field(default_factory=list)
    due: "list[Order]" = field(default_factory=list)
    served_in: tuple[int, str] | None = None
    reviews: int = 0
    memory: Any = None
    expected: float | None = None
    rate: float = 0.0
    error: float | None = None
    asked: float = 0.0
    received: float = 0.0
    entered: "dict[Stock, float]" = field(default_factory=dict)
    sold: float = 0.0
    sold_seen: float = 0.0
    sold_until: int = 0
    seen: float = 0.0
    seen_periods: int = 0
    told_forecast: float = 0.0
    plan: list[float] = field(default_factory=list)
    planned_at: int = 0

    ordered: float = 0.0
    demanded: float = 0.0
    served: float = 0.0
    lost: float = 0.0

    def backorders(self) -> float:
        """Return the units that buyers wait for; what is set aside for an incomplete kit is still waited for."""
        return sum(line.waiting + line.set_aside for line in self.queue)

    def free(self) -> float:
        """Return the units on hand that are not set aside."""
        return self.on_hand - sum(line.set_aside for line in self.queue)

    def way(self) -> float:
        """Return the mean time from an order to its receipt, in periods."""
        supplier_time = self.source.supplier_time if self.source else 0
        return self.order_delay.mean + supplier_time + self.lead_time.mean


@dataclass(eq=False)
class Order:
    """A replenishment order: when it is due, and what of it is to come."""

    promised: float
    open: float


@dataclass(eq=False)
class Line:
    """What one buyer asked of a stock at one instant: another stock, a production order, or an end customer (None)."""

    entered: int
    waiting: float
    buyer: Stock | None = None
    production: "Production | None" = None
    lost_if_unmet: bool = False
    number: int = -1
    priority: int = 1
    order: Order | None = None
    set_aside: float = 0.0
    ordered: float = 0.0
    by_mail: bool = False

    def __post_init__(self) -> None:
        self.ordered = self.waiting

    @property
    def customer(self) -> Place:
        """Who asks: a stock, or those end customers whose demand is the n-th of the stock."""
        buyer = self.production.makes if self.production else self.buyer
        return buyer.place if buyer else ("", str(self.number))


@dataclass(eq=False)
class Production:
    """A production order: what it makes, its line at each component's stock, and the order that it is."""

    makes: Stock
    order: Order
    lines: dict[Stock, Line] = field(default_factory=dict)


@dataclass(eq=False)
class Capacity:
    """What a supplier can ship in a period, of one product or of all."""

    units: float
    period: int
    stocks: list[Stock] = field(default_factory=list)
    left: float = 0.0


def build(scenario: Mapping, drawn: Drawn) -> dict[Place, Stock]:
    """Return every stock of a scenario, linked to its source, with its initial net stock."""
    stocks: dict[Place, Stock] = {}
    for node, said in scenario["nodes"].items():
        for product, stock in said.get("stock", {}).items():
            stocks[node, product] = Stock(
                (node, product),
                allocation=stock.get("allocation", {"kind": "first_come"}),
                review={"interval": 1, "offset": 0, "timing": "after_demand"} | stock.get("review", {}),
                policy=stock["policy"],
                first_orders=list(stock.get("first_orders", [])),
                demands=said.get("demand", {}).get(product, []),
            )
    for lane in scenario["lanes"]:
        for product in lane["products"]:
            _link(scenario, stocks, lane, product, drawn)
    for node, said in scenario["nodes"].items():
        for product, make in said.get("make", {}).items():
            stock = stocks[node, product]
            stock.lead_time = _delay(make.get("lead_time", 0), ("make", node, product), drawn)
            stock.components = {stocks[node, name]: units for name, units in make.get("components", {}).items()}
            stock.priority = make.get("priority", 1)
    for stock in stocks.values():
        stock.stated = _stated(stock, stocks)
    return stocks


def _delay(said: Any, name: tuple[str, ...], drawn: Drawn) -> Delay:
    if not isinstance(said, dict):
        return Delay(said)
    values = list(zip(said["values"], said["weights"], strict=True))
    mean = sum(value * weight for value, weight in values)
    return Delay(mean, drawn[name], sum(weight * (value - mean) ** 2 for value, weight in values))


def _link(scenario: Mapping, stocks: dict[Place, Stock], lane: Mapping, product: str, drawn: Drawn) -> None:
    """Make a lane the source of one product at its destination."""
    origin = scenario["nodes"][lane["from"]]
    if origin["kind"] == "supplier" and (lane["from"], product) not in stocks:
        stocks[lane["from"], product] = _supplied(origin, (lane["from"], product), stocks)
    buyer = stocks[lane["to"], product]
    buyer.source = stocks[lane["from"], product]
    ends = (lane["from"], lane["to"], product)
    managed = buyer.policy["kind"] == "vendor_managed"
    buyer.order_delay = Delay(0) if managed else _delay(lane.get("order_delay", 0), ("order_delay", *ends), drawn)
    buyer.lead_time = _delay(lane.get("lead_time", 0), ("lead_time", *ends), drawn)
    share = lane.get("share", {})
    buyer.share = {kind: {} if told is True else told for kind, told in share.items() if told is not False}
    buyer.crossing, buyer.priority = lane.get("crossing", True), lane.get("priority", 1)


def _supplied(said: Mapping, place: Place, stocks: dict[Place, Stock]) -> Stock:
    """Return what a supplier offers of one product."""
    found = Stock(place, unlimited=True, supplier_time=said.get("lead_time", 0), good=said.get("yield", 1.0))
    found.minimum_order, found.order_multiple = said.get("minimum_order", 0), said.get("order_multiple", 0)
    if limit := said.get("capacity"):
        shared = [stock.capacity for stock in stocks.values() if stock.unlimited and stock.place[0] == place[0]]
        joins = shared and limit.get("of") == "all"
        found.capacity = shared[0] if joins else Capacity(limit["units"], limit.get("period", 1))
        assert found.capacity is not None
        found.capacity.stocks.append(found)
    return found


def _stated(stock: Stock, stocks: dict[Place, Stock]) -> float:
    """Return the mean demand per period that the scenario states, from the end customers up."""
    total = sum(sum(each["values"]) / len(each["values"]) / each.get("interval", 1) for each in stock.demands)
    for other in stocks.values():
        if other.source is stock:
            total += _stated(other, stocks)
        if other.components and stock in other.components:
            total += _stated(other, stocks) * other.components[stock]
    return float(total)


def levels(stocks: dict[Place, Stock]) -> dict[Stock, int]:
    """Return every stock's level: 0 if it feeds no stock, else one above the highest that it feeds."""
    fed: dict[Stock, list[Stock]] = {stock: [] for stock in stocks.values()}
    for stock in stocks.values():
        for feeder in [stock.source] if stock.source else (stock.components or {}):
            fed[feeder].append(stock)
    found: dict[Stock, int] = {}

    def level(stock: Stock) -> int:
        if stock not in found:
            found[stock] = 1 + max((level(other) for other in fed[stock]), default=-1)
        return found[stock]

    return {stock: level(stock) for stock in stocks.values()}
