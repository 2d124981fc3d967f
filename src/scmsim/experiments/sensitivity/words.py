"""A sensitivity in words."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from scmsim.experiments.statistics.paired import plus_minus
from scmsim.metrics import CATALOGUE
from scmsim.scenario.overrides import parsed
from scmsim.words import counted, listed, number

if TYPE_CHECKING:
    from scmsim.experiments.sensitivity.result import Sensitivity

Row = Mapping[str, Any]

OF_INTEREST = ("total_cost", "profit", "fill_rate", "average_on_hand", "order_variance_ratio", "cash_to_cash")
"""The metrics that one asks for first."""
MOST_TOLD = 6
"""Of so many figures each is told of by itself."""
RANKING = {
    "sobol": "total",
    "conditional_means": "total",
    "morris": "mu_star",
    "regression": "coefficient",
    "one_at_a_time": "difference",
}
"""By which column of a method's table a factor is influential: by its size, whatever the sign."""
ERROR = 0.005
"""So far outside of 0 to 1 a share is told to be an error."""
WORTH_SAYING = 0.05
"""A smaller share of the variance is not named."""
MUCH_NOISE = 0.1


def sentences(found: "Sensitivity") -> tuple[str, ...]:
    """Say what matters, figure by figure, and how far it can be trusted.

    Of many figures those are told that one is asked for first; of the others, which factor leads how many.
    """
    names = short_names(found.factors)
    told, others = _split(found)
    said = []
    for measure in told:
        rows = [dict(row, name=names[row["factor"]]) for row in _rows(_table(found), measure)]
        said.append(_OF[found.method](measure, rows))
        said += [] if others else _about_chance(measure, _chance(found, measure))
    if others:
        said.append(_about_others(found, others, names))
        most = max(found.measures, key=lambda measure: float(np.nan_to_num(_chance(found, measure)["left"], nan=-1)))
        said += [f"{text} (no other figure is blurred more)" for text in _about_chance(most, _chance(found, most))]
    return (*said, *_about_trust(found))


def important_first(measures: Iterable[str]) -> list[str]:
    """Put figures into the order in which one asks for them: chains before nodes, well-known ones before others.

    Examples
    --------
    >>> important_first(["units_demanded", "total_cost@shop", "fill_rate", "total_cost"])
    ['total_cost', 'fill_rate', 'units_demanded', 'total_cost@shop']
    """

    def rank(measure: str) -> tuple[bool, int, bool]:
        metric, at, _ = measure.partition("@")
        known = CATALOGUE.get(metric)
        interest = OF_INTEREST.index(metric) if metric in OF_INTEREST else len(OF_INTEREST)
        return bool(at), interest, known is None or known.better is None

    return sorted(measures, key=rank)


def _split(found: "Sensitivity") -> tuple[list[str], list[str]]:
    """Return the figures of which to tell one by one, and the others."""
    if len(found.measures) <= MOST_TOLD:
        return [*found.measures], []
    sizes = _table(found).groupby("measure")[RANKING[found.method]].apply(lambda column: column.abs().max())
    ranked = sorted(important_first(found.measures), key=lambda measure: not sizes.get(measure, 0) > 0)
    return ranked[:MOST_TOLD], ranked[MOST_TOLD:]


def _table(found: "Sensitivity") -> Any:
    return found.indices if len(found.indices) else found.effects


def _chance(found: "Sensitivity", measure: str) -> Row:
    (chance,) = _rows(found.noise, measure)
    return chance


def _about_others(found: "Sensitivity", measures: Sequence[str], names: Mapping[str, str]) -> str:
    """Say which factors lead how many figures, the one that leads most of them first."""
    column = RANKING[found.method]
    frame = _table(found)
    frame = frame[frame["measure"].isin(measures)].assign(size=frame[column].abs())
    frame = frame[frame["size"] > 0]
    leading = frame.loc[frame.groupby("measure", sort=False)["size"].idxmax(), "factor"].map(names).value_counts()
    parts = [f"{count} depend{'s' if count == 1 else ''} most on {name}" for name, count in leading.items()]
    still = len(measures) - int(leading.sum())
    parts += [f"{still} do{'es' if still == 1 else ''} not vary, or cannot be told"] if still else []
    return f"of {counted(len(measures), 'other figure')} {listed(parts, MOST_TOLD)}: see the table"


