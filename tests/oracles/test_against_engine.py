"""The engine and the independent recursion, side by side, period by period."""

import os
import sys
from collections import Counter
from fractions import Fraction
from math import isclose, nan
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import Phase, assume, event, given, settings, target

import scmsim
from scmsim.engine.recorder import Keeper
from scmsim.simulation import simulate

sys.path.insert(0, str(Path(__file__).parent))

from random_chains import chains
from recursion import Place, Recursion, Row

HERE = Path(__file__).parent
TICKS = 1_000_000
FULL = os.environ.get("SCMSIM_FULL_ORACLE", "") not in ("", "0")
EXAMPLES = 2000 if FULL else 150
PHASES = [Phase.generate, Phase.target, Phase.shrink]


def engine_rows(mapping: dict[str, Any]) -> dict[Place, list[Row]]:
    """Run a scenario through the engine and return the same rows as the recursion, from the recorded facts."""
    network = scmsim.from_dict(mapping).network
    keeper = Keeper()
    simulate(network, seed=1, sinks=[keeper])
    tables = keeper.tables()
    start, periods = mapping["time"].get("start", 1), mapping["time"]["horizon"]
    closes = (start + np.arange(periods)) * TICKS

    def total(table: str, point: int, column: int) -> list[float]:
        rows = tables[table][tables[table][:, 1] == point]
        return [float(rows[rows[:, 0] == close, column].sum()) for close in closes]

    def level(point: int, column: int) -> list[float]:
        rows = tables["stock"][tables["stock"][:, 1] == point]
        last = np.searchsorted(rows[:, 0], closes, side="right") - 1
        return [float(units) for units in rows[last, column]]

    found = {}
    for point in network.points:
        levels = [[nan] * periods if point.unlimited else level(point.index, column) for column in (2, 3, 4, 5)]
        flows = [total("orders", point.index, 3), *(total("demand", point.index, column) for column in (4, 5, 6))]
        found[point.node, point.product] = [Row(*numbers) for numbers in zip(*levels, *flows, strict=True)]
    return found


def compared(mapping: dict[str, Any], place: Place) -> tuple[str, ...]:
    """Return what is compared of a stock: everything, but of a supplier's only what was asked of it."""
    if mapping["nodes"][place[0]]["kind"] == "supplier":
        return ("demanded",)
    return tuple(name for name in Row._fields if name != "in_transit" or not takes_time(mapping, place))


def differences(mapping: dict[str, Any], ours: dict[Place, list[Row]]) -> list[str]:
    """Return what differs between recursion and engine, in the order of time."""
    engine = engine_rows(mapping)
    assert set(ours) == set(engine)
    pairs = (
        (f"period {period}, {place}, {name}", getattr(ours[place][period], name), getattr(engine[place][period], name))
        for period in range(mapping["time"]["horizon"])
        for place in sorted(ours)
        for name in compared(mapping, place)
    )
    return [
        f"{what}: recursion {left}, engine {right}"
        for what, left, right in pairs
        if not isclose(left, right, rel_tol=1e-9, abs_tol=1e-9)
    ]


def takes_time(mapping: dict[str, Any], place: Place) -> bool:
    """Whether a stock is fed by a supplier that takes time before it ships."""
    sources = (lane["from"] for lane in mapping["lanes"] if lane["to"] == place[0] and place[1] in lane["products"])
    return any(mapping["nodes"][source].get("lead_time", 0) > 0 for source in sources)


def is_exact(units: float) -> bool:
    """Whether floats add up such numbers without rounding."""
    return Fraction(units).denominator <= 2**30


def noise_decides(recursion: Recursion) -> bool:
    """Whether a decision stood on its threshold to within rounding noise, so that both answers are right."""
    close = [call.value for call in recursion.close_calls if call.distance < 1e-6]
    numbers = (units for rows in recursion.rows.values() for row in rows for units in row)
    return bool(close) and not (all(map(is_exact, close)) and all(map(is_exact, numbers)))


def what_happened(mapping: dict[str, Any], recursion: Recursion) -> list[str]:
    """Return what a run shows, to count how much the random chains try."""
    short = sum(row.served + row.lost < row.demanded for rows in recursion.rows.values() for row in rows)
    target(float(min(short, 30)), label="periods with a shortage")
    signs = {
        "a shortage": short > 0,
        "a shortage at a stock that feeds others": any(
            row.backorders > 0
            for (name, product), rows in recursion.rows.items()
            for row in rows
            if recursion.levels[recursion.stocks[name, product]] > 0
        ),
        "lost demand": any(row.lost > 0 for rows in recursion.rows.values() for row in rows),
        "kits short of a component": recursion.held_up > 1e-6,
        "a kit": any(stock.components for stock in recursion.stocks.values()),
        "a zero lead time on a lane": any(lane["lead_time"] == 0 for lane in mapping["lanes"]),
        "a review before demand": any(
            stock.review.get("timing") == "before_demand" for stock in recursion.stocks.values()
        ),
    }
    return [name for name, holds in signs.items() if holds]


def test_engine_agrees_with_the_recursion(capsys: pytest.CaptureFixture[str]) -> None:
    """Tests that engine and recursion agree on every stock of random chains in every period."""
    seen: Counter[str] = Counter()

    @given(chains())
    @settings(max_examples=EXAMPLES, deadline=None, derandomize=not FULL, phases=PHASES)
    def agree(mapping: dict[str, Any]) -> None:
        recursion = Recursion(mapping)
        rows = recursion.run()
        assume(not noise_decides(recursion))
        for sign in ["a scenario", *what_happened(mapping, recursion)]:
            event(sign)
            seen[sign] += 1
        assert not (found := differences(mapping, rows)), "\n".join(found[:12])

    agree()
    with capsys.disabled():
        print("\n" + ", ".join(f"{count} with {sign}" for sign, count in seen.most_common()))
    assert seen["a shortage at a stock that feeds others"] >= seen["a scenario"] / 3
    assert seen["kits short of a component"] >= seen["a scenario"] / 20
