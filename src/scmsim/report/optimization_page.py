"""The page of an optimisation: the best values, how sure it is that they keep to the constraints, and the search."""

from typing import TYPE_CHECKING

import pandas as pd

from scmsim.errors import UsageError
from scmsim.report.experiment_page import (
    block,
    experiment_foot,
    experiment_glossary,
    experiment_header,
    html_table,
    origin,
)
from scmsim.report.factor_words import called
from scmsim.report.labels import in_html, number
from scmsim.report.measure_words import (
    change_text,
    estimate_text,
    measure_html,
    measure_title,
    metrics_of,
    units_of_metrics,
    value_text,
)
from scmsim.report.optimization_figures import MOST_TRIALS, plot_candidates, plot_convergence, plot_search
from scmsim.report.panels import NOTHING, Panel, section
from scmsim.report.shell import assembled

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from scmsim.experiments.optimize.optimization import Optimization

MOST_FIELDS = 12
CONVERGENCE = (
    "Every trial of the search, and the best so far of those that met all constraints. All trials met the same random "
    "demand; the search picks what looked good on it, so that its own figures flatter."
)
SEARCH = "Where the search looked, parameter by parameter. Dots met all constraints, crosses did not."
CANDIDATES = (
    "The best of the search again, on random numbers that the search had not seen. The objective with its 95 % "
    "interval; of a constrained measure, the bar reaches from its mean to the bound that holds with the confidence "
    "stated. Dashed: what the constraint asks for. Blue: the candidate chosen."
)
CERTAIN = (
    "The best of the search. Nothing here is left to chance, so one run says all. Dashed: what the constraint asks "
    "for. Blue: the candidate chosen."
)
WORDS = {
    "trial": "One set of values that the search simulated.",
    "fresh replications": (
        "Runs on random numbers that the search never saw. Only figures from these are unbiased: the best of many "
        "trials is partly the luckiest."
    ),
    "assured": (
        "The bound that a constrained figure keeps to with the confidence stated, over all constraints and finalists "
        "together."
    ),
}


def optimization_page(result: "Optimization") -> str:
    """Give the report of an optimisation as an HTML page."""
    units = _units(result)
    asked = {key: result.scenario.header.get(key, "") for key in ("question", "source")}
    panels = [_convergence(result), _search(result), _candidates(result)]
    wanted = "Maximise" if result.manifest["maximize"] else "Minimise"
    limits = "; ".join(_limit_text(measure, sense, bound) for _, measure, sense, bound in _limits(result))
    kind = f"{wanted}: {measure_title(result.objective)}" + (f". Subject to: {limits}" if limits else "")
    parts = [
        experiment_header(result.scenario.name, kind, result.sentences, asked),
        _warnings(result),
        _values(result),
        _constraints(result),
        section(panels[2]),
        _finalists(result),
        section(panels[0]),
        section(panels[1]),
        experiment_glossary(_measures(result), units, WORDS),
        experiment_foot(
            [
                *origin({key: value for key, value in result.manifest.items() if key != "trials"}),
                ("fresh replications", result.manifest["fresh"] or None),
                ("trials", len(result.trials)),
                ("confidence", f"{100 * float(result.manifest['confidence']):.4g} %"),
            ]
        ),
    ]
    return assembled(f"Optimisation: {result.scenario.name}", parts, panels)


def _warnings(result: "Optimization") -> str:
    """Write what of the scenario is hardly meant."""
    items = "".join(f"<li>{in_html(str(warning))}</li>" for warning in result.scenario.warnings)
    hint = "What of the scenario is hardly meant. The answer is one to the scenario as it stands."
    return block("warnings", "Warnings", hint, f"<ul class=answers>{items}</ul>") if items else ""


def _limits(result: "Optimization") -> list[tuple[str, str, str, float]]:
    """Give every constraint: its text, measure, sense and bound."""
    found = []
    for text in result.manifest["subject_to"]:
        measure, sense, bound = str(text).rsplit(" ", 2)
        found.append((str(text), measure, sense, float(bound)))
    return found


def _limit_text(measure: str, sense: str, bound: float) -> str:
    return f"{measure_title(measure)} {'≥' if sense == '>=' else '≤'} {value_text(measure, bound)}"


def _measures(result: "Optimization") -> list[str]:
    return list(dict.fromkeys([result.objective, *(measure for _, measure, _, _ in _limits(result))]))


def _values(result: "Optimization") -> str:
    """Write the best values, as a table and as lines to paste."""
    names, ranges = called(result.paths), result.manifest["vary"]
    rows = [
        [
            f'<abbr title="{in_html(path)}">{in_html(names[path])}</abbr>',
            in_html(number(value)),
            in_html(f"{number(ranges[path]['from'])} to {number(ranges[path]['to'])}"),
        ]
        for path, value in result.nearest.items()
    ]
    title = "The best values" if result.found else "The nearest values: no candidate is sure to keep to the constraints"
    lines = "\n".join(result.overrides)
    pasted = (
        f"<p class=hint>As lines, each to stand after --set:</p><pre>{in_html(lines)}</pre>"
        f"<p class=hint>As a variant, in the scenario file:</p><pre>{in_html(result.to_yaml())}</pre>"
    )
    return block("best", title, "", html_table(["parameter", "value", "searched"], rows) + pasted)


