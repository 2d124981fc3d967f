"""A stock with several lanes: where each of its orders goes, and the enquiries that go before."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from math import inf
from typing import Any, Protocol

from scmsim.engine.recorder import Row, Write
from scmsim.flows.events import CODES as EVENTS
from scmsim.flows.information import CODES as MESSAGES
from scmsim.flows.material import RESIDUE
from scmsim.nodes.lane import LaneProcess
from scmsim.nodes.lots import Lots, raised
from scmsim.nodes.stockpoint import Source, StockPoint
from scmsim.nodes.suppliers import LimitedSupplier
from scmsim.nodes.upstream import UnlimitedSupplier
from scmsim.nodes.workshop import Workshop
from scmsim.policies.base import Decide
from scmsim.policies.sourcing import Offer, Sourcing
from scmsim.policies.view import View
from scmsim.scenario.network import Delay, FromLane, FromProduction, Lane, Network, Point
from scmsim.scenario.network_supply import Supply
from scmsim.ticks import TICKS

SOURCED, REQUESTED, QUOTED = (EVENTS[kind] for kind in ("sourced", "quotation_requested", "quotation"))


class PriceList(Protocol):
    """Whoever knows what a stock pays its suppliers."""

    def price(self, point: int, quantity: float = 0.0, supplier: int = -1) -> float:
        """The price at which a stock buys so many units now; 0 where it has none."""


class _Delays:
    """How long one sort of message takes, in ticks."""

    __slots__ = ("_draws", "_ticks")

    def __init__(self, delay: Delay, workshop: Workshop, name: str) -> None:
        drawn = delay.distribution
        self._draws: Iterator[int] | None = workshop.streams.ticks(drawn, name) if drawn is not None else None
        self._ticks = delay.ticks

    def next(self) -> int:
        """Return the time that the next message takes."""
        return self._ticks if self._draws is None else next(self._draws)


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
    """

    __slots__ = (
        "_clock",
        "_closed",
        "_kept",
        "_product",
        "_transit",
        "answers",
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
        self.unpriced_cost = 0.0 if stock.point.product in lane.sales else stock.point.purchase_cost
        self.requests = _Delays(lane.messages.request, workshop, f"request/{name}")
        self.answers = _Delays(lane.messages.quotation, workshop, f"quotation/{name}")
        self._clock = workshop.clock
        self._transit = lane.order_delay.ticks + lane.supplier_time.ticks + lane.lead_time.ticks
        self._closed = self._kept = 0
        events_row = workshop.recorder.writer("events")

        def ordered(write: Write) -> Write:
            def row(order: Row) -> None:
                time, buyer, number, quantity = order
                self.on_order += quantity
                events_row((time, SOURCED, buyer, seller.index, number, quantity, 0.0))
                write(order)

            return row

        def delivered(write: Write) -> Write:
            def row(delivery: Row) -> None:
                time, _, _, _, _, promised, quantity, complete = delivery
                self.on_order = max(0.0, self.on_order - quantity)
                if complete:
                    self._closed += 1
                    self._kept += time <= promised
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
        wait = self.wait_for(units) if is_asked else 0
        reliability = self._kept / self._closed if self._closed else 1.0
        free = self.free() if is_asked else None
        return Offer(self.lane.origin, cost, (self._transit + wait) / TICKS, free, reliability)

    def free(self) -> float:
        """Return the units that the supplier has and nobody has asked for yet."""
        seller = self.seller
        if isinstance(seller, StockPoint):
            arriving = sum(order.quantity for order in seller.inbox)
            return max(0.0, seller.on_hand - seller.backorders - arriving)
        return seller.free_units() if isinstance(seller, LimitedSupplier) else inf

    def wait_for(self, quantity: float) -> int:
        """Return the ticks until the supplier could ship so many units more, as it quotes."""
        seller = self.seller
        if isinstance(seller, LimitedSupplier):
            return seller.wait_for(quantity)
        return 0 if self.free() >= quantity - RESIDUE else self.replenishment

    def _forgo(self, quantity: float) -> None:
        """Count units that will never come."""
        self.on_order = max(0.0, self.on_order - quantity)


class SeveralLanes:
    """The source of a stock that several lanes bring: it gives every order to one of them, or parts of it to several.

    What has been decided and is still being asked about counts as on order for whoever decides.

    Parameters
    ----------
    stock : StockPoint
        Who buys.
    rule : Sourcing
        Who gets an order.
    ways : list of Way
        The lanes, by the names of their suppliers.
    workshop : Workshop
        The means of the run.
    prices : PriceList or None
        Who knows what the suppliers ask; None where nothing has a price.
    """

    __slots__ = (
        "_clock",
        "_events_row",
        "_memory",
        "_messages_row",
        "_prices",
        "_rule",
        "_stock",
        "_suppliers",
        "_turn",
        "asked_about",
        "ways",
    )

    def __init__(
        self, stock: StockPoint, rule: Sourcing, ways: list[Way], workshop: Workshop, prices: PriceList | None
    ) -> None:
        recorder = workshop.recorder
        self._stock = stock
        self._rule = rule
        self.ways = ways
        self._suppliers = [way.lane.origin for way in ways]
        self._memory = rule.start(self._suppliers)
        self._prices = prices
        self._clock = workshop.clock
        self._turn = workshop.phases.turn(stock.point.level)
        self._events_row = recorder.writer("events")
        self._messages_row = recorder.writer("messages")
        self.asked_about = 0.0
        stock.decides_through(self._decisions)

    def place(self, quantity: float) -> None:
        """Order units from whoever the rule says, when those it asks have answered."""
        if quantity > 0:
            _Enquiry(self, quantity).begin()

    def fill(self, _start: int) -> None:
        """Begin with nothing on order: no lane is said for it."""

    def offers(self, quantity: float) -> list[Offer]:
        """Return what the buyer knows of every supplier before it asks."""
        return [way.offer(quantity, self.price(way, quantity)) for way in self.ways]

    def price(self, way: Way, quantity: float) -> float:
        """Return what a unit of an order costs at a supplier now, where it has a price."""
        if self._prices is None:
            return 0.0
        units = raised(quantity, way.supply)
        return self._prices.price(self._stock.point.index, units, way.seller.point.index)

    def to_ask(self, quantity: float, offers: Sequence[Offer]) -> tuple[int, ...]:
        """Return the places of the suppliers that the rule asks next."""
        return self._rule.asks(quantity, offers)

    def order(self, quantity: float, offers: Sequence[Offer]) -> None:
        """Place what the rule chooses."""
        whole_units = self._stock.counts_whole_units
        chosen, self._memory = self._rule.choose(quantity, offers, self._memory, whole_units=whole_units)
        for way, units in zip(self.ways, chosen, strict=True):
            if units > RESIDUE:
                way.source.place(units)

    def tell(self, kind: str, way: Way, units: float, value: float, delay: int) -> None:
        """Write down a question or an answer, as an event and as a message."""
        now, buyer, seller = self._clock.time, self._stock.index, way.seller.index
        is_answer = kind == "quotation"
        sender, receiver = (seller, buyer) if is_answer else (buyer, seller)
        self._events_row((now, QUOTED if is_answer else REQUESTED, sender, receiver, 0.0, units, value))
        self._messages_row((now, MESSAGES[kind], sender, receiver, 0.0, units, now + delay))

    def when(self, delay: int, phase: int, do: Callable[[Any], None], argument: Any) -> None:
        """Do something after a delay; at once without one."""
        if delay:
            self._clock.at(self._clock.now + delay, phase, do, argument)
        else:
            do(argument)

    @property
    def now(self) -> int:
        """The tick at which something is asked or answered."""
        return self._clock.now

    @property
    def turn(self) -> int:
        """The phase in which answers that were in the mail are dealt with."""
        return self._turn

    def _decisions(self, decide: Decide) -> Decide:
        """Return the decisions of someone who knows what is still being asked about, and what the rule adds."""
        rule, suppliers, ways = self._rule, self._suppliers, self.ways

        def decide_knowing(state: Any, view: View) -> tuple[float, Any]:
            if self.asked_about:
                view = view._replace(on_order=view.on_order + self.asked_about)
            seen = rule.sees(view, [way.on_order for way in ways], suppliers)
            quantity, state = decide(state, seen)
            return rule.total(quantity), state

        return decide_knowing


class _Enquiry:
    """One order on its way to a supplier: who has been asked, and who has answered."""

    __slots__ = ("_is_asking", "_offers", "_open", "_quantity", "_source")

    def __init__(self, source: SeveralLanes, quantity: float) -> None:
        self._source = source
        self._quantity = quantity
        self._offers = source.offers(quantity)
        self._open = 0
        self._is_asking = False

    def begin(self) -> None:
        """Ask, and place the order when all have answered."""
        self._source.asked_about += self._quantity
        self._go_on()

    def _go_on(self) -> None:
        """Ask whoever is to be asked next as long as answers come at once, and then place the order."""
        source, quantity = self._source, self._quantity
        while not self._open:
            places = source.to_ask(quantity, self._offers)
            if not places:
                source.asked_about = max(0.0, source.asked_about - quantity)
                source.order(quantity, self._offers)
                return
            self._open, self._is_asking = len(places), True
            for place in places:
                self._ask(place)
            self._is_asking = False

    def _ask(self, place: int) -> None:
        source = self._source
        way = source.ways[place]
        delay = way.requests.next()
        source.tell("quotation_requested", way, self._quantity, 0.0, delay)
        source.when(delay, way.seller.orders_phase(source.now + delay), self._answer, place)

    def _answer(self, place: int) -> None:
        """Let the supplier answer with what it has, its price and its time."""
        source, quantity = self._source, self._quantity
        way = source.ways[place]
        offer = way.offer(quantity, source.price(way, quantity), is_asked=True)
        delay = way.answers.next()
        source.tell("quotation", way, min(quantity, offer.free or 0.0), offer.cost, delay)
        source.when(delay, source.turn, self._hear, (place, offer))

    def _hear(self, answer: tuple[int, Offer]) -> None:
        place, offer = answer
        self._offers[place] = offer
        self._open -= 1
        if not self._open and not self._is_asking:
            self._go_on()


def several_lanes(
    network: Network,
    stock: StockPoint,
    rule: Sourcing,
    lanes: Sequence[tuple[FromLane, LaneProcess]],
    sellers: Mapping[int, StockPoint | UnlimitedSupplier],
    workshop: Workshop,
    prices: PriceList | None,
) -> SeveralLanes:
    """Return the source of a stock that these lanes bring."""
    ways = [
        Way(
            network.lanes[way.lane],
            process,
            sellers[way.supplier],
            replenishment(network, network.points[way.supplier]),
            stock,
            workshop,
        )
        for way, process in lanes
    ]
    return SeveralLanes(stock, rule, ways, workshop, prices)


def replenishment(network: Network, point: Point) -> int:
    """Return the mean time that a stock waits for what it orders, in ticks; of several lanes that of the fastest."""
    if isinstance(point.source, FromProduction):
        return point.source.lead_time.ticks
    lanes = [network.lanes[way.lane] for way in point.ways]
    times = (lane.order_delay.ticks + lane.supplier_time.ticks + lane.lead_time.ticks for lane in lanes)
    return min(times, default=0)


def sell_in_lots(network: Network, stocks: Mapping[int, StockPoint]) -> None:
    """Raise the orders to suppliers that sell in lots, when every stock has its source."""
    for stock in stocks.values():
        source = stock.source
        if isinstance(source, SeveralLanes):
            for way in source.ways:
                if way.supply.has_lots:
                    way.source = Lots(way.source, way.supply)
        elif source is not None:
            for bought in stock.point.ways:
                supply = network.points[bought.supplier].supply
                stock.source = Lots(source, supply) if supply.has_lots else source
