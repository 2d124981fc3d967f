"""What the recorder hands over, as named columns: one stretch of the run at a time."""

from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

import numpy as np

from scmsim.engine.recorder import COLUMNS, Chunk
from scmsim.flows.money import account
from scmsim.flows.postings import OWN, PARTNER, POSTINGS, SIGNS
from scmsim.metrics.layout import Array, Index, Layout, Mask

EPSILON = 1e-9
"""Units below this are the residue of adding floats, and count as none."""

MOST_ROWS = 200_000
"""Larger chunks are worked through piece by piece, so that temporary arrays stay small."""

OWN_NODE, OTHER_NODE, CUSTOMERS = 0, 1, 2
"""Who asks: the node's own production, another node, or an end customer."""

NOBODY, OTHER_SEGMENT, SAME_SEGMENT = 0, 1, 2
"""Who is on the other side of an entry: nobody who keeps books, or a node of another or of the same segment."""


class Demand(NamedTuple):
    """Orders as they reached a point. ``kind`` tells who asked, ``short`` marks what was not served at once."""

    time: Array
    point: Index
    kind: Index
    order: Index
    quantity: Array
    served: Array
    lost: Array
    short: Mask
    bucket: Index


class Orders(NamedTuple):
    """Replenishment orders as they were placed."""

    time: Array
    point: Index
    order: Index
    quantity: Array
    bucket: Index


class Deliveries(NamedTuple):
    """Receipts and customers' deliveries. ``receipt`` marks the buyer's own product coming in to its stock."""

    time: Array
    seller: Index
    buyer: Index
    order: Index
    placed: Array
    promised: Array
    quantity: Array
    complete: Mask
    receipt: Mask


class Entries(NamedTuple):
    """Entries of the journal; ``other`` tells who is on the other side, ``amounts`` has a row each for a, b and c."""

    time: Array
    kind: Index
    node: Index
    partner: Index
    amounts: Array
    other: Index
    bucket: Index


class Cash(NamedTuple):
    """What came into the cash of nodes or went out, and at which of the ``instants``.

    ``other`` tells who was on the other side, ``opens`` marks what a node had at the start.
    """

    instants: Array
    instant: Index
    node: Index
    amount: Array
    other: Index
    bucket: Index
    opens: Mask


_CASH = {side: signs[:, account("cash")].reshape(-1, 3) for side, signs in SIGNS.items()}
"""How a, b and c of every kind of posting count in cash."""
_OPENS = np.array([kind.event == "opening" for kind in POSTINGS.values()])


def _whole(column: Array) -> Index:
    return column.astype(np.int64)


class Facts:
    """One chunk with named columns, worked out when first asked for and shared by all accumulators.

    Parameters
    ----------
    layout : Layout
        The network the facts are about.
    chunk : Chunk
        What the recorder published.
    """

    def __init__(self, layout: Layout, chunk: Chunk) -> None:
        self.layout, self.start, self.end, self._tables = layout, chunk.start, chunk.end, chunk.tables
        self.first_bucket = max(layout.first_bucket, (chunk.start - layout.start) // layout.bucket)
        whole = min(layout.last_bucket, (chunk.end - layout.start) // layout.bucket)
        self.buckets = max(0, whole - self.first_bucket)

    def table(self, name: str) -> tuple[Array, ...]:
        """Return the columns of a table, none of them longer than 0 when nothing was recorded."""
        rows = self._tables.get(name)
        return tuple(np.empty((len(COLUMNS[name]), 0)) if rows is None else np.ascontiguousarray(rows.T))

    def counted(self, bucket: Index) -> Mask:
        """Tell which buckets lie wholly inside the measured time."""
        inside: Mask = (bucket >= 0) & (bucket < self.buckets)
        return inside

    def _bucket(self, time: Array) -> Index:
        """Return the bucket in which each instant lies, counted from this chunk's first measured one."""
        return (_whole(time) - self.layout.start) // self.layout.bucket - self.first_bucket

    @cached_property
    def demand(self) -> Demand:
        """Orders that reached a point."""
        time, place, buyers, order, quantity, served, lost = self.table("demand")
        point, buyer, node = _whole(place), _whole(buyers), self.layout.node
        outside = np.where(node[buyer] == node[point], OWN_NODE, OTHER_NODE)
        kind = np.where(buyer < 0, CUSTOMERS, outside)
        short = quantity - served > EPSILON * np.maximum(1.0, quantity)
        return Demand(time, point, kind, _whole(order), quantity, served, lost, short, self._bucket(time))

    @cached_property
    def orders(self) -> Orders:
        """Replenishment orders placed."""
        time, point, order, quantity = self.table("orders")
        return Orders(time, _whole(point), _whole(order), quantity, self._bucket(time))

    @cached_property
    def deliveries(self) -> Deliveries:
        """Receipts and customers' deliveries."""
        time, sellers, buyers, order, placed, promised, quantity, complete = self.table("deliveries")
        seller, buyer, product = _whole(sellers), _whole(buyers), self.layout.product
        receipt = (buyer >= 0) & (product[buyer] == product[seller])
        return Deliveries(time, seller, buyer, _whole(order), placed, promised, quantity, complete > 0.5, receipt)

    @cached_property
    def entries(self) -> Entries:
        """Entries of the journal, with the places of the nodes in the layout."""
        table, layout = self.table("journal"), self.layout
        time, kind = table[0], _whole(table[1])
        node, partner = (layout.by_name[_whole(column)] for column in table[2:4])
        group = np.append(np.where(layout.keeps_books, layout.node_segment, -1), -1)
        theirs = group[partner]
        other = np.where(theirs == group[node], SAME_SEGMENT, OTHER_SEGMENT)
        other[theirs < 0] = NOBODY
        return Entries(time, kind, node, partner, np.array(table[5:]), other, self._bucket(time))

    @cached_property
    def cash(self) -> Cash:
        """What moved cash."""
        time, kind, node, partner, amounts, other, bucket = self.entries
        is_new = np.diff(time, prepend=-np.inf) != 0
        instant, found = np.cumsum(is_new) - 1, []
        for signs, whose in ((_CASH[OWN], node), (_CASH[PARTNER], partner)):
            row = np.flatnonzero(np.asarray(signs.any(axis=1))[kind])
            which = kind[row]
            amount = np.einsum("rk,kr->r", signs[which], amounts[:, row])
            found.append((instant[row], whose[row], amount, other[row], bucket[row], _OPENS[which]))
        return Cash(time[is_new], *(np.concatenate(columns) for columns in zip(*found, strict=True)))


def pieces(layout: Layout, chunk: Chunk, most_rows: int = MOST_ROWS) -> Iterator[Chunk]:
    """Cut a chunk at bucket boundaries into pieces of about ``most_rows`` rows in all tables together.

    Parameters
    ----------
    layout : Layout
        Says where the boundaries are.
    chunk : Chunk
        What to cut; a chunk that is small enough comes back as it is.
    most_rows : int
        Rows per piece; one bucket's rows are never parted.
    """
    rows = sum(len(table) for table in chunk.tables.values())
    buckets = -((chunk.start - chunk.end) // layout.bucket)
    parts = min(buckets, -(-rows // most_rows))
    if parts <= 1:
        yield chunk
        return
    edges = [chunk.start + buckets * k // parts * layout.bucket for k in range(parts)] + [chunk.end]
    cuts = {name: np.searchsorted(table[:, 0], edges) for name, table in chunk.tables.items()}
    for k in range(parts):
        tables = {name: table[cuts[name][k] : cuts[name][k + 1]] for name, table in chunk.tables.items()}
        yield Chunk(edges[k], edges[k + 1], tables)
