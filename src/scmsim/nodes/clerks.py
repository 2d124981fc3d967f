"""Clerks: people at a node who handle one message after the other, so that messages can pile up."""

from collections.abc import Callable, Generator
from typing import Any

import simpy

from scmsim.flows.information import Order
from scmsim.nodes.lane import Seller
from scmsim.nodes.workshop import Workshop
from scmsim.scenario.network import Clerks


class Desk:
    """The clerks of one node for one sort of message, first come first served.

    Parameters
    ----------
    clerks : Clerks
        How many, and how long a message takes them.
    workshop : Workshop
        The means of the run.
    name : str
        The name of their random numbers.
    """

    __slots__ = ("_clerks", "_environment", "_time", "_times")

    def __init__(self, clerks: Clerks, workshop: Workshop, name: str) -> None:
        self._environment = workshop.clock.environment
        self._clerks = simpy.Resource(self._environment, capacity=clerks.number)
        self._time = clerks.time.ticks
        drawn = clerks.time.distribution
        self._times = workshop.streams.ticks(drawn, f"clerks/{name}") if drawn is not None else None

    def handle(self, done: Callable[[Any], None], message: Any) -> None:
        """Let a clerk work on a message, when one is free; then do ``done(message)``, before anything is received."""
        self._environment.process(self._work(done, message))

    def _work(self, done: Callable[[Any], None], message: Any) -> Generator[simpy.Event, Any, None]:
        with self._clerks.request() as turn:
            yield turn
            yield self._environment.timeout(self._time if self._times is None else next(self._times))
        done(message)


class OrderDesk:
    """A seller whose orders wait for a clerk before they are entered.

    Parameters
    ----------
    seller : Seller
        Who enters them.
    desk : Desk
        Who handles them.
    workshop : Workshop
        The means of the run.
    """

    __slots__ = ("_clock", "_desk", "_seller", "index")

    def __init__(self, seller: Seller, desk: Desk, workshop: Workshop) -> None:
        self.index = seller.index
        self._seller = seller
        self._desk = desk
        self._clock = workshop.clock

    def orders_phase(self, tick: int) -> int:
        """Return the phase in which orders in the mail that arrive at a tick are handed in."""
        return self._seller.orders_phase(tick)

    def take(self, order: Order) -> None:
        """Hand an order that has just arrived to the clerks."""
        self._desk.handle(self._enter, order)

    def hand_in(self, do: Callable[[Any], None], argument: Any) -> None:
        """Hand another message to the clerks, which is heeded as an order would be entered."""
        self._desk.handle(lambda _: self._then(do, argument), None)

    def _enter(self, order: Order) -> None:
        self._then(self._seller.take, order)

    def _then(self, do: Callable[[Any], None], argument: Any) -> None:
        """Do something at this instant, in the phase for orders or, if that is over, now."""
        clock = self._clock
        now = int(clock.environment.now)
        phase = self._seller.orders_phase(now)
        if clock.now == now:
            phase = max(phase, clock.phase)
        clock.at(now, phase, do, argument)
