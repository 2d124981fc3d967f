"""What every distribution is."""

import math
from typing import Any

import numpy as np
from pydantic import ConfigDict

from scmsim.inputs.kinds import kinds_of, require, shown
from scmsim.inputs.sampling import Array, Rounding, half_up
from scmsim.specification import Specification

MOST_UNITS = 2**20
"""Number of whole units over which the moments of rounded values are summed; beyond, Sheppard's correction does."""


class Distribution(Specification):
    """A distribution of a quantity or of a time.

    A subclass adds ``dist`` (a ``Literal`` with its value as default), its parameters, `sample`, `mean_value`,
    `sd_value` and `lowest`. It holds no random numbers: whoever samples brings the generator.
    """

    model_config = ConfigDict(json_schema_extra=require("dist"))

    dist: str
    """Which distribution."""

    def sample(self, rng: np.random.Generator, n: int) -> Array:
        """Draw `n` values at once, as float64."""
        raise NotImplementedError

    @property
    def mean_value(self) -> float:
        """Mean of what `sample` gives."""
        raise NotImplementedError

    @property
    def sd_value(self) -> float:
        """Standard deviation of what `sample` gives."""
        raise NotImplementedError

    @property
    def lowest(self) -> float:
        """Lower end of the values that can occur; minus infinity where there is none."""
        raise NotImplementedError

    def nonnegative(self) -> "Distribution":
        """Return the distribution to use for a time or a size, which cannot be negative.

        A distribution that falls below 0 by its nature (a normal one, one of scipy's) comes back clipped there, with
        the moments of what is left; one that the user placed below 0 is refused.

        Raises
        ------
        ValueError
            Its values, as given, go below 0.
        """
        if self.lowest < 0:
            raise ValueError(f"can be negative (down to {self.lowest:g}): a time or a size cannot")
        return self

    def __repr_args__(self) -> Any:
        return shown(self, "dist")


class RealDistribution(Distribution):
    """A distribution of real numbers, which may be rounded to whole units.

    A subclass adds `draw`, `mean_before_rounding`, `sd_before_rounding` and `at_least`. The moments of rounded values
    are summed exactly where the distribution ends, for practical purposes, within a million units; where it is wider,
    Sheppard's correction gives them (same mean, 1/12 more variance).
    """

    rounding: Rounding = "none"
    """Round every value to whole units, a half upward: `none` or `half_up`."""

    def draw(self, rng: np.random.Generator, n: int) -> Array:
        """Draw `n` values before rounding."""
        raise NotImplementedError

    @property
    def mean_before_rounding(self) -> float:
        """Mean before rounding."""
        raise NotImplementedError

    @property
    def sd_before_rounding(self) -> float:
        """Standard deviation before rounding."""
        raise NotImplementedError

    def at_least(self, values: Array) -> Array:
        """Give the probability of a draw of at least each value, before rounding."""
        raise NotImplementedError

    def sample(self, rng: np.random.Generator, n: int) -> Array:
        """Draw `n` values at once, as float64."""
        drawn = self.draw(rng, n)
        return drawn if self.rounding == "none" else half_up(drawn)

    @property
    def mean_value(self) -> float:
        """Mean of what `sample` gives."""
        return self.mean_before_rounding if self.rounding == "none" else _rounded_moments(self)[0]

    @property
    def sd_value(self) -> float:
        """Standard deviation of what `sample` gives."""
        return self.sd_before_rounding if self.rounding == "none" else _rounded_moments(self)[1]


def _rounded_moments(distribution: RealDistribution) -> tuple[float, float]:
    mean, sd = distribution.mean_before_rounding, distribution.sd_before_rounding
    if not math.isfinite(sd):
        return mean, sd
    bottom = math.floor(max(distribution.lowest, mean - 40 * sd - 1) + 0.5)
    height = _height_of_tail(distribution, bottom)
    if height is None:
        return mean, math.sqrt(sd**2 + 1 / 12)
    steps = np.arange(1.0, height + 1)
    reached = distribution.at_least(bottom + steps - 0.5)
    above = float(reached.sum())
    return bottom + above, math.sqrt(max(0.0, float(((2 * steps - 1) * reached).sum()) - above**2))


def _height_of_tail(distribution: RealDistribution, bottom: int) -> int | None:
    """Return how many whole units above `bottom` hold all that matters of the second moment, if few enough do."""
    heights = 2 ** np.arange(6, MOST_UNITS.bit_length(), dtype=np.float64)
    tails = heights**2 * distribution.at_least(bottom + heights - 0.5)
    enough = heights[tails < 1e-12]
    return int(enough[0]) if len(enough) else None


def distribution_kinds() -> dict[str, type[Distribution]]:
    """List every distribution by the name it has in a scenario file.

    Examples
    --------
    >>> "lognormal" in distribution_kinds()
    True
    """
    return kinds_of(Distribution, "dist")
