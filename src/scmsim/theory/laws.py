"""Probability laws of demand over a time, with what stock formulas ask of them: the units beyond a level."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import ceil, floor, isclose, sqrt
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from scmsim.inputs.demand import Demand
from scmsim.inputs.demand_arrivals import CompoundPoissonDemand
from scmsim.inputs.demand_known import ConstantDemand
from scmsim.inputs.demand_random import IndependentDemand
from scmsim.inputs.distribution_base import RealDistribution
from scmsim.inputs.distributions import Discrete, Distribution, Gamma, NegativeBinomial, Normal, Poisson
from scmsim.policies.levels import unit_normal_loss

Array = NDArray[np.float64]
FAR = 4.75
"""Standard deviations from the mean at which a normal law that is cut at 0 is as good as one that is not (1e-6)."""
WIDEST = 200_000
"""Whole units over which a law may spread."""


class TooWideError(ValueError):
    """A law spreads over more units than are summed."""


def check_width(units: float) -> None:
    """Check that sums go over no more units than is quickly done.

    Raises
    ------
    TooWideError
        They would.
    """
    if units > WIDEST:
        raise TooWideError(f"found {units:g} units; expected {WIDEST:g} at most")


class Law(Protocol):
    """A law of units."""

    @property
    def mean(self) -> float:
        """Its mean."""

    def loss(self, level: float) -> float:
        """Return the mean of max(0, units - level)."""

    def below(self, level: float) -> float:
        """Return the probability of fewer units than a level."""

    def quantile(self, share: float) -> float:
        """Return the smallest level that is not exceeded with at least this probability."""


@dataclass(frozen=True, eq=False)
class Lattice:
    """A law of whole units: ``pmf[k]`` is the probability of k.

    Examples
    --------
    >>> coin = Lattice(np.array([0.5, 0.0, 0.5]))
    >>> coin.mean, coin.loss(1), coin.below(2), coin.quantile(0.6)
    (1.0, 0.5, 0.5, 2.0)
    """

    pmf: Array

    @property
    def mean(self) -> float:
        """Its mean."""
        return float(np.arange(len(self.pmf)) @ self.pmf)

    def loss(self, level: float) -> float:
        """Return the mean of max(0, units - level)."""
        return float(np.maximum(np.arange(len(self.pmf)) - level, 0.0) @ self.pmf)

    def below(self, level: float) -> float:
        """Return the probability of fewer units than a level."""
        return float(self.pmf[: max(0, ceil(level))].sum())

    def quantile(self, share: float) -> float:
        """Return the smallest level that is not exceeded with at least this probability."""
        return float(min(len(self.pmf) - 1, int(np.searchsorted(np.cumsum(self.pmf), share - 1e-12))))


@dataclass(frozen=True)
class NormalLaw:
    """A normal law.

    Examples
    --------
    >>> round(NormalLaw(50, 8).loss(56.604), 4), round(NormalLaw(50, 8).below(50), 4)
    (0.9192, 0.5)
    """

    mean: float
    sd: float

    def loss(self, level: float) -> float:
        """Return the mean of max(0, units - level)."""
        return self.sd * unit_normal_loss((level - self.mean) / self.sd)

    def below(self, level: float) -> float:
        """Return the probability of fewer units than a level."""
        from scipy.special import ndtr

        return float(ndtr((level - self.mean) / self.sd))

    def quantile(self, share: float) -> float:
        """Return the level that is not exceeded with this probability."""
        from scipy.special import ndtri

        return float(self.mean + self.sd * ndtri(share))


@dataclass(frozen=True)
class GammaLaw:
    """A gamma law.

    Examples
    --------
    >>> round(GammaLaw(1, 2).loss(2), 6)  # exponential: mean x exp(-level / mean)
    0.735759
    """

    shape: float
    scale: float

    @property
    def mean(self) -> float:
        """Its mean."""
        return self.shape * self.scale

    def loss(self, level: float) -> float:
        """Return the mean of max(0, units - level)."""
        from scipy.special import gammaincc

        if level <= 0:
            return self.mean - level
        beyond = gammaincc(self.shape + 1, level / self.scale)
        return float(self.mean * beyond - level * gammaincc(self.shape, level / self.scale))

    def below(self, level: float) -> float:
        """Return the probability of fewer units than a level."""
        from scipy.special import gammainc

        return float(gammainc(self.shape, max(0.0, level) / self.scale))

    def quantile(self, share: float) -> float:
        """Return the level that is not exceeded with this probability."""
        from scipy.special import gammaincinv

        return float(self.scale * gammaincinv(self.shape, share))


NOTHING = Lattice(np.ones(1))
"""No units for certain."""


def poisson_law(mean: float) -> Lattice:
    """Return the law of a Poisson number.

    Examples
    --------
    >>> round(poisson_law(8).loss(11), 5)
    0.24175
    """
    from scipy.special import pdtr, pdtrik

    if mean == 0:
        return NOTHING
    check_width(mean)
    most = int(ceil(pdtrik(1 - 1e-13, mean))) + 20
    return Lattice(np.diff(pdtr(np.arange(most + 1.0), mean), prepend=0.0))


def over_several(pmf: Array, times: int) -> Lattice:
    """Return the law of the sum of independent draws of one law.

    Examples
    --------
    >>> over_several(np.array([0.5, 0.5]), 2).pmf.round(9).tolist()
    [0.25, 0.5, 0.25]
    """
    if times == 0:
        return NOTHING
    size = (len(pmf) - 1) * times + 1
    check_width(size)
    return _trimmed(np.fft.irfft(np.fft.rfft(pmf, 2 * size) ** times, 2 * size)[:size])


def compound_poisson_law(mean: float, sizes: Array) -> Lattice:
    """Return the law of the sum of a Poisson number of draws of one law.

    Examples
    --------
    >>> round(compound_poisson_law(2.0, np.array([0, 0.5, 0.3, 0.2])).loss(9), 6)
    0.056156
    """
    units = np.arange(len(sizes))
    if mean == 0:
        return NOTHING
    if len(sizes) == 2 and sizes[1] == 1.0:
        return poisson_law(mean)
    spread = sqrt(mean * float(units**2 @ sizes))
    check_width(mean * float(units @ sizes) + 12 * spread + 40 * len(sizes))
    size = 1 << int(mean * float(units @ sizes) + 12 * spread + 40 * len(sizes)).bit_length()
    return _trimmed(np.fft.irfft(np.exp(mean * (np.fft.rfft(sizes, size) - 1.0)), size))


def mixed(laws: Sequence[tuple[float, Lattice]]) -> Lattice:
    """Return the law that is each of some laws with a probability.

    Examples
    --------
    >>> mixed([(0.5, NOTHING), (0.5, Lattice(np.array([0.0, 1.0])))]).pmf.tolist()
    [0.5, 0.5]
    """
    found = np.zeros(max(len(law.pmf) for _, law in laws))
    for share, law in laws:
        found[: len(law.pmf)] += share * law.pmf
    return Lattice(found)


def _trimmed(pmf: Array) -> Lattice:
    pmf = np.maximum(pmf, 0.0)
    last = int(np.flatnonzero(pmf > 1e-17)[-1])
    return Lattice(pmf[: last + 1] / pmf[: last + 1].sum())


class Periodic:
    """Independent demand of equal periods, ``interval`` ticks apart."""

    def __init__(self, distribution: Distribution) -> None:
        self._of = distribution
        self._one = whole_units_of(distribution)
        self.over = cache(self._over)

    @property
    def pmf(self) -> Array | None:
        """The probabilities of whole units in one period; None where units can be divided."""
        return self._one

    @property
    def mean(self) -> float:
        """Mean units per period."""
        return self._of.mean_value

    def _over(self, periods: int) -> Law:
        """Return the law of the demand of several periods."""
        one = self._of
        if periods == 0:
            return NOTHING
        if isinstance(one, Poisson):
            return poisson_law(one.mean * periods)
        if self._one is not None:
            return over_several(self._one, periods)
        if isinstance(one, Gamma):
            shape = (one.mean_value / one.sd_value) ** 2
            return GammaLaw(shape * periods, one.mean_value / shape)
        return NormalLaw(one.mean_value * periods, one.sd_value * sqrt(periods))


def whole_units_of(distribution: Distribution) -> Array | None:
    """Return the probabilities of whole units; None where a law gives others, or negative ones, or too many."""
    mean, sd = distribution.mean_value, distribution.sd_value
    if not mean + 40 * sd < WIDEST or distribution.lowest < 0:
        return None
    if isinstance(distribution, Poisson):
        return poisson_law(distribution.mean).pmf
    if isinstance(distribution, NegativeBinomial):
        return _negative_binomial(mean, sd**2)
    if isinstance(distribution, Discrete):
        if any(value != floor(value) for value in distribution.values):
            return None
        pmf = np.zeros(int(max(distribution.values)) + 1)
        np.add.at(pmf, np.array(distribution.values, dtype=np.int64), distribution.weights)
        return pmf
    if isinstance(distribution, RealDistribution) and distribution.rounding == "half_up":
        ends = np.arange(0.0, mean + 12 * sd + 2)
        reached = np.append(distribution.at_least(np.maximum(ends - 0.5, 0.0)), 0.0)
        reached[0] = 1.0
        return -np.diff(reached) if reached[-2] < 1e-10 else None
    return None


def _negative_binomial(mean: float, variance: float) -> Array:
    from scipy.special import gammaln, xlogy

    successes, share = mean**2 / (variance - mean), mean / variance
    units = np.arange(0.0, mean + 60 * sqrt(variance) + 60)
    logs = gammaln(units + successes) - gammaln(units + 1) - gammaln(successes)
    pmf = np.exp(logs + successes * np.log(share) + xlogy(units, 1 - share))
    return _trimmed(pmf).pmf


def periodic(model: Demand) -> Periodic | None:
    """Return the law of a demand that comes in independent periods; None where its sum over periods is not known."""
    if isinstance(model, ConstantDemand):
        return Periodic(Discrete(values=(model.value,), weights=(1.0,))) if model.value == floor(model.value) else None
    if not isinstance(model, IndependentDemand):
        return None
    one = model.distribution()
    if not np.isfinite([one.mean_value, one.sd_value]).all():
        return None
    if whole_units_of(one) is not None:
        return Periodic(one)
    if isinstance(one, Gamma) and one.sd_value > 0 and one.rounding == "none":
        return Periodic(one)
    return Periodic(one) if isinstance(one, Normal) and is_hardly_cut(one) else None


def is_hardly_cut(one: Normal) -> bool:
    """Tell whether a normal law is as good as one without limits or rounding."""
    if one.rounding != "none" or one.spread == 0 or one.maximum is not None:
        return False
    return one.minimum is None or one.mean - one.minimum >= FAR * one.spread


@dataclass(frozen=True, eq=False)
class Arrivals:
    """Customers who come at the instants of a Poisson process: ``rate`` per time unit, each for so many units."""

    rate: float
    sizes: Array

    @property
    def mean(self) -> float:
        """Units per time unit."""
        return self.rate * float(np.arange(len(self.sizes)) @ self.sizes)

    @property
    def is_unit(self) -> bool:
        """Whether every customer asks for one unit."""
        return len(self.sizes) == 2 and isclose(self.sizes[1], 1.0)

    def over(self, time: float) -> Lattice:
        """Return the law of the demand over a time."""
        return compound_poisson_law(self.rate * time, self.sizes)


def arrivals(model: Demand) -> Arrivals | None:
    """Return the law of a demand that comes by a Poisson process in whole units; None for any other."""
    if not isinstance(model, CompoundPoissonDemand):
        return None
    size = model.size
    if isinstance(size, Distribution):
        sizes = whole_units_of(size)
        if sizes is None or sizes[0] == 1.0:
            return None
        return Arrivals(model.rate * (1 - sizes[0]), np.append(0.0, sizes[1:] / (1 - sizes[0])))
    if size != floor(size) or size > WIDEST:
        return None
    return Arrivals(model.rate, np.append(np.zeros(int(size)), 1.0))
