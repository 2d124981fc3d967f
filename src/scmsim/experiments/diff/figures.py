"""How the figures of two results differ, and how sure that is."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from scmsim.errors import UsageError
from scmsim.experiments.measures import Measure, chosen, unit_after, usual
from scmsim.experiments.statistics.estimates import CONFIDENCE, half_widths, moments
from scmsim.experiments.statistics.paired import less, plus_minus
from scmsim.metrics import CATALOGUE
from scmsim.metrics.layout import Layout
from scmsim.scenario.scenario import Scenario
from scmsim.words import listed

if TYPE_CHECKING:
    import pandas as pd

    from scmsim.experiments.run.result import Result

Array = NDArray[np.float64]
_Spread = tuple[Array, NDArray[np.int64]]

COLUMNS = ("case", "measure", "a", "b", "difference", "half_width", "n", "paired", "unit")


@dataclass(frozen=True, eq=False)
class Reading:
    """The figures of every replication of a result.

    Parameters
    ----------
    title : str
        What the result is, in a few words.
    seed : int
        Where its chance began.
    scenarios : mapping
        The scenarios it rests on, by case: ``""`` where there is one.
    draws : mapping
        A table per case (``""``, the name of a variant, the values of a point): one row per replication, which is the
        index, and one column per figure, called by its address.
    measures : tuple of Measure
        The figures in these columns.
    """

    title: str
    seed: int
    scenarios: Mapping[str, Scenario] = field(repr=False)
    draws: "Mapping[str, pd.DataFrame]" = field(repr=False)
    measures: tuple[Measure, ...] = field(repr=False)

    @property
    def scenario(self) -> Scenario:
        """The first of its scenarios."""
        return next(iter(self.scenarios.values()))


def of_run(result: "Result") -> Reading:
    """Read the figures of a run."""
    from scmsim.experiments.storage.manifest import title

    keys = list(Measure._fields)
    values = result.values
    first = values[values["replication"] == values["replication"].iloc[0]]
    rows = first[keys].astype(object).where(first[keys].notna(), None).itertuples(index=False, name=None)
    found = tuple(Measure(*row) for row in rows)
    import pandas as pd

    numbers = values["value"].to_numpy(dtype=np.float64).reshape(-1, len(found))
    index = pd.Index(values["replication"].to_numpy().reshape(-1, len(found))[:, 0], name="replication")
    frame = pd.DataFrame(numbers, index=index, columns=[str(one) for one in found])
    return Reading(title(result.manifest), result.seed, {"": result.scenario}, {"": frame}, found)


def figures(one: Reading, other: Reading, measures: Sequence[str] | None = None) -> "pd.DataFrame":
    """Compare the figures of two results.

    Parameters
    ----------
    one, other : Reading
        The results.
    measures : sequence of str, optional
        Which figures (`scmsim.experiments.measures`): unless given the chain's, and the nodes' where it has none.

    Returns
    -------
    DataFrame
        One row per figure that differs: ``case``, ``measure``, its means ``a`` and ``b``, their ``difference`` (b - a),
        the ``half_width`` of its 95 % interval (NaN for fewer than two replications), the number ``n`` of replications
        (of pairs, or in both together), whether they are ``paired``, and ``unit``.

    Raises
    ------
    UsageError
        A figure that is asked for is not in both, or the results have nothing in common.

    Notes
    -----
    Same seed: replications of one number met the same random numbers, and the interval is Student's on their
    differences (A. M. Law, *Simulation Modeling and Analysis*, 5th ed., section 10.2.1). Otherwise Welch's, with the
    degrees of freedom of Welch and Satterthwaite (section 10.2.2). No interval is corrected for how many there are.
    """
    import pandas as pd

    cases = [case for case in one.draws if case in other.draws]
    if not cases:
        names = [listed([*reading.draws], most=6) or "nothing" for reading in (one, other)]
        raise UsageError(
            f"the two results have no case in common: {one.title} has {names[0]}, and {other.title} has {names[1]}"
        )
    rows = []
    wanted = figures_wanted(one, other, measures)
    units = {each: _unit(each, one.scenario) for each in dict.fromkeys(measure.metric for measure in wanted)}
    for case in cases:
        left, right = one.draws[case], other.draws[case]
        names = [str(measure) for measure in wanted if str(measure) in left and str(measure) in right]
        pairs = left.index.intersection(right.index)
        paired = one.seed == other.seed and len(pairs) > 0
        if paired:
            left, right = left.loc[pairs], right.loc[pairs]
        found = differences(left[names].to_numpy(), right[names].to_numpy(), paired=paired)
        for at, name in enumerate(names):
            a, b, difference, width, n = (float(column[at]) for column in found)
            same = difference == 0 and not width > 0
            if not (same or (math.isnan(a) and math.isnan(b))):
                rows.append((case, name, a, b, difference, width, int(n), paired, units[name.partition("@")[0]]))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def differences(
    one: Array, other: Array, *, paired: bool, confidence: float = CONFIDENCE
) -> tuple[Array, Array, Array, Array, NDArray[np.int64]]:
    """Estimate the difference of means, column by column.

    Parameters
    ----------
    one, other : array of float
        One row per replication, one column per figure; NaN where a figure is undefined.
    paired : bool
        Whether rows of one number met the same random numbers; then what is undefined in either is left out of both.
    confidence : float
        The share of such intervals that cover the true difference.

    Returns
    -------
    means of one, means of other, differences, half-widths, counts
        One each per column; NaN where there is nothing to judge by.

    Examples
    --------
    >>> one, other = np.array([[1.0], [2.0], [6.0]]), np.array([[2.0], [3.5], [7.5]])
    >>> [column.round(3).tolist() for column in differences(one, other, paired=True)[2:]]
    [[1.333], [0.717], [3]]
    >>> [column.round(3).tolist() for column in differences(one, other, paired=False)[2:]]
    [[1.333], [6.238], [6]]
    """
    if paired:
        lacking = np.isnan(one) | np.isnan(other)
        mean, sd, counts = moments(less(other, one))
        a, b = (moments(np.where(lacking, np.nan, each))[0] for each in (one, other))
        return _either(a, one), _either(b, other), mean, half_widths(sd, counts, confidence), counts
    (a, sd_a, count_a), (b, sd_b, count_b) = moments(one), moments(other)
    return a, b, less(b, a), _welch((sd_a, count_a), (sd_b, count_b), confidence), count_a + count_b


def _either(means: Array, draws: Array) -> Array:
    """Return the means over pairs; over all where a figure has no pair."""
    return np.where(np.isnan(means), moments(draws)[0], means)


def _welch(one: _Spread, other: _Spread, confidence: float) -> Array:
    from scipy.special import stdtrit

    enough = (one[1] >= 2) & (other[1] >= 2)
    parts = [np.where(enough, sd**2 / np.maximum(counts, 1), 0.0) for sd, counts in (one, other)]
    freedoms = [np.maximum(counts - 1, 1) for _, counts in (one, other)]
    below = parts[0] ** 2 / freedoms[0] + parts[1] ** 2 / freedoms[1]
    total = parts[0] + parts[1]
    freedom = np.where(total > 0, total**2 / np.where(total > 0, below, 1.0), 1.0)
    return np.asarray(np.where(enough, stdtrit(freedom, 0.5 + confidence / 2) * np.sqrt(total), np.nan))


def figures_wanted(one: Reading, other: Reading, measures: Sequence[str] | None) -> list[Measure]:
    """Choose the figures to compare: those asked for, or of those that both have the usual ones."""
    there = {str(measure) for measure in one.measures} & {str(measure) for measure in other.measures}
    if measures is not None:
        asked = chosen(one.scenario.network, measures)
        missing = [str(measure) for measure in asked if str(measure) not in there]
        if missing:
            raise UsageError(
                f"the figure {missing[0]} is not in both results: in both are {', '.join(sorted(there)[:8])}"
            )
        return asked
    known = [measure for measure in usual(one.scenario.network) if str(measure) in there]
    return known or [measure for measure in one.measures if str(measure) in there]


def _unit(metric: str, scenario: Scenario) -> str:
    return CATALOGUE[metric].unit_in(Layout(scenario.network))


def is_clear(row: Mapping[str, Any]) -> bool:
    """Tell whether a difference is more than its interval leaves open; it is where there is no chance to judge by."""
    if math.isnan(row["difference"]):
        return False
    return math.isnan(row["half_width"]) or abs(row["difference"]) > row["half_width"]


def told(row: Mapping[str, Any]) -> str:
    """Say a difference in words.

    Examples
    --------
    >>> told({"measure": "fill_rate@shop", "difference": -0.0213, "half_width": 0.0041, "unit": "ratio"})
    'fill rate of shop -2.1 ± 0.4 points'
    >>> told({"measure": "total_cost", "difference": 12.0, "half_width": float("nan"), "unit": "money"})
    'total cost +12'
    """
    metric, _, whose = str(row["measure"]).partition("@")
    name = metric.replace("_", " ") + (f" of {whose.replace('=', ' ')}" if whose else "")
    if math.isnan(row["difference"]):
        return f"{name} is undefined in {'A' if math.isnan(row['a']) else 'B'}"
    share = is_share(metric, row["unit"])
    scale = 100.0 if share else 1.0
    amount = plus_minus(row["difference"] * scale, row["half_width"] * scale)
    size, exactly, _ = amount.partition(" exactly")
    return f"{name} {size}{' points' if share else unit_after(size, metric, row['unit'])}{exactly}"


def is_share(metric: str, unit: str) -> bool:
    """Tell whether a figure is a share between 0 and 1, whose differences are percentage points."""
    return unit == "ratio" and CATALOGUE[metric].group == "service"
