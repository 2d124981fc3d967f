"""From a scenario as written to a network ready to run: everything inferred, defaulted and converted to ticks."""

from math import sqrt

from scmsim.errors import ScmsimError
from scmsim.inputs.distributions import Distribution
from scmsim.policies.base import Plan, Policy
from scmsim.scenario import network as net
from scmsim.scenario.findings import Finding
from scmsim.scenario.inference import Cargo, sources
from scmsim.scenario.schema import ScenarioFile
from scmsim.scenario.schema_network import Due, Make, Node, Pipeline, Stock
from scmsim.scenario.schema_network import Lane as LaneEntry
from scmsim.scenario.schema_network import Review as ReviewEntry
from scmsim.scenario.topology import Key, end_demand, levels
from scmsim.ticks import TICKS, to_ticks

SEGMENTS = {
    "supplier": "upstream",
    "factory": "internal",
    "warehouse": "internal",
    "distributor": "downstream",
    "retailer": "downstream",
}
SMALLEST = "at least 0.000001, the length of a tick"


class Unresolvable(ScmsimError):
    """A scenario whose parts are each well formed but do not make a network.

    Parameters
    ----------
    findings : tuple of Finding
        At least one.
    """

    exit_code = 3

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Everything found wrong."""
        found: tuple[Finding, ...] = self.args[0]
        return found

    def __str__(self) -> str:
        return "\n".join(f"{'.'.join(map(str, finding.path))}: {finding.expected}" for finding in self.findings)


def resolve(file: ScenarioFile) -> net.Network:
    """Turn a validated scenario into a network.

    Parameters
    ----------
    file : ScenarioFile
        A scenario in which every name that is used exists.

    Returns
    -------
    Network

    Raises
    ------
    Unresolvable
        With everything that keeps the scenario from being a network: products without a source, stocks with two, stocks
        that replenish each other in a circle, stocks without a policy, levels that cannot be computed.
    """
    return _Resolver(file).network()


class _Resolver:
    """Holds what the steps of `resolve` share."""

    def __init__(self, file: ScenarioFile) -> None:
        self.file = file
        self.cargo = Cargo(file)
        self.findings = self.cargo.findings()
        self.default_stock = Stock.model_validate(file.defaults.stock or {})
        self.keys = [(name, product) for name in sorted(file.nodes) for product in sorted(self.cargo.stocks(name))]
        self.lanes_into = sources(file, self.cargo)
        self.notes: list[str] = []

    def network(self) -> net.Network:
        self._check_sources()
        self._check_times()
        self._raise_if_found()
        feeds = self._feeds()
        try:
            self.level = levels(feeds)
        except ValueError as error:
            self._report_circle(error.args[0])
        self._raise_if_found()
        demanded = {key for key in self.keys if key[1] in self.file.nodes[key[0]].demand}
        self.served = end_demand(feeds, demanded)
        ordered = sorted(self.keys, key=lambda key: (self.level[key], key))
        self.index = {key: position for position, key in enumerate(ordered)}
        points = tuple(self._point(key) for key in ordered)
        self._raise_if_found()
        return self._assemble(points)

    def _assemble(self, points: tuple[net.Point, ...]) -> net.Network:
        file, tolerance = self.file, self.file.measures.on_time_in_full
        return net.Network(
            name=file.name,
            calendar=_calendar(file),
            products={
                name: net.Product(name=name, unit=product.unit, value=product.value, whole_units=product.whole_units)
                for name, product in sorted(file.products.items())
            },
            nodes={name: _node(name, node) for name, node in sorted(file.nodes.items())},
            lanes=tuple(self._lane(index, lane) for index, lane in enumerate(file.lanes)),
            points=points,
            end_demand=tuple(
                (self.index[key], self.index[customer], units)
                for key in sorted(self.index, key=lambda key: self.index[key])
                for customer, units in sorted(self.served[key].items())
            ),
            on_time_in_full=net.OnTimeInFull(
                reference=tolerance.reference,
                early=None if tolerance.early is None else to_ticks(tolerance.early),
                late=to_ticks(tolerance.late),
            ),
            notes=tuple(self.notes),
        )

    def _raise_if_found(self) -> None:
        if self.findings:
            raise Unresolvable(tuple(self.findings))

    def _check_sources(self) -> None:
        for name, product in self.keys:
            node = self.file.nodes[name]
            lanes = self.lanes_into.get((name, product), [])
            origins = [self.file.lanes[lane].origin for lane in lanes] + ([f"{name} itself"] if product in node.make else [])
            if node.kind == "supplier" or len(origins) == 1:
                continue
            found = f"{product} at {name} with " + ("no source" if not origins else f"two sources: {', '.join(origins)}")
            hint = "Add a lane that brings it, or `make` it here." if not origins else "Say which `products` each lane carries."
            self.findings.append(Finding(self._place(name, product, lanes), found, "exactly one source of each stock", hint))

    def _place(self, name: str, product: str, lanes: list[int]) -> tuple[str | int, ...]:
        """Where the file speaks of a stock: its own entry, its demand, what uses it, the lane, or else the node."""
        node = self.file.nodes[name]
        if product in node.stock:
            return ("nodes", name, "stock", product)
        if product in node.demand:
            return ("nodes", name, "demand", product)
        for made, make in node.make.items():
            if product in make.components:
                return ("nodes", name, "make", made, "components", product)
        return ("lanes", lanes[-1]) if lanes else ("nodes", name)

    def _check_times(self) -> None:
        if to_ticks(self.file.time.bucket) < 1:
            self.findings.append(Finding(("time", "bucket"), "", SMALLEST))
        if to_ticks(self.file.time.horizon) < 1:
            self.findings.append(Finding(("time", "horizon"), "", SMALLEST))
        for name, product in self.keys:
            review = self._stock((name, product)).review
            if isinstance(review, ReviewEntry) and to_ticks(review.interval) < 1:
                self.findings.append(Finding(("nodes", name, "stock", product, "review", "interval"), "", SMALLEST))
            self._check_demand(name, product)

    def _check_demand(self, name: str, product: str) -> None:
        path = ("nodes", name, "demand", product)
        demands = self.file.nodes[name].demand.get(product, ())
        if any(to_ticks(demand.interval) < 1 for demand in demands):
            self.findings.append(Finding(path, "an interval that is too short", SMALLEST))
        if len({demand.lost_sale_cost for demand in demands}) > 1:
            self.findings.append(Finding(path, "different `lost_sale_cost`", "the same for every demand of one product here"))

    def _report_circle(self, circle: list[Key]) -> None:
        names = " -> ".join(f"{product} at {name}" for name, product in reversed(circle))
        name, product = circle[0]
        self.findings.append(
            Finding(
                self._place(name, product, self.lanes_into.get((name, product), [])),
                f"stocks that replenish each other in a circle: {names}",
                "a way for the product to enter the network",
                "Turn one of these lanes round, or let a supplier or a factory bring the product.",
            )
        )

    def _stock(self, key: Key) -> Stock:
        return self.file.nodes[key[0]].stock.get(key[1], self.default_stock)

    def _feeds(self) -> dict[Key, dict[Key, float]]:
        feeds: dict[Key, dict[Key, float]] = {key: {} for key in self.keys}
        for lane, products in zip(self.file.lanes, self.cargo.carried, strict=True):
            for product in products:
                feeds[lane.origin, product][lane.destination, product] = 1.0
        for name, node in self.file.nodes.items():
            for product, make in node.make.items():
                for component, quantity in make.components.items():
                    feeds[name, component][name, product] = quantity
        return feeds

    def _point(self, key: Key) -> net.Point:
        name, product = key
        node, stock = self.file.nodes[name], self._stock(key)
        place = {"index": self.index[key], "node": name, "product": product, "level": self.level[key]}
        if node.kind == "supplier":
            return net.Point(**place, unlimited=True)  # type: ignore[arg-type]
        source = self._source(key)
        review = _review(stock)
        point = net.Point(
            **place,  # type: ignore[arg-type]
            initial=stock.initial,
            holding_cost=stock.holding_cost,
            backorder_cost=stock.backorder_cost,
            order_cost=stock.order_cost,
            purchase_cost=stock.purchase_cost,
            policy=self._policy(key, stock, review),
            review=review,
            first_orders=stock.first_orders,
            shipments_due=self._due(stock, "shipments", self._times(key)[1:]),
            orders_mailed=self._due(stock, "orders", self._times(key)[:1]),
            source=source,
            demands=self._demands(name, product),
        )
        return point

    def _source(self, key: Key) -> net.FromLane | net.FromProduction:
        name, product = key
        make = self.file.nodes[name].make.get(product)
        if make is None:
            lane = self.lanes_into[key][0]
            return net.FromLane(lane, self.index[self.file.lanes[lane].origin, product])
        return net.FromProduction(
            lead_time=_delay(make.lead_time),
            components=tuple((self.index[name, part], units) for part, units in sorted(make.components.items())),
            unit_cost=make.unit_cost,
            batch_cost=make.batch_cost,
        )

    def _times(self, key: Key) -> tuple[net.Delay, ...]:
        """Return the order delay of a stock's replenishment and the delays that follow it."""
        make: Make | None = self.file.nodes[key[0]].make.get(key[1])
        if make is not None:
            return net.Delay(0), _delay(make.lead_time)
        lane = self.file.lanes[self.lanes_into[key][0]]
        supplier = self.file.nodes[lane.origin]
        return _delay(lane.order_delay), _delay(supplier.lead_time), _delay(lane.lead_time)

    def _due(self, stock: Stock, what: str, times: tuple[net.Delay, ...]) -> tuple[tuple[int, float], ...]:
        pipeline = stock.initial_pipeline
        if isinstance(pipeline, Pipeline):
            return _listed(pipeline.shipments if what == "shipments" else pipeline.orders)
        if isinstance(pipeline, tuple):
            return _listed(pipeline) if what == "shipments" else ()
        start, length = to_ticks(self.file.time.start), sum(time.ticks for time in times)
        return tuple((start + tick, pipeline) for tick in range(0, length, TICKS)) if pipeline else ()

    def _policy(self, key: Key, stock: Stock, review: net.Review) -> Policy | None:
        path = ("nodes", key[0], "stock", key[1], "policy")
        if stock.policy is None:
            self.findings.append(
                Finding(path, f"{key[1]} at {key[0]} without a policy", "a policy", "Give it here or under `defaults.stock`.")
            )
            return None
        try:
            policy = stock.policy.prepare(self._plan(key, stock, review))
        except ValueError as error:
            self.findings.append(Finding(path, f"a {stock.policy.kind} policy that cannot be prepared", str(error)))  # type: ignore[attr-defined]
            return None
        if policy != stock.policy:
            self.notes.append(f"{key[1]} at {key[0]}: {policy.describe()}")
        return policy

    def _plan(self, key: Key, stock: Stock, review: net.Review) -> Plan:
        times = self._times(key)
        mean, variance = self._moments(key)
        return Plan(
            demand_mean=mean,
            demand_sd=None if variance is None else sqrt(variance),
            lead_time=sum(time.ticks for time in times) / TICKS,
            lead_time_sd=sqrt(sum(time.distribution.sd_value**2 for time in times if time.distribution is not None)),
            interval=review.interval / TICKS,
            before_demand=review.before_demand,
            holding_cost=stock.holding_cost,
            backorder_cost=stock.backorder_cost,
            order_cost=stock.order_cost,
        )

    def _moments(self, key: Key) -> tuple[float | None, float | None]:
        mean = variance = 0.0
        for (name, product), units in self.served[key].items():
            for demand in self.file.nodes[name].demand[product]:
                moments = demand.moments()
                if moments is None:
                    return None, None
                mean += units * moments[0]
                variance += units**2 * moments[1]
        return mean, variance

    def _demands(self, name: str, product: str) -> tuple[net.CustomerDemand, ...]:
        stream = f"demand/{name}/{product}"
        return tuple(
            net.CustomerDemand(
                stream if number == 1 else f"{stream}/{number}", demand, to_ticks(demand.interval), to_ticks(demand.offset)
            )
            for number, demand in enumerate(self.file.nodes[name].demand.get(product, ()), start=1)
        )

    def _lane(self, index: int, lane: LaneEntry) -> net.Lane:
        return net.Lane(
            index=index,
            origin=lane.origin,
            destination=lane.destination,
            products=tuple(sorted(self.cargo.carried[index])),
            order_delay=_delay(lane.order_delay),
            lead_time=_delay(lane.lead_time),
            supplier_time=_delay(self.file.nodes[lane.origin].lead_time),
            crossing=lane.crossing,
            unit_cost=lane.unit_cost,
            shipment_cost=lane.shipment_cost,
            holding_cost=lane.holding_cost,
        )


def _calendar(file: ScenarioFile) -> net.Calendar:
    time = file.time
    start = to_ticks(time.start)
    return net.Calendar(
        unit=time.unit,
        start=start,
        end=start + to_ticks(time.horizon),
        warm=start + to_ticks(time.warm_up),
        bucket=to_ticks(time.bucket),
        start_date=time.start_date,
    )


def _node(name: str, node: Node) -> net.Node:
    return net.Node(
        name=name,
        kind=node.kind,
        segment=node.segment or SEGMENTS[node.kind],
        label=node.label or name,
        position=node.position,
    )


def _review(stock: Stock) -> net.Review:
    review = stock.review
    if not isinstance(review, ReviewEntry):
        return net.Review(interval=0)
    return net.Review(
        interval=to_ticks(review.interval), offset=to_ticks(review.offset), before_demand=review.timing == "before_demand"
    )


def _delay(time: float | Distribution) -> net.Delay:
    if isinstance(time, Distribution):
        return net.Delay(to_ticks(time.mean_value), time)
    return net.Delay(to_ticks(time))


def _listed(dues: tuple[Due, ...]) -> tuple[tuple[int, float], ...]:
    return tuple((to_ticks(due.at), due.quantity) for due in dues)