def _constraints(result: "Optimization") -> str:
    frame = result.constraints
    if frame.empty:
        return ""
    rows = []
    for row, (text, measure, sense, bound) in zip(frame.to_dict("records"), _limits(result), strict=True):
        rows.append(
            [
                f'<abbr title="{in_html(text)}">{in_html(_limit_text(measure, sense, bound))}</abbr>',
                in_html(value_text(measure, row["estimate"])),
                in_html(value_text(measure, row["assured"])),
                "holds" if row["met"] else "not shown to hold",
            ]
        )
    hint = f"On {result.manifest['fresh']} fresh replications of these values." if result.chance else "In the one run."
    return block(
        "constraints", "The constraints", hint, html_table(["constraint", "estimate", "assured", "verdict"], rows)
    )


def _finalists(result: "Optimization") -> str:
    """Write the finalists with their values."""
    names = called(result.paths)
    heads = ["trial", *(f'<abbr title="{in_html(path)}">{in_html(names[path])}</abbr>' for path in result.paths)]
    heads += [*map(measure_html, _measures(result)), "above the first", "in the search", "constraints"]
    rows = []
    for row in result.candidates.to_dict("records"):
        cells = [str(row["trial"]), *(in_html(number(row[path])) for path in result.paths)]
        for measure in _measures(result):
            half = float(row["half_width"]) if measure == result.objective else None
            cells.append(estimate_text(measure, float(row[measure]), half))
        cells.append(in_html(change_text(result.objective, float(row["difference"]))))
        cells += [in_html(value_text(result.objective, row["search"])), "met" if row["met"] else "not shown"]
        rows.append(cells)
    return block("finalists", "The finalists in numbers", "", html_table(heads, rows))


def _units(result: "Optimization") -> dict[str, str]:
    return units_of_metrics(result.scenario.network, metrics_of(_measures(result)))


def figure_of_convergence(result: "Optimization") -> "go.Figure":
    """Draw how the search went (`plot_convergence`)."""
    frame = result.convergence.assign(source=result.trials["source"].to_numpy())
    return plot_convergence(frame, result.objective, _units(result))


def figure_of_search(result: "Optimization") -> "go.Figure":
    """Draw where the search looked (`plot_search`).

    Raises
    ------
    UsageError
        The objective is undefined for every candidate.
    """
    if not result.trials["estimate"].notna().any():
        raise UsageError("The objective is undefined for every candidate: there is nothing to draw")
    return plot_search(result.trials, result.paths[:MOST_FIELDS], result.objective, _units(result))


def figure_of_candidates(result: "Optimization") -> "go.Figure":
    """Draw the finalists (`plot_candidates`)."""
    bounds: dict[str, list[float]] = {}
    for _, measure, _, bound in _limits(result):
        bounds.setdefault(measure, []).append(bound)
    frame = data_candidates(result)
    return plot_candidates(frame[frame["measure"].isin(_measures(result)[:MOST_FIELDS])], bounds, _units(result))


def _convergence(result: "Optimization") -> Panel:
    count = len(result.trials)
    said = CONVERGENCE + (f" Of {count:,} trials about {MOST_TRIALS:,} are drawn." if count > MOST_TRIALS else "")
    return Panel("convergence", "How the search went", said, (("", figure_of_convergence(result)),))


def _search(result: "Optimization") -> Panel:
    title = "Where it looked"
    if not result.trials["estimate"].notna().any():
        return Panel("search", title, SEARCH, (), NOTHING + "the objective is undefined in every trial.")
    more = len(result.paths) > MOST_FIELDS
    said = SEARCH + (f" Of {len(result.paths)} parameters the first {MOST_FIELDS}." if more else "")
    return Panel("search", title, said, (("", figure_of_search(result)),))


def data_candidates(result: "Optimization") -> pd.DataFrame:
    """Give the finalists' measures with their intervals (`plot_candidates`)."""
    rows = []
    for rank, row in enumerate(result.candidates.to_dict("records")):
        name, chosen = f"trial {row['trial']}", rank == 0 and result.found
        mean, half = float(row[result.objective]), float(row["half_width"])
        rows.append((name, result.objective, mean, mean - half, mean + half, chosen, "95 % interval"))
        for text, measure, sense, _ in _limits(result):
            mean, assured = float(row[measure]), float(row[f"assured {text}"])
            ends = (assured, mean) if sense == ">=" else (mean, assured)
            rows.append((name, measure, mean, *ends, chosen, "assured"))
    columns = ["candidate", "measure", "mean", "low", "high", "chosen", "means"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.drop_duplicates(["candidate", "measure"])


def _candidates(result: "Optimization") -> Panel:
    more = len(_measures(result)) - MOST_FIELDS
    said = CANDIDATES if result.chance else CERTAIN
    said += f" {more} more constrained measures are in the table." if more > 0 else ""
    title = "The finalists on fresh random numbers" if result.chance else "The finalists"
    return Panel("candidates", title, said, (("", figure_of_candidates(result)),))
