"""Intervals that ask nothing of a distribution's shape: for quantiles, for the worst that may come, for its mean."""

from math import ceil, log
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scmsim.errors import UsageError
from scmsim.experiments.statistics.estimates import CONFIDENCE, half_widths

Array = NDArray[np.float64]

FEWEST_IN_TAIL = 25
"""From fewer observations than this in a tail, its mean has no interval."""


class Interval(NamedTuple):
    """An estimate and the interval around it.

    Parameters
    ----------
    estimate, low, high : float
        In the unit of the observations; the bounds are NaN where there are too few observations for the confidence.
    n : int
        How many observations it rests on.
    """

    estimate: float
    low: float
    high: float
    n: int


def quantile_interval(values: Array, share: float, confidence: float = CONFIDENCE) -> Interval:
    """Estimate a quantile, with an interval between two of the observations that holds whatever their distribution.

    Parameters
    ----------
    values : array of float
        Independent observations; NaN is left out.
    share : float
        The share of the distribution below the quantile, between 0 and 1: 0.5 for the median.
    confidence : float
        The share of such intervals that cover the true quantile, at least.

    Returns
    -------
    Interval
        The estimate is the approximately median-unbiased one. No bounds below `fewest_for_quantile` observations.

    Raises
    ------
    UsageError
        The share or the confidence does not lie between 0 and 1.

    Notes
    -----
    The l-th and the u-th smallest observation, where a binomial number of n trials of probability ``share`` is below l,
    and at least u, with probability (1 - confidence) / 2 at most each: H. A. David and H. N. Nagaraja, *Order
    Statistics*, 3rd ed., section 7.1. The estimate: R. J. Hyndman and Y. Fan, "Sample quantiles in statistical
    packages", The American Statistician 50 (1996), definition 8.

    Examples
    --------
    >>> quantile_interval(np.arange(1.0, 21.0), 0.5)
    Interval(estimate=10.5, low=6.0, high=15.0, n=20)
    >>> quantile_interval(np.arange(5.0), 0.5)
    Interval(estimate=2.0, low=nan, high=nan, n=5)
    """
    _check(share, confidence)
    ordered = _defined(values)
    count = len(ordered)
    if not count:
        return Interval(np.nan, np.nan, np.nan, 0)
    found = float(np.quantile(ordered, share, method="median_unbiased"))
    if count < fewest_for_quantile(share, confidence):
        return Interval(found, np.nan, np.nan, count)
    from scipy.special import bdtr, bdtrc

    numbers, risk = np.arange(float(count)), (1 - confidence) / 2
    low = int(np.sum(bdtr(numbers, count, share) <= risk))
    high = count + 1 - int(np.sum(bdtrc(numbers, count, share) <= risk))
    return Interval(found, float(ordered[low - 1]), float(ordered[high - 1]), count)


def fewest_for_quantile(share: float, confidence: float = CONFIDENCE) -> int:
    """Tell how many observations `quantile_interval` needs for two bounds.

    Examples
    --------
    >>> fewest_for_quantile(0.5), fewest_for_quantile(0.05), fewest_for_quantile(0.99)
    (6, 72, 368)
    """
    _check(share, confidence)
    return ceil(log((1 - confidence) / 2) / log(max(share, 1 - share)))


def share_beyond_worst(count: int, confidence: float = CONFIDENCE) -> float:
    """Tell what share of all possible observations lies beyond the worst of some independent ones, at most.

    Parameters
    ----------
    count : int
        How many there were.
    confidence : float
        How sure that is.

    Returns
    -------
    float
        The smallest observation is, so sure, below the quantile of this share, and the largest above that of one minus
        it; each on its own. NaN without observations.

    Notes
    -----
    The largest of n exceeds the quantile p with probability 1 - p**n: S. S. Wilks, "Determination of sample sizes for
    setting tolerance limits", Annals of Mathematical Statistics 12 (1941).

    Examples
    --------
    >>> round(share_beyond_worst(59), 4), round(share_beyond_worst(299), 4)
    (0.0495, 0.01)
    """
    _check(0.5, confidence)
    return float(1 - (1 - confidence) ** (1 / count)) if count > 0 else np.nan


def tail_mean(values: Array, share: float = 0.05, *, highest: bool = True, confidence: float = CONFIDENCE) -> Interval:
    """Estimate the mean of a distribution's worst part, also called its conditional value at risk.

    Parameters
    ----------
    values : array of float
        Independent observations; NaN is left out.
    share : float
        How large that part is: 0.05 for the worst twentieth.
    highest : bool
        Whether the highest are the worst, or the lowest.
    confidence : float
        The share of intervals that cover the true value, asymptotically. Of 500 observations, 92 to 94 of
        100 did when tried.

    Returns
    -------
    Interval
        No bounds where too few observations lie in the tail (fewer than `fewest_for_tail` in all).

    Raises
    ------
    UsageError
        The share or the confidence does not lie between 0 and 1.

    Notes
    -----
    The mean of q + max(0, x - q) / share over the observations x, where q is their quantile of 1 - share: R. T.
    Rockafellar and S. Uryasev, "Optimization of conditional value-at-risk", Journal of Risk 2 (2000). The interval is
    the t-interval of these terms, whose variance is that of B. J. Manistre and G. H. Hancock, "Variance of the CTE
    estimator", North American Actuarial Journal 9 (2005).

    Examples
    --------
    >>> tail_mean(np.arange(1.0, 101.0), 0.1).estimate, tail_mean(np.arange(1.0, 101.0), 0.1, highest=False).estimate
    (95.5, 5.5)
    """
    _check(share, confidence)
    sign = 1.0 if highest else -1.0
    ordered = np.sort(sign * _defined(values))
    count = len(ordered)
    if not count:
        return Interval(np.nan, np.nan, np.nan, 0)
    beyond = ordered[ceil(round(count * (1 - share), 9)) - 1]
    terms = beyond + np.maximum(0.0, ordered - beyond) / share
    found = sign * float(terms.mean())
    if count < fewest_for_tail(share):
        return Interval(found, np.nan, np.nan, count)
    width = float(half_widths(np.array([terms.std(ddof=1)]), np.array([count]), confidence)[0])
    return Interval(found, found - width, found + width, count)


def fewest_for_tail(share: float = 0.05) -> int:
    """Tell how many observations `tail_mean` needs for an interval.

    Examples
    --------
    >>> fewest_for_tail(0.05)
    500
    """
    return ceil(round(FEWEST_IN_TAIL / share, 9))


def _defined(values: Array) -> Array:
    found = np.asarray(values, dtype=np.float64)
    return np.sort(found[~np.isnan(found)])


def _check(share: float, confidence: float) -> None:
    for name, value in (("share", share), ("confidence", confidence)):
        if not 0 < value < 1:
            raise UsageError(f"{name} must lie between 0 and 1, not {value!r}")
