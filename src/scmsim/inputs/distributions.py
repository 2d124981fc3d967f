"""Distributions, and the fields that take one: import them from here.

A frozen distribution of scipy.stats is accepted wherever a distribution is.
"""

from typing import Annotated

from pydantic import AfterValidator

from scmsim.inputs.distribution_base import Distribution, RealDistribution, distribution_kinds
from scmsim.inputs.distribution_continuous import Gamma, Lognormal, Triangular, Uniform
from scmsim.inputs.distribution_discrete import Discrete, Empirical, Geometric, NegativeBinomial, Poisson
from scmsim.inputs.distribution_normal import Normal
from scmsim.inputs.distribution_scipy import Scipy, from_scipy
from scmsim.inputs.distribution_waiting import Exponential, Weibull
from scmsim.inputs.kinds import OneOf
from scmsim.specification import NonNegative, Number

__all__ = [
    "AnyDistribution",
    "Discrete",
    "Distribution",
    "Empirical",
    "Exponential",
    "Gamma",
    "Geometric",
    "Lognormal",
    "NegativeBinomial",
    "NonNegativeOrDistribution",
    "Normal",
    "NumberOrDistribution",
    "Poisson",
    "RealDistribution",
    "Scipy",
    "Triangular",
    "Uniform",
    "Weibull",
    "distribution_kinds",
    "nonnegative",
]


def nonnegative(value: float | Distribution) -> float | Distribution:
    """Make a number or a distribution fit to be a time or a size, which cannot be negative.

    A normal distribution and one of scipy's that reach below 0 are clipped there, and their moments become those of the
    clipped variable.

    Raises
    ------
    ValueError
        The number, or what the user gave as the lower end of the distribution, is below 0.

    Examples
    --------
    >>> nonnegative(Normal(mean=5, sd=2))
    Normal(mean=5.0, sd=2.0, minimum=0.0)
    >>> nonnegative(Uniform(low=-1, high=1))
    Traceback (most recent call last):
    ...
    ValueError: can be negative (down to -1): a time or a size cannot
    """
    if isinstance(value, Distribution):
        return value.nonnegative()
    if value < 0:
        raise ValueError(f"{value:g} is negative: a time or a size cannot be")
    return value


AnyDistribution = Annotated[Distribution, OneOf("dist", distribution_kinds, convert=from_scipy)]
"""One distribution, chosen by its ``dist``."""

NumberOrDistribution = Annotated[float | Distribution, OneOf("dist", distribution_kinds, Number, from_scipy)]
"""A number, or a distribution to draw it from; it may be negative."""

NonNegativeOrDistribution = Annotated[
    float | Distribution, OneOf("dist", distribution_kinds, NonNegative, from_scipy), AfterValidator(nonnegative)
]
"""A time or a size: a number from 0, or a distribution, made fit by `nonnegative`."""
