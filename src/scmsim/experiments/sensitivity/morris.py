"""Morris's elementary effects: which factors matter at all, from few runs."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scmsim.errors import UsageError
from scmsim.experiments.statistics.estimates import CONFIDENCE, half_widths

Array = NDArray[np.float64]

LEVELS = 4
"""How many values each factor takes."""
STEP = LEVELS / (2 * (LEVELS - 1))
"""How far a factor is moved, of its range: every level is then left and reached equally often."""
RESAMPLES = 1000
_STREAM = 0x30881


class Effects(NamedTuple):
    """Mean, mean size and spread of the elementary effects with their intervals, one element per factor."""

    mu: Array
    mu_low: Array
    mu_high: Array
    mu_star: Array
    mu_star_low: Array
    mu_star_high: Array
    sigma: Array
    sigma_low: Array
    sigma_high: Array
    n: int


def sample(factors: int, trajectories: int, seed: int) -> Array:
    """Draw the trajectories along which one factor after the other is moved.

    Parameters
    ----------
    factors : int
        How many are varied.
    trajectories : int
        At least 2.
    seed : int
        Where chance begins.

    Returns
    -------
    array
        Shape (trajectories, factors + 1, factors), in the unit cube. Two neighbours differ in one factor, by `STEP`.

    Raises
    ------
    UsageError
        Fewer than two trajectories leave no spread to judge by.

    Notes
    -----
    M. D. Morris, "Factorial sampling plans for preliminary computational experiments", Technometrics 33 (1991), with
    p = 4 levels: every trajectory starts anywhere on the grid and moves the factors in a random order, up or down.

    Examples
    --------
    >>> paths = sample(3, 5, seed=1)
    >>> moved = np.diff(paths, axis=1)
    >>> paths.shape, bool((np.count_nonzero(moved, axis=2) == 1).all())
    ((5, 4, 3), True)
    """
    if trajectories < 2:
        raise UsageError(f"Morris's method needs at least 2 trajectories, not {trajectories}")
    rng = np.random.default_rng((seed, _STREAM))
    low = rng.integers(0, LEVELS // 2, size=(trajectories, factors)) / (LEVELS - 1)
    up = rng.integers(0, 2, size=(trajectories, factors)).astype(bool)
    order = np.argsort(rng.random((trajectories, factors)), axis=1)
    when = np.argsort(order, axis=1)
    moved = np.arange(factors + 1)[None, :, None] > when[:, None, :]
    return np.where(moved == up[:, None, :], low[:, None, :] + STEP, low[:, None, :])


def elementary(paths: Array, values: Array) -> Array:
    """Return what moving each factor through its whole range would do, by every trajectory.

    Parameters
    ----------
    paths : array
        What `sample` drew.
    values : array
        The figure at every point, shape (trajectories, factors + 1).

    Returns
    -------
    array
        Shape (trajectories, factors).

    Examples
    --------
    >>> paths = sample(2, 4, seed=1)
    >>> elementary(paths, 3 * paths[:, :, 0] - paths[:, :, 1]).round(9).tolist()[0]
    [3.0, -1.0]
    """
    steps = np.diff(paths, axis=1)
    which = np.argmax(np.abs(steps), axis=2)
    rows = np.arange(len(paths))[:, None]
    found = np.empty((len(paths), paths.shape[2]))
    found[rows, which] = np.diff(values, axis=1) / steps[rows, np.arange(paths.shape[2]), which]
    return found


def effects(elementary: Array, *, seed: int = 0, confidence: float = CONFIDENCE) -> Effects:
    """Sum up elementary effects.

    Parameters
    ----------
    elementary : array
        Shape (trajectories, factors); a row with NaN in it is left out.
    seed : int
        Where the resampling begins.
    confidence : float
        The share of intervals that cover the true value.

    Returns
    -------
    Effects
        In the unit of the figure, per whole range of a factor: ``mu`` their mean, ``mu_star`` the mean of their sizes,
        ``sigma`` their standard deviation, large where a factor acts unevenly or together with others. NaN where fewer
        than two trajectories are whole.

    Notes
    -----
    ``mu`` and ``sigma``: Morris (1991); ``mu_star``: F. Campolongo, J. Cariboni, A. Saltelli, "An effective screening
    design for sensitivity analysis of large models", Environmental Modelling & Software 22 (2007). Trajectories are
    independent: Student's intervals for both means (none of a size below 0), percentile bootstrap for ``sigma``.

    Examples
    --------
    >>> found = effects(np.array([[3.0, 1.0], [3.0, -1.0]]))
    >>> found.mu.tolist(), found.mu_star.tolist(), found.sigma.round(3).tolist()
    ([3.0, 0.0], [3.0, 1.0], [0.0, 1.414])
    """
    whole = elementary[~np.isnan(elementary).any(axis=1)]
    count, factors = whole.shape
    if count < 2:
        lacking = np.full(factors, np.nan)
        return Effects(*(lacking,) * 9, count)
    mu, mu_width = _mean(whole, confidence)
    size, size_width = _mean(np.abs(whole), confidence)
    picks = np.random.default_rng((seed, _STREAM)).integers(0, count, size=(RESAMPLES, count))
    ends = [(1 - confidence) / 2, (1 + confidence) / 2]
    low, high = np.quantile(whole[picks].std(axis=1, ddof=1), ends, axis=0)
    sigma = whole.std(axis=0, ddof=1)
    return Effects(
        mu,
        mu - mu_width,
        mu + mu_width,
        size,
        np.maximum(size - size_width, 0.0),
        size + size_width,
        sigma,
        low,
        high,
        count,
    )


def _mean(found: Array, confidence: float) -> tuple[Array, Array]:
    counts = np.full(found.shape[1], len(found))
    return found.mean(axis=0), half_widths(found.std(axis=0, ddof=1), counts, confidence)
