"""Laws of random chains: what a change of the scenario must do to every stock in every period, and to every figure.

The chains are those of the oracle in which nobody is told of others: several products, kits, capacities, allocation
rules, the periodic policies that decide alone, whole periods. The short form tries a few,
``pytest --long tests/metamorphic`` hundreds.
"""

import sys
from collections.abc import Callable
from copy import deepcopy
from math import isclose
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "oracles"))

import changes
from comparison import engine_rows
from random_chains import chains
from recursion import Place, Recursion, Row

import scmsim as sc

pytestmark = pytest.mark.timeout(3600)
FEW, MANY = 6, 300
Mapping = dict[str, Any]
Rows = dict[Place, list[Row]]
Law = Callable[[Mapping], None]


@pytest.fixture
def holds(request: pytest.FixtureRequest) -> Callable[..., None]:
    """Try a law on random chains, the same every time; ``is_told``: also on chains whose stocks are told of others."""
    long = request.config.getoption("--long")

    def tried(law: Law, *, is_told: bool = False) -> None:
        every = settings(max_examples=MANY if long else FEW, deadline=None, derandomize=True, database=None)
        every(given(chains(is_told=is_told))(lambda mapping: law(mapping)))()

    return tried


def same(one: Rows, other: Rows, factor: float = 1.0, but: tuple[str, ...] = ()) -> None:
    """Check that two runs say the same of every stock and period, or so many times as much."""
    assert set(one) == set(other)
    for place, periods in one.items():
        for period, (row, again) in enumerate(zip(periods, other[place], strict=True)):
            for name, units, others in zip(Row._fields, row, again, strict=True):
                if name not in but and units == units:
                    assert isclose(units * factor, others, rel_tol=1e-9, abs_tol=1e-9), (place, period, name)


def kinds_of(mapping: Mapping) -> set[str]:
    """Return the kinds of all policies."""
    return {stock["policy"]["kind"] for node in mapping["nodes"].values() for stock in node.get("stock", {}).values()}


def certain(said: Any) -> Any:
    """Return a mapping in which no time is left to chance."""
    if isinstance(said, dict):
        return 1 if "dist" in said else {key: certain(value) for key, value in said.items()}
    return [certain(one) for one in said] if isinstance(said, list) else said


def without(mapping: Mapping, *names: str) -> Mapping:
    """Return the mapping without the keys of some names, wherever they are."""

    def left(said: Any) -> Any:
        if isinstance(said, dict):
            return {key: left(value) for key, value in said.items() if key not in names}
        return [left(one) for one in said] if isinstance(said, list) else said

    found: Mapping = left(mapping)
    return found


def test_twice_as_many_units(holds: Callable[..., None]) -> None:
    """Tests that twice as much of everything is twice as many units everywhere, unless orders are rounded.

    Twice, as that is exact: nothing can be decided by rounding.
    """

    def law(mapping: Mapping) -> None:
        mapping = without(mapping, "rounding")
        same(engine_rows(mapping), engine_rows(changes.more_units(mapping, 2)), 2)

    holds(law)


def figures(mapping: Mapping) -> dict[tuple[str, ...], tuple[float, str]]:
    """Return every figure of a run that is defined, with its unit."""
    kpis = sc.run(sc.from_dict(mapping), record="summary").kpis
    keys = kpis[["metric", "segment", "node", "product"]].astype(str).itertuples(index=False)
    found = zip(keys, kpis["mean"], kpis["unit"], strict=True)
    return {tuple(key): (float(mean), str(unit)) for key, mean, unit in found if mean == mean and mean is not None}


def priced(mapping: Mapping) -> Mapping:
    """Return the mapping with costs of holding and of backorders."""
    found = without(mapping, "rounding")
    for node in found["nodes"].values():
        for stock in node.get("stock", {}).values():
            stock |= {"holding_cost": 0.5, "backorder_cost": 2}
    return found


