"""Distributions of waiting times and lifetimes."""

import math
from typing import Annotated, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from scmsim.inputs.distribution_base import RealDistribution
from scmsim.inputs.sampling import Array, given_once
from scmsim.specification import Positive

SHAPES = (0.1, 10_000.0)
"""Smallest and largest shape of a Weibull distribution here; they stand for a cv of 429 and of 0.00013."""


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


class Weibull(RealDistribution):
    """A Weibull distribution, given by shape and scale, or by its mean and spread.

    With shape k the mean is scale x G(1 + 1/k) and cv^2 = G(1 + 2/k) / G(1 + 1/k)^2 - 1, G being the gamma function;
    the shape that gives a stated cv is found by bisection.

    Examples
    --------
    >>> round(Weibull(shape=1, scale=4).sd_value, 9)  # exponential
    4.0
    >>> round(Weibull(mean=5, cv=0.5).sd_value, 9)
    2.5
    """

    dist: Literal["weibull"] = "weibull"
    """Which distribution."""
    shape: Annotated[float, Field(ge=SHAPES[0], le=SHAPES[1])] | None = None
    """Shape, from 0.1 to 10000: below 1 the rate of ending falls with age, above 1 it rises."""
    scale: Positive | None = None
    """Scale: 63.2 % of the values lie below it."""
    mean: Positive | None = None
    """Mean, in place of shape and scale."""
    sd: Positive | None = None
    """Standard deviation; or give `cv`."""
    cv: Positive | None = None
    """Coefficient of variation: standard deviation / mean; or give `sd`."""

    @model_validator(mode="after")
    def _one_way_given(self) -> Self:
        by_shape, by_mean = (self.shape, self.scale), (self.mean, self.sd, self.cv)
        if any(value is not None for value in by_shape) == any(value is not None for value in by_mean):
            raise ValueError("give either shape and scale, or mean with sd or cv")
        if self.mean is None and None in by_shape:
            raise ValueError("shape and scale belong together: give both")
        if self.mean is not None:
            given_once(sd=self.sd, cv=self.cv)
            self._parameters()
        return self

    def draw(self, rng: np.random.Generator, n: int) -> Array:
        """Draw `n` values before rounding."""
        shape, scale = self._parameters()
        return scale * rng.weibull(shape, n)

    @property
    def mean_before_rounding(self) -> float:
        """Mean before rounding."""
        shape, scale = self._parameters()
        return scale * math.gamma(1 + 1 / shape)

    @property
    def sd_before_rounding(self) -> float:
        """Standard deviation before rounding."""
        return self.mean_before_rounding * _cv_of_shape(self._parameters()[0])

    @property
    def lowest(self) -> float:
        """Lower end of the values: 0."""
        return 0.0

    def at_least(self, values: Array) -> Array:
        """Give the probability of a draw of at least each value, before rounding."""
        shape, scale = self._parameters()
        return np.exp(-((np.maximum(values, 0) / scale) ** shape))

    def _parameters(self) -> tuple[float, float]:
        if self.shape is not None and self.scale is not None:
            return self.shape, self.scale
        mean = self.mean or 0.0
        shape = _shape_of_cv(self.cv if self.cv is not None else (self.sd or 0.0) / mean)
        return shape, mean / math.gamma(1 + 1 / shape)


def _cv_of_shape(shape: float) -> float:
    return math.sqrt(math.expm1(math.lgamma(1 + 2 / shape) - 2 * math.lgamma(1 + 1 / shape)))


def _shape_of_cv(cv: float) -> float:
    low, high = SHAPES
    if not _cv_of_shape(high) <= cv <= _cv_of_shape(low):
        raise ValueError(f"no Weibull distribution with cv {cv:g}: give one between 0.00013 and 429")
    for _ in range(80):
        middle = math.sqrt(low * high)
        low, high = (middle, high) if _cv_of_shape(middle) > cv else (low, middle)
    return math.sqrt(low * high)
