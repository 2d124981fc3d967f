"""Many comparisons at once: what corrects for their number, and intervals around the best."""

import numpy as np
from numpy.typing import NDArray

from scmsim.experiments.statistics.paired import less

Array = NDArray[np.float64]


def bonferroni(confidence: float, number: int) -> float:
    """Give the confidence of each of some intervals that hold together with the confidence wanted.

    Notes
    -----
    1 - (1 - confidence) / number (Bonferroni's inequality): A. M. Law, *Simulation Modeling and Analysis*, 5th ed.,
    section 9.7. It holds however the intervals depend on one another.

    Examples
    --------
    >>> round(bonferroni(0.95, 10), 4)
    0.995
    """
    return 1 - (1 - confidence) / max(number, 1)


def adjusted(p_values: Array) -> Array:
    """Adjust p-values for the number of tests: those at most alpha are rejected together at level alpha.

    A difference is rejected so at level alpha exactly where its interval of confidence `bonferroni` leaves out 0.

    Parameters
    ----------
    p_values : array of float
        Of any shape; NaN where there was no test, which does not count.

    Returns
    -------
    array of float
        Of the same shape: min(1, m p), where m is the number of tests.

    Notes
    -----
    Bonferroni's inequality, as in `bonferroni`. Tests in steps (S. Holm, "A simple sequentially rejective multiple test
    procedure", Scandinavian Journal of Statistics 6 (1979)) reject a little more, but have no intervals of finite width
    that agree with them.

    Examples
    --------
    >>> adjusted(np.array([0.01, 0.4, 0.03, np.nan])).round(4).tolist()
    [0.03, 1.0, 0.09, nan]
    """
    return np.asarray(np.minimum(np.sum(~np.isnan(p_values)) * p_values, 1.0))


def with_the_best(draws: Array, *, higher: bool, confidence: float) -> tuple[Array, Array]:
    """Compare every scenario with the best of the others: multiple comparisons with the best, MCB.

    Parameters
    ----------
    draws : array of float, shape (scenarios, replications)
        One figure, on common random numbers; a replication in which it is NaN anywhere is left out.
    higher : bool
        Whether a higher figure is better.
    confidence : float
        How sure all intervals together are, at least.

    Returns
    -------
    low, high : array of float, shape (scenarios,)
        Interval of a scenario's mean minus the best mean among the others. On the better side of 0 alone: it is the
        best. On the worse side alone: it is not. NaN below two replications.

    Notes
    -----
    The constrained intervals of J. C. Hsu, "Constrained simultaneous confidence intervals for multiple comparisons with
    the best", Annals of Statistics 12 (1984), from the paired differences and with the Bonferroni constant
    t(1 - alpha / (k - 1); n - 1), which needs no assumption on how common random numbers correlate the scenarios: B. L.
    Nelson and F. J. Matejcik, "Using common random numbers for indifference-zone selection and multiple comparisons in
    simulation", Management Science 41 (1995), after G. M. Clark and W. Yang (1986).

    Examples
    --------
    >>> draws = np.array([[1.0, 2.0, 3.0], [5.0, 6.5, 7.0]])
    >>> low, high = with_the_best(draws, higher=True, confidence=0.95)
    >>> low.round(3).tolist(), high.round(3).tolist()
    ([-4.653, 0.0], [0.0, 4.653])
    """
    mean, width = _leads(draws, higher=higher, confidence=confidence)
    low, high = _constrained(mean, width)
    return (low, high) if higher else (-high, -low)


def may_be_the_best(draws: Array, *, higher: bool, confidence: float) -> NDArray[np.bool_]:
    """Tell which scenarios cannot be told to be behind another; who ties with one of these is one of them.

    Takes what `with_the_best` takes. An interval that touches 0 from below does not tell a tie from being behind.

    Examples
    --------
    >>> may_be_the_best(np.array([[3.0, 4.0], [3.0, 4.0], [1.0, 2.0]]), higher=True, confidence=0.95).tolist()
    [True, True, False]
    """
    mean, width = _leads(draws, higher=higher, confidence=confidence)
    return np.asarray(_at_most(mean, width) >= 0)


def _leads(draws: Array, *, higher: bool, confidence: float) -> tuple[Array, Array]:
    """Give the lead of each scenario over each and its half-width; NaN below two replications."""
    from scipy.special import stdtrit

    sign = 1.0 if higher else -1.0
    kept = sign * draws[:, ~np.isnan(draws).any(axis=0)]
    scenarios, n = kept.shape
    if n < 2:
        return np.full((scenarios, scenarios), np.nan), np.full((scenarios, scenarios), np.nan)
    lead = less(kept[:, np.newaxis, :], kept[np.newaxis, :, :])
    width = stdtrit(n - 1, 1 - (1 - confidence) / (scenarios - 1)) * lead.std(axis=2, ddof=1) / np.sqrt(n)
    return lead.mean(axis=2), width


def _at_most(mean: Array, width: Array) -> Array:
    """Give the least upper end of each scenario's leads over the others."""
    return np.asarray(np.where(np.eye(len(mean), dtype=bool), np.inf, mean + width).min(axis=1))


def _constrained(mean: Array, width: Array) -> tuple[Array, Array]:
    """Turn the leads of each over each, and their half-widths, into intervals that touch 0 on one side or both."""
    itself = np.eye(len(mean), dtype=bool)
    high = _at_most(mean, width)
    if np.isnan(high).any():
        return high, high
    rivals = high >= 0  # those that may be the best
    against = np.where(itself | ~rivals[np.newaxis, :], np.inf, mean - width).min(axis=1)
    low = np.where(np.isinf(against), 0.0, np.minimum(0.0, against))
    return low, np.maximum(0.0, high)
