"""Orders and demand summed over buckets of time, and what their series have for mean and variance."""

import numpy as np

from scmsim.metrics.accumulator import Accumulator
from scmsim.metrics.facts import CUSTOMERS, OWN_NODE, Facts
from scmsim.metrics.layout import Index, Layout
from scmsim.metrics.moments import Cells, Moments, cells, chosen


class OrderBuckets(Accumulator):
    """Moments of the units ordered per bucket.

    Attributes
    ----------
    points : Moments
        Per point: replenishment orders placed, production orders included.
    nodes : Moments
        Per node, summed over its products: orders that leave the node. A production order that takes components from
        its own node does not; the orders for its components do.
    """

    tables = frozenset({"orders"})

    def __init__(self, layout: Layout) -> None:
        super().__init__(layout)
        self.points, self.nodes = Moments(layout.size), Moments(len(layout.nodes))

    def update(self, facts: Facts) -> None:
        """Add the orders of one chunk."""
        rows, layout = facts.orders, self.layout
        bucket = rows.bucket
        seen = facts.counted(bucket)
        found = cells(bucket[seen], rows.point[seen], (facts.buckets, layout.size), rows.quantity[seen])
        self.points.add(facts.buckets, found.series, found.total)
        add_nodes(self.nodes, layout, facts.buckets, chosen(found, layout.sends_out[found.series]))


class DemandBuckets(Accumulator):
    """Moments of the units demanded per bucket, whatever became of them.

    Attributes
    ----------
    points : Moments
        Per point: all demand that reached it.
    nodes : Moments
        Per node, summed over its products: demand of other nodes and of end customers.
    """

    tables = frozenset({"demand"})

    def __init__(self, layout: Layout) -> None:
        super().__init__(layout)
        self.points, self.nodes = Moments(layout.size), Moments(len(layout.nodes))

    def update(self, facts: Facts) -> None:
        """Add the demand of one chunk."""
        rows, layout = facts.demand, self.layout
        bucket = rows.bucket
        seen = facts.counted(bucket)
        shape = (facts.buckets, layout.size)
        found = cells(bucket[seen], rows.point[seen], shape, rows.quantity[seen])
        self.points.add(facts.buckets, found.series, found.total)
        inside = seen & (rows.kind == OWN_NODE)
        if inside.any():
            seen &= ~inside
            found = cells(bucket[seen], rows.point[seen], shape, rows.quantity[seen])
        add_nodes(self.nodes, layout, facts.buckets, found)


class EndDemandBuckets(Accumulator):
    """Moments of the end customers' demand per bucket that each point serves, directly or through the network.

    Attributes
    ----------
    points : Moments
        Per point: the demand of all customers it serves, each in the units of this point that it takes.
    nodes : Moments
        Per node: the same, summed over the points whose orders leave the node.
    """

    tables = frozenset({"demand"})

    def __init__(self, layout: Layout) -> None:
        super().__init__(layout)
        self.points, self.nodes = Moments(layout.size), Moments(len(layout.nodes))
        triples = sorted(layout.network.end_demand, key=lambda triple: (triple[1], triple[0]))
        self._point = np.array([point for point, _, _ in triples], dtype=np.int64)
        self._units = np.array([units for _, _, units in triples], dtype=np.float64)
        asked = np.array([asked for _, asked, _ in triples], dtype=np.int64)
        self._first = np.searchsorted(asked, np.arange(layout.size + 1))

    def update(self, facts: Facts) -> None:
        """Add the end customers' demand of one chunk."""
        rows, layout = facts.demand, self.layout
        bucket = rows.bucket
        seen = facts.counted(bucket) & (rows.kind == CUSTOMERS)
        shape = (facts.buckets, layout.size)
        found = cells(bucket[seen], rows.point[seen], shape, rows.quantity[seen])
        cell, link = self._links(found.series)
        found = cells(found.bucket[cell], self._point[link], shape, found.total[cell] * self._units[link])
        self.points.add(facts.buckets, found.series, found.total)
        add_nodes(self.nodes, layout, facts.buckets, chosen(found, layout.sends_out[found.series]))

    def _links(self, asked: Index) -> tuple[Index, Index]:
        each = self._first[asked + 1] - self._first[asked]
        cell = np.repeat(np.arange(len(asked)), each)
        within = np.arange(len(cell)) - np.repeat(np.cumsum(each) - each, each)
        return cell, np.repeat(self._first[asked], each) + within


def add_nodes(moments: Moments, layout: Layout, buckets: int, found: Cells) -> None:
    """Sum the points' cells by node and add them to the nodes' moments."""
    summed = cells(found.bucket, layout.node[found.series], (buckets, len(layout.nodes)), found.total)
    moments.add(buckets, summed.series, summed.total)
