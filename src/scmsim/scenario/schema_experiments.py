"""What a scenario file says of experiments with it: variants to compare, factors to vary, a search.

`scmsim run` ignores all of it, and a scenario's hash does not depend on it. Every path is one of `--set`.
"""

import math
import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal, NamedTuple, Self

from pydantic import AfterValidator, Field, GetCoreSchemaHandler, GetJsonSchemaHandler, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from scmsim.inputs.distributions import Distribution
from scmsim.inputs.kinds import OneOf
from scmsim.scenario.catalogue import DISTRIBUTIONS, AnyDistribution
from scmsim.scenario.names import Name
from scmsim.specification import LARGEST, Number, Specification

MOST_STEPS = 10_000_000
"""How many values a range may have."""
_NUMBER = r"[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?"
_STEPS = re.compile(rf"\s*({_NUMBER})\s*:\s*({_NUMBER})\s*:\s*({_NUMBER})\s*")
_BETWEEN = re.compile(rf"\s*({_NUMBER})\s*\.\.\s*({_NUMBER})\s*")
_CONSTRAINT = re.compile(rf"\s*(?P<measure>\S(?:.*\S)?)\s*(?P<sense><=|>=)\s*(?P<bound>{_NUMBER})\s*")

PathText = Annotated[str, Field(min_length=1, max_length=1000)]
MeasureText = Annotated[str, Field(min_length=1, max_length=500)]
Replications = Annotated[int, Field(ge=1, le=1_000_000)]
Design = Literal["grid", "random", "latin_hypercube", "sobol", "one_at_a_time"]


class Steps(NamedTuple):
    """A range walked in steps, both ends included where a step falls on them: ``0:1:0.05``."""

    low: float
    high: float
    step: float

    @property
    def number(self) -> int:
        """How many values it has."""
        return math.floor((self.high - self.low) / self.step * (1 + 1e-12) + 1e-9) + 1

    def values(self) -> list[float]:
        """Return the values: no rounding error adds up, and what can be written as a whole number is one.

        Examples
        --------
        >>> Steps(0, 1, 0.1).values()
        [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]
        """
        if float(self.low).is_integer() and float(self.step).is_integer():
            low, step = int(self.low), int(self.step)
            return [*range(low, low + self.number * step, step)]
        return [_tidy(self.low + at * self.step) for at in range(self.number)]


class Between(Specification):
    """Numbers between two ends."""

    low: Number = Field(alias="from")
    """The lower end."""
    high: Number = Field(alias="to")
    """The upper end."""
    log: bool = False
    """Whether ratios count and not differences, as for what may be 1, 10 or 100."""
    integer: bool = False
    """Whether only whole numbers are meant."""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.low < self.high:
            raise ValueError(f"`to` should be above `from`: found from {self.low:g} to {self.high:g}")
        if self.log and self.low <= 0:
            raise ValueError(f"`from` should be above 0 where `log` is true: found {self.low:g}")
        if self.integer and not (self.low.is_integer() and self.high.is_integer()):
            raise ValueError(f"the ends should be whole where `integer` is true: found {self.low:g} and {self.high:g}")
        return self


class Constraint(NamedTuple):
    """What a figure has to keep to."""

    measure: str
    sense: Literal[">=", "<="]
    bound: float

    def __str__(self) -> str:
        return f"{self.measure} {self.sense} {self.bound:g}"


def constraint(text: str) -> Constraint:
    """Read a constraint: ``MEASURE >= NUMBER`` or ``MEASURE <= NUMBER``; the last ``<=`` or ``>=`` counts.

    Raises
    ------
    ValueError
        It is not of that form.

    Examples
    --------
    >>> constraint("fill_rate@kind=retailer >= 0.97")
    Constraint(measure='fill_rate@kind=retailer', sense='>=', bound=0.97)
    >>> constraint("fill_rate@shop <A> >= 0.97").measure
    'fill_rate@shop <A>'
    """
    said = _CONSTRAINT.fullmatch(text)
    if said is None:
        expected = "MEASURE >= NUMBER or MEASURE <= NUMBER, for instance fill_rate >= 0.97"
        raise PydanticCustomError("constraint", expected)
    return Constraint(said["measure"], ">=" if said["sense"] == ">=" else "<=", float(said["bound"]))


def span(text: str) -> Steps | Between:
    """Read a range: ``0:1:0.05`` (from, to, step) or ``1..9`` (anything between).

    Raises
    ------
    ValueError
        It is neither, or leads nowhere.

    Examples
    --------
    >>> span("1:7:3").values(), span("0.5..2").high
    ([1, 4, 7], 2.0)
    """
    between, steps = _BETWEEN.fullmatch(text), _STEPS.fullmatch(text)
    if between is not None:
        low, high = float(between[1]), float(between[2])
        if not (low < high and abs(low) <= LARGEST and abs(high) <= LARGEST):
            raise ValueError(f"LOW..HIGH with LOW below HIGH: found {text!r}")
        return Between.model_validate({"from": low, "to": high})
    if steps is None:
        raise ValueError(f"a list, or a range LOW:HIGH:STEP or LOW..HIGH, for instance 0:1:0.05: found {text!r}")
    found = Steps(*(float(part) for part in steps.groups()))
    if max(map(abs, found)) > LARGEST:
        raise ValueError(f"numbers of at most {LARGEST:.0e}: found {text!r}")
    if not found.step:
        raise ValueError(f"a step that is not 0: found {text!r}")
    if (found.high - found.low) * found.step < 0:
        raise ValueError(f"a step that leads from the first to the second number: found {text!r}")
    if (found.high - found.low) / found.step >= MOST_STEPS:
        raise ValueError(f"at most {MOST_STEPS:.0e} values: found {text!r}")
    return found


