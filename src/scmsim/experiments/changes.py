"""What differs between two scenarios, told by what it is in the supply chain."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from scmsim.scenario.scenario import Scenario
from scmsim.scenario.schema_network import Stock
from scmsim.scenario.writing import written
from scmsim.words import counted, exact

Path = tuple[str | int, ...]

SHOWN = 6
"""So many elements of a list are written out; of a longer one is said how many differ."""
_TAGS = ("kind", "dist")
_LEFT_OUT = ("scmsim", "defaults", "tables", "experiments")
_OF_PRODUCT = {"stock": "stock", "demand": "demand", "make": "production", "sales": "sales"}
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")


class _Absent:
    def __repr__(self) -> str:
        return "ABSENT"


ABSENT = _Absent()
"""What stands where one of two scenarios has nothing."""


@dataclass(frozen=True)
class Change:
    """One thing that differs between two scenarios.

    Parameters
    ----------
    path : tuple
        Where it stands: the steps of an override, with a lane called ``a -> b``.
    before, after : object
        What the first and the second scenario say, as plain data; `ABSENT` where one has no such thing.
    sentence : str
        The difference in words.
    override : str or None
        The ``path=value`` that makes the first scenario say what the second says; None where no single value does.

    Examples
    --------
    >>> from scmsim.scenario.load import load
    >>> beer = load("scenarios/beer_game.yaml")
    >>> (change,) = changes(beer, beer.set("lanes.brewery:distributor.lead_time=3"))
    >>> change.sentence, change.override
    ('lane brewery -> distributor: lead_time 2 -> 3', 'lanes."brewery -> distributor".lead_time=3')
    """

    path: Path
    before: Any
    after: Any
    sentence: str
    override: str | None = field(default=None, repr=False)

    def values(self) -> dict[str, Any]:
        """Return ``before`` and ``after``, as far as there are such."""
        both = {"before": self.before, "after": self.after}
        return {name: value for name, value in both.items() if value is not ABSENT}


def changes(before: Scenario, after: Scenario) -> tuple[Change, ...]:
    """Find everything that two scenarios say differently, in the order of a scenario file.

    Defaults, tables and columns of CSV files are in their places first, and what follows from the rest (segments, what
    a lane carries, stocks that are not listed) is filled in; so the same network written in another way does not
    differ. The order of a file does not matter, nor what it says of experiments.
    """
    return tuple(_Pair(before, after).changes())


class _Pair:
    """Two scenarios as plain data."""

    def __init__(self, before: Scenario, after: Scenario) -> None:
        self._one, self._other = _plain(before), _plain(after)
        self._clocks = [(scenario.file.time.unit, scenario.file.time.start) for scenario in (before, after)]

    def changes(self) -> Iterator[Change]:
        """Give the changes."""
        yield from self._compared((), self._one, self._other)

    def _compared(self, path: Path, one: Any, other: Any) -> Iterator[Change]:
        if one == other and type(one) is type(other):
            return
        if isinstance(one, dict) and isinstance(other, dict) and all(one.get(tag) == other.get(tag) for tag in _TAGS):
            for key in [*one, *(key for key in other if key not in one)]:
                if key in one and key in other and _is_series(one[key], other[key]):
                    yield self._series((*path, key), one, other)
                else:
                    yield from self._compared((*path, key), one.get(key, ABSENT), other.get(key, ABSENT))
        elif _are_lists_of_entries(one, other):
            alone = path[0] == "nodes" and path[2:3] == ("demand",) and len(one) == 1
            for at, (left, right) in enumerate(zip(one, other, strict=True)):
                yield from self._compared(path if alone else (*path, at), left, right)
        elif one != other:
            yield Change(path, one, other, _sentence(path, one, other), _override(path, one, other))

    def _series(self, path: Path, one: Mapping[str, Any], other: Mapping[str, Any]) -> Change:
        """Sum up the difference of two long lists of numbers."""
        key = path[-1]
        before, after = one[str(key)], other[str(key)]
        both = list(zip(before, after, strict=False))
        differing = [at for at, (left, right) in enumerate(both) if left != right]
        size = _values(before) if len(before) == len(after) else f"{_values(before)} -> {_values(after)}"
        told = f"{len(differing)} differ" if len(before) == len(after) else f"{len(differing)} of those in both differ"
        if differing:
            told += f", first at {self._instant(path, one, differing[0])}"
        return Change(path, before, after, f"{_series_name(path)}: {size}, {told}", _override(path, before, after))

    def _instant(self, path: Path, owner: Mapping[str, Any], at: int) -> str:
        """Name the place in a list: demand period by period has an instant, anything else a number."""
        if path[2:3] != ("demand",) or "weights" in owner or not isinstance(owner.get("interval"), float):
            return f"number {at + 1}"
        unit, start = self._clocks[0]
        return f"{unit} {exact(start + owner['offset'] + at * owner['interval'])}"


def _plain(scenario: Scenario) -> dict[str, Any]:
    """Return what a scenario says, with everything that follows from it in its place."""
    said = scenario.file.model_dump(mode="json", by_alias=True)
    listed = said["defaults"]["stock"] or Stock().model_dump(mode="json", by_alias=True)
    nodes: dict[str, dict[str, Any]] = said["nodes"]
    for name, node in scenario.network.nodes.items():
        nodes[name] |= {"segment": node.segment, "label": node.label}
    for point in scenario.network.points:
        if not point.unlimited:
            nodes[point.node]["stock"].setdefault(point.product, listed)
    lanes = zip(said["lanes"], scenario.network.lanes, strict=True)
    said["lanes"] = _by_ends([entry | {"products": sorted(lane.products)} for entry, lane in lanes])
    return {key: value for key, value in said.items() if key not in _LEFT_OUT}


def _by_ends(lanes: Sequence[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Name every lane by its ends; of several with the same, also by what they carry."""
    ends = [f"{lane.pop('from')} -> {lane.pop('to')}" for lane in lanes]
    return {
        end if ends.count(end) == 1 else f"{end} ({', '.join(lane['products'])})": lane
        for end, lane in zip(ends, lanes, strict=True)
    }


