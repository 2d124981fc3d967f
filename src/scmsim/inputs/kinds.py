"""Models found by their name: the kinds of a family, and a field that holds any one of them."""

import importlib
import pkgutil
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Annotated, Any, TypeVar, Union

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler, TypeAdapter
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, PydanticKnownError, core_schema

from scmsim.specification import Specification

Kind = TypeVar("Kind", bound=Specification)


@cache
def _import_inputs() -> None:
    package = importlib.import_module("scmsim.inputs")
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{package.__name__}.{module.name}")


def _descendants(base: type[Kind]) -> Iterator[type[Kind]]:
    waiting = deque(base.__subclasses__())
    seen: set[type[Kind]] = set()
    while waiting:
        found = waiting.popleft()
        if found not in seen:
            seen.add(found)
            yield found
            waiting.extend(found.__subclasses__())


def kinds_of(base: type[Kind], tag: str) -> dict[str, type[Kind]]:
    """Find every model of a family by its name, wherever it is defined.

    Parameters
    ----------
    base : type
        The family: `Distribution` or `Demand`.
    tag : str
        The field that holds a model's name, as a ``Literal`` with that name as its default.

    Returns
    -------
    dict
        Name to class, sorted by name. Of two classes with one name the one nearer to the base, then the older, is kept.

    Examples
    --------
    >>> from scmsim.inputs.distributions import Distribution
    >>> kinds_of(Distribution, "dist")["gamma"].__name__
    'Gamma'
    """
    _import_inputs()
    found: dict[str, type[Kind]] = {}
    for subclass in _descendants(base):
        name = getattr(subclass.model_fields.get(tag), "default", None)
        if isinstance(name, str):
            found.setdefault(name, subclass)
    return dict(sorted(found.items()))


def require(tag: str) -> Callable[[dict[str, Any]], None]:
    """Fit a JSON Schema to files: they have to name the kind, which Python knows from the class, and show no Python.

    Examples
    --------
    >>> schema = {"required": ["mean"], "description": "A gamma distribution."}
    >>> require("dist")(schema); schema
    {'required': ['dist', 'mean'], 'description': 'A gamma distribution.'}
    """

    def add(schema: dict[str, Any]) -> None:
        schema["required"] = [tag, *(key for key in schema.get("required", []) if key != tag)]
        schema["description"] = str(schema.get("description", "")).split("\n\nExamples\n---")[0]

    return add


def shown(model: Specification, tag: str) -> list[tuple[str, Any]]:
    """List the fields that a short ``repr`` needs to rebuild a model: those which are not at their default.

    Examples
    --------
    >>> from scmsim.inputs.distributions import Gamma
    >>> shown(Gamma(mean=5, cv=0.4), "dist")
    [('mean', 5.0), ('cv', 0.4)]
    """
    fields = type(model).model_fields
    values = {name: getattr(model, name) for name in fields if name != tag}
    return [
        (name, value)
        for name, value in values.items()
        if fields[name].is_required() or value != fields[name].get_default(call_default_factory=True)
    ]


@dataclass(frozen=True)
class OneOf:
    """Annotation of a field that holds one model of a family, chosen by name when the value is validated.

    The choice is made from the models that exist at that moment, so a model defined later, by a user, takes part.
    Errors carry the place inside the file and nothing else.

    Parameters
    ----------
    tag : str
        The key that names the model.
    kinds : callable
        Gives the models that may stand here, by name.
    number : type, optional
        The annotated type of the number that may stand here in place of a model.
    convert : callable, optional
        Turns objects of other libraries into models, and returns everything else as it is.

    Examples
    --------
    >>> from pydantic import TypeAdapter
    >>> from scmsim.inputs.distributions import AnyDistribution
    >>> TypeAdapter(AnyDistribution).validate_python({"dist": "poisson", "mean": 4})
    Poisson(mean=4.0)
    """

    tag: str
    kinds: Callable[[], Mapping[str, type[Specification]]]
    number: Any = None
    convert: Callable[[Any], Any] | None = None

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.validate)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        models = tuple(self.kinds().values())
        accepted: Any = Annotated[Union[models], Field(discriminator=self.tag)]  # noqa: UP007
        if self.number is not None:
            accepted = self.number | accepted
        return handler(TypeAdapter(accepted).core_schema)

    def validate(self, value: Any) -> Any:
        """Return the number or the model that a value stands for.

        Raises
        ------
        ValueError
            The value is neither, or is not valid.
        """
        if self.number is not None and isinstance(value, int | float) and not isinstance(value, bool):
            return self._adapter.validate_python(value)
        kinds = self.kinds()
        model = self.convert(value) if self.convert is not None else value
        if isinstance(model, tuple(kinds.values())):
            return model
        if isinstance(model, Specification) and isinstance(getattr(model, self.tag, None), str):
            raise self._unknown(getattr(model, self.tag), kinds)
        if isinstance(model, Mapping):
            return self._from_mapping(model, kinds)
        wanted = f"a mapping with '{self.tag}'"
        raise PydanticCustomError(
            "one_of", "Input should be {wanted}", {"wanted": wanted if self.number is None else f"a number or {wanted}"}
        )

    @cached_property
    def _adapter(self) -> TypeAdapter[Any]:
        return TypeAdapter(self.number)

    def _from_mapping(self, value: Mapping[str, Any], kinds: Mapping[str, type[Specification]]) -> Specification:
        if self.tag not in value:
            raise PydanticKnownError("union_tag_not_found", {"discriminator": f"'{self.tag}'"})
        name = value[self.tag]
        if not isinstance(name, str) or name not in kinds:
            raise self._unknown(name, kinds)
        return kinds[name].model_validate(value)

    def _unknown(self, name: object, kinds: Mapping[str, type[Specification]]) -> PydanticKnownError:
        expected = ", ".join(f"'{kind}'" for kind in kinds)
        context = {"discriminator": f"'{self.tag}'", "tag": str(name), "expected_tags": expected}
        return PydanticKnownError("union_tag_invalid", context)
