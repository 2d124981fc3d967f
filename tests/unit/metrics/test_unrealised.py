"""Profit within the chain on goods that the chain still has, against hand calculations."""

import numpy as np
import pandas as pd
import pytest

import scmsim as sc
from scmsim.metrics import CATALOGUE
from scmsim.metrics.unrealised import Pool


def chain(nodes, lanes, *, horizon=10, warm_up=0, money="{}", products="{p: {value: 6}}"):
    """Return the result of a scenario of stages that do what they are told to."""
    text = f"""
scmsim: 1
name: chain
time: {{unit: day, horizon: {horizon}, warm_up: {warm_up}}}
money: {money}
products: {products}
nodes:
{nodes}
lanes: {lanes}
"""
    return sc.run(sc.loads(text))


MAKER = """
  maker:
    kind: factory
    make: {p: {unit_cost: 6}}
    stock: {p: {initial: 0, policy: {kind: base_stock, level: 0}}}
"""


def shop(orders, demand, initial=0):
    """Return a shop that orders and sells what is said, day by day, at 15."""
    return f"""
  shop:
    kind: retailer
    stock: {{p: {{initial: {initial}, policy: {{kind: scripted, orders: {orders}}}}}}}
    demand: {{p: {{kind: replay, afterwards: zero, values: {demand}}}}}
    sales: {{p: {{price: 15}}}}
"""


def sheet(result, node=None):
    """Return the lines of the statements of a node or of the chain."""
    rows = result.statements
    rows = rows[rows["node"].isna() if node is None else rows["node"] == node]
    lines = rows.set_index("line")["amount"]
    assert lines["total_assets"] == pytest.approx(lines["total_claims"], abs=1e-9)
    return lines


def figure(result, metric, *, node=None, segment=None):
    """Return a figure of the table of a node, a segment, or the chain."""
    rows = result.kpis[(result.kpis["metric"] == metric) & result.kpis["product"].isna()]
    for column, name in (("node", node), ("segment", segment)):
        rows = rows[rows[column].isna() if name is None else rows[column] == name]
    (found,) = rows["mean"]
    return float(found)


def goods(lines):
    """Return what the goods cost the chain."""
    return lines[["inventory", "in_transit", "work_in_process", "unrealised_profit"]].sum()


def test_two_stages_by_hand():
    """Tests that 5 of 30 units bought at 10, which cost 6 to make, lie there at 30 and hold 20 of the maker's profit.

    The maker earns 30 x 4 = 120, the shop 25 x 5 = 125; the chain 25 x 9 = 225, which is 245 - 20.
    """
    result = chain(f"{MAKER}\n{shop([30], [0, 10, 15])}", "[{from: maker, to: shop, price: 10}]")
    lines = sheet(result)
    assert lines["unrealised_profit"] == pytest.approx(-20)
    assert (lines["inventory"], goods(lines)) == (pytest.approx(50), pytest.approx(30))
    assert lines["cost_of_goods_sold"] == pytest.approx(25 * 6)
    assert lines["profit"] == lines["retained_earnings"] == pytest.approx(225)
    assert (sheet(result, "maker")["profit"], sheet(result, "shop")["profit"]) == (120, 125)
    assert "unrealised_profit" not in sheet(result, "shop")


THREE = f"""{MAKER}
  depot: {{kind: warehouse, stock: {{p: {{initial: 0, policy: {{kind: scripted, orders: [40]}}}}}}}}
{shop("[0, 0, 30]", "[0, 0, 0, 10, 15]")}"""
THREE_LANES = "[{from: maker, to: depot, price: 8}, {from: depot, to: shop, price: 11, lead_time: 1}]"


def test_margins_compound_over_three_stages():
    """Tests that 10 units at the depot hold 2 each and 5 at the shop 2 + 3 each: 45, on goods that cost 15 x 6."""
    result = chain(THREE, THREE_LANES)
    lines = sheet(result)
    assert lines["unrealised_profit"] == pytest.approx(-(10 * 2 + 5 * 5))
    assert goods(lines) == pytest.approx(15 * 6)
    assert (lines["profit"], lines["cost_of_goods_sold"]) == (pytest.approx(25 * 9), pytest.approx(25 * 6))


