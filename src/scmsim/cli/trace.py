"""``scmsim trace``: one case from demand to cash, as a timeline."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scmsim.cli.commands import one_of, whole_number
from scmsim.cli.figures import printable
from scmsim.cli.progress import progress
from scmsim.cli.shipped import scenario_path
from scmsim.errors import UsageError

if TYPE_CHECKING:
    from scmsim.experiments.run.result import Result
    from scmsim.metrics.tables.timeline import Step

Tables = Mapping[str, Any]
"""The tables of one replication, as data frames."""

LONGEST_NAME = 30
NOT_COUNTED = " (collective invoices are not counted)"
FOLLOWED = ("orders", "demand", "deliveries")
"""The tables in which a case is looked up."""


class TraceFormat(StrEnum):
    """How a timeline is printed."""

    table = "table"
    json = "json"


def _number_option(what: str) -> Any:
    return typer.Option(metavar="ID", parser=whole_number(1), help=what)


@dataclass(frozen=True)
class TraceOptions:
    """What ``scmsim trace`` can be told."""

    target: Annotated[
        str,
        typer.Argument(
            metavar="DIR_OR_SCENARIO", help="A folder that scmsim run --out wrote, or a scenario, which is then run."
        ),
    ]
    order: Annotated[int | None, _number_option("The case of this order.")] = None
    demand: Annotated[int | None, _number_option("The case of this demand of an end customer.")] = None
    payment: Annotated[int | None, _number_option("The case that this payment belongs to.")] = None
    replication: Annotated[
        int, typer.Option(metavar="N", parser=whole_number(1), help="Which replication, from 1.")
    ] = 1
    format: Annotated[
        TraceFormat,
        typer.Option(
            "--format",
            metavar="table|json",
            parser=one_of(TraceFormat),
            autocompletion=lambda: [form.value for form in TraceFormat],
            help="How the timeline is printed on stdout.",
        ),
    ] = TraceFormat.table


@dataclass(frozen=True)
class Trace:
    """A case and what is known of it."""

    case: int | None
    title: str
    steps: "list[Step]"
    cash: dict[str, float]


def trace(options: TraceOptions) -> None:
    """Print one case from demand to cash as a timeline.

    A case is everything that goes back to one demand of an end customer: orders, messages, shipments, production,
    invoices and payments. A replenishment order belongs to the first demand since the order before it.
    """
    asked = [name for name in ("order", "demand", "payment") if getattr(options, name) is not None]
    if len(asked) != 1:
        raise UsageError("Say which case: give one of --order ID, --demand ID and --payment ID")
    result = _result(options)
    tables = {name: frame[frame["replication"] == options.replication] for name, frame in result.tables.items()}
    finders = {"order": _of_order, "demand": _of_demand, "payment": _of_payment}
    found = finders[asked[0]](result, tables, getattr(options, asked[0]))
    printers = {TraceFormat.table: _as_table, TraceFormat.json: _as_json}
    print(printers[options.format](result, options.replication, found))


def _result(options: TraceOptions) -> "Result":
    """Open the stored run, or run the scenario."""
    path = Path(options.target)
    if path.is_dir():
        from scmsim.experiments.stored import open_run

        result = open_run(path)
        if result.record != "full":
            raise UsageError(f"{path} holds a summary without tables: run the scenario again without --summary")
        if not all("case" in result.tables.get(name, ()) for name in FOLLOWED):
            raise UsageError(f"{path} was written by a version that followed no cases: run the scenario again")
        if options.replication > result.replications:
            raise UsageError(
                f"{path} has no replication {options.replication}: replications are numbered from 1 to "
                f"{result.replications}"
            )
        return result
    from scmsim.experiments.run.run import run
    from scmsim.scenario.load import load

    scenario = load(scenario_path(options.target))
    with progress(scenario.name) as shown:
        return run(scenario, replications=options.replication, progress=shown)


def _of_order(result: "Result", tables: Tables, number: int) -> Trace:
    for name in FOLLOWED:
        rows = tables[name][tables[name]["order"] == number]
        if len(rows):
            return _case(result, tables, int(rows["case"].iloc[0]), f"order {number}")
    raise UsageError(f"There is no order {number}: {_range('order', tables['orders']['order'])}")


def _of_demand(result: "Result", tables: Tables, number: int) -> Trace:
    demand = tables["demand"][tables["demand"]["buyer"].isna()]
    if not (demand["order"] == number).any():
        known = (tables["orders"]["order"] == number).any()
        said = f"order {number} was placed by a node (--order {number})" if known else f"there is no demand {number}"
        raise UsageError(f"No end customer asked under this number: {said}; {_range('demand', demand['order'])}")
    return _case(result, tables, number, f"demand {number}")


def _of_payment(result: "Result", tables: Tables, number: int) -> Trace:
    from scmsim.metrics.tables.timeline import invoice_timeline

    if "payments" not in tables:
        paid = "nothing was paid" if result.scenario.network.money else "nothing in it has a price"
        raise UsageError(f"There are no payments in a run of {result.scenario.name}: {paid}")
    rows = tables["payments"][tables["payments"]["payment"] == number]
    if rows.empty:
        raise UsageError(f"There is no payment {number}: {_range('payment', tables['payments']['payment'])}")
    row = rows.iloc[0]
    if row["case"]:
        return _case(result, tables, int(row["case"]), f"payment {number}")
    title = f"payment {number} of invoice {row['invoice']}, which is about more than one order"
    return Trace(None, title, invoice_timeline(tables, int(row["invoice"])), {})


def _range(what: str, numbers: Any) -> str:
    if numbers.empty:
        return f"the run has no {what}s"
    return f"the {what}s of this replication have numbers from {numbers.min()} to {numbers.max()}"


def _case(result: "Result", tables: Tables, case: int, title: str) -> Trace:
    from scmsim.metrics.tables.timeline import cash_moved, managed_stocks, timeline

    steps = timeline(tables, case, managed_stocks(result.scenario.network))
    return Trace(case, title, steps, cash_moved(tables, case))


def _as_json(result: "Result", replication: int, found: Trace) -> str:
    answer = {
        "scenario": result.scenario.name,
        "seed": result.seed,
        "replication": replication,
        "case": found.case,
        "unit": result.scenario.network.calendar.unit,
        "events": [{name: value for name, value in step._asdict().items() if name != "turn"} for step in found.steps],
        "cash": found.cash,
    }
    return json.dumps(answer, ensure_ascii=False, allow_nan=False, indent=2)


def _as_table(result: "Result", replication: int, found: Trace) -> str:
    """Give the timeline as lines to read: when, where, what, and when what was sent got there."""
    unit = result.scenario.network.calendar.unit
    dated = any(step.date for step in found.steps)
    head = [unit, *(["date"] if dated else []), "where", "product", "what happened", "received"]
    rows = [
        [
            f"{step.time:g}",
            *([step.date or ""] if dated else []),
            (step.node or "")[:LONGEST_NAME],
            (step.product or "")[:LONGEST_NAME],
            step.what + (f" (order {step.order})" if step.order and step.event in ("order", "demand") else ""),
            "" if step.received is None else f"{step.received:g}",
        ]
        for step in found.steps
    ]
    about = "" if found.case is None else f": case {found.case}"
    lines = [f"{result.scenario.name}, replication {replication}, {found.title}{about}", "", *_lined_up([head, *rows])]
    collective = found.case is not None and any(step.collective for step in found.steps)
    if found.cash or collective:
        moved = ", ".join(f"{node} {amount:+,.2f}" for node, amount in found.cash.items()) or "none"
        lines += ["", f"cash moved by this case: {moved}{NOT_COUNTED if collective else ''}"]
    return "\n".join(printable(line).rstrip() for line in lines)


def _lined_up(rows: list[list[str]]) -> list[str]:
    """Line up cells to the left, with a rule under the first row, leaving out columns with nothing in them."""
    kept = [index for index in range(len(rows[0])) if any(row[index] for row in rows[1:])]
    widths = [max(len(row[index]) for row in rows) for index in kept]
    ruled = [[row[index] for index in kept] for row in rows]
    ruled.insert(1, ["-" * width for width in widths])
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in ruled]
