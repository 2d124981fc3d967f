"""How long nodes could not pay: an invoice stood open for longer than the grace they are given."""

import numpy as np

from scmsim.metrics.facts import Facts
from scmsim.metrics.layout import Array, Index, Layout, Mask
from scmsim.metrics.money_totals import MoneyAccumulator
from scmsim.scenario.network import Network
from scmsim.ticks import TICKS

Spans = list[tuple[int, int]]


class Insolvency(MoneyAccumulator):
    """Time in which some invoice of a node was unpaid for longer than its grace after it was due.

    Attributes
    ----------
    time : ndarray
        Time units of the measured time per node; invoices that overlap count once.
    """

    tables = frozenset({"invoices", "payments"})

    @classmethod
    def reads(cls, layout: Layout) -> frozenset[str]:
        """Return the tables that are needed: none where everybody can and does pay when it is due."""
        return super().reads(layout) if can_be_late(layout.network) else frozenset()

    def __init__(self, layout: Layout) -> None:
        super().__init__(layout)
        finances = [layout.network.nodes[name].finance for name in layout.nodes]
        self._grace = np.array([finance.grace if finance is not None else 0 for finance in finances], dtype=np.int64)
        self._invoice, self._buyer, self._since = (np.empty(0, dtype=np.int64) for _ in range(3))
        self._spans: dict[int, Spans] = {}
        self._ticks = np.zeros(len(layout.nodes))

    @property
    def time(self) -> Array:
        """Time units per node."""
        return self._ticks / TICKS

    def _add(self, facts: Facts) -> None:
        _, invoice, _, _, buyers, _, due = facts.table("invoices")
        buyer = self.layout.by_name[buyers.astype(np.int64)]
        known = np.append(self.layout.keeps_books, False)[buyer]
        self._invoice = np.append(self._invoice, invoice[known].astype(np.int64))
        self._buyer = np.append(self._buyer, buyer[known])
        self._since = np.append(self._since, due[known].astype(np.int64) + self._grace[buyer[known]])
        time, _, paid, *_ = facts.table("payments")
        self._settle(paid.astype(np.int64), time.astype(np.int64))
        self._count(facts.end)

    def _settle(self, paid: Index, time: Index) -> None:
        """Take the invoices that are paid off the open ones, and note those that were paid too late."""
        if not len(paid):
            return
        order = np.argsort(paid, kind="stable")
        row = order[np.minimum(np.searchsorted(paid, self._invoice, sorter=order), len(paid) - 1)]
        settled = paid[row] == self._invoice
        self._note(settled & (self._since < time[row]), time[row])
        open_ = ~settled
        self._invoice, self._buyer, self._since = self._invoice[open_], self._buyer[open_], self._since[open_]

    def _note(self, late: Mask, until: Index) -> None:
        for buyer, begin, end in zip(self._buyer[late], self._since[late], until[late], strict=True):
            self._spans.setdefault(int(buyer), []).append((int(begin), int(end)))

    def _count(self, end: int) -> None:
        """Add what can no longer change: the time before the first open invoice of a node became too old."""
        sure = np.full(len(self._ticks), end)
        np.minimum.at(sure, self._buyer, self._since)
        for buyer, spans in self._spans.items():
            merged = _union(spans)
            limit = int(sure[buyer])
            low = self.layout.warm
            self._ticks[buyer] += sum(max(0, min(until, limit) - max(since, low)) for since, until in merged)
            self._spans[buyer] = [(max(since, limit), until) for since, until in merged if until > limit]

    def finish(self) -> None:
        """Count the invoices that are open at the end."""
        if self.layout.network.money is None:
            return
        end = self.layout.end
        self._note(self._since < end, np.full(len(self._since), end))
        self._invoice, self._buyer, self._since = (np.empty(0, dtype=np.int64) for _ in range(3))
        self._count(end)


def can_be_late(network: Network) -> bool:
    """Tell whether an invoice between nodes may be paid after it is due.

    That needs a node that may have no money, one that takes its time, or an invoice that is not there at once.
    """
    lanes, finances = network.lanes, [node.finance for node in network.nodes.values() if node.finance is not None]
    delays = [sale.terms.late for lane in lanes for sale in lane.sales.values()]
    delays += [lane.messages.invoice for lane in lanes]
    is_slow = any(delay.ticks or delay.distribution is not None for delay in delays)
    return is_slow or any(finance.overdraft_limit is not None for finance in finances)


def _union(spans: Spans) -> Spans:
    """Return the stretches of time that are covered by any of the spans.

    Examples
    --------
    >>> _union([(5, 7), (1, 3), (2, 4)])
    [(1, 4), (5, 7)]
    """
    merged: Spans = []
    for since, until in sorted(spans):
        if merged and since <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], until))
        else:
            merged.append((since, until))
    return merged
