"""The page of a sensitivity analysis: which factor matters how much."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pandas as pd
import plotly.graph_objects as go

from scmsim.experiments.sensitivity.words import important_first
from scmsim.report.experiment_page import (
    block,
    cautions,
    experiment_foot,
    experiment_glossary,
    experiment_header,
    fold,
    html_table,
    origin,
)
from scmsim.report.factor_words import called
from scmsim.report.labels import in_html, number, percent
from scmsim.report.measure_words import measure_html, measure_title, metrics_of, units_of_metrics
from scmsim.report.panels import NOTHING, Panel, section
from scmsim.report.sensitivity_figures import MOST_FACTORS, plot_morris, plot_shares, plot_tornado
from scmsim.report.shell import assembled
from scmsim.words import counted

if TYPE_CHECKING:
    from scmsim.experiments.sensitivity.result import Sensitivity

Draw = Callable[[pd.DataFrame, str], go.Figure]
"""What draws the rows of a table that are about one measure."""

MOST_MEASURES = 12
TORNADO = (
    "How far each factor by itself moves a measure, from its lowest to its highest value; beside each bar the change "
    "with the half width of its interval, in the unit of the axis. Dotted: the scenario as it is."
)
NAMES = {"factor": "factor", "measure": "measure", "n": "n", "mu_star": "μ*", "mu": "μ", "sigma": "σ"}
SHARES = {"first": "alone (first order)", "total": "with all it takes part in (total)"}
LINES = {"rank_correlation": "rank correlation", "coefficient": "standardised coefficient"}
INDICES = {
    "sobol": "The share of a measure's variance that each factor explains, alone and with others, and the intervals.",
    "conditional_means": (
        "The share of a measure's variance over the points that each factor explains, alone and with others."
    ),
    "morris": (
        "How much a factor matters (right: its effects are large) and whether that depends on the other factors or on "
        "where it stands (up: its effects vary). On the dotted line they vary as much as they are large."
    ),
    "regression": "How strongly a measure follows each factor: in a straight line through all points, and by ranks.",
}
WORDS = {
    "first-order index": "The share of a measure's variance that would vanish if the factor alone were known (Sobol).",
    "total index": (
        "The share of a measure's variance that would be left if everything but the factor were known: its own part "
        "and its part in all interactions (Sobol)."
    ),
    "μ*, σ": "The mean size of a factor's elementary effects, and their standard deviation (Morris).",
    "standardised coefficient": (
        "By how many standard deviations a measure changes with one of the factor, in a linear regression on all "
        "factors."
    ),
}


def sensitivity_page(found: "Sensitivity") -> str:
    """Give the report of a sensitivity analysis as an HTML page."""
    units = units_of_metrics(found.scenario.network, metrics_of(found.measures))
    panels = sensitivity_panels(found, units)
    method = found.method.replace("_", " ")
    kind = f"Sensitivity by {method}: {len(found.factors)} factors, {len(found.measures)} measures"
    asked = {key: found.scenario.header.get(key, "") for key in ("question", "source")}
    parts = [
        experiment_header(found.scenario.name, kind, [_sentence(found, text) for text in found.sentences], asked),
        cautions({found.scenario.name: found.scenario.warnings}),
        *map(section, panels),
        _numbers(found),
        experiment_glossary(found.measures, units, WORDS),
        experiment_foot([*origin(found.manifest), ("method", method)]),
    ]
    return assembled(f"Sensitivity: {found.scenario.name}", parts, panels)


def sensitivity_panels(found: "Sensitivity", units: dict[str, str]) -> list[Panel]:
    """Draw the figures of a sensitivity analysis: a tornado, and the indices of its method if it has any."""
    panels = [_panel("tornado", "What moves it", TORNADO, found.effects, found, _tornado(units))]
    if found.method in INDICES:
        said = INDICES[found.method] + (f" The {MOST_FACTORS} largest." if len(found.factors) > MOST_FACTORS else "")
        panels.append(
            _panel("indices", "How much of it comes from what", said, found.indices, found, drawing_of(found.method))
        )
    return panels


def drawing_of(method: str) -> Draw:
    """Give what draws the indices of a method."""
    drawn: dict[str, Draw] = {"morris": plot_morris, "regression": _regression}
    return drawn.get(method, _sobol)


def known_rows(table: pd.DataFrame, measure: str) -> pd.DataFrame:
    """Give the rows of a table that know something of a measure."""
    return table[table["measure"] == measure].dropna(subset=[_main(table)]) if len(table) else table


def _tornado(units: dict[str, str]) -> Draw:
    return lambda rows, measure: plot_tornado(rows, measure, units)


def _sobol(rows: pd.DataFrame, measure: str) -> go.Figure:
    return plot_shares(rows, SHARES, "share of the variance")


def _regression(rows: pd.DataFrame, measure: str) -> go.Figure:
    return plot_shares(rows, LINES, "from −1 to 1")


def _panel(key: str, title: str, text: str, table: pd.DataFrame, found: "Sensitivity", draw: Draw) -> Panel:
    """Draw a figure per measure of which the table knows something."""
    choices = []
    for measure in important_first(found.measures)[:MOST_MEASURES]:
        rows = known_rows(table, measure)
        if len(rows):
            choices.append((measure_title(measure), draw(rows, measure)))
    missing = "" if choices else NOTHING + "no measure varies, or none is defined at enough points."
    return Panel(key, title, text, tuple(choices), missing, choice="Measure")


def _main(table: pd.DataFrame) -> str:
    """Give the column that a figure cannot do without."""
    return next(name for name in ("difference", "total", "mu_star", "coefficient") if name in table)


def _numbers(found: "Sensitivity") -> str:
    shown = important_first(found.measures)[:MOST_MEASURES]
    tables = {"Indices": found.indices, "Effects": found.effects, "Chance": found.noise}
    kept = {title: frame[frame["measure"].isin(shown)] for title, frame in tables.items() if len(frame)}
    parts = [fold(title, _table(found, frame)) for title, frame in kept.items()]
    left = len(found.measures) - len(shown)
    hint = f"{counted(left, 'more measure')} in indices.csv, effects.csv and noise.csv." if left else ""
    return block("numbers", "All numbers", hint, "".join(parts))


def _table(found: "Sensitivity", frame: pd.DataFrame) -> str:
    names = called(list(found.factors))
    heads = [in_html(NAMES.get(name, name.replace("_", " "))) for name in frame.columns]
    rows = [[_cell(names, str(name), value) for name, value in row.items()] for row in frame.to_dict("records")]
    return html_table(heads, rows, names=2 if "factor" in frame else 1)


def _cell(names: dict[str, str], column: str, value: object) -> str:
    if column == "measure":
        return measure_html(str(value))
    if column == "factor":
        return f'<abbr title="{in_html(value)}">{in_html(names.get(str(value), value))}</abbr>'
    if column in ("points", "replications", "rest", "left"):
        return in_html(percent(value))
    return in_html(value if isinstance(value, str) else number(value))


def _sentence(found: "Sensitivity", text: str) -> str:
    """Begin with a capital letter, unless with a name, and end with a full stop."""
    first = text.split(" ", 1)[0]
    named = first in found.measures or any(factor.endswith(first) for factor in found.factors)
    return (text if named else text[:1].upper() + text[1:]) + ("" if text.endswith(".") else ".")
