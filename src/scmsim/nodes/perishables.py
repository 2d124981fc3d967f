"""Stocks of products that do not keep: lots with an expiry date, which goes with them over lanes and into kits.

A unit can be used up to, but not at, its expiry: what is left then is removed in the STATE phase of that instant,
before anything arrives. What expires on its way is removed when it is received.
"""

from itertools import groupby
from typing import TYPE_CHECKING, Any

from scmsim.engine.clock import Phases
from scmsim.engine.recorder import Write
from scmsim.flows.events import CODES, NOBODY
from scmsim.flows.information import Order
from scmsim.flows.material import RESIDUE
from scmsim.flows.shelf import Lot, Shelf
from scmsim.nodes.production import KitLine
from scmsim.nodes.stockpoint import StockPoint
from scmsim.nodes.workshop import Workshop
from scmsim.policies.allocation import allocate
from scmsim.scenario.network import Point
from scmsim.scenario.network_distribution import Keeping
from scmsim.ticks import TICKS

if TYPE_CHECKING:
    from scmsim.nodes.perishable_routes import PerishableComponent

EXPIRED, ISSUED = CODES["expired"], CODES["issued"]


class Perishable(StockPoint):
    """A stock that keeps its units by their expiry.

    Attributes
    ----------
    arriving : list of Lot or None
        The lots of what is received next; None: it is as fresh as it can be.
    kits : list of PerishableComponent
        Where units of it are set aside for kits.
    """

    arriving: list[Lot] | None
    kits: "list[PerishableComponent]"
    _booked: set[int]
    _events_row: Write
    _keeping: Keeping
    _shelf: Shelf

    def __init__(self, point: Point, workshop: Workshop, *, whole_units: bool) -> None:
        super().__init__(point, workshop, whole_units=whole_units)
        self._keeping = point.keeping or Keeping(life=0)
        self._shelf = Shelf(self._keeping.issuing)
        self._events_row = workshop.recorder.writer("events")
        self._booked = set()
        self.arriving = None
        self.kits = []

    def stock_up(self, start: int) -> None:
        """Put what is there at the start on the shelf."""
        if self.on_hand > 0:
            self._put(start + self._keeping.life - self._keeping.initial_age, self.on_hand)

    def receive(self, quantity: float) -> None:
        """Units arrive; those that expired on their way are removed."""
        super().receive(quantity)
        now = self._clock.now
        lots, self.arriving = self.arriving or [(now + self._keeping.life, quantity)], None
        gone = 0.0
        for expiry, units in lots:
            if expiry > now:
                self._put(expiry, units)
            else:
                gone += units
        self._spoil(gone)

    def hand_out(self, quantity: float, order: Order, lasting: int = 0) -> list[Lot]:
        """Take units of an order, which have left the count of the stock, off the shelf: no younger than need be."""
        now = self._clock.now
        lots = self._shelf.take(quantity, now + lasting)
        for expiry, units in lots:
            left = (expiry - now) / TICKS
            self._events_row((now, ISSUED, self.index, order.route.buyer, order.number, units, left))
        return lots

    def usable(self, lasting: int) -> float:
        """Return the units that last for so many ticks more."""
        return self._shelf.lasting(self._clock.now + lasting)

    def _put(self, expiry: int, units: float) -> None:
        self._shelf.put(expiry, units)
        if expiry not in self._booked:
            self._booked.add(expiry)
            self._clock.at(expiry, Phases.state, self._expire)

    def _expire(self, _argument: None = None) -> None:
        """Remove what cannot be used any more, what is set aside for kits included."""
        now = self._clock.now
        self._booked.discard(now)
        self._spoil(self._shelf.expire(now))
        for route in self.kits:
            for line, units in route.expire(now):
                self._expire_in_kit(line, units)

    def _spoil(self, units: float) -> None:
        if units > RESIDUE:
            self.spoil(units)
            self._write(units)

    def _write(self, units: float) -> None:
        value = units * self.point.opening_cost
        self._events_row((self._clock.time, EXPIRED, self.index, NOBODY, 0.0, units, value))
        self.reconsider()
        self.stir()

    def _expire_in_kit(self, line: KitLine, units: float) -> None:
        """Remove units that were set aside for a kit, which waits for others again."""
        self.consume(units)
        self.backorders += units
        line.unshipped += units
        if line not in self.waiting:
            later = [order for order in self.waiting if order.entered > line.entered]
            for order in later:
                self.waiting.remove(order)
            self.waiting.append(line)
            self.waiting.extend(later)
        self._write(units)
        if self.on_hand > 0:
            self.serve_again()


class Choosy(Perishable):
    """A stock some of whose customers want units that last.

    Of orders that came together those that want the most remaining life choose first; who wants less gets what is left.
    An order that waits for fresher units holds up nobody who can do with others.
    """

    def serve(self, _argument: None = None) -> None:
        """Enter what has arrived and allocate what is available among everything waiting."""
        asked = sum(order.quantity for order in self.inbox)
        self.asked += asked
        self._serve_in_turn(asked)

    def _allocate(self) -> None:
        waiting = self.waiting
        for _, group in groupby(list(waiting), key=_entered):
            ranked = sorted(group, key=lambda order: (-_lasting(order), order.route.buyer, order.number))
            for lasting, alike in groupby(ranked, key=_lasting):
                available = min(self.usable(lasting), self.on_hand)
                if available > RESIDUE:
                    self._serve_alike(list(alike), available)
        left = [order for order in waiting if order.unshipped > RESIDUE]
        waiting.clear()
        waiting.extend(left)

    def _serve_alike(self, orders: list[Order], available: float) -> None:
        if sum(order.unshipped for order in orders) <= available + RESIDUE:
            shares = [order.unshipped for order in orders]
        else:
            shares = allocate(available, [order.unshipped for order in orders], self._whole_units)
        for order, share in zip(orders, shares, strict=True):
            if share:
                self._ship(order, share)


_MIXED: dict[tuple[Any, Any], Any] = {}


def mixed(part: Any, base: Any) -> Any:
    """Return a class that is both."""
    if (part, base) not in _MIXED:
        _MIXED[part, base] = type(f"{part.__name__}{base.__name__}", (part, base), {"__doc__": part.__doc__})
    return _MIXED[part, base]


def _entered(order: Order) -> float:
    return order.entered


def _lasting(order: Order) -> int:
    lasting: int = order.route.lasting
    return lasting
