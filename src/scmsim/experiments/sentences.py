"""A comparison in sentences: who is better, on what, by how much, how sure."""

from collections.abc import Iterator, Mapping
from math import isfinite
from typing import TYPE_CHECKING, Any

from scmsim.experiments.measures import Measure
from scmsim.experiments.numbers import number
from scmsim.experiments.verdicts import Evidence
from scmsim.metrics import CATALOGUE

if TYPE_CHECKING:
    import pandas as pd

    from scmsim.experiments.selection import Selection

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


def counted(count: int, noun: str) -> str:
    """Count something.

    Examples
    --------
    >>> counted(1, "replication"), counted(1200, "replication")
    ('1 replication', '1,200 replications')
    """
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def listed(names: list[str]) -> str:
    """Join names as in a sentence.

    Examples
    --------
    >>> listed(["a"]), listed(["a", "b", "c"])
    ('a', 'a, b and c')
    """
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def sentences(
    found: Evidence, pairs: "pd.DataFrame", best: "pd.DataFrame", edge: "pd.DataFrame", selection: "Selection | None"
) -> tuple[str, ...]:
    """Say what a comparison found, from its tables (`scmsim.experiments.verdicts`)."""
    said = [_opening(found, pairs)]
    by_text = {str(measure): measure for measure in found.measures}
    for row in pairs[pairs["base"] == found.names[0]].to_dict("records"):
        said.append(_difference(found, by_text[row["measure"]], row))
    if len(found.names) > 2:
        said += [_the_best(found, one, best[best["measure"] == text]) for text, one in by_text.items()]
    said += _edge(found, edge, by_text)
    if selection is not None:
        said.append(_selected(selection, by_text))
    return tuple(one for one in said if one)


def _opening(found: Evidence, pairs: "pd.DataFrame") -> str:
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
    return (
        f"{scenarios}, {counted(replications, 'replication')} each on the same random numbers; {_percent(found)} "
        f"confidence holds for all {counted(tests, 'difference')} together."
    )


def _difference(found: Evidence, measure: Measure, row: Row) -> str:
    name, base, verdict, what = row["scenario"], row["base"], row["verdict"], title(measure)
    if verdict == "unknown":
        return f"On {what}, {name} was {_by(found, measure, row['difference'])} than {base} in one replication."
    if verdict == "undefined":
        return f"On {what}, {name} and {base} cannot be compared: no replication defines it in both."
    if verdict == "equal":
        exact = f" in {'all ' if row['n'] > 1 else ''}{counted(row['n'], 'replication')}" if found.chance else ""
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
    unit = found.units[str(measure)]
    return number(value) if unit in ("ratio", "money") else f"{number(value)} {unit}"


def _sure(found: Evidence, measure: Measure, row: Row) -> str:
    """Say how sure a difference is, with the interval in the direction in which the difference was said."""
    if not found.chance:
        return "exactly"
    replications = counted(row["n"], "replication")
    if row["low"] == row["high"]:
        return f"the same in each of {replications}"
    decided_alone = row["verdict"] != "undecided" and row["verdict"] != "equivalent" and row["low"] * row["high"] <= 0
    low, high = (row["low_alone"], row["high_alone"]) if decided_alone else (row["low"], row["high"])
    if row["difference"] < 0:
        low, high = -high, -low
    scale = 100.0 if _is_share(measure) else 1.0
    single = f" by itself, p {row['p_adjusted']:.2g} after Holm's correction" if decided_alone else ""
    return f"{_percent(found)} interval {number(scale * low)} to {number(scale * high)}{single}, {replications}"


def _percent(found: Evidence) -> str:
    return f"{100 * found.confidence:g} %"


def _more(row: Row) -> str:
    needed = row["still_needed"]
    if not isfinite(needed):
        return "no number of replications that anybody would make decides it"
    return f"about {_round(needed)} more replication{'' if needed == 1 else 's'} would decide it"


def _round(count: float) -> str:
    """Write a number of replications that is only an estimate: two digits of it."""
    scale = 10 ** max(0, len(str(int(count))) - 2)
    return f"{int(-(-count // scale) * scale):,}"


def _the_best(found: Evidence, measure: Measure, rows: "pd.DataFrame") -> str:
    """Say who is the best on a measure, by multiple comparisons with the best."""
    left = rows.loc[rows["verdict"].isin(["best", "maybe best"])]
    names, how = left["scenario"].tolist(), "" if not found.chance else f" ({_percent(found)} sure of this alone)"
    if not names or len(names) == len(found.names):
        return f"On {title(measure)} any of them may be the best." if names else ""
    if len(names) > 1:
        verb = "are equally good and the best" if set(left["verdict"]) == {"best"} else "may each be the best"
        return f"On {title(measure)} {listed(names)} {verb}; {_no_others(found, names)}{how}."
    others = rows.loc[rows["scenario"] != names[0]].sort_values("mean", ascending=found.better(measure) == "lower")
    gap = _by(found, measure, float(others["mean"].iloc[0] - left["mean"].iloc[0]))
    return f"On {title(measure)} {names[0]} is the best{how}; the next is {others['scenario'].iloc[0]}, {gap}."


def _no_others(found: Evidence, names: list[str]) -> str:
    others = [name for name in found.names if name not in names]
    return f"{listed(others)} {'is' if len(others) == 1 else 'are'} not"


def _edge(found: Evidence, edge: "pd.DataFrame", by_text: Mapping[str, Measure]) -> Iterator[str]:
    """Say which scenarios are efficient, and what beats the others."""
    if edge.empty:
        return
    goals = listed([title(by_text[column]) for column in edge.columns if column in by_text])
    good = edge.loc[edge["efficient"].astype(bool), "scenario"].tolist()
    if not good:
        return
    if len(good) == len(found.names):
        yield f"On {goals} together each has something for it: better on one means worse on another."
        return
    yield f"On {goals} together {listed(good)} {'is' if len(good) == 1 else 'are'} efficient."
    for row in edge[edge["dominated_by"] != ""].to_dict("records"):
        rivals = listed(row["dominated_by"].split(", "))
        surely = "" if row["sure"] else ", going by the averages; the differences are not sure on all of it"
        yield f"{row['scenario']} is dominated by {rivals}{surely}."


def _selected(selection: "Selection", by_text: Mapping[str, Measure]) -> str:
    what = title(by_text[selection.measure])
    total = counted(sum(selection.replications.values()), "replication")
    sure = f"{100 * selection.confidence:g} % sure where it is so by {number(selection.indifference)} or more"
    if selection.chosen is None:
        return f"Selection on {what} stopped at {total} with {listed(list(selection.left))} left ({sure})."
    apart = f"; without common random numbers about {selection.independent:,}" if selection.independent else ""
    return f"Selected as the best on {what}: {selection.chosen} ({sure}; {total} of all scenarios{apart})."
