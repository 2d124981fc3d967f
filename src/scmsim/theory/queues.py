"""Machines and clerks with a queue before them: what is in the works, and what stands on the shelf behind them.

Orders for single units come by a Poisson process. One machine with any law of times is an M/G/1 queue; machines with
exponential times are M/M/c queues, and several stages after one another each behave as if alone (Jackson). Behind them
a base stock S holds (S - units in the works)+.

Sources: Gross, Shortle, Thompson & Harris, Fundamentals of Queueing Theory; Jackson (1957), Operations Research 5(4);
Buzacott & Shanthikumar (1993), Stochastic Models of Manufacturing Systems, ch. 4.
"""

from collections.abc import Iterator
from math import floor
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scmsim.inputs.distributions import Exponential
from scmsim.policies.base_stock import BaseStock
from scmsim.policies.make_to_order import MakeToOrder
from scmsim.scenario.network import Delay, FromLane, FromProduction, Network, Point
from scmsim.theory.laws import Lattice, arrivals, poisson_law
from scmsim.theory.plain import DEMAND, LANE, NODE, POINT, customers, is_plain, is_solvent
from scmsim.theory.rows import Model, Row
from scmsim.ticks import TICKS

Array = NDArray[np.float64]
RESOURCE = frozenset({"index", "node", "name", "machines"})
STAGE = frozenset({"name", "resource", "time", "rework_to"})
ROUTE = frozenset({"stages", "promise", "batch"})
SOURCE = "Gross, Shortle, Thompson and Harris, Fundamentals of Queueing Theory, ch. 2, 3 and 5"
FULL = 0.999


class Queue(NamedTuple):
    """A queue: arrivals per time unit, how many serve, mean and standard deviation of a service; which law it has."""

    rate: float
    servers: int
    mean: float
    sd: float
    is_exponential: bool

    @property
    def load(self) -> float:
        """The share of the time that a server works."""
        return self.rate * self.mean / self.servers

    @property
    def wait(self) -> float:
        """Mean time in the queue: Erlang's C for several servers, Pollaczek and Khinchine's formula for one.

        Examples
        --------
        >>> round(Queue(2.4, 3, 1.0, 1.0, True).wait, 6), round(Queue(0.8, 1, 1.0, 0.0, False).wait, 6)
        (1.078652, 2.0)
        """
        if self.servers == 1:
            return self.rate * (self.mean**2 + self.sd**2) / (2 * (1 - self.load))
        return self._busy / (self.servers / self.mean - self.rate)

    @property
    def _busy(self) -> float:
        """The probability that all servers are busy (Erlang C)."""
        offered, blocked = self.rate * self.mean, 1.0
        for server in range(1, self.servers + 1):
            blocked = offered * blocked / (server + offered * blocked)
        return blocked / (1 - self.load * (1 - blocked))

    @property
    def name(self) -> str:
        """Its name in Kendall's notation."""
        law = "M" if self.is_exponential else "D" if self.sd == 0 else "G"
        return f"M/{law}/{self.servers}"

    def law(self) -> Lattice:
        """Return the law of the number in an M/M/c queue."""
        offered, weights, now = self.rate * self.mean, [1.0], 1.0
        while len(weights) <= self.servers or now > 1e-15 * max(weights):
            now *= offered / min(len(weights), self.servers)
            weights.append(now)
        found = np.array(weights)
        return Lattice(found / found.sum())


def queues(network: Network) -> Iterator[Row]:
    """Recognise works on machines, and suppliers whose clerks take up orders, with one product and a Poisson demand."""
    if network.disruptions:
        return
    drawing = customers(network)
    for point in network.points:
        rate = _rate(network, point, drawing)
        if rate is None:
            continue
        if isinstance(point.source, FromProduction):
            yield from _works(network, point, point.source, rate)
        elif isinstance(point.source, FromLane):
            yield from _clerks(network, point, point.source, drawing, rate)


def _rate(network: Network, point: Point, drawing: dict[int, tuple[int, ...]]) -> float | None:
    """Return the units asked for per time unit where every one sets off an order for one; None elsewhere."""
    policy, node = point.policy, network.nodes[point.node]
    if point.index in drawing or len(point.demands) != 1 or not is_plain(point, POINT) or not is_plain(node, NODE):
        return None
    level = policy.level if type(policy) is BaseStock and policy.position == "local" else 0.0
    if type(policy) not in (BaseStock, MakeToOrder) or policy is None or not policy.plain_quantities:
        return None
    if point.review is None or not point.review.continuous or node.order_clerks is not None or level is None:
        return None
    demand = point.demands[0]
    law = arrivals(demand.model)
    whole = level == floor(level) and point.initial == floor(point.initial)
    if law is None or not law.is_unit or not whole or not is_plain(demand, DEMAND):
        return None
    return law.rate if demand.model.unmet == "backorder" and is_solvent(node.finance) else None