def _is_series(one: Any, other: Any) -> bool:
    if not (isinstance(one, list) and isinstance(other, list)) or one == other:
        return False
    return max(len(one), len(other)) > SHOWN and all(_is_number(value) for value in (*one, *other))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _are_lists_of_entries(one: Any, other: Any) -> bool:
    if not (isinstance(one, list) and isinstance(other, list)) or len(one) != len(other):
        return False
    return bool(one) and all(isinstance(value, dict) for value in (*one, *other))


def _values(found: Sequence[Any]) -> str:
    return counted(len(found), "value")


def _sentence(path: Path, one: Any, other: Any) -> str:
    if one is ABSENT or other is ABSENT:
        return f"{_entry(path)}: only in {'B' if one is ABSENT else 'A'}"
    change = f"{text(one)} -> {text(other)}"
    if path[0] == "lanes":
        return f"lane {path[1]}: {dotted(path[2:])} {change}"
    return f"{dotted(path)}: {change}"


def _entry(path: Path) -> str:
    """Name what a scenario may have or not."""
    match path:
        case ("nodes", node):
            return f"node {node}"
        case ("products", product):
            return f"product {product}"
        case ("lanes", lane):
            return f"lane {lane}"
        case ("lanes", lane, *rest):
            return f"lane {lane}: {dotted(tuple(rest))}"
        case ("nodes", node, section, product) if section in _OF_PRODUCT:
            return f"{_OF_PRODUCT[str(section)]} of {node}/{product}"
        case ("nodes", node, "make", product, "components", component):
            return f"component {component} of {node}/{product}"
    return dotted(path)


def _series_name(path: Path) -> str:
    if path[0] == "nodes" and path[2:3] == ("demand",) and len(path) == 5:
        return f"demand of {path[1]}/{path[3]}"
    return _entry(path)


def text(value: Any) -> str:
    """Write a value of a scenario in a few words.

    Examples
    --------
    >>> text({"kind": "base_stock", "level": 20.0, "order_multiple": None}), text(None), text([4.0, 4.0])
    ('base_stock (level 20)', 'none', '[4, 4]')
    """
    if isinstance(value, dict):
        tag = next((str(value[tag]) for tag in _TAGS if tag in value), "")
        rest = ", ".join(
            f"{key} {text(below)}" for key, below in value.items() if key not in _TAGS and _says_something(below)
        )
        return f"{tag} ({rest})" if tag and rest else tag or f"({rest})"
    if isinstance(value, list):
        shown = ", ".join(text(below) for below in value[:SHOWN])
        return f"[{shown}, ... {len(value)} in all]" if len(value) > SHOWN else f"[{shown}]"
    if isinstance(value, str):
        return value if len(value) <= 60 else f"{value[:59]}…"
    if value is None or isinstance(value, bool):
        return {None: "none", True: "true", False: "false"}[value]
    return exact(value)


def _says_something(value: Any) -> bool:
    return value not in (None, "", "none", [], {}) and value is not False


def dotted(path: Path) -> str:
    """Write a path as an override has it, names in quotes where they need them.

    Examples
    --------
    >>> dotted(("nodes", "St. Gallen", "demand", "beer", 0))
    'nodes."St. Gallen".demand.beer.0'
    """
    return ".".join(str(part) if isinstance(part, int) else _quoted(part) for part in path)


def _quoted(part: str) -> str:
    if _PLAIN.fullmatch(part):
        return part
    return f"'{part}'" if '"' in part else f'"{part}"'


def _override(path: Path, one: Any, other: Any) -> str | None:
    """Write what makes the first scenario like the second, where one value can."""
    if one is ABSENT or other is ABSENT or path in (("money",), ("lanes",)):
        return None
    if path[0] == "lanes" and (str(path[1]).count("->") != 1 or ":" in str(path[1]) or str(path[1]).endswith(")")):
        return None
    if any('"' in str(part) and "'" in str(part) for part in path):
        return None
    said = "" if other is None else json.dumps(written(other), ensure_ascii=False)
    return f"{dotted(path)}={said}"
