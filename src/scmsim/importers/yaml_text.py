"""Plain values as YAML that people can read: short things on one line, long ones in blocks."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

WIDTH = 116
PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:[ .-][A-Za-z0-9_]+)*")
LANE = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*(?: -> [A-Za-z_][A-Za-z0-9_.-]*)+")
RESERVED = {"true", "false", "null", "yes", "no", "on", "off", "y", "n"}


def render(mapping: Mapping[str, Any]) -> str:
    """Write a mapping as a YAML document.

    Examples
    --------
    >>> print(render({"name": "two-stages", "lanes": ["a -> b"], "nodes": {"a": {"position": [1.0, 2.5]}}}), end="")
    name: two-stages
    lanes: [a -> b]
    nodes: {a: {position: [1, 2.5]}}
    """
    return "".join(f"{line}\n" for line in _block(mapping, ""))


def _block(mapping: Mapping[str, Any], indent: str) -> Iterator[str]:
    for key, value in mapping.items():
        short = f"{indent}{scalar(key)}: {flow(value)}"
        if len(short) <= WIDTH or not value or not isinstance(value, Mapping | Sequence) or isinstance(value, str):
            yield short
            continue
        yield f"{indent}{scalar(key)}:"
        if isinstance(value, Mapping):
            yield from _block(value, f"{indent}  ")
        else:
            yield from (f"{indent}  - {flow(item)}" for item in value)


def flow(value: Any) -> str:
    """Write any value on one line.

    Examples
    --------
    >>> flow({"on": [1.0, 0.25, None, "a: b"], "dist": "gamma"})
    '{"on": [1, 0.25, null, "a: b"], dist: gamma}'
    """
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{scalar(key)}: {flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(flow, value)) + "]"
    return scalar(value)


def scalar(value: str | float | bool | None) -> str:
    """Write one value; a text is quoted unless every YAML reader takes it for the same text.

    Examples
    --------
    >>> [scalar(value) for value in ("Part_0001", "no", "1e3", 12.0, 0.1, True, None)]
    ['Part_0001', '"no"', '"1e3"', '12', '0.1', 'true', 'null']
    """
    if isinstance(value, str):
        plain = (PLAIN.fullmatch(value) or LANE.fullmatch(value)) and value.lower() not in RESERVED
        return value if plain else json.dumps(value, ensure_ascii=False)
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    return str(int(value)) if float(value).is_integer() else repr(value)
