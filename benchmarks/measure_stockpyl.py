"""Run the four-stage chain in stockpyl and print what it took, as JSON: ``python measure_stockpyl.py chain.json``.

It is run by the Python of stockpyl's own environment. The times cover ``simulation`` alone, not the imports and not the
building of the network; its consistency checks and its progress bar are off.
"""

import json
import sys
import time
from pathlib import Path

from stockpyl.sim import simulation
from stockpyl.supply_chain_network import serial_system


def main(path: Path) -> None:
    """Measure one run."""
    chain = json.loads(path.read_text(encoding="utf-8"))
    demand = [float(units) for units in chain["demand"]]
    network = serial_system(
        num_nodes=4,
        node_order_in_system=[4, 3, 2, 1],
        node_order_in_lists=[1, 2, 3, 4],
        policy_type="BS",
        base_stock_level=chain["levels"],
        initial_inventory_level=chain["levels"],
        shipment_lead_time=chain["lead_times"],
        local_holding_cost=chain["holding_costs"],
        in_transit_holding_cost=[0, 0, 0, 0],
        stockout_cost=[chain["backorder_cost"], 0, 0, 0],
        demand_type=["D", None, None, None],
        demand_list=[demand, None, None, None],
    )
    started, computing = time.perf_counter(), time.process_time()
    cost = simulation(network, len(demand), progress_bar=False, consistency_checks="N")
    computed, done = time.process_time(), time.perf_counter()
    seconds = {"run": done - started, "processor": computed - computing}
    print(json.dumps({"seconds": seconds, "total_cost": float(cost)}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
