"""Runs with the laws that hold after every instant of them, and laws of what they leave behind."""

import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from laws_of_orders import check_deliveries_one_by_one, check_orders, check_shipments_one_by_one

from scmsim.engine.recorder import COLUMNS, Keeper
from scmsim.flows.money import ACCOUNTS, OUTSIDE, account
from scmsim.metrics.audit.auditor import Auditor
from scmsim.metrics.tables.frames import never_come
from scmsim.nodes.disruptions_seller import StruckStock, is_barred
from scmsim.nodes.downstream import CUSTOMERS
from scmsim.scenario.network import Network
from scmsim.simulation import Simulation

CLOSE = 1e-6

CASH, INVENTORY = account("cash"), account("inventory")
RECEIVABLES, PAYABLES = account("receivables"), account("payables")
ADVANCES_PAID, ADVANCES_RECEIVED = account("advances_paid"), account("advances_received")
IN_CLEARING = len(ACCOUNTS) + OUTSIDE.index("in_clearing")


class Run:
    """A run with its facts, audited, and with checks of the live state after every instant."""

    def __init__(self, network: Network, seed: int = 1) -> None:
        self.network = network
        keeper, auditor = Keeper(), Auditor(network)
        self.simulation = Simulation(network, seed=seed, sinks=[keeper, auditor], is_watched=True)
        self.ticks: list[int] = []
        clock = self.simulation.clock
        clock.on_close(self.ticks.append)
        clock.on_close(lambda tick: check_stocks(self.simulation))
        clock.on_close(lambda tick: check_orders(self.simulation, tick))
        clock.on_close(lambda tick: auditor.observe(self.simulation, tick))
        if network.money is not None:
            clock.on_close(lambda tick: check_worth(self.simulation, tick))
        self.simulation.run()
        self.tables = keeper.tables()
        self.end, self.outside = network.calendar.end, len(network.nodes)

    def check(self) -> None:
        """Check all laws of what the run has left behind."""
        check_time(self)
        check_deliveries(self)
        check_deliveries_one_by_one(self.tables)
        check_shipments_one_by_one(self.tables)
        if self.network.money is not None:
            check_postings(self)
            check_balances(self)
            check_claims(self)


def check_stocks(simulation: Simulation) -> None:
    """Check what must hold of the live stocks after every instant."""
    for stock in simulation.stocks.values():
        place = f"{stock.point.product} at {stock.point.node}"
        assert stock.reserved >= -1e-9, f"{place}: {stock.reserved} reserved"
        if not (stock.point.policy is not None and stock.point.policy.allow_negative):
            assert stock.on_hand >= -1e-9, f"{place}: {stock.on_hand} on hand"
            assert stock.on_order >= stock.in_transit - CLOSE, f"{place}: more in transit than on order"
        waiting = sum(order.unshipped for order in stock.waiting) - set_aside(stock)
        assert abs(waiting - stock.backorders) < CLOSE, f"{place}: {stock.backorders} backorders, {waiting} waiting"
        assert not stock.inbox, f"{place}: an order was left unopened"
        if stock.point.rules is None and stock.point.keeping is None:
            check_idle(simulation, stock)


def set_aside(stock: Any) -> float:
    """Return the units that lie there for orders which leave only whole."""
    return float(sum(stock.rules.aside.values())) if stock.point.rules is not None else 0.0


def check_idle(simulation: Simulation, stock: Any) -> None:
    """Check that nothing lies in a stock which serves first come, first served, while anybody waits for it.

    Those who may not be served, as something has been struck, do not count.
    """
    waiting = [order for order in stock.waiting if not must_wait(stock, order)]
    if simulation.network.products[stock.point.product].whole_units:
        idle = stock.on_hand >= 1 and any(order.unshipped >= 1 for order in waiting)
    else:
        idle = stock.on_hand > CLOSE and bool(waiting)
    assert not idle, f"{stock.point.product} at {stock.point.node}: {stock.on_hand} units lie there while orders wait"


def must_wait(stock: Any, order: Any) -> bool:
    """Tell whether a disruption keeps a stock from serving an order."""
    is_shut = isinstance(stock, StruckStock) and stock.shop.is_nothing and order.route.buyer == CUSTOMERS
    return is_shut or is_barred(order)


def check_worth(simulation: Simulation, tick: int) -> None:
    """Check that the books know of every unit that lies there, and what it is worth under standard cost."""
    worth: defaultdict[str, float] = defaultdict(float)
    for index, stock in simulation.stocks.items():
        item = simulation.books.items[index]
        place = f"{stock.point.product} at {stock.point.node} at tick {tick}"
        held = stock.on_hand + stock.reserved
        assert item.worth.units == pytest.approx(held, abs=CLOSE), place
        if simulation.network.money.valuation == "standard":
            assert item.worth.value == pytest.approx(held * stock.point.opening_cost, abs=CLOSE), place
        worth[stock.point.node] += item.worth.value
    for node, value in worth.items():
        booked = simulation.books.books[node].balances[INVENTORY]
        assert booked == pytest.approx(value, abs=CLOSE), f"inventory of {node} at tick {tick}"


