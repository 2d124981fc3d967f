"""Random scenarios that mix everything: a network drawn by hand, and on it whatever the schema knows.

Small parts, each of which may stand where it does, seldom make a whole that may be run. What the validator then names
is taken out again, in the same way for the same draw, until it is content.
"""

import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from hypothesis import reject
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))

from from_schema import Names, Pen, keys, kinds, pens

import scmsim as sc
from scmsim.errors import Problem, ScenarioError
from scmsim.scenario.catalogue import DEMANDS, MODE_CHOICES, OCCURRENCES, POLICIES, SOURCINGS
from scmsim.scenario.schema import Measures, Product
from scmsim.scenario.schema_disruption import Disruption
from scmsim.scenario.schema_money import Finance, Money, Sale
from scmsim.scenario.schema_network import CrossDock, Lane, Make, Node, Stock
from scmsim.scenario.schema_production import Resource, Stage
from scmsim.scenario.schema_transport import Fleet

SKELETON = {
    Node: {"kind", "stock", "demand", "make", "supplies", "sales", "fleets", "finance", "cross_dock", "resources"},
    Lane: {"from", "to", "products", "returns", "lateral", "fleet"},
}
"""Keys that the network decides about."""
ONLY_SUPPLIERS = {"lead_time", "capacity", "minimum_order", "order_multiple", "yield", "remaining_life"}
OF_MONEY = frozenset({"price", "prices", "promotions", "terms", "credit_limit", "duty", "buy_ahead"})
OF_STAGES = frozenset({"stages", "batch", "promise"})
NOT_BETWEEN_PEERS = {"modes", "dispatch", "share", "priority", "ship", "cancel_after", "order_delay", "holding_cost"}
OF_A_MODE = ("lead_time", "unit_cost", "shipment_cost", "fleet", "return_time")
_NAMES = [f"n{number}" for number in range(9)]
SIMPLEST_POLICY = {"kind": "base_stock", "level": 12}
NEEDED = {"nodes", "lanes", "products", "stock", "demand", "policy", "kind", "make", "sourcing", *"stpqcd", *_NAMES}
ROUNDS = 12
"""So often is a scenario mended."""

wasted: Counter[str] = Counter()
"""How many scenarios were drawn, how many of them could not be mended, and how many findings there were."""


@dataclass
class Plan:
    """A scenario in the making: its mapping, and what each of its parts was before anything was added to it.

    A ``plain`` one has nothing that keeps its nodes and lanes from being struck.
    """

    pen: Pen
    money: bool
    products: tuple[str, ...]
    nodes: dict[str, dict[str, Any]] = field(default_factory=dict)
    forecasting: set[tuple[str, str]] = field(default_factory=set)
    goods: dict[str, dict[str, Any]] = field(default_factory=dict)
    lanes: list[dict[str, Any]] = field(default_factory=list)
    bare: dict[int, dict[str, Any]] = field(default_factory=dict)
    plain: bool = False

    def remember(self, part: dict[str, Any]) -> dict[str, Any]:
        """Keep what a part is before anything is added."""
        self.bare[id(part)] = dict(part)
        return part


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
        mapping["disruptions"] = _blows(plan)
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


def _inner(plan: Plan) -> list[str]:
    return [name for name, node in plan.nodes.items() if node["kind"] != "supplier"]


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
    pen, inner = plan.pen, _inner(plan)
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
    pen, inner = plan.pen, [name for name in _inner(plan) if "make" not in plan.nodes[name]]
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
    pen = _with(plan, others)
    node |= {key: value for key, value in pen.model(Node, node).items() if key not in node}
    if supplies:
        return
    if plan.money and pen.pick(2):
        node["finance"] = _with(plan, set()).model(Finance, {}, least=1)
    for product in node.get("make", {}):
        node["make"][product] = _with(plan, OF_STAGES).model(Make, plan.remember(node["make"][product]))
        if pen.pick(3):
            _works(plan, node, product)
    for product in node["stock"]:
        _stock(plan, name, node, product)
    for product, demands in node.get("demand", {}).items():
        demands += [_demand(plan, name, node, product) for _ in range(1 + pen.pick(2))]
        if plan.money and pen.pick(3):
            node.setdefault("sales", {})[product] = _with(plan, set()).model(Sale)


