"""A stock with several lanes: where each of its orders goes, and the enquiries that go before."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from scmsim.flows.events import CODES as EVENTS
from scmsim.flows.information import CODES as MESSAGES
from scmsim.flows.material import RESIDUE
from scmsim.nodes.lots import raised
from scmsim.nodes.stockpoint import StockPoint
from scmsim.nodes.ways import Way
from scmsim.nodes.workshop import Workshop
from scmsim.policies.base import Decide
from scmsim.policies.sourcing import Offer, Sourcing
from scmsim.policies.view import View

REQUESTED, QUOTED = (EVENTS[kind] for kind in ("quotation_requested", "quotation"))


class PriceList(Protocol):
    """Whoever knows what a stock pays its suppliers."""

    def price(self, point: int, quantity: float = 0.0, supplier: int = -1) -> float:
        """The price at which a stock buys so many units now; 0 where it has none."""


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
        for way, units, offer in zip(self.ways, chosen, offers, strict=True):
            if units > RESIDUE and self._rule.binds:
                way.place_as_quoted(units, offer)
            elif units > RESIDUE:
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
