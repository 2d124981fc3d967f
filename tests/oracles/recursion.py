"""A slow, independent simulator: supply chains whose every delay is a whole number of periods, computed by hand.

It follows the words of the design (one instant: receive, demand, then level by level orders, serve, review) with plain
lists, dicts and floats, and shares no code with the package. The package's engine has to agree with it.

What it understands of a scenario (the mapping that a file would hold, everything spelled out: every stock is listed,
every lane names its products, no defaults section, no tables):

* ``time``: start, horizon; ``nodes``: suppliers with lead_time, capacity, minimum_order, order_multiple and yield, and
  any other kind with stock, demand and make; ``lanes``: from, to, products, order_delay, lead_time, crossing, priority,
  share (reports at regular instants, with delay, offset and one error);
* stock: initial, initial_pipeline (one number), first_orders, periodic review, allocation, policy;
* demand: a list of ``replay`` demands with values, unmet and priority;
* policies: every kind that is reviewed at regular instants, with every forecast; rounding, minimum_order and
  order_multiple.

All times are whole numbers, quantities are real and never negative, and every stock has one source. Where a time is a
distribution, the numbers that were drawn of it are handed in, and used up in the order in which they are needed.
"""

import sys
from math import ceil, inf
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parent))

from recursion_allocation import DUST, allocated, first_come
from recursion_chain import Capacity, Drawn, Line, Mapping, Order, Place, Production, Stock, build, levels
from recursion_decisions import CloseCall, is_exact
from recursion_information import Information
from recursion_review import decided


class Row(NamedTuple):
    """One period of one stock: four levels at its end, four quantities during it, in units."""

    on_hand: float
    backorders: float
    on_order: float
    in_transit: float
    ordered: float
    demanded: float
    served: float
    lost: float


