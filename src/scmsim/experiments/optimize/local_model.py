"""Models of what a search has seen, and where to look next: Gaussian processes, one of the cost and one of every limit.

On common random numbers the figures of a scenario are smooth, or nearly so, in the numbers that are varied. So a
Gaussian process through the candidates says of any other point what its figures probably are, and how little is known.
The next candidate is where improvement is expected most, times the chance that all limits are kept.

Source: Jones, Schonlau and Welch (1998), Efficient global optimization, Journal of Global Optimization 13; with limits:
Gardner et al. (2014), Bayesian optimization with inequality constraints, ICML; the transformations: Eriksson and
Poloczek (2021), Scalable constrained Bayesian optimization, AISTATS.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

LEAST = 4
"""So many candidates have to be known before anything is said."""
MOST = 80
"""So many candidates are looked at: the better half of them are the best, the others those farthest from them."""
_DRAWN, _ROUNDS, _TOP, _AROUND = 300, 3, 5, 30
"""Points that are judged everywhere and around the best; then some around each of the best few, ever closer."""
_REACHES = (0.01, 0.03, 0.1, 0.3)
_USUAL_LENGTH, _LENGTHS, _NOISES = 0.5, (0.03, 20.0), (1e-6, 0.1)
_STEPS = 12
_RIDGE, _PENALTY = 1e-6, 10.0


class Known(NamedTuple):
    """Candidates, the best first.

    Parameters
    ----------
    sites : ndarray
        Where they are, as shares of the ends: one row each.
    costs : ndarray
        What is to be small.
    shortfalls : ndarray
        By how much they miss each limit: one row each, one column per limit; at most 0 where it is kept.
    """

    sites: Array
    costs: Array
    shortfalls: Array


def suggested(known: Known, rng: np.random.Generator, *, near: bool = False) -> Array:
    """Return where to look next, the best first: one row each, as shares of the ends.

    Parameters
    ----------
    known : Known
        What was seen.
    rng : Generator
        Chance: which points are judged.
    near : bool
        Ask quadratics around the best candidate, which see valleys across the axes, and not the processes.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> sites = rng.random((14, 2))
    >>> costs = ((sites - [0.3, 0.6]) ** 2).sum(axis=1)
    >>> order = np.argsort(costs)
    >>> best = suggested(Known(sites[order], costs[order], np.zeros((14, 0))), rng)[0]
    >>> bool(np.abs(best - [0.3, 0.6]).max() < 0.1)
    True
    """
    models = _Quadratics(known) if near else _Models(spread(known, MOST))
    size = known.sites.shape[1]
    around = rng.choice(_REACHES, (_DRAWN, 1)) * rng.standard_normal((_DRAWN, size))
    places = np.vstack([rng.random((_DRAWN, size)), np.clip(known.sites[0] + around, 0, 1)])
    merits = models.merits(places)
    for reach in 0.1 / 3.0 ** np.arange(_ROUNDS):
        top = places[np.argsort(-merits, kind="stable")[:_TOP]]
        moved = np.repeat(top, _AROUND, axis=0) + reach * rng.standard_normal((len(top) * _AROUND, size))
        more = np.clip(moved, 0, 1)
        places, merits = np.vstack([places, more]), np.concatenate([merits, models.merits(more)])
    return np.asarray(places[np.argsort(-merits, kind="stable")])


def spread(known: Known, most: int) -> Known:
    """Return so many candidates that what is bad is remembered as well as what is good, wherever it is.

    Half of them are the best; the others are taken one by one, each as far as can be from all taken before. Were they
    the best, too, the corners that were seen to be bad would be forgotten, and looked at again and again.

    Examples
    --------
    >>> sites = np.array([[0.5], [0.52], [0.54], [0.6], [0.7], [1.0]])
    >>> spread(Known(sites, np.arange(6.0), np.zeros((6, 0))), 4).sites.ravel().tolist()
    [0.5, 0.52, 0.7, 1.0]
    """
    from scipy.spatial.distance import cdist

    if len(known.sites) <= most:
        return known
    taken = list(range(most // 2))
    nearest = cdist(known.sites, known.sites[taken]).min(axis=1)
    while len(taken) < most:
        taken.append(int(np.argmax(nearest)))
        nearest = np.minimum(nearest, cdist(known.sites, known.sites[taken[-1:]])[:, 0])
    taken.sort()
    return Known(*(part[taken] for part in known))


class _Models:
    """What is thought of the cost and of every limit."""

    def __init__(self, known: Known) -> None:
        costs = _squashed(known.costs)
        kept = np.all(known.shortfalls <= 0, axis=1)
        self._best = float(costs[kept].min()) if kept.any() else None
        self._cost = _Process(known.sites, costs)
        self._limits = [_Process(known.sites, _flattened(column)) for column in known.shortfalls.T]

    def merits(self, places: Array) -> Array:
        """Return the logarithm of the improvement expected times the chance that all limits are kept."""
        from scipy.special import log_ndtr, ndtr

        found = np.zeros(len(places))
        for limit in self._limits:
            mean, spread = limit.at(places)
            found += log_ndtr(-mean / spread)
        if self._best is None:
            return found
        mean, spread = self._cost.at(places)
        by = (self._best - mean) / spread
        gain = spread * (by * ndtr(by) + np.exp(-0.5 * by * by) / np.sqrt(2 * np.pi))
        return np.asarray(found + np.log(np.maximum(gain, 1e-300)))


class _Quadratics:
    """Quadratics of the cost and of every limit through the candidates around the best, by weighted least squares.

    Source: Powell (2002), UOBYQA, Mathematical Programming 92; Myers, Montgomery and Anderson-Cook (2016), Response
    Surface Methodology, ch. 6.
    """

    def __init__(self, known: Known) -> None:
        self._here, size = known.sites[0], known.sites.shape[1]
        distances = np.max(np.abs(known.sites - self._here), axis=1)
        nearest = np.argsort(distances, kind="stable")[: (size + 1) * (size + 2)]
        self._reach = max(float(distances[nearest].max()), 0.01)
        terms = self._terms(known.sites[nearest])
        weights = 1 / (0.1 + distances[nearest] / self._reach)
        figures = np.column_stack([known.costs, known.shortfalls])[nearest]
        scales = np.ptp(figures, axis=0)
        left, right = (
            terms * weights[:, np.newaxis],
            figures / np.where(scales > 0, scales, 1.0) * weights[:, np.newaxis],
        )
        self._found = np.linalg.solve(left.T @ left + _RIDGE * np.eye(terms.shape[1]), left.T @ right)

    def merits(self, places: Array) -> Array:
        """Return minus the cost, and what it takes to keep to the limits; only where something is known."""
        said = self._terms(places) @ self._found
        found = -said[:, 0] - _PENALTY * np.maximum(said[:, 1:], 0.0).sum(axis=1)
        far = np.max(np.abs(places - self._here), axis=1) / self._reach
        return np.asarray(np.where(far <= 1, found, -1e6 * far))

    def _terms(self, places: Array) -> Array:
        """Return 1, every coordinate and every product of two."""
        moved = (places - self._here) / self._reach
        rows, columns = np.triu_indices(moved.shape[1])
        return np.column_stack([np.ones(len(moved)), moved, moved[:, rows] * moved[:, columns]])


def _squashed(costs: Array) -> Array:
    """Return costs above the least, in units of the median, of which large ones count by their logarithm."""
    above = costs - costs.min()
    above = above / (float(np.median(above)) or float(above.max()) or 1.0)
    return np.asarray(np.where(above > 1, 1 + np.log(np.maximum(above, 1)), above))


def _flattened(shortfalls: Array) -> Array:
    """Return shortfalls with their sign, in units of their median; far from 0 they count by their logarithm."""
    scaled = shortfalls / (float(np.median(np.abs(shortfalls))) or float(np.abs(shortfalls).max()) or 1.0)
    return np.asarray(np.sign(scaled) * np.log1p(np.abs(scaled)))


class _Process:
    """A Gaussian process through some values, with a Matérn kernel of order 5/2 and a length for every coordinate.

    The lengths are those under which the values are most likely, with a normal prior on their logarithms. Source:
    Rasmussen and Williams (2006), Gaussian Processes for Machine Learning, ch. 2, 4.2 and 5.4.
    """

    def __init__(self, sites: Array, values: Array) -> None:
        self._sites, self._middle, self._scale = sites, float(np.median(values)), float(values.std()) or 1.0
        self._values = (values - self._middle) / self._scale
        self._apart = (sites[:, np.newaxis] - sites[np.newaxis]) ** 2
        found = self._likeliest()
        self._weights = np.exp(-2 * found[:-1])
        kernel = _kernel(self._apart @ self._weights) + np.exp(found[-1]) * np.eye(len(sites))
        self._inverse = np.linalg.inv(kernel)
        self._pull = self._inverse @ self._values
        self._variance = max(float(self._values @ self._pull) / len(sites), 1e-12)

    def at(self, places: Array) -> tuple[Array, Array]:
        """Return the mean and the standard deviation of the values at other places."""
        there, here = places * np.sqrt(self._weights), self._sites * np.sqrt(self._weights)
        squares = (there**2).sum(axis=1)[:, np.newaxis] + (here**2).sum(axis=1) - 2 * there @ here.T
        near = _kernel(np.maximum(squares, 0.0))
        known = np.einsum("ij,ij->i", near @ self._inverse, near)
        spread = np.sqrt(self._variance * np.maximum(1 - known, 1e-12))
        return self._middle + self._scale * (near @ self._pull), self._scale * spread

    def _likeliest(self) -> Array:
        """Return the logarithms of the lengths, and of the noise."""
        from scipy.optimize import minimize

        size = self._sites.shape[1]
        first = np.append(np.full(size, np.log(_USUAL_LENGTH)), np.log(1e-4))
        bounds = [tuple(np.log(_LENGTHS))] * size + [tuple(np.log(_NOISES))]
        found = minimize(
            self._unlikeliness, first, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": _STEPS}
        )
        return np.asarray(found.x)

    def _unlikeliness(self, asked: Array) -> tuple[float, Array]:
        """Return minus the logarithm of the likelihood, but for a constant, and its gradient."""
        count, weights, noise = len(self._values), np.exp(-2 * asked[:-1]), float(np.exp(asked[-1]))
        squares = self._apart @ weights
        kernel = _kernel(squares) + noise * np.eye(count)
        inverse = np.linalg.inv(kernel)
        pull = inverse @ self._values
        variance = max(float(self._values @ pull) / count, 1e-12)
        change = inverse - np.outer(pull, pull) / variance
        steps = np.sqrt(5 * squares)
        slope = change * (5 / 3) * (1 + steps) * np.exp(-steps)
        beyond = asked[:-1] - np.log(_USUAL_LENGTH)
        value = 0.5 * (count * np.log(variance) + float(np.linalg.slogdet(kernel)[1]) + float(beyond @ beyond))
        lengths = 0.5 * np.einsum("ij,ijk->k", slope, self._apart) * weights + beyond
        return value, np.append(lengths, 0.5 * float(np.trace(change)) * noise)


def _kernel(squares: Array) -> Array:
    """Return the Matérn correlation of order 5/2 of points so far apart (squares of scaled distances)."""
    steps = np.sqrt(5 * squares)
    return np.asarray((1 + steps + steps**2 / 3) * np.exp(-steps))
