"""The balances of every ledger after every instant, worked out again from the lines that were posted."""

from collections.abc import Mapping
from typing import Protocol

import numpy as np

from scmsim.engine.recorder import Chunk
from scmsim.errors import Disagreement
from scmsim.flows.money import ACCOUNTS, EVENTS, OUTSIDE, account, event
from scmsim.metrics.layout import Array, Index
from scmsim.scenario.network import Network
from scmsim.ticks import TICKS

CASH = account("cash")
ACCRUED = [event(name) for name in ("cost", "wages", "interest", "tax")]
"""Events posted when their time is over, for the last tick of it."""
PAID = [event(name) for name in ("payment", "advance")]
CLOSE = 1e-6
"""Books and records may differ by so much money, and by so much of what is there: both add up floats."""

MOST_NUMBERS = 3_000_000
"""So many balances are noted between two blocks; after that, only those at the end of the block are compared."""

Wrong = tuple[float, int, str, float, float, Array]
"""Tick, node, account, expected, found, orders."""


class Book(Protocol):
    """What the audit asks of the ledger of a node: its balances, in the order of `ACCOUNTS`."""

    @property
    def balances(self) -> list[float]:
        """What every account holds."""


class Journal(Protocol):
    """What the audit asks of the journal: what the accounts of `OUTSIDE` have received."""

    @property
    def outside_balances(self) -> list[float]:
        """In their order."""


class Books(Protocol):
    """What the audit asks of a run's books: those of every node that keeps any, by name, and the journal."""

    @property
    def books(self) -> Mapping[str, Book]:
        """The books by node."""

    @property
    def journal(self) -> Journal:
        """Where all postings are written down."""


