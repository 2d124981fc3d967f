"""Run to a precision: ``fill_rate:0.5%`` or ``total_cost@retailer:10``, and not one replication more than that takes.

What stands after the last colon is the half width that the 95 % interval of the mean may have: with a percent sign as a
share of that mean, without one in the figure's own unit.
"""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scmsim.errors import UsageError
from scmsim.experiments.measures import Measure, chosen
from scmsim.experiments.statistics.estimates import half_widths, moments
from scmsim.scenario.network import Network

Array = NDArray[np.float64]
Draw = Callable[[range], Array]
"""Gives the figures of these replications: shape (replications, measures), NaN where undefined."""

LEAST = 10
"""So many replications every sequential run begins with."""

MOST = 1000
"""So many replications a sequential run takes at most, unless told otherwise."""

FARTHEST = 10**9
"""More replications than this are not counted, only called too many."""


class Goal(NamedTuple):
    """How precisely a figure is wanted.

    Parameters
    ----------
    measure : Measure
        Which figure.
    precision : float
        The half width that its interval may have: in its unit, or as a share of its mean.
    relative : bool
        Whether it is that share.
    named : bool
        Whether the figure was asked for by its own name, and not by a pattern.
    """

    measure: Measure
    precision: float
    relative: bool
    named: bool = True

    def allowed(self, mean: float) -> float:
        """Return the half width that is allowed, in the figure's unit.

        A relative precision g is tightened to g / (1 + g), as it is the true mean that it is a share of and not the
        estimated one: A. M. Law, *Simulation Modeling and Analysis*, 5th ed., section 9.4.1.
        """
        return self.precision / (1 + self.precision) * abs(mean) if self.relative else self.precision

    @property
    def wanted(self) -> str:
        """The precision as it was asked for."""
        return f"{100 * self.precision:.10g}%" if self.relative else f"{self.precision:.10g}"

    def __str__(self) -> str:
        return f"{self.measure}:{self.wanted}"


class Outcome(NamedTuple):
    """How a sequential run ended.

    Parameters
    ----------
    draws : array of float, shape (replications, measures)
        Every figure of every replication.
    goals : tuple of Goal
        Those that were pursued: without ``left_out``.
    columns : tuple of int
        The column of ``draws`` that each is about.
    needed : tuple of int or None
        For each goal the replications that meet it: those made, or an estimate where they did not do. None where it is
        undefined too often to tell, or where no number of replications would do.
    met : tuple of bool
        Whether each goal is met.
    left_out : tuple of Goal
        Goals of a pattern's figures that are undefined in this scenario.

    Notes
    -----
    A single replication with goals is that of a scenario without chance (`without_chance`): its figures are exact.
    """

    draws: Array
    goals: tuple[Goal, ...] = ()
    columns: tuple[int, ...] = ()
    needed: tuple[int | None, ...] = ()
    met: tuple[bool, ...] = ()
    left_out: tuple[Goal, ...] = ()

    @property
    def exact(self) -> bool:
        """Whether nothing is left to chance, so that one replication says it all."""
        return bool(self.goals) and len(self.draws) == 1


def goals(network: Network, until: str | Sequence[str]) -> list[Goal]:
    """Read what precision is wanted of which figures.

    Parameters
    ----------
    network : Network
        Whose figures.
    until : str or sequence of str
        Each ``MEASURE:HALF_WIDTH`` or ``MEASURE:SHARE%``; in a measure ``*`` stands for anything
        (`scmsim.experiments.measures`), and every figure that it stands for has to be as precise.

    Raises
    ------
    UsageError
        One of them cannot be read, its precision is not positive, or there is no such figure.

    Examples
    --------
    >>> from scmsim.scenario.load import load
    >>> network = load("scenarios/beer_game_noisy.yaml").network
    >>> [str(goal) for goal in goals(network, ["total_cost:2.50%", "average_on_hand@*tailer:0.25"])]
    ['total_cost:2.5%', 'average_on_hand@retailer:0.25']
    """
    found: dict[Goal, None] = {}
    for text in [until] if isinstance(until, str) else until:
        address, precision, relative = _parsed(text)
        measures = chosen(network, [address])
        named = [str(one) for one in measures] == [address]
        found |= dict.fromkeys(Goal(one, precision, relative, named) for one in measures)
    return list(found)


