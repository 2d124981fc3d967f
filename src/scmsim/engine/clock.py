"""The order of things in time, and at one instant.

SimPy keeps the calendar of instants; the clock keeps what is due at one instant, by phase. All work of one instant
shares one SimPy event as long as no other SimPy event is due in between, which saves most of the cost of an event
without changing the order: a process of another kind that is due at the same instant still runs in its own place.
"""

from collections.abc import Callable
from heapq import heapify, heappop, heappush
from typing import Any

import simpy

Action = Callable[[Any], None]


class Phases:
    """The priorities of what happens at one instant, for a network with so many levels.

    Parameters
    ----------
    levels : int
        Number of levels of stocks, at least 1.

    Examples
    --------
    >>> phases = Phases(2)
    >>> phases.receive < phases.turn(0, early=True) < phases.demand < phases.turn(0) < phases.orders(1)
    True
    """

    prepare = -1
    state = 0
    receive = 2

    def __init__(self, levels: int) -> None:
        self.levels = levels
        self.demand = self.receive + 1 + 2 * levels

    def orders(self, level: int, *, early: bool = False) -> int:
        """Orders reach a stock of this level; ``early`` in the round before demand."""
        return (self.receive if early else self.demand) + 1 + 2 * level

    def turn(self, level: int, *, early: bool = False) -> int:
        """A stock of this level serves what waits, then reviews."""
        return self.orders(level, early=early) + 1


class _Instant:
    """What is due at one tick: actions by phase, and the phases still to come.

    ``awaited`` is the phase at which the clock comes back, after it has stepped aside for another SimPy event.
    """

    __slots__ = ("awaited", "slots", "upcoming")

    def __init__(self) -> None:
        self.slots: dict[int, list[tuple[Action, Any]]] = {}
        self.upcoming: list[int] = []
        self.awaited = Phases.prepare


class TickEnvironment(simpy.Environment):
    """A SimPy environment that counts ticks and shows what comes next."""

    @property
    def queue(self) -> list[tuple[Any, int, int, simpy.Event]]:
        """The heap of (tick, priority, number, event) that SimPy takes its events from."""
        return self._queue  # type: ignore[return-value]

    def call(self, tick: int, priority: int, action: Callable[[simpy.Event], None]) -> None:
        """Schedule one event that runs ``action``."""
        event = simpy.Event(self)
        event._ok, event._value, event.callbacks = True, None, [action]
        self.schedule(event, priority=priority, delay=tick - self.now)  # type: ignore[arg-type]


class Clock:
    """Runs actions in the order of (tick, phase), on a SimPy environment.

    Parameters
    ----------
    environment : TickEnvironment, optional
        The environment to run on, when other processes share it.

    Attributes
    ----------
    now : int
        The current tick.
    phase : int
        The phase being run.

    Examples
    --------
    >>> clock = Clock()
    >>> clock.at(5, 7, print, "second")
    >>> clock.at(5, 3, print, "first")
    >>> clock.run(10)
    first
    second
    """

    __slots__ = ("_closing", "_instants", "_queue", "environment", "now", "phase")

    def __init__(self, environment: TickEnvironment | None = None) -> None:
        self.environment = environment or TickEnvironment()
        self._queue = self.environment.queue
        self.now = int(self.environment.now)
        self.phase = Phases.prepare
        self._instants: dict[int, _Instant] = {}
        self._closing: list[Callable[[int], None]] = []

    def at(self, tick: int, phase: int, action: Action, argument: Any = None) -> None:
        """Do ``action(argument)`` at this tick, in this phase."""
        instant = self._instants.get(tick)
        if instant is None:
            instant = self._instants[tick] = _Instant()
            self.environment.call(tick, Phases.prepare, self._run_instant)
        slot = instant.slots.get(phase)
        if slot is not None:
            slot.append((action, argument))
            return
        instant.slots[phase] = [(action, argument)]
        heappush(instant.upcoming, phase)
        if phase < instant.awaited:
            instant.awaited = phase
            self.environment.call(tick, phase, self._run_instant)

    def every(self, first: int, interval: int, entries: dict[int, list[tuple[Action, Any]]]) -> None:
        """Do the entries, given by phase, at ``first`` and every ``interval`` ticks after it."""
        recurring = _Recurring(self, interval, entries)
        self.at(first, Phases.prepare, recurring.fire)

    def on_close(self, close: Callable[[int], None]) -> None:
        """Call ``close(tick)`` whenever everything due at an instant has been done."""
        self._closing.append(close)

    def run(self, end: int) -> None:
        """Run everything due before ``end``."""
        queue, step = self._queue, self.environment.step
        while queue and queue[0][0] < end:
            step()

    def _run_instant(self, _event: simpy.Event) -> None:
        now = self.now = int(self.environment.now)
        instant = self._instants.get(now)
        if instant is None:
            return
        instant.awaited = Phases.prepare
        slots, upcoming, queue = instant.slots, instant.upcoming, self._queue
        while upcoming:
            phase = upcoming[0]
            if queue and queue[0][0] == now and queue[0][1] < phase:
                instant.awaited = phase
                self.environment.call(now, phase, self._run_instant)
                return
            self.phase = heappop(upcoming)
            for action, argument in slots.pop(phase):
                action(argument)
        del self._instants[now]
        self.phase = Phases.prepare
        for close in self._closing:
            close(now)


class _Recurring:
    """Work that comes back: its entries are put into an instant's slots in one go."""

    __slots__ = ("clock", "entries", "interval")

    def __init__(self, clock: Clock, interval: int, entries: dict[int, list[tuple[Action, Any]]]) -> None:
        self.clock = clock
        self.interval = interval
        self.entries = entries

    def fire(self, _argument: None) -> None:
        clock = self.clock
        instant = clock._instants[clock.now]
        slots, upcoming = instant.slots, instant.upcoming
        for phase, actions in self.entries.items():
            if phase in slots:
                slots[phase] += actions
            else:
                slots[phase] = actions.copy()
                upcoming.append(phase)
        heapify(upcoming)
        clock.at(clock.now + self.interval, Phases.prepare, self.fire)
