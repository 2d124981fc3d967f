"""What stocks are worth, worked out for many receipts and issues at once."""

from typing import NamedTuple

import numpy as np

from scmsim.flows.material import RESIDUE

Array = np.ndarray

SAME = 1e-12
"""Receipts whose units cost what a unit costs already, but for this part of it, leave it as it is."""


Share = tuple[int, Array, Array]
"""A point, and the places of its receipts and of its issues."""


class Moves(NamedTuple):
    """Units that come to or leave stocks: point, tick and units of each, and for receipts what they have cost."""

    point: Array
    time: Array
    units: Array
    value: Array

    def among(self, chosen: Array) -> "Moves":
        """Return some of them."""
        return Moves(*(column[chosen] for column in self))


class Worths:
    """What the units of every stock are worth, as `MovingAverage` and `StandardCost` explain it, block after block.

    At one instant units come before others leave. So the cost of what leaves is that of a unit after the last receipt,
    however many leave in between.

    Parameters
    ----------
    units, unit_cost : ndarray
        How many units every point has, and what each costs.
    is_standard : bool
        Whether that never changes.

    Examples
    --------
    >>> worths = Worths(np.array([10.0]), np.array([2.0]), is_standard=False)
    >>> one, two = np.array([0]), np.array([0, 0])
    >>> came = Moves(one, np.array([5.0]), np.array([10.0]), np.array([40.0]))
    >>> left = Moves(two, np.array([4.0, 5.0]), np.array([5.0, 6.0]), np.zeros(2))
    >>> variance, cost = worths.work_out(came, left)
    >>> variance.tolist(), np.round(cost, 9).tolist()
    ([0.0], [10.0, 20.0])
    """

    def __init__(self, units: Array, unit_cost: Array, *, is_standard: bool) -> None:
        self._units = units
        self._unit_cost = unit_cost
        self._is_standard = is_standard

    def work_out(self, came: Moves, left: Moves) -> tuple[Array, Array]:
        """Return what of every receipt its units are not worth, and what every issue has cost.

        Both are in the order of time for every stock, and hold all of its receipts and issues in a block.
        """
        cost = left.units * self._unit_cost[left.point]
        above = came.value - came.units * self._unit_cost[came.point]
        if self._is_standard:
            return above, cost
        variance = np.zeros(len(above))
        changing = np.unique(came.point[np.abs(above) > SAME * np.abs(came.value)])
        new = [self._average(share, (came, left), (variance, cost)) for share in _shares(changing, came, left)]
        count = len(self._units)
        units = self._units + np.bincount(came.point, came.units, count) - np.bincount(left.point, left.units, count)
        units[np.abs(units) < RESIDUE] = 0.0
        self._units = units
        self._units[changing] = new
        return variance, cost

    def _average(self, share: Share, moves: tuple[Moves, Moves], found: tuple[Array, Array]) -> float:
        """Fill in variance and cost of one stock, and return how many units are left there."""
        (point, receipts, issues), (came, left), (variance, cost) = share, moves, found
        after = np.searchsorted(came.time[receipts], left.time[issues], side="right")
        issued = np.bincount(after, left.units[issues], len(receipts) + 1).tolist()
        units, unit_cost = float(self._units[point]) - issued[0], float(self._unit_cost[point])
        costs = [unit_cost]
        rows = zip(receipts.tolist(), came.units[receipts].tolist(), came.value[receipts].tolist(), strict=True)
        for place, (row, more, value) in enumerate(rows, start=1):
            if -RESIDUE < units < RESIDUE:
                units = 0.0
            held, total = units + more, units * unit_cost + value
            if held > RESIDUE and units >= 0 and total >= 0:
                unit_cost = total / held
            else:
                if more > 0:
                    unit_cost = value / more
                if -RESIDUE < held < RESIDUE:
                    held = 0.0
                variance[row] = total - held * unit_cost
            costs.append(unit_cost)
            units = held - issued[place]
        self._unit_cost[point] = unit_cost
        cost[issues] = left.units[issues] * np.array(costs)[after]
        return units if not -RESIDUE < units < RESIDUE else 0.0


def _shares(points: Array, came: Moves, left: Moves) -> list[Share]:
    if not len(points):
        return []
    receipts, issues = by_point(points, came.point), by_point(points, left.point)
    return list(zip(points.tolist(), receipts, issues, strict=True))


def by_point(points: Array, of: Array) -> list[Array]:
    """Return for each of some points where it is found, in ascending order.

    Examples
    --------
    >>> [places.tolist() for places in by_point(np.array([3, 5]), np.array([5, 3, 4, 5]))]
    [[1], [0, 3]]
    """
    order = np.argsort(of, kind="stable")
    found = of[order]
    first, last = np.searchsorted(found, points, side="left"), np.searchsorted(found, points, side="right")
    return [order[begin:end] for begin, end in zip(first.tolist(), last.tolist(), strict=True)]
