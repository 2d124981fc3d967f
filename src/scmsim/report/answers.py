"""The numbers behind the figures of stages and the tables: rows of the KPI table, picked and turned."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from scmsim.report.stages import data_stages

if TYPE_CHECKING:
    from scmsim.experiments.run.result import Result

COST_LINES = (
    "holding_cost",
    "in_transit_cost",
    "backorder_cost",
    "lost_sale_cost",
    "ordering_cost",
    "purchase_cost",
    "transport_cost",
    "make_cost",
    "machine_cost",
    "disposal_cost",
)
SERVICE = ("fill_rate", "cycle_service_level", "period_service_level", "ready_rate", "on_time_in_full_order")
BY_CLASS = tuple(f"fill_rate_class_{number}" for number in (1, 2, 3))
SHARES = frozenset(
    (
        *SERVICE,
        *BY_CLASS,
        "on_time_in_full_line",
        "on_time_in_full_unit",
        "on_time_in_full_value",
        "load_utilisation",
        "fleet_utilisation",
    )
)
BULLWHIP = ("order_variance_ratio", "cumulative_order_variance_ratio")
OTHERS = "(the other stages)"
MOST_BARS = 16


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of the KPI table with its 95 % interval's half width (None where there is no interval)."""

    mean: float | None
    half_width: float | None = None


Table = dict[tuple[str, ...], dict[str, Figure]]
"""Figures by the names of a row, then by metric."""


def at_level(kpis: pd.DataFrame, level: str) -> pd.DataFrame:
    """Pick the rows of one roll-up: ``"chain"``, ``"segment"``, ``"node"``, ``"product"`` or ``"point"``.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = [("total_cost", None, "shop", None, 46.0), ("total_cost", None, None, None, 204.0)]
    >>> kpis = pd.DataFrame(rows, columns=["metric", "segment", "node", "product", "mean"])
    >>> at_level(kpis, "chain")["mean"].tolist()
    [204.0]
    """
    node, product, segment = kpis["node"].notna(), kpis["product"].notna(), kpis["segment"].notna()
    masks = {
        "point": node & product,
        "node": node & ~product,
        "product": ~node & product,
        "segment": ~node & ~product & segment,
        "chain": ~node & ~product & ~segment,
    }
    return kpis[masks[level]]


def chain_figure(result: "Result", metric: str) -> Figure:
    """Give a metric of the whole chain."""
    rows = at_level(result.kpis, "chain")
    return _first(rows[rows["metric"] == metric])


def data_cost(result: "Result") -> pd.DataFrame:
    """Give the cost of every stage by line, the lines that nobody pays left out.

    Returns
    -------
    DataFrame
        ``node``, ``metric`` and ``mean`` (money over the measured time, a mean over replications), upstream first; of
        many stages the most expensive, the rest summed.
    """
    rows = at_level(result.kpis, "node")
    rows = rows[rows["metric"].isin(COST_LINES) & (rows["mean"].fillna(0.0) != 0.0)]
    totals = rows.groupby("node")["mean"].sum()
    shown = _largest(result, totals)
    named = rows.assign(node=[name if name in shown else OTHERS for name in rows["node"]])
    summed = named.groupby(["node", "metric"])["mean"].sum().reset_index()
    return _ordered(result, summed, COST_LINES)


def data_service(result: "Result") -> pd.DataFrame:
    """Give the five service measures of every stage that owes somebody something.

    Returns
    -------
    DataFrame
        ``node``, ``metric``, ``mean`` (a share; NaN where undefined), ``half_width``, upstream first; of many stages
        those with the lowest fill rates.
    """
    rows = at_level(result.kpis, "node")
    rows = rows[rows["metric"].isin(SERVICE)]
    defined = rows.groupby("node")["mean"].count()
    rows = rows[rows["node"].isin(defined[defined > 0].index)]
    fill = rows[rows["metric"] == "fill_rate"].set_index("node")["mean"]
    shown = _largest(result, 1.0 - fill)
    return _ordered(result, rows[rows["node"].isin(shown)][["node", "metric", "mean", "half_width"]], SERVICE)


def data_bullwhip(result: "Result") -> pd.DataFrame:
    """Give the order variance ratios, own and against end demand: of every stock, or, of many, of every stage.

    Returns
    -------
    DataFrame
        ``node``, ``product`` (``""`` for all of a stage's products together), ``metric``, ``mean``, ``half_width``,
        upstream first; of many stages those with the largest ratios.
    """
    few = len(result.scenario.network.points) <= MOST_BARS
    rows = at_level(result.kpis, "point" if few else "node")
    rows = rows[rows["metric"].isin(BULLWHIP) & rows["mean"].notna()]
    rows = rows.assign(product=rows["product"].astype(object).where(rows["product"].notna(), ""))
    largest = rows.groupby(["node", "product"])["mean"].max().sort_values(ascending=False, kind="stable")
    shown = set(largest.index[:MOST_BARS])
    kept = [pair in shown for pair in zip(rows["node"], rows["product"], strict=True)]
    rows = rows[pd.Series(kept, index=rows.index, dtype=bool)]
    return _ordered(result, rows[["node", "product", "metric", "mean", "half_width"]], BULLWHIP)


def data_table(result: "Result", metrics: tuple[str, ...], level: str = "node") -> Table:
    """Turn the KPI rows of a roll-up into one row of figures per node (product, …), those wholly undefined left out."""
    keys = ["node", "product"] if level == "point" else [level]
    rows = at_level(result.kpis, level)
    rows = rows[rows["metric"].isin(metrics)]
    table: Table = {}
    for row in rows.to_dict("records"):
        key = tuple(str(row[name]) for name in keys)
        table.setdefault(key, {})[str(row["metric"])] = Figure(_known(row["mean"]), _known(row["half_width"]))
    order = {name: place for place, name in enumerate(data_stages(result))}
    filled = (key for key in table if any(figure.mean is not None for figure in table[key].values()))
    return {key: table[key] for key in sorted(filled, key=lambda key: (order.get(key[0], 0), key))}


def _largest(result: "Result", sizes: pd.Series) -> set[str]:
    """Name the stages with the largest sizes, as many as a figure of bars can show."""
    ranked = sizes.fillna(0.0).sort_values(ascending=False, kind="stable").index
    return set(ranked if len(ranked) <= MOST_BARS else ranked[: MOST_BARS - 1])


def _ordered(result: "Result", rows: pd.DataFrame, metrics: tuple[str, ...]) -> pd.DataFrame:
    """Sort rows upstream first, then in the order of the metrics."""
    stages = {name: place for place, name in enumerate(data_stages(result))}
    lines = {name: place for place, name in enumerate(metrics)}
    keyed = rows.assign(_stage=rows["node"].map(stages).fillna(len(stages)), _line=rows["metric"].map(lines))
    by = ["_stage", *(["product"] if "product" in rows else []), "_line"]
    return keyed.sort_values(by, kind="stable").drop(columns=["_stage", "_line"]).reset_index(drop=True)


def _first(rows: pd.DataFrame) -> Figure:
    if rows.empty:
        return Figure(None)
    return Figure(_known(rows["mean"].iloc[0]), _known(rows["half_width"].iloc[0]))


def _known(value: object) -> float | None:
    return None if value is None or pd.isna(value) else float(value)  # type: ignore[arg-type,call-overload]
