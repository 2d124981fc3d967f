"""When nodes end their trade, worked out again from what they were invoiced and what they paid."""

from heapq import heappop, heappush

import numpy as np

from scmsim.engine.recorder import Chunk
from scmsim.metrics.audit_deals import Deals
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
