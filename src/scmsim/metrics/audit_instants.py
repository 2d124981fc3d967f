"""The order of events within an instant, and where in it those belong that left no posting.

What a unit costs depends on the order of receipts and issues at one instant. The table of each kind of event is in that
order; how the tables fall together is taken from the order of the postings, never from their amounts. Only where an
event was worth nothing, so that no posting says when in the instant it happened, is it put where the amounts around it
agree.
"""

from collections.abc import Callable
from typing import NamedTuple, Protocol

import numpy as np

from scmsim.flows.material import RESIDUE
from scmsim.flows.money import account, event
from scmsim.metrics.audit_rules import CLOSE
from scmsim.metrics.layout import Array

Row = tuple[float, ...]

DELIVERIES, PRODUCTION, SHIPMENTS, LOSSES = range(4)
TABLES = ("deliveries", "production", "shipments", "events")
"""In the order in which what left no posting is taken."""

_TABLE = {
    event("delivery"): DELIVERIES,
    event("production_finish"): DELIVERIES,
    event("sale"): DELIVERIES,
    event("production_start"): PRODUCTION,
    event("shipment"): SHIPMENTS,
    event("write_off"): LOSSES,
    event("return"): LOSSES,
}
_TABLES = np.array([_TABLE.get(code, -1) for code in range(16)])
INVENTORY, IN_TRANSIT, REVENUE = account("inventory"), account("in_transit"), account("revenue")
SHIPMENT = event("shipment")


class Posted(NamedTuple):
    """A posting about goods: time, table of its event, order, what it says of revenue and of inventory, node."""

    time: float
    table: int
    order: float
    revenue: float
    issued: float
    node: int


Enter = Callable[[Row, Posted | None], None]


class Goods(Protocol):
    """What is done with events: `enter` has a function for each of `TABLES`."""

    enter: tuple[Enter, Enter, Enter, Enter]

    def taken(self, table: int, row: Row) -> list[tuple[int, float]]:
        """Return the units that an event takes out of stocks, by point."""

    def cost(self, taken: list[tuple[int, float]]) -> float:
        """Return what these units would cost that were taken now."""

    def fits(self, row: Row, posting: Posted) -> bool:
        """Tell whether a posting can be that of an event of its table and order."""

    def under_way(self, order: float) -> float:
        """Return how many units of an order are under way or in the works, or are given back."""


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

    def go_through(self, rows: list[list[Row]], postings: list[Posted]) -> None:
        """Go through the events of an instant in the order in which they were posted."""
        heads = [0] * len(rows)
        if len(postings) == sum(map(len, rows)):
            for place, posting in enumerate(postings):
                table = posting.table
                head = heads[table]
                if head == len(rows[table]) or rows[table][head][_ORDER[table]] != posting.order:
                    postings = postings[place:]
                    break
                self._goods.enter[table](rows[table][head], posting)
                heads[table] = head + 1
            else:
                return
        self._unclear([rows[table][heads[table] :] for table in range(len(rows))], postings)

    def _unclear(self, rows: list[list[Row]], postings: list[Posted]) -> None:
        """Go through an instant some of whose events were worth nothing, so that they left no posting."""
        left = [list(table) for table in rows]
        found: list[tuple[Posted, Row | None]] = []
        for posting in postings:
            table = left[posting.table]
            of_order = (row for row in table if row[_ORDER[posting.table]] == posting.order)
            row = next((row for row in of_order if self._goods.fits(row, posting)), None)
            if row is not None:
                table.remove(row)
            found.append((posting, row))
        for posting, row in found:
            if row is not None:
                self._enter_one(posting.table, row, posting, left)
        for kind in range(len(left)):
            while left[kind]:
                self._enter_one(kind, left[kind].pop(0), None, left)

    def _enter_one(self, kind: int, row: Row, posting: Posted | None, left: list[list[Row]]) -> None:
        """Do an event, after those worth nothing that must have happened before it."""
        taken = self._goods.taken(kind, row)
        if taken:
            self._receive_before(taken, posting.issued if posting is not None else 0.0, left)
        elif kind == DELIVERIES:
            self._send_before(row, left)
            if posting is not None:
                self._issue_before(int(row[2]), left)
        self._goods.enter[kind](row, posting)

    def _receive_before(self, taken: list[tuple[int, float]], issued: float, left: list[list[Row]]) -> None:
        """Receive what was worth nothing, until what is taken costs what was posted."""
        points = {point for point, _ in taken}
        for other in list(left[DELIVERIES]):
            if abs(self._goods.cost(taken) - issued) <= CLOSE * max(1.0, abs(issued)):
                return
            if other[2] in points and other in left[DELIVERIES]:
                left[DELIVERIES].remove(other)
                self._enter_one(DELIVERIES, other, None, left)

    def _send_before(self, row: Row, left: list[list[Row]]) -> None:
        """Ship, or begin to make, what is received at the same instant, or as much as is not under way yet."""
        for kind in (SHIPMENTS, PRODUCTION):
            for other in list(left[kind]):
                if other[_ORDER[kind]] != row[3] or other not in left[kind]:
                    continue
                sent, arrives = other[-2:]
                under_way = self._goods.under_way(row[3])
                is_same = arrives == row[0] and sent == row[6]
                if is_same or not under_way or under_way < abs(row[6]) - RESIDUE:
                    left[kind].remove(other)
                    self._enter_one(kind, other, None, left)

    def _issue_before(self, point: int, left: list[list[Row]]) -> None:
        """Issue what cost nothing from a stock that gets something of value."""
        for kind in (PRODUCTION, SHIPMENTS, DELIVERIES, LOSSES):
            for other in list(left[kind]):
                taken = self._goods.taken(kind, other)
                if any(one == point for one, _ in taken) and not self._goods.cost(taken):
                    left[kind].remove(other)
                    self._goods.enter[kind](other, None)


def postings_of(ledger: Array) -> list[Posted]:
    """Return the postings about goods, in their order; of a shipment only the seller's, where it has books."""
    time, posting, node, code, amount, kind, order, _ = ledger
    begins = np.flatnonzero(np.diff(posting, prepend=-1))
    if not begins.size:
        return []
    table = _TABLES[kind[begins].astype(np.int64)]
    revenue, issued = (
        -np.add.reduceat(np.where(code == wanted, amount, 0.0), begins) for wanted in (REVENUE, INVENTORY)
    )
    receives = np.logical_or.reduceat(code == IN_TRANSIT, begins) & (kind[begins] == SHIPMENT)
    same = np.append(
        False, (kind[begins][1:] == SHIPMENT) & (np.diff(order[begins]) == 0) & (np.diff(time[begins]) == 0)
    )
    after_seller = receives & same & ~np.append(True, receives[:-1]) & np.append(False, kind[begins][:-1] == SHIPMENT)
    kept = np.flatnonzero((table >= 0) & ~after_seller)
    columns = (time[begins], table, order[begins], revenue, issued, node[begins].astype(np.int64))
    return [Posted(*row) for row in zip(*(column[kept].tolist() for column in columns), strict=True)]
