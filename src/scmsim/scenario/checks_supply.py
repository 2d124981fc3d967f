"""What can be wrong with sourcing rules and with the limits of suppliers, where every part is well formed."""

from collections.abc import Iterator

from scmsim.inputs.distributions import Distribution
from scmsim.policies.sourcing_kinds import BaseSurge
from scmsim.scenario.findings import Finding
from scmsim.scenario.flow import Flow, lanes_by_name
from scmsim.scenario.located import listed
from scmsim.scenario.schema_information import Share
from scmsim.scenario.schema_money import PriceRule
from scmsim.scenario.schema_network import Lane, Node, Pipeline, Stock
from scmsim.scenario.supply import lead_time, times_over
from scmsim.scenario.topology import Key
from scmsim.scenario.troubles import did_you_mean

Path = tuple[str | int, ...]
_NOT_SHARED = ("stock", "pipeline")
"""What cannot be told over one of several lanes: each sender would count the same units as its own customer's."""
_TARGETS = ("service_level", "fill_rate")
"""What a policy computes a level from."""
_BY_LEAD_TIME = {"order_up_to": "cover", "smoothed_order_up_to": "cover", "drp": "lead_time"}
"""The policies that plan with the lead time of their lane, and what they say where it is another."""


def source_findings(flow: Flow) -> Iterator[Finding]:
    """Find stocks without a source, with two and no rule for them, or with a rule that does not fit."""
    for key in flow.keys:
        name, product = key
        node = flow.file.nodes[name]
        if node.kind == "supplier":
            continue
        lanes = lanes_by_name(flow.file, flow.lanes_into.get(key, []))
        suppliers = [flow.file.lanes[lane].origin for lane in lanes]
        is_made, rule = product in node.make, flow.stock(key).sourcing
        pipeline = flow.stock(key).initial_pipeline
        if not suppliers and not is_made:
            found, hint = f"{product} at {name} with no source", "Add a lane that brings it, or `make` it here."
            yield Finding(flow.place(key), found, "a source of each stock", hint)
        elif is_made and suppliers:
            found = f"{product} at {name}, which is made there and brought from {listed(suppliers, 6)}"
            hint = "Name the `products` of each lane, or make it at another node."
            yield Finding(flow.place(key), found, "one of the two: a rule chooses among lanes only", hint)
        elif len(lanes) > 1 and rule is None:
            found = f"{product} at {name} with several sources: {listed(suppliers, 6)}"
            hint = "Say which `products` each lane carries, or give the stock a rule: `sourcing: {kind: cheapest}`."
            yield Finding(flow.place(key), found, "one source of each stock, or a rule for them", hint)
        elif is_made and isinstance(pipeline, Pipeline) and pipeline.orders:
            found = f"orders in the mail for {product}, which {name} makes"
            path: Path = ("nodes", name, "stock", product, "initial_pipeline", "orders")
            yield Finding(path, found, "`shipments` only: what it makes for itself is in no mail")
        elif rule is not None:
            yield from _rule(flow, key, suppliers, is_made=is_made)


def _rule(flow: Flow, key: Key, suppliers: list[str], *, is_made: bool) -> Iterator[Finding]:
    name, product = key
    stock, default = flow.stock(key), flow.file.defaults.stock
    rule, path = stock.sourcing, ("nodes", name, "stock", product, "sourcing")
    is_own = default is None or default.sourcing is None or default.sourcing != rule
    if rule is None or (len(suppliers) < 2 and not is_own):
        return
    if len(suppliers) < 2:
        found = f"`sourcing` of {product} at {name}, which " + (
            "is made there" if is_made else f"only {suppliers[0]} brings"
        )
        yield Finding(path, found, "several lanes that bring it, or no `sourcing`")
        return
    named = rule.named()
    unknown = dict.fromkeys(each for each in named if each not in suppliers)
    for wrong in unknown:
        found = f"{wrong}, which brings no {product} to {name}"
        yield Finding(path, found, f"one of {listed(suppliers, 12)}", did_you_mean(wrong, dict.fromkeys(suppliers)))
    missing = [each for each in suppliers if each not in named]
    if len(set(named)) < len(named):
        yield Finding(path, f"a rule that names a supplier twice: {', '.join(named)}", "every supplier once")
    elif named and missing and not unknown:
        found = f"a rule without {listed(missing, 6)}, from where a lane brings {product} to {name}"
        yield Finding(path, found, "a rule that names every supplier of the stock once", "Or remove the lane.")


def supply_findings(flow: Flow) -> Iterator[Finding]:
    """Find what cannot stand beside several lanes into one stock, and limits of suppliers that make no sense."""
    for key in flow.keys:
        lanes = flow.lanes_into.get(key, [])
        if flow.file.nodes[key[0]].kind != "supplier" and len(lanes) > 1 and flow.stock(key).sourcing is not None:
            yield from _beside(flow, key, flow.stock(key))
            yield from _lanes(flow, key, lanes_by_name(flow.file, lanes))
    for name, node in sorted(flow.file.nodes.items()):
        if node.kind == "supplier":
            yield from _limits(flow, name, node)
    for index, lane in enumerate(flow.file.lanes):
        yield from _breaks(index, lane)


