"""Demand that remembers: what was asked last period bears on what is asked now."""

import math
from collections.abc import Iterator
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from scmsim.inputs.demand import Demand, Moments, per_time_unit
from scmsim.inputs.distributions import Normal
from scmsim.inputs.sampling import Array, Rounding, block_sizes
from scmsim.specification import NonNegative, Number


class AutoregressiveDemand(Demand):
    """First-order autoregressive demand, AR(1): x' = mean + autocorrelation x (x - mean) + a normal innovation.

    It starts from its stationary distribution, whose standard deviation is innovation_sd / sqrt(1 - autocorrelation^2).
    Clipping and rounding change what is asked, not what is remembered.

    Examples
    --------
    >>> AutoregressiveDemand(mean=100, autocorrelation=0.6, innovation_sd=8, minimum=None).moments()
    (100.0, 100.0)
    """

    kind: Literal["ar1"] = "ar1"
    """Which demand model."""
    mean: Number
    """Mean units per period, before clipping."""
    autocorrelation: Annotated[float, Field(gt=-1, lt=1, allow_inf_nan=False)]
    """Correlation of one period's demand with the next's, between -1 and 1."""
    innovation_sd: NonNegative
    """Standard deviation of the innovations, in units: what is new each period, not the whole demand's."""
    minimum: Number | None = 0
    """A quantity below it is raised to it; null: no clipping, for theory, in which demand may be negative."""
    rounding: Rounding = "none"
    """Round every quantity to whole units, a half upward: `none` or `half_up`."""

    @property
    def stationary_sd(self) -> float:
        """Standard deviation of one period's demand before clipping, in units."""
        return self.innovation_sd / math.sqrt(1 - self.autocorrelation**2)

    def distribution(self) -> Normal:
        """Return the distribution of any one period's demand."""
        return Normal(mean=self.mean, sd=self.stationary_sd, minimum=self.minimum, rounding=self.rounding)

    def blocks(self, rng: np.random.Generator, start: float, interval: float) -> Iterator[Array]:
        """Give the quantities asked, in blocks, for ever."""
        period = self.distribution()
        last = rng.normal(0.0, self.stationary_sd)
        for size in block_sizes():
            deviations = _autoregress(rng.normal(0.0, self.innovation_sd, size), self.autocorrelation, last)
            last = float(deviations[-1])
            yield period.limited(self.mean + deviations)

    def moments(self) -> Moments | None:
        """Give mean and variance of demand per time unit in the long run, those of any one period."""
        period = self.distribution()
        return per_time_unit(period.mean_value, period.sd_value**2, self.interval)


def _autoregress(innovations: Array, weight: float, before: float) -> Array:
    """Return x[k] = weight x[k-1] + innovation[k] by doubling: after step i a value has absorbed 2^i innovations."""
    values = innovations.copy()
    values[0] += weight * before
    reach, factor = 1, weight
    while reach < len(values) and factor != 0:
        values[reach:] = values[reach:] + factor * values[:-reach]
        reach, factor = 2 * reach, factor * factor
    return values
