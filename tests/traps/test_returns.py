"""What customers send back, and what only passes through."""

import pytest

import scmsim as sc
from scmsim.engine.recorder import Keeper
from scmsim.flows.events import CODES
from scmsim.simulation import simulate

SHOP = """
scmsim: 1
name: shop
time: {{horizon: {horizon}}}
products: {{shoes: {{whole_units: {whole}}}}}
nodes:
  factory: {{kind: supplier}}
  warehouse: {{kind: warehouse, stock: {{shoes: {{initial: 10, policy: {{kind: base_stock, level: 0}}}}}}}}
  shop:
    kind: retailer
    stock:
      shoes: {{initial: {initial}, disposal_cost: 5, review: continuous, policy: {{kind: base_stock, level: 0}}}}
    demand: {{shoes: {{kind: {demand}, returns: {{{returns}}}}}}}
lanes:
- factory -> warehouse
- {{from: warehouse, to: shop, lead_time: 50}}
{more}
"""
ONCE = "replay, values: [10], afterwards: zero"


def shop(returns, demand=ONCE, more="", initial=10, **options):
    values = {"horizon": 12, "whole": "false"} | options
    return SHOP.format(returns=returns, demand=demand, more=more, initial=initial, **values)


def events(told, kind, node):
    """Return (time, quantity, value) of every event of a kind at a stock."""
    rows = told.rows("events", node, kind=CODES[kind])
    return [(row["time"], row["quantity"], row["value"]) for row in rows]


@pytest.mark.known_answer("demand.returns")
@pytest.mark.known_answer("returns.delay")
@pytest.mark.known_answer("returns.restock")
@pytest.mark.known_answer("stock.disposal_cost")
def test_what_comes_back_is_restocked_and_scrapped_by_hand(story):
    """Tests that 10 sold on day 1 bring back 4 on day 3.5: 3 are in stock again, on no order; 1 is thrown away."""
    told = story(shop("share: 0.4, delay: 2.5, restock: 0.75"))
    assert events(told, "returned", "shop") == [(3.5, 4.0, 0.0)]
    assert events(told, "scrapped", "shop") == [(3.5, 1.0, 0.0)]
    assert [told.at(3.5, column, "shop") for column in ("on_hand", "on_order", "in_transit")] == [3.0, 0.0, 0.0]
    assert told.orders("shop") == []
    kpis = sc.run(told.scenario).kpis.query("node == 'shop' and product.isna()").set_index("metric")["mean"]
    assert [kpis[name] for name in ("return_rate", "units_scrapped", "disposal_cost")] == [0.4, 1.0, 5.0]


def test_what_comes_back_serves_who_waits(story):
    """Tests that of 12 asked for and 10 there, the 2 owed are served by the 5 that come back."""
    told = story(shop("share: 0.5, delay: 2", demand="replay, values: [10, 2], afterwards: zero"))
    owed = [told.at(time, "backorders", "shop") for time in (2, 3)]
    assert owed == [2.0, 0.0]
    assert told.at(3, "on_hand", "shop") == 3.0


@pytest.mark.known_answer("lane.returns")
def test_a_lane_for_returns_takes_its_time_and_costs(story):
    """Tests that 4 pairs reach the shop on day 2 and the warehouse on day 5, for 7 and 2 a pair: 15."""
    lane = "- {from: shop, to: warehouse, returns: true, lead_time: 3, unit_cost: 2, shipment_cost: 7}"
    told = story(shop("share: 0.4, delay: 1, to: warehouse", more=lane))
    assert events(told, "sent_back", "shop") == [(2.0, 4.0, 15.0)]
    assert events(told, "restocked", "warehouse") == [(5.0, 4.0, 0.0)]
    assert [told.at(time, "on_hand", "warehouse") for time in (4.9, 5)] == [10.0, 14.0]
    assert sorted(point.level for point in told.network.points) == [0, 1, 2]
    kpis = sc.run(told.scenario).kpis.query("product.isna() and segment.isna()").set_index(["metric", "node"])["mean"]
    assert (kpis["transport_cost", "warehouse"], kpis["transport_cost", "shop"]) == (15.0, 0.0)


def test_customers_bring_units_where_no_lane_does(story):
    """Tests that units go to another node straight, after the delay, when no lane for returns leads there."""
    told = story(shop("share: 0.4, delay: 1, to: warehouse"))
    assert events(told, "sent_back", "shop") == []
    assert events(told, "restocked", "warehouse") == [(2.0, 4.0, 0.0)]


