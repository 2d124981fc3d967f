"""What two results do not share, and what makes their figures hard to compare."""

from typing import TYPE_CHECKING

from scmsim.experiments.comparable import TIME
from scmsim.words import counted, exact, listed

if TYPE_CHECKING:
    from scmsim.experiments.results_diff import Reading

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
