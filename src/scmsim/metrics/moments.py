"""Mean and variance of many series at once, added to chunk by chunk without losing digits.

Chan, T. F., Golub, G. H. and LeVeque, R. J. (1983): Algorithms for computing the sample variance. The American
Statistician 37(3), 242-247.
"""

from typing import NamedTuple

import numpy as np

from scmsim.metrics.facts import EPSILON
from scmsim.metrics.layout import Array, Index, Mask


class Cells(NamedTuple):
    """The non-zero sums of (bucket, series) cells, each cell once."""

    bucket: Index
    series: Index
    total: Array


def cells(bucket: Index, series: Index, shape: tuple[int, int], amount: Array | None = None) -> Cells:
    """Sum amounts (or count rows) by bucket and series.

    Parameters
    ----------
    bucket, series : ndarray of int
        Where each row belongs.
    shape : tuple of int
        Number of buckets and of series.
    amount : ndarray, optional
        What each row adds; 1 if left out.

    Examples
    --------
    >>> found = cells(np.array([0, 0, 1]), np.array([1, 1, 0]), (2, 2), np.array([3.0, 4.0, 5.0]))
    >>> found.total.tolist(), found.series.tolist()
    ([7.0, 5.0], [1, 0])
    """
    key = bucket * shape[1] + series
    if shape[0] * shape[1] <= 8 * len(key) + 4096:
        sums = np.bincount(key, weights=amount)
        keys = np.flatnonzero(sums)
        total = sums[keys].astype(np.float64, copy=False)
    else:
        keys, row = np.unique(key, return_inverse=True)
        total = np.bincount(row, weights=amount).astype(np.float64, copy=False)
    return Cells(keys // shape[1], keys % shape[1], total)


def chosen(found: Cells, rows: Mask) -> Cells:
    """Return some of the cells."""
    return Cells(found.bucket[rows], found.series[rows], found.total[rows])


class Moments:
    """Number, mean and sum of squared deviations of ``size`` series of equal length.

    Parameters
    ----------
    size : int
        Number of series.

    Examples
    --------
    >>> moments = Moments(1)
    >>> moments.add(2, np.array([0, 0]), np.array([1.0, 3.0]))
    >>> moments.add(2, np.array([0]), np.array([4.0]))      # and one empty bucket
    >>> moments.mean.tolist(), moments.variance.tolist()
    ([2.0], [2.5])
    """

    def __init__(self, size: int) -> None:
        self.count = 0
        self._mean: Array = np.zeros(size)
        self._squares: Array = np.zeros(size)

    def add(self, count: int, series: Index, value: Array, times: Array | None = None) -> None:
        """Append ``count`` values to every series.

        Parameters
        ----------
        count : int
            Values appended to each series; those not mentioned are 0.
        series : ndarray of int
            Which series each value belongs to.
        value : ndarray
            The values.
        times : ndarray, optional
            How many times each value occurs; once if left out.
        """
        if count == 0:
            return
        size = len(self._mean)
        mean = np.bincount(series, value if times is None else value * times, size) / count
        given = np.bincount(series, times, size)
        deviation = (value - mean[series]) ** 2
        squares = np.bincount(series, deviation if times is None else deviation * times, size)
        self._merge(count, mean, squares + (count - given) * mean**2)

    def _merge(self, count: int, mean: Array, squares: Array) -> None:
        together = self.count + count
        apart = mean - self._mean
        self._mean = self._mean + apart * (count / together)
        self._squares = self._squares + squares + apart**2 * (self.count * count / together)
        self.count = together

    def copy_from(self, other: "Moments", series: Index, of: Index) -> None:
        """Take over the moments of other series: ``series`` here are ``of`` there."""
        self.count = other.count
        self._mean[series] = other._mean[of]
        self._squares[series] = other._squares[of]

    @property
    def mean(self) -> Array:
        """Mean of each series; NaN when nothing was added."""
        return self._mean.copy() if self.count else np.full_like(self._mean, np.nan)

    @property
    def variance(self) -> Array:
        """Population variance (divided by n) of each series; residue of a constant series is 0; NaN without values."""
        if not self.count:
            return np.full_like(self._mean, np.nan)
        variance = self._squares / self.count
        return np.where(variance <= (EPSILON * np.maximum(1.0, np.abs(self._mean))) ** 2, 0.0, variance)
