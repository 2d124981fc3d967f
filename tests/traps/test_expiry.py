"""Goods that do not keep: when they expire, which go first, and that none is ever forgotten."""

from math import exp, factorial
from pathlib import Path

import pytest

import scmsim as sc
from scmsim.flows.events import CODES
from scmsim.ticks import TICKS

SCENARIOS = Path(__file__).parents[2] / "scenarios" / "distribution"
BATCHES = SCENARIOS / "perishable_batches.yaml"
SHOP = """
scmsim: 1
name: shop
time: {{horizon: 12}}
products: {{milk: {{shelf_life: 3}}}}
nodes:
  dairy: {{kind: supplier, {dairy}}}
  shop:
    kind: retailer
    stock: {{milk: {{{stock}}}}}
    demand: {{milk: {{kind: replay, values: [{demand}], afterwards: zero, unmet: lost}}}}
lanes: [{{from: dairy, to: shop, lead_time: 1}}]
"""
KITS = """
scmsim: 1
name: bakery
time: {horizon: 9}
products: {cream: {shelf_life: 2}, flour: {}, cake: {}}
nodes:
  dairy: {kind: supplier, supplies: [cream]}
  mill: {kind: supplier, supplies: [flour]}
  bakery:
    kind: factory
    make: {cake: {lead_time: 1, components: {cream: 1, flour: 1}}}
    stock:
      cream: {initial: 5, policy: {kind: scripted, orders: [0, 0, 0, 0, 5]}}
      flour: {policy: {kind: scripted, orders: [5]}}
      cake: {policy: {kind: scripted, orders: [5]}}
lanes: [{from: dairy, to: bakery}, {from: mill, to: bakery, lead_time: 4}]
"""


def figure(scenario, metric):
    """Return a figure of the whole chain."""
    kpis = sc.run(scenario, seed=5, record="summary").kpis
    return float(kpis.query("metric == @metric and segment.isna() and node.isna() and product.isna()")["mean"].iloc[0])


def left_over(level, mean):
    """Return mean and standard deviation of what Poisson demand leaves of a level."""
    chances = [exp(-mean) * mean**asked / factorial(asked) for asked in range(level)]
    first, second = (sum((level - k) ** power * chance for k, chance in enumerate(chances)) for power in (1, 2))
    return first, (second - first**2) ** 0.5


def shop(demand, stock, dairy="lead_time: 0"):
    return SHOP.format(demand=demand, stock=stock, dairy=dairy)


def events(told, kind, node="shop", product=None):
    """Return (time, quantity) of every event of a kind at a stock."""
    return [(row["time"], row["quantity"]) for row in told.rows("events", node, product, kind=CODES[kind])]


@pytest.mark.known_answer("stock.initial_age")
def test_what_expires_is_removed_where_nothing_happens(story):
    """Tests that units a day old at the start go on day 3, though nobody asks, orders or delivers on that day."""
    told = story(
        shop("0, 0, 0", "initial: 10, initial_age: 1, policy: {kind: scripted, orders: [0]}, review: continuous")
    )
    assert events(told, "expired") == [(3.0, 10.0)]
    assert (told.at(2.9, "on_hand", "shop"), told.at(3, "on_hand", "shop")) == (10.0, 0.0)


def test_a_unit_is_used_up_to_its_expiry_and_not_at_it(story):
    """Tests that units which expire on day 4 serve the demand of day 3, and that of day 4 finds none."""
    told = story(shop("0, 0, 2, 2", "initial: 10, policy: {kind: scripted, orders: [0]}"))
    assert [row["served"] for row in told.rows("demand", "shop")] == [2.0, 0.0]
    assert events(told, "expired") == [(4.0, 8.0)]


def test_the_position_falls_with_what_expires(story):
    """Tests that a base stock under continuous review is filled up again at the instant of expiry, and once."""
    told = story(shop("0", "initial: 10, review: continuous, policy: {kind: base_stock, level: 10}"))
    assert told.orders("shop") == [(4.0, 10.0), (8.0, 10.0), (12.0, 10.0)]