def _beside(flow: Flow, key: Key, stock: Stock) -> Iterator[Finding]:
    name, product = key
    path: Path = ("nodes", name, "stock", product)
    several = f"{product} at {name}, which several lanes bring"
    if stock.initial_pipeline:
        found = f"`initial_pipeline` of {several}"
        hint = "Let the run begin with more on hand, or with `first_orders`."
        yield Finding((*path, "initial_pipeline"), found, "none: it does not say on which lane it is", hint)
    if stock.buy_ahead:
        yield Finding((*path, "buy_ahead"), f"`buy_ahead` of {several}", "none: whose promotion counts is not known")
    policy = stock.policy
    if policy is not None and policy.decided_by_supplier:
        found = f"vendor-managed {several}"
        yield Finding((*path, "policy"), found, "one supplier that decides", "Use another kind of policy, or one lane.")
    if policy is not None and policy.allow_negative:
        found = f"`allow_negative` of {several}"
        yield Finding((*path, "policy", "allow_negative"), found, "no negative orders: who takes back is not known")
    rule = stock.sourcing
    if isinstance(rule, BaseSurge) and isinstance(stock.review, str):
        found = f"base_surge of {product} at {name}, which is reviewed continuously"
        yield Finding((*path, "sourcing"), found, "reviews at regular instants, at each of which the base is ordered")
    if isinstance(rule, BaseSurge) and rule.level == "joint" and set(rule.named()) <= _senders(flow, key):
        yield from _joint_level(flow, key, rule)


def _senders(flow: Flow, key: Key) -> set[str]:
    return {flow.file.lanes[index].origin for index in flow.lanes_into[key]}


def _joint_level(flow: Flow, key: Key, rule: BaseSurge) -> Iterator[Finding]:
    """Find levels computed for the time of the surge, where all that is on its way for longer counts as there."""
    name, product = key
    policy = flow.stock(key).policy
    is_computed = any(getattr(policy, field, None) is not None for field in _TARGETS)
    kind = str(getattr(policy, "kind", ""))
    if not is_computed and (kind not in _BY_LEAD_TIME or getattr(policy, _BY_LEAD_TIME[kind]) is not None):
        return
    times = {
        flow.file.lanes[index].origin: lead_time(*times_over(flow, key, index)).mean for index in flow.lanes_into[key]
    }
    if times[rule.base] > times[rule.surge]:
        found = (
            f"a level that {kind} computes for the lead time of {rule.surge}, {times[rule.surge]:g}, where all "
            f"that is on its way from {rule.base}, for {times[rule.base]:g}, counts as on order"
        )
        hint = f"Or state a level that holds what {rule.base} has on its way, too."
        yield Finding(("nodes", name, "stock", product, "sourcing"), found, "`level: own`", hint)


def _lanes(flow: Flow, key: Key, lanes: list[int]) -> Iterator[Finding]:
    name, product = key
    first = flow.file.lanes[lanes[0]]
    for index in lanes:
        lane = flow.file.lanes[index]
        if lane.holding_cost != first.holding_cost:
            found = f"{lane.holding_cost:g}, where the lane from {first.origin} has {first.holding_cost:g}"
            expected = (
                f"one `holding_cost` on all lanes that bring {product} to {name}: units in transit are counted together"
            )
            yield Finding(("lanes", index, "holding_cost"), found, expected)
        for kind in Share.model_fields:
            if kind in _NOT_SHARED and getattr(lane.share, kind) is not False:
                found = f"`{kind}` told to {lane.origin}, one of several suppliers of {product} at {name}"
                yield Finding(("lanes", index, "share", kind), found, "one supplier, who may count it as its own")


def _limits(flow: Flow, name: str, node: Node) -> Iterator[Finding]:
    path: Path = ("nodes", name)
    for field in ("minimum_order", "order_multiple"):
        said = getattr(node, field)
        for product in sorted(said) if isinstance(said, dict) else ():
            if product not in flow.file.products:
                found, expected = f"the unknown product {product!r}", f"one of {listed(sorted(flow.file.products), 12)}"
                yield Finding((*path, field, product), found, expected, did_you_mean(product, flow.file.products))
    good = node.good
    mean = good.mean_value if isinstance(good, Distribution) else good
    if not 0 < mean <= 1:
        found = f"{mean:g}" if isinstance(good, float | int) else f"shares of {mean:g} on the average"
        hint = f"For {mean:g} % write {mean / 100:g}." if 1 < mean <= 100 else ""
        yield Finding((*path, "yield"), found, "a share above 0 and up to 1", hint)
    for index, lane in enumerate(flow.file.lanes):
        if lane.origin == name and good != 1.0 and (lane.terms.prepay or lane.terms.down_payment):
            found = f"goods of {name} paid in advance, of which not all come out right (`yield`)"
            hint = "Remove `prepay` and `down_payment`."
            yield Finding(("lanes", index, "terms"), found, "payment for what is shipped", hint)


def _breaks(index: int, lane: Lane) -> Iterator[Finding]:
    prices: list[tuple[Path, float | PriceRule | None]] = [(("price",), lane.price)]
    prices += [(("prices", product), price) for product, price in lane.prices.items()]
    for place, price in prices:
        starts = [start for start, _ in price.tiers()] if isinstance(price, PriceRule) else []
        for start in dict.fromkeys(start for start in starts if starts.count(start) > 1):
            found = f"two prices from {start:g} units on"
            yield Finding(("lanes", index, *place, "breaks"), found, "one price from each quantity on")
