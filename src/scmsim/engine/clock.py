"""The order of things in time, and at one instant.

SimPy keeps the calendar of instants; the clock keeps what is due at one instant, by phase. All work of one instant
shares one SimPy event as long as no other SimPy event is due in between, which saves most of the cost of an event
without changing the order: a process of another kind that is due at the same instant still runs in its own place.
"""

import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from heapq import heappop, heappush
from itertools import chain
from operator import itemgetter
from typing import Any

import simpy
from simpy.events import NORMAL

from scmsim.errors import SimulationError

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


Actions = tuple[tuple[Action, Any], ...]

_NEVER = sys.maxsize
_MOST_AGENDAS = 100
"""So many meetings of plans are remembered; more would let memory grow with the horizon."""
_MOST_ROUNDS = 10_000
"""So often may things lead to others at one instant; a chain of a thousand stocks takes a few rounds for each."""
_LAST_ROUNDS = 100
"""So many rounds before the end tell who keeps time from going on."""


class StandstillError(SimulationError):
    """Things lead to others at one instant without end.

    Parameters
    ----------
    owners : sequence of object
        Whose actions come again and again.
    """

    def __init__(self, owners: Sequence[object]) -> None:
        super().__init__(f"time stands still: one thing leads to another {_MOST_ROUNDS:,} times at one instant")
        self.owners = owners


class _Instant:
    """What is due at one tick: the plans that come back then, other actions by phase, and the phases of those.

    ``agenda`` is what is still to be done of the plans, phase by phase, and ends with nothing to do in a last phase.
    ``rounds`` counts how often other actions came before the next of the agenda.
    ``awaited`` is the phase at which the clock comes back, after it has stepped aside for another SimPy event.
    """

    __slots__ = ("agenda", "awaited", "plans", "rounds", "slots", "upcoming")

    def __init__(self) -> None:
        self.rounds = 0
        self.plans: tuple[_Plan, ...] = ()
        self.agenda: Iterator[tuple[int, Actions]] | None = None
        self.slots: dict[int, list[tuple[Action, Any]]] = {}
        self.upcoming: list[int] = []
        self.awaited = Phases.prepare


