"""The scorecard of suppliers: what every buyer's orders to every supplier have brought, per product."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from scmsim.metrics.layout import Layout
from scmsim.metrics.on_time_lines import promised_delays
from scmsim.scenario.network import Network
from scmsim.ticks import TICKS

KEYS = ["node", "supplier", "product"]

DEFINITIONS = {
    "orders": "Orders placed with the supplier in the measured time, those of all replications together.",
    "on_time": "Of the orders due before the end of the run, the share whose last unit came by its date: the promised "
    "one, or what `measures.on_time_in_full` says.",
    "in_full": "Of the same orders, the share of which every unit ordered has come.",
    "quoted": "Mean money per unit that it quoted, duty and transport included. Empty where it was not asked.",
    "mean_price": "Money per unit shipped, without duty and transport. Empty without a price.",
    "lead_time": "Mean time from an order to its last unit, of the orders that are complete.",
    "lead_time_sd": "Standard deviation of that time (divided by the number of orders).",
    "quality": "Units that came out right / units shipped or lost because they did not.",
    "spend": "What was shipped for these orders at its price, per replication. Empty without a price.",
}
"""What each column says."""

COLUMNS = ["buyer", "supplier", "product", *DEFINITIONS]


def scorecard(network: Network, tables: Mapping[str, pd.DataFrame], replications: int) -> pd.DataFrame:
    """Judge every supplier by the orders that were placed with it.

    Parameters
    ----------
    network : Network
        What was simulated.
    tables : mapping
        The tables ``orders``, ``shipments``, ``events`` and ``ledger`` of a run, with the number of the replication.
    replications : int
        How many replications there were; a supplier need not have had an order in each.

    Returns
    -------
    DataFrame
        A row per buyer, supplier and product, also for a supplier that a buyer could have chosen and never did;
        `DEFINITIONS` says what the other columns hold.

    Examples
    --------
    >>> import scmsim as sc
    >>> card = sc.run("scenarios/procurement/yield.yaml").scorecard
    >>> card[["supplier", "orders", "in_full", "mean_price", "spend"]].values.tolist()
    [['works', 200, 0.0, 4.0, 7992.0]]
    """
    orders, events, ledger, warm = tables["orders"], tables["events"], tables["ledger"], network.calendar.warm / TICKS
    orders = orders[(orders["supplier"] != orders["node"]) & (orders["time"] >= warm)]
    orders = orders[orders["quantity"] > 0].copy()
    _judge(network, orders, events[events["kind"] == "promised"])
    orders["lost"] = _by_order(orders, events[events["kind"] == "yield_loss"], "quantity")
    paid = ledger[(ledger["event"] == "shipment") & (ledger["account"] == "in_transit") & (ledger["amount"] > 0)]
    orders["value"] = _by_order(orders, paid, "amount")
    orders["shipped"] = _by_order(orders, tables["shipments"], "quantity")
    orders["spend"] = orders["value"] / replications
    answers = events[(events["kind"] == "quotation") & (events["time"] >= warm)]
    quoted = answers.groupby(["partner", "node", "product"], observed=True)["value"].mean().to_dict()
    groups = {tuple(map(str, key)): group for key, group in orders.groupby(KEYS, observed=True)}
    keys = sorted({*groups, *_choices(network)})
    rows = [_row(network, key, groups.get(key, orders.iloc[:0]), quoted.get(key, np.nan)) for key in keys]
    return pd.DataFrame(rows, columns=COLUMNS)


def _choices(network: Network) -> set[tuple[str, ...]]:
    """Return buyer, supplier and product of every lane among which a rule chooses."""
    points = network.points
    return {
        (point.node, points[way.supplier].node, point.product)
        for point in points
        if len(point.ways) > 1
        for way in point.ways
    }


def _judge(network: Network, orders: pd.DataFrame, dated: pd.DataFrame) -> None:
    """Add to every order whether it was due before the end, and came on time and in full."""
    points, terms = network.points, network.on_time_in_full
    promised = terms.reference == "promised"
    delay = {
        (points[buyer].node, points[seller].node, points[buyer].product): ticks * promised / TICKS
        for (seller, buyer), ticks in promised_delays(Layout(network)).items()
    }
    wait = np.array([delay[key] for key in zip(*(orders[name] for name in KEYS), strict=True)])
    date = orders["time"] + wait
    if promised:
        date = date.mask(_by_order(orders, dated, "quantity") > 0, _by_order(orders, dated, "value"))
    latest = date + terms.late / TICKS
    orders["due"] = latest < network.calendar.end / TICKS
    orders["on_time"] = orders["completed"] <= latest + 0.5 / TICKS
    orders["in_full"] = orders["received"] >= orders["quantity"] * (1.0 - 1e-9)


def _by_order(orders: pd.DataFrame, rows: pd.DataFrame, column: str) -> "pd.Series[float]":
    """Return the sum of a column over the rows of every order."""
    sums = rows.groupby(["replication", "order"])[column].sum()
    keys = pd.MultiIndex.from_arrays([orders["replication"], orders["order"]])
    return pd.Series(sums.reindex(keys, fill_value=0.0).to_numpy(dtype=float), index=orders.index)


def _row(network: Network, key: tuple[str, ...], group: pd.DataFrame, quoted: float) -> list[object]:
    buyer, supplier, product = key
    due, times = group[group["due"]], group["cycle_time"].dropna()
    good, units = float(group["shipped"].sum()), float((group["shipped"] + group["lost"]).sum())
    priced = any(
        product in lane.sales for lane in network.lanes if (lane.origin, lane.destination) == (supplier, buyer)
    )
    value = float(group["value"].sum())
    return [
        buyer,
        supplier,
        product,
        len(group),
        float(due["on_time"].mean()) if len(due) else np.nan,
        float(due["in_full"].mean()) if len(due) else np.nan,
        quoted if quoted or priced else np.nan,
        value / good if priced and good else np.nan,
        float(times.mean()) if len(times) else np.nan,
        float(times.std(ddof=0)) if len(times) else np.nan,
        good / units if units else np.nan,
        float(group["spend"].sum()) if priced else np.nan,
    ]
