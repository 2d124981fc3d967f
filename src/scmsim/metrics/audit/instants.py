"""The order of events within an instant.

What a unit costs depends on the order of receipts and issues at one instant. The table of each kind of event is in that
order; how the tables fall together is taken from the order of the journal, never from its amounts.
"""

from collections.abc import Callable
from typing import NamedTuple, Protocol

import numpy as np

from scmsim.flows.money import event
from scmsim.flows.postings import POSTINGS, posting
from scmsim.metrics.layout import Array

Row = tuple[float, ...]

DELIVERIES, PRODUCTION, SHIPMENTS, LOSSES = range(4)
TABLES = ("deliveries", "production", "shipments", "events")

_TABLE = {
    event("delivery"): DELIVERIES,
    event("production_finish"): DELIVERIES,
    event("sale"): DELIVERIES,
    event("production_start"): PRODUCTION,
    event("shipment"): SHIPMENTS,
    event("write_off"): LOSSES,
    event("return"): LOSSES,
}
_TABLES = np.array([_TABLE.get(event(kind.event), -1) for kind in POSTINGS.values()])
_SOLD = posting("shipment")


class Posted(NamedTuple):
    """An entry about goods: time, table of its event, order, what a shipment was sold for, kind of posting, node."""

    time: float
    table: int
    order: float
    revenue: float
    kind: int
    node: int


Enter = Callable[[Row, Posted | None], None]


class Goods(Protocol):
    """What is done with events: `enter` has a function for each of `TABLES`."""

    enter: tuple[Enter, Enter, Enter, Enter]

    def fits(self, row: Row, entry: Posted) -> bool:
        """Tell whether an entry can be that of an event of its table and order."""

    def is_silent(self, row: Row) -> bool:
        """Tell whether a shipment has no entry, as nobody pays for it and it is taken out of no stock."""


_ORDER = (3, 2, 3, 4)
"""The column of the order in each table."""


class Instants:
    """Goes through the events of one instant after the other.

    Parameters
    ----------
    goods : Goods
        What is done with them.
    """

    __slots__ = ("_goods",)

    def __init__(self, goods: Goods) -> None:
        self._goods = goods

    def go_through(self, rows: list[list[Row]], entries: list[Posted]) -> None:
        """Go through the events of an instant in the order of their entries.

        What has no entry moves nothing that has a value: shipments from outside come first, as they may arrive at the
        same instant, and all others before the next of their table.
        """
        goods = self._goods
        for row in rows[SHIPMENTS]:
            if goods.is_silent(row):
                goods.enter[SHIPMENTS](row, None)
        left = [*rows]
        left[SHIPMENTS] = [row for row in rows[SHIPMENTS] if not goods.is_silent(row)]
        heads = [0] * len(left)
        for entry in entries:
            table, head = left[entry.table], heads[entry.table]
            place = next((at for at in range(head, len(table)) if self._is_of(table[at], entry)), None)
            if place is not None:
                for row in table[head:place]:
                    goods.enter[entry.table](row, None)
                goods.enter[entry.table](table[place], entry)
                heads[entry.table] = place + 1
        for kind, table in enumerate(left):
            for row in table[heads[kind] :]:
                goods.enter[kind](row, None)

    def _is_of(self, row: Row, entry: Posted) -> bool:
        return row[_ORDER[entry.table]] == entry.order and self._goods.fits(row, entry)


def entries_of(journal: Array) -> list[Posted]:
    """Return the entries about goods of a journal, whose rows are given as columns, in their order."""
    kind = journal[1].astype(np.int64)
    table = _TABLES[kind]
    revenue = np.where(kind == _SOLD, journal[5], 0.0)
    kept = np.flatnonzero(table >= 0)
    columns = (journal[0], table, journal[4], revenue, kind, journal[2].astype(np.int64))
    return [Posted(*row) for row in zip(*(column[kept].tolist() for column in columns), strict=True)]
