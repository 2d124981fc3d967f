"""Payments that follow goods after a time that is known: worked out from a block of facts."""

import numpy as np

from scmsim.flows.postings import WIDTH, posting
from scmsim.nodes.books_afterwards_facts import KIND, NODE, PARTNER, TIME, A, Deliveries, Shipments
from scmsim.nodes.books_afterwards_tariff import Tariff

Array = np.ndarray

PAYMENT, RECEIPT = posting("payment"), posting("receipt")


class PaymentsAfterwards:
    """Works out what is paid, and keeps what is not paid yet when a block ends.

    Parameters
    ----------
    tariff : Tariff
        When it is paid.
    """

    def __init__(self, tariff: Tariff) -> None:
        self._tariff = tariff
        self._waiting = np.empty((WIDTH, 0))

    def work_out(self, end: float, deliveries: Deliveries, shipments: Shipments) -> Array:
        """Return the entries of what is paid before ``end``, as columns."""
        found = [self._waiting]
        if deliveries.is_billed.any():
            found += self._late(deliveries)
        if shipments.is_billed.any():
            found += self._early(shipments)
        entries = np.concatenate(found, axis=1) if len(found) > 1 else found[0]
        is_due = entries[TIME] < end
        self._waiting = entries[:, ~is_due]
        return entries[:, is_due]

    def _late(self, deliveries: Deliveries) -> list[Array]:
        """Return what is paid for goods that have arrived, or that end customers have bought."""
        tariff, billed = self._tariff, deliveries.is_billed
        buyer, is_sale = deliveries.buyer[billed], deliveries.is_sale[billed]
        wait = np.where(is_sale, tariff.sale_wait[deliveries.seller[billed]], tariff.wait[buyer])
        return self._paid(deliveries.entries[:, billed], buyer, wait)

    def _early(self, shipments: Shipments) -> list[Array]:
        """Return what is paid for goods that have left."""
        tariff, billed = self._tariff, shipments.is_billed
        buyer, entries = shipments.buyer[billed], shipments.entries[:, billed]
        entries[NODE], entries[PARTNER] = tariff.node[buyer], tariff.node[shipments.seller[billed]]
        return self._paid(entries, buyer, tariff.wait[buyer])

    def _paid(self, entries: Array, buyer: Array, wait: Array) -> list[Array]:
        """Make payments out of entries about goods; where money is on its way, return its receipt, too."""
        entries[TIME] += wait
        entries[KIND] = self._tariff.payment[buyer]
        entries[A + 1 :] = 0.0
        on_the_way = entries[KIND] == PAYMENT
        if not on_the_way.any():
            return [entries]
        received = entries[:, on_the_way]
        received[TIME] += self._tariff.transit[buyer[on_the_way]]
        received[KIND] = RECEIPT
        received[[NODE, PARTNER]] = received[[PARTNER, NODE]]
        return [entries, received]
