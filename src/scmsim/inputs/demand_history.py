"""Demand taken from what was recorded: replayed as it was, or drawn from it again."""

from collections.abc import Iterator
from typing import Literal, Self

import numpy as np
from pydantic import Field, model_validator

from scmsim.inputs.demand import Demand, Moments, per_time_unit
from scmsim.inputs.sampling import Array, FromColumn, Quantities, block_sizes


class RecordedDemand(FromColumn, Demand):
    """Demand that rests on a record: numbers in the scenario, or a column of a CSV file."""

    values: Quantities | None = None
    """Units asked in each recorded period, in order; read from `file` when that is given."""


class ReplayDemand(RecordedDemand):
    """The recorded quantities in their order, one a period from the first demand on.

    A run longer than the record starts it again, unless `afterwards` says otherwise.

    Examples
    --------
    >>> demand = ReplayDemand(values=[3, 1, 2])
    >>> next(demand.blocks(np.random.default_rng(1), start=1, interval=1))[:5]
    array([3., 1., 2., 3., 1.])
    """

    kind: Literal["replay"] = "replay"
    """Which demand model."""
    afterwards: Literal["repeat", "last", "zero"] = "repeat"
    """What follows the last recorded period: the record again, its last quantity for ever, or nothing."""

    def blocks(self, rng: np.random.Generator, start: float, interval: float) -> Iterator[Array]:
        """Give the quantities asked, in blocks, for ever."""
        record = np.append(self.numbers, [0.0] if self.afterwards == "zero" else [])
        first = 0
        for size in block_sizes():
            period = np.arange(first, first + size)
            yield record[period % len(record) if self.afterwards == "repeat" else np.minimum(period, len(record) - 1)]
            first += size

    def moments(self) -> Moments | None:
        """Give mean and variance (dividing by n) of the record per time unit; None while the file is unread."""
        if self.values is None:
            return None
        numbers = self.numbers
        return per_time_unit(float(numbers.mean()), float(numbers.var()), self.interval)


class BootstrapDemand(RecordedDemand):
    """Quantities drawn from the record with replacement: one by one, or in stretches that keep what follows what.

    With `block_length` above 1 it is the moving-block bootstrap (Kuensch 1989): each stretch begins at a place drawn
    uniformly among those from which a whole one fits.

    Examples
    --------
    >>> BootstrapDemand(values=[0, 6, 0], block_length=2).moments()  # either 0 in one stretch, 6 in both
    (3.0, 9.0)
    """

    kind: Literal["bootstrap"] = "bootstrap"
    """Which demand model."""
    block_length: int = Field(default=1, ge=1)
    """Recorded periods drawn together; 1 draws each by itself."""

    @model_validator(mode="after")
    def _block_fits(self) -> Self:
        if self.values is not None and self.block_length > len(self.values):
            raise ValueError(f"block_length {self.block_length} is longer than the record of {len(self.values)} values")
        return self

    def blocks(self, rng: np.random.Generator, start: float, interval: float) -> Iterator[Array]:
        """Give the quantities asked, in blocks, for ever."""
        numbers = self.numbers
        places = len(numbers) - self.block_length + 1
        within = np.arange(self.block_length)
        for size in block_sizes():
            begins = rng.integers(0, places, -(-size // self.block_length))
            yield numbers[(begins[:, np.newaxis] + within).ravel()]

    def moments(self) -> Moments | None:
        """Give mean and variance of what is drawn per time unit; None while the file is unread.

        Stretches reach the ends of the record less often than its middle, and that is counted.
        """
        if self.values is None:
            return None
        numbers = self.numbers
        stretches_through = np.convolve(np.ones(len(numbers) - self.block_length + 1), np.ones(self.block_length))
        mean = float(np.average(numbers, weights=stretches_through))
        variance = float(np.average((numbers - mean) ** 2, weights=stretches_through))
        return per_time_unit(mean, variance, self.interval)
