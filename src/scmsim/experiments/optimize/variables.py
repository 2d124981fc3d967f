"""What a search may change: paths of a scenario, each a number between two ends."""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from scmsim.errors import ScenarioError, UsageError
from scmsim.experiments.sweep.ends import Written, between, check_counts, of_vary, written_ends
from scmsim.scenario.overrides import parsed
from scmsim.scenario.scenario import Scenario
from scmsim.scenario.schema_experiments import Between

_EXPECTED = "PATH=LOW..HIGH, perhaps with ,log or ,integer or ,real at its end"


@dataclass(frozen=True)
class Variable:
    """A number of the scenario that may be changed.

    Parameters
    ----------
    path : str
        As after ``--set``.
    low, high : float
        Its ends, both allowed.
    integer : bool
        Whether it is a whole number.
    log : bool
        Whether ratios count and not differences.
    """

    path: str
    low: float
    high: float
    integer: bool = False
    log: bool = False

    @property
    def steps(self) -> tuple[str | int, ...]:
        """The path, taken apart."""
        return parsed(f"{self.path}=0")[0]

    def rounded(self, value: float) -> float:
        """Return the nearest value that is allowed.

        Examples
        --------
        >>> Variable("time.horizon", 1, 9, integer=True).rounded(12.4)
        9
        """
        inside = min(max(value, self.low), self.high)
        return round(inside) if self.integer else float(f"{inside:.6g}") if self.low < inside < self.high else inside

    def share(self, value: float) -> float:
        """Return where a value lies between the ends, from 0 to 1."""
        low, high, at = (self._scaled(number) for number in (self.low, self.high, value))
        return (at - low) / (high - low)

    def value(self, share: float) -> float:
        """Return the allowed value at a share of the way from the lower to the upper end."""
        low, high = self._scaled(self.low), self._scaled(self.high)
        at = low + share * (high - low)
        return self.rounded(math.exp(at) if self.log else at)

    def override(self, value: float) -> str:
        """Write a value as an override.

        Examples
        --------
        >>> Variable("time.horizon", 1, 9, integer=True).override(4)
        'time.horizon=4'
        """
        return f"{self.path}={int(value)}" if self.integer else f"{self.path}={value!r}"

    def _scaled(self, number: float) -> float:
        return math.log(number) if self.log else number


def variables(scenario: Scenario, vary: "Mapping[str, Any] | Sequence[str]") -> tuple[Variable, ...]:
    """Read what may be changed, and check that the scenario has it.

    Parameters
    ----------
    scenario : Scenario
        What is searched.
    vary : mapping or sequence of str
        Paths with ends (``"0..50"``, a pair of numbers, or `Between`), or texts ``PATH=LOW..HIGH``.

    Raises
    ------
    UsageError
        Nothing is varied, one path twice, or ends are missing or the wrong way round.
    ScenarioError
        There is no such path, or no value between the ends is allowed there.

    Examples
    --------
    >>> from scmsim.scenario.load import load
    >>> newsvendor = load("scenarios/newsvendor.yaml")
    >>> variables(newsvendor, ["nodes.stand.stock.paper.policy.level=40..80"])[0].integer
    True
    """
    pairs = [_split(text) for text in vary] if not isinstance(vary, Mapping) else list(vary.items())
    if not pairs:
        raise UsageError(f"nothing to vary: expected at least one {_EXPECTED}")
    found = [_variable(path, ends) for path, ends in pairs]
    known: dict[tuple[str | int, ...], str] = {}
    for one in found:
        if one.steps in known:
            raise UsageError(f"{one.path} is varied twice")
        known[one.steps] = one.path
    _check(scenario, found)
    return tuple(found)


def _split(text: str) -> tuple[str, str]:
    _, ends = parsed(text)
    return text[: len(text) - len(ends) - 1], ends


def _variable(path: str, ends: Any) -> Variable:
    check_counts(path)
    try:
        written = _written(ends)
    except (ValueError, ValidationError):
        raise UsageError(
            f"{path}: found {ends!r}; expected LOW..HIGH with LOW below HIGH, for instance {path}=0..50"
        ) from None
    found = between(path, written, ends)
    return Variable(path, found.low, found.high, found.integer, found.log)


def _written(ends: Any) -> Written:
    if isinstance(ends, str):
        return written_ends(ends)
    if isinstance(ends, Between | Mapping):
        return Written(Between.model_validate(ends), frozenset(), whole=False)
    low, high = ends
    whole = not (isinstance(low, float) or isinstance(high, float))
    return Written(Between.model_validate({"from": low, "to": high}), frozenset(), whole)


def _check(scenario: Scenario, found: Iterable[Variable]) -> None:
    """Find out that a path leads nowhere, or that no value is allowed there, before anything is run."""
    problems: list[Any] = []
    for one in found:
        errors = []
        for share in (0.5, 0.0, 1.0):
            try:
                scenario.set(one.override(one.value(share)))
                break
            except ScenarioError as error:
                errors.append(error)
        else:
            problems += errors[0].problems
    if problems:
        raise ScenarioError(tuple(map(of_vary, problems)))


def value_in(scenario: Scenario, steps: Sequence[str | int]) -> float | None:
    """Return the number that stands at a path of a scenario; None where there is none.

    A level that a policy computes is the computed one.

    Examples
    --------
    >>> from scmsim.scenario.load import load
    >>> value_in(load("scenarios/beer_game.yaml"), ("nodes", "retailer", "stock", "beer", "policy", "target"))
    28.0
    """
    if len(steps) == 6 and steps[0] == "nodes" and steps[2] == "stock" and steps[4] == "policy":
        for point in scenario.network.points:
            if (point.node, point.product) == (steps[1], steps[3]):
                return _number(getattr(point.policy, str(steps[5]), None))
    here: Any = scenario.file
    for part in steps:
        here = _below(here, part)
    return _number(here)


def _below(here: Any, part: str | int) -> Any:
    if isinstance(here, Mapping):
        return here.get(part, here.get(str(part)))
    if isinstance(here, BaseModel):
        names = {field.alias or name: name for name, field in type(here).model_fields.items()}
        return getattr(here, names.get(str(part), str(part)), None)
    if isinstance(here, list | tuple):
        if isinstance(part, int):
            return here[part] if part < len(here) else None
        ends = [end.strip() for end in re.split(r"->|:", part)]
        return next(
            (lane for lane in here if [getattr(lane, "origin", 0), getattr(lane, "destination", 0)] == ends), None
        )
    return None


def _number(found: Any) -> float | None:
    return float(found) if isinstance(found, int | float) and not isinstance(found, bool) else None
