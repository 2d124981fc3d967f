"""One of several lanes into a stock, as its buyer knows it, and what its supplier answers when it is asked."""

from collections.abc import Sequence
from math import inf
from typing import Any

from scmsim.engine.recorder import Row, Write
from scmsim.flows.events import CODES
from scmsim.flows.information import Order
from scmsim.flows.material import RESIDUE
from scmsim.nodes.delays import Delays
from scmsim.nodes.lane import LaneProcess
from scmsim.nodes.lots import raised
from scmsim.nodes.perishables import Perishable
from scmsim.nodes.stockpoint import Source, StockPoint
from scmsim.nodes.suppliers import LimitedSupplier
from scmsim.nodes.upstream import UnlimitedSupplier
from scmsim.nodes.workshop import Workshop
from scmsim.policies.sourcing import Offer
from scmsim.scenario.network import Lane
from scmsim.scenario.network_rules import STANDARD
from scmsim.scenario.network_supply import Supply
from scmsim.ticks import TICKS

SOURCED, PROMISED = CODES["sourced"], CODES["promised"]


class Way:
    """One of several lanes into a stock, as its buyer knows it.

    Parameters
    ----------
    lane : Lane
        What the scenario says of it.
    process : LaneProcess
        The mail and the transport.
    seller : StockPoint or UnlimitedSupplier
        Who answers enquiries.
    replenishment : int
        The mean time that the seller's own stock takes to be replenished, in ticks.
    stock : StockPoint
        Who buys.
    workshop : Workshop
        The means of the run.

    Attributes
    ----------
    source : Source
        Where an order over this lane goes first: the lane, or who stands before it.
    on_order : float
        Units ordered over it and not received or lost.
    behind : sequence of StockPoint or UnlimitedSupplier
        Who supplies the seller, where that is a cross-dock, which has nothing itself; else nobody.
    """

    __slots__ = (
        "_clock",
        "_closed",
        "_kept",
        "_later",
        "_least",
        "_product",
        "_quoted",
        "_short",
        "_transit",
        "answers",
        "behind",
        "lane",
        "on_order",
        "process",
        "replenishment",
        "requests",
        "seller",
        "source",
        "supply",
        "unpriced_cost",
    )

    def __init__(
        self,
        lane: Lane,
        process: LaneProcess,
        seller: StockPoint | UnlimitedSupplier,
        replenishment: int,
        stock: StockPoint,
        workshop: Workshop,
    ) -> None:
        name = f"{lane.origin}->{lane.destination}/{stock.point.product}"
        self.lane = lane
        self._product = stock.point.product
        self.process = process
        self.source: Source = process
        self.seller = seller
        self.replenishment = replenishment
        self.supply: Supply = seller.point.supply
        self.on_order = 0.0
        self.behind: Sequence[Any] = ()
        self._least = _kept_from(stock, seller)
        self.unpriced_cost = 0.0 if stock.point.product in lane.sales else stock.point.purchase_cost
        self.requests = Delays(lane.messages.request, workshop, f"request/{name}")
        self.answers = Delays(lane.messages.quotation, workshop, f"quotation/{name}")
        self._clock = workshop.clock
        self._transit = lane.order_delay.ticks + lane.supplier_time.ticks + lane.lead_time.ticks
        self._closed = self._kept = self._later = 0
        self._short: set[float] = set()
        self._quoted = 0.0, 0.0
        events_row = workshop.recorder.writer("events")

        def ordered(write: Write) -> Write:
            def row(order: Row) -> None:
                time, buyer, number, quantity = order
                self.on_order += quantity
                units, price = self._quoted
                agreed = price if quantity == units else 0.0
                events_row((time, SOURCED, buyer, seller.index, number, quantity, agreed))
                if self._later:
                    promised = (time + lane.promise(self._product) + self._later) / TICKS
                    events_row((time, PROMISED, buyer, seller.index, number, quantity, promised))
                write(order)

            return row

        def delivered(write: Write) -> Write:
            def row(delivery: Row) -> None:
                time, _, _, number, _, promised, quantity, complete = delivery
                self.on_order = max(0.0, self.on_order - quantity)
                if complete:
                    self._closed += 1
                    self._kept += time <= promised and number not in self._short
                    self._short.discard(number)
                write(delivery)

            return row

        process.writes_through(ordered, delivered, self._forgo)

    def offer(self, quantity: float, price: float, *, is_asked: bool = False) -> Offer:
        """Return what the buyer knows of the supplier, and, once it has been asked, what it answers now."""
        units = raised(quantity, self.supply)
        cost = (price + self.unpriced_cost) * (1.0 + self.lane.duty * bool(price)) + self.lane.unit_cost
        if self.lane.shipment_cost and units:
            cost += self.lane.shipment_cost / units
        if self.lane.transport is not None and units:
            cost += self.lane.transport.cost_of(self._product, units) / units
        standard = self.lane.passing.get(self._product, 0)
        wait = self.wait_for(units) if is_asked else standard
        reliability = self._kept / self._closed if self._closed else 1.0
        free = self.free() if is_asked else None
        time, delay = (self._transit + wait) / TICKS, (wait - standard) / TICKS
        return Offer(self.lane.origin, cost, time, free, reliability, price, delay)

    def place_as_quoted(self, quantity: float, offer: Offer) -> None:
        """Order units at the price and for the date that the supplier has quoted.

        An order that is placed later than now, or for fewer units, as its buyer cannot pay for more, has the price of
        its day.
        """
        self._quoted, self._later = (raised(quantity, self.supply), offer.price), round(offer.delay * TICKS)
        self.process.promises(self._later)
        self.source.place(quantity)
        self._quoted, self._later = (0.0, 0.0), 0
        self.process.promises(0)

    def free(self) -> float:
        """Return the units that the supplier has for this buyer and nobody has asked for yet.

        What its rule for short stock keeps for classes before the buyer's, and what does not last long enough for the
        buyer, is not free for it. A cross-dock has what its suppliers have.
        """
        seller = self.seller
        if self.behind:
            return max(_free(each) for each in self.behind)
        units = _free(seller) - self._least
        if isinstance(seller, Perishable):
            units = min(units, seller.usable(getattr(self.process, "lasting", 0)))
        return max(0.0, units)

    def wait_for(self, quantity: float) -> int:
        """Return the ticks until the supplier could ship so many units more, as it quotes."""
        seller = self.seller
        if isinstance(seller, LimitedSupplier):
            return seller.wait_for(quantity)
        return 0 if not self.behind and self.free() >= quantity - RESIDUE else self.replenishment

    def _forgo(self, order: Order, quantity: float) -> None:
        """Count units that will never come; their order cannot come whole any more."""
        self.on_order = max(0.0, self.on_order - quantity)
        if order.undelivered < RESIDUE:
            self._closed += 1
            self._short.discard(order.number)
        else:
            self._short.add(order.number)


def _free(seller: StockPoint | UnlimitedSupplier) -> float:
    """Return the units that somebody has and nobody has asked for yet."""
    if isinstance(seller, StockPoint):
        arriving = sum(order.quantity for order in seller.inbox)
        return max(0.0, seller.on_hand - seller.backorders - arriving)
    return seller.free_units() if isinstance(seller, LimitedSupplier) else inf


def _kept_from(buyer: StockPoint, seller: StockPoint | UnlimitedSupplier) -> float:
    """Return the units that the seller's rule for short stock keeps from the buyer."""
    rules = seller.point.rules
    if rules is None:
        return 0.0
    return rules.allocation.kept_from(dict(rules.services).get(buyer.point.index, STANDARD).priority)
