"""Search for the best values of a scenario under constraints, and an honest account of what was found."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext, suppress
from os import PathLike
from pathlib import Path
from typing import Any, NamedTuple, TypedDict, Unpack

import numpy as np

from scmsim.errors import ScenarioError, UsageError
from scmsim.experiments.chance import involves_chance
from scmsim.experiments.execution.blueprint import Blueprint
from scmsim.experiments.execution.dispatch import draws
from scmsim.experiments.execution.executors import Where, check_place
from scmsim.experiments.keywords import only_known, whole
from scmsim.experiments.measures import chosen
from scmsim.experiments.optimize.constraints import limits
from scmsim.experiments.optimize.finalists import finalists
from scmsim.experiments.optimize.optimization import Optimization
from scmsim.experiments.optimize.problem import Array, Problem, Trial, Values
from scmsim.experiments.optimize.search import Search
from scmsim.experiments.optimize.store import STUDY, describe, occupied
from scmsim.experiments.optimize.variables import Variable, variables
from scmsim.experiments.optimize.warm_start import starts
from scmsim.experiments.run.run import loaded
from scmsim.scenario.scenario import Scenario
from scmsim.scenario.schema_experiments import Optimize

TRIALS, REPLICATIONS, CANDIDATES = 100, 10, 5
FRESH_TIMES = 4
"""So many times as many replications compare the candidates at the end."""

Progress = Callable[[int, int], None]


class Goal(NamedTuple):
    """What is asked for: a figure to minimise or maximise, what has to hold, and what may be changed."""

    minimize: str | None = None
    maximize: str | None = None
    subject_to: Sequence[str] = ()
    vary: Mapping[str, Any] | Sequence[str] = ()


class Effort(NamedTuple):
    """How hard to try; None: what the scenario's block says, or else the usual."""

    trials: int | None = None
    replications: int | None = None
    fresh: int | None = None
    candidates: int = CANDIDATES
    confidence: float | None = None
    seed: int | None = None


class Searching(TypedDict, total=False):
    """How a search is carried out.

    Parameters
    ----------
    trials : int
        How many candidates are simulated; 100 unless given.
    replications : int
        How often each is simulated; 10 unless given, and once where nothing is left to chance.
    fresh : int
        How often the finalists are simulated again; four times as often unless given.
    candidates : int
        How many finalists there are at most; 5 unless given.
    confidence : float
        How sure it has to be that all constraints hold, at least 0.5.
    seed : int
        Where chance begins; the scenario's own unless given.
    out : path
        Folder for the search, which goes on there when it was interrupted, and for its answer.
    force : bool
        Replace another search there.
    where, workers
        Where the work is done (`run_batches`).
    progress : callable
        Called with (candidates done, candidates in all).
    """

    trials: int | None
    replications: int | None
    fresh: int | None
    candidates: int
    confidence: float | None
    seed: int | None
    out: str | PathLike[str] | None
    force: bool
    where: Where
    workers: int | None
    progress: Progress | None


def optimize(
    scenario: Scenario | str | PathLike[str],
    *,
    minimize: str | None = None,
    maximize: str | None = None,
    subject_to: Sequence[str] | str = (),
    vary: Mapping[str, Any] | Sequence[str] = (),
    **searching: Unpack[Searching],
) -> Optimization:
    """Find the values that make a figure small or large while others keep to their bounds.

    The search simulates every candidate on the same random numbers. It begins with the scenario's own values and those
    of the textbook (`scmsim.experiments.optimize.warm_start`), and goes on with Optuna. The best few are then simulated
    on replications that the search has never seen; only these estimates are reported as the answer.

    Parameters
    ----------
    scenario : Scenario, str or path-like
        What is searched; a path is loaded first. Whatever is not given below is taken from its block
        ``experiments.optimize``.
    minimize, maximize : str
        The figure, one of the two: ``total_cost``, ``profit@shop``, ...
    subject_to : sequence of str
        What has to hold, each ``MEASURE >= NUMBER`` or ``MEASURE <= NUMBER``; with ``*`` or ``kind=`` for every node.
    vary : mapping or sequence of str
        What may be changed: paths with their ends (``(0, 50)`` or ``"0..50,log"``). Whole ends of what counts units
        mean whole numbers.
    **searching
        ``trials``, ``replications``, ``fresh``, ``candidates``, ``confidence``, ``seed``, ``out``, ``force``,
        ``where``, ``workers`` and ``progress``: see `Searching`.

    Returns
    -------
    Optimization

    Raises
    ------
    UsageError
        What is asked for cannot be read or does not exist, or ``out`` holds something else.
    ScenarioError
        A path leads nowhere.
    MissingExtra
        Optuna is not installed.
    ScmsimError
        Another process searches in ``out``.
    SimulationError
        Too many candidates failed.

    Examples
    --------
    >>> import scmsim as sc
    >>> shop = sc.load("scenarios/newsvendor.yaml").set("time.horizon=100")
    >>> path = "nodes.stand.stock.paper.policy.level"
    >>> found = optimize(shop, minimize="total_cost", vary={path: "50..65"}, trials=20, replications=4)
    >>> 54 <= found.best[path] <= 59
    True
    """
    only_known(optimize, searching, Searching)
    scenario, told = loaded(scenario), (subject_to,) if isinstance(subject_to, str) else subject_to
    tried = Effort(**{name: searching[name] for name in Effort._fields if name in searching})  # type: ignore[literal-required]
    goal, effort, count = _completed(scenario, Goal(minimize, maximize, told, vary), tried)
    out, force = searching.get("out"), searching.get("force", False)
    problem = _problem(scenario, goal, effort)
    manifest = describe(scenario, problem, count)
    check_place(searching.get("where"), searching.get("workers"))
    simulate = _simulator(scenario, problem, searching.get("where"), searching.get("workers"))
    first = starts(scenario, problem.variables, problem.limits)
    with nullcontext() if out is None else occupied(Path(out), manifest, force=force) as folder:
        search = Search(problem, simulate, first, None if folder is None else folder / STUDY)
        found = search.run(count, searching.get("progress"))
        compared = _compared(problem, found, simulate)
        result = Optimization.of(scenario, problem, found, compared, manifest)
        if folder is not None:
            result.write(folder, force=force)
    return result


