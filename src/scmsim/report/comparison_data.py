"""The numbers behind the figures of a comparison's page."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scmsim.experiments.compare.frontier import dominators
from scmsim.report.measure_words import better_of, metric_of

if TYPE_CHECKING:
    from scmsim.experiments.compare.comparison import Comparison

MOST_PAIRS = 6
"""Of more pairs than this, only those with the first scenario are drawn."""

MOST_MEASURES = 12
MOST_REPLICATIONS = 60
ENDS = {"difference": "mean", "low_alone": "low", "high_alone": "high", "low": "wide_low", "high": "wide_high"}


def drawn_measures(comparison: "Comparison") -> list[str]:
    """List the measures that are drawn: those of which any difference is known, the first twelve."""
    known = comparison.differences.dropna(subset=["difference"])
    return [str(measure) for measure in dict.fromkeys(known["measure"])][:MOST_MEASURES]


def units_of(comparison: "Comparison") -> dict[str, str]:
    """Give the unit of every metric that is compared."""
    return {metric_of(measure): str(unit) for measure, unit in comparison.manifest["units"].items()}


def data_differences(comparison: "Comparison") -> pd.DataFrame:
    """Give the differences that the forest plot shows.

    Returns
    -------
    DataFrame
        ``measure``, ``one``, ``other``, ``mean`` (of one − other), ``low``, ``high`` (its own interval), ``wide_low``,
        ``wide_high`` (that of all together), ``n``, ``verdict``.
    """
    rows = comparison.differences
    rows = rows[rows["measure"].isin(drawn_measures(comparison)) & rows["difference"].notna()]
    if rows.groupby("measure").size().max() > MOST_PAIRS:
        rows = rows[rows["base"] == next(iter(comparison.scenarios))]
    ranked = rows.assign(place=rows["measure"].map(drawn_measures(comparison).index)).sort_values(
        "place", kind="stable"
    )
    named = ranked.rename(columns={"scenario": "one", "base": "other", **ENDS})
    return named[["measure", "one", "other", *ENDS.values(), "n", "verdict"]].reset_index(drop=True)


def trade_offs(comparison: "Comparison") -> list[tuple[str, str]]:
    """List the pairs of goals that may trade off: what is paid (across), and what it brings (up)."""
    measures = set(map(str, comparison.measures))
    goals = [name for name in comparison.frontier.columns if name in measures]
    return [(across, up) for place, up in enumerate(goals) for across in goals[place + 1 :]]


def data_frontier(comparison: "Comparison", across: str, up: str) -> pd.DataFrame:
    """Give every scenario's place between two goals.

    Returns
    -------
    DataFrame
        ``scenario``, ``cost`` and ``service`` (the means of the goals across and up), ``cost_half``, ``service_half``
        (of their intervals) and whether it is ``efficient`` on these two.
    """
    table = comparison.estimates.set_index(["measure", "scenario"])
    names = list(comparison.scenarios)
    frame = pd.DataFrame({"scenario": names})
    for goal, column in ((across, "cost"), (up, "service")):
        own = table.loc[goal].reindex(names)
        frame[column], frame[f"{column}_half"] = own["mean"].to_numpy(), own["half_width"].to_numpy()
    higher = [better_of(across) == "higher", better_of(up) == "higher"]
    beaten = dominators(frame[["cost", "service"]].to_numpy(dtype=float), higher)
    known = frame[["cost", "service"]].notna().all(axis=1)
    frame["efficient"] = np.array([not rivals for rivals in beaten]) & known
    return frame


def data_replications(comparison: "Comparison", measure: str) -> pd.DataFrame:
    """Give a measure with a row per replication and a column per scenario, the first sixty replications."""
    most = min(MOST_REPLICATIONS, comparison.replications)
    rows = comparison.values[comparison.values["replication"] <= most]
    wide = rows.pivot(index="replication", columns="scenario", values=measure)
    return wide.reindex(columns=list(comparison.scenarios))


def answers(comparison: "Comparison") -> list[str]:
    """List the sentences in the order of the page: conclusions on all scenarios first, then the single differences."""
    return [*comparison.told.conclusions, *comparison.told.differences]