def test_what_expires_on_its_way_is_removed_at_its_receipt(story):
    """Tests that 10 units shipped on day 1 with 3 days left are gone when they come on day 5, and on order no more."""
    told = story(
        """
scmsim: 1
name: far
time: {horizon: 12}
products: {milk: {shelf_life: 3}}
nodes:
  dairy: {kind: supplier}
  depot: {kind: warehouse, stock: {milk: {initial: 10, policy: {kind: base_stock, level: 0}}}}
  shop: {kind: retailer, stock: {milk: {policy: {kind: scripted, orders: [10]}}}}
lanes: [dairy -> depot, {from: depot, to: shop, lead_time: 4}]
"""
    )
    assert told.receipts("shop") == events(told, "expired") == [(5.0, 10.0)]
    assert [told.at(5, column, "shop") for column in ("on_hand", "on_order", "in_transit")] == [0.0, 0.0, 0.0]


@pytest.mark.known_answer("stock.issuing:first_in")
def test_first_in_first_out_by_hand(story):
    """Tests lots of 6 on days 2 and 3 against demand of 4, 4, 2, 2: the older lot is used up, 2 of the other expire."""
    told = story(shop("0, 4, 4, 0, 0, 4", "issuing: first_in, policy: {kind: scripted, orders: [6, 6]}"))
    assert events(told, "issued") == [(2.0, 4.0), (3.0, 2.0), (3.0, 2.0)]
    assert events(told, "expired") == [(6.0, 4.0)]


@pytest.mark.known_answer("stock.issuing:last_in")
def test_last_in_first_out_by_hand(story):
    """Tests the same with the newest first: 2 of each lot are left and expire 3 days after they came."""
    told = story(shop("0, 4, 4, 0, 0, 4", "issuing: last_in, policy: {kind: scripted, orders: [6, 6]}"))
    assert events(told, "issued") == [(2.0, 4.0), (3.0, 4.0)]
    assert events(told, "expired") == [(5.0, 2.0), (6.0, 2.0)]


@pytest.mark.known_answer("stock.issuing:first_expired")
@pytest.mark.known_answer("node.remaining_life")
def test_first_expired_by_hand(story):
    """Tests that 5 units which come later and expire earlier go first, and that first in, first out loses 3 of them."""
    stock = "initial: 5, policy: {kind: scripted, orders: [5]}, issuing: "
    told = story(shop("0, 5, 3", stock + "first_expired", "remaining_life: 1"))
    assert events(told, "expired") == [(4.0, 2.0)]
    told = story(shop("0, 5, 3", stock + "first_in", "remaining_life: 1"))
    assert events(told, "expired") == [(3.0, 5.0)]


@pytest.mark.known_answer("demand.minimum_life")
@pytest.mark.known_answer("lane.minimum_life")
def test_who_wants_fresh_units_waits_for_them_and_holds_up_nobody(story):
    """Tests that 8 old units go to those who take them, though somebody who came first waits for fresher ones.

    The shop takes units that keep for 2 days more on day 1; on day 2 they keep for 1, and it waits for new ones.
    """
    told = story(
        """
scmsim: 1
name: choosy
time: {horizon: 5}
products: {milk: {shelf_life: 5}}
nodes:
  dairy: {kind: supplier}
  depot:
    kind: warehouse
    stock: {milk: {initial: 8, initial_age: 3, policy: {kind: scripted, orders: [0, 9]}}}
    demand:
      milk:
      - {kind: replay, values: [6], afterwards: zero, minimum_life: 3}
      - {kind: replay, values: [0, 5], afterwards: zero}
  shop: {kind: retailer, stock: {milk: {policy: {kind: scripted, orders: [2, 1]}}}}
lanes: [{from: dairy, to: depot, lead_time: 1}, {from: depot, to: shop, minimum_life: 2}]
"""
    )
    given = [
        (row["time"], row["partner"], row["quantity"], row["value"])
        for row in told.rows("events", "depot", kind=CODES["issued"])
    ]
    shop_point = next(point.index for point in told.network.points if point.node == "shop")
    assert given == [
        (1.0, shop_point, 2.0, 2.0),
        (2.0, -1.0, 5.0, 1.0),
        (3.0, -1.0, 6.0, 5.0),
        (3.0, shop_point, 1.0, 5.0),
    ]
    assert events(told, "expired", "depot") == [(3.0, 1.0)]


