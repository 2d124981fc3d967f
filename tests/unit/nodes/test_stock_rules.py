"""Stocks that serve by rules, by hand: who gets what, who goes, and who helps out."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import scmsim
from scmsim.experiments.run.result import Result
from scmsim.simulation import Simulation

SCENARIOS = Path(__file__).parents[3] / "scenarios" / "distribution"


def ran(name: str) -> Result:
    """Run an example scenario."""
    return scmsim.run(SCENARIOS / f"{name}.yaml")


def happened(result: Result, kind: str) -> list[tuple[float, str, float]]:
    """Return when, where and how much of a kind of event there was."""
    rows = result.events.query("kind == @kind")
    return list(rows[["time", "node", "quantity"]].itertuples(index=False, name=None))


@pytest.mark.known_answer("stock.allocation")
@pytest.mark.known_answer("lane.priority")
@pytest.mark.parametrize(
    ("rule", "north", "south"),
    [
        ("first_come", [2, 2, 1 + 4], [6, 6, 3]),
        ("priority", [5, 5, 5], [3, 3, 3]),
        ("proportional", [2, 2 + 2, 0 + 1 + 1], [6, 4, 2 + 4]),
        ("fair_share", [2, 3 + 1, 4], [6, 4, 4]),
        ("reserve", [5, 5, 5], [0, 2, 3]),
    ],
)
def test_who_gets_what_of_eight_crates_a_day(rule: str, north: list[int], south: list[int]) -> None:
    """Tests that each rule ships to both shops on the three days what it does by hand."""
    shipped = ran(f"allocation_{rule}").shipments.query("node == 'depot'")
    table = shipped.pivot_table(index="time", columns="buyer", values="quantity", aggfunc="sum", fill_value=0)
    found = {buyer: table[buyer].reindex([1.0, 2.0, 3.0], fill_value=0).tolist() for buyer in table}
    assert found == {"north": north, "south": south}


@pytest.mark.known_answer("lane.ship:complete")
@pytest.mark.known_answer("lane.ship:partial")
def test_a_complete_order_leaves_whole_and_its_units_lie_until_then() -> None:
    """Tests that the builder's 15 leave on day 3, and that 6 and 12 lie at the depot before, on hand and owed.

    The shop, which orders 5 a day and takes parts, gets what the builder leaves: 2 on days 1 and 2, and 5 on day 3.
    """
    result = ran("ship_complete")
    builders = result.shipments.query("buyer == 'builder'")[["time", "quantity"]].values.tolist()
    assert builders == [[3.0, 15.0]]
    assert result.shipments.query("buyer == 'shop'").groupby("time").quantity.sum().to_dict() == {1: 2, 2: 2, 3: 5}
    state = result.stock.query("node == 'depot'")[["on_hand", "backorders"]].values.tolist()
    assert state == [[6.0, 18.0], [12.0, 21.0], [0.0, 6.0]]


@pytest.mark.known_answer("demand.unmet:patience")
def test_customers_go_when_they_have_waited_long_enough() -> None:
    """Tests that those of day 1 go on day 3, and that what comes on day 4 still serves those whose time is up then."""
    result = ran("patience")
    assert happened(result, "gave_up") == [(3.0, "shop", 4.0)]
    assert result.deliveries.query("buyer.isna()").groupby("time").quantity.sum().to_dict() == {4.0: 12.0}


@pytest.mark.known_answer("demand.substitutes")
def test_customers_take_what_there_is_to_spare_instead() -> None:
    """Tests that 2 lemonades are taken each day for colas, and that no unit is asked for twice."""
    result = ran("substitutes")
    assert happened(result, "substituted") == [(1.0, "kiosk", 2.0), (2.0, "kiosk", 2.0)]
    asked = result.demand.query("node == 'kiosk'").groupby("product")[["quantity", "served", "lost"]].sum()
    assert asked.loc["cola"].tolist() == [6.0, 3.0, 3.0]
    assert asked.loc["lemonade"].tolist() == [6.0, 6.0, 0.0]


@pytest.mark.known_answer("lane.cancel_after")
def test_what_is_cancelled_stays_on_order_until_it_is_confirmed() -> None:
    """Tests that the cancellation takes effect at the depot on day 5, and at the shop on day 6."""
    result = ran("cancellation")
    assert happened(result, "cancelled") == [(5.0, "depot", 4.0)]
    assert happened(result, "cancellation_confirmed") == [(6.0, "shop", 4.0)]
    letters = result.messages.query("kind == 'cancellation'")
    assert letters[["time", "sender", "receiver", "quantity", "received"]].values.tolist() == [
        [4.0, "shop", "depot", 4.0, 5.0],
        [5.0, "depot", "shop", 4.0, 6.0],
    ]
    shop = result.stock.query("node == 'shop'").set_index("time").on_order
    assert shop.to_dict() == {1.0: 6.0, 2.0: 6.0, 3.0: 4.0, 6.0: 0.0}


PREPAID = (
    "money={}",
    "lanes.depot:shop.price=5",
    "lanes.depot:shop.terms.down_payment=0.5",
    "lanes.depot:shop.messages.remittance=0.5",
)


def test_what_was_paid_in_advance_of_cancelled_units_comes_back() -> None:
    """Tests that of the 15 paid for 6 units on day 1 the depot pays back the 10 for 4 of them when it learns on day 5
    that they are cancelled, that the shop has them half a day later, and that no advance is left open."""
    result = scmsim.run(scmsim.load(SCENARIOS / "cancellation.yaml", PREPAID))
    advances = result.payments.query("invoice == 0")[["time", "payer", "payee", "amount", "received"]].values.tolist()
    assert advances == [[1.0, "shop", "depot", 15.0, 1.5], [5.0, "depot", "shop", 10.0, 5.5]]
    open_ = result.ledger.query("account in ('advances_paid', 'advances_received')").groupby(["node", "account"]).amount
    assert open_.sum().abs().max() == 0.0


@pytest.mark.known_answer("lane.lateral")
@pytest.mark.known_answer("lane.keep")
def test_peers_give_what_they_have_above_what_they_keep() -> None:
    """Tests that south gives 2 and then 4, nothing when it is below 2, and that nothing is asked for twice."""
    result = ran("lateral")
    lateral = result.orders.query("supplier == 'south'")[["time", "node", "quantity", "completed"]].values.tolist()
    assert lateral == [[1.0, "north", 2.0, 2.0], [2.0, "north", 4.0, 3.0]]
    owed = result.stock.query("node == 'north'").set_index("time").backorders.to_dict()
    assert owed == {1.0: 2.0, 2.0: 4.0, 3.0: 4.0}


@pytest.mark.parametrize(
    ("scenario", "said"),
    [
        ("one_warehouse_three_retailers", "defaults.demand.priority=2"),
        ("beer_game_lost_sales", "lanes.wholesaler:retailer.priority=2"),
        ("assembly", "nodes.factory.make.lamp.priority=2"),
        ("insolvency", "lanes.1.priority=3"),
    ],
)
def test_a_stock_with_rules_serves_first_come_like_any_other(scenario: str, said: str) -> None:
    """Tests that a class that no rule heeds changes nothing of what stocks hold, owe and expect at any instant."""
    file, brief = SCENARIOS.parent / f"{scenario}.yaml", ("time.warm_up=0", "time.horizon=36")
    plain, ruled = (scmsim.run(scmsim.load(file, (*brief, *one)), replications=1) for one in ((), (said,)))
    assert any(point.rules for point in ruled.scenario.network.points)
    pd.testing.assert_frame_equal(plain.stock, ruled.stock)


def test_what_is_under_way_from_a_peer_is_not_asked_for_again() -> None:
    """Tests that of the 6 owed on day 2 only the 4 are asked for that are not under way since day 1."""
    slower = ("lanes.south:north.lead_time=2", "lanes.south:north.keep=0")
    orders = scmsim.run(scmsim.load(SCENARIOS / "lateral.yaml", slower)).orders
    assert orders.query("supplier == 'south'")[["time", "quantity"]].values.tolist() == [[1, 2], [2, 4], [3, 1]]


INFORMED = """
scmsim: 1
name: informed
time: {horizon: 40}
products: {beer: {}}
defaults: {lane: {lead_time: 1, share: {stock: true, pipeline: true}}}
nodes:
  mill: {kind: supplier}
  plant:
    kind: warehouse
    stock: {beer: {initial: 15, allocation: {kind: fair_share}, policy: {kind: echelon_base_stock, level: 40}}}
  a:
    kind: retailer
    demand: {beer: {kind: poisson, mean: 4, unmet: patience, patience: 1}}
    stock: {beer: {initial: 8, policy: {kind: drp, forecast: {kind: naive}, safety_stock: 6}}}
  b:
    kind: retailer
    demand: {beer: {kind: poisson, mean: 3}}
    stock: {beer: {initial: 8, allocation: {kind: priority}, policy: {kind: base_stock, level: 9}}}
