"""What end customers send back: how much of what they got, when it arrives, and what becomes of it there."""

from math import floor

from scmsim.engine.clock import Phases
from scmsim.flows.events import CODES
from scmsim.flows.information import Order
from scmsim.flows.material import RESIDUE
from scmsim.nodes.downstream import Customers
from scmsim.nodes.stockpoint import StockPoint
from scmsim.nodes.workshop import Workshop
from scmsim.scenario.network import Delay, Lane
from scmsim.scenario.network_distribution import Returns
from scmsim.ticks import LONG_AGO

RETURNED, RESTOCKED, SCRAPPED, SENT_BACK = (CODES[kind] for kind in ("returned", "restocked", "scrapped", "sent_back"))


class ReturnDesk:
    """Where units of one demand come back.

    Parameters
    ----------
    returns : Returns
        What the scenario says of them.
    shop, place : StockPoint
        Where they were bought, and where they end.
    lane : Lane or None
        The lane from one to the other; None: customers bring or send them.
    workshop : Workshop
        The means of the run.
    """

    __slots__ = (
        "_carriage",
        "_clock",
        "_delays",
        "_events_row",
        "_generator",
        "_lane",
        "_place",
        "_returns",
        "_shop",
    )

    def __init__(
        self, returns: Returns, shop: StockPoint, place: StockPoint, lane: Lane | None, workshop: Workshop
    ) -> None:
        self._returns = returns
        self._shop = shop
        self._place = place
        self._lane = lane
        self._clock = workshop.clock
        self._events_row = workshop.recorder.writer("events")
        self._generator = workshop.streams.generator(returns.stream)
        self._delays = _Journeys(returns.delay, workshop, f"{returns.stream}/delay")
        carriage = lane.lead_time if lane is not None else Delay(0)
        self._carriage = _Journeys(carriage, workshop, f"{returns.stream}/lead_time")

    def sold(self, order: Order, quantity: float) -> None:
        """Decide what of units that customers get now will come back, and when."""
        units = self._part(quantity, self._returns.share)
        if units > RESIDUE:
            arrives = self._delays.next()
            arrive = self._come_back if self._lane is None else self._send_on
            self._clock.at(arrives, Phases.receive, arrive, (order, units))

    def _part(self, quantity: float, share: float) -> float:
        """Return how many of some units it is; of units that can be divided, just their share."""
        if not self._returns.whole_units or share in (0.0, 1.0):
            return quantity * share
        whole = floor(quantity + RESIDUE)
        return float(self._generator.binomial(whole, share)) if whole > 0 else 0.0

    def _send_on(self, load: tuple[Order, float]) -> None:
        """Send units that have reached the shop to where they end."""
        order, units = load
        if self._lane is None:
            return
        now, cost = self._clock.now, self._lane.shipment_cost + self._lane.unit_cost * units
        self._events_row((now, SENT_BACK, self._shop.index, self._place.index, order.number, units, cost))
        self._clock.at(self._carriage.next(), Phases.receive, self._come_back, load)

    def _come_back(self, load: tuple[Order, float]) -> None:
        """Put units into stock again, or throw them away."""
        order, units = load
        place, restocked = self._place, self._part(units, self._returns.restock)
        self._write(RETURNED, order, units, 0.0)
        if units - restocked > RESIDUE:
            self._write(SCRAPPED, order, units - restocked, 0.0)
        if restocked > RESIDUE:
            self._write(RESTOCKED, order, restocked, restocked * place.point.opening_cost)
            place.put_back(restocked)
            place.stir()
            if place.waiting:
                place.serve_again()
            place.reconsider()

    def _write(self, kind: float, order: Order, units: float, value: float) -> None:
        self._events_row((self._clock.now, kind, self._place.index, self._shop.index, order.number, units, value))


class ReturningCustomers(Customers):
    """End customers who send some of what they get back.

    Attributes
    ----------
    desk : ReturnDesk
        Where.
    """

    desk: ReturnDesk

    def ship(self, order: Order, quantity: float) -> None:
        """Hand units to the customer."""
        super().ship(order, quantity)
        self.desk.sold(order, quantity)


class _Journeys:
    """When units arrive that set off now: all that do so at one instant arrive together.

    If they did not, what comes back would be shared among those who wait, each share would come back by itself, be
    shared again, and so on without end.
    """

    __slots__ = ("_arrival", "_clock", "_draws", "_start", "_ticks")

    def __init__(self, delay: Delay, workshop: Workshop, name: str) -> None:
        drawn = delay.distribution
        self._clock = workshop.clock
        self._draws = workshop.streams.ticks(drawn, name) if drawn is not None else None
        self._ticks = delay.ticks
        self._start = self._arrival = LONG_AGO

    def next(self) -> int:
        """Return the tick of arrival."""
        now = self._clock.now
        if now != self._start:
            self._start = now
            self._arrival = now + (self._ticks if self._draws is None else next(self._draws))
        return self._arrival
