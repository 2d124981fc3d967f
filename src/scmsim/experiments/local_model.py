"""Quadratic models of what a search has seen around a point, and where they are best.

On common random numbers the figures of a scenario are smooth, or nearly so, in the numbers that are varied: a quadratic
through the candidates around a good one shows where to look next. Source: Powell (2002), UOBYQA, Mathematical
Programming 92; response surfaces: Myers, Montgomery and Anderson-Cook (2016), ch. 6.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

LEAST = 4
"""So many candidates have to be known before anything is said."""
APART, MOST_SUMMITS = 0.15, 4
"""How far a good candidate is from better ones, as a share of the ends, to be looked at by itself; how many are."""
_DRAWN, _GIVEN = 400, 20
_RIDGE = 1e-6


class Known(NamedTuple):
    """Candidates, the best first: where they are (shares of the ends), their cost, and by how much they miss limits."""

    sites: Array
    costs: Array
    shortfalls: Array


def summits(sites: Array) -> list[int]:
    """Return which candidates are far from every better one; the best comes first.

    Examples
    --------
    >>> summits(np.array([[0.5], [0.52], [0.9], [0.1]]))
    [0, 2, 3]
    """
    found: list[int] = []
    for at, here in enumerate(sites):
        if all(float(np.max(np.abs(here - sites[other]))) > APART for other in found):
            found.append(at)
        if len(found) == MOST_SUMMITS:
            break
    return found


def suggested(known: Known, around: int, rng: np.random.Generator) -> Array:
    """Return where the models around a candidate are best, the best first: one row each.

    The cost and the shortfall are fitted with the nearest candidates by least squares, and looked at within the reach
    of these.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> sites = rng.random((12, 2))
    >>> costs = ((sites - [0.3, 0.6]) ** 2).sum(axis=1)
    >>> order = np.argsort(costs)
    >>> best = suggested(Known(sites[order], costs[order], np.zeros(12)), 0, rng)[0]
    >>> bool(np.abs(best - [0.3, 0.6]).max() < 0.05)
    True
    """
    here, size = known.sites[around], known.sites.shape[1]
    wanted = 2 * ((size + 1) * (size + 2) // 2)
    distances = np.max(np.abs(known.sites - here), axis=1)
    nearest = np.argsort(distances, kind="stable")[:wanted]
    reach = max(float(distances[nearest].max()), 0.01)
    terms = _terms((known.sites[nearest] - here) / reach)
    weights = 1 / (0.1 + distances[nearest] / reach)
    costs, shortfalls = (_fitted(terms, weights, values[nearest]) for values in (known.costs, known.shortfalls))
    spread = reach * rng.choice([0.1, 0.3, 1.0], (_DRAWN, 1))
    drawn = np.clip(here + spread * rng.uniform(-1, 1, (_DRAWN, size)), 0, 1)
    places = _terms((drawn - here) / reach)
    order = np.lexsort((places @ costs, np.maximum(places @ shortfalls, 0.0)))
    return np.asarray(drawn[order[:_GIVEN]])


def _terms(moved: Array) -> Array:
    """Return 1, every coordinate and every product of two."""
    rows, columns = np.triu_indices(moved.shape[1])
    return np.column_stack([np.ones(len(moved)), moved, moved[:, rows] * moved[:, columns]])


def _fitted(terms: Array, weights: Array, values: Array) -> Array:
    """Return the coefficients of the weighted least squares fit; where too little is known, the smallest."""
    scale = float(np.ptp(values)) or 1.0
    left = terms * weights[:, None]
    right = (values - values.min()) / scale * weights
    square = left.T @ left + _RIDGE * np.eye(terms.shape[1])
    found = scale * np.linalg.solve(square, left.T @ right)
    found[0] += values.min()
    return np.asarray(found)
