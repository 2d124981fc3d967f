"""Demand drawn anew each period, whatever was asked before."""

from collections.abc import Iterator
from typing import Literal

import numpy as np

from scmsim.inputs import distributions
from scmsim.inputs.demand import Demand, Moments, per_time_unit
from scmsim.inputs.distributions import Distribution
from scmsim.inputs.sampling import (
    Array,
    Limits,
    MeanAndSpread,
    Overdispersed,
    Quantities,
    Rounding,
    ValuesAndWeights,
    block_sizes,
)
from scmsim.specification import NonNegative, Number


class IndependentDemand(Demand):
    """Demand whose periods are independent draws of one distribution; a subclass says which."""

    def distribution(self) -> Distribution:
        """Return the distribution of one period's demand."""
        raise NotImplementedError

    def blocks(self, rng: np.random.Generator, start: float, interval: float) -> Iterator[Array]:
        """Give the quantities asked, in blocks, for ever."""
        distribution = self.distribution()
        return (distribution.sample(rng, size) for size in block_sizes())

    def moments(self) -> Moments | None:
        """Give mean and variance of demand per time unit in the long run, clipping and rounding included."""
        distribution = self.distribution()
        return per_time_unit(distribution.mean_value, distribution.sd_value**2, self.interval)


class NormalDemand(MeanAndSpread, IndependentDemand):
    """Normal demand, clipped at `minimum`.

    Examples
    --------
    >>> NormalDemand(mean=50, sd=8, minimum=None).moments()
    (50.0, 64.0)
    """

    kind: Literal["normal"] = "normal"
    """Which demand model."""
    mean: Number
    """Mean units per period, before clipping."""
    minimum: Number | None = 0
    """A draw below it is raised to it; null: no clipping, for theory, in which demand may be negative."""
    rounding: Rounding = "none"
    """Round every quantity to whole units, a half upward: `none` or `half_up`."""

    def distribution(self) -> Distribution:
        """Return the distribution of one period's demand."""
        return distributions.Normal(
            mean=self.mean, sd=self.sd, cv=self.cv, minimum=self.minimum, rounding=self.rounding
        )


class PoissonDemand(IndependentDemand):
    """Poisson demand.

    Examples
    --------
    >>> PoissonDemand(mean=16).moments()
    (16.0, 16.0)
    """

    kind: Literal["poisson"] = "poisson"
    """Which demand model."""
    mean: NonNegative
    """Mean units per period."""

    def distribution(self) -> Distribution:
        """Return the distribution of one period's demand."""
        return distributions.Poisson(mean=self.mean)


class NegativeBinomialDemand(Overdispersed, IndependentDemand):
    """Negative binomial demand: whole units that vary more than Poisson's.

    Examples
    --------
    >>> NegativeBinomialDemand(mean=4, sd=3).moments()
    (4.0, 9.0)
    """

    kind: Literal["negative_binomial"] = "negative_binomial"
    """Which demand model."""

    def distribution(self) -> Distribution:
        """Return the distribution of one period's demand."""
        return distributions.NegativeBinomial(mean=self.mean, sd=self.sd, cv=self.cv, dispersion=self.dispersion)


class GammaDemand(MeanAndSpread, IndependentDemand):
    """Gamma demand.

    Examples
    --------
    >>> GammaDemand(mean=5, sd=2).moments()
    (5.0, 4.0)
    """

    kind: Literal["gamma"] = "gamma"
    """Which demand model."""
    rounding: Rounding = "none"
    """Round every quantity to whole units, a half upward: `none` or `half_up`."""

    def distribution(self) -> Distribution:
        """Return the distribution of one period's demand."""
        return distributions.Gamma(mean=self.mean, sd=self.sd, cv=self.cv, rounding=self.rounding)


class LognormalDemand(MeanAndSpread, IndependentDemand):
    """Lognormal demand, given by the moments of the demand itself.

    Examples
    --------
    >>> LognormalDemand(mean=5, sd=2).moments()
    (5.0, 4.0)
    """

    kind: Literal["lognormal"] = "lognormal"
    """Which demand model."""
    rounding: Rounding = "none"
    """Round every quantity to whole units, a half upward: `none` or `half_up`."""

    def distribution(self) -> Distribution:
        """Return the distribution of one period's demand."""
        return distributions.Lognormal(mean=self.mean, sd=self.sd, cv=self.cv, rounding=self.rounding)


class UniformDemand(Limits, IndependentDemand):
    """Uniform demand over real numbers; for whole units give a `discrete` one, or rounding.

    Examples
    --------
    >>> UniformDemand(low=0, high=12).moments()[0]
    6.0
    """

    kind: Literal["uniform"] = "uniform"
    """Which demand model."""
    low: NonNegative
    """Smallest quantity, in units per period."""
    high: NonNegative
    """Largest quantity, in units per period."""
    rounding: Rounding = "none"
    """Round every quantity to whole units, a half upward: `none` or `half_up`."""

    def distribution(self) -> Distribution:
        """Return the distribution of one period's demand."""
        return distributions.Uniform(low=self.low, high=self.high, rounding=self.rounding)


class DiscreteDemand(ValuesAndWeights, IndependentDemand):
    """Demand of a few possible quantities, each with its probability.

    Examples
    --------
    >>> DiscreteDemand(values=[0, 10], weights=[0.5, 0.5]).moments()
    (5.0, 25.0)
    """

    kind: Literal["discrete"] = "discrete"
    """Which demand model."""
    values: Quantities
    """The quantities, in units per period."""

    def distribution(self) -> Distribution:
        """Return the distribution of one period's demand."""
        return distributions.Discrete(values=self.values, weights=self.weights)
