"""The part of a scenario file that describes the network: nodes, their stocks and production, and lanes."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag

from scmsim.inputs.demand import PriorityClass
from scmsim.inputs.distributions import NonNegativeOrDistribution
from scmsim.scenario.catalogue import AnyAllocation, AnyDemand, AnyModeChoice, AnyPolicy, AnySourcing
from scmsim.scenario.names import ON_ONE_LINE, Name
from scmsim.scenario.schema_information import Desks, Messages, Share, written_as
from scmsim.scenario.schema_money import AnyPrice, Finance, Promotions, Sale, Terms
from scmsim.scenario.schema_production import Resource, Stage
from scmsim.scenario.schema_supply import AnyCapacity, Good, Least, Lot
from scmsim.scenario.schema_transport import Dispatch, Fleet, Mode
from scmsim.specification import Interval, NonNegative, Number, Positive, Specification

"""A name given by the user: any text on one line."""


def _as_list(value: Any) -> Any:
    return (value,) if written_as(value) == "<mapping>" else value


Demands = Annotated[tuple[AnyDemand, ...], Field(strict=False, min_length=1), BeforeValidator(_as_list)]
"""One demand or several."""


class Due(Specification):
    """A quantity that is on its way when the run starts."""

    at: Number
    """When it arrives, on the run's clock (time units; not before `time.start`)."""
    quantity: NonNegative
    """How much (units)."""


Dues = Annotated[tuple[Due, ...], Field(strict=False)]


class Pipeline(Specification):
    """What is on order when the run starts, listed one by one."""

    shipments: Dues = ()
    """Shipments on their way to this stock, with the instant each arrives."""
    orders: Dues = ()
    """Orders of this stock in the mail, with the instant each reaches its supplier."""


class Review(Specification):
    """Reviews at regular instants."""

    interval: Interval = 1.0
    """Time between two reviews (time units)."""
    offset: NonNegative = 0.0
    """The first review is this long after the start (time units)."""
    timing: Literal["after_demand", "before_demand"] = "after_demand"
    """Whether the review sees the demand of its own instant, or comes before it."""


AnyReview = Annotated[
    Annotated[Literal["continuous"], Tag("<scalar>")]
    | Annotated[Review, Tag("<mapping>")]
    | Annotated[Literal["continuous"], Tag("<list>")],
    Discriminator(written_as),
]
InitialPipeline = Annotated[
    Annotated[NonNegative, Tag("<scalar>")] | Annotated[Dues, Tag("<list>")] | Annotated[Pipeline, Tag("<mapping>")],
    Discriminator(written_as),
]


class Stock(Specification):
    """One product at one node: what is there at the start, what it costs, and how it is replenished."""

    initial: Number = 0.0
    """Units on hand at the start; a negative number is backorders."""
    holding_cost: NonNegative = 0.0
    """Money per unit on hand and time unit."""
    backorder_cost: NonNegative = 0.0
    """Money per unit backordered and time unit."""
    order_cost: NonNegative = 0.0
    """Money per replenishment order placed."""
    purchase_cost: NonNegative = 0.0
    """Money per unit received."""
    initial_pipeline: InitialPipeline = 0.0
    """What is on order at the start: units per time unit that fill the whole lead time and order delay; or a list of
    arriving shipments; or lists of `shipments` and of `orders` in the mail."""
    first_orders: Annotated[tuple[NonNegative, ...], Field(strict=False)] = ()
    """Orders that replace the first decisions of the policy (units each)."""
    review: AnyReview = Review()
    """When the stock decides about replenishment: `continuous`, or at regular instants."""
    policy: AnyPolicy | None = None
    """How it decides. Every stock needs one, except at a supplier."""
    buy_ahead: NonNegative = 0.0
    """How much more it orders while a promotion of its seller runs (periods of mean demand)."""
    sourcing: AnySourcing | None = None
    """Which supplier gets an order, where several lanes bring the stock."""
    issuing: Literal["first_in", "last_in", "first_expired"] = "first_in"
    """Which units go first, of a product with a `shelf_life`: those that came first, those that came last, or those
    that expire first."""
    initial_age: NonNegative = 0.0
    """How old the units on hand are at the start, of a product with a `shelf_life` (time units)."""
    disposal_cost: NonNegative = 0.0
    """Money per unit thrown away, as it has expired or as a customer sent it back."""
    allocation: AnyAllocation | None = None
    """Who gets how much when it is short. By default first come, first served; what was entered together shares pro
    rata."""