def test_a_segment_eliminates_its_own_trade_alone():
    """Tests that 10 units of the maker's at the depot count in their common segment, and none of theirs at the shop.

    The maker earns 40 x 2 and the depot 30 x 3: 170. As one firm they have sold 30 at 11 that cost 6.
    """
    result = chain(THREE, THREE_LANES)
    assert figure(result, "profit") == pytest.approx(25 * 9)
    names = {row.segment for row in result.kpis.itertuples() if isinstance(row.segment, str)}
    profit = {name: figure(result, "profit", segment=name) for name in names}
    maker, depot = (sheet(result, node)["profit"] for node in ("maker", "depot"))
    assert (maker, depot) == (80, 90)
    assert profit["downstream"] == sheet(result, "shop")["profit"] == pytest.approx(25 * 4)
    assert profit["internal"] == pytest.approx(30 * 5)


def test_when_all_is_sold_there_is_nothing_to_take_off():
    """Tests that the chain earned what its stages earned once it has no goods left."""
    result = chain(f"{MAKER}\n{shop([30], [0, 10, 20])}", "[{from: maker, to: shop, price: 10}]")
    lines = sheet(result)
    assert lines["unrealised_profit"] == 0
    assert lines["profit"] == pytest.approx(sheet(result, "maker")["profit"] + sheet(result, "shop")["profit"])


@pytest.mark.parametrize(("orders", "demand"), [([30], [0, 25]), ([0, 0, 30], [20, 0, 0, 5])])
def test_nobody_has_earned_on_what_a_stage_opens_with(orders, demand):
    """Tests that 20 units at 6 to begin with, and 30 bought at 10 that cost 6, leave 25 units at 6 when 25 are sold.

    Bought first, half of 120 is left; bought when the first 20 are gone, 25 x 4.
    """
    result = chain(f"{MAKER}\n{shop(orders, demand, initial=20)}", "[{from: maker, to: shop, price: 10}]")
    lines = sheet(result)
    assert lines["unrealised_profit"] == pytest.approx(-60 if orders == [30] else -100)
    assert goods(lines) == pytest.approx(25 * 6)
    assert lines["profit"] == pytest.approx(25 * 9)


def test_goods_on_their_way_count():
    """Tests that what was shipped and has not arrived holds the seller's profit, whatever lies in the buyer's stock."""
    nodes = f"{MAKER}\n{shop([0, 30], [5], initial=20)}"
    result = chain(nodes, "[{from: maker, to: shop, price: 10, lead_time: 20}]")
    lines = sheet(result)
    assert (lines["in_transit"], lines["inventory"], lines["unrealised_profit"]) == (300, 90, pytest.approx(-120))
    assert lines["profit"] == pytest.approx(5 * 9)


def test_goods_in_the_works_count():
    """Tests that of 30 parts bought at 10 that cost 6, the 20 in the works hold 80, those in the 5 cars left 20."""
    nodes = """
  mill: {kind: factory, make: {part: {unit_cost: 6}}, stock: {part: {initial: 0, policy: {kind: base_stock, level: 0}}}}
  works:
    kind: factory
    make: {car: {components: {part: 1}, unit_cost: 7, lead_time: 4}}
    stock:
      part: {initial: 0, policy: {kind: scripted, orders: [30]}}
      car: {initial: 0, policy: {kind: scripted, orders: [0, 10, 20]}}
    demand: {car: {kind: replay, afterwards: zero, values: [0, 0, 0, 0, 0, 5]}}
    sales: {car: {price: 40}}
"""
    result = chain(nodes, "[{from: mill, to: works, price: 10}]", horizon=6, products="{part: {}, car: {}}")
    lines = sheet(result)
    assert lines["work_in_process"] == pytest.approx(20 * 17)
    assert lines["inventory"] == pytest.approx(5 * 17)
    assert lines["unrealised_profit"] == pytest.approx(-100)
    assert lines["profit"] == pytest.approx(5 * (40 - 13))


def test_the_products_of_a_node_share_one_average():
    """Tests that where half of a stock holds 4 in 10 and half nothing, what is sold is taken to hold 2 in 10.

    The shop sells 15 of the 30 units that hold 120, at 10 each of 600 in stock: a quarter of the profit is realised.
    """
    nodes = f"""{MAKER}
  mill: {{kind: supplier}}
  shop:
    kind: retailer
    stock: {{p: {{policy: {{kind: scripted, orders: [30]}}}}, q: {{policy: {{kind: scripted, orders: [30]}}}}}}
    demand: {{p: {{kind: replay, afterwards: zero, values: [0, 15]}}, q: {{kind: constant, value: 0}}}}
    sales: {{p: {{price: 15}}}}
"""
    lanes = "[{from: maker, to: shop, products: [p], price: 10}, {from: mill, to: shop, products: [q], price: 10}]"
    lines = sheet(chain(nodes, lanes, products="{p: {}, q: {}}"))
    assert lines["inventory"] == pytest.approx(450)
    assert lines["unrealised_profit"] == pytest.approx(-90)


