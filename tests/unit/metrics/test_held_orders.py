"""Orders that money holds up: written down, measured and told."""

import pytest

import scmsim as sc
from scmsim.metrics.tables.timeline import managed_stocks, timeline
from scmsim.report import page
from scmsim.report.held import data_held

SHOP = """
scmsim: 1
name: shop
time: {{horizon: 8}}
products: {{p: {{}}}}
nodes:
  depot: {{kind: {kind}}}
  shop:
    kind: retailer
    stock: {{p: {{initial: 20, policy: {policy}}}}}
    finance: {{{finance}}}
    demand: {{p: {{kind: constant, value: 1}}}}
lanes: [{{from: depot, to: shop, lead_time: 1, price: 5, {lane}}}]
"""


def run(policy, lane="terms: {net: 3}", finance="", kind="supplier"):
    """Run a shop that buys at 5."""
    return sc.run(sc.loads(SHOP.format(policy=policy, lane=lane, finance=finance, kind=kind)))


def happened(result, *columns):
    """Return these columns of the table of events."""
    return [tuple(row) for row in result.events[list(columns)].values.tolist()]


@pytest.fixture(scope="module")
def limited():
    """Return a run in which two orders of 30 and one of 10 meet a limit of 50."""
    return run("{kind: scripted, orders: [6, 6, 2, 0]}", lane="credit_limit: 50, terms: {net: 3}")


def test_orders_beyond_a_credit_limit_are_written_down(limited):
    """Tests when, whose, how many units and how much money was held and released."""
    found = happened(limited, "time", "kind", "node", "partner", "quantity", "value")
    assert found == [
        (2.0, "held", "depot", "shop", 6.0, 30.0),
        (3.0, "held", "depot", "shop", 2.0, 10.0),
        (5.0, "released", "depot", "shop", 6.0, 30.0),
        (5.0, "released", "depot", "shop", 2.0, 10.0),
    ]


@pytest.mark.parametrize("record", ["full", "summary"])
def test_how_many_orders_were_held_and_how_long(record):
    """Tests that two orders waited 3 and 2, and that what is still held at the end, at 9, counts until then."""
    for orders, expected in (("[6, 6, 2, 0]", (2, 2.5)), ("[6, 11, 0]", (1, 7.0))):
        scenario = sc.loads(
            SHOP.format(
                policy=f"{{kind: scripted, orders: {orders}}}",
                lane="credit_limit: 50, terms: {net: 3}",
                finance="",
                kind="supplier",
            )
        )
        kpis = sc.run(scenario, record=record).kpis
        of_shop = kpis[(kpis["node"] == "shop") & kpis["product"].isna()].set_index("metric")["mean"]
        assert (of_shop["orders_held"], of_shop["time_held"]) == expected


def test_no_credit_limit_no_measure():
    """Tests that where nothing can be held there is no figure for it."""
    assert not run("{kind: base_stock, level: 20}").kpis["metric"].isin(["orders_held", "time_held"]).any()


def test_a_case_tells_of_its_held_order(limited):
    """Tests that the timeline says when an order was held, over how much, and when it was entered."""
    number = int(limited.events["order"].iloc[0])
    case = int(limited.orders.set_index("order").loc[number, "case"])
    told = [(step.time, step.node, step.what) for step in timeline(limited.tables, case)]
    assert (2.0, "depot", f"holds order {number} of shop over 30.00, beyond its credit limit") in told
    assert (5.0, "depot", f"enters order {number} of shop, which is within its credit limit now") in told
    assert told.index((2.0, "shop", "orders 6 from depot")) < told.index(
        told[[row[2][:5] for row in told].index("holds")]
    )


POOR = "cash: 20, overdraft_limit: 0, limit_orders_to_cash: true"


def test_what_cannot_be_paid_is_written_down():
    """Tests that with 20 an order of 6 at 5 is for 4, 2 less, and that the next one is not placed."""
    result = run("{kind: scripted, orders: [6, 3, 0]}", finance=POOR)
    found = happened(result, "time", "kind", "node", "partner", "quantity", "value")
    assert found == [(1.0, "cut", "shop", "depot", 2.0, 10.0), (2.0, "dropped", "shop", "depot", 3.0, 15.0)]
    case = int(result.orders["case"].iloc[0])
    told = [step.what for step in timeline(result.tables, case)]
    assert told.index("leaves off 2, which it could not pay depot") < told.index("orders 4 from depot")


def test_an_order_that_waits_for_its_down_payment_is_written_down():
    """Tests that 4 units at 5, prepaid, wait with 10 in cash."""
    result = run(
        "{kind: scripted, orders: [4, 0]}", lane="terms: {prepay: true}", finance="cash: 10, overdraft_limit: 0"
    )
    found = happened(result, "time", "kind", "node", "quantity", "value")
    assert found == [(1.0, "kept_waiting", "shop", 4.0, 20.0)]


def test_a_supplier_that_decides_is_said_to():
    """Tests that under vendor-managed inventory the case says who decided, and what it had been told."""
    result = run(
        "{kind: vendor_managed, minimum: 18, maximum: 20}", lane="share: {stock: true, pipeline: true}, terms: {net: 3}"
    )
    managed = managed_stocks(result.scenario.network)
    case = int(result.orders["case"].iloc[0])
    (step,) = [step for step in timeline(result.tables, case, managed) if step.event == "order"]
    assert (step.node, step.what) == ("depot", "decides that shop gets 2, told at 2 of a stock of 18")


def test_the_report_counts_what_was_held(limited):
    """Tests the row of the report: two orders of 8 units, held for 2.5 on average, none of them still."""
    (row,) = data_held(limited).to_dict("records")
    assert row == {
        "kind": "held", "buyer": "shop", "supplier": "depot", "orders": 2.0, "units": 8.0, "time": 2.5, "open": 0.0,
    }  # fmt: skip
    text = page(limited)
    assert "Orders that money held up" in text
    assert "held by the supplier" in text
