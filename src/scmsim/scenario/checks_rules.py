"""What can be wrong with the rules for short stock and for orders, where every part is well formed."""

from collections.abc import Iterator

from scmsim.inputs.demand import Demand
from scmsim.scenario.findings import Finding
from scmsim.scenario.flow import Flow, has_rules
from scmsim.scenario.located import listed
from scmsim.scenario.schema_information import Share
from scmsim.scenario.schema_network import Lane
from scmsim.scenario.topology import Key
from scmsim.scenario.troubles import did_you_mean

Path = tuple[str | int, ...]


def rule_findings(flow: Flow) -> Iterator[Finding]:
    """Find services that nobody can give, and lanes between nodes that are no peers."""
    for name, node in flow.file.nodes.items():
        for product, demands in node.demand.items():
            for demand in demands:
                yield from _substitutes(flow, (name, product), demand)
            yield from _advances(flow, (name, product), demands)
    for index, lane in enumerate(flow.file.lanes):
        if lane.lateral:
            yield from _lateral(flow, index, lane)
        else:
            yield from _orders(flow, index, lane)


def _substitutes(flow: Flow, key: Key, demand: Demand) -> Iterator[Finding]:
    name, product = key
    path: Path = ("nodes", name, "demand", product)
    if not demand.substitutes:
        return
    kept = sorted(each for node, each in flow.keys if node == name and each != product)
    for other in dict.fromkeys(demand.substitutes):
        if other == product:
            yield Finding(path, f"{product} as a substitute of itself", "another product")
        elif other not in kept:
            found = f"the substitute {other}, of which {name} keeps no stock"
            expected = f"one of {listed(kept, 12)}" if kept else f"a product that {name} keeps, too"
            yield Finding(path, found, expected, did_you_mean(other, kept))
    if len(set(demand.substitutes)) < len(demand.substitutes):
        found = f"a substitute named twice: {', '.join(demand.substitutes)}"
        yield Finding(path, found, "every substitute once")
    if demand.substitutes and demand.ship == "complete":
        found = f"customers of {product} at {name} who take all or nothing (`ship: complete`), and `substitutes`"
        yield Finding(path, found, "one of the two: a substitute for a part would leave the rest incomplete")


def _advances(flow: Flow, key: Key, demands: tuple[Demand, ...]) -> Iterator[Finding]:
    name, product = key
    sale = flow.file.nodes[name].sales.get(product)
    pays_early = sale is not None and (sale.terms.prepay or sale.terms.down_payment)
    if pays_early and any(demand.unmet == "patience" for demand in demands):
        found = f"customers of {product} at {name} who pay in advance and may go without it (`unmet: patience`)"
        hint = "Remove `prepay` and `down_payment`, or let them wait."
        yield Finding(("nodes", name, "sales", product, "terms"), found, "one of the two", hint)


def _orders(flow: Flow, index: int, lane: Lane) -> Iterator[Finding]:
    """Find rules of orders that the sender or the receiver of a lane cannot heed."""
    path: Path = ("lanes", index)
    if lane.keep is not None:
        yield Finding((*path, "keep"), "units kept by the sender of a lane that is not lateral", "`lateral: true`, too")
    if not has_rules(lane):
        return
    if flow.file.nodes[lane.origin].kind == "supplier":
        for field, is_said in (
            ("priority", lane.priority > 1),
            ("ship", lane.ship == "complete"),
            ("cancel_after", lane.cancel_after is not None),
        ):
            if is_said:
                why = (
                    "what is ordered of it is firm" if field == "cancel_after" else "it serves first come, first served"
                )
                found = f"`{field}` on a lane from {lane.origin}, a supplier: {why}"
                hint = "Make it a warehouse that a supplier feeds if it can run short."
                yield Finding((*path, field), found, "a sender that keeps stock", hint)
    if lane.cancel_after is None:
        return
    if lane.credit_limit is not None:
        found = f"cancellations on a lane with a credit limit: what {lane.origin} holds has not reached its queue"
        yield Finding((*path, "cancel_after"), found, "one of the two", "Remove `credit_limit` or `cancel_after`.")
    finance = flow.file.nodes[lane.origin].finance
    stops = finance is not None and finance.insolvency == "stop_trading"
    if stops and (lane.terms.prepay or lane.terms.down_payment):
        found = (
            f"cancellations of what is paid in advance to {lane.origin}, which may stop trading and pay nothing back"
        )
        hint = "Remove `prepay` and `down_payment`, or let its `insolvency` be another."
        yield Finding((*path, "cancel_after"), found, "payment for what is shipped", hint)
    for product in sorted(flow.cargo.carried[index]):
        policy = flow.stock((lane.destination, product)).policy
        if policy is not None and policy.decided_by_supplier:
            found = f"cancellations of {product} for {lane.destination}, which {lane.origin} decides about itself"
            yield Finding((*path, "cancel_after"), found, "a receiver that orders", "Use another kind of policy.")


