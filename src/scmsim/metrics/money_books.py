"""The books of a measured run by node, segment and chain, and how metrics are defined on them."""

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

import numpy as np

from scmsim.flows.money import ACCOUNTS, EXPENSES, INCOME
from scmsim.metrics.accumulator import Accumulator, by_point
from scmsim.metrics.layout import Array, Layout, Mask
from scmsim.metrics.metric import Measured, Metric, define
from scmsim.metrics.money_totals import Ledgers
from scmsim.metrics.money_unrealised import UnrealisedProfit
from scmsim.metrics.rollup import Grouping, divide

KINDS = {"node": 3, "segment": 2, "chain": 1}
"""Levels that have books, and how many kinds of trade count there: that between a segment's, or the chain's, own nodes
cancels."""

ROUNDING = 1e-9
"""A cost variance below this share of the goods sold and in stock is the rounding of sums, and nothing."""

STOCK = ("inventory", "in_transit", "work_in_process")


class Booked(NamedTuple):
    """A figure of the books for nodes, segments and the chain; products and single stocks keep none."""

    work_out: Callable[[str], Array | None]
    where: Mask

    def at(self, grouping: Grouping) -> Array | None:
        """Return one value per group, or None where there are no books."""
        return self.work_out(grouping.level) if grouping.level in KINDS else None


class Books:
    """The ledgers of a measured run, put together by level.

    Parameters
    ----------
    measured : Measured
        Holds the accumulators.
    """

    def __init__(self, measured: Measured) -> None:
        self._layout, self._ledgers, self._time = measured.layout, measured[Ledgers], measured.time
        self._unrealised = measured[UnrealisedProfit]

    def moved(self, level: str, *accounts: str, trade: bool = False) -> Array:
        """Return what was posted to these accounts in the measured time, debits +; ``trade``: with others only."""
        return self._sum(self._ledgers.moved, level, accounts, trade)

    def average(self, level: str, *accounts: str, trade: bool = False) -> Array:
        """Return the time-weighted mean of the balance of these accounts."""
        return self._sum(self._ledgers.integral, level, accounts, trade) / self._time

    def closing(self, level: str, *accounts: str) -> Array:
        """Return the balance of these accounts at the end."""
        return self._sum(self._ledgers.balance, level, accounts, trade=False)

    def revenue(self, level: str) -> Array:
        """Return what was sold to others."""
        return -self.moved(level, "revenue", trade=True)

    def cost_of_goods_sold(self, level: str) -> Array:
        """Return what the goods sold to others had cost: sales inside the group are taken off.

        What they had cost the group is what its nodes had paid less what they earned on goods the group still has.
        What they paid each other above their standard cost is in their cost variance, and no cost of the group.
        """
        inside = -self.moved(level, "revenue") - self.revenue(level)
        grown = self._within(self._unrealised.moved, level) + self._within(self._unrealised.varied, level)
        return self.moved(level, "cost_of_goods_sold") - inside + grown

    def cost_variance(self, level: str) -> Array:
        """Return what goods cost above their standard, but for what nodes of the group paid each other."""
        found = self.moved(level, "cost_variance") - self._within(self._unrealised.varied, level)
        scale = np.abs(self.moved(level, "cost_of_goods_sold")) + np.abs(self.stock(level))
        return np.where(np.abs(found) > ROUNDING * scale, found, 0.0)

    def gross_margin(self, level: str) -> Array:
        """Return revenue less the cost of what was sold."""
        return self.revenue(level) - self.cost_of_goods_sold(level)

    def profit(self, level: str) -> Array:
        """Return income less expenses, less what was earned inside the group on goods that it still has."""
        return -self.moved(level, *INCOME, *EXPENSES) - self._within(self._unrealised.moved, level)

    def stock(self, level: str) -> Array:
        """Return the average stock at cost."""
        return self.average(level, *STOCK) - self._within(self._unrealised.integral, level) / self._time

    def owed(self, level: str) -> Array:
        """Return what others owe on the average, less what they have paid in advance."""
        return self.average(level, "receivables", "advances_received", trade=True)

    def owing(self, level: str) -> Array:
        """Return what is owed to others on the average, less what was paid in advance."""
        return -self.average(level, "payables", "advances_paid", trade=True)

    def days(self, amount: Array, moved: Array) -> Array:
        """Return how long an amount lasts at the rate of what moved in the measured time."""
        return divide(amount * self._time, moved)

    def _within(self, unrealised: Mapping[str, Array], level: str) -> Array:
        """Add up unrealised profit; a node by itself has none."""
        of_node = unrealised.get(level)
        return group(self._layout, level, np.zeros(len(self._layout.nodes)) if of_node is None else of_node)

    def _sum(self, amount: Array, level: str, accounts: Iterable[str], trade: bool) -> Array:
        kinds, columns = KINDS[level] if trade else len(amount), [ACCOUNTS.index(name) for name in accounts]
        return group(self._layout, level, amount[:kinds, :, columns].sum(axis=(0, 2)))


def group(layout: Layout, level: str, of_node: Array) -> Array:
    """Add up a figure per node by node, segment or for the chain."""
    if level == "node":
        return of_node
    if level == "segment":
        return by_point(layout.node_segment, len(layout.segments), of_node)
    return np.array([of_node.sum()])


Figure = Callable[[Books, str], Array | None]


def booked(figure: Figure) -> Callable[[Measured], Booked | None]:
    """Make of a figure what a metric computes: nothing where no money is counted."""

    def compute(measured: Measured) -> Booked | None:
        if measured.network.money is None:
            return None
        books = Books(measured)
        return Booked(lambda level: figure(books, level), measured.layout.stocked)

    return compute


LEVELS = (
    "Of every node that keeps stock, of its segment and of the chain; trade between the nodes of a segment, or of the "
    "chain, cancels there"
)
AT_COST = (
    "Stock is worth what its holder paid for it, on hand, on its way to the holder (title passes at shipment) and in "
    "process; that of a segment or the chain is worth what it cost the segment or the chain"
)
UNREALISED = (
    "what its nodes earned on goods that still lie in another of them, at the weighted average of all the products of "
    "a node"
)
"""What is taken off rolled-up profit and stock."""
IFRS = "IFRS 10, paragraph B86(c): profits within a group in inventory are eliminated in full"


class Said(NamedTuple):
    """What is said of a metric beside its name."""

    formula: str
    definition: str
    unit: str = "{currency}"
    better: str | None = None
    source: str = ""
    bucket: str = ""


def define_money(
    name: str,
    said: Said,
    compute: Callable[[Measured], Booked | None],
    needs: tuple[type[Accumulator], ...] = (Ledgers, UnrealisedProfit),
    title: str = "",
) -> None:
    """Put a metric of the books on the list."""
    define(
        Metric(
            name=name, title=title or name.replace("_", " ").capitalize(), group="money", needs=needs, compute=compute,
            formula=said.formula, definition=f"{said.definition} Only where money is counted.", unit=said.unit,
            better=said.better, source=said.source, bucket=said.bucket,
        )
    )  # fmt: skip
