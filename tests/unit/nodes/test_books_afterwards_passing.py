"""Costs that pass with time, worked out afterwards."""

import numpy as np

from scmsim.nodes.books_afterwards_passing import PassingCosts
from scmsim.ticks import TICKS

RATES = {3: (1, 0.5, 2.0, 0.0), 5: (1, 1.0, 0.0, 0.0), 8: (0, 0.25, 0.0, 0.0)}
HOLDING, BACKORDER, TRANSIT = range(3)


def state(time, point, on_hand, backorders=0.0):
    """Return a row of the table of stock."""
    return [time * TICKS, point, on_hand, backorders, 0.0, 0.0]


def told(costs, states, ends):
    """Return (end, kind, node, amount) of what has been worked out."""
    cost = costs.work_out(np.array(states).reshape(-1, 6), np.array(ends) * TICKS)
    return [(ends[unit], kind, node, cost[kind, node, unit]) for unit, kind, node in np.argwhere(cost.T)[:, [0, 2, 1]]]


def test_stocks_of_a_node_are_added_up():
    """Tests 4 units for 1 and 2 for 1 at 0.5, and 3 for 0.5 at 1, in two time units, of one node; nothing of others."""
    costs = PassingCosts(RATES, start=0, nodes=2)
    states = [state(0, 3, 4.0), state(0, 7, 99.0), state(0.5, 5, 3.0), state(1, 3, 2.0), state(1.5, 5, 0.0)]
    assert told(costs, states, [1.0, 2.0]) == [(1, HOLDING, 1, 2 + 1.5), (2, HOLDING, 1, 1 + 1.5)]


def test_a_state_lasts_until_it_changes():
    """Tests that backorders which no row mentions again cost the same in every time unit, until units come."""
    costs = PassingCosts(RATES, start=0, nodes=2)
    assert told(costs, [state(0, 3, 0.0, 5.0)], [1.0]) == [(1, BACKORDER, 1, 10)]
    assert told(costs, [], []) == []
    assert told(costs, [state(2.5, 3, 1.0)], [2.0, 2.25]) == [(2, BACKORDER, 1, 10), (2.25, BACKORDER, 1, 2.5)]
    assert told(costs, [], [3.0]) == [(3, HOLDING, 1, 0.25), (3, BACKORDER, 1, 2.5)]


def test_a_state_of_an_instant_replaces_the_one_before():
    """Tests two changes within a time unit, one at its very end, which belongs to the next, and a long time of none."""
    costs = PassingCosts(RATES, start=0, nodes=2)
    states = [state(0, 8, 8.0), state(0.25, 8, 4.0), state(1, 8, 2.0), state(5.5, 8, 0.0)]
    expected = [(1, 0.25 * (2 + 3)), *((end, 0.5) for end in (2, 3, 4, 5)), (6, 0.25)]
    assert told(costs, states, [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]) == [(end, HOLDING, 0, cost) for end, cost in expected]
