"""What a stock believes it has, owes and expects."""

from itertools import accumulate

import pytest

ONE = """
scmsim: 1
name: one
time: {{horizon: {horizon}}}
products: {{p: {{}}}}
nodes:
  out: {{kind: supplier}}
  shop: {{kind: retailer, stock: {{p: {{{stock}}}}}, demand: {{p: {{kind: constant, value: {demand}{more}}}}}}}
lanes: [{{from: out, to: shop, order_delay: {delay}, lead_time: {lead}}}]
"""


def one(stock, demand=2, horizon=6, delay=0, lead=2, more=""):
    return ONE.format(stock=stock, demand=demand, horizon=horizon, delay=delay, lead=lead, more=more)


def test_stock_on_order_is_not_ordered_again(story):
    """Tests that a base-stock player orders each unit of demand once while earlier orders are still on their way."""
    told = story(one("initial: 10, policy: {kind: base_stock, level: 10}", lead=4))
    assert told.orders("shop") == [(float(time), 2.0) for time in range(1, 7)]


def test_what_is_in_the_mail_counts_as_on_order(story):
    """Tests that an order counts as on order from the instant it is placed, before it reaches the supplier."""
    told = story(one("initial: 10, policy: {kind: base_stock, level: 10}", delay=3, lead=1))
    assert told.at(1, "on_order", "shop") == 2.0
    assert told.at(1, "in_transit", "shop") == 0.0


def test_an_empty_pipeline_at_the_start_is_empty(story):
    """Tests that nothing is received before the first order could have arrived when no initial pipeline is given."""
    told = story(one("initial: 10, policy: {kind: base_stock, level: 10}", lead=3))
    assert told.receipts("shop")[0][0] == 4.0


@pytest.mark.known_answer("stock.initial_pipeline")
def test_a_full_pipeline_at_the_start_delivers_every_period(story):
    """Tests that an initial pipeline of q puts q due in each period of the lead time and of the order delay."""
    told = story(one("initial: 10, initial_pipeline: 5, policy: {kind: scripted, orders: [0]}", delay=2, lead=2))
    assert told.receipts("shop") == [(1.0, 5.0), (2.0, 5.0), (3.0, 5.0), (4.0, 5.0)]


def test_the_initial_pipeline_counts_as_on_order(story):
    """Tests that a base-stock player whose pipeline is full orders only what was demanded."""
    told = story(one("initial: 2, initial_pipeline: 2, policy: {kind: base_stock, level: 6}", lead=2))
    assert told.orders("shop")[0] == (1.0, 2.0)


@pytest.mark.known_answer("pipeline.shipments")
@pytest.mark.known_answer("pipeline.orders")
def test_an_uneven_pipeline_arrives_as_listed(story):
    """Tests that listed shipments and mailed orders arrive at their instants."""
    pipeline = "{shipments: [{at: 2, quantity: 7}], orders: [{at: 3, quantity: 1}]}"
    told = story(one(f"initial: 5, initial_pipeline: {pipeline}, policy: {{kind: scripted, orders: [0]}}"))
    assert told.receipts("shop") == [(2.0, 7.0), (5.0, 1.0)]


@pytest.mark.known_answer("stock.initial")
@pytest.mark.known_answer("node.demand")
@pytest.mark.known_answer("demand.unmet:backorder")
@pytest.mark.known_answer("node.stock")
def test_negative_initial_stock_is_owed_first(story):
    """Tests that a negative initial stock is backorders, which receipts pay off before new demand is served."""
    told = story(one("initial: -3, policy: {kind: scripted, orders: [5]}", demand=1, lead=1))
    assert told.net_stock("shop", [1, 2, 3]) == [-4.0, 0.0, -1.0]
    assert told.at(1, "on_hand", "shop") == 0.0


@pytest.mark.known_answer("demand.unmet:lost")
def test_lost_sales_leave_no_backorders(story):
    """Tests that demand which does not wait is lost at once, costs no order later and never makes stock negative."""
    told = story(one("initial: 3, policy: {kind: base_stock, level: 3}", lead=3, more=", unmet: lost"))
    assert [row["lost"] for row in told.rows("demand", "shop")][:3] == [0.0, 1.0, 2.0]
    assert min(told.net_stock("shop", range(1, 7))) == 0.0
    assert told.orders("shop")[:3] == [(1.0, 2.0), (2.0, 1.0), (4.0, 2.0)]


def test_partial_shipments_of_one_order_are_received_once_each(story):
    """Tests that an order shipped in two parts adds up to its quantity and then is no longer on order."""
    told = story(
        """
scmsim: 1
name: parts
time: {horizon: 6}
products: {p: {}}
nodes:
  out: {kind: supplier}
  hub: {kind: warehouse, stock: {p: {initial: 4, policy: {kind: scripted, orders: [6]}}}}
  shop: {kind: retailer, stock: {p: {policy: {kind: scripted, orders: [10]}}},
         demand: {p: {kind: constant, value: 0}}}
lanes: [{from: out, to: hub, lead_time: 2}, {from: hub, to: shop, lead_time: 1}]
"""
    )
    assert told.receipts("shop") == [(2.0, 4.0), (4.0, 6.0)]
    assert [told.at(time, "on_order", "shop") for time in (1, 2, 4)] == [10.0, 6.0, 0.0]
    complete = [row["complete"] for row in told.rows("deliveries", "shop", key="buyer")]
    assert complete == [0.0, 1.0]


