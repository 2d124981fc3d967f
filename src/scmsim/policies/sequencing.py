"""Which of the jobs that wait for a machine comes next: frozen rules and pure ranks.

A rule gives every waiting job a rank when it arrives; the lowest goes first. Equal ranks go in the order of arrival,
then of the numbers of their orders.
"""

from typing import ClassVar, Literal, NamedTuple

from scmsim.policies.kinds import KindedSpecification, classes_by_kind


class Waiting(NamedTuple):
    """What a rule knows of a job that waits.

    Parameters
    ----------
    arrived : float
        When it came to the queue (ticks).
    due : float
        When its order is due (ticks).
    work : float
        Ticks that it is expected to take, without the setup.
    priority : int
        The class of its product, 1 first.
    """

    arrived: float
    due: float
    work: float
    priority: int = 1


class Sequencing(KindedSpecification):
    """A rule for the order in which jobs get a machine.

    A subclass adds ``kind: Literal["its_name"] = "its_name"`` and `rank`.
    """

    keeps_setup: ClassVar[bool] = False
    """Whether jobs of the product that a machine made last go before all others."""

    def rank(self, job: Waiting) -> float:
        """Return the rank of a job: the lowest goes first."""
        raise NotImplementedError


class FirstInFirstOut(Sequencing):
    """First come, first served.

    Examples
    --------
    >>> FirstInFirstOut().rank(Waiting(arrived=3, due=9, work=2))
    3
    """

    kind: Literal["fifo"] = "fifo"
    """The name of this kind."""

    def rank(self, job: Waiting) -> float:
        """Return when it came."""
        return job.arrived


class DueDate(Sequencing):
    """The job that is due first (earliest due date): on one machine, the largest lateness is as small as it can be.

    Source: Jackson (1955); Hopp & Spearman ch. 15.

    Examples
    --------
    >>> DueDate().rank(Waiting(arrived=3, due=9, work=2))
    9
    """

    kind: Literal["due_date"] = "due_date"
    """The name of this kind."""

    def rank(self, job: Waiting) -> float:
        """Return when it is due."""
        return job.due


class ShortestFirst(Sequencing):
    """The job that takes least time (shortest processing time): the mean time in the queue is as short as it can be.

    Source: Smith (1956); Hopp & Spearman ch. 15.

    Examples
    --------
    >>> ShortestFirst().rank(Waiting(arrived=3, due=9, work=2))
    2
    """

    kind: Literal["shortest"] = "shortest"
    """The name of this kind."""

    def rank(self, job: Waiting) -> float:
        """Return how long it is expected to take."""
        return job.work


class SameSetup(Sequencing):
    """Jobs of the product that the machine made last go first, as they need no setup; among the others, first come.

    Examples
    --------
    >>> SameSetup().rank(Waiting(arrived=3, due=9, work=2)), SameSetup.keeps_setup
    (3, True)
    """

    keeps_setup: ClassVar[bool] = True
    kind: Literal["same_setup"] = "same_setup"
    """The name of this kind."""

    def rank(self, job: Waiting) -> float:
        """Return when it came."""
        return job.arrived


class ByPriority(Sequencing):
    """Products of a lower class (`make.priority`) go first; within a class, first come. Nothing is interrupted.

    Examples
    --------
    >>> ByPriority().rank(Waiting(arrived=3, due=9, work=2, priority=2))
    2.0
    """

    kind: Literal["priority"] = "priority"
    """The name of this kind."""

    def rank(self, job: Waiting) -> float:
        """Return the class."""
        return float(job.priority)


def sequencing_kinds() -> dict[str, type[Sequencing]]:
    """Return every rule by its kind.

    Examples
    --------
    >>> sorted(sequencing_kinds())
    ['due_date', 'fifo', 'priority', 'same_setup', 'shortest']
    """
    return classes_by_kind(Sequencing)
