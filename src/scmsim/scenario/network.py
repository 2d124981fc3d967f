"""What a simulation needs to know: a scenario with everything inferred, defaulted, checked and converted to ticks.

Everything here is frozen. A point is one product at one node; points are numbered by (level, node, product), so that
nothing depends on the order of a file.
"""

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from scmsim.inputs.demand import Demand
from scmsim.inputs.distributions import Distribution
from scmsim.policies.base import Policy
from scmsim.policies.sourcing import Sourcing
from scmsim.scenario.network_disruption import Disruption
from scmsim.scenario.network_disruption import Resilience as Resilience
from scmsim.scenario.network_distribution import Keeping, Returns
from scmsim.scenario.network_money import Delay as Delay
from scmsim.scenario.network_money import Finance as Finance
from scmsim.scenario.network_money import Money as Money
from scmsim.scenario.network_money import Price as Price
from scmsim.scenario.network_money import Promotion as Promotion
from scmsim.scenario.network_money import Sale as Sale
from scmsim.scenario.network_money import Terms as Terms
from scmsim.scenario.network_production import Resource, Route
from scmsim.scenario.network_rules import STANDARD, Service, StockRules
from scmsim.scenario.network_supply import UNLIMITED, Supply
from scmsim.scenario.network_transport import Fleet, Transport
from scmsim.ticks import TICKS


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """The run's time frame, in ticks: [start, end), measured from ``warm``."""

    unit: str
    start: int
    end: int
    warm: int
    bucket: int
    start_date: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """What flows. ``value`` and ``standard_cost`` are money per unit or None where nobody stated it."""

    name: str
    unit: str = "unit"
    value: float | None = None
    whole_units: bool = False
    standard_cost: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A place in the network."""

    name: str
    kind: str
    segment: str
    label: str
    position: tuple[float, float] | None = None
    order_clerks: "Clerks | None" = None
    billing_clerks: "Clerks | None" = None
    finance: Finance | None = None
    fleets: dict[str, Fleet] = field(default_factory=dict)

    @property
    def vehicle_cost(self) -> float:
        """What its vehicles cost per time unit."""
        return sum(fleet.number * fleet.cost for fleet in self.fleets.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What is told over a lane, and when: in ticks; ``interval`` 0 is whenever there was something to tell."""

    delay: Delay = Delay(0)
    interval: int = TICKS
    offset: int = 0
    noise: float | Distribution = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What a lane's receiver tells its sender; None: it does not."""

    point_of_sale: Report | None = None
    forecast: Report | None = None
    stock: Report | None = None
    pipeline: Report | None = None

    def __bool__(self) -> bool:
        return any((self.point_of_sale, self.forecast, self.stock, self.pipeline))


@dataclass(frozen=True, slots=True, kw_only=True)
class Messages:
    """How long the messages that go with an order take."""

    confirmation: Delay = Delay(0)
    shipping_notice: Delay = Delay(0)
    delivery_receipt: Delay = Delay(0)
    invoice: Delay = Delay(0)
    remittance: Delay = Delay(0)
    request: Delay = Delay(0)
    quotation: Delay = Delay(0)


@dataclass(frozen=True, slots=True)
class Clerks:
    """People who handle one message after the other: how many, and how long one message takes."""

    number: int
    time: Delay


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """A way from one node to another; ``supplier_time`` is what an unlimited supplier adds before it ships.

    With ``transport`` goods move in loads: these have the costs of units and shipments, and ``lead_time`` is what is
    promised, the wait for a departure included.
    ``lasting`` is the least remaining life that its receiver takes, in ticks. A lane for returns carries only what
    customers send back.
    ``passing`` is what goods take from an order to a sender that is a cross-dock, in ticks by product.
    ``cancel_after`` is in ticks, None for never; a lateral lane joins peers, of which the sender keeps ``keep`` units.
    """

    index: int
    origin: str
    destination: str
    products: tuple[str, ...]
    order_delay: Delay
    lead_time: Delay
    supplier_time: Delay
    crossing: bool
    share: Share = Share()
    messages: Messages = Messages()
    unit_cost: float = 0.0
    shipment_cost: float = 0.0
    holding_cost: float = 0.0
    sales: dict[str, Sale] = field(default_factory=dict)
    credit_limit: float | None = None
    duty: float = 0.0
    transport: Transport | None = None
    lasting: int = 0
    is_for_returns: bool = False
    cancel_after: int | None = None
    lateral: bool = False
    keep: float | None = None
    passing: dict[str, int] = field(default_factory=dict)

    def promise(self, product: str) -> int:
        """Return the ticks from an order for a product to the date that it is promised for."""
        own = self.order_delay.ticks + self.supplier_time.ticks + self.lead_time.ticks
        return own + self.passing.get(product, 0)

    @property
    def modes(self) -> tuple[str, ...]:
        """The names of its modes of transport, in alphabetical order; none where it has none."""
        return self.transport.names if self.transport is not None else ()


@dataclass(frozen=True, slots=True)
class FromLane:
    """A stock that is replenished over a lane, from the point at its other end."""

    lane: int
    supplier: int


@dataclass(frozen=True, slots=True)
class FromSeveral:
    """A stock that several lanes bring, in the order of their suppliers' names; the rule says which gets an order."""

    ways: tuple[FromLane, ...]
    rule: Sourcing


