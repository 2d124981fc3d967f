"""How a lane moves goods in loads: modes, the rule that chooses among them, departures and vehicles."""

from dataclasses import dataclass

from scmsim.policies.loading import NO_LIMIT, Amount
from scmsim.policies.transport import ModeChoice, Option, Part
from scmsim.scenario.network_money import Delay
from scmsim.ticks import TICKS


@dataclass(frozen=True, slots=True, kw_only=True)
class Mode:
    """A way to travel; ``load_cost`` and ``load_co2`` are per load over the lane's whole distance.

    ``cost`` is money per unit, weight unit and volume unit; ``weight_co2`` kg per weight unit over the distance.
    ``fleet`` is the name of the sender's vehicles (empty: there are always enough), which need ``return_time`` to come
    back (None: as long as out).
    """

    name: str
    lead_time: Delay
    load_cost: float = 0.0
    cost: Amount = Amount()
    load_co2: float = 0.0
    weight_co2: float = 0.0
    capacity: Amount = NO_LIMIT
    fleet: str = ""
    return_time: Delay | None = None

    @property
    def option(self) -> Option:
        """What a rule knows of it."""
        return Option(self.name, self.lead_time.ticks / TICKS, self.load_cost, self.cost, self.capacity)


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """Departures at regular instants, in ticks; the first is ``offset`` after the start of the run."""

    every: int
    offset: int = 0

    @property
    def wait(self) -> int:
        """The longest that goods wait."""
        return self.every


@dataclass(frozen=True, slots=True, kw_only=True)
class FullLoads:
    """Departures when enough waits, or when the oldest units have waited for ``longest_wait`` ticks (None: never)."""

    minimum: Amount
    longest_wait: int | None = None

    @property
    def wait(self) -> int:
        """The longest that goods wait, where that is known."""
        return self.longest_wait or 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Transport:
    """The loads of a lane.

    ``modes`` are in the order of their names; one without a name has the lane's own times and costs. ``goods`` is what
    one unit of every product takes.
    """

    modes: tuple[Mode, ...]
    goods: dict[str, Amount]
    choice: ModeChoice | None = None
    dispatch: Schedule | FullLoads | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the modes; none where the only one has none."""
        return tuple(mode.name for mode in self.modes if mode.name)

    @property
    def usual(self) -> Mode:
        """The mode whose time is promised, and planned with."""
        options = [mode.option for mode in self.modes]
        return self.modes[self.choice.usual(options) if self.choice is not None else 0]

    def cost_of(self, product: str, units: float) -> float:
        """Return what it costs to send units of a product alone, in time."""
        goods, options = self.goods[product].times(units), [mode.option for mode in self.modes]
        part = Part(goods, max(option.time for option in options))
        chosen = self.choice.choose([part], options)[0] if self.choice is not None else 0
        return options[chosen].price(goods)

    @property
    def wait(self) -> int:
        """The longest time that goods wait for a departure, as far as that is known, in ticks."""
        return self.dispatch.wait if self.dispatch is not None else 0


@dataclass(frozen=True, slots=True)
class Fleet:
    """Vehicles of a node: how many, and money per vehicle and time unit."""

    number: int
    cost: float = 0.0
