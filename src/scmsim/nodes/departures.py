"""When the loads of a dock depart: at once, on a schedule, or when enough waits."""

from collections.abc import Callable, Sequence

from scmsim.engine.clock import Clock, Phases
from scmsim.policies.loading import SLACK, Amount, total
from scmsim.scenario.network_transport import FullLoads, Schedule
from scmsim.ticks import LONG_AGO

Look = Callable[[None], None]


class Departures:
    """Departures as soon as anything is ready."""

    __slots__ = ()

    def begin(self, start: int) -> None:
        """Book the departures that come at regular instants."""

    def leaves(self, waiting: Sequence[Amount], since: int) -> bool:
        """Tell whether a load departs now; ``since`` is when the oldest of what waits was ready."""
        return True

    def remember(self, since: int) -> None:
        """See to it that what is left waiting since then leaves in time."""


class OnSchedule(Departures):
    """Departures at regular instants.

    Parameters
    ----------
    schedule : Schedule
        Which.
    clock : Clock
    look : callable
        Has the dock looked at when everything of this instant is ready.
    """

    __slots__ = ("_clock", "_last", "_look", "_schedule")

    def __init__(self, schedule: Schedule, clock: Clock, look: Look) -> None:
        self._schedule = schedule
        self._clock = clock
        self._look = look
        self._last = LONG_AGO

    def begin(self, start: int) -> None:
        """Book them."""
        self._clock.every(start + self._schedule.offset, self._schedule.every, Phases.state, self._depart)

    def leaves(self, waiting: Sequence[Amount], since: int) -> bool:
        """Tell whether this is an instant of departure."""
        return self._last == self._clock.now

    def _depart(self, _argument: None) -> None:
        self._last = self._clock.now
        self._look(None)


class WhenFull(Departures):
    """Departures when enough waits, or when something has waited for long.

    Parameters
    ----------
    rule : FullLoads
        How much, and how long.
    clock : Clock
    look : callable
        Has the dock looked at when everything of this instant is ready.
    """

    __slots__ = ("_booked", "_clock", "_look", "_rule")

    def __init__(self, rule: FullLoads, clock: Clock, look: Look) -> None:
        self._rule = rule
        self._clock = clock
        self._look = look
        self._booked = LONG_AGO

    def leaves(self, waiting: Sequence[Amount], since: int) -> bool:
        """Tell whether the least load waits, or the oldest units have waited for too long."""
        longest = self._rule.longest_wait
        if longest is not None and self._clock.now >= since + longest:
            return True
        return any(there >= least - SLACK for there, least in zip(total(waiting), self._rule.minimum, strict=True))

    def remember(self, since: int) -> None:
        """Look again when what is left has waited for too long."""
        longest = self._rule.longest_wait
        if longest is not None and since + longest != self._booked:
            self._booked = since + longest
            self._clock.at(self._booked, Phases.state, self._look)


def departures(rule: Schedule | FullLoads | None, clock: Clock, look: Look) -> Departures:
    """Return the departures of a dock."""
    if isinstance(rule, Schedule):
        return OnSchedule(rule, clock, look)
    return WhenFull(rule, clock, look) if isinstance(rule, FullLoads) else Departures()
