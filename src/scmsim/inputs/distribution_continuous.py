"""Distributions of real numbers, given by their moments or their ends."""

import math
from typing import Literal, Self

import numpy as np
from pydantic import model_validator

from scmsim.inputs.distribution_base import RealDistribution
from scmsim.inputs.sampling import Array, Limits, MeanAndSpread
from scmsim.specification import Number


class PositiveByMoments(MeanAndSpread, RealDistribution):
    """A distribution above 0, given by its mean and how widely it is spread."""

    @property
    def mean_before_rounding(self) -> float:
        """Mean before rounding."""
        return self.mean

    @property
    def sd_before_rounding(self) -> float:
        """Standard deviation before rounding."""
        return self.spread

    @property
    def lowest(self) -> float:
        """Lower end of the values: 0, or the mean where nothing varies."""
        return 0.0 if self.spread else self.mean


class Gamma(PositiveByMoments):
    """A gamma distribution, given by its moments: shape 1 / cv^2, scale mean x cv^2.

    Examples
    --------
    >>> Gamma(mean=5, cv=0.4)
    Gamma(mean=5.0, cv=0.4)
    >>> Gamma(mean=5, cv=0.4).sample(np.random.default_rng(1), 3).shape
    (3,)
    """

    dist: Literal["gamma"] = "gamma"
    """Which distribution."""

    def draw(self, rng: np.random.Generator, n: int) -> Array:
        """Draw `n` values before rounding."""
        if self.spread == 0:
            return np.full(n, self.mean)
        return rng.gamma(self._shape, self.mean / self._shape, n)

    def at_least(self, values: Array) -> Array:
        """Give the probability of a draw of at least each value, before rounding."""
        from scipy.special import gammaincc

        if self.spread == 0:
            return (self.mean >= values).astype(np.float64)
        return np.asarray(gammaincc(self._shape, np.maximum(values, 0) * self._shape / self.mean), dtype=np.float64)

    @property
    def _shape(self) -> float:
        return (self.mean / self.spread) ** 2


class Lognormal(PositiveByMoments):
    """A lognormal distribution, given by the moments of the variable itself, not of its logarithm.

    Its logarithm has variance ln(1 + cv^2) and mean ln(mean) - variance / 2.

    Examples
    --------
    >>> Lognormal(mean=5, sd=2).sd_value
    2.0
    """

    dist: Literal["lognormal"] = "lognormal"
    """Which distribution."""

    def draw(self, rng: np.random.Generator, n: int) -> Array:
        """Draw `n` values before rounding."""
        return rng.lognormal(*self._of_logarithm, n)

    def at_least(self, values: Array) -> Array:
        """Give the probability of a draw of at least each value, before rounding."""
        from scipy.special import ndtr

        mean, sd = self._of_logarithm
        if sd == 0:
            return (self.mean >= values).astype(np.float64)
        positive = np.maximum(values, np.finfo(np.float64).tiny)
        return np.asarray(ndtr((mean - np.log(positive)) / sd), dtype=np.float64)

    @property
    def _of_logarithm(self) -> tuple[float, float]:
        variance = math.log1p((self.spread / self.mean) ** 2)
        return math.log(self.mean) - variance / 2, math.sqrt(variance)


class Uniform(Limits, RealDistribution):
    """A uniform distribution between two ends.

    Examples
    --------
    >>> Uniform(low=2, high=4).mean_value
    3.0
    """

    dist: Literal["uniform"] = "uniform"
    """Which distribution."""

    def draw(self, rng: np.random.Generator, n: int) -> Array:
        """Draw `n` values before rounding."""
        return rng.uniform(self.low, self.high, n)

    @property
    def mean_before_rounding(self) -> float:
        """Mean before rounding."""
        return (self.low + self.high) / 2

    @property
    def sd_before_rounding(self) -> float:
        """Standard deviation before rounding."""
        return (self.high - self.low) / math.sqrt(12)

    @property
    def lowest(self) -> float:
        """Lower end of the values."""
        return self.low

    def at_least(self, values: Array) -> Array:
        """Give the probability of a draw of at least each value, before rounding."""
        if self.low == self.high:
            return (self.low >= values).astype(np.float64)
        return np.clip((self.high - values) / (self.high - self.low), 0, 1)


class Triangular(Limits, RealDistribution):
    """A triangular distribution between two ends, with its mode between them.

    Examples
    --------
    >>> Triangular(low=1, mode=2, high=6).mean_value
    3.0
    """

    dist: Literal["triangular"] = "triangular"
    """Which distribution."""
    mode: Number
    """Most likely value."""

    @model_validator(mode="after")
    def _mode_inside(self) -> Self:
        if not self.low <= self.mode <= self.high:
            raise ValueError(f"mode {self.mode:g} is not between low {self.low:g} and high {self.high:g}")
        return self

    def draw(self, rng: np.random.Generator, n: int) -> Array:
        """Draw `n` values before rounding."""
        if self.low == self.high:
            return np.full(n, self.low)
        return rng.triangular(self.low, self.mode, self.high, n)

    @property
    def mean_before_rounding(self) -> float:
        """Mean before rounding."""
        return (self.low + self.mode + self.high) / 3

    @property
    def sd_before_rounding(self) -> float:
        """Standard deviation before rounding."""
        left, right = self.mode - self.low, self.high - self.mode
        return math.sqrt((left**2 + right**2 + left * right) / 18)

    @property
    def lowest(self) -> float:
        """Lower end of the values."""
        return self.low

    def at_least(self, values: Array) -> Array:
        """Give the probability of a draw of at least each value, before rounding."""
        width, inside = self.high - self.low, np.clip(values, self.low, self.high)
        if width == 0:
            return (self.low >= values).astype(np.float64)
        rising = 1 - (inside - self.low) ** 2 / (width * max(self.mode - self.low, 1e-300))
        falling = (self.high - inside) ** 2 / (width * max(self.high - self.mode, 1e-300))
        return np.where(inside < self.mode, rising, falling)
