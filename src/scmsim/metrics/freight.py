"""Loads: how many departed, how full they were, what they cost and emitted, and how busy vehicles were."""

import numpy as np

from scmsim.flows.events import CODES
from scmsim.metrics.accumulator import Accumulator, by_point
from scmsim.metrics.facts import Facts
from scmsim.metrics.layout import Array, Index, Layout
from scmsim.metrics.metric import Measured, Metric, define
from scmsim.metrics.rollup import Ratio, Total
from scmsim.policies.loading import NO_LIMIT
from scmsim.scenario.network import Network, Point
from scmsim.ticks import TICKS

VEHICLE_LEFT = CODES["vehicle_left"]
_SHARED = "A load that carries several orders or products counts for each by its share of the weight, or of the units "
_NODES = frozenset({"node", "segment", "chain"})


class Capacities:
    """What one unit of every product takes, and what a load of every mode holds: units, weight, volume.

    Parameters
    ----------
    network : Network
        What was simulated.

    Attributes
    ----------
    one : ndarray
        Per point; shape (points, 3).
    most : ndarray
        Per lane and mode, those without a name first; shape (lanes, modes + 1, 3).
    """

    def __init__(self, network: Network) -> None:
        goods = {name: one for lane in network.lanes if lane.transport for name, one in lane.transport.goods.items()}
        self.one = np.array([goods.get(point.product, (1.0, 0.0, 0.0)) for point in network.points])
        self.most = np.full((len(network.lanes), 1 + max(len(lane.modes) for lane in network.lanes), 3), np.inf)
        for lane in network.lanes:
            for mode in lane.transport.modes if lane.transport else ():
                if mode.name:
                    self.most[lane.index, 1 + lane.modes.index(mode.name)] = mode.capacity

    def parts(self, load: Index, buyer: Index, quantity: Array) -> tuple[Array, Array, Index]:
        """Return each row's share of its load, what every load holds, and the load that each row belongs to."""
        _, first, which = np.unique(load, return_index=True, return_inverse=True)
        amounts = self.one[buyer] * quantity[:, None]
        held = np.array([np.bincount(which, column, len(first)) for column in amounts.T])
        by_weight = held[1, which] > 0
        size = np.where(by_weight, amounts[:, 1], amounts[:, 0])
        return size / np.where(by_weight, held[1, which], held[0, which]), held.T, which


class Freight(Accumulator):
    """Loads of the measured time, by the stocks that they go to, and the time that vehicles were away.

    Attributes
    ----------
    money, co2, loads : ndarray
        Per point.
    limited, used : ndarray
        Loads with a capacity, and the shares of it that they used, per point.
    away : ndarray
        Time that vehicles were on their way or coming back, per point that ships (time units).
    """

    def __init__(self, layout: Layout) -> None:
        super().__init__(layout)
        self.money, self.co2, self.loads, self.limited, self.used, self.away = (np.zeros(layout.size) for _ in range(6))
        self._capacities = Capacities(layout.network) if layout.network.has_loads else None

    @classmethod
    def reads(cls, layout: Layout) -> frozenset[str]:
        """Return the tables of freight and events where goods move in loads."""
        tables = {"freight", "events"} if any(fleets(layout)) else {"freight"}
        return frozenset(tables) if layout.network.has_loads else frozenset()

    def update(self, facts: Facts) -> None:
        """Add the loads of one chunk."""
        if self._capacities is None:
            return
        table = facts.table("freight")
        time, lane, load, mode, buyer, _, quantity, cost, co2 = (
            column[table[0] >= self.layout.warm] for column in table
        )
        if len(time):
            to, size = buyer.astype(np.int64), self.layout.size
            share, held, which = self._capacities.parts(load.astype(np.int64), to, quantity)
            most = self._capacities.most[lane.astype(np.int64), 1 + mode.astype(np.int64)]
            is_limited = np.isfinite(most).any(axis=1)
            self.money += by_point(to, size, cost)
            self.co2 += by_point(to, size, co2)
            self.loads += by_point(to, size, share)
            self.limited += by_point(to, size, share * is_limited)
            self.used += by_point(to, size, share * (held[which] / most).max(axis=1))
        self._follow(facts)

    def _follow(self, facts: Facts) -> None:
        """Add the part of every trip that lies in the measured time."""
        time, kind, point, _, _, _, value = facts.table("events")
        left = kind == VEHICLE_LEFT
        begin = np.clip(time[left], self.layout.warm, self.layout.end)
        end = np.clip(time[left] + value[left] * TICKS, self.layout.warm, self.layout.end)
        self.away += by_point(point[left].astype(np.int64), self.layout.size, (end - begin) / TICKS)


