"""The prices of orders, fixed when they are placed, and the advances that are paid then."""

from collections import deque
from dataclasses import replace
from math import isclose
from typing import NamedTuple

import numpy as np

from scmsim.flows.events import CODES
from scmsim.metrics.audit.deals import CUSTOMERS, Deal, Deals, Relation
from scmsim.metrics.audit.insolvency import TradeAudit
from scmsim.metrics.layout import Array
from scmsim.ticks import LONG_AGO

Row = tuple[float, ...]
SOURCED, QUOTED, CANCELLED, STRUCK, ENDED = (
    CODES[kind] for kind in ("sourced", "quotation", "cancelled", "struck", "ended")
)
MOST_ANSWERS = 1000


class Advance(NamedTuple):
    """What is to be paid in advance of an order: when, to whom, how many units' worth, at one of these prices."""

    time: float
    order: float
    relation: Relation
    units: float
    prices: list[float]


class Refund(Advance):
    """What is to be paid back, as units paid in advance were cancelled; the buyer of its relation is who pays."""

    __slots__ = ()


class Prices:
    """Remembers what the orders under way cost, where that is not the same for all of them.

    Where a price follows the seller's unit cost and that changes at the instant of the order, the records do not say
    which came first: then every cost the seller had at that instant gives a price the order may have, until it is
    shipped at one of them.

    Parameters
    ----------
    deals : Deals
        Who sells what to whom.
    trades : TradeAudit
        Who still trades: nobody pays others in advance.
    """

    __slots__ = (
        "_answers",
        "_costs",
        "_deals",
        "_open",
        "_prices",
        "_quoted",
        "_shares",
        "_suppliers",
        "_trades",
        "advances",
        "is_needed",
        "is_needed_at_sales",
    )

    def __init__(self, deals: Deals, trades: TradeAudit) -> None:
        self._deals = deals
        self._trades = trades
        self._prices: dict[float, list[float]] = {}
        self._quoted: dict[float, float] = {}
        self._answers: dict[tuple[int, int], deque[float]] = {}
        self._shares: dict[float, float] = {}
        self._suppliers: dict[float, int] = {}
        self._costs: dict[int, tuple[float, float]] = {}
        self._open: list[tuple[Deal, float, list[float]]] = []
        self.advances: list[Advance] = []
        ways = [way.deal for way in deals.ways.values() if way.deal is not None]
        self.is_needed = any(deal.is_fixed_early for deal in ways)
        self.is_needed_at_sales = any(
            deal.amount is None or deal.down_payment or deal.shocks for deal in deals.sales.values()
        )

    def choose(self, events: Array) -> None:
        """Take note of who gets the orders of stocks with several suppliers, of prices quoted, and of what changes
        prices."""
        of_choices = np.isin(events[:, 1], (SOURCED, QUOTED))
        for time, kind, point, partner, number, _, value in events[of_choices].tolist():
            if kind == QUOTED:
                self._answers.setdefault((int(point), int(partner)), deque(maxlen=MOST_ANSWERS)).append(time)
                continue
            self._suppliers[number] = int(partner)
            if value:
                self._quoted[number] = value
        shocks = self._deals.shocks
        for time, kind, *_, number in events[np.isin(events[:, 1], (STRUCK, ENDED))].tolist() if shocks else ():
            if number in shocks:
                (shocks[int(number)].begins if kind == STRUCK else shocks[int(number)].ends).append(time)

    def cancellations(self, events: Array) -> dict[float, list[Row]]:
        """Return what buyers have cancelled, by the tick at which their seller took note of it."""
        found: dict[float, list[Row]] = {}
        for row in events[events[:, 1] == CANCELLED].tolist() if self.is_needed else ():
            found.setdefault(row[0], []).append(tuple(row))
        return found

    def cancel(self, row: Row) -> None:
        """Have paid back what was paid in advance of units that a buyer has cancelled."""
        time, _, seller, buyer, number, units, _ = row
        way, share = self._deals.ways.get((int(seller), int(buyer))), self._shares.get(number, 0.0)
        if share and way is not None and way.deal is not None:
            relation = way.deal.relation
            back = replace(relation, seller=relation.buyer, buyer=relation.seller)
            self.advances.append(Refund(time, number, back, share * units, self._prices[number]))

    def order(self, row: Row, unit_costs: list[float]) -> None:
        """Fix the price of an order that a stock places now."""
        time, point, number, quantity = row
        supplier = self._suppliers.pop(number, self._deals.supplier.get(int(point), -1))
        way = self._deals.ways.get((supplier, int(point)))
        deal = way.deal if way is not None else None
        if deal is None or not deal.is_fixed_early:
            return
        quoted = self._quoted.pop(number, None)
        options = [deal.price(time, unit_costs[deal.seller] if deal.seller >= 0 else deal.unit_cost, quantity)]
        if quoted is not None and self._was_answered(deal, (supplier, int(point)), quantity, quoted):
            options = [quoted]
        self._prices[number] = options
        if quoted is None and deal.amount is None and not deal.tiers and deal.seller >= 0:
            self._open.append((deal, time, options))
        if quantity > 0 and self._pays(deal, number, time, at_the_end=False):
            self._shares[number] = deal.down_payment
            self.advances.append(Advance(time, number, deal.relation, deal.down_payment * quantity, options))

    def _was_answered(self, deal: Deal, ends: tuple[int, int], quantity: float, quoted: float) -> bool:
        """Whether a supplier has quoted a price when it was the price; what then followed its unit cost is believed."""
        answers = self._answers.get(ends, ())
        prices = [deal.price(time, deal.unit_cost, quantity) for time in answers]
        return bool(prices) and (deal.amount is None or any(isclose(price, quoted) for price in prices))

    def wait(self, row: Row, unit_costs: list[float]) -> None:
        """Fix the price of what an end customer has asked for at this instant and not got; it is paid a tick later."""
        time, point, buyer, number, quantity, served, lost = row
        deal, waiting = self._deals.sales.get(int(point)), quantity - served - lost
        if buyer != CUSTOMERS or waiting <= 0 or deal is None:
            return
        options = self._prices[number] = [deal.price(time, unit_costs[deal.seller])]
        if self._pays(deal, number, time, at_the_end=True):
            self._shares[number] = deal.down_payment
            self.advances.append(Advance(time + 1, number, deal.relation, deal.down_payment * waiting, options))

    def _pays(self, deal: Deal, number: float, time: float, *, at_the_end: bool) -> bool:
        seller = deal.relation.seller
        return bool(deal.down_payment) and self._trades.pays_early(seller, number, time, at_the_end=at_the_end)

    def cost_changes(self, seller: int, unit_cost: float) -> None:
        """Take note of what a unit costs a seller from this instant on."""
        least, most = self._costs.get(seller, (unit_cost, unit_cost))
        self._costs[seller] = min(least, unit_cost), max(most, unit_cost)
        for deal, time, options in self._open:
            if deal.seller == seller:
                options.append(deal.price(time, unit_cost))

    def end_instant(self) -> None:
        """No price of an order placed before can change from now on."""
        self._open.clear()

    def of(self, number: float, deal: Deal, unit_cost: float, posted: float | None) -> float:
        """Return the price of an order; where several are possible, the one that is nearest to what was posted.

        Orders in the mail when the run began have the price without promotions, at what a unit costs when they are
        first shipped, or has cost by then if a credit limit may have held them.
        """
        options = self._prices.get(number)
        if options is None:
            price = deal.price(LONG_AGO, unit_cost)
            if deal.may_be_held and deal.amount is None and posted is not None:
                costs = (deal.unit_cost, unit_cost, *self._costs.get(deal.seller, ()))
                price = min(max(posted, deal.price(LONG_AGO, min(costs))), deal.price(LONG_AGO, max(costs)))
            options = self._prices[number] = [price]
        if len(options) > 1 and posted is not None:
            options[:] = [min(options, key=lambda price: abs(price - posted))]
        return options[-1]

    def waits(self, number: float) -> bool:
        """Whether the price of an order was fixed when it was placed."""
        return number in self._prices

    def share(self, number: float) -> float:
        """Return the share of an order that has been paid in advance."""
        return self._shares.get(number, 0.0)

    def forget(self, number: float) -> None:
        """Forget an order that is complete."""
        if self._prices.pop(number, None) is not None:
            self._shares.pop(number, None)
