"""What a sweep is going to do, checked as far as it can be before anything runs."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pydantic import BaseModel

from scmsim.errors import ScenarioError, UsageError
from scmsim.experiments.execution.blueprint import Blueprint
from scmsim.experiments.measures import Measure, chosen, usual
from scmsim.experiments.storage.folder import MANIFEST, REPORT, SCENARIO
from scmsim.experiments.storage.manifest import FORMAT, describe
from scmsim.experiments.sweep.design import Plan, check_runs, planned
from scmsim.experiments.sweep.ends import of_vary
from scmsim.experiments.sweep.factors import Factor, as_text, factor, override
from scmsim.experiments.sweep.ledger import FILES, Columns, kind_of
from scmsim.scenario.load import check, default_check, factor_problems
from scmsim.scenario.overrides import parsed
from scmsim.scenario.reader import read
from scmsim.scenario.scenario import Scenario
from scmsim.scenario.schema_experiments import Sweep as Block

KIND = "sweep"
RUNS, SUMMARY, WORKBOOK, PARQUET = "runs.csv", "summary.csv", "runs.xlsx", "runs.parquet"
WRITTEN = (MANIFEST, SCENARIO, REPORT, RUNS, SUMMARY, WORKBOOK, PARQUET)
MOST_PROBLEMS = 20
"""So many bad values are told of at once."""
CHUNK = 5_000
"""So many values of a factor are looked at in one go."""

Vary = Mapping[str, Any] | Sequence[tuple[str, Any]]


@dataclass(frozen=True)
class Assignment:
    """A sweep, laid out.

    Parameters
    ----------
    scenario : Scenario
        What is varied.
    blueprint : Blueprint
        What its points are made from.
    plan : Plan
        The points.
    measures : tuple of Measure
        The figures kept of every run.
    seed, replications : int
        As for a run.
    """

    scenario: Scenario
    blueprint: Blueprint
    plan: Plan
    measures: tuple[Measure, ...]
    seed: int
    replications: int

    @property
    def runs(self) -> int:
        """How many runs there are in all."""
        return len(self.plan) * self.replications

    @cached_property
    def columns(self) -> Columns:
        """The columns of its tables."""
        kinds = {one.path: kind_of(self.plan.column(place)) for place, one in enumerate(self.plan.factors)}
        return Columns(kinds, tuple(map(str, self.measures)))

    @cached_property
    def identity(self) -> dict[str, str]:
        """Two hashes by which its scenario is known: of what it means, and of how that is written."""
        return {"sha256": self.scenario.sha256, "contents": contents(self.blueprint)}

    def manifest(self) -> dict[str, Any]:
        """Say what the sweep is, with nothing in it that changes when it is repeated."""
        of_run = describe(self.scenario, seed=self.seed, replications=self.replications, record="summary")
        kept = ("scenario", "file", "sha256", "seed", "replications", "versions")
        return {
            "scmsim_experiment": FORMAT,
            "kind": KIND,
            **{key: of_run[key] for key in kept},
            "contents": self.identity["contents"],
            "design": self.plan.design,
            "points": len(self.plan),
            "factors": {one.path: one.said for one in self.plan.factors},
            "columns": self.columns.factors,
            "measures": list(self.columns.measures),
            "files": sorted([*WRITTEN, *FILES, *(f".{name}.new" for name in WRITTEN)]),
        }

    def points(self, first: int = 0) -> Iterator[tuple[int, tuple[str, ...], tuple[Any, ...]]]:
        """Yield number, changes and values of every point from one on."""
        for number in range(first, len(self.plan)):
            yield number, self.plan.overrides(number), self.plan.values(number)


def assigned(
    scenario: Scenario,
    vary: Vary | None,
    block: Block | None,
    seed: int | None,
    looking: Callable[[int, int, int, int], None] = lambda *_: None,
) -> Assignment:
    """Lay out a sweep.

    Parameters
    ----------
    scenario : Scenario
        What is varied.
    vary : mapping or sequence of pairs, optional
        The factors; those of the block unless given.
    block : Sweep, optional
        Everything else: design, points, replications, measures.
    seed : int, optional
        Where chance begins; the scenario's own unless given.
    looking : callable, optional
        Called with points, replications, values looked at and values in all: once before, and now and then.

    Raises
    ------
    UsageError
        Something is asked for that there is not, or more than is sane.
    ScenarioError
        A path leads nowhere, two factors meet, or a value cannot stand at its path.
    """
    pairs = _pairs(vary if vary is not None else block.vary if block is not None else {})
    factors = [factor(path, variation) for path, variation in pairs]
    own = scenario.file.run
    seed = own.seed if seed is None else _whole("seed", seed, 0)
    design, points = (block.design, block.points) if block is not None else ("grid", None)
    base = [base_value(scenario, one.path) for one in factors]
    plan = planned(factors, design, points, seed, base)
    replications = block.replications if block is not None and block.replications is not None else own.replications
    check_runs(len(plan), replications)
    wanted = block.measures if block is not None else ()
    measures = chosen(scenario.network, wanted) if wanted else usual(scenario.network)
    others = _check(scenario, plan.factors, lambda done, of: looking(len(plan), replications, done, of))
    return Assignment(scenario, Blueprint.of(scenario, *others), plan, tuple(measures), seed, replications)


def _pairs(vary: Vary) -> list[tuple[str, Any]]:
    pairs = list(vary.items()) if isinstance(vary, Mapping) else list(vary)
    if not all(isinstance(pair, tuple) and len(pair) == 2 and isinstance(pair[0], str) for pair in pairs):
        raise UsageError("vary should be a mapping from paths to values, a range or a distribution")
    for path, _ in pairs:
        steps, rest = parsed(f"{path}=")
        if rest:
            raise UsageError(f"the path {path!r}: expected a path of the scenario, for instance time.horizon")
        if steps[0] == "run":
            raise UsageError(f"{path} cannot be varied: seed and replications are those of the whole sweep")
    return pairs


def _check(scenario: Scenario, factors: Sequence[Factor], tell: Callable[[int, int], None]) -> list[Scenario]:
    """Look at every value alone, and return the scenarios that may read other files than this one."""
    of, done = sum(len(one.ends) for one in factors), 0
    tell(0, of)
    found = list(factor_problems(scenario, [(one.path, one.ends[:CHUNK]) for one in factors]))
    for one in factors:
        done += len(one.ends[:CHUNK])
        for start in range(CHUNK, len(one.ends), CHUNK) if len(found) < MOST_PROBLEMS else ():
            tell(done, of)
            found += factor_problems(scenario, [(one.path, one.ends[start : start + CHUNK])])
            done += len(one.ends[start : start + CHUNK])
    others: list[Scenario] = []
    plain = Blueprint(scenario.source.without_experiments())
    for one in factors if not found else ():
        for value, alone in _to_look_at(scenario, one):
            if len(found) >= MOST_PROBLEMS:
                break
            change = override(one.path, value)
            try:
                if alone:
                    check(plain.source.changed((change,)))
                    continue
                made = plain.scenario([change])
            except ScenarioError as error:
                found += (of_vary(problem) for problem in error.problems)
            else:
                others += [made] if set(made.files) - set(scenario.files) else []
    if found:
        raise ScenarioError(tuple(found[:MOST_PROBLEMS]))
    return others


def _to_look_at(scenario: Scenario, one: Factor) -> Iterator[tuple[Any, bool]]:
    """Yield values at which to look in the whole scenario, and whether to look at its parts alone, without a network.

    A default is in many entries, in none of which its values have been looked at yet.
    """
    telling = _telling(one)
    yield from ((value, False) for value in telling)
    if one.path.split(".")[0] == "defaults" and len(telling) < len(one.ends):
        fits, known = default_check(scenario, one.path), set(map(as_text, telling))
        yield from ((value, True) for value in one.ends if not fits(value) and as_text(value) not in known)


def _telling(one: Factor) -> list[Any]:
    """Return the values with which a whole scenario is made: the extreme numbers, and everything that is no number.

    The numbers between were looked at in the entry they change, or are in all entries where they are defaults, and the
    network knows only too small and too large.
    """
    numbers = [value for value in one.ends if isinstance(value, int | float) and not isinstance(value, bool)]
    others = [value for value in one.ends if not isinstance(value, int | float) or isinstance(value, bool)]
    return [*dict.fromkeys((min(numbers), max(numbers))), *others] if numbers else others


def base_value(scenario: Scenario, path: str) -> Any:
    """Return what a scenario says at a path, as plain data; None where it says nothing.

    Examples
    --------
    >>> from scmsim.scenario.load import load
    >>> base_value(load("scenarios/beer_game.yaml"), "nodes.retailer.stock.beer.policy.target")
    28.0
    """
    from scmsim.scenario.writing import written

    here: Any = scenario.file
    steps = parsed(f"{path}=")[0]
    if len(steps) > 3 and (steps[0], steps[2]) == ("nodes", "stock"):
        node = scenario.file.nodes.get(str(steps[1]))
        if node is not None and str(steps[3]) not in node.stock:  # one that is not listed is as the defaults say
            here, steps = scenario.file.defaults.stock, steps[4:]
    for part in steps:
        here = _step(here, part)
    return written(here) if isinstance(here, BaseModel | Mapping | tuple) else here


def _step(here: Any, part: str | int) -> Any:
    if isinstance(here, BaseModel):
        fields = type(here).model_fields
        name = next((name for name, field in fields.items() if part in (name, field.alias)), None)
        return getattr(here, name) if name is not None else None
    if isinstance(here, Mapping):
        return here.get(part, here.get(str(part)))
    if not isinstance(here, tuple):
        return here if part == 0 else None
    if isinstance(part, int):
        return here[part] if part < len(here) else None
    ends = [end.strip() for end in part.replace("->", ":").split(":")]
    lanes = [lane for lane in here if [getattr(lane, "origin", None), getattr(lane, "destination", None)] == ends]
    if lanes:
        return lanes[0]
    return _step(here[0], part) if len(here) == 1 else None


def contents(blueprint: Blueprint) -> str:
    """Return a hash of what a scenario's file and tables say, however they are laid out, without its experiments."""
    source = blueprint.source
    plain = source.mapping
    if plain is None:
        root = read(source.text, "").root
        plain = root.plain() if root is not None else {}
    said = {key: value for key, value in dict(plain).items() if key != "experiments"}
    overrides = [one for one in source.overrides if parsed(one)[0][0] != "experiments"]
    text = json.dumps([said, overrides], sort_keys=True, default=str)
    found = hashlib.sha256(text.encode())
    for name, data in blueprint.files:
        found.update(name.encode() + b"\0" + data)
    return found.hexdigest()


def _whole(name: str, value: object, least: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise UsageError(f"{name} is {value!r}; expected a whole number of at least {least}")
    return value
