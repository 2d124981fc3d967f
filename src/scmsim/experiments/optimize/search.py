"""The search itself: candidates are proposed, simulated on the same random numbers, and kept in a study of Optuna.

Of six proposals one comes from Optuna's tree-structured Parzen estimator (Bergstra et al. 2011, with constraints), one
is a step from the best candidate so far, whose length adapts to success (Rechenberg's one-fifth rule), and four are
where models of the cost and of every limit promise most (`scmsim.experiments.optimize.local_model`). Once nothing
better is found around the best, the steps and half of the models start from the best of other places, too, which may
lie in a deeper valley. What is proposed depends on the seed and on the candidates before alone, so a search that was
interrupted goes on as if it had not been.
"""

import math
import warnings
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from scmsim.errors import MissingExtra, SimulationError
from scmsim.experiments.optimize.local_model import LEAST, Known, suggested
from scmsim.experiments.optimize.problem import Array, Problem, Trial, Values
from scmsim.experiments.optimize.warm_start import Start

Simulate = Callable[[Values, Sequence[int]], Array]
"""Values and numbers of replications in, figures out: one row per replication, one column per measure."""

MOST_FAILURES = 50
"""So many candidates in a row may be no valid scenario, or fail, before the search gives up."""
PRUNE_FROM, PRUNE_LEAST, PRUNE_SHARE, PRUNE_CONFIDENCE = 8, 4, 3, 0.999
"""With at least so many replications, four of them or a third decide whether a candidate is hopeless, so surely."""
_STEP, _LONGEST, _SHORTEST = 0.12, 0.5, 0.002
_AFTER_SUCCESS, _AFTER_FAILURE = 1.8, 0.8
_TRIES = 40
NEAR, MODEL, ESTIMATOR = "step from the best", "model", "parzen estimator"
TURNS = (ESTIMATOR, MODEL, MODEL, NEAR, MODEL, MODEL)
"""Who proposes, one after the other."""
SETTLED, LITTLE = 12, 0.002
"""After so many candidates that improve by less than such a share of the median's distance from the best ..."""
VALLEYS, APART = 3, 0.1
"""... steps start in turn from the best of so many valleys, so far from each other as shares of the ends."""
WIDTHS = (1.0, 0.5)
"""How many margins the models keep from the limits, in turn: the cheapest candidates may be found to be sure enough."""


