"""What the recursion knows of a chain: its stocks and what waits at them, built from the mapping of a scenario."""

from dataclasses import dataclass, field
from typing import Any

Mapping = dict[str, Any]
Place = tuple[str, str]
"""A stock's name: (node, product)."""


@dataclass(eq=False)
class Stock:
    """One product at one node: what the scenario says of it, and its state."""

    place: Place
    unlimited: bool = False
    supplier_time: int = 0
    source: "Stock | None" = None
    order_delay: int = 0
    lead_time: int = 0
    components: "dict[Stock, float] | None" = None
    review: Mapping = field(default_factory=dict)
    policy: Mapping = field(default_factory=dict)
    first_orders: list[float] = field(default_factory=list)
    demands: list[Mapping] = field(default_factory=list)

    on_hand: float = 0.0
    on_order: float = 0.0
    in_transit: float = 0.0
    inbox: "list[Line]" = field(default_factory=list)
    queue: "list[Line]" = field(default_factory=list)
    served_in: tuple[int, str] | None = None
    reviews: int = 0
    memory: Any = None
    asked: float = 0.0

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


@dataclass(eq=False)
class Line:
    """What one buyer asked of a stock at one instant: another stock, a production order, or an end customer (None)."""

    entered: int
    waiting: float
    buyer: Stock | None = None
    production: "Production | None" = None
    lost_if_unmet: bool = False
    set_aside: float = 0.0


@dataclass(eq=False)
class Production:
    """A production order: what it makes, and its line at each component's stock."""

    makes: Stock
    lines: dict[Stock, Line] = field(default_factory=dict)


def build(scenario: Mapping) -> dict[Place, Stock]:
    """Return every stock of a scenario, linked to its source, with its initial net stock."""
    stocks: dict[Place, Stock] = {}
    for node, said in scenario["nodes"].items():
        for product, stock in said.get("stock", {}).items():
            stocks[node, product] = Stock(
                (node, product),
                review={"interval": 1, "offset": 0, "timing": "after_demand"} | stock.get("review", {}),
                policy=stock["policy"],
                first_orders=list(stock.get("first_orders", [])),
                demands=said.get("demand", {}).get(product, []),
            )
    for lane in scenario["lanes"]:
        for product in lane["products"]:
            _link(scenario, stocks, lane, product)
    for node, said in scenario["nodes"].items():
        for product, make in said.get("make", {}).items():
            stock = stocks[node, product]
            stock.lead_time = make.get("lead_time", 0)
            stock.components = {stocks[node, name]: units for name, units in make.get("components", {}).items()}
    return stocks


def _link(scenario: Mapping, stocks: dict[Place, Stock], lane: Mapping, product: str) -> None:
    """Make a lane the source of one product at its destination."""
    origin = scenario["nodes"][lane["from"]]
    if origin["kind"] == "supplier":
        seller = Stock((lane["from"], product), unlimited=True, supplier_time=origin.get("lead_time", 0))
        stocks.setdefault(seller.place, seller)
    buyer = stocks[lane["to"], product]
    buyer.source = stocks[lane["from"], product]
    buyer.order_delay = lane.get("order_delay", 0)
    buyer.lead_time = lane.get("lead_time", 0)


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
