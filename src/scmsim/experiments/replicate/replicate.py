"""Replicate a scenario until its figures are as sure as they have to be, and keep what every replication gave."""

from collections.abc import Callable, Sequence
from os import PathLike
from typing import TYPE_CHECKING, NamedTuple, TypedDict, Unpack

import numpy as np
from numpy.typing import NDArray

from scmsim.errors import UsageError
from scmsim.experiments.chance import involves_chance
from scmsim.experiments.execution.blueprint import Blueprint
from scmsim.experiments.execution.dispatch import draws
from scmsim.experiments.execution.executors import Where
from scmsim.experiments.keywords import only_known, whole
from scmsim.experiments.measures import Measure, chosen, measures, usual
from scmsim.experiments.replicate.precision import MOST, Goal, Outcome, goals, run_until, without_chance
from scmsim.experiments.replicate.result import Replication
from scmsim.experiments.replicate.words import GOALS, goal_rows, told_goals, told_shape
from scmsim.experiments.run.run import loaded, tabulated
from scmsim.scenario.scenario import Scenario

if TYPE_CHECKING:
    from scmsim.experiments.run.result import Result

Array = NDArray[np.float64]


class Chance(TypedDict, total=False):
    """Which random numbers are used, and where the work is done.

    Parameters
    ----------
    seed : int, optional
        Where chance begins, at least 0; the scenario's own unless given.
    where : str or executor, optional
        As for `scmsim.experiments.execution.dispatch.run_batches`; on this machine's cores unless given.
    workers : int, optional
        How many processes of this machine.
    progress : callable, optional
        Called with (replications made, replications planned so far).
    """

    seed: int | None
    where: Where
    workers: int | None
    progress: Callable[[float, int], None] | None


def replicate(
    scenario: Scenario | str | PathLike[str],
    measures: str | Sequence[str] | None = None,
    *,
    until: str | Sequence[str] | None = None,
    most: int = MOST,
    replications: int | None = None,
    **chance: Unpack[Chance],
) -> Replication:
    """Simulate a scenario many times, a given number or until its figures are precise enough.

    Replications have numbers, and each depends on the seed and its number alone: more of them never change those that
    were there.

    Parameters
    ----------
    scenario : Scenario, str or path-like
        What to run; a path is loaded first.
    measures : str or sequence of str, optional
        Which figures: ``fill_rate``, ``total_cost@retailer``, ``fill_rate@*``. The usual ones unless given.
    until : str or sequence of str, optional
        How precise they are to be: for ``fill_rate:0.5%`` the half width of its 95 % interval is at most 0.5 % of its
        mean, for ``total_cost@retailer:10`` at most 10. All of them have to be met. Where nothing in the scenario is
        left to chance, one replication does.
    most : int
        With ``until``, so many replications at most, and at least 10.
    replications : int, optional
        How many, at least 1, without ``until``; the scenario's own number unless given.
    **chance
        ``seed``, ``where``, ``workers`` and ``progress``: see `Chance`.

    Returns
    -------
    Replication

    Raises
    ------
    UsageError
        There is no such figure, a precision is not positive, or an argument is out of its range.
    SimulationError
        A run failed.

    Examples
    --------
    >>> found = replicate("scenarios/beer_game_noisy.yaml", until="total_cost:20%")
    >>> found.goals[["measure", "wanted", "met"]].values.tolist()
    [['total_cost', '20%', True]]
    """
    only_known(replicate, chance, Chance)
    scenario = loaded(scenario, "replicate")
    wanted = goals(scenario.network, until) if until is not None else []
    if until is not None and not wanted:
        raise UsageError("until names no figure: expected for instance 'fill_rate:0.5%'")
    if wanted and replications is not None:
        raise UsageError("until says how many replications there are, and so does replications: give one of them")
    plan = _Plan(scenario, _figures(scenario, measures, wanted), chance)
    if wanted:
        return _summed(plan, plan.until(wanted, whole("most", most, least=1)))
    count = scenario.file.run.replications if replications is None else replications
    return _summed(plan, Outcome(plan.draw(range(1, 1 + whole("replications", count, least=1)))))


