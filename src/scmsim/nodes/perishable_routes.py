"""The ways of products that do not keep: their expiry goes with them over lanes, to customers and into kits."""

from collections import deque
from typing import Any

from scmsim.flows.information import Order
from scmsim.flows.material import RESIDUE
from scmsim.flows.shelf import Lot, Shelf, parted
from scmsim.nodes.downstream import Customers
from scmsim.nodes.lane import LaneProcess
from scmsim.nodes.perishables import Perishable
from scmsim.nodes.production import ComponentRoute, KitLine, Production
from scmsim.nodes.stockpoint import StockPoint
from scmsim.scenario.network_distribution import Keeping


class PerishableLane(LaneProcess):
    """A lane whose units take their expiry with them.

    Attributes
    ----------
    lasting : int
        The least remaining life that its buyer takes, in ticks.
    """

    lasting: int
    _fresh: int
    _shelf_of: Perishable | None
    _under_way: dict[float, deque[tuple[float, list[Lot]]]]

    def carries(self, seller: Any, keeping: Keeping, lasting: int) -> None:
        """Say who sells (None: an outside supplier), how fresh its units are at best, and what the buyer takes."""
        self._shelf_of = seller if isinstance(seller, Perishable) else None
        self._fresh = keeping.life
        self._under_way = {}
        self.lasting = lasting

    def ship(self, order: Order, quantity: float) -> None:
        """Send units of an order on their way to the buyer, with their expiry."""
        if self._shelf_of is not None:
            lots = self._shelf_of.hand_out(quantity, order, self.lasting)
            self._under_way.setdefault(order.number, deque()).append((quantity, lots))
        super().ship(order, quantity)

    def deliver(self, load: tuple[Order, float]) -> None:
        """Hand units of an order to the buyer."""
        order, quantity = load
        if isinstance(self._buyer, Perishable):
            lots = self._taken_off(order.number, quantity)
            self._buyer.arriving = lots or [(self._clock.now + self._fresh, quantity)]
        super().deliver(load)

    def _taken_off(self, number: float, quantity: float) -> list[Lot]:
        """Return the lots of units that arrive: of the shipment of just so many, or else of those sent first."""
        parts = self._under_way.get(number)
        if not parts:
            return []
        whole = next((part for part in parts if part[0] == quantity), None)
        if whole is not None:
            parts.remove(whole)
            lots = whole[1]
        else:
            lots, rest = parted((lot for _, lots in parts for lot in lots), quantity)
            parts.clear()
            if rest:
                parts.append((sum(units for _, units in rest), rest))
        if not parts:
            del self._under_way[number]
        return lots


class PerishableCustomers(Customers):
    """End customers of a product that does not keep.

    Attributes
    ----------
    lasting : int
        The least remaining life that they take, in ticks.
    """

    lasting: int

    def ship(self, order: Order, quantity: float) -> None:
        """Hand units to the customer, of those that last long enough."""
        if isinstance(self._stock, Perishable):
            self._stock.hand_out(quantity, order, self.lasting)
        super().ship(order, quantity)


class PerishableComponent(ComponentRoute):
    """How a component that does not keep gets into production: what is set aside for a kit may expire there."""

    __slots__ = ("_set_aside",)

    lasting = 0

    def __init__(self, stock: Perishable, buyer: float, per_unit: float) -> None:
        super().__init__(stock, buyer, per_unit)
        self._set_aside: dict[KitLine, Shelf] = {}
        stock.kits.append(self)

    def ship(self, line: KitLine, quantity: float) -> None:
        """Set units aside for the kit."""
        if isinstance(self.stock, Perishable):
            shelf = self._set_aside.setdefault(line, Shelf("first_expired"))
            for lot in self.stock.hand_out(quantity, line):
                shelf.put(*lot)
        super().ship(line, quantity)

    def use(self, line: KitLine, quantity: float) -> None:
        """Put units that were set aside into production."""
        super().use(line, quantity)
        shelf = self._set_aside.get(line)
        if shelf is not None:
            shelf.take(quantity)
            if not shelf.units:
                del self._set_aside[line]

    def expire(self, now: int) -> list[tuple[KitLine, float]]:
        """Remove what cannot be used at this tick any more; say how much of which order that is."""
        found = [(line, shelf.expire(now)) for line, shelf in self._set_aside.items()]
        gone = [(line, units) for line, units in found if units > RESIDUE]
        for line, _ in gone:
            if not self._set_aside[line].units:
                del self._set_aside[line]
        return gone


class PerishableProduction(Production):
    """The making of a product some of whose components do not keep."""

    def _route(self, component: StockPoint, per_unit: float) -> ComponentRoute:
        kind = PerishableComponent if isinstance(component, Perishable) else ComponentRoute
        return kind(component, self._maker.index, per_unit)  # type: ignore[arg-type]
