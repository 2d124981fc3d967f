"""Guaranteed-service placement of safety stock: from a scenario, or a tree of stages, to where stock is kept."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING

import numpy as np

from scmsim.errors import UsageError
from scmsim.experiments.changes import dotted
from scmsim.experiments.safety_stock.tree import Stage, Tree, solve
from scmsim.policies.levels import safety_factor
from scmsim.scenario.network import Delay, FromProduction, Network, Point
from scmsim.scenario.scenario import Scenario
from scmsim.ticks import TICKS
from scmsim.words import counted, figure, listed, number

if TYPE_CHECKING:
    import pandas as pd

SERVICE_LEVEL = 0.95


@dataclass(frozen=True, eq=False, repr=False)
class Placement:
    """Where safety stock is kept, and what it costs.

    Parameters
    ----------
    tree : Tree
        The stages.
    promised : mapping of str to int
        The service time of every stage, in steps of the grid.
    grid : float
        Length of a step, in time units.
    policies : mapping of str to str
        For a stage of a scenario: the path of its policy.
    times : mapping of str to float
        For a stage of a scenario: its time before it was rounded to the grid, in time units.
    coming : mapping of str to float
        For a stage of a scenario: the units that are on their way to it at the start.

    Examples
    --------
    >>> import scmsim as sc
    >>> found = place_stock(sc.load("scenarios/three_stage_chain.yaml"), service_level=0.95)
    >>> found.stages.columns.tolist()[:4]
    ['stage', 'time', 'inbound', 'service_time']
    """

    tree: Tree
    promised: Mapping[str, int]
    grid: float = 1.0
    policies: Mapping[str, str] = field(default_factory=dict)
    times: Mapping[str, float] = field(default_factory=dict)
    coming: Mapping[str, float] = field(default_factory=dict)

    @property
    def cost(self) -> float:
        """Money per time that holding all safety stock takes; stock on its way is not in it, it is the same anyway."""
        return self.tree.cost(self.promised)

    @property
    def levels(self) -> dict[str, float]:
        """The base stock of every stage, in units: mean demand over its net replenishment time, and safety stock."""
        safety = self.tree.safety_stock(self.promised)
        return {name: self.tree.means[name] * net + safety[name] for name, net in self._net_times().items()}

    @property
    def stages(self) -> "pd.DataFrame":
        """One row per stage, suppliers first.

        ``time``, ``inbound``, ``service_time`` and ``net_time`` in time units; ``safety_stock`` and ``base_stock`` in
        units; ``cost`` in money per time.
        """
        import pandas as pd

        net, inbound = self._net_times(), self.tree.inbound(self.promised)
        safety, levels = self.tree.safety_stock(self.promised), self.levels
        rows = [
            {
                "stage": name,
                "time": self.tree.stages[name].time * self.grid,
                "inbound": inbound[name] * self.grid,
                "service_time": self.promised[name] * self.grid,
                "net_time": net[name] * self.grid,
                "safety_stock": safety[name],
                "base_stock": levels[name],
                "cost": safety[name] * self.tree.stages[name].holding_cost,
            }
            for name in self.tree.order
        ]
        return pd.DataFrame(rows)

    @property
    def overrides(self) -> tuple[str, ...]:
        """The base stocks as ``path=value``, to paste after ``--set``; empty where the tree is of no scenario.

        The stock at the start is what the level needs besides what is on its way, so that no stage begins with a wave
        of orders.
        """
        found = []
        for name, path in self.policies.items():
            level = self.levels[name]
            found.append(f"{path}={{kind: base_stock, level: {_written(level)}}}")
            found.append(f"{path.removesuffix('.policy')}.initial={_written(max(0.0, level - self.coming[name]))}")
        return tuple(found)

    @property
    def sentences(self) -> tuple[str, ...]:
        """The answer in words."""
        net_times, bounds = self._net_times(), self.tree.bounds
        kept = [name for name, net in net_times.items() if net > 0 and bounds[name] > 0]
        passing = [name for name, net in net_times.items() if net == 0]
        stages = counted(len(self.tree.stages), "stage")
        step = f"{number(self.grid)} time unit" + ("" if self.grid == 1 else "s")
        assumed = [f"Times are whole steps of {step}."]
        if passing and kept:
            assumed.insert(0, "Every other stage promises its customers the time it needs.")
        if not any(bounds.values()):
            assumed.append("Demand does not vary, so that its mean over the net time is enough.")
        if kept:
            assumed.append("Demand beyond the bound is not covered by the promise.")
        return (
            f"Safety stock is kept at {len(kept)} of {stages} and costs {number(self.cost)} per time unit to hold.",
            f"Kept at: {', '.join(kept) or 'no stage'}.",
            " ".join(assumed),
        )

    @property
    def cautions(self) -> tuple[str, ...]:
        """What makes the answer less than it seems: times that the grid changed, stages that cost nothing to hold."""
        return (*self._rounded(), *self._free())

    def _rounded(self) -> list[str]:
        changes = {
            name: self.tree.stages[name].time * self.grid - time
            for name, time in self.times.items()
            if self.tree.stages[name].time * self.grid - time > 1e-6 * self.grid
        }
        if not changes:
            return []
        name = max(changes, key=lambda name: changes[name])
        return [
            f"The grid of {number(self.grid)} lengthens the times of {len(changes)} of "
            f"{counted(len(self.times), 'stage')}, most at {name}: {number(self.times[name])} becomes "
            f"{number(self.times[name] + changes[name])}. Take a grid that divides the times"
        ]

    def _free(self) -> list[str]:
        free = [name for name in self.policies if self.tree.stages[name].holding_cost == 0]
        if not free:
            return []
        return [
            f"{listed(free, most=3)} {'has' if len(free) == 1 else 'have'} no holding_cost: safety stock costs nothing "
            "there, so that it may be put there without need"
        ]

    def _net_times(self) -> dict[str, int]:
        return self.tree.net_times(self.promised)

    def __repr__(self) -> str:
        return f"<Placement: {len(self.tree.stages)} stages, cost {number(self.cost)}>"

    def _repr_html_(self) -> str:
        said = " ".join((*self.sentences, *(f"{caution}." for caution in self.cautions)))
        return f"<p>{escape(said)}</p>\n{self.stages.to_html(index=False, max_rows=50, escape=True)}"


def place_stock(
    network: Scenario | Tree,
    *,
    service_level: float | Mapping[str, float] = SERVICE_LEVEL,
    grid: float = 1.0,
) -> Placement:
    """Find where to keep safety stock, so that holding it costs least: the guaranteed-service model on a tree.

    Parameters
    ----------
    network : Scenario or Tree
        Every stock of a scenario is a stage (``node/product``): its time is order delay, supplier's time and lead
        time, or that of production, plus the review interval less the period in which demand is seen first.
    service_level : float or mapping of str to float
        The chance that demand stays within its bound, between 0 and 1; for each node that serves end customers, or
        for all. A tree has its bounds already.
    grid : float
        Length of a time step, in time units; a stage's time is rounded up to it.

    Returns
    -------
    Placement

    Raises
    ------
    UsageError
        The network has a cycle (it is named), several lanes bring a stock, a demand on it has no stated moments, no
        stock has a holding cost, or a number is out of its range.

    Notes
    -----
    A stage covers z σ √τ beyond the mean demand of its net replenishment time τ; demands of different customers are
    independent, so their σ add up in squares upstream. Random times count with their means. Graves and Willems (2000).
    """
    if isinstance(network, Tree):
        return Placement(network, solve(network))
    if not grid > 0:
        raise UsageError(f"grid must be above 0, not {grid!r}")
    stocks = _stocks(network.network)
    several = next((point for point in stocks if len(point.ways) > 1), None)
    if several is not None:
        raise UsageError(
            f"{_name(several)} has several lanes that bring it, which placement does not know: leave one of them"
        )
    tree = _tree(network.network, service_level, grid)
    promised = solve(tree)
    if stocks and not any(point.holding_cost > 0 for point in stocks):
        raise UsageError(
            "no stock has a holding_cost, so safety stock costs nothing wherever it is kept: give the stocks one, for "
            f"instance --set {dotted(('nodes', stocks[0].node, 'stock', stocks[0].product))}.holding_cost=1"
        )
    policies = {_name(point): dotted(("nodes", point.node, "stock", point.product, "policy")) for point in stocks}
    times = {_name(point): _time(network.network, point) for point in stocks}
    coming = {_name(point): sum(units for _, units in (*point.orders_mailed, *point.shipments_due)) for point in stocks}
    return Placement(tree, promised, grid, policies, times, coming)


def _written(level: float) -> str:
    """Write a level for a file: four digits that count, or all before the point; no powers of ten."""
    return np.format_float_positional(float(figure(level)), trim="-")


def _stocks(network: Network) -> list[Point]:
    return [point for point in network.points if not point.unlimited]


def _name(point: Point) -> str:
    return f"{point.node}/{point.product}"


def _tree(network: Network, service_level: float | Mapping[str, float], grid: float) -> Tree:
    levels = _levels(network, service_level)
    stages = {_name(point): _stage(network, point, levels, grid) for point in _stocks(network)}
    return Tree(stages, tuple(arc for point in _stocks(network) for arc in _arcs(network, point)))


def _levels(network: Network, service_level: float | Mapping[str, float]) -> dict[str, float]:
    serving = sorted({point.node for point in network.points if point.demands})
    if isinstance(service_level, Mapping):
        strange = [name for name in service_level if name not in serving]
        if strange:
            raise UsageError(f"no node {strange[0]!r} serves end customers; those that do: {', '.join(serving)}")
        found = {name: service_level.get(name, SERVICE_LEVEL) for name in serving}
    else:
        found = dict.fromkeys(serving, service_level)
    for level in found.values():
        if not 0.5 <= level < 1:
            raise UsageError(f"service_level: found {level:g}; expected a number from 0.5 to less than 1")
    return found


def _stage(network: Network, point: Point, levels: Mapping[str, float], grid: float) -> Stage:
    mean = variance = 0.0
    for demand in point.demands:
        moments = demand.model.moments()
        if moments is None:
            raise UsageError(
                f"{_name(point)}: a demand on it does not state its mean and standard deviation, which placement needs"
            )
        mean, variance = mean + moments[0], variance + moments[1]
    bound = safety_factor(levels[point.node]) * math.sqrt(variance) if point.demands else 0.0
    return Stage(
        time=math.ceil(round(_time(network, point) / grid, 9)),
        holding_cost=point.holding_cost,
        bound=bound * math.sqrt(grid),
        mean=mean * grid,
        outbound=0 if point.demands else None,
    )


def _time(network: Network, point: Point) -> float:
    """Return the time that a stock takes to be replenished when its supplier has everything, in time units."""
    source, review = point.source, point.review
    delays: tuple[Delay, ...] = ()
    if isinstance(source, FromProduction):
        delays = (source.lead_time,)
    elif point.regular:
        over = [network.lanes[way.lane] for way in point.regular]
        slowest = max(over, key=lambda lane: lane.order_delay.ticks + lane.supplier_time.ticks + lane.lead_time.ticks)
        delays = (slowest.order_delay, slowest.supplier_time, slowest.lead_time)
    waits = 0.0
    if review is not None and review.interval:
        first = review.before_demand and point.demands
        waits = review.interval / TICKS - (0.0 if first else 1.0)
    return max(0.0, sum(delay.ticks for delay in delays) / TICKS + waits)


def _arcs(network: Network, point: Point) -> list[tuple[str, str, float]]:
    source = point.source
    if isinstance(source, FromProduction):
        inputs = list(source.components)
    else:
        inputs = [(way.supplier, 1.0) for way in point.regular]
    return [
        (_name(network.points[index]), _name(point), units)
        for index, units in inputs
        if not network.points[index].unlimited
    ]
