"""The shipped scenarios of procurement against answers that are worked out by hand."""

from functools import cache
from pathlib import Path

import pandas as pd
import pytest

import scmsim as sc
from scmsim.metrics.audit.auditor import Auditor
from scmsim.simulation import Simulation, simulate

FOLDER = Path(__file__).resolve().parents[1] / "scenarios" / "procurement"


@cache
def run(name: str, *changes: str) -> sc.Result:
    """Run a shipped scenario, changed or as it is."""
    return sc.run(sc.load(FOLDER / f"{name}.yaml", changes))


def ordered(result: sc.Result, buyer: str = "shop") -> dict[str, list[float]]:
    """Return the units of every order to each supplier, in the order of time."""
    orders = result.orders[result.orders["node"] == buyer]
    return {str(name): group["quantity"].tolist() for name, group in orders.groupby("supplier")}


def spent(result: sc.Result) -> dict[str, float]:
    """Return what was shipped by each supplier, at its price."""
    ledger = result.ledger
    shipped = ledger[(ledger["event"] == "shipment") & (ledger["account"] == "in_transit")]
    return {str(name): round(float(sum_), 6) for name, sum_ in shipped.groupby("partner")["amount"].sum().items()}


def chain(result: sc.Result, metric: str) -> float:
    """Return a figure of the whole chain."""
    kpis = result.kpis
    whole = kpis["node"].isna() & kpis["product"].isna() & kpis["segment"].isna()
    return float(kpis[whole & (kpis["metric"] == metric)]["mean"].iloc[0])


@pytest.mark.known_answer("sourcing:priority")
def test_the_next_supplier_gets_what_the_first_cannot_give() -> None:
    """Tests that orders above the free capacity of the first go to the second, which is asked only then."""
    result = run("priority")
    assert ordered(result) == {"near": [5.0] * 10, "far": [9.0] * 10}
    asked = result.events[result.events["kind"] == "quotation_requested"]["partner"].value_counts().to_dict()
    assert asked == {"near": 20, "far": 10}


def test_when_nobody_can_the_first_gets_the_order_and_lets_it_wait() -> None:
    """Tests that 9, which nobody has, go to the first, once; as 3 wait there then, 5 more go to the second."""
    result = run("priority", "nodes.far.capacity=6", "time.horizon=3")
    assert ordered(result) == {"near": [5.0, 9.0], "far": [5.0]}
    shipped = result.shipments[["time", "node", "quantity"]].values.tolist()
    assert shipped == [[1.0, "near", 5.0], [2.0, "near", 6.0], [3.0, "near", 3.0], [3.0, "far", 5.0]]


@pytest.mark.known_answer("sourcing:split")
def test_whole_units_are_split_so_that_the_shares_hold_in_the_long_run() -> None:
    """Tests that 10 a day at 3 to 1 are split 7 and 3, 8 and 2, and that every part is an order of its own."""
    result = run("split")
    assert ordered(result) == {"near": [7.0, 8.0] * 10, "far": [3.0, 2.0] * 10}
    assert result.orders["order"].is_unique


@pytest.mark.known_answer("sourcing:cheapest")
def test_the_cheapest_supplier_depends_on_the_quantity() -> None:
    """Tests that breaks and freight are counted at the quantity of each order: 10.00 to 9.50 for 5, 8.50 for 9."""
    result = run("cheapest")
    assert ordered(result) == {"far": [5.0] * 10, "near": [9.0] * 10}
    assert spent(result) == {"far": 460.0, "near": 765.0}
    assert chain(result, "transport_cost") == 15.0


@pytest.mark.known_answer("sourcing:fastest")
def test_the_fastest_supplier_gets_everything() -> None:
    """Tests that price plays no part, and that a level computed from a service level counts on the fastest lane."""
    result = run("fastest")
    assert ordered(result) == {"by_air": [8.0] * 20}
    assert spent(result) == {"by_air": 1920.0}
    policy = "nodes.shop.stock.valve.policy={kind: base_stock, service_level: 0.95}"
    (shop, *_) = sc.load(FOLDER / "fastest.yaml", [policy]).network.points
    assert shop.policy.level == 8.0


