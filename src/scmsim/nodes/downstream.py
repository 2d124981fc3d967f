"""End customers: demand that arrives at a stock, and leaves with the goods."""

from collections.abc import Iterator
from itertools import chain

import numpy as np

from scmsim.engine.clock import Clock
from scmsim.flows.information import Order
from scmsim.nodes.stockpoint import StockPoint
from scmsim.nodes.workshop import Workshop
from scmsim.scenario.network import CustomerDemand
from scmsim.ticks import TICKS, from_ticks

CUSTOMERS = -1.0


class Customers:
    """The customers of one demand at one stock.

    Parameters
    ----------
    demand : CustomerDemand or None
        What the scenario says of it; None for those who are owed something at the start.
    stock : StockPoint
        Where they buy.
    workshop : Workshop
        The means of the run.
    start : int
        Tick at which the run begins.
    """

    __slots__ = (
        "_clock",
        "_deliveries_row",
        "_demand_phase",
        "_instants",
        "_numbers",
        "_quantities",
        "_stock",
        "buyer",
        "waits",
    )

    def __init__(self, demand: CustomerDemand | None, stock: StockPoint, workshop: Workshop, start: int) -> None:
        self.buyer = CUSTOMERS
        self.waits = demand is None or demand.model.unmet != "lost"
        self._stock = stock
        self._clock: Clock = workshop.clock
        self._demand_phase = workshop.phases.demand
        self._numbers = workshop.numbers
        self._deliveries_row = workshop.recorder.writer("deliveries")
        if demand is not None:
            generator = workshop.streams.generator(demand.stream)
            if demand.model.timing == "continuous":
                self._instants = _arrivals(demand, generator, from_ticks(start))
            else:
                self._quantities = _quantities(demand, generator, from_ticks(start + demand.offset))

    def arrive(self, _argument: None = None) -> None:
        """Ask for this period's quantity."""
        quantity = next(self._quantities)
        if quantity:
            now = self._clock.time
            self._stock.take(Order(next(self._numbers), self, quantity, now, now))

    def ask(self, quantity: float) -> None:
        """Ask for units now."""
        if quantity:
            now = self._clock.time
            self._stock.take(Order(next(self._numbers), self, quantity, now, now))

    def book_next(self) -> None:
        """Book the next arrival at a real instant."""
        instant, quantity = next(self._instants)
        self._clock.at(instant, self._demand_phase, self._arrive_at_instant, quantity)

    def ship(self, order: Order, quantity: float) -> None:
        """Hand units to the customer, who takes them away at once."""
        unshipped = order.unshipped = order.unshipped - quantity
        complete = -1e-9 < unshipped < 1e-9
        self._deliveries_row(
            (
                self._clock.time,
                self._stock.index,
                CUSTOMERS,
                order.number,
                order.entered,
                order.promised,
                quantity,
                complete,
            )
        )

    def _arrive_at_instant(self, quantity: float) -> None:
        self.ask(quantity)
        self.book_next()


def _quantities(demand: CustomerDemand, generator: np.random.Generator, start: float) -> Iterator[float]:
    blocks = demand.model.blocks(generator, start, from_ticks(demand.interval))
    return chain.from_iterable(block.tolist() for block in blocks)


def _arrivals(demand: CustomerDemand, generator: np.random.Generator, start: float) -> Iterator[tuple[int, float]]:
    for instants, sizes in demand.model.arrivals(generator, start):
        yield from zip(np.rint(instants * TICKS).astype(np.int64).tolist(), sizes.tolist(), strict=True)