def _works(network: Network, point: Point, made: FromProduction, rate: float) -> Iterator[Row]:
    line = _line(network, point, made, rate)
    if line is None:
        return
    waits = [queue.wait for queue in line]
    stay = sum(waits) + sum(queue.mean for queue in line)
    name = " -> ".join(queue.name for queue in line)
    formulas = {
        "M/M": "wait = Erlang's C / (c mu - lambda)" if line[0].servers > 1 else "wait = rho / (mu - lambda)",
        "M/D": "wait = lambda E(S^2) / (2 (1 - rho))",
    }
    formula = formulas.get(line[0].name[:3], "wait = lambda E(S^2) / (2 (1 - rho)), Pollaczek and Khinchine")
    if len(line) > 1:
        formula += "; stages in product form (Jackson)"
    model = Model(point.node, point.product, name, formula, SOURCE)
    yield from model.rows(
        {
            "average_work_in_process": rate * stay,
            "production_cycle_time": stay,
            "queue_time": sum(waits) / len(line),
            "throughput": rate,
        }
    )
    if len(line) == 1:
        yield Model(point.node, None, name, formula, SOURCE).row("machine_utilisation", line[0].load)
    if all(queue.is_exponential for queue in line) and type(point.policy) is BaseStock:
        law = np.ones(1)
        for queue in line:
            law = np.convolve(law, queue.law().pmf)
        yield from _shelf(point, Lattice(law), f"{name}, made to stock")


def _line(network: Network, point: Point, made: FromProduction, rate: float) -> tuple[Queue, ...] | None:
    """Return the queues that a product goes through; None where they are not as queueing theory has them."""
    route, resources = made.route, network.resources
    if route is None or made.components or not is_plain(route, ROUTE) or (route.batch or 1.0) < 1.0:
        return None
    used = [stage.resource for stage in route.stages]
    routes = [other.source.route for other in network.points if isinstance(other.source, FromProduction)]
    others = [stage.resource for other in routes if other is not None for stage in other.stages]
    if any(others.count(resource) > 1 for resource in used) or not all(
        is_plain(stage, STAGE) for stage in route.stages
    ):
        return None
    if not all(is_plain(resources[resource], RESOURCE) for resource in used):
        return None
    line = tuple(_queue(rate, resources[stage.resource].machines, stage.time) for stage in route.stages)
    if any(queue.load >= FULL for queue in line):
        return None
    needs_exponential = len(line) > 1 or line[0].servers > 1
    return line if not needs_exponential or all(queue.is_exponential for queue in line) else None


def _queue(rate: float, servers: int, time: Delay) -> Queue:
    law = time.distribution
    mean, sd = (time.ticks / TICKS, 0.0) if law is None else (law.mean_value, law.sd_value)
    return Queue(rate, servers, mean, sd, type(law) is Exponential and law.rounding == "none")


def _clerks(
    network: Network, point: Point, source: FromLane, drawing: dict[int, tuple[int, ...]], rate: float
) -> Iterator[Row]:
    """Give what is known behind an unlimited supplier whose clerks take up one order after the other."""
    lane, supplier = network.lanes[source.lane], network.points[source.supplier]
    node = network.nodes[supplier.node]
    if node.order_clerks is None or not supplier.unlimited or type(point.policy) is not BaseStock:
        return
    alone = all(
        drawing.get(other.index, ()) in ((), (point.index,)) for other in network.points if other.node == node.name
    )
    plain = is_plain(lane, LANE) and is_plain(supplier, POINT) and is_plain(node, NODE) and is_solvent(node.finance)
    times = (lane.order_delay, lane.supplier_time, lane.lead_time)
    queue = _queue(rate, node.order_clerks.number, node.order_clerks.time)
    if not (alone and plain and queue.is_exponential and queue.load < FULL) or any(each.distribution for each in times):
        return
    coming = poisson_law(rate * sum(each.ticks for each in times) / TICKS)
    yield from _shelf(
        point, Lattice(np.convolve(queue.law().pmf, coming.pmf)), f"{queue.name} clerks, then a base stock"
    )


def _shelf(point: Point, coming: Lattice, name: str) -> Iterator[Row]:
    level = float(getattr(point.policy, "level", 0.0))
    backorders = coming.loss(level)
    yield from Model(
        point.node,
        point.product,
        name,
        "on hand (S - N)+, owed (N - S)+, served at once P(N < S), N units on order",
        "Buzacott and Shanthikumar (1993), ch. 4; Zipkin (2000), ch. 7",
    ).rows(
        {
            "average_on_hand": level - coming.mean + backorders,
            "average_backorders": backorders,
            "fill_rate": coming.below(level),
        }
    )
