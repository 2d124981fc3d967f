"""Demand at instants of its own."""

from collections.abc import Iterator
from typing import ClassVar, Literal, Self

import numpy as np
from pydantic import model_validator

from scmsim.inputs.demand import Demand, Moments, per_time_unit
from scmsim.inputs.distributions import Distribution, NonNegativeOrDistribution
from scmsim.inputs.sampling import Array, block_sizes
from scmsim.specification import Positive


class CompoundPoissonDemand(Demand):
    """Customers who come at the instants of a Poisson process, each asking for `size` units.

    With every size 1 it is a Poisson process. Per time unit the mean is rate x E[size], the variance rate x E[size^2].

    Examples
    --------
    >>> CompoundPoissonDemand(rate=3, size=2).moments()
    (6.0, 12.0)
    """

    timing: ClassVar[Literal["periodic", "continuous"]] = "continuous"

    kind: Literal["compound_poisson"] = "compound_poisson"
    """Which demand model."""
    rate: Positive
    """Customers per time unit."""
    size: NonNegativeOrDistribution = 1.0
    """Units that each customer asks for: a number or a distribution."""

    @model_validator(mode="after")
    def _some_size(self) -> Self:
        if not isinstance(self.size, Distribution) and self.size == 0:
            raise ValueError("size is 0: customers who ask for nothing are no demand")
        return self

    def arrivals(self, rng: np.random.Generator, start: float) -> Iterator[tuple[Array, Array]]:
        """Give increasing instants and the quantity asked at each, in blocks, for ever."""
        last = start
        for block in block_sizes():
            due = last + np.cumsum(rng.exponential(1 / self.rate, block))
            last = float(due[-1])
            yield due, self._sizes(rng, block)

    def moments(self) -> Moments | None:
        """Give mean and variance of demand per time unit in the long run."""
        if isinstance(self.size, Distribution):
            mean, square = self.size.mean_value, self.size.sd_value**2 + self.size.mean_value**2
        else:
            mean, square = self.size, self.size**2
        return per_time_unit(self.rate * mean, self.rate * square, 1.0)

    def _sizes(self, rng: np.random.Generator, n: int) -> Array:
        return self.size.sample(rng, n) if isinstance(self.size, Distribution) else np.full(n, self.size)
