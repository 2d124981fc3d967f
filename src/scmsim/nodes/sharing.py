"""Stocks and suppliers that are told things, or tell them: used where a scenario shares any information at all."""

from collections.abc import Callable
from math import inf
from typing import Any, Protocol

from scmsim.flows.information import CustomerStock, Order
from scmsim.nodes.downstream import CUSTOMERS
from scmsim.nodes.stockpoint import StockPoint
from scmsim.nodes.suppliers import LimitedSupplier
from scmsim.nodes.upstream import UnlimitedSupplier
from scmsim.nodes.workshop import Workshop
from scmsim.policies.base import Decide
from scmsim.policies.view import Told, View
from scmsim.scenario.network import Point
from scmsim.ticks import LONG_AGO, TICKS


class Customer(Protocol):
    """A stock that another one feeds, as the other one knows it; see `CustomerStock`."""

    entered: float

    @property
    def tells_stock(self) -> bool: ...  # noqa: D102
    @property
    def tells_receipts(self) -> bool: ...  # noqa: D102
    @property
    def on_its_way(self) -> float: ...  # noqa: D102
    @property
    def echelon(self) -> float: ...  # noqa: D102
    @property
    def forecast(self) -> float: ...  # noqa: D102
    @property
    def sales_until(self) -> int | None: ...  # noqa: D102


class Listener(Protocol):
    """Whoever can be told things."""

    index: float

    def hear_of_sales(self, quantity: float) -> None:
        """Learn that end customers have asked for units."""

    def heard(self) -> None:
        """Do what is to be done after something was told."""

    def free(self) -> float:
        """Return the units that nobody has asked for yet."""


