"""What can be wrong with shelf lives, returns and cross-docks, where every part is well formed."""

from collections.abc import Iterator, Mapping
from math import inf
from typing import Any

from scmsim.inputs.demand import Demand
from scmsim.scenario.distribution import remaining_life, return_lane
from scmsim.scenario.findings import Finding
from scmsim.scenario.flow import Flow
from scmsim.scenario.located import listed
from scmsim.scenario.schema_network import Lane, Node, Stock
from scmsim.scenario.topology import Key
from scmsim.scenario.troubles import did_you_mean

Path = tuple[str | int, ...]
_NOTHING_TO_SAY = (
    "order_delay",
    "holding_cost",
    "price",
    "prices",
    "promotions",
    "terms",
    "credit_limit",
    "duty",
    "minimum_life",
    "share",
    "messages",
    "modes",
    "mode_choice",
    "dispatch",
    "fleet",
    "return_time",
    "lateral",
    "keep",
    "priority",
    "ship",
    "cancel_after",
)
"""What a lane for returns has no use for."""


def distribution_findings(flow: Flow) -> Iterator[Finding]:
    """Find everything that does not fit together in shelf lives, returns and cross-docks."""
    for key in flow.keys:
        node = flow.file.nodes[key[0]]
        if node.kind == "supplier":
            continue
        stock, life = flow.stock(key), flow.file.products[key[1]].shelf_life
        yield from _unmade(flow, key, stock)
        yield from _keeps(flow, key, stock) if life is None else _expires(flow, key, stock, life)
        yield from _returns(flow, key, node)
        if node.cross_dock is not None:
            yield from _cross_dock(flow, key, stock)
    for name, node in sorted(flow.file.nodes.items()):
        yield from _remaining_life(flow, name, node)
    for index, lane in enumerate(flow.file.lanes):
        yield from _lane(flow, index, lane)


def _said(flow: Flow, stock: Stock, key: str) -> bool:
    """Tell whether a stock says something of its own, which is not the default."""
    value, default = getattr(stock, key), flow.file.defaults.stock
    return value != Stock.model_fields[key].get_default(call_default_factory=True) and (
        default is None or getattr(default, key, None) != value
    )


def _keeps(flow: Flow, key: Key, stock: Stock) -> Iterator[Finding]:
    name, product = key
    hint = f"Give products.{product} a `shelf_life`."
    for field in ("issuing", "initial_age"):
        if _said(flow, stock, field):
            found = f"`{field}` of {product} at {name}, which keeps for ever"
            yield Finding(("nodes", name, "stock", product, field), found, "a product with a `shelf_life`", hint)
    default = flow.file.defaults.demand
    usual = default.minimum_life if default is not None else 0.0
    for demand in flow.file.nodes[name].demand.get(product, ()):
        if demand.minimum_life and demand.minimum_life != usual:
            found = f"`minimum_life` of {product}, which keeps for ever"
            yield Finding(("nodes", name, "demand", product), found, "a product with a `shelf_life`", hint)


def _expires(flow: Flow, key: Key, stock: Stock, life: float) -> Iterator[Finding]:
    name, product = key
    path: Path = ("nodes", name, "stock", product)
    if stock.initial < 0:
        found = f"{stock.initial:g}: units owed at the start of {product}, which has a shelf life"
        yield Finding((*path, "initial"), found, "0 or more: how long those owed must keep is not known")
    if stock.initial_age >= life:
        found = f"{stock.initial_age:g} for a product that keeps for {life:g}"
        yield Finding((*path, "initial_age"), found, f"less than {life:g}, its `shelf_life`")
    if stock.policy is not None and stock.policy.allow_negative:
        found = f"`allow_negative` of {product}, which has a shelf life"
        expected = "no negative orders: how old the units given back are is not known"
        yield Finding((*path, "policy", "allow_negative"), found, expected)
    if _ends_trade(flow.file.nodes[name]):
        found = f"`stop_trading` of {name}, which keeps {product}, a product with a shelf life"
        expected = "`ignore` or `stop_buying`: what is set aside for good would never expire"
        yield Finding(("nodes", name, "finance", "insolvency"), found, expected)
    best = freshest(flow, key)
    for demand in flow.file.nodes[name].demand.get(product, ()):
        where: Path = ("nodes", name, "demand", product)
        if demand.minimum_life > best:
            found = f"a `minimum_life` of {demand.minimum_life:g} for {product}"
            yield Finding(where, found, f"at most {best:g}: no unit at {name} ever keeps longer")
        if demand.returns is not None and demand.returns.share and demand.returns.restock:
            found = f"units of {product} put back into stock, which has a shelf life"
            expected = "`restock: 0`: how old units are that customers send back is not known"
            yield Finding(where, found, expected)


