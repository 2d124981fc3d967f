"""The section on disruptions: how customers fared in them."""

from typing import TYPE_CHECKING

import numpy as np

from scmsim.metrics import CATALOGUE
from scmsim.report.answers import data_table
from scmsim.report.labels import UNDEFINED, number, percent
from scmsim.report.panels import Panel
from scmsim.report.simple_table import simple_table
from scmsim.report.stages import data_stages
from scmsim.words import plural

if TYPE_CHECKING:
    from scmsim.experiments.run.result import Result

TEXT = (
    "How long disruptions lasted until service fell below {failure:g} %, and until it was back at {recovery:g} % for "
    "good; how many were never noticed; what was served at once while any was at work, and afterwards."
)
TAIL = "The whole chain over the replications: on average, in the worst one, and on average over the worst {tail:g} %."
MEASURES = {
    "time_to_survive": "survives ({time})",
    "time_to_recover": "recovers after ({time})",
    "share_survived": "survived",
    "fill_rate_during_disruptions": "fill rate during",
    "fill_rate_after_disruptions": "fill rate after",
    "cash_flow_during_disruptions": "cash flow during",
    "cash_flow_after_disruptions": "cash flow after",
}
SHARES = frozenset({"share_survived", "fill_rate_during_disruptions", "fill_rate_after_disruptions", "fill_rate"})
TAILED = ("total_cost", "profit", "fill_rate", *MEASURES)
MOST_ROWS = 100


def resilience_panels(result: "Result") -> list[Panel]:
    """List how customers fared in disruptions; nothing where there are none."""
    network = result.scenario.network
    if not network.disruptions:
        return []
    limits = network.resilience
    said = TEXT.format(failure=100 * limits.failure, recovery=100 * limits.recovery)
    return [Panel("resilience", "Disruptions", said, (), "", below=fates_table(result) + tail_table(result))]


def fates_table(result: "Result") -> str:
    """Write the measures of every node where end customers are (HTML)."""
    table, stages = data_table(result, tuple(MEASURES), "node"), data_stages(result)
    unit = plural(result.scenario.network.calendar.unit)
    known = {name for figures in table.values() for name, figure in figures.items() if figure.mean is not None}
    shown = [name for name in MEASURES if name in known]
    rows = [
        [stages[node].label, *(_text(name, figures[name].mean if name in figures else None) for name in shown)]
        for (node,), figures in table.items()
        if any(figure.mean is not None for figure in figures.values())
    ]
    heads = ["stage", *(MEASURES[name].format(time=unit) for name in shown)]
    return simple_table(heads, rows[:MOST_ROWS]) if rows and shown else ""


def data_tail(result: "Result") -> dict[str, tuple[float, float, float]]:
    """Give mean, worst value and mean of the worst share of the chain's figures over replications."""
    found = {row["metric"]: (row["mean"], row["worst"], row["tail"]) for row in result.tail.to_dict("records")}
    return {name: found[name] for name in TAILED if name in found}


def tail_table(result: "Result") -> str:
    """Write the bad end of the chain's figures (HTML); nothing with one replication."""
    if result.replications < 2:
        return ""
    rows = [
        [CATALOGUE[name].title, *(_text(name, figure) for figure in figures)]
        for name, figures in data_tail(result).items()
    ]
    hint = TAIL.format(tail=100 * result.scenario.network.resilience.tail)
    return f'<p class="hint">{hint}</p>' + simple_table(["chain", "mean", "worst", "tail"], rows) if rows else ""


def _text(name: str, figure: float | None) -> str:
    if figure is None or np.isnan(figure):
        return UNDEFINED
    return percent(figure) if name in SHARES else number(figure)
