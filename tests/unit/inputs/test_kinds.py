"""The catalogue of kinds, and fields that hold any one of them."""

import subprocess
import sys
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from scmsim.inputs.demand import demand_kinds
from scmsim.inputs.distributions import (
    AnyDistribution,
    Gamma,
    NonNegativeOrDistribution,
    Normal,
    NumberOrDistribution,
    Poisson,
    distribution_kinds,
)

Examples = tuple[dict[str, dict[str, Any]], dict[str, dict[str, Any]]]

OUTSIDE = """
from typing import Literal
import numpy as np
from scmsim.inputs.demand import Demand, demand_kinds

class Alternating(Demand):
    kind: Literal["alternating"] = "alternating"
    def blocks(self, rng, start, interval):
        while True:
            yield np.array([1.0, 0.0])

composed = demand_kinds()["composed"](base={"kind": "alternating"}, trend=1)
print(demand_kinds()["alternating"].__name__, next(composed.blocks(np.random.default_rng(1), 0.0, 1.0)))
print("Alternating" in str(type(composed).model_json_schema()["properties"]["base"]))
"""


def test_every_distribution_has_an_example(examples: Examples) -> None:
    """Tests that the list of distributions is the list that the tests run through."""
    assert set(distribution_kinds()) == set(examples[0])


def test_every_demand_has_an_example(examples: Examples) -> None:
    """Tests that the list of demand models is the list that the tests run through."""
    assert set(demand_kinds()) == set(examples[1])


def test_outside_model_takes_part() -> None:
    """Tests that a demand model defined outside the package is listed, and may be the base of a composed one."""
    done = subprocess.run([sys.executable, "-c", OUTSIDE], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["Alternating [1. 1.]", "True"]


def test_schema_names_the_kind(any_demand: Any) -> None:
    """Tests that every demand model has a JSON Schema in which the kind is required and every field described."""
    schema = type(any_demand).model_json_schema()
    assert schema["required"][0] == "kind"
    assert ">>>" not in schema["description"]
    assert [name for name, field in schema["properties"].items() if not field.get("description")] == []


def test_schema_of_distribution_describes_fields(any_distribution: Any) -> None:
    """Tests that every distribution has a JSON Schema in which ``dist`` is required and every field described."""
    schema = type(any_distribution).model_json_schema()
    assert schema["required"][0] == "dist"
    assert [name for name, field in schema["properties"].items() if not field.get("description")] == []


def test_schema_of_number_or_distribution() -> None:
    """Tests that a time may be a number from 0 or any distribution, in the JSON Schema too."""
    number, distribution = TypeAdapter(NonNegativeOrDistribution).json_schema()["anyOf"]
    assert number["minimum"] == 0
    assert set(distribution["discriminator"]["mapping"]) == set(distribution_kinds())


def test_schema_of_composed_base() -> None:
    """Tests that the base of a composed demand is, in the JSON Schema, every periodic kind but a composed one."""
    base = demand_kinds()["composed"].model_json_schema()["properties"]["base"]
    assert set(base["discriminator"]["mapping"]) == set(demand_kinds()) - {"composed", "compound_poisson"}


def test_field_takes_mapping_model_or_number() -> None:
    """Tests that a field for a number or a distribution takes a mapping, a model and a number."""
    accept = TypeAdapter(NumberOrDistribution).validate_python
    gamma = Gamma(mean=5, cv=0.4)
    assert accept({"dist": "gamma", "mean": 5, "cv": 0.4}) == gamma
    assert accept(gamma) is gamma
    assert accept(-3) == -3.0


@pytest.mark.parametrize(
    ("value", "where", "message"),
    [
        ("fast", (), "Input should be a number or a mapping with 'dist'"),
        (True, (), "Input should be a number or a mapping with 'dist'"),
        ({}, (), "Unable to extract tag using discriminator 'dist'"),
        (
            {"dist": "gama"},
            (),
            "Input tag 'gama' found using 'dist' does not match any of the expected tags: 'discrete'",
        ),
        ({"dist": ["gamma"]}, (), r"Input tag '\['gamma'\]' found"),
        ({"dist": "gamma", "mean": "5", "cv": 1}, ("mean",), "Input should be a valid number"),
        (float("nan"), (), "Input should be a finite number"),
        (1e308, (), "Input should be less than or equal to 1000000000000"),
        (-1, (), "Input should be greater than or equal to 0"),
        ({"dist": "uniform", "low": -1, "high": 2}, (), r"can be negative \(down to -1\): a time or a size cannot"),
    ],
)
def test_field_says_where_and_what(value: object, where: tuple[str, ...], message: str) -> None:
    """Tests that a wrong value is reported at its place in the file, without the kind's name in the path."""
    with pytest.raises(ValidationError, match=message) as caught:
        TypeAdapter(NonNegativeOrDistribution).validate_python(value)
    assert [error["loc"] for error in caught.value.errors()] == [where]


def test_field_without_number() -> None:
    """Tests that a number where only a distribution makes sense is refused."""
    with pytest.raises(ValidationError, match="Input should be a mapping with 'dist'"):
        TypeAdapter(AnyDistribution).validate_python(3)


def test_field_refuses_other_families_model() -> None:
    """Tests that a demand model where a distribution belongs is refused."""
    with pytest.raises(ValidationError, match="Input should be a number or a mapping with 'dist'"):
        TypeAdapter(NumberOrDistribution).validate_python(demand_kinds()["poisson"](mean=3))


def test_time_clips_what_is_unbounded() -> None:
    """Tests that a normal distribution used as a time is clipped at 0, and one already bounded is kept."""
    accept = TypeAdapter(NonNegativeOrDistribution).validate_python
    assert accept({"dist": "normal", "mean": 5, "sd": 2}) == Normal(mean=5, sd=2, minimum=0)
    assert accept(Normal(mean=5, sd=2, minimum=1)) == Normal(mean=5, sd=2, minimum=1)
    assert accept(Normal(mean=-5, sd=2, maximum=-1)) == Normal(mean=-5, sd=2, minimum=0, maximum=0)


def test_dump_rebuilds(any_demand: Any) -> None:
    """Tests that a demand model written as a mapping or as JSON reads back equal."""
    model = type(any_demand)
    assert model.model_validate(any_demand.model_dump()) == any_demand
    assert model.model_validate_json(any_demand.model_dump_json()) == any_demand


def test_unknown_key_is_an_error() -> None:
    """Tests that a parameter of another distribution is refused."""
    with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
        Poisson(mean=3, cv=0.5)  # type: ignore[call-arg]
