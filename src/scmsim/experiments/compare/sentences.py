"""A comparison in sentences: who is better, on what, by how much, how sure."""

from collections.abc import Iterator, Mapping
from math import isfinite
from typing import TYPE_CHECKING, Any, NamedTuple

from scmsim.experiments.compare.verdicts import Evidence
from scmsim.experiments.measures import Measure, unit_after
from scmsim.metrics import CATALOGUE
from scmsim.words import counted, every, listed, number, roughly

if TYPE_CHECKING:
    import pandas as pd

    from scmsim.experiments.compare.selection import Selection

Row = Mapping[Any, Any]

COMPARATIVES = {
    "cost": {"better": "is cheaper than", "worse": "is dearer than"},
    "service": {"better": "serves better than", "worse": "serves worse than"},
}
OTHERWISE = {"better": "is better than", "worse": "is worse than"}


def title(measure: Measure) -> str:
    """Name a measure in plain words.

    Examples
    --------
    >>> title(Measure("fill_rate", node="retailer", product="beer")), title(Measure("total_cost"))
    ('fill rate of beer at retailer', 'total cost')
    """
    words = CATALOGUE[measure.metric].title
    words = words if words.isupper() else words[0].lower() + words[1:]
    of = f" of {measure.product}" if measure.product is not None else ""
    if measure.node is not None:
        return f"{words}{of} at {measure.node}"
    return f"{words}{of}" + (f" of the segment {measure.segment}" if measure.segment is not None else "")


class Told(NamedTuple):
    """A comparison in sentences.

    Parameters
    ----------
    opening : str
        What was compared, how often, and how sure all of it is.
    differences : tuple of str
        How each scenario differs from the first, figure by figure.
    conclusions : tuple of str
        Who is the best, the trade-off, and what was selected.
    """

    opening: str
    differences: tuple[str, ...]
    conclusions: tuple[str, ...]

    @property
    def sentences(self) -> tuple[str, ...]:
        """All of them, in this order."""
        return (self.opening, *self.differences, *self.conclusions)


def told(
    found: Evidence, pairs: "pd.DataFrame", best: "pd.DataFrame", edge: "pd.DataFrame", selection: "Selection | None"
) -> Told:
    """Say what a comparison found, from its tables (`scmsim.experiments.compare.verdicts`)."""
    by_text = {str(measure): measure for measure in found.measures}
    differences = [
        _difference(found, by_text[row["measure"]], row)
        for row in pairs[pairs["base"] == found.names[0]].to_dict("records")
        if row["scenario"] not in found.same
    ]
    differences += [
        f"{name} says the same as {other}: what holds of one holds of both." for name, other in found.same.items()
    ]
    conclusions = []
    if len(found.names) > 2:
        conclusions += [_the_best(found, one, best[best["measure"] == text], pairs) for text, one in by_text.items()]
    conclusions += _edge(found, edge, by_text, pairs)
    if selection is not None:
        conclusions.append(_selected(selection, by_text))
    return Told(_opening(found, pairs, selection), tuple(differences), tuple(one for one in conclusions if one))


def _opening(found: Evidence, pairs: "pd.DataFrame", selection: "Selection | None") -> str:
    scenarios = f"{len(found.names)} scenarios ({', '.join(found.names)})"
    if not found.chance:
        return f"{scenarios}: nothing in them is left to chance, so one replication says everything."
    replications = found.draws.shape[1]
    if replications < 2:
        return (
            f"{scenarios}, one replication each: that says nothing about chance, so there is no verdict. "
            f"More replications give one (--replications 20)."
        )
    tests = int(pairs["p"].notna().sum())
    sure = f"; {_percent(found)} confidence holds for {every(tests, 'difference')}" if tests else ""
    together = " together" if tests > 1 else ""
    said = f"{scenarios}, {counted(replications, 'replication')} each on the same random numbers{sure}{together}."
    if selection is None or max(selection.replications.values()) <= replications:
        return said
    return (
        f"{said} Figures and differences rest on these {replications:,} alone, not on those that the selection went on "
        f"to make: how many it made hung on what they showed, and that makes intervals too narrow."
    )