@pytest.mark.known_answer("sourcing:most_stock")
def test_the_supplier_that_says_it_has_most_gets_the_order() -> None:
    """Tests that 100 and 70 in stock are drawn down to 70 and 70, and then by turns, ties by name."""
    orders = run("most_stock").orders
    assert orders[orders["node"] == "shop"]["supplier"].str[0].tolist() == list("nnnnsnsnsn")


@pytest.mark.known_answer("messages.request")
@pytest.mark.known_answer("messages.quotation")
@pytest.mark.known_answer("sourcing:quotation")
@pytest.mark.parametrize(("weight", "winner"), [(0.26, "far"), (0.27, "near")])
def test_a_scoring_rule_decides_when_all_have_quoted(weight: float, winner: str) -> None:
    """Tests that the winner changes where 0.8 + w exceeds 1 + w/4, and that questions and answers take their time."""
    result = run("quotation", f"nodes.shop.stock.valve.sourcing.time={weight}")
    assert ordered(result) == {winner: [8.0] * 20}
    assert result.orders["time"].head(2).tolist() == [1.75, 2.75]
    told = result.messages[result.messages["kind"].isin(["quotation_requested", "quotation"])]
    first = told[told["time"] < 2][["time", "sender", "received"]].values.tolist()
    assert first == [[1.0, "shop", 1.25]] * 2 + [[1.25, "far", 1.75], [1.25, "near", 1.75]]
    quoted = result.events[result.events["kind"] == "quotation"].head(2)
    assert quoted[["node", "partner", "value"]].values.tolist() == [["far", "shop", 8.0], ["near", "shop", 10.0]]


def test_what_is_being_asked_about_is_not_ordered_again() -> None:
    """Tests that with answers that take three days, a stock still orders each day what was sold, once."""
    result = run("quotation", "lanes.0.messages.quotation=3", "lanes.1.messages.quotation=3")
    assert ordered(result) == {"far": [8.0] * 17}


@pytest.mark.known_answer("stock.sourcing")
@pytest.mark.known_answer("sourcing.level:joint")
@pytest.mark.known_answer("sourcing:base_surge")
def test_base_and_surge_share_the_demand() -> None:
    """Tests that 6 a day come from far, 4 more from near on days of 10, at 600 and 320."""
    result = run("base_surge")
    assert ordered(result) == {"far": [6.0] * 20, "near": [4.0] * 10}
    assert spent(result) == {"far": 600.0, "near": 320.0}


@pytest.mark.known_answer("sourcing.level:own")
def test_a_surge_with_its_own_level_does_not_count_the_base() -> None:
    """Tests that the surge then replaces all demand until the base arrives, which is ordered whatever is needed."""
    result = run("surge_on_its_own")
    near, far = ordered(result)["near"], ordered(result)["far"]
    assert far == [6.0] * 20
    assert near == [6.0, 10.0, 6.0, 10.0, 6.0, 10.0, 6.0, 10.0] + [4.0] * 6


@pytest.mark.known_answer("price:all_units")
@pytest.mark.parametrize(("lot", "price", "a_year"), [(300, 0.75, 1043.42), (400, 0.72, 1005.20), (800, 0.68, 978.60)])
def test_lots_with_an_all_units_discount(lot: int, price: float, a_year: float) -> None:
    """Tests that goods, orders and stock cost what the formula says, g(Q) = Dc + KD/Q + ic(Q + d)/2.

    The textbook's g(Q) lets stock fall evenly; here a week's demand d = 25 is taken at once, which adds icd/2.
    """
    holding = 0.3 * price / 52
    result = run(
        "all_units_discount",
        f"nodes.store.stock.bar.policy.order_quantity={lot}",
        f"nodes.store.stock.bar.holding_cost={holding}",
    )
    total = spent(result)["maker"] + chain(result, "total_cost")
    assert total * 52 / 96 == pytest.approx(a_year + 0.3 * price * 12.5, abs=0.005)


