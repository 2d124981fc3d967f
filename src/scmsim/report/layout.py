"""Where the nodes of a network are drawn: in columns by their longest way to the customer, upstream on the left.

The layered drawing of Sugiyama, Tagawa and Toda (1981): columns by longest paths, a lane that skips columns bent
through a place of its own in each of them, and the order inside a column by the mean place of the neighbours.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

Edge = tuple[int, int]
Place = tuple[float, float]

SWEEPS = 12


@dataclass(frozen=True, slots=True)
class Layout:
    """Places of nodes 0 … n − 1 and the way of every edge, in columns across and from 0 (bottom) to 1 (top)."""

    places: tuple[Place, ...]
    routes: tuple[tuple[Place, ...], ...]
    columns: int
    tallest: int


def columns_of(count: int, edges: Sequence[Edge]) -> list[int]:
    """Give every node its column: the longest path to the right end decides, the nodes of a cycle share one.

    Examples
    --------
    >>> columns_of(4, [(0, 1), (1, 2), (3, 2)])
    [0, 1, 2, 1]
    """
    import networkx as nx

    graph: nx.DiGraph[int] = nx.DiGraph()
    graph.add_nodes_from(range(count))
    graph.add_edges_from(edges)
    condensed = nx.condensation(graph)
    left: dict[int, int] = {}
    for component in reversed(list(nx.lexicographical_topological_sort(condensed))):
        left[component] = max((left[following] + 1 for following in condensed.successors(component)), default=0)
    most = max(left.values(), default=0)
    members = condensed.graph["mapping"]
    return [most - left[members[node]] for node in range(count)]


def layered(count: int, edges: Sequence[Edge]) -> Layout:
    """Lay a graph out in columns with few crossings; equal graphs get equal layouts.

    Examples
    --------
    >>> layered(3, [(0, 1), (1, 2)]).places
    ((0.0, 0.5), (1.0, 0.5), (2.0, 0.5))
    """
    columns = columns_of(count, edges)
    chains = _with_bends(columns, edges)
    bands = _bands(columns)
    _uncross(bands, chains)
    places = _spread(bands)
    return Layout(
        places=tuple(places[node] for node in range(count)),
        routes=tuple(tuple(places[stop] for stop in chain) for chain in chains),
        columns=len(bands),
        tallest=max(map(len, bands), default=0),
    )


def _with_bends(columns: list[int], edges: Sequence[Edge]) -> list[list[int]]:
    """Give every edge as the chain of nodes it passes, with a new bend (added to ``columns``) per column skipped."""
    chains = []
    for start, end in edges:
        step = 1 if columns[end] >= columns[start] else -1
        chain = [start]
        for column in range(columns[start] + step, columns[end], step):
            chain.append(len(columns))
            columns.append(column)
        chains.append([*chain, end])
    return chains


def _bands(columns: list[int]) -> list[list[int]]:
    bands: list[list[int]] = [[] for _ in range(max(columns, default=-1) + 1)]
    for node, column in enumerate(columns):
        bands[column].append(node)
    return bands


def _uncross(bands: list[list[int]], chains: list[list[int]]) -> None:
    """Order every band by the mean place of its neighbours, sweeping left and right by turns."""
    before: dict[int, list[int]] = {}
    after: dict[int, list[int]] = {}
    for chain in chains:
        for here, there in pairwise(chain):
            after.setdefault(here, []).append(there)
            before.setdefault(there, []).append(here)
    heights = {node: height for band in bands for node, height in _heights(band).items()}
    for sweep in range(SWEEPS):
        leftward = sweep % 2 == 0
        for band in reversed(bands) if leftward else bands:
            _sort_band(band, after if leftward else before, heights)


def _sort_band(band: list[int], neighbours: dict[int, list[int]], heights: dict[int, float]) -> None:
    """Sort one band by the mean height of each node's neighbours, and note the new heights."""
    means = {}
    for node in band:
        near = [heights[other] for other in neighbours.get(node, ())] or [heights[node]]
        means[node] = sum(near) / len(near)
    band.sort(key=means.__getitem__)
    heights.update(_heights(band))


def _heights(band: list[int]) -> dict[int, float]:
    """Spread a band evenly over the height, its first at the bottom."""
    return {node: (position + 0.5) / len(band) for position, node in enumerate(band)}


def _spread(bands: list[list[int]]) -> dict[int, Place]:
    return {node: (float(x), y) for x, band in enumerate(bands) for node, y in _heights(band).items()}