def _difference(found: Evidence, measure: Measure, row: Row) -> str:
    name, base, verdict, what = row["scenario"], row["base"], row["verdict"], title(measure)
    if verdict == "unknown":
        return f"On {what}, {name} was {_by(found, measure, row['difference'])} than {base} in one replication."
    if verdict == "undefined":
        return f"On {what}, {name} and {base} cannot be compared: no replication defines it in both."
    if verdict == "equal":
        exact = f" in {every(row['n'], 'replication')}" if found.chance else ""
        return f"{name} and {base} have the same {what}{exact}."
    amount = _by(found, measure, row["difference"])
    if verdict == "equivalent":
        worth = _size(found, measure, found.worth[str(measure)])
        return f"{name} and {base} differ on {what} by less than {worth}: {amount} ({_sure(found, measure, row)})."
    if verdict == "undecided":
        return f"Cannot tell {name} from {base} on {what}: {amount} ({_sure(found, measure, row)}); {_more(row)}."
    words = COMPARATIVES.get(CATALOGUE[measure.metric].group, OTHERWISE)
    if verdict in words:
        return f"{name} {words[verdict]} {base}: {what} {amount} ({_sure(found, measure, row)})."
    return f"{name} has another {what} than {base}: {amount} ({_sure(found, measure, row)})."


def _by(found: Evidence, measure: Measure, difference: float) -> str:
    if difference == 0:
        return "no higher or lower on the average"
    return f"{_size(found, measure, abs(difference))} {'higher' if difference > 0 else 'lower'}"


def _is_share(measure: Measure) -> bool:
    metric = CATALOGUE[measure.metric]
    return metric.group == "service" and metric.unit == "ratio"


def _size(found: Evidence, measure: Measure, value: float) -> str:
    """Write an amount with its unit; a share of service in percentage points."""
    if _is_share(measure):
        return f"{number(100 * value)} percentage points"
    amount = number(value)
    return amount + unit_after(amount, measure.metric, found.units[str(measure)])


def _sure(found: Evidence, measure: Measure, row: Row) -> str:
    """Say how sure a difference is, with the interval in the direction in which the difference was said."""
    if not found.chance:
        return "exactly"
    if row["low"] == row["high"]:
        return f"the same in {every(row['n'], 'replication')}"
    low, high = (row["low"], row["high"]) if row["difference"] >= 0 else (-row["high"], -row["low"])
    scale = 100.0 if _is_share(measure) else 1.0
    span = f"{number(scale * low)} to {number(scale * high)}"
    return f"{_percent(found)} interval {span}, {counted(row['n'], 'replication')}"


def _percent(found: Evidence) -> str:
    return f"{100 * found.confidence:g} %"


def _more(row: Row) -> str:
    needed = row["still_needed"]
    if not isfinite(needed):
        return "no number of replications that anybody would make decides it"
    return f"about {roughly(needed)} more replication{'' if needed == 1 else 's'} would decide it"


def _the_best(found: Evidence, measure: Measure, rows: "pd.DataFrame", pairs: "pd.DataFrame") -> str:
    """Say who is the best on a measure, by multiple comparisons with the best."""
    left = rows.loc[rows["verdict"].isin(["best", "maybe best"])]
    names = left["scenario"].tolist()
    how = f" ({_percent(found)} sure of {_asked(measure, names, pairs)})" if found.chance else ""
    if not names or len(names) == len(found.names):
        if names and set(left["verdict"]) == {"best"}:
            return f"On {title(measure)} all of them are equally good{how}."
        return f"On {title(measure)} any of them may be the best." if names else ""
    if len(names) > 1:
        verb = "are equally good and the best" if set(left["verdict"]) == {"best"} else "may each be the best"
        return f"On {title(measure)} {listed(names)} {verb}; {_no_others(found, names)}{how}."
    if left["verdict"].iloc[0] != "best":
        return f"On {title(measure)} {names[0]} may be the best{how}."
    others = rows.loc[rows["scenario"] != names[0]].sort_values("mean", ascending=found.better(measure) == "lower")
    gap = _by(found, measure, float(others["mean"].iloc[0] - left["mean"].iloc[0]))
    return f"On {title(measure)} {names[0]} is the best{how}; the next is {others['scenario'].iloc[0]}, {gap}."


