"""What the page of a sweep shows of it: the runs that ended, the measures of interest, the best points in words."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scmsim.experiments.chance import involves_chance
from scmsim.experiments.sensitivity.words import OF_INTEREST
from scmsim.experiments.statistics.estimates import CONFIDENCE, half_widths, moments
from scmsim.experiments.statistics.paired import less
from scmsim.report.factor_words import called
from scmsim.report.labels import half_width
from scmsim.report.measure_words import better_of, is_share, measure_title, metric_of, value_text
from scmsim.report.sweep_effects import data_effect
from scmsim.report.sweep_tables import factor_text
from scmsim.words import counted

if TYPE_CHECKING:
    from scmsim.experiments.sweep.result import Sweep

MOST_MEASURES = 6
MOST_FACTORS = 12
TOLD = 2


def ended(sweep: "Sweep") -> pd.DataFrame:
    """Give the runs that did not fail."""
    return sweep.runs[sweep.runs["error"].isna()].reset_index(drop=True)


def drawn_measures(sweep: "Sweep") -> list[str]:
    """List the measures to draw: of those that differ between points the six of most interest, whole chains first."""
    summary = sweep.summary
    varying = [measure for measure in sweep.measures if summary[measure].nunique() > 1]
    if len(varying) <= MOST_MEASURES:
        return varying
    first = set(of_interest_first(varying)[:MOST_MEASURES])
    return [measure for measure in varying if measure in first]


def of_interest_first(measures: Iterable[str]) -> list[str]:
    """Put measures into the order of interest: known metrics first, and whole chains before parts of them."""
    return sorted(measures, key=lambda measure: (_rank(measure), "@" in measure))


def drawn_factors(sweep: "Sweep") -> list[str]:
    """List the factors to draw: the first twelve of those with more than one value."""
    return [factor for factor in sweep.factors if sweep.points[factor].nunique() > 1][:MOST_FACTORS]


def around(sweep: "Sweep", factor: str) -> pd.DataFrame:
    """Give the runs over which a factor's effect is averaged.

    All that ended; where factors were varied one at a time, those in which every other factor is as in the first point.
    """
    runs = ended(sweep)
    if sweep.design != "one_at_a_time":
        return runs
    first = sweep.points.iloc[0]
    for other in sweep.factors:
        if other != factor:
            runs = runs[runs[other].isna() if pd.isna(first[other]) else runs[other] == first[other]]
    return runs


def failures(sweep: "Sweep") -> pd.DataFrame:
    """Give the points that failed: ``point``, ``error`` and how many ``runs`` failed so."""
    failed = sweep.runs[sweep.runs["error"].notna()]
    return failed.groupby(["point", "error"], sort=True).size().rename("runs").reset_index()


def sweep_sentences(sweep: "Sweep") -> list[str]:
    """Say where the measures are best, what they depend on most, and what went wrong."""
    measures = [measure for measure in drawn_measures(sweep) if better_of(measure)]
    order = of_interest_first(measures)[:TOLD]
    said = [text for measure in order for text in (_best(sweep, measure), _most(sweep, measure)) if text]
    said = said or ["No measure with a better direction differs between the points."]
    if sweep.failed:
        points = sweep.runs.loc[sweep.runs["error"].notna(), "point"].nunique()
        said.append(f"{counted(sweep.failed, 'run')} failed, at {counted(points, 'point')}: see below.")
    if sweep.missing:
        said.insert(0, f"This sweep is not finished: {counted(sweep.missing, 'run')} of it are still to be done.")
    return said


def _rank(measure: str) -> int:
    metric = metric_of(measure)
    return OF_INTEREST.index(metric) if metric in OF_INTEREST else len(OF_INTEREST)


def _best(sweep: "Sweep", measure: str) -> str:
    known = sweep.summary[sweep.summary[measure].notna()]
    lowest = better_of(measure) == "lower"
    row = known.sort_values(measure, ascending=lowest, kind="stable").iloc[0]
    where = _place(sweep, row)
    more = f" (and {len(sweep.factors) - 4} more factors)" if len(sweep.factors) > 4 else ""
    half = float(row[f"{measure} half_width"])
    scale, unit = (100.0, " %") if is_share(measure) else (1.0, "")
    wide = "" if pd.isna(half) else f" ± {half_width(scale * half)}{unit}"
    ties = int((known[measure] == row[measure]).sum())
    also = f", as at {counted(ties - 1, 'other point')}" if ties > 1 else ""
    word = "lowest" if lowest else "highest"
    doubt = _doubt(sweep, measure, known.sort_values(measure, ascending=lowest, kind="stable"))
    return (
        f"{measure_title(measure)} is {word}, {value_text(measure, row[measure])}{wide}, at {where}{more}{also}{doubt}."
    )


def _place(sweep: "Sweep", row: pd.Series) -> str:
    names = called(list(sweep.factors))
    return ", ".join(f"{names[factor]} = {factor_text(row[factor])}" for factor in sweep.factors[:4])


def _doubt(sweep: "Sweep", measure: str, ranked: pd.DataFrame) -> str:
    """Say that chance leaves open which point is the best: where some others differ from it by less than it may.

    Paired differences to the best, replication by replication, all other points together at 95 % (Bonferroni).
    """
    if len(ranked) < 2:
        return ""
    if sweep.replications < 2:
        chance = involves_chance(sweep.scenario.network)
        return "; one replication does not tell how much of that is chance" if chance else ""
    draws = ended(sweep).pivot(index="point", columns="replication", values=measure).loc[ranked["point"]].to_numpy()
    apart = less(draws[1:], draws[:1])
    means, sds, counts = moments(apart.T)
    near = np.abs(means) <= half_widths(sds, counts, 1 - (1 - CONFIDENCE) / len(apart))
    near &= sds > 0
    if not near.any():
        return ""
    next_ = _place(sweep, ranked.iloc[1 + int(np.argmax(near))])
    others = counted(int(near.sum()), "other point")
    them = f"{others}, the next at {next_}," if near.sum() > 1 else f"the point at {next_}"
    return f", but {them} cannot be told from it"


def _most(sweep: "Sweep", measure: str) -> str:
    """Say which factor moves a measure most, from the lowest to the highest mean over its values."""
    moved = []
    for factor in drawn_factors(sweep):
        means = data_effect(around(sweep, factor), factor, measure)["mean"].dropna()
        if len(means):
            moved.append((float(means.max() - means.min()), factor, float(means.min()), float(means.max())))
    if len(moved) < 2:
        return ""
    _, factor, low, high = max(moved)
    name = called(list(sweep.factors))[factor]
    ends = f"{value_text(measure, low)} to {value_text(measure, high)}"
    return f"{measure_title(measure)} depends most on {name}: {ends} on average over its values."
