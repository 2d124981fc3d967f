"""Random scenarios that mix everything: a network drawn by hand, and on it whatever the schema knows.

Small parts, each of which may stand where it does, seldom make a whole that may be run. What the validator then names
is taken out again, in the same way for the same draw, until it is content.
"""

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))

from from_schema import Pen, keys, pens
from mending import mended, wasted
from plans import OF_MONEY, OF_STAGES, SIMPLEST_POLICY, Plan, inner_nodes, names_of, one_kind, pen_without
from random_trouble import blows, works

import scmsim as sc
from scmsim.scenario.catalogue import DEMANDS, MODE_CHOICES, POLICIES, SOURCINGS
from scmsim.scenario.schema import Measures, Product
from scmsim.scenario.schema_money import Finance, Money, Sale
from scmsim.scenario.schema_network import CrossDock, Lane, Make, Node, Stock
from scmsim.scenario.schema_transport import Fleet

SKELETON = {
    Node: {"kind", "stock", "demand", "make", "supplies", "sales", "fleets", "finance", "cross_dock", "resources"},
    Lane: {"from", "to", "products", "returns", "lateral", "fleet"},
}
"""Keys that the network decides about."""
ONLY_SUPPLIERS = {"lead_time", "capacity", "minimum_order", "order_multiple", "yield", "remaining_life"}
NOT_BETWEEN_PEERS = {"modes", "dispatch", "share", "priority", "ship", "cancel_after", "order_delay", "holding_cost"}
OF_A_MODE = ("lead_time", "unit_cost", "shipment_cost", "fleet", "return_time")


class Drawn:
    """A scenario that has been drawn."""

    def __init__(self, scenario: sc.Scenario) -> None:
        self.scenario = scenario

    def __repr__(self) -> str:
        return repr(self.scenario)


@st.composite
def everything(draw: Any) -> Drawn:
    """Return a scenario that may hold anything that the schema knows."""
    return Drawn(written(pens(draw)))


def written(pen: Pen) -> sc.Scenario:
    """Return the scenario that a pen writes."""
    wasted["drawn"] += 1
    products = ("p", "q")[: 1 + pen.pick(2)]
    plan = Plan(replace(pen, most=1 + pen.pick(4)), bool(pen.pick(2)), products)
    plan.plain = pen.pick(5) == 4
    _places(plan)
    plan.goods = {name: _product(plan, name) for name in _products(plan)}
    _ways(plan)
    _peers(plan)
    for name, node in plan.nodes.items():
        _furnish(plan, name, node)
    for lane in plan.lanes:
        _equip(plan, lane)
    _fleets(plan)
    mapping = {
        "scmsim": 1,
        "name": "random",
        "time": {
            "horizon": pen.one_of((20, 30, 12, 25, 20, 8)),
            "start": pen.one_of((1, 0)),
            "warm_up": pen.one_of((0, 0, 3.5)),
            "bucket": pen.one_of((1, 2.5)),
        },
        "measures": plan.pen.model(Measures),
        "products": plan.goods,
        "nodes": plan.nodes,
        "lanes": plan.lanes,
    }
    if plan.money:
        mapping["money"] = plan.pen.model(Money)
    if plan.plain or pen.pick(5) > 1:
        mapping["disruptions"] = blows(plan)
    _in_whole_units(mapping)
    return mended(plan, mapping)


def _products(plan: Plan) -> list[str]:
    kept = {product for node in plan.nodes.values() for product in node.get("stock", {})}
    return sorted(kept | set(plan.products))


def _product(plan: Plan, name: str) -> dict[str, Any]:
    found = replace(plan.pen, without=frozenset({"shelf_life"}) if plan.plain else frozenset()).model(Product)
    if plan.pen.pick(6):
        found |= {"weight": plan.pen.one_of((1, 2.5)), "volume": plan.pen.one_of((1, 0.5))}
    if plan.money:
        found.setdefault("standard_cost", plan.pen.one_of((3, 1)))
    return found


def _places(plan: Plan) -> None:
    """Draw the nodes: one or two suppliers, a root that may be a factory or a cross-dock, and others below it."""
    pen = plan.pen
    plan.nodes["s"] = {"kind": "supplier"}
    if pen.pick(3):
        plan.nodes["t"] = {"kind": "supplier"}
    for number in range(pen.one_of((3, 2, 4, 1))):
        node: dict[str, Any] = {"kind": pen.one_of(("warehouse", "retailer", "distributor")), "stock": {}}
        if number == 0 and pen.pick(10) >= 6:
            parts = pen.one_of(({"c": 1}, {"c": 2, "d": 0.5}, {}))
            node = {"kind": "factory", "stock": {}, "make": {"p": {"components": parts} if parts else {}}}
            node["stock"] = {part: {} for part in parts}
        node["stock"] |= {product: {} for product in plan.products}
        plan.nodes[f"n{number}"] = node


