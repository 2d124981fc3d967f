"""A lane whose goods wait at a dock until a load departs."""

from typing import Protocol

from scmsim.engine.clock import Phases
from scmsim.flows.information import Order
from scmsim.flows.material import RESIDUE
from scmsim.nodes.lane import Seller, SupplierLaneProcess
from scmsim.nodes.stockpoint import StockPoint
from scmsim.nodes.workshop import Workshop
from scmsim.policies.loading import Amount
from scmsim.scenario.network import Lane


class Dock(Protocol):
    """Where goods wait."""

    goods: dict[str, Amount]

    def add(self, lot: "Lot") -> None:
        """Take in units that are ready to go."""


class Lot:
    """Units of one order that wait at a dock."""

    __slots__ = ("one", "order", "since", "units", "way")

    def __init__(self, way: "DockedLane", order: Order, units: float, since: int) -> None:
        self.way = way
        self.order = order
        self.units = units
        self.since = since
        self.one = way.one

    @property
    def goods(self) -> Amount:
        """What they take."""
        return self.one.times(self.units)

    @property
    def place(self) -> tuple[int, float, float]:
        """Its place in the queue: first come first served."""
        return self.since, self.way.buyer, self.order.number


class DockedLane(SupplierLaneProcess):
    """A lane for one product whose goods wait for a load at the dock that all products of the lane share.

    Parameters
    ----------
    lane, buyer, seller, workshop
        As for `LaneProcess`.
    dock : Dock
        Where they wait.
    shipper : StockPoint or None
        The stock they are set aside at; None where it is that of an unlimited supplier.

    Attributes
    ----------
    one : Amount
        What one unit takes in a load.
    whole_units : bool
        Whether a unit cannot be divided.
    shipper_index : float
        The point that ships, as tables of facts hold it.
    """

    __slots__ = ("_dock", "_prepares", "_shipper", "one", "shipper_index", "whole_units")

    def __init__(
        self,
        lane: Lane,
        buyer: StockPoint,
        seller: Seller,
        workshop: Workshop,
        dock: Dock,
        shipper: StockPoint | None,
    ) -> None:
        super().__init__(lane, buyer, seller, workshop)
        self._dock = dock
        self._shipper = shipper
        self._prepares = bool(lane.supplier_time.ticks)
        self.one = dock.goods[buyer.point.product]
        self.whole_units = buyer.counts_whole_units
        self.shipper_index = seller.index

    def ship(self, order: Order, quantity: float) -> None:
        """Set units of an order aside for the next load, when they have been prepared."""
        order.unshipped -= quantity
        if self._shipper is not None:
            self._shipper.reserve(quantity)
        if self._prepares:
            preparation = self._preparation if self._preparation_draws is None else next(self._preparation_draws)
            self._clock.at(self._clock.now + preparation, Phases.receive, self._bring, (order, quantity))
        else:
            self._bring((order, quantity))

    def depart(self, order: Order, quantity: float, arrives: int) -> None:
        """Send units of an order on their way to the buyer."""
        if self._shipper is not None:
            self._shipper.consume(quantity)
        self._buyer.expect(quantity)
        if self._shipments_row is not None:
            time = self._clock.time
            self._shipments_row((time, self.shipper_index, self.buyer, order.number, quantity, arrives))
        self._clock.at(arrives, Phases.receive, self.deliver, (order, quantity))

    def _bring(self, goods: tuple[Order, float]) -> None:
        order, quantity = goods
        if quantity > RESIDUE:
            self._dock.add(Lot(self, order, quantity, self._clock.now))

    def _expect_at_start(self, arrives: int, quantity: float, start: int) -> None:
        """Count a shipment as in transit from the start, or from its departure from a supplier."""
        if self._prepares:
            super()._expect_at_start(arrives, quantity, start)
        else:
            self._buyer.expect(quantity)