def run_until(draw: Draw, wanted: Sequence[tuple[int, Goal]], *, most: int = MOST, least: int = LEAST) -> Outcome:
    """Add replications until every goal is met, or there are as many as may be.

    Parameters
    ----------
    draw : callable
        Gives the figures of a range of replications, whose numbers begin with 1.
    wanted : sequence of (int, Goal)
        The goals, each with the column of its figure.
    most : int
        So many replications at most.
    least : int
        So many at once to begin with.

    Returns
    -------
    Outcome
        With all replications made.

    Raises
    ------
    UsageError
        The bounds make no sense, or a figure that was asked for by name is undefined in all of the first replications.

    Notes
    -----
    After every round the number that each goal needs is estimated from the variance so far, as the least i for which
    t(i - 1; 0.975) * sd / sqrt(i) is small enough; the next round goes there, but to twice the number so far at most,
    so that a poor first estimate of the variance costs little. It stops when every interval, with all the replications
    made, is narrow enough. This is the sequential procedure of A. M. Law, *Simulation Modeling and Analysis*, 5th ed.,
    section 9.4.1 (Y. S. Chow and H. Robbins, Annals of Mathematical Statistics 36 (1965)) with fewer looks.

    Stopping where the interval happens to be narrow favours replications that vary little. The interval then covers the
    true mean a little less often than it says: in 2,000 trials each, 94 to 95 of 100 where some 25 or more normal or
    200 or more exponential replications were needed, 91 to 93 where 30 to 75 exponential ones were. A demanding goal is
    safer than an easy one.
    """
    if least < 2 or most < least:
        raise UsageError(
            f"most must be at least {max(least, 2)}, the replications that such a run begins with, not {most}"
        )
    draws = draw(range(1, least + 1))
    wanted, left_out = _defined(draws, wanted)
    while True:
        needed, met = _judged(draws, wanted)
        made = len(draws)
        if all(met) or made >= most:
            columns, pursued = zip(*wanted, strict=True)
            return Outcome(draws, pursued, columns, needed, met, left_out)
        ahead = max(number if number is not None else 2 * made for number in needed)
        upto = min(max(ahead, made + 1), 2 * made, most)
        draws = np.concatenate([draws, draw(range(made + 1, upto + 1))])


def without_chance(draw: Draw, wanted: Sequence[tuple[int, Goal]]) -> Outcome:
    """Make the one replication of a scenario in which nothing is left to chance: it meets every goal.

    Parameters
    ----------
    draw : callable
        Gives the figures of a range of replications, whose numbers begin with 1.
    wanted : sequence of (int, Goal)
        The goals, each with the column of its figure.

    Raises
    ------
    UsageError
        A figure that was asked for by name is undefined.
    """
    draws = draw(range(1, 2))
    wanted, left_out = _defined(draws, wanted)
    columns, pursued = zip(*wanted, strict=True)
    return Outcome(draws, pursued, columns, (1,) * len(pursued), (True,) * len(pursued), left_out)


def _judged(draws: Array, wanted: Sequence[tuple[int, Goal]]) -> tuple[tuple[int | None, ...], tuple[bool, ...]]:
    """Tell for every goal how many replications it needs, and whether there are as many."""
    columns = [column for column, _ in wanted]
    means, sds, counts = moments(draws[:, columns])
    widths = half_widths(sds, counts)
    needed: list[int | None] = []
    met = []
    for (_, goal), mean, sd, count, width in zip(wanted, means, sds, counts, widths, strict=True):
        allowed = goal.allowed(float(mean))
        met.append(bool(width <= allowed))
        share = int(count) / len(draws)
        number = len(draws) if met[-1] else _needed(float(sd), int(count), allowed)
        needed.append(number if met[-1] or number is None else max(len(draws) + 1, math.ceil(number / share)))
    return tuple(needed), tuple(met)


def _needed(sd: float, count: int, allowed: float) -> int | None:
    """Return the least number of observations whose interval would be narrow enough, were their sd the one so far."""
    if count < 2 or allowed <= 0:
        return None
    few, many = count, count
    while _width(sd, many) > allowed:
        few, many = many, 2 * many
        if many > FARTHEST:
            return None
    while many - few > 1:
        middle = (few + many) // 2
        few, many = (few, middle) if _width(sd, middle) <= allowed else (middle, many)
    return many


def _width(sd: float, count: int) -> float:
    return float(half_widths(np.array([sd]), np.array([count]))[0])


def _defined(draws: Array, wanted: Sequence[tuple[int, Goal]]) -> tuple[list[tuple[int, Goal]], tuple[Goal, ...]]:
    """Leave out those figures of a pattern that are undefined; what was asked for by name has to have a value."""
    empty: NDArray[np.bool_] = np.asarray(np.isnan(draws).all(axis=0))
    undefined = [goal for column, goal in wanted if empty[column]]
    named = [str(goal.measure) for goal in undefined if goal.named]
    kept = [(column, goal) for column, goal in wanted if not empty[column]]
    if named or not kept:
        which = ", ".join(named or sorted({goal.measure.metric for goal in undefined}))
        where = f"each of the first {len(draws)} replications" if len(draws) > 1 else "a scenario without chance"
        raise UsageError(f"{which}: undefined in {where}; no number of replications makes it precise")
    return kept, tuple(undefined)


def _parsed(text: str) -> tuple[str, float, bool]:
    address, colon, precision = text.rpartition(":")
    address, precision = address.strip(), precision.strip()
    if not colon or not address:
        raise UsageError(
            f"{text!r}: expected MEASURE:HALF_WIDTH or MEASURE:SHARE%, for instance total_cost:10 or fill_rate:0.5%"
        )
    relative = precision.endswith("%")
    try:
        value = float(precision.removesuffix("%")) / (100 if relative else 1)
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and value > 0):
        raise UsageError(f"{text!r}: expected a precision above 0 after the colon (10 or 0.5%), found {precision!r}")
    if relative and value >= 1:
        raise UsageError(f"{text!r}: expected a share below 100%, found {precision!r}")
    return address, value, relative