lanes:
  - {from: mill, to: plant, lead_time: 5, share: {stock: false, pipeline: false}}
  - {from: plant, to: a, cancel_after: 1, order_delay: 0.5, priority: 2, messages: {confirmation: 0.5}}
  - {from: plant, to: b, ship: complete}
"""


def test_cancelled_units_are_in_nobodys_books_any_more() -> None:
    """Tests that what a seller knows to be on its way, and what a buyer has in its order book, follow cancellations."""
    simulation = Simulation(scmsim.loads(INFORMED).network, seed=1)
    index = {point.node: point.index for point in simulation.network.points}
    plant: Any = simulation.stocks[index["plant"]]
    planner: Any = simulation.stocks[index["a"]]

    def look(_tick: int) -> None:
        for name in ("a", "b"):
            stock: Any = simulation.stocks[index[name]]
            open_ = sum(order.unshipped for order in plant.waiting if order.route.buyer == stock.index)
            known = plant.customers[stock.index].entered - stock.received
            assert known == pytest.approx(stock.in_transit + open_, abs=1e-6)
        assert sum(units for _, units in planner.book.due(0)) == pytest.approx(planner.on_order, abs=1e-6)

    simulation.clock.on_close(look)
    simulation.run()
    assert "cancelled" in set(scmsim.run(scmsim.loads(INFORMED)).events.kind)


ONE_SHOP = """
scmsim: 1
name: one-shop
time: {{horizon: {horizon}, warm_up: {warm_up}}}
run: {{replications: {replications}, seed: 5}}
products: {{item: {{}}, other: {{}}}}
nodes:
  mill: {{kind: supplier}}
  shop:
    kind: retailer
    demand: {{item: {demand}}}
    stock: {{item: {stock}}}
