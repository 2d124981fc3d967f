"""The journal of a run: every posting of every node, written down once, in the order in which it happened."""

from collections.abc import Callable
from math import inf
from typing import TYPE_CHECKING

import numpy as np

from scmsim.engine.recorder import packed
from scmsim.flows.money import ACCOUNTS, OUTSIDE, account
from scmsim.flows.postings import WIDTH, expand
from scmsim.nodes.workshop import Workshop
from scmsim.scenario.network import Finance
from scmsim.ticks import TICKS

if TYPE_CHECKING:
    from scmsim.nodes.books_payments import Invoice

CASH, PAYABLES = account("cash"), account("payables")

Entry = tuple[float, int, int, int, float, float, float, float]
"""Time, kind of posting, node, partner (-1 if none), order (0 if none), and the amounts a, b and c."""

PIECE = 2000
"""Entries that are worked out together."""

CashWatcher = Callable[[], None]
InvoiceWatcher = Callable[["Invoice"], None]


class Journal:
    """Keeps the entries of a run, as `scmsim.flows.postings` explains them, and hands them on as lines of ledgers.

    Parameters
    ----------
    workshop : Workshop
        The means of the run.
    nodes : int
        How many there are; their number stands for everybody outside the chain.

    Attributes
    ----------
    post : callable
        Writes an entry down.
    """

    __slots__ = ("_added", "_balances", "_entries", "_everybody_else", "_postings", "post")

    def __init__(self, workshop: Workshop, nodes: int) -> None:
        self._entries: list[float] = []
        self.post: Callable[[Entry], None] = self._entries.extend
        self._everybody_else = nodes
        self._balances = np.zeros((nodes + 1, len(ACCOUNTS) + len(OUTSIDE)))
        self._added = 0
        self._postings = 0
        workshop.recorder.derive("ledger", self._entries, self._hand_on)

    @property
    def balances(self) -> np.ndarray:
        """What every account holds: a row per node, and one for everybody outside; a column per account's code."""
        if self._added < len(self._entries):
            self._add(self._lines(self._entries[self._added :]))
            self._added = len(self._entries)
        return self._balances

    @property
    def outside_balances(self) -> list[float]:
        """What the accounts of `OUTSIDE` have received, in their order."""
        found: list[float] = self.balances[-1, len(ACCOUNTS) :].tolist()
        return found

    def _hand_on(self) -> np.ndarray:
        """Return the lines of all entries, which are cleared then."""
        lines = self._lines(self._entries)
        self._add(self._lines(self._entries[self._added :]) if self._added else lines)
        self._added = 0
        self._postings = int(lines[1, -1]) if lines.size else self._postings
        return lines.T

    def _lines(self, entries: list[float]) -> np.ndarray:
        """Return the lines of entries, worked out piece by piece, so that temporary arrays stay small."""
        rows, found, postings = packed(entries, WIDTH), [], self._postings
        for first in range(0, max(len(rows), 1), PIECE):
            found.append(expand(rows[first : first + PIECE], postings, self._everybody_else))
            postings = int(found[-1][1, -1]) if found[-1].size else postings
        return np.concatenate(found, axis=1)

    def _add(self, lines: np.ndarray) -> None:
        balances = self._balances
        place = (lines[2] * balances.shape[1] + lines[3]).astype(np.int64)
        balances += np.bincount(place, lines[4], balances.size).reshape(balances.shape)


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
    cash, owed : float
        What it has, and what it owes for goods: the balances of cash and payables.
    limit : float
        How far cash may fall below 0.
    accrues_interest : bool
        Whether an overdraft costs anything, so that it has to be counted before cash moves.
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
    """

    __slots__ = (
        "_journal",
        "_overdrawn_until",
        "accrues_interest",
        "cash",
        "cash_watchers",
        "due",
        "finance",
        "index",
        "invoice_watchers",
        "limit",
        "open_orders",
        "overdrawn",
        "owed",
        "prepaid",
        "trades_until",
        "unpaid",
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

    @property
    def available(self) -> float:
        """What can be paid now: cash and what is left of the overdraft; infinite if that has no limit."""
        return self.cash + self.limit

    @property
    def balances(self) -> list[float]:
        """The balance of every account, in the order of `ACCOUNTS`; debits are positive."""
        found: list[float] = self._journal.balances[self.index, : len(ACCOUNTS)].tolist()
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