@dataclass(frozen=True, slots=True, kw_only=True)
class FromProduction:
    """A stock that is replenished by making: (point, units per unit made) for each component.

    With a ``route`` it goes through stages on machines, and ``lead_time`` is only what is planned with.
    """

    lead_time: Delay
    components: tuple[tuple[int, float], ...] = ()
    unit_cost: float = 0.0
    batch_cost: float = 0.0
    route: Route | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """When a stock decides, in ticks; ``interval`` 0 is continuous review."""

    interval: int
    offset: int = 0
    before_demand: bool = False

    @property
    def continuous(self) -> bool:
        """Whether every entry that changes the position is followed by a decision."""
        return self.interval == 0


@dataclass(frozen=True, slots=True)
class CustomerDemand:
    """Demand of end customers at one point; ``stream`` names its random numbers; interval and offset in ticks.

    ``pantry`` is the number of units that these customers keep at home while a promotion runs.
    """

    stream: str
    model: Demand
    interval: int
    offset: int
    pantry: float = 0.0
    returns: Returns | None = None
    service: Service = STANDARD


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One stock: a product at a node. An unlimited point is a supplier's, which never runs short and keeps no stock."""

    index: int
    node: str
    product: str
    level: int
    unlimited: bool = False
    initial: float = 0.0
    holding_cost: float = 0.0
    backorder_cost: float = 0.0
    order_cost: float = 0.0
    purchase_cost: float = 0.0
    policy: Policy | None = None
    review: Review | None = None
    first_orders: tuple[float, ...] = ()
    shipments_due: tuple[tuple[int, float], ...] = ()
    orders_mailed: tuple[tuple[int, float], ...] = ()
    source: FromLane | FromSeveral | FromProduction | None = None
    supply: Supply = UNLIMITED
    demands: tuple[CustomerDemand, ...] = ()
    sale: Sale | None = None
    opening_cost: float = 0.0
    buy_ahead: float = 0.0
    keeping: Keeping | None = None
    disposal_cost: float = 0.0
    rules: StockRules | None = None
    laterals: tuple[FromLane, ...] = ()

    @property
    def ways(self) -> tuple[FromLane, ...]:
        """The lanes that bring it, with the point at the other end of each: first those that replenish it."""
        return self.regular + self.laterals

    @property
    def regular(self) -> tuple[FromLane, ...]:
        """The lanes that replenish it, without those from its peers."""
        source = self.source
        if isinstance(source, FromSeveral):
            return source.ways
        return (source,) if isinstance(source, FromLane) else ()

    @property
    def is_managed(self) -> bool:
        """Whether its supplier decides for it."""
        return self.policy is not None and self.policy.decided_by_supplier

    @property
    def forecasts(self) -> bool:
        """Whether its policy forecasts what is asked for from one review to the next."""
        has_interval = self.review is not None and not self.review.continuous
        return has_interval and self.policy is not None and self.policy.forecasts


@dataclass(frozen=True, slots=True, kw_only=True)
class OnTimeInFull:
    """How deliveries are judged: against which date, and by how much they may miss it (ticks; None: no limit)."""

    reference: str = "promised"
    early: int | None = None
    late: int = 0


@dataclass(frozen=True, kw_only=True)
class Network:
    """Everything a run needs except the seed.

    ``end_demand`` holds one (point, demand point, units) triple for every point that serves end customers' demand,
    directly or through the network: how many units of it one unit of that demand takes.
    """

    name: str
    calendar: Calendar
    products: dict[str, Product]
    nodes: dict[str, Node]
    lanes: tuple[Lane, ...]
    points: tuple[Point, ...]
    end_demand: tuple[tuple[int, int, float], ...] = ()
    on_time_in_full: OnTimeInFull = field(default_factory=OnTimeInFull)
    money: Money | None = None
    notes: tuple[str, ...] = ()
    resources: tuple[Resource, ...] = ()
    disruptions: tuple[Disruption, ...] = ()
    resilience: Resilience = Resilience()

    @cached_property
    def has_loads(self) -> bool:
        """Whether goods move in loads on any lane."""
        return any(lane.transport is not None for lane in self.lanes)

    @cached_property
    def has_choices(self) -> bool:
        """Whether any stock is brought by several lanes."""
        return any(len(point.ways) > 1 for point in self.points)

    @cached_property
    def has_yields(self) -> bool:
        """Whether any supplier's units do not always come out right."""
        return any(point.supply.good != 1.0 for point in self.points)

    @cached_property
    def has_scrap(self) -> bool:
        """Whether any units are thrown away while they are made."""
        sources = (point.source for point in self.points)
        return any(
            isinstance(made, FromProduction) and made.route is not None and made.route.has_scrap for made in sources
        )

    @cached_property
    def has_expiry(self) -> bool:
        """Whether any stock does not keep."""
        return any(point.keeping is not None for point in self.points)

    @cached_property
    def has_returns(self) -> bool:
        """Whether any end customers send anything back."""
        return any(demand.returns is not None for point in self.points for demand in point.demands)

    @cached_property
    def has_blows(self) -> bool:
        """Whether anything is ever destroyed."""
        return any(each.stock or each.loads for each in self.disruptions)

    @cached_property
    def has_rules(self) -> bool:
        """Whether any stock serves by other rules than first come, first served, everybody in parts."""
        return any(point.rules is not None for point in self.points)

    @cached_property
    def has_cancellations(self) -> bool:
        """Whether any buyer cancels what comes too late."""
        reroutes = any(each.reactions is not None and each.reactions.reroute for each in self.disruptions)
        return reroutes or any(lane.cancel_after is not None for lane in self.lanes)

    @cached_property
    def has_patience(self) -> bool:
        """Whether any customers wait for some time only."""
        return any(demand.service.patience is not None for point in self.points for demand in point.demands)
