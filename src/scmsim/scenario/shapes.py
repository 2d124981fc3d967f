"""What the schema allows at a place of a scenario: read off the annotations, for messages, overrides and tables."""

import types
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Annotated, Any, Literal, NamedTuple, TypeVar, Union, get_args, get_origin
from weakref import WeakKeyDictionary

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from scmsim.scenario.catalogue import FAMILIES
from scmsim.scenario.located import listed
from scmsim.scenario.partial import Partial
from scmsim.specification import LARGEST
from scmsim.words import exact


class Shape(NamedTuple):
    """One thing that may stand at a place: a type, its constraints, and the models it is chosen from, if any."""

    type: Any
    constraints: tuple[Any, ...] = ()
    family: Any = None
    """Anything with ``kinds()`` and ``tag``."""

    @property
    def tag(self) -> str:
        """The key that tells the models of the family apart."""
        return str(getattr(self.family, "tag", "kind"))

    @property
    def noun(self) -> str:
        """What a model of the family is called."""
        types = [found for found in (self.type, *get_args(self.type)) if isinstance(found, type)]
        nouns = (family.noun for family in FAMILIES for found in types if issubclass(found, family.base))
        return next(nouns, "mapping")

    def models(self, raw: Any = None) -> list[type[BaseModel]]:
        """Return the models a mapping here may be: one when it says its kind, otherwise all."""
        if self.family is not None:
            kinds: Mapping[str, type[BaseModel]] = self.family.kinds()
            kind = raw.get(self.tag) if isinstance(raw, Mapping) else None
            return [kinds[kind]] if isinstance(kind, str) and kind in kinds else list(kinds.values())
        return [self.type] if isinstance(self.type, type) and issubclass(self.type, BaseModel) else []


def shapes(annotation: Any, constraints: tuple[Any, ...] = ()) -> list[Shape]:
    """List what an annotation allows, unions taken apart."""
    origin = get_origin(annotation)
    if origin is Annotated:
        base, *found = get_args(annotation)
        return _annotated(base, tuple(_flat(found)) + constraints)
    if origin in (Union, types.UnionType):
        return [shape for member in get_args(annotation) for shape in shapes(member, constraints)]
    if isinstance(annotation, TypeVar):
        return shapes(annotation.__bound__, constraints)
    return [Shape(annotation, constraints)]


def field_shapes(field: FieldInfo) -> list[Shape]:
    """List what a field of a model allows."""
    return _annotated(field.annotation, tuple(_flat(field.metadata)))


def step(here: Iterable[Shape], part: str | int, raw: Any = None) -> list[Shape]:
    """List what is allowed one step further down: under a key of a mapping, or at a position of a list."""
    found: list[Shape] = []
    for shape in here:
        found += _below(shape, part, raw)
    return found


def elements(here: Iterable[Shape]) -> list[Shape]:
    """List what the elements may be, of the lists that are allowed at a place."""
    lists = [shape for shape in here if get_origin(shape.type) in (tuple, list)]
    return [found for shape in lists for item in get_args(shape.type) if item is not ... for found in shapes(item)]


def fields(here: Iterable[Shape], raw: Any = None) -> dict[str, FieldInfo]:
    """Return the keys a mapping at this place may have, or none where any key is allowed."""
    found: dict[str, FieldInfo] = {}
    for shape in here:
        for model in shape.models(raw):
            if model not in _FIELDS:
                _FIELDS[model] = {field.alias or name: field for name, field in model.model_fields.items()}
            found |= _FIELDS[model]
    return found


_FIELDS: "WeakKeyDictionary[type[BaseModel], dict[str, FieldInfo]]" = WeakKeyDictionary()


_SHAPES: "WeakKeyDictionary[type[BaseModel], dict[str, tuple[Shape, ...]]]" = WeakKeyDictionary()


def _shapes_under(model: type[BaseModel], key: str) -> tuple[Shape, ...]:
    """Return what a key of a model allows, worked out once."""
    known = _SHAPES.setdefault(model, {})
    if key not in known:
        known[key] = tuple(field_shapes(_FIELDS[model][key]))
    return known[key]


