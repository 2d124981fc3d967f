"""The bad end of a figure: its worst value over replications, and the mean of the worst share of them."""

import numpy as np
from numpy.typing import NDArray


def tail_mean(losses: NDArray[np.float64], share: float) -> float:
    """Return the mean of the largest share of some losses: conditional value at risk, or expected shortfall.

    Where the share is no whole number of values, the last of them counts in part. NaN without any value.

    Source: Rockafellar and Uryasev (2002), Conditional value-at-risk for general loss distributions, Journal of Banking
    and Finance 26(7), equation 25.

    Parameters
    ----------
    losses : array of float
        One per replication, all equally likely; more is worse. NaN are left out.
    share : float
        Above 0, at most 1.

    Examples
    --------
    >>> tail_mean(np.array([1.0, 2.0, 3.0, 10.0]), 0.5), tail_mean(np.array([1.0, 2.0, 3.0, 10.0]), 0.375)
    (6.5, 7.666666666666667)
    """
    ordered = np.sort(losses[~np.isnan(losses)])[::-1]
    if not len(ordered):
        return float("nan")
    weights = np.clip(share * len(ordered) - np.arange(len(ordered)), 0.0, 1.0)
    return float((weights * ordered).sum() / weights.sum())
