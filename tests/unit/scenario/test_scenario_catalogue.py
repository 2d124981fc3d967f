"""The catalogue of kinds, and what plug-ins add to it."""

from importlib.metadata import EntryPoint
from typing import Literal

import pytest

from scmsim.scenario import catalogue
from scmsim.scenario.catalogue import DEMANDS, DISTRIBUTIONS, FORECASTS, POLICIES, Family, kind_of
from scmsim.specification import Specification


class Base(Specification):
    """What the plug-ins of these tests should be."""


class Own(Base):
    """A built-in model."""

    kind: Literal["own"] = "own"


class Extra(Base):
    """A plug-in."""

    kind: Literal["extra"] = "extra"


class Nameless(Base):
    """A plug-in without a kind."""


class Stranger(Specification):
    """Something that is not a plug-in."""

    kind: Literal["stranger"] = "stranger"


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> "pytest.MonkeyPatch":
    """Make the plug-ins that are installed a matter of each test."""
    catalogue._plugins.cache_clear()
    yield monkeypatch  # type: ignore[misc]
    catalogue._plugins.cache_clear()


def family(install: pytest.MonkeyPatch, *plugins: str) -> Family:
    """Return a family with one built-in model and some installed plug-ins."""
    found = [EntryPoint(name.lower(), f"{__name__}:{name}", "tests.models") for name in plugins]
    for entry, name in zip(found, plugins, strict=True):
        install.setattr(EntryPoint, "load", lambda self: _load(self.value.partition(":")[2]))
        assert entry.name == name.lower()
    install.setattr(catalogue, "entry_points", lambda group: found)
    return Family("model", Base, lambda: {"own": Own}, group="tests.models")


def _load(name: str) -> object:
    if name == "Broken":
        raise ImportError("No module named 'nowhere'")
    return globals()[name]


def test_built_in_kinds() -> None:
    """Tests that the kinds of the design are all there."""
    policies = "anchor_and_adjust base_stock min_max order_up_to reorder_point scripted smoothed_order_up_to"
    assert set(policies.split()) <= set(POLICIES.kinds())
    assert {"ar1_mmse", "constant", "exponential_smoothing", "moving_average", "naive"} <= set(FORECASTS.kinds())
    demands = (
        "constant step normal poisson negative_binomial gamma lognormal uniform discrete compound_poisson ar1 composed"
    )
    assert {*demands.split(), "pulses", "replay", "bootstrap"} <= set(DEMANDS.kinds())
    assert {"gamma", "lognormal", "normal", "uniform"} <= set(DISTRIBUTIONS.kinds())


def test_kind_is_the_literal_of_a_field() -> None:
    """Tests that a model without a literal kind is refused."""
    assert kind_of(Own) == "own"
    with pytest.raises(TypeError, match=r"Nameless\.kind should be annotated with a Literal of one text"):
        kind_of(Nameless)


def test_plugin_takes_part(install: pytest.MonkeyPatch) -> None:
    """Tests that a model of an entry point stands beside the built-in ones."""
    assert dict(family(install, "Extra").kinds()) == {"extra": Extra, "own": Own}


@pytest.mark.parametrize(
    ("plugin", "said"),
    [
        ("Broken", r"the plug-in 'broken' \(.*:Broken\) is left out: No module named 'nowhere'"),
        ("Nameless", "is left out: Nameless.kind should be annotated"),
        ("Stranger", "is left out: it is not a subclass of .*Base"),
    ],
)
def test_broken_plugin_warns_and_harms_nothing(install: pytest.MonkeyPatch, plugin: str, said: str) -> None:
    """Tests that a plug-in which cannot be used is named in a warning, and everything else works."""
    models = family(install, plugin, "Extra")
    with pytest.warns(RuntimeWarning, match=said):
        assert set(models.kinds()) == {"own", "extra"}


def test_two_models_of_one_kind_warn(install: pytest.MonkeyPatch) -> None:
    """Tests that what was there first stays when the built-in models come to clash."""
    models = family(install)
    assert set(models.kinds()) == {"own"}

    def clash() -> dict[str, type[Specification]]:
        raise ValueError("two classes declare the kind 'own'")

    models._built_in = clash
    with pytest.warns(RuntimeWarning, match="a model is left out: two classes declare the kind 'own'"):
        models.kinds()
    assert models.find("own") is Own