lanes: [{{from: mill, to: shop, lead_time: 3, products: [item]}}]
"""


def one_shop(demand: str, stock: str, horizon: int = 2, warm_up: int = 0, replications: int = 1) -> Result:
    """Run one shop with these demands and this stock."""
    text = ONE_SHOP.format(demand=demand, stock=stock, horizon=horizon, warm_up=warm_up, replications=replications)
    return scmsim.run(scmsim.loads(text))


def figure(result: Result, metric: str) -> tuple[float, float]:
    """Return a measure of the shop's item, and the standard error of its mean."""
    row = result.kpis.query("metric == @metric and node == 'shop' and product == 'item'").iloc[0]
    return float(row["mean"]), float(row["half_width"])


def test_no_patience_at_all_is_to_be_lost() -> None:
    """Tests that customers whose patience is 0 leave the same stock behind, at every instant, as those who are lost."""
    demand = "{{kind: compound_poisson, rate: 1, size: 1, unmet: {}}}"
    stock = "{initial: 5, review: continuous, policy: {kind: base_stock, level: 5}}"
    lost, impatient = (
        one_shop(demand.format(unmet), stock, horizon=120) for unmet in ("lost", "patience, patience: 0")
    )
    pd.testing.assert_frame_equal(lost.stock, impatient.stock)
    assert figure(impatient, "units_given_up")[0] == figure(impatient, "units_lost")[0] == figure(lost, "units_lost")[0]
    assert figure(lost, "units_lost")[0] > 0


