"""Make a scenario of the SupplyGraph sales data: 41 products, plant -> central store -> market, day by day.

    python scripts/build_fmcg.py SUPPLYGRAPH_DIR OUT_DIR            the real sales: fmcg_real.yaml, fmcg_real/*.csv
    python scripts/build_fmcg.py SUPPLYGRAPH_DIR OUT_DIR --twin     a synthetic twin: fmcg.yaml, fmcg/*.csv
    python scripts/build_fmcg.py SUPPLYGRAPH_DIR OUT_DIR --report   also run it and print what the data say
    python scripts/build_fmcg.py SUPPLYGRAPH_DIR OUT_DIR --policies [--twin]
                                                                    three policies to compare: fmcg_policies.yaml

The data are not in this repository: SupplyGraph, arXiv 2401.15299, LGPL-2.1.
"""

import argparse
import csv
from collections.abc import Iterable
from pathlib import Path

import fmcg_policies
import numpy as np
from fmcg_data import PRODUCTION, SALES, Series, read
from fmcg_report import print_report
from fmcg_twin import SEED, draw, fit

WARM_UP = 28
PERIODS = 14
SAFETY_FACTOR = 1.645
MAKE_TIME, MOVE_TIME = 2, 1
COVERS = {"plant": MAKE_TIME, "central_store": MOVE_TIME, "market": MOVE_TIME}
CITATION = """\
# source: Wasi, Islam and Akib (2024), SupplyGraph: A Benchmark Dataset for Supply Chain Planning using Graph Neural
# Networks, arXiv 2401.15299, published under the LGPL-2.1"""
REAL = """\
# question: what does forecast-driven ordering make of the real sales of an FMCG company, beside its own production?
{citation}
# answer: the plant's orders (all products, days 29 to 221) vary 1.23 times as much as sales from day to day and 1.67
# times from week to week; the company's own production 0.43 and 1.68 times: it levels the days, and swings by the week

# The sales are real: 41 products x {days} days of sales orders in units, as published (scripts/build_fmcg.py)."""
TWIN = """\
# SYNTHETIC: the sales in this scenario were drawn; no value of the original is in it
# question: how much does forecast-driven ordering amplify the daily sales of an FMCG company?
{citation}; of the data only fitted moments were used
# answer: at every stage more: from day to day 1.04, 1.09, 1.21 times at market, central store and plant (all products),
# from week to week 1.15, 1.34, 1.80 times; run with --set time.bucket=7 for the latter, product by product

# Drawn (seed {seed}) by scripts/build_fmcg.py --twin from moments fitted to the original: closed days and pattern per
# weekday, idle days, mean and variation per product, and how the products move together. Only the products' codes are
# the original's."""
DESCRIPTIONS = {
    "fmcg": "Synthetic sales, drawn from moments fitted to SupplyGraph (arXiv 2401.15299, LGPL-2.1)",
    "fmcg_real": "Real sales of an FMCG company, SupplyGraph (arXiv 2401.15299, LGPL-2.1)",
}
SCENARIO = """\
{header}
# Assumed, not in the data: lead times ({make} days to make, {move} day per move), the policy; there are no prices.
scmsim: 1
name: {name}
description: {description}
time: {{unit: day, horizon: {days}, warm_up: {warm_up}, start_date: {start}}}
defaults:
  make: {{lead_time: {make}}}
  lane: {{lead_time: {move}}}
  demand: {{kind: replay, file: {folder}/sales.csv}}
  stock:
    policy:
      kind: order_up_to
      safety_factor: {safety}
      forecast: {{kind: moving_average, periods: {periods}}}
# one row per product, or per node and product: names, what is made, which column of sales.csv is asked for, and what
# each stock starts with (forecast, safety stock and stock on hand from the mean and sd of the first {warm_up} days)
tables:
  products: {folder}/products.csv
  make: {folder}/make.csv
  demand: {folder}/demand.csv
  stock: {folder}/stock.csv
nodes:
  plant: {{kind: factory, position: [0, 0]}}
  central_store: {{kind: warehouse, position: [1, 0]}}
  market: {{kind: distributor, position: [2, 0]}}
lanes: [plant -> central_store -> market]
"""


