"""Tables for people: names, units of time, dates, and what became of orders."""

from datetime import date

import pandas as pd
import pytest

import scmsim as sc
from scmsim.flows.information import KINDS
from scmsim.flows.money import account, event, outside
from scmsim.metrics.tables.columns import TABLES
from scmsim.metrics.tables.frames import frames


def plain(frame, *columns):
    """Return rows as lists, with None for whatever is missing."""
    return frame[list(columns)].astype(object).where(frame[list(columns)].notna(), None).values.tolist()


def test_orders_say_what_became_of_them(bench):
    """Tests an order delivered in two parts, one half delivered at the end, one of nothing, and production."""
    tables = bench.tables(
        orders=[(0, 0, 1, 10), (0, 1, 2, 40), (1, 1, 3, 8), (2, 1, 4, 0)],
        deliveries=[
            (1, 0, 0, 1, 0, 1, 10, 1),
            (3, 2, 1, 2, 0, 3, 30, 0),
            (4, 2, 1, 2, 0, 3, 10, 1),
            (4, 2, 1, 3, 1, 4, 5, 0),
            (4, 0, -1, 4, 4, 4, 9, 1),
        ],
    )
    orders = frames(bench.factory(), tables)["orders"]
    names = ("time", "order", "node", "product", "supplier", "quantity", "received", "lost", "completed", "cycle_time")
    assert plain(orders, *names) == [
        [0, 1, "factory", "car", "factory", 10, 10, 0, 1, 1],
        [0, 2, "factory", "wheel", "mill", 40, 40, 0, 4, 4],
        [1, 3, "factory", "wheel", "mill", 8, 5, 0, None, None],
        [2, 4, "factory", "wheel", "mill", 0, 0, 0, None, None],
    ]


def test_demand_names_the_buyer_or_nobody_for_a_customer(bench):
    """Tests that an end customer is null and a node is named, whatever nodes are called."""
    tables = bench.tables(demand=[(0.5, 0, -1, 1, 10, 4, 6), (1, 1, 0, 2, 10, 4, 0)])
    demand = frames(bench.chain(), tables)["demand"]
    assert plain(demand, "time", "order", "node", "product", "buyer", "quantity", "served", "lost") == [
        [0.5, 1, "shop", "beer", None, 10, 4, 6],
        [1, 2, "depot", "beer", "shop", 10, 4, 0],
    ]


def test_deliveries_forget_dates_before_the_run(bench):
    """Tests that what was ordered before the run has no date of placing."""
    tables = bench.tables(deliveries=[(0, 1, 0, 1, -1e-6, 0, 4, 1), (3, 1, 0, 2, 0, 3, 4, 0)])
    deliveries = frames(bench.chain(), tables)["deliveries"]
    assert plain(deliveries, "time", "node", "buyer", "placed", "promised", "quantity", "complete") == [
        [0, "depot", "shop", None, None, 4, True],
        [3, "depot", "shop", 0, 3, 4, False],
    ]


def test_stock_gives_net_stock(bench):
    """Tests that 3 on hand and 5 owed are a net stock of -2."""
    stock = frames(bench.chain(), bench.tables(stock=[(2, 1, 3, 5, 7, 1)]))["stock"]
    assert plain(stock, "time", "node", "product", "on_hand", "backorders", "net_stock", "on_order", "in_transit") == [
        [2, "depot", "beer", 3, 5, -2, 7, 1]
    ]


def test_shipments_and_production_tell_when_they_end(bench):
    """Tests their columns."""
    tables = bench.tables(shipments=[(1, 2, 1, 5, 8, 3.5)], production=[(2, 0, 6, 2, 3)])
    found = frames(bench.factory(), tables)
    assert plain(found["shipments"], *(c.name for c in TABLES["shipments"] if c.name != "date")) == [
        [1, 5, 5, "mill", "wheel", "factory", 8, 3.5]
    ]
    assert plain(found["production"], *(c.name for c in TABLES["production"] if c.name != "date")) == [
        [2, 6, 6, "factory", "car", 2, 3]
    ]


def test_messages_name_both_ends(bench):
    """Tests kinds, end customers without a name, and times in units."""
    tables = bench.tables(
        messages=[(0, KINDS.index("order"), -1, 0, 1, 4, 0), (1, KINDS.index("stock"), 0, 1, 0, 12, 1.5)]
    )
    messages = frames(bench.chain(), tables)["messages"]
    assert plain(messages, *(c.name for c in TABLES["messages"] if c.name != "date")) == [
        [0, 1, 1, "order", None, "shop", "beer", 4, 0],
        [1, 0, 0, "stock", "shop", "depot", "beer", 12, 1.5],
    ]


