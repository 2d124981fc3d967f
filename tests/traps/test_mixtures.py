"""Parts that are right by themselves and went wrong together. Every run is audited, units and money."""

import pytest

from scmsim.flows.events import CODES
from scmsim.flows.money import account

HEAD = """
scmsim: 1
name: mixture
time: {horizon: 12}
"""
BASE_STOCK = "policy: {kind: base_stock, level: 12}"


def test_substitutes_that_do_not_keep_leave_the_shelf(story):
    """Tests that customers who take milk instead of tea take it off the shelf, and only what is left expires."""
    told = story(
        HEAD
        + """
products: {tea: {}, milk: {shelf_life: 4}}
nodes:
  source: {kind: supplier}
  shop:
    kind: retailer
    stock:
      tea: {policy: {kind: scripted, orders: [0]}}
      milk: {initial: 10, policy: {kind: scripted, orders: [0]}}
    demand: {tea: {kind: replay, values: [3, 4], afterwards: zero, substitutes: [milk]}}
lanes: [source -> shop]
"""
    )
    expired = told.rows("events", "shop", "milk", kind=CODES["expired"])
    assert [(row["time"], row["quantity"]) for row in expired] == [(5, 3)]
    assert [told.at(time, "on_hand", "shop", "milk") for time in (1, 2, 5)] == [7, 3, 0]


def test_who_wants_fresh_units_gets_none_that_are_old_in_a_class_of_its_own_too(story):
    """Tests that customers of the second class who want two periods of life wait for it, as those of the first do."""
    told = story(
        HEAD
        + """
products: {milk: {shelf_life: 4}}
nodes:
  dairy: {kind: supplier}
  shop:
    kind: retailer
    stock: {milk: {initial: 9, policy: {kind: scripted, orders: [0, 0, 0, 0, 2]}}}
    demand: {milk: {kind: replay, values: [0, 0, 0, 2], afterwards: zero, minimum_life: 2, priority: 2}}
lanes: [dairy -> shop]
"""
    )
    sold = told.rows("deliveries", "shop", key="seller")
    assert [(row["time"], row["quantity"]) for row in sold] == [(5, 2)]


def test_what_is_set_aside_for_a_kit_expires_beside_rules_too(story):
    """Tests that cream set aside for cake expires where customers have classes, and that cake waits for fresh cream."""
    told = story(
        HEAD
        + """
products: {cream: {shelf_life: 2}, flour: {}, cake: {}}
nodes:
  dairy: {kind: supplier}
  bakery:
    kind: factory
    make: {cake: {components: {cream: 1, flour: 1}, priority: 2}}
    stock:
      cream: {initial: 5, policy: {kind: scripted, orders: [0, 0, 0, 0, 5]}}
      flour: {policy: {kind: scripted, orders: [0, 0, 0, 0, 5]}}
      cake: {policy: {kind: scripted, orders: [5]}}
lanes: [dairy -> bakery]
"""
    )
    expired = told.rows("events", "bakery", "cream", kind=CODES["expired"])
    assert [(row["time"], row["quantity"]) for row in expired] == [(3, 5)]
    assert told.receipts("bakery", "cake") == [(5, 5)]


def test_what_comes_back_together_is_not_parted_for_ever(story):
    """Tests that units sold to many at one instant come back at one instant, however long that takes by chance.

    Shared among all who wait, and each share sent back by itself, they would come back in ever more parts.
    """
    told = story(
        HEAD
        + """
products: {shoes: {}}
nodes:
  source: {kind: supplier}
  shop:
    kind: retailer
    stock: {shoes: {initial: -3, policy: {kind: scripted, orders: [0, 0, 6]}, allocation: {kind: proportional}}}
    demand:
      shoes: {kind: constant, value: 4, returns: {share: 0.5, delay: {dist: exponential, mean: 0.2}}}
lanes: [source -> shop]
"""
    )
    sold = {row["time"] for row in told.rows("deliveries", "shop", key="seller")}
    back = {row["time"] for row in told.rows("events", "shop", kind=CODES["returned"])}
    assert len(back) <= len(sold) < 60


def test_orders_that_a_lot_makes_dearer_are_paid_for(story):
    """Tests that a buyer does not order what it can pay for only at the price of a smaller order."""
    told = story(
        HEAD
        + """
products: {tea: {}}
nodes:
  source: {kind: supplier, order_multiple: 5}
  shop:
    kind: retailer
    stock: {tea: {policy: {kind: scripted, orders: [5, 5]}}}
    finance: {cash: 50, overdraft_limit: 0, limit_orders_to_cash: true}
lanes: [{from: source, to: shop, price: {kind: all_units, amount: 3, breaks: [{from: 5, price: 6}]}}]
"""
    )
    assert told.orders("shop") == [(1, 5)]


def test_cancelled_orders_bind_no_cash(story):
    """Tests that what has been cancelled may be ordered again, and that the audit knows."""
    told = story(
        HEAD
        + """
products: {tea: {}}
nodes:
  source: {kind: supplier}
  depot: {kind: warehouse, stock: {tea: {policy: {kind: scripted, orders: [0, 0, 0, 9]}}}}
  shop:
    kind: retailer
    stock: {tea: {policy: {kind: scripted, orders: [9, 0, 9]}}}
    finance: {cash: 50, overdraft_limit: 0, limit_orders_to_cash: true}
lanes: [source -> depot, {from: depot, to: shop, price: 5, cancel_after: 1.5}]
"""
    )
    assert told.orders("shop") == [(1, 9), (3, 9)]
    assert told.receipts("shop") == [(4, 9)]


def test_goods_of_no_worth_among_others_at_one_instant(story):
    """Tests that the audit finds the order of receipts and issues at an instant when some of them cost nothing.

    0.2 units come for nothing and go on before 21.8 come that cost 6.5 each, of which 9.8 go on.
    """
    told = story(
        HEAD
        + f"""
products: {{p: {{}}}}
nodes:
  s: {{kind: supplier}}
  dock: {{kind: warehouse, cross_dock: {{}}}}
  depot:
    kind: warehouse
    stock: {{p: {{sourcing: {{kind: base_surge, base: dock, surge: s, quantity: 0.2}}, {BASE_STOCK}}}}}
  shop:
    kind: retailer
    stock: {{p: {{sourcing: {{kind: base_surge, base: dock, surge: depot, quantity: 2}}, {BASE_STOCK}}}}}
lanes:
- s -> dock
- dock -> depot
- {{from: s, to: depot, price: 6.5, modes: {{air: {{}}, sea: {{}}}}, mode_choice: {{kind: cheapest}}}}
- depot -> shop
- dock -> shop
"""
    )
    depot, inventory = 0, account("inventory")
    lines = told.tables["ledger"][:, [2, 3, 4]]
    taken = [amount for node, code, amount in lines.tolist() if (node, code) == (depot, inventory) and amount < 0]
    assert taken == [pytest.approx(-9.8 * 6.5)]