def test_the_measured_time_bears_its_own_change_only():
    """Tests that 20 units at the end of the warm-up, sold in the measured time, bring what the maker earned before.

    The shop then sells 20 at 15 that it paid 10 for; they cost the chain 6.
    """
    nodes = f"{MAKER}\n{shop([30], [0, 10, 0, 0, 0, 15])}"
    result = chain(nodes, "[{from: maker, to: shop, price: 10}]", warm_up=4)
    lines = sheet(result)
    assert (lines["profit"], lines["retained_earnings"]) == (pytest.approx(15 * 9), pytest.approx(25 * 9))
    assert sheet(result, "shop")["profit"] == pytest.approx(15 * 5)
    assert figure(result, "profit") == pytest.approx(15 * 9)


def test_duty_is_a_cost_of_the_chain():
    """Tests that 10 % duty on 10 is paid to somebody else, so that a unit has cost the chain 7."""
    result = chain(f"{MAKER}\n{shop([30], [0, 10, 15])}", "[{from: maker, to: shop, price: 10, duty: 0.1}]")
    lines = sheet(result)
    assert (lines["inventory"], goods(lines)) == (pytest.approx(55), pytest.approx(35))


def test_goods_passed_on_at_cost_keep_what_is_in_them():
    """Tests that a lane without a price adds nothing and takes nothing off."""
    lanes = "[{from: maker, to: depot, price: 8}, {from: depot, to: shop, lead_time: 1}]"
    lines = sheet(chain(THREE, lanes))
    assert lines["unrealised_profit"] == pytest.approx(-15 * 2)
    assert lines["profit"] == pytest.approx(25 * 9)


@pytest.mark.parametrize("price", [10, 5])
def test_at_standard_cost_stock_is_worth_the_standard(price):
    """Tests that where every stage carries a unit at 6, no profit is in it, whatever the price within the chain."""
    result = chain(
        f"{MAKER}\n{shop([30], [0, 10, 15])}",
        f"[{{from: maker, to: shop, price: {price}}}]",
        money="{valuation: standard}",
        products="{p: {standard_cost: 6}}",
    )
    lines = sheet(result)
    assert lines["unrealised_profit"] == pytest.approx(0)
    assert lines["profit"] == pytest.approx(25 * 9)
    assert goods(lines) == pytest.approx(30)
    assert (lines["cost_of_goods_sold"], lines["gross_margin"]) == (pytest.approx(25 * 6), pytest.approx(25 * 9))
    assert lines["cost_variance"] == pytest.approx(0)
    assert figure(result, "cost_variance_expense") == pytest.approx(0)
    assert figure(result, "cost_variance_expense", node="shop") == pytest.approx(30 * (price - 6))
    assert figure(result, "cost_of_goods_sold") == pytest.approx(25 * 6)
    assert figure(result, "gmroi") == pytest.approx(figure(result, "gross_margin") / (goods_held(result) * 6))
    assert figure(result, "days_of_inventory") == pytest.approx(goods_held(result) * 6 * 10 / 150)


def goods_held(result):
    """Return the mean units of a run of ten days, on hand and on their way."""
    rows = [rows for _, rows in result.stock.groupby("node")]
    return (
        sum(((each["on_hand"] + each["in_transit"]) * np.diff(np.append(each["time"], 11.0))).sum() for each in rows)
        / 10
    )


def test_a_firm_bears_what_it_pays_others_above_the_standard():
    """Tests that work at 7 for a standard of 6 is a variance of the chain, and what stages pay each other is none."""
    nodes = MAKER.replace("unit_cost: 6", "unit_cost: 7") + shop([30], [0, 10, 15])
    result = chain(
        nodes,
        "[{from: maker, to: shop, price: 10}]",
        money="{valuation: standard}",
        products="{p: {standard_cost: 6}}",
    )
    lines = sheet(result)
    assert (lines["cost_variance"], lines["cost_of_goods_sold"]) == (pytest.approx(30), pytest.approx(150))
    assert figure(result, "cost_variance_expense") == pytest.approx(30)
    assert lines["profit"] == pytest.approx(25 * 9 - 30)


