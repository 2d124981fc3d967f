"""Random machines of a factory, and random disruptions of what a scenario holds."""

from dataclasses import replace
from typing import Any

from from_schema import kinds
from plans import Plan, names_of, pen_without

from scmsim.scenario.catalogue import OCCURRENCES
from scmsim.scenario.schema_disruption import Disruption
from scmsim.scenario.schema_production import Resource, Stage


def works(plan: Plan, node: dict[str, Any], product: str) -> None:
    """Let a factory make a product in one to three stages on machines."""
    pen, made = pen_without(plan, set()), node["make"][product]
    for one in (product, *made.get("components", ())):
        if one in plan.goods:
            plan.goods[one].pop("shelf_life", None)
    stages = [f"s{number}" for number in range(pen.one_of((2, 1, 3)))]
    if not plan.goods[product].get("whole_units"):
        pen = replace(pen, without=pen.without | {"rework"})
    first = replace(pen, without=pen.without | {"buffer"})
    made["stages"] = [
        replace(pen if number else first, names=names_of(plan, nodes=tuple(stages[: number + 1]))).model(
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


def blows(plan: Plan) -> dict[str, Any]:
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
    names = names_of(plan, disruptions=("d0",))
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
