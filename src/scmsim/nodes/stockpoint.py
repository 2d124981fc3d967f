"""A stock: one product at one node, which serves what is asked of it and decides its own replenishment."""

from collections import deque
from collections.abc import Callable
from math import floor
from typing import Any, Protocol

from scmsim.flows.information import Order
from scmsim.flows.material import DEFICIT, RESIDUE, StockState
from scmsim.nodes.workshop import Workshop
from scmsim.policies.allocation import allocate
from scmsim.policies.base import Decide
from scmsim.policies.view import NOT_TOLD, View
from scmsim.scenario.network import Point
from scmsim.ticks import LONG_AGO

_view = tuple.__new__


class Source(Protocol):
    """Where a stock's replenishment comes from."""

    def place(self, quantity: float) -> None:
        """Order this many units."""

    def fill(self, start: int) -> None:
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

    Attributes
    ----------
    index : float
        The index of its point as tables of facts hold it: all numbers there are floats, which pack faster than whole
        numbers.
    """

    __slots__ = (
        "_before_demand",
        "_clock",
        "_continuous",
        "_decide",
        "_demand_phase",
        "_demand_row",
        "_early_orders_phase",
        "_early_turn",
        "_first_orders",
        "_interval",
        "_late_turn",
        "_loses",
        "_memory",
        "_next_review",
        "_orders_phase",
        "_served_early",
        "_whole_units",
        "asked",
        "entered",
        "inbox",
        "index",
        "point",
        "source",
        "waiting",
    )

    def __init__(self, point: Point, workshop: Workshop, *, whole_units: bool) -> None:
        super().__init__(workshop.changed)
        phases, review = workshop.phases, point.review
        self.point = point
        self.index = float(point.index)
        self.inbox: list[Order] = []
        self.waiting: deque[Order] = deque()
        self.entered: list[Order] = []
        self.asked = 0.0
        self.source: Source | None = None
        self._orders_phase = phases.orders(point.level)
        self._early_orders_phase = phases.orders(point.level, early=True)
        self._clock = workshop.clock
        self._demand_phase = phases.demand
        self._demand_row = workshop.recorder.writer("demand")
        self._early_turn = phases.turn(point.level, early=True)
        self._late_turn = phases.turn(point.level)
        self._whole_units = whole_units
        self._before_demand = review is not None and review.before_demand
        self._continuous = review is not None and review.continuous
        self._interval = review.interval if review else 0
        self._loses = any(demand.model.unmet == "lost" for demand in point.demands)
        self._next_review = LONG_AGO
        self._served_early = LONG_AGO
        self._first_orders = deque(point.first_orders)
        if point.policy is not None:
            self._decide: Decide = point.policy.decider()
            self._memory: Any = point.policy.start()

    @property
    def counts_whole_units(self) -> bool:
        """Whether a unit cannot be divided."""
        return self._whole_units

    def decides_through(self, wrap: Callable[[Decide], Decide]) -> None:
        """Let somebody stand between what the stock sees and its policy."""
        self._decide = wrap(self._decide)

    def expect_review(self, tick: int) -> None:
        """Tell the stock when its first periodic review is due."""
        self._next_review = tick

    def orders_phase(self, tick: int) -> int:
        """Return the phase in which orders in the mail that arrive at a tick are entered.

        That is before demand where the stock reviews before demand at that tick, and after it everywhere else.
        """
        if self._before_demand and tick >= self._next_review and (tick - self._next_review) % self._interval == 0:
            return self._early_orders_phase
        return self._orders_phase

    def take(self, order: Order) -> None:
        """Enter an order that has just arrived."""
        clock = self._clock
        now = clock.now
        order.entered = clock.time
        self.inbox.append(order)
        if now != self._next_review or (clock.phase < self._demand_phase) is not self._before_demand:
            turn = self._early_turn if clock.phase < self._demand_phase else self._late_turn
            clock.at(now, turn, self.react if self._continuous else self.serve)

    def serve_again(self) -> None:
        """Book a turn for those who wait, because units have arrived; a review that is due would serve them anyway.

        Units that come in the round before demand go on in that round where the stock has served in it already.
        """
        clock = self._clock
        now = clock.now
        if clock.phase < self._demand_phase and self._served_early == now:
            clock.at(now, self._early_turn, self.serve)
        elif now != self._next_review:
            clock.at(now, self._late_turn, self.react if self._continuous else self.serve)

    def serve(self, _argument: None = None) -> None:
        """Enter what has arrived and allocate what is available among everything waiting."""
        inbox, asked = self.inbox, 0.0
        if inbox:
            for order in inbox:
                asked += order.quantity
            self.asked += asked
            if not self.waiting and asked <= self.on_hand + RESIDUE:
                self.serve_at_once(asked)
                now, index, demand_row = self._clock.time, self.index, self._demand_row
                for order in inbox:
                    quantity, route = order.quantity, order.route
                    route.ship(order, quantity)
                    demand_row((now, index, route.buyer, order.number, quantity, quantity, 0.0))
                inbox.clear()
                return
        self._serve_in_turn(asked)

    def _serve_in_turn(self, asked: float) -> None:
        """Put what has arrived, so many units together, behind those who wait, and allocate what is available."""
        inbox, clock = self.inbox, self._clock
        if inbox:
            self.entered += inbox
            self.ask(asked)
            self._queue()
        self._served_early = clock.now if clock.phase < self._demand_phase else LONG_AGO
        if self.waiting:
            self._allocate()
        if inbox:
            if self._loses:
                self._lose()
            inbox.clear()

    def react(self, _argument: None = None) -> None:
        """Serve, and review if that changed the position."""
        if self.inbox:
            self.review()
        else:
            self.serve()

    def review(self, _argument: None = None) -> None:
        """Serve, then decide the replenishment."""
        if self.inbox or self.waiting:
            self.serve()
        self._next_review += self._interval
        view = _view(View, (self.on_hand - self.backorders, self.on_order, self.asked, NOT_TOLD))
        self.asked = 0.0
        quantity, self._memory = self._decide(self._memory, view)
        if self._first_orders:
            quantity = self._first_orders.popleft()
        if (quantity > RESIDUE or quantity < DEFICIT) and self.source is not None:
            self.source.place(quantity)

    def reconsider(self) -> None:
        """Review at this instant where review is continuous: what is on order has become less."""
        if self._continuous:
            self._clock.at(self._clock.now, self._late_turn, self.review)

    def stir(self) -> None:
        """Have sent whatever others are told of it; nobody is told of a stock that shares nothing."""

    def spare(self, keep: float = 0.0) -> float:
        """Return the units above ``keep`` that nobody has asked for, whoever has arrived at this instant included."""
        arriving = sum(order.quantity for order in self.inbox)
        units = max(0.0, self.on_hand - self.backorders - arriving - keep)
        return float(floor(units + RESIDUE)) if self._whole_units else units

    def kept_from(self, _priority: int | None) -> float:
        """Return the units that it keeps from customers of a class, or from whoever is no customer (None)."""
        return 0.0

    def hand_over(self, order: Order) -> None:
        """Serve an order at once from units to spare, outside its turn and without counting it as asked for."""
        quantity, now = order.quantity, self._clock.time
        order.entered = now
        self.serve_at_once(quantity)
        order.route.ship(order, quantity)
        self._demand_row((now, self.index, order.route.buyer, order.number, quantity, quantity, 0.0))
        self.reconsider()

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
        going_on = True
        while going_on and waiting and self.on_hand > RESIDUE:
            if len(waiting) > 1 and waiting[1].entered == waiting[0].entered:
                going_on = self._serve_together()
            else:
                going_on = self._serve_first()

    def _serve_first(self) -> bool:
        """Ship what is there to the first order; say whether the next one may have its turn."""
        order, available = self.waiting[0], self.on_hand
        if order.unshipped <= available + RESIDUE:
            self.waiting.popleft()
            self._ship(order, order.unshipped)
            return True
        share = floor(available) if self._whole_units else available
        if share:
            self._ship(order, share)
        return False

    def _serve_together(self) -> bool:
        """Ship what is there to those who entered first, together; say whether anybody got anything."""
        group = self._first_group()
        if sum(order.unshipped for order in group) > self.on_hand + RESIDUE:
            return self._share(group, self.on_hand)
        for order in group:
            self.waiting.popleft()
            self._ship(order, order.unshipped)
        return True

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

    def _share(self, group: list[Order], available: float) -> bool:
        """Share what is there among those who entered together; say whether anybody got anything."""
        group.sort(key=lambda order: (order.route.buyer, order.number))
        shares = allocate(available, [order.unshipped for order in group], self._whole_units)
        for order, share in zip(group, shares, strict=True):
            self.waiting.popleft()
            if share:
                self._ship(order, share)
        self.waiting.extendleft(order for order in reversed(group) if order.unshipped > RESIDUE)
        return any(shares)

    def _lose(self) -> None:
        """Give up what customers who do not wait could not get."""
        lost = [order for order in self.inbox if order.unshipped > RESIDUE and not order.route.waits]
        for order in lost:
            self.lose(order.unshipped)
            self.waiting.remove(order)
