"""The page of a warm-up: what to leave out, the series that say so, and every series' own suggestion."""

from typing import TYPE_CHECKING

from scmsim.experiments.warmup.mser import BATCH
from scmsim.experiments.warmup.series import window_of
from scmsim.report.experiment_page import block, experiment_foot, experiment_header, html_table
from scmsim.report.labels import in_html, number
from scmsim.report.panels import Panel, section
from scmsim.report.shell import assembled
from scmsim.report.warmup_figure import names_of, plot_warm_up
from scmsim.words import counted, plural

if TYPE_CHECKING:
    from scmsim.experiments.warmup.warmup import WarmUp

MOST_DRAWN = 24
"""Of more series than this, those with the longest warm-up are drawn."""

SERIES = (
    "The mean over the replications of every period from the beginning of the run, and its moving average over {width} "
    "periods. The shaded part is left out; the dotted line is the mean of the rest. Below, the squared standard error "
    "of that mean for every possible warm-up up to half of the run (MSER-{batch}): the warm-up is where it is least."
)
TABLE = (
    "The warm-up of every series by its mean over the replications, in {unit}; beside it the median and the largest of "
    "those that single replications would suggest, which chance moves more. The longest of the first column counts."
)


def warmup_page(result: "WarmUp") -> str:
    """Give the page of a warm-up as HTML."""
    names = names_of(result)
    drawn = names[:MOST_DRAWN]
    calendar = result.scenario.network.calendar
    width = 1 + 2 * window_of(result.series["series"].eq(names[0]).sum())
    text = SERIES.format(width=width, batch=BATCH)
    if len(drawn) < len(names):
        text += f" Of {len(names)} series, the {MOST_DRAWN} with the longest warm-up."
    choices = tuple((name, plot_warm_up(result, name)) for name in drawn)
    panel = Panel("series", "The beginning of the run", text, choices, choice="Series")
    kind = f"How long a warm-up: {counted(result.replications, 'replication')}"
    parts = [
        experiment_header(result.scenario.name, kind, result.sentences),
        section(panel),
        block("suggestions", "Every series", TABLE.format(unit=plural(calendar.unit)), _table(result, names)),
        experiment_foot(
            [
                ("scenario", result.scenario.name),
                ("sha256", result.scenario.sha256),
                ("seed", result.seed),
                ("replications", result.replications),
            ]
        ),
    ]
    return assembled(f"{result.scenario.name}: warm-up", parts, [panel])


def _table(result: "WarmUp", names: list[str]) -> str:
    own = result.suggestions.set_index("series")
    rows = [
        [
            in_html(name),
            number(own.at[name, "warm_up"]) + (" (run longer)" if own.at[name, "at_bound"] else ""),
            number(own.at[name, "median"]),
            number(own.at[name, "largest"]),
            number(own.at[name, "mean"]),
        ]
        for name in names
    ]
    return html_table(["series", "warm-up", "median of one", "largest of one", "mean of what is kept"], rows)
