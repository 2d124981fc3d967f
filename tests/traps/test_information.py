"""Traps of information: what is told, when it is heard, and what is counted twice."""

import pytest

import scmsim as sc
from scmsim.engine.recorder import Keeper
from scmsim.flows.information import CODES
from scmsim.simulation import simulate
from scmsim.ticks import TICKS


def shop_and_depot(policy, share, shop="{kind: base_stock, level: 20}", more=""):
    """Return a depot with plenty that feeds one shop, one time unit away."""
    return f"""
scmsim: 1
name: told
time: {{horizon: 10}}
products: {{p: {{}}}}
nodes:
  out: {{kind: supplier}}
  depot: {{kind: warehouse, stock: {{p: {{initial: 100, policy: {policy}}}}}}}
  shop:
    kind: retailer
    stock: {{p: {{initial: 20, policy: {shop}}}}}
    demand: {{p: {{kind: replay, values: [3, 7, 2, 5, 4, 6, 1, 8, 2, 3]}}}}
lanes:
  - {{from: out, to: depot, lead_time: 2}}
  - {{from: depot, to: shop, lead_time: 1, share: {share} {more}}}
"""


FOLLOW = "{kind: order_up_to, cover: 1, safety_stock: 100, forecast: {kind: naive, of: point_of_sale}}"
ECHELON = "{kind: echelon_base_stock, level: 130}"


def messages(told, kind):
    """Return (sent, quantity, received) of the messages of a kind."""
    rows = told.tables["messages"]
    return [(row[0] / TICKS, row[5], row[6] / TICKS) for row in rows[rows[:, 1] == CODES[kind]].tolist()]


@pytest.mark.known_answer("report.delay")
@pytest.mark.known_answer("lane.share")
@pytest.mark.known_answer("share.point_of_sale")
@pytest.mark.known_answer("forecast.of:point_of_sale")
def test_a_delayed_report_is_heard_when_it_arrives(story):
    """Tests that a report that takes two periods changes the depot's orders two periods later, not at once."""
    now = dict(story(shop_and_depot(FOLLOW, "{point_of_sale: true}")).orders("depot"))
    later = dict(story(shop_and_depot(FOLLOW, "{point_of_sale: {delay: 2}}")).orders("depot"))
    # target 100 + the latest sales told; the shop's orders repeat its demand: the order is demand + change of target
    assert [now.get(float(t), 0) for t in range(1, 6)] == [6, 11, 0, 5, 3]
    assert [later.get(float(t), 0) for t in range(1, 6)] == [3, 7, 5, 9, 0]


def test_a_rare_report_is_the_sales_of_its_periods(story):
    """Tests that a report on four periods counts as their mean, and that nothing is learnt where none has come."""
    steady = shop_and_depot(FOLLOW, "{point_of_sale: {interval: 4}}").replace(
        "{kind: replay, values: [3, 7, 2, 5, 4, 6, 1, 8, 2, 3]}", "{kind: step, before: 8, after: 12, at: 3}"
    )
    # told at 1: 8 of one period; at 5: 8 + 3 x 12 of four, a mean of 11; at 9: 12. The shop's orders repeat its demand.
    orders = dict(story(steady).orders("depot"))
    assert [orders.get(float(t), 0) for t in range(1, 11)] == [16, 8, 12, 12, 15, 12, 12, 12, 13, 12]


def test_a_report_overtaken_by_a_later_one_is_not_heard():
    """Tests that what is known of a customer's stock is the newest report, in whatever order reports arrive."""
    delays = "{stock: {delay: {dist: discrete, values: [0, 3], weights: [0.5, 0.5]}}, pipeline: true}"
    network, keeper, known = sc.loads(shop_and_depot(ECHELON, delays)).network, Keeper(), {}
    shop, depot = (next(p.index for p in network.points if p.node == name) for name in ("shop", "depot"))

    def look(simulation, tick):
        known[tick] = simulation.stocks[depot].customers[shop].echelon

    simulate(network, seed=3, sinks=[keeper], on_instant=look)
    rows = keeper.tables()["messages"]
    told = [(row[0], row[6], row[5]) for row in rows[rows[:, 1] == CODES["stock"]].tolist()]
    overtaken = 0
    for tick, echelon in known.items():
        heard = [(sent, received, quantity) for sent, received, quantity in told if received <= tick]
        if heard:
            assert echelon == max(heard)[2]
            overtaken += max(heard, key=lambda report: (report[1], report[0])) != max(heard)
    assert overtaken


