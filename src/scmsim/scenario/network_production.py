"""The inside of a factory: machines with shifts and breakdowns, and the stages of making a product; times in ticks."""

from dataclasses import dataclass, field

from scmsim.inputs.distributions import Distribution
from scmsim.policies.sequencing import FirstInFirstOut, Sequencing
from scmsim.scenario.network_money import Delay


@dataclass(frozen=True, slots=True)
class Shifts:
    """When machines work: windows within a period that comes back, in ticks from the start of the run.

    Parameters
    ----------
    period : int
        Its length.
    windows : tuple of (int, int)
        When they work, in order, apart from each other.

    Examples
    --------
    >>> day = Shifts(24, ((8, 16),))
    >>> day.closes(9), day.closes(16), day.opens(16), day.opens(33)
    (16, None, 32, 33)
    """

    period: int
    windows: tuple[tuple[int, int], ...]

    def closes(self, tick: int) -> int | None:
        """Return when the shift of this tick ends, counted like the tick; None where there is none."""
        begin = tick // self.period * self.period
        for start, end in self.windows:
            if start <= tick - begin < end:
                return begin + end if end < self.period else self._over_night(begin + end)
        return None

    def opens(self, tick: int) -> int:
        """Return the first tick from this one on at which machines work."""
        begin = tick // self.period * self.period
        for start, end in self.windows:
            if tick - begin < end:
                return max(tick, begin + start)
        return begin + self.period + self.windows[0][0]

    def _over_night(self, end: int) -> int:
        """Return when a shift really ends that goes on in the next period."""
        start, later = self.windows[0]
        return end if start else end + later

    @property
    def share(self) -> float:
        """The share of the time in which machines work."""
        return sum(end - start for start, end in self.windows) / self.period


@dataclass(frozen=True, slots=True)
class Overtime:
    """Work after a shift: when more than ``queue`` ticks of work wait, at most so many ticks, for so much money."""

    queue: float
    at_most: int
    cost: float = 0.0


@dataclass(frozen=True, slots=True)
class Breakdowns:
    """How machines fail: after how long, for how long, and whether only time counts in which they are busy."""

    time_between: Delay
    repair_time: Delay
    only_busy: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """Machines that are alike; ``setups`` is by the products before and after. Costs are per setup and time unit."""

    index: int
    node: str
    name: str
    machines: int = 1
    sequencing: Sequencing = FirstInFirstOut()
    setup_time: Delay = Delay(0)
    setups: dict[tuple[str, str], int] = field(default_factory=dict)
    setup_cost: float = 0.0
    time_cost: float = 0.0
    breakdowns: Breakdowns | None = None
    shifts: Shifts | None = None
    overtime: Overtime | None = None

    @property
    def overtime_cost(self) -> float:
        """Money per time unit of work in overtime, beside the usual."""
        return self.overtime.cost if self.overtime is not None else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A step of making a product on a resource; ``rework_to`` is the place of the stage that rework goes back to."""

    name: str
    resource: int
    time: Delay = Delay(0)
    batch_time: Delay = Delay(0)
    setup_time: Delay | None = None
    scrap: float | Distribution = 0.0
    rework: float | Distribution = 0.0
    rework_to: int = 0
    buffer: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """How a product goes through the works: its stages, the most units of a job (None: any) and its class."""

    stages: tuple[Stage, ...]
    batch: float | None = None
    priority: int = 1
    promise: bool = False

    @property
    def has_scrap(self) -> bool:
        """Whether any units are thrown away on the way."""
        return any(stage.scrap != 0.0 for stage in self.stages)
