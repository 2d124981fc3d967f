"""How long orders take, and the distribution of it in constant memory."""

from typing import NamedTuple

import numpy as np

from scmsim.metrics.accumulator import Accumulator, by_point
from scmsim.metrics.facts import EPSILON, Facts
from scmsim.metrics.layout import Array, Index, Layout
from scmsim.ticks import TICKS

_CODES = 20_000
"""More than there are durations of three significant digits in ticks, up to the longest run."""


class Tally(NamedTuple):
    """How many orders of a point took how long; ``code`` stands for a duration, longer ones have higher codes."""

    point: Index
    code: Index
    orders: Array


class CycleTimes(Accumulator):
    """Order cycle times per buying point: from the order's placing to the receipt of its last unit.

    Production orders count; what was placed before the measured time or is still open at the end of the run does not.

    Attributes
    ----------
    orders, total : ndarray
        Completed orders, and the sum of their cycle times in time units.
    """

    tables = frozenset({"deliveries"})

    def __init__(self, layout: Layout) -> None:
        super().__init__(layout)
        self.orders, self.total = np.zeros(layout.size), np.zeros(layout.size)
        self._keys: Index = np.empty(0, dtype=np.int64)
        self._counts: Array = np.empty(0)

    def update(self, facts: Facts) -> None:
        """Add the orders completed in one chunk."""
        rows, size = facts.deliveries, self.layout.size
        seen = rows.receipt & rows.complete & (rows.placed >= self.layout.warm) & (rows.quantity > EPSILON)
        point, ticks = rows.buyer[seen], rows.time[seen] - rows.placed[seen]
        self.orders += by_point(point, size)
        self.total += by_point(point, size, ticks / TICKS)
        self._add(point * _CODES + encode(ticks))

    def _add(self, keys: Index) -> None:
        found, counts = np.unique(keys, return_counts=True)
        merged, row = np.unique(np.concatenate([self._keys, found]), return_inverse=True)
        self._counts = by_point(row, len(merged), np.concatenate([self._counts, counts]))
        self._keys = merged

    @property
    def tally(self) -> Tally:
        """The distribution, by point and then by duration."""
        return Tally(self._keys // _CODES, self._keys % _CODES, self._counts)


def encode(ticks: Array) -> Index:
    """Number durations so that those equal to three significant digits share a number, in order of length.

    Examples
    --------
    >>> decode(encode(np.array([0.0, 7.0, 999.0, 1234.0, 999_600.0]))).tolist()
    [0.0, 7.0, 999.0, 1230.0, 1000000.0]
    """
    whole = np.maximum(ticks, 1.0)
    power = np.maximum(np.floor(np.log10(whole)).astype(np.int64) - 2, 0)
    digits = np.rint(ticks / 10.0**power).astype(np.int64)
    return power * 900 + digits


def decode(code: Index) -> Array:
    """Return the durations that codes stand for, in ticks."""
    power = np.maximum((code - 100) // 900, 0)
    ticks: Array = (code - power * 900) * 10.0**power
    return ticks


def quantiles(tally: Tally, group: Index, groups: int, share: float) -> Array:
    """Return for each group of points the shortest duration that ``share`` of its orders did not exceed.

    Parameters
    ----------
    tally : Tally
        How many orders took how long.
    group : ndarray of int
        The group of each point.
    groups : int
        Number of groups.
    share : float
        Between 0 and 1: 0.5 for the median.

    Returns
    -------
    ndarray
        In time units, within 0.5 % (three significant digits); NaN for a group without orders.
    """
    key, row = np.unique(group[tally.point] * _CODES + tally.code, return_inverse=True)
    counts = by_point(row, len(key), tally.orders)
    of = key // _CODES
    total = by_point(of, groups, counts)
    before = np.concatenate([[0.0], np.cumsum(total)])[of]
    reached = np.flatnonzero(np.cumsum(counts) - before >= share * total[of] - 0.5e-6)
    found, first = np.unique(of[reached], return_index=True)
    answer = np.full(groups, np.nan)
    answer[found] = decode(key[reached[first]] % _CODES) / TICKS
    return answer
