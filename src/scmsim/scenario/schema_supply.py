"""The part of a scenario file that describes what an outside supplier can give."""

from typing import Annotated, Literal

from pydantic import Discriminator, Tag

from scmsim.inputs.distributions import NonNegativeOrDistribution
from scmsim.scenario.names import Name
from scmsim.scenario.schema_information import written_as
from scmsim.specification import Interval, NonNegative, Positive, Specification


class Capacity(Specification):
    """What a supplier can ship in a period. What it does not use is lost; orders wait, first come first served."""

    units: Positive
    """Units per period."""
    period: Interval = 1.0
    """The length of a period, from the start of the run on (time units)."""
    of: Literal["product", "all"] = "product"
    """Whether each product has this capacity, or all products share it."""


AnyCapacity = Annotated[
    Annotated[Positive, Tag("<scalar>")] | Annotated[Capacity, Tag("<mapping>")] | Annotated[Positive, Tag("<list>")],
    Discriminator(written_as),
]
"""Units of each product per time unit, or a mapping."""
Least = Annotated[
    Annotated[NonNegative, Tag("<scalar>")]
    | Annotated[dict[Name, NonNegative], Tag("<mapping>")]
    | Annotated[NonNegative, Tag("<list>")],
    Discriminator(written_as),
]
"""A number of units of every product, or a mapping by product."""
Lot = Annotated[
    Annotated[Positive, Tag("<scalar>")]
    | Annotated[dict[Name, Positive], Tag("<mapping>")]
    | Annotated[Positive, Tag("<list>")],
    Discriminator(written_as),
]
"""A number of units of every product, or a mapping by product."""
Good = NonNegativeOrDistribution
"""A share, or a distribution of shares; one above 1 counts as 1."""
