"""Factors tried at their ends, before anything is run."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from scmsim.errors import Problem, ScenarioError, UsageError
from scmsim.experiments.sweep.ends import of_vary
from scmsim.experiments.sweep.factors import Factor, override
from scmsim.scenario.overrides import parsed
from scmsim.scenario.scenario import Scenario
from scmsim.scenario.schema_experiments import Between

_INSIDE = np.array([0.41])
"""Where a factor is tried between its ends: nowhere round."""


def checked(scenario: Scenario, factors: Sequence[Factor]) -> tuple[Factor, ...]:
    """Return the factors, in whole numbers where nothing else is valid, after trying each at its ends.

    Raises
    ------
    UsageError
        Two factors stand on one path.
    ScenarioError
        The scenario is not valid at one of them, with every problem.
    """
    seen: dict[tuple[str, ...], str] = {}
    for one in factors:
        key = _key(one.path)
        if key in seen:
            raise UsageError(f"two factors on one path: {seen[key]} and {one.path}")
        seen[key] = one.path
    problems: dict[tuple[str, ...], Problem] = {}
    found = []
    for one in factors:
        wrong = tuple(problem for end in one.ends for problem in _problems(scenario, one, end))
        if not wrong:
            one, wrong = _in_whole_numbers(scenario, one)
        for problem in wrong:  # both ends of a factor may have the same
            problems.setdefault((problem.path, problem.found, problem.expected), problem)
        found.append(one)
    if problems:
        raise ScenarioError(tuple(problems.values()))
    return tuple(found)


def _key(path: str) -> tuple[str, ...]:
    parts = [str(part) for part in parsed(f"{path}=0")[0]]
    if parts[0] == "lanes" and len(parts) > 1:
        parts[1] = ":".join(end.strip() for end in parts[1].replace("->", ":").split(":"))
    return tuple(parts)


def _problems(scenario: Scenario, one: Factor, value: Any) -> tuple[Problem, ...]:
    try:
        scenario.set(override(one.path, value))
    except ScenarioError as error:
        return tuple(map(of_vary, error.problems))
    return ()


def _in_whole_numbers(scenario: Scenario, one: Factor) -> tuple[Factor, tuple[Problem, ...]]:
    """Take whole numbers between two whole ends where a fraction is not valid; what is still wrong is returned."""
    if not isinstance(one.spread, Between) or one.spread.integer:
        return one, ()
    wrong = _problems(scenario, one, one.at(_INSIDE)[0])
    if not wrong or not (one.spread.low.is_integer() and one.spread.high.is_integer()):
        return one, wrong
    whole = replace(one, spread=one.spread.model_copy(update={"integer": True}))
    wrong = _problems(scenario, whole, whole.at(_INSIDE)[0])
    return whole, wrong
