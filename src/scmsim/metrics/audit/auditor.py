"""The audit: a run's own books against what its records add up to."""

from typing import Protocol

from scmsim.engine.recorder import Chunk
from scmsim.errors import AuditError
from scmsim.metrics.audit.amounts import AmountAudit
from scmsim.metrics.audit.ledger import Books, LedgerAudit
from scmsim.metrics.audit.queues import QueueAudit
from scmsim.metrics.audit.stock import StockAudit
from scmsim.scenario.network import Network


class Run(Protocol):
    """What the audit asks of a simulation: its books, if there is money in it."""

    @property
    def books(self) -> Books | None:
        """The books of all nodes."""


class Auditor:
    """A sink that works every stock, every amount and every balance out again from the records, and compares.

    Parameters
    ----------
    network : Network
        What is simulated.

    Attributes
    ----------
    reads : frozenset of str
        The tables it needs.

    Examples
    --------
    >>> from scmsim.scenario.load import load
    >>> from scmsim.simulation import simulate
    >>> network = load("scenarios/beer_game.yaml").network
    >>> auditor = Auditor(network)
    >>> simulate(network, seed=1, sinks=[auditor], on_instant=auditor.observe)
    """

    def __init__(self, network: Network) -> None:
        self._stocks = StockAudit(network)
        self._ledgers = LedgerAudit(network) if network.money is not None else None
        self._amounts = AmountAudit(network) if network.money is not None else None
        self._queues = QueueAudit(network) if network.resources else None
        self.reads = self._stocks.reads
        if self._queues is not None:
            self.reads |= QueueAudit.reads
        if network.money is not None:
            self.reads |= LedgerAudit.reads | AmountAudit.reads
        self._books: Books | None = None

    def observe(self, run: Run, tick: int) -> None:
        """Look at the books after an instant; without this, only what is posted is checked."""
        if self._ledgers is not None and run.books is not None:
            self._books = run.books
            self._ledgers.observe(tick, run.books)

    def update(self, chunk: Chunk) -> None:
        """Check a block.

        Raises
        ------
        AuditError
            A figure does not follow from the records; the first one is named.
        """
        found = [self._stocks.first(chunk)]
        if self._queues is not None:
            found.append(self._queues.first(chunk))
        if self._ledgers is not None:
            if self._books is not None:
                self._ledgers.close(chunk.end, self._books)
            found.append(self._ledgers.first(chunk))
        if self._amounts is not None:
            found.append(self._amounts.first(chunk))
        wrong = [one for one in found if one is not None]
        if wrong:
            raise AuditError(min(wrong, key=lambda one: one.time))