def _unmade(flow: Flow, key: Key, stock: Stock) -> Iterator[Finding]:
    """Find production orders that may be negative, of what is made of something that does not keep."""
    name, product = key
    make = flow.file.nodes[name].make.get(product)
    components = make.components if make else ()
    parts = sorted(part for part in components if flow.file.products[part].shelf_life is not None)
    if parts and stock.policy is not None and stock.policy.allow_negative:
        found = f"`allow_negative` of {product}, which is made of {parts[0]}, a product with a shelf life"
        path: Path = ("nodes", name, "stock", product, "policy", "allow_negative")
        yield Finding(path, found, "no negative orders: how old the units given back are is not known")


def freshest(flow: Flow, key: Key, seen: frozenset[Key] = frozenset()) -> float:
    """Return how long the freshest units keep that can come to a stock, whatever their way there takes."""
    name, product = key
    node, life = flow.file.nodes[name], flow.file.products[product].shelf_life or inf
    if node.kind == "supplier":
        return remaining_life(flow.file, name, product)
    if product in node.make or key in seen or (flow.stock(key).initial > 0 and not flow.stock(key).initial_age):
        return life
    senders = [flow.file.lanes[position].origin for position in flow.lanes_into.get(key, ())]
    return max((freshest(flow, (sender, product), seen | {key}) for sender in senders), default=life)


def _ends_trade(node: Node) -> bool:
    return node.finance is not None and node.finance.insolvency == "stop_trading"


def _returns(flow: Flow, key: Key, node: Node) -> Iterator[Finding]:
    name, product = key
    demands = [demand for demand in node.demand.get(product, ()) if demand.returns is not None]
    path: Path = ("nodes", name, "demand", product)
    if len({demand.returns.refund for demand in demands if demand.returns is not None}) > 1:
        yield Finding(path, "different `refund`", "the same for every demand of one product here")
    for demand in demands:
        yield from _return(flow, key, demand, path)


def _return(flow: Flow, key: Key, demand: Demand, path: Path) -> Iterator[Finding]:
    name, product = key
    to = (demand.returns.to if demand.returns is not None else None) or name
    places = sorted(node for node, kept in flow.keys if kept == product and flow.file.nodes[node].kind != "supplier")
    if to not in places:
        found = f"{to}, which keeps no {product}" if to in flow.file.nodes else f"the unknown node {to!r}"
        yield Finding(path, f"returns to {found}", f"one of {listed(places, 12)}", did_you_mean(to, places))
        return
    place, said = flow.file.nodes[to], demand.returns
    way = return_lane(flow.file, name, to, product)
    over_time = [said.delay if said is not None else 0.0] + ([] if way is None else [flow.file.lanes[way].lead_time])
    if said is not None and said.share * said.restock == 1 and not any(over_time):
        found = f"returns of every unit of {product} at the very instant at which it is sold"
        hint = "Give them a `delay`."
        expected = "a `share` or a `restock` below 1, or time: the same units would be sold for ever"
        yield Finding(path, found, expected, hint)
    if place.cross_dock is not None:
        yield Finding(path, f"returns to {to}, which is a cross-dock", "a node that keeps stock")
    for where in dict.fromkeys((name, to)):
        if _ends_trade(flow.file.nodes[where]):
            found = f"`stop_trading` of {where}, which takes {product} back from customers"
            expected = "`ignore` or `stop_buying`: who has stopped trading takes nothing back"
            yield Finding(("nodes", where, "finance", "insolvency"), found, expected)