def test_patience_without_supply_is_a_queue_with_unlimited_servers() -> None:
    """Tests that as many wait as M/M/∞ serves: rate 4 x mean patience 1.5 = 6."""
    demand = "{kind: compound_poisson, rate: 4, size: 1, unmet: patience, patience: {dist: exponential, mean: 1.5}}"
    stock = "{review: continuous, policy: {kind: scripted, orders: [0]}}"
    waiting, half_width = figure(one_shop(demand, stock, horizon=220, warm_up=20, replications=4), "average_backorders")
    assert half_width < 0.8
    assert abs(waiting - 6.0) < 1.5 * half_width


@pytest.mark.known_answer("demand.ship:complete")
@pytest.mark.known_answer("demand.ship:partial")
@pytest.mark.parametrize(("ship", "served"), [("complete", [4.0, 0.0]), ("partial", [2.5, 2.5])])
def test_all_or_nothing_customers_who_do_not_wait_leave_one_by_one(ship: str, served: list[float]) -> None:
    """Tests that of two who want 4 of the 5 there one gets them, or each a half of the 5 where a part will do."""
    customer = f"{{kind: constant, value: 4, unmet: lost, ship: {ship}}}"
    result = one_shop(f"[{customer}, {customer}]", "{initial: 5, policy: {kind: scripted, orders: [0]}}", horizon=1)
    assert result.demand[["quantity", "served", "lost"]].values.tolist() == [[4.0, one, 4.0 - one] for one in served]


def test_forecasts_see_what_was_asked_for_even_if_another_product_was_taken() -> None:
    """Tests that a stock whose customers all take the substitute still orders for them."""
    text = """
    scmsim: 1
    name: seen
    time: {horizon: 3}
    products: {item: {}, other: {}}
    nodes:
      mill: {kind: supplier}
      shop:
        kind: retailer
        demand: {item: {kind: constant, value: 5, substitutes: [other]}}
        stock:
          item: {policy: {kind: order_up_to, forecast: {kind: naive}, safety_stock: 0}}
          other: {initial: 100, policy: {kind: scripted, orders: [0]}}
    lanes: [{from: mill, to: shop, lead_time: 3}]
    """
    result = scmsim.run(scmsim.loads(text))
    placed = result.orders.query("product == 'item'").quantity.tolist()
    assert placed == [15.0]
    assert result.kpis.query("metric == 'units_substituted' and product == 'item'")["mean"].max() == 15.0


KITS = """
scmsim: 1
name: kits
time: {horizon: 2}
products: {part: {}, lamp: {}, clock: {}}
defaults: {stock: {policy: {kind: scripted, orders: [4]}}}
nodes:
  mill: {kind: supplier}
  works:
    kind: factory
    make:
      lamp: {lead_time: 1, components: {part: 1}, priority: 2}
      clock: {lead_time: 1, components: {part: 1}}
    stock: {part: {initial: 5, allocation: {kind: priority}, policy: {kind: scripted, orders: [0]}}}
lanes: [mill -> works]
"""


@pytest.mark.known_answer("make.priority")
def test_kits_are_customers_of_the_class_of_what_is_made() -> None:
    """Tests that of 5 parts the clocks get all 4 they need, and the lamps the one left."""
    made = scmsim.run(scmsim.loads(KITS)).production.set_index("product").quantity.to_dict()
    assert made == {"clock": 4.0, "lamp": 1.0}


