"""A time that follows another one, and always takes as long."""

import numpy as np

from scmsim.inputs.distribution_base import Distribution
from scmsim.inputs.sampling import Array


class Shifted(Distribution):
    """A distribution and something that is added to every draw. No scenario names it.

    Examples
    --------
    >>> from scmsim.inputs.distribution_continuous import Uniform
    >>> longer = Shifted(dist="shifted", of=Uniform(low=1, high=3), by=0.5)
    >>> longer.mean_value, longer.lowest
    (2.5, 1.5)
    """

    of: Distribution
    """What is drawn."""
    by: float
    """What is added."""

    def sample(self, rng: np.random.Generator, n: int) -> Array:
        """Draw `n` values at once, as float64."""
        return self.of.sample(rng, n) + self.by

    @property
    def mean_value(self) -> float:
        """Mean of what `sample` gives."""
        return self.of.mean_value + self.by

    @property
    def sd_value(self) -> float:
        """Standard deviation of what `sample` gives."""
        return self.of.sd_value

    @property
    def lowest(self) -> float:
        """Lower end of the values that can occur."""
        return self.of.lowest + self.by
