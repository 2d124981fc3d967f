"""The figure and section on information, and the cases told step by step."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from html import unescape
from typing import Any

import pandas as pd

import scmsim as sc
from scmsim.metrics.tables.timeline import timeline
from scmsim.report import page
from scmsim.report.case_section import case_panels
from scmsim.report.cases import drawn_tables, largest_unpaid, latest_order, steps_of
from scmsim.report.information import at_once, data_delays, data_sharing, longest_delays, rows_of
from scmsim.report.information_figure import plot_delays
from scmsim.report.information_section import information_panels, sharing_table

Mapping = Callable[..., dict[str, Any]]


def with_messages(result: sc.Result, rows: Sequence[tuple[str, str | None, str | None, float, float]]) -> sc.Result:
    """Give a result with these messages: kind, sender, receiver, sent, received."""
    frame = pd.DataFrame(rows, columns=["kind", "sender", "receiver", "time", "received"])
    return replace(result, tables={**result.tables, "messages": frame})


def test_delays_are_from_sent_to_received(beer: sc.Result) -> None:
    """Tests that a kind of message on a lane has its mean and longest time, and that customers' orders are left out."""
    rows = [("order", "retailer", "wholesaler", 1.0, 3.0), ("order", "retailer", "wholesaler", 2.0, 3.0)]
    rows += [("order", "distributor", "brewery", 1.0, 1.5)]
    result = with_messages(beer, [*rows, ("order", None, "retailer", 1.0, 9.0)])
    frame = data_delays(result)
    assert frame["sender"].tolist() == ["retailer", "distributor"]
    assert frame["messages"].tolist() == [2, 1]
    assert frame["mean"].tolist() == [1.5, 0.5]
    assert frame["longest"].tolist() == [2.0, 0.5]
    assert frame["waiting"].tolist() == [0.0, 0.0]


def test_what_is_beyond_the_delay_was_spent_with_clerks(paying: sc.Result) -> None:
    """Tests that only orders to the depot and the packer's invoices wait, and by no less than the clerk's time."""
    frame = data_delays(paying)
    waits = frame[frame["waiting"] > 0].set_index(["kind", "sender"])["waiting"]
    assert set(waits.index) == {("order", "shop"), ("invoice", "packer")}
    assert waits["invoice", "packer"] >= 0.8 - 1e-6


def test_messages_without_delay_are_named_and_not_drawn(beer: sc.Result) -> None:
    """Tests that only kinds that always came at once are listed."""
    rows = [("order", "retailer", "wholesaler", 1.0, 3.0), ("confirmation", "wholesaler", "retailer", 3.0, 3.0)]
    frame = data_delays(with_messages(beer, rows))
    assert at_once(frame) == ["confirmation"]
    assert longest_delays(frame)["kind"].tolist() == ["order"]


def test_of_many_rows_equal_ones_are_joined(beer: sc.Result) -> None:
    """Tests that ten lanes of one delay are one row, and that three lanes are three."""
    rows = [("order", "retailer", f"depot {number}", 1.0, 3.0) for number in range(10)]
    rows += [("invoice", "retailer", "wholesaler", 1.0, 2.0)]
    many = data_delays(with_messages(beer, rows))
    assert rows_of(many)[["kind", "lanes"]].to_numpy().tolist() == [["order", 10], ["invoice", 1]]
    few = data_delays(with_messages(beer, rows[:3]))
    assert rows_of(few)["lanes"].tolist() == [1, 1, 1]


def test_order_delays_alone_are_a_picture_and_no_more(beer: sc.Result) -> None:
    """Tests that orders that took two weeks are drawn, and that the section has neither tables nor cases below."""
    pairs = [("retailer", "wholesaler"), ("wholesaler", "distributor"), ("distributor", "brewery")]
    result = with_messages(beer, [("order", *pair, 1.0, 3.0) for pair in pairs])
    (panel,) = information_panels(result)
    bars = plot_delays(result).data
    assert len(bars) == 1
    assert list(bars[0].x) == [2.0, 2.0, 2.0]
    assert panel.below == ""
    assert case_panels(result) == []


