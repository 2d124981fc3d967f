"""The numbers of a report are those that its raw tables add up to."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

import scmsim as sc

CLOSE = 1e-6


def check_report(scenario: sc.Scenario) -> None:
    """Check figures of every stock against sums over the tables of the same run, after the warm-up."""
    result = sc.run(scenario, replications=1, record="full")
    time = scenario.file.time
    first, end = time.start + time.warm_up, time.start + time.horizon
    kpis = result.kpis[result.kpis["product"].notna()].set_index(["metric", "node", "product"])["mean"].to_dict()
    for (metric, node, product), expected in recomputed(result, first, end):
        found = kpis.get((metric, node, product))
        if found is not None and not pd.isna(found):
            size = 1 + abs(expected)
            assert abs(found - expected) < CLOSE * size, f"{metric} of {product} at {node}: {found}, not {expected}"


def recomputed(result: sc.Result, first: float, end: float) -> Iterator[tuple[tuple[str, str, str], float]]:
    """Yield what the tables say: of demand, of orders, and the average of what lies there over time.

    An order that takes units back asks for nothing.
    """
    demand = result.demand[result.demand["time"] >= first]
    for (node, product), rows in demand.groupby(["node", "product"]):
        yield ("units_demanded", node, product), rows["quantity"].clip(lower=0).sum()
        yield ("units_served_at_once", node, product), rows["served"].clip(lower=0).sum()
    orders = result.orders[result.orders["time"] >= first]
    for (node, product), rows in orders.groupby(["node", "product"]):
        yield ("orders_placed", node, product), len(rows)
    for (node, product), rows in result.stock.groupby(["node", "product"]):
        times = np.clip(np.append(rows["time"].to_numpy(), end), first, end)
        for metric, column in (("average_on_hand", "on_hand"), ("average_backorders", "backorders")):
            yield (metric, node, product), float((rows[column].to_numpy() * np.diff(times)).sum() / (end - first))
