"""Finding the best of several scenarios with a stated chance of being right: ranking and selection."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, floor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scmsim.errors import SimulationError
from scmsim.experiments.statistics.paired import less

Array = NDArray[np.float64]
More = Callable[[Sequence[int], range], Array]
"""Simulates some scenarios (by position) for more replications (by number): shape (scenarios, replications, ...)."""

FEWEST = 2
"""Fewer replications than this say nothing about variance."""
AT_A_TIME = 10
"""Replications that are simulated before the next screening; what comes out does not depend on it."""


def kim_nelson_constants(scenarios: int, alpha: float, first: int) -> tuple[float, float]:
    """Give the constants eta and h² of the procedure KN (with c = 1).

    Parameters
    ----------
    scenarios : int
        How many there are, at least 2.
    alpha : float
        The chance of a wrong choice that is accepted.
    first : int
        Replications of each in the first stage (n0), at least 2.

    Notes
    -----
    eta = ((2 alpha / (k - 1)) ** (-2 / (n0 - 1)) - 1) / 2 and h² = 2 eta (n0 - 1): S.-H. Kim and B. L. Nelson, "A fully
    sequential procedure for indifference-zone selection in simulation", ACM TOMACS 11 (2001).

    Examples
    --------
    >>> [round(constant, 6) for constant in kim_nelson_constants(10, 0.05, 10)]
    [0.859083, 15.463502]
    """
    eta = 0.5 * ((2 * alpha / (scenarios - 1)) ** (-2 / (first - 1)) - 1)
    return eta, 2 * eta * (first - 1)


def rinott_constant(scenarios: int, confidence: float, first: int) -> float:
    """Give Rinott's constant h: what independent random numbers would take, to hold what common ones take against.

    Parameters
    ----------
    scenarios : int
        How many there are, at least 2.
    confidence : float
        The chance of a right choice, between 1 / scenarios and 1.
    first : int
        Replications of each in the first stage (n0), at least 2.

    Returns
    -------
    float
        Scenario i needs max(n0, ceil((h S_i / indifference)²)) replications, S_i its standard deviation.

    Notes
    -----
    The root h of E[(E[Phi(h / sqrt((n0 - 1) (1 / X + 1 / Y))) | Y]) ** (k - 1)] = confidence, X and Y independent
    chi-square numbers with n0 - 1 degrees of freedom: Y. Rinott, "On two-stage selection procedures and related
    probability-inequalities", Communications in Statistics A7 (1978). Both means are taken over Gauss-Legendre nodes.

    Examples
    --------
    >>> round(rinott_constant(2, 0.95, 20), 4), round(rinott_constant(10, 0.95, 20), 4)
    (2.4525, 3.8753)
    """
    from scipy.optimize import brentq
    from scipy.special import chdtri, ndtr

    nodes, weights = np.polynomial.legendre.leggauss(128)
    angle = (nodes + 1) * np.pi / 4  # a share u = sin² of an angle: the nodes crowd where the quantiles run away
    share, weights = np.sin(angle) ** 2, weights * np.pi / 4 * np.sin(2 * angle)
    chi_square = chdtri(first - 1, share)
    spread = np.sqrt((first - 1) * (1 / chi_square[:, np.newaxis] + 1 / chi_square[np.newaxis, :]))

    def excess(h: float) -> float:
        return float(weights @ (ndtr(h / spread) @ weights) ** (scenarios - 1)) - confidence

    return float(brentq(excess, 0.0, 1000.0, xtol=1e-12))


@dataclass(frozen=True, kw_only=True)
class Selection:
    """Which scenario was chosen as the best, and what it took.

    Attributes
    ----------
    measure : str
        The figure that decided.
    indifference : float
        The smallest difference worth detecting, in its unit.
    confidence : float
        The chance, at least, that the choice is right where the best is so much better than the others.
    left : tuple of str
        The scenarios that are still in the race: one, unless it was stopped before the end.
    replications : dict of str to int
        How often each was run until it was out, or the race over.
    means : dict of str to float
        Its mean over these replications.
    independent : int
        Replications of all scenarios together that Rinott's procedure would take without common random numbers.
    """

    measure: str
    indifference: float
    confidence: float
    left: tuple[str, ...]
    replications: dict[str, int]
    means: dict[str, float]
    independent: int

    @property
    def chosen(self) -> str | None:
        """The best scenario; None where more than one is left."""
        return self.left[0] if len(self.left) == 1 else None

    @property
    def same(self) -> tuple[str, ...]:
        """The scenarios whose figure was that of the chosen one as long as this ran: nothing was to be chosen there."""
        if self.chosen is None:
            return ()
        made, mean = self.replications[self.chosen], self.means[self.chosen]
        alike = [name for name in self.means if (self.replications[name], self.means[name]) == (made, mean)]
        return tuple(name for name in alike if name != self.chosen)

    def fate(self, name: str) -> str:
        """Say in a word whether a scenario is still in the race: ``yes``, ``no``, or ``same`` as the chosen one."""
        return "yes" if name in self.left else "same" if name in self.same else "no"

    def to_dict(self) -> dict[str, Any]:
        """Give everything as plain data, which `Selection(**...)` takes back."""
        return {**self.__dict__, "left": list(self.left)}

    @classmethod
    def from_dict(cls, said: dict[str, Any]) -> "Selection":
        """Take back what `to_dict` gave."""
        return cls(**{**said, "left": tuple(said["left"])})


class Race:
    """The procedure KN: scenarios drop out one by one as soon as they are seen not to be the best.

    Parameters
    ----------
    draws : array of float, shape (scenarios, replications)
        The first stage, on common random numbers; a higher figure is better.
    indifference : float
        The smallest difference worth detecting.
    confidence : float
        The chance of a right choice wanted.

    Notes
    -----
    Scenario i leaves when its mean over r replications is below that of another one in the race by more than
    max(0, indifference / (2 r) * (h² S² / indifference² - r)), S² the variance of their difference in the first stage
    (c = 1): Kim and Nelson (2001). It allows for common random numbers; the figures are taken as normal.
    """

    def __init__(self, draws: Array, indifference: float, confidence: float) -> None:
        scenarios, first = draws.shape
        _, h_squared = kim_nelson_constants(scenarios, 1 - confidence, first)
        variance = less(draws[:, np.newaxis, :], draws[np.newaxis, :, :]).var(axis=2, ddof=1)
        self._limit = h_squared * variance / indifference**2
        self._indifference = indifference
        self.sums, self.counts = draws.sum(axis=1), np.full(scenarios, first)
        self.left = list(range(scenarios))
        self._screen()

    @property
    def means(self) -> Array:
        """The mean of every scenario over the replications that it was in the race."""
        return np.asarray(self.sums / self.counts)

    def add(self, figures: Array) -> None:
        """Take one more replication of all that are left, in their order, and screen them."""
        self.sums[self.left] += figures
        self.counts[self.left] += 1
        self._screen()

    def _screen(self) -> None:
        """Let those go that are behind; when the limit of replications is reached, all but the best."""
        if len(self.left) < 2:
            return
        number = int(self.counts[self.left[0]])
        limit, mean = self._limit[np.ix_(self.left, self.left)], self.means[self.left]
        allowed = np.maximum(0.0, self._indifference / (2 * number) * (limit - number))
        behind = (mean[:, np.newaxis] < mean[np.newaxis, :] - allowed).any(axis=1)
        if number > floor(limit.max()):
            behind = np.arange(len(mean)) != int(np.argmax(mean))
        self.left = [one for one, out in zip(self.left, behind, strict=True) if not out]
        if behind.any():  # those that are left may be the same, which needs no more replications to be seen
            self._screen()


def kim_nelson(draws: Array, more: More, *, indifference: float, confidence: float, most: int) -> Race:
    """Run a race to its end, or until every scenario left has had as many replications as are allowed.

    Parameters
    ----------
    draws : array of float, shape (scenarios, replications)
        The first stage, at least two replications; a higher figure is better.
    more : callable
        Simulates further replications of some scenarios.
    indifference, confidence : float
        See `Race`.
    most : int
        So many replications of a scenario are made at most.

    Raises
    ------
    SimulationError
        The figure is undefined in a replication.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> def more(scenarios, numbers):
    ...     return np.array([rng.normal(one, 1.0, len(numbers)) for one in scenarios])
    >>> kim_nelson(more(range(3), range(10)), more, indifference=1.0, confidence=0.95, most=1000).left
    [2]
    """
    _check_defined(draws, 1)
    race = Race(draws, indifference, confidence)
    done = draws.shape[1]
    while len(race.left) > 1 and done < most:
        numbers = range(done + 1, min(done + AT_A_TIME, most) + 1)
        entered = list(race.left)
        figures = more(entered, numbers)
        _check_defined(figures, numbers[0])
        for column in figures.T:
            race.add(column[[entered.index(one) for one in race.left]])
            if len(race.left) == 1:
                break
        done = numbers[-1]
    return race


def independent_replications(draws: Array, indifference: float, confidence: float) -> int:
    """Tell how many replications of all scenarios together Rinott's procedure takes, on independent random numbers."""
    scenarios, first = draws.shape
    h = rinott_constant(scenarios, confidence, first)
    sds = draws.std(axis=1, ddof=1)
    return sum(max(first, ceil((h * sd / indifference) ** 2)) for sd in sds.tolist())


def _check_defined(figures: Array, first: int) -> None:
    undefined = np.isnan(figures).any(axis=0)
    if undefined.any():
        number = first + int(np.argmax(undefined))
        raise SimulationError(f"the figure to select by is undefined in replication {number}: select by another one")