@pytest.mark.known_answer("price:incremental")
def test_a_lot_with_an_incremental_discount() -> None:
    """Tests that each price holds for the units beyond its break only: 300 + 288 + 272 = 860 for 1,200."""
    assert spent(run("incremental_discount")) == {"maker": 1720.0}


@pytest.mark.known_answer("node.minimum_order")
@pytest.mark.known_answer("node.order_multiple")
def test_orders_are_raised_to_minimum_and_multiple() -> None:
    """Tests that 7 a day become orders of 24, and that what is too much is not ordered again."""
    orders = run("lots").orders
    orders = orders[orders["quantity"] > 0]
    assert orders[["time", "quantity"]].values.tolist() == [[day, 24.0] for day in (1.0, 4.0, 7.0, 11.0, 14.0)]


@pytest.mark.known_answer("node.yield")
def test_what_does_not_come_out_right_is_ordered_again_and_not_paid() -> None:
    """Tests that 222 of 2,220 units are lost, 1,998 paid, and that on order is what is still to come."""
    result = run("yield")
    assert result.orders["quantity"].sum() == 2220.0
    assert result.events[["kind", "node", "partner"]].drop_duplicates().values.tolist() == [
        ["yield_loss", "shop", "works"]
    ]
    assert result.events["quantity"].sum() == 222.0
    assert spent(result) == {"works": 7992.0}
    assert result.stock["on_order"].iloc[-1] == result.shipments["quantity"].tail(2).sum()


@pytest.mark.known_answer("capacity.of:product")
@pytest.mark.known_answer("node.capacity")
def test_capacity_is_shared_among_those_who_order_together() -> None:
    """Tests that 6 a day serve two shops which want 4 and 8 pro rata, and what waits comes before what is new."""
    text = (FOLDER / "supplier_capacity.yaml").read_text(encoding="utf-8")
    shop = text[text.index("  shop:") : text.index("lanes:")].replace(
        "kind: poisson, mean: 5", "kind: constant, value: 4"
    )
    text = text[: text.index("  shop:")] + shop + shop.replace("shop:", "annex:").replace("value: 4", "value: 8")
    text += "lanes: [works -> shop, works -> annex]\n"
    scenario = sc.loads(text).set("run.replications=1", "time.warm_up=0", "time.horizon=4")
    shipped = sc.run(scenario).shipments[["time", "buyer", "quantity"]].values.tolist()
    assert shipped == [[2.0, "annex", 4.0], [2.0, "shop", 2.0], [3.0, "annex", 4.0], [3.0, "shop", 2.0]] + [
        [4.0, "annex", 4.0],
        [4.0, "shop", 2.0],
    ]


def test_a_queue_for_capacity_follows_its_recursion() -> None:
    """Tests that net stock is S - W - D in every period, where W grows by demand and shrinks by 6, never below 0."""
    result = run("supplier_capacity", "run.replications=1", "time.warm_up=0", "time.horizon=300")
    demand = result.demand[result.demand["node"] == "shop"].groupby("time")["quantity"].sum()
    stock = result.stock[result.stock["node"] == "shop"].groupby("time")["net_stock"].last()
    days = range(1, 301)
    asked = demand.reindex(days, fill_value=0.0)
    shortfall, expected = 0.0, []
    for day in days:
        shortfall = max(0.0, shortfall + (asked[day - 1] if day > 1 else 0.0) - 6)
        expected.append(11 - shortfall - asked[day])
    assert stock.reindex(days).ffill().tolist() == expected