def test_a_pool_gives_its_profit_in_proportion_to_its_value():
    """Tests that half of the goods take half of the profit, the rest what is left, and that nothing holds nothing."""
    pool = Pool()
    pool.value, pool.unrealised = 100.0, 40.0
    assert (pool.take(50.0), pool.unrealised) == (20.0, 20.0)
    assert (pool.take(50.0 + 1e-12), pool.unrealised) == (20.0, 0.0)
    assert (pool.take(10.0), pool.unrealised) == (0.0, 0.0)


RANDOM = """
scmsim: 1
name: random
time: {unit: day, horizon: 200, warm_up: 50}
money: {}
products: {p: {value: 4}}
defaults: {stock: {review: {interval: 3}, policy: {kind: base_stock, level: 60}, initial: 30}, lane: {lead_time: 2}}
nodes:
  maker: {kind: factory, make: {p: {unit_cost: 4, lead_time: 2}}}
  hub: {kind: warehouse}
  depot: {kind: distributor, segment: internal}
  shop: {kind: retailer, demand: {p: {kind: poisson, mean: 8}}, sales: {p: {price: 20}}}
lanes:
  - {from: maker, to: hub, price: 6}
  - {from: hub, to: depot, price: {kind: markup, rate: 0.5}}
  - {from: depot, to: shop, price: 13}
"""


@pytest.fixture(scope="module")
def random_chain():
    """Return two replications of four stages of which every one earns, of a product that costs the chain 4."""
    return sc.run(sc.loads(RANDOM), replications=2)


def test_stock_is_worth_what_it_cost_the_chain(random_chain):
    """Tests that every unit there is at the end, wherever it lies, is worth the 4 that it cost to make."""
    found = random_chain.statements
    for number in (1, 2):
        lines = found[(found["replication"] == number) & found["node"].isna()].set_index("line")["amount"]
        stock = random_chain.stock
        last = stock[stock["replication"] == number].groupby("node").last()
        assert lines["unrealised_profit"] < -10
        assert goods(lines) == pytest.approx(4 * (last["on_hand"] + last["in_transit"]).sum())
        sold = random_chain.deliveries.query("replication == @number and buyer.isna() and time >= 51")["quantity"].sum()
        assert lines["profit"] == pytest.approx(sold * 16)


@pytest.mark.parametrize("line", ["profit", "gross_margin", "cost_of_goods_sold", "revenue"])
def test_the_table_of_figures_agrees_with_the_statements(random_chain, line):
    """Tests that the mean of the chain's figure is that of its statements, and that stages have their own."""
    found = random_chain.statements
    found = found[found["line"] == line]
    assert figure(random_chain, line) == pytest.approx(found[found["node"].isna()]["amount"].mean())
    own = found[found["node"] == "depot"]["amount"].mean()
    assert figure(random_chain, line, node="depot") == pytest.approx(own)


def test_days_of_inventory_are_days_of_units(random_chain):
    """Tests that with one cost per unit the chain's goods last as long as its units: both are worth 4 to it."""
    units, warm = [], 51.0
    for (_, _), rows in random_chain.stock.groupby(["replication", "node"]):
        edges = np.append(rows["time"], 201.0).clip(min=warm)
        units.append(((rows["on_hand"] + rows["in_transit"]) * np.diff(edges)).sum())
    sold = random_chain.deliveries.query("buyer.isna() and time >= 51").groupby("replication")["quantity"].sum()
    per_run = np.array(units).reshape(2, -1).sum(axis=1)
    assert figure(random_chain, "days_of_inventory") == pytest.approx((per_run / sold.to_numpy()).mean())
    margin = (sold * 16).to_numpy() / (4 * per_run / 150)
    assert figure(random_chain, "gmroi") == pytest.approx(margin.mean())


def test_a_summary_knows_the_same(random_chain):
    """Tests that figures worked out while the run goes on are those of the full tables."""
    short = sc.run(sc.loads(RANDOM), replications=2, record="summary")
    names = ["profit", "days_of_inventory", "gmroi"]
    left, right = (frame[frame["metric"].isin(names)] for frame in (short.kpis, random_chain.kpis))
    pd.testing.assert_frame_equal(left, right)


def test_definitions_say_what_is_taken_off():
    """Tests that whoever reads a figure of the chain reads what its goods are worth in it, and by which rule."""
    for name in ("profit", "gross_margin", "cost_of_goods_sold"):
        assert "what its nodes earned on goods that still lie in another of them" in CATALOGUE[name].definition
        assert CATALOGUE[name].source.startswith("IFRS 10, paragraph B86(c)")
    for name in ("days_of_inventory", "gmroi"):
        assert "is worth what it cost the segment or the chain" in CATALOGUE[name].definition
