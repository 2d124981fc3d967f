"""The independent recursion against published numbers and against chains worked out by hand."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from recursion import Place, Recursion, Row, run

STAGES = ("retailer", "wholesaler", "distributor", "brewery")
SERIAL = json.loads((Path(__file__).parent / "serial_chain_trace.json").read_text(encoding="utf-8"))


def beer_game(player: dict[str, Any], targets: tuple[float, ...]) -> dict[str, Any]:
    """Return the board game of Sterman (1989): 36 weeks, demand 4 and then 8, all inventories 12, all pipes 4."""

    def stock(target: float) -> dict[str, Any]:
        policy = {"kind": "anchor_and_adjust", **player, "target": target}
        return {"beer": {"initial": 12, "initial_pipeline": 4, "first_orders": [4] * 4, "policy": policy}}

    nodes: dict[str, Any] = {
        name: {"kind": "warehouse", "stock": stock(target)} for name, target in zip(STAGES, targets, strict=True)
    }
    nodes["brewery"] |= {"kind": "factory", "make": {"beer": {"lead_time": 3}}}
    nodes["retailer"]["demand"] = {"beer": [{"values": [4, 4, 4, 4, 8], "afterwards": "last"}]}
    lanes = [
        {"from": seller, "to": buyer, "products": ["beer"], "order_delay": 2, "lead_time": 2}
        for buyer, seller in zip(STAGES, STAGES[1:], strict=False)
    ]
    return {"time": {"start": 1, "horizon": 36}, "nodes": nodes, "lanes": lanes}


def cost(rows: list[Row]) -> float:
    """Return what a player pays: 0.5 a case and week on hand, 1 a case and week backordered."""
    return sum(0.5 * row.on_hand + row.backorders for row in rows)


def net_stock(rows: list[Row]) -> list[float]:
    """Return on hand minus backorders at every period's end."""
    return [row.on_hand - row.backorders for row in rows]


def test_beer_game_benchmark() -> None:
    """Tests that the benchmark players pay the published 46, 50, 54 and 54 (Sterman 1989)."""
    player = {"forecast": {"kind": "constant", "value": 4}, "stock_weight": 1, "supply_line_weight": 1}
    rows = run(beer_game(player, (28, 28, 28, 20)))
    assert [cost(rows[stage, "beer"]) for stage in STAGES] == [46, 50, 54, 54]
    assert [row.ordered for row in rows["retailer", "beer"]][:7] == [4, 4, 4, 4, 12, 8, 8]
    assert net_stock(rows["retailer", "beer"])[4:12] == [8, 4, 0, -4, 0, 0, 0, -4]


def test_beer_game_of_the_mean_player() -> None:
    """Tests that players with Sterman's mean estimated parameters pay 280.268, 627.408, 885.627 and 686.175.

    Source: an independent recursion of the same game, with the parameters of Sterman (1989).
    """
    forecast = {"kind": "exponential_smoothing", "weight": 0.36, "initial": 4}
    rows = run(beer_game({"forecast": forecast, "stock_weight": 0.26, "supply_line_weight": 0.34}, (17,) * 4))
    costs = [cost(rows[stage, "beer"]) for stage in STAGES]
    assert costs == pytest.approx([280.268006, 627.408023, 885.626685, 686.174914], abs=1e-5)


def serial_chain() -> dict[str, Any]:
    """Return the three-stage chain of the trace, with base stocks, from a supplier that never runs short."""
    names = ("stage_1", "stage_2", "stage_3")
    nodes: dict[str, Any] = {
        name: {"kind": "warehouse", "stock": {"item": {"initial": level, "policy": base_stock(level)}}}
        for name, level in zip(names, SERIAL["base_stock"], strict=True)
    }
    nodes["stage_1"]["demand"] = {"item": [{"values": SERIAL["demand"]}]}
    nodes["supplier"] = {"kind": "supplier"}
    lanes = [
        {"from": seller, "to": buyer, "products": ["item"], "lead_time": lead_time}
        for seller, buyer, lead_time in zip((*names[1:], "supplier"), names, SERIAL["lead_time"], strict=True)
    ]
    return {"time": {"start": 0, "horizon": 24}, "nodes": nodes, "lanes": lanes}


