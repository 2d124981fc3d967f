"""What a comparison's figures say: estimates, differences with their verdicts, the best, the efficient frontier."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import nan
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from scmsim.experiments.compare.frontier import dominators
from scmsim.experiments.measures import Measure
from scmsim.experiments.statistics.estimates import half_widths, moments
from scmsim.experiments.statistics.multiple import adjusted, bonferroni, may_be_the_best, with_the_best
from scmsim.experiments.statistics.paired import Differences, differences, p_values, replications_for, widths
from scmsim.metrics import CATALOGUE

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[np.float64]

GOALS = ("service", "cost", "money")
"""The groups of metrics between which a trade-off is looked for."""
AS_GOOD = ("better", "equal", "equivalent")
OPPOSITE = {"better": "worse", "worse": "better", "higher": "lower", "lower": "higher"}


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What a comparison rests on.

    Parameters
    ----------
    names : tuple of str
        The scenarios; the first is the one that others are compared with.
    measures : tuple of Measure
        The figures.
    units : mapping
        Their units, by the text of the measure.
    draws : array of float, shape (scenarios, replications, measures)
        NaN where undefined.
    confidence : float
        How sure intervals and verdicts are to be.
    worth : mapping
        The smallest difference worth knowing of, by the text of the measure.
    chance : bool
        Whether replications can differ at all; where they cannot, one says everything.
    same : mapping
        Scenarios that say the same as one before them, and which that is.
    """

    names: tuple[str, ...]
    measures: tuple[Measure, ...]
    units: Mapping[str, str]
    draws: Array
    confidence: float
    worth: Mapping[str, float]
    chance: bool
    same: Mapping[str, str] = field(default_factory=dict)

    @property
    def means(self) -> Array:
        """The mean of every scenario and measure."""
        return np.array([moments(one)[0] for one in self.draws])

    def are_same(self, one: str, other: str) -> bool:
        """Whether two scenarios say the same."""
        return self.same.get(one, one) == self.same.get(other, other)

    def better(self, measure: Measure) -> str | None:
        """Return which direction is the better one: ``higher``, ``lower``, or None where neither is."""
        return CATALOGUE[measure.metric].better


def estimates(found: Evidence) -> "pd.DataFrame":
    """Tabulate every scenario's own figures, each with its own t-interval."""
    import pandas as pd

    rows = []
    for name, draws in zip(found.names, found.draws, strict=True):
        means, sds, counts = moments(draws)
        wide = half_widths(sds, counts, found.confidence) if found.chance else np.zeros(len(means))
        for measure, mean, width, n in zip(found.measures, means, wide, counts, strict=True):
            low, high = mean - width, mean + width
            rows.append((name, str(measure), mean, width, low, high, int(n), found.units[str(measure)]))
    return pd.DataFrame(
        rows, columns=["scenario", "measure", "mean", "half_width", "low", "high", "n", "unit"]
    ).infer_objects()


def compared(found: Evidence) -> "pd.DataFrame":
    """Tabulate the difference of every two scenarios on every measure, and what can be said of it.

    A verdict says nothing but what its interval ``low`` to ``high`` says: there is a better one where it leaves out 0.
    """
    import pandas as pd

    what = differences(found.draws)
    tests = p_values(what)
    tests[[found.are_same(*(found.names[one] for one in pair)) for pair in what.pairs]] = nan
    corrected = adjusted(tests)
    level = bonferroni(found.confidence, int(np.sum(~np.isnan(tests))))
    together, alone = widths(what, level), widths(what, found.confidence)
    if not found.chance:
        together, alone = np.zeros_like(what.mean), np.zeros_like(what.mean)
    rows = []
    for row, (base, other) in enumerate(what.pairs):
        for column, measure in enumerate(found.measures):
            at = (row, column)
            difference, wide, own = float(what.mean[at]), float(together[at]), float(alone[at])
            verdict = _verdict(found, measure, what, at, wide)
            rows.append(
                {
                    "pair": f"{found.names[other]} − {found.names[base]}",
                    "base": found.names[base],
                    "scenario": found.names[other],
                    "measure": str(measure),
                    "difference": difference,
                    "low": difference - wide,
                    "high": difference + wide,
                    "low_alone": difference - own,
                    "high_alone": difference + own,
                    "n": int(what.n[at]),
                    "p": float(tests[at]) if found.chance else nan,
                    "p_adjusted": float(corrected[at]) if found.chance else nan,
                    "verdict": verdict,
                    "still_needed": _still_needed(found, measure, what, at, level) if verdict == "undecided" else 0.0,
                    "unit": found.units[str(measure)],
                }
            )
    frame = pd.DataFrame(rows)
    frame.loc[frame["verdict"].isin(["undefined", "unknown"]), "still_needed"] = nan
    return frame


