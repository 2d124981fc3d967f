"""Where to keep safety stock in a tree of stages: the guaranteed-service model, solved by dynamic programming.

Every stage promises its customers a service time. A stage that is promised its inputs within SI, takes T itself and
promises S keeps the safety stock for SI + T − S time steps, its net replenishment time. The cost of all safety stock is
smallest for promises that one pass over the tree finds.

Source: Simpson (1958), In-process inventories, Operations Research 6(6); Graves and Willems (2000), Optimizing
strategic safety stock placement in supply chains, M&SOM 2(1), with the correction of 2003, M&SOM 5(2).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import networkx
import numpy as np
from numpy.typing import NDArray

from scmsim.errors import UsageError

Array = NDArray[np.float64]

LONGEST = 5000
"""So many time steps a path through the tree may take at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A place that may keep safety stock.

    Parameters
    ----------
    time : int
        Steps of the grid that it takes itself, when everything it needs is there; at least 0.
    holding_cost : float
        Money per unit of safety stock and time.
    bound : float
        Safety factor × standard deviation, per step, of its end customers' own demand, in units; 0 without any.
    mean : float
        Mean of that demand per step.
    inbound : int
        Steps within which it gets what comes from outside the tree.
    outbound : int or None
        Largest service time that may be promised to customers outside; None: any. A stage without customers in the
        tree needs one.
    """

    time: int
    holding_cost: float
    bound: float = 0.0
    mean: float = 0.0
    inbound: int = 0
    outbound: int | None = None


@dataclass(frozen=True)
class Tree:
    """Stages and what goes from one to another; without directions it has no cycle.

    Parameters
    ----------
    stages : mapping of str to Stage
        By name.
    arcs : tuple of (str, str, float)
        From, to, and how many units of the one go into a unit of the other.
    pooling : float
        How demands add up upstream: bounds combine like (Σ bᵖ)^(1/p). 2: independent demands; 1: no pooling.

    Raises
    ------
    UsageError
        It is no tree (the message names a cycle), or a number is out of its range.

    Examples
    --------
    Snyder and Shen, example 6.5:

    >>> tree = Tree(
    ...     {
    ...         "1": Stage(time=2, holding_cost=1, inbound=1),
    ...         "3": Stage(time=1, holding_cost=2),
    ...         "2": Stage(time=1, holding_cost=3, bound=1, outbound=0),
    ...         "4": Stage(time=1, holding_cost=3, bound=1, outbound=1),
    ...     },
    ...     (("1", "3", 1.0), ("3", "2", 1.0), ("3", "4", 1.0)),
    ... )
    >>> promised = solve(tree)
    >>> promised, round(tree.cost(promised), 6)
    ({'1': 0, '3': 0, '2': 0, '4': 1}, 8.277917)
    """

    stages: Mapping[str, Stage]
    arcs: tuple[tuple[str, str, float], ...]
    pooling: float = 2.0

    def __post_init__(self) -> None:
        _check(self)

    @cached_property
    def upstream(self) -> dict[str, list[tuple[str, float]]]:
        """What every stage is supplied by, with the units taken."""
        found: dict[str, list[tuple[str, float]]] = {name: [] for name in self.stages}
        for origin, destination, units in self.arcs:
            found[destination].append((origin, units))
        return found

    @cached_property
    def downstream(self) -> dict[str, list[tuple[str, float]]]:
        """What every stage supplies, with the units it gives to each."""
        found: dict[str, list[tuple[str, float]]] = {name: [] for name in self.stages}
        for origin, destination, units in self.arcs:
            found[origin].append((destination, units))
        return found

    @cached_property
    def order(self) -> list[str]:
        """All stages, suppliers before customers."""
        graph: networkx.DiGraph[str] = networkx.DiGraph()
        graph.add_nodes_from(self.stages)
        graph.add_edges_from((origin, destination) for origin, destination, _ in self.arcs)
        return list(networkx.topological_sort(graph))

    @cached_property
    def bounds(self) -> dict[str, float]:
        """Safety stock that one step of net replenishment time takes, by stage: demand pooled from all customers."""
        found: dict[str, float] = {}
        for name in reversed(self.order):
            parts = [self.stages[name].bound] + [units * found[below] for below, units in self.downstream[name]]
            found[name] = float(sum(part**self.pooling for part in parts) ** (1 / self.pooling))
        return found

    @cached_property
    def means(self) -> dict[str, float]:
        """Mean demand per step of every stage, all customers' together."""
        found: dict[str, float] = {}
        for name in reversed(self.order):
            found[name] = self.stages[name].mean + sum(units * found[below] for below, units in self.downstream[name])
        return found

    @cached_property
    def longest(self) -> dict[str, int]:
        """Steps from the first supplier to the end of every stage when nobody keeps safety stock."""
        found: dict[str, int] = {}
        for name in self.order:
            above = [found[origin] for origin, _ in self.upstream[name]]
            found[name] = max([self.stages[name].inbound, *above]) + self.stages[name].time
        return found

    def inbound(self, promised: Mapping[str, int]) -> dict[str, int]:
        """Return the steps within which every stage has all it needs."""
        return {
            name: max([self.stages[name].inbound, *(promised[origin] for origin, _ in self.upstream[name])])
            for name in self.order
        }

    def net_times(self, promised: Mapping[str, int]) -> dict[str, int]:
        """Return the net replenishment time of every stage, in steps."""
        inbound = self.inbound(promised)
        return {name: max(0, inbound[name] + self.stages[name].time - promised[name]) for name in self.order}

    def safety_stock(self, promised: Mapping[str, int]) -> dict[str, float]:
        """Return the safety stock of every stage, in units."""
        return {name: self.bounds[name] * float(net) ** 0.5 for name, net in self.net_times(promised).items()}

    def cost(self, promised: Mapping[str, int]) -> float:
        """Return what holding all safety stock costs per time."""
        return sum(self.stages[name].holding_cost * units for name, units in self.safety_stock(promised).items())


