"""Books that are written afterwards say the same as those that are written with every event."""

import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import scmsim as sc
from scmsim.engine.recorder import Keeper
from scmsim.flows.postings import posting
from scmsim.nodes.books import Books
from scmsim.nodes.books_afterwards import BooksAfterwards
from scmsim.simulation import Simulation

sys.path.insert(0, str(Path(__file__).parent))

from random_money import steady_money_scenarios

PAYMENT, RECEIPT, SETTLEMENT = posting("payment"), posting("receipt"), posting("settlement")

CHAIN = """
scmsim: 1
name: chain
time: {{horizon: 40.3, warm_up: 7.6, bucket: {bucket}}}
money: {{valuation: {valuation}, tax_rate: 0.2}}
products: {{p: {{standard_cost: 4}}, q: {{standard_cost: 2.5}}}}
nodes:
  mill: {{kind: supplier}}
  works:
    kind: factory
    finance: {{cash: 10, fixed_cost: 3, loan: 50, loan_rate: 0.01}}
    stock:
      q: {{initial: 9, policy: {{kind: base_stock, level: 25}}, order_cost: 2}}
      p: {{initial: 4, policy: {{kind: base_stock, level: 20}}, holding_cost: 0.3}}
    make: {{p: {{lead_time: 0.8, components: {{q: 1.5}}, unit_cost: 2, batch_cost: 3}}}}
  depot:
    kind: warehouse
    stock: {{p: {{initial: -3, initial_pipeline: 2, policy: {{kind: base_stock, level: 30}}}}}}
  shop:
    kind: retailer
    sales: {{p: {{price: 9, terms: {{net: 2.5, late: 1}}}}}}
    stock: {{p: {{holding_cost: 0.7, backorder_cost: 1.1, policy: {{kind: base_stock, level: 12}}}}}}
    demand: {{p: {{kind: normal, mean: 4, sd: 2}}}}
lanes:
  - {{from: mill, to: works, lead_time: 1.3, {mill}, products: [q]}}
  - {{from: works, to: depot, lead_time: {{dist: uniform, low: 0.5, high: 3}}, {works}, unit_cost: 0.1}}
  - {{from: depot, to: shop, lead_time: 0.6, {depot}, shipment_cost: 1, holding_cost: 0.2}}
"""


def written(network, *, is_watched):
    """Return the tables of money and the books of a run."""
    keeper = Keeper(("journal", "ledger"))
    simulation = Simulation(network, seed=1, sinks=[keeper], is_watched=is_watched)
    simulation.run()
    return keeper.tables(), simulation.books


def added_up(rows, by, amounts):
    """Return what is not 0 of the amounts of rows, by some of their columns."""
    keys, place = np.unique(rows[:, by], axis=0, return_inverse=True)
    found = np.array([np.bincount(place.reshape(-1), rows[:, column], len(keys)) for column in amounts]).T
    some = (np.abs(found) > 1e-9).any(axis=1)
    return keys[some], found[some]


def split(journal):
    """Return a journal in which a payment that arrives at once is a payment and its receipt."""
    settled = journal[journal[:, 1] == SETTLEMENT]
    paid, received = settled.copy(), settled[:, [0, 1, 3, 2, 4, 5, 6, 7]]
    paid[:, 1], received[:, 1] = PAYMENT, RECEIPT
    return np.concatenate([journal[journal[:, 1] != SETTLEMENT], paid, received])


def compare(network):
    """Compare every instant of the two ways to write the books."""
    (late, afterwards), (live, books) = (written(network, is_watched=watched) for watched in (False, True))
    assert isinstance(afterwards, BooksAfterwards)
    assert isinstance(books, Books)
    assert (np.diff(late["journal"][:, 0]) >= 0).all()
    for table, by, amounts in (("journal", [0, 1, 2, 3, 4], [5, 6, 7]), ("ledger", [0, 2, 3, 5, 6, 7], [4])):
        tables = [split(each[table]) if table == "journal" else each[table] for each in (late, live)]
        (keys, found), (expected_keys, expected) = (added_up(rows, by, amounts) for rows in tables)
        assert np.array_equal(keys, expected_keys), table
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9)
    size = 1 + max(map(abs, books.balances.values()))
    assert afterwards.balances == pytest.approx(books.balances, rel=1e-9, abs=1e-9 * size)
    return len(late["journal"])


@given(steady_money_scenarios())
@settings(max_examples=40, deadline=None)
def test_the_same_is_posted_at_every_instant(mapping):
    """Tests every account of every node, instant, event and order of any scenario in which no money decides."""
    compare(sc.from_dict(mapping).network)


@pytest.mark.parametrize("bucket", [0.7, 1, 6])
@pytest.mark.parametrize("valuation", ["moving_average", "standard"])
@pytest.mark.parametrize(
    ("mill", "works", "depot"),
    [
        ("price: 2, duty: 0.1", "price: 6, terms: {net: 3}", "price: 7, terms: {invoice: shipment, net: 1.2}"),
        ("price: 2, terms: {invoice: shipment, net: 0}", "price: 6, messages: {remittance: 0.4}", "order_delay: 0.2"),
        ("unit_cost: 0.2", "price: 6, messages: {invoice: 2}", "price: 7, terms: {net: 30}"),
        ("price: 2.5", "crossing: false", "price: 7"),
    ],
)
def test_the_same_is_posted_whatever_the_blocks(bucket, valuation, mill, works, depot):
    """Tests blocks that end within time units, tax at a warm-up within one, kits, batches and goods without a price."""
    text = CHAIN.format(bucket=bucket, valuation=valuation, mill=mill, works=works, depot=depot)
    assert compare(sc.loads(text).network) > 200


@given(st.floats(0.1, 50), st.floats(0.1, 50))
@settings(max_examples=10, deadline=None)
def test_costs_of_units_that_change_at_every_receipt(price, cost):
    """Tests a stock that opens at one cost and buys at another, so that its average moves for a long time."""
    text = CHAIN.format(
        bucket=1, valuation="moving_average", mill=f"price: {price}", works="price: 6", depot="price: 7"
    )
    compare(sc.loads(text.replace("q: {standard_cost: 2.5}", f"q: {{standard_cost: {cost}}}")).network)
