"""Loads that never leave, and classes of customers that no rule heeds."""

from collections.abc import Iterator

from scmsim.policies.loading import SLACK, total
from scmsim.policies.sequencing import ByPriority
from scmsim.policies.view import View
from scmsim.scenario.findings import Finding
from scmsim.scenario.network import FromProduction, Lane, Network, Point
from scmsim.scenario.network_transport import FullLoads
from scmsim.scenario.schema import ScenarioFile

Path = tuple[str | int, ...]
Looks = Iterator[tuple[Path, Finding | None]]
_BOUNDED = ("base_stock", "min_max", "reorder_point", "kanban")
"""Policies that never have more on order than they order when nothing is there, as long as nothing is owed."""
_IN_WORDS = ("units", "weight", "volume")


def full_loads(network: Network) -> Looks:
    """Find lanes whose loads wait for more than can ever be ordered at a time."""
    feeding = {way.supplier for point in network.points for way in point.ways}
    made = [point.source for point in network.points if isinstance(point.source, FromProduction)]
    feeding |= {component for source in made for component, _ in source.components}
    points = {(point.node, point.product): point for point in network.points}
    for lane in network.lanes:
        dispatch = lane.transport.dispatch if lane.transport is not None else None
        if isinstance(dispatch, FullLoads) and dispatch.longest_wait is None:
            receivers = [points[lane.destination, product] for product in lane.products]
            most = [None if point.index in feeding else _most_on_order(point) for point in receivers]
            yield _load(lane, dispatch, [units for units in most if units is not None])


def _load(lane: Lane, dispatch: FullLoads, most: list[float]) -> tuple[Path, Finding | None]:
    path: Path = ("lanes", lane.index, "dispatch", "minimum_load")
    if lane.transport is None or len(most) < len(lane.products):
        return path, None
    goods = lane.transport.goods
    there = total([goods[product].times(units) for product, units in zip(lane.products, most, strict=True)])
    if any(waiting >= least - SLACK for waiting, least in zip(there, dispatch.minimum, strict=True)):
        return path, None
    held = [
        f"{waiting:g} of the {least:g} ({word}) it waits for"
        for word, waiting, least in zip(_IN_WORDS, there, dispatch.minimum, strict=True)
        if least < float("inf")
    ]
    found = f"a load that never leaves: {lane.destination} has at most {' and '.join(held)} on order"
    return path, Finding(path, found, "a smaller `minimum_load`, or a `longest_wait`, too")


def _most_on_order(point: Point) -> float | None:
    """Return the most a stock ever has on order, where that is known: what it orders when it is empty."""
    policy = point.policy
    if policy is None or getattr(policy, "kind", "") not in _BOUNDED or policy.needs() or policy.forecasts:
        return None
    owes = point.initial < 0 or any(demand.model.unmet != "lost" for demand in point.demands)
    if owes or point.first_orders or point.orders_mailed or point.buy_ahead or policy.allow_negative:
        return None
    return policy.decide(policy.start(), View(net_stock=0.0, on_order=0.0, demand=0.0))[0]


def unheeded_classes(file: ScenarioFile, network: Network) -> Looks:
    """Find classes of customers at stocks that have no rule for short stock."""
    for lane in network.lanes:
        said = file.lanes[lane.index]
        if said.priority > 1:
            path: Path = ("lanes", lane.index, "priority")
            yield path, _unheeded(file, path, lane.origin, lane.products, lane.destination)
    for name, node in file.nodes.items():
        for product, demands in node.demand.items():
            for position, demand in enumerate(demands):
                if demand.priority > 1:
                    path = ("nodes", name, "demand", product, *([position] if len(demands) > 1 else []), "priority")
                    yield path, _unheeded(file, path, name, (product,), f"customers of {product}")
        for product, make in node.make.items():
            if make.priority > 1:
                path = ("nodes", name, "make", product, "priority")
                machines = [node.resources[stage.resource].sequencing for stage in make.stages]
                if any(isinstance(rule, ByPriority) for rule in machines):
                    yield path, None
                else:
                    yield path, _unheeded(file, path, name, tuple(make.components), f"the production of {product}")


def _unheeded(file: ScenarioFile, path: Path, node: str, products: tuple[str, ...], who: str) -> Finding | None:
    stocks = [file.nodes[node].stock.get(product, file.defaults.stock) for product in products]
    if any(stock is not None and stock.allocation is not None for stock in stocks):
        return None
    found = f"a `priority` of {who} at {node}, which serves first come, first served"
    expected = f"`allocation: {{kind: priority}}`, or of another kind, at {node}"
    return Finding(path, found, expected, "The report tells the classes apart; no decision does.")
