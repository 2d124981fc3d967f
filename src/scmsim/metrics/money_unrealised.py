"""Totals of the unrealised profit in what nodes hold: what rolled-up profit and stock have to be lowered by."""

from collections.abc import Callable

import numpy as np

from scmsim.metrics.accumulator import by_point
from scmsim.metrics.facts import Facts
from scmsim.metrics.layout import Index, Layout
from scmsim.metrics.money_totals import MoneyAccumulator
from scmsim.metrics.unrealised import Firms, Inventories, chain_of, segments_of
from scmsim.metrics.unrealised_moves import moves_of_journal
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
    """

    tables = frozenset({"journal"})

    def __init__(self, layout: Layout) -> None:
        super().__init__(layout)
        size = len(layout.nodes)
        self.moved = {level: np.zeros(size) for level in FIRMS}
        self.integral = {level: np.zeros(size) for level in FIRMS}
        firms = {level: Firms(layout, firm(layout)) for level, firm in FIRMS.items()}
        self._inventories = Inventories(size)
        self._firms = {level: each for level, each in firms.items() if each.followed.any()}

    def _add(self, facts: Facts) -> None:
        if not self._firms:
            return
        size, moves = len(self.layout.nodes), moves_of_journal(facts.table("journal"), facts.layout.by_name)
        shares = self._inventories.shares(moves.node, moves.change)
        warm, end = float(self.layout.warm), float(self.layout.end)
        for level, firms in self._firms.items():
            time, node, amount = firms.follow(moves, shares)
            lasts = (end - np.maximum(time, warm)) / TICKS
            self.integral[level] += by_point(node, size, amount * lasts)
            self.moved[level] += by_point(node, size, np.where(time >= warm, amount, 0.0))
