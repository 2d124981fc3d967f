"""The comparison of three policies on the sales data: random weeks of what was sold, and textbook levels for all."""

from collections.abc import Iterable

import numpy as np
from fmcg_data import Series

NAME = "fmcg_policies"
SERVICE_FACTOR = 1.645
BACKORDER_COST = 19
ORDER_DAYS = 2
COVERS = {"plant": 2, "central_store": 1, "market": 1}
COLUMNS = ["node", "product", "initial", "backorder_cost", "order_cost"]

QUESTION = """\
# question: which policy is better for an FMCG company's 41 products at three stages, on service, cost and swings of
# orders: (s,S), forecast-driven order-up-to, or smoothed order-up-to?"""
TWIN = """\
# SYNTHETIC: the sales in this scenario were drawn; no value of the original is in it
{question}
{citation}; of the data only fitted moments were used
# answer: each has its price. (s,S) serves best, 98.1 % of the units at once, for 92.1 million; order-up-to is cheapest,
# 82.0 million for 92.2 %; smoothed spares the plant, whose orders vary 0.22 times as much as sales (order-up-to 1.50,
# (s,S) 2.54), yet costs 101.0 million for 88.3 %. With 20 replications every difference is sure (95 %, all together);
# on service and cost smoothed is dominated by both others"""
REAL = """\
{question}
{citation}
# answer: each has its price. (s,S) serves best, 99.2 % of the units at once, for 87.3 million; order-up-to is cheapest,
# 77.3 million for 92.2 %; smoothed spares the plant, whose orders vary 0.47 times as much as sales (order-up-to 1.48,
# (s,S) 2.45), yet costs 116.6 million for 80.2 %. With 20 replications every difference is sure (95 %, all together);
# on service and cost smoothed is dominated by both others"""
DESCRIPTION = {
    True: "Three policies on synthetic sales, drawn from moments fitted to SupplyGraph (arXiv 2401.15299, LGPL-2.1)",
    False: "Three policies on the sales of an FMCG company, SupplyGraph (arXiv 2401.15299, LGPL-2.1)",
}
SCENARIO = """\
{header}

# Run it with `scmsim compare {name}.yaml --policies`; it takes about half a minute on two cores.
# Every replication draws whole weeks of each product's sales at random (so that products move apart) and sends them
# through plant -> central store -> market. All three policies keep to the same service level with the mean and the
# standard deviation of all {days} days.
# Assumed, not in the data: lead times (2 days to make, 1 day per move); holding a unit for a day costs 1, owing it to a
# customer for a day {backorder} (so that 95 % is the service level to aim at), and an order as much as holding
# {order_days} days' sales for a day (so that these are the economic lot). There are no prices: cash is not compared.
scmsim: 1
name: {slug}
description: {description}
time: {{unit: day, horizon: {days}, warm_up: 28, start_date: {start}}}
defaults:
  make: {{lead_time: 2}}
  lane: {{lead_time: 1}}
  demand: {{kind: bootstrap, block_length: 7, file: fmcg_policies/sales.csv}}
  stock:
    holding_cost: 1
    policy:
      kind: order_up_to
      service_level: 0.95
      forecast: {{kind: moving_average, periods: 14}}
# one row per product, or per node and product: names, what is made, which column of sales.csv is drawn from, what each
# stock starts with, and what it costs to order and to owe
tables:
  products: fmcg_policies/products.csv
  make: fmcg_policies/make.csv
  demand: fmcg_policies/demand.csv
  stock: fmcg_policies/stock.csv
nodes:
  plant:
    kind: factory
    position: [0, 0]{never_sold}
  central_store:
    kind: warehouse
    position: [1, 0]{never_sold}
  market:
    kind: distributor
    position: [2, 0]{never_sold}
lanes: [plant -> central_store -> market]
experiments:
  compare:
    base: false
    policies:
      order_up_to: {{}}
      smoothed:
        defaults.stock.policy.kind: smoothed_order_up_to
        defaults.stock.policy.smoothing_time: 4
      min_max:
        defaults.stock.policy: {{kind: min_max, service_level: 0.95}}
    replications: 20
    measures: [fill_rate@market, total_cost, cumulative_order_variance_ratio@plant]
"""


def scenario(sales: Series, citation: str, *, synthetic: bool, folder: str = "") -> str:
    """Give the text of the scenario file."""
    never = [name for name, units in zip(sales.products, sales.units.T, strict=True) if not units.any()]
    rows = [f"      {name}: {{policy: {{kind: base_stock, level: 0}}}}  # never sold" for name in never]
    header = (TWIN if synthetic else REAL).format(question=QUESTION, citation=citation)
    return SCENARIO.format(
        header=header,
        name=NAME,
        slug=f"{folder}{NAME}".replace("_", "-").replace("/", "-"),
        description=DESCRIPTION[synthetic],
        days=len(sales.days),
        start=sales.days[0].isoformat(),
        backorder=BACKORDER_COST,
        order_days=ORDER_DAYS,
        never_sold="\n".join(["", "    stock:", *rows]) if rows else "",
    )


def stocks(sales: Series) -> Iterable[list[str]]:
    """Give the rows of the table of stocks."""
    means, sds = sales.units.mean(axis=0), sales.units.std(axis=0)
    for node, cover in COVERS.items():
        for product, mean, sd in zip(sales.products, means, sds, strict=True):
            initial = cover * mean + SERVICE_FACTOR * np.sqrt(cover) * sd
            owed = BACKORDER_COST if node == "market" else 0
            yield [node, product, f"{initial:.1f}", str(owed), f"{ORDER_DAYS * mean:.4f}"]
