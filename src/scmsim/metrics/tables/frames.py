"""The recorder's tables as people read them: names for numbers, times in the scenario's unit, and dates."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from scmsim.engine.recorder import COLUMNS
from scmsim.flows.events import CODES
from scmsim.metrics.facts import EPSILON
from scmsim.metrics.layout import Array, Index, Layout
from scmsim.metrics.tables.cases import Cases
from scmsim.metrics.tables.columns import TABLES
from scmsim.metrics.tables.dates import dates
from scmsim.metrics.tables.documents import documents
from scmsim.scenario.network import Network
from scmsim.ticks import TICKS

Columns = dict[str, npt.NDArray[np.generic]]

SOURCED = CODES["sourced"]
GONE = tuple(CODES[kind] for kind in ("yield_loss", "cancellation_confirmed", "production_scrap", "destroyed"))
"""Units ordered that never come."""
NUMBERED = tuple(name for name, columns in COLUMNS.items() if "order" in columns)
"""The tables of facts whose rows belong to orders."""


def frames(network: Network, tables: Mapping[str, Array]) -> dict[str, pd.DataFrame]:
    """Turn recorded tables into tidy data frames.

    Parameters
    ----------
    network : Network
        What was simulated.
    tables : mapping
        The recorder's arrays, by table; those that are missing are taken as empty.

    Returns
    -------
    dict of DataFrame
        One per table of `TABLES`, with its columns; ``date`` only where the calendar gives dates.
    """
    layout = Layout(network)
    raw = {name: tables.get(name, np.empty((0, len(columns)))) for name, columns in COLUMNS.items()}
    named = {name: dict(zip(COLUMNS[name], raw[name].T, strict=True)) for name in COLUMNS}
    cases = Cases(layout, named["orders"], named["demand"], tuple(named[name]["order"] for name in NUMBERED))
    found = {
        "orders": _orders(layout, named),
        "demand": _asked(layout, named["demand"], "point"),
        "deliveries": _asked(layout, named["deliveries"], "seller"),
        "stock": _placed(layout, named["stock"], "point"),
        "shipments": _asked(layout, named["shipments"], "seller"),
        "production": _placed(layout, named["production"], "point"),
        "forecasts": _placed(layout, named["forecasts"], "point"),
    }
    for columns in found.values():
        if "order" in columns:
            columns["case"] = cases.of(columns["order"].astype(np.int64))
    found |= documents(layout, named, cases)
    return {name: _frame(network, name, found[name]) for name in TABLES}


def _frame(network: Network, name: str, columns: Columns) -> pd.DataFrame:
    when = dates(network.calendar, columns["time"].astype(np.float64))
    for column in TABLES[name]:
        if column.unit == "time":
            columns[column.name] = columns[column.name].astype(np.float64) / TICKS
    if when is not None:
        columns["date"] = when
    return pd.DataFrame({column.name: columns[column.name] for column in TABLES[name] if column.name in columns})


def _placed(layout: Layout, facts: Mapping[str, Array], place: str) -> Columns:
    """Give the columns that are numbers already, and the names of the point."""
    point = facts[place].astype(np.int64)
    columns: Columns = {name: column for name, column in facts.items() if name not in ("point", "seller", "buyer")}
    columns["node"] = _names(layout.nodes, layout.node[point])
    columns["product"] = _names(layout.products, layout.product[point])
    if "order" in facts:
        columns["order"] = facts["order"].astype(np.int64)
    if "on_hand" in facts:
        columns["net_stock"] = facts["on_hand"] - facts["backorders"]
    return columns


def _asked(layout: Layout, facts: Mapping[str, Array], place: str) -> Columns:
    """Give the columns of a table in which somebody asked somebody else."""
    columns, buyer = _placed(layout, facts, place), facts["buyer"].astype(np.int64)
    columns["buyer"] = _names((*layout.nodes, None), np.where(buyer < 0, len(layout.nodes), layout.node[buyer]))
    if "complete" in facts:
        columns["complete"] = facts["complete"] > 0.5
        known = facts["placed"] >= layout.start
        columns["placed"] = np.where(known, facts["placed"], np.nan)
        columns["promised"] = np.where(known, facts["promised"], np.nan)
    return columns


def _orders(layout: Layout, named: Mapping[str, Mapping[str, Array]]) -> Columns:
    """Give the orders with what became of them."""
    orders, deliveries, events = named["orders"], named["deliveries"], named["events"]
    columns, point = _placed(layout, orders, "point"), orders["point"].astype(np.int64)
    supplier = np.where(layout.supplier[point] >= 0, layout.supplier[point], point)
    at, row = _matches(orders["order"], events["order"], events["kind"] == SOURCED)
    supplier[at] = events["partner"][row].astype(np.int64)
    columns["supplier"] = _names(layout.nodes, layout.node[supplier])
    at, row = _matches(orders["order"], deliveries["order"], deliveries["buyer"] >= 0)
    completed = np.full(len(point), np.nan)
    last = deliveries["complete"][row] > 0.5
    completed[at[last]] = deliveries["time"][row[last]]
    latest = np.full(len(point), -np.inf)
    np.maximum.at(latest, at, deliveries["time"][row])
    missing, received = never_come(orders, named), np.bincount(at, deliveries["quantity"][row], len(point))
    columns["received"], columns["lost"] = received, missing
    short = (missing > 0) & (received > 0) & (received + missing >= orders["quantity"] - EPSILON)
    completed[short] = latest[short]
    completed[np.abs(orders["quantity"]) <= EPSILON] = np.nan
    columns["completed"], columns["cycle_time"] = completed, completed - orders["time"]
    return columns


def never_come(orders: Mapping[str, Array], named: Mapping[str, Mapping[str, Array]]) -> Array:
    """Return how many units of every order never come."""
    found = np.zeros(len(orders["order"]))
    events, demand = named["events"], named["demand"]
    for rows, seen, units in (
        (events, np.isin(events["kind"], GONE), events["quantity"]),
        (demand, (demand["buyer"] >= 0) & (demand["lost"] > 0), demand["lost"]),
    ):
        at, row = _matches(orders["order"], rows["order"], seen)
        found += np.bincount(at, units[row], len(found))
    return found


def _matches(orders: Array, deliveries: Array, seen: npt.NDArray[np.bool_]) -> tuple[Index, Index]:
    """Return which order each delivery belongs to, and the deliveries that belong to one."""
    row = np.flatnonzero(seen)
    if not len(orders):
        return np.empty(0, dtype=np.int64), row[:0]
    by_number = np.argsort(orders, kind="stable")
    place = np.minimum(np.searchsorted(orders, deliveries[row], sorter=by_number), len(orders) - 1)
    at = by_number[place]
    known = orders[at] == deliveries[row]
    return at[known], row[known]


def _names(names: tuple[str | None, ...], index: Index) -> npt.NDArray[np.object_]:
    return np.array(names, dtype=object)[index]
