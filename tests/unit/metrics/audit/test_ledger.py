"""The audit of money finds the first posting, payment or balance that is wrong."""

from types import SimpleNamespace
from typing import Any

import pytest

import scmsim as sc
from scmsim.errors import AuditError
from scmsim.flows.money import ACCOUNTS, OUTSIDE, account, event, outside
from scmsim.metrics.audit.auditor import Auditor
from scmsim.nodes.books_costs import Costs
from scmsim.scenario.network import Money, Network
from scmsim.scenario.scenario import Scenario
from scmsim.simulation import simulate
from scmsim.ticks import TICKS

SHOP = """
scmsim: 1
name: shop
time: {horizon: 20}
products: {p: {}}
money: {tax_rate: 0.25, month: 5}
nodes:
  mill: {kind: supplier}
  depot:
    kind: warehouse
    finance: {cash: 50, overdraft_rate: 0.01, fixed_cost: 1, loan: 20, loan_rate: 0.02}
    stock: {p: {initial: 10, holding_cost: 0.1, policy: {kind: base_stock, level: 20}}}
  shop:
    kind: retailer
    finance: {cash: 20, overdraft_limit: 5}
    sales: {p: {price: 5, terms: {down_payment: 0.5, net: 2}}}
    stock: {p: {initial: 3, backorder_cost: 1, policy: {kind: base_stock, level: 9}}}
    demand: {p: {kind: poisson, mean: 4}}
lanes:
- {from: mill, to: depot, lead_time: 2, price: 1, terms: {invoice: monthly, net: 3}}
- {from: depot, to: shop, order_delay: 1, lead_time: 1, price: 3, duty: 0.1, messages: {remittance: 1},
   terms: {down_payment: 0.2, net: 2, late: 1, late_fee: 0.01, discount: {rate: 0.02, within: 1}}}
"""
CASH, REVENUE, RECEIVABLES = account("cash"), account("revenue"), account("receivables")


@pytest.fixture
def shop() -> Scenario:
    """Two firms with loans, down payments, discounts, late payers, duty and tax."""
    return sc.loads(SHOP)


def audited(scenario: Scenario, *, watched: bool = True) -> None:
    """Run a scenario under the audit."""
    auditor = Auditor(scenario.network)
    simulate(scenario.network, seed=1, sinks=[auditor], on_instant=auditor.observe if watched else None)


class BooksAlone(Auditor):
    """An audit that takes the amounts of hand-made postings for right."""

    def __init__(self, network: Network) -> None:
        super().__init__(network)
        self._amounts = None


def lines(bench: Any, *rows: tuple[float, ...], **more: Any) -> Any:
    """Return the audit of a chain (depot 0, shop 1, works 2, outside 3), and a block with these lines of ledgers."""
    network = bench.network(bench.chain().points, lanes=bench.chain().lanes, money=Money())
    return BooksAlone(network), bench.chunks(network, bench.tables(ledger=rows, **more))[0]


def books(one: int, amount: float, other: int, against: float) -> Any:
    """Return a run whose shop has these two balances, and whose depot has none."""
    balances = {name: [0.0] * len(ACCOUNTS) for name in ("depot", "shop")}
    balances["shop"][one] = amount
    balances["shop"][other] = against
    kept = {name: SimpleNamespace(balances=each) for name, each in balances.items()}
    journal = SimpleNamespace(outside_balances=[0.0] * len(OUTSIDE))
    return SimpleNamespace(books=SimpleNamespace(books=kept, journal=journal))


def test_sound_books_pass(shop: Scenario) -> None:
    """Tests every kind of posting, with and without a look at the books themselves."""
    audited(shop)
    audited(shop, watched=False)


@pytest.mark.parametrize("name", ["insolvency", "payment_terms", "promotion_bullwhip"])
def test_shipped_scenarios_pass(scenarios: Any, name: str) -> None:
    """Tests insolvency, terms and promotions."""
    audited(sc.load(scenarios / f"{name}.yaml"))


def test_a_posting_that_reaches_the_books_twice_is_found(bench: Any) -> None:
    """Tests that the first instant at which the books hold something else is named, with the order."""
    auditor, chunk = lines(
        bench,
        (1, 1, 1, RECEIVABLES, 15.0, event("sale"), 1, -1),
        (1, 1, 1, REVENUE, -15.0, event("sale"), 1, -1),
        (2, 2, 1, RECEIVABLES, 15.0, event("sale"), 2, -1),
        (2, 2, 1, REVENUE, -15.0, event("sale"), 2, -1),
    )
    for time, sold in ((1, 15.0), (2, 45.0), (3, 45.0)):
        auditor.observe(books(RECEIVABLES, sold, REVENUE, -sold), time * TICKS)
    said = r"The audit failed at week 2: shop: receivables: expected 30 from .*, found 45 in the books \(order 2\)"
    with pytest.raises(AuditError, match=said):
        auditor.update(chunk)


