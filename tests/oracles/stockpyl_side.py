"""Run networks in stockpyl and print what happened, as JSON: ``python stockpyl_side.py < networks.json``.

It is run by the Python of stockpyl's own environment, and knows nothing of scmsim.
"""

import json
import sys
from typing import Any

from stockpyl.demand_source import DemandSource
from stockpyl.policy import Policy
from stockpyl.sim import simulation
from stockpyl.supply_chain_network import SupplyChainNetwork
from stockpyl.supply_chain_node import SupplyChainNode

POLICIES = {
    "base_stock": ("BS", {"level": "base_stock_level"}),
    "min_max": ("sS", {"minimum": "reorder_point", "maximum": "order_up_to_level"}),
    "reorder_point": ("rQ", {"reorder_point": "reorder_point", "order_quantity": "order_quantity"}),
}


def node_of(number: int, said: dict[str, Any]) -> SupplyChainNode:
    """Return a node as stockpyl has it."""
    node = SupplyChainNode(number)
    kind, names = POLICIES[said["policy"]["kind"]]
    given = {theirs: said["policy"][ours] for ours, theirs in names.items()}
    node.inventory_policy = Policy(type=kind, node=node, **given)
    node.initial_inventory_level = said["initial"]
    node.shipment_lead_time = said["lead_time"]
    node.order_lead_time = said["order_delay"]
    node.local_holding_cost = said["holding_cost"]
    node.in_transit_holding_cost = said["in_transit_cost"]
    node.stockout_cost = said["backorder_cost"]
    if not said["from"]:
        node.supply_type = "U"
    if "demand" in said:
        node.demand_source = DemandSource(type="D", demand_list=said["demand"])
    return node


def answer(case: dict[str, Any]) -> dict[str, Any]:
    """Return net stock and orders of every node, period by period, and the total cost."""
    network = SupplyChainNetwork()
    nodes = {name: node_of(int(name), said) for name, said in case["nodes"].items()}
    for node in nodes.values():
        network.add_node(node)
    network.add_edges_from_list([(int(one), int(name)) for name, said in case["nodes"].items() for one in said["from"]])
    periods = case["periods"]
    cost = simulation(network, periods, progress_bar=False, consistency_checks="E")
    found: dict[str, Any] = {"cost": float(cost), "net_stock": {}, "orders": {}}
    for name, node in nodes.items():
        (product,) = node.product_indices
        states = node.state_vars[:periods]
        found["net_stock"][name] = [float(state.inventory_level[product]) for state in states]
        found["orders"][name] = [placed(state) for state in states]
    return found


def placed(state: Any) -> float:
    """Return what a node ordered in a period; from several suppliers it orders the same number of sets."""
    ordered = [units for by_product in state.order_quantity.values() for units in by_product.values() if units]
    return float(max(ordered, default=0.0))


if __name__ == "__main__":
    print(json.dumps([answer(case) for case in json.load(sys.stdin)]))
