"""Outside suppliers with limits: a capacity per period for which orders queue, and units that do not come out right."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from itertools import repeat, takewhile
from math import ceil, floor, inf

from scmsim.engine.clock import Phases
from scmsim.flows.events import CODES
from scmsim.flows.information import Order
from scmsim.flows.material import RESIDUE
from scmsim.inputs.distributions import Distribution
from scmsim.nodes.upstream import UnlimitedSupplier
from scmsim.nodes.workshop import Workshop
from scmsim.policies.allocation import allocate
from scmsim.scenario.network import Network, Point
from scmsim.scenario.network_supply import Capacity

YIELD_LOSS = CODES["yield_loss"]
BLOCK = 256


class Yield:
    """How much of every shipment of one product comes out right.

    Whole units are lost as their share adds up over the shipments, so that the share holds in the long run.

    Parameters
    ----------
    good : float or Distribution
        The share; drawn anew for every shipment.
    workshop : Workshop
        The means of the run.
    name : str
        The name of the random numbers.
    whole_units : bool
        Whether a unit cannot be divided.

    Examples
    --------
    >>> half = Yield(0.5, None, "yield/mill/paper", whole_units=True)
    >>> [half.good_of(1.0) for _ in range(4)]
    [1.0, 0.0, 1.0, 0.0]
    """

    __slots__ = ("_lost", "_shares", "_whole_units")

    def __init__(self, good: float | Distribution, workshop: Workshop | None, name: str, *, whole_units: bool) -> None:
        drawn = isinstance(good, Distribution) and workshop is not None
        self._shares: Iterator[float] = _drawn(good, workshop, name) if drawn else repeat(good)  # type: ignore[arg-type]
        self._lost = 0.0
        self._whole_units = whole_units

    def good_of(self, quantity: float) -> float:
        """Return how many units of the next shipment come out right."""
        lost = quantity * (1.0 - next(self._shares))
        if self._whole_units:
            self._lost += lost
            lost = min(quantity, float(floor(self._lost + RESIDUE)))
            self._lost -= lost
        return quantity - lost


def _drawn(good: Distribution, workshop: Workshop, name: str) -> Iterator[float]:
    generator = workshop.streams.generator(name)
    while True:
        yield from good.sample(generator, BLOCK).clip(0.0, 1.0).tolist()


class LimitedSupplier(UnlimitedSupplier):
    """A supplier with a capacity, or whose units do not all come out right.

    Parameters
    ----------
    point, workshop
        As for `UnlimitedSupplier`.

    Attributes
    ----------
    queue : Queue or None
        Where orders wait for capacity; None where there is enough.
    outcome : Yield or None
        How much of a shipment comes out right; None: all of it.
    """

    __slots__ = ("_events_row", "outcome", "queue")

    def __init__(self, point: Point, workshop: Workshop) -> None:
        super().__init__(point, workshop)
        self._events_row = workshop.recorder.writer("events")
        self.queue: Queue | None = None
        self.outcome: Yield | None = None

    def take(self, order: Order) -> None:
        """Enter an order that has just arrived, and ship it or let it wait."""
        order.entered = self._clock.time
        if self.queue is not None and order.quantity > 0:
            self.queue.enter(self, order)
        else:
            self.enter(order, self.send(order, order.quantity))

    def enter(self, order: Order, served: float) -> None:
        """Write down that an order has come, and how much of it was shipped at once."""
        self._demand_row((self._clock.time, self.index, order.route.buyer, order.number, order.quantity, served, 0.0))

    def send(self, order: Order, quantity: float) -> float:
        """Ship what has come out right of units of an order, and return how much that is."""
        good = quantity if self.outcome is None or quantity <= 0 else self.outcome.good_of(quantity)
        lost = quantity - good
        if lost > RESIDUE:
            order.route.lose(order, lost)
            self._events_row((self._clock.time, YIELD_LOSS, order.route.buyer, self.index, order.number, lost, 0.0))
        if abs(good) > RESIDUE:
            order.route.ship(order, good)
        return good

    def free_units(self) -> float:
        """Return the units that nobody has asked for yet and that could be shipped in this period."""
        return inf if self.queue is None else self.queue.free()

    def wait_for(self, quantity: float) -> int:
        """Return the ticks until the last of so many units more could be shipped."""
        return 0 if self.queue is None else self.queue.wait_for(quantity)


class Waiting:
    """An order that waits for capacity, and the units of it that do."""

    __slots__ = ("open", "order", "supplier")

    def __init__(self, supplier: LimitedSupplier, order: Order) -> None:
        self.supplier = supplier
        self.order = order
        self.open = order.quantity


class Queue:
    """Orders that share a capacity: first come first served, and what comes at one instant shares pro rata.

    What waits is served first when a period begins; what a period leaves over is lost.

    Parameters
    ----------
    capacity : Capacity
        Units per period.
    level : int
        That of the highest point which shares it: orders of one instant are served together, when all have come.
    workshop : Workshop
        The means of the run.
    start : int
        The tick at which the first period begins.
    whole_units : bool
        Whether short capacity is shared in whole units.
    """

    __slots__ = (
        "_booked",
        "_capacity",
        "_clock",
        "_entered",
        "_left",
        "_level",
        "_phases",
        "_renewed",
        "_waiting",
        "_whole",
    )

    def __init__(self, capacity: Capacity, level: int, workshop: Workshop, start: int, *, whole_units: bool) -> None:
        self._capacity = capacity
        self._clock = workshop.clock
        self._phases = workshop.phases
        self._level = level
        self._whole = whole_units
        self._left = capacity.units
        self._renewed = start
        self._waiting: deque[Waiting] = deque()
        self._entered: list[Waiting] = []
        self._booked = (0, -1)
        workshop.clock.every(start + capacity.period, capacity.period, Phases.state, self._renew)

    def enter(self, supplier: LimitedSupplier, order: Order) -> None:
        """Put an order at the end of the queue, and serve at this instant."""
        entry = Waiting(supplier, order)
        self._waiting.append(entry)
        self._entered.append(entry)
        clock = self._clock
        turn = self._phases.turn(self._level, early=clock.phase < self._phases.demand)
        if self._booked != (clock.now, turn):
            self._booked = clock.now, turn
            clock.at(clock.now, turn, self._serve_entered)

    def free(self) -> float:
        """Return what is left of this period's capacity when everything that waits has its share."""
        return max(0.0, self._left - sum(entry.open for entry in self._waiting))

    def wait_for(self, quantity: float) -> int:
        """Return the ticks until the last of so many units more could be shipped."""
        short = quantity + sum(entry.open for entry in self._waiting) - self._left
        if short <= RESIDUE:
            return 0
        period = self._capacity.period
        return self._renewed + ceil(short / self._capacity.units - RESIDUE) * period - self._clock.now

    def _renew(self, _argument: None) -> None:
        self._left = self._capacity.units
        self._renewed = self._clock.now
        self._serve()

    def _serve_entered(self, _argument: None) -> None:
        self._booked = (0, -1)
        entered, self._entered = self._entered, []
        self._serve()
        for entry in entered:
            order = entry.order
            entry.supplier.enter(order, order.quantity - entry.open)

    def _serve(self) -> None:
        """Ship to everything that waits, as far as the capacity goes."""
        waiting = self._waiting
        while waiting and self._left > RESIDUE:
            group = self._first_group()
            group.sort(key=lambda entry: (entry.supplier.index, entry.order.route.buyer, entry.order.number))
            shares = allocate(self._left, [entry.open for entry in group], self._whole)
            if not any(shares):
                return
            for _ in group:
                waiting.popleft()
            for entry, share in zip(group, shares, strict=True):
                self._ship(entry, share)
            waiting.extendleft(entry for entry in reversed(group) if entry.open > RESIDUE)

    def _first_group(self) -> list[Waiting]:
        first = self._waiting[0].order.entered
        return list(takewhile(lambda entry: entry.order.entered == first, self._waiting))

    def _ship(self, entry: Waiting, share: float) -> None:
        if share > RESIDUE:
            self._left -= share
            entry.open -= share
            entry.supplier.send(entry.order, share)