class InformedStock(StockPoint):
    """A stock whose decisions may use what it has been told.

    Parameters
    ----------
    point, workshop, whole_units
        As for `StockPoint`.

    Attributes
    ----------
    customers : dict of float to Customer
        What it knows of the stocks that it feeds, by their index.
    parts : list of (InformedStock, float)
        The components that it is made of in its own node, and the units of each in one of its own.
    received : float
        Units received since the start.
    sold : float
        Units asked for by end customers since the start, here and, as far as it has been told, below.
    tellers : list of callable
        What reports whenever there is something to tell.
    """

    __slots__ = (
        "_decide_itself",
        "_has_reviewed",
        "_reviews_when_told",
        "_seen",
        "_seen_until",
        "_stirred",
        "_tell_phase",
        "_told_at",
        "customers",
        "parts",
        "received",
        "sold",
        "tellers",
    )

    def __init__(self, point: Point, workshop: Workshop, *, whole_units: bool) -> None:
        super().__init__(point, workshop, whole_units=whole_units)
        self.customers: dict[float, Customer] = {}
        self.parts: list[tuple[InformedStock, float]] = []
        self.tellers: list[Callable[[], None]] = []
        self.received = 0.0
        self.sold = 0.0
        self._seen = 0.0
        self._seen_until = 0
        self._stirred = LONG_AGO
        self._told_at = LONG_AGO
        self._tell_phase = self._early_orders_phase if self._before_demand else self._orders_phase
        self._reviews_when_told = self._has_reviewed = False
        if point.policy is not None:
            self._reviews_when_told = self._continuous and bool(point.policy.needs())
            self._decide_itself = self._decide
            self._decide = self._decide_told

    def decides_through(self, wrap: Callable[[Decide], Decide]) -> None:
        """Let somebody stand between what the decision maker sees and the policy."""
        self._decide_itself = wrap(self._decide_itself)

    def begin_to_learn(self, start: int) -> None:
        """Take the period before the start for known: what comes at the start is the sales of one period."""
        self._seen_until = start - TICKS

    @property
    def tell_phase(self) -> int:
        """The phase in which it reports: after demand and before its own turn."""
        return self._tell_phase

    def take(self, order: Order) -> None:
        """Enter an order that has just arrived, and remember for whom."""
        super().take(order)
        customer = self.customers.get(order.route.buyer)
        if customer is not None:
            customer.entered += order.quantity
        elif order.route.buyer == CUSTOMERS:
            self.hear_of_sales(order.quantity)
        self.stir()

    def receive(self, quantity: float) -> None:
        """Units arrive."""
        super().receive(quantity)
        self.received += quantity
        self.stir()

    def hear_of_sales(self, quantity: float) -> None:
        """Learn that end customers have asked for units; what they are made of here learns it too."""
        self.sold += quantity
        for part, units in self.parts:
            part.hear_of_sales(units * quantity)

    def heard(self) -> None:
        """Review at this instant after something was told, where review is continuous; and pass it on."""
        if self._reviews_when_told:
            self._review_once()
        self.stir()

    def free(self) -> float:
        """Return the units that nobody has asked for yet."""
        return max(0.0, self.on_hand - self.backorders - self._arriving())

    def told(self) -> Told:
        """Return what the stock knows from others at this instant."""
        forecast = sum(customer.forecast for customer in self.customers.values())
        return Told(self.sold - self._seen, self._sales_periods(), forecast, self._downstream())

    def sales_until(self) -> int:
        """Return the tick until which it knows what end customers have asked for, here and below."""
        told = [customer.sales_until for customer in self.customers.values() if customer.sales_until is not None]
        return min(told, default=self._clock.now)

    def net_stock_now(self) -> float:
        """Return net stock with what has arrived at this instant and is still to be entered."""
        return self.on_hand - self.backorders - self._arriving()

    def echelon_now(self) -> float:
        """Return net stock and all that is known to be below."""
        return self.net_stock_now() + self._downstream()

    @property
    def is_due(self) -> bool:
        """Whether its next review is at this instant."""
        return self._clock.now == self._next_review

    def expectation(self, *, ahead: bool = False) -> float:
        """Return the units per period that its policy expects since its last review; before the first, as it was told.

        ``ahead``: what it is going to expect at a review that comes next, with what has arrived for that.
        """
        policy = self.point.policy
        if policy is None:
            return 0.0
        if not ahead and (self._has_reviewed or "forecast" not in policy.needs()):
            return policy.expectation(self._memory) or 0.0
        arrived = self.asked + sum(order.quantity for order in self.inbox)
        view = View(self.net_stock_now(), self.on_order, arrived, self.told())
        return policy.expectation(self._memory, view) or 0.0

    def supplier_heard(self) -> None:
        """Do what is to be done after the supplier was told something about this stock."""

    def _decide_told(self, memory: Any, view: View) -> tuple[float, Any]:
        self._has_reviewed = True
        told = self.told()._replace(discount=view.told.discount)
        if told.sales_periods:
            self._seen, self._seen_until = self.sold, self.sales_until()
        return self._decide_itself(memory, view._replace(told=told))

    def _sales_periods(self) -> float:
        """Return the periods over which sales have become known since the last review."""
        return max(0, self.sales_until() - self._seen_until) / TICKS

    def _downstream(self) -> float:
        """Return the units that have left for the customers and are still there or on their way, as far as told."""
        total = 0.0
        for index, customer in self.customers.items():
            if customer.tells_stock:
                on_its_way = customer.on_its_way if customer.tells_receipts else self._unshipped(index)
                total += on_its_way + customer.echelon
        return total

    def _unshipped(self, buyer: float) -> float:
        return sum(order.unshipped for order in (*self.waiting, *self.inbox) if order.route.buyer == buyer)

    def _arriving(self) -> float:
        """Return the units asked for at this instant and not entered yet; what will be lost is not counted."""
        waiting = sum(order.quantity for order in self.inbox if order.route.waits)
        leaving = sum(order.quantity for order in self.inbox if not order.route.waits)
        return waiting + min(leaving, max(0.0, self.on_hand - self.backorders - waiting)) if leaving else waiting

    def _review_once(self) -> None:
        now = self._clock.now
        if self._told_at != now:
            self._told_at = now
            self._clock.at(now, self._late_turn, self._review_told)

    def _review_told(self, _argument: None) -> None:
        self._told_at = LONG_AGO
        self.review()

    def stir(self) -> None:
        """Book the reports that leave whenever there is something to tell."""
        now = self._clock.now
        if self.tellers and self._stirred != now:
            self._stirred = now
            self._clock.at(now, self._tell_phase, self._tell)
        for part, _ in self.parts:
            part.heard()

    def _tell(self, _argument: None) -> None:
        self._stirred = LONG_AGO
        for tell in self.tellers:
            tell()


