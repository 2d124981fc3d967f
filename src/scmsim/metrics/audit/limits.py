"""What money forbids, worked out again from the records: owing more than is granted, paying or ordering without cash.

The limits are checked at the end of every instant, where the records say everything. What they do not say is left out:

- a lane whose orders have a price that follows the seller's unit cost, or are paid for in part when they are placed,
  and two lanes between the same nodes;
- a node that has an order in the mail at the start, or buys over such a lane, for what it may order.
"""

from collections import defaultdict
from typing import NamedTuple

import numpy as np

from scmsim.engine.recorder import Chunk
from scmsim.flows.events import CODES
from scmsim.flows.money import account, event
from scmsim.metrics.audit.deals import Deal, Deals, Relation
from scmsim.metrics.audit.rules import CLOSE, Wrong
from scmsim.metrics.layout import Array
from scmsim.scenario.network import Network
from scmsim.ticks import LONG_AGO

SOURCED, LOST, CANCELLED = (CODES[kind] for kind in ("sourced", "yield_loss", "cancelled"))
CASH, DISCOUNTS, OPENING = account("cash"), account("discounts_received"), event("opening")
ADVANCED = account("advances_received")
PAID = (event("payment"), event("advance"))
Pair = tuple[int, int]
"""The nodes of a seller and of a buyer."""


class Change(NamedTuple):
    """What happens to a sum of money: when, whose it is, by how much, and of which order."""

    time: float
    whose: Pair
    amount: float
    order: float


class Values:
    """What orders are worth, what of that will never be shipped, and what invoices were for.

    Attributes
    ----------
    placed, entered, lost, paid, received : list of Change
        What was ordered, and what reached the seller; what went wrong or was cancelled of it; which invoices were
        paid, and when the money was there. Of this block.
    """

    def __init__(self, network: Network, deals: Deals) -> None:
        self._deals = deals
        self._may_lose = network.has_yields or network.has_cancellations
        self._suppliers: dict[float, int] = {}
        self._prices: dict[float, float] = {}
        self._invoiced: dict[float, float] = {}
        self.placed: list[Change] = []
        self.entered: list[Change] = []
        self.lost: list[Change] = []
        self.paid: list[Change] = []
        self.received: list[Change] = []

    def follow(self, chunk: Chunk) -> None:
        """Take in a block."""
        for part in (self.placed, self.entered, self.lost, self.paid, self.received):
            part.clear()
        events = chunk.tables["events"]
        chosen = events[events[:, 1] == SOURCED][:, [4, 3]].tolist()
        self._suppliers |= {number: int(seller) for number, seller in chosen}
        for time, point, number, quantity in chunk.tables["orders"].tolist():
            seller = self._suppliers.pop(number, self._deals.supplier.get(int(point), -1))
            self._change(self.placed, time, (seller, int(point)), number, quantity, time)
        for time, seller, buyer, number, quantity, *_ in chunk.tables["demand"].tolist():
            self._change(self.entered, time, (int(seller), int(buyer)), number, quantity, LONG_AGO)
        for time, _, buyer, seller, number, quantity, _ in events[events[:, 1] == LOST].tolist():
            self._change(self.lost, time, (int(seller), int(buyer)), number, quantity, LONG_AGO)
        for time, _, seller, buyer, number, quantity, _ in events[events[:, 1] == CANCELLED].tolist():
            self._change(self.lost, time, (int(seller), int(buyer)), number, quantity, LONG_AGO)
        self._invoiced |= {number: amount for number, amount in chunk.tables["invoices"][:, [1, 5]].tolist()}
        for time, _, invoice, number, payer, payee, _, received in chunk.tables["payments"].tolist():
            amount, ends = self._invoiced.pop(invoice, 0.0), (int(payee), int(payer))
            self.paid.append(Change(time, ends, amount, number))
            self.received.append(Change(received, ends, amount, number))

    def _change(
        self, found: list[Change], time: float, ends: Pair, number: float, quantity: float, agreed: float
    ) -> None:
        way = self._deals.ways.get(ends)
        if way is not None and way.deal is not None:
            price = self._prices.get(number)
            if price is None:
                small = 0.0 if agreed == LONG_AGO else quantity
                price = self._prices[number] = way.deal.price(agreed, way.deal.unit_cost, small)
            if found is self.entered and not self._may_lose:
                del self._prices[number]
            found.append(Change(time, (way.seller, way.buyer), price * quantity, number))


class CreditAudit:
    """Follows what buyers owe where a seller grants a credit: orders that it has entered and has not been paid for."""

    def __init__(self, network: Network, deals: Deals) -> None:
        place = {name: index for index, name in enumerate(sorted(network.nodes))}
        sold = [lane for lane in network.lanes if lane.sales]
        ends = [(place[lane.origin], place[lane.destination]) for lane in sold]
        self._limits = {
            pair: lane.credit_limit
            for pair, lane in zip(ends, sold, strict=True)
            if lane.credit_limit is not None and ends.count(pair) == 1
        }
        for pair, plain in _plain(deals).items():
            if not plain:
                self._limits.pop(pair, None)
        self._keeps_books = {pair: each.keeps_books for pair, each in _relations(deals).items()}
        self._owed = dict.fromkeys(self._limits, 0.0)
        self._coming: list[Change] = []

    @property
    def is_needed(self) -> bool:
        """Whether there is a limit to check."""
        return bool(self._limits)

    def follow(self, values: Values, end: int, allowed: float) -> list[Wrong]:
        """Take in a block that ends at a tick; return the orders that should not have been entered."""
        less = [each for each in values.received if self._keeps_books.get(each.whose)]
        less += [each for each in values.paid if not self._keeps_books.get(each.whose, True)]
        changes = [(each, -1.0) for each in (*self._coming, *less, *values.lost)]
        self._coming = [each for each, _ in changes if each.time >= end]
        changes = [(each, sign) for each, sign in changes if each.time < end]
        changes += [(each, 1.0) for each in values.entered]
        wrong: list[Wrong] = []
        last: dict[Pair, Change] = {}
        for change, sign in sorted(
            ((change, sign) for change, sign in changes if change.whose in self._limits),
            key=lambda each: (each[0].time, each[1]),
        ):
            before = last.get(change.whose)
            if before is not None and before.time < change.time:
                wrong += self._judge(last.pop(change.whose), allowed)
            self._owed[change.whose] += sign * change.amount
            if sign > 0 and change.amount > 0:
                last[change.whose] = change
        return wrong + [each for change in last.values() for each in self._judge(change, allowed)]

    def _judge(self, change: Change, allowed: float) -> list[Wrong]:
        owed, limit = self._owed[change.whose], self._limits[change.whose]
        if owed <= limit * (1.0 + 2 * CLOSE) + CLOSE + allowed:
            return []
        return [(change.time, change.whose[0], "credit granted, orders included", limit, owed, (change.order,))]