def _completed(scenario: Scenario, goal: Goal, effort: Effort) -> tuple[Goal, Effort, int]:
    """Fill in what the scenario's own block says, and else what is usual."""
    block = getattr(getattr(scenario.file, "experiments", None), "optimize", None)
    if isinstance(block, Optimize):
        if goal.minimize is None and goal.maximize is None:
            goal = goal._replace(minimize=block.minimize, maximize=block.maximize)
        goal = goal._replace(subject_to=goal.subject_to or block.subject_to, vary=goal.vary or block.vary)
        effort = Effort(
            effort.trials or block.trials,
            effort.replications or block.replications,
            effort.fresh,
            effort.candidates,
            block.confidence if effort.confidence is None else effort.confidence,
            effort.seed,
        )
    trials = whole("trials", TRIALS if effort.trials is None else effort.trials, least=1)
    count = whole("replications", REPLICATIONS if effort.replications is None else effort.replications, least=1)
    fresh = whole("fresh", max(2, FRESH_TIMES * count) if effort.fresh is None else effort.fresh, least=2)
    confidence = 0.95 if effort.confidence is None else effort.confidence
    seed = scenario.file.run.seed if effort.seed is None else effort.seed
    if not 0.5 <= confidence < 1:
        raise UsageError(f"confidence: found {confidence:g}; expected a number from 0.5 to less than 1")
    finals = whole("candidates", effort.candidates, least=1)
    return goal, Effort(trials, count, fresh, finals, confidence, whole("seed", seed, least=0)), trials


def _problem(scenario: Scenario, goal: Goal, effort: Effort) -> Problem:
    if (goal.minimize is None) == (goal.maximize is None):
        raise UsageError(
            "expected one figure to minimise or to maximise, for instance --minimize total_cost: found "
            + ("none" if goal.minimize is None else "both")
        )
    text = goal.minimize if goal.minimize is not None else str(goal.maximize)
    figures = chosen(scenario.network, [text])
    if len(figures) > 1:
        names = ", ".join(str(one) for one in figures[:5])
        raise UsageError(
            f"expected one figure to minimise or to maximise: {text!r} is {len(figures)} of them ({names})"
        )
    bounds, varied = tuple(limits(scenario.network, goal.subject_to)), variables(scenario, goal.vary)
    chance = _chance(scenario, varied)
    return Problem(
        objective=figures[0],
        maximize=goal.maximize is not None,
        limits=bounds,
        variables=varied,
        replications=(effort.replications or REPLICATIONS) if chance else 1,
        fresh=(effort.fresh or FRESH_TIMES * REPLICATIONS) if chance else 0,
        chance=chance,
        candidates=effort.candidates,
        confidence=effort.confidence or 0.95,
        seed=effort.seed or 0,
    )


def _chance(scenario: Scenario, varied: Sequence[Variable]) -> bool:
    """Whether replications can differ: as the scenario stands, or somewhere between the ends."""
    if involves_chance(scenario.network):
        return True
    for share in (0.0, 0.5, 1.0):
        with suppress(ScenarioError):
            if involves_chance(scenario.set(*(one.override(one.value(share)) for one in varied)).network):
                return True
    return False


def _simulator(
    scenario: Scenario, problem: Problem, where: Where, workers: int | None
) -> Callable[[Values, Sequence[int]], Array]:
    blueprint = Blueprint.of(scenario)

    def simulate(values: Values, numbers: Sequence[int]) -> Array:
        overrides = tuple(one.override(value) for one, value in zip(problem.variables, values, strict=True))
        case, chance = [(blueprint, overrides)], problem.seed
        found = draws(case, problem.measures, list(numbers), seed=chance, where=where, workers=workers)
        return np.asarray(found[0])

    return simulate


def _compared(problem: Problem, found: Sequence[Trial], simulate: Callable[..., Array]) -> list[tuple[Trial, Array]]:
    """Simulate the finalists on replications that the search has not seen; without chance all would be the same."""
    if not problem.chance:
        return [(trial, trial.figures) for trial in finalists(problem, found)]
    numbers = range(problem.replications + 1, problem.replications + problem.fresh + 1)
    return [(trial, simulate(trial.values, numbers)) for trial in finalists(problem, found)]
