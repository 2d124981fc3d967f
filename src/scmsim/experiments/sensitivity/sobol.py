"""Sobol indices: which part of a figure's variance comes from which factor."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scmsim.errors import UsageError
from scmsim.experiments.statistics.estimates import CONFIDENCE
from scmsim.experiments.sweep.design import shares

Array = NDArray[np.float64]

RESAMPLES = 1000
"""How many bootstrap samples an interval rests on."""
_STREAM = 0x50B01
"""Sets the random numbers of the resampling apart from those of simulations with the same seed."""


class Indices(NamedTuple):
    """First-order and total-order indices with their intervals, one element per factor; ``n`` rows of the design."""

    first: Array
    first_low: Array
    first_high: Array
    total: Array
    total_low: Array
    total_high: Array
    n: int


def sample(factors: int, points: int, seed: int) -> Array:
    """Draw the points at which a model is evaluated.

    Parameters
    ----------
    factors : int
        How many are varied.
    points : int
        A power of 2, at which a Sobol sequence is balanced.
    seed : int
        Where the scrambling of the sequence begins.

    Returns
    -------
    array
        Shape (factors + 2, points, factors), in the unit cube: the matrices A and B, and for each factor A with that
        factor's column from B.

    Raises
    ------
    UsageError
        The number of points is no power of 2, or below 2.

    Notes
    -----
    The radial design of A. Saltelli et al., "Variance based sensitivity analysis of model output", Computer Physics
    Communications 181 (2010), on one scrambled Sobol sequence of 2 x factors dimensions (A. B. Owen, 1998).

    Examples
    --------
    >>> design = sample(3, 8, seed=1)
    >>> design.shape, bool((design[3][:, 1] == design[1][:, 1]).all()), bool((design[3][:, 0] == design[0][:, 0]).all())
    ((5, 8, 3), True, True)
    """
    if points < 2 or points & (points - 1):
        near = 2 ** max(1, round(np.log2(max(points, 2))))
        raise UsageError(
            f"Sobol indices need a power of 2 as their number of points, for instance {near}: not {points}"
        )
    both = shares("sobol", points, 2 * factors, seed)
    design = np.repeat(both[None, :, :factors], factors + 2, axis=0)
    design[1] = both[:, factors:]
    for factor in range(factors):
        design[2 + factor][:, factor] = both[:, factors + factor]
    return design


def indices(values: Array, *, seed: int = 0, confidence: float = CONFIDENCE) -> Indices:
    """Estimate the indices from the values of a model at the points of `sample`.

    Parameters
    ----------
    values : array
        Shape (factors + 2, points); a column with NaN in it is left out.
    seed : int
        Where the resampling begins.
    confidence : float
        The share of intervals that cover the true index, asymptotically.

    Returns
    -------
    Indices
        NaN where the values do not vary, or fewer than two columns are whole.

    Notes
    -----
    With f(A), f(B) and f(AB_i), centred on their mean, and the variance V of f(A) and f(B) together:
    first S_i = mean(f(B) (f(AB_i) - f(A))) / V (Saltelli et al. 2010, table 2, b); total
    T_i = mean((f(A) - f(AB_i))**2) / 2 V (M. J. W. Jansen, "Analysis of variance designs for model output", Computer
    Physics Communications 117 (1999)). Percentile intervals of the bootstrap over the columns (G. E. B. Archer,
    A. Saltelli, I. M. Sobol, "Sensitivity measures, ANOVA-like techniques and the use of bootstrap", Journal of
    Statistical Computation and Simulation 58 (1997)). An estimate may lie outside [0, 1] by its error.

    Examples
    --------
    A figure that is the sum of two factors, one counted twice: four fifths of its variance comes from that one.

    >>> design = sample(2, 256, seed=1)
    >>> found = indices(2 * design[:, :, 0] + design[:, :, 1])
    >>> found.first.round(2).tolist(), found.total.round(2).tolist()
    ([0.8, 0.2], [0.8, 0.2])
    """
    values = values[:, ~np.isnan(values).any(axis=0)]
    factors, count = values.shape[0] - 2, values.shape[1]
    if count < 2 or not np.ptp(values) > 1e-12 * np.abs(values).max():
        lacking = np.full(factors, np.nan)
        return Indices(*(lacking,) * 6, count)
    a, b, *mixed = (values - values.mean()) / values.std()
    changed = np.array(mixed)
    terms = np.vstack([b * (changed - a), 0.5 * (a - changed) ** 2, a + b, a**2 + b**2])
    first, total = _ratios(np.ones((1, count)), terms, factors)
    weights = np.random.default_rng((seed, _STREAM)).multinomial(count, np.full(count, 1 / count), size=RESAMPLES)
    ends = [(1 - confidence) / 2, (1 + confidence) / 2]
    bounds = [np.nanquantile(each, ends, axis=0) for each in _ratios(weights.astype(np.float64), terms, factors)]
    (first_low, first_high), (total_low, total_high) = bounds
    return Indices(first[0], first_low, first_high, total[0], total_low, total_high, count)


def _ratios(weights: Array, terms: Array, factors: int) -> tuple[Array, Array]:
    """Return both indices of every factor, for every row of weights that columns have."""
    means = weights @ terms.T / weights.sum(axis=1, keepdims=True)
    variance = means[:, -1] / 2 - (means[:, -2] / 2) ** 2
    found = means[:, : 2 * factors] / np.where(variance > 1e-9, variance, np.nan)[:, None]
    return found[:, :factors], found[:, factors:]
