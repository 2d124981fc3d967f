"""Lanes written as texts, spelled out; and entries left empty, made into empty mappings."""

from collections.abc import Iterator

from scmsim.scenario.located import Located, shown
from scmsim.scenario.troubles import Trouble

_SECTIONS = frozenset({"stock", "make", "demand", "sales"})
"""The sections of a node that hold an entry per product."""


def lane_text(lane: Located) -> str:
    """Write a lane as ``a -> b``."""
    ends = lane.get("from"), lane.get("to")
    return " -> ".join(str(end.value) if end is not None else "?" for end in ends)


def spelled_out(root: Located, troubles: list[Trouble]) -> Located:
    """Return the scenario with a mapping for every lane, and for every product, stock, ``make`` and demand left empty.

    A chain ``a -> b -> c`` becomes two lanes, which share a place and a path. Texts that are not lanes are reported and
    left out.
    """
    if not isinstance(root.value, dict):
        return root
    entries = dict(root.value)
    if isinstance((lanes := entries.get("lanes")), Located) and isinstance(lanes.value, list):
        entries["lanes"] = lanes.like([found for lane in lanes.value for found in _spelled_out(lane, troubles)])
    if "money" in entries and entries["money"].value is None:
        entries["money"] = entries["money"].like({})
    if "products" in entries:
        entries["products"] = _filled(entries["products"])
    if isinstance(root.entries("nodes"), dict) and "nodes" in entries and isinstance(entries["nodes"].value, dict):
        entries["nodes"] = entries["nodes"].like({name: _node(node) for name, node in entries["nodes"].value.items()})
    return root.like(entries)


def _node(node: Located) -> Located:
    if not isinstance(node.value, dict):
        return node
    return node.like({key: _filled(entry) if key in _SECTIONS else entry for key, entry in node.value.items()})


def _filled(section: Located) -> Located:
    if not isinstance(section.value, dict):
        return section
    return section.like(
        {name: entry.like({}) if entry.value is None else entry for name, entry in section.value.items()}
    )


def _spelled_out(lane: Located, troubles: list[Trouble]) -> Iterator[Located]:
    if not isinstance(lane.value, str):
        yield lane
        return
    names = [name.strip() for name in lane.value.split("->")]
    if len(names) < 2 or not all(names):
        hint = "Write `->` between the names of two nodes."
        troubles.append(Trouble(lane.place, lane.path, shown(lane.value), "`sender -> receiver`", hint))
        return
    for origin, destination in zip(names, names[1:], strict=False):
        yield lane.like({"from": lane.like(origin), "to": lane.like(destination)})
