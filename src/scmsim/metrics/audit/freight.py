"""What loads cost, worked out again from what they carried and what the scenario says of each mode."""

import numpy as np

from scmsim.metrics.layout import Array
from scmsim.scenario.network import Network


class FreightAudit:
    """Gives the cost of every order's part of a load, and what vehicles cost.

    Parameters
    ----------
    network : Network
        What is simulated.

    Attributes
    ----------
    fleets : dict of str to float
        Money per time unit for the vehicles of a node.
    """

    def __init__(self, network: Network) -> None:
        self._points = network.points
        self._lanes = network.lanes
        self.fleets = {name: node.vehicle_cost for name, node in network.nodes.items() if node.fleets}

    def costs(self, freight: Array) -> Array:
        """Return the money that each row of the table of freight must have cost; ``freight`` has a row per column."""
        _, lane, load, code, buyer, _, quantity, _, _ = freight
        found = np.zeros(len(load))
        for number in np.unique(load):
            rows = np.flatnonzero(load == number)
            transport = self._lanes[int(lane[rows[0]])].transport
            if transport is None:
                continue
            mode = transport.modes[max(0, int(code[rows[0]]))]
            one = np.array([transport.goods[self._points[int(point)].product] for point in buyer[rows]])
            carried = one * quantity[rows, None]
            size = carried[:, 1] if carried[:, 1].any() else carried[:, 0]
            found[rows] = carried @ np.array(mode.cost) + mode.load_cost * size / size.sum()
        return found
