"""Bills of materials in time: what is planned to be made says when its components are needed."""

from collections.abc import Mapping
from typing import Any

from scmsim.nodes.planning import PlanningStock
from scmsim.policies.base import Decide
from scmsim.policies.mrp import REQUIREMENTS, Mrp
from scmsim.policies.view import Told, View
from scmsim.scenario.network import FromProduction, Network, Point
from scmsim.ticks import TICKS


def explodes(point: Point) -> bool:
    """Tell whether a stock plans for what is made of it."""
    return point.policy is not None and REQUIREMENTS in point.policy.needs()


class MrpStock(PlanningStock):
    """A stock that knows what will be taken of it for what is planned to be made."""

    __slots__ = ("parents", "plan", "planned_at")

    parents: list[tuple["MrpStock", float]]
    plan: tuple[float, ...]
    planned_at: int

    def told(self) -> Told:
        """Return what the stock knows from others, from its book of orders, and from what is planned."""
        return super().told()._replace(requirements=self._requirements())

    def _requirements(self) -> tuple[float, ...]:
        """Return the units that planned orders will take in each period from now on."""
        found: list[float] = []
        for parent, per_unit in self.parents:
            gone = (self._clock.now - parent.planned_at) // TICKS
            for period, quantity in enumerate(parent.plan):
                at = max(0, period - gone)
                found += [0.0] * (at + 1 - len(found))
                found[at] += per_unit * quantity
        return tuple(found)

    def keeps_plan(self, policy: Mrp) -> None:
        """Have every decision leave behind what is planned after it."""

        def wrap(decide: Decide) -> Decide:
            def decides(memory: Any, view: View) -> tuple[float, Any]:
                quantity, memory = decide(memory, view)
                self.plan, self.planned_at = policy.releases(memory, view), self._clock.now
                return quantity, memory

            return decides

        self.decides_through(wrap)


def explode(network: Network, stocks: Mapping[int, Any]) -> None:
    """Link the stocks that plan for what is made of them to the plans of that."""
    for index, stock in stocks.items():
        if isinstance(stock, MrpStock):
            stock.parents, stock.plan, stock.planned_at = [], (), network.calendar.start
            policy = network.points[index].policy
            if isinstance(policy, Mrp) and _feeds(network, index):
                stock.keeps_plan(policy)
    for point in network.points:
        parent = stocks.get(point.index)
        if isinstance(point.source, FromProduction) and isinstance(parent, MrpStock):
            for component, per_unit in point.source.components:
                stock = stocks[component]
                if isinstance(stock, MrpStock):
                    stock.parents.append((parent, per_unit))


def _feeds(network: Network, index: int) -> bool:
    """Tell whether a stock is made of others, so that somebody wants to know its plan."""
    source = network.points[index].source
    return isinstance(source, FromProduction) and bool(source.components)