class PurseAudit:
    """Follows the cash of nodes with an overdraft limit: what they paid that could wait, and what they ordered."""

    def __init__(self, network: Network, deals: Deals) -> None:
        self._cash: dict[int, float] = {}
        self._limit: dict[int, float] = {}
        self._bound: dict[int, float] = {}
        plain: dict[int, bool] = {}
        for (_, buyer), is_plain in _plain(deals).items():
            plain[buyer] = plain.get(buyer, True) and is_plain
        mailed = {deals.node[point.index] for point in network.points if point.orders_mailed}
        for index, (_, node) in enumerate(sorted(network.nodes.items())):
            finance = node.finance
            if finance is not None and finance.overdraft_limit is not None and finance.overdraft_limit < np.inf:
                self._limit[index], self._cash[index] = finance.overdraft_limit, 0.0
                if finance.limit_orders_to_cash and plain.get(index) and index not in mailed:
                    self._bound[index] = 0.0

    @property
    def is_needed(self) -> bool:
        """Whether there is a limit to check."""
        return bool(self._limit)

    def follow(self, values: Values, ledger: Array, allowed: float) -> list[Wrong]:
        """Take in a block; ``ledger`` is the table with a row per column; return what could not be afforded."""
        wrong: list[Wrong] = []
        for node, limit in self._limit.items():
            rows = ledger[:, (ledger[2] == node) & (ledger[3] == CASH)]
            held = self._cash[node] + np.cumsum(rows[4])
            if node in self._bound:
                wrong += self._orders(values, node, ledger[:, ledger[2] == node], allowed)
            refunds = ledger[1, (ledger[2] == node) & (ledger[3] == ADVANCED)]
            spent = np.isin(rows[5], PAID) & (rows[4] < 0) & ~np.isin(rows[1], refunds)
            short = np.flatnonzero(spent & (held < -limit - CLOSE * np.maximum(1.0, limit - 2 * rows[4]) - allowed))
            if len(short):
                time, order = rows[[0, 6], short[0]].tolist()
                wrong.append(
                    (time, node, "cash after a payment that could wait", -limit, float(held[short[0]]), (order,))
                )
            if len(held):
                self._cash[node] = float(held[-1])
        return wrong

    def _orders(self, values: Values, node: int, lines: Array, allowed: float) -> list[Wrong]:
        """Find orders beyond what was left of the cash, all that is to be paid anyway taken off."""
        free = self._cash[node] + self._limit[node] - self._bound[node]
        placed, lost, paid = (
            [each for each in part if each.whose[1] == node] for part in (values.placed, values.lost, values.paid)
        )
        moved: defaultdict[float, float] = defaultdict(float)
        gained: defaultdict[float, float] = defaultdict(float)
        asked: defaultdict[float, float] = defaultdict(float)
        for time, amount, why in lines[:, lines[3] == CASH][[0, 4, 5]].T.tolist():
            moved[time] += amount
            gained[time] += amount if amount > 0 or why == OPENING else 0.0
        for time, amount in lines[:, lines[3] == DISCOUNTS][[0, 4]].T.tolist():
            gained[time] -= amount
        for change, sign in [*((each, -1) for each in placed), *((each, 1) for each in (*lost, *paid))]:
            moved[change.time] += sign * change.amount
        for change in lost:
            gained[change.time] += change.amount
        for change in placed:
            asked[change.time] += change.amount
        for time in sorted(moved):
            most, wanted = max(0.0, free + gained[time]), asked[time]
            if wanted > most + 2 * CLOSE * max(1.0, wanted, abs(free)) + allowed:
                orders = tuple(each.order for each in placed if each.time == time)
                return [(time, node, "what could be ordered", most, wanted, orders)]
            free += moved[time]
        self._bound[node] += sum(each.amount for each in placed) - sum(each.amount for each in (*lost, *paid))
        return []


def _relations(deals: Deals) -> dict[Pair, Relation]:
    return {(way.seller, way.buyer): way.deal.relation for way in deals.ways.values() if way.deal is not None}


def _plain(deals: Deals) -> dict[Pair, bool]:
    """Return for every pair of nodes whether the records tell all their prices, and nothing is paid in advance."""
    found: dict[Pair, bool] = {}
    for way in deals.ways.values():
        if way.deal is not None:
            ends = (way.seller, way.buyer)
            found[ends] = found.get(ends, True) and _is_plain(way.deal)
    return found


def _is_plain(deal: Deal) -> bool:
    return (deal.amount is not None or bool(deal.tiers)) and not deal.down_payment
