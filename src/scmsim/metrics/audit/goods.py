"""What goods are worth at every step, worked out again from what was shipped, received, made and sold."""

from typing import NamedTuple

import numpy as np

from scmsim.engine.recorder import Chunk
from scmsim.metrics.audit.deals import CUSTOMERS, Deal, Deals, Relation
from scmsim.metrics.audit.insolvency import TradeAudit
from scmsim.metrics.audit.instants import (
    LOSSES,
    TABLES,
    Enter,
    Instants,
    Posted,
    Row,
    entries_of,
)
from scmsim.metrics.audit.losses import SCRAP, LossAudit, is_on_its_way
from scmsim.metrics.audit.prices import Prices
from scmsim.metrics.audit.rules import KIND
from scmsim.metrics.audit.worth import Load, Worth
from scmsim.scenario.network import FromProduction, Network


class Bill(NamedTuple):
    """What is to be invoiced: when the goods left or arrived, to whom, for which order, and how much."""

    time: float
    relation: Relation
    order: float
    amount: float


class GoodsAudit:
    """Follows the value of goods through a run.

    Parameters
    ----------
    network : Network
        What is simulated; it has money.
    deals : Deals
        Who sells what to whom.
    trades : TradeAudit
        Who still trades.

    Attributes
    ----------
    rows : list of float
        What was to be posted, as `scmsim.metrics.audit.rules` explains; whoever reads it empties it.
    bills : list of Bill
        What was to be invoiced; likewise.
    prices : Prices
        What the orders under way cost, and their advances.
    """

    def __init__(self, network: Network, deals: Deals, trades: TradeAudit) -> None:
        self._points = network.points
        self._deals = deals
        self._worth = Worth(network)
        self._loads: dict[float, Load] = {}
        self._complete: list[float] = []
        self.prices = Prices(deals, trades)
        self.rows: list[float] = []
        self.bills: list[Bill] = []
        self._losses = LossAudit(network, deals, self._worth, self.rows)
        self.enter: tuple[Enter, Enter, Enter, Enter] = (self._deliver, self._begin, self._ship, self._lose)
        self._instants = Instants(self)

    def follow(self, chunk: Chunk) -> None:
        """Take in a block."""
        entries = entries_of(chunk.tables["journal"].T)
        self.prices.choose(chunk.tables["events"])
        cancelled = self.prices.cancellations(chunk.tables["events"])
        tables = [chunk.tables[name].T for name in TABLES]
        tables[LOSSES] = self._losses.of(tables[LOSSES])
        rows = [list(zip(*table.tolist(), strict=True)) for table in tables]
        placed = chunk.tables["orders"].T if self.prices.is_needed else np.empty((4, 0))
        asked = chunk.tables["demand"].T if self.prices.is_needed_at_sales else np.empty((7, 0))
        asked = asked[:, (asked[2] == CUSTOMERS) & (asked[4] - asked[5] - asked[6] > 0)]
        times = [table[0] for table in (*tables, placed, asked)]
        said = np.array([entry.time for entry in entries])
        ticks = np.unique(np.concatenate([*times, said, list(cancelled)]))
        bounds = [np.searchsorted(time, ticks).tolist() + [len(time)] for time in (*times, said)]
        orders, demand = (list(zip(*table.tolist(), strict=True)) for table in (placed, asked))
        for this in range(len(ticks)):
            first, last = ([bound[this + step] for bound in bounds] for step in (0, 1))
            for row in orders[first[4] : last[4]]:
                self.prices.order(row, self._worth.unit_cost)
            for row in cancelled.get(float(ticks[this]), ()):
                self.prices.cancel(row)
            self._instants.go_through([rows[k][first[k] : last[k]] for k in range(4)], entries[first[6] : last[6]])
            self._forget_the_complete()
            for row in demand[first[5] : last[5]]:
                self.prices.wait(row, self._worth.unit_cost)
            if self.prices.is_needed:
                self.prices.end_instant()

    def fits(self, row: Row, entry: Posted) -> bool:
        """Tell whether an entry can be that of an event of its table and order."""
        return entry.table != LOSSES or self._losses.fits(row, entry)

    def is_silent(self, row: Row) -> bool:
        """Tell whether a shipment has no entry, as nobody pays for it and it is taken out of no stock."""
        way = self._deals.ways[int(row[1]), int(row[2])]
        return way.deal is None and way.source < 0

    # One event each: a row of a table, and what was posted of it, if anything was

    def _ship(self, row: Row, entry: Posted | None) -> None:
        time, supplier, buyer, order, quantity, _ = row
        seller, receiver, source, deal, _ = self._deals.ways[int(supplier), int(buyer)]
        cost = self._worth.take(source, quantity) if source >= 0 else 0.0
        load = self._load(order)
        if deal is None:
            load.put(quantity, cost)
            if source >= 0:
                self.rows += (time, KIND["moved"], seller, receiver, order, cost, 0.0, 0.0)
            return
        if deal.is_fixed_early:
            posted = entry.revenue / quantity if entry is not None and quantity else None
            price = self.prices.of(order, deal, self._unit_cost(deal), posted)
        else:
            price = deal.amount or 0.0
        value = price * quantity
        load.put(quantity, value)
        if source >= 0:
            self.rows += (time, KIND["sold_on"], seller, receiver, order, value, cost, 0.0)
        else:
            self.rows += (time, KIND["bought_outside"], receiver, seller, order, value, 0.0, 0.0)
        if deal.relation.terms.invoice == "shipment":
            self._bill(time, deal, order, value)

    def _begin(self, row: Row, _entry: Posted | None) -> None:
        time, made, order, quantity, _ = row
        source, node = self._points[int(made)].source, self._deals.node[int(made)]
        if not isinstance(source, FromProduction):
            return
        work = source.unit_cost * quantity + (0.0 if order in self._loads else source.batch_cost)
        cost = 0.0
        for point, per_unit in source.components:
            cost += self._worth.take(point, per_unit * quantity)
        self._load(order).put(quantity, cost + work)
        self.rows += (time, KIND["begun"], node, node, order, cost, work, 0.0)

    def _lose(self, row: Row, entry: Posted | None) -> None:
        """Work out what a loss does: of what is being made, of what is on its way, or of what lies in stock."""
        time, kind, point, _, order, quantity, _ = row
        if is_on_its_way(row):
            self._lose_on_the_way(row)
        elif kind == SCRAP:
            load, node = self._loads.get(order), self._deals.node[int(point)]
            cost = load.take(quantity) if load is not None else 0.0
            self.rows += (time, KIND["scrapped_in_production"], node, node, order, cost, 0.0, 0.0)
        else:
            self._losses.enter(row, entry)

    def _lose_on_the_way(self, row: Row) -> None:
        time, _, buyer, seller, order, quantity, _ = row
        way, load = self._deals.ways.get((int(seller), int(buyer))), self._loads.get(order)
        deal = way.deal if way is not None else None
        value = load.take(quantity) if load is not None else self._points[int(buyer)].opening_cost * quantity
        self.rows += (time, KIND["lost_on_the_way"], self._deals.node[int(buyer)], CUSTOMERS, order, value, 0.0, 0.0)
        if load is not None and deal is not None and deal.relation.terms.invoice != "shipment":
            self._bill(time, deal, order, value)

    def _deliver(self, row: Row, _entry: Posted | None) -> None:
        time, seller, buyer, order, placed, _, quantity, complete = row
        if buyer == CUSTOMERS:
            self._sell(time, int(seller), order, placed, quantity)
        else:
            self._take_in(time, (int(seller), int(buyer)), order, quantity)
        if complete:
            self._complete.append(order)
            self.prices.forget(order)

    def _forget_the_complete(self) -> None:
        """Forget what orders held that are complete; a loss before the last delivery may have no entry to tell so."""
        for order in self._complete:
            self._loads.pop(order, None)
        self._complete.clear()

    def _sell(self, time: float, point: int, order: float, placed: float, quantity: float) -> None:
        deal, value = self._deals.sales.get(point), 0.0
        if deal is not None:
            unit_cost = self._worth.unit_cost[point]
            is_known = self.prices.waits(order)
            price = self.prices.of(order, deal, unit_cost, None) if is_known else deal.price(placed, unit_cost)
            value = quantity * price
            self._losses.sold(point, order, price)
        cost = self._worth.take(point, quantity)
        self.rows += (time, KIND["sold"], self._deals.node[point], CUSTOMERS, order, value, cost, 0.0)
        if deal is not None and value:
            self._bill(time, deal, order, value)

    def _take_in(self, time: float, ends: tuple[int, int], order: float, quantity: float) -> None:
        """Put into stock what has arrived; what was on its way when the run began has been paid for."""
        supplier, point = ends
        load, node, is_made = self._loads.get(order), self._deals.node[point], supplier == point
        way = self._deals.ways.get(ends)
        deal = way.deal if way is not None else None
        value, paid = self._points[point].opening_cost * quantity, 0.0
        if load is not None:
            value = load.take(quantity)
            if deal is not None:
                paid = deal.duty * value
            elif way is not None:
                paid = way.paid_at_the_door * quantity
        variance = self._worth.put(point, quantity, value + paid)
        if self.prices.is_needed:
            self.prices.cost_changes(point, self._worth.unit_cost[point])
        kind = "made" if is_made else "received_unpriced" if deal is None else "received"
        amounts = (value, 0.0, variance) if is_made else (value, paid, variance)
        self.rows += (time, KIND[kind], node, CUSTOMERS, order, *amounts)
        if load is not None and deal is not None and deal.relation.terms.invoice != "shipment":
            self._bill(time, deal, order, value)

    def _unit_cost(self, deal: Deal) -> float:
        return self._worth.unit_cost[deal.seller] if deal.seller >= 0 else deal.unit_cost

    def _load(self, order: float) -> Load:
        load = self._loads.get(order)
        if load is None:
            load = self._loads[order] = Load()
        return load

    def _bill(self, time: float, deal: Deal, order: float, value: float) -> None:
        """Have goods invoiced, less what has been paid in advance."""
        relation, share = deal.relation, self.prices.share(order)
        if share:
            if relation.buyer != CUSTOMERS:
                self.rows += (time, KIND["advance_used"], relation.buyer, relation.seller, order, share * value, 0, 0)
            if relation.keeps_books:
                self.rows += (time, KIND["advance_earned"], relation.seller, relation.buyer, order, share * value, 0, 0)
        self.bills.append(Bill(time, relation, order, (1.0 - share) * value))
