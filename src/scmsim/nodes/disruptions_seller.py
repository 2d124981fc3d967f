"""Sellers that may have to stop: who waits keeps his place, and nobody else waits for him."""

from typing import Any

from scmsim.flows.events import CODES, NOBODY
from scmsim.flows.information import Order
from scmsim.flows.material import RESIDUE
from scmsim.nodes.disruptions_pace import RELEASE, Extent
from scmsim.nodes.downstream import CUSTOMERS
from scmsim.nodes.ruled_stock import RuledStock
from scmsim.nodes.stockpoint import StockPoint
from scmsim.nodes.suppliers import LimitedSupplier, Queue, Waiting
from scmsim.nodes.workshop import Workshop
from scmsim.scenario.network import Point
from scmsim.scenario.network_supply import Capacity

DESTROYED, CANCELLED = CODES["destroyed"], CODES["cancelled"]


def is_barred(order: Order) -> bool:
    """Tell whether nothing may leave for an order over its lane; what is no lane that may be struck is never barred."""
    found: bool = getattr(order.route, "is_barred", False)
    return found


class StruckStock(StockPoint):
    """A stock that may have to stop serving some or all of those who ask.

    Attributes
    ----------
    shop : Extent
        Whether end customers are served.
    lanes : list
        The lanes from it that may be struck.
    """

    shop: Extent
    lanes: list[Any]

    def __init__(self, point: Point, workshop: Workshop, *, whole_units: bool) -> None:
        super().__init__(point, workshop, whole_units=whole_units)
        self.shop = Extent(self.resume)
        self.lanes = []
        self._events_row = workshop.recorder.writer("events")

    def resume(self) -> None:
        """Serve those who wait at this instant."""
        if self.waiting:
            self.serve_again()

    def serve(self, argument: None = None) -> None:
        """Enter what has arrived, and serve whoever may be served."""
        if isinstance(self, RuledStock) or not self._is_hampered():
            super().serve(argument)
            return
        asked = sum(order.quantity for order in self.inbox)
        self.asked += asked
        self._serve_in_turn(asked)

    def take_back(self, lane: Any) -> list[tuple[Order, float]]:
        """Take what waits for a lane out of the queue, and return it with what was open."""
        found = [(order, order.unshipped) for order in self.waiting if order.route is lane]
        for order, units in found:
            self.waiting.remove(order)
            self.change()
            self.lose(units)
            self._events_row((self._clock.time, CANCELLED, self.index, lane.buyer, order.number, units, 0.0))
        return found

    def wreck(self, share: float) -> None:
        """Destroy a share of what is free."""
        there = max(0.0, self.on_hand)
        units = there * share
        if self._whole_units:
            units = min(there, float(int(units + 0.5)))
        if units > RESIDUE:
            self.spoil(units)
            value = units * self.point.opening_cost
            self._events_row((self._clock.time, DESTROYED, self.index, NOBODY, 0.0, units, value))
            self.reconsider()

    def _is_hampered(self) -> bool:
        return self.shop.is_nothing or any(lane.gate.is_nothing for lane in self.lanes)

    def _must_wait(self, order: Order) -> bool:
        return is_barred(order) or (self.shop.is_nothing and order.route.buyer == CUSTOMERS)

    def _allocate(self) -> None:
        """Ship to everything that may be shipped; the others stay where they are in the queue."""
        waiting = self.waiting
        held = {id(order) for order in waiting if self._must_wait(order)} if self._is_hampered() else None
        if not held:
            super()._allocate()
            return
        queue = list(waiting)
        waiting.clear()
        waiting.extend(order for order in queue if id(order) not in held)
        super()._allocate()
        left = held.union(map(id, waiting))
        waiting.clear()
        waiting.extend(order for order in queue if id(order) in left)


class StruckSupplier(LimitedSupplier):
    """An outside supplier that may have to stop: unlimited as it may be, what it cannot ship waits there."""

    _held: list[tuple[Order, float]]

    def __init__(self, point: Point, workshop: Workshop) -> None:
        super().__init__(point, workshop)
        self._held = []

    def send(self, order: Order, quantity: float) -> float:
        """Ship units of an order, or let them wait; return how many left."""
        if is_barred(order):
            self._held.append((order, quantity))
            return 0.0
        return super().send(order, quantity)

    def take_back(self, lane: Any) -> list[tuple[Order, float]]:
        """Give up what waits for a lane, and return it with what was open."""
        found = [(order, units) for order, units in self._held if order.route is lane]
        self._held = [held for held in self._held if held[0].route is not lane]
        if isinstance(self.queue, StruckQueue):
            found += self.queue.take_back(lane)
        for order, units in found:
            self._events_row((self._clock.time, CANCELLED, self.index, lane.buyer, order.number, units, 0.0))
        return found

    def resume(self) -> None:
        """Ship what has waited, when everything of this instant has taken effect."""
        if self._held:
            self._clock.at(self._clock.now, RELEASE, self._let_out)
        if isinstance(self.queue, StruckQueue):
            self.queue.resume()

    def _let_out(self, _argument: None = None) -> None:
        held, self._held = self._held, []
        for order, quantity in held:
            self.send(order, quantity)


class StruckQueue(Queue):
    """A queue for a capacity of which disruptions may leave a part, and in which orders may have to wait for others.

    A change within a period changes what is left of its capacity by the part that belongs to the rest of the period.

    Attributes
    ----------
    share : Extent
        What is left of the capacity.
    """

    def __init__(self, capacity: Capacity, level: int, workshop: Workshop, start: int, *, whole_units: bool) -> None:
        super().__init__(capacity, level, workshop, start, whole_units=whole_units)
        self.share = Extent(self._change)
        self._counted = 1.0

    def resume(self) -> None:
        """Serve those who wait, when everything of this instant has taken effect."""
        self._clock.at(self._clock.now, RELEASE, self._serve_waiting)

    def take_back(self, lane: Any) -> list[tuple[Order, float]]:
        """Take what waits for a lane out of the queue, and return it with what was open."""
        found = [entry for entry in self._waiting if entry.order.route is lane]
        for entry in found:
            self._waiting.remove(entry)
        return [(entry.order, entry.open) for entry in found]

    def _renew(self, _argument: None = None) -> None:
        self._counted = self.share.value
        self._left = self._capacity.units * self._counted
        self._renewed = self._clock.now
        self.resume()

    def _change(self) -> None:
        period = self._capacity.period
        rest = (self._renewed + period - self._clock.now) / period
        change = (self.share.value - self._counted) * self._capacity.units * rest
        self._counted = self.share.value
        self._left = max(0.0, self._left + change)
        self.resume()

    def _serve_waiting(self, _argument: None = None) -> None:
        self._serve()

    def _may_go(self, entry: Waiting) -> bool:
        return not is_barred(entry.order)

    def _serve(self) -> None:
        """Ship to everything that may go, as far as the capacity goes."""
        waiting = self._waiting
        held = [entry for entry in waiting if not self._may_go(entry)]
        if not held:
            super()._serve()
            return
        queue = list(waiting)
        stay = set(map(id, held))
        waiting.clear()
        waiting.extend(entry for entry in queue if id(entry) not in stay)
        super()._serve()
        stay.update(map(id, waiting))
        waiting.clear()
        waiting.extend(entry for entry in queue if id(entry) in stay)
