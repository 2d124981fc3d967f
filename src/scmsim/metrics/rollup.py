"""From figures per point to figures per node, segment, product and chain."""

from collections.abc import Callable
from typing import NamedTuple, Protocol

import numpy as np

from scmsim.metrics.accumulator import by_point
from scmsim.metrics.layout import Array, Index, Layout, Mask

EVERYBODY, OUTSIDE, END_CUSTOMERS = 0, 1, 2
"""Whose demand a service figure counts: everybody's at a point, other nodes' and customers' at a node or segment, end
customers' alone for a product or the chain."""


class Grouping(NamedTuple):
    """One way of putting points together: ``group`` gives each point's group, ``scope`` whose demand counts."""

    level: str
    group: Index
    size: int
    scope: int

    def sum(self, amount: Array) -> Array:
        """Add up a figure per point by group."""
        return by_point(self.group, self.size, amount)


def groupings(layout: Layout) -> tuple[Grouping, ...]:
    """Return the five levels of the KPI table, from the points to the chain."""
    return (
        Grouping("point", np.arange(layout.size), layout.size, EVERYBODY),
        Grouping("node", layout.node, len(layout.nodes), OUTSIDE),
        Grouping("segment", layout.segment, len(layout.segments), OUTSIDE),
        Grouping("product", layout.product, len(layout.products), END_CUSTOMERS),
        Grouping("chain", np.zeros(layout.size, dtype=np.int64), 1, END_CUSTOMERS),
    )


class Answer(Protocol):
    """What a metric computes: a figure for any grouping of points."""

    @property
    def where(self) -> Mask | None:
        """The points to which the metric applies; None: all of them."""

    def at(self, grouping: Grouping) -> Array | None:
        """Return one value per group, NaN where undefined; None if the metric cannot be rolled up so."""


class Total(NamedTuple):
    """A figure that adds up: units, money. ``amount`` is per point, or one row per scope and a column per point.

    Examples
    --------
    >>> both = Grouping("chain", np.array([0, 0]), 1, 2)
    >>> Total(np.array([2.0, 3.0])).at(both).tolist()
    [5.0]
    """

    amount: Array
    where: Mask | None = None

    def at(self, grouping: Grouping) -> Array:
        """Return the sum over each group's points."""
        return grouping.sum(_scope(self.amount, grouping))


class Ratio(NamedTuple):
    """A share or an average: sums of numerators over sums of denominators; 0 / 0 is undefined.

    Examples
    --------
    >>> both = Grouping("chain", np.array([0, 0]), 1, 2)
    >>> Ratio(np.array([2.0, 3.0]), np.array([4.0, 6.0])).at(both).tolist()
    [0.5]
    """

    numerator: Array
    denominator: Array
    where: Mask | None = None
    levels: frozenset[str] = frozenset({"point", "node", "segment", "product", "chain"})

    def at(self, grouping: Grouping) -> Array | None:
        """Return the quotient of each group's sums."""
        if grouping.level not in self.levels:
            return None
        above = grouping.sum(_scope(self.numerator, grouping))
        return divide(above, grouping.sum(_scope(self.denominator, grouping)))


class Series(NamedTuple):
    """A figure about a series in time, known for points and, of their summed series, for nodes; not beyond."""

    points: Array
    nodes: Array
    where: Mask | None = None

    def at(self, grouping: Grouping) -> Array | None:
        """Return the points' or the nodes' own figures."""
        return {"point": self.points, "node": self.nodes}.get(grouping.level)


class Pooled(NamedTuple):
    """A figure that has to be worked out anew from each group's pooled facts, such as a quantile."""

    work_out: Callable[[Grouping], Array]
    where: Mask | None = None

    def at(self, grouping: Grouping) -> Array:
        """Return what the group's pooled facts give."""
        return self.work_out(grouping)


def divide(above: Array, below: Array) -> Array:
    """Divide, giving NaN (undefined) where the denominator is 0.

    Examples
    --------
    >>> divide(np.array([1.0, 0.0]), np.array([2.0, 0.0])).tolist()
    [0.5, nan]
    """
    quotient: Array = np.divide(above, below, out=np.full(np.broadcast(above, below).shape, np.nan), where=below != 0)
    return quotient


def scopes(kinds: Array) -> Array:
    """Turn figures per kind of buyer (own node, other node, end customers) into figures per scope, by adding up.

    Examples
    --------
    >>> scopes(np.array([[1.0], [2.0], [4.0]])).tolist()
    [[7.0], [6.0], [4.0]]
    """
    summed: Array = np.cumsum(kinds[::-1], axis=0)[::-1]
    return summed


def _scope(amount: Array, grouping: Grouping) -> Array:
    row: Array = amount[grouping.scope] if amount.ndim == 2 else amount
    return row
