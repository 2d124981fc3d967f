"""The scenarios of information and money tell their story, beyond the numbers in their headers."""

from functools import cache
from pathlib import Path

import pandas as pd
import pytest

import scmsim
from scmsim import Result

SCENARIOS = Path(__file__).parents[1] / "scenarios"
SHARING = ("off", "point_of_sale", "full", "vmi")
BY_MAIL = (
    "defaults.stock.policy.kind=min_max",
    "defaults.stock.policy.minimum=32",
    "defaults.stock.policy.maximum=44",
)
"""How the shops of vmi order when they do it themselves."""
FIRMS = ("cash_desk", "thirty_days", "early_payer", "slow_customers")


@cache
def ran(name: str, *settings: str) -> Result:
    """Run one replication of a scenario with all its tables."""
    return scmsim.run(scmsim.load(SCENARIOS / f"{name}.yaml", settings), replications=1)


def figure(result: Result, metric: str, node: str | None = None) -> float:
    """Return one KPI of a node, or of the whole chain."""
    rows = result.kpis.query("metric == @metric")
    rows = rows[rows["product"].isna()]
    rows = rows[rows.node == node] if node is not None else rows[rows.node.isna() & rows.segment.isna()]
    return float(rows["mean"].iloc[0])


def last_balance(result: Result, node: str, account: str) -> float:
    """Return what stands on one account of a node at the end, + debit and - credit."""
    rows = result.ledger.query("node == @node and account == @account")
    return float(rows["amount"].sum())


@pytest.fixture(scope="module")
def sharing() -> dict[str, Result]:
    """One replication of the four scenarios of information sharing."""
    files = {name: scmsim.load(SCENARIOS / f"information_sharing/{name}.yaml") for name in SHARING}
    return {name: scmsim.run(scenario, replications=1) for name, scenario in files.items()}


def test_sharing_meets_the_same_customers(sharing: dict[str, Result]) -> None:
    """Tests that all four scenarios of information sharing meet bit-identical customers."""
    asked = [
        result.demand.query("buyer.isna()")[["time", "quantity"]].reset_index(drop=True) for result in sharing.values()
    ]
    assert len(asked[0]) == 550
    for other in asked[1:]:
        pd.testing.assert_frame_equal(asked[0], other, check_exact=True)


@pytest.mark.parametrize("metric", ["cumulative_order_variance_ratio", "cost_per_period"])
def test_every_step_of_sharing_helps(sharing: dict[str, Result], metric: str) -> None:
    """Tests that the plant's orders swing less, and the chain costs less, with each step from nothing to everything."""
    node = "plant" if metric == "cumulative_order_variance_ratio" else None
    figures = [figure(result, metric, node) for result in sharing.values()]
    assert figures == sorted(figures, reverse=True)
    assert figures[0] > 1.4 * figures[-1]


def test_the_four_firms_move_the_same_goods() -> None:
    """Tests that the four firms of payment_terms have the same stock at every instant, and the same sales."""
    stock = ran("payment_terms").stock.set_index("node").drop(columns=["product", "replication"])
    first = stock.loc[FIRMS[0]].reset_index(drop=True)
    for firm in FIRMS[1:]:
        pd.testing.assert_frame_equal(first, stock.loc[firm].reset_index(drop=True), check_exact=True)
    assert {figure(ran("payment_terms"), "revenue", firm) for firm in FIRMS} == {360_000.0}


def test_four_terms_four_fates() -> None:
    """Tests that one firm grows cash, one gets by, one earns more with less cash, and one breaks its limit."""
    result = ran("payment_terms")
    cash = [figure(result, "closing_cash", firm) for firm in FIRMS]
    assert cash == sorted(cash, reverse=True)
    assert max(FIRMS, key=lambda firm: figure(result, "profit", firm)) == "early_payer"
    assert [firm for firm in FIRMS if figure(result, "peak_overdraft", firm) > 30_000] == ["slow_customers"]
    assert [firm for firm in FIRMS if figure(result, "days_insolvent", firm) > 0] == ["slow_customers"]


def test_the_failed_firm_has_a_full_warehouse() -> None:
    """Tests that the wholesaler of insolvency fails with beer in stock, the brewery unpaid and the pub without beer."""
    result = ran("insolvency")
    left = result.stock.groupby("node")["on_hand"].last()
    assert left["wholesaler"] > 500
    assert left["pub"] == 0
    assert last_balance(result, "brewery", "receivables") > 1000
    assert last_balance(result, "wholesaler", "payables") < -1000
    lost = result.demand.query("node == 'pub' and lost > 0")
    assert len(lost) > 30


def test_the_chain_would_have_lived_with_less_stock() -> None:
    """Tests that with a smaller warehouse the same wholesaler pays its bills and the pub never runs dry."""
    result = ran("insolvency", "nodes.wholesaler.stock.beer.policy.level=300")
    assert figure(result, "days_insolvent") == 0
    assert figure(result, "units_lost", "pub") == 0


def test_promotions_swing_and_everyday_prices_do_not() -> None:
    """Tests that where everybody buys ahead orders vary many times as much, stage by stage, though as much is sold."""
    result = ran("promotion_bullwhip")
    shop, maker = (figure(result, "order_variance", f"promoting_{stage}") for stage in ("shop", "maker"))
    assert shop > 10 * figure(result, "order_variance", "everyday_shop")
    assert maker >= shop
    sold = [figure(result, "units_demanded", f"{kind}_shop") for kind in ("promoting", "everyday")]
    assert sold[0] == pytest.approx(sold[1], rel=0.03)


def test_vendor_managed_shops_hold_less_and_serve_more() -> None:
    """Tests that the maker who fills the shelves itself costs less than orders by mail, at no worse service."""
    vendor, mail = ran("vmi"), ran("vmi", *BY_MAIL)
    assert figure(vendor, "cost_per_period") < 0.9 * figure(mail, "cost_per_period")
    assert figure(vendor, "fill_rate") > figure(mail, "fill_rate")
