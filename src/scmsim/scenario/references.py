"""Whether the names and the times of a scenario fit one another: checks across sections, on what was written.

They run on the raw tree, so that they also speak when the schema found something wrong elsewhere.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from scmsim.scenario.checks_disruption import disruption_references
from scmsim.scenario.checks_money import money_references
from scmsim.scenario.findings import Finding
from scmsim.scenario.lanes import lane_text
from scmsim.scenario.located import Located, one_of
from scmsim.scenario.troubles import KeyFinding, did_you_mean
from scmsim.specification import LARGEST


def references(root: Located) -> list[Finding]:
    """Return everything that refers to what is not there, or contradicts something said elsewhere."""
    found = [*_times(root), *_lanes(root), *_duplicate_lanes(root)]
    for name in root.entries("nodes"):
        found += _node(root, name)
    return [*found, *money_references(root), *disruption_references(root)]


def _number(entry: Located | None) -> float | None:
    value = entry.value if entry is not None else None
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    return value if -LARGEST <= value <= LARGEST else None


def _text(entry: Located | None) -> str | None:
    return entry.value if entry is not None and isinstance(entry.value, str) else None


def _times(root: Located) -> Iterator[Finding]:
    horizon, warm_up = _number(root.get("time", "horizon")), _number(root.get("time", "warm_up"))
    if horizon is not None and warm_up is not None and 0 < horizon <= warm_up:
        expected = f"less than the horizon, {horizon:g}"
        yield Finding(
            ("time", "warm_up"), f"{warm_up:g}", expected, "The warm-up is the unmeasured first part of the run."
        )


def _unknown(what: str, name: str, known: Mapping[str, Any]) -> tuple[str, str, str]:
    return f"the unknown {what} {name!r}", one_of(list(known), 12), did_you_mean(name, known)


def _lanes(root: Located) -> Iterator[Finding]:
    nodes, products = root.entries("nodes"), root.entries("products")
    for index, lane in enumerate(root.items("lanes")):
        ends = [_text(lane.get(end)) for end in ("from", "to")]
        for key, name in zip(("from", "to"), ends, strict=True):
            if name is not None and nodes and name not in nodes:
                yield Finding(("lanes", index, key), *_unknown("node", name, nodes))
        if ends[0] is not None and ends[0] == ends[1]:
            yield Finding(("lanes", index, "to"), f"a lane from {ends[0]} to itself", "a lane between two nodes")
        elif _text(root.get("nodes", ends[1] or "", "kind")) in _SENDERS_ONLY:
            found = f"a lane to {ends[1]}, which is a supplier"
            yield Finding(("lanes", index, "to"), found, "a node that keeps stock", "Is the lane the wrong way round?")
        for position, product in enumerate(lane.items("products")):
            if isinstance(product.value, str) and products and product.value not in products:
                yield Finding(("lanes", index, "products", position), *_unknown("product", product.value, products))
        for priced in lane.entries("prices"):
            if products and priced not in products:
                yield KeyFinding(("lanes", index, "prices", priced), *_unknown("product", priced, products))


def _duplicate_lanes(root: Located) -> Iterator[Finding]:
    seen: dict[tuple[str, str], list[Located]] = {}
    for index, lane in enumerate(root.items("lanes")):
        origin, destination = _text(lane.get("from")), _text(lane.get("to"))
        if origin is None or destination is None:
            continue
        others = seen.setdefault((origin, destination), [])
        first = next((other for other in others if _overlap(other, lane)), None)
        if first is not None:
            hint = f"The first is at line {first.place.line}." if first.place.line else ""
            found = f"a second lane {lane_text(lane)}"
            yield Finding(("lanes", index), found, "one lane for each product between two nodes", hint)
        others.append(lane)


def _overlap(one: Located, other: Located) -> bool:
    products = [{item.value for item in lane.items("products") if isinstance(item.value, str)} for lane in (one, other)]
    return not products[0] or not products[1] or bool(products[0] & products[1])


def _node(root: Located, name: str) -> Iterator[Finding]:
    node = root.get("nodes", name)
    if node is None or not isinstance(node.value, dict):
        return
    kind = _text(node.get("kind"))
    yield from _misplaced(node, name, kind)
    products = root.entries("products")
    for section in ("stock", "demand", "make", "sales"):
        for product in node.entries(section):
            if products and product not in products:
                yield KeyFinding(("nodes", name, section, product), *_unknown("product", product, products))
    for position, item in enumerate(node.items("supplies")):
        if isinstance(item.value, str) and products and item.value not in products:
            yield Finding(("nodes", name, "supplies", position), *_unknown("product", item.value, products))
    for product in node.entries("make"):
        yield from _components(node, name, product, products)
    for product in node.entries("stock"):
        yield from _early(root, node, name, product)


def _misplaced(node: Located, name: str, kind: str | None) -> Iterator[Finding]:
    for key, (kinds, hint) in _ONLY_AT.items():
        if kind in _KINDS - kinds and node.get(key) is not None:
            expected = f"`{key}` only at a {' or '.join(sorted(kinds))}"
            yield KeyFinding(("nodes", name, key), f"`{key}` at a {kind}", expected, hint)


_SENDERS_ONLY = frozenset({"supplier"})
_KINDS = frozenset({"supplier", "factory", "warehouse", "distributor", "retailer"})
_ONLY_AT = {
    "demand": (_KINDS - {"supplier"}, "A supplier serves lanes only."),
    "make": (frozenset({"factory"}), "Write `kind: factory`."),
    "resources": (frozenset({"factory"}), "Write `kind: factory`."),
    "supplies": (frozenset({"supplier"}), "Other nodes offer what they make and receive."),
    "sales": (_KINDS - {"supplier"}, "A supplier serves lanes only: give the lane a `price`."),
    "cross_dock": (frozenset({"warehouse"}), "Write `kind: warehouse`."),
    "finance": (_KINDS - {"supplier"}, "A supplier is outside the chain: it never runs short, and keeps no books."),
    "lead_time": (frozenset({"supplier"}), "Give the time to a lane, or to an entry under `make`."),
    **dict.fromkeys(
        ("capacity", "yield", "minimum_order", "order_multiple", "remaining_life"),
        (frozenset({"supplier"}), "Only suppliers outside the chain have limits of their own."),
    ),
}
"""Which kinds of node may have a key, and what to do about it elsewhere."""


def _components(node: Located, name: str, product: str, products: Mapping[str, Any]) -> Iterator[Finding]:
    for component in node.entries("make", product, "components"):
        path = ("nodes", name, "make", product, "components", component)
        if component == product:
            yield KeyFinding(path, f"{product} as a component of itself", "another product")
        elif products and component not in products:
            yield KeyFinding(path, *_unknown("product", component, products))


def _early(root: Located, node: Located, name: str, product: str) -> Iterator[Finding]:
    start = _number(root.get("time", "start"))
    start = 1.0 if root.get("time", "start") is None else start
    path = ("nodes", name, "stock", product, "initial_pipeline")
    for section in ((), ("shipments",), ("orders",)):
        for position, due in enumerate(node.items("stock", product, "initial_pipeline", *section)):
            at = _number(due.get("at"))
            if at is not None and start is not None and at < start:
                found = Finding(
                    (*path, *section, position, "at"), f"{at:g}", f"at least {start:g}, the start of the run"
                )
                yield found
