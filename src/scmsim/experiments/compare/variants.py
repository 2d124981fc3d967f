"""Variants of a scenario, and the names that scenarios have in a comparison."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from os import PathLike
from typing import Any

from scmsim.errors import Problem, ScenarioError, UsageError
from scmsim.experiments.run.run import loaded
from scmsim.scenario.scenario import Scenario
from scmsim.scenario.source import from_mapping

Changes = Mapping[str, Any] | Sequence[str]
Policies = bool | Mapping[str, Changes] | None
Given = Scenario | str | PathLike[str]

BASE = "base"
"""What the scenario as it stands is called beside its variants."""
_NO_FIGURE: Mapping[str, Any] = {"name": "", "description": "", "run": None, "experiments": None}
"""What a scenario says that changes no figure on the same random numbers, left out."""


def variants(scenarios: Sequence[Given], policies: Policies) -> list[tuple[str, Scenario]]:
    """Load scenarios and make the variants of the first.

    Parameters
    ----------
    scenarios : sequence of Scenario or path
        At least one.
    policies : bool, mapping or None
        Variants of the first scenario by name; True for those of its file.

    Returns
    -------
    list of (str, Scenario)
        Each with its name; an empty one where it has yet to be found (`named`).

    Raises
    ------
    UsageError
        There is no scenario, or the file has no variants.
    ScenarioError
        A variant is not valid.
    """
    if not scenarios:
        raise UsageError("a comparison needs two scenarios, and there is none")
    found = [loaded(one, by="compare") for one in scenarios]
    if policies is None or policies is False:
        return [("", one) for one in found]
    base = found[0]
    if policies is True and len(found) > 1:
        raise UsageError(f"policies are the variants in one file, and there are {len(found)} files: give one")
    block = base.file.experiments.compare if base.file.experiments else None
    if policies is True and block is None:
        raise UsageError(
            f"{base.name} has no variants to compare: write experiments: {{compare: {{policies: {{NAME: {{PATH: "
            f"VALUE}}}}}}}} into the file, or give variants (policies={{...}}, or --variant NAME:PATH=VALUE)"
        )
    wanted: Mapping[str, Changes] = block.policies if isinstance(policies, bool) and block else dict(policies)  # type: ignore[arg-type]
    with_base = policies is not True or block is None or block.base
    if with_base and BASE in wanted:
        raise UsageError(f"the variant {BASE!r} has the name of the scenario as it stands: call it something else")
    others = [("", one) for one in found[1:]]
    changed = [(name, _variant(base, name, changes)) for name, changes in wanted.items()]
    return [*([(BASE, base)] if with_base else []), *changed, *others]


def _variant(base: Scenario, name: str, changes: Changes) -> Scenario:
    """Make a variant, and blame what is wrong with it on it."""
    own = {f"--set {change}" for change in overrides(changes)}

    def blamed(found: Sequence[Problem], whose: str) -> tuple[Problem, ...]:
        return tuple(
            replace(one, where=one.where.replace("--set ", f"{whose}: ", 1)) if one.where in own else one
            for one in found
        )

    try:
        made = base.set(*overrides(changes))
    except ScenarioError as error:
        raise ScenarioError(blamed(error.problems, f"variant {name}")) from None
    return replace(made, warnings=blamed(made.warnings, "a variant"))


def overrides(changes: Changes) -> tuple[str, ...]:
    """Write changes as ``path=value``, with values as a scenario file has them.

    Examples
    --------
    >>> overrides({"time.horizon": 52, "defaults.stock.policy": {"kind": "base_stock", "level": 9}})
    ('time.horizon=52', 'defaults.stock.policy={"kind": "base_stock", "level": 9}')
    """
    if isinstance(changes, str):
        return (changes,)
    if isinstance(changes, Mapping):
        plain = from_mapping(changes, None).mapping or {}
        return tuple(f"{path}={json.dumps(value, ensure_ascii=False)}" for path, value in plain.items())
    return tuple(changes)


def named(cases: Sequence[tuple[str, Scenario]]) -> dict[str, Scenario]:
    """Give every scenario a name of its own: its variant's, else its file's, else its own, else with a number.

    Raises
    ------
    UsageError
        Two variants, or a variant and a file, have the same name.
    """
    unnamed = [scenario for name, scenario in cases if not name]
    labels = iter(_labels(unnamed))
    found: dict[str, Scenario] = {}
    for name, scenario in cases:
        label = name or next(labels)
        if label in found:
            raise UsageError(f"two scenarios would be called {label!r}: give one of them another name")
        found[label] = scenario
    return found


def repeated(cases: Mapping[str, Scenario]) -> dict[str, str]:
    """Find the scenarios that say the same as one before them: whatever they are called, their figures are the same.

    Returns
    -------
    dict of str to str
        The first of those that say the same, by the name of each other.

    Examples
    --------
    >>> from scmsim.scenario.load import load
    >>> beer = load("scenarios/beer_game.yaml")
    >>> repeated({"a": beer, "b": beer.set("time.horizon=9"), "c": beer.set("name=other", "time.horizon=36")})
    {'c': 'a'}
    """
    plain: dict[str, Any] = {}
    found: dict[str, str] = {}
    for name, case in cases.items():
        said = case.file.model_copy(update=_NO_FIGURE)
        first = next((other for other, known in plain.items() if known == said), None)
        if first is None:
            plain[name] = said
        else:
            found[name] = first
    return found


def _labels(scenarios: Sequence[Scenario]) -> list[str]:
    stems = [one.path.stem if one.path is not None else one.name for one in scenarios]
    names = [one.name for one in scenarios]
    folders = [f"{one.path.parent.name}/{one.path.stem}" if one.path is not None else one.name for one in scenarios]
    for labels in (stems, names, folders):
        if len(set(labels)) == len(labels):
            return labels
    return [f"{stem}-{number}" for number, stem in enumerate(stems, 1)]


def inline(texts: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Read variants from the command line: ``NAME:PATH=VALUE[,PATH=VALUE]``.

    A comma inside brackets or quotes belongs to the value, and so does one after which no ``PATH=`` stands.

    Raises
    ------
    UsageError
        One is not of that form, or two have one name.

    Examples
    --------
    >>> inline(["slow:lanes.a:b.lead_time=9,time.start=0", "list:nodes.a.stock.x.first_orders=[4, 4]"])
    {'slow': ('lanes.a:b.lead_time=9', 'time.start=0'), 'list': ('nodes.a.stock.x.first_orders=[4, 4]',)}
    """
    found: dict[str, tuple[str, ...]] = {}
    for text in texts:
        name, colon, changes = text.partition(":")
        if not (colon and name.strip() and "=" in changes):
            raise UsageError(f"the variant {text!r}: expected NAME:PATH=VALUE[,PATH=VALUE]")
        if name.strip() in found:
            raise UsageError(f"two variants are called {name.strip()!r}: give one of them another name")
        found[name.strip()] = tuple(_split(changes))
    return found


def _split(text: str) -> list[str]:
    """Split at the commas outside brackets and quotes after which a change begins."""
    parts, depth, quote = [""], 0, ""
    for character in text:
        if quote:
            quote = "" if character == quote else quote
        elif character in "\"'":
            quote = character
        elif character in "[{(":
            depth += 1
        elif character in "]})":
            depth -= 1
        if character == "," and not depth and not quote:
            parts.append("")
        else:
            parts[-1] += character
    joined: list[str] = []
    for part in parts:
        if joined and "=" not in part:
            joined[-1] += f",{part}"
        else:
            joined.append(part.strip())
    return joined
