"""The page of a comparison: which scenario is better, on what, by how much, and how sure that is."""

from typing import TYPE_CHECKING

from scmsim.report.comparison_data import (
    MOST_MEASURES,
    MOST_PAIRS,
    MOST_REPLICATIONS,
    answers,
    data_differences,
    data_frontier,
    data_replications,
    drawn_measures,
    trade_offs,
    units_of,
)
from scmsim.report.comparison_figures import plot_differences, plot_frontier, plot_replications
from scmsim.report.comparison_tables import difference_table, estimate_table, selection_table
from scmsim.report.experiment_page import (
    block,
    cautions,
    experiment_foot,
    experiment_glossary,
    experiment_header,
    fold,
    origin,
)
from scmsim.report.labels import shorten
from scmsim.report.measure_words import measure_title
from scmsim.report.panels import NOTHING, Panel, section
from scmsim.report.shell import assembled
from scmsim.words import counted

if TYPE_CHECKING:
    from scmsim.experiments.compare.comparison import Comparison

LONGEST_TITLE = 90
FEWEST_SCENARIOS = 3
WIDTH = 112
DIFFERENCES = (
    "What each scenario has more or less than another, replication by replication on the same random demand. The dot "
    "is the mean difference, the thick line its own interval, the thin line the interval that holds for all of them "
    "together. Blue: the first named is better. Orange: the second is. Grey: not decided, or no difference worth "
    "knowing. Black: they differ, and no direction is better."
)
FRONTIER = (
    "What is paid across, what is got for it upwards. Filled: efficient on these two, that is, no other scenario is at "
    "least as good on both and better on one; the dotted line joins them. Bars are the scenarios' own intervals, which "
    "say less about a difference than its own interval above."
)
REPLICATIONS = (
    "Every thin line is one replication: the same random demand for all scenarios. Where lines run alike, the "
    "scenarios differ by the same amount whatever chance brings. Thick: the mean."
)
WORDS = {
    "paired difference": (
        "The difference of two scenarios in one replication, in which both met the same random numbers. Its mean over "
        "the replications is far surer than the difference of two means of unrelated runs."
    ),
    "all together (simultaneous interval)": (
        "Intervals so wide that all of them together cover the true differences with the confidence stated "
        "(Bonferroni): with many comparisons, some interval by itself would miss by chance. The verdict is what this "
        "interval says: better or worse where it leaves out 0."
    ),
    "p (corrected)": (
        "The chance of a difference at least so far from 0 where there is none (paired t-test), times the number of "
        "comparisons (Bonferroni)."
    ),
    "best, may be best": (
        "By multiple comparisons with the best (Hsu): those that are not marked are worse than the best, with the "
        "confidence stated for all scenarios together, on each measure by itself. That asks less than all differences "
        "of all pairs, and so is surer."
    ),
    "more": (
        "About how many more replications would decide what is undecided, if difference and variance stay as they are."
    ),
}


def comparison_page(comparison: "Comparison") -> str:
    """Give the report of a comparison as an HTML page."""
    names = list(comparison.scenarios)
    title = shorten(" or ".join(names) if len(names) == 2 else ", ".join(names), LONGEST_TITLE)
    panels = [_differences(comparison), _frontier(comparison), _replications(comparison)]
    first = next(iter(comparison.scenarios.values()))
    asked = {key: first.header.get(key, "") for key in ("question", "source")}
    replications, confidence = counted(comparison.replications, "replication"), f"{100 * comparison.confidence:g} %"
    hint = f"Means over {replications}, ± the half width of their {confidence} intervals."
    if comparison.went_on:
        hint += " Those that the selection went on to make are not in these figures, only in its own."
    numbers = estimate_table(comparison) + fold("All differences", difference_table(comparison))
    if comparison.selection is not None:
        numbers += fold("Selection", selection_table(comparison.selection), opened=True)
    parts = [
        experiment_header(title, comparison.sentences[0], answers(comparison), asked),
        block("numbers", "The figures", hint, numbers),
        *map(section, panels),
        cautions({name: scenario.warnings for name, scenario in comparison.scenarios.items()}),
        experiment_glossary([str(one) for one in comparison.measures], units_of(comparison), WORDS),
        experiment_foot(_origin(comparison)),
    ]
    return assembled(f"Comparison: {title}", parts, panels)


def _differences(comparison: "Comparison") -> Panel:
    title, frame = "Differences", data_differences(comparison)
    if frame.empty:
        return Panel("differences", title, DIFFERENCES, (), NOTHING + "no measure is defined in two scenarios.")
    said, scenarios = DIFFERENCES, len(comparison.scenarios)
    if scenarios * (scenarios - 1) // 2 > MOST_PAIRS:
        said += " Drawn against the first scenario; all pairs are in the table."
    if len(comparison.measures) > MOST_MEASURES:
        said += f" Of {len(comparison.measures)} measures the first {MOST_MEASURES} are drawn."
    return Panel("differences", title, said, (("", plot_differences(frame, units_of(comparison))),))


def _frontier(comparison: "Comparison") -> Panel:
    title, pairs = "The trade-off", trade_offs(comparison)
    if not pairs:
        missing = NOTHING + "a trade-off needs two measures with a better direction, of service, cost or money."
        return Panel("frontier", title, FRONTIER, (), missing)
    choices = tuple(
        (
            f"{measure_title(up)} against {measure_title(across)}",
            plot_frontier(data_frontier(comparison, across, up), across, up, units_of(comparison)),
        )
        for across, up in pairs
    )
    return Panel("frontier", title, FRONTIER, choices, choice="Show")


def _replications(comparison: "Comparison") -> Panel:
    title = "Replication by replication"
    if comparison.replications < 2 or not comparison.manifest["chance"]:
        return Panel("replications", title, REPLICATIONS, (), NOTHING + "there is one replication of each scenario.")
    many = comparison.replications > MOST_REPLICATIONS
    said = REPLICATIONS + (f" The first {MOST_REPLICATIONS} of {comparison.replications:,}." if many else "")
    choices = tuple(
        (
            measure_title(measure),
            plot_replications(data_replications(comparison, measure), measure, units_of(comparison)),
        )
        for measure in drawn_measures(comparison)
    )
    width = WIDTH * len(comparison.scenarios) if len(comparison.scenarios) > FEWEST_SCENARIOS else 0
    return Panel("replications", title, said, choices, least_width=width, choice="Measure")


def _origin(comparison: "Comparison") -> list[tuple[str, object]]:
    manifest = comparison.manifest
    hashes = {name: scenario.sha256[:12] for name, scenario in comparison.scenarios.items()}
    return [*origin({**manifest, "scenarios": hashes}), ("confidence", f"{100 * comparison.confidence:g} %")]
