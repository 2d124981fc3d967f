"""What machines cost, as time passes: setups, the time of setup and work, and overtime."""

from collections.abc import Mapping

from scmsim.engine.recorder import Row
from scmsim.flows.operations import CODES, FIRST_STATE
from scmsim.scenario.network import Network
from scmsim.ticks import TICKS

SETUP, WORK = CODES["setup"], CODES["work"]


class _State:
    """What a machine costs per time unit now, and since when that has not been charged."""

    __slots__ = ("rate", "since")

    def __init__(self) -> None:
        self.rate = self.since = 0.0


class MachineCosts:
    """Adds up what the machines of all nodes cost.

    Parameters
    ----------
    network : Network
        What is simulated.
    accrued : mapping of str to list of float
        Where it is added, by node; at the place ``at``.
    at : int
        The place of this cost in these lists.
    """

    __slots__ = ("_accrued", "_at", "_resources", "_states")

    def __init__(self, network: Network, accrued: Mapping[str, list[float]], at: int) -> None:
        self._resources = network.resources
        self._accrued = [accrued[resource.node] for resource in network.resources]
        self._at = at
        self._states: dict[tuple[float, float], _State] = {}

    def happened(self, row: Row) -> None:
        """Charge what a machine has cost up to now, and note what it costs from now on."""
        now, resource, machine, kind = row[:4]
        if kind < FIRST_STATE:
            return
        key, said = (resource, machine), self._resources[int(resource)]
        state = self._states.get(key)
        if state is None:
            state = self._states[key] = _State()
        self._charge(key, state, now)
        busy = kind in (SETUP, WORK)
        state.rate = said.time_cost + said.overtime_cost * row[11] if busy else 0.0
        if kind == SETUP and not row[10]:
            self._accrued[int(resource)][self._at] += said.setup_cost

    def charge(self, now: float) -> None:
        """Charge what all of them have cost up to now."""
        for key, state in self._states.items():
            self._charge(key, state, now)

    def _charge(self, key: tuple[float, float], state: _State, now: float) -> None:
        if state.rate:
            self._accrued[int(key[0])][self._at] += state.rate * (now - state.since) / TICKS
        state.since = now
