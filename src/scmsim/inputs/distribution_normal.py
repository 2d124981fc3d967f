"""The normal distribution, clipped or not."""

import math
from typing import Literal, Self

import numpy as np
from pydantic import model_validator

from scmsim.inputs.distribution_base import RealDistribution
from scmsim.inputs.sampling import Array, MeanAndSpread, half_up
from scmsim.specification import Number


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
        return self._clipped(rng.normal(self.mean, self.spread, n))

    def limited(self, values: Array) -> Array:
        """Clip and round values that were drawn elsewhere as this distribution does its own."""
        clipped = self._clipped(values)
        return clipped if self.rounding == "none" else half_up(clipped)

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
        return type(self)(
            **{**self.model_dump(), "minimum": 0.0, "maximum": None if self.maximum is None else max(0.0, self.maximum)}
        )

    def _clipped(self, values: Array) -> Array:
        limited = self.minimum is not None or self.maximum is not None
        return np.clip(values, self.minimum, self.maximum) if limited else values

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
