"""The network as arrays: what every accumulator asks of it, worked out once per run.

A point is one product at one node. Arrays over points are indexed by the point's number, those over nodes and products
by their order in the network.
"""

import numpy as np
import numpy.typing as npt

from scmsim.scenario.network import FromLane, FromProduction, Network
from scmsim.ticks import TICKS

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

SEGMENTS = ("upstream", "internal", "downstream")
"""The order in which segments are listed."""


class Layout:
    """A network and its calendar, ready for arithmetic.

    Parameters
    ----------
    network : Network
        What was simulated.

    Attributes
    ----------
    size : int
        Number of points.
    node, product, segment : ndarray of int
        Place of each point in ``nodes``, ``products`` and ``segments``.
    stocked, made : ndarray of bool
        Points that keep stock (an unlimited supplier's does not), and those replenished by production.
    supplier : ndarray of int
        The point at the other end of the lane that replenishes the point; -1 without one, or with several.
    ways : ndarray of int
        The supplier's point (row 0) and the point (row 1) of every lane that replenishes a point.
    sends_out : ndarray of bool
        Points whose orders leave their node: all but production that takes components from its own node.
    assembles : ndarray of bool
        Nodes that make one product of others, so that what comes in and what goes out are counted in different units.
    by_name : ndarray of int
        Place in ``nodes`` of each node in the order of names, by which the tables of money number them; one more, the
        number of nodes, stands for what is outside.
    node_segment : ndarray of int
        Place of each node in ``segments``.
    keeps_books : ndarray of bool
        Nodes with a ledger: those with a stock.
    warm, end, start, bucket : int
        Measured from ``warm`` to ``end``, in ticks.
    first_bucket, last_bucket : int
        The whole buckets inside the measured time, as a half-open range.
    """

    def __init__(self, network: Network) -> None:
        self.network = network
        self.nodes = tuple(network.nodes)
        self.products = tuple(network.products)
        used = {node.segment for node in network.nodes.values()}
        self.segments = tuple(s for s in SEGMENTS if s in used) + tuple(sorted(used.difference(SEGMENTS)))
        self._points(network)
        self._books()
        self._calendar(network)

    def _points(self, network: Network) -> None:
        points, nodes = network.points, {name: i for i, name in enumerate(self.nodes)}
        products = {name: i for i, name in enumerate(self.products)}
        segments = {name: i for i, name in enumerate(self.segments)}
        self.size = len(points)
        self.node = np.array([nodes[p.node] for p in points], dtype=np.int64)
        self.product = np.array([products[p.product] for p in points], dtype=np.int64)
        self.segment = np.array([segments[network.nodes[p.node].segment] for p in points], dtype=np.int64)
        self.stocked = np.array([not p.unlimited for p in points], dtype=np.bool_)
        self.made = np.array([isinstance(p.source, FromProduction) for p in points], dtype=np.bool_)
        self.supplier = np.array(
            [p.source.supplier if isinstance(p.source, FromLane) else -1 for p in points], dtype=np.int64
        )
        pairs = [(way.supplier, p.index) for p in points for way in p.ways]
        self.ways = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
        builds = np.array(
            [isinstance(p.source, FromProduction) and bool(p.source.components) for p in points], dtype=np.bool_
        )
        self.sends_out = np.array([p.source is not None for p in points], dtype=np.bool_) & ~builds
        self.assembles = np.zeros(len(nodes), dtype=np.bool_)
        self.assembles[self.node[builds]] = True

    def _books(self) -> None:
        size = len(self.nodes)
        self.by_name = np.append(np.argsort(np.array(self.nodes, dtype=object), kind="stable"), size)
        self.node_segment = np.zeros(size, dtype=np.int64)
        self.node_segment[self.node] = self.segment
        self.keeps_books = np.zeros(size, dtype=np.bool_)
        self.keeps_books[self.node[self.stocked]] = True

    def _calendar(self, network: Network) -> None:
        calendar = network.calendar
        self.start, self.end, self.warm, self.bucket = calendar.start, calendar.end, calendar.warm, calendar.bucket
        self.first_bucket = -((self.start - self.warm) // self.bucket)
        self.last_bucket = max(self.first_bucket, (self.end - self.start) // self.bucket)

    @property
    def measured(self) -> float:
        """Measured time, in the scenario's unit."""
        return (self.end - self.warm) / TICKS

    def faces(self) -> Mask:
        """Tell which points face demand: row 0 of any kind, row 1 from outside their node, row 2 of end customers."""
        customers = np.array([bool(p.demands) for p in self.network.points], dtype=np.bool_)
        outside, inside = customers.copy(), customers.copy()
        outside[self.ways[0]] = True
        for point in self.network.points:
            if isinstance(point.source, FromProduction):
                inside[[component for component, _ in point.source.components]] = True
        return np.array([inside | outside, outside, customers])
