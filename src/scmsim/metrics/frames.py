"""The recorder's tables as people read them: names for numbers, times in the scenario's unit, and dates."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from scmsim.engine.recorder import COLUMNS
from scmsim.metrics.dates import dates
from scmsim.metrics.facts import EPSILON
from scmsim.metrics.layout import Array, Index, Layout
from scmsim.scenario.network import Network
from scmsim.ticks import TICKS


class Column(NamedTuple):
    """A column of a table: what it holds, and in which unit (``time``: the scenario's; empty: none)."""

    name: str
    description: str
    unit: str = ""


_TIME = "When it happened"
_DATE = Column("date", "The same instant by the calendar; only with time.start_date and hours, days or weeks as unit")
_ORDER = Column("order", "Number of the order; the same in every table")
_BUYER = Column("buyer", "Node that asked; null: an end customer")

TABLES: dict[str, tuple[Column, ...]] = {
    "orders": (
        Column("time", "When the order was placed", "time"),
        _DATE,
        _ORDER,
        Column("node", "Node that ordered"),
        Column("product", "Product ordered"),
        Column("supplier", "Node that was asked; the ordering node itself for a production order"),
        Column("quantity", "Units ordered", "unit"),
        Column("received", "Units of it received by the end of the run", "unit"),
        Column("completed", "When its last unit was received; null while it is open", "time"),
        Column("cycle_time", "Time from placing to the last unit; null while it is open", "time"),
    ),
    "demand": (
        Column("time", "When the order reached the stock", "time"),
        _DATE,
        _ORDER,
        Column("node", "Node that was asked"),
        Column("product", "Product asked for"),
        _BUYER,
        Column("quantity", "Units asked for", "unit"),
        Column("served", "Units served at the same instant", "unit"),
        Column("lost", "Units not there and not waited for", "unit"),
    ),
    "deliveries": (
        Column("time", "When the units were received", "time"),
        _DATE,
        _ORDER,
        Column("node", "Node that delivered, or made"),
        Column("product", "Product delivered"),
        _BUYER,
        Column("placed", "When the order was placed; null: before the run", "time"),
        Column("promised", "When it was promised for; null: before the run", "time"),
        Column("quantity", "Units delivered", "unit"),
        Column("complete", "Whether they were the order's last"),
    ),
    "stock": (
        Column("time", f"{_TIME}; the state holds until the stock's next row", "time"),
        _DATE,
        Column("node", "Node that holds the stock"),
        Column("product", "Product in stock"),
        Column("on_hand", "Units on hand", "unit"),
        Column("backorders", "Units asked for and still owed", "unit"),
        Column("net_stock", "Units on hand - units backordered", "unit"),
        Column("on_order", "Units ordered and not received", "unit"),
        Column(
            "in_transit",
            "Units of these under way to the stock; for a product made at the node, its work in process",
            "unit",
        ),
    ),
    "shipments": (
        Column("time", "When the units were shipped", "time"),
        _DATE,
        _ORDER,
        Column("node", "Node that shipped"),
        Column("product", "Product shipped"),
        Column("buyer", "Node that they go to"),
        Column("quantity", "Units shipped", "unit"),
        Column("arrives", "When they arrive", "time"),
    ),
    "production": (
        Column("time", "When production started", "time"),
        _DATE,
        _ORDER,
        Column("node", "Node that makes"),
        Column("product", "Product made"),
        Column("quantity", "Units started", "unit"),
        Column("finishes", "When they are finished", "time"),
    ),
}
"""The columns of every table, in their order."""

Columns = dict[str, npt.NDArray[np.generic]]


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
    found = {
        "orders": _orders(layout, named["orders"], named["deliveries"]),
        "demand": _asked(layout, named["demand"], "point"),
        "deliveries": _asked(layout, named["deliveries"], "seller"),
        "stock": _placed(layout, named["stock"], "point"),
        "shipments": _asked(layout, named["shipments"], "seller"),
        "production": _placed(layout, named["production"], "point"),
    }
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


def _orders(layout: Layout, orders: Mapping[str, Array], deliveries: Mapping[str, Array]) -> Columns:
    """Give the orders with what became of them."""
    columns, point = _placed(layout, orders, "point"), orders["point"].astype(np.int64)
    supplier = np.where(layout.supplier[point] >= 0, layout.supplier[point], point)
    columns["supplier"] = _names(layout.nodes, layout.node[supplier])
    at, row = _matches(orders["order"], deliveries["order"], deliveries["buyer"] >= 0)
    columns["received"] = np.bincount(at, deliveries["quantity"][row], len(point)).astype(np.float64)
    completed = np.full(len(point), np.nan)
    last = deliveries["complete"][row] > 0.5
    completed[at[last]] = deliveries["time"][row[last]]
    completed[np.abs(orders["quantity"]) <= EPSILON] = np.nan
    columns["completed"], columns["cycle_time"] = completed, completed - orders["time"]
    return columns


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
