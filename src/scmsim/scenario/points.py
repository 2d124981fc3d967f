"""From what a scenario says of a stock to the point that is simulated."""

from collections.abc import Mapping
from math import sqrt

from scmsim.inputs.demand import Moments
from scmsim.policies.base import Plan, Policy
from scmsim.scenario import network as net
from scmsim.scenario.convert import calendar_review, delay, listed
from scmsim.scenario.distribution import keeping_of, returns_of
from scmsim.scenario.findings import Finding
from scmsim.scenario.flow import Flow
from scmsim.scenario.money import opening_costs, pantry_of, sale_of, units_ahead
from scmsim.scenario.production import route_of
from scmsim.scenario.rules import laterals_of, rules_of, service_of
from scmsim.scenario.schema_network import Pipeline, Stock
from scmsim.scenario.supply import lead_time, lead_time_of, source_of, supply_of, times_over
from scmsim.scenario.topology import Key
from scmsim.ticks import TICKS, to_ticks

LONGEST_PIPE = 100_000
"""So many periods of `initial_pipeline` are filled one by one."""


class PointBuilder:
    """Builds the points of a flow.

    Parameters
    ----------
    flow : Flow
        The stocks.
    index, level : mapping of (node, product) to int
        Every stock's number and level.
    served : mapping
        For every stock, the stocks with customers it serves in the end, and the units they take of it.

    Attributes
    ----------
    findings : list of Finding
        What was found wrong while building.
    notes : list of str
        What was computed that the scenario left open.
    """

    def __init__(
        self, flow: Flow, index: Mapping[Key, int], level: Mapping[Key, int], served: Mapping[Key, Mapping[Key, float]]
    ) -> None:
        self._flow = flow
        self._index = index
        self._level = level
        self._served = served
        self.findings: list[Finding] = []
        self.notes: list[str] = []
        self._opening_costs = opening_costs(flow, level)
        self._known_moments: dict[Key, list[Moments | None]] = {}

    def point(self, key: Key) -> net.Point:
        """Return the point of a stock."""
        name, product = key
        node, stock = self._flow.file.nodes[name], self._flow.stock(key)
        place = {"index": self._index[key], "node": name, "product": product, "level": self._level[key]}
        if node.kind == "supplier":
            supply = supply_of(node, product)
            keeping = keeping_of(self._flow.file, key, stock)
            return net.Point(
                **place,  # type: ignore[arg-type]
                unlimited=True,
                opening_cost=self._opening_costs[key],
                supply=supply,
                keeping=keeping,
            )
        source = self._source(key)
        review = calendar_review(stock)
        return net.Point(
            **place,  # type: ignore[arg-type]
            initial=stock.initial,
            holding_cost=stock.holding_cost,
            backorder_cost=stock.backorder_cost,
            order_cost=stock.order_cost,
            purchase_cost=stock.purchase_cost,
            policy=self._policy(key, stock, review),
            review=review,
            first_orders=stock.first_orders,
            shipments_due=self._due(key, stock, "shipments", self._times(key)[1:3]),
            orders_mailed=self._due(key, stock, "orders", self._times(key)[:1]),
            source=source,
            demands=self._demands(name, product),
            sale=sale_of(node.sales[product]) if product in node.sales else None,
            opening_cost=self._opening_costs[key],
            buy_ahead=self._buy_ahead(key, stock),
            keeping=keeping_of(self._flow.file, key, stock),
            disposal_cost=stock.disposal_cost,
            rules=rules_of(self._flow, self._index, key),
            laterals=laterals_of(self._flow, self._index, key),
        )

    def _source(self, key: Key) -> net.FromLane | net.FromSeveral | net.FromProduction:
        name, product = key
        make = self._flow.file.nodes[name].make.get(product)
        if make is None:
            return source_of(self._flow, self._index, key)
        return net.FromProduction(
            lead_time=delay(make.lead_time),
            components=tuple((self._index[name, part], units) for part, units in sorted(make.components.items())),
            unit_cost=make.unit_cost,
            batch_cost=make.batch_cost,
            route=route_of(self._flow.file, name, make),
        )

    def _times(self, key: Key) -> tuple[net.Delay, ...]:
        """Return the order delay of a stock's replenishment and the delays that follow it."""
        make = self._flow.file.nodes[key[0]].make.get(key[1])
        if make is not None:
            return net.Delay(0), delay(make.lead_time)
        return times_over(self._flow, key, self._flow.lanes_into[key][0])

    def _due(self, key: Key, stock: Stock, what: str, times: tuple[net.Delay, ...]) -> tuple[tuple[int, float], ...]:
        pipeline = stock.initial_pipeline
        if isinstance(pipeline, Pipeline):
            return listed(pipeline.shipments if what == "shipments" else pipeline.orders)
        if isinstance(pipeline, tuple):
            return listed(pipeline) if what == "shipments" else ()
        start, length = to_ticks(self._flow.file.time.start), sum(time.ticks for time in times)
        if pipeline and length > LONGEST_PIPE * TICKS:
            path = ("nodes", key[0], "stock", key[1], "initial_pipeline")
            found = f"a quantity for each of {length // TICKS:,} periods on the way"
            self.findings.append(Finding(path, found, f"at most {LONGEST_PIPE:,}", "List what is on the way."))
            return ()
        return tuple((start + tick, pipeline) for tick in range(0, length, TICKS)) if pipeline else ()

    def _policy(self, key: Key, stock: Stock, review: net.Review) -> Policy | None:
        path = ("nodes", key[0], "stock", key[1], "policy")
        if stock.policy is None:
            return None
        try:
            policy = stock.policy.prepare(self._plan(key, stock, review))
        except ValueError as error:
            found = f"a policy of kind {stock.policy.kind} that cannot work here"  # type: ignore[attr-defined]
            self.findings.append(Finding(path, found, f"one that fits the stock: {error}"))
            return None
        if policy != stock.policy:
            self.notes.append(f"{key[1]} at {key[0]}: {policy.describe()}")
        return policy

    def _plan(self, key: Key, stock: Stock, review: net.Review) -> Plan:
        is_made = key[1] in self._flow.file.nodes[key[0]].make
        time = lead_time(*self._times(key)) if is_made else lead_time_of(self._flow, key)
        mean, variance = self._moments(key)
        return Plan(
            demand_mean=mean,
            demand_sd=None if variance is None else sqrt(variance),
            lead_time=time.mean,
            lead_time_sd=time.sd,
            interval=review.interval / TICKS,
            before_demand=review.before_demand,
            holding_cost=stock.holding_cost,
            backorder_cost=stock.backorder_cost,
            order_cost=stock.order_cost,
            first_review=review.offset / TICKS,
            customers_wait=all(d.unmet != "lost" for d in self._flow.file.nodes[key[0]].demand.get(key[1], ())),
        )

    def _moments(self, key: Key) -> tuple[float | None, float | None]:
        mean = variance = 0.0
        for (name, product), units in self._served[key].items():
            for moments in self._demand_moments(name, product):
                if moments is None:
                    return None, None
                mean += units * moments[0]
                variance += units**2 * moments[1]
        return mean, variance

    def _demand_moments(self, name: str, product: str) -> list[Moments | None]:
        """Return mean and variance of each demand at a place, which every stock above it asks for."""
        found = self._known_moments.get((name, product))
        if found is None:
            found = [demand.moments() for demand in self._flow.file.nodes[name].demand[product]]
            self._known_moments[name, product] = found
        return found

    def _buy_ahead(self, key: Key, stock: Stock) -> float:
        if not stock.buy_ahead:
            return 0.0
        mean, _ = self._moments(key)
        return units_ahead(stock.buy_ahead, mean, whole_units=self._flow.file.products[key[1]].whole_units)

    def _demands(self, name: str, product: str) -> tuple[net.CustomerDemand, ...]:
        stream = f"demand/{name}/{product}"
        whole = self._flow.file.products[product].whole_units
        demands = self._flow.file.nodes[name].demand.get(product, ())
        streams = [stream if number == 0 else f"{stream}/{number + 1}" for number in range(len(demands))]
        return tuple(
            net.CustomerDemand(
                own,
                demand,
                to_ticks(demand.interval),
                to_ticks(demand.offset),
                pantry_of(self._flow.file.nodes[name].sales.get(product), demand, whole_units=whole),
                returns_of(self._flow.file, self._index, (name, product), demand, own),
                service_of(demand, self._index, name),
            )
            for own, demand in zip(streams, demands, strict=True)
        )
