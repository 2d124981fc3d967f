"""The kinds of policies, forecasts, demands and distributions a scenario may name: ours and those of plug-ins.

Nothing else in scmsim asks what kind something is: the catalogue builds the unions that pydantic chooses from.
"""

import warnings
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Annotated, Any, Union, get_args

from pydantic import BaseModel, Field, GetCoreSchemaHandler
from pydantic_core import CoreSchema

Kinds = Mapping[str, type[BaseModel]]


def kind_of(model: type[BaseModel], key: str = "kind") -> str:
    """Return the name by which a scenario file chooses the model: the literal of its ``kind`` (or ``dist``) field."""
    field = model.model_fields.get(key)
    names = get_args(field.annotation) if field is not None else ()
    if len(names) != 1 or not isinstance(names[0], str):
        raise TypeError(f"{model.__name__}.{key} should be annotated with a Literal of one text")
    return names[0]


@cache
def policy_kinds() -> Kinds:
    """Return the replenishment policies by kind, those of the entry-point group ``scmsim.policies`` included."""
    from scmsim import policies
    from scmsim.policies.base import Policy

    return _with_plugins(policies.policy_kinds(), "scmsim.policies", Policy)


@cache
def demand_kinds() -> Kinds:
    """Return the demand models by kind, those of the entry-point group ``scmsim.demands`` included."""
    from scmsim import inputs
    from scmsim.inputs.demand import Demand

    return _with_plugins(inputs.demand_kinds(), "scmsim.demands", Demand)


@cache
def forecast_kinds() -> Kinds:
    """Return the forecasts by kind."""
    from scmsim import policies

    return _by_kind(policies.forecast_kinds(), "kind")


@cache
def distribution_kinds() -> Kinds:
    """Return the probability distributions by the name under ``dist``."""
    from scmsim import inputs

    return _by_kind(inputs.distribution_kinds(), "dist")


def _by_kind(models: Mapping[str, Any] | Iterable[Any], key: str) -> dict[str, type[BaseModel]]:
    classes = models.values() if isinstance(models, Mapping) else models
    return dict(sorted((kind_of(model, key), model) for model in classes))


def _with_plugins(built_in: Mapping[str, Any] | Iterable[Any], group: str, base: type[BaseModel]) -> Kinds:
    kinds = _by_kind(built_in, "kind")
    for entry in sorted(entry_points(group=group), key=lambda entry: entry.name):
        model = _plugin(entry, base, kinds)
        if model is not None:
            kinds[kind_of(model)] = model
    return dict(sorted(kinds.items()))


def _plugin(entry: EntryPoint, base: type[BaseModel], taken: Kinds) -> type[BaseModel] | None:
    try:
        model = entry.load()
        if not (isinstance(model, type) and issubclass(model, base)):
            raise TypeError(f"it is not a subclass of {base.__module__}.{base.__name__}")
        if kind_of(model) in taken:
            raise ValueError(f"the kind {kind_of(model)!r} is taken")
    except Exception as error:  # a plug-in may fail in any way, and must not take scmsim with it
        warnings.warn(f"plug-in {entry.name!r} ({entry.value}) is left out: {error}", RuntimeWarning, stacklevel=2)
        return None
    return model


class OneOf:
    """An annotation that makes a field a choice among the kinds of the catalogue.

    Parameters
    ----------
    kinds : callable
        Returns the models by name; asked once, when the schema is built.
    key : str
        The field that tells them apart.
    """

    def __init__(self, kinds: Callable[[], Kinds], key: str = "kind") -> None:
        self.kinds, self.key = kinds, key

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        models = tuple(self.kinds().values())
        choice = Annotated[Union[models], Field(discriminator=self.key)] if len(models) > 1 else models[0]  # noqa: UP007
        return handler.generate_schema(choice)
