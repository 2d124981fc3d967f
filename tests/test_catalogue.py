"""Every kind, mode and optional part of a scenario file has an example, a known answer, an entry and a bad input.

What there is, is read off the schema: kinds (``policy:kanban``), choices of a key (``terms.invoice:monthly``), and
parts, switches and numbers that may be left out (``terms.discount``, ``terms.prepay``, ``lane.duty``). The word before
the dot is the family, or the part of the scenario file, to which the key belongs. Numbers of a kind, such as the weight
of a forecast, go with their kind.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal, NamedTuple, get_args, get_origin

import pytest
import yaml
from pydantic import BaseModel
from pydantic.fields import FieldInfo

import scmsim
from scmsim.scenario.catalogue import FAMILIES, Family
from scmsim.scenario.schema import ScenarioFile
from scmsim.scenario.shapes import Shape, elements, field_shapes, step
from scmsim.scenario.writing import written
from scmsim.specification import meanings
from scmsim.verification.catalogue import cases

ROOT = Path(__file__).resolve().parents[1]
NOT_PARTS_OF_THE_CHAIN = ("defaults", "tables", "experiments", "run")
"""Sections of a scenario file that say how it is written or what is done with it."""
LEFT_OUT = "leave it out"
"""What the description of a key says that a scenario need not and should not give."""
NOT_YET: dict[str, frozenset[str]] = {
    "example": frozenset(),
    "known answer": frozenset(),
    "entry": frozenset(),
    "bad input": frozenset(),
}
"""What still lacks something. The list may only become shorter."""


class Use(NamedTuple):
    """Something of the catalogue that a scenario uses, and where."""

    name: str
    path: str


def noun(family: Family) -> str:
    """Return what a family is called, as one word."""
    return family.noun.replace(" ", "_")


def owner(model: type[BaseModel]) -> str:
    """Return the family of a model, or its own name in words."""
    nouns = [noun(family) for family in FAMILIES if issubclass(model, family.base)]
    return nouns[0] if nouns else re.sub(r"(?<=[a-z])(?=[A-Z])", "_", model.__name__).lower().removesuffix("_file")


def choices(field: FieldInfo) -> list[str]:
    """Return the words that a field may hold, where there is something to choose."""
    allowed = field_shapes(field)
    words = [word for shape in allowed if get_origin(shape.type) is Literal for word in get_args(shape.type)]
    return [str(word) for word in dict.fromkeys(words)] if len({*words}) > 1 or len(allowed) > 1 else []


def parts(field: FieldInfo) -> list[Shape]:
    """Return the mappings that a field may hold by itself, in a list or by name, but not the kinds of a family."""
    found, left = [], field_shapes(field)
    while left:
        shape = left.pop()
        left += elements([shape])
        left += step([shape], "name") if get_origin(shape.type) is dict else []
        found += [shape] if shape.models() else []
    return found


def is_optional(model: type[BaseModel], field: FieldInfo) -> bool:
    """Tell whether a key may be left out and changes what happens: a switch, a part, or outside the kinds a number."""
    of_a_kind = any(issubclass(model, family.base) for family in FAMILIES)
    allowed = field_shapes(field)
    if any(shape.type is bool for shape in allowed):
        return True
    inside = [entry for shape in allowed if get_origin(shape.type) is dict for entry in step([shape], "name")]
    number = any(shape.type in (int, float) or shape.family is not None for shape in [*allowed, *inside])
    part = any(shape.family is None for shape in parts(field))
    return not field.is_required() and (part or (number and not of_a_kind))


@cache
def catalogue() -> frozenset[str]:
    """Return the name of everything there is, read off the schema."""
    names: set[str] = set()
    seen: set[type[BaseModel]] = set()
    left: list[type[BaseModel]] = [ScenarioFile]
    while left:
        model = left.pop()
        if model in seen or not model.__module__.startswith("scmsim."):
            continue
        seen.add(model)
        for name, field in model.model_fields.items():
            section = model is ScenarioFile and name in NOT_PARTS_OF_THE_CHAIN
            if not section and LEFT_OUT not in meanings(model).get(name, ""):
                key = f"{owner(model)}.{field.alias or name}"
                names |= {f"{key}:{word}" for word in choices(field)}
                names |= {key} if is_optional(model, field) else set()
                left += [part for shape in parts(field) for part in shape.models()]
    ours = [(family, kind) for family in FAMILIES for kind, model in family.kinds().items() if model in seen]
    return frozenset(names | {f"{noun(family)}:{kind}" for family, kind in ours})


class Key(NamedTuple):
    """A key of a model: its full name, what it is when left out, its words, and whether it is a part or a switch."""

    name: str
    full: str
    default: Any
    words: tuple[str, ...]
    optional: bool


@cache
def keys(model: type[BaseModel]) -> tuple[Key, ...]:
    """Return the keys of a model that have to do with the catalogue."""
    found = []
    for name, field in model.model_fields.items():
        key = field.alias or name
        default = field.get_default(call_default_factory=True)
        found.append(Key(key, f"{owner(model)}.{key}", default, tuple(choices(field)), is_optional(model, field)))
    return tuple(key for key in found if key.words or key.optional)


@cache
def kinds(family: Any) -> Mapping[str, type[BaseModel]]:
    """Return the models of a family by kind."""
    return dict(family.kinds())


def uses(raw: Any, here: Iterable[Shape], path: str = "", stated: bool = True) -> Iterator[Use]:
    """Walk plain data along the schema; without ``stated`` what it leaves at its default counts as used."""
    if isinstance(raw, list | tuple):
        inner = elements(here)
        for index, entry in enumerate(raw):
            if isinstance(entry, Mapping | list | tuple):
                yield from uses(entry, inner, f"{path}.{index}".lstrip("."), stated)
    elif isinstance(raw, Mapping):
        here = [*here, *elements(here)]  # one entry stands for a list of one
        models = [shape for shape in here if get_origin(shape.type) is dict]
        for shape in here:
            found = kinds(shape.family).get(str(raw.get(shape.tag))) if shape.family is not None else shape.type
            if isinstance(found, type) and issubclass(found, BaseModel):
                models.append(Shape(found))
                yield from uses_of(found, raw, path, stated)
                raw = raw if stated else left_out(found) | dict(raw)
            if shape.family is not None:
                yield Use(f"{owner(found)}:{raw.get(shape.tag)}" if found else "", path)
        for key, entry in raw.items():
            if isinstance(entry, Mapping | list | tuple):
                yield from uses(entry, step(models, str(key), raw), f"{path}.{key}".lstrip("."), stated)


@cache
def left_out(model: type[BaseModel]) -> dict[str, Any]:
    """Return what a mapping holds where it leaves its parts out."""
    return {key.name: written(key.default) for key in keys(model) if isinstance(key.default, BaseModel)}


def uses_of(model: type[BaseModel], raw: Mapping[Any, Any], path: str, stated: bool) -> Iterator[Use]:
    """List what the keys of one mapping use."""
    for key in keys(model):
        given = key.name in raw
        value = raw.get(key.name, key.default)
        where = f"{path}.{key.name}".lstrip(".")
        if key.words and isinstance(value, str | int) and (given or not stated):
            yield Use(f"{key.full}:{value}", where)
        if key.optional and given and value != key.default and value not in (None, {}, []):
            yield Use(key.full, where)


@cache
def examples() -> frozenset[str]:
    """Return what the shipped scenarios use, their tables and defaults included."""
    found: set[str] = set()
    for path in (ROOT / "scenarios").rglob("*.yaml"):
        plain = written(scmsim.load(path).file)
        found |= {use.name for use in uses(plain, [Shape(ScenarioFile)], stated=False)}
    return frozenset(found)


@cache
def known_answers() -> frozenset[str]:
    """Return what the marks of all tests name, and what the cases of ``scmsim verify`` check."""
    found = {kind for case in cases() for kind in case.kinds}
    for path in (ROOT / "tests").rglob("test_*.py"):
        text = path.read_text(encoding="utf-8")
        for call in ast.walk(ast.parse(text)) if ".known_answer(" in text else ():
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "known_answer":
                found |= {str(ast.literal_eval(argument)) for argument in call.args}
    return frozenset(found)


@cache
def entries() -> Mapping[str, str]:
    """Return the rows of the reference page by owner and key, and the headings of the kinds."""
    found: dict[str, str] = defaultdict(str)
    nouns: dict[str, str] = {}
    page = (ROOT / "docs" / "reference" / "scenario.md").read_text(encoding="utf-8")
    for chapter in re.split(r"^## ", page, flags=re.M)[1:]:
        kinds = re.findall(r"^### `(\w+)` \(([\w ]+)\)$", chapter, flags=re.M)
        kinds = [(kind, said.replace(" ", "_")) for kind, said in kinds]
        found |= {f"{said}:{kind}": kind for kind, said in kinds}
        for section in re.split(r"^### ", chapter, flags=re.M):
            title = section.splitlines()[0].strip("`").lower().replace(" ", "_")
            nouns[title] = kinds[0][1] if kinds else ""
            for key, cell in re.findall(r"^\| `(\w+)` \| (.*?) \|", section, flags=re.M):
                for named in {title, nouns[title], "scenario" if title == "sections" else title}:
                    found[f"{named}.{key}"] += f" {cell}"
    return found


def has_entry(name: str) -> bool:
    """Tell whether the reference page describes something."""
    key, _, word = name.partition(":")
    return name in entries() or re.search(rf"\b{word}\b", entries().get(key, "")) is not None


@cache
def bad_inputs() -> frozenset[str]:
    """Return what the bad scenarios use wrongly: a message speaks of the place where it is used or names it.

    A file that is named after a kind is about it. The bad scenarios whose names begin with ``yaml`` cannot be read.
    """
    found: set[str] = set()
    files = (ROOT / "tests" / "scenarios_bad").glob("*.yaml")
    for path in (path for path in files if not path.name.startswith("yaml_")):
        message = path.with_suffix(".expected").read_text(encoding="utf-8")
        told = re.findall(r"^[^:]+:(?:\d+:\d+:)? (.*?): found (.*?)(?:; expected|$)", message, flags=re.M)
        for use in uses(_plain(path), [Shape(ScenarioFile)]):
            key, _, word = use.name.partition(":")
            spoken = any(f"{place}.".startswith(f"{use.path}.") for place, _ in told)
            kinds = [path.stem.replace("_", " "), *(wrong for _, wrong in told)] if "." not in key else []
            if spoken or any(re.search(rf"\b{word.replace('_', '[_ ]')}\b", text) for text in kinds):
                found |= {use.name, key}
    return frozenset(found)


def _plain(path: Path) -> Any:
    try:
        return yaml.load(path.read_bytes(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (yaml.YAMLError, UnicodeDecodeError, ValueError):
        return None


def has_bad_input(name: str) -> bool:
    """Tell whether a bad scenario uses something wrongly; of a key's words one is enough."""
    key, _, _ = name.partition(":")
    return name in bad_inputs() or ("." in key and key in bad_inputs())