def test_point_of_sale_is_relayed_up_the_chain_at_one_instant(story):
    """Tests that a stock two levels up hears of sales at the instant of the sale, through the stock between."""
    text = """
scmsim: 1
name: relay
time: {horizon: 3}
products: {p: {}}
defaults: {lane: {lead_time: 1, share: {point_of_sale: true}}}
nodes:
  out: {kind: supplier}
  plant: {kind: warehouse, stock: {p: {initial: 50, policy: {kind: order_up_to, cover: 1, safety_stock: 50,
          forecast: {kind: naive, of: point_of_sale}}}}}
  depot: {kind: warehouse, stock: {p: {initial: 50, review: {interval: 3, offset: 2},
          policy: {kind: base_stock, level: 50}}}}
  shop: {kind: retailer, stock: {p: {initial: 50, policy: {kind: base_stock, level: 50}}},
         demand: {p: {kind: replay, values: [4, 6, 1]}}}
lanes: [out -> plant -> depot -> shop]
"""
    told = story(text)
    assert told.orders("plant")[:2] == [(1.0, 4.0), (2.0, 2.0)]
    assert [quantity for _, quantity, _ in messages(told, "point_of_sale")] == [4, 4, 4, 6, 6, 6, 1, 1, 1]


def test_what_is_told_of_sales_reaches_the_components_in_their_units(story):
    """Tests that a factory's component stock hears of sales as units of the component."""
    told = story(
        """
scmsim: 1
name: parts
time: {horizon: 3}
products: {car: {}, wheel: {}}
nodes:
  out: {kind: supplier, supplies: [wheel]}
  plant:
    kind: factory
    make: {car: {lead_time: 1, components: {wheel: 4}}}
    stock:
      car: {initial: 50, review: {interval: 3, offset: 2}, policy: {kind: base_stock, level: 50}}
      wheel: {initial: 80, policy: {kind: order_up_to, cover: 1, safety_stock: 80,
              forecast: {kind: naive, of: point_of_sale}}}
    demand: {car: {kind: replay, values: [2, 3, 1]}}
lanes: [out -> plant]
"""
    )
    assert told.orders("plant", "wheel")[:2] == [(1.0, 8.0), (2.0, 4.0)]


@pytest.mark.known_answer("share.stock")
@pytest.mark.known_answer("share.pipeline")
def test_shipments_are_not_counted_as_received_twice(story):
    """Tests that units shipped and then received count once in the echelon position, with receipts told or not."""
    text = shop_and_depot(ECHELON, "{stock: true, pipeline: true}")
    echelon, local = story(text), story(text.replace(ECHELON, "{kind: base_stock, level: 110}"))
    assert echelon.orders("depot") == local.orders("depot")
    # without receipts, what is on the road (3 at 1, 7 at 2, 5 at 4) is unknown, and is ordered on top until it is there
    short = story(shop_and_depot(ECHELON, "{stock: true}"))
    assert local.orders("depot")[:4] == [(1.0, 13.0), (2.0, 7.0), (3.0, 2.0), (4.0, 5.0)]
    assert short.orders("depot")[:3] == [(1.0, 16.0), (2.0, 11.0), (4.0, 5.0)]


@pytest.mark.known_answer("policy:vendor_managed")
def test_a_supplier_fills_up_to_the_maximum_and_no_further(story):
    """Tests that under vendor-managed inventory the known position never goes above the maximum."""
    told = story(
        shop_and_depot(
            "{kind: base_stock, level: 100}",
            "{stock: true, pipeline: true}",
            shop="{kind: vendor_managed, minimum: 14, maximum: 22}",
            more=", order_delay: 3",
        )
    )
    # 20 - 3 = 17; 17 - 7 = 10: up to 22, at once in spite of the order delay of the lane
    assert told.orders("shop")[0] == (2.0, 12.0)
    assert told.receipts("shop")[0] == (3.0, 12.0)
    position = 20.0
    ordered = dict(told.orders("shop"))
    for time, demand in enumerate([3, 7, 2, 5, 4, 6, 1, 8, 2, 3], start=1):
        position -= demand
        wanted = 22 - position if position <= 14 else 0
        assert ordered.get(float(time), 0) == wanted
        position += wanted


