"""Distributions of real numbers."""

import math
from typing import Literal, Self

import numpy as np
from pydantic import model_validator

from scmsim.inputs.distribution_base import RealDistribution
from scmsim.inputs.sampling import Array, Limits, MeanAndSpread, given_once
from scmsim.specification import NonNegative, Number, Positive


class Normal(MeanAndSpread, RealDistribution):
    """A normal distribution; values beyond `minimum` or `maximum` are put there (clipped, not drawn again).

    The moments are those of the clipped (censored) variable, exactly: with Z standard normal, clipped at a and b,
    E = a F(a) + b (1 - F(b)) + f(a) - f(b) and E2 = a^2 F(a) + b^2 (1 - F(b)) + F(b) - F(a) + a f(a) - b f(b), F and f
    being the standard normal distribution and density (Greene, Econometric Analysis, on censored normal variables).

    Examples
    --------
    >>> Normal(mean=10, cv=0.2).sd_value
    2.0
    >>> round(Normal(mean=0, sd=1, minimum=0).mean_value, 6)  # 1 / sqrt(2 pi)
    0.398942
    """

    dist: Literal["normal"] = "normal"
    """Which distribution."""
    mean: Number
    """Mean before clipping."""
    minimum: Number | None = None
    """Values below it are raised to it; null: no lower limit."""
    maximum: Number | None = None
    """Values above it are lowered to it; null: no upper limit."""

    @model_validator(mode="after")
    def _minimum_first(self) -> Self:
        if self.minimum is not None and self.maximum is not None and self.minimum > self.maximum:
            raise ValueError(f"minimum {self.minimum:g} is above maximum {self.maximum:g}")
        return self

    def draw(self, rng: np.random.Generator, n: int) -> Array:
        """Draw `n` values before rounding."""
        drawn = rng.normal(self.mean, self.spread, n)
        clipped = self.minimum is not None or self.maximum is not None
        return np.clip(drawn, self.minimum, self.maximum) if clipped else drawn

    @property
    def mean_before_rounding(self) -> float:
        """Mean after clipping and before rounding."""
        return self._clipped_moments()[0]

    @property
    def sd_before_rounding(self) -> float:
        """Standard deviation after clipping and before rounding."""
        return self._clipped_moments()[1]

    @property
    def lowest(self) -> float:
        """The minimum; minus infinity without one."""
        return -math.inf if self.minimum is None else self.minimum

    def at_least(self, values: Array) -> Array:
        """Give the probability of a draw of at least each value, before rounding."""
        from scipy.special import ndtr

        reached = ndtr((self.mean - values) / self.spread) if self.spread else (self.mean >= values).astype(np.float64)
        if self.minimum is not None:
            reached = np.where(values <= self.minimum, 1.0, reached)
        if self.maximum is not None:
            reached = np.where(values > self.maximum, 0.0, reached)
        return np.asarray(reached, dtype=np.float64)

    def nonnegative(self) -> "Normal":
        """Return the distribution clipped at 0, unless its minimum is already there or above."""
        if self.lowest >= 0:
            return self
        return Normal(**{**self.model_dump(), "minimum": 0.0, "maximum": None if self.maximum is None else max(0.0, self.maximum)})

    def _clipped_moments(self) -> tuple[float, float]:
        low = -math.inf if self.minimum is None else self.minimum
        high = math.inf if self.maximum is None else self.maximum
        if self.spread == 0:
            return min(max(self.mean, low), high), 0.0
        mean, variance = _clipped_standard((low - self.mean) / self.spread, (high - self.mean) / self.spread)
        return self.mean + self.spread * mean, self.spread * math.sqrt(variance)


def _clipped_standard(low: float, high: float) -> tuple[float, float]:
    """Return mean and variance of a standard normal variable clipped at both ends."""
    below, above = math.erfc(-low / math.sqrt(2)) / 2, math.erfc(high / math.sqrt(2)) / 2
    if below == 0 == above:
        return 0.0, 1.0
    density_low, density_high = (math.exp(-end * end / 2) / math.sqrt(2 * math.pi) for end in (low, high))
    at_low, at_high = (low, below) if below else (0.0, 0.0), (high, above) if above else (0.0, 0.0)
    mean = at_low[0] * at_low[1] + at_high[0] * at_high[1] + density_low - density_high
    square = (
        at_low[0] ** 2 * at_low[1] + at_high[0] ** 2 * at_high[1] + 1 - below - above
        + at_low[0] * density_low - at_high[0] * density_high
    )  # fmt: skip
    return mean, max(0.0, square - mean**2)


class Gamma(MeanAndSpread, RealDistribution):
    """A gamma distribution, given by its moments: shape 1 / cv^2, scale mean x cv^2.

    Examples
    --------
    >>> Gamma(mean=5, cv=0.4)
    Gamma(mean=5.0, cv=0.4)
    >>> Gamma(mean=5, cv=0.4).sample(np.random.default_rng(1), 3).round(3)
    array([5.672, 6.242, 3.302])
    """

    dist: Literal["gamma"] = "gamma"
    """Which distribution."""

    def draw(self, rng: np.random.Generator, n: int) -> Array:
        """Draw `n` values before rounding."""
        if self.spread == 0:
            return np.full(n, self.mean)
        return rng.gamma(self._shape, self.mean / self._shape, n)

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

    def at_least(self, values: Array) -> Array:
        """Give the probability of a draw of at least each value, before rounding."""
        from scipy.special import gammaincc

        if self.spread == 0:
            return (self.mean >= values).astype(np.float64)
        return np.asarray(gammaincc(self._shape, np.maximum(values, 0) * self._shape / self.mean), dtype=np.float64)

    @property
    def _shape(self) -> float:
        return (self.mean / self.spread) ** 2


class Lognormal(MeanAndSpread, RealDistribution):
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


class Exponential(RealDistribution):
    """An exponential distribution.

    Examples
    --------
    >>> Exponential(mean=4).sd_value
    4.0
    """

    dist: Literal["exponential"] = "exponential"
    """Which distribution."""
    mean: Positive
    """Mean."""

    def draw(self, rng: np.random.Generator, n: int) -> Array:
        """Draw `n` values before rounding."""
        return rng.exponential(self.mean, n)

    @property
    def mean_before_rounding(self) -> float:
        """Mean before rounding."""
        return self.mean

    @property
    def sd_before_rounding(self) -> float:
        """Standard deviation before rounding: equal to the mean."""
        return self.mean

    @property
    def lowest(self) -> float:
        """Lower end of the values: 0."""
        return 0.0

    def at_least(self, values: Array) -> Array:
        """Give the probability of a draw of at least each value, before rounding."""
        return np.exp(-np.maximum(values, 0) / self.mean)


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
