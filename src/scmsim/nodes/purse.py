"""The purse: orders that a node cannot pay for, or may no longer place, do not go out."""

from collections import deque
from typing import Any

from scmsim.flows.events import CODES
from scmsim.nodes.books import Books
from scmsim.nodes.insolvency import Standing
from scmsim.nodes.stockpoint import Source, StockPoint
from scmsim.nodes.workshop import Workshop
from scmsim.policies.base import Decide
from scmsim.policies.spending import affordable, lot_of
from scmsim.policies.view import View
from scmsim.scenario.network import Point

CUT, DROPPED, KEPT_WAITING = (CODES[kind] for kind in ("cut", "dropped", "kept_waiting"))
NO_ORDER = 0.0


class Purse:
    """Stands between a stock's decisions and its source.

    An order whose down payment cannot be paid waits here, and its decision maker knows that it does. An order that may
    not be placed, or that is cut to what can be paid, is forgotten: the next review decides anew.

    Parameters
    ----------
    stock : StockPoint
        Who buys.
    source : Source
        From whom.
    books : Books
        Where its money is.
    workshop : Workshop
        The means of the run.
    standing : Standing or None
        Whether its node may still buy; None if it always may.
    supplier : Point
        Who sells.

    Attributes
    ----------
    waiting : deque of float
        The units of each order that waits for its down payment.
    """

    __slots__ = (
        "_books",
        "_clock",
        "_events_row",
        "_is_limited",
        "_lot",
        "_minimum",
        "_source",
        "_standing",
        "_stock",
        "_supplier",
        "_turn",
        "waiting",
    )

    def __init__(
        self,
        stock: StockPoint,
        source: Source,
        books: Books,
        workshop: Workshop,
        standing: Standing | None,
        supplier: Point,
    ) -> None:
        point, supply = stock.point, supplier.supply
        self._supplier = supplier.index
        self._stock = stock
        self._source = source
        self._books = books
        self._clock = workshop.clock
        self._events_row = workshop.recorder.writer("events")
        self._turn = workshop.phases.turn(point.level)
        self._standing = standing
        self._is_limited = books.books[point.node].finance.limit_orders_to_cash
        self._lot = supply.order_multiple or lot_of(point.policy, whole_units=stock.counts_whole_units)
        self._minimum = max(point.policy.minimum_order if point.policy is not None else 0.0, supply.minimum_order)
        self.waiting: deque[float] = deque()
        books.on_cash(point.node, self._cash_came)

    def place(self, quantity: float) -> None:
        """Order units, as far as that is possible."""
        if quantity <= 0:
            self._source.place(quantity)
            return
        if self._standing is not None and not self._standing.may_buy():
            self._note(DROPPED, quantity)
            return
        if self._is_limited:
            wanted, quantity = quantity, self._affordable(quantity)
            if quantity < wanted:
                self._note(CUT if quantity else DROPPED, wanted - quantity)
        if quantity:
            self.waiting.append(quantity)
            self._place_waiting()
            if self.waiting:
                self._note(KEPT_WAITING, quantity)

    def fill(self, start: int) -> None:
        """Put on its way what was on order when the run began."""
        self._source.fill(start)

    def decisions(self, decide: Decide) -> Decide:
        """Return the decisions of someone who knows that orders wait here."""

        def decide_knowing(state: Any, view: View) -> tuple[float, Any]:
            waiting = sum(self.waiting)
            return decide(state, view._replace(on_order=view.on_order + waiting) if waiting else view)

        return decide_knowing

    def _note(self, kind: float, quantity: float) -> None:
        """Write down what becomes of units that the stock wanted to order."""
        books, point = self._books, self._stock.point.index
        value = self._price(quantity) * quantity
        if kind == KEPT_WAITING:
            value = books.advance(point, quantity, self._supplier)
        self._events_row((self._clock.time, kind, point, self._supplier, NO_ORDER, quantity, value))

    def _affordable(self, quantity: float) -> float:
        books, point = self._books, self._stock.point
        money = books.available(point.node) - books.committed(point.node) - self._value_waiting()
        price = self._price(quantity)
        units = affordable(quantity, price, money, self._lot, self._minimum)
        if units == quantity:
            return units
        dearest = max(price, self._price(units), self._price(0.0))
        return affordable(quantity, dearest, money, self._lot, self._minimum)

    def _price(self, quantity: float) -> float:
        return self._books.price(self._stock.point.index, quantity, self._supplier)

    def _value_waiting(self) -> float:
        return sum(self._price(units) * units for units in self.waiting)

    def _cash_came(self) -> None:
        if self.waiting:
            self._clock.at(self._clock.now, max(self._clock.phase, self._turn), self._place_waiting)

    def _place_waiting(self, _argument: None = None) -> None:
        books, point, waiting = self._books, self._stock.point, self.waiting
        if self._standing is not None and not self._standing.may_buy():
            while waiting:
                self._note(DROPPED, waiting.popleft())
        while waiting:
            advance = books.advance(point.index, waiting[0], self._supplier)
            if affordable(1.0, advance, books.available(point.node)) != 1.0:
                break
            self._source.place(waiting.popleft())


class Works:
    """Stands between a stock's decisions and its production, which ends with the node's trade.

    Parameters
    ----------
    source : Source
        Where it is made.
    standing : Standing
        Whether the node still trades.
    """

    __slots__ = ("_source", "_standing")

    def __init__(self, source: Source, standing: Standing) -> None:
        self._source = source
        self._standing = standing

    def place(self, quantity: float) -> None:
        """Order the making of units, if the node still trades."""
        if self._standing.may_make():
            self._source.place(quantity)

    def fill(self, start: int) -> None:
        """Put into the works what was being made when the run began."""
        self._source.fill(start)
