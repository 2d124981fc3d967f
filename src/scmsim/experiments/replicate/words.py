"""What replications say, in sentences: whether a precision was met, and what can be said of the worst."""

from typing import Any

import numpy as np

from scmsim.experiments.replicate.precision import Goal, Outcome
from scmsim.experiments.statistics.estimates import estimate
from scmsim.experiments.statistics.intervals import fewest_for_quantile, fewest_for_tail, share_beyond_worst
from scmsim.words import number, with_trust

GOALS = {"measure": "object", "wanted": "object", "half_width": "float64", "met": "bool", "needed": "float64"}
"""The columns of a table of goals, and what they hold."""

MOST_NAMED = 3
"""So many figures are named in a sentence; of more, those that are hardest to make precise."""


def goal_rows(outcome: Outcome) -> list[dict[str, Any]]:
    """Give a row per goal: measure, wanted, half_width, met, needed (NaN where no number of replications would do)."""
    return [
        {
            "measure": str(goal.measure),
            "wanted": goal.wanted,
            "half_width": state.width,
            "met": met,
            "needed": float("nan") if needed is None else float(needed),
        }
        for goal, state, met, needed in zip(outcome.goals, _states(outcome), outcome.met, outcome.needed, strict=True)
    ]


def told_goals(outcome: Outcome) -> tuple[str, ...]:
    """Say what came of the goals of a sequential run."""
    if not outcome.goals:
        return ()
    states = list(zip(outcome.goals, _states(outcome), outcome.needed, outcome.met, strict=True))
    made = len(outcome.draws)
    said = []
    if outcome.exact:
        named = [f"{goal.measure} is {number(state.mean)}" for goal, state, *_ in states]
        said.append(
            f"Nothing in this scenario is left to chance: there is nothing to be precise about, and one replication "
            f"says it all. {_listed(named)}"
        )
    elif all(outcome.met):
        hardest = sorted(states, key=lambda each: -each[1].strain)
        named = [f"{goal.measure} is {state.text} ({goal.wanted} asked)" for goal, state, *_ in hardest]
        said.append(f"Needed {made:,} replications: {_listed(named)}")
    else:
        unmet = sorted((each for each in states if not each[3]), key=lambda each: -each[1].strain)
        named = [_unmet(goal, state, needed) for goal, state, needed, _ in unmet]
        said.append(f"{made:,} replications, the most allowed, are too few: {_listed(named)}")
    fixed = [str(goal.measure) for goal, state, *_ in states if state.width == 0]
    if fixed and not outcome.exact:
        said.append(
            f"No difference in {made} replications: {_listed(fixed)}. Either no chance touches that, and one "
            f"replication says it all, or what does is rarer"
        )
    if outcome.left_out:
        without = _listed([str(goal.measure) for goal in outcome.left_out])
        said.append(f"Left out, as it is undefined in the first replications: {without}")
    return tuple(said)


def told_shape(count: int) -> tuple[str, ...]:
    """Say what so many replications tell of the worst, and which intervals they are too few for."""
    if count < 2:
        return ("One replication has no interval",)
    beyond = f"{100 * share_beyond_worst(count):.2g} % of all runs"
    said = [f"With 95 % confidence, at most {beyond} lie below the lowest of these {count}; as many above the highest"]
    limits = {
        "an interval for the median": fewest_for_quantile(0.5),
        "intervals for the 5 % and 95 % quantiles": fewest_for_quantile(0.05),
        "an interval for the mean of the worst 5 %": fewest_for_tail(0.05),
    }
    missing = [f"{what} from {fewest} on" for what, fewest in limits.items() if count < fewest]
    if missing:
        said.append(f"{count} replications are too few for some intervals; there would be {', '.join(missing)}")
    return tuple(said)


class _State:
    """Where a goal's figure stands after all replications."""

    def __init__(self, goal: Goal, mean: float, width: float) -> None:
        allowed = goal.allowed(mean)
        self.mean, self.width, self.text = mean, width, with_trust(mean, width)
        self.strain = width / allowed if allowed > 0 else (0.0 if width == 0 else np.inf)


def _states(outcome: Outcome) -> list[_State]:
    if not outcome.goals:
        return []
    means, widths, _ = estimate(outcome.draws[:, list(outcome.columns)])
    if outcome.exact:
        widths = np.zeros_like(means)
    return [_State(goal, float(m), float(w)) for goal, m, w in zip(outcome.goals, means, widths, strict=True)]


def _unmet(goal: Goal, state: _State, needed: int | None) -> str:
    said = f"{goal.measure} is {state.text} where {goal.wanted} was asked, which "
    if needed is not None:
        return said + f"takes about {needed:,}"
    if np.isnan(state.width):
        return said + "nobody can tell, as it is hardly ever defined"
    return said + "no number of them gives" + (": ask for an absolute precision" if goal.relative else "")


def _listed(said: list[str]) -> str:
    rest = len(said) - MOST_NAMED
    shown = said if rest <= 1 else said[:MOST_NAMED]
    return "; ".join(shown) + (f"; and {rest} more" if rest > 1 else "")