def _works(plan: Plan, node: dict[str, Any], product: str) -> None:
    """Let a factory make a product in one to three stages on machines."""
    pen, made = _with(plan, set()), node["make"][product]
    for one in (product, *made.get("components", ())):
        if one in plan.goods:
            plan.goods[one].pop("shelf_life", None)
    stages = [f"s{number}" for number in range(pen.one_of((2, 1, 3)))]
    if not plan.goods[product].get("whole_units"):
        pen = replace(pen, without=pen.without | {"rework"})
    first = replace(pen, without=pen.without | {"buffer"})
    made["stages"] = [
        replace(pen if number else first, names=_names(plan, nodes=tuple(stages[: number + 1]))).model(
            Stage, {"name": name, "resource": f"r{number}"}
        )
        for number, name in enumerate(stages)
    ]
    for stage in made["stages"]:
        for part, key in ((stage, "scrap"), (stage.get("rework", {}), "share")):
            if isinstance(part.get(key), dict) or (key == "share" and part.get(key) == 1):
                part[key] = {"dist": "uniform", "low": 0, "high": 0.5}
    node["resources"] = {f"r{number}": pen.model(Resource) for number in range(len(stages))}
    for said in node["resources"].values():
        if "overtime" in said:
            said.setdefault("calendar", {"period": 1, "open": [[0.25, 0.75]]})
        said.pop("setups", None)
    made |= {"batch": pen.one_of((3, 1))} if pen.pick(2) else {}
    made |= {"promise": "queue"} if pen.pick(3) == 2 else {}


def _blows(plan: Plan) -> dict[str, Any]:
    """Draw what goes wrong: one or two things, the second of which the first may set off."""
    pen, found = plan.pen, dict[str, Any]()
    lanes = [lane for lane in plan.lanes if not (lane.get("returns") or lane.get("lateral"))]
    ways = tuple(f"{lane['from']} -> {lane['to']}" for lane in lanes)
    lasting = {name for name, product in plan.goods.items() if "shelf_life" not in product}
    hard = [lane for lane in lanes if {"modes", "dispatch", "fleet", "cancel_after"} & lane.keys()]
    hard += [lane for lane in lanes if not lasting.issuperset(lane["products"])]
    simple = [way for lane, way in zip(lanes, ways, strict=True) if lane not in hard]
    avoided = {end for lane in hard for end in (lane["from"], lane["to"])}
    fit = [name for name in plan.nodes if name not in avoided]
    modes = [(way, tuple(lane["modes"])) for lane, way in zip(lanes, ways, strict=True) if lane.get("modes")]
    machines = [f"{name}/{one}" for name, node in plan.nodes.items() for one in node.get("resources", ())]
    limited = [name for name, node in plan.nodes.items() if "capacity" in node]
    facing = [name for name, node in plan.nodes.items() if "demand" in node]
    priced = [way for lane, way in zip(lanes, ways, strict=True) if "price" in lane]
    names = _names(plan, disruptions=("d0",))
    for number in range(1 + pen.pick(2)):
        if modes:
            way, some = pen.one_of(modes)
            names = names._replace(lanes=(way,), modes=some)
        targets = {"node": fit, "lane": simple, "resource": machines, "capacity": limited}
        targets |= {"demand": facing, "price": priced} if not plan.plain else {}
        possible = [key for key, known in targets.items() if known]
        if not possible:
            break
        what = pen.one_of(possible)
        own = [(kind, model) for kind, model in kinds(OCCURRENCES) if (kind == "triggered") is (number > 0)]
        kind, model = pen.one_of(own)
        when = {"kind": kind} | replace(pen, names=names).model(model)
        unfit = {"of", "when"} | (set() if what in ("node", "lane") else {"stops", "destroys", "reactions"})
        unfit |= {"remaining"} if what in ("node", "lane", "resource") else set()
        of = pen.one_of(targets[what])
        base: dict[str, Any] = {"of": {what: of}, "when": when}
        if what == "node" and plan.nodes[of]["kind"] != "supplier" and pen.pick(2):
            base["destroys"] = {"stock": pen.one_of((0.5, 1, 0.1))}
        found[f"d{number}"] = replace(pen, names=names, without=frozenset(unfit)).model(Disruption, base)
    return found


