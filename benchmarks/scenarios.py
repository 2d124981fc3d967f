"""The scenarios that are measured, written as files into a folder. Standard library only: importing this is cheap."""

import csv
import json
import math
import random
from collections.abc import Iterable, Sequence
from pathlib import Path

MEAN_DEMAND = 5.0
SEED = 1
CHAIN = {
    "levels": [9, 8, 8, 12],
    "lead_times": [1, 1, 1, 2],
    "holding_costs": [4, 3, 2, 1],
    "backorder_cost": 20,
}
"""Four stages from the customer upwards: base-stock level, periods to replenish, money per unit and period."""
PRICES = (40, 30, 25, 20)
"""What a unit is sold for at each stage of the chain, from the customer upwards."""
PRODUCTS, WAREHOUSES, RETAILERS, DAYS = 50, 4, 100, 365
MACHINES, STAGES_IN_SHOP = 10, 5


def four_stage_chain(folder: Path, periods: int) -> Path:
    """Write the chain with a demand replayed from ``demand.csv``, and ``chain.json`` for stockpyl; return its path."""
    rng = random.Random(SEED)
    demand = [_poisson(rng, MEAN_DEMAND) for _ in range(periods)]
    _write(folder / "demand.csv", ["units"], ([str(units)] for units in demand))
    folder.joinpath("chain.json").write_text(json.dumps({**CHAIN, "demand": demand}), encoding="utf-8")
    return _chain(folder / "chain.yaml", periods, "kind: replay, file: demand.csv, column: units")


def four_stage_chain_drawn(folder: Path, periods: int) -> Path:
    """Write the chain with Poisson demand drawn by scmsim, so that no input grows with the horizon; return its path."""
    return _chain(folder / f"chain_{periods}.yaml", periods, f"kind: poisson, mean: {MEAN_DEMAND}")


def four_stage_chain_with_money(folder: Path, periods: int) -> Path:
    """Write that chain with prices and terms of payment at every stage; return its path."""
    return _chain(folder / f"chain_with_money_{periods}.yaml", periods, f"kind: poisson, mean: {MEAN_DEMAND}", PRICES)


def _chain(file: Path, periods: int, demand: str, prices: Sequence[float] = ()) -> Path:
    sales = f", sales: {{item: {{price: {prices[0]}, terms: {{net: 14}}}}}}" if prices else ""
    terms = [f", price: {price}, terms: {{net: 30}}" for price in prices[1:]] or ["", "", ""]
    make = ", unit_cost: 10" if prices else ""
    levels, times, costs = CHAIN["levels"], CHAIN["lead_times"], CHAIN["holding_costs"]
    stocks = [
        f"stock: {{item: {{initial: {level}, holding_cost: {cost}, policy: {{kind: base_stock, level: {level}}}"
        for level, cost in zip(levels, costs, strict=True)
    ]
    file.write_text(
        "scmsim: 1\n"
        "name: four-stage-chain\n"
        f"time: {{horizon: {periods}}}\n"
        "products: {item: {}}\n"
        "nodes:\n"
        f"  stage_4: {{kind: factory, make: {{item: {{lead_time: {times[3]}{make}}}}}, {stocks[3]}}}}}}}\n"
        f"  stage_3: {{kind: warehouse, {stocks[2]}}}}}}}\n"
        f"  stage_2: {{kind: warehouse, {stocks[1]}}}}}}}\n"
        f"  stage_1: {{kind: retailer, {stocks[0]}, backorder_cost: {CHAIN['backorder_cost']}}}}}, "
        f"demand: {{item: {{{demand}}}}}{sales}}}\n"
        "lanes:\n"
        f"  - {{from: stage_4, to: stage_3, lead_time: {times[2]}{terms[2]}}}\n"
        f"  - {{from: stage_3, to: stage_2, lead_time: {times[1]}{terms[1]}}}\n"
        f"  - {{from: stage_2, to: stage_1, lead_time: {times[0]}{terms[0]}}}\n",
        encoding="utf-8",
    )
    return file