class ManagedStock(InformedStock):
    """A stock for which its supplier decides, with what the supplier knows."""

    __slots__ = ("_known", "_sold_before", "_supplier")

    def managed_by(self, supplier: Listener, known: CustomerStock) -> None:
        """Say who decides, and what it knows of this stock."""
        self._supplier = supplier
        self._known = known
        self._sold_before = 0.0

    def supplier_heard(self) -> None:
        """Let the supplier decide at this instant, where review is continuous."""
        if self._continuous:
            self._review_once()

    def _decide_told(self, memory: Any, view: View) -> tuple[float, Any]:
        known = self._known
        sold, self._sold_before = known.sold - self._sold_before, known.sold
        told = Told(point_of_sale=sold, supply=self._supplier.free())
        on_its_way = self.on_order + self.received - known.received
        return self._decide_itself(memory, View(known.net_stock, on_its_way, sold, told))


class AttentiveSupplier(UnlimitedSupplier):
    """An unlimited supplier that remembers what it has been told.

    Attributes
    ----------
    customers : dict of float to CustomerStock
        What it knows of the stocks that it feeds, by their index.
    """

    def __init__(self, point: Point, workshop: Workshop) -> None:
        super().__init__(point, workshop)
        self.customers: dict[float, CustomerStock] = {}

    def take(self, order: Order) -> None:
        """Enter an order that has just arrived, and remember for whom."""
        super().take(order)
        self.customers[order.route.buyer].entered += order.quantity

    def hear_of_sales(self, quantity: float) -> None:
        """Learn that end customers have asked for units: nothing follows."""

    def heard(self) -> None:
        """Do nothing after something was told."""

    def free(self) -> float:
        """Return that it never runs short."""
        return inf


class AttentiveLimitedSupplier(AttentiveSupplier, LimitedSupplier):
    """A supplier with limits that remembers what it has been told."""

    def free(self) -> float:
        """Return the units that nobody has asked for yet and that could be shipped in this period."""
        return self.free_units()


class HouseStock:
    """What a component's stock knows of the stock it is made into, in the same node: how things are.

    Parameters
    ----------
    maker : InformedStock
        The stock of what is made.
    per_unit : float
        Units of the component in one unit made.
    """

    __slots__ = ("_maker", "_per_unit", "entered")

    tells_stock = True
    tells_receipts = True

    def __init__(self, maker: InformedStock, per_unit: float) -> None:
        self._maker = maker
        self._per_unit = per_unit
        self.entered = 0.0

    @property
    def on_its_way(self) -> float:
        """Units asked for and not in finished products yet."""
        return self.entered - self._maker.received * self._per_unit

    @property
    def echelon(self) -> float:
        """Units in finished products, and in all that is known to be below."""
        return self._maker.echelon_now() * self._per_unit

    @property
    def forecast(self) -> float:
        """Units per period that the making of finished products is expected to take."""
        return self._maker.expectation() * self._per_unit

    @property
    def sales_until(self) -> int:
        """Tick until which the sales of finished products are known."""
        return self._maker.sales_until()


def outside_supplier(
    point: Point, workshop: Workshop, *, is_informed: bool, may_stop: Callable[[Any], Any] | None = None
) -> UnlimitedSupplier:
    """Return the process of an outside supplier: with limits where it has any, and one that listens where needed.

    ``may_stop`` makes the class of one that may have to stop.
    """
    if point.supply.is_limited or may_stop is not None:
        kind = AttentiveLimitedSupplier if is_informed else LimitedSupplier
        built: LimitedSupplier = (kind if may_stop is None else may_stop(kind))(point, workshop)
        return built
    return (AttentiveSupplier if is_informed else UnlimitedSupplier)(point, workshop)