MIXED = """
scmsim: 1
name: mixed
time: {horizon: 30}
money: {}
products: {beer: {whole_units: true}, ale: {}}
defaults: {lane: {lead_time: 2, price: 3, messages: {confirmation: 1, invoice: 1}}, stock: {holding_cost: 0.1}}
nodes:
  mill: {kind: supplier}
  store:
    kind: warehouse
    clerks: {order_processing: {number: 1, time: 0.1}}
    stock:
      beer: {initial: 30, allocation: {kind: fair_share}, policy: {kind: scripted, orders: [6], afterwards: last}}
      ale: {initial: 30, policy: {kind: base_stock, level: 30}}
  a:
    kind: retailer
    demand:
      beer:
        - {kind: poisson, mean: 4, unmet: patience, patience: {dist: exponential, mean: 1}, substitutes: [ale]}
        - {kind: poisson, mean: 1, priority: 2, ship: complete, unmet: lost}
    sales: {beer: {price: 9}, ale: {price: 8}}
    stock:
      beer: {initial: 12, allocation: {kind: reserve, keep: [2]}, policy: {kind: base_stock, level: 16}}
      ale: {initial: 6, policy: {kind: base_stock, level: 6}}
  b:
    kind: retailer
    demand: {beer: {kind: poisson, mean: 3}}
    sales: {beer: {price: {kind: markup, rate: 0.5}}}
    stock: {beer: {initial: 12, policy: {kind: base_stock, level: 15}}}
lanes:
  - mill -> store
  - {from: store, to: a, priority: 2, lead_time: 1, order_delay: 0.5, cancel_after: 4, price: {kind: markup, rate: 0.5}}
  - {from: store, to: b, ship: complete, lead_time: 1, credit_limit: 90}
  - {from: a, to: b, lateral: true, keep: 1, lead_time: 1, price: 4, unit_cost: 0.2}
  - {from: b, to: a, lateral: true, lead_time: 0, unit_cost: 0.2, shipment_cost: 1}
"""
NEW = (
    "fill_rate_class_1",
    "fill_rate_class_2",
    "units_given_up",
    "units_cancelled",
    "units_substituted",
    "units_transshipped",
    "units_lost",
)


def turned_round(text: str) -> str:
    """Return the scenario with its nodes, and its lanes, in the opposite order."""
    head, _, rest = text.partition("nodes:\n")
    nodes, _, lanes = rest.partition("lanes:\n")
    entries = [f"  {part}" for part in ("\n" + nodes).replace("\n  ", "\n\0").replace("\0  ", "   ").split("\n\0")[1:]]
    assert len(entries) == 4
    backwards = "".join(entry.rstrip("\n") + "\n" for entry in reversed(entries))
    return f"{head}nodes:\n{backwards}lanes:\n" + "".join(reversed(lanes.splitlines(keepends=True)))


def test_everything_together_hangs_on_no_order_of_the_file_and_measures_alike_as_it_goes() -> None:
    """Tests that all rules at once, with clerks, credit and prices, pass the audit, that the order of nodes and lanes
    in the file changes nothing, that a run that keeps no tables measures the same, and that every rule had its say."""
    full = scmsim.run(scmsim.loads(MIXED), record="full")
    other = scmsim.run(scmsim.loads(turned_round(MIXED)), record="summary")
    keys = ["metric", "segment", "node", "product"]
    one, two = (each.kpis.set_index(keys)["mean"].sort_index() for each in (full, other))
    pd.testing.assert_series_equal(one, two, check_exact=False, rtol=1e-12)
    figures = {metric: figure_of(full, metric) for metric in NEW}
    assert all(value > 0 for value in figures.values()), figures
    assert np.isclose(figures["units_given_up"], full.events.query("kind == 'gave_up'").quantity.sum())


def figure_of(result: Result, metric: str) -> float:
    """Return the largest figure of a measure anywhere."""
    return float(result.kpis.query("metric == @metric")["mean"].max())
