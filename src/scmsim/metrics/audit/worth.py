"""What stock is worth, worked out again: units, their value and the cost of one, point by point."""

from scmsim.flows.material import RESIDUE
from scmsim.scenario.network import Network


class Worth:
    """The stocks of a network in money, at moving average or standard cost.

    Parameters
    ----------
    network : Network
        What is simulated; it has money.

    Attributes
    ----------
    units, value, unit_cost : list of float
        What is in stock at every point, what that has cost, and what the next unit taken will cost.
    """

    __slots__ = ("_is_standard", "unit_cost", "units", "value")

    def __init__(self, network: Network) -> None:
        self._is_standard = network.money is not None and network.money.valuation == "standard"
        self.unit_cost = [point.opening_cost for point in network.points]
        self.units = [0.0 if point.unlimited else max(0.0, point.initial) for point in network.points]
        self.value = [units * cost for units, cost in zip(self.units, self.unit_cost, strict=True)]

    def put(self, point: int, units: float, value: float) -> float:
        """Take in units that have cost so much; return what of it the stock is not worth.

        At moving average there is such a part only where units given back are taken in by a stock that owes them.
        """
        held, total = self.units[point] + units, self.value[point] + value
        if not self._is_standard:
            if self.units[point] >= 0 and held > RESIDUE and total >= 0:
                self.units[point], self.value[point], self.unit_cost[point] = held, total, total / held
                return 0.0
            if units > 0:
                self.unit_cost[point] = value / units
        self._leave(point, held)
        return total - self.value[point]

    def cost_of(self, point: int, units: float) -> float:
        """Return what units would cost that were taken now."""
        held = self.units[point] - units
        return self.value[point] - (0.0 if -RESIDUE < held < RESIDUE else held) * self.unit_cost[point]

    def take(self, point: int, units: float) -> float:
        """Take units out, and return what they have cost."""
        total = self.value[point]
        self._leave(point, self.units[point] - units)
        return total - self.value[point]

    def _leave(self, point: int, held: float) -> None:
        if -RESIDUE < held < RESIDUE:
            held = 0.0
        self.units[point] = held
        self.value[point] = held * self.unit_cost[point]


class Load:
    """Units of one order that are under way or in the works, and what they have cost together."""

    __slots__ = ("units", "value")

    def __init__(self) -> None:
        self.units = self.value = 0.0

    def put(self, units: float, value: float) -> None:
        """Send units off."""
        self.units += units
        self.value += value

    def take(self, units: float) -> float:
        """Let units arrive, and return their share of the cost."""
        left = self.units - units
        worth = self.value
        if not -RESIDUE < left < RESIDUE:
            worth = self.value * units / self.units
            self.units, self.value = left, self.value - worth
        else:
            self.units = self.value = 0.0
        return worth