def test_a_shortage_upstream_is_felt_downstream(story):
    """Tests that a warehouse that has nothing ships nothing, and its customer's stock falls."""
    told = story(
        """
scmsim: 1
name: shortage
time: {horizon: 5}
products: {p: {}}
nodes:
  out: {kind: supplier}
  hub: {kind: warehouse, stock: {p: {initial: 2, policy: {kind: scripted, orders: [0]}}}}
  shop: {kind: retailer, stock: {p: {initial: 4, policy: {kind: base_stock, level: 4}}},
         demand: {p: {kind: constant, value: 2}}}
lanes: [{from: out, to: hub, lead_time: 1}, {from: hub, to: shop, lead_time: 1}]
"""
    )
    assert told.net_stock("shop", [1, 2, 3, 4, 5]) == [2.0, 2.0, 0.0, -2.0, -4.0]
    assert told.at(5, "backorders", "hub") == 8.0


@pytest.mark.known_answer("stock.policy")
def test_first_orders_replace_decisions_while_the_forecast_learns(story):
    """Tests that forced first orders are placed as they stand, and the policy afterwards knows all demand seen.

    Demand is 2, 6, 6. At 3 the position is 4 - 14 = -10 and the forecast (2 + 6 + 6) / 3, so 14.667 are ordered.
    """
    told = story(
        """
scmsim: 1
name: forced
time: {horizon: 3}
products: {p: {}}
nodes:
  out: {kind: supplier}
  shop:
    kind: retailer
    stock: {p: {first_orders: [2, 2], policy: {kind: order_up_to, forecast: {kind: moving_average, periods: 3}}}}
    demand: {p: {kind: step, before: 2, after: 6, at: 2}}
lanes: [{from: out, to: shop, lead_time: 1}]
"""
    )
    assert told.orders("shop") == [(1.0, 2.0), (2.0, 2.0), (3.0, pytest.approx(14 / 3 + 10))]


@pytest.mark.known_answer("lane.crossing")
def test_deliveries_that_may_not_cross_wait_for_each_other(story):
    """Tests that without crossing a shipment comes with the latest of those before it, and with crossing earlier."""
    text = """
scmsim: 1
name: crossing
time: {{horizon: 60}}
products: {{p: {{}}}}
nodes:
  out: {{kind: supplier}}
  shop: {{kind: retailer, stock: {{p: {{initial: 9, policy: {{kind: base_stock, level: 9}}}}}},
         demand: {{p: {{kind: constant, value: 1}}}}}}
lanes: [{{from: out, to: shop, lead_time: {{dist: uniform, low: 0, high: 6}}, crossing: {crossing}}}]
"""
    crossed, waited = (
        {row["order"]: row["time"] for row in story(text.format(crossing=word)).rows("deliveries", "shop", key="buyer")}
        for word in ("true", "false")
    )
    assert list(waited) == sorted(waited)
    assert list(crossed) != sorted(crossed)
    latest = dict(zip(sorted(crossed), accumulate((crossed[order] for order in sorted(crossed)), max), strict=True))
    assert waited == {order: latest[order] for order in waited}


@pytest.mark.known_answer("make.components")
@pytest.mark.known_answer("make.lead_time")
@pytest.mark.known_answer("node.kind:factory")
@pytest.mark.known_answer("node.make")
@pytest.mark.parametrize(("components", "finished"), [("{a: 1}", 6.0), ("{a: 1, b: 2}", 2.5)])
def test_production_starts_with_complete_kits(story, components, finished):
    """Tests that a production order starts as many kits as its scarcest component allows; the rest stays on hand."""
    told = story(
        f"""
scmsim: 1
name: kits
time: {{horizon: 4}}
products: {{p: {{}}, a: {{}}, b: {{}}}}
nodes:
  out: {{kind: supplier}}
  plant:
    kind: factory
    make: {{p: {{lead_time: 1, components: {components}}}}}
    stock:
      p: {{policy: {{kind: scripted, orders: [6]}}}}
      a: {{initial: 6, policy: {{kind: scripted, orders: [0]}}}}
      b: {{initial: 5, policy: {{kind: scripted, orders: [0]}}}}
    demand: {{p: {{kind: constant, value: 0}}}}
lanes: [{{from: out, to: plant, products: [a, b]}}]
"""
    )
    assert told.receipts("plant", "p") == [(2.0, finished)]
    assert told.at(1, "on_hand", "plant", "a") == 6.0 - finished
    assert told.at(1, "backorders", "plant", "a") == 6.0 - finished


@pytest.mark.known_answer("node.lead_time")
@pytest.mark.known_answer("node.kind:supplier")
def test_a_supplier_takes_its_time_before_it_ships(story):
    """Tests that a supplier's own lead time passes before the transport, and that units are in transit only then."""
    told = story(
        """
scmsim: 1
name: preparation
time: {horizon: 6}
products: {p: {}}
nodes:
  out: {kind: supplier, lead_time: 2}
  shop: {kind: retailer, stock: {p: {policy: {kind: scripted, orders: [5]}}}, demand: {p: {kind: constant, value: 0}}}
lanes: [{from: out, to: shop, lead_time: 1}]
"""
    )
    assert told.receipts("shop") == [(4.0, 5.0)]
    assert [told.at(time, "on_order", "shop") for time in (1, 2, 3, 4)] == [5.0, 5.0, 5.0, 0.0]
    assert [told.at(time, "in_transit", "shop") for time in (1, 2, 3, 4)] == [0.0, 0.0, 5.0, 0.0]