def _lateral(flow: Flow, index: int, lane: Lane) -> Iterator[Finding]:
    """Find lanes between peers that cannot work as such."""
    path: Path = ("lanes", index)
    ends = f"{lane.origin} and {lane.destination}"
    for name in (lane.origin, lane.destination):
        if flow.file.nodes[name].kind == "supplier":
            yield Finding(path, f"a lateral lane of {name}, a supplier", "peers that keep stock")
            return
    carried = flow.cargo.carried[index]
    for product in sorted(carried):
        yield from _peers(flow, index, lane, product)
    if lane.order_delay != 0:
        found = f"an order delay between the peers {ends}"
        expected = "none: what a peer has to spare is asked for and given at one instant"
        yield Finding((*path, "order_delay"), found, expected)
    for field, said in (
        ("share", lane.share != Share()),
        ("priority", lane.priority > 1),
        ("ship", lane.ship == "complete"),
        ("cancel_after", lane.cancel_after is not None),
        ("credit_limit", lane.credit_limit is not None),
        ("promotions", bool(lane.promotions)),
    ):
        if said:
            found = f"`{field}` between the peers {ends}"
            yield Finding((*path, field), found, "none: only what is there is given, and at once")
    finance = flow.file.nodes[lane.destination].finance
    if finance is not None and (finance.limit_orders_to_cash or finance.insolvency != "ignore"):
        found = f"a lateral lane to {lane.destination}, whose orders hang on its money"
        expected = "peers that may always ask: what one has to spare is given at once"
        yield Finding(path, found, expected, "Remove `limit_orders_to_cash` and `insolvency` there, or the lane.")
    if lane.terms.prepay or lane.terms.down_payment:
        found, hint = f"payment in advance between the peers {ends}", "Remove `prepay` and `down_payment`."
        yield Finding((*path, "terms"), found, "payment for what is shipped", hint)


def _peers(flow: Flow, index: int, lane: Lane, product: str) -> Iterator[Finding]:
    path: Path = ("lanes", index)
    for name in (lane.origin, lane.destination):
        if not flow.lanes_into.get((name, product)):
            is_made = product in flow.file.nodes[name].make
            found = f"a lateral lane for {product}, which {name} {'makes' if is_made else 'does not keep'}"
            yield Finding(path, found, "peers that each buy it over a lane of their own")
            return
    key = lane.destination, product
    policy = flow.stock(key).policy
    for position in flow.lanes_into[key]:
        regular = flow.file.lanes[position]
        if regular.share.stock is not False or regular.share.pipeline is not False:
            found = f"a lateral lane for {product} to {lane.destination}, which tells {regular.origin} what it has"
            expected = "no `stock` or `pipeline` told: units of a peer would be taken for units of the sender"
            yield Finding(path, found, expected)
        if regular.holding_cost != lane.holding_cost:
            found = f"{lane.holding_cost:g}, where the lane from {regular.origin} has {regular.holding_cost:g}"
            expected = f"one `holding_cost` on all lanes that bring {product} to {lane.destination}"
            yield Finding((*path, "holding_cost"), f"{found}", f"{expected}: units in transit are counted together")
    if policy is not None and policy.allow_negative:
        found = f"a lateral lane for {product} to {lane.destination}, whose orders may be negative"
        yield Finding(path, found, "no negative orders: who takes units back is not known")
