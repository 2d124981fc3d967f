"""Any distribution of scipy.stats, by name and parameters, or as the frozen object that Python users have."""

import math
from functools import cached_property
from typing import Any, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from scmsim.inputs.distribution_base import RealDistribution
from scmsim.inputs.sampling import Array
from scmsim.specification import Number


class Scipy(RealDistribution):
    """A distribution of scipy.stats.

    ``scipy.stats.gamma(2)`` may be given wherever a distribution is accepted; in a file it is
    ``{dist: scipy, name: gamma, arguments: [2]}``. Moments are scipy's, and for a clipped one integrated numerically.

    Examples
    --------
    >>> Scipy(name="gamma", arguments=[2], parameters={"scale": 3}).mean_value
    6.0
    """

    dist: Literal["scipy"] = "scipy"
    """Which distribution."""
    name: str
    """Name in scipy.stats."""
    arguments: tuple[Number, ...] = Field(default=(), strict=False)
    """Parameters by position: shapes, then loc, then scale."""
    parameters: dict[str, Number] = {}
    """Parameters by name."""
    minimum: Number | None = None
    """Values below it are raised to it; null: no lower limit."""

    @model_validator(mode="after")
    def _known_to_scipy(self) -> Self:
        _family(self.name)
        try:
            mean = float(self.frozen.mean())
        except (TypeError, ValueError) as error:
            raise ValueError(f"scipy.stats.{self.name} does not take these parameters: {error}") from None
        if math.isnan(mean) and math.isnan(float(self.frozen.support()[0])):
            raise ValueError(f"scipy.stats.{self.name} has no distribution with these parameters")
        if not math.isfinite(mean):
            raise ValueError(f"scipy.stats.{self.name} has no finite mean with these parameters")
        return self

    @cached_property
    def frozen(self) -> Any:
        """The frozen distribution of scipy.stats.

        Raises
        ------
        ValueError
            scipy.stats has no distribution of that name, or it does not take these parameters.
        """
        named = {name: _whole_if_it_is(number) for name, number in self.parameters.items()}
        return _family(self.name)(*map(_whole_if_it_is, self.arguments), **named)

    def draw(self, rng: np.random.Generator, n: int) -> Array:
        """Draw `n` values before rounding."""
        drawn = np.asarray(self.frozen.rvs(size=n, random_state=rng), dtype=np.float64)
        return drawn if self.minimum is None else np.maximum(drawn, self.minimum)

    @property
    def mean_before_rounding(self) -> float:
        """Mean after clipping and before rounding."""
        return float(self.frozen.mean()) if not self._clips else self._expect(1)

    @property
    def sd_before_rounding(self) -> float:
        """Standard deviation after clipping and before rounding."""
        if not self._clips:
            return float(self.frozen.std())
        return math.sqrt(max(0.0, self._expect(2, about=self.mean_before_rounding)))

    @property
    def lowest(self) -> float:
        """Lower end of the values."""
        bottom = float(self.frozen.support()[0])
        return bottom if self.minimum is None else max(bottom, self.minimum)

    def at_least(self, values: Array) -> Array:
        """Give the probability of a draw of at least each value, before rounding."""
        reached = 1 - self.frozen.cdf(np.nextafter(values, -np.inf))
        return np.asarray(reached if self.minimum is None else np.where(values <= self.minimum, 1.0, reached))

    def nonnegative(self) -> "Scipy":
        """Return the distribution clipped at 0, unless it cannot go below."""
        return self if self.lowest >= 0 else type(self)(**{**self.model_dump(), "minimum": 0.0})

    @property
    def _clips(self) -> bool:
        return self.minimum is not None and self.minimum > self.frozen.support()[0]

    def _expect(self, power: int, about: float = 0.0) -> float:
        least = self.minimum if self.minimum is not None else -math.inf
        above = self.frozen.expect(lambda value: (value - about) ** power, lb=least)
        return float(
            above + self.frozen.cdf(least) * (least - about) ** power - self._counted_twice(least, power, about)
        )

    def _counted_twice(self, least: float, power: int, about: float) -> float:
        mass = getattr(self.frozen, "pmf", None)
        return float(mass(least)) * (least - about) ** power if mass is not None else 0.0


def _whole_if_it_is(number: float) -> float | int:
    return int(number) if number.is_integer() else number


def _family(name: str) -> Any:
    from scipy import stats

    family = getattr(stats, name, None)
    if not isinstance(family, stats.rv_continuous | stats.rv_discrete):
        raise ValueError(f"scipy.stats has no distribution {name!r}")
    return family


def from_scipy(value: Any) -> Any:
    """Turn a frozen distribution of scipy.stats into `Scipy`; return anything else as it is.

    Raises
    ------
    ValueError
        It is a frozen distribution, but not one that scipy.stats has under its name.

    Examples
    --------
    >>> from scipy import stats
    >>> from_scipy(stats.gamma(2, scale=3))
    Scipy(name='gamma', arguments=(2.0,), parameters={'scale': 3.0})
    """
    if not all(hasattr(value, part) for part in ("rvs", "dist", "args", "kwds")):
        return value
    name = str(value.dist.name)
    if type(_family(name)) is not type(value.dist):
        raise ValueError(f"only scipy.stats' own distributions can be written to a scenario, and {name!r} is not one")
    parameters = {key: float(number) for key, number in value.kwds.items()}
    return Scipy(name=name, arguments=tuple(float(number) for number in value.args), parameters=parameters)
