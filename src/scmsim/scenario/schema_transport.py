"""The part of a scenario file that describes transport: modes, loads, departures and fleets."""

from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag

from scmsim.inputs.distributions import NonNegativeOrDistribution
from scmsim.scenario.names import Name
from scmsim.scenario.schema_information import written_as
from scmsim.specification import Interval, NonNegative, Positive, Specification


class LoadSize(Specification):
    """How much a load holds. What several of them limit is full when the first of them is reached."""

    units: Positive | None = None
    """Units of all products together."""
    weight: Positive | None = None
    """Weight, in the unit in which the products' `weight` is given."""
    volume: Positive | None = None
    """Volume, in the unit in which the products' `volume` is given."""


class Mode(Specification):
    """A way to travel over a lane: by parcel, part load, full truck, rail, sea, air."""

    lead_time: NonNegativeOrDistribution = 0.0
    """Time from departure to receiving (time units), or a distribution. All of a load takes the same time."""
    shipment_cost: NonNegative = 0.0
    """Money per load, counted when it departs. The orders and products of a load share it by weight, or by units where
    nothing has a weight."""
    unit_cost: NonNegative = 0.0
    """Money per unit."""
    weight_cost: NonNegative = 0.0
    """Money per weight unit."""
    volume_cost: NonNegative = 0.0
    """Money per volume unit."""
    distance_cost: NonNegative = 0.0
    """Money per load and distance unit: times the lane's `distance`, it is shared like `shipment_cost`."""
    co2: NonNegative = 0.0
    """CO2 emitted per load (kg)."""
    co2_distance: NonNegative = 0.0
    """CO2 emitted per load and distance unit (kg)."""
    co2_weight: NonNegative = 0.0
    """CO2 emitted per weight unit and distance unit (kg)."""
    capacity: LoadSize | None = None
    """The most that a load takes. By default any amount. What leaves together takes as many loads as it needs, first
    come first served; an order may be parted between two loads."""
    fleet: Name | None = None
    """The sender's vehicles that its loads wait for, one of the node's `fleets`. By default there are always enough."""
    return_time: NonNegativeOrDistribution | None = None
    """Time a vehicle of the fleet takes to come back (time units), or a distribution. By default as long as out."""


MinimumLoad = Annotated[
    Annotated[Positive, Tag("<scalar>")] | Annotated[LoadSize, Tag("<mapping>")] | Annotated[Positive, Tag("<list>")],
    Discriminator(written_as),
]


class Dispatch(Specification):
    """When loads depart: on a schedule (`every`), or when enough waits (`when: full`)."""

    every: Interval | None = None
    """Time between two departures (time units). What is ready at a departure leaves with it."""
    offset: NonNegative = 0.0
    """The first departure is this long after the start (time units)."""
    when: Literal["full"] | None = None
    """`full`: a load departs as soon as `minimum_load` waits."""
    minimum_load: MinimumLoad | None = None
    """How much has to wait: the share of the capacity of the lane's only mode (above 0, up to 1), or a mapping of
    `units`, `weight` or `volume`, of which the first that is reached counts."""
    longest_wait: NonNegative | None = None
    """Whatever waits, a load departs when its oldest units have waited for so long (time units). By default never."""


class Fleet(Specification):
    """Vehicles of a node. One carries one load out, and comes back before it takes the next."""

    number: Annotated[int, Field(ge=1, le=100_000)]
    """How many there are."""
    cost: NonNegative = 0.0
    """Money per vehicle and time unit, whether it is used or not."""
