"""Random scenarios that may be run: what the validator names is taken out of them, until it is content."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from hypothesis import reject
from plans import OF_STAGES, SIMPLEST_POLICY, Plan

import scmsim as sc
from scmsim.errors import Problem, ScenarioError

_NAMES = [f"n{number}" for number in range(9)]
NEEDED = {"nodes", "lanes", "products", "stock", "demand", "policy", "kind", "make", "sourcing", *"stpqcd", *_NAMES}
ROUNDS = 12
"""So often is a scenario mended."""

wasted: Counter[str] = Counter()
"""How many scenarios were drawn, how many of them could not be mended, and how many findings there were."""


def mended(plan: Plan, mapping: dict[str, Any]) -> sc.Scenario:
    """Take out what the validator names, until the scenario is valid."""
    for attempt in range(ROUNDS):
        try:
            return sc.from_dict(mapping)
        except ScenarioError as error:
            for problem in error.problems:
                mend(plan, mapping, problem, thorough=attempt > 3)
            mapping["lanes"][:] = [lane for lane in mapping["lanes"] if {"from", "to"} <= lane.keys()]
            _without_leftovers(mapping)
    wasted["wasted"] += 1
    return reject()


def _without_leftovers(mapping: dict[str, Any]) -> None:
    """Take away fleets and machines that nobody uses any more, and stages whose machines are gone."""
    for node in mapping["nodes"].values():
        resources, needed = node.get("resources", {}), set()
        for made in node.get("make", {}).values():
            names = {stage.get("resource") for stage in made.get("stages", ())}
            needed |= names if names <= resources.keys() else set()
            for key in OF_STAGES if not names or not names <= resources.keys() else ():
                made.pop(key, None)
        for name in resources.keys() - needed:
            del resources[name]
    ways = [(lane["from"], said) for lane in mapping["lanes"] for said in (lane, *lane.get("modes", {}).values())]
    used = {(sender, said.get("fleet")) for sender, said in ways}
    for name, node in mapping["nodes"].items():
        for fleet in [fleet for fleet in node.get("fleets", {}) if (name, fleet) not in used]:
            del node["fleets"][fleet]


def mend(plan: Plan, mapping: dict[str, Any], problem: Problem, *, thorough: bool) -> None:
    """Take out what a problem names: what its words quote, or else what stands there; or else begin anew there.

    What lacks something gets it, as long as that is not refused in its turn.
    """
    wasted["findings"] += 1
    path = [int(step) if step.isdigit() else step for step in problem.path.split(".")]
    if path[0] == "disruptions" and (len(path) < 3 or path[2] in ("of", "when")):
        mapping["disruptions"].pop(path[1], None)
        return
    quoted = set(re.findall(r"`(\w+)`?", problem.found))
    if thorough:
        quoted |= set(re.findall(r"`(\w+)`?", problem.expected))
    if path[-1] == "policy" and problem.found.endswith("without a policy"):
        mapping["nodes"][path[1]].setdefault("stock", {}).setdefault(path[3], {})["policy"] = dict(SIMPLEST_POLICY)
    elif needs := re.search(r"`share: .* for the policy of (\w+) at (\w+)", problem.expected):
        if thorough:
            mapping["nodes"][needs[2]]["stock"][needs[1]]["policy"] = dict(SIMPLEST_POLICY)
        else:
            mapping["lanes"][path[1]].setdefault("share", {})[path[3]] = True
    else:
        way = list(_way(mapping, path))
        here = mapping if thorough else way[-1][2]
        if not _take_quoted(here, quoted):
            _take_last(plan, way)


def _take_last(plan: Plan, way: list[tuple[Any, Any, Any]]) -> None:
    """Take out the last part of a way that need not be there, or make it what it was before anything was added."""
    for parent, key, part in reversed(way[1:]):
        bare = plan.bare.get(id(part))
        if bare is not None and (part != bare or not (bare.get("returns") or bare.get("lateral"))):
            part.clear()
            part.update(bare)
            return
        if bare is not None:
            part.clear()
            return
        if isinstance(parent, dict) and key not in plan.bare.get(id(parent), {}) and key not in NEEDED:
            del parent[key]
            return
    for part in way[-1][2] if isinstance(way[-1][2], list) else ():
        part.clear()
        part.update(plan.bare[id(part)])


def _way(mapping: Any, path: list[Any]) -> Iterator[tuple[Any, Any, Any]]:
    """Yield what stands on the way along a path, with what holds it and its key there."""
    here: Any = mapping
    yield None, None, here
    for step in path:
        if isinstance(here, dict):
            below = here.get(step)
        else:
            below = here[step] if isinstance(step, int) and step < len(here) else None
        if below is None:
            return
        yield here, step, below
        here = below
        if not isinstance(here, dict | list):
            return


def _take_quoted(here: Any, quoted: set[str]) -> bool:
    """Take all keys of some names out of a part; tell whether there were any."""
    if not isinstance(here, dict | list):
        return False
    found = False
    for key in list(here) if isinstance(here, dict) else ():
        if key in quoted - NEEDED:
            del here[key]
            found = True
    for part in here.values() if isinstance(here, dict) else here:
        if isinstance(part, dict | list):
            found |= _take_quoted(part, quoted)
    return found