class LedgerAudit:
    """Follows the ledgers of a network through the lines of their postings.

    Every posting balances at every node; what a node's cash gains, another's or an account outside loses; the cash that
    payments move is what the table of payments says; and the books hold what their lines add up to.

    Parameters
    ----------
    network : Network
        What is simulated.

    Attributes
    ----------
    reads : frozenset of str
        The tables it needs.
    """

    reads = frozenset({"ledger", "payments"})

    def __init__(self, network: Network) -> None:
        self._network = network
        self._names = (*sorted(network.nodes), "outside")
        keeping = {point.node for point in network.points if not point.unlimited}
        self._keeps_books = np.array([name in keeping for name in self._names] + [False])
        self._width = len(ACCOUNTS) + len(OUTSIDE)
        self._totals = np.zeros(len(self._names) * self._width)
        self._seen: list[tuple[int, list[float]]] = []
        self._coming = np.empty((4, 0))

    def observe(self, tick: int, books: Books) -> None:
        """Note what the books say when everything due at an instant has been done, while there is room for it."""
        if len(self._seen) * len(self._totals) < MOST_NUMBERS:
            self.close(tick, books)

    def close(self, tick: int, books: Books) -> None:
        """Note what the books say at the end of a block."""
        blank, nothing = [0.0] * len(OUTSIDE), [0.0] * len(ACCOUNTS)
        row: list[float] = []
        for name in self._names[:-1]:
            book = books.books.get(name)
            row += nothing if book is None else book.balances
            row += blank
        self._seen.append((tick, [*row, *nothing, *books.journal.outside_balances]))

    def first(self, chunk: Chunk) -> Disagreement | None:
        """Take in a block; give the first figure that does not follow from the records, if there is one."""
        ledger = chunk.tables["ledger"].T
        found = [*self._unbalanced(ledger), *self._unpaid(chunk, ledger), *self._unlike_books(ledger)]
        if not found:
            return None
        tick, node, name, expected, seen, orders = min(found, key=lambda one: one[0])
        return Disagreement(
            time=tick / TICKS,
            unit=self._network.calendar.unit,
            node=self._names[node],
            account=name,
            orders=tuple(sorted({int(order) for order in orders if order})),
            expected=float(expected),
            found=float(seen),
        )

    def _unbalanced(self, ledger: Array) -> list[Wrong]:
        """Find the first posting that does not balance at its node, or that makes money."""
        time, posting, node, code, amount, _, order, _ = ledger
        outside = node == len(self._names) - 1
        found: list[Wrong] = []
        for name, lines in (
            ("posting {}", ~outside),
            ("cash of posting {} and what outside gains", outside | (code == CASH)),
        ):
            if not lines.any():
                continue
            start = np.flatnonzero(np.diff(posting[lines], prepend=-1))
            sums, size = (np.add.reduceat(each[lines], start) for each in (amount, np.abs(amount)))
            wrong = np.flatnonzero(~(np.abs(sums) <= CLOSE * np.maximum(1.0, size)))
            if wrong.size:
                row = np.flatnonzero(lines)[start[wrong[0]]]
                said = name.format(f"{posting[row]:.0f} ({EVENTS[int(ledger[5, row])]})")
                found.append((time[row], int(node[row]), said, 0.0, sums[wrong[0]], order[row : row + 1]))
        return found

    def _unpaid(self, chunk: Chunk, ledger: Array) -> list[Wrong]:
        """Find the first instant at which a node's cash moves by something else than the payments say."""
        time, _, _, order, payer, payee, amount, received = chunk.tables["payments"].T
        coming = np.array([[*time, *received], [*payer, *payee], [*-amount, *amount], [*order, *order]])
        coming = np.concatenate([self._coming, coming.reshape(4, -1)], axis=1)
        coming = coming[:, self._keeps_books[coming[1].astype(np.int64)]]
        now = coming[0] < chunk.end
        self._coming, coming = coming[:, ~now], coming[:, now]
        posted = ledger[:, (ledger[3] == CASH) & np.isin(ledger[5], PAID)]
        posted = posted[:, posted[2] < len(self._names) - 1]
        tick, node = (np.concatenate([coming[row], posted[column]]) for row, column in ((0, 0), (1, 2)))
        pairs, place = np.unique(np.array([tick, node]), axis=1, return_inverse=True)
        place = place.reshape(-1)
        said = np.bincount(place[: coming.shape[1]], coming[2], minlength=pairs.shape[1])
        done = np.bincount(place[coming.shape[1] :], posted[4], minlength=pairs.shape[1])
        wrong = np.flatnonzero(~(np.abs(said - done) <= CLOSE * np.maximum(1.0, np.abs(said))))
        if not wrong.size:
            return []
        row = wrong[0]
        touching = np.concatenate([coming[3], posted[6]])[place == row]
        return [(pairs[0, row], int(pairs[1, row]), "cash moved by payments", said[row], done[row], touching)]

    def _unlike_books(self, ledger: Array) -> list[Wrong]:
        """Find the first balance in the books that is not what the lines add up to."""
        time, _, node, code, amount, kind, order, _ = ledger
        tick = time + np.isin(kind, ACCRUED)
        place = (node * self._width + code).astype(np.int64)
        found: list[Wrong] = []
        if self._seen:
            when = np.array([instant for instant, _ in self._seen], dtype=np.float64)
            books = np.array([balances for _, balances in self._seen])
            at = np.searchsorted(when, tick)
            found = self._compare(when, books, (at, place, amount, order))
            self._seen.clear()
        self._totals += np.bincount(place, amount, minlength=len(self._totals))
        return found

    def _compare(self, when: Array, books: Array, lines: tuple[Index, Index, Array, Array]) -> list[Wrong]:
        at, place, amount, order = lines
        seen = at < len(when)
        change = np.bincount((at * books.shape[1] + place)[seen], amount[seen], minlength=books.size)
        expected = self._totals + np.cumsum(change.reshape(books.shape), axis=0)
        scale = np.maximum(1.0, np.abs(expected)) + CLOSE * np.abs(expected).max(initial=0.0)
        wrong = np.argwhere(~(np.abs(expected - books) <= CLOSE * scale))
        if not len(wrong):
            return []
        row, column = wrong[0]
        touching = order[(at == row) & (place == column)]
        node, code = divmod(int(column), self._width)
        return [(when[row], node, (ACCOUNTS + OUTSIDE)[code], expected[row, column], books[row, column], touching)]