def _link(plan: Plan, origin: str, destination: str, products: list[str], **more: Any) -> None:
    taken = {
        product
        for lane in plan.lanes
        if (lane["from"], lane["to"]) == (origin, destination)
        for product in lane["products"]
    }
    products = [product for product in products if product not in taken]
    if products:
        plan.lanes.append(plan.remember({"from": origin, "to": destination, "products": products} | more))


def _ways(plan: Plan) -> None:
    """Draw the lanes: a tree, and for some stocks a second source."""
    pen, inner = plan.pen, inner_nodes(plan)
    suppliers = [name for name in plan.nodes if name not in inner]
    for number, name in enumerate(inner):
        node = plan.nodes[name]
        bought = [product for product in node["stock"] if product not in node.get("make", {})]
        parent = suppliers[0] if number == 0 else inner[pen.pick(number)]
        _link(plan, parent, name, bought)
        above = [each for each in (*suppliers, *inner[:number]) if each != parent]
        if above and pen.pick(2) and bought:
            other = above[pen.pick(len(above))]
            kept = plan.nodes[other].get("stock", bought)
            _link(plan, other, name, [product for product in bought if product in kept][: 1 + pen.pick(2)])
    for name in inner:
        feeds = any(lane["from"] == name for lane in plan.lanes)
        if not feeds or pen.pick(3) == 2:
            plan.nodes[name]["demand"] = {product: [] for product in plan.products[: 1 + pen.pick(2)]}
        elif plan.nodes[name]["kind"] == "warehouse" and pen.pick(3) == 2:
            plan.nodes[name]["cross_dock"] = pen.model(CrossDock)


def _peers(plan: Plan) -> None:
    """Draw lanes between peers, and lanes for returns."""
    pen, inner = plan.pen, [name for name in inner_nodes(plan) if "make" not in plan.nodes[name]]
    for one in inner:
        for other in inner:
            if one != other and pen.pick(8) == 7:
                _link(plan, one, other, list(plan.products[:1]), lateral=True)


def _sources(plan: Plan, name: str, product: str) -> list[str]:
    return sorted(
        lane["from"]
        for lane in plan.lanes
        if lane["to"] == name and product in lane["products"] and not lane.get("lateral")
    )


def _furnish(plan: Plan, name: str, node: dict[str, Any]) -> None:
    """Add to a node what the schema knows of nodes of its kind."""
    plan.remember(node)
    supplies = node["kind"] == "supplier"
    others = SKELETON[Node] | (set() if supplies else ONLY_SUPPLIERS)
    if not any("shelf_life" in product for product in plan.goods.values()):
        others |= {"remaining_life"}
    pen = pen_without(plan, others)
    node |= {key: value for key, value in pen.model(Node, node).items() if key not in node}
    if supplies:
        return
    if plan.money and pen.pick(2):
        node["finance"] = pen_without(plan, set()).model(Finance, {}, least=1)
    for product in node.get("make", {}):
        node["make"][product] = pen_without(plan, OF_STAGES).model(Make, plan.remember(node["make"][product]))
        if pen.pick(3):
            works(plan, node, product)
    for product in node["stock"]:
        _stock(plan, name, node, product)
    for product, demands in node.get("demand", {}).items():
        demands += [_demand(plan, name, node, product) for _ in range(1 + pen.pick(2))]
        if plan.money and pen.pick(3):
            node.setdefault("sales", {})[product] = pen_without(plan, set()).model(Sale)


def _stock(plan: Plan, name: str, node: dict[str, Any], product: str) -> None:
    pen, sources = plan.pen, _sources(plan, name, product)
    bare: dict[str, Any] = {} if "cross_dock" in node else {"policy": dict(SIMPLEST_POLICY)}
    if len(sources) > 1:
        bare["sourcing"] = {"kind": "cheapest"}
    unfit = {"sourcing", "initial", "policy"}
    if "shelf_life" not in plan.goods[product]:
        unfit |= {"issuing", "initial_age"}
    if len(sources) > 1:
        unfit |= {"initial_pipeline", "buy_ahead"}
    found = plan.remember(dict(bare))
    if "cross_dock" not in node:
        found["initial"] = pen.one_of((10, 0, 25, -4))
    named = replace(pen_without(plan, unfit), names=names_of(plan, suppliers=tuple(sources)))
    if "policy" in found:
        must = (name, product) in plan.forecasting
        found["policy"] = one_kind(named, POLICIES, with_key="forecast" if must or pen.pick(10) > 2 else "")
        if not must and pen.pick(6) == 5:
            found["policy"] = one_kind(named, POLICIES, with_key="position")
        if len(sources) == 1 and not must and pen.pick(7) == 6:
            found["policy"] = one_kind(named, POLICIES, decided_by_supplier=True)
        if "forecast" in found["policy"] and product not in node.get("demand", {}) and not pen.pick(2):
            below = {lane["to"] for lane in plan.lanes if lane["from"] == name and product in lane["products"]}
            made = any(product in make.get("components", ()) for make in node.get("make", {}).values())
            if below and not made:
                found["policy"]["forecast"] = {"kind": "customer_forecast"}
                plan.forecasting |= {(each, product) for each in below}
        if "stages" in node.get("make", {}).get(product, ()):
            found["policy"].pop("allow_negative", None)
    if "sourcing" in found:
        found["sourcing"] = one_kind(named, SOURCINGS)
    found |= named.model(Stock, found)
    node["stock"][product] = found