def short_names(paths: Sequence[str]) -> dict[str, str]:
    """Call every path by as many of its last steps as tell it from the others.

    Examples
    --------
    >>> short_names(["lanes.a:b.lead_time", "time.horizon"])
    {'lanes.a:b.lead_time': 'lead_time', 'time.horizon': 'horizon'}
    >>> list(short_names(["lanes.a:b.lead_time", "lanes.b:c.lead_time"]).values())
    ['a:b.lead_time', 'b:c.lead_time']
    """
    steps = {path: [str(part) for part in parsed(f"{path}=0")[0]] for path in paths}
    for length in range(1, max(map(len, steps.values()), default=1) + 1):
        names = {path: ".".join(parts[-length:]) for path, parts in steps.items()}
        if len(set(names.values())) == len(names):
            return names
    return {path: path for path in paths}


def _rows(table: Any, measure: str) -> list[Row]:
    rows: list[Row] = table[table["measure"] == measure].to_dict("records")
    return rows


def _variance(measure: str, rows: Sequence[Row]) -> str:
    known = sorted((row for row in rows if row["first"] == row["first"]), key=lambda row: -row["first"])
    if not known:
        return f"{measure} does not vary, or is undefined at some points: nothing can be said of it"
    first, *others = known
    joint = max(known, key=lambda row: row["total"] - row["first"])
    sure = [row for row in known if not row["first_low"] <= 0]
    if sure and sure[0] is not first:
        told = f"{sure[0]['name']} ({_interval(sure[0], 'first')}{_with(sure[0])})"
        return f"a part of the variance of {measure} comes from {told}; {_may_more(first, _interval(first, 'first'))}"
    if not sure:
        most = max(known, key=lambda row: row["total"])
        said = f"no factor's share of the variance of {measure} can be told from none: use more points"
        part = _interval(most, "total")
        return said + (f" ({most['name']} takes part in {part} of it)" if most["total_low"] > WORTH_SAYING else "")
    part = "most" if first["first"] > 0.5 else "the largest part"
    said = f"{part} of the variance of {measure} comes from {first['name']} ({_interval(first, 'first')}{_with(first)})"
    also = [row for row in others if max(row["first"], row["total"]) >= WORTH_SAYING]
    then = [f"{row['name']} ({_percent(row['first'])}{_with(row)})" for row in also]
    said += f", then {', '.join(then)}" if then else ""
    together = 1 - sum(row["first"] for row in known)
    if together > WORTH_SAYING and joint["total"] - joint["first"] > WORTH_SAYING:
        said += f"; {_percent(together)} from factors acting together, {joint['name']} above all"
    return said


def _with(row: Row) -> str:
    """Say the total share of a factor where it is another than its own."""
    total = _percent(row["total"])
    return "" if total == _percent(row["first"]) else f"; {total} with others"


def _interval(row: Row, name: str) -> str:
    share, low, high = (_percent(row[column]) for column in (name, f"{name}_low", f"{name}_high"))
    return share if row[f"{name}_low"] != row[f"{name}_low"] or low == high else f"{share}, between {low} and {high}"


def _about_errors(found: "Sensitivity") -> list[str]:
    """Say that shares below nothing or above everything are errors, by that which lies furthest outside."""
    frame, outside = found.indices, list[tuple[float, str, int]]()
    for name in ("first", "total"):
        shares = frame[name].to_numpy(dtype=float)
        beyond = np.maximum(shares - 1, -shares)
        outside += [(float(beyond[at]), name, int(at)) for at in np.flatnonzero(beyond > ERROR)]
    if not outside:
        return []
    _, name, at = max(outside)
    row = {str(column): value for column, value in frame.iloc[at].items()}
    which = "own" if name == "first" else "total"
    more = f", and {counted(len(outside) - 1, 'other')} lie outside, too" if len(outside) > 1 else ""
    factor = short_names(found.factors)[row["factor"]]
    return [
        f"a share below 0 % or above 100 % is the error of an estimate: the {which} share of {factor} in "
        f"{row['measure']} is told as {_interval(row, name)}{more}; more points make it smaller"
    ]


def _percent(share: float) -> str:
    return f"{share:.0%}".replace("%", " %")


