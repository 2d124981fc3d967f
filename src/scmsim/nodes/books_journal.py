"""The journal of a run: every posting of every node, written down once, in the order in which it happened."""

from collections.abc import Callable, Container, Mapping, Sequence
from math import inf
from typing import TYPE_CHECKING

import numpy as np

from scmsim.engine.recorder import Chunk, packed
from scmsim.flows.money import ACCOUNTS, OUTSIDE, account
from scmsim.flows.postings import HAS_PARTNER, OWN, PARTNER, SIGNS, SIGNS_OUTSIDE, WIDTH, checked, expand, sums
from scmsim.nodes.workshop import Workshop
from scmsim.scenario.network import Finance
from scmsim.ticks import TICKS

if TYPE_CHECKING:
    from scmsim.nodes.books_payments import Invoice

CASH, PAYABLES = account("cash"), account("payables")

Entry = tuple[float, float, float, float, float, float, float, float]
"""Time, kind of posting, node, partner (-1 if none), order (0 if none), and the amounts a, b and c."""

PIECE = 2000
"""Entries that are worked out together."""

CashWatcher = Callable[[], None]
InvoiceWatcher = Callable[["Invoice"], None]


class Journal:
    """Keeps the entries of a run, as `scmsim.flows.postings` explains them, and hands them on as lines of ledgers, too.

    Parameters
    ----------
    workshop : Workshop
        The means of the run.
    nodes : int
        How many there are; their number stands for everybody outside the chain.
    needs : sequence of str
        The tables that ``work_out`` needs.
    work_out : callable, optional
        Gives the entries of a block from its facts, in the order of time, where nothing is posted as it happens.

    Attributes
    ----------
    entries : list of float
        What has been posted and not been handed on, one entry after the other.
    post : callable
        Writes an entry down.
    """

    __slots__ = ("_added", "_balances", "_everybody_else", "_postings", "_work_out", "entries", "post")

    def __init__(
        self,
        workshop: Workshop,
        nodes: int,
        needs: Sequence[str] = (),
        work_out: Callable[[Chunk], np.ndarray] | None = None,
    ) -> None:
        self.entries: list[float] = []
        self.post: Callable[[Entry], None] = self.entries.extend
        self._everybody_else = nodes
        self._balances = np.zeros((nodes + 1, len(ACCOUNTS) + len(OUTSIDE)))
        self._work_out = work_out
        self._added = 0
        self._postings = 0
        workshop.recorder.derive(self.entries, self._hand_on, needs)

    @property
    def balances(self) -> np.ndarray:
        """What every account holds: a row per node, and one for everybody outside; a column per account's code."""
        if self._added < len(self.entries):
            self._add(packed(self.entries[self._added :], WIDTH))
            self._added = len(self.entries)
        return self._balances

    @property
    def outside_balances(self) -> list[float]:
        """What the accounts of `OUTSIDE` have received, in their order."""
        found: list[float] = self.balances[-1, len(ACCOUNTS) :].tolist()
        return found

    def _hand_on(self, wanted: Container[str], block: Chunk) -> dict[str, np.ndarray]:
        """Return all entries, which are cleared then, and their lines, as far as they are wanted."""
        rows = checked(packed(self.entries, WIDTH) if self._work_out is None else self._work_out(block))
        self._add(rows[self._added // WIDTH :])
        self._added = 0
        if (np.diff(rows[:, 0]) < 0).any():
            rows = rows[np.argsort(rows[:, 0], kind="stable")]
        tables = {"journal": rows} if "journal" in wanted else {}
        if "ledger" in wanted:
            tables["ledger"] = self._lines(rows)
        return tables

    def _lines(self, rows: np.ndarray) -> np.ndarray:
        """Return the lines of entries, worked out piece by piece, so that temporary arrays stay small."""
        found = []
        for first in range(0, max(len(rows), 1), PIECE):
            lines = expand(rows[first : first + PIECE], self._postings, self._everybody_else)
            self._postings = int(lines[1, -1]) if lines.size else self._postings
            found.append(lines)
        return np.concatenate(found, axis=1).T

    def _add(self, rows: np.ndarray) -> None:
        """Add entries to the balances."""
        columns = np.ascontiguousarray(rows.T)
        kind, node, partner = columns[1:4].astype(np.int64)
        nodes, amounts = self._everybody_else, columns[5:]
        own = sums(kind, node, nodes, amounts)
        self._balances[:-1] += own @ SIGNS[OWN]
        self._balances[-1] += own.sum(axis=0) @ SIGNS_OUTSIDE
        shared = np.flatnonzero(HAS_PARTNER[kind])
        if len(shared):
            self._balances[:-1] += sums(kind[shared], partner[shared], nodes, amounts[:, shared]) @ SIGNS[PARTNER]


class Book:
    """What a node has to know of its own money at any time.

    Parameters
    ----------
    index : int
        The node's place among all nodes by name.
    finance : Finance
        What the scenario says of its money.
    start : int
        Tick at which the run begins.
    journal : Journal
        Where the rest is.

    Attributes
    ----------
    is_followed : bool
        Whether anything that happens may depend on the node's money. Elsewhere the journal alone tells what it has.
    cash, owed : float
        What it has, and what it owes for goods, where it is followed: the balances of cash and payables.
    limit : float
        How far cash may fall below 0.
    accrues_interest : bool
        Whether an overdraft costs anything, so that it has to be counted before cash moves.
    has_own_costs : bool
        Whether it has to pay anything whatever it does: wages, or interest.
    due : list of (int, int, Invoice)
        A heap of (due, number, invoice): what was due and could not be paid yet.
    unpaid : dict of int to Invoice
        Every invoice to be paid, by number.
    open_orders : float
        Value of what the node has ordered that has not been shipped, less what it has paid of it in advance.
    prepaid : float
        The part of what is owed that has been paid in advance, and is taken off when the goods are invoiced.
    overdrawn : float
        Integral of the overdraft over time units since interest was last paid.
    trades_until : float
        Tick at which its trade has ended.
    vehicles : float
        What its vehicles cost per time unit.
    """

    __slots__ = (
        "_journal",
        "_overdrawn_until",
        "accrues_interest",
        "cash",
        "cash_watchers",
        "due",
        "finance",
        "has_own_costs",
        "index",
        "invoice_watchers",
        "is_followed",
        "limit",
        "open_orders",
        "overdrawn",
        "owed",
        "prepaid",
        "trades_until",
        "unpaid",
        "vehicles",
    )

    def __init__(self, index: int, finance: Finance, start: int, journal: Journal) -> None:
        self.index = index
        self.finance = finance
        self._journal = journal
        self.cash = self.owed = 0.0
        self.limit = inf if finance.overdraft_limit is None else finance.overdraft_limit
        self.cash_watchers: list[CashWatcher] = []
        self.invoice_watchers: list[InvoiceWatcher] = []
        self.due: list[tuple[int, int, Invoice]] = []
        self.unpaid: dict[int, Invoice] = {}
        self.open_orders = self.prepaid = 0.0
        self.overdrawn = 0.0
        self.accrues_interest = bool(finance.overdraft_rate)
        self._overdrawn_until: float = start
        self.trades_until = inf
        self.vehicles = 0.0
        self.has_own_costs = bool(self.accrues_interest or finance.fixed_cost or finance.loan_rate)
        self.is_followed = (
            self.limit < inf or self.accrues_interest or finance.limit_orders_to_cash or finance.insolvency != "ignore"
        )

    @property
    def is_watched(self) -> bool:
        """Whether it is followed, or anybody wants to be told of its payments and invoices."""
        return self.is_followed or bool(self.cash_watchers or self.invoice_watchers)

    @property
    def available(self) -> float:
        """What can be paid now: cash and what is left of the overdraft; infinite if that has no limit."""
        return self.cash + self.limit

    @property
    def balances(self) -> list[float]:
        """The balance of every account, in the order of `ACCOUNTS`; debits are positive."""
        found: list[float] = self._journal.balances[self.index, : len(ACCOUNTS)].tolist()
        if self.is_followed:
            found[CASH], found[PAYABLES] = self.cash, 0.0 - self.owed
        return found

    def oldest_due(self) -> int | None:
        """Return the tick at which the oldest unpaid invoice is or was due; None if all are paid."""
        return min((invoice.due for invoice in self.unpaid.values()), default=None)

    def move_cash(self, amount: float, now: float) -> None:
        """Take in money, or give it away."""
        if self.accrues_interest:
            self.count_overdraft(now)
        self.cash += amount

    def count_overdraft(self, now: float) -> None:
        """Count the overdraft up to now."""
        if now > self._overdrawn_until:
            self.overdrawn += max(0.0, -self.cash) * (now - self._overdrawn_until) / TICKS
            self._overdrawn_until = now

    def tell_of_cash(self) -> None:
        """Tell those who wait for it that money has come in."""
        for watcher in tuple(self.cash_watchers):
            watcher()


def all_balances(books: Mapping[str, Book], journal: Journal, nodes: int) -> dict[tuple[int, int], float]:
    """Return every account's balance, by node and code; those of the accounts outside under the number of nodes."""
    found = {(book.index, code): balance for book in books.values() for code, balance in enumerate(book.balances)}
    for position, balance in enumerate(journal.outside_balances):
        found[nodes, len(ACCOUNTS) + position] = balance
    return found