def test_a_supplier_promises_no_more_than_it_has_free(story):
    """Tests that under vendor-managed inventory a short supplier sends what it has, and owes nothing."""
    text = shop_and_depot(
        "{kind: scripted, orders: [0], afterwards: zero}",
        "{stock: true, pipeline: true}",
        shop="{kind: vendor_managed, minimum: 14, maximum: 22}",
    ).replace("initial: 100", "initial: 5")
    told = story(text)
    assert told.orders("shop") == [(2.0, 5.0)]
    assert told.at(10, "backorders", "depot") == 0


def test_a_supplier_decides_with_what_it_has_been_told(story):
    """Tests that a late stock report makes the supplier late, whatever the stock really is."""
    late = story(
        shop_and_depot(
            "{kind: base_stock, level: 100}",
            "{stock: {delay: 3}, pipeline: {delay: 3}}",
            shop="{kind: vendor_managed, minimum: 14, maximum: 22}",
        )
    )
    assert late.orders("shop")[0] == (5.0, 12.0)


@pytest.mark.known_answer("report.noise")
def test_noise_changes_what_is_told_and_not_what_is(story):
    """Tests that a report that is always two units too high is heard so, and that sales are never told below zero."""
    high = story(shop_and_depot(FOLLOW, "{point_of_sale: {noise: 2}}"))
    assert [quantity for _, quantity, _ in messages(high, "point_of_sale")][:3] == [5, 9, 4]
    low = story(shop_and_depot(FOLLOW, "{point_of_sale: {noise: -4}}"))
    assert [quantity for _, quantity, _ in messages(low, "point_of_sale")][:4] == [0, 3, 0, 1]


@pytest.mark.known_answer("report.offset")
@pytest.mark.known_answer("report.interval")
def test_reports_leave_when_they_should(story):
    """Tests that reports with an offset and an interval leave at start + offset + k x interval, with all since then."""
    told = story(shop_and_depot(FOLLOW, "{point_of_sale: {offset: 1, interval: 3, delay: 0.5}}"))
    assert messages(told, "point_of_sale") == [(2.0, 10.0, 2.5), (5.0, 11.0, 5.5), (8.0, 15.0, 8.5)]


@pytest.mark.known_answer("share.forecast")
def test_a_forecast_is_told_as_it_is_used_at_the_same_instant(story):
    """Tests that a shared forecast has absorbed the demand of its instant, like the review that follows it."""
    told = story(
        shop_and_depot(
            "{kind: order_up_to, cover: 1, safety_stock: 100, forecast: {kind: customer_forecast}}",
            "{forecast: true}",
            shop="{kind: order_up_to, cover: 1, safety_stock: 17, forecast: {kind: naive}}",
        )
    )
    assert [quantity for _, quantity, _ in messages(told, "forecast")][:4] == [3, 7, 2, 5]
    # target 100 + forecast 3; the shop orders 3 at 1 (target 20): 103 - 97 = 6
    assert told.orders("depot")[0] == (1.0, 6.0)


def test_a_continuous_review_follows_a_receipt_and_a_demand_at_one_instant(story):
    """Tests that a demand is reviewed although units for those who wait arrive at the same instant."""
    told = story(
        """
scmsim: 1
name: meeting
time: {horizon: 5}
products: {p: {}}
nodes:
  out: {kind: supplier}
  shop: {kind: retailer, stock: {p: {initial: 0, review: continuous, policy: {kind: base_stock, level: 0}}},
         demand: {p: {kind: replay, values: [2, 3, 1, 4, 2]}}}
lanes: [{from: out, to: shop, lead_time: 1}]
"""
    )
    assert told.orders("shop") == [(1.0, 2.0), (2.0, 3.0), (3.0, 1.0), (4.0, 4.0), (5.0, 2.0)]