def _morris(measure: str, rows: Sequence[Row]) -> str:
    known = sorted((row for row in rows if row["mu_star"] == row["mu_star"]), key=lambda row: -row["mu_star"])
    if not known or not known[0]["mu_star"] > 0:
        return f"{measure} does not vary, or is undefined at some points: nothing can be said of it"
    first = known[0]
    sure = [row for row in known if not row["mu_star_low"] <= 0]
    if not sure:
        return f"no factor's effect on {measure} can be told from none: use more points"
    width = sure[0]["mu_star_high"] - sure[0]["mu_star"]
    size = plus_minus(sure[0]["mu_star"], width).removeprefix("+")
    if sure[0] is not first:
        span = _span(first, "mu_star")
        return f"{sure[0]['name']} moves {measure}, by {size} through its whole range; {_may_more(first, span)}"
    said = f"{first['name']} moves {measure} most: by {size} through its whole range"
    little = [row["name"] for row in known[1:] if row["mu_star_high"] < 0.1 * first["mu_star"]]
    uneven = [row["name"] for row in known if row["sigma"] > row["mu_star"] >= 0.1 * first["mu_star"]]
    said += f"; {listed(little)} hardly matter{'s' if len(little) == 1 else ''}" if little else ""
    said += f"; {listed(uneven)} act{'s' if len(uneven) == 1 else ''} unevenly, or with others" if uneven else ""
    return said


def _line(measure: str, rows: Sequence[Row]) -> str:
    known = sorted((row for row in rows if row["coefficient"] == row["coefficient"]), key=_by_size)
    if not known:
        return f"{measure} does not vary, or there are too few points: nothing can be said of it"
    largest = known[0]
    sure = [row for row in known if not row["coefficient_low"] <= 0 <= row["coefficient_high"]]
    if not sure:
        return f"no factor's effect on {measure} can be told from none: use more points"
    first = sure[0]
    width = first["coefficient_high"] - first["coefficient"]
    most = "most " if first is largest else ""
    said = f"{measure} {'rises' if first['coefficient'] > 0 else 'falls'} {most}with {first['name']} "
    said += f"(standardised coefficient {first['coefficient']:+.2f} ± {width:.2f}"
    said += f", rank correlation {first['rank_correlation']:+.2f})"
    said += "" if first is largest else f"; {_may_more(largest, _span(largest, 'coefficient'))}"
    return f"{said}; a straight line explains {_percent(first['r_squared'])} of its variance"


def _may_more(row: Row, span: str) -> str:
    """Say that a factor's estimate is the largest, and its interval reaches nothing."""
    return f"{row['name']} may matter more ({span}), or not at all: use more points"


def _span(row: Row, name: str) -> str:
    mean, low, high = (number(row[column]) for column in (name, f"{name}_low", f"{name}_high"))
    return f"{mean}, between {low} and {high}"


def _by_size(row: Row) -> float:
    return -abs(float(row["coefficient"]))


def _alone(measure: str, rows: Sequence[Row]) -> str:
    known = sorted(
        (row for row in rows if row["difference"] == row["difference"]), key=lambda row: -abs(row["difference"])
    )
    if not known or known[0]["difference"] == 0:
        return f"{measure} does not change"
    first = known[0]
    return (
        f"{first['name']} moves {measure} most, everything else as it is: from {number(first['figure_at_low'])} at "
        f"{first['low']} to {number(first['figure_at_high'])} at {first['high']}"
    )


_OF = {
    "sobol": _variance,
    "conditional_means": _variance,
    "morris": _morris,
    "regression": _line,
    "one_at_a_time": _alone,
}


def _about_chance(measure: str, chance: Row) -> list[str]:
    if not chance["replications"] + chance["rest"] > 0:
        return []
    shares = [_percent(chance[name]) for name in ("replications", "rest")]
    said = f"chance: of the variance of {measure} over all runs, {shares[0]} lies between replications"
    said += f", {shares[1]} in what chance does differently at every point"
    if chance["left"] > MUCH_NOISE:
        said += "; that blurs the averages: use more replications"
    return [said]


def _about_trust(found: "Sensitivity") -> list[str]:
    """Say what the answer rests on, where it is less than it may seem."""
    said = _about_errors(found) if found.method == "sobol" else []
    if found.method == "regression" and (found.indices["r_squared"] < 0.7).any():
        said.append(
            "where a straight line explains little, its coefficients say little: try --method sobol on the scenario"
        )
    if found.method == "conditional_means":
        said.append("these shares are of the values that the sweep lists, each as likely as another")
    if found.manifest["replications"] == 1:
        from scmsim.experiments.chance import involves_chance

        if involves_chance(found.scenario.network):
            said.append("one replication: how much of this is chance cannot be told, use more replications")
    return said