def _check(tree: Tree) -> None:
    for name, stage in tree.stages.items():
        if stage.time < 0 or stage.inbound < 0 or (stage.outbound or 0) < 0:
            raise UsageError(f"stage {name}: times are at least 0")
        if stage.holding_cost < 0 or stage.bound < 0:
            raise UsageError(f"stage {name}: holding cost and demand bound are at least 0")
    strange = [end for arc in tree.arcs for end in arc[:2] if end not in tree.stages]
    if strange:
        raise UsageError(f"an arc names {strange[0]!r}, which is no stage")
    graph: networkx.Graph[str] = networkx.Graph()
    for origin, destination, _ in tree.arcs:
        if graph.has_edge(origin, destination) or origin == destination:
            raise UsageError(_no_tree([origin, destination]))
        graph.add_edge(origin, destination)
    cycles = networkx.cycle_basis(graph)
    if cycles:
        raise UsageError(_no_tree([str(name) for name in min(cycles, key=len)]))
    longest = max(tree.longest.values(), default=0)
    if longest > LONGEST:
        raise UsageError(f"the longest path takes {longest} steps, more than {LONGEST}: use a coarser grid")


def _no_tree(cycle: list[str]) -> str:
    return (
        f"guaranteed-service placement works on trees, and this network has a cycle: {' - '.join([*cycle, cycle[0]])}. "
        "Leave one of these links out, or search the levels with scmsim optimize"
    )


def solve(tree: Tree) -> dict[str, int]:
    """Return the service times that cost least, in steps of the grid, by stage; of equal ones, the shortest.

    Notes
    -----
    Trees, and several of them beside each other. Service times are whole steps, as in the literature. The time is
    proportional to stages × (longest path)².
    """
    promised: dict[str, int] = {}
    for root, parents in _rooted(tree):
        promised |= _Solver(tree, root, parents).solved()
    return {name: promised[name] for name in tree.stages}


