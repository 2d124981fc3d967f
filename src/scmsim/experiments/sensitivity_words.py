"""A sensitivity in words."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from scmsim.experiments.numbers import number
from scmsim.experiments.results_diff import plus_minus
from scmsim.scenario.overrides import parsed

if TYPE_CHECKING:
    from scmsim.experiments.sensitivity_result import Sensitivity

Row = Mapping[str, Any]

WORTH_SAYING = 0.05
"""A smaller share of the variance is not named."""
MUCH_NOISE = 0.1


def sentences(found: "Sensitivity") -> tuple[str, ...]:
    """Say what matters, figure by figure, and how far it can be trusted."""
    names = short_names(found.factors)
    said = []
    for measure in found.measures:
        table = found.indices if len(found.indices) else found.effects
        rows = [dict(row, name=names[row["factor"]]) for row in _rows(table, measure)]
        said.append(_OF[found.method](measure, rows))
        (chance,) = _rows(found.noise, measure)
        said += _about_chance(measure, chance)
    return (*said, *_about_trust(found))


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
    if first["first_low"] <= 0:
        return f"no factor's share of the variance of {measure} can be told from none: use more points"
    part = "most" if first["first"] > 0.5 else "the largest part"
    said = f"{part} of the variance of {measure} comes from {first['name']} ({_interval(first)})"
    also = [f"{row['name']} ({_percent(row['first'])})" for row in others if row["first"] >= WORTH_SAYING]
    said += f", then {', '.join(also)}" if also else ""
    together = 1 - sum(row["first"] for row in known)
    joint = max(known, key=lambda row: row["total"] - row["first"])
    if together > WORTH_SAYING and joint["total"] - joint["first"] > WORTH_SAYING:
        said += f"; {_percent(together)} from factors acting together, {joint['name']} above all"
    return said


def _interval(row: Row) -> str:
    share, low, high = (_percent(min(max(row[name], 0.0), 1.0)) for name in ("first", "first_low", "first_high"))
    return share if row["first_low"] != row["first_low"] or low == high else f"{share}, between {low} and {high}"


def _percent(share: float) -> str:
    return f"{share:.0%}".replace("%", " %")


def _morris(measure: str, rows: Sequence[Row]) -> str:
    known = sorted((row for row in rows if row["mu_star"] == row["mu_star"]), key=lambda row: -row["mu_star"])
    if not known or not known[0]["mu_star"] > 0:
        return f"{measure} does not vary, or is undefined at some points: nothing can be said of it"
    first = known[0]
    if first["mu_star_low"] <= 0:
        return f"no factor's effect on {measure} can be told from none: use more points"
    width = first["mu_star_high"] - first["mu_star"]
    size = plus_minus(first["mu_star"], width).removeprefix("+")
    said = f"{first['name']} moves {measure} most: by {size} through its whole range"
    little = [row["name"] for row in known[1:] if row["mu_star_high"] < 0.1 * first["mu_star"]]
    uneven = [row["name"] for row in known if row["sigma"] > row["mu_star"] >= 0.1 * first["mu_star"]]
    said += f"; {_listed(little)} hardly matter{'s' if len(little) == 1 else ''}" if little else ""
    said += f"; {_listed(uneven)} act{'s' if len(uneven) == 1 else ''} unevenly, or with others" if uneven else ""
    return said


def _line(measure: str, rows: Sequence[Row]) -> str:
    known = sorted((row for row in rows if row["coefficient"] == row["coefficient"]), key=_by_size)
    if not known:
        return f"{measure} does not vary, or there are too few points: nothing can be said of it"
    first = known[0]
    if first["coefficient_low"] <= 0 <= first["coefficient_high"]:
        return f"no factor's effect on {measure} can be told from none: use more points"
    width = first["coefficient_high"] - first["coefficient"]
    said = f"{measure} {'rises' if first['coefficient'] > 0 else 'falls'} most with {first['name']} "
    said += f"(standardised coefficient {first['coefficient']:+.2f} ± {width:.2f}"
    said += f", rank correlation {first['rank_correlation']:+.2f})"
    return f"{said}; a straight line explains {_percent(first['r_squared'])} of its variance"


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
    said = []
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


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