def _asked(measure: Measure, names: list[str], pairs: "pd.DataFrame") -> str:
    """Say what it is that the best is sure of, where the differences of all pairs leave more open."""
    rows = pairs[(pairs["measure"] == str(measure)) & (pairs["base"].isin(names) != pairs["scenario"].isin(names))]
    if (rows["verdict"] == "undecided").any():
        return "this question alone, which asks less than all differences together"
    return "this alone"


def _no_others(found: Evidence, names: list[str]) -> str:
    others = [name for name in found.names if name not in names]
    return f"{listed(others)} {'is' if len(others) == 1 else 'are'} not"


def _edge(
    found: Evidence, edge: "pd.DataFrame", by_text: Mapping[str, Measure], pairs: "pd.DataFrame"
) -> Iterator[str]:
    """Say which scenarios are efficient, and what beats the others."""
    if edge.empty:
        return
    columns = [column for column in edge.columns if column in by_text]
    goals = listed([title(by_text[column]) for column in columns])
    good = edge.loc[edge["efficient"].astype(bool), "scenario"].tolist()
    if not good:
        return
    if len(good) == len(found.names):
        yield from _trade_off(goals, pairs[pairs["measure"].isin(columns)])
        return
    yield f"On {goals} together {listed(good)} {'is' if len(good) == 1 else 'are'} efficient."
    for row in edge[edge["dominated_by"] != ""].to_dict("records"):
        rivals = listed(row["dominated_by"].split(", "))
        surely = "" if row["sure"] else ", going by the averages; the differences are not sure on all of it"
        yield f"{row['scenario']} is dominated by {rivals}{surely}."


def _trade_off(goals: str, pairs: "pd.DataFrame") -> Iterator[str]:
    """Say that none beats another on everything: surely only where each difference of two scenarios is decided."""
    verdicts = [set(rows) for _, rows in pairs.groupby(["base", "scenario"], sort=False)["verdict"]]
    apart = [one for one in verdicts if not one <= {"equal", "equivalent"}]
    if not apart:
        return
    surely = all({"better", "worse"} <= one for one in apart)
    if surely:
        yield f"On {goals} together each has something for it: better on one means worse on another."
    else:
        yield f"On {goals} together none beats another, going by the averages; the differences are not sure."


def _selected(selection: "Selection", by_text: Mapping[str, Measure]) -> str:
    what, made = title(by_text[selection.measure]), selection.replications
    total = counted(sum(made.values()), "replication")
    sure = f"{100 * selection.confidence:g} % sure where it is so by {number(selection.indifference)} or more"
    if selection.chosen is None:
        said = f"Selection on {what} stopped at {total} with {listed(list(selection.left))} left ({sure})."
    elif len(selection.same) + 1 == len(made):
        return (
            f"On {what} there is nothing to select: {listed([*made])} have the same figure in "
            f"{every(made[selection.chosen], 'replication')}."
        )
    else:
        apart = (
            f"; without common random numbers about {roughly(selection.independent)}" if selection.independent else ""
        )
        said = f"Selected as the best on {what}: {selection.chosen} ({sure}; {total} of all scenarios{apart})."
        if selection.same:
            said += f" {listed(selection.same)} had the same figure in every replication, and will do as well."
    early = [name for name in made if name not in selection.left and made[name] < max(made.values())]
    if not early:
        return said
    counts = listed([f"{count:,} of {name}" for name, count in made.items()])
    verb = "was dropped early, as soon as it was" if len(early) == 1 else "were dropped early, as soon as each was"
    return f"{said} It took {counts}: {listed(early)} {verb} seen not to be the best."
