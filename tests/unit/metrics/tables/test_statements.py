"""Statements and cost to serve from hand-made ledgers."""

import pandas as pd
import pytest

from scmsim.metrics.tables.cost_to_serve import cost_to_serve
from scmsim.metrics.tables.statements import statements
from scmsim.scenario.network import Money, Price, Sale


def lines(time, node, partner, event="cost", **amounts):
    """Return the lines of one posting, debits +; it is about the order that is numbered by its time."""
    assert sum(amounts.values()) == pytest.approx(0)
    return [(1, float(time), node, account, amount, event, int(time), partner) for account, amount in amounts.items()]


def frame(rows):
    """Return a ledger of one replication."""
    return pd.DataFrame(rows, columns=["replication", "time", "node", "account", "amount", "event", "order", "partner"])


@pytest.fixture
def network(bench):
    """Return shop <- depot <- works, of which the works keep no books, with prices; measured from 5."""
    return bench.chain(bench.calendar(warm=5), money=Money(), lane={"sales": {"beer": Sale(price=Price(6))}})


@pytest.fixture
def ledger():
    """Return a ledger: a sale in the warm-up, one after it with an early payment that is still on its way."""
    rows = [
        *lines(0, "depot", None, "opening", cash=100, inventory=80, equity=-180),
        *lines(1, "depot", "shop", "shipment", receivables=60, revenue=-60, cost_of_goods_sold=40, inventory=-40),
        *lines(1, "shop", "depot", "shipment", in_transit=60, payables=-60),
        *lines(1, "shop", "depot", "delivery", inventory=60, in_transit=-60),
        *lines(2, "shop", None, "sale", cash=90, revenue=-90, cost_of_goods_sold=60, inventory=-60),
        *lines(6, "depot", "shop", "shipment", receivables=60, revenue=-60, cost_of_goods_sold=40, inventory=-40),
        *lines(6, "shop", "depot", "shipment", in_transit=60, payables=-60),
        *lines(6, "shop", "depot", "delivery", inventory=60, in_transit=-60),
        *lines(7, "depot", "works", "delivery", inventory=30, payables=-30),
        *lines(7, "depot", None, wages=5, transport=3, cash=-8),
        *lines(8, "shop", None, "sale", cash=45, revenue=-45, cost_of_goods_sold=30, inventory=-30),
        *lines(9, "shop", "depot", "payment", payables=60, discounts_received=-6, cash=-54),
        (1, 9.0, "outside", "in_clearing", 54.0, "payment", 9, "shop"),
    ]
    return frame(rows)


def sheet(network, ledger, node, statement):
    """Return the lines of one statement."""
    found = statements(network, ledger)
    chosen = found["node"].isna() if node is None else found["node"] == node
    rows = found[chosen & (found["statement"] == statement)]
    return {line: amount for line, amount in zip(rows["line"], rows["amount"], strict=True) if amount}


def test_the_statements_of_a_node(network, ledger):
    """Tests what the depot earned after the warm-up, and what it has at the end."""
    assert sheet(network, ledger, "depot", "income") == {
        "revenue": 60, "cost_of_goods_sold": 40, "gross_margin": 20, "transport": 3, "wages": 5, "profit": 12,
    }  # fmt: skip
    assert sheet(network, ledger, "depot", "balance") == {
        "cash": 92, "receivables": 120, "inventory": 30, "total_assets": 242,
        "payables": 30, "equity": 180, "retained_earnings": 32, "total_claims": 242,
    }  # fmt: skip


def test_the_statements_of_the_chain(network, ledger):
    """Tests that the chain has sold to customers alone, and that what is on its way stands between nodes.

    Half of the goods on which the depot earned 20 in the measured time still lie in the shop.
    """
    assert sheet(network, ledger, None, "income") == {
        "revenue": 45, "cost_of_goods_sold": 20, "gross_margin": 25, "transport": 3, "wages": 5, "between_nodes": 6,
        "profit": 23,
    }  # fmt: skip
    balance = sheet(network, ledger, None, "balance")
    assert balance == {
        "cash": 173, "inventory": 60, "unrealised_profit": -10, "between_nodes": 60, "total_assets": 283,
        "payables": 30, "equity": 180, "retained_earnings": 73, "total_claims": 283,
    }  # fmt: skip


def test_lines_stand_in_the_order_of_a_statement(network, ledger):
    """Tests that a statement reads from revenue to profit and from cash to total claims."""
    found = statements(network, ledger)
    order = found[found["node"] == "shop"]["line"].tolist()
    assert order[0] == "revenue"
    assert order.index("profit") < order.index("cash") < order.index("total_assets") < order.index("payables")
    assert order[-1] == "total_claims"
    assert list(found.columns) == ["replication", "node", "statement", "line", "amount"]


def test_replications_are_kept_apart(network, ledger):
    """Tests that two replications have two statements."""
    both = pd.concat([ledger, ledger.assign(replication=2)])
    found = statements(network, both)
    assert found["replication"].is_monotonic_increasing
    first, second = (found[found["replication"] == number].drop(columns="replication") for number in (1, 2))
    assert first.reset_index(drop=True).equals(second.reset_index(drop=True))
    assert statements(network, ledger).drop(columns="replication").equals(first)


def test_what_each_customer_brings(network):
    """Tests that direct lines go to their customer, others by cost of goods, and that nothing is left over."""
    rows = [
        *lines(6, "depot", "shop", receivables=60, revenue=-60, cost_of_goods_sold=30, inventory=-30),
        *lines(6, "depot", None, receivables=30, revenue=-30, cost_of_goods_sold=10, inventory=-10),
        *lines(7, "depot", "shop", cash=61, receivables=-60, late_fees_received=-1),
        *lines(7, "depot", None, cash=28, receivables=-30, discounts_given=2),
        *lines(8, "depot", None, transport=4, wages=8, cash=-12),
    ]
    found = cost_to_serve(network, frame(rows)).set_index("customer")
    assert found.loc["shop"].tolist() == [1, "depot", 60, 30, 1, 3, 6, 22]
    assert found.loc["end customers"].tolist() == [1, "depot", 30, 10, -2, 1, 2, 15]
    assert list(found.columns[:2]) == ["replication", "seller"]
