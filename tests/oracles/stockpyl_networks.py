"""Random networks that stockpyl understands, and what scmsim says of them.

Serial chains, distribution trees and assembly trees, each node with one product, a policy of its own and fixed times.
stockpyl fills the orders of a node's customers by their number, the first one's first: in scmsim's words, each lane has
a ``priority`` and the stock shares by class.
"""

import sys
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))

import scmsim
from scmsim.engine.recorder import Keeper
from scmsim.simulation import simulate

TICKS = 1_000_000
OUTSIDE = "outside"
SHAPES = ("serial", "distribution", "assembly")


def policy(random: Random) -> dict[str, Any]:
    """Return a policy; lots are large enough that one is as a rule enough."""
    kind, low = random.choice(("base_stock", "base_stock", "min_max", "reorder_point")), random.randint(0, 25)
    if kind == "base_stock":
        return {"kind": kind, "level": low}
    if kind == "min_max":
        return {"kind": kind, "minimum": low, "maximum": low + random.randint(1, 20)}
    return {"kind": kind, "reorder_point": low, "order_quantity": random.randint(30, 60)}


def network(random: Random) -> dict[str, Any]:
    """Return a network: its shape, its nodes by number with whom each buys from, and how many periods it runs."""
    shape, count = random.choice(SHAPES), random.randint(1, 5)
    nodes: dict[str, Any] = {}
    for number in range(1, count + 1):
        nodes[str(number)] = {
            "from": [],
            "policy": policy(random),
            "initial": random.randint(0, 20),
            "lead_time": random.randint(0, 3),
            "order_delay": random.choice((0, 0, 0, 1, 2)),
            "holding_cost": random.randint(0, 8) / 4,
            "in_transit_cost": random.choice((0, 0, 0.5)),
            "backorder_cost": random.randint(0, 12) / 2,
        }
    for number in range(2, count + 1):
        if shape == "assembly":
            nodes[str(random.randint(1, number - 1))]["from"].append(str(number))
        else:
            parent = number - 1 if shape == "serial" else random.randint(1, number - 1)
            nodes[str(number)]["from"].append(str(parent))
    sold = {one for said in nodes.values() for one in said["from"]}
    periods = random.randint(8, 30)
    for name, said in nodes.items():
        if name not in sold:
            said["demand"] = [random.randint(0, 40) / 4 for _ in range(periods)]
    return {"shape": shape, "periods": periods, "nodes": nodes}


def scenario(case: dict[str, Any]) -> dict[str, Any]:
    """Return a network as a scenario: a node that puts several parts together is a factory, any other a warehouse."""
    assembly = case["shape"] == "assembly"
    nodes: dict[str, Any] = {OUTSIDE: {"kind": "supplier"}}
    lanes: list[dict[str, Any]] = []
    for name, said in case["nodes"].items():
        own = f"item_{name}" if assembly else "item"
        stock = {key: said[key] for key in ("initial", "holding_cost", "backorder_cost", "policy")}
        node: dict[str, Any] = {"kind": "warehouse", "stock": {own: stock | {"allocation": {"kind": "priority"}}}}
        if assembly and said["from"]:
            parts = {f"item_{one}": case["nodes"][one]["holding_cost"] for one in said["from"]}
            node |= {"kind": "factory", "make": {own: {"components": dict.fromkeys(parts, 1)}}}
            for part, cost in parts.items():
                node["stock"][part] = {"holding_cost": cost, "policy": {"kind": "make_to_order"}}
        if "demand" in said:
            node["demand"] = {own: {"kind": "replay", "values": said["demand"]}}
        nodes[name] = node
        for origin in said["from"] or [OUTSIDE]:
            product = f"item_{origin}" if assembly and said["from"] else own
            cost = case["nodes"][origin]["in_transit_cost"] if said["from"] else 0
            lane = {"from": origin, "to": name, "products": [product], "holding_cost": cost}
            lane |= {"lead_time": said["lead_time"], "order_delay": said["order_delay"]}
            lanes.append(lane | ({"priority": int(name)} if said["from"] else {}))
    products = {product: {} for node in nodes.values() for product in node.get("stock", ())}
    time = {"start": 0, "horizon": case["periods"]}
    return {"scmsim": 1, "name": "net", "time": time, "products": products, "nodes": nodes, "lanes": lanes}


def answer(case: dict[str, Any]) -> dict[str, Any]:
    """Return what the engine says: net stock and orders of every node, period by period, and the total cost."""
    network = scmsim.from_dict(scenario(case)).network
    keeper = Keeper()
    simulate(network, seed=1, sinks=[keeper])
    tables, closes = keeper.tables(), np.arange(case["periods"]) * TICKS
    found: dict[str, Any] = {"cost": 0.0, "net_stock": {}, "orders": {}}
    for point in network.points:
        if point.unlimited:
            continue
        rows = tables["stock"][tables["stock"][:, 1] == point.index]
        rows = rows[np.searchsorted(rows[:, 0], closes, side="right") - 1]
        held = rows[:, 2] * point.holding_cost + rows[:, 3] * point.backorder_cost
        found["cost"] += float(held.sum()) + _on_its_way(case, point, rows)
        if point.product not in ("item", f"item_{point.node}"):
            continue
        orders = tables["orders"][tables["orders"][:, 1] == point.index]
        found["net_stock"][point.node] = (rows[:, 2] - rows[:, 3]).tolist()
        found["orders"][point.node] = [float(orders[orders[:, 0] == close, 3].sum()) for close in closes]
    return found


def _on_its_way(case: dict[str, Any], point: Any, rows: np.ndarray) -> float:
    """Return what units on their way to a stock cost over the periods; those that are being made cost nothing."""
    said = case["nodes"][point.node]["from"]
    if not said or (case["shape"] == "assembly" and point.product == f"item_{point.node}"):
        return 0.0
    origin = point.product.removeprefix("item_") if case["shape"] == "assembly" else said[0]
    return float(rows[:, 5].sum() * case["nodes"][origin]["in_transit_cost"])
