"""From what a scenario says of short stock and of orders to the rules that a point heeds."""

from collections.abc import Mapping

from scmsim.inputs.demand import Demand
from scmsim.policies.allocation_kinds import FirstCome
from scmsim.scenario.convert import delay
from scmsim.scenario.flow import Flow, lanes_by_name
from scmsim.scenario.network import FromLane
from scmsim.scenario.network_rules import STANDARD, Service, StockRules
from scmsim.scenario.topology import Key


def service_of(demand: Demand, index: Mapping[Key, int], node: str) -> Service:
    """Return how end customers are served; a substitute that is no stock of the node is left out."""
    found = Service(
        priority=demand.priority,
        complete=demand.ship == "complete",
        patience=None if demand.patience is None else delay(demand.patience),
        substitutes=tuple(index[node, product] for product in demand.substitutes if (node, product) in index),
    )
    return STANDARD if found == STANDARD else found


def rules_of(flow: Flow, index: Mapping[Key, int], key: Key) -> StockRules | None:
    """Return what a stock heeds when it serves; None where that is first come, first served, everybody in parts."""
    name, product = key
    said = flow.stock(key).allocation
    demands = flow.file.nodes[name].demand.get(product, ())
    services = tuple(sorted(_services(flow, index, key), key=lambda pair: pair[0]))
    lanes = flow.file.lanes
    cancelling = any(lanes[at].cancel_after is not None for at in flow.lanes_by_rule.get(key, ()))
    has_own = said is not None and not isinstance(said, FirstCome)
    is_plain = all(service_of(demand, index, name) == STANDARD for demand in demands)
    if is_plain and not (has_own or services or cancelling or laterals_of(flow, index, key)):
        return None
    return StockRules(allocation=said or FirstCome(), services=services)


def laterals_of(flow: Flow, index: Mapping[Key, int], key: Key) -> tuple[FromLane, ...]:
    """Return the lanes over which a stock asks its peers: the nearest first, then the cheapest, then by name."""
    lanes, product = flow.file.lanes, key[1]
    found = [at for at in flow.laterals_into.get(key, ()) if (lanes[at].origin, product) in index]
    found = lanes_by_name(flow.file, found)
    found.sort(key=lambda at: (delay(lanes[at].lead_time).ticks, lanes[at].unit_cost))
    return tuple(FromLane(at, index[lanes[at].origin, product]) for at in found)


def _services(flow: Flow, index: Mapping[Key, int], key: Key) -> list[tuple[int, Service]]:
    """Return the services of the points that a stock feeds, where they differ from the usual."""
    name, product = key
    found = []
    for at in flow.lanes_by_rule.get(key, ()):
        lane = flow.file.lanes[at]
        service = Service(priority=lane.priority, complete=lane.ship == "complete")
        if service != STANDARD:
            found.append((index[lane.destination, product], service))
    for made, make in flow.file.nodes[name].make.items():
        if product in make.components and make.priority > 1:
            found.append((index[name, made], Service(priority=make.priority)))
    return found
