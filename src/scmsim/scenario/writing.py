"""A scenario as text that reads back to the same scenario."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from typing import Any

import yaml
from pydantic import BaseModel

from scmsim.scenario.scalars import scalar
from scmsim.scenario.schema import ScenarioFile

_Base: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
_ALWAYS = ("kind", "dist")


def written(value: Any) -> Any:
    """Return plain data that a scenario file could hold: of every model, the fields that were given."""
    if isinstance(value, BaseModel):
        model = type(value).model_fields
        order = sorted(model, key=lambda name: name not in _ALWAYS)
        given = {name: model[name] for name in order if name in value.model_fields_set or name in _ALWAYS}
        return {field.alias or name: written(getattr(value, name)) for name, field in given.items()}
    if isinstance(value, Mapping):
        return {str(key): written(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [written(entry) for entry in value]
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    return value.isoformat() if isinstance(value, date) else value


def to_yaml(file: ScenarioFile) -> str:
    """Write a scenario as YAML."""
    plain = written(file)
    plain["lanes"] = [_lane(lane) for lane in plain.get("lanes", [])]
    for node in plain["nodes"].values():
        node.update({"demand": _alone(node["demand"])} if "demand" in node else {})
    for section in ("defaults", "tables"):
        if not any((plain.pop(section, None) or {}).values()) or section == "tables":
            continue
        plain[section] = written(file.defaults)
    empty: tuple[Any, ...] = (None, {}, [])
    kept = {key: plain[key] for key in ScenarioFile.model_fields if key in plain and plain[key] not in empty}
    if file.money is not None:  # even an empty section switches the books on
        kept["money"] = plain["money"]
    return yaml.dump(kept, Dumper=_Dumper, sort_keys=False, allow_unicode=True, default_flow_style=None, width=120)


def fingerprint(file: ScenarioFile) -> str:
    """Return the SHA-256 of what a scenario says, numbers read from tables included, however it was written down.

    Experiments with it are no part of it.
    """
    content = file.model_dump(mode="json", by_alias=True, exclude={"experiments"})
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _lane(lane: dict[str, Any]) -> Any:
    """Write a lane with nothing but its ends as ``a -> b``, where the names allow it."""
    if set(lane) != {"from", "to"}:
        return lane
    ends = [lane["from"], lane["to"]]
    return " -> ".join(ends) if all("->" not in end and end == end.strip() for end in ends) else lane


def _alone(demand: dict[str, list[Any]]) -> dict[str, Any]:
    return {product: entries[0] if len(entries) == 1 else entries for product, entries in demand.items()}


class _Dumper(_Base):  # type: ignore[misc]
    """Writes scalars so that the rules of YAML 1.2 read them back, and never an alias."""

    def resolve(self, kind: Any, value: Any, implicit: Any) -> str:
        """Return the tag that our reader would give a plain scalar."""
        if kind is not yaml.ScalarNode or not implicit[0]:
            return _CONTAINERS.get(kind, _TAGS[str])
        return _TAGS[type(scalar(value))]

    def ignore_aliases(self, data: Any) -> bool:
        """Write everything in full."""
        return True


_TAGS = {
    str: "tag:yaml.org,2002:str",
    int: "tag:yaml.org,2002:int",
    float: "tag:yaml.org,2002:float",
    bool: "tag:yaml.org,2002:bool",
    type(None): "tag:yaml.org,2002:null",
}
_CONTAINERS = {yaml.SequenceNode: "tag:yaml.org,2002:seq", yaml.MappingNode: "tag:yaml.org,2002:map"}