def _cross_dock(flow: Flow, key: Key, stock: Stock) -> Iterator[Finding]:
    name, product = key
    path: Path = ("nodes", name, "stock", product)
    at = f"{product} at {name}, a cross-dock"
    if stock.initial > 0:
        yield Finding((*path, "initial"), f"{stock.initial:g} units of {at}", "0: it keeps no stock")
    if stock.first_orders:
        yield Finding((*path, "first_orders"), f"`first_orders` of {at}", "none: it orders what is ordered from it")
    policy = stock.policy
    kind = getattr(policy, "kind", "")
    if policy is not None and kind != "make_to_order":
        found = f"{kind} for {at}"
        hint = "Leave the policy away, or write `policy: {kind: make_to_order}`; `defaults.stock` holds here, too."
        yield Finding((*path, "policy"), found, "make_to_order: it keeps no stock", hint)
    elif policy is not None and (policy.minimum_order or policy.order_multiple or policy.rounding != "none"):
        yield Finding((*path, "policy"), f"lots of {at}", "what is ordered from it and no more: it keeps no stock")
    for lane, carried in zip(flow.file.lanes, flow.cargo.carried, strict=True):
        buyer = flow.stock((lane.destination, product)).policy if lane.origin == name and product in carried else None
        if buyer is not None and buyer.allow_negative:
            where: Path = ("nodes", lane.destination, "stock", product, "policy", "allow_negative")
            found = f"`allow_negative` of {product} at {lane.destination}, which a cross-dock serves"
            yield Finding(where, found, "no negative orders: the dock keeps no stock, so it takes nothing back")
    for position in flow.lanes_into.get(key, ()):
        supplier = flow.file.nodes[flow.file.lanes[position].origin]
        if supplier.kind == "supplier" and (supplier.minimum_order or supplier.order_multiple is not None):
            found = f"a supplier that sells lots to {name}, a cross-dock"
            expected = "no `minimum_order` and `order_multiple`: it would keep what it did not need"
            yield Finding(("lanes", position), found, expected)


def _remaining_life(flow: Flow, name: str, node: Node) -> Iterator[Finding]:
    said, products = node.remaining_life, flow.file.products
    if said is None:
        return
    offered = sorted(product for node_name, product in flow.keys if node_name == name)
    given: Mapping[str, float] = said if isinstance(said, Mapping) else dict.fromkeys(offered, said)
    path: Path = ("nodes", name, "remaining_life")
    for product, life in sorted(given.items()):
        where: Path = (*path, product) if isinstance(said, Mapping) else path
        if product not in products:
            expected = f"one of {listed(sorted(products), 12)}"
            yield Finding(where, f"the unknown product {product!r}", expected, did_you_mean(product, products))
            continue
        keeps = products[product].shelf_life
        if keeps is None and isinstance(said, Mapping):
            found = f"`remaining_life` of {product}, which keeps for ever"
            hint = f"Give products.{product} a `shelf_life`."
            yield Finding(where, found, "a product with a `shelf_life`", hint)
        elif keeps is not None and life > keeps:
            yield Finding(where, f"{life:g} for {product}, which keeps for {keeps:g}", f"at most {keeps:g}")
    if not isinstance(said, Mapping) and all(products[product].shelf_life is None for product in offered):
        found, hint = f"`remaining_life` at {name}, whose products keep for ever", "Give them a `shelf_life`."
        yield Finding(path, found, "products with a `shelf_life`", hint)


def _lane(flow: Flow, index: int, lane: Lane) -> Iterator[Finding]:
    default = flow.file.defaults.lane
    if lane.returns:
        yield from _return_lane(flow, index, lane)
        return
    if not lane.minimum_life or (default is not None and default.minimum_life == lane.minimum_life):
        return
    lives = {product: flow.file.products[product].shelf_life for product in sorted(flow.cargo.carried[index])}
    kept = {product: life for product, life in lives.items() if life is not None}
    path: Path = ("lanes", index, "minimum_life")
    if not kept:
        hint = "Give the product a `shelf_life`."
        yield Finding(path, "`minimum_life` of what keeps for ever", "products with a `shelf_life`", hint)
    for product in kept:
        best = freshest(flow, (lane.origin, product))
        if lane.minimum_life > best:
            found = f"{lane.minimum_life:g} for {product}"
            yield Finding(path, found, f"at most {best:g}: no unit at {lane.origin} ever keeps longer")


def _return_lane(flow: Flow, index: int, lane: Lane) -> Iterator[Finding]:
    default: Any = flow.file.defaults.lane
    for field in _NOTHING_TO_SAY:
        value, usual = getattr(lane, field), getattr(default, field, None)
        if value not in (Lane.model_fields[field].get_default(call_default_factory=True), usual):
            found = f"`{field}` of a lane for returns"
            expected = "its `lead_time`, `unit_cost` and `shipment_cost` only: nobody orders or pays over it"
            yield Finding(("lanes", index, field), found, expected)
    products = flow.file.products if lane.products is None else lane.products
    for product in products:
        demands = flow.file.nodes[lane.origin].demand.get(product, ())
        comes = any(each.returns is not None and each.returns.to == lane.destination for each in demands)
        if comes and return_lane(flow.file, lane.origin, lane.destination, product) == index:
            return
    found = f"a lane for returns from {lane.origin} to {lane.destination}, over which nothing comes back"
    hint = f"Write `returns: {{share: 0.1, to: {lane.destination}}}` there."
    yield Finding(("lanes", index), found, f"demand at {lane.origin} with returns to {lane.destination}", hint)
