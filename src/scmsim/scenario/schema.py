"""The schema of a scenario file: the only source of validation, defaults, JSON Schema and the reference page.

A scenario object holds what remains when lanes written as texts are spelled out, tables and CSV columns are read and
``defaults`` are merged into every entry. Of ``defaults`` only ``stock`` is then left, for stocks that are not listed.
"""

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from scmsim.inputs.demand import Demand
from scmsim.inputs.sampling import Duration
from scmsim.scenario.catalogue import AnyDemand
from scmsim.scenario.names import ON_ONE_LINE, Name
from scmsim.scenario.partial import Partial
from scmsim.scenario.schema_disruption import Disruption
from scmsim.scenario.schema_experiments import Experiments
from scmsim.scenario.schema_money import Finance, Money, Sale
from scmsim.scenario.schema_network import Lane, Make, Node, Stock
from scmsim.specification import Interval, NonNegative, Number, Share, Specification


def _day(value: object) -> object:
    if isinstance(value, date) or value is None:
        return value
    try:
        if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise PydanticCustomError("not_a_date", "a date written YYYY-MM-DD")


Day = Annotated[date, BeforeValidator(_day)]
Text = Annotated[str, Field(max_length=10_000)]
Unit = Annotated[str, Field(min_length=1, max_length=50, pattern=ON_ONE_LINE)]
FileName = Annotated[str, Field(min_length=1, max_length=500)]


class Time(Specification):
    """The clock: the run is [start, start + horizon), measured after the warm-up."""

    unit: Unit = "period"
    """The name of the time unit: day, week, period."""
    start: Number = 1.0
    """The instant at which the run starts (time units)."""
    horizon: Duration
    """How long the run is (time units)."""
    warm_up: NonNegative = 0.0
    """The first part of the run, which is not measured (time units; less than the horizon)."""
    bucket: Interval = 1.0
    """The length over which orders and demand are summed for the variance measures (time units)."""
    start_date: Day | None = None
    """The calendar date of the start, `YYYY-MM-DD`. When given, tables also carry dates."""


class Run(Specification):
    """How often, and with which random numbers."""

    seed: Annotated[int, Field(ge=0, lt=2**63)] = 1
    """Where the random numbers start: the same seed gives the same run."""
    replications: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    """How many independent runs the averages are taken over."""


class OnTimeInFull(Specification):
    """How a delivery is judged to be on time."""

    reference: Literal["promised", "requested"] = "promised"
    """The date it is compared with."""
    early: NonNegative | None = None
    """How much too early is still on time (time units). By default any."""
    late: NonNegative = 0.0
    """How much too late is still on time (time units)."""


class Resilience(Specification):
    """How service in and after disruptions is judged: by the share served at once of a bucket (`time.bucket`)."""

    failure: Share = 0.95
    """Below this share the chain has failed its customers (0 to 1)."""
    recovery: Share = 0.95
    """From this share on it has recovered (0 to 1; not below `failure`)."""
    tail: Annotated[float, Field(gt=0, le=1)] = 0.1
    """The share of the replications that count as the bad ones (above 0, at most 1)."""


class Measures(Specification):
    """What the measures count, where there is a choice."""

    on_time_in_full: OnTimeInFull = OnTimeInFull()
    """When a delivery is on time."""
    resilience: Resilience = Resilience()
    """When a disruption has been survived, and when the chain has recovered from it."""


class Product(Specification):
    """What flows through the network."""

    unit: Unit = "unit"
    """The name of the unit it is counted in: case, pallet, litre."""
    value: NonNegative | None = None
    """Money per unit, for the measures that weigh products by value."""
    whole_units: bool = False
    """Whether a unit cannot be divided; then a short stock shares out whole units."""
    standard_cost: NonNegative | None = None
    """What a unit in stock is worth at the start, and always with `valuation: standard` (money per unit). By default
    `value`, or else what it costs to buy or to make."""
    weight: NonNegative | None = None
    """Weight of a unit, in any unit of weight: for loads that are filled or charged by weight."""
    volume: NonNegative | None = None
    """Volume of a unit, in any unit of volume: for loads that are filled or charged by volume."""
    shelf_life: Duration | None = None
    """How long a unit keeps after it is made, or received from an outside supplier (time units). It can be used up to,
    but not at, the instant it expires; then it is removed. By default it keeps for ever."""


class Defaults(Specification):
    """Entries that are merged, key by key, into every stock, lane, make and demand of the file.

    A mapping whose `kind` (or `dist`) differs from the default's replaces it.
    """

    stock: Annotated[Stock | None, Partial(Stock)] = None
    """What every stock has unless it says otherwise, those that are not listed included."""
    lane: Annotated[Lane | None, Partial(Lane)] = None
    """What every lane has unless it says otherwise."""
    make: Annotated[Make | None, Partial(Make)] = None
    """What every entry under `make` has unless it says otherwise."""
    demand: Annotated[Demand | None, Partial(AnyDemand)] = None
    """What every demand has unless it says otherwise."""
    sale: Annotated[Sale | None, Partial(Sale)] = None
    """What every entry under `sales` has unless it says otherwise."""
    finance: Annotated[Finance | None, Partial(Finance)] = None
    """The money of every node, except suppliers, unless it says otherwise."""


class Tables(Specification):
    """CSV files, one row per entry, inside the scenario's folder. Columns are dotted paths inside the entry."""

    products: FileName | None = None
    """Products; the key column is `name`."""
    nodes: FileName | None = None
    """Nodes; the key column is `name`."""
    lanes: FileName | None = None
    """Lanes; the key columns are `from` and `to`."""
    stock: FileName | None = None
    """Stocks; the key columns are `node` and `product`."""
    demand: FileName | None = None
    """Demands; the key columns are `node` and `product`."""
    make: FileName | None = None
    """Production; the key columns are `node` and `product`."""
    sales: FileName | None = None
    """What end customers pay; the key columns are `node` and `product`."""
    components: FileName | None = None
    """Bills of materials; the columns are `node`, `product`, `component` and `quantity`."""


class ScenarioFile(Specification):
    """A scenario: a supply network, its demand, its policies and its costs."""

    scmsim: Literal[1]
    """The version of the file format."""
    name: Name
    """A short name, shown in tables and on the report."""
    description: Text | None = None
    """What the scenario is about."""
    time: Time
    """The clock of the run."""
    run: Run = Run()
    """Seed and replications."""
    measures: Measures = Measures()
    """Parameters of the measures."""
    money: Money | None = None
    """How money is counted. Without it, prices, `sales` and `finance` nothing of money is computed."""
    products: Annotated[dict[Name, Product], Field(min_length=1)]
    """The products by name."""
    defaults: Defaults = Defaults()
    """What is merged into every stock, lane, make and demand."""
    tables: Tables = Tables()
    """Long parts of the scenario in CSV files."""
    nodes: Annotated[dict[Name, Node], Field(min_length=1)]
    """The nodes by name."""
    lanes: Annotated[tuple[Lane, ...], Field(strict=False)] = ()
    """The lanes, as `a -> b`, `a -> b -> c` or mappings."""
    disruptions: dict[Name, Disruption] = {}
    """What goes wrong, by name: what is struck, when, and what stops."""
    experiments: Experiments | None = None
    """Comparisons, sweeps and searches with the scenario. A run ignores them."""
