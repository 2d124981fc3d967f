"""What two results do not share, and what makes their figures hard to compare."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from scmsim.experiments.compare.comparable import TIME
from scmsim.experiments.statistics.paired import ROUNDING
from scmsim.words import counted, exact, listed, number

if TYPE_CHECKING:
    from scmsim.experiments.diff.figures import Reading

MOST_NAMED = 6
"""So many things that only one result has are named."""
_PARTS = ("nodes", "products")


def only_in(one: "Reading", other: "Reading") -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the cases that only the one has, and that only the other has."""
    left, right = (
        tuple(case for case in mine.draws if case not in theirs.draws) for mine, theirs in ((one, other), (other, one))
    )
    return left, right


def cautions(one: "Reading", other: "Reading") -> tuple[str, ...]:
    """Say what makes figures of two results hard to compare: other times, other chance, other numbers of runs."""
    said = []
    for path, name in TIME.items():
        times = [getattr(reading.scenario.file.time, name) for reading in (one, other)]
        if times[0] != times[1]:
            a, b = (exact(value) if isinstance(value, float) else str(value) for value in times)
            said.append(f"{path} is {a} in A and {b} in B, so that their figures are about different times")
    if one.seed != other.seed:
        said.append(f"the seed is {one.seed} in A and {other.seed} in B, so that they met different random numbers")
    counts = {(len(one.draws[case]), len(other.draws[case])) for case in one.draws if case in other.draws}
    uneven = [
        f"A has {counted(left, 'replication')} and B has {right:,}" for left, right in sorted(counts) if left != right
    ]
    return (*said, *uneven, *_figures_only_in(one, other))


def uneven_means(one: "Reading", other: "Reading", measures: Sequence[str] | None) -> tuple[str, ...]:
    """Say the means over all replications of each, where the two results have different numbers of them."""
    from scmsim.experiments.diff.figures import figures_wanted

    said = []
    for case in [case for case in one.draws if case in other.draws and len(one.draws[case]) != len(other.draws[case])]:
        left, right = one.draws[case], other.draws[case]
        for name in map(str, figures_wanted(one, other, measures)):
            if name not in left or name not in right:
                continue
            a, b = float(left[name].mean()), float(right[name].mean())
            if abs(a - b) > ROUNDING * max(abs(a), abs(b)):
                counts = f"A ({counted(len(left), 'replication')}) and {number_beside(b, a)} in B ({len(right):,})"
                said.append(f"mean of {name}{f' ({case})' if case else ''}: {number_beside(a, b)} in {counts}")
    rest = len(said) - MOST_NAMED
    return (*said[:MOST_NAMED], *([f"and {counted(rest, 'mean')} more"] if rest > 0 else []))


def number_beside(value: float, other: float) -> str:
    """Write a number with so many digits that it can be told from another.

    Examples
    --------
    >>> number_beside(0.98604, 0.98601), number_beside(12345.6, 12890.0)
    ('0.98604', '12,346')
    """
    digits = next((count for count in range(0, 12) if f"{value:.{count}f}" != f"{other:.{count}f}"), 12)
    return number(value) if number(value) != number(other) else f"{value:,.{digits}f}"


def _figures_only_in(one: "Reading", other: "Reading") -> list[str]:
    """Name the figures that only one of two results of the same nodes and products has."""
    if any(getattr(one.scenario.file, part).keys() != getattr(other.scenario.file, part).keys() for part in _PARTS):
        return []
    names = [[str(measure) for measure in reading.measures] for reading in (one, other)]
    missing = [[name for name in mine if name not in theirs] for mine, theirs in (names, names[::-1])]
    return [
        f"figures only in {letter}, and so not compared: {listed(found, MOST_NAMED)}"
        for letter, found in zip("AB", missing, strict=True)
        if found
    ]