def distribution_network(folder: Path) -> Path:
    """Write one plant -> 4 warehouses -> 100 retailers, (s,S), 50 products, a year; return its path."""
    products = [f"product_{number:02d}" for number in range(1, PRODUCTS + 1)]
    warehouses = [f"warehouse_{number}" for number in range(1, WAREHOUSES + 1)]
    retailers = [f"retailer_{number:03d}" for number in range(1, RETAILERS + 1)]
    levels = {"plant": (2500, 4500), **dict.fromkeys(warehouses, (400, 900)), **dict.fromkeys(retailers, (12, 30))}
    rows = ([node, item, str(high), str(low), str(high)] for node, (low, high) in levels.items() for item in products)
    _write(folder / "stock.csv", ["node", "product", "initial", "policy.minimum", "policy.maximum"], rows)
    _write(folder / "demand.csv", ["node", "product"], ([node, item] for node in retailers for item in products))
    _write(folder / "make.csv", ["node", "product"], (["plant", item] for item in products))
    _write(folder / "products.csv", ["name"], ([item] for item in products))
    lanes = [
        *(f"  - plant -> {warehouse}" for warehouse in warehouses),
        *(f"  - {warehouses[index % WAREHOUSES]} -> {retailer}" for index, retailer in enumerate(retailers)),
    ]
    file = folder / "network.yaml"
    file.write_text(
        "scmsim: 1\n"
        "name: distribution-network\n"
        f"time: {{unit: day, horizon: {DAYS}}}\n"
        "tables: {products: products.csv, make: make.csv, stock: stock.csv, demand: demand.csv}\n"
        "defaults:\n"
        "  stock: {holding_cost: 0.1, backorder_cost: 1, order_cost: 5, policy: {kind: min_max}}\n"
        "  make: {lead_time: 3}\n"
        "  lane: {lead_time: 2}\n"
        f"  demand: {{kind: poisson, mean: {MEAN_DEMAND}}}\n"
        "nodes:\n"
        "  plant: {kind: factory}\n"
        + "".join(f"  {name}: {{kind: warehouse}}\n" for name in warehouses)
        + "".join(f"  {name}: {{kind: retailer}}\n" for name in retailers)
        + "lanes:\n"
        + "".join(f"{lane}\n" for lane in lanes),
        encoding="utf-8",
    )
    return file


def job_shop(folder: Path) -> Path:
    """Write a shop of 10 machines and 50 products, each with its own way over five of them, a year; return its path.

    Machines need setups, break down and work at about four fifths of their time; every product is asked for daily.
    """
    rng, machines = random.Random(SEED), [f"machine_{number:02d}" for number in range(1, MACHINES + 1)]
    names = [f"product_{number:02d}" for number in range(1, PRODUCTS + 1)]
    ways = {}
    for first, name in enumerate(names):
        others = rng.sample([one for one in machines if one != machines[first % MACHINES]], STAGES_IN_SHOP - 1)
        ways[name] = [machines[first % MACHINES], *others]
    resource = "{setup_time: 0.005, breakdowns: {time_between: {dist: exponential, mean: 20}, repair_time: 0.5}}"
    file = folder / "job_shop.yaml"
    file.write_text(
        "scmsim: 1\n"
        "name: job-shop\n"
        f"time: {{unit: day, horizon: {DAYS}}}\n"
        f"products: {{{', '.join(f'{name}: {{whole_units: true}}' for name in names)}}}\n"
        "defaults:\n"
        "  stock: {initial: 40, holding_cost: 0.1, backorder_cost: 1, policy: {kind: base_stock, level: 60}}\n"
        f"  demand: {{kind: poisson, mean: {MEAN_DEMAND}}}\n"
        "nodes:\n"
        "  works:\n"
        "    kind: factory\n"
        f"    resources: {{{', '.join(f'{name}: {resource}' for name in machines)}}}\n"
        "    make:\n"
        + "".join(f"      {name}: {{lead_time: 2, stages: [{_stages(ways[name])}]}}\n" for name in names)
        + f"    demand: {{{', '.join(f'{name}: {{}}' for name in names)}}}\n"
        f"    stock: {{{', '.join(f'{name}: {{}}' for name in names)}}}\n",
        encoding="utf-8",
    )
    return file


def _stages(machines: Sequence[str]) -> str:
    return ", ".join(f"{{name: {name}, resource: {name}, time: 0.005}}" for name in machines)


def _poisson(rng: random.Random, mean: float) -> int:
    """Draw by Knuth's product of uniforms."""
    limit, count, product = math.exp(-mean), 0, rng.random()
    while product > limit:
        product *= rng.random()
        count += 1
    return count


def _write(file: Path, header: list[str], rows: Iterable[list[str]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
