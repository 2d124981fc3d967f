"""What is searched, and what a search has seen of it."""

import math
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scmsim.experiments.measures import Measure
from scmsim.experiments.optimize.constraints import Limit
from scmsim.experiments.optimize.variables import Variable

Array = NDArray[np.float64]
Values = tuple[float, ...]
_FOUR_IN_FIVE = 0.8416
"""The normal quantile of 0.8."""


@dataclass(frozen=True, kw_only=True)
class Problem:
    """What is searched.

    Parameters
    ----------
    objective : Measure
        The figure to make small, or large where ``maximize``.
    limits : tuple of Limit
        What has to hold.
    variables : tuple of Variable
        What may be changed.
    replications, fresh : int
        Replications of every candidate in the search, and of those that are compared at its end.
    confidence : float
        How sure it has to be that all limits are kept.
    seed : int
        Where chance begins.
    chance : bool
        Whether replications can differ at all.
    """

    objective: Measure
    maximize: bool = False
    limits: tuple[Limit, ...] = ()
    variables: tuple[Variable, ...]
    replications: int
    fresh: int
    candidates: int
    confidence: float
    seed: int
    chance: bool = True

    @cached_property
    def measures(self) -> tuple[Measure, ...]:
        """Every figure that is needed, each once; the objective first."""
        return tuple(dict.fromkeys((self.objective, *(limit.measure for limit in self.limits))))

    @property
    def level(self) -> float:
        """Confidence of each single bound, so that all of them hold together (Bonferroni over limits × candidates)."""
        return 1 - (1 - self.confidence) / max(1, len(self.limits) * self.candidates)

    def column(self, limit: Limit) -> int:
        """Return where the figure of a limit stands among the measures."""
        return self.measures.index(limit.measure)

    def shortfall(self, figures: Array, widths: float = 1.0) -> float:
        """Return by how much the limits are likely to be missed on fresh replications; at most 0 where none is.

        ``widths`` is how many margins are kept. With one, a candidate that keeps to a limit here will be shown to keep
        to it four times in five: the margin is the half-width of the final bound, and what the mean of the fresh
        replications may differ from that of these.
        """
        found = self.shortfalls(figures, widths)
        missed = [short for short in found if short > 0]
        return sum(missed) if missed else max(found, default=0.0)

    def shortfalls(self, figures: Array, widths: float = 1.0) -> list[float]:
        """Return the same of every limit by itself."""
        return [self._shortfall(limit, figures[:, self.column(limit)], widths) for limit in self.limits]

    def _shortfall(self, limit: Limit, values: Array, widths: float) -> float:
        known = values[~np.isnan(values)]
        if len(known) == 0:
            return 1.0
        mean = float(known.mean())
        margin = abs(limit.assured(values, self.level, self.fresh) - mean)
        if len(known) > 1:
            margin += _FOUR_IN_FIVE * float(known.std(ddof=1)) * math.sqrt(1 / len(known) + 1 / self.fresh)
        return limit.shortfall(mean - widths * margin if limit.sense == ">=" else mean + widths * margin)


class Trial(NamedTuple):
    """A candidate that was simulated.

    Parameters
    ----------
    values : tuple of float
        One per variable.
    source : str
        Who proposed it.
    figures : ndarray
        One row per replication, one column per measure.
    estimate : float
        The objective; of a candidate that was dropped early, from its paired difference to the best.
    shortfall : float
        By how much it misses the limits, in all; at most 0 where it keeps to them.
    """

    values: Values
    source: str
    figures: Array
    estimate: float
    shortfall: float

    @property
    def feasible(self) -> bool:
        """Whether it seems to keep to all limits."""
        return self.shortfall <= 0
