"""Both sides of the comparison in one shape: the engine's facts as the rows of the recursion, and what differs."""

import sys
from collections.abc import Iterator
from math import isclose, nan
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import scmsim
from scmsim.engine.recorder import Keeper
from scmsim.engine.streams import Streams
from scmsim.inputs.distribution_discrete import Discrete
from scmsim.simulation import simulate

sys.path.insert(0, str(Path(__file__).parent))

from recursion import Place, Row
from recursion_chain import Drawn

TICKS = 1_000_000


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
    return Row._fields


def drawn(mapping: dict[str, Any], seed: int = 1) -> Drawn:
    """Return the times that chance gives in a run, in periods, each from a stream of its own."""
    streams, found = Streams(seed, 1), dict[tuple[str, ...], Iterator[int]]()
    for lane in mapping["lanes"]:
        for product in lane["products"]:
            ends = (lane["from"], lane["to"], product)
            for kind in ("order_delay", "lead_time"):
                name = f"{kind}/{ends[0]}->{ends[1]}/{product}"
                _draw_beforehand(found, (kind, *ends), lane[kind], streams, name)
    for node, said in mapping["nodes"].items():
        for product, make in said.get("make", {}).items():
            _draw_beforehand(found, ("make", node, product), make["lead_time"], streams, f"make/{node}/{product}")
    return found


def _draw_beforehand(found: Drawn, key: tuple[str, ...], said: Any, streams: Streams, name: str) -> None:
    if isinstance(said, dict):
        ticks = streams.ticks(Discrete.model_validate(said), name)
        found[key] = iter([round(next(ticks) / TICKS) for _ in range(400)])


class Difference(NamedTuple):
    """A number on which the two sides differ."""

    period: int
    place: Place
    name: str
    recursion: float
    engine: float


def differences(mapping: dict[str, Any], ours: dict[Place, list[Row]]) -> list[Difference]:
    """Return what differs between recursion and engine by more than a billionth, in the order of time."""
    engine = engine_rows(mapping)
    assert set(ours) == set(engine)
    pairs = (
        Difference(period, place, name, getattr(ours[place][period], name), getattr(engine[place][period], name))
        for period in range(mapping["time"]["horizon"])
        for place in sorted(ours)
        for name in compared(mapping, place)
    )
    return [pair for pair in pairs if not isclose(pair.recursion, pair.engine, rel_tol=1e-9, abs_tol=1e-9)]
