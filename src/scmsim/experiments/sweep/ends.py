"""Two ends between which something varies: one way to write them for sweeps, sensitivities and searches."""

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, NamedTuple

from scmsim.errors import Problem, UsageError
from scmsim.scenario.overrides import parsed
from scmsim.scenario.schema import ScenarioFile
from scmsim.scenario.schema_experiments import Between, span
from scmsim.scenario.shapes import Shape, elements, shapes, step

COUNTED = frozenset(
    {"level", "minimum", "maximum", "reorder_point", "order_quantity", "target", "safety_stock", "initial"}
    | {"minimum_order", "order_multiple"}
)
"""Keys that count units of a product: whole ends mean whole numbers."""
OPTIONS = ("log", "integer", "real")
SAID_ONLY = frozenset({"name", "description"})
"""What a scenario says of itself, and what changes no figure."""
_REAL = re.compile(r"\.\d|[eE]|\d\.(?!\.)")


class Written(NamedTuple):
    """Ends as they were written.

    Parameters
    ----------
    between : Between
        The ends, and what a mapping says besides.
    options : frozenset of str
        What stands after them: ``log``, ``integer``, ``real``.
    whole : bool
        Whether both are written as whole numbers.
    """

    between: Between
    options: frozenset[str]
    whole: bool


def written_ends(text: str) -> Written:
    """Read ``LOW..HIGH``, perhaps with ``,log`` or ``,integer`` or ``,real`` after it.

    Raises
    ------
    ValueError
        It is nothing of that.

    Examples
    --------
    >>> found = written_ends("1..9,log")
    >>> found.between.low, found.between.high, sorted(found.options), found.whole
    (1.0, 9.0, ['log'], True)
    """
    range_, *options = (part.strip() for part in text.split(","))
    found = span(range_)
    if not isinstance(found, Between) or set(options) - set(OPTIONS) or {"integer", "real"} <= set(options):
        raise ValueError(text)
    return Written(found, frozenset(options), _REAL.search(range_.replace("..", " .. ")) is None)


def between(path: str, written: Written, shown: Any) -> Between:
    """Say what ends mean at a path: whole numbers or any, differences or ratios.

    Ends written as whole numbers (``8..24``) mean whole numbers where the path leads to one, or counts units of a
    product (`COUNTED`). ``8.0..24``, and ``8..24,real``, mean any number in between.

    Parameters
    ----------
    path : str
        As after ``--set``.
    written : Written
        The ends.
    shown : object
        What messages show of them.

    Raises
    ------
    UsageError
        An option does not go with the ends.

    Examples
    --------
    >>> level, weight = "nodes.a.stock.b.policy.target", "nodes.a.stock.b.policy.supply_line_weight"
    >>> between(level, written_ends("0..1"), "").integer, between(weight, written_ends("0..1"), "").integer
    (True, False)
    """
    ends, options, _ = written
    whole = ends.low.is_integer() and ends.high.is_integer()
    if "integer" in options and not whole:
        raise UsageError(f"{path}: the ends should be whole numbers: found {shown!r}")
    log = ends.log or "log" in options
    if log and ends.low <= 0:
        raise UsageError(f"{path}: LOW should be above 0 with log: found {shown!r}")
    integer = ends.integer or "integer" in options
    if not integer and written.whole and whole and "real" not in options:
        integer = counts(parsed(f"{path}=0")[0])
    return Between.model_validate({"from": ends.low, "to": ends.high, "log": log, "integer": integer})


def in_whole_numbers(vary: Iterable[tuple[str, Any]]) -> tuple[str, ...]:
    """Say which paths are varied in whole numbers only because their ends were written so, though any number may stand.

    Parameters
    ----------
    vary : iterable of (str, object)
        Paths, and over what they vary.

    Examples
    --------
    >>> in_whole_numbers([("nodes.a.stock.b.policy.target", "2..8"), ("nodes.a.stock.b.holding_cost", "2..8")])
    ('nodes.a.stock.b.policy.target takes whole numbers only, as 2..8 says; 2.0..8.0 also tries those between',)
    """
    found = []
    for path, variation in vary:
        try:
            written = written_ends(variation) if isinstance(variation, str) else None
            if written is None or written.options & {"integer", "real"} or not between(path, written, "").integer:
                continue
            steps = parsed(f"{path}=0")[0]
        except (ValueError, UsageError):
            continue  # said by whoever reads it in earnest
        if int not in {shape.type for shape in shapes_at(steps)}:
            low, high = (f"{end:.0f}" for end in (written.between.low, written.between.high))
            found.append(
                f"{path} takes whole numbers only, as {low}..{high} says; {low}.0..{high}.0 also tries those between"
            )
    return tuple(found)


def of_vary(problem: Problem) -> Problem:
    """Blame a problem on the option that brought the value.

    Examples
    --------
    >>> of_vary(Problem("--set time.horizon=0", "time.horizon", "0", "a number greater than 0")).where
    '--vary time.horizon=0'
    """
    return replace(problem, where=problem.where.replace("--set ", "--vary ", 1))


def check_counts(path: str) -> None:
    """Make sure that what stands at a path can change a figure.

    Raises
    ------
    UsageError
        It is what a scenario says of itself.
    """
    if parsed(f"{path}=")[0][0] in SAID_ONLY:
        raise UsageError(
            f"{path} cannot be varied: it is there to be read and changes no figure. Vary what changes some, for "
            f"instance a policy's level or a lead_time"
        )


def counts(steps: tuple[str | int, ...]) -> bool:
    """Whether a path leads to a whole number, or to a number of units."""
    types = {shape.type for shape in shapes_at(steps)}
    return (int in types and float not in types) or steps[-1] in COUNTED


def takes_kinds(steps: tuple[str | int, ...]) -> bool:
    """Whether what stands at a path says its ``kind``, as policies and demands do.

    Examples
    --------
    >>> takes_kinds(("nodes", "shop", "demand", "tea")), takes_kinds(("lanes", 0, "lead_time"))
    (True, False)
    """
    here = shapes_at(steps)
    return any(shape.family is not None and shape.tag == "kind" for shape in [*here, *elements(here)])


def shapes_at(steps: tuple[str | int, ...]) -> list[Shape]:
    """List what the schema allows at a path of a scenario."""
    here = shapes(ScenarioFile)
    for part in steps:
        here = step(here, part)
    return here
