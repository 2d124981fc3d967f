"""The page of replications: every figure with its intervals, and how far single runs lie apart."""

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

from scmsim.experiments.replicate.folder import described
from scmsim.report.experiment_page import (
    block,
    cautions,
    experiment_foot,
    experiment_glossary,
    experiment_header,
    html_table,
    origin,
)
from scmsim.report.labels import in_html
from scmsim.report.measure_words import (
    estimate_text,
    measure_html,
    measure_title,
    metric_of,
    value_text,
)
from scmsim.report.panels import NOTHING, Panel, section
from scmsim.report.replication_figures import plot_convergence, plot_runs
from scmsim.report.shell import assembled
from scmsim.words import counted

if TYPE_CHECKING:
    import pandas as pd

    from scmsim.experiments.replicate.result import Replication

MOST_MEASURES = 12
RUNS = (
    "Every dot is one run, the lowest on the left. The line is the mean, the band its 95 % interval: dots lie further "
    "apart than the mean is uncertain."
)
CONVERGENCE = (
    "The mean of the first 2, 3, 4, ... runs and its 95 % interval. Where the line still wanders, or the band is too "
    "wide to decide by, more replications are needed: four times as many halve the band."
)
TABLE = (
    "Mean ± the half width of its 95 % interval; the median and the runs at 5 and 95 % of all; the lowest and the "
    "highest run. A dash: too few replications, or undefined."
)
ORDER = ("p05", "median", "p95", "min", "max")
HEADS = ("figure", "mean", "5 %", "median", "95 %", "lowest", "highest", "unit")
WORDS = {"5 %, median, 95 %": "So large a part of all runs lies below: order statistics of the replications."}


def replication_page(found: "Replication") -> str:
    """Give the report of replications as an HTML page."""
    summary = found.summary
    measures = [str(measure) for measure in summary["measure"]]
    units = {metric_of(str(row["measure"])): str(row["unit"]) for row in summary.to_dict("records")}
    asked = {key: found.scenario.header.get(key, "") for key in ("question", "source")}
    kind = f"{counted(found.replications, 'replication')} of {counted(len(measures), 'figure')}"
    panels = [_runs(found, units), _convergence(found, units)]
    parts = [
        experiment_header(found.scenario.name, kind, found.sentences, asked),
        *map(section, panels),
        block("numbers", "The figures", TABLE, _table(summary)),
        cautions({found.scenario.name: found.scenario.warnings}),
        experiment_glossary(measures, units, WORDS),
        experiment_foot(origin({key: value for key, value in described(found).items() if key != "file"})),
    ]
    return assembled(f"Replications: {found.scenario.name}", parts, panels)


def _table(summary: "pd.DataFrame") -> str:
    rows = []
    for row in summary.to_dict("records"):
        measure, unit = str(row["measure"]), str(row["unit"])
        cells = [measure_html(measure), estimate_text(measure, float(row["mean"]), float(row["half_width"]))]
        cells += [in_html(value_text(measure, row[name])) for name in ORDER]
        rows.append([*cells, f'<span class="unit">{in_html("" if unit == "ratio" else unit)}</span>'])
    return html_table(HEADS, rows)


def _varied(found: "Replication") -> list[dict[Hashable, Any]]:
    """Give the rows of the first figures that differ between runs."""
    summary = found.summary
    return summary[(summary["n"] > 1) & (summary["sd"] > 0)].head(MOST_MEASURES).to_dict("records")


def _runs(found: "Replication", units: dict[str, str]) -> Panel:
    title, rows = "Run by run", _varied(found)
    if not rows:
        return Panel("runs", title, RUNS, (), NOTHING + "no figure differs between runs.")
    choices = tuple(
        (measure_title(row["measure"]), plot_runs(found.values[row["measure"]], float(row["half_width"]), units))
        for row in rows
    )
    return Panel("runs", title, RUNS, choices, choice="Figure")


def _convergence(found: "Replication", units: dict[str, str]) -> Panel:
    title, rows = "How the mean settles", _varied(found)
    if not rows:
        return Panel("convergence", title, CONVERGENCE, (), NOTHING + "no figure differs between runs.")
    choices = tuple(
        (measure_title(row["measure"]), plot_convergence(found.values[row["measure"]], units)) for row in rows
    )
    return Panel("convergence", title, CONVERGENCE, choices, choice="Figure")
