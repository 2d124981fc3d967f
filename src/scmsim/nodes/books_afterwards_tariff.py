"""What goods cost at every point, when that is paid, and how it is posted, as arrays."""

import numpy as np

from scmsim.flows.postings import posting
from scmsim.scenario.network import FromLane, FromProduction, Messages, Network, Point, Terms

Array = np.ndarray

SALE, SHIPMENT = posting("sale"), posting("shipment")
SHIPMENT_FROM_OUTSIDE, SHIPMENT_AT_COST = posting("shipment_from_outside"), posting("shipment_at_cost")
DELIVERY, DELIVERY_AT_COST = posting("delivery"), posting("delivery_at_cost")
PRODUCTION_FINISH = posting("production_finish")
PAYMENT, PAYMENT_OUTSIDE = posting("payment"), posting("payment_outside")
SETTLEMENT, RECEIPT_FROM_CUSTOMERS = posting("settlement"), posting("receipt_from_customers")

UNPOSTED = -1.0
"""The kind of what is not posted at all."""


class Tariff:
    """The prices and terms of a network in which they are always the same.

    Every array has a number per point, and one more at the end, which is that of end customers: their index is -1.

    Parameters
    ----------
    network : Network
        What is simulated.

    Attributes
    ----------
    node : ndarray
        The node of the point; -1 for end customers.
    opening : ndarray
        What a unit costs when the run begins.
    price : ndarray
        Money per unit received: what is paid to the seller, or the cost of making where it is the same for every unit.
    sale_price : ndarray
        Money per unit that end customers buy there.
    duty, outside : ndarray
        What is paid when units arrive: a rate on their value, and money per unit.
    by_order : ndarray of bool
        Whether what a unit costs has to be followed order by order: it depends on what other stocks are worth, or on
        the size of a batch.
    receipt, shipment : ndarray
        The kinds of postings of what it receives, and of what is shipped to it.
    bills_early, bills_late : ndarray of bool
        Whether goods are invoiced when they are shipped; when they arrive.
    payment : ndarray
        The kind of postings of its payments.
    wait, transit : ndarray
        Ticks from an invoice to its payment, and from there to the receipt of the money.
    sale_wait : ndarray
        Ticks from a sale to end customers to their payment.
    charges_receipts : bool
        Whether anything is paid when units arrive.
    """

    def __init__(self, network: Network) -> None:
        count = len(network.points) + 1
        self.node, self.opening, self.price, self.sale_price = (np.zeros(count) for _ in range(4))
        self.duty, self.outside, self.wait, self.transit, self.sale_wait = (np.zeros(count) for _ in range(5))
        self.receipt, self.shipment, self.payment = (np.full(count, UNPOSTED) for _ in range(3))
        self.by_order, self.bills_early, self.bills_late = (np.zeros(count, dtype=bool) for _ in range(3))
        nodes = {name: index for index, name in enumerate(sorted(network.nodes))}
        for point in network.points:
            index = point.index
            self.node[index], self.opening[index] = nodes[point.node], point.opening_cost
            if point.sale is not None:
                self.sale_price[index] = point.sale.price.amount
                self.sale_wait[index] = _wait(point.sale.terms, Messages())
            if isinstance(point.source, FromLane):
                self._buy(network, point, point.source)
            elif isinstance(point.source, FromProduction):
                self._make(point, point.source)
        self.node[-1], self.receipt[-1], self.payment[-1] = -1.0, SALE, RECEIPT_FROM_CUSTOMERS
        self.bills_late[-1] = True
        self.charges_receipts = bool(self.duty.any() or self.outside.any())

    def _buy(self, network: Network, point: Point, source: FromLane) -> None:
        """Note what comes over a lane, with a price or without."""
        index, lane, is_outside = point.index, network.lanes[source.lane], network.points[source.supplier].unlimited
        sale = lane.sales.get(point.product)
        if sale is None:
            self.receipt[index] = DELIVERY_AT_COST
            self.shipment[index] = UNPOSTED if is_outside else SHIPMENT_AT_COST
            self.outside[index] = point.purchase_cost
            self.by_order[index] = not is_outside
            return
        # A lane has the same terms for all its products.
        terms = next(iter(lane.sales.values())).terms
        self.receipt[index], self.shipment[index] = DELIVERY, SHIPMENT_FROM_OUTSIDE if is_outside else SHIPMENT
        self.price[index], self.duty[index] = sale.price.amount, lane.duty
        self.bills_early[index] = terms.invoice == "shipment"
        self.bills_late[index] = not self.bills_early[index]
        self.wait[index], self.transit[index] = _wait(terms, lane.messages), lane.messages.remittance.ticks
        inside = PAYMENT if self.transit[index] else SETTLEMENT
        self.payment[index] = PAYMENT_OUTSIDE if is_outside else inside

    def _make(self, point: Point, source: FromProduction) -> None:
        """Note what is made."""
        index = point.index
        self.receipt[index], self.price[index] = PRODUCTION_FINISH, source.unit_cost
        self.by_order[index] = bool(source.components or source.batch_cost)


def _wait(terms: Terms, messages: Messages) -> int:
    """Return the ticks from an invoice to its payment, which needs the invoice to have come."""
    return max(terms.net.ticks + terms.late.ticks, messages.invoice.ticks)
