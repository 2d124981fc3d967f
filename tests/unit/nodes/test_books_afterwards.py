"""Which runs have their books written afterwards."""

import pytest

import scmsim as sc
from scmsim.engine.recorder import Keeper
from scmsim.flows.money import account
from scmsim.nodes.books import Books
from scmsim.nodes.books_afterwards import BooksAfterwards
from scmsim.simulation import Simulation, simulate

SHOP = """
scmsim: 1
name: shop
time: {{horizon: 9}}
products: {{p: {{}}}}
nodes:
  mill: {{kind: supplier {mill}}}
  shop:
    kind: retailer
    finance: {{cash: 50 {finance}}}
    stock: {{p: {{initial: 4, policy: {{kind: base_stock, level: 10}}}}}}
    sales: {{p: {{{sale}}}}}
    demand: {{p: {{kind: constant, value: 2}}}}
lanes:
  - {{from: mill, to: shop, lead_time: {lead_time}, {lane}}}
"""
STEADY = {"mill": "", "finance": "", "sale": "price: 8, terms: {net: 2}", "lead_time": "1", "lane": "price: 5"}


def books(reads=("journal",), **changes):
    """Return the books of a run."""
    network = sc.loads(SHOP.format(**STEADY | changes)).network
    return Simulation(network, seed=1, sinks=[Keeper(reads)]).books


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"finance": ", loan: 9, loan_rate: 0.1, fixed_cost: 1"},
        {"lane": "unit_cost: 2"},
        {"lane": "price: 5, terms: {invoice: shipment, net: 3, late: 1}, messages: {invoice: 1, remittance: 2}"},
        {"lead_time": "{dist: uniform, low: 0.5, high: 2}"},
        {"lead_time": "{dist: uniform, low: 1, high: 2, rounding: half_up}"},
    ],
)
def test_where_money_decides_nothing_books_are_written_afterwards(changes):
    """Tests list prices with and without terms of payment, and times that are drawn and never 0."""
    assert isinstance(books(**changes), BooksAfterwards)


@pytest.mark.parametrize(
    "changes",
    [
        {"finance": ", overdraft_limit: 10"},
        {"finance": ", overdraft_rate: 0.1"},
        {"finance": ", limit_orders_to_cash: true"},
        {"finance": ", insolvency: stop_buying"},
        {"lane": "price: 5, credit_limit: 100"},
        {"lane": "price: 5, promotions: [{from: 1, until: 2, discount: 0.1}]"},
        {"lane": "price: 5, terms: {net: {dist: uniform, low: 1, high: 2}}"},
        {"lane": "price: 5, terms: {late: {dist: uniform, low: 1, high: 2}}"},
        {"lane": "price: 5, terms: {net: 3, late: 1, late_fee: 0.1}"},
        {"lane": "price: 5, terms: {net: 3, discount: {rate: 0.02, within: 1}}"},
        {"lane": "price: 5, terms: {down_payment: 0.5}"},
        {"lane": "price: 5, terms: {prepay: true}"},
        {"lane": "price: 5, terms: {invoice: monthly}"},
        {"lane": "price: 5, messages: {remittance: {dist: uniform, low: 1, high: 2}}"},
        {"mill": ", clerks: {billing: {number: 1, time: 0.1}}"},
        {"sale": "price: {kind: markup, rate: 0.2}"},
        {"lead_time": "0"},
        {"lead_time": "{dist: uniform, low: 0, high: 2}"},
        {"lead_time": "{dist: uniform, low: 0.4, high: 2, rounding: half_up}"},
        {"reads": ("journal", "invoices")},
        {"reads": ("journal", "payments")},
        {"reads": ("journal", "messages")},
    ],
)
def test_where_anything_hangs_on_money_books_are_written_with_every_event(changes):
    """Tests every condition: money that decides, prices and payments that change, no time on the way, documents."""
    assert isinstance(books(**changes), Books)


def test_books_that_somebody_looks_at_are_written_with_every_event():
    """Tests that an observer finds in the books what has happened up to every instant: 2 units sold at 8 in each."""
    network, seen = sc.loads(SHOP.format(**STEADY)).network, []

    def look(simulation, _tick):
        seen.append(simulation.books.books["shop"].balances[account("revenue")])

    simulate(network, seed=1, on_instant=look)
    assert seen[:3] == [-16, -32, -48]


def test_a_table_that_nobody_reads_is_not_handed_on():
    """Tests that shipments, which the books need, do not reach a reader of the journal."""

    class Reader:
        reads = frozenset({"journal"})

        def update(self, chunk):
            assert set(chunk.tables) == {"journal"}

    simulate(sc.loads(SHOP.format(**STEADY)).network, seed=1, sinks=[Reader()])
