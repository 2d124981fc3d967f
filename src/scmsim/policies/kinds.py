"""Specifications that are told apart by their ``kind``, and the union of all classes of one family."""

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Literal, TypeVar, get_args, get_origin
from weakref import WeakKeyDictionary, WeakValueDictionary

from pydantic import (
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    SerializerFunctionWrapHandler,
    model_serializer,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticKnownError, core_schema

from scmsim.specification import Specification

Member = TypeVar("Member", bound=Specification)


class KindedSpecification(Specification):
    """A specification with a ``kind``: required in a file, known to the class in Python."""

    @classmethod
    def __pydantic_init_subclass__(cls, **options: Any) -> None:
        super().__pydantic_init_subclass__(**options)
        _FOUND.clear()

    def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
        """Show what differs from the defaults: enough to rebuild the object."""
        for name, field in type(self).model_fields.items():
            value = getattr(self, name)
            if field.is_required() or value != field.get_default(call_default_factory=True):
                yield name, value

    @model_serializer(mode="wrap")
    def _kind_first(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Write ``kind`` even where defaults are left out: without it nobody can read the rest."""
        kind = getattr(self, "kind", None)
        return {**({} if kind is None else {"kind": kind}), **handler(self)}

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Require ``kind``, which tells an editor which alternative is meant, and leave the examples out."""
        found = super().__get_pydantic_json_schema__(schema, handler)
        described = handler.resolve_ref_schema(found)
        described["description"] = inspect.cleandoc(cls.__doc__ or "").split("\n\nExamples\n")[0]
        if "kind" in described.get("properties", {}):
            described["required"] = ["kind", *(name for name in described.get("required", []) if name != "kind")]
        return found


_KINDS: "WeakKeyDictionary[type[Specification], str | None]" = WeakKeyDictionary()


def kind_of(family_member: type[Specification]) -> str | None:
    """Return the kind that a class itself declares, None for a base class."""
    if family_member not in _KINDS:
        _KINDS[family_member] = _declared(family_member)
    return _KINDS[family_member]


def _declared(family_member: type[Specification]) -> str | None:
    if "kind" not in inspect.get_annotations(family_member):
        return None
    annotation = family_member.model_fields["kind"].annotation
    return str(get_args(annotation)[0]) if get_origin(annotation) is Literal else None


def classes_by_kind(family: type[Member]) -> dict[str, type[Member]]:
    """Return every class of a family that declares a kind, by kind, in alphabetical order.

    A class that was defined again under its own name (a notebook's cell run twice) replaces the earlier one.

    Raises
    ------
    ValueError
        Two different classes declare the same kind.
    """
    if family not in _FOUND:
        _FOUND[family] = WeakValueDictionary(_found(family))
    return dict(_FOUND[family])


_FOUND: "WeakKeyDictionary[type[Any], WeakValueDictionary[str, type[Any]]]" = WeakKeyDictionary()
"""By family, what `classes_by_kind` found since the last class was defined."""


def _found(family: type[Member]) -> dict[str, type[Member]]:
    found: dict[str, type[Member]] = {}
    for member in _descendants(family):
        kind = kind_of(member)
        if kind is None:
            continue
        other = found.setdefault(kind, member)
        if other is not member and _address(other) != _address(member):
            raise ValueError(f"two classes declare the kind {kind!r}: {_address(other)} and {_address(member)}")
        found[kind] = member
    return dict(sorted(found.items()))


def _descendants(family: type[Member]) -> Iterator[type[Member]]:
    for child in family.__subclasses__():
        yield child
        yield from _descendants(child)


def _address(member: type[Specification]) -> str:
    return f"{member.__module__}.{member.__qualname__}"


class ByKind:
    """Annotation of a field that holds any class of a family: ``Annotated[Forecast, ByKind(forecast_kinds)]``.

    The family is looked up when a value is validated or a schema is written, so classes that users define later count.
    Errors carry the path of the file, without the kind in it, and the error types of pydantic's own tagged unions.

    Parameters
    ----------
    kinds : callable
        Returns the classes of the family by kind.
    """

    tag = "kind"

    def __init__(self, kinds: Callable[[], Mapping[str, type[Specification]]]) -> None:
        self.kinds = kinds

    def __get_pydantic_core_schema__(self, source: type[Specification], handler: GetCoreSchemaHandler) -> CoreSchema:
        def validate(value: object) -> Specification:
            return value if isinstance(value, source) else self._build(value, source)

        return core_schema.no_info_plain_validator_function(validate)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        choices: dict[Any, CoreSchema] = {kind: cls.__pydantic_core_schema__ for kind, cls in self.kinds().items()}
        return handler(core_schema.tagged_union_schema(choices, discriminator="kind"))

    def _build(self, value: object, family: type[Specification]) -> Specification:
        if not isinstance(value, Mapping):
            raise PydanticKnownError("model_type", {"class_name": family.__name__})
        if "kind" not in value:
            raise PydanticKnownError("union_tag_not_found", {"discriminator": "'kind'"})
        kinds = self.kinds()
        chosen = kinds.get(value["kind"]) if isinstance(value["kind"], str) else None
        if chosen is None:
            expected = ", ".join(repr(kind) for kind in kinds)
            context = {"discriminator": "'kind'", "tag": str(value["kind"]), "expected_tags": expected}
            raise PydanticKnownError("union_tag_invalid", context)
        return chosen.model_validate(value)