def describe(here: Iterable[Shape]) -> str:
    """Say what is expected at a place.

    Examples
    --------
    >>> from typing import Annotated, Literal
    >>> from pydantic import Field
    >>> describe(shapes(Annotated[float, Field(gt=0)])), describe(shapes(Literal["a", "b"] | None))
    ('a number greater than 0', 'a or b')
    """
    said = dict.fromkeys(text for shape in here if (text := _describe(shape)))
    return " or ".join(said)


def _annotated(base: Any, constraints: tuple[Any, ...]) -> list[Shape]:
    for found in constraints:
        if isinstance(found, Partial):
            return shapes(found.of)
        if alternatives := getattr(found, "alternatives", ()):
            return [shape for alternative in alternatives for shape in shapes(alternative)]
        if callable(getattr(found, "kinds", None)):
            number = getattr(found, "number", None)
            return [*(shapes(number) if number is not None else []), Shape(base, (), found)]
    return shapes(base, constraints)


def _flat(constraints: Iterable[Any]) -> Iterator[Any]:
    for found in constraints:
        if isinstance(found, FieldInfo):
            yield from _flat(found.metadata)
        else:
            yield found


def _below(shape: Shape, part: str | int, raw: Any) -> list[Shape]:
    arguments = get_args(shape.type)
    origin = get_origin(shape.type)
    if origin is dict:
        return shapes(arguments[1])
    if origin in (tuple, list):
        items = elements([shape])
        return items if isinstance(part, int) else step(items, part, raw)
    key, found = str(part), None
    for model in shape.models(raw):
        found = model if key in fields([Shape(model)]) else found
    return list(_shapes_under(found, key)) if found is not None else []


def _describe(shape: Shape) -> str:
    origin = get_origin(shape.type)
    if shape.family is not None:
        article = "an" if shape.noun[:1] in "aeiou" else "a"
        return f"{article} {shape.noun} (a mapping with `{shape.tag}`)"
    if origin is Literal:
        return listed([str(name) for name in get_args(shape.type)]).replace(", ", " or ")
    if shape.type in (int, float):
        return ("a whole number" if shape.type is int else "a number") + _bounds(shape.constraints)
    if origin in (tuple, list):
        items = get_args(shape.type)
        if items and ... not in items:
            return f"a list of {len(items)} numbers"
        return f"a list of {_plural(shapes(items[0]))}" if items else "a list"
    if shape.models():
        return "a mapping"
    if shape.type is str and any(getattr(found, "pattern", None) for found in shape.constraints):
        return "a name"
    return _PLAIN.get(shape.type, "a mapping" if origin is dict else "")


_PLAIN = {str: "a text", bool: "true or false", dict: "a mapping", date: "a date"}


def _plural(items: list[Shape]) -> str:
    if items and all(get_origin(shape.type) in (Literal, tuple, list) for shape in items):
        return f"lists of {_plural(elements(items))}" if get_origin(items[0].type) is not Literal else describe(items)
    texts = [shape for shape in items if shape.type is str]
    numbers = [shape for shape in items if shape.type in (int, float)]
    if texts or numbers:
        return "names" if texts else "numbers" + _bounds(numbers[0].constraints)
    return "values" if any(shape.type is Any for shape in items) else "mappings"


def _bounds(constraints: Iterable[Any]) -> str:
    low = {
        name: value
        for found in constraints
        for name in ("ge", "gt")
        if (value := getattr(found, name, None)) is not None
    }
    high = {
        name: value
        for found in constraints
        for name in ("le", "lt")
        if (value := getattr(found, name, None)) is not None
    }
    high = {name: value for name, value in high.items() if value < LARGEST}
    if "ge" in low and "le" in high:
        return f" from {exact(low['ge'])} to {exact(high['le'])}"
    low = {name: value for name, value in low.items() if value > -LARGEST}
    words = {"ge": "of at least", "gt": "greater than", "le": "of at most", "lt": "less than"}
    said = [f"{words[name]} {exact(value)}" for name, value in (low | high).items()]
    return " " + " and ".join(said) if said else ""
