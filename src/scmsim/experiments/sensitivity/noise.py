"""How much of what an experiment found is chance: the variance of its runs, taken apart."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class Noise(NamedTuple):
    """Where the variance of all runs lies, as shares that add up to 1; NaN for one replication.

    Parameters
    ----------
    points : float
        Between the points of the design: what the factors do.
    replications : float
        Between the replications, alike at every point: luck that common random numbers keep out of comparisons.
    rest : float
        What chance does differently at every point.
    left : float
        The variance that this leaves in the averages over the replications, as a share of the variance between them.
    """

    points: float
    replications: float
    rest: float
    left: float


def noise(values: Array) -> Noise:
    """Take the variance of runs apart.

    Parameters
    ----------
    values : array
        One row per point, one column per replication; rows with NaN are left out.

    Notes
    -----
    The two-way analysis of variance with one observation per cell: H. Scheffé, *The Analysis of Variance* (1959),
    section 4.2.

    Examples
    --------
    >>> noise(np.array([[1.0, 2.0], [3.0, 4.0]]))
    Noise(points=0.8, replications=0.2, rest=0.0, left=0.0)
    """
    values = values[~np.isnan(values).any(axis=1)]
    rows, columns = values.shape
    lacking = Noise(np.nan, np.nan, np.nan, np.nan)
    if rows < 2 or columns < 2:
        return lacking
    centred = values - values.mean()
    total = float((centred**2).sum())
    if not total > (1e-12 * np.abs(values).max()) ** 2:
        return lacking
    by_point, by_replication = centred.mean(axis=1), centred.mean(axis=0)
    points, replications = columns * float((by_point**2).sum()), rows * float((by_replication**2).sum())
    rest = max(0.0, total - points - replications)
    rest = 0.0 if rest < 1e-12 * total else rest
    between = float(by_point.var(ddof=1))
    left = rest / ((rows - 1) * (columns - 1)) / columns / between if between > 0 else np.nan
    return Noise(points / total, replications / total, rest / total, left)
