"""Changes of a scenario that change nothing, or everything in the same way. Each returns a new mapping."""

from copy import deepcopy
from random import Random
from typing import Any

Mapping = dict[str, Any]

OF_STOCKS = {"initial", "initial_pipeline", "first_orders"}
OF_POLICIES = {"level", "minimum", "maximum", "reorder_point", "order_quantity", "target", "safety_stock", "demand_sd"}
OF_POLICIES |= {"container", "lot_size", "orders", "minimum_order", "order_multiple"}
OF_FORECASTS = {"value", "values", "initial", "initial_size", "initial_trend", "initial_season", "mean"}
RATES = ("holding_cost", "backorder_cost")


def times(value: Any, factor: float) -> Any:
    """Return a number, or every number of a list, so many times as large."""
    return [one * factor for one in value] if isinstance(value, list) else None if value is None else value * factor


def scale(said: Mapping, names: set[str], factor: float) -> None:
    """Make the numbers of some names so many times as large."""
    for name in names & said.keys():
        said[name] = times(said[name], factor)


def more_units(scenario: Mapping, factor: float) -> Mapping:
    """Return the scenario with every quantity so many times as large: what is there, asked, aimed at, allowed."""
    found = deepcopy(scenario)
    for node in found["nodes"].values():
        scale(node, {"minimum_order", "order_multiple"}, factor)
        if "capacity" in node:
            node["capacity"]["units"] *= factor
        for demands in node.get("demand", {}).values():
            for demand in demands:
                scale(demand, {"values"}, factor)
        for stock in node.get("stock", {}).values():
            scale(stock, OF_STOCKS, factor)
            scale(stock.get("allocation", {}), {"keep"}, factor)
            scale(stock["policy"], OF_POLICIES, factor)
            scale(stock["policy"].get("forecast", {}), OF_FORECASTS, factor)
            if error := stock["policy"].get("forecast_error"):
                scale(error, {"initial"}, factor if error["measure"] == "mad" else factor**2)
    return found


def shuffled(said: Any, random: Random) -> Any:
    """Return a part of a scenario with its keys, lanes and products in another order."""
    if isinstance(said, dict):
        keys = list(said)
        random.shuffle(keys)
        found = {key: shuffled(said[key], random) for key in keys}
        for name in ("lanes", "products"):
            if isinstance(found.get(name), list):
                random.shuffle(found[name])
        return found
    return [shuffled(one, random) for one in said] if isinstance(said, list) else said


def renamed(scenario: Mapping) -> Mapping:
    """Return the scenario with another name for every node and product, in the opposite order of the alphabet."""
    names = names_of(scenario)

    def again(said: Any) -> Any:
        if isinstance(said, dict):
            return {names.get(key, key): again(value) for key, value in said.items()}
        if isinstance(said, list):
            return [again(one) for one in said]
        return names.get(said, said) if isinstance(said, str) else said

    return {**again(scenario), "name": scenario["name"]}


def names_of(scenario: Mapping) -> dict[str, str]:
    """Return the new name of every node and product: digits, in the opposite order."""
    return {name: f"{1000 - place:04d}" for place, name in enumerate([*scenario["nodes"], *scenario["products"]])}


ISLAND: Mapping = {
    "products": {"coconut": {}},
    "nodes": {
        "beach": {"kind": "supplier"},
        "hut": {
            "kind": "retailer",
            "stock": {
                "coconut": {"initial": 3, "review": {"interval": 3}, "policy": {"kind": "base_stock", "level": 9}}
            },
            "demand": {"coconut": [{"kind": "poisson", "mean": 2}]},
        },
    },
    "lanes": [
        {"from": "beach", "to": "hut", "products": ["coconut"], "lead_time": {"dist": "uniform", "low": 0, "high": 2}}
    ],
}


def with_an_island(scenario: Mapping) -> Mapping:
    """Return the scenario with a supplier and a shop that have nothing to do with the rest."""
    found = deepcopy(scenario)
    found["products"] |= deepcopy(ISLAND["products"])
    found["nodes"] |= deepcopy(ISLAND["nodes"])
    found["lanes"] = [*found.get("lanes", []), *deepcopy(ISLAND["lanes"])]
    return found


def with_a_dock(scenario: Mapping, place: int, first: int) -> Mapping:
    """Return the scenario with a cross-dock on the way of a lane, which goods reach after ``first`` periods."""
    found = deepcopy(scenario)
    lane = found["lanes"][place]
    found["nodes"]["dock"] = {"kind": "warehouse", "cross_dock": {}, "stock": {name: {} for name in lane["products"]}}
    second = {**lane, "from": "dock", "lead_time": lane["lead_time"] - first, "order_delay": 0}
    found["lanes"][place] = {**lane, "to": "dock", "lead_time": first}
    found["lanes"].append({key: value for key, value in second.items() if key not in ("priority", "crossing")})
    return found


def by_day(scenario: Mapping) -> Mapping:
    """Return a scenario told in weeks as told in days: times are seven times as long, rates a seventh."""
    found = deepcopy(scenario)
    scale(found["time"], {"start", "horizon"}, 7)
    for node in found["nodes"].values():
        scale(node, {"lead_time"}, 7)
        if "capacity" in node:
            node["capacity"]["period"] = 7 * node["capacity"].get("period", 1)
        for make in node.get("make", {}).values():
            scale(make, {"lead_time"}, 7)
        for demands in node.get("demand", {}).values():
            for demand in demands:
                scale(demand, {"interval", "offset"}, 7)
        for stock in node.get("stock", {}).values():
            scale(stock, set(RATES), 1 / 7)
            scale(stock["review"], {"interval", "offset"}, 7)
    for lane in found["lanes"]:
        scale(lane, {"order_delay", "lead_time"}, 7)
    return found
