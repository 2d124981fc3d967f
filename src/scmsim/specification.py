"""The common root of everything a scenario file can say: strict, frozen, documented."""

import ast
import inspect
import textwrap
from collections.abc import Mapping
from itertools import pairwise
from types import MappingProxyType
from typing import Annotated
from weakref import WeakKeyDictionary

from pydantic import BaseModel, ConfigDict, Field, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

LARGEST = 1e12
"""The largest quantity, cost or time a scenario may hold; beyond it sums lose units."""

Number = Annotated[float, Field(ge=-LARGEST, le=LARGEST, allow_inf_nan=False)]
NonNegative = Annotated[float, Field(ge=0, le=LARGEST, allow_inf_nan=False)]
Positive = Annotated[float, Field(gt=0, le=LARGEST, allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Interval = Annotated[float, Field(ge=0.0001, le=LARGEST, allow_inf_nan=False)]
"""Time from each to the next of what comes again and again, in time units: what would come more often than ten thousand
times in one asks for a finer unit, or for what is continuous."""


class Specification(BaseModel):
    """A frozen piece of a scenario: unknown keys, strings for numbers and numbers for booleans are errors.

    The docstrings below its fields are their meaning (`meanings`).
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Describe every field."""
        found = handler(schema)
        properties = handler.resolve_ref_schema(found).get("properties", {})
        for name, meaning in meanings(cls).items():
            field = cls.model_fields.get(name)
            if field is not None and (key := field.alias or name) in properties:
                properties[key].setdefault("description", meaning)
        return found


def meanings(model: type[BaseModel]) -> Mapping[str, str]:
    """Return what the fields of a model mean, by name: the docstrings below them, in its class and those it comes from.

    They are read when somebody asks, not whenever scmsim starts; where the source is not at hand there are none.

    Examples
    --------
    >>> from scmsim.policies.base_stock import BaseStock
    >>> meanings(BaseStock)["level"]
    'Inventory position to restore, in units.'
    """
    found: dict[str, str] = {}
    for base in reversed(model.__mro__):
        if base is not BaseModel and issubclass(base, BaseModel):
            if base not in _KNOWN:
                _KNOWN[base] = _own_meanings(base)
            found |= _KNOWN[base]
    return MappingProxyType(found)


_KNOWN: "WeakKeyDictionary[type[BaseModel], dict[str, str]]" = WeakKeyDictionary()


def _own_meanings(model: type[BaseModel]) -> dict[str, str]:
    try:
        (tree,) = ast.parse(textwrap.dedent(inspect.getsource(model))).body
    except (OSError, TypeError, SyntaxError, ValueError):
        return {}
    found: dict[str, str] = {}
    for field, below in pairwise(tree.body if isinstance(tree, ast.ClassDef) else ()):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
            said = below.value if isinstance(below, ast.Expr) else None
            if isinstance(said, ast.Constant) and isinstance(said.value, str):
                found[field.target.id] = inspect.cleandoc(said.value)
    return found