def _with(plan: Plan, without: set[str] | frozenset[str]) -> Pen:
    left_out = frozenset(without) | (frozenset() if plan.money else OF_MONEY)
    return replace(plan.pen, without=left_out)


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
    named = replace(_with(plan, unfit), names=_names(plan, suppliers=tuple(sources)))
    if "policy" in found:
        must = (name, product) in plan.forecasting
        found["policy"] = _of(named, POLICIES, with_key="forecast" if must or pen.pick(10) > 2 else "")
        if not must and pen.pick(6) == 5:
            found["policy"] = _of(named, POLICIES, with_key="position")
        if len(sources) == 1 and not must and pen.pick(7) == 6:
            found["policy"] = _of(named, POLICIES, decided_by_supplier=True)
        if "forecast" in found["policy"] and product not in node.get("demand", {}) and not pen.pick(2):
            below = {lane["to"] for lane in plan.lanes if lane["from"] == name and product in lane["products"]}
            made = any(product in make.get("components", ()) for make in node.get("make", {}).values())
            if below and not made:
                found["policy"]["forecast"] = {"kind": "customer_forecast"}
                plan.forecasting |= {(each, product) for each in below}
        if "stages" in node.get("make", {}).get(product, ()):
            found["policy"].pop("allow_negative", None)
    if "sourcing" in found:
        found["sourcing"] = _of(named, SOURCINGS)
    found |= named.model(Stock, found)
    node["stock"][product] = found


def _names(plan: Plan, **others: tuple[str, ...]) -> Names:
    """Return the names of a scenario, some of which are others."""
    return Names(products=plan.products, nodes=tuple(_inner(plan)))._replace(**others)


def _of(pen: Pen, family: Any, with_key: str = "", **attributes: object) -> dict[str, Any]:
    """Return a kind of a family; one that has a key, or attributes of its class, where these are given."""
    some = [(kind, model) for kind, model in kinds(family) if not with_key or with_key in model.model_fields]
    for name, value in attributes.items():
        some = [(kind, model) for kind, model in some if getattr(model, name, None) == value]
    kind, model = pen.one_of(some)
    return {family.tag: kind} | pen.model(model)


def _demand(plan: Plan, name: str, node: dict[str, Any], product: str) -> dict[str, Any]:
    others = tuple(each for each in node["stock"] if each != product)
    places = [each for each in _inner(plan) if product in plan.nodes[each]["stock"]]
    names = _names(plan, products=others, nodes=tuple(places))
    lasts = "shelf_life" not in plan.goods[product]
    unfit = {"minimum_life"} if lasts else {"ship", "substitutes"}
    pen = replace(plan.pen, names=names, without=frozenset(unfit if others else unfit | {"substitutes"}))
    found = _of(pen, DEMANDS)
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
    pen = _with(plan, unfit)
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
            found.setdefault("mode_choice", _of(pen, MODE_CHOICES))
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
                node.setdefault("fleets", {}).setdefault(fleet, _with(plan, without).model(Fleet))


def _in_whole_units(mapping: dict[str, Any]) -> None:
    """Ask for whole units only, of a product that cannot be divided."""
    for node in mapping["nodes"].values():
        for product, demands in node.get("demand", {}).items():
            if mapping["products"][product].get("whole_units"):
                for demand in demands:
                    if "rounding" in DEMANDS.kinds()[demand["kind"]].model_fields:
                        demand["rounding"] = "half_up"


def mended(plan: Plan, mapping: dict[str, Any]) -> sc.Scenario:
    """Take out what the validator names, until the scenario is valid."""
    for attempt in range(ROUNDS):
        try:
            return sc.from_dict(mapping)
        except ScenarioError as error:
            for problem in error.problems:
                mend(plan, mapping, problem, thorough=attempt > 3)
            mapping["lanes"][:] = [lane for lane in mapping["lanes"] if {"from", "to"} <= lane.keys()]
            _without_leftovers(mapping)
    wasted["wasted"] += 1
    return reject()


