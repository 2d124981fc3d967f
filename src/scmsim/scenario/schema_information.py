"""The part of a scenario file that describes information: what is told over a lane, and who handles messages."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from scmsim.inputs.distributions import NonNegativeOrDistribution, NumberOrDistribution
from scmsim.specification import Interval, NonNegative, Specification


def written_as(value: Any) -> str:
    """Tell whether something is written as a mapping, as a list or as a single value."""
    if isinstance(value, Mapping | Specification):
        return "<mapping>"
    return "<list>" if isinstance(value, list | tuple) else "<scalar>"


def _word_or_number(value: Any) -> str:
    return "<word>" if isinstance(value, str) else "<number>"


ReportInterval = Annotated[
    Annotated[Literal["continuous"], Tag("<word>")] | Annotated[Interval, Tag("<number>")],
    Discriminator(_word_or_number),
]


class Report(Specification):
    """What is told again and again over a lane. `true` is short for a report at every time unit, without delay."""

    delay: NonNegativeOrDistribution = 0.0
    """Time from telling to hearing (time units), or a distribution."""
    interval: ReportInterval = 1.0
    """Time between two reports (time units), or `continuous`: whenever there was something to tell."""
    offset: NonNegative = 0.0
    """The first report leaves this long after the start (time units)."""
    noise: NumberOrDistribution = 0.0
    """Units by which a report is wrong: a distribution, or the same number every time. What is told of sales and
    forecasts is never below 0."""


Shared = Annotated[
    Annotated[bool, Tag("<scalar>")] | Annotated[Report, Tag("<mapping>")] | Annotated[bool, Tag("<list>")],
    Discriminator(written_as),
]
"""Whether something is told, or how."""


class Share(Specification):
    """What the receiver of a lane tells its sender beyond its orders."""

    point_of_sale: Shared = False
    """What end customers asked of it and of those it serves since the last report: `true`, or a mapping."""
    forecast: Shared = False
    """Its forecast of what is asked of it per time unit, as of its last review or of the one due at the same instant,
    for policies that forecast: `true`, or a mapping."""
    stock: Shared = False
    """Its net stock, and all it knows of below it: `true`, or a mapping."""
    pipeline: Shared = False
    """What it has received over this lane: `true`, or a mapping. Without it the sender takes what it has shipped for
    received. Where `stock` is shared, too, what was received by then goes with the report of the stock, so that no unit
    is counted twice; then a delay of `pipeline` itself changes nothing but the messages."""


class Messages(Specification):
    """How long the messages that go with an order take, each in time units or a distribution."""

    confirmation: NonNegativeOrDistribution = 0.0
    """The sender confirms an order, and the date it promises."""
    shipping_notice: NonNegativeOrDistribution = 0.0
    """The sender tells that goods have left."""
    delivery_receipt: NonNegativeOrDistribution = 0.0
    """The receiver tells that goods have arrived."""
    invoice: NonNegativeOrDistribution = 0.0
    """The sender's invoice."""
    remittance: NonNegativeOrDistribution = 0.0
    """The receiver's payment."""
    request: NonNegativeOrDistribution = 0.0
    """The receiver asks for a quotation, or whether the sender can supply (`sourcing`)."""
    quotation: NonNegativeOrDistribution = 0.0
    """The sender's answer to that."""


class Clerks(Specification):
    """People who handle one message after the other, first come first served."""

    number: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    """How many there are."""
    time: NonNegativeOrDistribution = 0.0
    """Time that one message takes (time units), or a distribution."""


class Desks(Specification):
    """The clerks of a node. Messages without clerks wait for nobody."""

    order_processing: Clerks | None = None
    """Who enters the orders that reach the node over lanes."""
    billing: Clerks | None = None
    """Who writes its invoices to the nodes it sends goods to; end customers' invoices wait for nobody."""
