"""The section on transport: what travelled over every lane, by which mode, in how many loads, at what cost and CO2."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scmsim.metrics.freight import Capacities
from scmsim.metrics.layout import Index
from scmsim.metrics.rollup import divide
from scmsim.report.labels import UNDEFINED, number, percent
from scmsim.report.panels import Panel
from scmsim.report.simple_table import simple_table
from scmsim.report.stages import data_stages
from scmsim.ticks import from_ticks
from scmsim.words import counted, plural

if TYPE_CHECKING:
    from scmsim.experiments.run.result import Result
    from scmsim.scenario.network import Network

TEXT = (
    "The loads that departed in the measured time, where goods move in loads. How full a load is says what uses most "
    "of its capacity: units, weight or volume. A dash means that it has no limit."
)
MISSING = "This run kept a summary only. The loads by lane and mode need full recording."
MOST_ROWS = 100


def freight_panels(result: "Result") -> list[Panel]:
    """List what moved over every lane by mode; nothing where no lane moves goods in loads."""
    network = result.scenario.network
    if not network.has_loads:
        return []
    if result.record == "summary":
        return [Panel("transport", "Transport", TEXT, (), MISSING)]
    text = TEXT + (f" Means over {counted(result.replications, 'replication')}." if result.replications > 1 else "")
    return [Panel("transport", "Transport", text, (), below=freight_table(result))]


def data_freight(result: "Result") -> pd.DataFrame:
    """Add up the loads of every lane and mode in the measured time.

    Returns
    -------
    DataFrame
        ``origin``, ``destination`` and ``mode`` (empty where it has no name), ``loads``, ``units``, ``used`` (the mean
        share of the capacity, missing without one), ``cost`` and ``co2``: means over the replications.
    """
    network = result.scenario.network
    frame = result.freight
    frame = frame[frame["time"] >= from_ticks(network.calendar.warm)]
    mode = frame["mode"].astype(object).where(frame["mode"].notna(), "")
    rows = frame[["origin", "destination", "cost", "co2"]].assign(mode=mode, units=frame["quantity"], loads=0.0)
    rows = rows.assign(limited=0.0, used=0.0).reset_index(drop=True)
    if len(rows):
        load = frame["replication"] * (1 + frame["load"].max()) + frame["load"]
        _share_loads(network, rows, frame["product"].tolist(), load.to_numpy(np.int64))
    found = rows.groupby(["origin", "destination", "mode"], observed=True, as_index=False).sum()
    found["used"] = divide(found["used"].to_numpy(), found.pop("limited").to_numpy())
    for column in ("cost", "co2", "units", "loads"):
        found[column] /= result.replications
    return found


def _share_loads(network: "Network", rows: pd.DataFrame, products: list[str], load: Index) -> None:
    """Give every row its part of its load, and how full that load was."""
    capacities = Capacities(network)
    points = {(point.node, point.product): point.index for point in network.points}
    lanes = {(lane.origin, lane.destination, product): lane for lane in network.lanes for product in lane.products}
    lane = [lanes[key] for key in zip(rows["origin"], rows["destination"], products, strict=True)]
    code = [1 + each.modes.index(name) if name else 0 for each, name in zip(lane, rows["mode"], strict=True)]
    buyer = np.array([points[key] for key in zip(rows["destination"], products, strict=True)])
    share, held, which = capacities.parts(load, buyer, rows["units"].to_numpy())
    most = capacities.most[[each.index for each in lane], code]
    rows["loads"] = share
    rows["limited"] = share * np.isfinite(most).any(axis=1)
    rows["used"] = share * (held[which] / most).max(axis=1)


def freight_table(result: "Result") -> str:
    """Write the loads of every lane and mode (HTML)."""
    found, stages = data_freight(result), data_stages(result)
    if found.empty:
        return '<p class="missing">Nothing departed in the measured time.</p>'
    units = {product.unit for product in result.scenario.network.products.values()}
    titles = {
        "loads": "loads",
        "units": plural(units.pop() if len(units) == 1 else "unit"),
        "used": "how full",
        "cost": "cost",
        "co2": "CO2 (kg)",
    }
    numbers = [name for name in titles if name in ("loads", "units") or found[name].fillna(0.0).any()]
    rows = [
        [
            stages[str(row["origin"])].label,
            stages[str(row["destination"])].label,
            str(row["mode"]) or UNDEFINED,
            *(_text(name, float(row[name])) for name in numbers),
        ]
        for row in found.head(MOST_ROWS).to_dict("records")
    ]
    left = len(found) - MOST_ROWS
    more = f'<p class="hint">{left:,} more are in the table of freight.</p>' if left > 0 else ""
    return simple_table(["from", "to", "mode", *(titles[name] for name in numbers)], rows, names=3) + more


def _text(name: str, value: float) -> str:
    if np.isnan(value):
        return UNDEFINED
    return percent(value) if name == "used" else number(value)