def _without_leftovers(mapping: dict[str, Any]) -> None:
    """Take away fleets and machines that nobody uses any more, and stages whose machines are gone."""
    for node in mapping["nodes"].values():
        resources, needed = node.get("resources", {}), set()
        for made in node.get("make", {}).values():
            names = {stage.get("resource") for stage in made.get("stages", ())}
            needed |= names if names <= resources.keys() else set()
            for key in OF_STAGES if not names or not names <= resources.keys() else ():
                made.pop(key, None)
        for name in resources.keys() - needed:
            del resources[name]
    ways = [(lane["from"], said) for lane in mapping["lanes"] for said in (lane, *lane.get("modes", {}).values())]
    used = {(sender, said.get("fleet")) for sender, said in ways}
    for name, node in mapping["nodes"].items():
        for fleet in [fleet for fleet in node.get("fleets", {}) if (name, fleet) not in used]:
            del node["fleets"][fleet]


def mend(plan: Plan, mapping: dict[str, Any], problem: Problem, *, thorough: bool) -> None:
    """Take out what a problem names: what its words quote, or else what stands there; or else begin anew there.

    What lacks something gets it, as long as that is not refused in its turn.
    """
    wasted["findings"] += 1
    path = [int(step) if step.isdigit() else step for step in problem.path.split(".")]
    if path[0] == "disruptions" and (len(path) < 3 or path[2] in ("of", "when")):
        mapping["disruptions"].pop(path[1], None)
        return
    quoted = set(re.findall(r"`(\w+)`?", problem.found))
    if thorough:
        quoted |= set(re.findall(r"`(\w+)`?", problem.expected))
    if path[-1] == "policy" and problem.found.endswith("without a policy"):
        mapping["nodes"][path[1]].setdefault("stock", {}).setdefault(path[3], {})["policy"] = dict(SIMPLEST_POLICY)
    elif needs := re.search(r"`share: .* for the policy of (\w+) at (\w+)", problem.expected):
        if thorough:
            mapping["nodes"][needs[2]]["stock"][needs[1]]["policy"] = dict(SIMPLEST_POLICY)
        else:
            mapping["lanes"][path[1]].setdefault("share", {})[path[3]] = True
    else:
        way = list(_way(mapping, path))
        here = mapping if thorough else way[-1][2]
        if not _take_quoted(here, quoted):
            _take_last(plan, way)


def _take_last(plan: Plan, way: list[tuple[Any, Any, Any]]) -> None:
    """Take out the last part of a way that need not be there, or make it what it was before anything was added."""
    for parent, key, part in reversed(way[1:]):
        bare = plan.bare.get(id(part))
        if bare is not None and (part != bare or not (bare.get("returns") or bare.get("lateral"))):
            part.clear()
            part.update(bare)
            return
        if bare is not None:
            part.clear()
            return
        if isinstance(parent, dict) and key not in plan.bare.get(id(parent), {}) and key not in NEEDED:
            del parent[key]
            return
    for part in way[-1][2] if isinstance(way[-1][2], list) else ():
        part.clear()
        part.update(plan.bare[id(part)])


def _way(mapping: Any, path: list[Any]) -> Iterator[tuple[Any, Any, Any]]:
    """Yield what stands on the way along a path, with what holds it and its key there."""
    here: Any = mapping
    yield None, None, here
    for step in path:
        if isinstance(here, dict):
            below = here.get(step)
        else:
            below = here[step] if isinstance(step, int) and step < len(here) else None
        if below is None:
            return
        yield here, step, below
        here = below
        if not isinstance(here, dict | list):
            return


def _take_quoted(here: Any, quoted: set[str]) -> bool:
    """Take all keys of some names out of a part; tell whether there were any."""
    if not isinstance(here, dict | list):
        return False
    found = False
    for key in list(here) if isinstance(here, dict) else ():
        if key in quoted - NEEDED:
            del here[key]
            found = True
    for part in here.values() if isinstance(here, dict) else here:
        if isinstance(part, dict | list):
            found |= _take_quoted(part, quoted)
    return found
