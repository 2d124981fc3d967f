"""What machines cost, worked out again from the table of operations."""

from collections.abc import Sequence

import numpy as np

from scmsim.flows.operations import FIRST_STATE
from scmsim.metrics.layout import Array
from scmsim.metrics.shop_totals import KIND, MACHINE, OVERTIME, RESOURCE, RESUMED, SETUP, TIME, WORK
from scmsim.scenario.network import Network
from scmsim.ticks import TICKS


class MachineAudit:
    """Follows what machines cost.

    Parameters
    ----------
    network : Network
        What is simulated; it has money.
    names : sequence of str
        The nodes, in the order of their numbers.
    """

    def __init__(self, network: Network, names: Sequence[str]) -> None:
        self._resources = network.resources
        self.node = np.array([names.index(one.node) for one in network.resources], dtype=np.int64)
        self._rates = {(one.index, k): 0.0 for one in network.resources for k in range(one.machines)}
        self.setup_cost = np.array([one.setup_cost for one in network.resources])

    def setups(self, rows: Array) -> tuple[Array, Array]:
        """Return the times of setups begun and their resources; ``rows`` is the table of operations."""
        begun = rows[(rows[:, KIND] == SETUP) & (rows[:, RESUMED] == 0)]
        return begun[:, TIME], begun[:, RESOURCE].astype(np.int64)

    def until(self, rows: Array, start: float, ends: Array, end: float) -> Array:
        """Return what the time of every resource's machines has cost in every stretch that ``ends`` close.

        The last column is what has come up after the last of them. Shape (resources, ends + 1).
        """
        bounds = np.concatenate([[start], ends, [end]])
        found = np.zeros((len(self._resources), len(ends) + 1))
        states = rows[rows[:, KIND] >= FIRST_STATE]
        for (resource, machine), rate in self._rates.items():
            own = states[(states[:, RESOURCE] == resource) & (states[:, MACHINE] == machine)]
            said = self._resources[resource]
            busy = np.isin(own[:, KIND], (SETUP, WORK))
            rates = np.append(rate, busy * (said.time_cost + said.overtime_cost * own[:, OVERTIME]))
            knots = np.concatenate([[start], own[:, TIME]])
            spent = np.concatenate([[0.0], np.cumsum(rates[:-1] * np.diff(knots))])
            place = np.searchsorted(knots, bounds, side="right") - 1
            reached = spent[place] + rates[place] * (bounds - knots[place])
            found[resource] += np.diff(reached) / TICKS
            self._rates[resource, machine] = float(rates[-1])
        return found
