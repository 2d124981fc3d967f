"""Disruptions: which processes a network needs that may be struck, and what strikes them when."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from scmsim.engine.clock import Phases
from scmsim.flows.events import CODES, NOBODY
from scmsim.inputs.disruption import Spell
from scmsim.nodes.books import Books
from scmsim.nodes.disruptions_lane import StruckLane, StruckSupplierLane
from scmsim.nodes.disruptions_machine import StruckMachine
from scmsim.nodes.disruptions_pace import Extent
from scmsim.nodes.disruptions_reactions import Reaction, SwitchingLanes
from scmsim.nodes.disruptions_seller import StruckQueue, StruckStock, StruckSupplier
from scmsim.nodes.disruptions_works import StruckCustomers, StruckProduction
from scmsim.nodes.docks import Dock
from scmsim.nodes.downstream import Customers
from scmsim.nodes.lane import LaneProcess
from scmsim.nodes.perishables import mixed
from scmsim.nodes.production import Production
from scmsim.nodes.shop import WorkCentre
from scmsim.nodes.shop_machine import Machine
from scmsim.nodes.sourcing import SeveralLanes
from scmsim.nodes.stockpoint import StockPoint
from scmsim.nodes.suppliers import Queue
from scmsim.nodes.workshop import Workshop
from scmsim.scenario.network import Lane, Network, Point
from scmsim.scenario.network_disruption import Disruption

PriceFactors = Mapping[tuple[str, int], Extent]
STRUCK, ENDED = CODES["struck"], CODES["ended"]


class Danger:
    """What of a network may be struck: the classes of its processes, and the processes once they are built.

    Where nothing is ever struck, every class is the one that was there.

    Parameters
    ----------
    network : Network
        What is simulated.
    workshop : Workshop
        The means of the run.
    """

    def __init__(self, network: Network, workshop: Workshop) -> None:
        self._network = network
        self._workshop = workshop
        found = network.disruptions
        self._lanes = frozenset(lane for each in found for lane in each.lanes)
        self._doors = frozenset(lane for each in found for lane in each.doors)
        self._works = frozenset(point for each in found for point in each.idle)
        self._customers = frozenset(point for each in found for point in each.demand)
        self._machines = frozenset(resource for each in found for resource in each.machines)
        gates = {lane for each in found for lane in each.barred}
        sellers = {way.supplier for point in network.points for way in point.ways if way.lane in gates}
        own = {point for each in found for point in (*each.shut, *each.stock, *each.capacity)}
        self._sellers = frozenset(sellers | own)
        self.lanes: defaultdict[int, list[StruckLane]] = defaultdict(list)
        self.works: dict[int, StruckProduction] = {}
        self.customers: defaultdict[int, list[StruckCustomers]] = defaultdict(list)
        self.switching: list[SwitchingLanes] = []
        self.docks: Mapping[int, Dock] = {}
        self.centres: Sequence[WorkCentre] = ()
        self._reacts = any(each.reactions is not None and each.reactions.lanes for each in found)

    def stock_class(self, point: Point, base: type[StockPoint]) -> type[StockPoint]:
        """Return the class of a stock."""
        kind: type[StockPoint] = mixed(StruckStock, base) if point.index in self._sellers else base
        return kind

    def supplier_class(self, point: Point) -> Callable[[Any], Any] | None:
        """Return how the class of an outside supplier is made that may have to stop; None where it never has to."""
        return partial(mixed, StruckSupplier) if point.index in self._sellers else None

    def queue_class(self, point: int) -> type[Queue]:
        """Return the class of the queue for a supplier's capacity."""
        return StruckQueue if point in self._sellers else Queue

    def lane_class(self, lane: Lane, base: type[LaneProcess]) -> type[LaneProcess]:
        """Return the class of a lane."""
        if lane.index not in self._lanes:
            return base
        return StruckSupplierLane if lane.supplier_time.ticks else StruckLane

    def production_class(self, point: Point, base: type[Production]) -> type[Production]:
        """Return the class of the production of a stock."""
        return StruckProduction if point.index in self._works else base

    def machine_class(self, resource: int) -> type[Machine]:
        """Return the class of the machines of a resource."""
        return StruckMachine if resource in self._machines else Machine

    def customers_class(self, point: Point, base: Any) -> Any:
        """Return the class of the end customers of a stock."""
        return mixed(StruckCustomers, base) if point.index in self._customers else base

    @property
    def several_class(self) -> type[SeveralLanes]:
        """Return the class of a source with several lanes."""
        return SwitchingLanes if self._reacts else SeveralLanes

    def meet_several(self, source: SeveralLanes) -> None:
        """Note a source with several lanes."""
        if isinstance(source, SwitchingLanes):
            self.switching.append(source)

    def meet(self, lane: Lane, process: LaneProcess, seller: Any) -> None:
        """Note the process of a lane, and tell it who sells."""
        if not isinstance(process, StruckLane):
            return
        self.lanes[lane.index].append(process)
        if lane.index in self._doors:
            process.guard_door(self._workshop)
        if isinstance(seller, StruckStock):
            seller.lanes.append(process)
        if isinstance(seller, StruckStock | StruckSupplier):
            process.resume, process.take_back = seller.resume, seller.take_back

    def meet_works(self, point: Point, production: Production) -> None:
        """Note the production of a stock."""
        if isinstance(production, StruckProduction):
            self.works[point.index] = production

    def meet_customers(self, point: Point, customers: Customers) -> None:
        """Note the customers of a stock."""
        if isinstance(customers, StruckCustomers):
            self.customers[point.index].append(customers)