@pytest.mark.known_answer("report.interval:continuous")
def test_a_report_wakes_a_continuous_echelon_policy(story):
    """Tests that an echelon stock under continuous review orders at the instant at which it is told of demand."""
    text = shop_and_depot(ECHELON, "{stock: {interval: continuous, delay: 0.25}, pipeline: {interval: continuous}}")
    text = text.replace("{p: {initial: 100,", "{p: {initial: 110, review: continuous,")
    text = text.replace("level: 20}", "level: 20}, review: {interval: 4, offset: 3}")
    told = story(text)
    assert told.orders("depot")[:3] == [(1.25, 3.0), (2.25, 7.0), (3.25, 2.0)]


@pytest.mark.known_answer("messages.confirmation")
@pytest.mark.known_answer("messages.shipping_notice")
@pytest.mark.known_answer("messages.delivery_receipt")
@pytest.mark.known_answer("lane.messages")
def test_every_message_of_an_order_is_written(story):
    """Tests kind, parties, times and content of the messages of one order, each with its own delay."""
    more = ", order_delay: 2, messages: {confirmation: 0.5, shipping_notice: 0.25, delivery_receipt: 0.75}"
    told = story(shop_and_depot("{kind: base_stock, level: 100}", "{}", more=more))
    rows = told.tables["messages"]
    number = told.rows("orders", "shop")[0]["order"]
    mine = {row[1]: row for row in rows[rows[:, 4] == number].tolist()}
    shop, depot = (told._index(node, "p") for node in ("shop", "depot"))

    def said(kind):
        time, _, sender, receiver, _, quantity, received = mine[CODES[kind]]
        return time / TICKS, sender, receiver, quantity, received / TICKS

    assert said("order") == (1.0, shop, depot, 3.0, 3.0)
    assert said("confirmation") == (3.0, depot, shop, 4.0, 3.5)
    assert said("shipping_notice") == (3.0, depot, shop, 3.0, 3.25)
    assert said("delivery_receipt") == (4.0, shop, depot, 3.0, 4.75)
    assert len(mine) == 4


@pytest.mark.parametrize("clerks", ["", ", clerks: {order_processing: {time: 0.25}}"])
def test_orders_that_have_to_wait_are_confirmed_like_others(story, clerks):
    """Tests that every order has an order message and a confirmation, whether or not there is anything to serve it."""
    text = shop_and_depot("{kind: base_stock, level: 5}", "{}").replace("initial: 100", "initial: 5")
    text = text.replace("{kind: warehouse,", f"{{kind: warehouse{clerks},").replace("p: {initial: 20", "p: {initial: 4")
    told = story(text)
    rows, shop = told.tables["messages"], told._index("shop", "p")
    numbers = {row["order"] for row in told.rows("demand", "depot")}
    late = [row for row in told.rows("demand", "depot") if row["served"] < row["quantity"]]
    assert len(late) > 3
    for kind, sender in (("order", shop), ("confirmation", told._index("depot", "p"))):
        mine = rows[(rows[:, 1] == CODES[kind]) & (rows[:, 2] == sender)]
        assert numbers <= set(mine[:, 4].tolist())
    asked = {row["order"] for row in told.rows("demand", "shop") if row["served"] < row["quantity"]}
    said = rows[(rows[:, 1] == CODES["order"]) & (rows[:, 2] == -1)]
    assert asked
    assert asked <= set(said[:, 4].tolist())


def test_random_mail_is_written_as_it_travels(story):
    """Tests that the receipt told of every order is the instant at which the seller enters it."""
    mail = ", order_delay: {dist: gamma, mean: 1.5, cv: 0.5}"
    told = story(shop_and_depot("{kind: base_stock, level: 100}", "{}", more=mail))
    entered = {row["order"]: row["time"] for row in told.rows("demand", "depot")}
    rows = told.tables["messages"]
    sent = {row[4]: row[6] / TICKS for row in rows[(rows[:, 1] == CODES["order"]) & (rows[:, 2] >= 0)].tolist()}
    assert len(entered) > 3
    assert all(sent[number] == pytest.approx(time) for number, time in entered.items())
