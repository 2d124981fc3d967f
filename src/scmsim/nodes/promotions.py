"""What promotions do to buyers: stocks that order ahead, and end customers who stock up at home."""

from collections.abc import Iterator
from typing import Any

from scmsim.engine.clock import Clock
from scmsim.nodes.downstream import Customers
from scmsim.nodes.stockpoint import StockPoint
from scmsim.nodes.workshop import Workshop
from scmsim.policies.base import Decide
from scmsim.policies.buying_ahead import stocked_up, tempted
from scmsim.policies.view import View
from scmsim.scenario.network import CustomerDemand, Sale


class TemptedPolicy:
    """The decisions of a stock whose seller has promotions.

    Parameters
    ----------
    decide : callable
        How the stock decides otherwise.
    sale : Sale
        What its seller asks, and when it asks less.
    units : float
        How much it orders ahead while a promotion runs.
    clock : Clock
        The clock of the run.
    """

    __slots__ = ("_clock", "_decide", "_sale", "_units")

    def __init__(self, decide: Decide, sale: Sale, units: float, clock: Clock) -> None:
        self._decide = decide
        self._sale = sale
        self._units = units
        self._clock = clock

    def decide(self, state: Any, view: View) -> tuple[float, Any]:
        """Return the units to order, and the memory for the next decision."""
        return self._decide(state, tempted(view, self._sale.discount(self._clock.now), self._units))


class StockingCustomers(Customers):
    """End customers who stock up while a promotion runs, and live on it afterwards.

    Attributes
    ----------
    consumed, pantry : float
        Units used up so far, and units at home now. What they asked for is the sum of the two.
    """

    __slots__ = ("_sale", "_target", "consumed", "pantry")

    def __init__(self, demand: CustomerDemand, sale: Sale, stock: StockPoint, workshop: Workshop, start: int) -> None:
        super().__init__(demand, stock, workshop, start)
        self._sale = sale
        self._target = demand.pantry
        self.consumed = 0.0
        self.pantry = 0.0
        if demand.model.timing == "continuous":
            self._instants = self._bought_at_instants(self._instants)
        else:
            self._quantities = self._bought(self._quantities)

    def _bought(self, quantities: Iterator[float]) -> Iterator[float]:
        for consumed in quantities:
            yield self._buy(self._clock.now, consumed)

    def _bought_at_instants(self, instants: Iterator[tuple[int, float]]) -> Iterator[tuple[int, float]]:
        for tick, consumed in instants:
            yield tick, self._buy(tick, consumed)

    def _buy(self, tick: int, consumed: float) -> float:
        target = self._target if self._sale.discount(tick) else 0.0
        bought, self.pantry = stocked_up(consumed, self.pantry, target)
        self.consumed += consumed
        return bought
