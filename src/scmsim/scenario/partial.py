"""A mapping that holds some of the keys of something else, as the sections of ``defaults`` do."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticKnownError, core_schema


class Partial:
    """An annotation: nothing, the thing itself, or a mapping with some of its keys.

    Only the form is checked here; the keys are checked by whoever merges the mapping into something complete.

    Parameters
    ----------
    of : type
        What the mapping is a part of.
    """

    def __init__(self, of: Any) -> None:
        self.of = of

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(_mapping)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"type": "object"}


def _mapping(value: object) -> object:
    if value is None or isinstance(value, BaseModel | Mapping):
        return value
    raise PydanticKnownError("dict_type")
