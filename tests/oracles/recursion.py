"""A slow, independent simulator: supply chains whose every delay is a whole number of periods, computed by hand.

It follows the words of the design (one instant: receive, demand, then level by level orders, serve, review) with plain
lists, dicts and floats, and shares no code with the package. The package's engine has to agree with it.

What it understands of a scenario (the mapping that a file would hold, everything spelled out: every stock is listed,
every lane names its products, no defaults section, no tables):

* ``time``: start, horizon; ``nodes``: suppliers with lead_time, and any other kind with stock, demand and make;
  ``lanes``: from, to, products, order_delay, lead_time;
* stock: initial, initial_pipeline (one number), first_orders, periodic review, policy;
* demand: a list of ``replay`` demands with values;
* policies: base_stock, min_max, reorder_point, order_up_to, smoothed_order_up_to, anchor_and_adjust, scripted, with
  constant, naive, moving_average and exponential_smoothing forecasts; rounding, minimum_order and order_multiple.

All times are whole numbers, quantities are real and never negative, and every stock has one source.
"""

import sys
from math import inf
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parent))

from recursion_chain import Line, Mapping, Place, Production, Stock, build, levels
from recursion_decisions import (
    CloseCall,
    expected,
    is_exact,
    listed,
    observe,
    shaped,
    wanted_by_forecast,
    wanted_by_level,
)


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

    def __init__(self, scenario: Mapping) -> None:
        self.start = int(scenario["time"].get("start", 1))
        self.periods = int(scenario["time"]["horizon"])
        self.stocks = build(scenario)
        self.levels = levels(self.stocks)
        self.arriving: dict[int, list[tuple[Stock, float]]] = {}
        self.leaving: dict[int, list[tuple[Stock, float]]] = {}
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

    def _fill(self, stock: Stock, initial: float, pipeline: float) -> None:
        """Give a stock its initial state; what is missing from a negative one is owed to customers of the past."""
        stock.on_hand = max(0.0, float(initial))
        if initial < 0:
            stock.queue.append(Line(self.start - 1, -initial))
        if not pipeline:
            return
        supplier_time = stock.source.supplier_time if stock.source else 0
        for period in range(supplier_time + stock.lead_time):
            self._plan(self.start + period, stock, pipeline)
            stock.on_order += pipeline
            if period < stock.lead_time:
                stock.in_transit += pipeline
            else:
                self.leaving.setdefault(self.start + period - stock.lead_time, []).append((stock, pipeline))
        for period in range(stock.order_delay):
            self.mail.setdefault(self.start + period, []).append((stock.source, Line(0, pipeline, buyer=stock)))
            stock.on_order += pipeline

    def _plan(self, instant: int, stock: Stock, units: float) -> None:
        """Let units arrive at a stock at a later instant."""
        self.arriving.setdefault(instant, []).append((stock, units))

    def run(self) -> dict[Place, list[Row]]:
        """Run from start to end, one instant after the other."""
        for now in range(self.start, self.start + self.periods):
            self._receive_all(now)
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
            seller.inbox.append(line)

    # ---- receive and demand

    def _receive_all(self, now: int) -> None:
        """Let shipments and finished production enter stock, and shipments leave suppliers that took their time."""
        for stock, units in self.leaving.pop(now, []):
            stock.in_transit += units
        for stock, units in self.arriving.pop(now, []):
            stock.in_transit -= units
            self._receive(stock, units)

    def _receive(self, stock: Stock, units: float) -> None:
        """Let units enter a stock, which serves again if it has already served in this round."""
        stock.on_hand += units
        stock.on_order -= units
        if self.round and stock.served_in == self.round:
            self.again.add(stock)

    def _demand(self, now: int) -> None:
        """Let end customers' demand arrive."""
        for stock in self.stocks.values():
            for demand in stock.demands:
                since = now - self.start - demand.get("offset", 0)
                if since >= 0 and since % demand.get("interval", 1) == 0:
                    asked = self._replayed(demand, since // demand.get("interval", 1))
                    self._enter(stock, Line(now, asked, lost_if_unmet=demand.get("unmet") == "lost"), now)

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

    # ---- orders, serve, review

    def _level_by_level(self, now: int, timing: str) -> None:
        """Run orders → serve → review, downstream first, for all stocks after demand.

        Before demand it is run for the stocks whose review is due then, and for those whom their orders have reached.
        """
        self.round = (now, timing)
        for level in range(max(self.levels.values()) + 1):
            here = [stock for stock in self.stocks.values() if self.levels[stock] == level]
            if timing == "before_demand":
                here = [stock for stock in here if stock.inbox or self._is_due(stock, now, timing)]
            for stock in here:
                for line in stock.inbox:
                    self._enter(stock, line, now)
                stock.inbox.clear()
                self._serve(stock, now)
            self._serve_again(now)
            for stock in here:
                if self._is_due(stock, now, timing):
                    self._review(stock, now)
            self._serve_again(now)
        self.round = None

    def _serve_again(self, now: int) -> None:
        """Serve the stocks that received something after they had served, upstream first: arrivals are merged."""
        while self.again:
            stock = max(self.again, key=lambda stock: (self.levels[stock], stock.place))
            self.again.remove(stock)
            self._serve(stock, now)

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
                self._ship(stock, line.buyer, units, now)
        for line in stock.queue:
            if line.lost_if_unmet:
                stock.lost += line.waiting
                line.waiting = 0.0
        stock.queue = [line for line in stock.queue if line.waiting > 0 or line.set_aside > 0]

    @staticmethod
    def _allocate(stock: Stock) -> list[tuple[Line, float]]:
        """Return who gets how much: by instant of entry; what entered at the same instant shares pro rata."""
        free = inf if stock.unlimited else stock.free()
        given: list[tuple[Line, float]] = []
        for entered in sorted({line.entered for line in stock.queue}):
            lines = [line for line in stock.queue if line.entered == entered and line.waiting > 0]
            asked = sum(line.waiting for line in lines)
            if free >= asked:
                given += [(line, line.waiting) for line in lines]
            elif free > 0:
                given += [(line, free * line.waiting / asked) for line in lines]
            free = max(0.0, free - asked)
        return given

    def _ship(self, seller: Stock, buyer: Stock, units: float, now: int) -> None:
        """Send units on their way; an unlimited supplier takes its lead time before it ships."""
        leaves = now + seller.supplier_time
        if leaves == now and buyer.lead_time == 0:
            self._receive(buyer, units)
            return
        if leaves == now:
            buyer.in_transit += units
        else:
            self.leaving.setdefault(leaves, []).append((buyer, units))
        self._plan(leaves + buyer.lead_time, buyer, units)

    def _start_production(self, production: Production, now: int) -> None:
        """Start as many units as there are complete kits, taking their components out of stock."""
        per_unit = production.makes.components or {}
        units = min(line.set_aside / per_unit[component] for component, line in production.lines.items())
        if units <= 0:
            return
        self.exact = self.exact and is_exact(units)
        for component, line in production.lines.items():
            taken = min(line.set_aside, units * per_unit[component])
            line.set_aside -= taken
            component.on_hand -= taken
        self._make(production.makes, units, now)

    def _make(self, stock: Stock, units: float, now: int) -> None:
        """Let units be finished after the lead time of production."""
        if stock.lead_time == 0:
            self._receive(stock, units)
            return
        stock.in_transit += units
        self._plan(now + stock.lead_time, stock, units)

    def _is_due(self, stock: Stock, now: int, timing: str) -> bool:
        if stock.unlimited:
            return False
        since = now - self.start - stock.review["offset"]
        return stock.review["timing"] == timing and since >= 0 and since % stock.review["interval"] == 0

    def _review(self, stock: Stock, now: int) -> None:
        """Let the forecast absorb the demand since the last review, decide, and place the order."""
        policy, net_stock = stock.policy, stock.on_hand - stock.backorders()
        close: list[CloseCall] = []
        if "forecast" in policy:
            stock.memory = observe(policy["forecast"], stock.memory, stock.asked / stock.review["interval"])
            wanted = wanted_by_forecast(stock, net_stock, expected(policy["forecast"], stock.memory))
        elif policy["kind"] == "scripted":
            wanted = listed(policy, stock.reviews)
        else:
            wanted = wanted_by_level(policy, net_stock + stock.on_order, close)
        units = shaped(policy, wanted, close)
        if any(call.distance < 1e-6 and not (self.exact and is_exact(call.value)) for call in close):
            self.noisy.append(now - self.start)
        if stock.reviews < len(stock.first_orders):
            units = float(stock.first_orders[stock.reviews])
        stock.reviews += 1
        stock.asked = 0.0
        if units > 0:
            self._order(stock, units, now)

    def _order(self, stock: Stock, units: float, now: int) -> None:
        """Place a replenishment order: at the source's stock after the order delay, or with production at once."""
        self.exact = self.exact and is_exact(units)
        stock.ordered += units
        stock.on_order += units
        if stock.source:
            line = Line(now, units, buyer=stock)
            if stock.order_delay:
                self.mail.setdefault(now + stock.order_delay, []).append((stock.source, line))
            else:
                stock.source.inbox.append(line)
        elif stock.components:
            production = Production(stock)
            for component, per_unit in stock.components.items():
                line = Line(now, units * per_unit, production=production)
                production.lines[component] = line
                component.inbox.append(line)
        else:
            self._make(stock, units, now)

    # ---- close

    def _close(self) -> None:
        """Record the period and begin the next one's counts."""
        for place, stock in self.stocks.items():
            levels = (stock.on_hand, stock.backorders(), stock.on_order, stock.in_transit)
            self.rows[place].append(Row(*levels, stock.ordered, stock.demanded, stock.served, stock.lost))
            stock.ordered = stock.demanded = stock.served = stock.lost = 0.0
            self.held_up = max(self.held_up, sum(line.set_aside for line in stock.queue))


def run(scenario: Mapping) -> dict[Place, list[Row]]:
    """Run a scenario and return one row per period for every stock, suppliers' included."""
    return Recursion(scenario).run()