def has_known_answer(name: str) -> bool:
    """Tell whether a test is marked with something; a key may be named without its owner."""
    return name in known_answers() or (":" in name and name.partition(".")[2] in known_answers())


LAWS = {
    "example": lambda name: name in examples(),
    "known answer": has_known_answer,
    "entry": has_entry,
    "bad input": has_bad_input,
}


@pytest.mark.parametrize("what", LAWS)
def test_everything_has_its(what: str) -> None:
    """Tests that only what is listed lacks it, and that everything listed still does."""
    lacking = {name for name in catalogue() if not LAWS[what](name)}
    assert sorted(lacking - NOT_YET[what]) == [], f"lacks: {what}"
    assert sorted(NOT_YET[what] - lacking) == [], f"has now, and is to be struck off NOT_YET: {what}"


@pytest.mark.parametrize("name", ["policy:clairvoyant", "lane.clairvoyant", "terms.invoice:clairvoyant"])
def test_what_there_is_not_has_nothing(name: str) -> None:
    """Tests that what no example, test, page or bad scenario speaks of lacks all but the bad input of its key."""
    assert [what for what, law in LAWS.items() if law(name)] == (["bad input"] if name.startswith("terms") else [])


def test_every_mark_names_something() -> None:
    """Tests that no mark of a known answer names a kind or a key that there is not."""
    assert sorted(mark for mark in known_answers() - catalogue() if mark not in entries()) == []
