"""Fine points of one instant that are easy to get wrong: minimal scenarios, for the engine and the recursion alike."""

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from comparison import engine_rows
from recursion import run


def stock(kind: str, review: str = "after_demand", initial: float = 0, **parameters: Any) -> dict[str, Any]:
    """Return a stock of the only product, reviewed every period."""
    timing = {"interval": 1, "offset": 0, "timing": review}
    return {"item": {"initial": initial, "review": timing, "policy": {"kind": kind, **parameters}}}


def demand(unmet: str) -> dict[str, Any]:
    """Return a demand of one unit a period."""
    return {"item": [{"kind": "replay", "values": [1], "unmet": unmet}]}


def lane(seller: str, buyer: str, order_delay: int) -> dict[str, Any]:
    """Return a lane on which nothing takes time but the order."""
    return {"from": seller, "to": buyer, "products": ["item"], "order_delay": order_delay, "lead_time": 0}


def scenario(horizon: int, nodes: dict[str, Any], lanes: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a scenario of one product."""
    time = {"start": 0, "horizon": horizon}
    return {"scmsim": 1, "name": "small", "time": time, "products": {"item": {}}, "nodes": nodes, "lanes": lanes}


def shop(source: dict[str, Any], unmet: str) -> dict[str, Any]:
    """Return a shop that sells a unit every period and orders it, by mail, where there is always enough."""
    seller = {"kind": "retailer", "stock": stock("base_stock", level=1), "demand": demand(unmet)}
    return scenario(4, {"source": source, "shop": seller}, [lane("source", "shop", order_delay=1)])


SLOW_SUPPLIER = {"kind": "supplier", "lead_time": 2}
SUPPLIER = {"kind": "supplier", "lead_time": 0}
FULL_STORE = {"kind": "factory", "make": {"item": {}}, "stock": stock("base_stock", initial=1000, level=0)}


def test_units_a_supplier_has_not_shipped_are_not_in_transit() -> None:
    """Tests that during the time a supplier takes before it ships, units are on order but not in transit."""
    assert [row.in_transit for row in engine_rows(shop(SLOW_SUPPLIER, "backorder"))["shop", "item"]] == [0, 0, 0, 0]


def test_an_unlimited_supplier_serves_at_its_level() -> None:
    """Tests that a supplier that needs no time replies to today's mail when a store that never runs short does.

    The mail is entered and served one level above the shop, after the shop's demand that would not wait was lost.
    """
    replies = [row.lost for row in engine_rows(shop(SUPPLIER, "lost"))["shop", "item"]]
    assert replies == [row.lost for row in engine_rows(shop(FULL_STORE, "lost"))["shop", "item"]]


def depot(review: str) -> dict[str, Any]:
    """Return a depot with 10 units, of which today's mail asks 10, and a neighbour without mail delay 10 more.

    Behind a hub, which orders nothing, stands a kiosk, which orders nothing either.
    """
    nodes = {
        "depot": {"kind": "factory", "make": {"item": {}}, "stock": stock("scripted", initial=10, orders=[0])},
        "by_mail": {"kind": "warehouse", "stock": stock("scripted", orders=[10])},
        "neighbour": {"kind": "warehouse", "stock": stock("scripted", orders=[0, 10])},
        "hub": {"kind": "warehouse", "stock": stock("scripted", orders=[0])},
        "kiosk": {"kind": "retailer", "stock": stock("scripted", review, orders=[0])},
    }
    lanes = [
        lane("depot", "by_mail", 1),
        lane("depot", "neighbour", 0),
        lane("depot", "hub", 0),
        lane("hub", "kiosk", 0),
    ]
    return scenario(2, nodes, lanes)


def test_a_review_that_orders_nothing_changes_nothing_elsewhere() -> None:
    """Tests that how a depot shares 10 units does not depend on when a kiosk reviews that orders nothing of anybody."""
    usual, first = engine_rows(depot("after_demand")), engine_rows(depot("before_demand"))
    assert usual["by_mail", "item"][1].on_hand == usual["neighbour", "item"][1].on_hand == 5
    assert first == usual


def managed() -> dict[str, Any]:
    """Return a hub that its supplier keeps full of what it knows of it, and a kiosk that orders 4 by mail, once."""
    nodes = {
        "supplier": SUPPLIER,
        "hub": {"kind": "warehouse", "stock": stock("vendor_managed", initial=10, minimum=9, maximum=10)},
        "kiosk": {"kind": "retailer", "stock": stock("scripted", orders=[4])},
    }
    told = {"share": {"stock": True, "pipeline": True}}
    return scenario(3, nodes, [lane("supplier", "hub", 0) | told, lane("hub", "kiosk", 1)])


def test_a_report_of_stock_counts_the_mail_of_its_instant() -> None:
    """Tests that what a hub tells of its stock at an instant counts an order that reaches it by mail then."""
    for rows in (engine_rows(managed()), run(managed())):
        assert [row.ordered for row in rows["hub", "item"]] == [0, 4, 0]


def works() -> dict[str, Any]:
    """Return a works that sells 4 carts a period, of one part each, which is ordered in the morning for two periods."""
    parts = {"forecast": {"kind": "customer_forecast"}, "cover": 2}
    stocks = {
        "part": stock("order_up_to", "before_demand", **parts)["item"],
        "cart": stock("order_up_to", forecast={"kind": "naive"})["item"],
    }
    sold = {"cart": [{"kind": "replay", "values": [4], "unmet": "backorder"}]}
    made = {"cart": {"components": {"part": 1}}}
    nodes = {"supplier": SUPPLIER, "works": {"kind": "factory", "stock": stocks, "make": made, "demand": sold}}
    to_works = lane("supplier", "works", 1) | {"products": ["part"]}
    return scenario(2, nodes, [to_works]) | {"products": {"part": {}, "cart": {}}}


def test_a_forecast_is_that_of_the_last_review_until_the_next() -> None:
    """Tests that what parts are forecast in the morning does not take the carts' sales of that day for none."""
    for rows in (engine_rows(works()), run(works())):
        assert [row.ordered for row in rows["works", "part"]] == [0, 12]


def scarce() -> dict[str, Any]:
    """Return a supplier of 10 a period, a kiosk that orders 1 at once, and a hub that is filled every third period."""
    hub = stock("vendor_managed", initial=0, minimum=90, maximum=100)
    hub["item"]["review"]["interval"] = 3
    nodes = {
        "supplier": SUPPLIER | {"capacity": {"units": 10}},
        "hub": {"kind": "warehouse", "stock": hub},
        "a_kiosk": {"kind": "retailer", "stock": stock("scripted", orders=[1, 0, 0, 1])},
    }
    told = {"share": {"stock": True, "pipeline": True}}
    return scenario(4, nodes, [lane("supplier", "a_kiosk", 0), lane("supplier", "hub", 0) | told])


def test_who_decides_first_does_not_hang_on_how_often() -> None:
    """Tests that of two who decide at one level and instant the first by name does so, whenever they last did."""
    for rows in (engine_rows(scarce()), run(scarce())):
        assert [row.ordered for row in rows["hub", "item"]] == [9, 0, 0, 9]


def falling() -> dict[str, Any]:
    """Return a hub that orders what two kiosks tell it they expect: 20, and what follows from a demand that falls."""
    rise = {"kind": "holt", "weight": 1, "trend_weight": 1, "initial": 9}
    orders = {"stock_weight": 0, "supply_line_weight": 0, "target": 0, "forecast": {"kind": "customer_forecast"}}
    sold = {"item": [{"kind": "replay", "values": [9, 5, 0], "unmet": "lost"}]}
    kiosk = {"kind": "retailer", "stock": stock("order_up_to", initial=100, forecast=rise), "demand": sold}
    steady = stock("order_up_to", initial=100, forecast={"kind": "constant", "value": 20})
    nodes = {
        "supplier": SUPPLIER,
        "hub": {"kind": "warehouse", "stock": stock("anchor_and_adjust", **orders)},
        "kiosk": kiosk,
        "stall": {"kind": "retailer", "stock": steady},
    }
    told = [lane("hub", name, 0) | {"share": {"forecast": True}} for name in ("kiosk", "stall")]
    return scenario(3, nodes, [lane("supplier", "hub", 0), *told])


def test_a_forecast_that_is_told_is_not_below_zero() -> None:
    """Tests that of 9, 1 and -5 that a kiosk expects a hub hears 9, 1 and 0."""
    for rows in (engine_rows(falling()), run(falling())):
        assert [row.ordered for row in rows["hub", "item"]] == [29, 21, 20]


def test_the_recursion_agrees() -> None:
    """Tests that the recursion follows the same words in these cases."""
    assert [row.in_transit for row in run(shop(SLOW_SUPPLIER, "backorder"))["shop", "item"]] == [0, 0, 0, 0]
    for source in (SUPPLIER, FULL_STORE):
        assert [row.lost for row in run(shop(source, "lost"))["shop", "item"]] == [1, 1, 0, 1]
    for review in ("after_demand", "before_demand"):
        assert run(depot(review))["by_mail", "item"][1].on_hand == 5