def check_time(run: Run) -> None:
    """Check that instants only ever increase, that tables are in the order of time, and nobody hears before it is told.

    An order that waits for a clerk is written down when it is entered, at the time when it was sent.
    """
    assert all(earlier < later for earlier, later in zip(run.ticks, run.ticks[1:], strict=False))
    for name, rows in run.tables.items():
        if name != "messages":
            assert (np.diff(rows[:, 0]) >= 0).all(), name
    assert (run.tables["messages"][:, 6] >= run.tables["messages"][:, 0]).all()


def check_deliveries(run: Run) -> None:
    """Check that every order is placed once, and that no more than it asks for comes and is lost, in whatever parts."""
    numbers = run.tables["orders"][:, 2]
    assert len(np.unique(numbers)) == len(numbers), "an order was placed twice"
    ordered = dict(zip(numbers.tolist(), run.tables["orders"][:, 3].tolist(), strict=True))
    named = {name: dict(zip(COLUMNS[name], run.tables[name].T, strict=True)) for name in ("orders", "events", "demand")}
    delivered = dict(zip(numbers.tolist(), never_come(named["orders"], named).tolist(), strict=True))
    for _, _, buyer, number, placed, _, quantity, _ in run.tables["deliveries"].tolist():
        if buyer >= 0 and placed >= 0:
            delivered[number] += quantity
    wrong = {number: units for number, units in delivered.items() if abs(units) > abs(ordered[number]) + CLOSE}
    assert not wrong, wrong


def sums(key, amount):
    """Return the sum of the amounts, and of their sizes, by key."""
    _, place = np.unique(key, return_inverse=True)
    return np.bincount(place, weights=amount), np.bincount(place, weights=np.abs(amount))


def check_postings(run):
    """Check that debits equal credits in every posting, and that cash only goes to where it comes from."""
    _, posting, node, code, amount, *_ = run.tables["ledger"].T
    own = node < run.outside
    assert (np.diff(run.tables["ledger"][:, 0]) >= 0).all()
    left, size = sums(posting[own], amount[own])
    assert (np.abs(left) <= CLOSE * np.maximum(1, size)).all()
    moves = ~own | (code == CASH)
    left, size = sums(posting[moves], amount[moves])
    assert (np.abs(left) <= CLOSE * np.maximum(1, size)).all()
    assert np.array_equal(own, code < len(ACCOUNTS))


def check_balances(run):
    """Check that the books balance at the end, that the ledger gives them, and that all money comes from somewhere."""
    found = defaultdict(float)
    for _, _, node, code, amount, *_ in run.tables["ledger"]:
        found[int(node), int(code)] += amount
    size = 1 + max((abs(amount) for amount in found.values()), default=0)
    for key, balance in run.simulation.books.balances.items():
        assert found.pop(key, 0.0) == pytest.approx(balance, abs=CLOSE * size), key
    assert not found
    books = run.simulation.books
    for name, book in books.books.items():
        assert sum(book.balances) == pytest.approx(0, abs=CLOSE * size), name
    cash = sum(book.balances[CASH] for book in books.books.values())
    assert cash + sum(books.journal.outside_balances) == pytest.approx(0, abs=CLOSE * size)


def check_claims(run):
    """Check, after every instant, that sellers are owed what buyers owe, but for payments that are on their way."""
    books = {book.index for book in run.simulation.books.books.values()}
    moves = [(row[0], 0, row) for row in run.tables["ledger"]]
    amounts = {int(row[1]): row[5] for row in run.tables["invoices"]}
    for row in run.tables["payments"]:
        moves += [(row[0], 1, row), (row[7], 2, row)]
    goods, advances, clearing = defaultdict(float), defaultdict(float), 0.0
    moves.sort(key=lambda move: move[:2])
    for place, (time, kind, row) in enumerate(moves):
        if kind == 0:
            _, _, node, code, amount, _, _, partner = row
            if code in (RECEIVABLES, PAYABLES) and partner in books:
                goods[pair(node, partner)] += amount
            elif code in (ADVANCES_PAID, ADVANCES_RECEIVED) and partner in books:
                advances[pair(node, partner)] += amount
            elif code == IN_CLEARING:
                clearing += amount
        else:
            _, _, invoice, _, payer, payee, amount, _ = row
            sign = -1 if kind == 1 else 1
            if payer in books and payee in books:
                owed = goods if invoice else advances
                owed[pair(payer, payee)] += sign * (amounts[int(invoice)] if invoice else amount)
                clearing += sign * amount
        if place + 1 == len(moves) or moves[place + 1][0] > time:
            if time >= run.end:
                break
            for balances in (goods, advances):
                assert all(abs(left) < CLOSE * (1 + len(moves)) for left in balances.values()), (time, balances)
            assert abs(clearing) < CLOSE * (1 + len(moves)), time


def pair(one, other):
    """Return two nodes, whoever comes first."""
    return (min(one, other), max(one, other))