def test_a_scenario_without_delays_has_no_section(bike: sc.Result) -> None:
    """Tests that messages that arrive at once are not worth a section."""
    assert information_panels(bike) == []
    assert ">Information</h2>" not in page(bike)


def test_who_is_told_what_is_listed(paying: sc.Result, paying_mapping: Mapping) -> None:
    """Tests that a share switch is told with its rhythm, delay and errors, and that names are text."""
    assert data_sharing(paying) == [("shop", "depot", {"point_of_sale": "every 7 days, 1 day later"})]
    mapping = paying_mapping()
    mapping["nodes"]["shop"]["label"] = "<i>shop</i>"
    mapping["lanes"][2]["share"] = {"stock": {"interval": "continuous", "noise": 1}}
    text = sharing_table(sc.run(sc.from_dict(mapping)))
    assert "&lt;i&gt;shop&lt;/i&gt; tells depot" in text
    assert "at once, with errors" in text
    assert "<i>" not in text


def test_a_summary_says_that_delays_need_tables(paying_mapping: Mapping) -> None:
    """Tests that sharing is listed without tables, and that the picture is missed in words."""
    text = page(sc.run(sc.from_dict(paying_mapping()), record="summary"))
    assert "How long messages took needs full recording" in text
    assert "shop tells depot" in text


def test_the_most_delayed_order_is_the_latest_of_all(paying: sc.Result) -> None:
    """Tests that nobody, customer or node, waited longer after the promise for the last unit."""
    tables = drawn_tables(paying)
    late = latest_order(paying, tables)
    assert late is not None
    last = tables["deliveries"].query("complete and buyer != node")
    assert late.late >= (last["time"] - last["promised"]).max() - 1e-9


def test_an_order_that_a_node_never_got_is_later_than_a_late_one() -> None:
    """Tests that a node's open order counts until the end of the run, and that the page says so."""
    result = sc.run("scenarios/insolvency.yaml")
    late = latest_order(result, drawn_tables(result))
    assert late is not None
    assert (late.seller, late.buyer, late.promised, late.delivered, late.late) == ("wholesaler", "pub", 25, None, 96)
    assert f"{late.number} of pub at wholesaler, 96 days late, not delivered by the end of the run" in page(result)


def test_units_still_owed_at_the_end_are_late(beer: sc.Result) -> None:
    """Tests that an order of which a customer never got the last units counts as late until the end."""
    tables = drawn_tables(beer)
    tables["deliveries"] = tables["deliveries"][tables["deliveries"]["buyer"].notna()]
    late = latest_order(beer, tables)
    assert late is not None
    assert late.delivered is None
    assert (late.buyer, late.promised, late.late) == (None, 1.0, 36.0)


def test_nothing_late_gives_no_case(bike: sc.Result) -> None:
    """Tests that a run in which all came in time and nothing has a price has no case to tell."""
    tables = {**drawn_tables(bike), "deliveries": bike.deliveries.iloc[:0], "demand": bike.demand.iloc[:0]}
    assert latest_order(bike, tables) is None
    assert largest_unpaid(bike, tables) is None


def test_the_largest_unpaid_invoice_is_an_overdue_one_if_there_is() -> None:
    """Tests that of what is unpaid the overdue counts first, and the largest of that."""
    result = sc.run("scenarios/insolvency.yaml")
    tables = drawn_tables(result)
    unpaid = largest_unpaid(result, tables)
    assert unpaid is not None
    assert unpaid.overdue > 0
    left = tables["invoices"][~tables["invoices"]["invoice"].isin(tables["payments"]["invoice"])]
    assert unpaid.amount == left[left["due"] < 121]["amount"].max()


def test_a_case_is_told_as_scmsim_trace_tells_it(paying: sc.Result) -> None:
    """Tests that the page's steps are those of the timeline of the case."""
    tables = drawn_tables(paying)
    late = latest_order(paying, tables)
    assert late is not None
    steps = steps_of(tables, late.case)
    assert steps == timeline(tables, late.case)
    text = unescape(page(paying))
    who = late.buyer or "a customer"
    assert f"The most delayed order: {late.number} of {who} at {late.seller}" in text
    assert steps[0].what in text
    assert "Cash moved by this case:" in text