def test_what_is_set_aside_for_a_kit_expires_there_too(story):
    """Tests that cream which waits for flour expires on day 3, and that the cake waits for new cream."""
    told = story(KITS)
    assert events(told, "expired", "bakery", "cream") == [(3.0, 5.0)]
    assert told.at(3, "backorders", "bakery", "cream") == 5.0
    assert told.receipts("bakery", "cake") == [(6.0, 5.0)]


@pytest.mark.known_answer("product.shelf_life")
def test_a_life_of_one_period_is_the_newsvendor():
    """Tests that of 12 bought a day, which do not keep, E[(12 - D)+] expire, D being Poisson with mean 10."""
    periods, level = 1500, 12
    scenario = sc.loads(
        f"""
scmsim: 1
name: newsvendor
time: {{horizon: {periods}}}
products: {{paper: {{shelf_life: 1, whole_units: true}}}}
nodes:
  press: {{kind: supplier}}
  stand:
    kind: retailer
    stock:
      paper: {{review: {{timing: before_demand}}, policy: {{kind: base_stock, level: {level}}}}}
    demand: {{paper: {{kind: poisson, mean: 10, unmet: lost}}}}
lanes: [press -> stand]
"""
    )
    left, deviation = left_over(level, 10)
    error = deviation / periods**0.5
    found = figure(scenario, "units_expired") / periods
    assert abs(found - left) <= 3 * error < 0.08 * left


@pytest.mark.known_answer("product.shelf_life")
def test_batches_that_wilt_follow_renewal_theory():
    """Tests a batch of 6 that keeps for 5 days, bought anew when it is gone: E[(6 - N(5))+] / 6 = 24.888 % wilt."""
    days = 9000
    scenario = sc.load(BATCHES, [f"time.horizon={days}", "run.replications=1"])
    expected, deviation = (units / 6 for units in left_over(6, 5))
    error = deviation / (days / 5) ** 0.5
    assert abs(figure(scenario, "share_wasted") - expected) <= 3 * error < 0.09 * expected


def test_a_summary_counts_the_same_as_full_recording():
    """Tests that waste and remaining life are the same numbers, whatever is kept of a run."""
    names = ["units_expired", "share_wasted", "remaining_life_at_issue"]
    scenario = sc.load(SCENARIOS / "minimum_life.yaml")
    full, summary = (
        sc.run(scenario, record=kind).kpis.set_index("metric")["mean"][names].tolist() for kind in ("full", "summary")
    )
    assert full == summary
    assert len(full) >= len(names)


def test_what_expires_is_written_off_and_disposing_of_it_is_paid(story):
    """Tests that 8 units bought for 2 cost 16 of inventory and 0.5 each in cash when they expire."""
    text = shop("2", "initial: 10, disposal_cost: 0.5, policy: {kind: scripted, orders: [0]}")
    told = story(
        text.replace("shelf_life: 3", "shelf_life: 3, standard_cost: 2").replace("name: shop", "name: shop\nmoney:")
    )
    kpis = sc.run(told.scenario).kpis.query("node == 'shop' and product.isna()").set_index("metric")["mean"]
    assert kpis["write_off_expense"] == 8 * 2 + 8 * 0.5
    assert kpis["disposal_cost"] == kpis["total_cost"] == 4.0
    assert told.tables["ledger"][:, 0].max() >= 4 * TICKS


def test_the_audit_tells_losses_of_one_instant_apart(story):
    """Tests that apples worth nothing expire beside bread worth 2 a loaf, before bread that was free arrives."""
    told = story(
        """
scmsim: 1
name: bakery
time: {horizon: 6}
money:
products: {apple: {shelf_life: 3}, bread: {shelf_life: 3, standard_cost: 2}}
nodes:
  mill: {kind: supplier}
  shop:
    kind: retailer
    stock:
      apple: {initial: 5, policy: {kind: scripted, orders: [5]}}
      bread: {initial: 5, policy: {kind: scripted, orders: [5]}}
lanes: [{from: mill, to: shop, lead_time: 3}]
"""
    )
    assert events(told, "expired", "shop", "apple") == events(told, "expired", "shop", "bread") == [(4.0, 5.0)]
    kpis = sc.run(told.scenario).kpis.query("node == 'shop' and product.isna()").set_index("metric")["mean"]
    assert kpis["write_off_expense"] == 10.0