class Make(Specification):
    """How a factory makes one product."""

    lead_time: NonNegativeOrDistribution = 0.0
    """Time from a complete kit of components to the finished product (time units), or a distribution. With `stages` it
    is what policies plan with, and what is promised unless `promise` says otherwise; stages say how long it takes."""
    components: dict[Name, Positive] = Field(default_factory=dict)
    """The bill of materials: units of each component in one unit made."""
    unit_cost: NonNegative = 0.0
    """Money per unit made."""
    batch_cost: NonNegative = 0.0
    """Money per production order."""
    priority: PriorityClass = 1
    """The class of this production among those who draw on its components, 1 first; and on machines, where their
    `sequencing` is `priority`."""
    stages: Annotated[tuple[Stage, ...], Field(strict=False)] = ()
    """The steps of making it, one after the other, each on machines of the node's `resources`. By default there are
    none: it takes its `lead_time`."""
    batch: Positive | None = None
    """The largest job (units): an order for more becomes several jobs. By default every order is one job. Only with
    `stages`."""
    promise: Literal["lead_time", "queue"] = "lead_time"
    """When an order is promised: after the `lead_time`, or when it is expected to leave the works with what waits and
    is being worked on before it. Only with `stages`."""


class CrossDock(Specification):
    """A warehouse that keeps nothing: what arrives goes on to the orders that wait for it."""

    handling_time: NonNegative = 0.0
    """Time from the arrival of goods until they can go on (time units). It counts as a part of their way."""


class Node(Specification):
    """A place in the network."""

    kind: Literal["supplier", "factory", "warehouse", "distributor", "retailer"]
    """What it is. A supplier never runs short; a factory makes things; the others keep and pass on stock."""
    segment: Literal["upstream", "internal", "downstream"] | None = None
    """The part of the chain it is reported under. By default: supplier upstream; factory and warehouse internal;
    distributor and retailer downstream."""
    label: Annotated[str, Field(max_length=200, pattern=ON_ONE_LINE)] | None = None
    """A longer name for reports."""
    position: Annotated[tuple[Number, Number], Field(strict=False)] | None = None
    """Where to draw it, `[x, y]`, in any unit."""
    stock: dict[Name, Stock] = Field(default_factory=dict)
    """Stock by product. A stock that is not listed takes everything from `defaults.stock`."""
    demand: dict[Name, Demands] = Field(default_factory=dict)
    """Demand of end customers by product: one demand, or a list of several."""
    make: dict[Name, Make] = Field(default_factory=dict)
    """Production by product (factory only)."""
    supplies: Annotated[tuple[Name, ...], Field(strict=False)] | None = None
    """What a supplier offers (supplier only). By default: whatever is asked of it."""
    lead_time: NonNegativeOrDistribution = 0.0
    """Time a supplier takes before it ships (time units; supplier only), or a distribution."""
    capacity: AnyCapacity | None = None
    """What a supplier can ship (supplier only): units of each product per time unit, or a mapping. By default any."""
    minimum_order: Least = 0.0
    """The smallest order that a supplier takes (units; supplier only), or a mapping by product. A smaller one is raised
    to it when it is placed."""
    order_multiple: Lot | None = None
    """The lot that a supplier sells (units; supplier only), or a mapping by product. Orders are raised to a multiple of
    it when they are placed."""
    good: Annotated[Good, Field(alias="yield")] = 1.0
    """The share of a shipment that comes out right (0 to 1; supplier only), or a distribution, of which a draw above 1
    counts as 1. The rest never arrives and is not paid for: the order closes short."""
    remaining_life: Lot | None = None
    """How long a supplier's units keep after they arrive (time units; supplier only), or a mapping by product. By
    default the product's `shelf_life`."""
    cross_dock: CrossDock | None = None
    """That it keeps no stock but passes goods on (warehouse only). It orders what is ordered from it: its policy is
    `make_to_order`, which needs not be said."""
    sales: dict[Name, Sale] = Field(default_factory=dict)
    """What end customers pay, by product."""
    clerks: Desks = Desks()
    """Who handles its messages."""
    fleets: dict[Name, Fleet] = Field(default_factory=dict)
    """Its vehicles by name, for the lanes that name them as their `fleet`."""
    resources: dict[Name, Resource] = Field(default_factory=dict)
    """Its machines by name, for the `stages` of what it makes (factory only)."""
    finance: Finance | None = None
    """The node's money. By default it starts with none and may owe any amount."""


