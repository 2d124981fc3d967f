"""What cannot be combined of transport, shelf lives and the rules for orders, where each by itself is right."""

from collections.abc import Iterator

from scmsim.policies.allocation_kinds import FirstCome
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
            said = [f"`{key}`" for key in ("modes", "dispatch", "fleet") if getattr(lane, key)]
            found = f"a lateral lane with {' and '.join(said)}"
            expected = "no loads on a lateral lane: what peers give each other leaves at once"
            yield Finding((*path, "lateral"), found, expected)
        for product in sorted(perishable & cargo):
            if lane.lateral:
                found = f"a lateral lane for {product}, which has a `shelf_life`"
                hint = "Name the `products` of the lane, or leave it away."
                yield Finding((*path, "lateral"), found, "products that keep for ever on a lateral lane", hint)
            if lane.ship == "complete":
                found = f"orders for {product}, which has a `shelf_life`, that leave only whole"
                hint = "What is set aside for an order would expire there."
                yield Finding((*path, "ship"), found, "`ship: partial`", hint)
    for name, product in flow.keys:
        if product in perishable:
            yield from _customers(flow, name, product)


def _customers(flow: Flow, name: str, product: str) -> Iterator[Finding]:
    path: Path = ("nodes", name, "demand", product)
    demands = flow.file.nodes[name].demand.get(product, ())
    if any(demand.ship == "complete" for demand in demands):
        found = f"customers of {product}, which has a `shelf_life`, who take all or nothing"
        yield Finding(path, found, "`ship: partial`", "What is set aside for them would expire there.")
    if any(demand.substitutes for demand in demands):
        found = f"`substitutes` of {product}, which has a `shelf_life`"
        hint = "A substitute may have a shelf life; what is replaced may not."
        yield Finding(path, found, "substitutes only of a product that keeps for ever", hint)
    wishes = [demand.minimum_life for demand in demands]
    lanes = zip(flow.file.lanes, flow.cargo.carried, strict=True)
    wishes += [lane.minimum_life for lane, cargo in lanes if lane.origin == name and product in cargo]
    allocation = flow.stock((name, product)).allocation
    if allocation is not None and not isinstance(allocation, FirstCome) and any(wishes):
        found = f"an `allocation` of {product} at {name}, where somebody asks for a `minimum_life`"
        hint = "Without `allocation` it serves first come, first served, everybody with units that keep long enough."
        yield Finding(("nodes", name, "stock", product, "allocation"), found, "one of the two", hint)
