"""What happens at one instant, and in which order."""

import pytest

CHAIN = """
scmsim: 1
name: chain
time: {{horizon: 8}}
products: {{p: {{}}}}
nodes:
  plant: {{kind: factory, make: {{p: {{lead_time: 1}}}},
          stock: {{p: {{initial: {plant}, policy: {{kind: base_stock, level: {plant}}}}}}}}}
  shop: {{kind: retailer, stock: {{p: {{initial: {shop}, policy: {{kind: base_stock, level: {shop}}}, {more}}}}},
         demand: {{p: {{kind: constant, value: 3}}}}}}
lanes: [{{from: plant, to: shop, order_delay: {delay}, lead_time: {lead}}}]
"""


def chain(plant=20, shop=10, delay=0, lead=1, more=""):
    return CHAIN.format(plant=plant, shop=shop, delay=delay, lead=lead, more=more or "holding_cost: 0")


@pytest.mark.known_answer("review.timing:after_demand")
def test_a_delivery_meets_the_demand_of_its_own_instant(story):
    """Tests that what arrives at an instant serves the demand of that instant: receiving comes before demand."""
    told = story(chain(shop=3, lead=1))
    served = [row["served"] for row in told.rows("demand", "shop")]
    assert served == [3.0] * 8


@pytest.mark.known_answer("time.start")
def test_times_that_are_no_binary_fractions_still_meet(story):
    """Tests that a delivery after 2.002 and the third demand in steps of 1.001 fall on the same instant."""
    told = story(
        """
scmsim: 1
name: thousandths
time: {start: 0, horizon: 3}
products: {p: {}}
nodes:
  plant: {kind: supplier}
  shop: {kind: retailer, stock: {p: {initial: 2, policy: {kind: scripted, orders: [1]}}},
         demand: {p: {kind: constant, value: 1, interval: 1.001}}}
lanes: [{from: plant, to: shop, lead_time: 2.002}]
"""
    )
    assert [row["served"] for row in told.rows("demand", "shop")] == [1.0, 1.0, 1.0]
    assert told.rows("demand", "shop")[2]["time"] == told.receipts("shop")[0][0] == 2.002


def test_an_order_without_delay_is_served_at_its_own_instant(story):
    """Tests that a zero-delay order reaches the plant before the plant serves, at the same instant."""
    told = story(chain(lead=2))
    assert told.orders("shop")[0] == (1.0, 3.0)
    assert told.receipts("shop")[0] == (3.0, 3.0)


def test_a_zero_lead_time_order_is_received_at_its_own_instant(story):
    """Tests that an order with zero delay and zero lead time is received, and serves waiting customers, at once."""
    told = story(chain(shop=2, lead=0))
    assert [row["served"] for row in told.rows("demand", "shop")] == [3.0] * 8
    assert told.net_stock("shop", range(1, 9)) == [2.0] * 8


def test_a_zero_lead_time_receipt_is_not_followed_by_a_second_review(story):
    """Tests that a receipt after a stock's turn makes it serve again but not decide again."""
    told = story(
        """
scmsim: 1
name: once
time: {horizon: 3}
products: {p: {}}
nodes:
  plant: {kind: supplier}
  shop: {kind: retailer, stock: {p: {policy: {kind: scripted, orders: [2, 4, 1]}}},
         demand: {p: {kind: constant, value: 3}}}
lanes: [plant -> shop]
"""
    )
    assert told.orders("shop") == [(1.0, 2.0), (2.0, 4.0), (3.0, 1.0)]
    assert told.net_stock("shop", [1, 2, 3]) == [-1.0, 0.0, -2.0]


def test_a_receipt_between_two_reviews_serves_those_who_wait(story):
    """Tests that units are shipped to whoever waits at the instant they arrive, whether or not a review is due."""
    told = story(
        """
scmsim: 1
name: between
time: {horizon: 4}
products: {p: {}}
nodes:
  plant: {kind: supplier}
  hub: {kind: warehouse, stock: {p: {review: {interval: 9}, policy: {kind: scripted, orders: [5]}}}}
  shop: {kind: retailer, stock: {p: {policy: {kind: scripted, orders: [5]}}}, demand: {p: {kind: constant, value: 0}}}
lanes: [{from: plant, to: hub, lead_time: 1.5}, {from: hub, to: shop, lead_time: 1}]
"""
    )
    assert told.receipts("shop") == [(3.5, 5.0)]


def test_customers_at_different_levels_share_what_is_short(story):
    """Tests that a warehouse serves a shop and a smaller warehouse jointly: both have ordered before it serves."""
    told = story(
        """
scmsim: 1
name: levels
time: {horizon: 1}
products: {p: {}}
nodes:
  out: {kind: supplier}
  hub: {kind: warehouse, stock: {p: {initial: 6, policy: {kind: scripted, orders: [0]}}}}
  depot: {kind: warehouse, stock: {p: {policy: {kind: scripted, orders: [8]}}}}
  a: {kind: retailer, stock: {p: {policy: {kind: scripted, orders: [8]}}}, demand: {p: {kind: constant, value: 0}}}
  b: {kind: retailer, stock: {p: {policy: {kind: scripted, orders: [0]}}}, demand: {p: {kind: constant, value: 0}}}
lanes: [out -> hub, hub -> a, hub -> depot, depot -> b]
"""
    )
    assert told.receipts("a") == [(1.0, 3.0)]
    assert told.receipts("depot") == [(1.0, 3.0)]


