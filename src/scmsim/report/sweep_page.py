"""The page of a sweep: what was varied, what it does to the measures, and the best points."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from scmsim.report.experiment_page import (
    block,
    cautions,
    experiment_foot,
    experiment_glossary,
    experiment_header,
    origin,
)
from scmsim.report.factor_words import called
from scmsim.report.labels import in_html
from scmsim.report.measure_words import measure_title, metrics_of, units_of_metrics
from scmsim.report.panels import NOTHING, Panel, section
from scmsim.report.shell import assembled
from scmsim.report.sweep_data import (
    MOST_FACTORS,
    around,
    drawn_factors,
    drawn_measures,
    ended,
    failures,
    of_interest_first,
    sweep_sentences,
)
from scmsim.report.sweep_effects import MOST_LEVELS, pairs_of, plot_effects, plot_surface
from scmsim.report.sweep_parallel import MOST_POINTS, plot_parallel
from scmsim.report.sweep_tables import best_tables, factor_table, failure_table
from scmsim.words import counted

if TYPE_CHECKING:
    from scmsim.experiments.sweep.result import Sweep

MOST_PAIRS = 6
AXIS_WIDTH = 104
CELL_WIDTH = 60
FEW_COLUMNS = 4
MOST_AXES = 8
MOST_DEFINED = 12
EFFECTS = (
    "The mean of a measure over all points that share a value of a factor; bars are 95 % intervals over the "
    "replications, that is, what chance leaves open. All fields have one scale."
)
ALONE = (
    "A measure at the values of one factor, every other as in the first point, with 95 % intervals over replications."
)
RANGES = f" A factor with many values is drawn in at most {MOST_LEVELS} ranges, each at its middle."
SURFACE = (
    "The mean of a measure where two factors have these values, over all other factors and replications. "
    "Bluer is better where a direction is."
)
PARALLEL = (
    "Every line is a point: left its factors, right (blue) its measures. The colour is its fifth in the measure "
    "chosen; a click on a fifth in the legend hides it, two clicks show it alone."
)
WORDS = {
    "point": "One combination of the factors' values. Its number is the same in every table.",
    "main effect": "What a factor does to a measure on average over the other factors' values.",
}


def sweep_page(sweep: "Sweep") -> str:
    """Give the report of a sweep as an HTML page."""
    units = units_of_metrics(sweep.scenario.network, metrics_of(sweep.measures))
    asked = {key: sweep.scenario.header.get(key, "") for key in ("question", "source")}
    design = sweep.design.replace("_", " ")
    points, replications = counted(len(sweep.points), "point"), counted(sweep.replications, "replication")
    panels = [_effects(sweep, units), _surface(sweep), _parallel(sweep)]
    kind = f"Sweep of {counted(len(sweep.factors), 'factor')}: {design}, {points}, {replications} each"
    parts = [
        experiment_header(sweep.scenario.name, kind, sweep_sentences(sweep), asked),
        block("factors", "What was varied", "", factor_table(sweep.points, list(sweep.factors))),
        cautions({sweep.scenario.name: sweep.scenario.warnings}),
        _failed(sweep),
        *map(section, panels),
        _best(sweep),
        _ledger(sweep),
        experiment_glossary(_defined(sweep), units, WORDS),
        experiment_foot([*origin(sweep.manifest), ("points", len(sweep.points))]),
    ]
    return assembled(f"Sweep: {sweep.scenario.name}", parts, panels)


def _defined(sweep: "Sweep") -> Sequence[str]:
    """List the measures that the glossary defines: all where they are few, those drawn where they are many."""
    few = len(metrics_of(sweep.measures)) <= MOST_DEFINED
    return sweep.measures if few else drawn_measures(sweep) or sweep.measures[:MOST_DEFINED]


def _effects(sweep: "Sweep", units: dict[str, str]) -> Panel:
    title, factors, measures = "Main effects", drawn_factors(sweep), drawn_measures(sweep)
    said = ALONE if sweep.design == "one_at_a_time" else EFFECTS
    if not factors or not measures:
        return Panel("effects", title, said, (), NOTHING + "no factor has two values, or no measure differs.")
    said += RANGES if any(sweep.points[factor].nunique() > MOST_LEVELS for factor in factors) else ""
    said += f" The first {MOST_FACTORS} of {len(sweep.factors)} factors." if len(sweep.factors) > MOST_FACTORS else ""
    said += _which(sweep)
    by_factor = {factor: around(sweep, factor) for factor in factors}
    choices = tuple((measure_title(each), plot_effects(by_factor, each, units)) for each in measures)
    return Panel("effects", title, said, choices, choice="Measure")


def _which(sweep: "Sweep") -> str:
    drawn = len(drawn_measures(sweep))
    every = len(sweep.measures)
    return f" {drawn} of {every} measures can be chosen; all are in summary.csv." if drawn < every else ""


def _surface(sweep: "Sweep") -> Panel:
    title, measures = "Two factors together", drawn_measures(sweep)
    pairs = pairs_of(drawn_factors(sweep))
    if sweep.design == "one_at_a_time" or not pairs or not measures:
        missing = NOTHING + "no two factors were varied together, or no measure differs."
        return Panel("surface", title, SURFACE, (), missing)
    names, runs, one = called(list(sweep.factors)), ended(sweep), len(pairs) == 1
    choices = tuple(
        (
            measure_title(measure) + ("" if one else f": {names[across]} and {names[up]}"),
            plot_surface(runs, across, up, measure),
        )
        for measure in measures
        for across, up in pairs[:MOST_PAIRS]
    )
    said = SURFACE + (f" The first {MOST_PAIRS} of {len(pairs)} pairs." if len(pairs) > MOST_PAIRS else "")
    columns = max(len(figure.layout.xaxis.ticktext) for _, figure in choices)
    width = CELL_WIDTH * columns + 140 if columns > FEW_COLUMNS else 0
    return Panel("surface", title, said, choices, least_width=width, choice="Show")


def _parallel(sweep: "Sweep") -> Panel:
    title, measures = "All points", drawn_measures(sweep)
    factors = drawn_factors(sweep)[:MOST_AXES]
    if not measures or len(sweep.points) < 2:
        return Panel("points", title, PARALLEL, (), NOTHING + "there is one point, or no measure differs.")
    choices = tuple((measure_title(each), plot_parallel(sweep.summary, factors, measures, each)) for each in measures)
    points = len(sweep.points)
    said = PARALLEL
    if points > MOST_POINTS:
        said += f" Of {points:,} points {MOST_POINTS} are drawn: the best, the worst, and evenly many in between."
    axes = len(factors) + len(measures)
    return Panel("points", title, said, choices, least_width=AXIS_WIDTH * axes, choice="Measure")


def _best(sweep: "Sweep") -> str:
    drawn = of_interest_first(drawn_measures(sweep))
    halves = {measure: sweep.summary[f"{measure} half_width"] for measure in drawn}
    tables = best_tables(sweep.summary, halves, list(sweep.factors), drawn)
    hint = (
        "The ten best points by each measure above that is better in one direction; means ± the half widths of their "
        "95 % intervals. All points with all measures are in summary.csv."
    )
    return block("best", "The best points", hint, tables) if tables else ""


def _failed(sweep: "Sweep") -> str:
    if not sweep.failed:
        return ""
    hint = f"{counted(sweep.failed, 'run')} ended with an error; nothing else on this page counts them."
    return block("failures", "What failed", hint, failure_table(failures(sweep)))


def _ledger(sweep: "Sweep") -> str:
    """Say where every run is, and how to ask for some of them."""
    if not sweep.measures:
        return ""
    factor, measure = (_quoted(name) for name in (sweep.factors[0], sweep.measures[0]))
    query = f"SELECT {factor}, AVG({measure}), COUNT(*)\nFROM runs WHERE error IS NULL\nGROUP BY 1 ORDER BY 2;"
    hint = (
        "Every run is a row of the table runs in sweep.sqlite, and of runs.csv, in the folder of the sweep. "
        "Any program that reads SQLite can ask, also while the sweep goes on:"
    )
    python = 'import scmsim as sc\nruns = sc.open("FOLDER").runs'
    return block("ledger", "Every run", hint, f"<pre>{in_html(query)}</pre><pre>{in_html(python)}</pre>")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
