"""Laws of money that hold in every run. ``SCMSIM_FULL_MONEY=1`` tries 2,000 scenarios and tells what they were like."""

import os
import sys
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings

import scmsim as sc
from scmsim.engine.recorder import Keeper
from scmsim.flows.money import ACCOUNTS, OUTSIDE, account
from scmsim.metrics.audit import Auditor
from scmsim.simulation import Simulation

sys.path.insert(0, str(Path(__file__).parent))

from random_money import money_scenarios

FULL = os.environ.get("SCMSIM_FULL_MONEY", "") not in ("", "0")
DRAWS = 2000 if FULL else 60
CLOSE = 1e-6

CASH, INVENTORY = account("cash"), account("inventory")
RECEIVABLES, PAYABLES = account("receivables"), account("payables")
ADVANCES_PAID, ADVANCES_RECEIVED = account("advances_paid"), account("advances_received")
IN_CLEARING = len(ACCOUNTS) + OUTSIDE.index("in_clearing")

kinds = Counter()


@pytest.fixture(scope="module", autouse=True)
def _tell_what_was_drawn():
    """Print, in the full form, how many of the scenarios were of which kind."""
    yield
    if FULL:
        drawn = max(1, kinds["drawn"])
        print("\n" + ", ".join(f"{kind}: {count} ({count / drawn:.0%})" for kind, count in sorted(kinds.items())))


class Run:
    """A run of a scenario with its facts, and with checks of the live books after every instant."""

    def __init__(self, mapping):
        self.network = sc.from_dict(mapping).network
        keeper, auditor = Keeper(), Auditor(self.network)
        self.simulation = Simulation(self.network, seed=1, sinks=[keeper, auditor])
        self.simulation.clock.on_close(lambda tick: auditor.observe(self.simulation, tick))
        self.simulation.clock.on_close(self._check_stock)
        self._closed = -1
        self.simulation.run()
        self.tables = keeper.tables()
        self.end, self.outside = self.network.calendar.end, len(self.network.nodes)

    def _check_stock(self, tick):
        """Check that the books know of every unit that lies there, and what it is worth under standard cost.

        No payment may open an instant again that has been closed.
        """
        assert tick > self._closed
        self._closed = tick
        worth = defaultdict(float)
        for index, stock in self.simulation.stocks.items():
            item = self.simulation.books.items[index]
            place = f"{stock.point.product} at {stock.point.node} at tick {tick}"
            held = stock.on_hand + stock.reserved
            assert item.worth.units == pytest.approx(held, abs=CLOSE), place
            if self.network.money.valuation == "standard":
                assert item.worth.value == pytest.approx(held * stock.point.opening_cost, abs=CLOSE), place
            worth[stock.point.node] += item.worth.value
        for node, value in worth.items():
            booked = self.simulation.books.books[node].balances[INVENTORY]
            assert booked == pytest.approx(value, abs=CLOSE), f"inventory of {node} at tick {tick}"


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


def count_kinds(run):
    """Count what happened in the run."""
    kinds["drawn"] += 1
    paid = {int(row[2]): row[0] for row in run.tables["payments"]}
    finances = {book.index: book.finance for book in run.simulation.books.books.values()}
    late = unpaid = insolvent = False
    for _, number, _, _, buyer, amount, due in run.tables["invoices"]:
        when = paid.get(int(number), run.end)
        unpaid |= int(number) not in paid and due < run.end and amount > 0
        late |= when > due
        finance = finances.get(int(buyer))
        insolvent |= finance is not None and finance.insolvency != "ignore" and when > due + finance.grace
    happened = {
        "with a shortage": any(row[5] < row[4] - 1e-9 for row in run.tables["demand"]),
        "with a payment": len(paid) > 0,
        "with an invoice paid late": late,
        "with an invoice unpaid at the end": unpaid,
        "with insolvency": insolvent,
        "with an overdraft": any(book.balances[CASH] < 0 for book in run.simulation.books.books.values()),
        "with an advance": any(row[2] == 0 for row in run.tables["payments"]),
        "with production": len(run.tables["production"]) > 0,
        "with two nodes that trade": any(row[3] in finances and row[4] in finances for row in run.tables["invoices"]),
    }
    kinds.update(kind for kind, has in happened.items() if has)


