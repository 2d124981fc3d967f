"""Lanes that may be struck: orders, shipments, transit and receipts that wait."""

from collections.abc import Callable

from scmsim.engine.clock import Phases
from scmsim.flows.events import CODES
from scmsim.flows.information import Order
from scmsim.flows.material import RESIDUE
from scmsim.nodes.disruptions_pace import RELEASE, Extent, Pace
from scmsim.nodes.lane import LaneProcess, Seller, SupplierLaneProcess
from scmsim.nodes.stockpoint import StockPoint
from scmsim.nodes.workshop import Workshop
from scmsim.scenario.network import Lane

DESTROYED = CODES["destroyed"]
Load = tuple[Order, float]


class Door:
    """Stands before a seller, and lets no orders in while it is closed; those that wait keep their places.

    Parameters
    ----------
    seller : Seller
        Who enters the orders.
    opening : Extent
        Whether it is open.
    workshop : Workshop
        The means of the run.
    """

    __slots__ = ("_clock", "_open", "_seller", "_waiting", "index")

    def __init__(self, seller: Seller, opening: Extent, workshop: Workshop) -> None:
        self.index = seller.index
        self._seller = seller
        self._open = opening
        self._clock = workshop.clock
        self._waiting: list[tuple[float, Order]] = []
        opening.heed = self._change

    def orders_phase(self, tick: int) -> int:
        """Return the phase in which orders in the mail that arrive at a tick are entered."""
        return self._seller.orders_phase(tick)

    def take(self, order: Order) -> None:
        """Enter an order that has just arrived, or let it wait."""
        if self._open.is_nothing:
            self._waiting.append((self._clock.time, order))
        else:
            self._seller.take(order)

    def call_off(self) -> list[tuple[Order, float]]:
        """Give up what waits, and return it with its units."""
        waiting, self._waiting = self._waiting, []
        return [(order, order.quantity) for _, order in waiting]

    def _change(self) -> None:
        if not self._open.is_nothing:
            now = self._clock.now
            self._clock.at(now, self._seller.orders_phase(now), self._let_in)

    def _let_in(self, _argument: None = None) -> None:
        """Enter what has waited; what came first goes first."""
        if self._open.is_nothing:
            return
        waiting, self._waiting = self._waiting, []
        for came, order in waiting:
            self._seller.take(order)
            order.entered = came


class StruckLane(LaneProcess):
    """A lane that may be struck.

    Attributes
    ----------
    mail, gate, speed, ramp : Extent
        What is left of the four: orders are entered, goods are shipped, goods move, goods are received.
    resume : callable or None
        Called when the gate opens: who sells has orders that wait.
    take_back : callable or None
        Has the seller give back what waits there for this lane.
    door : Door or None
        Where orders wait that are not entered; None where they never have to.
    """

    resume: Callable[[], None] | None = None
    take_back: "Callable[[StruckLane], list[tuple[Order, float]]] | None" = None
    door: Door | None = None

    def __init__(self, lane: Lane, buyer: StockPoint, seller: Seller, workshop: Workshop) -> None:
        super().__init__(lane, buyer, seller, workshop)
        self.mail, self.gate, self.speed, self.ramp = (
            Extent(heed) for heed in (None, self._open_gate, None, self._open_ramp)
        )
        self._pace = Pace(self._clock, self.speed)
        self._prepared: list[Load] = []
        self._arrived: list[Load] = []
        self._spoilt = 0.0
        self._events_row = workshop.recorder.writer("events")

    @property
    def is_barred(self) -> bool:
        """Whether its seller may not ship."""
        return self.gate.is_nothing

    def guard_door(self, workshop: Workshop) -> None:
        """Put a door before the seller: where orders may have to wait."""
        door = self.door = Door(self._seller, self.mail, workshop)
        self.sells_through(lambda _: door)

    def call_off(self) -> list[tuple[Order, float]]:
        """Take back the orders that wait at the seller or at its door, and return them with what is open."""
        waiting = self.door.call_off() if self.door is not None else []
        return waiting + self.take_back(self) if self.take_back is not None else waiting

    def ship(self, order: Order, quantity: float) -> None:
        """Send units of an order on their way to the buyer."""
        self._send((order, quantity))

    def _send(self, load: Load) -> None:
        order, quantity = load
        order.unshipped -= quantity
        self._buyer.expect(quantity)
        arrives = self._pace.begin(self._travel(), self._arrive, load)
        if self._shipments_row is not None:
            now = self._clock.time
            self._shipments_row((now, self._seller.index, self.buyer, order.number, quantity, arrives))

    def _travel(self) -> float:
        """Return the ticks that goods need which leave now; where nothing may overtake, no fewer than any before."""
        if self._transport_draws is None:
            return self._transport
        travel = next(self._transport_draws)
        return travel if self._crossing else max(travel, self._pace.longest())

    def _come(self, tick: int, load: Load, start: int) -> None:
        self._pace.begin(tick - start, self._arrive, load, start)

    def _arrive(self, load: Load) -> None:
        """Bring goods to the door of the buyer, behind those that wait there."""
        self._arrived.append(load)
        self._let_in()

    def _open_gate(self) -> None:
        if not self.gate.is_nothing:
            if self._prepared:
                self._clock.at(self._clock.now, RELEASE, self._let_out)
            if self.resume is not None:
                self.resume()

    def _let_out(self, _argument: None = None) -> None:
        if self.gate.is_nothing:
            return
        prepared, self._prepared = self._prepared, []
        for load in prepared:
            self._send(load)

    def _open_ramp(self) -> None:
        if not self.ramp.is_nothing:
            self._clock.at(self._clock.now, Phases.receive, self._let_in)

    def _let_in(self, _argument: None = None) -> None:
        if self.ramp.is_nothing:
            return
        arrived, self._arrived = self._arrived, []
        for load in arrived:
            self.deliver(load)

    def wreck(self, share: float) -> None:
        """Destroy a share of what is under way, or waits at the door of the buyer."""
        for job in list(self._pace.jobs):
            job.argument = self._wrecked(job.argument, share)
            if job.argument[1] <= RESIDUE:
                self._pace.drop(job)
        left = [self._wrecked(load, share) for load in self._arrived]
        self._arrived = [load for load in left if load[1] > RESIDUE]

    def _wrecked(self, load: Load, share: float) -> Load:
        """Return what is left of a load; of whole units a share is lost over all loads together."""
        order, quantity = load
        lost = quantity * share
        if self._buyer.counts_whole_units:
            owed = lost + self._spoilt
            lost = min(quantity, float(int(owed + RESIDUE)))
            self._spoilt = owed - lost
        if lost > RESIDUE:
            self._buyer.miss(lost)
            time, seller, value = self._clock.time, self._seller.index, lost * self._buyer.point.opening_cost
            self._events_row((time, DESTROYED, self.buyer, seller, order.number, lost, value))
            self.forgo(order, lost)
        return order, quantity - lost


class StruckSupplierLane(StruckLane, SupplierLaneProcess):
    """A lane that may be struck, from a supplier that takes time before it ships."""

    @property
    def is_barred(self) -> bool:
        """Never: what is ordered is prepared, and waits then."""
        return False

    def ship(self, order: Order, quantity: float) -> None:
        """Begin to prepare units of an order."""
        SupplierLaneProcess.ship(self, order, quantity)

    def _depart(self, load: Load) -> None:
        """Ship what has been prepared; while nothing leaves, it waits."""
        if self.gate.is_nothing:
            self._prepared.append(load)
        else:
            self._send(load)
