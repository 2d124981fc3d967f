"""The kinds of policies, forecasts, demands and distributions a scenario may name: ours and those of plug-ins.

Nothing else in scmsim asks what kind something is: the catalogue finds the class, and the class does the rest.
"""

import warnings
from collections.abc import Callable, Mapping
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Annotated, Any, Union, get_args

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler, TypeAdapter
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticKnownError, core_schema

from scmsim.inputs.demand import Demand, demand_kinds
from scmsim.inputs.disruption import Occurrence, occurrence_kinds
from scmsim.inputs.distributions import Distribution, distribution_kinds
from scmsim.policies.allocation_base import Allocation
from scmsim.policies.allocation_kinds import allocation_kinds
from scmsim.policies.base import Policy
from scmsim.policies.catalogue import Forecast, forecast_kinds, policy_kinds
from scmsim.policies.sequencing import Sequencing, sequencing_kinds
from scmsim.policies.sourcing import Sourcing
from scmsim.policies.sourcing_kinds import sourcing_kinds
from scmsim.policies.transport import ModeChoice, mode_choice_kinds
from scmsim.scenario.schema_money import PriceRule, price_kinds
from scmsim.specification import Specification

Kinds = Mapping[str, type[Specification]]


def kind_of(model: type[Specification], tag: str = "kind") -> str:
    """Return the name by which a scenario file chooses the model: the literal of its ``kind`` (or ``dist``) field.

    Raises
    ------
    TypeError
        The field is missing, or is not a literal of one text.
    """
    field = model.model_fields.get(tag)
    names = get_args(field.annotation) if field is not None else ()
    if len(names) != 1 or not isinstance(names[0], str):
        raise TypeError(f"{model.__name__}.{tag} should be annotated with a Literal of one text")
    return names[0]


class Family:
    """Models that do the same job and are told apart by one key. It is also the annotation of a field that holds one.

    Which models there are is looked up when a value is validated, so that a class defined later, in a notebook or by a
    plug-in, takes part.

    Parameters
    ----------
    noun : str
        What one of them is called.
    base : type
        What they all are.
    built_in : callable
        Returns the models by kind.
    tag : str
        The key that tells them apart.
    group : str
        The entry-point group in which plug-ins are found; empty for none.

    Examples
    --------
    >>> "base_stock" in POLICIES.kinds(), "gamma" in DISTRIBUTIONS.kinds()
    (True, True)
    """

    def __init__(
        self, noun: str, base: type[Specification], built_in: Callable[[], Any], tag: str = "kind", group: str = ""
    ) -> None:
        self.noun, self.base, self.tag, self.group = noun, base, tag, group
        self._built_in = built_in
        self._known: dict[str, type[Specification]] = {}

    def kinds(self) -> Kinds:
        """Return the models by kind, in alphabetical order, plug-ins included."""
        self._known = self._known or dict(self._built_in())
        for model in _plugins(self.group, self.base):
            self._known.setdefault(kind_of(model, self.tag), model)
        try:
            self._known.update(self._built_in())
        except ValueError as error:  # two classes of one kind: the ones that were there first stay
            warnings.warn(f"a {self.noun} is left out: {error}", RuntimeWarning, stacklevel=2)
        return dict(sorted(self._known.items()))

    def find(self, kind: object) -> type[Specification] | None:
        """Return the model of a kind, or None."""
        if not isinstance(kind, str):
            return None
        return self._known.get(kind) or self.kinds().get(kind)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self._validate)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        models = tuple(self.kinds().values())
        choice: Any = models[0]
        if len(models) > 1:
            choice = Annotated[Union[models], Field(discriminator=self.tag)]  # noqa: UP007
        return handler(TypeAdapter(choice).core_schema)

    def _validate(self, value: object) -> Specification:
        if isinstance(value, self.base):
            return value
        if not isinstance(value, Mapping):
            raise PydanticKnownError("model_type", {"class_name": self.base.__name__})
        if self.tag not in value:
            raise PydanticKnownError("union_tag_not_found", {"discriminator": f"'{self.tag}'"})
        model = self.find(value[self.tag])
        if model is None:
            tags = ", ".join(repr(kind) for kind in self.kinds())
            context = {"discriminator": f"'{self.tag}'", "tag": str(value[self.tag]), "expected_tags": tags}
            raise PydanticKnownError("union_tag_invalid", context)
        return model.model_validate(value)


@cache
def _plugins(group: str, base: type[Specification]) -> tuple[type[Specification], ...]:
    if not group:
        return ()
    loaded = (_plugin(entry, base) for entry in sorted(entry_points(group=group), key=lambda entry: entry.name))
    return tuple(model for model in loaded if model is not None)


def _plugin(entry: EntryPoint, base: type[Specification]) -> type[Specification] | None:
    try:
        model = entry.load()
        if not (isinstance(model, type) and issubclass(model, base)):
            raise TypeError(f"it is not a subclass of {base.__module__}.{base.__name__}")
        kind_of(model)
    except Exception as error:  # a plug-in may fail in any way, and must not take scmsim with it
        warnings.warn(f"the plug-in {entry.name!r} ({entry.value}) is left out: {error}", RuntimeWarning, stacklevel=3)
        return None
    return model


POLICIES = Family("policy", Policy, policy_kinds, group="scmsim.policies")
"""Replenishment policies."""
FORECASTS = Family("forecast", Forecast, forecast_kinds)
"""Forecasts of policies."""
DEMANDS = Family("demand", Demand, demand_kinds, group="scmsim.demands")
"""Demand models."""
DISTRIBUTIONS = Family("distribution", Distribution, distribution_kinds, tag="dist")
"""Probability distributions."""
PRICES = Family("price", PriceRule, price_kinds)
"""Rules for a price."""
SOURCINGS = Family("sourcing", Sourcing, sourcing_kinds)
"""Rules for which supplier gets an order."""
MODE_CHOICES = Family("mode choice", ModeChoice, mode_choice_kinds)
"""Rules for how goods travel."""
ALLOCATIONS = Family("allocation", Allocation, allocation_kinds)
"""Rules for who gets how much of short stock."""
SEQUENCINGS = Family("sequencing", Sequencing, sequencing_kinds)
"""Rules for which job gets a machine."""
OCCURRENCES = Family("occurrence", Occurrence, occurrence_kinds)
"""When disruptions strike."""
FAMILIES = (
    POLICIES,
    FORECASTS,
    DEMANDS,
    DISTRIBUTIONS,
    PRICES,
    SOURCINGS,
    MODE_CHOICES,
    ALLOCATIONS,
    SEQUENCINGS,
    OCCURRENCES,
)
"""All of them."""

AnyPolicy = Annotated[Policy, POLICIES]
AnySourcing = Annotated[Sourcing, SOURCINGS]
AnyModeChoice = Annotated[ModeChoice, MODE_CHOICES]
AnyAllocation = Annotated[Allocation, ALLOCATIONS]
AnySequencing = Annotated[Sequencing, SEQUENCINGS]
AnyOccurrence = Annotated[Occurrence, OCCURRENCES]
AnyDemand = Annotated[Demand, DEMANDS]
AnyDistribution = Annotated[Distribution, DISTRIBUTIONS]
