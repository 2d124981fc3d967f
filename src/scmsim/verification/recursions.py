"""Cases G and M13, period by period: the beer game and a three-stage chain.

G01 to G03 follow the board game of Sterman (1989), whose published costs the benchmark reproduces exactly; the
trajectories and M13 come from independent recursions and stand in the folder ``trajectories``.
"""

from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scmsim.experiments.run.result import Result
from scmsim.experiments.run.run import run
from scmsim.verification.case import Case, Finding
from scmsim.verification.laboratory import Laboratory, scenario_named

STAGES = ("retailer", "wholesaler", "distributor", "brewery")
WEEKS = range(1, 37)
THOUSANDTH, EXACT = 1e-3, 1e-6
STERMAN = "Sterman 1989, the board game's conventions"

Array = NDArray[np.float64]
Check = Callable[[Laboratory], Iterator[Finding]]


def trajectory(name: str) -> pd.DataFrame:
    """Read what is known of every period: a column for each ``node/figure``, by the period's start."""
    folder = Path(str(files("scmsim.verification"))) / "trajectories"
    return pd.read_csv(folder / f"{name}.csv", index_col="time").astype(float)


def kpi(result: Result, metric: str, node: str | None = None) -> float:
    """Return one figure of a node, or of the whole chain."""
    rows = result.kpis[(result.kpis.metric == metric) & result.kpis["product"].isna()]
    rows = rows[rows.node == node] if node else rows[rows.node.isna() & rows.segment.isna()]
    return float(rows["mean"].iloc[0])


def column(result: Result, name: str, periods: "pd.Index[float]") -> Array:
    """Return what a node ordered in each period (``node/orders``), or held or owed at its end."""
    node, _, figure = name.partition("/")
    if figure == "orders":
        placed = result.orders[result.orders.node == node].groupby("time").quantity.sum()
        return np.asarray(placed.reindex(periods, fill_value=0.0), dtype=float)
    if figure == "net_stock":
        return column(result, f"{node}/on_hand", periods) - column(result, f"{node}/backorders", periods)
    rows = result.stock[result.stock.node == node]
    return np.asarray(rows.groupby("time")[figure].last().reindex(periods, method="ffill"), dtype=float)


def followed(result: Result, expected: pd.DataFrame, tolerance: float = 0.0) -> Iterator[Finding]:
    """Say how far the run is from what is known, at most, in any period."""
    for name in expected.columns:
        difference = np.abs(column(result, name, expected.index) - expected[name].to_numpy())
        what = f"{name.replace('/', ' ').replace('_', ' ')}, largest difference in {len(expected)} periods"
        yield Finding(what, 0.0, float(difference.max()), tolerance=tolerance)


def figures(result: Result, metric: str, expected: dict[str | None, float], give: float = 0.0) -> Iterator[Finding]:
    """Lay a figure of several nodes beside what is known."""
    for node, value in expected.items():
        what = f"{metric.replace('_', ' ')} of {node.replace('_', ' ') if node else 'the chain'}"
        yield Finding(what, value, kpi(result, metric, node), tolerance=give)


def by_stage(*values: float) -> dict[str | None, float]:
    """Name what is known of the stages of the game."""
    return dict(zip(STAGES, values, strict=True))


def equilibrium(laboratory: Laboratory) -> Iterator[Finding]:
    """Find that with full pipes and constant demand every order is 4, every inventory 12, and every week costs 6."""
    result = run(scenario_named("g01_equilibrium"))
    known = {f"{stage}/{figure}": 4.0 if figure == "orders" else 12.0 for stage in STAGES for figure in FIGURES}
    yield from followed(result, pd.DataFrame(known, index=pd.Index(WEEKS, dtype=float)))
    yield from figures(result, "cost_per_period", by_stage(6, 6, 6, 6))


FIGURES = ("orders", "net_stock")


def benchmark(laboratory: Laboratory) -> Iterator[Finding]:
    """Find that the benchmark players pay 46, 50, 54 and 54, exactly and week by week."""
    result = run(scenario_named("shipped/beer_game"))
    yield from figures(result, "total_cost", {**by_stage(46, 50, 54, 54), None: 204})
    yield from followed(result, trajectory("g02"))


def not_forced(laboratory: Laboratory) -> Iterator[Finding]:
    """Find that players who are free from the first week pay 36, 44, 52 and 48."""
    result = run(scenario_named("shipped/beer_game", ["defaults.stock.first_orders=[]"]))
    yield from figures(result, "total_cost", {**by_stage(36, 44, 52, 48), None: 180})


def mean_player(laboratory: Laboratory) -> Iterator[Finding]:
    """Find cost, orders, net stock and variances of orders of the mean estimated player, to a thousandth."""
    result = run(scenario_named("shipped/beer_game_human"))
    costs = {**by_stage(280.268006, 627.408023, 885.626685, 686.174914), None: 2479.477628}
    yield from figures(result, "total_cost", costs, THOUSANDTH)
    variances = by_stage(7.589543, 36.714526, 79.582268, 116.075694)
    yield from figures(result, "order_variance", variances, THOUSANDTH)
    yield from followed(result, trajectory("g03"), THOUSANDTH)


def serial_trace(laboratory: Laboratory) -> Iterator[Finding]:
    """Find net stock and cost of every period of a deterministic three-stage chain."""
    result, known = run(scenario_named("m13_serial_trace")), trajectory("m13")
    yield from followed(result, known.drop(columns="cost"))
    difference = np.abs(serial_costs(result, known.index) - known["cost"].to_numpy())
    yield Finding("cost, largest difference in 24 periods", 0.0, float(difference.max()), tolerance=EXACT)
    yield from figures(result, "total_cost", {None: 1815.16}, EXACT)


def serial_costs(result: Result, periods: "pd.Index[float]") -> Array:
    """Return what every period cost: the rates of the scenario times what was held, moved and owed at its end."""
    rates = {"on_hand": (7, 4, 2), "in_transit": (4, 2, 0), "backorders": (37.12, 0, 0)}
    costs = [
        rate * column(result, f"stage_{number}/{figure}", periods)
        for figure, stages in rates.items()
        for number, rate in enumerate(stages, 1)
    ]
    return np.asarray(np.sum(costs, axis=0), dtype=float)


CASES = (
    Case(
        name="G01-equilibrium",
        what="the beer game with full pipes and constant demand",
        source=f"closed form; {STERMAN}",
        grade="C",
        compute=equilibrium,
    ),
    Case(
        name="G02-benchmark",
        what="the beer game played by the benchmark rule, 36 weeks",
        source=f"{STERMAN}: costs 46, 50, 54, 54 as published",
        grade="A",
        compute=benchmark,
        kinds=("node.kind:distributor", "policy:anchor_and_adjust"),
    ),
    Case(
        name="G02-not-forced",
        what="the same without the four forced weeks",
        source="independent recursion",
        grade="A",
        compute=not_forced,
    ),
    Case(
        name="G03-mean-player",
        what="the beer game played by the mean estimated rule, 36 weeks",
        source="Sterman 1989's mean parameters; independent recursion",
        compute=mean_player,
    ),
    Case(
        name="M13-serial-trace",
        what="three stages, 24 periods of known demand",
        source="independent recursion, and stockpyl's simulator",
        grade="A",
        compute=serial_trace,
    ),
)
