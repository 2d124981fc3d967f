"""Totals of the unrealised profit in what nodes hold: what rolled-up profit and stock have to be lowered by."""

from collections.abc import Callable

import numpy as np

from scmsim.flows.money import account
from scmsim.flows.postings import POSTINGS, expand, lines_of
from scmsim.metrics.accumulator import by_point
from scmsim.metrics.facts import Facts
from scmsim.metrics.layout import Index, Layout, Mask
from scmsim.metrics.money_totals import MoneyAccumulator
from scmsim.metrics.unrealised import GOODS, Firms, Lines, chain_of, segments_of
from scmsim.ticks import TICKS

FIRMS: dict[str, Callable[[Layout], Index]] = {"segment": segments_of, "chain": chain_of}
"""What is one firm at the levels that put nodes together."""


class UnrealisedProfit(MoneyAccumulator):
    """Unrealised profit in the goods of every node: an array per level of `FIRMS`, a number per node.

    Attributes
    ----------
    moved : dict of str to ndarray
        By how much it grew in the measured time.
    integral : dict of str to ndarray
        It x time units of the measured time.
    varied : dict of str to ndarray
        What nodes paid others of their firm above their own standard cost in the measured time, which is in their cost
        variance: by so much less it grew.
    """

    tables = frozenset({"journal"})

    def __init__(self, layout: Layout) -> None:
        super().__init__(layout)
        size = len(layout.nodes)
        self.moved = {level: np.zeros(size) for level in FIRMS}
        self.integral = {level: np.zeros(size) for level in FIRMS}
        self.varied = {level: np.zeros(size) for level in FIRMS}
        firms = {level: Firms(layout, firm(layout)) for level, firm in FIRMS.items()}
        self._firms = {level: each for level, each in firms.items() if each.followed.any()}

    def _add(self, facts: Facts) -> None:
        if not self._firms:
            return
        lines, size = _lines(facts, self._firms["chain"].followed), len(self.layout.nodes)
        warm, end = float(self.layout.warm), float(self.layout.end)
        for level, firms in self._firms.items():
            time, node, amount, varied = firms.follow(lines)
            lasts = (end - np.maximum(time, warm)) / TICKS
            self.integral[level] += by_point(node, size, amount * lasts)
            self.moved[level] += by_point(node, size, np.where(time >= warm, amount, 0.0))
            self.varied[level] -= by_point(node, size, np.where((time >= warm) & varied, amount, 0.0))


def _lines(facts: Facts, followed: Mask) -> Lines:
    """Return the lines of the postings that goods of these nodes are in."""
    journal, places, outside = facts.table("journal"), facts.layout.by_name, len(followed) - 1
    kind, node, partner = (column.astype(np.int64) for column in journal[1:4])
    chosen = np.flatnonzero(_IS_OF_GOODS[kind] & (followed[places[node]] | followed[places[partner]]))
    found = expand(np.array([column[chosen] for column in journal]).T, 0, outside)
    found = found[:, found[2] < outside]
    node, code, event, order, partner = found[[2, 3, 5, 6, 7]].astype(np.int64)
    return Lines(found[0], places[node], code, found[4], event, order, places[partner])


_CODES = {account(name) for name in GOODS}
_IS_OF_GOODS = np.array([any(code in _CODES for _, code, _ in lines_of(kind)) for kind in POSTINGS.values()])
