"""A stock that serves by other rules than first come, first served, everybody in parts.

It is built only where a scenario says such a rule; every other stock is a plain `StockPoint`.
"""

from collections.abc import Callable, Mapping
from typing import Any

from scmsim.flows.events import CODES
from scmsim.flows.information import CustomerStock, Order
from scmsim.flows.material import RESIDUE
from scmsim.nodes.peers import Peers
from scmsim.nodes.perishables import Choosy
from scmsim.nodes.rulebook import RuleBook
from scmsim.nodes.stockpoint import StockPoint
from scmsim.nodes.workshop import Workshop
from scmsim.policies.allocation_base import Claim
from scmsim.scenario.network import Point
from scmsim.ticks import LONG_AGO

CANCELLED, GAVE_UP, SUBSTITUTED = (CODES[kind] for kind in ("cancelled", "gave_up", "substituted"))
Confirm = Callable[[Order, float], None]


class RuledStock(StockPoint):
    """A stock with rules.

    In its turn, what has arrived is entered, what has been cancelled is taken out of the queue, and what is there is
    allocated among everything waiting. Then customers who find it short turn to substitutes, those who do not wait go,
    and so do those who have waited long enough; and what is still owed is asked for at its peers.

    Parameters
    ----------
    point, workshop, whole_units
        As for `StockPoint`.

    Attributes
    ----------
    rules : RuleBook
        What it heeds, and what it has set aside for whom.
    peers : Peers or None
        Who helps it out.
    """

    __slots__ = ()
    rules: RuleBook
    peers: Peers | None

    def __init__(self, point: Point, workshop: Workshop, *, whole_units: bool) -> None:
        super().__init__(point, workshop, whole_units=whole_units)
        self.rules = RuleBook(point, workshop)  # type: ignore[misc]  # the slots are those of `ruled`
        self.peers = None  # type: ignore[misc]

    def kept_from(self, priority: int | None) -> float:
        """Return the units that its rule keeps from customers of a class, or from whoever is no customer (None)."""
        return self.rules.allocation.kept_from(priority)

    def ask_at(self, peers: Peers | None) -> None:
        """Learn whom to ask when it is short."""
        self.peers = peers  # type: ignore[misc]

    def call_off(self, order: Order, confirm: Confirm) -> None:
        """Take what is unshipped of an order out of the queue at this instant, and confirm it."""
        self.rules.called_off.append((order, confirm))
        clock = self._clock
        clock.at(clock.now, self._early_turn if clock.phase < self._demand_phase else self._late_turn, self.serve)

    def serve(self, _argument: None = None) -> None:
        """Enter what has arrived and serve by the rules."""
        inbox, rules, clock = self.inbox, self.rules, self._clock
        if inbox:
            asked = sum(order.quantity for order in inbox)
            self.asked += asked
            self.entered += inbox
            self.ask(asked)
            self._queue()
            self._welcome()
        if rules.called_off:
            self._take_out()
        self._served_early = clock.now if clock.phase < self._demand_phase else LONG_AGO
        if self.waiting:
            self._allocate()
        if inbox:
            if rules.offers_substitutes:
                self._substitute()
            self._lose()
            if rules.patient:
                self._wait_for_the_patient()
            inbox.clear()
        if rules.patient:
            self._see_off()
        if self.peers is not None and self.backorders > RESIDUE:
            self.peers.ask(self.backorders, whole_units=self._whole_units)

    def _allocate(self) -> None:
        """Give what is there to everything waiting, as the rule says; where some are choosy, in the order of time."""
        rules, waiting = self.rules, self.waiting
        if self.on_hand <= RESIDUE:
            return
        if isinstance(self, Choosy):
            super()._allocate()
            return
        orders = sorted(waiting, key=_turn)
        claims = [self._claim(order) for order in orders]
        shares = rules.allocation.share(self.on_hand, claims, whole_units=self._whole_units)
        for order, claim, share in zip(orders, claims, shares, strict=True):
            if share > RESIDUE:
                self._give(order, claim.wanted if share >= claim.wanted - RESIDUE else share)
        if any(order.unshipped <= RESIDUE for order in orders):
            still = [order for order in waiting if order.unshipped > RESIDUE]
            waiting.clear()
            waiting.extend(still)

    def _claim(self, order: Order) -> Claim:
        rules, route = self.rules, order.route
        wanted = order.unshipped - rules.aside.get(order.number, 0.0)
        return Claim(wanted, order.entered, rules.service(route).priority, rules.customer(route), order.quantity)

    def _give(self, order: Order, units: float) -> None:
        """Ship units of an order, or set them aside until it is complete."""
        rules = self.rules
        if not rules.service(order.route).complete:
            self._ship(order, units)
            return
        self.release(units)
        self.reserve(units)
        there = rules.aside.pop(order.number, 0.0) + units
        if there < order.unshipped - RESIDUE:
            rules.aside[order.number] = there
            return
        self.consume(order.unshipped)
        order.route.ship(order, order.unshipped)

    def _drop(self, order: Order) -> float:
        """Take an order out of the queue, and return the units that were open; what was set aside is free again."""
        there = self.rules.aside.pop(order.number, 0.0)
        self.waiting.remove(order)
        self.change()
        self.lose(order.unshipped - there)
        if there:
            self.unreserve(there)
        return order.unshipped

    def _welcome(self) -> None:
        """Note the class of those who have arrived, and until when they wait."""
        rules, now = self.rules, self._clock.now
        for order in self.inbox:
            service = rules.service(order.route)
            if service.priority > 1:
                rules.note_class(self.index, order, service.priority)
            if service.patience is not None:
                rules.patient[order.number] = order, now + rules.next_patience(order.route)

    def _take_out(self) -> None:
        called_off, self.rules.called_off = self.rules.called_off, []
        for order, confirm in called_off:
            if order in self.waiting:
                units = self._drop(order)
                self._forget(order.route.buyer, units)
                self.rules.write(CANCELLED, order.route.buyer, order, units, 0.0)
                confirm(order, units)

    def _forget(self, buyer: float, units: float) -> None:
        """Count units that a customer has cancelled as not entered for it, where that is counted at all."""
        customers: Mapping[float, CustomerStock] = getattr(self, "customers", {})
        if buyer in customers:
            customers[buyer].entered -= units

    def _substitute(self) -> None:
        """Let customers who find too little take other products, as far as these are there."""
        rules = self.rules
        for order in sorted(self.inbox, key=_turn):
            priority = rules.service(order.route).priority
            for other in rules.substitutes(order.route):
                keep = other.stock.kept_from(priority)
                units = min(order.unshipped, other.stock.spare(keep))
                if units > RESIDUE:
                    moved = other.take(units)
                    rules.write(SUBSTITUTED, other.stock.index, moved, units, 0.0)
                    if priority > 1:
                        rules.note_class(other.stock.index, moved, priority)
                    self._move(order, units)

    def _move(self, order: Order, units: float) -> None:
        """Take units off an order that has just been entered: they are asked for elsewhere."""
        self.lose(units)
        order.quantity -= units
        order.unshipped -= units
        order.undelivered -= units
        if order.unshipped <= RESIDUE:
            self.waiting.remove(order)
        if order.quantity <= RESIDUE:
            self.entered.remove(order)
            self.rules.patient.pop(order.number, None)

    def _lose(self) -> None:
        """Let those go who do not wait: first, one by one, those who take all or nothing, so that others get theirs."""
        rules = self.rules
        leaving = [order for order in self.inbox if order.unshipped > RESIDUE and not order.route.waits]
        whole = [order for order in leaving if rules.service(order.route).complete]
        whole.sort(key=lambda order: (rules.service(order.route).priority, *_turn(order)))
        while whole:
            self._drop(whole.pop())
            self._allocate()
            whole = [order for order in whole if order.unshipped > RESIDUE]
        for order in leaving:
            if order.unshipped > RESIDUE and order in self.waiting:
                self._drop(order)

    def _wait_for_the_patient(self) -> None:
        """Book a turn for the instant at which those who have arrived and were not served will go."""
        clock, rules = self._clock, self.rules
        for order in self.inbox:
            if order.number in rules.patient and order.unshipped > RESIDUE:
                until = rules.patient[order.number][1]
                if until > clock.now:
                    clock.at(until, self._late_turn, self.serve)

    def _see_off(self) -> None:
        """Let those go who have waited as long as they would; forget those who have got everything."""
        rules, now = self.rules, self._clock.now
        freed = 0.0
        for number, (order, until) in list(rules.patient.items()):
            if order.unshipped <= RESIDUE or order not in self.waiting:
                del rules.patient[number]
            elif until <= now:
                del rules.patient[number]
                there = self.on_hand
                units = self._drop(order)
                freed += self.on_hand - there
                rules.write(GAVE_UP, order.route.buyer, order, units, 0.0)
        if freed and self.waiting:
            self._allocate()


def _turn(order: Order) -> tuple[float, float, float]:
    return order.entered, order.route.buyer, order.number


_RULED: dict[type[StockPoint], Any] = {}


def ruled(kind: type[StockPoint]) -> Any:
    """Return the class of stocks of a kind that serve by rules."""
    if kind not in _RULED:
        own = {"__slots__": ("peers", "rules"), "__doc__": kind.__doc__}
        _RULED[kind] = type(f"Ruled{kind.__name__}", (RuledStock, kind), own)
    return _RULED[kind]