def test_customers_who_pay_in_advance_do_not_open_an_instant_again():
    """Tests that money which comes when customers have to wait pays for an order that waits for money, a tick later."""
    mapping = {
        "scmsim": 1,
        "name": "prepaid",
        "time": {"horizon": 5},
        "products": {"p": {}},
        "nodes": {
            "s": {"kind": "supplier"},
            "shop": {
                "kind": "retailer",
                "demand": {"p": {"kind": "constant", "value": 4}},
                "stock": {"p": {"policy": {"kind": "base_stock", "level": 0}}},
                "sales": {"p": {"price": 5, "terms": {"prepay": True}}},
                "finance": {"overdraft_limit": 0},
            },
        },
        "lanes": [{"from": "s", "to": "shop", "lead_time": 1, "price": 2, "terms": {"prepay": True}}],
    }
    run = Run(mapping)
    check_balances(run)
    assert run.tables["orders"][:2, 0].tolist() == [1_000_001, 2_000_000]


@pytest.mark.timeout(1800 if FULL else 300)
@given(money_scenarios())
@settings(max_examples=DRAWS, deadline=None)
def test_money_is_conserved(mapping):
    """Tests that debits equal credits, books balance, claims equal debts, and no money comes from nowhere."""
    run = Run(mapping)
    check_postings(run)
    check_balances(run)
    check_claims(run)
    count_kinds(run)


@given(money_scenarios())
@settings(max_examples=500 if FULL else 25, deadline=None)
def test_what_is_read_changes_nothing(mapping):
    """Tests that every balance of every instant is the same whether anybody reads invoices, payments and messages."""
    network, found = sc.from_dict(mapping).network, []
    for reads in (("ledger",), ("ledger", "invoices", "payments", "messages")):
        keeper = Keeper(reads)
        Simulation(network, seed=1, sinks=[keeper]).run()
        lines = keeper.tables()["ledger"]
        assert (np.diff(lines[:, 0]) >= 0).all()
        keys, place = np.unique(lines[:, [0, 2, 3, 5, 6, 7]], axis=0, return_inverse=True)
        moved = np.bincount(place.reshape(-1), lines[:, 4], len(keys))
        some = np.abs(moved) > CLOSE
        found.append((keys[some], moved[some]))
    (keys, moved), (documented, told) = found
    assert np.array_equal(keys, documented)
    np.testing.assert_allclose(moved, told, rtol=1e-9, atol=CLOSE)


@given(money_scenarios())
@settings(max_examples=100 if FULL else 8, deadline=None)
def test_statements_and_measures_tell_the_same(mapping):
    """Tests that statements balance, and that profit and contributions agree with the measures of the same run."""
    result = sc.run(sc.from_dict(mapping))
    if "ledger" not in result.tables:
        return
    lines = result.statements.astype({"node": object}).fillna({"node": "chain"}).set_index(["node", "line"])["amount"]
    names = {name for name, _ in lines.index}
    kpis = result.kpis[result.kpis["product"].isna() & result.kpis["segment"].isna()]
    found = kpis.assign(node=kpis["node"].fillna("chain")).set_index(["metric", "node"])["mean"]
    for name in names:
        size = 1 + abs(lines[name]).max()
        assert lines[name, "total_assets"] == pytest.approx(lines[name, "total_claims"], abs=CLOSE * size)
        for line in ("revenue", "cost_of_goods_sold", "gross_margin", "profit"):
            assert lines[name, line] == pytest.approx(found[line, name], abs=CLOSE * size), (name, line)
        assert lines[name, "cash"] == pytest.approx(found["closing_cash", name], abs=CLOSE * size)
    served = result.cost_to_serve.dropna().groupby("seller")["contribution"].sum()
    for name, contribution in served.items():
        assert contribution == pytest.approx(lines[name, "profit"], abs=CLOSE * (1 + abs(lines[name]).max())), name
