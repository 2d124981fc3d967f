"""Cases F: what is tied up, for how long, what that costs, and that every single unit tells the same."""

import math
from collections import deque
from collections.abc import Iterator

import pandas as pd

from scmsim.experiments.run.result import Result
from scmsim.experiments.run.run import run
from scmsim.verification.case import Case, Finding
from scmsim.verification.laboratory import Laboratory, scenario_named

F01 = "f01_cash_to_cash"
F03, INTEREST, YEARLY = "f03_net_present_value", 0.10, 1200
DEMAND, DAYS = 100, 300
DAYS_IN_STOCK, DAYS_TO_COLLECT, DAYS_TO_PAY = 45, 30, 40
CASH_TO_CASH = 35
EXACT = 1e-6


def kpi(result: Result, metric: str, node: str | None) -> float:
    """Return a figure of a node or of the chain."""
    rows = result.kpis[(result.kpis["metric"] == metric) & result.kpis[["segment", "product"]].isna().all(axis=1)]
    at = rows["node"].isna() if node is None else rows["node"] == node
    (found,) = rows[at]["mean"]
    return float(found)


def steady_state(laboratory: Laboratory) -> Iterator[Finding]:
    """Find 45 days of stock, 30 receivable and 40 payable, the 33,000 they tie up and the 400 a day they earn."""
    result = run(scenario_named(F01))
    days = {
        "days_of_inventory": DAYS_IN_STOCK,
        "days_receivable": DAYS_TO_COLLECT,
        "days_payable": DAYS_TO_PAY,
        "cash_to_cash": CASH_TO_CASH,
    }
    for metric, expected in days.items():
        for node, whose in (("shop", "the shop"), (None, "the chain")):
            what = f"{metric.replace('_', ' ')} of {whose}"
            yield Finding(what, expected, kpi(result, metric, node), tolerance=EXACT)
    sheet = result.statements.query("node == 'shop' and statement == 'balance'").set_index("line")["amount"]
    capital = {"inventory": 27_000, "receivables": 30_000, "payables": 24_000}
    for line, amount in capital.items():
        yield Finding(line, amount, float(sheet[line]), tolerance=EXACT)
    tied = float(sheet["inventory"] + sheet["receivables"] - sheet["payables"])
    yield Finding("working capital", 33_000, tied, tolerance=EXACT)
    yield Finding("gross margin a day", 400, kpi(result, "gross_margin", "shop") / DAYS, tolerance=EXACT)
    yield Finding("profit of the chain a day", 400, kpi(result, "profit", None) / DAYS, tolerance=EXACT)
    yield Finding("gross margin on stock", DAYS * 400 / 27_000, kpi(result, "gmroi", "shop"), tolerance=EXACT)


def every_unit(laboratory: Laboratory) -> Iterator[Finding]:
    """Find that each unit, first in first out, is paid for 35 days before the customer who took it pays."""
    scenario = scenario_named(F01)
    result = run(scenario)
    bought = lots(result.deliveries[result.deliveries["buyer"] == "shop"], paid(result, "shop"))
    sold = lots(result.deliveries[result.deliveries["buyer"].isna()], paid(result, None))
    gaps = days_between(deque([(scenario.network.points[0].initial, None), *bought]), sold)
    yield Finding("units followed", (400 - DAYS_IN_STOCK - DAYS_TO_COLLECT) * DEMAND, len(gaps))
    yield Finding("days from cash to cash of any unit, least", CASH_TO_CASH, min(gaps))
    yield Finding("days from cash to cash of any unit, most", CASH_TO_CASH, max(gaps))


Lots = list[tuple[float, float | None]]


def days_between(queue: "deque[tuple[float, float | None]]", sold: Lots) -> list[float]:
    """Return, for every unit whose payments are both known, the time between them."""
    gaps: list[float] = []
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
    return gaps


def paid(result: Result, payer: str | None) -> "pd.Series[float]":
    """Return when somebody paid for what was delivered, by order."""
    payments = result.payments
    by = payments["payer"].isna() if payer is None else payments["payer"] == payer
    return payments[by].set_index("order")["time"]


def lots(deliveries: pd.DataFrame, paid: "pd.Series[float]") -> Lots:
    """Return (units, when they were paid) for every delivery; None where the run ended before."""
    when = dict(zip(paid.index, paid, strict=True))
    return [(quantity, when.get(order)) for quantity, order in zip(deliveries.quantity, deliveries.order, strict=True)]


def present_value(quantity: float) -> float:
    """Return the value today of all that a lot size will ever cost, from the dates on which the shop pays.

    A period of the run is a cycle. What is paid in all cycles is what is paid in those that were run, discounted, and
    again after that time, and so on.
    """
    stock = "nodes.shop.stock.item"
    changes = [f"nodes.shop.demand.item.value={quantity}", f"{stock}.initial={quantity}"]
    result = run(scenario_named(F03, [*changes, f"{stock}.policy.order_quantity={quantity}"]))
    paid = result.ledger[(result.ledger["node"] == "shop") & (result.ledger["account"] == "cash")]
    rate = INTEREST * quantity / YEARLY
    since = (paid["time"] - paid["time"].min()).to_numpy()
    cycles = len(result.orders)
    once = float((-paid["amount"].to_numpy() * [math.exp(-rate * time) for time in since]).sum())
    return once / (1 - math.exp(-rate * cycles))


def porteus(laboratory: Laboratory) -> Iterator[Finding]:
    """Find the present value of the best lot size and of the economic order quantity."""
    yield Finding("present value of the best quantity", 124_965.871725, present_value(486.587133), tolerance=1e-3)
    yield Finding("present value of the economic quantity", 124_965.985887, present_value(489.897949), tolerance=1e-3)


CASES = (
    Case(
        name="F01-cash-to-cash",
        what="100 units a day, bought at 6, sold at 10, with terms",
        source="closed form of the steady state",
        grade="C",
        compute=steady_state,
    ),
    Case(
        name="F01-every-unit",
        what="the same, unit by unit, first in first out",
        source="closed form: 45 + 30 - 40 days",
        grade="C",
        compute=every_unit,
    ),
    Case(
        name="F03-net-present-value",
        what="lot sizes by the value today of what they cost for ever",
        source="Porteus 1985: (K + cQ)/(1 - exp(-rQ/d))",
        grade="C",
        compute=porteus,
    ),
)
