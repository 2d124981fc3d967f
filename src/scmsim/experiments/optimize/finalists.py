"""Which candidates of a search are simulated again, and which of them is the answer."""

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from scmsim.experiments.optimize.problem import Array, Problem, Trial

MARGINS = (1.0, 0.7, 0.5, 1.5, 0.3)
"""How many margins (`Problem.shortfall`) the finalists keep from the limits in the search, by their turn."""
APART = 0.005
"""How far apart finalists are at least, as a share of the ends."""


class Finalist(NamedTuple):
    """A candidate and what fresh replications say of it.

    Parameters
    ----------
    trial : Trial
        What the search found.
    figures : ndarray
        One row per fresh replication, one column per measure.
    mean : float
        The objective.
    shortfall : float
        By how much the bounds of its figures miss the limits, in all; at most 0 where all keep to them.
    """

    trial: Trial
    figures: Array
    mean: float
    shortfall: float

    @property
    def met(self) -> bool:
        """Whether all limits are kept with the stated confidence."""
        return self.shortfall <= 0


def finalists(problem: Problem, trials: Sequence[Trial]) -> list[Trial]:
    """Choose who is simulated again: the best, some further from the limits than others; else who misses them least."""
    whole = [trial for trial in trials if len(trial.figures) == problem.replications]
    found: list[Trial] = []
    for trial in _in_turn(problem, whole):
        if all(_apart(problem, trial, other) for other in found):
            found.append(trial)
        if len(found) == problem.candidates:
            break
    return found


def _apart(problem: Problem, one: Trial, other: Trial) -> bool:
    pairs = zip(problem.variables, one.values, other.values, strict=True)
    return any(abs(varied.share(here) - varied.share(there)) > APART for varied, here, there in pairs)


def _in_turn(problem: Problem, whole: Sequence[Trial]) -> Iterator[Trial]:
    best_first = sorted(whole, key=lambda trial: -trial.estimate if problem.maximize else trial.estimate)
    if not problem.limits:
        yield from best_first
        return
    keeping = {
        widths: iter([trial for trial in best_first if problem.shortfall(trial.figures, widths) <= 0])
        for widths in set(MARGINS)
    }
    for widths in MARGINS * math.ceil(len(whole) / len(MARGINS)):
        yield from _next(keeping[widths])
    yield from sorted(whole, key=lambda trial: max(trial.shortfall, 0.0))


def _next(rest: Iterator[Trial]) -> Iterator[Trial]:
    found = next(rest, None)
    if found is not None:
        yield found


def judged(problem: Problem, compared: Sequence[tuple[Trial, Array]]) -> list[Finalist]:
    """Judge the finalists, the best first: those that keep to the limits by the objective, then by their shortfall."""
    found = [
        Finalist(trial, figures, float(np.nanmean(figures[:, 0])), _missed(problem, figures))
        for trial, figures in compared
    ]
    return sorted(found, key=lambda one: (max(one.shortfall, 0.0), -one.mean if problem.maximize else one.mean))


def _missed(problem: Problem, figures: Array) -> float:
    """Return by how much the assured bounds miss the limits, in all."""
    short = [
        limit.shortfall(limit.assured(figures[:, problem.column(limit)], problem.level)) for limit in problem.limits
    ]
    return sum(each for each in short if each > 0) if any(each > 0 for each in short) else max(short, default=0.0)
