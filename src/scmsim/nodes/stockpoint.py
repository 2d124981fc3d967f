"""A stock: one product at one node, which serves what is asked of it and decides its own replenishment."""

from collections import deque
from typing import Any, Protocol

from scmsim.flows.information import Order
from scmsim.flows.material import RESIDUE, StockState
from scmsim.nodes.workshop import Workshop
from scmsim.policies.allocation import allocate
from scmsim.policies.view import View
from scmsim.scenario.network import Point

NEVER = -1
_view = tuple.__new__


class Source(Protocol):
    """Where a stock's replenishment comes from."""

    def place(self, quantity: float) -> None:
        """Order this many units."""

    def fill(self) -> None:
        """Put on its way what was on order when the run began."""


class StockPoint(StockState):
    """The process of one stock.

    At one instant a stock's turn is: the orders that have reached it are entered, what is available is allocated among
    everything waiting, and, when a review is due, its replenishment is decided.

    Parameters
    ----------
    point : Point
        What the scenario says of it.
    workshop : Workshop
        The means of the run.
    whole_units : bool
        Whether short stock is shared out in whole units.
    early : bool
        Whether the stock also has a turn in the round before demand.
    """

    __slots__ = (
        "_before_demand",
        "_clock",
        "_continuous",
        "_decide",
        "_demand_phase",
        "_early_turn",
        "_first_orders",
        "_interval",
        "_late_turn",
        "_memory",
        "_next_review",
        "_whole_units",
        "asked",
        "early",
        "entered",
        "inbox",
        "index",
        "orders_phase",
        "point",
        "source",
        "waiting",
    )

    def __init__(self, point: Point, workshop: Workshop, *, whole_units: bool, early: bool) -> None:
        super().__init__(workshop.changed)
        phases, review = workshop.phases, point.review
        self.point = point
        self.index = point.index
        self.early = early
        self.inbox: list[Order] = []
        self.waiting: deque[Order] = deque()
        self.entered: list[Order] = []
        self.asked = 0.0
        self.source: Source | None = None
        self.orders_phase = phases.orders(point.level, early=early)
        self._clock = workshop.clock
        self._demand_phase = phases.demand
        self._early_turn = phases.turn(point.level, early=early)
        self._late_turn = phases.turn(point.level)
        self._whole_units = whole_units
        self._before_demand = review is not None and review.before_demand
        self._continuous = review is not None and review.continuous
        self._interval = review.interval if review else 0
        self._next_review = NEVER
        self._first_orders = deque(point.first_orders)
        if point.policy is not None:
            self._decide = point.policy.decide
            self._memory: Any = point.policy.start()

    def expect_review(self, tick: int) -> None:
        """Tell the stock when its first periodic review is due."""
        self._next_review = tick

    def take(self, order: Order) -> None:
        """Enter an order that has just arrived."""
        clock = self._clock
        order.entered = now = clock.now
        self.inbox.append(order)
        if now != self._next_review or (clock.phase < self._demand_phase) is not self._before_demand:
            self._book(self.react if self._continuous else self.serve)

    def serve_again(self) -> None:
        """Book a turn for those who wait, because units have arrived; a review that is due would serve them anyway."""
        clock = self._clock
        if clock.now != self._next_review or (clock.phase < self._demand_phase) is not self._before_demand:
            self._book(self.serve)

    def serve(self, _argument: None = None) -> None:
        """Enter what has arrived and allocate what is available among everything waiting."""
        inbox = self.inbox
        if inbox:
            asked = 0.0
            for order in inbox:
                asked += order.quantity
            self.asked += asked
            self.entered += inbox
            if not self.waiting and asked <= self.on_hand + RESIDUE:
                self.serve_at_once(asked)
                for order in inbox:
                    order.route.ship(order, order.quantity)
                inbox.clear()
                return
            self.ask(asked)
            self._queue()
        if self.waiting:
            self._allocate()
        if inbox:
            self._lose()
            inbox.clear()

    def react(self, _argument: None = None) -> None:
        """Serve, and review if that changed the position."""
        entries = bool(self.inbox)
        self.serve()
        if entries:
            self._review()

    def review(self, _argument: None = None) -> None:
        """Serve, then decide the replenishment."""
        if self.inbox or self.waiting:
            self.serve()
        self._next_review += self._interval
        self._review()

    def _book(self, action: Any) -> None:
        clock = self._clock
        clock.at(clock.now, self._early_turn if clock.phase < self._demand_phase else self._late_turn, action)

    def _review(self) -> None:
        view = _view(View, (self.on_hand - self.backorders, self.on_order, self.asked))
        self.asked = 0.0
        quantity, self._memory = self._decide(self._memory, view)
        if self._first_orders:
            quantity = self._first_orders.popleft()
        if quantity and self.source is not None:
            self.source.place(quantity)

    def _queue(self) -> None:
        """Put what has arrived at the end of the queue; what is given back (a negative order) is taken at once."""
        for order in self.inbox:
            if order.quantity < 0:
                self._ship(order, order.quantity)
            else:
                self.waiting.append(order)

    def _allocate(self) -> None:
        """Ship to everything waiting, first come first served; what entered together shares what is there."""
        waiting = self.waiting
        while waiting:
            group = self._first_group()
            available = self.on_hand
            wanted = sum(order.unshipped for order in group)
            if wanted <= available + RESIDUE:
                for order in group:
                    waiting.popleft()
                    self._ship(order, order.unshipped)
                continue
            if available > RESIDUE:
                self._share(group, available)
            return

    def _ship(self, order: Order, quantity: float) -> None:
        self.release(quantity)
        order.route.ship(order, quantity)

    def _first_group(self) -> list[Order]:
        entered = self.waiting[0].entered
        group = []
        for order in self.waiting:
            if order.entered != entered:
                break
            group.append(order)
        return group

    def _share(self, group: list[Order], available: float) -> None:
        group.sort(key=lambda order: (order.route.buyer, order.number))
        shares = allocate(available, [order.unshipped for order in group], self._whole_units)
        for order, share in zip(group, shares, strict=True):
            self.waiting.popleft()
            if share:
                self._ship(order, share)
        self.waiting.extendleft(order for order in reversed(group) if order.unshipped > RESIDUE)

    def _lose(self) -> None:
        """Give up what customers who do not wait could not get."""
        lost = [order for order in self.inbox if order.unshipped > RESIDUE and not order.route.waits]
        for order in lost:
            self.lose(order.unshipped)
            self.waiting.remove(order)
