"""The stages of a chain as every figure shows them: one order, one label and one colour each."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from scmsim.experiments.run.result import Result
    from scmsim.experiments.stress.stress import Stress
    from scmsim.scenario.network import Network, Node

PALETTE = ("#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9", "#882255", "#999933")
"""Eight colours that stay apart with every common colour blindness (Okabe and Ito 2008, two replaced for contrast)."""

DASHES = ("solid", "dash", "dot", "dashdot")
NEUTRAL = "#9AA5B1"
MOST_LINES = len(PALETTE)
"""So many stages are drawn in one figure of lines; of more, the busiest are."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A node as the figures show it.

    Lines have ``color`` and ``dash``; areas have ``fill``, which is neutral where the colour is not the stage's alone.
    ``active`` is False for a supplier that keeps no stock of its own.
    """

    name: str
    label: str
    kind: str
    color: str
    dash: str
    fill: str
    active: bool


def data_stages(result: "Result | Stress") -> dict[str, Stage]:
    """List the nodes by name, upstream first, each with the look it keeps in every figure.

    Up to eight stages have a colour each, upstream first. Of more, the eight with the most units demanded come first,
    and colours return with other dashes.
    """
    network = result.scenario.network
    upstream_first = _upstream_first(network)
    keeping = {point.node for point in network.points if not point.unlimited}
    active = [name for name in upstream_first if name in keeping]
    measured: Any = result
    ranked = active if len(active) <= MOST_LINES or not hasattr(result, "kpis") else by_volume(measured, active)
    rank = {name: place for place, name in enumerate(ranked)}
    return {name: _stage(name, network.nodes[name], rank.get(name)) for name in upstream_first}


def _stage(name: str, node: "Node", rank: int | None) -> Stage:
    if rank is None:
        return Stage(name, node.label or name, node.kind, NEUTRAL, DASHES[0], NEUTRAL, active=False)
    color, dash = PALETTE[rank % MOST_LINES], DASHES[rank // MOST_LINES % len(DASHES)]
    return Stage(name, node.label or name, node.kind, color, dash, color if rank < MOST_LINES else NEUTRAL, active=True)


def by_volume(result: "Result", names: list[str], product: str | None = None) -> list[str]:
    """Sort nodes by the units demanded of them, the most first, as many as before."""
    kpis = result.kpis
    rows = kpis[(kpis["metric"] == "units_demanded") & kpis["node"].notna() & kpis["product"].notna()]
    if product is not None:
        rows = rows[rows["product"] == product]
    volumes = rows.groupby("node")["mean"].sum()
    return sorted(names, key=lambda name: -_or_zero(volumes.get(name, 0.0)))


def _or_zero(value: float) -> float:
    return 0.0 if pd.isna(value) else float(value)


def levels_of(network: "Network") -> dict[str, int]:
    """Give every node the highest level of its stocks; a supplier stands above the stocks it serves."""
    levels = dict.fromkeys(network.nodes, 0)
    for point in network.points:
        levels[point.node] = max(levels[point.node], point.level + (1 if point.unlimited else 0))
    return levels


def _upstream_first(network: "Network") -> list[str]:
    levels = levels_of(network)
    return sorted(network.nodes, key=lambda name: (-levels[name], name))