class Search:
    """A study of one problem, which goes on where it was left.

    Parameters
    ----------
    problem : Problem
        What is searched.
    simulate : callable
        Simulates a candidate.
    starts : sequence of Start
        Where to begin.
    file : Path, optional
        The SQLite file of the study; in memory unless given.
    """

    def __init__(self, problem: Problem, simulate: Simulate, starts: Sequence[Start], file: Path | None = None) -> None:
        self._problem, self._simulate, self._starts = problem, simulate, list(starts)
        self._optuna = _optuna()
        self._study = self._opened(file)
        self.trials: list[Trial] = [self._remembered(trial) for trial in self._complete()]
        self._seen = {trial.values for trial in self.trials}
        self._tried_in_vain: set[Values] = set()

    def run(self, count: int, progress: Callable[[int, int], None] | None = None) -> list[Trial]:
        """Go on until there are ``count`` candidates, or all there are; return them.

        Raises
        ------
        SimulationError
            Too many candidates in a row failed; the message says how.
        """
        failures = 0
        while len(self.trials) < count and (proposal := self._proposal(count)) is not None:
            error = self._try(*proposal)
            failures = failures + 1 if error else 0
            if failures >= MOST_FAILURES:
                raise SimulationError(f"{failures} candidates in a row failed; the last: {error}")
            if progress:
                progress(len(self.trials), count)
        return self.trials

    @property
    def best(self) -> Trial | None:
        """The best candidate so far: the cheapest that keeps to the limits, or that which misses them least."""
        whole = [trial for trial in self.trials if len(trial.figures) == self._problem.replications]
        return min(whole, key=self._rank, default=None)

    def _rank(self, trial: Trial) -> tuple[float, float]:
        cost = -trial.estimate if self._problem.maximize else trial.estimate
        return max(trial.shortfall, 0.0), cost

    # ---- proposals

    def _proposal(self, count: int) -> tuple[Values, str, Any] | None:
        """Return values, their source and the trial of Optuna that they come from, if any; None when all are tried."""
        taken = self._seen | self._tried_in_vain
        for source, values in self._starts:
            if values not in taken:
                return values, source, None
        if self._size is not None and self._size <= count:
            rest = next((values for values in self._every() if values not in taken), None)
            return None if rest is None else (rest, "every point", None)
        number = len(self.trials) + len(self._tried_in_vain)
        if (turn := TURNS[number % len(TURNS)]) is not ESTIMATOR:
            return (*self._proposed(turn, number, taken), None)
        trial = self._asked(number)
        values = tuple(trial.params[one.path] for one in self._problem.variables)
        if values in taken:
            self._study.tell(trial, state=self._optuna.trial.TrialState.FAIL)
            return (*self._proposed(NEAR, number, taken), None)
        return values, ESTIMATOR, trial

    @cached_property
    def _size(self) -> int | None:
        """How many candidates there are; None where they cannot be counted."""
        if not all(one.integer for one in self._problem.variables):
            return None
        return math.prod(int(one.high - one.low) + 1 for one in self._problem.variables)

    def _every(self) -> Iterator[Values]:
        return product(*(range(int(one.low), int(one.high) + 1) for one in self._problem.variables))

    def _proposed(self, turn: str, number: int, taken: set[Values]) -> tuple[Values, str]:
        """Propose what the models promise, or a step from the best where they know too little or nothing new."""
        rng = np.random.default_rng([self._problem.seed, number])
        whole = [trial for trial in self.trials if len(trial.figures) == self._problem.replications]
        dropped = [trial for trial in self.trials if len(trial.figures) < self._problem.replications]
        ranked = [*sorted(whole, key=self._rank), *dropped]
        near = turn is NEAR or number % 2 == 0
        if near and self._has_settled():
            ranked = self._from_elsewhere(ranked, number // len(TURNS))
        if turn is MODEL and len(ranked) >= LEAST:
            known = self._known(ranked, WIDTHS[number // len(TURNS) % len(WIDTHS)])
            for shares in suggested(known, rng, near=near):
                if (values := self._values(shares)) not in taken:
                    return values, MODEL
        return self._step(ranked, rng, taken), NEAR

    def _has_settled(self) -> bool:
        """Tell whether the latest candidates have brought next to nothing: another valley may be deeper."""
        earlier = [self._rank(trial) for trial in self.trials[:-SETTLED]]
        if not earlier:
            return False
        costs = sorted(cost for _, cost in map(self._rank, self.trials))
        (missed, cost), (misses, now) = min(earlier), min(map(self._rank, self.trials))
        return misses == missed and cost - now <= LITTLE * (costs[len(costs) // 2] - costs[0])

    def _from_elsewhere(self, ranked: Sequence[Trial], turn: int) -> list[Trial]:
        """Put first, in turn, the best candidate of all and the best ones that are far from all better ones."""
        apart: list[int] = []
        for at, trial in enumerate(ranked):
            here = np.array(self._shares(trial))
            if all(np.max(np.abs(here - self._shares(ranked[other]))) >= APART for other in apart):
                apart.append(at)
            if len(apart) == VALLEYS:
                break
        first = apart[turn % len(apart)]
        return [ranked[first], *ranked[:first], *ranked[first + 1 :]]

    def _known(self, ranked: Sequence[Trial], widths: float) -> Known:
        sign = -1.0 if self._problem.maximize else 1.0
        return Known(
            np.array([self._shares(each) for each in ranked]),
            np.array([sign * each.estimate for each in ranked]),
            np.array([self._problem.shortfalls(each.figures, widths) for each in ranked]).reshape(len(ranked), -1),
        )

    def _step(self, ranked: Sequence[Trial], rng: np.random.Generator, taken: set[Values]) -> Values:
        """Propose something near the best candidate; further off while all near it are taken."""
        length = self._length()
        values: Values = ()
        for _ in range(_TRIES):
            moved = rng.standard_normal(len(self._problem.variables))
            values = self._values(self._shares(ranked[0]) + length * moved if ranked else rng.random(len(moved)))
            if values not in taken:
                break
            length = min(1.0, length * 1.3)
        return values

    def _shares(self, trial: Trial) -> list[float]:
        return [one.share(value) for one, value in zip(self._problem.variables, trial.values, strict=True)]

    def _values(self, shares: Array) -> Values:
        pairs = zip(self._problem.variables, np.clip(shares, 0, 1), strict=True)
        return tuple(one.value(float(share)) for one, share in pairs)

    def _length(self) -> float:
        """Return the length of the next step, as a share of the ends: longer after success, shorter after failure."""
        length, best = _STEP, None
        for trial in self.trials:
            better = best is None or self._rank(trial) < best
            if trial.source == NEAR:
                length = min(_LONGEST, length * _AFTER_SUCCESS) if better else max(_SHORTEST, length * _AFTER_FAILURE)
            best = self._rank(trial) if better else best
        return length

    def _asked(self, number: int) -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self._study.sampler = self._sampler(self._problem.seed * 1_000_003 + number)
            return self._study.ask(self._distributions)

    # ---- trials

    def _try(self, values: Values, source: str, trial: Any) -> str:
        """Simulate a candidate and write it down; return why it failed, or nothing."""
        if trial is None:
            named = {one.path: value for one, value in zip(self._problem.variables, values, strict=True)}
            self._study.enqueue_trial(named)
            trial = self._study.ask(self._distributions)
        try:
            found = self._measured(values, source)
        except SimulationError as error:
            self._tried_in_vain.add(values)
            self._study.tell(trial, state=self._optuna.trial.TrialState.FAIL)
            return str(error)
        trial.set_user_attr("source", source)
        trial.set_user_attr("figures", [[None if math.isnan(x) else x for x in row] for row in found.figures.tolist()])
        trial.set_user_attr("estimate", found.estimate)
        trial.set_user_attr("shortfall", found.shortfall)
        if hasattr(trial, "set_constraint"):
            trial.set_constraint("limits", max(found.shortfall, 0.0))
        self._study.tell(trial, found.estimate)
        self.trials.append(found)
        self._seen.add(values)
        return ""

    def _measured(self, values: Values, source: str) -> Trial:
        problem, best = self._problem, self.best
        few = max(PRUNE_LEAST, problem.replications // PRUNE_SHARE)
        numbers = range(1, problem.replications + 1)
        if problem.replications >= PRUNE_FROM and best is not None and best.feasible:
            first = self._simulate(values, numbers[:few])
            difference = first[:, 0] - best.figures[:few, 0]
            if self._is_hopeless(difference):
                estimate = float(best.estimate + difference.mean())
                return Trial(values, source, first, estimate, problem.shortfall(first))
            figures = np.concatenate([first, self._simulate(values, numbers[few:])])
        else:
            figures = self._simulate(values, numbers)
        estimate = float(np.mean(figures[:, 0]))
        if math.isnan(estimate):
            raise SimulationError(f"{problem.objective} is undefined in a replication, so it cannot be searched for")
        return Trial(values, source, figures, estimate, problem.shortfall(figures))

    def _is_hopeless(self, difference: Array) -> bool:
        """Whether paired differences to the best candidate say that it is worse, almost surely."""
        from scipy.special import stdtrit

        worse = -difference if self._problem.maximize else difference
        n = len(worse)
        if n < 2 or np.isnan(worse).any():
            return False
        margin = float(stdtrit(n - 1, PRUNE_CONFIDENCE)) * float(worse.std(ddof=1)) / math.sqrt(n)
        return bool(worse.mean() - margin > 0)

    # ---- Optuna

    def _opened(self, file: Path | None) -> Any:
        optuna = self._optuna
        optuna.logging.set_verbosity(optuna.logging.ERROR)
        storage = f"sqlite:///{file}" if file is not None else None
        direction = "maximize" if self._problem.maximize else "minimize"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            study = optuna.create_study(storage=storage, study_name="search", direction=direction, load_if_exists=True)
        states = optuna.trial.TrialState
        for left in study.get_trials(deepcopy=False, states=(states.RUNNING, states.WAITING)):
            study._storage.set_trial_state_values(left._trial_id, states.FAIL)
        return study

    def _complete(self) -> list[Any]:
        found: list[Any] = self._study.get_trials(deepcopy=False, states=(self._optuna.trial.TrialState.COMPLETE,))
        return found

    def _remembered(self, trial: Any) -> Trial:
        attributes = trial.user_attrs
        figures = np.array(attributes["figures"], dtype=np.float64).reshape(-1, len(self._problem.measures))
        values = tuple(trial.params[one.path] for one in self._problem.variables)
        return Trial(values, attributes["source"], figures, attributes["estimate"], attributes["shortfall"])

    @cached_property
    def _distributions(self) -> dict[str, Any]:
        kinds = self._optuna.distributions
        return {
            one.path: kinds.IntDistribution(int(one.low), int(one.high), log=one.log)
            if one.integer
            else kinds.FloatDistribution(one.low, one.high, log=one.log)
            for one in self._problem.variables
        }

    def _sampler(self, seed: int) -> Any:
        settings: dict[str, Any] = {"seed": seed % 2**32, "multivariate": True, "constant_liar": False}
        if not hasattr(self._optuna.trial.Trial, "set_constraint"):
            settings["constraints_func"] = lambda trial: (max(trial.user_attrs.get("shortfall", 0.0), 0.0),)
        return self._optuna.samplers.TPESampler(**settings)


def _optuna() -> Any:
    try:
        import optuna
    except ImportError:
        raise MissingExtra("Searching for the best values", "optimize") from None
    return optuna