@pytest.mark.known_answer("capacity.period")
@pytest.mark.known_answer("capacity.of:all")
def test_a_capacity_of_all_products_is_one_queue() -> None:
    """Tests that two products share 6 units a period as their orders came, and have 6 each where each has its own."""
    shipped = run("shared_capacity").shipments
    columns = ["time", "product", "quantity"]
    together, separate = (shipped[shipped["buyer"] == name][columns].values.tolist() for name in ("shop", "annex"))
    assert together == [[1.0, "a", 4.0], [1.5, "b", 2.0], [3.0, "b", 2.0], [3.0, "a", 4.0]]
    assert sorted(separate) == [[1.0, "a", 4.0], [1.5, "b", 4.0], [2.0, "a", 2.0], [2.5, "b", 2.0]] + [
        [3.0, "a", 2.0],
        [3.0, "a", 4.0],
        [3.0, "b", 2.0],
        [3.5, "b", 4.0],
    ]


def test_the_scorecard_tells_suppliers_apart() -> None:
    """Tests that price, time and quality are those of each supplier, and stand in the report with their meaning."""
    result = run("choose_a_supplier")
    card = result.scorecard.set_index("supplier")
    assert card["mean_price"].to_dict() == {"bargain": pytest.approx(9.7), "steady": pytest.approx(9.8), "swift": 11.0}
    assert card["quality"].round(2).to_dict() == {"bargain": 0.88, "steady": 0.99, "swift": 1.0}
    assert card.loc["swift", ["on_time", "in_full", "lead_time", "lead_time_sd"]].tolist() == [1.0, 1.0, 1.0, 0.0]
    assert card["on_time"].is_monotonic_increasing
    from scmsim.report.document import page

    html = page(result)
    assert 'id="suppliers-title"' in html
    assert "the share of which every unit ordered has come" in html


def test_a_supplier_that_was_asked_and_never_chosen_stands_on_the_scorecard() -> None:
    """Tests that the loser of every quotation has no orders, no spend, and the price that it quoted."""
    card = run("quotation").scorecard.set_index("supplier")
    assert card["orders"].to_dict() == {"far": 20, "near": 0}
    assert card["quoted"].to_dict() == {"far": 8.0, "near": 10.0}
    assert card.loc["near", "spend"] == 0
    assert card.loc["near", ["on_time", "mean_price", "lead_time", "quality"]].isna().all()


def test_what_is_spent_with_a_supplier_is_a_mean_over_all_replications() -> None:
    """Tests that replications in which a stand-in got no order count as well: what all suppliers got adds up."""
    changes = [
        "time.horizon=3",
        "nodes.shop.demand.valve={kind: discrete, values: [4, 9], weights: [0.8, 0.2]}",
        "lanes.0.price=5",
        "lanes.1.price=10",
    ]
    result = sc.run(sc.load(FOLDER / "priority.yaml", changes), replications=4)
    shipped = result.ledger[(result.ledger["event"] == "shipment") & (result.ledger["account"] == "in_transit")]
    bought = shipped.groupby("partner")["amount"].sum() / 4
    assert 0 < result.orders.groupby("supplier")["replication"].nunique()["far"] < 4
    assert result.scorecard.set_index("supplier")["spend"].to_dict() == pytest.approx(bought.to_dict())


QUOTED = """
scmsim: 1
name: quoted
time: {unit: day, start: 1, horizon: 6}
products: {valve: {}}
nodes:
  near: {kind: supplier, capacity: 10}
  far: {kind: supplier}
  shop:
    kind: retailer
    demand: {valve: {kind: constant, value: 0}}
    stock: {valve: {policy: {kind: scripted, orders: [25]}, sourcing: {kind: quotation, price: 1}}}
lanes:
  - from: near
    to: shop
    lead_time: 1
    price: 10
    promotions: [{from: 1, until: 1.5, discount: 0.2}]
    messages: {request: 0.25, quotation: 0.5}
  - {from: far, to: shop, lead_time: 1, price: 20, messages: {request: 0.25, quotation: 0.5}}
"""


