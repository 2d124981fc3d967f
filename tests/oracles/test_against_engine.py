"""The engine and the independent recursion, side by side, period by period."""

import os
import sys
from collections import Counter
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import Phase, assume, event, given, settings, target

import scmsim
from scmsim.engine.recorder import Keeper
from scmsim.simulation import simulate

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from random_chains import chains
from recursion import Place, Recursion, Row

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
        if not point.unlimited:
            columns = [level(point.index, column) for column in (2, 3, 4, 5)]
            columns += [total("orders", point.index, 3)]
            columns += [total("demand", point.index, column) for column in (4, 5, 6)]
            found[point.node, point.product] = [Row(*numbers) for numbers in zip(*columns, strict=True)]
    return found


def differences(mapping: dict[str, Any], ours: dict[Place, list[Row]]) -> list[str]:
    """Return what differs between recursion and engine, in the order of time."""
    engine = engine_rows(mapping)
    stocks = {(name, product) for name, node in mapping["nodes"].items() for product in node.get("stock", {})}
    assert stocks == set(engine)
    return [
        f"period {period} (of {mapping['time']['horizon']}), {place}, {name}: recursion {left}, engine {right}"
        for period in range(mapping["time"]["horizon"])
        for place in sorted(stocks)
        for name, left, right in zip(Row._fields, ours[place][period], engine[place][period], strict=True)
        if left != pytest.approx(right, rel=1e-9, abs=1e-9)
        and not (name == "in_transit" and takes_time(mapping, place))
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