class Precise(NamedTuple):
    """A run to a precision.

    Parameters
    ----------
    result : Result
        The figures of all replications.
    sentences : tuple of str
        What came of the goals.
    reached : bool
        Whether all of them are met.
    """

    result: "Result"
    sentences: tuple[str, ...]
    reached: bool


def run_to_precision(
    scenario: Scenario, until: Sequence[str], *, most: int = MOST, **chance: Unpack[Chance]
) -> Precise:
    """Run a scenario like `scmsim.run`, without tables, with as many replications as a precision takes.

    Returns
    -------
    Precise
        The result that `scmsim.run` gives for this number of replications (``record="summary"``), and what came of the
        goals.

    Raises
    ------
    UsageError, SimulationError
        As for `replicate`.
    """
    from scmsim.experiments.run.result import Result
    from scmsim.experiments.storage.manifest import describe
    from scmsim.metrics import Collector, Figures

    plan = _Plan(scenario, tuple(measures(scenario.network)), chance)
    outcome = plan.until(goals(scenario.network, until), most)
    kpis, values = tabulated(Figures(Collector(scenario.network)).keys(), outcome.draws)
    manifest = describe(scenario, seed=plan.seed, replications=len(outcome.draws), record="summary")
    result = Result(scenario=scenario, kpis=kpis, values=values, tables={}, manifest=manifest)
    return Precise(result, told_goals(outcome), all(outcome.met))


class _Plan(NamedTuple):
    """What is measured of which scenario, by which random numbers."""

    scenario: Scenario
    measures: tuple[Measure, ...]
    chance: Chance

    @property
    def seed(self) -> int:
        given = self.chance.get("seed")
        return whole("seed", self.scenario.file.run.seed if given is None else given, least=0)

    def draw(self, numbers: range) -> Array:
        """Give the figures of these replications."""
        case = (Blueprint.of(self.scenario), ())
        chance, progress = self.chance, self.chance.get("progress")
        if progress:
            progress(numbers.start - 1, numbers.stop - 1)
        where, workers = chance.get("where"), chance.get("workers")
        found: Array = draws([case], self.measures, numbers, seed=self.seed, where=where, workers=workers)[0]
        return found

    def until(self, wanted: Sequence[Goal], most: int) -> Outcome:
        """Replicate until every goal is met; once, where nothing is left to chance."""
        places = {one: place for place, one in enumerate(self.measures)}
        columns = [(places[goal.measure], goal) for goal in wanted]
        if involves_chance(self.scenario.network):
            return run_until(self.draw, columns, most=most)
        return without_chance(self.draw, columns)


def _summed(plan: _Plan, outcome: Outcome) -> Replication:
    import pandas as pd

    from scmsim.experiments.replicate.summary import summary
    from scmsim.experiments.storage.csvs import tidy

    names = [str(one) for one in plan.measures]
    numbers = pd.DataFrame({"replication": np.arange(1, len(outcome.draws) + 1)})
    values = pd.concat([numbers, pd.DataFrame(outcome.draws, columns=names)], axis=1)
    return Replication(
        scenario=plan.scenario,
        seed=plan.seed,
        values=values,
        summary=summary(plan.scenario.network, plan.measures, outcome.draws),
        goals=tidy(pd.DataFrame(goal_rows(outcome), columns=list(GOALS)).astype(GOALS)),
        sentences=(*told_goals(outcome), *told_shape(len(outcome.draws))),
    )


def _figures(scenario: Scenario, asked: str | Sequence[str] | None, wanted: Sequence[Goal]) -> tuple[Measure, ...]:
    """Give the figures asked for, or the usual ones, and those that are to be precise."""
    names = [asked] if isinstance(asked, str) else asked
    found = usual(scenario.network) if names is None else chosen(scenario.network, names)
    return tuple(dict.fromkeys([*found, *(goal.measure for goal in wanted)]))
