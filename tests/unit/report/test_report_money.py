"""The figures and sections on money."""

import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from typing import Any

import pandas as pd
import pytest

import scmsim as sc
from scmsim.flows.money import EXPENSES
from scmsim.report import cash, money_flows, page
from scmsim.report.answers import chain_figure
from scmsim.report.money_figure import plot_flows, plot_income
from scmsim.report.money_flows import (
    BUILT_UP,
    CUSTOMERS,
    DRAWN_DOWN,
    GOODS,
    LOSS,
    PROFIT,
    Flow,
    data_income,
    profit_share,
)
from scmsim.report.statement_tables import CHAIN, data_statement, money_text, serving_table, statement_tables

TOTALS = ["total_assets", "total_claims"]
Mapping = Callable[..., dict[str, Any]]


def with_lines(result: sc.Result, lines: dict[str | None, dict[str, float]]) -> sc.Result:
    """Give a result whose KPIs are these lines of income, by node (None: the chain)."""
    rows = [
        {"metric": metric, "segment": None, "node": node, "product": None, "mean": mean, "half_width": None}
        for node, line in lines.items()
        for metric, mean in line.items()
    ]
    return replace(result, kpis=pd.DataFrame(rows))


def balances(flows: list[Flow]) -> dict[tuple[str, str], float]:
    """Give what flows into every box less what flows out of it."""
    left: defaultdict[tuple[str, str], float] = defaultdict(float)
    for flow in flows:
        left[flow.target] += flow.amount
        left[flow.source] -= flow.amount
    return left


def test_what_flows_into_a_stage_flows_out_of_it(paying: sc.Result) -> None:
    """Tests that income is conserved: customers' payments are goods, costs and profit, and nothing else."""
    flows = data_income(paying)
    left = balances(flows)
    inner = {flow.target for flow in flows} & {flow.source for flow in flows}
    assert len(inner) == 3
    assert all(left[box] == pytest.approx(0.0, abs=1e-6) for box in inner)
    assert -left[CUSTOMERS, ""] == pytest.approx(chain_figure(paying, "revenue").mean)
    profit = left[PROFIT, ""] + left[LOSS, ""] + left[DRAWN_DOWN, ""] + left[BUILT_UP, ""]
    assert profit == pytest.approx(chain_figure(paying, "profit").mean)
    share = chain_figure(paying, "profit").mean / chain_figure(paying, "revenue").mean
    assert profit_share(flows) == pytest.approx(share)


def test_goods_are_what_no_stage_added(paying: sc.Result) -> None:
    """Tests that the cost of goods of the picture is that of the chain as one firm."""
    goods = sum(flow.amount for flow in data_income(paying) if flow.target == (GOODS, ""))
    assert goods == pytest.approx(chain_figure(paying, "cost_of_goods_sold").mean)


def test_a_loss_flows_in(paying: sc.Result) -> None:
    """Tests that a stage whose costs exceed what it added gets the rest from a box of losses."""
    lines = {
        "shop": {"revenue": 100.0, "cost_of_goods_sold": 80.0, "wages_expense": 50.0},
        None: {"revenue": 100.0, "cost_of_goods_sold": 80.0},
    }
    flows = data_income(with_lines(paying, lines))
    assert Flow((LOSS, ""), ("stage", "shop"), 30.0) in flows
    assert profit_share(flows) == pytest.approx(-0.3)
    assert balances(flows)["stage", "shop"] == pytest.approx(0.0)


def test_a_tax_that_is_paid_back_flows_in(paying: sc.Result) -> None:
    """Tests that no box is both an end and a beginning, and that tax paid is drawn as high as the payers' lines."""
    lines = {
        "depot": {"revenue": 0.0, "cost_of_goods_sold": 0.0, "wages_expense": 50.0, "tax_expense": -10.0},
        "shop": {"revenue": 200.0, "cost_of_goods_sold": 80.0, "tax_expense": 24.0},
        None: {"revenue": 200.0, "cost_of_goods_sold": 80.0},
    }
    result = with_lines(paying, lines)
    flows = data_income(result)
    assert Flow(("gain", "tax_expense"), ("stage", "depot"), 10.0) in flows
    assert Flow(("stage", "shop"), ("cost", "tax_expense"), 24.0) in flows
    assert Flow((LOSS, ""), ("stage", "depot"), 40.0) in flows
    assert ("cost", "tax_expense") not in {flow.source for flow in flows}
    assert any("tax paid back" in label.replace("<br>", " ") for label in plot_flows(result, flows).data[0].node.label)