def test_money_and_units_scale_and_ratios_do_not(holds: Callable[..., None]) -> None:
    """Tests the unit of every figure: twice as much of everything is twice the money, four times the variances."""

    def law(mapping: Mapping) -> None:
        once, twice = figures(priced(mapping)), figures(changes.more_units(priced(mapping), 2))
        assert set(once) == set(twice)
        for key, (mean, unit) in once.items():
            factor = 4 if "²" in unit else 2 if unit.startswith(("unit", "money")) else 1
            assert isclose(mean * factor, twice[key][0], rel_tol=1e-9, abs_tol=1e-9), (key, unit, mean, twice[key][0])

    holds(law)


def test_the_order_of_the_file(holds: Callable[..., None]) -> None:
    """Tests that keys, lanes and products in another order change nothing."""

    def law(mapping: Mapping) -> None:
        same(engine_rows(mapping), engine_rows(changes.shuffled(mapping, Random(1))))

    holds(law)


def test_names(holds: Callable[..., None]) -> None:
    """Tests that other names change nothing but the names, where nothing is drawn: chance goes by names.

    What is compared ends where rounding noise may decide an order: sums are added up in the order of the names.
    """

    def law(mapping: Mapping) -> None:
        mapping = certain(mapping)
        names = changes.names_of(mapping)
        recursion = Recursion(mapping)
        recursion.run()
        until = recursion.noisy[0] if recursion.noisy else None
        before = {(names[node], names[product]): rows[:until] for (node, product), rows in engine_rows(mapping).items()}
        after = engine_rows(changes.renamed(mapping))
        same(before, {place: rows[:until] for place, rows in after.items()})

    holds(law)


def test_an_island(holds: Callable[..., None]) -> None:
    """Tests that a supplier and a shop that have nothing to do with the rest change no number of it, drawn or not."""

    def law(mapping: Mapping) -> None:
        both = engine_rows(changes.with_an_island(mapping))
        assert engine_rows(mapping).keys() < both.keys()
        alone = engine_rows(mapping)
        same(alone, {place: rows for place, rows in both.items() if place in alone})

    holds(law, is_told=True)


def test_a_longer_horizon(holds: Callable[..., None]) -> None:
    """Tests that what happens does not depend on how long the run goes on."""

    def law(mapping: Mapping) -> None:
        longer = deepcopy(mapping)
        longer["time"]["horizon"] += 7
        horizon = mapping["time"]["horizon"]
        same(engine_rows(mapping), {place: rows[:horizon] for place, rows in engine_rows(longer).items()})

    holds(law, is_told=True)


def test_a_lane_in_two_halves(holds: Callable[..., None]) -> None:
    """Tests that goods which pass a cross-dock arrive when they would arrive without, if the times add up.

    Every lane with a lead time of a period or more is tried. Left out is what a second lane means something else
    for: lots and yields of suppliers, classes and shares of customers, plans (they look at both halves), forecasts of
    sales that are told (by the dock, too), and reviews before demand (the dock orders once in an instant).
    """
    plain = ("yield", "minimum_order", "order_multiple", "allocation", "priority", "initial_pipeline", "timing", "of")

    def law(mapping: Mapping) -> None:
        mapping = certain(without(mapping, *plain))
        for place, lane in enumerate(mapping["lanes"]):
            if not lane["lead_time"]:
                continue
            split = changes.with_a_dock(mapping, place, lane["lead_time"] // 2)
            found = engine_rows(split)
            there = {key: rows for key, rows in found.items() if key[0] != "dock"}
            same(engine_rows(mapping), there, but=("in_transit",))

    holds(law)


LEVELS = {"base_stock", "min_max", "reorder_point", "scripted", "kanban", "make_to_order"}


def test_weeks_and_days(holds: Callable[..., None]) -> None:
    """Tests that a scenario told in days is that told in weeks, where policies look at levels.

    Forecasts see demand per time unit, and a fixed stream of initial arrivals is one per time unit: left out.
    """

    def law(mapping: Mapping) -> None:
        mapping = certain(without(mapping, "initial_pipeline"))
        for node in mapping["nodes"].values():
            for stock in node.get("stock", {}).values():
                if stock["policy"]["kind"] not in LEVELS:
                    stock["policy"] = {"kind": "base_stock", "level": 17}
        weeks = engine_rows(mapping)
        days = engine_rows(changes.by_day(mapping))
        same(weeks, {place: rows[::7] for place, rows in days.items()})

    holds(law)