def _verdict(found: Evidence, measure: Measure, what: Differences, at: tuple[int, int], wide: float) -> str:
    mean, worth = float(what.mean[at]), found.worth.get(str(measure), 0.0)
    if not what.n[at]:
        return "undefined"
    if found.chance and what.n[at] < 2:
        return "unknown"
    certain = not found.chance or what.sd[at] == 0
    if certain and mean == 0:
        return "equal"
    if abs(mean) + wide <= worth:
        return "equivalent"
    if abs(mean) > wide:
        direction = "higher" if mean > 0 else "lower"
        better = found.better(measure)
        return direction if better is None else "better" if direction == better else "worse"
    return "undecided"


def _still_needed(found: Evidence, measure: Measure, what: Differences, at: tuple[int, int], level: float) -> float:
    """Estimate how many replications more would decide, if difference and variance stay as they are."""
    size, worth = abs(float(what.mean[at])), found.worth.get(str(measure), 0.0)
    return max(replications_for(max(size, worth - size), float(what.sd[at]), level) - float(what.n[at]), 1.0)


def best(found: Evidence) -> "pd.DataFrame":
    """Tabulate multiple comparisons with the best, for every measure of which one direction is better."""
    import pandas as pd

    rows: list[dict[str, Any]] = []
    for column, measure in enumerate(found.measures):
        better = found.better(measure)
        if better is None:
            continue
        draws = found.draws[:, :, column] if found.chance else np.repeat(found.draws[:, :1, column], 2, axis=1)
        higher, confidence = better == "higher", found.confidence
        lows, highs = with_the_best(draws, higher=higher, confidence=confidence)
        may = may_be_the_best(draws, higher=higher, confidence=confidence)
        for name, mean, low, high, open_ in zip(found.names, found.means[:, column], lows, highs, may, strict=True):
            verdict = "unknown" if np.isnan(low) else _rank(low if better == "higher" else -high, bool(open_))
            rows.append(
                {
                    "measure": str(measure),
                    "scenario": name,
                    "mean": mean,
                    "low": float(low),
                    "high": float(high),
                    "verdict": verdict,
                }
            )
    return pd.DataFrame(rows, columns=["measure", "scenario", "mean", "low", "high", "verdict"])


def _rank(ahead: float, may_be: bool) -> str:
    if not may_be:
        return "not best"
    return "best" if ahead >= 0 else "maybe best"


def goals(found: Evidence) -> list[int]:
    """Choose the measures between which a trade-off is looked for: the first of service, of cost and of money."""
    directed = [place for place, measure in enumerate(found.measures) if found.better(measure)]
    groups = [CATALOGUE[found.measures[place].metric].group for place in directed]
    chosen = [directed[groups.index(group)] for group in GOALS if group in groups]
    if len(chosen) < 2:
        chosen = [directed[groups.index(group)] for group in dict.fromkeys(groups)]
    return chosen


def frontier(found: Evidence, pairs: "pd.DataFrame") -> "pd.DataFrame":
    """Tabulate who is efficient on service, cost and money together, and who is beaten by whom.

    Parameters
    ----------
    found : Evidence
        What was compared.
    pairs : DataFrame
        What `compared` gave.

    Returns
    -------
    DataFrame
        ``scenario``, a column with the mean of every goal, ``efficient``, ``dominated_by`` (names, joined by commas)
        and ``sure``: whether the verdicts of the differences bear out that one of these is as good on everything. No
        rows where there are fewer than two goals.
    """
    import pandas as pd

    places = goals(found)
    names = [str(found.measures[place]) for place in places]
    columns = ["scenario", *names, "efficient", "dominated_by", "sure"]
    if len(places) < 2:
        return pd.DataFrame(columns=columns)
    points = found.means[:, places]
    beaten = dominators(points, [found.better(found.measures[place]) == "higher" for place in places])
    verdicts = _verdicts(pairs)
    rows = []
    for number, (name, by) in enumerate(zip(found.names, beaten, strict=True)):
        rivals = [found.names[other] for other in by]
        sure = any(all(verdicts[rival, name, goal] in AS_GOOD for goal in names) for rival in rivals)
        known = not np.isnan(points[number]).any()
        rows.append([name, *points[number].tolist(), known and not rivals, ", ".join(rivals), sure])
    return pd.DataFrame(rows, columns=columns)


def _verdicts(pairs: "pd.DataFrame") -> dict[tuple[str, str, str], str]:
    """Index the verdicts by (scenario, compared with, measure), both ways round."""
    found = {}
    columns = (pairs[name].tolist() for name in ("base", "scenario", "measure", "verdict"))
    for base, other, measure, verdict in zip(*columns, strict=True):
        found[other, base, measure] = verdict
        found[base, other, measure] = OPPOSITE.get(verdict, verdict)
    return found
