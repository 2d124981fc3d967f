"""The exceptions scmsim raises.

::

    ScmsimError
    ├── UsageError          a command or call that cannot be carried out as asked     (exit 2)
    │   └── MissingExtra    an optional dependency is not installed
    ├── ScenarioError       a scenario file that cannot be understood or run          (exit 3)
    └── SimulationError     a run that failed after it had started                    (exit 4)
        ├── LedgerError     a posting whose debits and credits differ                     (exit 4)
        └── AuditError      the books of a run do not follow from its records         (exit 4)

Every exception can be rebuilt from its ``args``: SimPy raises a failed event's exception again that way.
"""

from dataclasses import dataclass


class ScmsimError(Exception):
    """Base class of every error that scmsim raises on purpose."""

    exit_code = 4


class UsageError(ScmsimError):
    """What was asked for cannot be done, for a reason that is in the request and not in the scenario."""

    exit_code = 2


class MissingExtra(UsageError):  # noqa: N818
    """An optional dependency is needed and not installed.

    Parameters
    ----------
    what : str
        What needs it, as the subject of a sentence: ``"Writing Parquet"``.
    extra : str
        The name of the extra that brings it.

    Examples
    --------
    >>> print(MissingExtra("Writing Parquet", "parquet"))
    Writing Parquet needs an optional package: pip install 'scmsim[parquet]'
    """

    def __init__(self, what: str, extra: str) -> None:
        super().__init__(what, extra)

    def __str__(self) -> str:
        what, extra = self.args
        return f"{what} needs an optional package: pip install 'scmsim[{extra}]'"


class SimulationError(ScmsimError):
    """A run failed after it had started."""

    exit_code = 4


class LedgerError(SimulationError):
    """A posting whose debits and credits differ."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """One figure of a run's own books that does not follow from its records.

    Parameters
    ----------
    time : float
        When it is first seen, in the scenario's unit; ``unit`` is that unit.
    node, account : str
        Whose figure, and which: ``cash``, or ``on_hand of beer``.
    orders : tuple of int
        The orders recorded at that instant that touch it.
    expected, found : float
        What the records give, and what the books say.

    Examples
    --------
    >>> print(Disagreement(time=5.0, unit="week", node="shop", account="on_hand of beer", expected=8.0, found=12.0))
    week 5: shop: on_hand of beer: expected 8 from the records, found 12 in the books
    """

    time: float
    unit: str
    node: str
    account: str
    orders: tuple[int, ...] = ()
    expected: float
    found: float

    def __str__(self) -> str:
        said = f"expected {self.expected:.10g} from the records, found {self.found:.10g} in the books"
        shown = ", ".join(str(order) for order in self.orders[:5]) + (", ..." if len(self.orders) > 5 else "")
        touched = f" (order{'s' if len(self.orders) > 1 else ''} {shown})" if self.orders else ""
        return f"{self.unit} {self.time:.10g}: {self.node}: {self.account}: {said}{touched}"


class AuditError(SimulationError):
    """The books of a run do not follow from its records.

    Parameters
    ----------
    first : Disagreement
        The first event at which they part.

    Examples
    --------
    >>> wrong = Disagreement(time=5.0, unit="week", node="shop", account="cash", orders=(7,), expected=0.0, found=1.0)
    >>> print(AuditError(wrong))
    The audit failed at week 5: shop: cash: expected 0 from the records, found 1 in the books (order 7)
    """

    def __init__(self, first: Disagreement) -> None:
        super().__init__(first)

    @property
    def first(self) -> Disagreement:
        """The first event that disagrees."""
        found: Disagreement = self.args[0]
        return found

    def __str__(self) -> str:
        return f"The audit failed at {self.first}"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong in a scenario.

    Parameters
    ----------
    where : str
        ``file:line:column``, or the command-line option that brought the value.
    path : str
        The place inside the scenario, dotted: ``nodes.retailer.stock.beer.holding_cost``.
    found, expected : str
        What stands there and what should; either may be empty.
    hint : str
        How to mend it; may be empty.

    Examples
    --------
    >>> print(Problem("beer.yaml:7:5", "time.horizon", "0", "a number greater than 0"))
    beer.yaml:7:5: time.horizon: found 0; expected a number greater than 0
    """

    where: str
    path: str
    found: str
    expected: str
    hint: str = ""

    def __str__(self) -> str:
        place = ": ".join(part for part in (self.where, self.path) if part)
        found = f"found {self.found}" if self.found else ""
        expected = f"expected {self.expected}" if self.expected else ""
        said = "; ".join(part for part in (found, expected) if part)
        return f"{place}: {said}" + (f". {self.hint}" if self.hint else "")


class ScenarioError(ScmsimError):
    """A scenario that cannot be understood or run, with every problem found in it.

    Parameters
    ----------
    problems : tuple of Problem
        At least one, in the order of the file.
    """

    exit_code = 3

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(problems)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Every problem found, in the order of the file."""
        found: tuple[Problem, ...] = self.args[0]
        return found

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)
