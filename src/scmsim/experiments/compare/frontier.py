"""The efficient frontier: which scenarios nothing else beats on everything at once."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def dominators(points: Array, higher: Sequence[bool]) -> list[tuple[int, ...]]:
    """Tell for every point which others are at least as good on every goal, and better on one.

    Parameters
    ----------
    points : array of float, shape (points, goals)
        A point with NaN beats nothing and is beaten by nothing.
    higher : sequence of bool
        For every goal, whether more is better.

    Returns
    -------
    list of tuple of int
        The numbers of the others; empty where the point is efficient (Pareto-optimal).

    Examples
    --------
    >>> dominators(np.array([[0.9, 100.0], [0.95, 90.0], [0.99, 120.0]]), higher=[True, False])
    [(1,), (), ()]
    """
    worth = np.where(np.asarray(higher), points, -points)
    return [
        tuple(
            other
            for other, candidate in enumerate(worth)
            if bool(np.all(candidate >= point)) and bool(np.any(candidate > point))
        )
        for point in worth
    ]
