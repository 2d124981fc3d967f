"""Whatever stands anywhere in a scenario, the loader answers with a scenario or with problems."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scmsim.errors import Problem, ScenarioError, UsageError
from scmsim.scenario.load import from_dict, loads
from scmsim.scenario.reader import read
from scmsim.scenario.scenario import Scenario

TEXT = """
scmsim: 1
name: everything
description: all sections
time: {unit: day, start: 1, horizon: 30, warm_up: 5, bucket: 2, start_date: 2026-01-31}
run: {seed: 3, replications: 2}
measures: {on_time_in_full: {reference: requested, early: 1, late: 0}}
products: {cake: {unit: piece, value: 3, whole_units: true}, flour: {}}
defaults:
  stock: {initial: 5, policy: {kind: base_stock, level: 9}}
  lane: {lead_time: {dist: gamma, mean: 2, cv: 0.5}}
  make: {unit_cost: 1}
  demand: {unmet: lost}
nodes:
  mill: {kind: supplier, supplies: [flour], lead_time: 1, position: [0, 1]}
  bakery:
    kind: factory
    make: {cake: {lead_time: 1, components: {flour: 0.5}, batch_cost: 2}}
    stock: {cake: {review: {interval: 2, offset: 1, timing: before_demand}, initial_pipeline: [{at: 2, quantity: 3}]}}
  shop:
    kind: retailer
    stock:
      cake:
        review: continuous
        initial_pipeline: {shipments: [{at: 1, quantity: 2}], orders: [{at: 1, quantity: 2}]}
        policy:
          {kind: order_up_to, forecast: {kind: moving_average, periods: 3, initial: 4}, safety_factor: 1, cover: 3}
    demand:
      cake:
        - {kind: poisson, mean: 4}
        - {kind: discrete, values: [1, 2], weights: [0.5, 0.5]}
        - {kind: composed, base: {kind: constant, value: 1}, season: {length: 7, amplitude: 0.1}}
lanes:
  - mill -> bakery
  - {from: bakery, to: shop, products: [cake], order_delay: 1, lead_time: 2, crossing: false}
"""
JUNK: list[Any] = [
    None,
    "",
    "x",
    "a -> b",
    0,
    -1,
    1.5,
    10**400,
    1e308,
    float("nan"),
    True,
    [],
    [1],
    ["x"],
    [[]],
    [{}],
    {},
    {"a": 1},
]
JUNK += [
    {"kind": "constant"},
    {"kind": []},
    {"dist": {}},
    {"file": "x.csv", "column": "y"},
    {"file": [], "column": {}},
    {1: 2},
]


def plain() -> Any:
    """Return the scenario as Python data."""
    root = read(TEXT, "everything.yaml").root
    assert root is not None
    return _listed(root.plain())


def _listed(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _listed(entry) for key, entry in value.items()}
    return [_listed(entry) for entry in value] if isinstance(value, tuple) else value


def paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield every path below a value."""
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, entry in parts:
        yield (*path, key)
        yield from paths(entry, (*path, key))


def problems(load: Callable[[], object]) -> tuple[Problem, ...]:
    """Return what keeps something from loading: nothing, or problems that say something."""
    try:
        load()
    except ScenarioError as error:
        return error.problems
    return ()


def answer(mapping: Any) -> None:
    """Load a mapping: anything but a scenario or problems fails the test that asks."""
    made: list[Scenario] = []
    found = problems(lambda: made.append(from_dict(mapping)))
    assert all(problem.found or problem.expected for problem in found)
    for scenario in made:
        assert loads(scenario.to_yaml()) == scenario


@pytest.mark.parametrize(("at", "path"), list(enumerate(paths(plain()))), ids=str)
def test_junk_anywhere_is_answered(at: int, path: tuple[Any, ...]) -> None:
    """Tests that every place of a scenario that uses every section can hold junk without making the loader fail."""
    for junk in JUNK[at % 5 :: 5]:
        put_and_answer(path, junk)


@pytest.mark.long
@pytest.mark.parametrize("path", list(paths(plain())), ids=str)
def test_all_junk_anywhere_is_answered(path: tuple[Any, ...]) -> None:
    """Tests that no junk, at no place, makes the loader fail."""
    for junk in JUNK:
        put_and_answer(path, junk)


def put_and_answer(path: tuple[Any, ...], junk: Any) -> None:
    """Load the scenario with junk at one place."""
    mapping = plain()
    inner = mapping
    for part in path[:-1]:
        inner = inner[part]
    inner[path[-1]] = junk
    answer(mapping)


@pytest.mark.parametrize("path", list(paths(plain())), ids=str)
def test_anything_may_be_missing(path: tuple[Any, ...]) -> None:
    """Tests that every key and element can be left out, with a scenario or problems as the answer."""
    mapping = plain()
    inner = mapping
    for part in path[:-1]:
        inner = inner[part]
    del inner[path[-1]]
    answer(mapping)


@given(st.data())
def test_text_that_is_cut_or_scrambled_is_answered(data: st.DataObject) -> None:
    """Tests that a scenario file with random characters in it is answered."""
    at = data.draw(st.integers(0, len(TEXT)))
    length = data.draw(st.integers(0, 20))
    inserted = data.draw(st.text("{}[]:,-&*!|>'\"%@`#?\n\t\r\\ aé\u2028\ufeff\x00", max_size=6))
    text = TEXT[:at] + inserted + TEXT[at + length :]
    found = problems(lambda: loads(text, "scrambled.yaml"))
    assert all(problem.where.startswith("scrambled.yaml:") for problem in found)


@given(st.text("abcdeilnopstu0123456789.=->:\"' {}[]", max_size=30))
def test_any_override_is_answered(override: str) -> None:
    """Tests that no text after --set makes the loader fail."""
    with suppress(UsageError):
        found = problems(lambda: loads(TEXT, overrides=[override]))
        assert all(problem.where == f"--set {override}" for problem in found)


@given(st.binary(max_size=60))
def test_any_file_is_answered(data: bytes) -> None:
    """Tests that a file of random bytes is refused with problems."""
    import tempfile

    from scmsim.scenario.load import load

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "random.yaml"
        file.write_bytes(data)
        with pytest.raises(ScenarioError, match="random.yaml"):
            load(file)
