"""The page of replications: every figure with its intervals, and how far single runs lie apart."""

from typing import TYPE_CHECKING

import plotly.graph_objects as go

from scmsim.experiments.replication_folder import described
from scmsim.report.experiment_page import (
    block,
    experiment_foot,
    experiment_glossary,
    experiment_header,
    html_table,
    origin,
)
from scmsim.report.labels import counted, in_html, in_plot
from scmsim.report.look import INK, blank
from scmsim.report.measure_words import (
    axis_title,
    estimate_text,
    measure_html,
    measure_title,
    metric_of,
    scale_of,
    value_text,
)
from scmsim.report.panels import NOTHING, Panel, section
from scmsim.report.shell import assembled
from scmsim.report.stages import PALETTE

if TYPE_CHECKING:
    import pandas as pd

    from scmsim.experiments.replication_result import Replication

MOST_MEASURES = 12
RUNS = (
    "Every dot is one run, the lowest on the left. The line is the mean, the band its 95 % interval: dots lie further "
    "apart than the mean is uncertain."
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
    panel = _runs(found, units)
    parts = [
        experiment_header(found.scenario.name, kind, found.sentences, asked),
        section(panel),
        block("numbers", "The figures", TABLE, _table(summary)),
        experiment_glossary(measures, units, WORDS),
        experiment_foot(origin({key: value for key, value in described(found).items() if key != "file"})),
    ]
    return assembled(f"Replications: {found.scenario.name}", parts, [panel])


def _table(summary: "pd.DataFrame") -> str:
    rows = []
    for row in summary.to_dict("records"):
        measure, unit = str(row["measure"]), str(row["unit"])
        cells = [measure_html(measure), estimate_text(measure, float(row["mean"]), float(row["half_width"]))]
        cells += [in_html(value_text(measure, row[name])) for name in ORDER]
        rows.append([*cells, f'<span class="unit">{in_html("" if unit == "ratio" else unit)}</span>'])
    return html_table(HEADS, rows)


def _runs(found: "Replication", units: dict[str, str]) -> Panel:
    title = "Run by run"
    rows = found.summary[(found.summary["n"] > 1) & (found.summary["sd"] > 0)].head(MOST_MEASURES)
    if rows.empty:
        return Panel("runs", title, RUNS, (), NOTHING + "no figure differs between runs.")
    choices = tuple(
        (
            measure_title(str(row["measure"])),
            plot_runs(found.values[str(row["measure"])], float(row["half_width"]), units),
        )
        for row in rows.to_dict("records")
    )
    return Panel("runs", title, RUNS, choices, choice="Figure")


def plot_runs(values: "pd.Series", half: float, units: dict[str, str] | None = None) -> go.Figure:
    """Draw the values of one figure in all runs, sorted, with their mean and its interval (± ``half``)."""
    measure = str(values.name)
    scale, known = scale_of(measure), values.dropna().sort_values(kind="stable")
    mean, figure = scale * float(known.mean()), blank(380)
    figure.add_scatter(
        x=list(range(1, len(known) + 1)),
        y=scale * known,
        mode="markers",
        marker={"color": PALETTE[0], "size": 8, "opacity": 0.8},
        customdata=[
            [number, value_text(measure, value)]
            for number, value in zip((known.index.to_numpy() + 1).tolist(), known.tolist(), strict=True)
        ],
        hovertemplate="replication %{customdata[0]}: <b>%{customdata[1]}</b><extra></extra>",
    )
    ends = {"xref": "x domain", "x0": 0, "x1": 1}
    figure.add_shape(type="line", **ends, y0=mean, y1=mean, line={"color": INK, "width": 1.6})
    band = {"fillcolor": "#CBD2D9", "opacity": 0.45, "line": {"width": 0}, "layer": "below"}
    figure.add_shape(type="rect", **ends, y0=mean - scale * half, y1=mean + scale * half, **band)
    figure.update_xaxes(title_text="runs in order of their value")
    return figure.update_yaxes(title_text=in_plot(axis_title(measure, units or {})))