class Recursion:
    """A run of a scenario: `run` returns one list of rows, one row per period, for every stock.

    Attributes
    ----------
    noisy : list of int
        The periods, counted from 0, in which rounding noise could decide an order: the policy stood on a threshold, or
        next to it, and what it looked at was not a sum of short binary fractions.
    held_up : float
        The most units that ever lay set aside for kits that lacked another component, at the end of a period.
    """

    def __init__(self, scenario: Mapping, drawn: Drawn | None = None) -> None:
        self.start = int(scenario["time"].get("start", 1))
        self.periods = int(scenario["time"]["horizon"])
        self.stocks = build(scenario, drawn or {})
        self.levels = levels(self.stocks)
        limits = [stock.capacity for stock in self.stocks.values() if stock.capacity]
        self.capacities: list[Capacity] = [one for number, one in enumerate(limits) if one not in limits[:number]]
        self.arriving: dict[int, list[tuple[Stock, float, Order | None]]] = {}
        self.leaving: dict[int, list[tuple[Stock, float, Order | None]]] = {}
        self.mail: dict[int, list[tuple[Stock, Line]]] = {}
        self.again: set[Stock] = set()
        self.round: tuple[int, str] | None = None
        self.exact = True
        self.noisy: list[int] = []
        self.held_up = 0.0
        self.rows: dict[Place, list[Row]] = {place: [] for place in self.stocks}
        for (node, product), stock in self.stocks.items():
            if not stock.unlimited:
                said = scenario["nodes"][node]["stock"][product]
                self._fill(stock, said.get("initial", 0), said.get("initial_pipeline", 0))
        self.information = Information(self.levels, self.start)
        self.information.begin()

    def _fill(self, stock: Stock, initial: float, pipeline: float) -> None:
        """Give a stock its initial state; what is missing from a negative one is owed to customers of the past."""
        stock.on_hand = max(0.0, float(initial))
        if initial < 0:
            stock.queue.append(Line(self.start - 1, -initial))
        if not pipeline:
            return
        supplier_time = stock.source.supplier_time if stock.source else 0
        lead_time = int(stock.lead_time.mean)
        for seller, per_unit in ({stock.source: 1.0} if stock.source else stock.components or {}).items():
            stock.entered[seller] = per_unit * pipeline * (supplier_time + lead_time)
        for period in range(supplier_time + lead_time):
            stock.on_order += pipeline
            order = Order(self.start + period, pipeline)
            stock.due.append(order)
            if period < lead_time:
                stock.in_transit += pipeline
                self._plan(self.start + period, stock, pipeline, order)
            else:
                self.leaving.setdefault(self.start + period - lead_time, []).append((stock, pipeline, order))
        for period in range(int(stock.order_delay.mean)):
            order = Order(self.start + period + supplier_time + lead_time, pipeline)
            stock.due.append(order)
            line = Line(0, pipeline, buyer=stock, priority=stock.priority, order=order)
            self.mail.setdefault(self.start + period, []).append((stock.source, line))
            stock.on_order += pipeline

    def _plan(self, instant: int, stock: Stock, units: float, order: Order | None) -> None:
        """Let units arrive at a stock at a later instant."""
        self.arriving.setdefault(instant, []).append((stock, units, order))

    def run(self) -> dict[Place, list[Row]]:
        """Run from start to end, one instant after the other."""
        for now in range(self.start, self.start + self.periods):
            self._renew(now)
            self._receive_all(now)
            self.information.hear(now)
            mail = self.mail.pop(now, [])
            self._open([(to, line) for to, line in mail if self._is_due(to, now, "before_demand")])
            self._level_by_level(now, "before_demand")
            self._demand(now)
            self._open([(to, line) for to, line in mail if not self._is_due(to, now, "before_demand")])
            self._level_by_level(now, "after_demand")
            self._close()
        return self.rows

    @staticmethod
    def _open(mail: list[tuple[Stock, Line]]) -> None:
        for seller, line in mail:
            line.by_mail = True
            seller.inbox.append(line)

    # ---- receive and demand

    def _receive_all(self, now: int) -> None:
        """Let shipments and finished production enter stock, and shipments leave suppliers that took their time."""
        for stock, units, order in self.leaving.pop(now, []):
            self._leave(stock, units, order, now)
        for stock, units, order in self.arriving.pop(now, []):
            stock.in_transit -= units
            self._receive(stock, units, order)

    def _receive(self, stock: Stock, units: float, order: Order | None) -> None:
        """Let units enter a stock, which serves again if it has already served in this round."""
        stock.on_hand += units
        stock.on_order -= units
        stock.received += units
        if order:
            order.open -= units
        if self.round and stock.served_in == self.round:
            self.again.add(stock)

    def _demand(self, now: int) -> None:
        """Let end customers' demand arrive."""
        for stock in self.stocks.values():
            for number, demand in enumerate(stock.demands):
                since = now - self.start - demand.get("offset", 0)
                if since >= 0 and since % demand.get("interval", 1) == 0:
                    asked = self._replayed(demand, since // demand.get("interval", 1))
                    line = Line(now, asked, lost_if_unmet=demand.get("unmet") == "lost")
                    line.priority, line.number = demand.get("priority", 1), number
                    self._enter(stock, line, now)
                    stock.sold += asked

    @staticmethod
    def _replayed(demand: Mapping, number: int) -> float:
        values = demand["values"]
        if number < len(values):
            return float(values[number])
        after = demand.get("afterwards", "repeat")
        return float({"repeat": values[number % len(values)], "last": values[-1], "zero": 0}[after])

    @staticmethod
    def _enter(stock: Stock, line: Line, now: int) -> None:
        """Enter what is asked of a stock: from this instant on it is backordered until it is served."""
        line.entered = now
        stock.queue.append(line)
        stock.demanded += line.waiting
        stock.asked += line.waiting
        customer = line.production.makes if line.production else line.buyer
        if customer:
            customer.entered[stock] = customer.entered.get(stock, 0.0) + line.waiting

    # ---- orders, serve, review

    def _level_by_level(self, now: int, timing: str) -> None:
        """Run orders → serve → review, downstream first, for all stocks after demand.

        Before demand it is run for the stocks whose review is due then, and for those whom their orders have reached.
        """
        self.round = (now, timing)
        for level in range(max(self.levels.values()) + 1):
            here = [stock for stock in self.stocks.values() if self.levels[stock] == level]
            for stock in here:
                if not stock.unlimited and stock.review["timing"] == timing:
                    self.information.tell(stock, now)
            if timing == "before_demand":
                here = [stock for stock in here if stock.inbox or self._is_due(stock, now, timing)]
            for stock in here:
                for line in stock.inbox:
                    self._enter(stock, line, now)
                stock.inbox.clear()
            due = sorted((stock for stock in here if self._is_due(stock, now, timing)), key=lambda stock: stock.place)
            self._turns([stock for stock in here if stock.unlimited and not stock.capacity], now)
            self._turns(due, now)
            for stock in due:
                self._review(stock, now)
            self._serve_again(now)
            self._turns([stock for stock in here if not stock.unlimited and stock not in due], now)
            for limit in self.capacities:
                if level == max(self.levels[stock] for stock in limit.stocks):
                    self._serve_limited(limit, now)
            self._serve_again(now)
        self.round = None

    def _turns(self, stocks: list[Stock], now: int) -> None:
        for stock in stocks:
            self._serve(stock, now)

    def _serve_again(self, now: int) -> None:
        """Serve the stocks that received something after they had served, level by level, downstream first."""
        while self.again:
            lowest = min(self.levels[stock] for stock in self.again)
            here = [stock for stock in self.again if self.levels[stock] == lowest]
            self.again.difference_update(here)
            self._turns(sorted(here, key=lambda stock: stock.place), now)

    def _serve(self, stock: Stock, now: int) -> None:
        """Allocate what is free among all who wait and hand it out; then demand that does not wait is lost.

        What is set aside for a production order stays on hand, but it is served: the stock had it.
        """
        stock.served_in = self.round
        for line, units in self._allocate(stock):
            self.exact = self.exact and is_exact(units)
            line.waiting -= units
            if line.entered == now:
                stock.served += units
            if line.production:
                line.set_aside += units
                self._start_production(line.production, now)
                continue
            if not stock.unlimited:
                stock.on_hand -= units
            if line.buyer:
                self._ship(stock, line, units, now)
        for line in stock.queue:
            if line.lost_if_unmet:
                stock.lost += line.waiting
                line.waiting = 0.0
        stock.queue = [line for line in stock.queue if line.waiting > DUST or line.set_aside > DUST]

    @staticmethod
    def _allocate(stock: Stock) -> list[tuple[Line, float]]:
        """Return who gets how much: by instant of entry, what entered together pro rata, or by the stock's own rule."""
        lines = [line for line in stock.queue if line.waiting > DUST]
        return allocated(stock.allocation, inf if stock.unlimited else stock.free(), lines) if lines else []

    def _renew(self, now: int) -> None:
        """Give suppliers the capacity of a new period, in place of what is left of the last: who waits is first."""
        for limit in self.capacities:
            if (now - self.start) % limit.period == 0:
                limit.left = limit.units
                self._serve_limited(limit, now)

    def _serve_limited(self, limit: Capacity, now: int) -> None:
        """Ship what the capacity of a supplier allows, of whatever products: first come, first served."""
        sellers = {id(line): stock for stock in limit.stocks for line in stock.queue}
        for line, units in first_come(limit.left, [line for stock in limit.stocks for line in stock.queue]):
            self.exact = self.exact and is_exact(units)
            line.waiting -= units
            limit.left -= units
            self._ship(sellers[id(line)], line, units, now)
        for stock in limit.stocks:
            stock.queue = [line for line in stock.queue if line.waiting > DUST]

    def _ship(self, seller: Stock, line: Line, units: float, now: int) -> None:
        """Send units on their way; an unlimited supplier takes its lead time, and some of its units may be bad."""
        buyer, good = line.buyer, units * seller.good
        assert buyer is not None
        buyer.on_order -= units - good
        if line.order:
            line.order.open -= units - good
        if seller.supplier_time:
            self.leaving.setdefault(now + seller.supplier_time, []).append((buyer, good, line.order))
        else:
            self._leave(buyer, good, line.order, now)

    def _leave(self, buyer: Stock, units: float, order: Order | None, now: int) -> None:
        """Let units be on their way from now on; where nothing overtakes, behind those that left before."""
        arrives = now + buyer.lead_time.next()
        if not buyer.crossing:
            arrives = buyer.latest = max(arrives, buyer.latest)
        if arrives == now and self.round:
            self._receive(buyer, units, order)
            return
        buyer.in_transit += units
        self._plan(arrives, buyer, units, order)

    def _start_production(self, production: Production, now: int) -> None:
        """Start as many units as there are complete kits, taking their components out of stock."""
        per_unit = production.makes.components or {}
        units = min(line.set_aside / per_unit[component] for component, line in production.lines.items())
        if units <= DUST:
            return
        self.exact = self.exact and is_exact(units)
        for component, line in production.lines.items():
            taken = min(line.set_aside, units * per_unit[component])
            line.set_aside -= taken
            component.on_hand -= taken
        self._make(production.makes, units, production.order, now)

    def _make(self, stock: Stock, units: float, order: Order, now: int) -> None:
        """Let units be finished after the lead time of production."""
        lead_time = stock.lead_time.next()
        if lead_time == 0:
            self._receive(stock, units, order)
            return
        stock.in_transit += units
        self._plan(now + lead_time, stock, units, order)

    def _is_due(self, stock: Stock, now: int, timing: str) -> bool:
        if stock.unlimited:
            return False
        since = now - self.start - stock.review["offset"]
        return stock.review["timing"] == timing and since >= 0 and since % stock.review["interval"] == 0

    def _review(self, stock: Stock, now: int) -> None:
        """Let the forecast absorb the demand since the last review, decide, and place the order."""
        close: list[CloseCall] = []
        units = decided(stock, now, self.information, close)
        if any(call.distance < 1e-6 and not (self.exact and is_exact(call.value)) for call in close):
            self.noisy.append(now - self.start)
        if stock.reviews < len(stock.first_orders):
            units = float(stock.first_orders[stock.reviews])
        stock.reviews += 1
        stock.asked = 0.0
        if units > DUST:
            self._order(stock, units, now)

    def _order(self, stock: Stock, units: float, now: int) -> None:
        """Place a replenishment order: at the source's stock after the order delay, or with production at once."""
        if stock.source:
            units = max(units, stock.source.minimum_order)
            if lot := stock.source.order_multiple:
                units = ceil(units / lot - 1e-9) * lot
        self.exact = self.exact and is_exact(units)
        stock.ordered += units
        stock.on_order += units
        order = Order(now + stock.way(), units)
        stock.due = [*(each for each in stock.due if each.open > 1e-9), order]
        if stock.source:
            line = Line(now, units, buyer=stock, priority=stock.priority, order=order)
            delay = stock.order_delay.next()
            if delay:
                self.mail.setdefault(now + delay, []).append((stock.source, line))
            else:
                stock.source.inbox.append(line)
        elif stock.components:
            production = Production(stock, order)
            for component, per_unit in stock.components.items():
                line = Line(now, units * per_unit, production=production, priority=stock.priority)
                production.lines[component] = line
                component.inbox.append(line)
        else:
            self._make(stock, units, order, now)

    # ---- close

    def _close(self) -> None:
        """Record the period and begin the next one's counts."""
        for place, stock in self.stocks.items():
            levels = (stock.on_hand, stock.backorders(), stock.on_order, stock.in_transit)
            self.rows[place].append(Row(*levels, stock.ordered, stock.demanded, stock.served, stock.lost))
            stock.ordered = stock.demanded = stock.served = stock.lost = 0.0
            self.held_up = max(self.held_up, sum(line.set_aside for line in stock.queue))


def run(scenario: Mapping, drawn: Drawn | None = None) -> dict[Place, list[Row]]:
    """Run a scenario and return one row per period for every stock, suppliers' included."""
    return Recursion(scenario, drawn).run()