def _demand(plan: Plan, name: str, node: dict[str, Any], product: str) -> dict[str, Any]:
    others = tuple(each for each in node["stock"] if each != product)
    places = [each for each in inner_nodes(plan) if product in plan.nodes[each]["stock"]]
    names = names_of(plan, products=others, nodes=tuple(places))
    lasts = "shelf_life" not in plan.goods[product]
    unfit = {"minimum_life"} if lasts else {"ship", "substitutes"}
    pen = replace(plan.pen, names=names, without=frozenset(unfit if others else unfit | {"substitutes"}))
    found = one_kind(pen, DEMANDS)
    if not lasts and "returns" in found:
        found["returns"]["restock"] = 0
    plan.bare[id(found)] = {"kind": "poisson", "mean": 4}
    back = found.get("returns")
    if back and back.get("to") in places and back["to"] != name and pen.pick(2):
        _link(plan, name, back["to"], [product], returns=True)
    return found


def _equip(plan: Plan, lane: dict[str, Any]) -> None:
    """Add to a lane what the schema knows of lanes."""
    sender = plan.nodes[lane["from"]]
    unfit = SKELETON[Lane] | {"return_time", "keep"}
    if sender["kind"] == "supplier":
        unfit |= {"priority", "ship", "cancel_after"}
    if not any("shelf_life" in plan.goods[product] for product in lane["products"]):
        unfit |= {"minimum_life"}
    if lane.get("lateral"):
        unfit = (unfit | NOT_BETWEEN_PEERS) - {"keep"}
    if plan.plain:
        unfit |= {"modes", "dispatch", "cancel_after"}
    pen = pen_without(plan, unfit)
    if lane.get("returns"):
        pen = replace(pen, without=frozenset({"share", "messages", "modes"} | set(pen.without)), most=1)
    if plan.money and pen.pick(3) and not (lane.get("returns") or lane.get("lateral")):
        lane["price"] = pen.value(keys(Lane)["price"].shapes, "price", Lane)
    if "price" not in lane:
        pen = replace(pen, without=pen.without | OF_MONEY)
    found = pen.model(Lane, lane)
    if not found.get("lead_time") and pen.pick(3) and not found.get("modes"):
        found["lead_time"] = pen.one_of((1, 2, 0.5))
    if modes := found.get("modes"):
        for key in OF_A_MODE:
            found.pop(key, None)
        if len(modes) > 1:
            found.setdefault("mode_choice", one_kind(pen, MODE_CHOICES))
        found["distance"] = 3
    if len(found.get("modes", ())) < 2:
        found.pop("mode_choice", None)
    if not (modes or plan.plain) and sender["kind"] != "supplier" and pen.pick(8) == 7:
        found["fleet"] = "van"
    lane |= found
    for key in set(lane) - set(found):
        del lane[key]


def _fleets(plan: Plan) -> None:
    """Give nodes the fleets that their lanes name."""
    for lane in plan.lanes:
        for said in (lane, *lane.get("modes", {}).values()):
            if fleet := said.get("fleet"):
                node = plan.nodes[lane["from"]]
                without = {"cost"} if node["kind"] == "supplier" else set()
                node.setdefault("fleets", {}).setdefault(fleet, pen_without(plan, without).model(Fleet))


def _in_whole_units(mapping: dict[str, Any]) -> None:
    """Ask for whole units only, of a product that cannot be divided."""
    for node in mapping["nodes"].values():
        for product, demands in node.get("demand", {}).items():
            if mapping["products"][product].get("whole_units"):
                for demand in demands:
                    if "rounding" in DEMANDS.kinds()[demand["kind"]].model_fields:
                        demand["rounding"] = "half_up"
