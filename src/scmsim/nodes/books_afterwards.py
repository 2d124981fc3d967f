"""The books of a run in which money decides nothing: written afterwards, from the records, block by block."""

import numpy as np

from scmsim.engine.recorder import Chunk
from scmsim.flows.money import ACCOUNTS, ASSETS, CLAIMS, account
from scmsim.flows.postings import HAS_PARTNER, OWN, PARTNER, SIGNS, WIDTH, posting, sums
from scmsim.nodes.books_afterwards_costs import NOBODY, CostsAfterwards
from scmsim.nodes.books_afterwards_goods import GoodsAfterwards
from scmsim.nodes.books_afterwards_payments import PaymentsAfterwards
from scmsim.nodes.books_afterwards_tariff import Tariff
from scmsim.nodes.books_journal import Book, Journal, all_balances
from scmsim.nodes.workshop import Workshop
from scmsim.scenario.network import Finance, FromProduction, Money, Network

Array = np.ndarray

NEEDS = ("deliveries", "orders", "production", "shipments", "stock")
OPENING_GOODS, OPENING_MONEY, TAX = posting("opening_goods"), posting("opening_money"), posting("tax")
EARNED = slice(len(ASSETS) + len(CLAIMS), len(ACCOUNTS))
TAX_PAID = account("tax")


class BooksAfterwards:
    """The books of every node but unlimited suppliers, where `can_wait` says that they can be written afterwards.

    They hold what `Books` would, in the same entries of the journal; but while the run goes on they only know what has
    happened in the blocks that have been handed on.

    Parameters
    ----------
    network : Network
        What is simulated; it has money.
    workshop : Workshop
        The means of the run. The books must be made before the processes, which then write what the books need.

    Attributes
    ----------
    books : dict of str to Book
        The books by node.
    """

    def __init__(self, network: Network, workshop: Workshop) -> None:
        self._network = network
        self._money = network.money or Money()
        self._is_over = self._is_open = False
        self._index = {name: index for index, name in enumerate(sorted(network.nodes))}
        self._earned = np.zeros((len(self._index), len(ACCOUNTS)))
        tariff = Tariff(network)
        self._goods = GoodsAfterwards(network, tariff)
        self._payments = PaymentsAfterwards(tariff)
        self._costs = CostsAfterwards(network, tariff.node)
        self.journal = Journal(workshop, len(self._index), NEEDS, self._work_out)
        start, nodes = network.calendar.start, network.nodes
        self.books = {
            name: Book(self._index[name], nodes[name].finance or Finance(), start, self.journal)
            for name in sorted({point.node for point in network.points if not point.unlimited})
        }

    @property
    def balances(self) -> dict[tuple[int, int], float]:
        """The balance of every account, by node and code; those of the accounts outside under the number of nodes."""
        return all_balances(self.books, self.journal, len(self._index))

    def finish(self, _end: int) -> None:
        """Hear that the run is over: the last block is about to be handed on."""
        self._is_over = True

    def _work_out(self, block: Chunk) -> Array:
        """Return the entries of a block, in the order of time: a row each."""
        entries, deliveries, shipments = self._goods.work_out(block.tables)
        entries.append(self._payments.work_out(block.end, deliveries, shipments))
        entries += self._costs.work_out(block.end, block.tables, is_last=self._is_over)
        if not self._is_open:
            self._is_open = True
            entries.insert(0, self._opening())
        found = np.concatenate(entries, axis=1)
        found = found.take(np.argsort(found[0], kind="stable"), axis=1)
        return (self._taxed(found, block.end) if self._money.tax_rate else found).T

    def _opening(self) -> Array:
        """Return entries for what every node has at the start, and who has a claim on it."""
        start, rows = self._network.calendar.start, []
        worth = {name: [0.0, 0.0, 0.0] for name in self.books}
        for point in self._network.points:
            if not point.unlimited:
                found = worth[point.node]
                found[0] += max(0.0, point.initial) * point.opening_cost
                under_way = 2 if isinstance(point.source, FromProduction) else 1
                found[under_way] += point.opening_cost * sum(units for _, units in point.shipments_due)
        for name, book in self.books.items():
            rows.append([start, OPENING_GOODS, book.index, NOBODY, 0, *worth[name]])
            rows.append([start, OPENING_MONEY, book.index, NOBODY, 0, book.finance.cash, book.finance.loan, 0.0])
        return np.array(rows, dtype=np.float64).reshape(-1, WIDTH).T

    def _taxed(self, entries: Array, end: int) -> Array:
        """Put in the tax on the profit before measuring begins, and at the end of the run."""
        calendar, found = self._network.calendar, []
        if calendar.start < calendar.warm <= end and entries.shape[1] and entries[0, 0] < calendar.warm:
            place = int(np.searchsorted(entries[0], calendar.warm))
            found = [entries[:, :place], self._tax(entries[:, :place], calendar.warm)]
            entries = entries[:, place:]
        found.append(entries)
        if self._is_over:
            found.append(self._tax(entries, end))
        else:
            self._earn(entries)
        return np.concatenate(found, axis=1)

    def _tax(self, entries: Array, now: int) -> Array:
        """Return entries of the tax on the profit so far, less the tax paid before; any excess comes back."""
        self._earn(entries)
        paid, profit = self._earned[:, TAX_PAID], -self._earned[:, EARNED].sum(axis=1)
        due = self._money.tax_rate * np.maximum(0.0, profit + paid) - paid
        nodes = np.flatnonzero(due)
        found = np.zeros((WIDTH, len(nodes)))
        found[0], found[1], found[2], found[3], found[5] = now - 1, TAX, nodes, NOBODY, due[nodes]
        self._earn(found)
        return found

    def _earn(self, entries: Array) -> None:
        """Add entries to what the nodes have earned and spent."""
        kind, node, partner = entries[1:4].astype(np.intp)
        nodes, shared = len(self._index), np.flatnonzero(HAS_PARTNER[kind])
        self._earned += (sums(kind, node, nodes, entries[5:]) @ SIGNS[OWN])[:, : len(ACCOUNTS)]
        partners = sums(kind[shared], partner[shared], nodes, entries[5:, shared])
        self._earned += (partners @ SIGNS[PARTNER])[:, : len(ACCOUNTS)]