def test_an_order_is_priced_and_promised_as_it_was_quoted() -> None:
    """Tests that 25 pieces, quoted at 8 on day 1.25 with two more days of capacity to wait for, cost 8 when they are
    ordered on day 1.75, after the promotion, and are promised, confirmed and judged by day 1.75 + 1 + 1.75."""
    scenario = sc.loads(QUOTED)
    told = sc.run(scenario)
    assert told.invoices["amount"].sum() == 25 * 8
    assert told.deliveries["promised"].unique().tolist() == [4.5]
    assert told.messages.query("kind == 'confirmation'")["quantity"].tolist() == [4.5]
    near = told.scorecard.set_index("supplier").loc["near"]
    assert (near["quoted"], near["mean_price"], near["on_time"], near["lead_time"]) == (8, 8, 1, 2.25)
    line = told.kpis.query("metric == 'on_time_in_full_line' and node == 'near' and product.isna()")
    assert line["mean"].tolist() == [1.0]
    simulate(scenario.network, seed=1, sinks=[Auditor(scenario.network)])


SHORT = """
scmsim: 1
name: short
time: {unit: day, start: 1, horizon: 6}
products: {valve: {whole_units: true}}
nodes:
  works: {kind: supplier, capacity: 4, yield: 0.8}
  other: {kind: supplier}
  shop:
    kind: retailer
    demand: {valve: {kind: constant, value: 0}}
    stock:
      valve:
        policy: {kind: scripted, orders: [5, 0, 0, 5]}
        sourcing: {kind: quotation, price: 1, reliability: 2}
lanes: [{from: works, to: shop, price: 1}, {from: other, to: shop, price: 2}]
"""


@pytest.mark.parametrize(("good", "completed"), [(0.8, 1.0), (0.75, 2.0)])
def test_an_order_whose_last_units_are_all_lost_closes_short(good: float, completed: float) -> None:
    """Tests that of 5 pieces the fifth is lost on day 2, or one of the first four on day 1, that the order is complete
    with the 4 it has got, and that it speaks against the supplier: 1 + 0 against 1/2 + 2 for the other, who gets the
    next order."""
    orders = sc.run(sc.loads(SHORT).set(f"nodes.works.yield={good}")).orders
    assert orders[["supplier", "quantity", "received", "completed"]].values.tolist() == [
        ["works", 5.0, 4.0, completed],
        ["other", 5.0, 5.0, 4.0],
    ]


def test_every_example_says_what_it_asks() -> None:
    """Tests that each shipped scenario of procurement has question, source and answer."""
    for path in sorted(FOLDER.glob("*.yaml")):
        assert set(sc.load(path).header) == {"question", "source", "answer"}, path


def test_what_is_lost_is_neither_owed_nor_on_order_any_more() -> None:
    """Tests that the seller's exposure and what the buyer is bound to pay are nothing when all that came is paid."""
    changes = (
        "nodes.shop.demand.valve={kind: replay, values: [10, 10, 10], afterwards: zero}",
        "nodes.shop.finance={cash: 1000, overdraft_limit: 0, limit_orders_to_cash: true}",
        "lanes.0.credit_limit=500",
        "time.horizon=20",
    )
    network = sc.load(FOLDER / "yield.yaml", changes).network
    found: list[tuple[float, float]] = []

    def look(run: Simulation, _: int) -> None:
        assert run.books is not None
        found.append((run.books.exposure(0), run.books.committed("shop")))

    simulate(network, seed=1, on_instant=look)
    assert max(found) > (70.0, 70.0)
    assert found[-1] == pytest.approx((0.0, 0.0))


@pytest.fixture
def gated() -> pd.DataFrame:
    """The orders of a shop that must pay two suppliers in advance from little cash."""
    scenario = sc.load(FOLDER / "cheapest.yaml").set("nodes.shop.finance={cash: 100, overdraft_limit: 0}")
    for lane in (0, 1):
        scenario = scenario.set(f"lanes.{lane}.terms.prepay=true")
    return sc.run(scenario).orders


def test_orders_to_several_suppliers_wait_for_their_down_payment(gated: pd.DataFrame) -> None:
    """Tests that 100 pay for 5 at 9.20 twice, and not for 9 at 8.50: they wait, and are not ordered again elsewhere."""
    assert gated[["time", "supplier", "quantity"]].values.tolist() == [[1.0, "far", 5.0], [3.0, "far", 5.0]]