class TickEnvironment(simpy.Environment):
    """A SimPy environment that counts ticks and shows what comes next.

    Attributes
    ----------
    is_shared : bool
        Whether anything but a clock's own `call` has scheduled an event here.
    """

    is_shared = False

    @property
    def queue(self) -> list[tuple[Any, int, int, simpy.Event]]:
        """The heap of (tick, priority, number, event) that SimPy takes its events from."""
        return self._queue  # type: ignore[return-value]

    def schedule(self, event: simpy.Event, priority: Any = NORMAL, delay: Any = 0) -> None:
        """Schedule an event, as SimPy does."""
        self.is_shared = True
        super().schedule(event, priority, delay)

    def call(self, tick: int, priority: int, action: Callable[[simpy.Event], None]) -> None:
        """Schedule one event of the clock's own, which runs ``action``."""
        event = simpy.Event(self)
        event._ok, event._value, event.callbacks = True, None, [action]
        heappush(self.queue, (tick, priority, next(self._eid), event))


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
    time : float
        The same, as tables of facts hold it: all numbers there are floats, which pack faster than whole numbers.
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

    __slots__ = (
        "_agendas",
        "_closing",
        "_instants",
        "_plans",
        "_queue",
        "_recurring",
        "_restless",
        "environment",
        "now",
        "phase",
        "time",
    )

    def __init__(self, environment: TickEnvironment | None = None) -> None:
        self.environment = environment or TickEnvironment()
        self._queue = self.environment.queue
        self.now = int(self.environment.now)
        self.time = float(self.now)
        self.phase = Phases.prepare
        self._instants: dict[int, _Instant] = {}
        self._agendas: dict[tuple[_Plan, ...], tuple[tuple[int, Actions], ...]] = {}
        self._plans: dict[tuple[int, int], _Plan] = {}
        self._recurring = 0
        self._closing: list[Callable[[int], None]] = []
        self._restless: dict[int, object] = {}

    def at(self, tick: int, phase: int, action: Action, argument: Any = None) -> None:
        """Do ``action(argument)`` at this tick, in this phase."""
        instant = self._instants.get(tick) or self._instant(tick)
        slots = instant.slots
        if phase in slots:
            slots[phase].append((action, argument))
            return
        slots[phase] = [(action, argument)]
        heappush(instant.upcoming, phase)
        if phase < instant.awaited:
            instant.awaited = phase
            self.environment.call(tick, phase, self._run_instant)

    def every(self, first: int, interval: int, phase: int, action: Action, argument: Any = None) -> None:
        """Do ``action(argument)`` in this phase at ``first`` and every ``interval`` ticks after it.

        What comes back at one instant in one phase, at whatever intervals, does so in the order of these calls.
        """
        plan = self._plans.get((first, interval))
        if plan is None:
            plan = self._plans[first, interval] = _Plan(interval)
            self._book(first, plan)
        self._recurring += 1
        plan.entries.append((phase, self._recurring, action, argument))

    def on_close(self, close: Callable[[int], None]) -> None:
        """Call ``close(tick)`` whenever everything due at an instant has been done."""
        self._closing.append(close)

    def run(self, end: int) -> None:
        """Run everything due before ``end``."""
        queue, step = self._queue, self.environment.step
        while queue and queue[0][0] < end:
            step()

    def _instant(self, tick: int) -> _Instant:
        instant = self._instants[tick] = _Instant()
        self.environment.call(tick, Phases.prepare, self._run_instant)
        return instant

    def _book(self, tick: int, plan: "_Plan") -> None:
        instant = self._instants.get(tick) or self._instant(tick)
        instant.plans += (plan,)

    def _begin(self, instant: _Instant, now: int) -> Iterator[tuple[int, Actions]]:
        """Return what comes back at this instant, and book it for the next time."""
        plans = instant.plans
        agenda = self._agendas.get(plans)
        if agenda is None:
            if len(self._agendas) >= _MOST_AGENDAS:
                self._agendas.clear()
            agenda = self._agendas[plans] = _agenda(plans)
        for plan in plans:
            self._book(now + plan.interval, plan)
        return iter(agenda)

    def _run_instant(self, _event: simpy.Event) -> None:
        now = self.now = int(self.environment.now)
        instant = self._instants.get(now)
        if instant is None:
            return
        self.time = float(now)
        instant.awaited = Phases.prepare
        agenda = instant.agenda or self._begin(instant, now)
        slots, upcoming, environment = instant.slots, instant.upcoming, self.environment
        for planned in agenda:
            phase, actions = planned
            while upcoming and upcoming[0] < phase:
                if environment.is_shared and self._steps_aside(upcoming[0]):
                    instant.agenda = chain([planned], agenda)
                    return
                earlier = self.phase = heappop(upcoming)
                instant.rounds += 1
                if instant.rounds > _MOST_ROUNDS:
                    self._watch(instant, slots[earlier])
                for action, argument in slots.pop(earlier):
                    action(argument)
            if environment.is_shared and self._steps_aside(phase):
                instant.agenda = chain([planned], agenda)
                return
            self.phase = phase
            for action, argument in actions:
                action(argument)
        del self._instants[now]
        self.phase = Phases.prepare
        for close in self._closing:
            close(now)

    def _watch(self, instant: _Instant, actions: Sequence[tuple[Action, Any]]) -> None:
        """Take note of whose actions keep time from going on, and end the run after some more of them."""
        for action, _ in actions:
            owner = getattr(action, "__self__", None)
            self._restless[id(owner)] = owner
        if instant.rounds > _MOST_ROUNDS + _LAST_ROUNDS:
            raise StandstillError(list(self._restless.values()))

    def _steps_aside(self, phase: int) -> bool:
        """Let another SimPy event go first if one is due before this phase; say whether there is one."""
        queue, now = self._queue, self.now
        if not queue or queue[0][0] != now or queue[0][1] >= phase:
            return False
        self._instants[now].awaited = phase
        self.environment.call(now, phase, self._run_instant)
        return True


class _Plan:
    """Work that comes back every ``interval`` ticks: entries of phase, rank within it, action, argument."""

    __slots__ = ("entries", "interval")

    def __init__(self, interval: int) -> None:
        self.interval = interval
        self.entries: list[tuple[int, int, Action, Any]] = []


def _agenda(plans: Sequence[_Plan]) -> tuple[tuple[int, Actions], ...]:
    """Return what is to be done at an instant at which these plans fall together."""
    actions: defaultdict[int, list[tuple[Action, Any]]] = defaultdict(list)
    for phase, _, action, argument in sorted(chain.from_iterable(plan.entries for plan in plans), key=itemgetter(0, 1)):
        actions[phase].append((action, argument))
    return *((phase, tuple(entries)) for phase, entries in actions.items()), (_NEVER, ())
