"""A machine: a process that waits for a job, is set up, works, breaks down, rests between shifts and may be blocked."""

from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Any

import simpy

from scmsim.flows.operations import CODES
from scmsim.nodes.shop_job import Job, draws
from scmsim.nodes.workshop import Workshop
from scmsim.ticks import LONG_AGO

if TYPE_CHECKING:
    from scmsim.nodes.shop import WorkCentre

SETUP, WORK, DOWN, BLOCKED, STARVED, IDLE, CLOSED = (
    CODES[kind] for kind in ("setup", "work", "down", "blocked", "starved", "idle", "closed")
)
NO_PRODUCT = -1.0

Process = Generator[simpy.Event, Any, None]
Spell = Generator[simpy.Event, Any, int]


class Machine:
    """One of the machines of a work centre.

    When it fails, when it is repaired and when shifts end is known in advance, so that it never has to be interrupted:
    it works up to the first of these instants, waits, and goes on where it was.

    Parameters
    ----------
    centre : WorkCentre
        Whose machine it is.
    number : int
        Its number there.
    workshop : Workshop
        The means of the run.

    Attributes
    ----------
    product : float
        The point of the product for which it is set up; `NO_PRODUCT` before the first.
    job : Job or None
        What is in it.
    is_asking : bool
        Whether it has just become free, so that it will be told at this instant whether there is a job.
    in_overtime : bool
        Whether it works after the end of a shift.
    """

    __slots__ = (
        "_called",
        "_environment",
        "_fails",
        "_life",
        "_lives",
        "_only_busy",
        "_open_until",
        "_repaired",
        "_repairs",
        "_row",
        "_shown",
        "_shifts",
        "_worked",
        "_works_since",
        "centre",
        "is_asking",
        "in_overtime",
        "job",
        "number",
        "product",
    )

    def __init__(self, centre: "WorkCentre", number: int, workshop: Workshop) -> None:
        resource = centre.resource
        self.centre = centre
        self.number = float(number)
        self.product = NO_PRODUCT
        self.job: Job | None = None
        self.in_overtime = False
        self.is_asking = False
        self._environment = workshop.clock.environment
        self._row = workshop.recorder.writer("operations")
        self._shown: tuple[float, float, bool] | None = None
        self._worked = 0
        self._works_since: int | None = None
        self._shifts = resource.shifts
        self._open_until: int | None = None if resource.shifts is None else LONG_AGO
        self._repaired = LONG_AGO
        self._lives: Iterator[int] | None = None
        self._life: int | None = None
        self._fails: int | None = None
        breakdowns = resource.breakdowns
        self._only_busy = breakdowns is not None and breakdowns.only_busy
        if breakdowns is not None:
            name = f"{resource.node}/{resource.name}/{number + 1}"
            self._lives = draws(breakdowns.time_between, workshop, f"breakdown/{name}")
            self._repairs = draws(breakdowns.repair_time, workshop, f"repair/{name}")

    def start(self) -> None:
        """Begin, at the start of the run."""
        now = int(self._environment.now)
        if self._lives is not None:
            life = max(1, next(self._lives))
            self._life, self._fails = (life, None) if self._only_busy else (None, now + life)
        self._environment.process(self._run())

    def call(self, job: Job | None) -> None:
        """Give it a job; None: there is none, so that overtime is over."""
        self._called.succeed(job)

    def release(self) -> None:
        """Take the finished job that has blocked it."""
        self._called.succeed()

    def rest(self) -> None:
        """Show that it has nothing to do, and let it wait if it has just asked for a job."""
        self._show(STARVED if self.centre.coming else IDLE)
        if self.is_asking and not self._called.triggered:
            self._called.succeed()

    def close(self) -> None:
        """End its overtime, as there is nothing to do."""
        self.is_asking = False
        self.call(None)

    @property
    def worked(self) -> int:
        """Ticks that it has worked on the stage that is going on."""
        now, since = int(self._environment.now), self._works_since
        return self._worked if since is None else self._worked + now - since

    def _run(self) -> Process:
        while True:
            yield from self._wait_for_job()
            job = self.job
            if job is None:
                continue
            yield from self._set_up(job)
            yield from self._spend(WORK, job.work)
            self._worked = 0
            if self.centre.finish(self, job):
                yield from self._blocked()
            self.job = None

    def _wait_for_job(self) -> Process:
        """Wait until there is a job, or until it is broken or closed; then there may be none."""
        yield from self._unavailable()
        called = self._called = self._environment.event()
        self.is_asking = True
        self.centre.offer(self)
        job = yield called
        if self.is_asking:
            self.is_asking = False
            if job is None:
                called = self._called = self._environment.event()
                yield from self._wait(called)
                if not called.triggered:
                    self.centre.withdraw(self)
                    return
                job = called.value
        self.job = job
        if job is None:
            self._open_until, self.in_overtime = int(self._environment.now), False

    def _set_up(self, job: Job) -> Process:
        """Change over to another product."""
        if job.works.index == self.product:
            return
        ticks = self.centre.setup(self.product, job)
        self.product = job.works.index
        if ticks:
            yield from self._spend(SETUP, ticks)
        elif self.centre.resource.setup_cost:
            self._show(SETUP)

    def _spend(self, state: float, ticks: int) -> Process:
        """Be busy for so many ticks, whatever comes between."""
        left, resumed = ticks, False
        while left > 0:
            yield from self._unavailable()
            now, part = int(self._environment.now), left
            stop = self._next_stop()
            if stop is not None:
                part = min(part, stop - now)
            if self._life is not None:
                part = min(part, self._life)
            self._show(state, resumed=resumed)
            self._works_since = now if state == WORK else None
            part = yield from self._pass(part)
            if self._life is not None:
                self._life -= part
            left, resumed = left - part, True
            if state == WORK:
                self._worked, self._works_since = self._worked + part, None

    def _pass(self, ticks: int) -> Spell:
        """Let so many ticks pass; return how many did before it had to stop."""
        yield self._environment.timeout(ticks)
        return ticks

    def _blocked(self) -> Process:
        """Keep a finished job until there is room for it."""
        released = self._called = self._environment.event()
        while not released.triggered:
            yield from self._unavailable()
            if not released.triggered:
                self._show(BLOCKED)
                yield from self._wait(released)

    def _wait(self, event: simpy.Event) -> Process:
        """Wait for an event, but not beyond the next breakdown or end of shift."""
        stop = self._next_stop()
        if stop is None:
            yield event
        else:
            yield event | self._environment.timeout(stop - int(self._environment.now))

    def _next_stop(self) -> int | None:
        """Return when it fails or closes next, as far as that is known."""
        if self._fails is None or self._open_until is None:
            return self._open_until if self._fails is None else self._fails
        return min(self._fails, self._open_until)

    def _unavailable(self) -> Process:
        """Let the time pass in which it is broken or closed."""
        while True:
            now = int(self._environment.now)
            self._fail(now)
            until = self._closed_until(now)
            state = CLOSED
            if until <= now:
                until, state = self._repaired, DOWN
                if self._open_until is not None:
                    until = min(until, self._open_until)
            if until <= now:
                return
            self._show(state)
            yield self._environment.timeout(until - now)

    def _fail(self, now: int) -> None:
        """Break down, if that is due."""
        if self._lives is None:
            return
        if self._life is not None and self._life <= 0:
            self._repaired = now + next(self._repairs)
            self._life = max(1, next(self._lives))
        while self._fails is not None and self._fails <= now:
            self._repaired = self._fails + next(self._repairs)
            self._fails = self._repaired + max(1, next(self._lives))

    def _closed_until(self, now: int) -> int:
        """Return when the next shift begins; an instant that is over where one is going on."""
        shifts, end = self._shifts, self._open_until
        if shifts is None or end is None or now < end:
            return LONG_AGO
        since = now - self.centre.start
        opens = shifts.opens(since) + self.centre.start
        if opens == now:
            closes = shifts.closes(since)
            self._open_until = None if closes is None else closes + self.centre.start
            self.in_overtime = False
            return LONG_AGO
        longest = self.centre.overtime(self) if now == end and not self.in_overtime else 0
        self.in_overtime = longest > 0
        if self.in_overtime:
            self._open_until = now + longest
            return LONG_AGO
        return opens

    def _show(self, state: float, *, resumed: bool = False) -> None:
        """Write down the state in which it is from now on, where that is new."""
        job = self.job
        shown = (state, -1.0 if job is None else job.number, self.in_overtime)
        if shown == self._shown:
            return
        self._shown = shown
        now, resource = float(self._environment.now), self.centre.index
        head = (now, resource, self.number, state)
        if job is None:
            self._row((*head, -1.0, -1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0))
        else:
            over = self.in_overtime and state in (SETUP, WORK)
            what = (job.works.index, float(job.step), job.order.number, job.number, job.quantity)
            self._row((*head, *what, 0.0, float(resumed), float(over)))
