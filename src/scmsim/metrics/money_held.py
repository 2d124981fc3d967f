"""Orders that a seller holds because the buyer's credit limit would be exceeded: how many, and for how long."""

import numpy as np

from scmsim.flows.events import CODES
from scmsim.metrics.facts import Facts
from scmsim.metrics.layout import Layout
from scmsim.metrics.metric import Measured, Metric, define
from scmsim.metrics.money_totals import MoneyAccumulator
from scmsim.metrics.rollup import Ratio, Total
from scmsim.scenario.network import Network
from scmsim.ticks import TICKS

HELD, RELEASED = CODES["held"], CODES["released"]


class HeldOrders(MoneyAccumulator):
    """Orders that were held in the measured time, by the stock that placed them.

    Attributes
    ----------
    orders : ndarray
        How many, per point.
    time : ndarray
        For how many time units, together; one still held at the end counts until then.
    limited : ndarray of bool
        The points that buy where there is a credit limit.
    """

    tables = frozenset({"events"})

    @classmethod
    def reads(cls, layout: Layout) -> frozenset[str]:
        """Return the tables that are needed: none where nobody has a credit limit."""
        return super().reads(layout) if has_credit_limits(layout.network) else frozenset()

    def __init__(self, layout: Layout) -> None:
        super().__init__(layout)
        lanes = layout.network.lanes
        self.limited = np.zeros(layout.size, dtype=np.bool_)
        for point in layout.network.points:
            sold = [lanes[way.lane] for way in point.ways if point.product in lanes[way.lane].sales]
            self.limited[point.index] = any(lane.credit_limit is not None for lane in sold)
        self.orders, self.time = np.zeros(layout.size), np.zeros(layout.size)
        self._waiting: dict[float, tuple[int, float]] = {}

    def _add(self, facts: Facts) -> None:
        time, kind, _, partner, order, *_ = facts.table("events")
        for row in np.flatnonzero((kind == HELD) | (kind == RELEASED)).tolist():
            if kind[row] == HELD:
                self._waiting[order[row]] = int(partner[row]), time[row]
            else:
                self._count(*self._waiting.pop(order[row]), time[row])

    def finish(self) -> None:
        """Count what is still held."""
        for buyer, since in self._waiting.values():
            self._count(buyer, since, self.layout.end)
        self._waiting.clear()

    def _count(self, buyer: int, since: float, until: float) -> None:
        if since >= self.layout.warm:
            self.orders[buyer] += 1
            self.time[buyer] += (until - since) / TICKS


def has_credit_limits(network: Network) -> bool:
    """Tell whether any seller may hold an order."""
    return any(lane.credit_limit is not None and lane.sales for lane in network.lanes)


def _orders_held(measured: Measured) -> Total | None:
    held = measured[HeldOrders]
    return Total(held.orders, held.limited) if held.limited.any() else None


def _time_held(measured: Measured) -> Ratio | None:
    held = measured[HeldOrders]
    return Ratio(held.time, held.orders, held.limited) if held.limited.any() else None


define(
    Metric(
        name="orders_held", title="Orders held", group="money", unit="order", better="lower", needs=(HeldOrders,),
        formula="number of orders held by their seller",
        definition="Orders placed by the stock that reached a seller in the measured time and were not entered at "
        "once, as the buyer's credit_limit would have been exceeded. Rolled up, it is the sum. Only where a lane has a "
        "credit limit.",
        compute=_orders_held,
    )
)  # fmt: skip
define(
    Metric(
        name="time_held", title="Time held", group="money", unit="{time}", better="lower", needs=(HeldOrders,),
        formula="time for which orders were held / orders_held",
        definition="Mean time from when an order of the measured time was held until it was entered; one still held at "
        "the end counts until then. Rolled up, over all orders; null where none was held.",
        compute=_time_held,
    )
)  # fmt: skip
