"""Costs that pass with time, worked out afterwards."""

import numpy as np
import pytest

import scmsim as sc
from scmsim.engine.recorder import Keeper
from scmsim.flows.money import event
from scmsim.flows.postings import posting
from scmsim.nodes.books_passing import PassingCosts
from scmsim.simulation import Simulation
from scmsim.ticks import TICKS

HOLDING, BACKORDER = posting("holding"), posting("backorder_penalty")
RATES = {3: (1, 0.5, 2.0, 0.0), 5: (1, 1.0, 0.0, 0.0), 8: (0, 0.25, 0.0, 0.0)}

CHAIN = """
scmsim: 1
name: chain
time: {{horizon: 30.5}}
products: {{p: {{}}}}
nodes:
  mill: {{kind: supplier}}
  depot: {{kind: warehouse, {finance}, stock: {{p: {{holding_cost: 0.3, policy: {{kind: base_stock, level: 12}}}}}}}}
  shop:
    kind: retailer
    {finance}
    sales: {{p: {{price: 5}}}}
    stock: {{p: {{initial: 3, holding_cost: 0.7, backorder_cost: 1.1, policy: {{kind: base_stock, level: 7}}}}}}
    demand: {{p: {{kind: poisson, mean: 4}}}}
lanes:
  - {{from: mill, to: depot, lead_time: 1.3, price: 1, holding_cost: 0.2}}
  - {{from: depot, to: shop, lead_time: 0.6, price: 3}}
"""


def state(time, point, on_hand, backorders=0.0):
    """Return a row of the table of stock."""
    return [time * TICKS, point, on_hand, backorders, 0.0, 0.0]


def told(costs):
    """Return (time, kind, node, amount) of what has been worked out."""
    return [((row[0] + 1) / TICKS, row[1], row[2], row[5]) for row in costs.work_out().tolist()]


def test_stocks_of_a_node_are_added_up():
    """Tests 4 units for 1 and 2 for 1 at 0.5, and 3 for 0.5 at 1, in two time units, of one node; nothing of others."""
    costs = PassingCosts(RATES, start=0)
    costs.states += state(0, 3, 4.0) + state(0, 7, 99.0) + state(0.5, 5, 3.0) + state(1, 3, 2.0) + state(1.5, 5, 0.0)
    costs.ends += [TICKS, 2 * TICKS]
    assert told(costs) == [(1, HOLDING, 1, 2 + 1.5), (2, HOLDING, 1, 1 + 1.5)]


def test_a_state_lasts_until_it_changes():
    """Tests that backorders which no row mentions again cost the same in every time unit, until units come."""
    costs = PassingCosts(RATES, start=0)
    costs.states += state(0, 3, 0.0, 5.0)
    costs.ends.append(TICKS)
    assert told(costs) == [(1, BACKORDER, 1, 10)]
    assert told(costs) == []
    costs.states += state(2.5, 3, 1.0)
    costs.ends += [2 * TICKS, 2.25 * TICKS]
    assert told(costs) == [(2, BACKORDER, 1, 10), (2.25, BACKORDER, 1, 2.5)]
    costs.ends.append(3 * TICKS)
    assert told(costs) == [(3, HOLDING, 1, 0.25), (3, BACKORDER, 1, 2.5)]


@pytest.mark.parametrize("most", [0, 20_000])
def test_costs_are_the_same_where_money_is_followed(most, monkeypatch):
    """Tests every line of costs of a chain that is worked out afterwards against one that posts them as time passes."""
    monkeypatch.setattr("scmsim.nodes.books_costs.MOST_WAITING", most)
    found = []
    for finance in ("finance: {cash: 1}", "finance: {cash: 1, overdraft_limit: 1.0e+9}"):
        keeper = Keeper(("ledger",))
        simulation = Simulation(sc.loads(CHAIN.format(finance=finance)).network, seed=1, sinks=[keeper])
        simulation.run()
        ledger = keeper.tables()["ledger"]
        assert (np.diff(ledger[:, 0]) >= 0).all()
        rows = ledger[ledger[:, 5] == event("cost")][:, [0, 2, 3, 4]]
        found.append((rows[np.lexsort(rows[:, ::-1].T)], simulation.books.balances, simulation.books.costs.passing))
    (passing, balances, used), (posted, followed, unused) = found
    assert (used.stocks, unused.stocks) == (2, 0)
    assert len(posted) > 100
    np.testing.assert_allclose(passing, posted, rtol=1e-12)
    assert balances == pytest.approx(followed)