@pytest.mark.parametrize(("charged", "varied"), [(300.0, 120.0), (150.0, -30.0)])
def test_what_stages_pay_each_other_above_standard_is_no_cost_of_the_chain(
    paying: sc.Result, charged: float, varied: float
) -> None:
    """Tests 30 chairs that cost 6 in the books of either stage, and 25 sold at 15: goods are 150 and 225 is left."""
    lines = {
        "depot": {"revenue": charged, "cost_of_goods_sold": 180.0},
        "shop": {"revenue": 375.0, "cost_of_goods_sold": 150.0, "cost_variance_expense": varied},
        None: {"revenue": 375.0, "cost_of_goods_sold": 150.0, "cost_variance_expense": 0.0},
    }
    flows = data_income(with_lines(paying, lines))
    left = balances(flows)
    assert left[GOODS, ""] == pytest.approx(150.0)
    assert -left[CUSTOMERS, ""] == pytest.approx(375.0)
    assert left[PROFIT, ""] + left[LOSS, ""] == pytest.approx(225.0)
    assert profit_share(flows) == pytest.approx(225 / 375)


def test_what_is_sold_within_the_chain_and_kept_is_a_source(paying: sc.Result) -> None:
    """Tests that margins on goods that customers have not bought yet are told apart from the customers' money.

    The shop sold a quarter of what it bought: 75 of the depot's 300 are realised, on goods that cost the chain 25.
    """
    lines = {
        "depot": {"revenue": 400.0, "cost_of_goods_sold": 100.0},
        "shop": {"revenue": 120.0, "cost_of_goods_sold": 100.0},
        None: {"revenue": 120.0, "cost_of_goods_sold": 25.0},
    }
    flows = data_income(with_lines(paying, lines))
    amounts = {flow.source[0]: flow.amount for flow in flows if flow.target == ("income", "")}
    assert amounts == {CUSTOMERS: 120.0, BUILT_UP: 225.0}
    assert sum(flow.amount for flow in flows if flow.target == (PROFIT, "")) == pytest.approx(320.0)
    assert sum(flow.amount for flow in flows if flow.target == (GOODS, "")) == pytest.approx(25.0)
    assert profit_share(flows) == pytest.approx(95 / 120)


def test_what_was_earned_before_is_paid_for_now(paying: sc.Result) -> None:
    """Tests a shop that sells at 120 what it paid 100 for and what cost the chain 25: customers pay 75 of before."""
    lines = {
        "shop": {"revenue": 120.0, "cost_of_goods_sold": 100.0},
        None: {"revenue": 120.0, "cost_of_goods_sold": 25.0},
    }
    flows = data_income(with_lines(paying, lines))
    amounts = {flow.target[0]: flow.amount for flow in flows if flow.source[0] == CUSTOMERS}
    assert amounts == {"stage": 20.0, GOODS: 25.0, DRAWN_DOWN: 75.0}
    assert profit_share(flows) == pytest.approx(95 / 120)


