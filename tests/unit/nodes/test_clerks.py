"""Clerks: orders wait for each other, and a jam delays them."""

import numpy as np
import pytest

import scmsim as sc
from scmsim.engine.recorder import Keeper
from scmsim.flows.information import CODES
from scmsim.simulation import simulate
from scmsim.ticks import TICKS


def _tables(text, seed=1):
    keeper = Keeper(["messages", "demand", "deliveries"])
    network = sc.loads(text).network
    simulate(network, seed=seed, sinks=[keeper])
    return network, keeper.tables()


def _waits(tables):
    """Return the time from sending to entering of every order between nodes, in time units."""
    rows = tables["messages"]
    orders = rows[(rows[:, 1] == CODES["order"]) & (rows[:, 2] >= 0)]
    return (orders[:, 6] - orders[:, 0]) / TICKS


QUEUE = """
scmsim: 1
name: queue
time: {horizon: HORIZON}
products: {p: {}}
defaults: {stock: {review: continuous, initial: 1000, policy: {kind: base_stock, level: 1000}}}
nodes:
  depot: {kind: supplier, clerks: {order_processing: {number: 1, time: 1}}}
  shop: {kind: retailer, demand: {p: {kind: compound_poisson, rate: 0.5}}}
lanes: [depot -> shop]
"""


@pytest.mark.known_answer("node.clerks")
@pytest.mark.known_answer("desks.order_processing")
def test_orders_wait_as_in_a_queue_with_constant_service():
    """Tests that the mean time in the queue is that of M/D/1, load x time / (2 (1 - load)) = 0.5, after one of service.

    Source: Pollaczek and Khinchine.
    """
    means = [_waits(_tables(QUEUE.replace("HORIZON", "2000"), seed)[1])[100:].mean() for seed in range(1, 13)]
    error = np.std(means, ddof=1) / len(means) ** 0.5
    assert error < 0.03
    assert abs(np.mean(means) - 1.5) < 3 * error


JAM = """
scmsim: 1
name: jam
time: {horizon: 6}
products: {p: {}}
defaults: {lane: {lead_time: 1}, stock: {initial: 5, policy: {kind: base_stock, level: 9}}}
nodes:
  out: {kind: supplier}
  depot:
    kind: warehouse
    clerks: {order_processing: {number: 1, time: 0.75}}
    stock: {p: {initial: 50, policy: {kind: base_stock, level: 50}}}
  a: {kind: retailer, demand: {p: {kind: replay, values: [1], afterwards: zero}}}
  b: {kind: retailer, demand: {p: {kind: replay, values: [1], afterwards: zero}}}
  c: {kind: retailer, demand: {p: {kind: replay, values: [1], afterwards: zero}}}
lanes: [out -> depot, depot -> a, depot -> b, depot -> c]
"""


@pytest.mark.known_answer("clerks.number")
@pytest.mark.known_answer("clerks.time")
@pytest.mark.parametrize(
    ("number", "received"), [(1, [2.75, 3.5, 4.25]), (2, [2.75, 2.75, 3.5]), (3, [2.75, 2.75, 2.75])]
)
def test_orders_of_one_instant_are_entered_one_after_the_other(number, received):
    """Tests that as many orders as there are clerks are entered at a time, and shipped only then."""
    network, tables = _tables(JAM.replace("number: 1", f"number: {number}"))
    names = {point.index: point.node for point in network.points}
    arrived = {names[row[2]]: row[0] / TICKS for row in tables["deliveries"].tolist() if row[2] >= 0}
    assert [arrived[name] for name in "abc"] == received
    assert sorted(wait for wait in _waits(tables) if wait) == [time - 2 for time in received]


def test_an_order_that_is_entered_at_once_meets_the_others_of_its_instant():
    """Tests that clerks who take no time change nothing: orders are entered, shipped and written as without them."""
    _, without = _tables(JAM.replace("    clerks: {order_processing: {number: 1, time: 0.75}}\n", ""))
    _, instant = _tables(JAM.replace("time: 0.75", "time: 0"))
    assert instant["deliveries"].tolist() == without["deliveries"].tolist()
    assert instant["demand"].tolist() == without["demand"].tolist()