def limit(
    network: Network,
    suppliers: Mapping[int, UnlimitedSupplier],
    workshop: Workshop,
    queue: Callable[[int], type[Queue]] = lambda _: Queue,
) -> None:
    """Give the limited suppliers of a network their queues and yields, when all of them are there.

    ``queue`` gives the class of the queue of a point.
    """
    shared: dict[str, Queue] = {}
    start = network.calendar.start
    for index, supplier in sorted(suppliers.items()):
        if not isinstance(supplier, LimitedSupplier):
            continue
        point = network.points[index]
        whole_units = network.products[point.product].whole_units
        if point.supply.good != 1.0:
            name = f"yield/{point.node}/{point.product}"
            supplier.outcome = Yield(point.supply.good, workshop, name, whole_units=whole_units)
        capacity = point.supply.capacity
        if capacity is None:
            continue
        if not capacity.is_shared:
            supplier.queue = queue(index)(capacity, point.level, workshop, start, whole_units=whole_units)
            continue
        if point.node not in shared:
            own = [each for each in network.points if each.node == point.node]
            level = max(each.level for each in own)
            whole_units = all(network.products[each.product].whole_units for each in own)
            shared[point.node] = queue(index)(capacity, level, workshop, start, whole_units=whole_units)
        supplier.queue = shared[point.node]