@pytest.mark.known_answer("review.timing:before_demand")
def test_a_zero_lead_time_order_before_demand_is_there_for_the_demand(story):
    """Tests that ordering first with no lead time receives before the demand of the same instant."""
    told = story(chain(shop=3, lead=0, more="review: {timing: before_demand}"))
    assert [row["served"] for row in told.rows("demand", "shop")] == [3.0] * 8
    assert told.net_stock("shop", [1, 2, 3]) == [0.0, 0.0, 0.0]


def test_reviewing_before_demand_sees_one_demand_less(story):
    """Tests that a review before demand orders for the demand of the period before, and the first orders nothing."""
    told = story(chain(more="review: {timing: before_demand}"))
    assert told.orders("shop") == [(float(time), 3.0) for time in range(2, 9)]


@pytest.mark.known_answer("lane.order_delay")
@pytest.mark.known_answer("lane.lead_time")
@pytest.mark.known_answer("scenario.lanes")
@pytest.mark.known_answer("node.kind:retailer")
def test_an_order_in_the_mail_takes_its_delay(story):
    """Tests that order delay and lead time add up: placed at 1, entered at 3, received at 4."""
    told = story(chain(delay=2, lead=1))
    entered = told.rows("demand", "plant")[0]["time"]
    assert (told.orders("shop")[0][0], entered, told.receipts("shop")[0][0]) == (1.0, 3.0, 4.0)


@pytest.mark.known_answer("node.kind:warehouse")
def test_customers_of_one_warehouse_share_what_is_short(story):
    """Tests that orders which enter together share short stock in proportion, whoever was named first in the file."""
    told = story(
        """
scmsim: 1
name: shares
time: {horizon: 1}
products: {p: {}}
nodes:
  hub: {kind: warehouse, stock: {p: {initial: 6, policy: {kind: base_stock, level: 6}}}}
  out: {kind: supplier}
  a: {kind: retailer, stock: {p: {policy: {kind: scripted, orders: [8]}}}, demand: {p: {kind: constant, value: 0}}}
  b: {kind: retailer, stock: {p: {policy: {kind: scripted, orders: [4]}}}, demand: {p: {kind: constant, value: 0}}}
lanes: [out -> hub, {from: hub, to: b}, {from: hub, to: a}]
"""
    )
    assert told.receipts("a")[0] == (1.0, 4.0)
    assert told.receipts("b")[0] == (1.0, 2.0)


def test_an_earlier_order_keeps_its_place(story):
    """Tests that first come is first served: a partial shipment keeps its place before a later order."""
    told = story(
        """
scmsim: 1
name: places
time: {horizon: 4}
products: {p: {}}
nodes:
  out: {kind: supplier}
  hub: {kind: warehouse, stock: {p: {initial: 3, policy: {kind: scripted, orders: [1, 4]}}}}
  a: {kind: retailer, stock: {p: {policy: {kind: scripted, orders: [5]}}}, demand: {p: {kind: constant, value: 0}}}
  b: {kind: retailer, stock: {p: {review: {offset: 1}, policy: {kind: scripted, orders: [4]}}},
      demand: {p: {kind: constant, value: 0}}}
lanes: [{from: out, to: hub, lead_time: 1}, hub -> b, hub -> a]
"""
    )
    assert told.receipts("a") == [(1.0, 3.0), (2.0, 1.0), (3.0, 1.0)]
    assert told.receipts("b") == [(3.0, 3.0)]


@pytest.mark.known_answer("stock.review:continuous")
def test_continuous_review_orders_at_the_instant_of_demand(story):
    """Tests that continuous review follows every demand at once, at real instants."""
    told = story(
        """
scmsim: 1
name: continuous
time: {horizon: 20}
products: {p: {}}
nodes:
  out: {kind: supplier}
  shop: {kind: retailer, stock: {p: {initial: 5, review: continuous, policy: {kind: base_stock, level: 5}}},
         demand: {p: {kind: compound_poisson, rate: 1, size: 1}}}
lanes: [{from: out, to: shop, lead_time: 2}]
"""
    )
    demanded = [row["time"] for row in told.rows("demand", "shop")]
    assert len(demanded) > 5
    assert [time for time, _ in told.orders("shop")] == demanded
    assert any(time != int(time) for time in demanded)


@pytest.mark.known_answer("review.offset")
@pytest.mark.known_answer("review.interval")
@pytest.mark.known_answer("stock.review")
def test_a_review_with_an_offset_and_an_interval_comes_when_it_should(story):
    """Tests that reviews fall at start + offset + k x interval."""
    told = story(chain(more="review: {interval: 3, offset: 2}"))
    assert told.orders("shop") == [(3.0, 9.0), (6.0, 9.0)]
