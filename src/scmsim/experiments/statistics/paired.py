"""Differences between scenarios that met the same random numbers, replication by replication."""

import math
from itertools import combinations
from math import inf, nan
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scmsim.experiments.statistics.estimates import half_widths, moments

Array = NDArray[np.float64]

ROUNDING = 1e-9
"""Two figures that differ by a smaller share than this are the same figure: sums were added in another order."""
MOST = 10_000_000
"""So many replications are never advised."""


class Differences(NamedTuple):
    """What every scenario has more than another of every measure, on average over the replications.

    Parameters
    ----------
    pairs : tuple of (int, int)
        Which two scenarios: the second minus the first.
    mean, sd : array of float, shape (pairs, measures)
        Of the differences in single replications, in the unit of the measure.
    n : array of int, shape (pairs, measures)
        The replications in which both are defined.
    """

    pairs: tuple[tuple[int, int], ...]
    mean: Array
    sd: Array
    n: NDArray[np.int64]


def less(draws: Array, subtracted: Array) -> Array:
    """Subtract figures of the same replications, with exactly 0 where they differ by rounding alone.

    Examples
    --------
    >>> less(np.array([3.0, 0.1 + 0.2]), np.array([1.0, 0.3])).tolist()
    [2.0, 0.0]
    """
    found = draws - subtracted
    scale = np.maximum(np.abs(draws), np.abs(subtracted))
    return np.where(np.abs(found) <= ROUNDING * scale, 0.0, found)


def differences(draws: Array) -> Differences:
    """Compare every two scenarios, replication by replication.

    Parameters
    ----------
    draws : array of float, shape (scenarios, replications, measures)
        NaN where a figure is undefined: such a replication is left out of that pair.

    Examples
    --------
    >>> found = differences(np.array([[[1.0], [2.0]], [[3.0], [5.0]]]))
    >>> found.pairs, found.mean.tolist(), found.n.tolist()
    (((0, 1),), [[2.5]], [[2]])
    """
    pairs = tuple(combinations(range(len(draws)), 2))
    summed = [moments(less(draws[other], draws[base])) for base, other in pairs]
    mean, sd, n = (np.array([one[part] for one in summed]) for part in range(3))
    return Differences(pairs, mean, sd, n.astype(np.int64))


def widths(found: Differences, confidence: float) -> Array:
    """Give the half-widths of the paired t-intervals; NaN below two replications.

    Notes
    -----
    A. M. Law, *Simulation Modeling and Analysis*, 5th ed., section 10.2.1 (paired-t confidence interval).
    """
    return half_widths(found.sd.ravel(), found.n.ravel(), confidence).reshape(found.sd.shape)


def p_values(found: Differences) -> Array:
    """Give the two-sided p-values of the paired t-test of no difference; NaN below two replications.

    A difference that is the same in every replication has no chance in it: 1 where it is 0, and 0 elsewhere.

    Examples
    --------
    >>> draws = np.array([[[1.0], [2.0], [4.0]], [[3.0], [5.0], [5.0]]])
    >>> p_values(differences(draws)).round(4).tolist()
    [[0.0742]]
    """
    from scipy.special import stdtr

    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = np.abs(found.mean) / (found.sd / np.sqrt(found.n))
    p = 2.0 * stdtr(np.maximum(found.n - 1, 1), -np.where(np.isnan(statistic), 0.0, statistic))
    return np.where(found.n < 2, nan, np.where(found.sd == 0, (found.mean == 0).astype(float), p))


def replications_for(width: float, sd: float, confidence: float) -> float:
    """Tell from how many replications on the half-width of a t-interval would be below a width.

    Parameters
    ----------
    width, sd : float
        The width wanted, and the standard deviation seen so far, in one unit.
    confidence : float
        The interval's confidence.

    Returns
    -------
    float
        The smallest whole number n of at least 2 with t(1 - (1 - confidence) / 2; n - 1) * sd / sqrt(n) < width;
        infinity where it is above ten million, NaN where the standard deviation is.

    Notes
    -----
    A. M. Law, *Simulation Modeling and Analysis*, 5th ed., section 9.4.1 (n for an absolute error, the standard
    deviation taken as it is estimated so far).

    Examples
    --------
    >>> replications_for(width=1.0, sd=5.0, confidence=0.95)
    99.0
    """
    if np.isnan(sd) or np.isnan(width):
        return nan
    if width <= 0:
        return inf
    low, high = 1, 2
    while not _narrower(width, sd, high, confidence):
        low, high = high, 2 * high
        if low > MOST:
            return inf
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _narrower(width, sd, middle, confidence) else (middle, high)
    return float(high)


def _narrower(width: float, sd: float, count: int, confidence: float) -> bool:
    return bool(half_widths(np.array([sd]), np.array([count]), confidence)[0] < width)


def plus_minus(value: float, width: float) -> str:
    """Write a signed number with the digits that its interval leaves sure.

    Examples
    --------
    >>> plus_minus(-2.134, 0.41), plus_minus(1234.5, 130.0), plus_minus(0.25, float("nan"))
    ('-2.1 ± 0.4', '+1,234 ± 130', '+0.25')
    >>> plus_minus(-0.03302, 2e-15)
    '-0.03302 exactly'
    """
    if math.isnan(width):
        return f"{value:+,.4g}" if abs(value) < 1e4 else f"{value:+,.0f}"
    if width <= ROUNDING * abs(value):
        return f"{value:+,.6g} exactly"
    places = max(0, -math.floor(math.log10(width / 2)))
    return f"{value:+,.{places}f} ± {width:,.{places}f}"
