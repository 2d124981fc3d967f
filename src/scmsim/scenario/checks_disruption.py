"""What can be wrong with disruptions: names that do not exist, what cannot stop, and what cannot be combined."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from scmsim.inputs.disruption import Dates, Renewal, mean_of
from scmsim.scenario.disruptions import Struck, ends_of, machines_of, modes_of, stops_of, struck_of
from scmsim.scenario.findings import Finding
from scmsim.scenario.flow import Flow
from scmsim.scenario.lanes import lane_text
from scmsim.scenario.located import Located, one_of
from scmsim.scenario.schema_disruption import Disruption, Target
from scmsim.scenario.schema_network import Lane
from scmsim.scenario.transport import has_loads
from scmsim.scenario.troubles import did_you_mean
from scmsim.ticks import to_ticks
from scmsim.words import counted

Path = tuple[str | int, ...]
WHOLE = 0.01
"""How far a number of machines may be from a whole one: a share is rarely written to the last digit."""
PACED = ("transit", "production")
"""What may go on at a part of its speed."""


def disruption_references(root: Located) -> Iterator[Finding]:
    """Find disruptions of what is not there, on what was written."""
    known = root.entries("disruptions")
    nodes = root.entries("nodes")
    machines = [machines_of(node, resource) for node in nodes for resource in root.entries("nodes", node, "resources")]
    lanes = dict.fromkeys(lane_text(lane) for lane in root.items("lanes"))
    for name in known:
        path: Path = ("disruptions", name)
        target = root.get(*path, "of")
        if target is not None and isinstance(target.value, Mapping):
            yield from _target((*path, "of"), target.value, nodes, lanes, machines)
        by = root.get(*path, "when", "by")
        if by is not None and isinstance(by.value, str):
            yield from _trigger((*path, "when", "by"), name, by.value, root)


def _target(
    path: Path,
    target: Mapping[str, Located],
    nodes: Mapping[str, Any],
    lanes: Mapping[str, Any],
    machines: Sequence[str],
) -> Iterator[Finding]:
    words = [f"`{key}`" for key in Target.model_fields]
    target = {key: entry for key, entry in target.items() if entry.value is not None}
    if len(target) != 1:
        found = f"{len(target)} things struck at once" if target else "nothing that is struck"
        yield Finding(path, found, f"one of {', '.join(words[:-1])} or {words[-1]}", "Write one disruption for each.")
        return
    ((key, entry),) = target.items()
    name = entry.value
    if not isinstance(name, str) or key not in Target.model_fields:
        return
    origin, destination = ends_of(name)
    if key == "lane" or (key == "price" and origin):
        if f"{origin} -> {destination}" not in lanes:
            hint = did_you_mean(name, lanes) or "Write it as `sender -> receiver`."
            yield Finding((*path, key), f"the unknown lane {name!r}", one_of(list(lanes), 12), hint)
    elif key == "resource":
        if name not in machines:
            hint = did_you_mean(name, machines) or "Write it as `factory/resource`."
            expected = one_of(machines, 12) if machines else "machines of a factory (`resources`)"
            yield Finding((*path, key), f"the unknown machines {name!r}", expected, hint)
    elif name not in nodes:
        yield Finding((*path, key), f"the unknown node {name!r}", one_of(list(nodes), 12), did_you_mean(name, nodes))


def _trigger(path: Path, name: str, by: str, root: Located) -> Iterator[Finding]:
    known = root.entries("disruptions")
    if by not in known:
        yield Finding(path, f"the unknown disruption {by!r}", one_of(list(known), 12), did_you_mean(by, known))
        return
    seen = [name]
    while by not in seen:
        seen.append(by)
        entry = root.get("disruptions", by, "when", "by")
        if entry is None or entry.value not in known:
            return
        by = entry.value
    if by == name:
        found = f"disruptions that set each other off in a circle: {' -> '.join([*reversed(seen), seen[-1]])}"
        yield Finding(path, found, "one that comes by itself", "Give one of them `dates`, for instance.")


def disruption_findings(flow: Flow) -> Iterator[Finding]:
    """Find disruptions that make no sense, and what they cannot be combined with."""
    limits = flow.file.measures.resilience
    if limits.recovery < limits.failure:
        where: Path = ("measures", "resilience", "recovery")
        yield Finding(where, f"{limits.recovery:g}", f"at least {limits.failure:g}, the `failure` threshold")
    for name, said in sorted(flow.file.disruptions.items()):
        struck = struck_of(flow, said)
        path: Path = ("disruptions", name)
        yield from _sense(flow, path, said, struck)
        yield from _extent(flow, path, said, struck)
        yield from _times(flow, path, said)
        yield from _reactions(flow, path, said, struck)
        if struck.what in ("node", "lane"):
            yield from _combinations(flow, path, said, struck)


def _sense(flow: Flow, path: Path, said: Disruption, struck: Struck) -> Iterator[Finding]:
    what, name, nodes = struck.what, struck.node, flow.file.nodes
    node = nodes[name] if name is not None else None
    of = (*path, "of", what)
    if what == "capacity" and (node is None or node.capacity is None):
        yield Finding(of, f"the capacity of {name}, which has none", "a supplier with a `capacity`")
    if node is not None and what in ("demand", "price") and not node.demand:
        yield Finding(of, f"{what} at {name}, where no end customers are", "a node with `demand`")
    if what == "price":
        yield from _price(flow, of, struck)
    if what == "lane" and not struck.lanes:
        yield Finding(of, "a lane for returns", "a lane that replenishes something")
    if what not in ("node", "lane"):
        for key in ("stops", "destroys"):
            if getattr(said, key) != Disruption.model_fields[key].default:
                yield Finding((*path, key), f"`{key}` of a {what}", "a `node` or a `lane`", "Remove it.")
        return
    stops = stops_of(said, what)
    if not stops and said.destroys == Disruption.model_fields["destroys"].default:
        yield Finding((*path, "stops"), "nothing that stops", "something that stops, or that is destroyed")
    if "production" in (said.stops or ()) and (node is None or not node.make):
        yield Finding((*path, "stops"), f"production at {name or 'a lane'}", "a factory that makes something")
    if said.destroys.stock and (node is None or node.kind == "supplier"):
        found = f"stock destroyed {'on a lane' if node is None else f'at {name}, which is a supplier'}"
        yield Finding((*path, "destroys", "stock"), found, "a node that keeps stock")


def _price(flow: Flow, of: Path, struck: Struck) -> Iterator[Finding]:
    if struck.node is not None and flow.file.nodes[struck.node].demand and not flow.file.nodes[struck.node].sales:
        yield Finding(of, f"the price at {struck.node}, which has no `sales`", "a node whose end customers pay a price")
    lanes = [flow.file.lanes[index] for index in struck.lanes]
    if lanes and not any(lane.price is not None or lane.prices for lane in lanes):
        yield Finding(of, "the price of a lane without one", "a lane with a `price`, or `prices` by product")


def _extent(flow: Flow, path: Path, said: Disruption, struck: Struck) -> Iterator[Finding]:
    if struck.what in ("demand", "price") or not said.remaining:
        return
    where = (*path, "remaining")
    if said.remaining > 1:
        yield Finding(where, f"{said.remaining:g}", "at most 1", "Only demand and prices may rise.")
        return
    stops = stops_of(said, struck.what)
    if struck.what == "resource":
        yield from _machines_left(flow, where, said)
        return
    if "production" in stops and struck.resources:
        hint = "Strike a `resource` to stop a part of its machines."
        yield Finding(where, f"{said.remaining:g} of machines", "0: they stop, or they work", hint)
        return
    whole = [stop for stop in stops if stop not in PACED]
    if whole:
        found = f"{said.remaining:g} of {', '.join(whole)}"
        hint = "Say what slows down in `stops`."
        yield Finding(where, found, "0: only `transit` and `production` go on at a part of their speed", hint)


def _machines_left(flow: Flow, where: Path, said: Disruption) -> Iterator[Finding]:
    """Find a share of the machines of a resource that is no whole number of them."""
    factory, _, name = (said.of.resource or "").partition("/")
    machines = flow.file.nodes[factory].resources[name].machines
    left = said.remaining * machines
    if abs(left - round(left)) > WHOLE:
        found = f"{said.remaining:g} of {counted(machines, 'machine')}"
        if machines == 1:
            yield Finding(where, found, "0: it stops, or it works", "Remove it.")
        else:
            share = f"{round(left) / machines:.3g} leaves {round(left)}"
            yield Finding(where, found, f"a share that leaves whole machines: {share}")


def _times(flow: Flow, path: Path, said: Disruption) -> Iterator[Finding]:
    start = flow.file.time.start
    for position, strike in enumerate(said.when.times if isinstance(said.when, Dates) else ()):
        if strike.at < start:
            expected = f"at least {start:g}, the start of the run"
            yield Finding((*path, "when", "times", position, "at"), f"{strike.at:g}", expected)
    if isinstance(said.when, Renewal) and to_ticks(mean_of(said.when.up) + mean_of(said.when.down)) < 1:
        expected = "together at least 0.000001, the length of a tick"
        yield Finding((*path, "when"), "`up` and `down` without length", expected)


def _reactions(flow: Flow, path: Path, said: Disruption, struck: Struck) -> Iterator[Finding]:
    given, where = said.reactions, (*path, "reactions")
    for key in ("switch_source", "reroute"):
        if getattr(given, key) and not _has_another(flow, struck):
            found = f"`{key}`, where no stock that is struck has another lane"
            yield Finding((*where, key), found, "a stock that several lanes bring", "Remove it, or add a lane.")
    for position, hurried in enumerate(given.expedite):
        if not modes_of(flow, hurried):
            found = f"the mode {hurried.mode} of {hurried.lane}"
            yield Finding((*where, "expedite", position), found, "one of the `modes` of a lane")


def _has_another(flow: Flow, struck: Struck) -> bool:
    """Tell whether any stock that is brought by a struck lane is also brought by another one."""
    if struck.what not in ("node", "lane"):
        return False
    for lanes in flow.lanes_into.values():
        hit = [
            index
            for index in lanes
            if index in struck.lanes
            or struck.node in (flow.file.lanes[index].origin, flow.file.lanes[index].destination)
        ]
        if hit and len(hit) < len(lanes):
            return True
    return False


def _combinations(flow: Flow, path: Path, said: Disruption, struck: Struck) -> Iterator[Finding]:
    """Refuse what no run could heed."""
    name, of = struck.node, (*path, "of", struck.what)
    for reason in dict.fromkeys(_reasons(flow, said, struck)):
        where = f"{name}" if name is not None else "the lane"
        yield Finding(of, f"{where}, where {reason}", "a node or a lane without it: the two cannot be combined yet")


def _reasons(flow: Flow, said: Disruption, struck: Struck) -> Iterator[str]:
    file, name, stops = flow.file, struck.node, stops_of(said, struck.what)
    touching = [
        (lane, flow.cargo.carried[index])
        for index, lane in enumerate(file.lanes)
        if index in struck.lanes or (name is not None and name in (lane.origin, lane.destination))
    ]
    for lane, products in touching:
        yield from _lane_reasons(flow, lane, frozenset(products), said)
    keys = [key for key in flow.keys if key[0] == name]
    if any(file.products[product].shelf_life is not None for _, product in keys):
        yield "products have a `shelf_life`"
    for _, product in keys:
        demands = file.nodes[name].demand.get(product, ()) if name is not None else ()
        if any(demand.substitutes for demand in demands):
            yield "customers take `substitutes`"
    if name is not None and file.nodes[name].cross_dock is not None:
        yield "goods only pass through (`cross_dock`)"
    if name is not None and _ends_trade(flow, name) and "shipments" in stops:
        yield "insolvency ends all trade (`stop_trading`)"


def _lane_reasons(flow: Flow, lane: Lane, products: frozenset[str], said: Disruption) -> Iterator[str]:
    file = flow.file
    if lane.returns:
        return
    if has_loads(lane):
        yield "goods move in loads (`modes`, `dispatch` or a `fleet`)"
    if lane.lateral:
        yield "peers help each other (`lateral`)"
    if lane.cancel_after is not None:
        yield "orders are cancelled (`cancel_after`)"
    if any(file.products[product].shelf_life is not None for product in products):
        yield "products have a `shelf_life`"
    if file.nodes[lane.origin].cross_dock is not None or file.nodes[lane.destination].cross_dock is not None:
        yield "goods only pass through (`cross_dock`)"
    for product in products:
        policy = flow.stock((lane.destination, product)).policy
        if policy is not None and policy.allow_negative:
            yield "orders may be negative (`allow_negative`)"
        if policy is not None and policy.decided_by_supplier:
            yield "the supplier decides (`vendor_managed`)"
    if said.destroys.in_transit and (lane.terms.prepay or lane.terms.down_payment):
        yield "goods that are destroyed would have been paid in advance (`prepay`, `down_payment`)"


def _ends_trade(flow: Flow, name: str) -> bool:
    finance = flow.file.nodes[name].finance
    return finance is not None and finance.insolvency == "stop_trading"
