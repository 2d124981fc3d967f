"""What can be wrong with the money of a scenario whose every part is well formed."""

from collections.abc import Iterator

from scmsim.scenario.findings import Finding
from scmsim.scenario.flow import Flow
from scmsim.scenario.located import Located, listed
from scmsim.scenario.merge import NEEDS_A_PRICE, PAID_LATER, PREPAID_ANYWAY, from_defaults
from scmsim.scenario.money import money_of
from scmsim.scenario.schema_money import PriceRule, Promotion, Sale, Terms
from scmsim.scenario.schema_network import Lane
from scmsim.scenario.topology import Key

Path = tuple[str | int, ...]


def money_references(root: Located) -> Iterator[Finding]:
    """Find what is said of prices that are not there; what ``defaults`` say of every lane is no mistake of one lane."""
    for index, lane in enumerate(root.items("lanes")):
        if lane.get("price") is None and not lane.entries("prices"):
            for key in NEEDS_A_PRICE:
                if _own(lane.get(key)):
                    yield Finding(("lanes", index, key), f"`{key}` of a lane without a price", "a price, too", _PRICE)
        yield from _after_prepaying(("lanes", index, "terms"), lane.get("terms"), PAID_LATER)
    for name in root.entries("nodes"):
        for product, sale in root.entries("nodes", name, "sales").items():
            yield from _after_prepaying(("nodes", name, "sales", product, "terms"), sale.get("terms"), PREPAID_ANYWAY)
            if _own(sale.get("buy_ahead")) and not sale.items("promotions"):
                path: Path = ("nodes", name, "sales", product, "buy_ahead")
                yield Finding(path, "`buy_ahead` without a promotion", "`promotions`, too")


def _after_prepaying(path: Path, terms: Located | None, keys: tuple[str, ...]) -> Iterator[Finding]:
    """Refuse what is said of paying later where all is prepaid; end customers prepay only what they wait for."""
    prepay = terms.get("prepay") if terms is not None else None
    if terms is None or prepay is None or prepay.value is not True:
        return
    for key in keys:
        entry = terms.get(key)
        if entry is not None and entry.value:
            hint = f"Remove `{key}`, or write `prepay: false`."
            yield Finding((*path, key), f"`{key}` where everything is prepaid", f"no `{key}`", hint)


_PRICE = "Give the lane a `price`, or `prices` by product."


def _own(entry: Located | None) -> bool:
    """Tell whether something other than nothing is said, and not by ``defaults``."""
    return entry is not None and bool(entry.value) and not from_defaults(entry)


def money_findings(flow: Flow) -> Iterator[Finding]:
    """Find everything that does not fit together in the prices, terms and finances of a scenario."""
    file = flow.file
    if "outside" in file.nodes and money_of(file) is not None:
        found = "a node named outside, which in the books is the name of everybody outside the chain"
        yield Finding(("nodes", "outside"), found, "another name")
    for index, lane in enumerate(file.lanes):
        yield from _lane(flow, index, lane)
    for name, node in sorted(file.nodes.items()):
        for product, sale in sorted(node.sales.items()):
            yield from _sale(flow, (name, product), sale)
        finance = node.finance
        if finance is not None and finance.overdraft_limit is not None and finance.cash < -finance.overdraft_limit:
            expected = f"at least -{finance.overdraft_limit:g}, the overdraft limit"
            yield Finding(("nodes", name, "finance", "cash"), f"{finance.cash:g}", expected)
    for key in flow.keys:
        if file.nodes[key[0]].kind != "supplier":
            yield from _stock(flow, key)


def _lane(flow: Flow, index: int, lane: Lane) -> Iterator[Finding]:
    path: Path = ("lanes", index)
    yield from _terms((*path, "terms"), lane.terms)
    yield from _promotions((*path, "promotions"), lane.promotions)
    carried = flow.cargo.carried[index]
    for product in sorted(set(lane.prices) & set(flow.file.products) - carried):
        found = f"a price of {product}, which the lane does not carry"
        yield Finding((*path, "prices", product), found, f"prices of what it carries: {listed(sorted(carried), 6)}")
    if flow.file.nodes[lane.origin].kind != "supplier":
        yield from _given_back(flow, lane, sorted(carried))
        return
    for product in sorted(carried):
        price = lane.prices.get(product, lane.price)
        if _depends_on_cost(price) and flow.file.products[product].standard_cost is None:
            where: Path = (*path, "prices", product) if product in lane.prices else (*path, "price")
            yield Finding(
                where,
                f"a markup on what {product} costs {lane.origin}, which is a supplier and has no books",
                "a fixed price, or the product's `standard_cost`",
                f"Set products.{product}.standard_cost.",
            )


