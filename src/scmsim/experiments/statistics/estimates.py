"""Estimates from replications: a mean and how far it can be trusted."""

import numpy as np
from numpy.typing import NDArray

CONFIDENCE = 0.95
"""The share of intervals that cover the true value."""


def half_widths(
    sds: NDArray[np.float64], counts: NDArray[np.int64], confidence: float = CONFIDENCE
) -> NDArray[np.float64]:
    """Give the half-widths of Student's t-intervals around means of independent observations.

    Parameters
    ----------
    sds : array of float
        Sample standard deviations (dividing by n - 1), in the unit of the observations.
    counts : array of int
        How many observations each rests on.
    confidence : float
        The share of such intervals that cover the true mean, between 0 and 1.

    Returns
    -------
    array of float
        In the unit of the observations; NaN where fewer than two observations leave nothing to judge by.

    Notes
    -----
    t(1 - (1 - confidence) / 2; n - 1) * sd / sqrt(n): A. M. Law, *Simulation Modeling and Analysis*, 5th ed., eq. 4.12.

    Examples
    --------
    >>> half_widths(np.array([2.0, 2.0]), np.array([4, 1])).round(4).tolist()
    [3.1824, nan]
    """
    enough = counts >= 2
    if not enough.any():
        return np.full(len(counts), np.nan)
    from scipy.special import stdtrit

    safe = np.where(enough, counts, 2)
    widths = stdtrit(safe - 1, 0.5 + confidence / 2) * sds / np.sqrt(safe)
    return np.asarray(np.where(enough, widths, np.nan), dtype=np.float64)


def moments(draws: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    """Give mean, standard deviation and number of what is defined in every column; equal values have exactly sd 0.

    Parameters
    ----------
    draws : array of float, shape (replications, quantities)
        NaN where a quantity is undefined.

    Returns
    -------
    means, sds, counts
        One each per column; the mean is NaN where the count is 0, the standard deviation (dividing by n - 1) where it
        is less than 2.

    Examples
    --------
    >>> means, sds, counts = moments(np.array([[1.0, np.nan], [3.0, 5.0]]))
    >>> means.tolist(), sds.round(3).tolist(), counts.tolist()
    ([2.0, 5.0], [1.414, nan], [2, 1])
    """
    defined = ~np.isnan(draws)
    counts = defined.sum(axis=0)
    first = np.argmax(defined, axis=0)
    origin = draws[first, np.arange(draws.shape[1])]
    deviations = np.where(defined, draws - origin, 0.0)
    shifts = deviations.sum(axis=0) / np.maximum(counts, 1)
    squares = np.where(defined, deviations - shifts, 0.0) ** 2
    sds = np.sqrt(squares.sum(axis=0) / np.maximum(counts - 1, 1))
    return origin + shifts, np.where(counts >= 2, sds, np.nan), counts


def estimate(draws: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    """Summarise replications: one row per replication, one column per quantity, NaN where it is undefined.

    Returns
    -------
    means, half_widths, counts
        One each per column; ``counts`` is the number of replications in which the quantity was defined, the mean is NaN
        where that is 0 and the half-width (95 %) where it is less than 2.

    Examples
    --------
    >>> means, widths, counts = estimate(np.array([[1.0, np.nan], [3.0, 5.0]]))
    >>> means.tolist(), widths.round(3).tolist(), counts.tolist()
    ([2.0, 5.0], [12.706, nan], [2, 1])
    """
    means, sds, counts = moments(draws)
    return means, half_widths(sds, counts), counts