def _rooted(tree: Tree) -> Iterator[tuple[str, dict[str, str | None]]]:
    """Give every connected part as (root, parent of each of its stages, parents before children)."""
    seen: set[str] = set()
    for root in tree.stages:
        if root in seen:
            continue
        parents: dict[str, str | None] = {root: None}
        waiting = [root]
        while waiting:
            here = waiting.pop()
            for near, _ in (*tree.upstream[here], *tree.downstream[here]):
                if near not in parents:
                    parents[near] = here
                    waiting.append(near)
        seen |= parents.keys()
        yield root, parents


class _Solver:
    """One pass from the leaves to the root, and one back."""

    def __init__(self, tree: Tree, root: str, parents: Mapping[str, str | None]) -> None:
        self._tree, self._root, self._parents = tree, root, parents
        self._size = max(tree.longest[name] for name in parents) + 1
        self._children: dict[str, list[str]] = {name: [] for name in parents}
        for name, parent in parents.items():
            if parent is not None:
                self._children[parent].append(name)
        self._tables: dict[str, Array] = {}
        self._reach: dict[str, Array] = {}

    def solved(self) -> dict[str, int]:
        """Return the service time of every stage."""
        for name in reversed(list(self._parents)):
            self._tables[name] = table = self._table(name)
            best = table.min(axis=0) if self._is_upstream(name) else table.min(axis=1)
            self._reach[name] = self._least_below(best) if self._is_upstream(name) else self._least_above(best)
        found: dict[str, int] = {}
        inbound: dict[str, int] = {}
        for name in self._parents:
            inbound[name], found[name] = self._choose(name, found, inbound)
        return found

    def _is_upstream(self, name: str) -> bool:
        """Whether a stage supplies its parent; the root counts as if it did."""
        parent = self._parents[name]
        return parent is None or any(name == origin for origin, _ in self._tree.upstream[parent])

    def _table(self, name: str) -> Array:
        """Return the cost of the stage and all below it in the rooted tree; row: inbound time, column: promise."""
        stage = self._tree.stages[name]
        steps = np.arange(self._size)
        net = steps[:, None] + stage.time - steps[None, :]
        cost = stage.holding_cost * self._tree.bounds[name] * np.sqrt(np.maximum(net, 0))
        cost[net < 0] = np.inf
        cost[: stage.inbound] = np.inf
        cost[self._tree.longest[name] - stage.time + 1 :] = np.inf
        if (limit := self._limit(name)) is not None:
            cost[:, limit + 1 :] = np.inf
        for child in self._children[name]:
            reach = self._reach[child]
            cost = cost + (reach[:, None] if self._is_upstream(child) else reach[None, :])
        return np.asarray(cost)

    def _limit(self, name: str) -> int | None:
        stage = self._tree.stages[name]
        if stage.outbound is not None:
            return min(stage.outbound, self._size - 1)
        return None if self._tree.downstream[name] else 0

    @staticmethod
    def _least_below(best: Array) -> Array:
        """Return, for every inbound time of the customer, the least cost of a promise that is not longer."""
        return np.asarray(np.minimum.accumulate(best))

    @staticmethod
    def _least_above(best: Array) -> Array:
        """Return, for every promise of the supplier, the least cost of an inbound time that is not shorter."""
        return np.asarray(np.minimum.accumulate(best[::-1])[::-1])

    def _choose(self, name: str, found: Mapping[str, int], inbound: Mapping[str, int]) -> tuple[int, int]:
        """Return inbound time and promise of a stage, given what its parent chose."""
        table, parent = self._tables[name], self._parents[name]
        if parent is None:
            allowed = table
        elif self._is_upstream(name):
            allowed = np.where(np.arange(self._size)[None, :] <= inbound[parent], table, np.inf)
        else:
            allowed = np.where(np.arange(self._size)[:, None] >= found[parent], table, np.inf)
        row, column = np.unravel_index(int(np.argmin(allowed)), allowed.shape)
        return int(row), int(column)
