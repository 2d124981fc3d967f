"""The section that tells two cases step by step."""

from typing import TYPE_CHECKING

from scmsim.metrics.tables.timeline import managed_stocks
from scmsim.report.cases import (
    LateOrder,
    UnpaidInvoice,
    cash_of,
    drawn_tables,
    largest_unpaid,
    latest_order,
    steps_of,
)
from scmsim.report.information import uses_information
from scmsim.report.labels import in_html, number, shorten
from scmsim.report.panels import Panel
from scmsim.report.simple_table import simple_table
from scmsim.report.statement_tables import money_text
from scmsim.words import counted, plural

if TYPE_CHECKING:
    from scmsim.experiments.run.result import Result
    from scmsim.metrics.tables.timeline import Step

TITLE = "From demand to cash"
TEXT = "What happened in one case, step by step: everything that goes back to one customer's demand."
MOST_STEPS = 40
LONGEST = 18


def case_panels(result: "Result") -> list[Panel]:
    """Tell the case of the latest order and of the largest unpaid invoice, where information or money is simulated."""
    network = result.scenario.network
    if result.record == "summary" or not (network.money or uses_information(network)):
        return []
    tables, managed, parts = drawn_tables(result), managed_stocks(network), []
    late, unpaid = latest_order(result, tables), largest_unpaid(result, tables)
    if late is not None:
        told = _told(result, steps_of(tables, late.case, managed=managed), cash_of(tables, late.case), late.case)
        parts.append(_fold(_about_order(result, late), told, opened=True))
    if unpaid is not None:
        steps = steps_of(tables, unpaid.case, unpaid.number, managed)
        told = _told(result, steps, cash_of(tables, unpaid.case), unpaid.case)
        parts.append(_fold(_about_invoice(result, unpaid), told, opened=late is None))
    if not parts:
        return []
    said = TEXT + (f" Of replication 1 of {result.replications}." if result.replications > 1 else "")
    return [Panel("cases", TITLE, said, (), below="".join(parts))]


def _about_order(result: "Result", late: LateOrder) -> str:
    who = "a customer" if late.buyer is None else _label(result, late.buyer)
    end = f"{_span(result, late.late)} late"
    end += "" if late.delivered is not None else ", not delivered by the end of the run"
    return f"The most delayed order: {late.number} of {who} at {_label(result, late.seller)}, {end}"


def _about_invoice(result: "Result", unpaid: UnpaidInvoice) -> str:
    who = "a customer" if unpaid.buyer is None else _label(result, unpaid.buyer)
    sum_ = f"{money_text(unpaid.amount)} that {who} owes {_label(result, unpaid.seller)}"
    when = f"overdue for {_span(result, unpaid.overdue)}" if unpaid.overdue else f"due at {number(unpaid.due)}"
    return f"The largest unpaid invoice: {unpaid.number} over {sum_}, {when}"


def _label(result: "Result", name: str) -> str:
    node = result.scenario.network.nodes.get(name)
    return name if node is None else node.label or name


def _span(result: "Result", length: float) -> str:
    unit, length = result.scenario.network.calendar.unit, float(f"{length:.3g}")
    return f"{number(length)} {unit if length == 1 else plural(unit)}"


def _told(result: "Result", steps: "list[Step]", cash: dict[str, float], case: int) -> str:
    """Write the steps as a table, and how the case changed every node's cash (HTML)."""
    network = result.scenario.network
    several = len(network.products) > 1
    dated = any(step.date for step in steps)
    heads = ["date" if dated else network.calendar.unit, "where", *(["product"] if several else [])]
    heads += ["what", "received"]
    before = [None, *(step.time for step in steps)]
    rows = [
        [
            "" if step.time == last else str(step.date) if dated else number(step.time),
            shorten(_label(result, step.node), LONGEST) if step.node else "",
            *([step.product or ""] if several else []),
            step.what,
            "" if step.received in (None, step.time) else number(step.received),
        ]
        for last, step in zip(before, steps[:MOST_STEPS], strict=False)
    ]
    moved = ", ".join(f"{_label(result, node)} {_signed(amount)}" for node, amount in cash.items())
    after = [f"And {counted(len(steps) - MOST_STEPS, 'more step')}."] if len(steps) > MOST_STEPS else []
    left_out = " Collective invoices are not counted." if case and any(step.collective for step in steps) else ""
    after += [f"Cash moved by this case: {moved}.{left_out}"] if moved else []
    return f'{simple_table(heads, rows, words=True)}<p class="hint">{in_html(" ".join(after))}</p>'


def _signed(amount: float) -> str:
    return f"+{money_text(amount)}" if amount > 0 else money_text(amount)


def _fold(title: str, body: str, *, opened: bool) -> str:
    return f'<details class="case"{" open" if opened else ""}><summary>{in_html(title)}</summary>{body}</details>'
