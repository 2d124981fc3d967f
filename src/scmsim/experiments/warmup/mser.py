"""Where the transient at the beginning of a series ends: MSER, and the moving average to see it by."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scmsim.errors import UsageError

Array = NDArray[np.float64]

FEWEST_BATCHES = 4
"""Of fewer batches than this nothing can be said about a series."""

BATCH = 5
"""So many observations are averaged first: MSER-5."""

NEGLIGIBLE = 1e-6
"""Statistics that differ by less than this share of the whole series' one are as good as each other."""


class Truncation(NamedTuple):
    """Where the beginning of a series ends.

    Parameters
    ----------
    observations : int
        How many to leave out.
    mean : float
        The mean of those that are kept, in whole batches.
    statistic : array of float
        The marginal standard error, squared, for 0, 1, 2, ... batches left out, up to half of them.
    at_bound : bool
        Whether the least of these is the last: the series may be too short to have settled.
    """

    observations: int
    mean: float
    statistic: Array
    at_bound: bool


def mser(series: Array, batch: int = BATCH) -> Truncation:
    """Find the truncation of a series that makes the mean of the rest most precise (MSER).

    Parameters
    ----------
    series : array of float
        One observation per period, from the beginning of a run.
    batch : int
        How many observations are averaged first: 5 for MSER-5, 1 for the original rule. What does not fill a last batch
        is left out.

    Returns
    -------
    Truncation
        The shortest of several that are as good, as where a series without noise comes ever closer to its end.

    Raises
    ------
    UsageError
        The series has fewer than four batches, or a value that is not finite.

    Notes
    -----
    Of n batch means, d are left out, d <= n / 2, so that sum((x - mean)**2) / (n - d)**2 over those that remain is
    smallest: K. P. White, "An effective truncation heuristic for bias reduction in simulation output", Simulation 69
    (1997); batches of five: K. P. White, M. J. Cobb and S. C. Spratt, "A comparison of five steady-state truncation
    heuristics for simulation", Winter Simulation Conference 2000.

    Examples
    --------
    >>> falling = np.concatenate([np.linspace(30, 10, 20), 10 + np.arange(60) % 2])
    >>> mser(falling).observations, mser(falling, batch=1).observations
    (20, 18)
    """
    if batch < 1:
        raise UsageError(f"batch must be at least 1, not {batch!r}")
    count = len(series) // batch
    if count < FEWEST_BATCHES:
        raise UsageError(f"{len(series)} periods are too few to judge a warm-up by: it takes {FEWEST_BATCHES * batch}")
    if not np.isfinite(series).all():
        raise UsageError("a warm-up can be judged by finite values only")
    means = np.asarray(series[: count * batch], dtype=np.float64).reshape(count, batch).mean(axis=1)
    shifted = (means - means[-1])[::-1]
    kept = np.arange(1, count + 1)
    sums, squares = shifted.cumsum(), np.square(shifted).cumsum()
    errors = (np.maximum(0.0, squares - sums**2 / kept) / kept**2)[::-1]
    candidates = errors[: count // 2 + 1]
    least = int(np.argmax(candidates <= candidates.min() + NEGLIGIBLE * candidates[0]))
    return Truncation(least * batch, float(means[least:].mean()), candidates, least == count // 2)


def moving_average(series: Array, window: int) -> Array:
    """Smooth a series by the mean of every value and ``window`` to either side, fewer where the series begins or ends.

    Notes
    -----
    P. D. Welch, "The statistical analysis of simulation results" (1983); A. M. Law, *Simulation Modeling and Analysis*,
    5th ed., section 9.5.1, whose average ends where the series cannot fill it any more.

    Examples
    --------
    >>> moving_average(np.array([1.0, 2.0, 6.0, 4.0, 2.0]), 1).tolist()
    [1.0, 3.0, 4.0, 4.0, 2.0]
    """
    total = np.concatenate([[0.0], series.cumsum()])
    place = np.arange(len(series))
    reach = np.minimum(window, np.minimum(place, len(series) - 1 - place))
    return np.asarray((total[place + reach + 1] - total[place - reach]) / (2 * reach + 1), dtype=np.float64)
