"""Making: a production order waits for complete kits of its components, then takes its lead time."""

from scmsim.engine.clock import Phases
from scmsim.flows.information import Order
from scmsim.flows.material import RESIDUE
from scmsim.nodes.stockpoint import StockPoint
from scmsim.nodes.workshop import Workshop
from scmsim.scenario.network import FromProduction
from scmsim.ticks import LONG_AGO


class Production:
    """The making of one product at one factory.

    Parameters
    ----------
    source : FromProduction
        What the scenario says of it.
    maker : StockPoint
        The stock that receives what is made.
    components : list of StockPoint
        The stocks the components come from, in the order of ``source.components``.
    workshop : Workshop
        The means of the run.
    """

    __slots__ = (
        "_clock",
        "_components",
        "_deliveries_row",
        "_draws",
        "_lead_time",
        "_maker",
        "_numbers",
        "_orders_row",
        "_production_row",
        "_whole_units",
    )

    def __init__(
        self,
        source: FromProduction,
        maker: StockPoint,
        components: list[StockPoint],
        workshop: Workshop,
        *,
        whole_units: bool,
    ) -> None:
        point, recorder, delay = maker.point, workshop.recorder, source.lead_time
        self._maker = maker
        self._components = [
            self._route(component, per_unit)
            for component, (_, per_unit) in zip(components, source.components, strict=True)
        ]
        self._clock = workshop.clock
        self._numbers = workshop.numbers
        self._whole_units = whole_units
        self._lead_time = delay.ticks
        name = f"make/{point.node}/{point.product}"
        self._draws = workshop.streams.ticks(delay.distribution, name) if delay.distribution is not None else None
        self._orders_row = recorder.writer("orders")
        self._production_row = recorder.writer("production")
        self._deliveries_row = recorder.writer("deliveries")

    def _route(self, component: StockPoint, per_unit: float) -> "ComponentRoute":
        """Return how a component gets from its stock into production."""
        return ComponentRoute(component, self._maker.index, per_unit)

    def place(self, quantity: float) -> None:
        """Order the making of ``quantity`` units."""
        now, maker = self._clock.time, self._maker
        order = Order(next(self._numbers), None, quantity, now, now + self._lead_time)
        maker.order(quantity)
        self._orders_row((now, maker.index, order.number, quantity))
        if self._components:
            Kit(self, order, self._components)
        else:
            self.start(order, quantity)

    def start(self, order: Order, quantity: float) -> None:
        """Begin to make units of an order."""
        now, maker = self._clock.now, self._maker
        order.unshipped -= quantity
        maker.expect(quantity)
        finishes = now + (self._lead_time if self._draws is None else next(self._draws))
        self._production_row((now, maker.index, order.number, quantity, finishes))
        self._clock.at(finishes, Phases.receive, self.finish, (order, quantity))

    def finish(self, argument: tuple[Order, float]) -> None:
        """Put finished units into stock."""
        order, quantity = argument
        undelivered = order.undelivered = order.undelivered - quantity
        maker = self._maker
        index = maker.index
        self._deliveries_row(
            (self._clock.time, index, index, order.number, order.placed, order.promised, quantity,
             abs(undelivered) < RESIDUE)
        )  # fmt: skip
        maker.receive(quantity)
        if maker.waiting:
            maker.serve_again()

    def fill(self, start: int) -> None:
        """Put into the works what was being made when the run began."""
        maker = self._maker
        for tick, quantity in maker.point.shipments_due:
            order = Order(next(self._numbers), None, quantity, LONG_AGO, tick)
            order.unshipped = 0.0
            maker.order(quantity)
            maker.expect(quantity)
            self._come(tick, (order, quantity), start)

    def _come(self, tick: int, work: tuple[Order, float], _start: int) -> None:
        """Book the end of what is in the works at the start."""
        self._clock.at(tick, Phases.receive, self.finish, work)

    def kits_ready(self, ready: float) -> float:
        """Round down to whole kits where units are whole."""
        return float(int(ready + RESIDUE)) if self._whole_units else ready


class ComponentRoute:
    """How a component gets from its stock into production: set aside first, taken when the kit is complete."""

    __slots__ = ("buyer", "per_unit", "stock", "waits")

    def __init__(self, stock: StockPoint, buyer: float, per_unit: float) -> None:
        self.stock = stock
        self.buyer = buyer
        self.per_unit = per_unit
        self.waits = True

    def ship(self, line: "KitLine", quantity: float) -> None:
        """Set units aside for the kit."""
        self.stock.reserve(quantity)
        line.unshipped -= quantity
        line.kit.check()

    def use(self, _line: "KitLine", quantity: float) -> None:
        """Put units that were set aside into production."""
        self.stock.consume(quantity)


class KitLine(Order):
    """The order for one component of one production order."""

    __slots__ = ("kit",)

    def __init__(self, kit: "Kit", route: ComponentRoute, order: Order) -> None:
        super().__init__(order.number, route, order.quantity * route.per_unit, order.placed, order.promised)
        self.kit = kit


class Kit:
    """The components of one production order, on their way to being complete."""

    __slots__ = ("_begun", "_lines", "_order", "_production")

    def __init__(self, production: Production, order: Order, routes: list[ComponentRoute]) -> None:
        self._production = production
        self._order = order
        self._begun = 0.0
        self._lines = [KitLine(self, route, order) for route in routes]
        for line in self._lines:
            line.route.stock.take(line)

    def check(self) -> None:
        """Start making as many units as there are complete kits for."""
        lines, quantity = self._lines, self._order.quantity
        if all(line.unshipped < RESIDUE for line in lines):
            ready = quantity - self._begun
        else:
            covered = min((line.quantity - line.unshipped) / line.route.per_unit for line in lines)
            ready = self._production.kits_ready(covered - self._begun)
        if abs(ready) < RESIDUE:
            return
        self._begun += ready
        for line in lines:
            line.route.use(line, ready * line.route.per_unit)
        self._production.start(self._order, ready)
