"""What is wrong with a scenario, collected from every step and told in the order of the file."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import NamedTuple

from scmsim.errors import Problem
from scmsim.scenario.findings import Finding
from scmsim.scenario.located import Located, Path, Place, clipped, dotted, shown
from scmsim.words import plain

LEAVE_OUT = "Leave the key out."
"""The hint where a text says that there is nothing, in a file."""


class KeyFinding(Finding):
    """A finding about a key and not about the value under it."""


class Trouble(NamedTuple):
    """One thing that is wrong, and where. ``path`` is None where no place inside the scenario can be named."""

    place: Place
    path: Path | None
    found: str
    expected: str
    hint: str = ""

    def problem(self) -> Problem:
        """Return it as the user reads it."""
        path = dotted(self.path or ())
        hint = self.hint
        if hint == LEAVE_OUT and self.place.source.startswith("--"):  # there is no key to leave out
            hint = f"Write null for that: {path}=null."
        return Problem(*map(plain, (str(self.place), path, self.found, self.expected, hint)))


def locate(root: Located, finding: Finding) -> Trouble:
    """Find where in the files the path of a finding was written.

    What is not there is said of the nearest thing around it; what came from ``defaults`` is said there.
    """
    here, steps = root.nearest(finding.path)
    rest = finding.path[steps:]
    about_key = bool(rest) or isinstance(finding, KeyFinding)
    found = finding.found or ("nothing" if rest else shown(here.plain()))
    return Trouble(
        here.key_place if about_key else here.place, (*here.path, *rest), found, finding.expected, finding.hint
    )


def ordered(troubles: Iterable[Trouble], main: str) -> tuple[Problem, ...]:
    """Return each trouble once, those of the main file first, in the order of the file."""
    once: dict[tuple[object, ...], Trouble] = {}
    for trouble in troubles:
        said = (trouble.found, trouble.expected, trouble.hint)
        once.setdefault((trouble.place, *said) if trouble.place.line else (trouble.place, trouble.path, *said), trouble)

    def position(trouble: Trouble) -> tuple[object, ...]:
        place = trouble.place
        return place.line == 0, place.source != main, place.source, place.line, place.column

    return tuple(trouble.problem() for trouble in sorted(once.values(), key=position))


def below(path: Path | None, flagged: Sequence[Path]) -> bool:
    """Tell whether a path is at or below one of several others."""
    return path is not None and any(path[: len(start)] == start for start in flagged)


def did_you_mean(name: object, names: Iterable[str]) -> str:
    """Return the hint that names the nearest valid name, if one is near.

    Examples
    --------
    >>> did_you_mean("retialer", ["retailer", "factory"])
    'Did you mean `retailer`?'
    """
    known = list(names)
    folded = {candidate.casefold(): candidate for candidate in reversed(known)}
    near = get_close_matches(str(name).casefold()[:200], folded, n=1, cutoff=0.6)
    return f"Did you mean `{clipped(folded[near[0]])}`?" if near else ""
