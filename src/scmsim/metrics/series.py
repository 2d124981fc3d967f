"""Every point's series in time: what was ordered and demanded per bucket, and what was left at its end."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from scmsim.engine.recorder import COLUMNS
from scmsim.metrics.accumulator import by_point
from scmsim.metrics.layout import Array, Layout
from scmsim.metrics.states import initial_levels
from scmsim.scenario.network import Network
from scmsim.ticks import TICKS


def period_series(network: Network, tables: Mapping[str, Array]) -> pd.DataFrame:
    """Sum orders and demand by bucket, and read the states at the ends of buckets.

    Parameters
    ----------
    network : Network
        What was simulated.
    tables : mapping
        The recorder's arrays ``orders``, ``demand`` and ``stock``; those that are missing are taken as empty.

    Returns
    -------
    DataFrame
        Columns time (the bucket's start, in the scenario's unit), node, product, orders, demand, net_stock, on_hand,
        backorders, in_transit: one row per bucket of the whole run (warm-up included; the last bucket may be cut short
        by the end) and point, in this order. An unlimited supplier has no states: they are NaN.
    """
    layout = Layout(network)
    buckets = -((layout.start - layout.end) // layout.bucket)
    shape = (buckets, layout.size)
    on_hand, backorders, in_transit = _states(layout, tables, buckets)
    columns = {
        "orders": _sums(layout, tables, "orders", shape),
        "demand": _sums(layout, tables, "demand", shape),
        "net_stock": on_hand - backorders,
        "on_hand": on_hand,
        "backorders": backorders,
        "in_transit": in_transit,
    }
    names = {
        "time": np.repeat((layout.start + np.arange(buckets) * layout.bucket) / TICKS, layout.size),
        "node": np.tile(np.array(layout.nodes, dtype=object)[layout.node], buckets),
        "product": np.tile(np.array(layout.products, dtype=object)[layout.product], buckets),
    }
    return pd.DataFrame(names | {name: column.ravel() for name, column in columns.items()})


def _column(tables: Mapping[str, Array], table: str, name: str) -> Array:
    rows = tables.get(table, np.empty((0, len(COLUMNS[table]))))
    return rows[:, COLUMNS[table].index(name)]


def _sums(layout: Layout, tables: Mapping[str, Array], table: str, shape: tuple[int, int]) -> Array:
    bucket = (_column(tables, table, "time") - layout.start) // layout.bucket
    cell = (bucket * layout.size + _column(tables, table, "point")).astype(np.int64)
    return by_point(cell, shape[0] * shape[1], _column(tables, table, "quantity")).reshape(shape)


def _states(layout: Layout, tables: Mapping[str, Array], buckets: int) -> tuple[Array, ...]:
    """Return each state at the end of each bucket: that of the point's last row so far."""
    bucket = ((_column(tables, "stock", "time") - layout.start) // layout.bucket).astype(np.int64)
    point = _column(tables, "stock", "point").astype(np.int64)
    latest = np.full((buckets + 1, layout.size), -1)
    latest[0] = np.arange(layout.size)
    latest[bucket + 1, point] = layout.size + np.arange(len(point))
    latest = np.maximum.accumulate(latest)[1:]
    begun = np.where(layout.stocked[:, None], initial_levels(layout), np.nan)
    found = (
        np.concatenate([begun[:, place], _column(tables, "stock", name)])[latest]
        for place, name in enumerate(("on_hand", "backorders", "in_transit"))
    )
    return tuple(found)
