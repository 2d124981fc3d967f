"""Production that may have to stop, and end customers who for a while want more or less than usual."""

from math import floor
from typing import Any

from scmsim.flows.information import Order
from scmsim.flows.material import RESIDUE
from scmsim.nodes.disruptions_pace import RELEASE, Extent, Pace
from scmsim.nodes.downstream import Customers
from scmsim.nodes.production import ComponentRoute, Kit, KitLine, Production
from scmsim.nodes.stockpoint import StockPoint
from scmsim.nodes.workshop import Workshop
from scmsim.scenario.network import FromProduction


class StruckProduction(Production):
    """Production that may have to stop: nothing is begun, and what is in the works stands still.

    Kits that are complete wait with their components set aside.

    Attributes
    ----------
    speed : Extent
        What is left of its speed.
    """

    def __init__(
        self,
        source: FromProduction,
        maker: StockPoint,
        components: list[StockPoint],
        workshop: Workshop,
        *,
        whole_units: bool,
    ) -> None:
        super().__init__(source, maker, components, workshop, whole_units=whole_units)
        self.speed = Extent()
        self._pace = Pace(self._clock, self.speed)
        change = self.speed.heed

        def heed() -> None:
            if change is not None:
                change()
            self._resume()

        self.speed.heed = heed
        self._orders: list[tuple[Order, float]] = []
        self._kits: dict[Kit, None] = {}

    def _route(self, component: StockPoint, per_unit: float) -> ComponentRoute:
        return StruckComponent(component, self._maker.index, per_unit, self)

    def wait(self, kit: Kit) -> None:
        """Look at a kit again when work goes on."""
        self._kits[kit] = None

    def start(self, order: Order, quantity: float) -> None:
        """Begin to make units of an order, or let it wait."""
        if self.speed.is_nothing:
            self._orders.append((order, quantity))
            return
        order.unshipped -= quantity
        self._maker.expect(quantity)
        takes = self._lead_time if self._draws is None else next(self._draws)
        finishes = self._pace.begin(takes, self.finish, (order, quantity))
        self._production_row((self._clock.now, self._maker.index, order.number, quantity, finishes))

    def _come(self, tick: int, work: tuple[Order, float], start: int) -> None:
        self._pace.begin(tick - start, self.finish, work, start)

    def _resume(self) -> None:
        if not self.speed.is_nothing and (self._orders or self._kits):
            self._clock.at(self._clock.now, RELEASE, self._begin)

    def _begin(self, _argument: None = None) -> None:
        """Begin what has waited, in its order."""
        if self.speed.is_nothing:
            return
        orders, self._orders = self._orders, []
        for order, quantity in orders:
            self.start(order, quantity)
        kits, self._kits = self._kits, {}
        for kit in kits:
            kit.check()


class StruckComponent(ComponentRoute):
    """How a component gets into production that may have to stop."""

    __slots__ = ("_production",)

    def __init__(self, stock: StockPoint, buyer: float, per_unit: float, production: StruckProduction) -> None:
        super().__init__(stock, buyer, per_unit)
        self._production = production

    def ship(self, line: KitLine, quantity: float) -> None:
        """Set units aside for the kit, which waits while nothing is begun."""
        if self._production.speed.is_nothing:
            self.stock.reserve(quantity)
            line.unshipped -= quantity
            self._production.wait(line.kit)
        else:
            super().ship(line, quantity)


class StruckCustomers(Customers):
    """End customers whose demand disruptions change: they ask for a multiple of what they would ask for.

    Attributes
    ----------
    wants : Extent
        The factor.
    """

    wants: Extent
    _counts: bool

    def __init__(self, demand: Any, stock: StockPoint, workshop: Workshop, start: int) -> None:
        super().__init__(demand, stock, workshop, start)
        self.wants = Extent()
        self._counts = stock.counts_whole_units or getattr(demand.model, "rounding", "none") == "half_up"

    def arrive(self, _argument: None = None) -> None:
        """Ask for this period's quantity."""
        self.ask(next(self._quantities))

    def ask(self, quantity: float) -> None:
        """Ask for units now."""
        if self.wants.value != 1.0:
            quantity *= self.wants.value
            if self._counts:
                quantity = float(floor(quantity + 0.5 + RESIDUE))
        super().ask(quantity)
