"""What cannot be combined of transport, shelf lives and the rules for orders, where each by itself is right."""

from collections.abc import Iterator

from scmsim.scenario.findings import Finding
from scmsim.scenario.flow import Flow
from scmsim.scenario.transport import has_loads

Path = tuple[str | int, ...]


def combination_findings(flow: Flow) -> Iterator[Finding]:
    """Find rules that goods with a shelf life, or goods that move in loads, cannot follow."""
    perishable = {name for name, product in flow.file.products.items() if product.shelf_life is not None}
    for index, (lane, cargo) in enumerate(zip(flow.file.lanes, flow.cargo.carried, strict=True)):
        path: Path = ("lanes", index)
        if lane.lateral and has_loads(lane):
            found = "a lateral lane with `modes`, `dispatch` or a `fleet`"
            yield Finding((*path, "lateral"), found, "one of the two: what peers give each other leaves at once")
        for product in sorted(perishable & cargo):
            if lane.lateral:
                yield Finding((*path, "lateral"), f"a lateral lane for {product}, which has a `shelf_life`", "`false`")
            if lane.ship == "complete":
                found = f"orders for {product}, which has a `shelf_life`, that leave only whole"
                hint = "What is set aside for an order would expire there."
                yield Finding((*path, "ship"), found, "`partial`", hint)
    for name, node in sorted(flow.file.nodes.items()):
        for product in sorted(perishable & set(node.demand)):
            yield from _customers(flow, name, product)


def _customers(flow: Flow, name: str, product: str) -> Iterator[Finding]:
    path: Path = ("nodes", name, "demand", product)
    demands = flow.file.nodes[name].demand[product]
    if any(demand.ship == "complete" for demand in demands):
        found = f"customers of {product}, which has a `shelf_life`, who take all or nothing"
        yield Finding(path, found, "`ship: partial`", "What is set aside for them would expire there.")
    if any(demand.substitutes for demand in demands):
        yield Finding(path, f"substitutes of {product}, which has a `shelf_life`", "no `substitutes`")
    wishes = [demand.minimum_life for demand in demands]
    wishes += [lane.minimum_life for lane in flow.file.lanes if lane.origin == name]
    allocation = flow.stock((name, product)).allocation
    if allocation is not None and any(wishes):
        found = f"an `allocation` of {product} at {name}, where somebody asks for a `minimum_life`"
        yield Finding(("nodes", name, "stock", product), found, "one of the two")
