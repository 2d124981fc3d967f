"""The section on information: how long messages take, and who is told what."""

from typing import TYPE_CHECKING

import pandas as pd

from scmsim.report.information import (
    KINDS,
    MOST_DELAYS,
    MOST_ROWS,
    at_once,
    data_delays,
    data_sharing,
    delayed,
    rows_of,
    uses_information,
)
from scmsim.report.information_figure import plot_delays
from scmsim.report.labels import number
from scmsim.report.panels import Panel
from scmsim.report.simple_table import simple_table
from scmsim.report.stages import data_stages
from scmsim.words import plural

if TYPE_CHECKING:
    from scmsim.experiments.run.result import Result

TEXT = "How long messages between the stages took, from sent to received, on average."
JAMS = " An order or an invoice that waits for a clerk has not been received until it is dealt with."


def information_panels(result: "Result") -> list[Panel]:
    """Draw what delays messages, and list who is told what; nothing where messages arrive at once and nobody shares."""
    delays = data_delays(result)
    late = delayed(delays)
    if late.empty and not uses_information(result.scenario.network):
        return []
    text, missing = "", ""
    if result.record == "summary":
        missing = "This run kept a summary only. How long messages took needs full recording."
    elif late.empty:
        text = "Every message arrived at the instant it was sent."
    else:
        text = TEXT + (JAMS if (late["waiting"] > 0).any() else "") + _cut(late) + _instant(delays)
    choices = () if late.empty else (("", plot_delays(result)),)
    table = _table(result, delays) if uses_information(result.scenario.network) else ""
    return [Panel("information", "Information", text, choices, missing, below=sharing_table(result) + table)]


def sharing_table(result: "Result") -> str:
    """Write who tells whom what beyond the orders, one row per lane that shares anything (HTML)."""
    shared, stages = data_sharing(result), data_stages(result)
    if not shared:
        return ""
    kinds = [kind for kind in KINDS if any(kind in told for _, _, told in shared)]
    rows = [
        [f"{stages[buyer].label} tells {stages[seller].label}", *(told.get(kind, "–") for kind in kinds)]
        for buyer, seller, told in shared[:MOST_ROWS]
    ]
    heads = ["who", *(KINDS[kind] for kind in kinds)]
    return f"<h3>Who is told what</h3>{simple_table(heads, rows, words=True)}{_left(len(shared))}"


def _table(result: "Result", delays: pd.DataFrame) -> str:
    """Write every kind of message with its numbers, folded."""
    if delays.empty:
        return ""
    stages, unit = data_stages(result), plural(result.scenario.network.calendar.unit)
    heads = ["message", "from", "to", "messages", f"mean {unit}", f"longest {unit}", "of the mean, with clerks"]
    rows = [
        [
            KINDS.get(row["kind"], row["kind"]),
            *(stages[row[end]].label for end in ("sender", "receiver")),
            f"{row['messages']:,}",
            *(number(row[name]) for name in ("mean", "longest", "waiting")),
        ]
        for row in delays.head(MOST_ROWS).to_dict("records")
    ]
    table = simple_table(heads, rows, names=3)
    return f"<details><summary>All messages between stages</summary>{table}{_left(len(delays))}</details>"


def _left(count: int) -> str:
    left = count - MOST_ROWS
    return f'<p class="hint">{left:,} more are not shown.</p>' if left > 0 else ""


def _cut(late: pd.DataFrame) -> str:
    rows = rows_of(late)
    joined = " Lanes on which it took equally long share a row." if len(rows) < len(late) else ""
    return joined + (f" The {MOST_DELAYS} longest of {len(rows)} are drawn." if len(rows) > MOST_DELAYS else "")


def _instant(delays: pd.DataFrame) -> str:
    kinds = at_once(delays)
    return f" Without delay: {', '.join(kinds)}." if kinds else ""