def base_stock(level: float) -> dict[str, Any]:
    """Return a base-stock policy."""
    return {"kind": "base_stock", "level": level}


def test_serial_chain_period_by_period() -> None:
    """Tests net stock and cost of all 24 periods of a deterministic three-stage chain against a published simulator."""
    rows = run(serial_chain())
    stages = [rows[f"stage_{number}", "item"] for number in (1, 2, 3)]
    assert [net_stock(stage) for stage in stages] == SERIAL["net_stock"]
    costs = [0.0] * 24
    # What is on its way costs what it costs to hold where it came from; the supplier's share is nobody's.
    for stage, rate, rate_on_the_way in zip(
        stages, SERIAL["holding_cost"], (*SERIAL["holding_cost"][1:], 0), strict=True
    ):
        for period, row in enumerate(stage):
            costs[period] += rate * row.on_hand + rate_on_the_way * row.in_transit
    costs = [units + SERIAL["backorder_cost"] * row.backorders for units, row in zip(costs, stages[0], strict=True)]
    assert costs == pytest.approx(SERIAL["cost"], abs=1e-9)
    assert sum(costs) == pytest.approx(SERIAL["total_cost"], abs=1e-9)


def test_order_first_loses_a_period_on_the_last_lane() -> None:
    """Tests that reviews before demand hold as much where the lane that faces demand is a period shorter."""
    after = serial_chain()
    before = serial_chain()
    before["lanes"][0]["lead_time"] -= 1
    for number in (1, 2, 3):
        before["nodes"][f"stage_{number}"]["stock"]["item"]["review"] = {"timing": "before_demand"}
    left, right = run(after), run(before)
    assert net_stock(left["stage_1", "item"]) == net_stock(right["stage_1", "item"])


def one_stock(horizon: int, **said: Any) -> dict[str, Any]:
    """Return a scenario of one stock that is replenished by making it, without components."""
    node = {"kind": "factory", "make": {"item": {"lead_time": said.pop("lead_time", 0)}}}
    node["demand"] = {"item": said.pop("demand", [{"values": [1]}])}
    node["stock"] = {"item": {"policy": {"kind": "scripted", "orders": [0]}, **said}}
    return {"time": {"start": 0, "horizon": horizon}, "nodes": {"here": node}, "lanes": []}


def only(rows: dict[Place, list[Row]]) -> list[Row]:
    """Return the rows of the only stock."""
    (found,) = rows.values()
    return found


def test_customers_of_one_instant_share_pro_rata() -> None:
    """Tests that 6 units on hand give 4 and 2 to demands of 8 and 4, and that only what would not wait is lost."""
    demand = [{"values": [8, 0]}, {"values": [4, 0], "unmet": "lost"}]
    first, second = only(run(one_stock(2, initial=6, demand=demand)))
    assert first == Row(0, 4, 0, 0, 0, 12, 6, 2)
    assert second == Row(0, 4, 0, 0, 0, 0, 0, 0)


def test_first_come_first_served() -> None:
    """Tests that a unit goes to the demand of an earlier instant, even when today's is larger."""
    periods = only(run(one_stock(3, demand=[{"values": [2, 9], "afterwards": "zero"}], policy=scripted(0, 3, 0))))
    assert [row.backorders for row in periods] == [2, 8, 8]
    assert [row.served for row in periods] == [0, 1, 0]


def scripted(*orders: float) -> dict[str, Any]:
    """Return a policy that orders what is listed."""
    return {"kind": "scripted", "orders": list(orders)}


def test_negative_initial_stock_is_served_first() -> None:
    """Tests that what is owed at the start is paid from the first receipt, and is nobody's demand."""
    periods = only(run(one_stock(2, initial=-3, demand=[{"values": [0, 2]}], policy=scripted(0, 4))))
    assert periods[0] == Row(0, 3, 0, 0, 0, 0, 0, 0)
    assert periods[1] == Row(0, 1, 0, 0, 4, 2, 1, 0)


