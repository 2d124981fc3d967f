"""What one stock with rules knows: the rule for short stock, how customers are served, and what it keeps in mind."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from scmsim.flows.events import CODES
from scmsim.flows.information import Order
from scmsim.nodes.downstream import Customers
from scmsim.nodes.stockpoint import StockPoint
from scmsim.nodes.workshop import Workshop
from scmsim.policies.allocation_kinds import FirstCome
from scmsim.scenario.network import CustomerDemand, Point
from scmsim.scenario.network_rules import STANDARD, Service, StockRules

CLASSED = CODES["classed"]


class Substitute:
    """Another stock of the same node, from which customers take what is short.

    Parameters
    ----------
    stock : StockPoint
        The other stock.
    route : Customers
        Those who take it.
    workshop : Workshop
        The means of the run.
    """

    __slots__ = ("_clock", "_numbers", "_route", "stock")

    def __init__(self, stock: StockPoint, route: Customers, workshop: Workshop) -> None:
        self.stock = stock
        self._route = route
        self._clock = workshop.clock
        self._numbers = workshop.numbers

    def take(self, units: float) -> Order:
        """Take units that are there, and return the order by which they were asked for."""
        now = self._clock.time
        order = Order(next(self._numbers), self._route, units, now, now)
        self.stock.hand_over(order)
        return order


class RuleBook:
    """The rules of one stock, and what it has to remember for them.

    Parameters
    ----------
    point : Point
        What the scenario says of it.
    workshop : Workshop
        The means of the run.

    Attributes
    ----------
    aside : dict of float to float
        Units set aside for orders that leave only when they are complete, by their number.
    called_off : list of (Order, callable)
        Orders to take out of the queue at this instant, and whom to tell how much was open.
    patient : dict of float to (Order, int)
        Orders whose customers wait until a tick.
    """

    __slots__ = (
        "_by_buyer",
        "_by_route",
        "_clock",
        "_customers",
        "_events_row",
        "_index",
        "_patience",
        "_substitutes",
        "_workshop",
        "allocation",
        "aside",
        "called_off",
        "patient",
    )

    def __init__(self, point: Point, workshop: Workshop) -> None:
        rules = point.rules or StockRules(allocation=FirstCome())
        self.allocation = rules.allocation
        self.aside: dict[float, float] = {}
        self.called_off: list[tuple[Order, Callable[[Order, float], None]]] = []
        self.patient: dict[float, tuple[Order, int]] = {}
        self._index = float(point.index)
        self._by_buyer: dict[float, Service] = dict(rules.services)
        self._by_route: dict[Any, Service] = {}
        self._customers: dict[Any, int] = {}
        self._patience: dict[Any, tuple[int, Iterator[int] | None]] = {}
        self._substitutes: dict[Any, Sequence[Substitute]] = {}
        self._workshop = workshop
        self._clock = workshop.clock
        self._events_row = workshop.recorder.writer("events")

    @property
    def offers_substitutes(self) -> bool:
        """Whether any customers take another product when this one is short."""
        return bool(self._substitutes)

    def expect(self, customers: Customers, demand: CustomerDemand, substitutes: Sequence[Substitute]) -> None:
        """Learn how these end customers are served."""
        service = self._by_route[customers] = demand.service
        if substitutes:
            self._substitutes[customers] = substitutes
        patience = service.patience
        if patience is not None:
            drawn, name = patience.distribution, demand.stream.replace("demand/", "patience/", 1)
            draws = None if drawn is None else self._workshop.streams.ticks(drawn, name)
            self._patience[customers] = patience.ticks, draws

    def service(self, route: Any) -> Service:
        """Return how whoever orders by a route is served."""
        return self._by_route.get(route) or self._by_buyer.get(route.buyer, STANDARD)

    def customer(self, route: Any) -> int:
        """Return the number of whoever orders by a route."""
        return self._customers.setdefault(route, len(self._customers))

    def next_patience(self, route: Any) -> int:
        """Return for how many ticks the customer waits who has come now."""
        ticks, draws = self._patience[route]
        return ticks if draws is None else next(draws)

    def substitutes(self, route: Any) -> Sequence[Substitute]:
        """Return the stocks from which a customer takes what is short."""
        return self._substitutes.get(route, ())

    def write(self, kind: float, partner: float, order: Order, units: float, value: float) -> None:
        """Write down what happens to an order."""
        self._events_row((self._clock.time, kind, self._index, partner, order.number, units, value))

    def note_class(self, point: float, order: Order, priority: int) -> None:
        """Write down that an order is one of a class after the first."""
        row = CLASSED, point, order.route.buyer, order.number, order.quantity, float(priority)
        self._events_row((self._clock.time, *row))
