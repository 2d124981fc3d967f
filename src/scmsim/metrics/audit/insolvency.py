"""When nodes end their trade, worked out again from what they were invoiced and what they paid."""

from heapq import heappop, heappush

import numpy as np

from scmsim.engine.recorder import Chunk
from scmsim.metrics.audit.deals import Deals
from scmsim.metrics.audit.rules import Wrong
from scmsim.metrics.layout import Array
from scmsim.scenario.network import Network


class TradeAudit:
    """Follows the nodes that stop to trade when an invoice is unpaid for longer than the grace.

    Parameters
    ----------
    network : Network
        What is simulated; it has money.
    deals : Deals
        Who sells what to whom.

    Attributes
    ----------
    ended : dict of int to float
        The tick at which the trade of a node has ended.
    in_doubt : set of int
        Nodes for which the records do not say when: how long their invoices take is drawn.
    paid_early : set of float
        The orders that somebody paid in advance for in this block, as the payments have it.
    """

    def __init__(self, network: Network, deals: Deals) -> None:
        self.ended: dict[int, float] = {}
        self.paid_early: set[float] = set()
        self._grace = {
            index: node.finance.grace
            for index, (_, node) in enumerate(sorted(network.nodes.items()))
            if node.finance is not None and node.finance.insolvency == "stop_trading"
        }
        relations = [way.deal.relation for way in deals.ways.values() if way.deal is not None]
        delays = {(each.seller, each.buyer): each.messages.invoice for each in relations}
        self._delays = {ends: delay.ticks for ends, delay in delays.items()}
        self.in_doubt = {
            buyer for (_, buyer), delay in delays.items() if delay.distribution is not None and buyer in self._grace
        }
        self._patience: list[tuple[float, float, int]] = []
        self._paid: dict[float, float] = {}

    def follow(self, chunk: Chunk) -> None:
        """Take in a block."""
        if not self._grace:
            return
        payments, invoices = chunk.tables["payments"], chunk.tables["invoices"]
        if self.in_doubt:
            self.paid_early = set(payments[payments[:, 2] == 0, 3].tolist())
        buyers = np.array(sorted(self._grace))
        for time, number, _, seller, buyer, amount, due in invoices[np.isin(invoices[:, 4], buyers)].tolist():
            if amount > 0:
                arrives = time + self._delays.get((int(seller), int(buyer)), 0)
                heappush(self._patience, (max(due + self._grace[int(buyer)], arrives), number, int(buyer)))
        for time, _, number, *_ in payments[np.isin(payments[:, 4], buyers)].tolist():
            self._paid[number] = time
        while self._patience and self._patience[0][0] < chunk.end:
            time, number, buyer = heappop(self._patience)
            if self._paid.pop(number, np.inf) > time:
                self.ended.setdefault(buyer, time)
        awaited = {number for _, number, _ in self._patience}
        self._paid = {number: time for number, time in self._paid.items() if number in awaited}

    def pays_early(self, seller: int, order: float, time: float, *, at_the_end: bool) -> bool:
        """Tell whether an order is paid in advance that is placed at an instant, or known only at the end of it."""
        if seller in self.in_doubt:
            return order in self.paid_early
        ended = self.ended.get(seller, np.inf)
        return ended > time or (ended == time and not at_the_end)


class StandingAudit:
    """Finds what nodes ordered, shipped or made that were insolvent, and had said that they would not.

    Parameters
    ----------
    network : Network
        What is simulated; it has money.
    deals : Deals
        Who sells what to whom.
    trades : TradeAudit
        When the trade of nodes has ended.
    """

    def __init__(self, network: Network, deals: Deals, trades: TradeAudit) -> None:
        self._node = np.array(deals.node, dtype=np.int64)
        self._buys = np.array([bool(point.ways) for point in network.points], dtype=np.bool_)
        self._trades = trades
        self._stops = {
            index: node.finance.grace
            for index, (_, node) in enumerate(sorted(network.nodes.items()))
            if node.finance is not None and node.finance.insolvency == "stop_buying"
        }
        relations = [way.deal.relation for way in deals.ways.values() if way.deal is not None]
        self._delays = {(each.seller, each.buyer): each.messages.invoice.ticks for each in relations}
        for each in relations:
            if each.messages.invoice.distribution is not None:
                self._stops.pop(each.buyer, None)
        self._unpaid: dict[float, tuple[float, int]] = {}

    def follow(self, chunk: Chunk) -> list[Wrong]:
        """Take in a block, after the trades; return what should not have happened."""
        orders, shipments = chunk.tables["orders"], chunk.tables["shipments"]
        wrong = [
            each
            for node, ended in self._trades.ended.items()
            if node not in self._trades.in_doubt
            for each in (
                *self._after(orders, 1, node, ended, (2, 3), "orders after the end of its trade"),
                *self._after(shipments, 1, node, ended, (3, 4), "shipments after the end of its trade"),
            )
        ]
        return wrong + (self._bought(chunk, orders) if self._stops else [])

    def _after(
        self, rows: Array, column: int, node: int, ended: float, what: tuple[int, int], name: str
    ) -> list[Wrong]:
        """Return the first row of a table that is about a node's stock and comes after the end of its trade."""
        number, quantity = what
        mine = (self._node[rows[:, column].astype(np.int64)] == node) & (rows[:, 0] > ended) & (rows[:, quantity] > 0)
        return [(row[0], node, name, 0.0, row[quantity], (row[number],)) for row in rows[mine][:1].tolist()]

    def _bought(self, chunk: Chunk, orders: Array) -> list[Wrong]:
        """Find orders of nodes that had not paid an invoice for longer than the grace."""
        paid = {row[2]: row[0] for row in chunk.tables["payments"].tolist()}
        for time, number, _, seller, buyer, amount, due in chunk.tables["invoices"].tolist():
            if int(buyer) in self._stops and amount > 0:
                arrives = time + self._delays.get((int(seller), int(buyer)), 0)
                self._unpaid[number] = max(due + self._stops[int(buyer)], arrives), int(buyer)
        wrong: list[Wrong] = []
        for node in self._stops:
            open_ = [(since, paid.get(number, np.inf)) for number, (since, who) in self._unpaid.items() if who == node]
            point = orders[:, 1].astype(np.int64)
            mine = orders[(self._node[point] == node) & self._buys[point] & (orders[:, 3] > 0)]
            since, until = np.array(open_).reshape(-1, 2).T
            for time, _, number, quantity in mine.tolist():
                if ((since < time) & (until > time)).any():
                    wrong.append((time, node, "orders while insolvent", 0.0, quantity, (number,)))
                    break
        self._unpaid = {number: each for number, each in self._unpaid.items() if number not in paid}
        return wrong