def test_of_many_stages_the_smallest_share_a_box(paying: sc.Result, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that a picture with room for two stages shows the largest, and the others together."""
    monkeypatch.setattr(money_flows, "MOST_STAGES", 2)
    boxes = {flow.source for flow in data_income(paying)}
    assert {kind for kind, _ in boxes} == {CUSTOMERS, "stage", "the other stages"}
    assert len(boxes) == 3


def test_names_are_escaped_in_the_picture(paying: sc.Result, paying_mapping: Mapping) -> None:
    """Tests that plotly gets a hostile label as text."""
    mapping = paying_mapping()
    mapping["nodes"]["shop"]["label"] = "<b>shop</b>"
    labels = plot_income(sc.run(sc.from_dict(mapping))).data[0].node.label
    assert any("&lt;b&gt;shop" in label for label in labels)
    assert not any("<b>" in label for label in labels)


def test_a_picture_without_flows_is_empty(paying: sc.Result) -> None:
    """Tests that nothing is drawn of nothing."""
    assert len(plot_flows(paying, []).data[0].link.value) == 0


def test_cash_is_the_ledgers_running_total(paying: sc.Result) -> None:
    """Tests that the drawn cash ends at the closing balance, and starts from what the owners put in."""
    frame = cash.data_cash(paying)
    ledger = paying.ledger[paying.ledger["account"] == "cash"].groupby("node")["amount"].sum()
    for node in ("packer", "depot", "shop"):
        own = frame[frame["node"] == node]
        assert own["time"].iloc[0] == 1.0
        assert own["cash"].iloc[-1] == pytest.approx(ledger[node])
    assert frame[frame["node"] == "packer"]["cash"].iloc[0] == pytest.approx(500.0)


def test_of_too_many_states_the_lowest_cash_is_drawn(paying: sc.Result, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that thinning keeps the lowest cash, and that the page says so."""
    assert cash.cash_step(paying) == 0
    lowest = cash.data_cash(paying).groupby("node")["cash"].min()
    monkeypatch.setattr("scmsim.report.series.MOST_STATES", 100)
    thin = cash.data_cash(paying)
    assert thin["node"].value_counts().max() == 100
    assert thin.groupby("node")["cash"].min().to_dict() == pytest.approx(lowest.to_dict())
    assert "the lowest of every day is drawn" in page(paying)


def test_only_limits_within_reach_are_drawn(paying_mapping: Mapping) -> None:
    """Tests that a limit that cash never comes near to does not squeeze the picture."""
    mapping = paying_mapping()
    mapping["nodes"]["shop"]["finance"]["overdraft_limit"] = 1_000_000
    mapping["nodes"]["depot"]["finance"] = {"cash": 500}
    result = sc.run(sc.from_dict(mapping))
    assert cash.near_limits(result, cash.data_cash(result)) in ({"packer": 800.0}, {})


def test_limits_that_are_close_are_named_on_either_side(paying_mapping: Mapping) -> None:
    """Tests that the names of two limits that nearly agree do not lie on each other."""
    mapping = paying_mapping()
    mapping["nodes"]["depot"]["finance"] = {**mapping["nodes"]["depot"]["finance"], "overdraft_limit": 820}
    mapping["nodes"]["packer"]["finance"] = {**mapping["nodes"]["packer"]["finance"], "overdraft_limit": 400}
    for name in ("packer", "depot", "shop"):
        mapping["nodes"][name]["finance"]["fixed_cost"] = 20
    figure = cash.plot_cash(sc.run(sc.from_dict(mapping)))
    named = {note.text.split(" (")[0]: note.xanchor for note in figure.layout.annotations if "limit" in note.text}
    assert named["overdraft limit 800"] != named["overdraft limit 820"]


def test_statements_are_those_of_the_ledger(paying: sc.Result) -> None:
    """Tests that the tables hold the profit of the KPIs, that both sides agree, and that empty lines are left out."""
    income, balance = data_statement(paying, "income"), data_statement(paying, "balance")
    assert list(income.columns) == [CHAIN, "packer", "depot", "shop"]
    assert income.loc["profit", CHAIN] == pytest.approx(chain_figure(paying, "profit").mean)
    assert list(balance.loc["total_assets"]) == pytest.approx(list(balance.loc["total_claims"]))
    assert "backorder_penalty" not in income.index


@pytest.mark.parametrize(("statement", "totals"), [("income", ["gross_margin", "profit"]), ("balance", TOTALS)])
def test_a_column_adds_up_as_it_is_printed(paying: sc.Result, statement: str, totals: list[str]) -> None:
    """Tests that in every column the lines above a total, since the last one, are what it is made of."""
    table = data_statement(paying, statement)
    minus = {"cost_of_goods_sold", *EXPENSES} if statement == "income" else set()
    for name, column in table.items():
        summed = 0.0
        for line, amount in column.items():
            if line in totals:
                assert amount == pytest.approx(summed, abs=0.1), (name, line)
                summed = amount if statement == "income" else 0.0
            else:
                summed += 0.0 if pd.isna(amount) else -amount if line in minus else amount
    if statement == "balance":
        assert abs(table.loc["unrealised_profit", CHAIN]) > 1


def test_statements_are_means_over_replications(paying_mapping: Mapping) -> None:
    """Tests that two replications give the mean of their statements."""
    result = sc.run(sc.from_dict(paying_mapping()), replications=2)
    rows = result.statements.query("node == 'shop' and line == 'profit'")
    assert data_statement(result, "income").loc["profit", "shop"] == pytest.approx(rows["amount"].mean())


def test_the_page_tells_of_money(paying: sc.Result) -> None:
    """Tests that sections, headline, tiles and definitions are there, in the scenario's currency."""
    text = page(paying)
    for heading in ("Where the customers' money goes", "Cash over time", "Statements", "From demand to cash"):
        assert f">{heading}</h2>" in unescape(text)
    said = re.sub("<[^>]+>", "", re.search(r'<p class="headline">(.*?)</p>', text).group(1))  # type: ignore[union-attr]
    assert re.match(r"Over 80 days the chain (earned|lost) [\d,.]+ euro and ", said)
    assert "Amounts in euro." in text
    assert 'href="#metric-cash_to_cash"' in text
    assert 'href="#metric-duty_expense"' not in text
    assert 'id="metric-duty_expense"' in text


def test_the_page_says_what_unsold_goods_are_worth_to_the_chain(paying: sc.Result) -> None:
    """Tests that it stands next to the statements, with a line in them, and not where no stage sells to another."""
    said = "what one stage earned on goods that still lie in another's stock is taken off its profit and its assets"
    line = "profit on goods still in the chain"
    text = unescape(page(paying))
    assert (text.count(said), text.count(line)) == (1, 1)
    text = unescape(page(sc.run("scenarios/payment_terms.yaml")))
    assert said not in text
    assert line not in text


def test_the_caption_of_cash_promises_no_overdraft(paying: sc.Result) -> None:
    """Tests that the figure is said to show cash, not what could be spent."""
    text = page(paying)
    assert "The cash of every stage over time." in text
    assert "could pay with" not in text


def test_a_long_currency_is_cut_in_the_headline(paying_mapping: Mapping) -> None:
    """Tests that a name of fifty characters leaves room for the sentence."""
    result = sc.run(sc.from_dict(paying_mapping(money={"currency": "ducats of the old republic of Venice"})))
    said = re.search(r'<p class="headline">(.*?)</p>', page(result)).group(1)  # type: ignore[union-attr]
    assert " ducats of the old r…</b>" in said


def test_an_insolvent_stage_is_named() -> None:
    """Tests that the headline says who could not pay, and for how long."""
    result = sc.run("scenarios/insolvency.yaml")
    days = result.kpis.query("metric == 'days_insolvent' and node == 'wholesaler'")["mean"].iloc[0]
    assert f"For <b>{days:g} days</b> wholesaler was insolvent" in page(result)


def test_a_summary_tells_of_money_what_it_knows(paying_mapping: Mapping) -> None:
    """Tests that a run without tables shows where the money went, and says what it cannot show."""
    text = page(sc.run(sc.from_dict(paying_mapping()), record="summary"))
    assert "Cash over time needs full recording" in text
    assert "Statements need full recording" in text
    assert '"money":[{' in text
    assert "From demand to cash" not in text


def test_a_scenario_without_money_has_no_section_on_it(beer: sc.Result) -> None:
    """Tests that the beer game's page is what it was."""
    text = page(beer)
    assert "Cash over time" not in text
    assert "Statements" not in text
    assert "From demand to cash" not in text


def test_the_tables_show_hostile_names(paying_mapping: Mapping) -> None:
    """Tests that a stage's name cannot become markup in the statements."""
    mapping = paying_mapping()
    mapping["nodes"]["shop"]["label"] = "<script>x"
    text = statement_tables(sc.run(sc.from_dict(mapping)))
    assert "&lt;script&gt;x" in text
    assert "<script>" not in text


def test_result_plot_gives_the_figures_of_the_flows(paying: sc.Result, beer: sc.Result) -> None:
    """Tests that income, cash and delays can be had by themselves, and that a scenario without money says so."""
    assert paying.plot.income().data[0].type == "sankey"
    assert [line.name for line in paying.plot.cash().data] == ["packer", "depot", "shop"]
    assert paying.plot.delays().data[0].type == "bar"
    with pytest.raises(sc.UsageError, match="Nothing in this scenario has a price: there is no money to draw"):
        beer.plot.cash()


def test_what_every_customer_brought_is_listed(paying: sc.Result) -> None:
    """Tests that the table of customers adds up to the shop's revenue, and says who they are."""
    text = serving_table(paying)
    revenue = paying.cost_to_serve.query("seller == 'shop'")["revenue"].iloc[0]
    assert "end customers" in text
    assert money_text(revenue) in text