class Lane(Specification):
    """A way from one node to another. `a -> b` is short for `{from: a, to: b}`, and `a -> b -> c` for two lanes."""

    origin: Annotated[Name, Field(alias="from")]
    """The node that ships."""
    destination: Annotated[Name, Field(alias="to")]
    """The node that orders and receives."""
    products: Annotated[tuple[Name, ...], Field(strict=False, min_length=1)] | None = None
    """What it carries. By default: what its sender offers and its receiver needs."""
    order_delay: NonNegativeOrDistribution = 0.0
    """Time from placing an order to its arrival at the sender (time units), or a distribution."""
    lead_time: NonNegativeOrDistribution = 0.0
    """Time from shipping to receiving (time units), or a distribution."""
    share: Share = Share()
    """What the receiver tells the sender beyond its orders."""
    messages: Messages = Messages()
    """How long the messages that go with an order take."""
    crossing: bool = True
    """Whether a later shipment may overtake an earlier one when lead times vary."""
    unit_cost: NonNegative = 0.0
    """Money per unit carried, counted when it is received (with `dispatch` or `fleet`: when it departs)."""
    shipment_cost: NonNegative = 0.0
    """Money per shipment, counted when it departs (with `dispatch` or `fleet`: per load)."""
    modes: dict[Name, Mode] = Field(default_factory=dict)
    """The ways to travel, by name: `{parcel: {...}, truck: {...}}`. Then `lead_time`, `unit_cost`, `shipment_cost`,
    `fleet` and `return_time` are said of each mode, not of the lane. Policies and promised dates count on the slowest
    mode, with a `mode_choice` of `fastest` on the fastest, of `urgency` on the normal one; and on the longest wait for
    a departure."""
    mode_choice: AnyModeChoice | None = None
    """Which mode goods take, where there are several."""
    distance: NonNegative | None = None
    """How long the way is, in any unit: for what modes charge and emit by distance."""
    dispatch: Dispatch | None = None
    """When loads depart. By default as soon as anything is ready. Until then goods are set aside at the sender."""
    fleet: Name | None = None
    """The sender's vehicles that its loads wait for, one of the node's `fleets`. By default there are always enough."""
    return_time: NonNegativeOrDistribution | None = None
    """Time a vehicle of the fleet takes to come back (time units), or a distribution. By default as long as out."""
    holding_cost: NonNegative = 0.0
    """Money per unit in transit and time unit."""
    price: AnyPrice | None = None
    """What the receiver pays its sender (money per unit): a number, or a mapping with `kind`. By default nothing."""
    prices: dict[Name, AnyPrice] = Field(default_factory=dict)
    """Prices by product, where they differ from `price`."""
    promotions: Promotions = ()
    """Times of lower prices, one after the other."""
    terms: Terms = Terms()
    """When the receiver pays. By default at once, when the goods arrive."""
    credit_limit: NonNegative | None = None
    """The most that the receiver may owe, unshipped orders included (money); orders beyond it wait at the sender. An
    order that is larger than the whole limit waits for good."""
    duty: NonNegative = 0.0
    """Duty as a share of the price, which the receiver pays when the goods arrive."""
    minimum_life: NonNegative = 0.0
    """The least time that units with a shelf life must still keep when they are shipped (time units). Others stay for
    other customers."""
    returns: bool = False
    """Whether it brings back what end customers return: from the node where they bought to the one that their demand
    says (`returns.to`). Such a lane has a `lead_time`, a `unit_cost` and a `shipment_cost`, and replenishes nothing."""
    priority: PriorityClass = 1
    """The class of the receiver among its sender's customers, 1 first."""
    ship: Literal["partial", "complete"] = "partial"
    """Whether an order leaves in parts, or only when all of it is there; until then what is there is set aside."""
    cancel_after: Positive | None = None
    """The receiver cancels what is not shipped so long after it has ordered (time units). By default never. The
    cancellation takes the order delay, and its confirmation that of `messages.confirmation`."""
    lateral: bool = False
    """Whether the lane joins two peers: what the receiver owes after serving, the sender gives at once as far as it has
    units to spare, and refuses the rest. Such a lane is no regular source, and raises no level."""
    keep: NonNegative | None = None
    """What the sender of a lateral lane keeps for its own customers (units). By default what its `allocation` reserves,
    or nothing."""
