"""What is known of a model before it is run, and what was found when it was."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from scmsim.verification.laboratory import Laboratory

TIGHT = 0.005
"""Largest standard error, as a share of the value, of costs, stock on hand, fill rates and ratios (full form)."""
LOOSE = 0.05
"""The same for small expected backorders."""

Measured = Mapping[str, float]
Measure = str | Callable[[Measured], float]
Relation = Literal["equal", "above", "below"]
Verdict = Literal["holds", "differs", "too wide"]

FAMILIES = {
    "B": "Bullwhip effect",
    "S": "Single locations",
    "M": "Several echelons",
    "G": "Beer game",
    "F": "Money",
    "Q": "Production and queues",
    "R": "Resilience",
    "T": "Statistics",
}
"""What the first letters of the cases' ids stand for."""


class Finding(NamedTuple):
    """A known value beside what was found.

    Parameters
    ----------
    what : str
        Which figure.
    expected, found : float
        The known value, and the one found.
    half_width : float
        Half the width of the interval around what was found; 0 where nothing is random.
    widest : float
        How large the half width may be, so that a wide interval cannot pass for agreement.
    tolerance : float
        By how much the two may differ for a reason that is known: rounding, or the size of a lot where the known value
        is a fluid's.
    relation : str
        ``equal``; or ``above`` or ``below`` where what is known is a bound, beyond which what is found has to lie.

    Examples
    --------
    >>> Finding("cost", 2.0, found=2.01, half_width=0.02, widest=0.03).verdict
    'holds'
    >>> Finding("cost", 2.0, found=2.01, half_width=0.04, widest=0.03).verdict
    'too wide'
    >>> Finding("cost", 2.0, found=2.01).verdict
    'differs'
    """

    what: str
    expected: float
    found: float
    half_width: float = 0.0
    widest: float = 0.0
    tolerance: float = 0.0
    relation: Relation = "equal"

    @property
    def verdict(self) -> Verdict:
        """Whether the known value lies in the interval around what was found, and this is narrow enough."""
        if not (isfinite(self.found) and isfinite(self.half_width)):
            return "differs"
        if not (0 < self.half_width <= self.widest or self.half_width == self.widest == 0):
            return "too wide"
        return "holds" if self._agrees() else "differs"

    def _agrees(self) -> bool:
        if self.relation == "above":
            return self.found - self.half_width > self.expected
        if self.relation == "below":
            return self.found + self.half_width < self.expected
        return abs(self.found - self.expected) <= self.half_width + self.tolerance


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One figure of a scenario whose value is known.

    Parameters
    ----------
    measure : str or callable
        A metric, or a function of all metrics at the place.
    expected : float
        The known value.
    place : str or None
        The node, the stock (``node/product``), or the whole chain (None).
    what : str
        How it is called, unless as the metric.
    width : float or None
        The largest standard error as a share of the value, in the full form; by the measure unless given, 0 where
        nothing is random.
    tolerance : float
        As of a `Finding`.
    relation : str
        As of a `Finding`.
    """

    measure: Measure
    expected: float
    place: str | None = "shop"
    what: str = ""
    width: float | None = None
    tolerance: float = 0.0
    relation: Relation = "equal"

    @property
    def share(self) -> float:
        """The largest standard error as a share of the value."""
        if self.width is not None:
            return self.width
        return LOOSE if self.measure == "average_backorders" else TIGHT

    @property
    def label(self) -> str:
        """How it is called, with the place where it is not the only one."""
        name = self.what or (self.measure.replace("_", " ") if isinstance(self.measure, str) else "value")
        return name if self.place in ("shop", "stand", None) else f"{name} at {self.place}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Something known of a model: where it is from, what is run, and what must come out.

    Parameters
    ----------
    name : str
        The id, and after a hyphen which of its instances: ``B01-lead-time-1-periods-5``.
    what : str
        What the model is, in a few words.
    source : str
        Where the values are from.
    grade : str
        ``A``: published and recomputed independently; ``B``: exact, by two methods; ``C``: a closed form.
    scenario : str
        The scenario file of this package that is run; empty where ``compute`` runs what is needed.
    changes : tuple of str
        ``path=value`` settings of the scenario.
    values : tuple of Value
        What is known.
    compute : callable or None
        For what is not a figure of one scenario: gives the findings.
    kinds : tuple of str
        The kinds and keys of scenario files whose numbers are checked by this.
    long : bool
        Whether it runs in the full form only.
    needs : str
        A module without which it cannot run; empty: none.
    """

    name: str
    what: str
    source: str
    grade: str = "B"
    scenario: str = ""
    changes: tuple[str, ...] = ()
    values: tuple[Value, ...] = ()
    compute: "Callable[[Laboratory], Iterable[Finding]] | None" = None
    kinds: tuple[str, ...] = ()
    long: bool = False
    needs: str = ""

    @property
    def id(self) -> str:
        """The id in the list of cases."""
        return self.name.partition("-")[0]

    @property
    def family(self) -> str:
        """The first letter of the id."""
        return self.name[0]

    def findings(self, laboratory: "Laboratory") -> tuple[Finding, ...]:
        """Run what is to be run, and lay what is known beside what is found."""
        computed = tuple(self.compute(laboratory)) if self.compute is not None else ()
        return (*(laboratory.finding(self, value) for value in self.values), *computed)