def test_many_instants_are_compared_at_the_end_of_the_block(bench: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that where there is no room for the books of every instant, they are still compared with the last."""
    monkeypatch.setattr("scmsim.metrics.audit.ledger.MOST_NUMBERS", 0)
    auditor, chunk = lines(bench)
    auditor.observe(books(RECEIVABLES, 5.0, REVENUE, -5.0), TICKS)
    with pytest.raises(
        AuditError, match="week 10: shop: receivables: expected 0 from the records, found 5 in the books"
    ):
        auditor.update(chunk)


def test_what_is_posted_when_its_time_is_over_belongs_to_the_next_instant(bench: Any) -> None:
    """Tests that a cost posted at 2 for the last tick before is expected in the books of 2 and not of that tick."""
    last = 2 - 1 / TICKS
    auditor, chunk = lines(
        bench,
        (last, 1, 1, account("wages"), 4.0, event("wages"), 0, -1),
        (last, 1, 1, CASH, -4.0, event("wages"), 0, -1),
        (last, 1, 3, outside("wages"), 4.0, event("wages"), 0, 1),
    )
    after = books(account("wages"), 4.0, CASH, -4.0)
    after.books.journal.outside_balances[OUTSIDE.index("wages")] = 4.0
    auditor.observe(books(CASH, 0.0, CASH, 0.0), 2 * TICKS - 1)
    auditor.observe(after, 2 * TICKS)
    auditor.update(chunk)


def test_a_payment_of_another_amount_than_recorded_is_found(bench: Any) -> None:
    """Tests that cash that moves by less than a payment says, or not on the day it arrives, is found."""
    for amount, received in ((8.0, 3), (6.0, 4)):
        auditor, chunk = lines(
            bench,
            (2, 1, 1, account("payables"), 6.0, event("payment"), 5, 0),
            (2, 1, 1, CASH, -6.0, event("payment"), 5, 0),
            (2, 1, 3, outside("in_clearing"), 6.0, event("payment"), 5, 1),
            (3, 2, 0, CASH, 6.0, event("payment"), 5, 1),
            (3, 2, 0, RECEIVABLES, -6.0, event("payment"), 5, 1),
            (3, 2, 3, outside("in_clearing"), -6.0, event("payment"), 5, 0),
            payments=[(2, 1, 1, 5, 1, 0, amount, received)],
        )
        said = "week 2: shop: cash moved by payments: expected -8" if amount == 8.0 else "week 3: depot: .* expected 0"
        with pytest.raises(AuditError, match=rf"{said} from the records, found -?6 in the books \(order 5\)"):
            auditor.update(chunk)


def test_the_books_are_compared_at_the_end_too(shop: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that what is paid at the very end and not written down is found when the run has ended."""
    tax = Costs.tax

    def tax_and_more(costs: Any, now: int, rate: float) -> None:
        tax(costs, now, rate)
        for book in costs._books:
            book.cash -= 7.0

    monkeypatch.setattr(Costs, "tax", tax_and_more)
    with pytest.raises(AuditError, match="period 21: depot: cash: expected .*, found"):
        audited(shop)


def test_a_posting_that_does_not_balance_is_found(bench: Any) -> None:
    """Tests that the first unbalanced posting is named with its event and order."""
    auditor, chunk = lines(
        bench,
        (1, 1, 0, RECEIVABLES, 5.0, event("sale"), 3, -1),
        (1, 1, 0, REVENUE, -5.0, event("sale"), 3, -1),
        (2, 2, 1, RECEIVABLES, 5.0, event("sale"), 4, -1),
        (2, 2, 1, REVENUE, -4.0, event("sale"), 4, -1),
    )
    said = r"week 2: shop: posting 2 \(sale\): expected 0 from the records, found 1 in the books \(order 4\)"
    with pytest.raises(AuditError, match=said):
        auditor.update(chunk)


def test_money_from_nowhere_is_found(bench: Any) -> None:
    """Tests that cash which nobody outside has given is found although the node's posting balances."""
    auditor, chunk = lines(
        bench,
        (1, 1, 0, CASH, 5.0, event("opening"), 0, -1),
        (1, 1, 0, ACCOUNTS.index("equity"), -5.0, event("opening"), 0, -1),
        (1, 1, 3, outside("owners"), -4.0, event("opening"), 0, 0),
    )
    with pytest.raises(
        AuditError, match=r"week 1: depot: cash of posting 1 \(opening\) and what outside gains: .* found 1"
    ):
        auditor.update(chunk)


def test_a_scenario_without_money_asks_for_no_ledger(bench: Any) -> None:
    """Tests that nothing of money is computed for an audit where there is none."""
    assert "ledger" not in Auditor(bench.chain()).reads
