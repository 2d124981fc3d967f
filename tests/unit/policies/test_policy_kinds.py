"""The catalogue: kinds are found, told apart, described by a schema, and open to users' own classes."""

import gc
from collections.abc import Iterator
from typing import Any, Literal

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

from scmsim.policies.base import Policy, State
from scmsim.policies.base_stock import BaseStock
from scmsim.policies.catalogue import AnyForecast, AnyPolicy, forecast_kinds, policy_kinds
from scmsim.policies.forecasting import Forecast, MovingAverage
from scmsim.policies.kinds import kind_of
from scmsim.policies.order_up_to import OrderUpTo

KINDS = {
    "anchor_and_adjust",
    "base_stock",
    "min_max",
    "order_up_to",
    "reorder_point",
    "scripted",
    "smoothed_order_up_to",
}
FORECASTS = {"ar1_mmse", "constant", "exponential_smoothing", "moving_average", "naive"}


class Stock(BaseModel):
    """A place where a scenario says a policy."""

    policy: AnyPolicy | None = None


@pytest.fixture(autouse=True)
def _forget_classes() -> Iterator[None]:
    """No class of one test is a kind in another."""
    yield
    gc.collect()


@pytest.fixture
def median_forecast() -> type[Forecast]:
    """A user's own forecast."""

    class Median(Forecast):
        """The middle of what was seen."""

        kind: Literal["median"] = "median"
        window: int = 3

        def start(self) -> State:
            return ()

        def update(self, state: State, demand: float) -> State:
            return (*state, demand)[-self.window :]

        def per_period(self, state: State) -> float:
            return float(sorted(state)[len(state) // 2])

    return Median


def test_all_kinds_are_found() -> None:
    """Tests that walking the package finds every policy and forecast, by kind, in alphabetical order."""
    assert set(policy_kinds()) >= KINDS
    assert set(forecast_kinds()) >= FORECASTS
    assert list(policy_kinds()) == sorted(policy_kinds())


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_policy_has_a_schema(kind: str) -> None:
    """Tests that each parameter is described, that the kind is required, and that examples stay out."""
    schema = policy_kinds()[kind].model_json_schema()
    assert schema["required"][0] == "kind"
    assert "Examples" not in schema["description"]
    undescribed = {name for name, field in schema["properties"].items() if "description" not in field} - {"kind"}
    assert not undescribed


@pytest.mark.parametrize("kind", ["anchor_and_adjust", "order_up_to", "smoothed_order_up_to"])
def test_nested_forecasts_have_a_discriminator(kind: str) -> None:
    """Tests that an editor is told to choose the forecast by its kind."""
    nested = policy_kinds()[kind].model_json_schema()["properties"]["forecast"]
    assert nested["discriminator"]["propertyName"] == "kind"
    assert set(nested["discriminator"]["mapping"]) >= FORECASTS
    assert len(nested["oneOf"]) == len(nested["discriminator"]["mapping"])


def test_any_policy_has_a_schema() -> None:
    """Tests that the union of all policies is described with its discriminator, forecasts included."""
    schema = TypeAdapter(AnyPolicy).json_schema()
    assert set(schema["discriminator"]["mapping"]) >= KINDS
    assert "MovingAverage" in schema["$defs"]


@pytest.mark.parametrize(
    ("policy", "path", "message"),
    [
        ({"kind": "base_stok", "level": 1}, (), "Input tag 'base_stok' found using 'kind' does not match"),
        ({"level": 1}, (), "Unable to extract tag using discriminator 'kind'"),
        ({"kind": ["base_stock"]}, (), "does not match any of the expected tags"),
        (7, (), "Input should be a valid dictionary or instance of Policy"),
        ({"kind": "base_stock", "level": "9"}, ("level",), "Input should be a valid number"),
        ({"kind": "base_stock", "level": True}, ("level",), "Input should be a valid number"),
        ({"kind": "base_stock", "level": 9, "minimum": 4}, ("minimum",), "Extra inputs are not permitted"),
        ({"kind": "order_up_to"}, ("forecast",), "Field required"),
        ({"kind": "order_up_to", "forecast": {"kind": "nave"}}, ("forecast",), "Input tag 'nave' found"),
        (
            {"kind": "order_up_to", "forecast": {"kind": "moving_average", "periods": 0}},
            ("forecast", "periods"),
            "Input should be greater than or equal to 1",
        ),
        (
            {"kind": "base_stock", "service_level": 95},
            ("service_level",),
            "Input should be a number between 0 and 1, both excluded, or 'optimal'",
        ),
    ],
)
def test_errors_carry_the_path_of_the_file(policy: Any, path: tuple[str, ...], message: str) -> None:
    """Tests that a problem is placed where it stands in the file, with no kind in the path."""
    with pytest.raises(ValidationError) as caught:
        Stock.model_validate({"policy": policy})
    (error,) = caught.value.errors()
    assert error["loc"] == ("policy", *path)
    assert message in error["msg"]


def test_all_problems_of_a_nested_forecast_at_once() -> None:
    """Tests that a nested specification reports each of its problems."""
    bad = {"kind": "order_up_to", "cover": -1, "forecast": {"kind": "moving_average", "periods": 0, "weight": 1}}
    with pytest.raises(ValidationError) as caught:
        Stock.model_validate({"policy": bad})
    places = {error["loc"][1:] for error in caught.value.errors()}
    assert places == {("cover",), ("forecast", "periods"), ("forecast", "weight")}


def test_a_users_forecast_works_everywhere(median_forecast: type[Forecast]) -> None:
    """Tests that a class defined after ours is found, validated, described and used."""
    policy = OrderUpTo.model_validate({"kind": "order_up_to", "cover": 2, "forecast": {"kind": "median", "window": 5}})
    assert isinstance(policy.forecast, median_forecast)
    assert "median" in OrderUpTo.model_json_schema()["properties"]["forecast"]["discriminator"]["mapping"]
    with pytest.raises(ValidationError, match="expected tags: .*'median'"):
        TypeAdapter(AnyForecast).validate_python({"kind": "x"})


def test_two_classes_of_one_kind(median_forecast: type[Forecast]) -> None:
    """Tests that a second class of the same kind is refused, while the same class defined again replaces the first."""
    again = type("Median", (Forecast,), {**_namespace(median_forecast), "__qualname__": median_forecast.__qualname__})
    assert forecast_kinds()["median"] is again
    other = type("OtherMedian", (Forecast,), _namespace(median_forecast))
    assert kind_of(other) == "median"
    with pytest.raises(ValueError, match="two classes declare the kind 'median': .*Median and .*OtherMedian"):
        forecast_kinds()


def _namespace(like: type[Forecast]) -> dict[str, Any]:
    return {"__module__": like.__module__, "__annotations__": {"kind": Literal["median"]}, "kind": "median"}


def test_a_class_without_a_kind_is_a_base() -> None:
    """Tests that classes which policies share are not kinds themselves, nor are subclasses that add none."""

    class Plain(BaseStock):
        """A subclass that only changes behaviour."""

    kinds = policy_kinds()
    assert kinds["base_stock"] is BaseStock
    assert Plain not in kinds.values()
    assert Policy not in kinds.values()


def test_what_is_written_can_be_read() -> None:
    """Tests that a dump without defaults still says every kind, and reads back as the same policy."""
    policy = OrderUpTo(forecast=MovingAverage(periods=5), safety_factor=1.5, order_multiple=6)
    written = Stock(policy=policy).model_dump(mode="json", exclude_defaults=True)
    assert written["policy"]["kind"] == "order_up_to"
    assert written["policy"]["forecast"] == {"kind": "moving_average", "periods": 5}
    assert Stock.model_validate(written).policy == policy
