"""The reference page of the scenario file, generated from the schema."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from scmsim.scenario.catalogue import FAMILIES, Family
from scmsim.scenario.schema import ScenarioFile
from scmsim.scenario.shapes import Shape, describe, elements, field_shapes, step
from scmsim.scenario.writing import written
from scmsim.specification import meanings

_HEAD = """# The scenario file

<!-- Generated from the schema by `scmsim.scenario.reference`. Do not edit. -->

A scenario is one YAML 1.2 file (JSON is YAML, too). Its sections are the keys of the first table; every mapping that a
section may hold has a table of its own below. Unknown keys are errors. A *name* is any text on one line.

- `NO` and `12:30` are texts, `010` is ten: the rules are those of YAML 1.2. Merge keys (`<<`) and tags are refused.
- `defaults` are merged key by key into every stock, lane, `make` and demand. A mapping that says another `kind` (or
  `dist`) than its default replaces it. Defaults of money that mean nothing somewhere (terms of a lane without a price,
  times of payment where everything is prepaid) are left out there.
- What can be run and is hardly meant (a promotion outside the run, a report that no decision uses) is a warning:
  `scmsim validate` and `scmsim run` print it on stderr, Python has it in `scenario.warnings`.
- An entry that is left empty (`beer:`) takes everything from its defaults.
- A mapping with `file` and `column` reads its numbers from that column of a CSV file. CSV files lie in the scenario's
  folder or below it.
- `--set PATH=VALUE` changes one value before anything is checked. A path is dotted; a name with a dot in it goes in
  quotes (`nodes."St. Gallen".label`); a lane is named by its position in the file, from 0, or by its ends
  (`lanes.a:b.lead_time`, or in quotes `lanes."a -> b".lead_time`).
- In a CSV table, cells are read like values of the file; an empty cell is absent; the elements of a list are separated
  by `;`.
"""
_NAMES = {"ScenarioFile": "Sections", "Time": "`time`", "Run": "`run`", "OnTimeInFull": "`on_time_in_full`"}
_PLURALS = {
    "policy": "Policies",
    "forecast": "Forecasts",
    "demand": "Demands",
    "distribution": "Distributions",
    "price": "Prices",
    "sourcing": "Sourcing rules",
    "mode choice": "Mode choices",
    "allocation": "Allocation rules",
    "sequencing": "Sequencing rules",
    "occurrence": "Times of disruptions",
}


def reference_markdown() -> str:
    """Return the reference page of the scenario file, as Markdown.

    Examples
    --------
    >>> "| `horizon` | a number greater than 0 | required |" in reference_markdown()
    True
    """
    done: set[type[BaseModel]] = set()
    parts = [_HEAD, *_model(ScenarioFile, "## Sections", done)]
    for family in FAMILIES:
        parts += _family(family, done)
    return "\n".join(parts).rstrip() + "\n"


def _model(
    model: type[BaseModel], title: str, done: set[type[BaseModel]], skip: frozenset[str] = frozenset()
) -> Iterator[str]:
    """Write a model's table, and then those of the models in it."""
    done.add(model)
    yield f"{title}\n"
    yield f"{_first_paragraph(model)}\n"
    fields = {name: field for name, field in model.model_fields.items() if name not in skip}
    if fields:
        yield _table(fields, meanings(model))
    yield from _models_in(fields, "#" * max(3, len(title.split(" ")[0])), done)


def _models_in(fields: dict[str, FieldInfo], level: str, done: set[type[BaseModel]]) -> Iterator[str]:
    """Write the models that some fields may hold, where they have not been written yet."""
    for field in fields.values():
        for inner in _inner(field_shapes(field)):
            if inner not in done:
                yield from _model(inner, f"{level} {_heading(inner)}", done)


def _family(family: Family, done: set[type[BaseModel]]) -> Iterator[str]:
    yield f"## {_PLURALS[family.noun]}\n"
    yield f"{_article(family.noun).capitalize()} {family.noun} is a mapping that says its `{family.tag}`.\n"
    kinds = family.kinds()
    common = frozenset(family.base.model_fields) - {family.tag, "note"}
    if common:
        yield f"Every {family.noun} takes:\n"
        shared = {name: field for name, field in family.base.model_fields.items() if name in common}
        yield _table(shared, meanings(family.base))
        yield from _models_in(shared, "###", done)
    for kind, model in kinds.items():
        own = frozenset(name for name in common if _same(model.model_fields[name], family.base.model_fields[name]))
        yield from _model(model, f"### `{kind}` ({family.noun})", done, own | {family.tag, "note"})


def _same(one: FieldInfo, other: FieldInfo) -> bool:
    return one.annotation == other.annotation and one.default == other.default


def _inner(here: list[Shape]) -> Iterator[type[BaseModel]]:
    """Yield the models that a field may hold, in lists and mappings too, but not the kinds of a family."""
    for shape in here:
        if shape.family is None:
            yield from shape.models()
            yield from _inner(elements([shape]))
            if str(shape.type).startswith("dict["):
                yield from _inner(step([shape], "name"))


def _heading(model: type[BaseModel]) -> str:
    return _NAMES.get(model.__name__) or re.sub(r"(?<=[a-z])(?=[A-Z])", " ", model.__name__)


def _first_paragraph(model: type[BaseModel]) -> str:
    return _one_line((model.__doc__ or "").strip().split("\n\n")[0])


def _table(fields: Mapping[str, FieldInfo], meaning: Mapping[str, str]) -> str:
    rows = ["| key | value | default | meaning |", "|---|---|---|---|"]
    for name, field in fields.items():
        said = _one_line(meaning.get(name, "")).replace("|", "\\|")
        cells = f"`{field.alias or name}`", _value(field).replace("|", "\\|"), _default(field), said
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows) + "\n"


def _value(field: FieldInfo) -> str:
    here = field_shapes(field)
    entries = [entry for shape in here if str(shape.type).startswith("dict[") for entry in step([shape], "name")]
    if entries:
        names = [_heading(model) for entry in entries if entry.family is None for model in entry.models()]
        return f"names, each with {_named(describe(entries), names)}"
    names = [_heading(model) for shape in here if shape.family is None for model in shape.models()]
    items = [_heading(model) for item in elements(here) if item.family is None for model in item.models()]
    said = _named(describe(here), names)
    return said.replace("a list of mappings", f"a list of {' or '.join(items)} mappings") if items else said


def _named(said: str, names: list[str]) -> str:
    for name in dict.fromkeys(names):
        said = said.replace("a mapping", f"{_article(name)} {name} mapping", 1)
    return said or "anything"


def _article(name: str) -> str:
    return "an" if name.strip("`")[0].lower() in "aeiou" else "a"


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    default: Any = written(field.get_default(call_default_factory=True))
    return "" if default is None or default in ({}, []) else f"`{json.dumps(default)}`".replace('"', "")


def _one_line(text: str) -> str:
    return " ".join(text.replace("``", "`").split())
