"""One run: build the processes of a network, link them, start them, and let the clock run."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from scmsim.engine.clock import Clock, Phases, StandstillError
from scmsim.engine.recorder import Recorder, Sink
from scmsim.engine.streams import Streams
from scmsim.errors import AuditError, ScmsimError, SimulationError
from scmsim.flows.information import Order
from scmsim.garbage import rare_collections
from scmsim.nodes.books import Books
from scmsim.nodes.books_afterwards import BooksAfterwards
from scmsim.nodes.books_afterwards_when import can_wait
from scmsim.nodes.cancellations import cancels
from scmsim.nodes.clerks import Desk, OrderDesk
from scmsim.nodes.closing import Closing
from scmsim.nodes.correspondence import Correspondence
from scmsim.nodes.crossroads import Crossroads, sell_in_lots
from scmsim.nodes.disruptions import Danger, begin_disruptions
from scmsim.nodes.distribution import (
    customers_class,
    docked_lane_class,
    lane_class,
    production_class,
    stock_class,
    stock_up,
    tell_customers,
    tell_freshness,
    undemanding_customers,
)
from scmsim.nodes.docks import docks_of
from scmsim.nodes.downstream import Customers
from scmsim.nodes.explosion import explode
from scmsim.nodes.forecaster import Forecaster
from scmsim.nodes.gates import Gates
from scmsim.nodes.information import Information, informed_stock, is_informed
from scmsim.nodes.lane import LaneProcess, Seller, SupplierLaneProcess
from scmsim.nodes.peers import peers_of
from scmsim.nodes.planning import Buyers
from scmsim.nodes.promotions import StockingCustomers
from scmsim.nodes.rulebook import Substitute
from scmsim.nodes.ruled_stock import RuledStock, ruled
from scmsim.nodes.sharing import outside_supplier
from scmsim.nodes.shop import build_shop
from scmsim.nodes.shop_production import ShopProduction
from scmsim.nodes.shop_promises import Promises
from scmsim.nodes.stockpoint import StockPoint
from scmsim.nodes.suppliers import limit
from scmsim.nodes.upstream import UnlimitedSupplier
from scmsim.nodes.workshop import Workshop
from scmsim.scenario.network import CustomerDemand, Delay, FromLane, FromProduction, FromSeveral, Network, Point
from scmsim.ticks import LONG_AGO, TICKS

Observer = Callable[["Simulation", int], None]


def simulate(
    network: Network, *, seed: int, replication: int = 1, sinks: Sequence[Sink] = (), on_instant: Observer | None = None
) -> None:
    """Run a network once and hand its facts to the sinks.

    Parameters
    ----------
    network : Network
        What to simulate.
    seed : int
        Chosen by the user; the same seed gives the same run.
    replication : int
        Which of the independent runs of this seed.
    sinks : sequence of Sink
        Who reads the facts.
    on_instant : callable, optional
        Called with the simulation and the tick when everything due at an instant has been done.

    Raises
    ------
    SimulationError
        The run failed after it had started.
    """
    is_watched = on_instant is not None
    with rare_collections():
        simulation = Simulation(network, seed=seed, replication=replication, sinks=sinks, is_watched=is_watched)
        if on_instant is not None:
            simulation.clock.on_close(lambda tick: on_instant(simulation, tick))
        simulation.run()


class Simulation:
    """A network ready to run.

    Parameters
    ----------
    network, seed, replication, sinks
        As for `simulate`.
    is_watched : bool
        Whether somebody looks at the books while the run goes on, so that they cannot be written afterwards.

    Attributes
    ----------
    clock : Clock
    stocks : dict of int to StockPoint
        The stocks by the index of their point.
    books : Books, BooksAfterwards or None
        The books of all nodes; None where nothing of the scenario is about money.
    gates : Gates or None
        What money has to say about orders; None there, too.
    """

    def __init__(
        self,
        network: Network,
        *,
        seed: int,
        replication: int = 1,
        sinks: Sequence[Sink] = (),
        is_watched: bool = False,
    ) -> None:
        self.network = network
        self.clock = Clock()
        self.phases = Phases(1 + max((point.level for point in network.points), default=0))
        self.recorder = Recorder(self.clock, sinks, network.calendar.bucket)
        self._workshop = Workshop(self.clock, self.phases, Streams(seed, replication), self.recorder)
        self.gates = Gates(network, self._workshop) if network.money is not None else None
        self.books = self._books(is_watched=is_watched) if network.money is not None else None
        self._is_informed = is_informed(network)
        self._danger = Danger(network, self._workshop)
        self.stocks: dict[int, StockPoint] = {}
        self._suppliers: dict[int, UnlimitedSupplier] = {}
        self._desks = {
            name: Desk(node.order_clerks, self._workshop, f"{name}/order_processing")
            for name, node in network.nodes.items()
            if node.order_clerks is not None
        }
        promises = Promises(network, self._workshop)
        if self.recorder.reads("messages"):
            Correspondence(network, self._workshop)
        self.clock.on_close(Closing(self._workshop).close)
        buyers = Buyers(network, self._workshop)
        for point in network.points:
            self._build(point)
        buyers.hand_out(self.stocks)
        explode(network, self.stocks)
        promises.hand_out(self.stocks)
        limit(network, self._suppliers, self._workshop, self._danger.queue_class)
        self._docks = self._danger.docks = docks_of(network, self._workshop)
        self._centres = self._danger.centres = build_shop(network, self._workshop, self._danger.machine_class)
        for stock in self.stocks.values():
            self._link(stock)
        if self.gates is not None and isinstance(self.books, Books):
            self.gates.link(self.books, self.stocks)
            self.gates.close(self._docks)
        sell_in_lots(network, self.stocks)
        for stock in self.stocks.values():
            self._start(stock)
        stock_up(self.stocks, network.calendar.start)
        for stock in self.stocks.values():
            if stock.source is not None:
                stock.source.fill(network.calendar.start)
        if self._is_informed:
            Information(network, self.stocks, self._suppliers, self._workshop).begin()  # type: ignore[arg-type]
        begin_disruptions(self._danger, network, {**self._suppliers, **self.stocks}, self.books, self._workshop)

    def run(self) -> None:
        """Run from the calendar's start to its end.

        Raises
        ------
        SimulationError
            The run failed; the message says when and why.
        """
        calendar = self.network.calendar
        self.recorder.begin(calendar.start)
        try:
            self.clock.run(calendar.end)
            if self.books is not None:
                self.books.finish(calendar.end)
        except AuditError:
            raise
        except (ScmsimError, ArithmeticError, ValueError) as error:
            if isinstance(error, StandstillError):
                error = SimulationError(f"{error}{self._who_acts(error)}")
            now = f"{calendar.unit} {self.clock.now / TICKS:g}"
            raise SimulationError(f"the run of {self.network.name} failed at {now}: {error}") from error
        self.recorder.end(calendar.end)

    def _who_acts(self, error: StandstillError) -> str:
        """Return which stocks keep time from going on."""
        acting = [stock.point for stock in self.stocks.values() if any(stock is owner for owner in error.owners)]
        places = ", ".join(f"{point.product} at {point.node}" for point in acting)
        hint = (
            "each of their orders leads to the next: review at intervals, or let none order from itself through others"
        )
        return f" ({places}: {hint})" if places else ""

    def _books(self, *, is_watched: bool) -> Books | BooksAfterwards:
        """Make the books that are written as things happen, or, where nothing hangs on them, afterwards."""
        if is_watched or not can_wait(self.network, self.recorder):
            return Books(self.network, self._workshop)
        return BooksAfterwards(self.network, self._workshop)

    def _build(self, point: Point) -> None:
        if point.unlimited:
            may_stop = self._danger.supplier_class(point)
            supplier = outside_supplier(point, self._workshop, is_informed=self._is_informed, may_stop=may_stop)
            self._suppliers[point.index] = supplier
        else:
            stock = stock_class(point, informed_stock(point) if self._is_informed else StockPoint)
            if point.rules is not None:
                stock = ruled(stock)
            stock = self._danger.stock_class(point, stock)
            whole_units = self.network.products[point.product].whole_units
            built = self.stocks[point.index] = stock(point, self._workshop, whole_units=whole_units)
            if point.forecasts and self.recorder.reads("forecasts"):
                built.decides_through(lambda decide: Forecaster(decide, point, self._workshop).decide)

    def _link(self, stock: StockPoint) -> None:
        source = stock.point.source
        if isinstance(source, FromLane):
            stock.source = self._lane(stock, source)
        elif isinstance(source, FromSeveral):
            lanes = [(way, self._lane(stock, way)) for way in source.ways]
            sellers: dict[int, StockPoint | UnlimitedSupplier] = {**self._suppliers, **self.stocks}
            prices = self.books if isinstance(self.books, Books) else None
            crossroads = Crossroads(self.network, sellers, self._workshop, prices)
            several = crossroads.source(stock, source.rule, lanes, self._danger.several_class)
            self._danger.meet_several(several)
            stock.source = several
        elif isinstance(source, FromProduction):
            components = [self.stocks[index] for index, _ in source.components]
            whole = self.network.products[stock.point.product].whole_units
            if source.route is not None:
                making = ShopProduction(source, stock, components, self._workshop, whole_units=whole)
                making.take_place(source.route, self._centres, self._workshop)
                stock.source = making
            else:
                production = self._danger.production_class(stock.point, production_class(components))
                works = production(source, stock, components, self._workshop, whole_units=whole)
                self._danger.meet_works(stock.point, works)
                stock.source = works
        if isinstance(stock, RuledStock):
            stock.ask_at(peers_of(self.network, stock, self.stocks, self._workshop))

    def _lane(self, stock: StockPoint, source: FromLane) -> LaneProcess:
        """Return the process of a lane into a stock."""
        lane = self.network.lanes[source.lane]
        kind = SupplierLaneProcess if lane.supplier_time.ticks else LaneProcess
        if stock.point.is_managed:
            lane = replace(lane, order_delay=Delay(0))
        dock, seller = self._docks.get(source.lane), self._seller(stock.point, source)
        if dock is None:
            built = self._danger.lane_class(lane, lane_class(stock.point, kind))
            process = built(lane, stock, seller, self._workshop)
            self._danger.meet(lane, process, self.stocks.get(source.supplier) or self._suppliers[source.supplier])
        else:
            shipper = self.stocks.get(source.supplier)
            process = docked_lane_class(stock.point)(lane, stock, seller, self._workshop, dock, shipper)
        tell_freshness(process, lane, source, self.network, self.stocks)
        cancels(lane, process, self.stocks.get(source.supplier), stock.point.level, self._workshop)
        return process

    def _seller(self, buyer: Point, source: FromLane) -> Seller:
        """Return who enters the orders of a stock: its supplier, behind a desk where clerks handle them."""
        seller = self.stocks.get(source.supplier) or self._suppliers[source.supplier]
        desk = self._desks.get(seller.point.node)
        return seller if desk is None or buyer.is_managed else OrderDesk(seller, desk, self._workshop)

    def _start(self, stock: StockPoint) -> None:
        start = self.network.calendar.start
        self.clock.at(start, Phases.state, lambda _: stock.change())
        self._stock_up(stock, start)
        self._schedule_reviews(stock, start)
        for demand in stock.point.demands:
            customers = self._customers(demand, stock)
            if demand.model.timing == "continuous":
                customers.book_next()
            else:
                self.clock.every(start + demand.offset, demand.interval, self.phases.demand, customers.arrive)

    def _customers(self, demand: CustomerDemand, stock: StockPoint) -> Customers:
        sale, start = stock.point.sale, self.network.calendar.start
        if demand.pantry and sale is not None:
            kind = customers_class(demand, stock.point, StockingCustomers)
            customers: Customers = kind(demand, sale, stock, self._workshop, start)
        else:
            kind = self._danger.customers_class(stock.point, customers_class(demand, stock.point, Customers))
            customers = kind(demand, stock, self._workshop, start)
            self._danger.meet_customers(stock.point, customers)
        tell_customers(customers, demand, self.network, self.stocks, self._workshop)
        if isinstance(stock, RuledStock):
            others = [self.stocks[index] for index in demand.service.substitutes]
            routes = [(other, undemanding_customers(other, self._workshop, start)) for other in others]
            substitutes = [Substitute(other, route, self._workshop) for other, route in routes]
            stock.rules.expect(customers, demand, substitutes)
        return customers

    def _stock_up(self, stock: StockPoint, start: int) -> None:
        initial = stock.point.initial
        if initial >= 0:
            stock.on_hand = initial
            return
        route = undemanding_customers(stock, self._workshop, start)
        owed = Order(next(self._workshop.numbers), route, -initial, start, start)
        owed.placed = owed.entered = owed.promised = LONG_AGO
        stock.ask(-initial)
        stock.waiting.append(owed)

    def _schedule_reviews(self, stock: StockPoint, start: int) -> None:
        review, level = stock.point.review, stock.point.level
        if review is None:
            return
        if review.continuous:
            self.clock.at(start, self.phases.turn(level), stock.review)
            return
        first = start + review.offset
        stock.expect_review(first)
        phase = self.phases.turn(level, early=review.before_demand)
        self.clock.every(first, review.interval, phase, stock.review)
