"""What follows from a chain's stages and arcs: who makes what, what it is worth, what it must cover."""

import math
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from statistics import NormalDist
from typing import NamedTuple

from scmsim.importers.willems_tables import Stage

STANDARD = NormalDist()


class StageTime(NamedTuple):
    """Mean and standard deviation of a stage's time, in days."""

    mean: float
    sd: float

    @classmethod
    def of(cls, stage: Stage) -> "StageTime":
        """Give the moments of the stage's time: those of its listed outcomes where it has any."""
        if not stage.outcomes:
            return cls(stage.time, stage.time_sd)
        mean = math.fsum(time * share for time, share in stage.outcomes)
        return cls(mean, math.sqrt(math.fsum((time - mean) ** 2 * share for time, share in stage.outcomes)))


def clipped_moments(mean: float, sd: float) -> tuple[float, float]:
    """Return mean and standard deviation of max(0, X) for a normal X.

    Examples
    --------
    >>> [round(moment, 4) for moment in clipped_moments(0, 1)]
    [0.3989, 0.5838]
    """
    if sd <= 0:
        return max(mean, 0.0), 0.0
    score = mean / sd
    above, density = STANDARD.cdf(score), STANDARD.pdf(score)
    first = mean * above + sd * density
    second = (mean**2 + sd**2) * above + mean * sd * density
    return first, math.sqrt(max(second - first**2, 0.0))


def stated_moments(mean: float, sd: float) -> tuple[float, float]:
    """Return the moments as they are.

    Examples
    --------
    >>> stated_moments(3, 1)
    (3, 1)
    """
    return mean, sd


class Chain:
    """The stages in their network.

    Parameters
    ----------
    stages : mapping of str to Stage
        All stages by name.
    arcs : iterable of (str, str)
        From and to; no cycle.
    moments : callable
        Takes a stage's stated mean and sd of demand, returns those of the demand it will have.
    """

    def __init__(
        self,
        stages: Mapping[str, Stage],
        arcs: Iterable[tuple[str, str]],
        moments: Callable[[float, float], tuple[float, float]] = clipped_moments,
    ) -> None:
        self.stages = stages
        self.moments = moments
        self._sources: dict[str, list[str]] = {name: [] for name in stages}
        self._destinations: dict[str, list[str]] = {name: [] for name in stages}
        for source, destination in arcs:
            self._sources[destination].append(source)
            self._destinations[source].append(destination)

    def sources(self, name: str) -> list[str]:
        """List the stages that feed a stage."""
        return self._sources[name]

    @cached_property
    def downstream_order(self) -> list[str]:
        """The stages, each after all that feed it."""
        waiting = {name: len(sources) for name, sources in self._sources.items()}
        ready = [name for name, count in waiting.items() if count == 0]
        for name in ready:
            for destination in self._destinations[name]:
                waiting[destination] -= 1
                if waiting[destination] == 0:
                    ready.append(destination)
        return ready

    @cached_property
    def makers(self) -> list[str]:
        """The stages that transform what they receive, in the order of the table.

        They are those without a predecessor, those with several, those of class Part or Manuf, and those whose output
        would otherwise arrive at a stage under the same name as another's.
        """
        makers = {
            name
            for name, stage in self.stages.items()
            if len(self.sources(name)) != 1 or stage.kind in ("Part", "Manuf")
        }
        while conflicting := self._conflicts(makers):
            makers |= conflicting
        return [name for name in self.stages if name in makers]

    def _conflicts(self, makers: set[str]) -> set[str]:
        """Find the stages that bring the same product to one stage and do not make their own yet."""
        products = self._products(makers)
        found: set[str] = set()
        for sources in self._sources.values():
            brought = [products[source] for source in sources]
            found |= {source for source in sources if brought.count(products[source]) > 1}
        return found - makers

    def _products(self, makers: Iterable[str]) -> dict[str, str]:
        made, products = set(makers), dict[str, str]()
        for name in self.downstream_order:
            products[name] = name if name in made else products[self.sources(name)[0]]
        return products

    @cached_property
    def _product_of(self) -> dict[str, str]:
        return self._products(self.makers)

    def product(self, name: str) -> str:
        """Name what leaves a stage: the stage that transformed it last."""
        return self._product_of[name]

    @cached_property
    def _values(self) -> dict[str, float]:
        values: dict[str, float] = {}
        for name in self.downstream_order:
            values[name] = self.stages[name].cost + math.fsum(values[source] for source in self.sources(name))
        return values

    def value(self, name: str) -> float:
        """Sum the value added to one unit up to and including a stage, in money."""
        return self._values[name]

    @cached_property
    def _units(self) -> dict[str, dict[str, int]]:
        """Units of each stage in one unit of customers' demand at each stage: the number of paths between them."""
        units: dict[str, dict[str, int]] = {}
        for name in reversed(self.downstream_order):
            units[name] = {name: 1} if self.stages[name].demand is not None else {}
            for destination in self._destinations[name]:
                for end, count in units[destination].items():
                    units[name][end] = units[name].get(end, 0) + count
        return units

    def pooled_demand(self, name: str) -> tuple[float, float]:
        """Return mean and sd per day of all customers' demand that a stage feeds, independent between customers."""
        mean = variance = 0.0
        for end, count in self._units[name].items():
            demand, sd = self.moments(*(self.stages[end].demand or (0.0, 0.0)))
            mean += count * demand
            variance += (count * sd) ** 2
        return mean, math.sqrt(variance)

    def level(self, name: str, service_level: float) -> float:
        """Return the base-stock level that covers a stage's own time: mean demand plus z standard deviations, in units.

        The formula is mean x L + z x sqrt(L x sd^2 + mean^2 x sdL^2) (Silver, Pyke and Thomas 2017, section 6.10).
        """
        time = StageTime.of(self.stages[name])
        mean, sd = self.pooled_demand(name)
        spread = math.sqrt(time.mean * sd**2 + (mean * time.sd) ** 2)
        return max(0.0, mean * time.mean + STANDARD.inv_cdf(service_level) * spread)

    def notes(self) -> list[str]:
        """Say what a reader of the numbers should know."""
        notes = [
            f"{stage.name}: the listed times have a mean of {StageTime.of(stage).mean:g} days and are used; "
            f"stageTime says {stage.time:g}"
            for stage in self.stages.values()
            if stage.outcomes and abs(StageTime.of(stage).mean - stage.time) > 0.005 * max(stage.time, 1.0)
        ]
        demands = [stage.demand for stage in self.stages.values() if stage.demand is not None]
        stated = math.fsum(mean for mean, _ in demands)
        clipped = math.fsum(self.moments(*demand)[0] for demand in demands)
        if clipped > 1.005 * stated:
            notes.append(
                f"clipping normal demand at 0 lifts its total mean from {stated:.6g} to {clipped:.6g} units a day"
            )
        return notes