class Disruptions:
    """Strikes what is to be struck when its time comes.

    Parameters
    ----------
    danger : Danger
        What may be struck.
    network : Network
        What is simulated.
    sellers : mapping of int to StockPoint or UnlimitedSupplier
        Every seller by the index of its point.
    prices : mapping of (str, int) to Extent
        By what prices are multiplied: of the lane, or of the sales at the point, of this index.
    workshop : Workshop
        The means of the run.
    """

    def __init__(
        self, danger: Danger, network: Network, sellers: Mapping[int, Any], prices: PriceFactors, workshop: Workshop
    ) -> None:
        self._prices = prices
        self._clock = workshop.clock
        self._end = network.calendar.end
        self._events_row = workshop.recorder.writer("events")
        start = network.calendar.start
        self._spells: dict[str, Iterator[Spell]] = {}
        self._extents: dict[str, list[Extent]] = {}
        self._danger = danger
        self._sellers = sellers
        self._set_off: defaultdict[str, list[Disruption]] = defaultdict(list)
        for each in network.disruptions:
            generator = workshop.streams.generator(f"disruption/{each.name}")
            self._spells[each.name] = each.when.spells(generator, start)
            self._extents[each.name] = list(self._extents_of(each))
            if each.when.trigger is not None:
                self._set_off[each.when.trigger].append(each)
        self._reactions = {
            each.name: Reaction(each.reactions, danger.docks, danger.switching, workshop)
            for each in network.disruptions
            if each.reactions is not None
        }
        for each in network.disruptions:
            if each.when.trigger is None:
                self._book_next(each)

    def _extents_of(self, each: Disruption) -> Iterator[Extent]:
        """Give everything of which a disruption leaves a part."""
        danger, sellers = self._danger, self._sellers
        for indices, name in ((each.doors, "mail"), (each.barred, "gate"), (each.slow, "speed"), (each.full, "ramp")):
            for lane in indices:
                for process in danger.lanes[lane]:
                    yield getattr(process, name)
        for point in each.shut:
            if isinstance(sellers[point], StruckStock):
                yield sellers[point].shop
        for point in each.idle:
            yield danger.works[point].speed
        for resource in each.machines:
            machines = danger.centres[resource].machines
            lost = machines[round(len(machines) * each.machines_left) :]
            yield from (machine.power for machine in lost if isinstance(machine, StruckMachine))
        queues = dict.fromkeys(sellers[point].queue for point in each.capacity)
        yield from (queue.share for queue in queues if isinstance(queue, StruckQueue))
        for point in each.demand:
            yield from (customers.wants for customers in danger.customers[point])
        shaken = [("lane", lane) for lane in each.lane_prices] + [("sale", point) for point in each.sale_prices]
        yield from (self._prices[place] for place in shaken if place in self._prices)

    def _book_next(self, each: Disruption) -> None:
        spell = next(self._spells[each.name], None)
        if spell is not None and spell[0] < self._end:
            self._clock.at(max(spell[0], self._clock.now), Phases.state, self._strike, (each, spell, True))

    def _strike(self, blow: tuple[Disruption, Spell, bool]) -> None:
        each, (begin, end), comes_by_itself = blow
        self._write(STRUCK, each)
        for extent in self._extents[each.name]:
            extent.strike(each.leaves)
        self._destroy(each)
        reaction = self._reactions.get(each.name)
        if reaction is not None:
            reaction.expect(begin, end)
        self._clock.at(end, Phases.state, self._lift, each)
        for other in self._set_off[each.name]:
            after, until = next(self._spells[other.name])
            if after >= 0:
                spell = begin + after, begin + until
                self._clock.at(spell[0], Phases.state, self._strike, (other, spell, False))
        if comes_by_itself:
            self._book_next(each)

    def _lift(self, each: Disruption) -> None:
        for extent in self._extents[each.name]:
            extent.lift(each.leaves)
        self._write(ENDED, each)

    def _destroy(self, each: Disruption) -> None:
        for point in each.stock:
            self._sellers[point].wreck(each.stock_share)
        for lane in each.loads:
            for process in self._danger.lanes[lane]:
                process.wreck(each.loads_share)

    def _write(self, kind: float, each: Disruption) -> None:
        number = float(each.number)
        self._events_row((self._clock.time, kind, float(each.place), NOBODY, 0.0, each.remaining, number))


def begin_disruptions(
    danger: Danger, network: Network, sellers: Mapping[int, Any], books: object, workshop: Workshop
) -> None:
    """Let disruptions strike, where a scenario has any."""
    if network.disruptions:
        prices = books.price_factors if isinstance(books, Books) else {}
        Disruptions(danger, network, sellers, prices, workshop)