def fleets(layout: Layout) -> list[int]:
    """Return the number of vehicles of every node."""
    return [sum(fleet.number for fleet in node.fleets.values()) for node in layout.network.nodes.values()]


def freight_costs(network: Network, point: Point) -> float:
    """Return 1 for a stock to which loads cost anything; otherwise 0."""
    transports = [network.lanes[way.lane].transport for way in point.ways]
    modes = [mode for transport in transports if transport is not None for mode in transport.modes]
    return float(any(mode.load_cost or any(mode.cost) for mode in modes))


def fleet_costs(network: Network, point: Point) -> float:
    """Return what the vehicles of a node cost per time unit, shared equally by the products that they may carry."""
    total = 0.0
    for name, fleet in network.nodes[point.node].fleets.items():
        carried = {
            product
            for lane in network.lanes
            if lane.origin == point.node and lane.transport is not None
            for product in lane.products
            if any(mode.fleet == name for mode in lane.transport.modes)
        }
        if point.product in carried:
            total += fleet.number * fleet.cost / len(carried)
    return total


def _receives(layout: Layout) -> "np.ndarray":
    lanes = layout.network.lanes
    return np.array([any(lanes[way.lane].transport for way in point.ways) for point in layout.network.points])


def _loads(measured: Measured) -> Total | None:
    if not measured.network.has_loads:
        return None
    return Total(measured[Freight].loads, _receives(measured.layout))


def _utilisation(measured: Measured) -> Ratio | None:
    lanes = [lane.transport for lane in measured.network.lanes]
    if not any(mode.capacity != NO_LIMIT for lane in lanes if lane is not None for mode in lane.modes):
        return None
    return Ratio(measured[Freight].used, measured[Freight].limited, _receives(measured.layout))


def _co2(measured: Measured) -> Total | None:
    lanes = [lane.transport for lane in measured.network.lanes]
    if not any(mode.load_co2 or mode.weight_co2 for lane in lanes if lane is not None for mode in lane.modes):
        return None
    return Total(measured[Freight].co2, _receives(measured.layout))


def _busy(measured: Measured) -> Ratio | None:
    layout = measured.layout
    numbers = np.array(fleets(layout), dtype=np.float64)
    if not numbers.any():
        return None
    first = np.unique(layout.node, return_index=True)[1]
    there = np.zeros(layout.size)
    there[first] = numbers[layout.node[first]] * measured.time
    return Ratio(measured[Freight].away, there, numbers[layout.node] > 0, _NODES)


define(
    Metric(
        name="loads",
        title="Loads",
        group="flow",
        unit="load",
        formula="loads departed",
        definition="Loads that departed for the stock in the measured time, where goods move in loads (a lane with "
        f"modes, departures or a fleet). {_SHARED}where nothing weighs anything. Rolled up, it is the sum.",
        needs=(Freight,),
        compute=_loads,
    )
)
define(
    Metric(
        name="load_utilisation",
        title="Load utilisation",
        group="flow",
        unit="ratio",
        better="higher",
        formula="mean over loads of max(units, weight, volume, each / its capacity)",
        definition="How full the loads were that departed for the stock in the measured time: of units, weight and "
        "volume, what used most of its capacity. Loads of modes without a capacity are left out. Rolled up, it is the "
        f"mean over all loads. {_SHARED}where nothing weighs anything. Null where no such load departed.",
        needs=(Freight,),
        compute=_utilisation,
    )
)
define(
    Metric(
        name="co2",
        title="CO2 emitted",
        group="flow",
        unit="kg",
        better="lower",
        formula="sum of co2 + distance x (co2_distance + weight x co2_weight) over loads",
        definition="CO2 emitted by the loads that departed for the stock in the measured time. What a load emits as "
        "such is shared like its cost: by weight, or by units where nothing weighs anything. Rolled up, it is the sum.",
        needs=(Freight,),
        compute=_co2,
    )
)
define(
    Metric(
        name="fleet_utilisation",
        title="Fleet utilisation",
        group="flow",
        unit="ratio",
        formula="time that vehicles were away / (vehicles x measured time)",
        definition="The share of the measured time that the vehicles of a node were on their way out or back. Rolled "
        "up, all vehicles count alike. Not defined for single products. Null where a node has none.",
        needs=(Freight,),
        compute=_busy,
    )
)
