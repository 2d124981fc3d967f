"""The part of a scenario file that describes the inside of a factory: machines, shifts, breakdowns and stages."""

from typing import Annotated, Literal

from pydantic import Field

from scmsim.inputs.distributions import NonNegativeOrDistribution
from scmsim.scenario.catalogue import AnySequencing
from scmsim.scenario.names import Name
from scmsim.specification import Interval, NonNegative, Positive, Specification

Window = Annotated[tuple[NonNegative, NonNegative], Field(strict=False)]


class Breakdowns(Specification):
    """How machines fail and are repaired, each by itself. What is in a machine stays there, and is finished after."""

    time_between: NonNegativeOrDistribution
    """Time from a repair (or the start) to the next breakdown (MTBF; time units), or a distribution."""
    repair_time: NonNegativeOrDistribution
    """Time that a repair takes (MTTR; time units), or a distribution. Repairs go on outside the shifts."""
    clock: Literal["busy", "calendar"] = "busy"
    """Whether only the time counts in which the machine is busy (setup included), or all time."""


class Shifts(Specification):
    """When machines work. Outside these times what is in a machine waits there, and is finished after."""

    period: Interval
    """After this time the shifts are the same again (time units), counted from the start of the run."""
    open: Annotated[tuple[Window, ...], Field(strict=False, min_length=1)]
    """When machines work, in each period: `[[from, to], ...]` (time units from the beginning of the period)."""


class Overtime(Specification):
    """Work after the end of a shift, when too much waits."""

    queue: NonNegative
    """Each machine goes on when a shift ends and the work in the queue is more than this (time units of one machine,
    as expected)."""
    at_most: Positive
    """The longest overtime after one shift (time units). It ends earlier when nothing waits."""
    cost: NonNegative = 0.0
    """Money per machine and time unit of setup and work in overtime, beside `time_cost`."""


class Resource(Specification):
    """Machines that are alike, and the jobs that wait for them."""

    machines: Annotated[int, Field(ge=1, le=10_000)] = 1
    """How many there are. Each works on one job at a time."""
    sequencing: AnySequencing | None = None
    """Which of the jobs that wait comes next. By default first come, first served."""
    setup_time: NonNegativeOrDistribution = 0.0
    """Time of a setup, which a machine needs before its first job and when the product changes (time units), or a
    distribution."""
    setups: dict[Name, dict[Name, NonNegative]] = {}
    """Setup times that depend on what was made before: `{from: {to: time}}` (time units). For what is not listed,
    `setup_time` holds."""
    setup_cost: NonNegative = 0.0
    """Money per setup."""
    time_cost: NonNegative = 0.0
    """Money per machine and time unit of setup and work."""
    breakdowns: Breakdowns | None = None
    """How its machines fail. By default they never do."""
    calendar: Shifts | None = None
    """When its machines work. By default all the time."""
    overtime: Overtime | None = None
    """Work after the end of a shift. By default none."""


class Rework(Specification):
    """Units that are sent back to an earlier stage, or through the same one again."""

    share: NonNegativeOrDistribution
    """The share of the good units (below 1), or a distribution. Whole units go back as their share adds up."""
    to: Name
    """The stage that they go back to. They join its queue even where its `buffer` is full."""


class Stage(Specification):
    """A step of making a product: a job waits for a machine, which is set up for it and works, and goes on."""

    name: Name
    """What the stage is called."""
    resource: Name
    """The machines that do it, one of the node's `resources`."""
    time: NonNegativeOrDistribution = 0.0
    """Time per unit (time units), or a distribution, drawn once per job."""
    batch_time: NonNegativeOrDistribution = 0.0
    """Time per job (time units), or a distribution."""
    setup_time: NonNegativeOrDistribution | None = None
    """Time of a setup for this product here (time units), or a distribution. By default the resource's."""
    scrap: NonNegativeOrDistribution = 0.0
    """The share of a job's units that is thrown away after this stage (0 to 1), or a distribution. The order closes
    short. Whole units are lost as their share adds up."""
    rework: Rework | None = None
    """What is sent back after this stage. By default nothing."""
    buffer: Annotated[int, Field(ge=0, le=1_000_000)] | None = None
    """The most jobs that may wait before this stage. When it is full, a finished job stays in its machine and blocks
    it (blocking after service). By default any number. Not for the first stage."""