def _given_back(flow: Flow, lane: Lane, carried: list[str]) -> Iterator[Finding]:
    """Find negative orders to a sender that may be unable to pay for what comes back, or counts what it is owed."""
    finance = flow.file.nodes[lane.origin].finance
    is_short = finance is not None and finance.overdraft_limit is not None
    if not is_short and lane.credit_limit is None:
        return
    limit = "an overdraft limit" if is_short else "a credit limit"
    why = f"{lane.origin} may be unable to pay for them" if is_short else "what comes back cannot wait for a credit"
    for product in carried:
        policy = flow.stock((lane.destination, product)).policy
        priced = lane.price is not None or product in lane.prices
        if priced and policy is not None and policy.allow_negative:
            path: Path = ("nodes", lane.destination, "stock", product, "policy", "allow_negative")
            found = f"`allow_negative` of {product} at {lane.destination}, which buys it of {lane.origin}"
            expected = f"no negative orders: with {limit} {why}"
            yield Finding(path, found, expected)


def _depends_on_cost(price: float | PriceRule | None) -> bool:
    return isinstance(price, PriceRule) and price.amount_and_rate()[1] is not None


def _sale(flow: Flow, key: Key, sale: Sale) -> Iterator[Finding]:
    name, product = key
    path: Path = ("nodes", name, "sales", product)
    demands = flow.file.nodes[name].demand.get(product, ())
    taken_instead = any(
        product in other.substitutes for others in flow.file.nodes[name].demand.values() for other in others
    )
    if not demands and not taken_instead:
        found = f"sales of {product} at {name}, where no end customer asks for it"
        yield Finding(path, found, "demand for it there, too", "The price between two nodes belongs to their lane.")
    if isinstance(sale.price, PriceRule) and sale.price.tiers():
        found = f"a price of {product} with breaks for end customers, who are served unit by unit"
        yield Finding((*path, "price"), found, "a number, or a price of kind fixed or markup")
    if sale.buy_ahead and any(demand.moments() is None for demand in demands):
        found = "`buy_ahead` of a demand that has no mean"
        yield Finding((*path, "buy_ahead"), found, "a demand with a mean in the long run")
    yield from _terms((*path, "terms"), sale.terms)
    yield from _promotions((*path, "promotions"), sale.promotions)


def _stock(flow: Flow, key: Key) -> Iterator[Finding]:
    name, product = key
    stock = flow.stock(key)
    path: Path = ("nodes", name, "stock", product)
    lanes = flow.lanes_into.get(key, [])
    made = product in flow.file.nodes[name].make
    over = [flow.file.lanes[at] for at in lanes]
    with_price = [each for each in over if each.price is not None or product in each.prices]
    lane = None if made or not lanes else (with_price or over)[0]
    priced = bool(with_price)
    if stock.purchase_cost and lane is not None and priced:
        yield Finding(
            (*path, "purchase_cost"),
            f"a purchase cost of {product} at {name}, for which {lane.origin} asks a price",
            "one of the two",
            "Remove `purchase_cost`: the price is what it costs.",
        )
    if stock.buy_ahead and stock.policy is not None and stock.policy.decided_by_supplier:
        found = f"`buy_ahead` of {product} at {name}, for which its supplier decides"
        yield Finding((*path, "buy_ahead"), found, "a policy that decides itself, or no `buy_ahead`")
        return
    default = flow.file.defaults.stock
    if not stock.buy_ahead or len(lanes) > 1 or (default is not None and stock.buy_ahead == default.buy_ahead):
        return
    if lane is None or not priced or not lane.promotions:
        found = f"`buy_ahead` of {product} at {name}, whose source has no promotions"
        yield Finding((*path, "buy_ahead"), found, "`price` and `promotions` of the lane that brings it")
    elif not _has_mean(flow, key):
        found = f"`buy_ahead` of {product} at {name}, on which demand has no mean"
        yield Finding((*path, "buy_ahead"), found, "demand with a mean in the long run")


def _has_mean(flow: Flow, key: Key) -> bool:
    """Tell whether every demand that a stock serves in the end has a mean."""
    feeds, seen, waiting = flow.feeds(), {key}, [key]
    while waiting:
        here = waiting.pop()
        if any(demand.moments() is None for demand in flow.file.nodes[here[0]].demand.get(here[1], ())):
            return False
        further = set(feeds[here]) - seen
        seen |= further
        waiting += further
    return True


def _terms(path: Path, terms: Terms) -> Iterator[Finding]:
    early = terms.discount
    if early is not None and not terms.prepay and isinstance(terms.net, float | int) and early.within > terms.net:
        expected = f"at most {terms.net:g}, when the invoice is due (`net`)"
        yield Finding((*path, "discount", "within"), f"{early.within:g}", expected)


def _promotions(path: Path, promotions: tuple[Promotion, ...]) -> Iterator[Finding]:
    for position, promotion in enumerate(promotions):
        if promotion.until <= promotion.start:
            expected = f"more than {promotion.start:g}, when it begins"
            yield Finding((*path, position, "until"), f"{promotion.until:g}", expected)
        for other in promotions[:position]:
            if max(promotion.start, other.start) < min(promotion.until, other.until):
                found = f"two promotions at {max(promotion.start, other.start):g}"
                yield Finding((*path, position), found, "promotions one after the other")
                break
