"""The numbers of a report are those that its raw tables add up to."""

from collections import Counter
from collections.abc import Iterator

import numpy as np
import pandas as pd

import scmsim as sc

CLOSE = 1e-6


ACCOUNTS = {"revenue": -1, "cost_of_goods_sold": 1, "late_fees_received": -1, "discounts_received": -1}
EXPENSES = ("holding", "ordering", "transport", "duty", "production", "wages", "interest", "discounts_given", "tax")
RATES = {"holding_cost": "average_on_hand", "backorder_cost": "average_backorders"}
compared: Counter[str] = Counter()
Figures = Iterator[tuple[tuple[str, str, str], float]]


def check_report(scenario: sc.Scenario) -> None:
    """Check figures of every stock and node against sums over the tables of the same run, after the warm-up."""
    result = sc.run(scenario, replications=1, record="full")
    time = scenario.file.time
    first, end = time.start + time.warm_up, time.start + time.horizon
    kpis = result.kpis[result.kpis["node"].notna()].fillna({"product": ""})
    known = kpis.set_index(["metric", "node", "product"])["mean"].to_dict()
    for (metric, node, product), expected in (*recomputed(result, first, end), *money(result, first)):
        found = known.get((metric, node, product))
        if found is not None and not pd.isna(found):
            compared[metric] += 1
            size = 1 + abs(expected)
            assert abs(found - expected) < CLOSE * size, f"{metric} of {product} at {node}: {found}, not {expected}"


def recomputed(result: sc.Result, first: float, end: float) -> Figures:
    """Yield what the tables say: of demand, orders and receipts, of what lies there over time, and what that costs.

    An order that takes units back asks for nothing.
    """
    points = {(point.node, point.product): point for point in result.scenario.network.points}
    demand = result.demand[result.demand["time"] >= first]
    for (node, product), rows in demand.groupby(["node", "product"]):
        asked, served = rows["quantity"].clip(lower=0).sum(), rows["served"].clip(lower=0).sum()
        yield ("units_demanded", node, product), asked
        yield ("units_served_at_once", node, product), served
        yield ("fill_rate", node, product), served / asked if asked else np.nan
    orders = result.orders[result.orders["time"] >= first]
    for (node, product), rows in orders.groupby(["node", "product"]):
        yield ("orders_placed", node, product), len(rows)
        yield ("ordering_cost", node, product), len(rows) * points[node, product].order_cost
    deliveries = result.deliveries[result.deliveries["time"] >= first]
    for (node, product), rows in deliveries.groupby(["buyer", "product"]):
        yield ("units_received", node, product), rows["quantity"].sum()
        yield ("purchase_cost", node, product), rows["quantity"].sum() * points[node, product].purchase_cost
    for (node, product), rows in result.stock.groupby(["node", "product"]):
        times = np.clip(np.append(rows["time"].to_numpy(), end), first, end)
        for metric, column in (("average_on_hand", "on_hand"), ("average_backorders", "backorders")):
            units = float((rows[column].to_numpy() * np.diff(times)).sum())
            yield (metric, node, product), units / (end - first)
            rate = {average: name for name, average in RATES.items()}[metric]
            yield (rate, node, product), units * getattr(points[node, product], rate)


def money(result: sc.Result, first: float) -> Figures:
    """Yield what the ledger says of every node: income and expenses after the warm-up, and cash at the end."""
    if "ledger" not in result.tables:
        return
    for (node, account), rows in result.ledger.groupby(["node", "account"]):
        amount = rows.loc[rows["time"] >= first, "amount"].sum()
        if account in ACCOUNTS:
            yield (account, node, ""), ACCOUNTS[account] * amount
        if account in EXPENSES:
            yield (account if account == "discounts_given" else f"{account}_expense", node, ""), amount
        if account == "cash":
            yield ("closing_cash", node, ""), rows["amount"].sum()