def test_money_names_nodes_accounts_and_everybody_outside(bench):
    """Tests that nodes are numbered by name, that outside follows the last, and that end customers have no name."""
    tables = bench.tables(
        invoices=[(1, 1, 0, 1, -1, 8, 3)],
        payments=[(3, 1, 1, 0, -1, 1, 8, 3), (3, 2, 0, 0, 0, 3, 5, 4)],
        ledger=[
            (1, 1, 0, account("cash"), -5, event("payment"), 0, 1),
            (1, 1, 3, outside("wages"), 5, event("wages"), 0, -1),
        ],
    )
    found = frames(bench.chain(), tables)
    assert plain(found["invoices"], "time", "invoice", "order", "seller", "buyer", "amount", "due") == [
        [1, 1, 0, "shop", None, 8, 3]
    ]
    assert plain(found["payments"], "time", "payment", "invoice", "payer", "payee", "amount", "received") == [
        [3, 1, 1, None, "shop", 8, 3],
        [3, 2, 0, "depot", "outside", 5, 4],
    ]
    assert plain(found["ledger"], "time", "posting", "node", "account", "amount", "event", "partner") == [
        [1, 1, "depot", "cash", -5, "payment", "shop"],
        [1, 1, "outside", "wages", 5, "wages", None],
    ]


@pytest.mark.parametrize(
    ("unit", "when"), [("day", "2024-03-01 12:00"), ("weeks", "2024-03-16 12:00"), ("hour", "2024-02-28 02:30")]
)
def test_a_start_date_dates_every_row(bench, unit, when):
    """Tests that 2.5 units after midnight of 28 February 2024 are what the calendar says."""
    calendar = bench.calendar(start=1, unit=unit, start_date=date(2024, 2, 28))
    stock = frames(bench.shop(calendar), bench.tables(stock=[(3.5, 0, 0, 0, 0, 0)]))["stock"]
    assert list(stock)[:2] == ["time", "date"]
    assert stock["date"].item() == pd.Timestamp(when)


def test_units_without_a_fixed_length_give_no_dates(bench):
    """Tests that months and periods have no date column."""
    for unit in ("month", "period"):
        calendar = bench.calendar(unit=unit, start_date=date(2024, 2, 28))
        assert "date" not in frames(bench.shop(calendar), bench.tables())["stock"]


def test_every_table_has_its_documented_columns_even_when_empty(bench):
    """Tests that a table nobody recorded is empty and whole, and that every column is described."""
    calendar = bench.calendar(unit="day", start_date=date(2024, 2, 28))
    found = frames(bench.shop(calendar), {})
    assert list(found) == list(TABLES)
    for name, columns in TABLES.items():
        assert list(found[name]) == [column.name for column in columns]
        assert found[name].empty
        assert all(column.description for column in columns)


def test_the_quantity_of_a_message_is_explained():
    """Tests that the column's description names the kinds that do not say units."""
    said = next(column.description for column in TABLES["messages"] if column.name == "quantity")
    assert "money for an invoice or a remittance" in said
    assert "the promised date for a confirmation" in said


def test_the_messages_of_an_instant_are_in_their_turn() -> None:
    """Tests that the customer's order that had to wait comes before what is invoiced and paid at the same instant."""
    text = """
scmsim: 1
name: stall
time: {horizon: 4}
products: {tea: {}}
nodes:
  mill: {kind: supplier}
  stall:
    kind: retailer
    stock: {tea: {initial: 2, policy: {kind: base_stock, level: 2}}}
    sales: {tea: {price: 3}}
    demand: {tea: {kind: constant, value: 3}}
lanes: [{from: mill, to: stall, lead_time: 1, price: 1}]
"""
    rows = sc.run(sc.loads(text)).messages
    assert rows["time"].is_monotonic_increasing
    for _, told in rows[rows["order"] > 0].groupby(["time", "order"]):
        kinds = told["kind"].map(KINDS.index).tolist()
        assert kinds == sorted(kinds)
    first = rows[(rows["time"] == 1.0) & rows["sender"].isna()]
    assert first["kind"].tolist() == ["order", "remittance"]
