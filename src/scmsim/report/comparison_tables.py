"""The tables of a comparison's page: every scenario's figures, and their differences."""

from math import isfinite, isnan
from typing import TYPE_CHECKING

from scmsim.report.experiment_page import html_table
from scmsim.report.labels import UNDEFINED, in_html, number
from scmsim.report.measure_words import change_text, estimate_text, measure_html, value_text
from scmsim.words import roughly

if TYPE_CHECKING:
    from scmsim.experiments.compare.comparison import Comparison
    from scmsim.experiments.compare.selection import Selection

MOST_ROWS = 400
MARKS = {"best": "best", "maybe best": "may be best"}


def estimate_table(comparison: "Comparison") -> str:
    """Write every measure of every scenario with its interval, and who is the best on it."""
    names = list(comparison.scenarios)
    rows = comparison.estimates.set_index(["measure", "scenario"])
    columns = (comparison.best[name].astype(str).tolist() for name in ("measure", "scenario", "verdict"))
    verdicts = {(measure, name): verdict for measure, name, verdict in zip(*columns, strict=True)}
    heads = ["measure", *map(in_html, names), "unit"]
    body = []
    for measure in dict.fromkeys(comparison.estimates["measure"]):
        cells = [measure_html(measure)]
        for name in names:
            row = rows.loc[(measure, name)]
            mark = MARKS.get(verdicts.get((measure, name), ""), "")
            said = f'<div class="mark">{mark}</div>' if mark and _some_are_not(verdicts, measure, names) else ""
            cells.append(estimate_text(measure, float(row["mean"]), float(row["half_width"])) + said)
        unit = str(rows.loc[(measure, names[0])]["unit"])
        body.append([*cells, f'<span class="unit">{in_html("" if unit == "ratio" else unit)}</span>'])
    return html_table(heads, body)


def _some_are_not(verdicts: dict[tuple[str, str], str], measure: str, names: list[str]) -> bool:
    return any(verdicts.get((measure, name)) == "not best" for name in names)


def difference_table(comparison: "Comparison") -> str:
    """Write every difference with its intervals, its p-value and its verdict."""
    heads = [
        "measure",
        "scenario",
        "− base",
        "difference",
        "all together",
        "by itself",
        "p (corrected)",
        "verdict",
        "more",
    ]
    rows = []
    for row in comparison.differences.head(MOST_ROWS).to_dict("records"):
        measure = str(row["measure"])
        rows.append(
            [
                measure_html(measure),
                in_html(row["scenario"]),
                in_html(f"− {row['base']}"),
                in_html(change_text(measure, row["difference"])),
                _span(measure, row["low"], row["high"]),
                _span(measure, row["low_alone"], row["high_alone"]),
                UNDEFINED if isnan(row["p_adjusted"]) else _chance(row["p_adjusted"]),
                in_html(row["verdict"]),
                _needed(float(row["still_needed"])),
            ]
        )
    left = len(comparison.differences) - MOST_ROWS
    more = f'<p class="hint">{left:,} more rows are in differences.csv.</p>' if left > 0 else ""
    return html_table(heads, rows, names=3) + more


def selection_table(selection: "Selection") -> str:
    """Write how often every scenario was run for a selection, and what came out."""
    rows = [
        [
            in_html(name),
            f"{made:,}",
            in_html(value_text(selection.measure, selection.means[name])),
            selection.fate(name),
        ]
        for name, made in selection.replications.items()
    ]
    return html_table(["scenario", "replications", f"mean {in_html(selection.measure)}", "still in the race"], rows)


def _chance(p: float) -> str:
    return "&lt; 0.0001" if p < 1e-4 else number(float(f"{p:.2g}"))


def _span(measure: str, low: float, high: float) -> str:
    return UNDEFINED if isnan(low) else f"{change_text(measure, low)} to {change_text(measure, high)}"


def _needed(count: float) -> str:
    if isnan(count) or count == 0:
        return ""
    return f"about {roughly(count)}" if isfinite(count) else "beyond reach"
