"""The JSON Schema of a scenario file, from which editors complete, explain and check while one writes."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from scmsim.scenario.schema import ScenarioFile

Json = dict[str, Any]
_ENTRIES = {"stock": "Stock", "lane": "Lane", "make": "Make", "sale": "Sale", "finance": "Finance"}
_LANE_TEXT = {
    "type": "string",
    "pattern": "^[^>]+(->[^>]+)+$",
    "description": "`a -> b`, or a chain of lanes `a -> b -> c`.",
}


def scenario_json_schema() -> Json:
    """Return the JSON Schema of a scenario file.

    It is what `scmsim schema` prints. Every field carries its meaning and unit. What ``defaults`` or a table may supply
    is not required, so a file that loads is valid; the loader checks more than a schema can say.

    Examples
    --------
    >>> schema = scenario_json_schema()
    >>> schema["title"], schema["properties"]["time"]["description"]
    ('scmsim scenario', 'The clock of the run.')
    """
    schema = ScenarioFile.model_json_schema(by_alias=True)
    for found in _objects(schema):
        _tidy(found)
    definitions: Json = schema["$defs"]
    for name, definition in definitions.items():
        _complete_kind(definition)
        if name not in _ALWAYS_COMPLETE:
            definition.pop("required", None)
    definitions["Lane"]["required"] = ["from", "to"]
    _entries_of_node(definitions["Node"]["properties"])
    _partial_lane(definitions)
    sections = definitions["Defaults"]["properties"]
    for section, name in _ENTRIES.items():
        sections[section] = _with(sections[section], {"$ref": f"#/$defs/{name}"})
    sections["lane"] = _with(sections["lane"], {"$ref": "#/$defs/DefaultLane"})
    sections["demand"] = _with(sections["demand"], _one(definitions["Node"]["properties"]["demand"]))
    return _root(schema)


_ALWAYS_COMPLETE = frozenset({"ScenarioFile", "Time", "Due"})
"""What neither ``defaults`` nor a table can complete."""


def _root(schema: Json) -> Json:
    properties = schema["properties"]
    properties["lanes"]["items"] = {"anyOf": [_LANE_TEXT, {"$ref": "#/$defs/Lane"}]}
    properties["products"]["additionalProperties"] = _or_null(properties["products"]["additionalProperties"])
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "scmsim scenario",
        "description": schema["description"],
        "type": "object",
        "properties": properties,
        "required": ["scmsim", "name", "time"],
        "anyOf": [{"required": ["tables"]}, {"required": ["products", "nodes"]}],
        "additionalProperties": False,
        "$defs": schema["$defs"],
    }


def _objects(value: Any) -> Iterator[Json]:
    """Yield every object of a schema, the inner ones first."""
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _objects(part)
    if isinstance(value, dict):
        yield value


def _tidy(found: Json) -> None:
    """Let alternatives overlap, as partial mappings do, and keep the first paragraph of each description."""
    if isinstance(found.get("oneOf"), list):
        found["anyOf"] = found.pop("oneOf")
    if isinstance(found.get("anyOf"), list):
        found["anyOf"] = [choice for at, choice in enumerate(found["anyOf"]) if choice not in found["anyOf"][:at]]
    if isinstance(found.get("patternProperties"), dict):
        (found["additionalProperties"],) = found.pop("patternProperties").values()
        found.pop("propertyNames", None)
    if isinstance(found.get("description"), str):
        found["description"] = " ".join(found["description"].split("\n\n")[0].split())
    if isinstance(found.get("properties"), dict):
        for field in found["properties"].values():
            field.pop("title", None)


def _complete_kind(definition: Json) -> None:
    """Let an editor explain a kind where it is chosen."""
    for tag in ("kind", "dist"):
        field = definition.get("properties", {}).get(tag)
        if field is not None and "const" in field:
            field["description"] = definition.get("description", "")
            field.pop("default", None)


def _entries_of_node(properties: Json) -> None:
    for section in ("stock", "make"):
        properties[section]["additionalProperties"] = _or_null(properties[section]["additionalProperties"])
    several = properties["demand"]["additionalProperties"]
    properties["demand"]["additionalProperties"] = {"anyOf": [several["items"], several]}


def _partial_lane(definitions: Json) -> None:
    lane = deepcopy(definitions["Lane"])
    lane.pop("required")
    for end in ("from", "to"):
        lane["properties"].pop(end)
    definitions["DefaultLane"] = lane


def _one(demand: Json) -> Json:
    choices: list[Json] = demand["additionalProperties"]["anyOf"]
    return choices[0]


def _or_null(schema: Json) -> Json:
    return {"anyOf": [schema, {"type": "null"}]}


def _with(field: Json, form: Json) -> Json:
    return {"description": field["description"], **form}
