"""What lanes charge for units and shipments to stocks that several of them bring."""

import numpy as np

from scmsim.metrics.accumulator import Accumulator, by_point
from scmsim.metrics.facts import EPSILON, Facts
from scmsim.metrics.layout import Array, Index, Layout
from scmsim.scenario.network import Network, Point


def charges_vary(network: Network, point: Point) -> float:
    """Return 1 for a stock that several lanes bring, any of which charges for units or shipments; otherwise 0."""
    lanes = [network.lanes[way.lane] for way in point.ways]
    return float(len(lanes) > 1 and any(lane.unit_cost or lane.shipment_cost for lane in lanes))


class WayCharges(Accumulator):
    """Money charged per unit received and per shipment sent, over whichever lane it came; nothing for other stocks.

    Attributes
    ----------
    money : ndarray
        Per point that receives.
    """

    def __init__(self, layout: Layout) -> None:
        super().__init__(layout)
        self.money = np.zeros(layout.size)
        network = layout.network
        points = [point for point in network.points if charges_vary(network, point)]
        ways = [(way.supplier * layout.size + p.index, network.lanes[way.lane]) for p in points for way in p.ways]
        ways.sort(key=lambda way: way[0])
        self._key = np.array([key for key, _ in ways], dtype=np.int64)
        self._per_unit = np.array([lane.unit_cost for _, lane in ways])
        self._per_shipment = np.array([lane.shipment_cost for _, lane in ways])

    @classmethod
    def reads(cls, layout: Layout) -> frozenset[str]:
        """Return the tables of deliveries and shipments if any stock has lanes that charge differently."""
        network = layout.network
        varies = any(charges_vary(network, point) for point in network.points)
        return frozenset({"deliveries", "shipments"}) if varies else frozenset()

    def update(self, facts: Facts) -> None:
        """Add the charges of one chunk."""
        if not len(self._key):
            return
        rows = facts.deliveries
        seen = rows.receipt & (rows.time >= self.layout.warm)
        self._add(rows.seller[seen], rows.buyer[seen], self._per_unit, rows.quantity[seen])
        time, seller, buyer, _, quantity, _ = facts.table("shipments")
        sent = (time >= self.layout.warm) & (buyer >= 0) & (np.abs(quantity) > EPSILON)
        ones = np.ones(int(sent.sum()))
        self._add(seller[sent].astype(np.int64), buyer[sent].astype(np.int64), self._per_shipment, ones)

    def _add(self, seller: Index, buyer: Index, rates: Array, units: Array) -> None:
        wanted = seller * self.layout.size + buyer
        place = np.minimum(np.searchsorted(self._key, wanted), len(self._key) - 1)
        known = self._key[place] == wanted
        self.money += by_point(buyer[known], self.layout.size, rates[place[known]] * units[known])
