"""Money in a steady state (F01): what is tied up, for how long, and that every single unit tells the same."""

from collections import deque
from pathlib import Path

import pandas as pd
import pytest

import scmsim

SCENARIO = Path(__file__).parent / "scenarios" / "f01_cash_to_cash.yaml"
DEMAND, COST, PRICE = 100, 6, 10
DAYS_IN_STOCK, DAYS_TO_COLLECT, DAYS_TO_PAY = 45, 30, 40
CASH_TO_CASH = 35

EXACT = {"abs": 1e-6, "rel": 1e-12}


@pytest.fixture(scope="module")
def steady() -> scmsim.Result:
    """One run of F01."""
    return scmsim.run(scmsim.load(SCENARIO))


def kpi(result: scmsim.Result, metric: str, node: str | None) -> float:
    """Return a figure of a node or of the chain."""
    rows = result.kpis[(result.kpis["metric"] == metric) & result.kpis[["segment", "product"]].isna().all(axis=1)]
    at = rows["node"].isna() if node is None else rows["node"] == node
    (found,) = rows[at]["mean"]
    return float(found)


@pytest.mark.parametrize("node", ["shop", None])
def test_days_of_money(steady: scmsim.Result, node: str | None) -> None:
    """Tests 45 days of inventory, 30 receivable and 40 payable, which are 35 days from cash to cash (F01)."""
    assert kpi(steady, "days_of_inventory", node) == pytest.approx(DAYS_IN_STOCK, **EXACT)
    assert kpi(steady, "days_receivable", node) == pytest.approx(DAYS_TO_COLLECT, **EXACT)
    assert kpi(steady, "days_payable", node) == pytest.approx(DAYS_TO_PAY, **EXACT)
    assert kpi(steady, "cash_to_cash", node) == pytest.approx(CASH_TO_CASH, **EXACT)


def test_working_capital(steady: scmsim.Result) -> None:
    """Tests stock of 27,000, receivables of 30,000 and payables of 24,000, which tie up 33,000 (F01)."""
    sheets = steady.statements.query("node == 'shop' and statement == 'balance'").set_index("line")["amount"]
    stock, owed, owing = sheets["inventory"], sheets["receivables"], sheets["payables"]
    assert stock == pytest.approx(27_000, **EXACT)
    assert owed == pytest.approx(30_000, **EXACT)
    assert owing == pytest.approx(24_000, **EXACT)
    assert stock + owed - owing == pytest.approx(33_000, **EXACT)


def test_margin_per_day(steady: scmsim.Result) -> None:
    """Tests that 400 a day are earned, and that nothing else costs or brings anything (F01)."""
    days = 300
    assert kpi(steady, "gross_margin", "shop") / days == pytest.approx(400, **EXACT)
    assert kpi(steady, "profit", None) / days == pytest.approx(400, **EXACT)
    assert kpi(steady, "gmroi", "shop") == pytest.approx(days * 400 / 27_000, **EXACT)


def test_every_unit_takes_as_long(steady: scmsim.Result) -> None:
    """Tests that each unit, first in first out, is paid for 35 days before the customer who took it pays (F01)."""
    bought = lots(steady.deliveries[steady.deliveries["buyer"] == "shop"], paid(steady, "shop"))
    sold = lots(steady.deliveries[steady.deliveries["buyer"].isna()], paid(steady, None))
    opening = scmsim.load(SCENARIO).network.points[0].initial
    queue = deque([(opening, None), *bought])
    gaps = []
    for quantity, cash_in in sold:
        left = quantity
        while left > 0:
            units, cash_out = queue.popleft()
            taken = min(units, left)
            left -= taken
            if units > taken:
                queue.appendleft((units - taken, cash_out))
            if cash_out is not None and cash_in is not None:
                gaps += [cash_in - cash_out] * round(taken)
    assert len(gaps) == (400 - DAYS_IN_STOCK - DAYS_TO_COLLECT) * DEMAND
    assert set(gaps) == {float(CASH_TO_CASH)}


def paid(result: scmsim.Result, payer: str | None) -> "pd.Series[float]":
    """Return when somebody paid for what was delivered, by order."""
    payments = result.payments
    by = payments["payer"].isna() if payer is None else payments["payer"] == payer
    return payments[by].set_index("order")["time"]


def lots(deliveries: pd.DataFrame, paid: "pd.Series[float]") -> list[tuple[float, float | None]]:
    """Return (units, when they were paid) for every delivery; None where the run ended before."""
    when = dict(zip(paid.index, paid, strict=True))
    return [(row.quantity, when.get(row.order)) for row in deliveries.itertuples()]
