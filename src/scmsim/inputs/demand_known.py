"""Demand that is known beforehand: constant, a step, pulses."""

from collections.abc import Iterator
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from scmsim.inputs.demand import Demand, Moments, instants, per_time_unit
from scmsim.inputs.sampling import Array, block_sizes
from scmsim.specification import NonNegative, Number, Specification
from scmsim.ticks import to_ticks


class ConstantDemand(Demand):
    """The same quantity every period.

    Examples
    --------
    >>> ConstantDemand(value=4).moments()
    (4.0, 0.0)
    """

    kind: Literal["constant"] = "constant"
    """Which demand model."""
    value: NonNegative
    """Units asked each period."""

    def blocks(self, rng: np.random.Generator, start: float, interval: float) -> Iterator[Array]:
        """Give the quantities asked, in blocks, for ever."""
        return (np.full(size, self.value) for size in block_sizes())

    def moments(self) -> Moments | None:
        """Give mean and variance of demand per time unit in the long run."""
        return per_time_unit(self.value, 0.0, self.interval)


class StepDemand(Demand):
    """One quantity up to an instant, another from that instant on.

    Examples
    --------
    >>> demand = StepDemand(before=4, after=8, at=5)
    >>> next(demand.blocks(np.random.default_rng(1), start=1, interval=1))[:6]
    array([4., 4., 4., 4., 8., 8.])
    """

    kind: Literal["step"] = "step"
    """Which demand model."""
    before: NonNegative
    """Units asked each period before the step."""
    after: NonNegative
    """Units asked each period from the step on."""
    at: Number
    """Instant of the step, in the scenario's time (the run starts at `time.start`)."""

    def blocks(self, rng: np.random.Generator, start: float, interval: float) -> Iterator[Array]:
        """Give the quantities asked, in blocks, for ever."""
        first = 0
        for size in block_sizes():
            due = instants(start, interval, first, size)
            yield np.where(due < to_ticks(self.at), self.before, self.after)
            first += size

    def moments(self) -> Moments | None:
        """Give mean and variance of demand per time unit in the long run: those after the step."""
        return per_time_unit(self.after, 0.0, self.interval)


class Pulse(Specification):
    """Units asked once, on top of the level."""

    at: Number
    """Instant of the pulse, in the scenario's time; between two demands, the later one carries it."""
    quantity: Number
    """Units added to the level; negative for a dip."""


class PulsesDemand(Demand):
    """A level, and some periods in which more (or less) is asked; never less than nothing.

    Examples
    --------
    >>> demand = PulsesDemand(level=4, pulses=[{"at": 3, "quantity": 10}])
    >>> next(demand.blocks(np.random.default_rng(1), start=1, interval=1))[:4]
    array([ 4.,  4., 14.,  4.])
    """

    kind: Literal["pulses"] = "pulses"
    """Which demand model."""
    level: NonNegative = 0
    """Units asked each period without a pulse."""
    pulses: Annotated[tuple[Pulse, ...], Field(strict=False, min_length=1)]
    """The pulses; those at one instant add up, those before the first demand are past."""

    def blocks(self, rng: np.random.Generator, start: float, interval: float) -> Iterator[Array]:
        """Give the quantities asked, in blocks, for ever."""
        begin, step = to_ticks(start), to_ticks(interval)
        places = np.array([-((begin - to_ticks(pulse.at)) // step) for pulse in self.pulses])
        quantities = np.array([pulse.quantity for pulse in self.pulses])
        first = 0
        for size in block_sizes():
            block = np.full(size, self.level)
            here = (places >= first) & (places < first + size)
            np.add.at(block, places[here] - first, quantities[here])
            yield np.maximum(block, 0)
            first += size

    def moments(self) -> Moments | None:
        """Give mean and variance of demand per time unit in the long run, in which pulses do not count."""
        return per_time_unit(self.level, 0.0, self.interval)
