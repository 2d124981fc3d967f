"""What goods that expire or come back do to the ledgers, worked out again."""

import numpy as np

from scmsim.flows.events import CODES
from scmsim.flows.postings import posting
from scmsim.metrics.audit.deals import CUSTOMERS, Deals
from scmsim.metrics.audit.instants import Posted
from scmsim.metrics.audit.rules import KIND
from scmsim.metrics.audit.worth import Worth
from scmsim.metrics.layout import Array
from scmsim.scenario.network import Network, Point

EXPIRED, RETURNED, RESTOCKED, SCRAPPED, SENT_BACK, SCRAP, DESTROYED = (
    CODES[kind]
    for kind in ("expired", "returned", "restocked", "scrapped", "sent_back", "production_scrap", "destroyed")
)
_POSTINGS = {
    EXPIRED: posting("write_off"),
    SCRAPPED: posting("write_off"),
    RETURNED: posting("refund"),
    RESTOCKED: posting("restock"),
    SENT_BACK: posting("return_transport"),
    SCRAP: posting("production_scrap"),
    DESTROYED: posting("write_off"),
}
LOST_ON_THE_WAY = posting("write_off_in_transit")

Row = tuple[float, ...]


class LossAudit:
    """Follows goods that are not sold, or not sold for good.

    Parameters
    ----------
    network : Network
        What is simulated; it has money.
    deals : Deals
        Who sells what to whom.
    worth : Worth
        What the stocks are worth.
    rows : list of float
        Where it says what was to be posted.
    """

    def __init__(self, network: Network, deals: Deals, worth: Worth, rows: list[float]) -> None:
        self._points = network.points
        self._deals = deals
        self._worth = worth
        self._rows = rows
        self._refund = np.array([_refund(point) if point.index in deals.sales else 0.0 for point in network.points])
        self._disposal = np.array([point.disposal_cost for point in network.points])
        self._prices: dict[float, float] = {}

    def of(self, events: Array) -> Array:
        """Return those events that are worth something: the table with a row per column."""
        _, kind, point, partner, _, _, value = events
        here = point.astype(np.int64)
        other = np.maximum(partner, 0).astype(np.int64)
        counts = np.isin(kind, (EXPIRED, RESTOCKED, DESTROYED, SCRAP))
        counts |= (kind == SCRAPPED) & (self._disposal[here] > 0)
        counts |= (kind == RETURNED) & (self._refund[other] > 0)
        counts |= (kind == SENT_BACK) & (value > 0)
        found: Array = events[:, counts]
        return found

    def sold(self, point: int, order: float, price: float) -> None:
        """Remember at which price an order was sold that customers may send back."""
        if self._refund[point]:
            self._prices[order] = price

    def fits(self, row: Row, entry: Posted) -> bool:
        """Tell whether an entry can be that of an event; several of one order, or of none, may share an instant."""
        kind = row[1]
        place = int(row[3]) if kind in (RETURNED, SENT_BACK) else int(row[2])
        expected = LOST_ON_THE_WAY if is_on_its_way(row) else _POSTINGS[kind]
        return entry.kind == expected and self._deals.node[place] == entry.node

    def enter(self, row: Row, _posting: object) -> None:
        """Work out what an event does."""
        time, kind, here, partner, order, units, value = row
        point = int(here)
        node = self._deals.node[point]
        if kind == DESTROYED:
            self._say(time, "lost", node, order, self._worth.take(point, units), 0.0)
        elif kind in (EXPIRED, SCRAPPED):
            cost = self._worth.take(point, units) if kind == EXPIRED else 0.0
            self._say(time, "lost", node, order, cost, float(self._disposal[point]) * units)
        elif kind == RETURNED:
            shop = int(partner)
            amount = float(self._refund[shop]) * self._prices.get(order, 0.0) * units
            self._say(time, "paid_back", self._deals.node[shop], order, amount, 0.0)
        elif kind == RESTOCKED:
            worth = self._worth.unit_cost[point] * units
            variance = self._worth.put(point, units, worth)
            self._say(time, "back_in_stock", node, order, worth, variance)
        else:
            self._say(time, "sent_back", self._deals.node[int(partner)], order, value, 0.0)

    def _say(self, time: float, kind: str, node: int, order: float, first: float, second: float) -> None:
        self._rows += (time, KIND[kind], node, CUSTOMERS, order, first, second, 0.0)


def is_on_its_way(row: Row) -> bool:
    """Tell whether an event destroys goods on their way."""
    return row[1] == DESTROYED and row[3] >= 0


def _refund(point: Point) -> float:
    return max((demand.returns.refund for demand in point.demands if demand.returns is not None), default=0.0)
