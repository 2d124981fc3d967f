"""The JSON Schema and the reference page, both generated from the one schema."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from scmsim.scenario.json_schema import scenario_json_schema
from scmsim.scenario.reader import read
from scmsim.scenario.reference import reference_markdown

ROOT = Path(__file__).resolve().parents[3]
SCENARIOS = sorted((ROOT / "scenarios").rglob("*.yaml"))
SCHEMA = scenario_json_schema()
TYPES: dict[str, Any] = {
    "object": dict,
    "array": list | tuple,
    "string": str,
    "boolean": bool,
    "null": type(None),
    "integer": int,
    "number": int | float,
}


def is_valid(value: Any, schema: dict[str, Any]) -> bool:
    """Tell whether a value satisfies the parts of JSON Schema that the schema uses."""
    if "$ref" in schema and not is_valid(value, SCHEMA["$defs"][schema["$ref"].removeprefix("#/$defs/")]):
        return False
    if "type" in schema and not _is_of_type(value, schema["type"]):
        return False
    if "const" in schema and value != schema["const"]:
        return False
    if "enum" in schema and value not in schema["enum"]:
        return False
    if "anyOf" in schema and not any(is_valid(value, choice) for choice in schema["anyOf"]):
        return False
    if isinstance(value, dict):
        return _is_valid_object(value, schema)
    if isinstance(value, list | tuple):
        return all(is_valid(item, schema.get("items", {})) for item in value)
    if isinstance(value, str):
        return re.search(schema.get("pattern", ""), value) is not None
    if isinstance(value, int | float) and not isinstance(value, bool):
        low, above = schema.get("minimum", float("-inf")), schema.get("exclusiveMinimum", float("-inf"))
        return low <= value <= schema.get("maximum", float("inf")) and value > above
    return True


def _is_of_type(value: Any, name: str) -> bool:
    return isinstance(value, TYPES[name]) and not (isinstance(value, bool) and name in ("integer", "number"))


def _is_valid_object(value: dict[str, Any], schema: dict[str, Any]) -> bool:
    known = schema.get("properties", {})
    others = schema.get("additionalProperties", True)
    if any(name not in value for name in schema.get("required", [])):
        return False
    for key, entry in value.items():
        below = known.get(key, others)
        if below is False or (isinstance(below, dict) and not is_valid(entry, below)):
            return False
    return True


def objects(value: Any) -> list[dict[str, Any]]:
    """List every object of the schema."""
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [*([value] if isinstance(value, dict) else []), *(found for part in parts for found in objects(part))]


@pytest.mark.parametrize("path", SCENARIOS, ids=[path.stem for path in SCENARIOS])
def test_shipped_scenarios_satisfy_the_schema(path: Path) -> None:
    """Tests that an editor finds nothing wrong with a file that loads, partial entries and texts for lanes included."""
    root = read(path.read_text(encoding="utf-8"), path.name).root
    assert root is not None
    assert is_valid(root.plain(), SCHEMA)


@pytest.mark.parametrize(
    "change",
    [
        ("horizon: 36", "horizon: 0"),
        ("horizon: 36", "hroizon: 36"),
        ("kind: retailer", "kind: retail"),
        ("brewery -> distributor -> wholesaler -> retailer", "brewery"),
        ("scmsim: 1", "scmsim: 2"),
        ("order_delay: 2", "order_delay: -2"),
        ("lead_time: 2", "lead_time: {dist: gama, mean: 2}"),
        ("target: 20", "taget: 20"),
    ],
)
def test_mistakes_violate_the_schema(change: tuple[str, str]) -> None:
    """Tests that an editor finds the commonest mistakes."""
    text = (ROOT / "scenarios" / "beer_game.yaml").read_text(encoding="utf-8")
    assert change[0] in text
    assert not is_valid(yaml.safe_load(text.replace(*change)), SCHEMA)


def test_every_field_is_explained() -> None:
    """Tests that each key of each mapping has a description, which editors show."""
    missing = [
        (definition.get("title"), name)
        for definition in objects(SCHEMA)
        if isinstance(definition.get("properties"), dict) and definition.get("type") == "object"
        for name, field in definition["properties"].items()
        if not field.get("description")
    ]
    assert missing == []


def test_references_lead_somewhere() -> None:
    """Tests that every reference inside the schema exists, and alternatives may overlap."""
    found = objects(SCHEMA)
    references = {part["$ref"] for part in found if isinstance(part.get("$ref"), str)}
    assert references <= {f"#/$defs/{name}" for name in SCHEMA["$defs"]}
    assert not any("oneOf" in part for part in found)
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_units_are_stated() -> None:
    """Tests that costs, times and quantities say their unit."""
    stock, time = SCHEMA["$defs"]["Stock"]["properties"], SCHEMA["$defs"]["Time"]["properties"]
    for field in ("holding_cost", "backorder_cost", "order_cost", "purchase_cost"):
        assert stock[field]["description"].startswith("Money per ")
    for field in ("start", "horizon", "warm_up", "bucket"):
        assert "time units" in time[field]["description"]


def test_reference_page_is_up_to_date() -> None:
    """Tests that the page in the documentation is the one the schema gives."""
    page = (ROOT / "docs" / "reference" / "scenario.md").read_text(encoding="utf-8")
    assert page == reference_markdown()


def test_reference_page_has_every_kind() -> None:
    """Tests that each policy, forecast, demand and distribution has a heading."""
    from scmsim.scenario.catalogue import FAMILIES

    page = reference_markdown()
    for family in FAMILIES:
        for kind in family.kinds():
            assert f"### `{kind}` ({family.noun})" in page
