"""Jobs: units of one order that go through the works together, and how long every stage takes them."""

from collections.abc import Iterator
from itertools import repeat
from math import floor
from typing import TYPE_CHECKING

from scmsim.flows.information import Order
from scmsim.flows.material import RESIDUE
from scmsim.inputs.distributions import Distribution
from scmsim.nodes.workshop import Workshop
from scmsim.scenario.network import Delay
from scmsim.scenario.network_production import Stage

if TYPE_CHECKING:
    from scmsim.nodes.shop_production import ShopProduction

BLOCK = 256


class Defects:
    """How many units of a job are bad: their share, drawn anew for every job where it is a distribution.

    Whole units are bad as their share adds up over the jobs, so that the share holds in the long run.

    Examples
    --------
    >>> half = Defects(0.5, None, "", whole_units=True)
    >>> [half.of(1.0) for _ in range(4)]
    [0.0, 1.0, 0.0, 1.0]
    """

    __slots__ = ("_owed", "_shares", "_whole_units")

    def __init__(self, share: float | Distribution, workshop: Workshop | None, name: str, *, whole_units: bool) -> None:
        drawn = isinstance(share, Distribution) and workshop is not None
        self._shares: Iterator[float] = _drawn(share, workshop, name) if drawn else repeat(share)  # type: ignore[arg-type]
        self._owed = 0.0
        self._whole_units = whole_units

    def of(self, quantity: float) -> float:
        """Return how many of so many units are bad."""
        bad = quantity * next(self._shares)
        if self._whole_units:
            self._owed += bad
            bad = min(quantity, float(floor(self._owed + RESIDUE)))
            self._owed -= bad
        return bad


def _drawn(share: Distribution, workshop: Workshop, name: str) -> Iterator[float]:
    generator = workshop.streams.generator(name)
    while True:
        yield from share.sample(generator, BLOCK).clip(0.0, 1.0).tolist()


def draws(delay: Delay, workshop: Workshop, name: str) -> Iterator[int]:
    """Return times of one sort, in ticks, for ever."""
    return workshop.streams.ticks(delay.distribution, name) if delay.distribution is not None else repeat(delay.ticks)


class Step:
    """A stage of making one product, ready to run.

    Parameters
    ----------
    stage : Stage
        What the scenario says of it.
    place : int
        Its place on the product's way.
    workshop : Workshop
        The means of the run.
    name : str
        The name of its random numbers.
    whole_units : bool
        Whether a unit cannot be divided.

    Attributes
    ----------
    setups : iterator of int or None
        Times of its own setups; None where those of the machines hold.
    scrap, rework : Defects or None
        How many units are thrown away or sent back; None: none.
    """

    __slots__ = ("_batches", "_units", "place", "rework", "scrap", "setups", "stage")

    def __init__(self, stage: Stage, place: int, workshop: Workshop, name: str, *, whole_units: bool) -> None:
        self.stage = stage
        self.place = place
        self._units = draws(stage.time, workshop, f"work/{name}")
        self._batches = draws(stage.batch_time, workshop, f"batch/{name}")
        own = stage.setup_time
        self.setups = draws(own, workshop, f"setup/{name}") if own is not None else None
        self.scrap = self._defects(stage.scrap, workshop, f"scrap/{name}", whole_units)
        self.rework = self._defects(stage.rework, workshop, f"rework/{name}", whole_units)

    def _defects(self, share: float | Distribution, workshop: Workshop, name: str, whole_units: bool) -> Defects | None:
        return Defects(share, workshop, name, whole_units=whole_units) if share != 0.0 else None

    def work(self, quantity: float) -> int:
        """Draw the ticks that so many units take."""
        return round(next(self._units) * quantity) + next(self._batches)

    def expected(self, quantity: float) -> float:
        """Return the ticks that so many units take on the average."""
        return self.stage.time.ticks * quantity + self.stage.batch_time.ticks


class Job:
    """Units of one order that go through the works together.

    Attributes
    ----------
    works : ShopProduction
        What makes it.
    number : float
        Of the job, unique in its run.
    step : int
        The place of the stage at which it is.
    arrived : int
        The tick at which it came to the queue there.
    work, expected : int, float
        The ticks that the stage takes; on the average.
    """

    __slots__ = ("arrived", "expected", "number", "order", "quantity", "step", "work", "works")

    arrived: int
    work: int
    expected: float

    def __init__(self, works: "ShopProduction", order: Order, number: float, quantity: float) -> None:
        self.works = works
        self.order = order
        self.number = number
        self.quantity = quantity
        self.step = 0

    def reach(self, step: int, now: int) -> None:
        """Come to a stage, and learn how long it takes."""
        self.step, self.arrived = step, now
        stage = self.works.steps[step]
        self.work, self.expected = stage.work(self.quantity), stage.expected(self.quantity)

    @property
    def place(self) -> tuple[float, int]:
        """The product and the stage."""
        return self.works.index, self.step
