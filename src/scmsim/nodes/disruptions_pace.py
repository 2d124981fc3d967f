"""What disruptions do to time: how much is left of something while it is struck, and work that then stands still."""

from collections.abc import Callable
from math import ceil, prod
from typing import Any

from scmsim.engine.clock import Action, Clock, Phases

RELEASE = Phases.state + 1
"""The phase in which what has waited goes on, when every disruption of the instant has taken effect or ended."""


class Extent:
    """What is left of one thing: the product of what each disruption that strikes it leaves.

    Parameters
    ----------
    heed : callable, optional
        Called when what is left has changed.

    Attributes
    ----------
    value : float
        1 where nothing strikes it.

    Examples
    --------
    >>> power = Extent()
    >>> power.strike(0.0), power.strike(0.5), power.lift(0.0)
    (None, None, None)
    >>> power.value
    0.5
    """

    __slots__ = ("_active", "heed", "value")

    def __init__(self, heed: Callable[[], None] | None = None) -> None:
        self._active: list[float] = []
        self.heed = heed
        self.value = 1.0

    @property
    def is_nothing(self) -> bool:
        """Whether it has stopped."""
        return self.value == 0.0

    def strike(self, remaining: float) -> None:
        """Leave so much of it."""
        self._active.append(remaining)
        self._change()

    def lift(self, remaining: float) -> None:
        """End one disruption that left so much of it."""
        self._active.remove(remaining)
        self._change()

    def _change(self) -> None:
        value = prod(sorted(self._active))
        if value != self.value:
            self.value = value
            if self.heed is not None:
                self.heed()


class Job:
    """Something that takes its time: when it is due, and what is left of it, in ticks at full speed."""

    __slots__ = ("action", "argument", "due", "left", "since")

    def __init__(self, left: float, since: int, action: Action, argument: Any) -> None:
        self.left = left
        self.since = since
        self.action = action
        self.argument = argument
        self.due = -1


class Pace:
    """Work whose speed disruptions change: what stands still ends later by just the time that it stood.

    Parameters
    ----------
    clock : Clock
        The run's clock.
    speed : Extent
        What is left of the full speed.

    Attributes
    ----------
    jobs : dict of Job to None
        What is under way, in the order in which it began.

    Examples
    --------
    >>> clock = Clock()
    >>> speed = Extent()
    >>> pace = Pace(clock, speed)
    >>> pace.begin(10, lambda what: print(what, "at", clock.now), "load")
    10
    >>> clock.at(4, Phases.state, lambda _: speed.strike(0.0))
    >>> clock.at(7, Phases.state, lambda _: speed.lift(0.0))
    >>> clock.run(99)
    load at 13
    """

    __slots__ = ("_clock", "_rate", "_speed", "jobs")

    def __init__(self, clock: Clock, speed: Extent) -> None:
        self._clock = clock
        self._speed = speed
        self._rate = speed.value
        self.jobs: dict[Job, None] = {}
        speed.heed = self._change

    def begin(self, ticks: float, action: Action, argument: Any, since: int | None = None) -> int:
        """Do ``action(argument)`` when the work is done, and return when that is, should nothing happen."""
        now = self._clock.now if since is None else since
        job = Job(ticks, now, action, argument)
        self.jobs[job] = None
        self._book(job)
        return job.due if self._rate else now + ceil(ticks)

    def longest(self) -> float:
        """Return what is left of what has most to go, in ticks at full speed."""
        now, rate = self._clock.now, self._rate
        return max((job.left - (now - job.since) * rate for job in self.jobs), default=0.0)

    def drop(self, job: Job) -> None:
        """Give up work."""
        del self.jobs[job]

    def _book(self, job: Job) -> None:
        if not self._rate:
            job.due = -1
            return
        job.due = job.since + ceil(job.left if self._rate == 1.0 else job.left / self._rate)
        self._clock.at(job.due, Phases.receive, self._end, job)

    def _end(self, job: Job) -> None:
        """End a job, unless it is due at another time by now."""
        if job in self.jobs and job.due == self._clock.now:
            del self.jobs[job]
            job.action(job.argument)

    def _change(self) -> None:
        """Go on at another speed: at the one that holds when all of the instant has taken effect."""
        now = self._clock.now
        for job in self.jobs:
            job.left = max(0.0, job.left - (now - job.since) * self._rate)
            job.since = now
        self._rate = self._speed.value
        for job in self.jobs:
            self._book(job)