def _tidy(value: float) -> float:
    rounded = float(f"{value:.12g}")
    return int(rounded) if rounded.is_integer() else rounded


class Varied:
    """Annotation of how a factor varies: a list, a range, or a distribution."""

    alternatives = (tuple[Any, ...], str, Between, AnyDistribution)
    """What may stand there, for messages (`scmsim.scenario.shapes`)."""
    said = "a list, a range (`0:1:0.05`, `1..9` or a mapping with `from` and `to`) or a distribution"

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.validate)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"anyOf": [{"type": "array", "minItems": 1}, {"type": "string"}, {"type": "object"}]}

    def validate(self, value: Any) -> Any:
        """Return a tuple of values, the text of a range, a `Between` or a `Distribution`.

        Raises
        ------
        ValueError
            It is none of them.
        """
        if isinstance(value, Between | Distribution):
            return value
        if isinstance(value, list | tuple) and value:
            return tuple(value)
        if isinstance(value, str):
            span(value)
            return value
        if isinstance(value, Mapping) and ("from" in value or "to" in value):
            return Between.model_validate(value)
        if isinstance(value, Mapping) and ("dist" in value or "kind" in value):
            named = {"dist" if key == "kind" else key: entry for key, entry in value.items()}
            return OneOf("dist", DISTRIBUTIONS.kinds).validate(named)
        if isinstance(value, list | tuple):
            raise PydanticCustomError("too_short", "at least 1 element", {"min_length": 1})
        raise PydanticCustomError("varied", self.said)


Variation = Annotated[Any, Varied()]
"""How a factor varies: a tuple of values, the text of a range (`span`), `Between` or a `Distribution`."""


def _constraint_text(text: str) -> str:
    constraint(text)
    return text


ConstraintText = Annotated[str, AfterValidator(_constraint_text)]


class Compare(Specification):
    """Variants of the scenario to compare: `scmsim compare FILE --policies`."""

    policies: Annotated[dict[Name, dict[PathText, Any]], Field(min_length=1)]
    """The variants by name, each with the paths it changes and their values."""
    base: bool = True
    """Whether the scenario as it stands is a variant, too, called `base`."""
    replications: Replications | None = None
    """How often each variant is run. By default as often as the scenario says, or 20 times where it says 1."""
    measures: tuple[MeasureText, ...] = ()
    """The figures to compare, for instance `fill_rate@*`. By default the usual ones."""


class Sweep(Specification):
    """Factors to vary: `scmsim sweep FILE`."""

    vary: Annotated[dict[PathText, Variation], Field(min_length=1)]
    """The factors: paths of the scenario, each with a list of values, a range or a distribution."""
    design: Design = "grid"
    """Which combinations are run."""
    points: Annotated[int, Field(ge=1, le=MOST_STEPS)] | None = None
    """How many combinations, where the design draws them."""
    replications: Replications | None = None
    """How often each is run. By default as often as the scenario says."""
    measures: tuple[MeasureText, ...] = ()
    """The figures to keep, for instance `fill_rate@*`. By default the usual ones."""


class Optimize(Specification):
    """A search for the best values: `scmsim optimize FILE`."""

    minimize: MeasureText | None = None
    """The figure to make small."""
    maximize: MeasureText | None = None
    """The figure to make large. Give one of the two."""
    subject_to: tuple[ConstraintText, ...] = ()
    """What has to hold, for instance `fill_rate@kind=retailer >= 0.97`."""
    vary: Annotated[dict[PathText, Between], Field(min_length=1)]
    """What may be changed: paths of the scenario, each with its ends."""
    trials: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    """How many candidates are tried."""
    replications: Replications | None = None
    """How often each candidate is run."""
    confidence: Annotated[float, Field(ge=0.5, lt=1, allow_inf_nan=False)] = 0.95
    """How sure it has to be that the constraints hold."""

    @model_validator(mode="after")
    def _one_goal(self) -> Self:
        if (self.minimize is None) == (self.maximize is None):
            raise ValueError(
                f"one of `minimize` and `maximize`: found {'neither' if self.minimize is None else 'both'}"
            )
        return self


class Experiments(Specification):
    """Experiments with this scenario. A single run ignores them."""

    compare: Compare | None = None
    """Variants to compare."""
    sweep: Sweep | None = None
    """Factors to vary."""
    optimize: Optimize | None = None
    """A search for the best values."""
