"""Plain totals over the measured time: units asked for, served, lost, ordered, received and shipped."""

import numpy as np

from scmsim.flows.events import CODES
from scmsim.metrics.accumulator import Accumulator, by_kind, by_point
from scmsim.metrics.facts import CUSTOMERS, EPSILON, Facts
from scmsim.metrics.layout import Layout

GAVE_UP = CODES["gave_up"]


class DemandTotals(Accumulator):
    """Units demanded, by who asked (row: own node's production, other node, end customer) and point (column).

    Only rows that ask for something count: a negative order is a return.

    Attributes
    ----------
    demanded, served, lost : ndarray
        Units asked for, served at the same instant, and lost: at once, or when customers have lost their patience.
    """

    tables = frozenset({"demand"})

    @classmethod
    def reads(cls, layout: Layout) -> frozenset[str]:
        """Return the tables that are needed; those of events only where customers can lose their patience."""
        return cls.tables | {"events"} if layout.network.has_patience else cls.tables

    def __init__(self, layout: Layout) -> None:
        super().__init__(layout)
        self.demanded, self.served, self.lost = (np.zeros((3, layout.size)) for _ in range(3))

    def update(self, facts: Facts) -> None:
        """Add the demand of one chunk."""
        rows = facts.demand
        seen = (rows.time >= self.layout.warm) & (rows.quantity > EPSILON)
        kind, point, size = rows.kind[seen], rows.point[seen], self.layout.size
        self.demanded += by_kind(kind, point, size, rows.quantity[seen])
        self.served += by_kind(kind, point, size, rows.served[seen])
        self.lost += by_kind(kind, point, size, rows.lost[seen])
        if self.layout.network.has_patience:
            time, what, place, _, _, quantity, _ = facts.table("events")
            left = (what == GAVE_UP) & (time >= self.layout.warm)
            self.lost[CUSTOMERS] += by_point(place[left].astype(np.int64), size, quantity[left])


class OrderTotals(Accumulator):
    """Replenishment orders placed.

    Attributes
    ----------
    orders : ndarray
        Orders per point whose quantity is not 0.
    """

    tables = frozenset({"orders"})

    def __init__(self, layout: Layout) -> None:
        super().__init__(layout)
        self.orders = np.zeros(layout.size)

    def update(self, facts: Facts) -> None:
        """Add the orders of one chunk."""
        rows = facts.orders
        seen = (rows.time >= self.layout.warm) & (np.abs(rows.quantity) > EPSILON)
        self.orders += by_point(rows.point[seen], self.layout.size)


class ReceiptTotals(Accumulator):
    """Units that came in.

    Attributes
    ----------
    units : ndarray
        Units received per point, over a lane or from production.
    """

    tables = frozenset({"deliveries"})

    def __init__(self, layout: Layout) -> None:
        super().__init__(layout)
        self.units = np.zeros(layout.size)

    def update(self, facts: Facts) -> None:
        """Add the receipts of one chunk."""
        rows = facts.deliveries
        seen = rows.receipt & (rows.time >= self.layout.warm)
        self.units += by_point(rows.buyer[seen], self.layout.size, rows.quantity[seen])


class CustomerTotals(Accumulator):
    """Units that went out to end customers.

    Attributes
    ----------
    units : ndarray
        Units delivered to end customers per point, those owed from earlier included.
    """

    tables = frozenset({"deliveries"})

    def __init__(self, layout: Layout) -> None:
        super().__init__(layout)
        self.units = np.zeros(layout.size)

    def update(self, facts: Facts) -> None:
        """Add the deliveries of one chunk."""
        rows = facts.deliveries
        seen = (rows.buyer < 0) & (rows.time >= self.layout.warm)
        self.units += by_point(rows.seller[seen], self.layout.size, rows.quantity[seen])


class ShipmentTotals(Accumulator):
    """Shipments sent, counted only where a lane charges for them.

    Attributes
    ----------
    shipments : ndarray
        Shipments on their way to each point; one shipment is one product sent at one instant.
    """

    tables = frozenset({"shipments"})

    def __init__(self, layout: Layout) -> None:
        super().__init__(layout)
        self.shipments = np.zeros(layout.size)

    @classmethod
    def reads(cls, layout: Layout) -> frozenset[str]:
        """Return the shipments' table if any lane has a cost per shipment."""
        return cls.tables if any(lane.shipment_cost for lane in layout.network.lanes) else frozenset()

    def update(self, facts: Facts) -> None:
        """Add the shipments of one chunk."""
        if not self.reads(self.layout):
            return
        time, _, buyers, _, quantity, _ = facts.table("shipments")
        buyer = buyers.astype(np.int64)
        seen = (time >= self.layout.warm) & (buyer >= 0) & (np.abs(quantity) > EPSILON)
        self.shipments += by_point(buyer[seen], self.layout.size)
