"""Whether scenarios can be compared, and on what."""

from collections.abc import Mapping, Sequence
from typing import Any

from scmsim.errors import UsageError
from scmsim.experiments.measures import Measure, chosen, measures
from scmsim.metrics import CATALOGUE
from scmsim.metrics.layout import Layout
from scmsim.scenario.network import Network
from scmsim.scenario.scenario import Scenario

USUAL = ("fill_rate", "total_cost", "order_variance_ratio", "profit", "closing_cash")
"""What is compared where nobody says: service, cost, swings of orders, and where there is money what it earns."""
TIME = {
    "time.unit": "unit",
    "time.horizon": "horizon",
    "time.warm_up": "warm_up",
    "time.bucket": "bucket",
}
"""What has to be the same, or the figures are about different things."""


def check_comparable(cases: Mapping[str, Scenario]) -> None:
    """Make sure that the figures of scenarios are about the same stretch of time.

    Raises
    ------
    UsageError
        There are fewer than two, or their times differ.
    """
    if len(cases) < 2:
        raise UsageError(
            f"a comparison needs two scenarios, and there is only {next(iter(cases), 'none')}: add another one, or "
            f"variants of this one (--policies or --variant NAME:PATH=VALUE, or policies={{NAME: {{PATH: VALUE}}}})"
        )
    (base, first), *others = cases.items()
    for name, other in others:
        for path, field in TIME.items():
            one, two = _said(first, field), _said(other, field)
            if one != two:
                raise UsageError(
                    f"{base} and {name} cannot be compared: {path} is {one} in {base} and {two} in {name}, so that "
                    f"their figures are about different times; give both the same"
                )


def _said(scenario: Scenario, field: str) -> str:
    value: Any = getattr(scenario.file.time, field)
    return f"{value:g}" if isinstance(value, float) else str(value)


def measured(
    cases: Mapping[str, Scenario], asked: Sequence[str] | None, besides: Sequence[str] = ()
) -> tuple[Measure, ...]:
    """Choose the figures that scenarios are compared on.

    Parameters
    ----------
    cases : mapping
        The scenarios by name.
    asked : sequence of str or None
        What is wanted (`scmsim.experiments.measures`); None for the usual figures that all of them have.
    besides : sequence of str
        Single figures that are needed, too.

    Raises
    ------
    UsageError
        There is no such figure, one of the scenarios lacks it, or they count it in different units.
    """
    (base, first), *others = cases.items()
    if asked is not None and not asked:
        raise UsageError("measures names no figure: expected for instance fill_rate or total_cost@retailer")
    found = chosen(first.network, asked) if asked is not None else usual(first.network)
    for text in besides:
        more = chosen(first.network, [text])
        if len(more) != 1 or str(more[0]) != text:
            raise UsageError(f"{text!r} stands for {len(more)} figures: name one, for instance {more[0]}")
        found += [one for one in more if one not in found]
    for name, other in others:
        there = set(measures(other.network, sorted({one.metric for one in found})))
        missing = [one for one in found if one not in there]
        if asked is None:
            found = [one for one in found if one in there or str(one) in besides]
            missing = [one for one in missing if str(one) in besides]
        if missing:
            raise UsageError(f"{base} and {name} cannot be compared on {missing[0]}: {name} has no such figure")
        _check_units(found, (base, first), (name, other))
    return tuple(found)


def usual(network: Network) -> list[Measure]:
    """Return the usual figures: the chain's, or where it has none the nodes'.

    Examples
    --------
    >>> from scmsim.scenario.load import load
    >>> [str(one) for one in usual(load("scenarios/newsvendor.yaml").network)]
    ['fill_rate', 'total_cost', 'order_variance_ratio@stand']
    """
    found: list[Measure] = []
    for name in USUAL:
        there = measures(network, [name])
        whole = [one for one in there if one == Measure(name)]
        found += whole or [one for one in there if one.node is not None and one.product is None]
    return found


def units(scenario: Scenario, found: Sequence[Measure]) -> dict[str, str]:
    """Return the unit of every figure, by its text."""
    layout = Layout(scenario.network)
    return {str(one): CATALOGUE[one.metric].unit_in(layout) for one in found}


def _check_units(found: Sequence[Measure], one: tuple[str, Scenario], two: tuple[str, Scenario]) -> None:
    mine, theirs = units(one[1], found), units(two[1], found)
    for text, unit in mine.items():
        if theirs[text] != unit:
            raise UsageError(
                f"{one[0]} and {two[0]} cannot be compared on {text}: it is in {unit} in {one[0]} and in "
                f"{theirs[text]} in {two[0]}"
            )