def test_a_full_pipeline_delivers_every_period() -> None:
    """Tests that a pipeline of 4 over a lead time of 3 is 12 on order, of which 4 are received in each period."""
    periods = only(run(one_stock(4, lead_time=3, initial_pipeline=4, demand=[{"values": [0]}])))
    assert [(row.on_hand, row.on_order, row.in_transit) for row in periods] == [
        (4, 8, 8),
        (8, 4, 4),
        (12, 0, 0),
        (12, 0, 0),
    ]


def assembly() -> dict[str, Any]:
    """Return a factory that needs one wheel and two bolts a piece, with bolts for 3 of the 5 pieces it orders."""
    node = {
        "kind": "factory",
        "make": {
            "cart": {"lead_time": 1, "components": {"wheel": 1, "bolt": 2}},
            "wheel": {},
            "bolt": {"lead_time": 2},
        },
        "stock": {
            "cart": {"policy": scripted(5)},
            "wheel": {"initial": 5, "policy": scripted(0)},
            "bolt": {"initial": 6, "policy": scripted(9)},
        },
    }
    return {"time": {"start": 0, "horizon": 5}, "nodes": {"shop": node}, "lanes": []}


def test_production_starts_with_complete_kits() -> None:
    """Tests that 3 carts start at once, 2 when the bolts arrive, and that the wheels meanwhile lie on hand, owed."""
    recursion = Recursion(assembly())
    rows = recursion.run()
    assert [row.in_transit for row in rows["shop", "cart"]] == [3, 0, 2, 0, 0]
    assert [row.on_hand for row in rows["shop", "cart"]] == [0, 3, 3, 5, 5]
    assert [row.on_order for row in rows["shop", "cart"]] == [5, 2, 2, 0, 0]
    assert [(row.on_hand, row.backorders) for row in rows["shop", "wheel"]] == [(2, 2), (2, 2), (0, 0), (0, 0), (0, 0)]
    assert [(row.on_hand, row.backorders) for row in rows["shop", "bolt"]] == [(0, 4), (0, 4), (5, 0), (5, 0), (5, 0)]
    assert recursion.held_up == 2


def test_two_products_share_a_component_pro_rata() -> None:
    """Tests that orders of 6 and 3 pieces placed together share 6 units of a component as 4 and 2."""
    node = {
        "kind": "factory",
        "make": {"a": {"components": {"part": 1}}, "b": {"components": {"part": 1}}, "part": {}},
        "stock": {
            "a": {"policy": scripted(6)},
            "b": {"policy": scripted(3)},
            "part": {"initial": 6, "policy": scripted(0)},
        },
    }
    rows = run({"time": {"start": 0, "horizon": 1}, "nodes": {"shop": node}, "lanes": []})
    assert (rows["shop", "a"][0].on_hand, rows["shop", "b"][0].on_hand) == (4, 2)


def test_zero_delays_reach_the_customer_at_once() -> None:
    """Tests that without delays demand is served in its own period, after every stock above has ordered in turn."""
    chain = serial_chain()
    for lane in chain["lanes"]:
        lane["lead_time"] = 0
    for number in (1, 2, 3):
        chain["nodes"][f"stage_{number}"]["stock"]["item"] = {"initial": 0, "policy": base_stock(0)}
    rows = run(chain)["stage_1", "item"]
    assert [row.served for row in rows] == SERIAL["demand"]


def test_demand_that_does_not_wait_is_lost_before_the_reply_comes() -> None:
    """Tests that demand that would not wait is lost when its stock serves, although a replenishment takes no time."""
    chain = one_stock(1, demand=[{"values": [3], "unmet": "lost"}], policy=base_stock(5))
    assert only(run(chain)) == [Row(5, 0, 0, 0, 5, 3, 0, 3)]
