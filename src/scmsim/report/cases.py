"""The two cases that the page tells: that of the order that was latest, and that of the largest unpaid invoice."""

from collections.abc import Container
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scmsim.metrics.layout import Layout
from scmsim.metrics.on_time_lines import promised_delays
from scmsim.metrics.tables.timeline import Step, cash_moved, invoice_timeline, timeline
from scmsim.report.series import first_replication
from scmsim.ticks import TICKS, from_ticks

if TYPE_CHECKING:
    from scmsim.experiments.run.result import Result

EPSILON = 1e-6

Tables = dict[str, pd.DataFrame]


@dataclass(frozen=True, slots=True)
class LateOrder:
    """The order that was latest: ``buyer`` None is an end customer, ``delivered`` None that units are still owed."""

    number: int
    case: int
    seller: str
    buyer: str | None
    promised: float
    delivered: float | None
    late: float


@dataclass(frozen=True, slots=True)
class UnpaidInvoice:
    """The largest unpaid invoice, of those overdue if any is; ``case`` is 0 where it is about many orders."""

    number: int
    case: int
    seller: str
    buyer: str | None
    amount: float
    issued: float
    due: float
    overdue: float


def drawn_tables(result: "Result") -> Tables:
    """Give the tables of the replication that the page shows in detail; none after a summary."""
    drawn = first_replication(result)
    return {name: frame[frame["replication"] == drawn] for name, frame in result.tables.items()}


def latest_order(result: "Result", tables: Tables) -> LateOrder | None:
    """Find the order, of a customer or a node, whose last unit came longest after its promise.

    One that is still open counts until the end of the run.

    Returns
    -------
    LateOrder or None
        Of the first among equals; None if nothing was late.
    """
    end = from_ticks(result.scenario.network.calendar.end)
    parts = [_delivered(tables["deliveries"]), _owed(tables, end), _open(result, tables, end)]
    found = pd.concat([part for part in parts if len(part)] or parts, ignore_index=True)
    chosen = found[found["late"] > EPSILON]
    if chosen.empty:
        return None
    row = chosen.sort_values(["late", "order"], ascending=[False, True], kind="stable").iloc[0]
    buyer = None if pd.isna(row["buyer"]) else str(row["buyer"])
    delivered = None if pd.isna(row["delivered"]) else float(row["delivered"])
    numbers = (int(row["order"]), int(row["case"]), str(row["node"]))
    return LateOrder(*numbers, buyer, float(row["promised"]), delivered, float(row["late"]))


def largest_unpaid(result: "Result", tables: Tables) -> UnpaidInvoice | None:
    """Find the largest invoice unpaid at the end of the run, of those overdue if any is; None if all are paid."""
    if "invoices" not in tables:
        return None
    end, invoices = from_ticks(result.scenario.network.calendar.end), tables["invoices"]
    paid = list(tables["payments"]["invoice"]) if "payments" in tables else []
    unpaid = invoices[~invoices["invoice"].isin(paid) & (invoices["amount"] > EPSILON)]
    overdue = unpaid[unpaid["due"] < end - EPSILON]
    chosen = overdue if len(overdue) else unpaid
    if chosen.empty:
        return None
    row = chosen.sort_values(["amount", "due"], ascending=[False, True], kind="stable").iloc[0]
    buyer = None if pd.isna(row["buyer"]) else str(row["buyer"])
    numbers = (int(row["invoice"]), int(row["case"]), str(row["seller"]))
    money = (float(row["amount"]), float(row["time"]), float(row["due"]))
    return UnpaidInvoice(*numbers, buyer, *money, max(0.0, end - float(row["due"])))


def steps_of(tables: Tables, case: int, invoice: int = 0, managed: Container[tuple[str, str]] = ()) -> list[Step]:
    """Tell a case, or, where an invoice belongs to none, what became of the invoice."""
    return timeline(tables, case, managed) if case else invoice_timeline(tables, invoice)


def cash_of(tables: Tables, case: int) -> dict[str, float]:
    """Give by how much a case changed every node's cash."""
    return cash_moved(tables, case) if case else {}


def _delivered(deliveries: pd.DataFrame) -> pd.DataFrame:
    """Give the orders whose last unit came, and how long after the promise."""
    last = deliveries[
        deliveries["complete"] & deliveries["promised"].notna() & (deliveries["buyer"] != deliveries["node"])
    ]
    return last.assign(delivered=last["time"], late=last["time"] - last["promised"])[COLUMNS]


def _owed(tables: Tables, end: float) -> pd.DataFrame:
    """Give the end customers' orders that are still owed something at the end."""
    demand, deliveries = tables["demand"], tables["deliveries"]
    asked = demand[demand["buyer"].isna()]
    received = deliveries[deliveries["buyer"].isna()].groupby("order")["quantity"].sum()
    open_units = asked["quantity"] - asked["lost"] - asked["order"].map(received).fillna(0.0)
    owed = asked[open_units > EPSILON]
    return owed.assign(promised=owed["time"], delivered=float("nan"), late=end - owed["time"])[COLUMNS]


def _open(result: "Result", tables: Tables, end: float) -> pd.DataFrame:
    """Give the nodes' orders with other nodes that are still open at the end."""
    layout = Layout(result.scenario.network)
    points = layout.network.points
    promise = {
        (points[seller].node, points[buyer].node, points[buyer].product): delay / TICKS
        for (seller, buyer), delay in promised_delays(layout).items()
    }
    orders = tables["orders"]
    missing = orders["quantity"] - orders["received"] - orders["lost"]
    placed = orders[(missing > EPSILON) & orders["completed"].isna() & (orders["supplier"] != orders["node"])]
    wait = [promise[key] for key in zip(placed["supplier"], placed["node"], placed["product"], strict=True)]
    promised = placed["time"] + np.array(wait, dtype=float)
    parties = {"node": placed["supplier"], "buyer": placed["node"]}
    return placed.assign(**parties, promised=promised, delivered=float("nan"), late=end - promised)[COLUMNS]


COLUMNS = ["order", "case", "node", "buyer", "promised", "delivered", "late"]
