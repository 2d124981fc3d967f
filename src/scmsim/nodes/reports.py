"""Reports: what the receiver of a lane tells its sender again and again, and when the sender hears it."""

from collections.abc import Iterator
from itertools import repeat
from typing import Any, NamedTuple

from scmsim.engine.clock import Phases
from scmsim.flows.information import CODES, CustomerStock
from scmsim.inputs.distributions import Distribution
from scmsim.nodes.sharing import InformedStock, Listener
from scmsim.nodes.workshop import Workshop
from scmsim.scenario.network import Report
from scmsim.ticks import LONG_AGO

BLOCK = 256


class Line(NamedTuple):
    """Who tells whom, what the one who hears remembers, and the name of the lane and product for random numbers."""

    buyer: InformedStock
    seller: Listener
    known: CustomerStock
    name: str


class Reporting:
    """One kind of report over one lane for one product.

    A subclass says what is told (`told`), what goes with it (`beside`), and what the seller makes of it (`hear`). What
    is told is a tuple of numbers of units, the last of which is written down. A report that is overtaken by a later one
    is not heard, unless every one counts (`replaces` is false).

    Parameters
    ----------
    report : Report
        When, with which delay and noise.
    line : Line
        Between whom.
    workshop : Workshop
        The means of the run.
    """

    __slots__ = ("_clock", "_delay", "_delays", "_heard", "_line", "_noise", "_row", "interval", "offset")

    kind = ""
    replaces = True
    least = float("-inf")
    """The smallest number that is ever told."""

    def __init__(self, report: Report, line: Line, workshop: Workshop) -> None:
        self._line = line
        self._clock = workshop.clock
        self._heard = LONG_AGO
        self._delay = report.delay.ticks
        name, streams = f"{self.kind}/{line.name}", workshop.streams
        drawn = report.delay.distribution
        self._delays = streams.ticks(drawn, f"share_delay/{name}") if drawn is not None else None
        self._noise = _errors(report.noise, workshop, f"share_noise/{name}")
        recorder = workshop.recorder
        self._row = recorder.writer("messages") if recorder.reads("messages") else None
        self.interval = report.interval
        self.offset = report.offset

    def send(self, _argument: None = None) -> None:
        """Tell the seller how things are now."""
        now, line = self._clock.now, self._line
        error = 0.0 if self._noise is None else next(self._noise)
        told = tuple(max(number + error, self.least) for number in self.told())
        arrives = now + (self._delay if self._delays is None else next(self._delays))
        if self._row is not None:
            self._row((now, CODES[self.kind], line.buyer.index, line.seller.index, 0, told[-1], arrives))
        report = now, told, self.beside()
        if arrives > now:
            self._clock.at(arrives, Phases.receive, self._arrive, report)
        else:
            self._arrive(report)

    def beside(self) -> Any:
        """Return what goes with the numbers and has no noise."""

    def told(self) -> tuple[float, ...]:
        """Return what is told now."""
        raise NotImplementedError

    def hear(self, told: tuple[float, ...], beside: Any) -> None:
        """Let the seller remember what it has been told."""
        raise NotImplementedError

    def _arrive(self, report: tuple[int, tuple[float, ...], Any]) -> None:
        sent, told, beside = report
        if self.replaces and sent < self._heard:
            return
        self._heard = sent
        self.hear(told, beside)
        self._line.seller.heard()
        self._line.buyer.supplier_heard()


class SalesReporting(Reporting):
    """What end customers have asked for since the last report."""

    __slots__ = ("_told_before",)

    kind = "point_of_sale"
    least = 0.0
    replaces = False

    def __init__(self, report: Report, line: Line, workshop: Workshop) -> None:
        super().__init__(report, line, workshop)
        self._told_before = 0.0

    def told(self) -> tuple[float, ...]:
        """Return the units since the last report."""
        sold = self._line.buyer.sold
        quantity, self._told_before = sold - self._told_before, sold
        return (quantity,)

    def beside(self) -> int:
        """Return the tick until which the buyer itself knows sales."""
        return self._line.buyer.sales_until()

    def hear(self, told: tuple[float, ...], beside: Any) -> None:
        """Add the units to what is known of sales."""
        (quantity,) = told
        known = self._line.known
        known.sold += quantity
        known.sales_until = beside if known.sales_until is None else max(known.sales_until, beside)
        self._line.seller.hear_of_sales(quantity)


class OrdersReporting(Reporting):
    """Something that depends on what the buyer's own customers have ordered: told when all orders have come in."""

    __slots__ = ()

    def send(self, argument: Any = None) -> None:
        """Tell it after all orders of this instant have come in, by mail, too."""
        self._clock.at(self._clock.now, self._line.buyer.tell_phase, super().send)


class ForecastReporting(OrdersReporting):
    """The buyer's forecast per period; of a review that is due at the same instant, the one it is going to use."""

    __slots__ = ()

    kind = "forecast"
    least = 0.0

    def told(self) -> tuple[float, ...]:
        """Return the forecast."""
        buyer = self._line.buyer
        return (buyer.expectation(ahead=buyer.is_due),)

    def hear(self, told: tuple[float, ...], beside: Any) -> None:
        """Remember the forecast."""
        (self._line.known.forecast,) = told


class StockReporting(OrdersReporting):
    """The buyer's net stock, and the same with all that the buyer knows to be below it.

    What the buyer had received by then goes with it, so that no unit is on its way and in stock, or neither.
    """

    __slots__ = ()

    kind = "stock"

    def told(self) -> tuple[float, ...]:
        """Return net stock and echelon stock."""
        buyer = self._line.buyer
        return buyer.net_stock_now(), buyer.echelon_now()

    def hear(self, told: tuple[float, ...], beside: Any) -> None:
        """Remember both."""
        self._line.known.net_stock, self._line.known.echelon = told
        self._line.known.received = beside

    def beside(self) -> float:
        """Return the units received since the start."""
        return self._line.buyer.received


class ReceiptReporting(Reporting):
    """What the buyer has received since the start."""

    __slots__ = ()

    kind = "pipeline"

    def told(self) -> tuple[float, ...]:
        """Return the units."""
        return (self._line.buyer.received,)

    def hear(self, told: tuple[float, ...], beside: Any) -> None:
        """Remember them, unless the stock reports say it too."""
        if not self._line.known.tells_stock:
            (self._line.known.received,) = told


REPORTINGS: tuple[type[Reporting], ...] = (SalesReporting, ForecastReporting, StockReporting, ReceiptReporting)
"""Every kind of report."""


def _errors(noise: float | Distribution, workshop: Workshop, name: str) -> Iterator[float] | None:
    if isinstance(noise, Distribution):
        return _drawn(noise, workshop, name)
    return repeat(noise) if noise else None


def _drawn(noise: Distribution, workshop: Workshop, name: str) -> Iterator[float]:
    generator = workshop.streams.generator(name)
    while True:
        yield from noise.sample(generator, BLOCK).tolist()