def test_whole_units_come_back_with_their_chance_and_leave_demand_alone():
    """Tests that a share of 0.3 of 2,000 pairs comes back within 3 standard errors, drawn from numbers of its own."""
    poisson = "poisson, mean: 10"
    text = shop("share: 0.3", demand=poisson, horizon=200, whole="true", initial=5000)
    found = []
    for each in (text, text.replace("returns: {share: 0.3}", "")):
        keeper = Keeper(["demand", "events"])
        simulate(sc.loads(each).network, seed=1, sinks=[keeper])
        found.append(keeper.tables())
    returned = found[0]["events"][found[0]["events"][:, 1] == CODES["returned"], 5]
    asked = found[0]["demand"][:, 4]
    assert (asked == found[1]["demand"][:, 4]).all()
    assert (returned == returned.round()).all()
    assert abs(returned.sum() - 0.3 * asked.sum()) <= 3 * (0.21 * asked.sum()) ** 0.5 < 0.11 * 0.3 * asked.sum()


@pytest.mark.known_answer("returns.refund")
def test_customers_get_their_share_of_the_price_back(story):
    """Tests the price that each order was sold at: 4 of 10 sold for 60 less 25 % are paid back at 90 %: 162."""
    sale = "    sales: {shoes: {price: 60, promotions: [{from: 1, until: 2, discount: 0.25}]}}\nlanes:"
    told = story(shop("share: 0.4, delay: 3, refund: 0.9").replace("lanes:", sale))
    kpis = sc.run(told.scenario).kpis.query("node == 'shop' and product.isna()").set_index("metric")["mean"]
    assert kpis["revenue"] == 450 - 0.9 * 4 * 45
    assert kpis["closing_cash"] == 450 - 162


DOCK = """
scmsim: 1
name: dock
time: {{horizon: 40}}
products: {{parcel: {{}}}}
nodes:
  plant: {{kind: supplier}}
  {dock}
  shop:
    kind: retailer
    stock: {{parcel: {{initial: 20, policy: {{kind: base_stock, level: 24}}}}}}
    demand: {{parcel: {{kind: normal, mean: 5, sd: 2}}}}
lanes: {lanes}
"""


@pytest.mark.known_answer("node.cross_dock")
@pytest.mark.known_answer("cross_dock.handling_time")
def test_a_cross_dock_serves_like_one_lane_that_takes_its_handling_longer(story):
    """Tests that 2 days, half a day of handling and 1 day serve a shop as 3.5 days do, with nothing at the dock."""
    through = "[{from: plant, to: dock, lead_time: 2}, {from: dock, to: shop, lead_time: 1}]"
    passed = story(DOCK.format(dock="dock: {kind: warehouse, cross_dock: {handling_time: 0.5}}", lanes=through))
    direct = story(DOCK.format(dock="", lanes="[{from: plant, to: shop, lead_time: 3.5}]"))
    times = [1 + step / 2 for step in range(78)]
    assert passed.net_stock("shop", times) == pytest.approx(direct.net_stock("shop", times))
    assert {row["on_hand"] for row in passed.rows("stock", "dock")} == {0.0}


def test_handling_comes_on_top_of_a_drawn_lead_time(story):
    """Tests that goods stay half a day at the dock however long their way was, and that this is part of it."""
    through = "[{from: plant, to: dock, lead_time: {dist: uniform, low: 1, high: 3}}, dock -> shop]"
    lane = DOCK.format(dock="dock: {kind: warehouse, cross_dock: {handling_time: 0.5}}", lanes=through)
    ways = []
    for text in (lane, lane.replace("0.5", "0")):
        told = story(text)
        (dock,) = [point.index for point in told.network.points if point.node == "dock"]
        time, _, buyer, _, _, arrives = told.tables["shipments"].T
        ways.append((arrives - time)[buyer == dock][:20])
    assert (ways[0] - ways[1]).tolist() == [500_000.0] * 20


def test_levels_and_promises_count_on_the_way_to_a_cross_dock():
    """Tests that a level below a dock covers the whole way, 4 a day for 3.5 days, and that promised dates are kept."""
    dock = sc.load("scenarios/distribution/cross_dock.yaml")
    dock = dock.set("nodes.north.demand.parcel={kind: poisson, mean: 4}")
    dock = dock.set("nodes.north.stock.parcel.policy={kind: base_stock, service_level: 0.5}")
    north = next(point for point in dock.network.points if point.node == "north")
    assert north.policy.level == pytest.approx(4 * 3.5)
    assert sc.run(dock).scorecard["on_time"].tolist() == [1.0, 1.0, 1.0, 1.0]