def build(sales: Series, out: Path, name: str, header: str) -> Path:
    """Write a scenario and its tables; return the scenario's path."""
    folder = _write_tables(sales, out, name)
    columns = ["node", "product", "initial", "policy.forecast.initial", "policy.demand_sd"]
    _write(folder / "stock.csv", columns, _stocks(sales))
    return _write_scenario(out, name, _scenario(sales, name, header))


def build_policies(sales: Series, out: Path, *, synthetic: bool) -> Path:
    """Write the scenario in which three policies are compared, and its tables; return the scenario's path."""
    name = fmcg_policies.NAME
    folder = _write_tables(sales, out, name)
    _write(folder / "stock.csv", fmcg_policies.COLUMNS, fmcg_policies.stocks(sales))
    family = "experiments/" if synthetic else ""
    text = fmcg_policies.scenario(sales, CITATION, synthetic=synthetic, folder=family)
    return _write_scenario(out, name, text)


def _write_tables(sales: Series, out: Path, name: str) -> Path:
    folder = out / name
    folder.mkdir(parents=True, exist_ok=True)
    days = ([day.isoformat(), *map(_cell, row)] for day, row in zip(sales.days, sales.units, strict=True))
    _write(folder / "sales.csv", ["date", *sales.products], days)
    _write(folder / "products.csv", ["name"], ([product] for product in sales.products))
    _write(folder / "make.csv", ["node", "product"], (["plant", product] for product in sales.products))
    demand = (["market", product, product] for product in sales.products)
    _write(folder / "demand.csv", ["node", "product", "column"], demand)
    return folder


def _write_scenario(out: Path, name: str, text: str) -> Path:
    scenario = out / f"{name}.yaml"
    scenario.write_text(text, encoding="utf-8", newline="\n")
    return scenario


def _scenario(sales: Series, name: str, header: str) -> str:
    return SCENARIO.format(
        header=header.format(citation=CITATION, days=len(sales.days), seed=SEED),
        name=name.replace("_", "-"),
        folder=name,
        description=DESCRIPTIONS[name],
        days=len(sales.days),
        start=sales.days[0].isoformat(),
        warm_up=WARM_UP,
        make=MAKE_TIME,
        move=MOVE_TIME,
        safety=SAFETY_FACTOR,
        periods=PERIODS,
    )


def _stocks(sales: Series) -> Iterable[list[str]]:
    first = sales.units[:WARM_UP]
    means, sds = first.mean(axis=0), first.std(axis=0)
    for node, cover in COVERS.items():
        for product, mean, sd in zip(sales.products, means, sds, strict=True):
            initial = cover * mean + SAFETY_FACTOR * np.sqrt(cover) * sd
            yield [node, product, *(_cell(round(value, 1)) for value in (initial, mean, sd))]


def _twin(real: Series) -> Series:
    moments = fit(real)
    print(
        f"products together: median correlation {moments.together:.2f}, lag-1 autocorrelation {moments.persistence:.2f}"
    )
    return draw(moments, real.days, real.products)


def _cell(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else repr(float(value))


def _write(file: Path, header: list[str], rows: Iterable[list[str]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def main() -> None:
    """Build the scenario that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("supplygraph", type=Path, help="the folder of the SupplyGraph data")
    parser.add_argument("out", type=Path, help="where to write")
    parser.add_argument("--twin", action="store_true", help="write a synthetic twin instead of the real sales")
    parser.add_argument("--policies", action="store_true", help="write the comparison of three policies instead")
    parser.add_argument("--report", action="store_true", help="run the scenario and print what the data say")
    options = parser.parse_args()
    real = read(options.supplygraph, SALES)
    sales = _twin(real) if options.twin else real
    if options.policies:
        scenario = build_policies(sales, options.out, synthetic=options.twin)
        print(f"written: {scenario.name} and {scenario.stem}/*.csv in {options.out}")
        return
    name, header = ("fmcg", TWIN) if options.twin else ("fmcg_real", REAL)
    scenario = build(sales, options.out, name, header)
    print(f"written: {scenario.name} and {name}/*.csv in {options.out}")
    if options.report:
        print_report(sales, None if options.twin else read(options.supplygraph, PRODUCTION), scenario)


if __name__ == "__main__":
    main()
