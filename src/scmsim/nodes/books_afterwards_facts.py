"""Facts about goods, block by block, as entries of a journal that lack only what stocks are worth."""

import numpy as np

from scmsim.flows.postings import WIDTH, posting
from scmsim.nodes.books_afterwards_tariff import SHIPMENT_AT_COST, SHIPMENT_FROM_OUTSIDE, UNPOSTED, Tariff
from scmsim.nodes.books_afterwards_worth import Moves
from scmsim.scenario.network import FromProduction, Network

Array = np.ndarray

PRODUCTION_START = posting("production_start")
TIME, KIND, NODE, PARTNER, ORDER, A, B, C = range(WIDTH)


class Deliveries:
    """A block's deliveries.

    Attributes
    ----------
    seller, buyer : ndarray of int
        Points; -1 for end customers.
    units, complete : ndarray
        As in the table.
    entries : ndarray
        Their entries in the journal, as columns, where the worth of stocks does not matter yet.
    is_sale, is_billed : ndarray of bool
        Whether they go to end customers; whether they are invoiced now.
    """

    def __init__(self, rows: Array, tariff: Tariff, start: int, last_due: float) -> None:
        time, seller, buyer, order, placed, promised, self.units, self.complete = np.ascontiguousarray(rows.T)
        self.seller, self.buyer = seller.astype(np.intp), buyer.astype(np.intp)
        self.is_sale = self.buyer < 0
        to = np.where(self.is_sale, self.seller, self.buyer)
        price = np.where(self.is_sale, tariff.sale_price[to], tariff.price[to])
        self.entries = entries = np.zeros((WIDTH, len(time)))
        entries[TIME], entries[KIND], entries[ORDER] = time, tariff.receipt[self.buyer], order
        entries[NODE] = tariff.node[to]
        entries[PARTNER] = tariff.node[np.where(self.is_sale, -1, self.seller)]
        np.multiply(price, self.units, out=entries[A])
        if tariff.charges_receipts:
            entries[B] = tariff.duty[self.buyer] * entries[A] + tariff.outside[self.buyer] * self.units
        self.is_billed = tariff.bills_late[self.buyer] & ~(self.is_sale & (entries[A] == 0.0))
        if len(time) and time[0] <= last_due:
            self._open(tariff, ~self.is_sale & (placed < start) & (promised == time))

    def _open(self, tariff: Tariff, old: Array) -> None:
        """Take what was under way when the run began at the cost of then: it has been paid for before."""
        self.entries[A, old] = tariff.opening[self.buyer[old]] * self.units[old]
        self.entries[B, old] = 0.0
        self.is_billed &= ~old


class Shipments:
    """A block's shipments: from and to points, units, and entries as columns but for what stocks are worth."""

    def __init__(self, rows: Array, tariff: Tariff) -> None:
        time, seller, buyer, order, self.units, _ = np.ascontiguousarray(rows.T)
        self.seller, self.buyer = seller.astype(np.intp), buyer.astype(np.intp)
        self.entries = entries = np.zeros((WIDTH, len(time)))
        entries[TIME], entries[KIND], entries[ORDER] = time, tariff.shipment[self.buyer], order
        entries[NODE], entries[PARTNER] = tariff.node[self.seller], tariff.node[self.buyer]
        np.multiply(tariff.price[self.buyer], self.units, out=entries[A])
        self.is_billed = tariff.bills_early[self.buyer]

    def post_cost(self, cost: Array) -> Array:
        """Return the entries, as columns, now that it is known what the units have cost their sellers."""
        entries, kind = self.entries, self.entries[KIND]
        entries[B] = cost
        outside = kind == SHIPMENT_FROM_OUTSIDE
        if outside.any():
            entries[NODE], entries[PARTNER] = (
                np.where(outside, entries[PARTNER], entries[NODE]),
                np.where(outside, entries[NODE], entries[PARTNER]),
            )
        at_cost = kind == SHIPMENT_AT_COST
        if at_cost.any():
            entries[A] = np.where(at_cost, cost, entries[A])
            entries[B, at_cost] = 0.0
        posted = kind != UNPOSTED
        return entries if posted.all() else entries[:, posted]


class Recipes:
    """What making a unit takes, by the point that is made: work, batches and components, as arrays."""

    def __init__(self, network: Network) -> None:
        count, needs = len(network.points), list[tuple[int, float]]()
        self.work, self.batch = np.zeros(count), np.zeros(count)
        self._first, self._count = np.zeros(count, dtype=np.intp), np.zeros(count, dtype=np.intp)
        for point in network.points:
            if isinstance(point.source, FromProduction):
                index, source = point.index, point.source
                self.work[index], self.batch[index] = source.unit_cost, source.batch_cost
                self._first[index], self._count[index] = len(needs), len(source.components)
                needs += source.components
        self._component = np.array([index for index, _ in needs], dtype=np.intp)
        self._per_unit = np.array([units for _, units in needs], dtype=np.float64)

    def components(self, maker: Array, units: Array) -> tuple[Array, Array, Array]:
        """Return row, component and units of all that goes into rows of the table of production."""
        count = self._count[maker]
        row = np.repeat(np.arange(len(maker)), count)
        need = np.arange(len(row)) + np.repeat(self._first[maker] - np.cumsum(count) + count, count)
        return row, self._component[need], self._per_unit[need] * units[row]


class Production:
    """What a block's production begins: makers, units, components and entries but for what those are worth."""

    def __init__(self, rows: Array, tariff: Tariff, recipes: Recipes) -> None:
        time, maker, order, self.units, _ = np.ascontiguousarray(rows.T)
        self.maker = maker.astype(np.intp)
        self.row, self.component, self.needed = recipes.components(self.maker, self.units)
        self.entries = entries = np.zeros((WIDTH, len(time)))
        entries[TIME], entries[KIND], entries[ORDER] = time, PRODUCTION_START, order
        entries[NODE] = entries[PARTNER] = tariff.node[self.maker]
        np.multiply(recipes.work[self.maker], self.units, out=entries[B])
        self.batch = recipes.batch[self.maker]

    def post_cost(self, cost: Array) -> Array:
        """Return the entries, as columns, now that it is known what the components have cost."""
        if len(cost):
            self.entries[A] = np.bincount(self.row, cost, len(self.units))
        return self.entries


def moves(deliveries: Deliveries, shipments: Shipments, production: Production) -> tuple[Moves, Moves]:
    """Return all receipts; and all issues: sales, shipments, components."""
    is_sale, entries = deliveries.is_sale, deliveries.entries
    there = ~is_sale
    received = entries[:, there]
    came = Moves(deliveries.buyer[there], received[TIME], deliveries.units[there], received[A] + received[B])
    units = np.concatenate([deliveries.units[is_sale], shipments.units, production.needed])
    left = Moves(
        np.concatenate([deliveries.seller[is_sale], shipments.seller, production.component]),
        np.concatenate([entries[TIME, is_sale], shipments.entries[TIME], production.entries[TIME, production.row]]),
        units,
        units,
    )
    return came, left
