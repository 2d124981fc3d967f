"""Distributions of counts, and of whatever a list of values says."""

import math
from typing import Literal, Self

import numpy as np
from pydantic import model_validator

from scmsim.inputs.distribution_base import Distribution
from scmsim.inputs.sampling import Array, FromColumn, Overdispersed, ValuesAndWeights
from scmsim.specification import NonNegative, Positive


class Poisson(Distribution):
    """A Poisson distribution.

    Examples
    --------
    >>> Poisson(mean=4).sd_value
    2.0
    >>> Poisson(mean=4).sample(np.random.default_rng(1), 3).dtype
    dtype('float64')
    """

    dist: Literal["poisson"] = "poisson"
    """Which distribution."""
    mean: NonNegative
    """Mean, which is the variance too."""

    def sample(self, rng: np.random.Generator, n: int) -> Array:
        """Draw `n` values at once, as float64."""
        return rng.poisson(self.mean, n).astype(np.float64)

    @property
    def mean_value(self) -> float:
        """Mean of what `sample` gives."""
        return self.mean

    @property
    def sd_value(self) -> float:
        """Standard deviation of what `sample` gives."""
        return math.sqrt(self.mean)

    @property
    def lowest(self) -> float:
        """Lower end of the values: 0."""
        return 0.0


class NegativeBinomial(Overdispersed, Distribution):
    """A negative binomial distribution, given by its moments: a count that varies more than a Poisson count.

    With mean m and variance v: failures before the r-th success, r = m^2 / (v - m), with success probability m / v.

    Examples
    --------
    >>> NegativeBinomial(mean=4, sd=3).sd_value
    3.0
    """

    dist: Literal["negative_binomial"] = "negative_binomial"
    """Which distribution."""

    def sample(self, rng: np.random.Generator, n: int) -> Array:
        """Draw `n` values at once, as float64."""
        successes = self.mean**2 / (self.variance - self.mean)
        return rng.negative_binomial(successes, self.mean / self.variance, n).astype(np.float64)

    @property
    def mean_value(self) -> float:
        """Mean of what `sample` gives."""
        return self.mean

    @property
    def sd_value(self) -> float:
        """Standard deviation of what `sample` gives."""
        return math.sqrt(self.variance)

    @property
    def lowest(self) -> float:
        """Lower end of the values: 0."""
        return 0.0


class Geometric(Distribution):
    """A geometric distribution: the number of trials up to the first success, or (`minimum` 0) of failures before it.

    Examples
    --------
    >>> round(Geometric(mean=3).sd_value ** 2, 9)  # mean (mean - 1)
    6.0
    """

    dist: Literal["geometric"] = "geometric"
    """Which distribution."""
    mean: Positive
    """Mean, at least `minimum`."""
    minimum: Literal[0, 1] = 1
    """Smallest value: 1 counts trials, 0 counts failures."""

    @model_validator(mode="after")
    def _mean_above_minimum(self) -> Self:
        if self.mean < self.minimum:
            raise ValueError(f"mean {self.mean:g} is below the smallest value 1: give minimum 0 for a count from 0")
        return self

    def sample(self, rng: np.random.Generator, n: int) -> Array:
        """Draw `n` values at once, as float64."""
        return rng.geometric(1 / self._trials, n).astype(np.float64) - (1 - self.minimum)

    @property
    def mean_value(self) -> float:
        """Mean of what `sample` gives."""
        return self.mean

    @property
    def sd_value(self) -> float:
        """Standard deviation of what `sample` gives."""
        return math.sqrt(self._trials * (self._trials - 1))

    @property
    def lowest(self) -> float:
        """Lower end of the values: 0 or 1."""
        return float(self.minimum)

    @property
    def _trials(self) -> float:
        return self.mean + 1 - self.minimum


class Discrete(ValuesAndWeights, Distribution):
    """A distribution over a few values, each with its probability.

    Examples
    --------
    >>> round(Discrete(values=[1, 2, 3], weights=[0.5, 0.3, 0.2]).mean_value, 9)
    1.7
    """

    dist: Literal["discrete"] = "discrete"
    """Which distribution."""

    def sample(self, rng: np.random.Generator, n: int) -> Array:
        """Draw `n` values at once, as float64."""
        values, shares = self._table
        return values[np.searchsorted(shares, rng.random(n), side="right")]

    @property
    def mean_value(self) -> float:
        """Mean of what `sample` gives."""
        return float(np.dot(self.values, self.weights))

    @property
    def sd_value(self) -> float:
        """Standard deviation of what `sample` gives."""
        return math.sqrt(np.dot((np.array(self.values) - self.mean_value) ** 2, self.weights))

    @property
    def lowest(self) -> float:
        """The smallest value that has a weight."""
        return min(value for value, weight in zip(self.values, self.weights, strict=True) if weight > 0)

    @property
    def _table(self) -> tuple[Array, Array]:
        drawn = [(value, weight) for value, weight in zip(self.values, self.weights, strict=True) if weight > 0]
        values, weights = np.array(drawn, dtype=np.float64).T
        shares = np.cumsum(weights)
        shares[-1] = 1.0
        return values, shares


class Empirical(FromColumn, Distribution):
    """Values drawn again, with replacement, from those that were observed.

    Examples
    --------
    >>> Empirical(values=[3, 5, 10]).mean_value
    6.0
    """

    dist: Literal["empirical"] = "empirical"
    """Which distribution."""

    def sample(self, rng: np.random.Generator, n: int) -> Array:
        """Draw `n` values at once, as float64."""
        numbers = self.numbers
        return numbers[rng.integers(0, len(numbers), n)]

    @property
    def mean_value(self) -> float:
        """Mean of what `sample` gives."""
        return float(self.numbers.mean())

    @property
    def sd_value(self) -> float:
        """Standard deviation of what `sample` gives: of the values, dividing by their number."""
        return float(self.numbers.std())

    @property
    def lowest(self) -> float:
        """The smallest value; minus infinity while the file has not been read."""
        return float(self.numbers.min()) if self.values is not None else -math.inf
