"""Two traps: a lane that is never disrupted, and an unlimited supplier that ignores its own disruption."""

import pytest

CHAIN = """
scmsim: 1
name: trap
time: {{horizon: 12}}
products: {{tea: {{}}}}
nodes:
  port: {{kind: supplier}}
  depot: {{kind: warehouse, stock: {{tea: {{initial: 99, policy: {{kind: scripted, orders: [0]}}}}}}}}
  shop:
    kind: retailer
    stock: {{tea: {{initial: 3, policy: {{kind: base_stock, level: 3}}}}}}
    demand: {{tea: {{kind: constant, value: 1}}}}
lanes: [{lane}]
disruptions:
  storm: {{of: {{{of}}}, when: {{kind: dates, times: [{{at: 4, lasts: 5}}]}}, stops: [{stops}]}}
"""
OWED = [3, 3, 3, 2, 1, 0, -1, -2, 3, 3, 3]
"""What a shop that sells 1 a day has in the evening, if nothing leaves its sender, next door, on the days 4 to 8."""


@pytest.mark.parametrize("stops", ["orders", "shipments"])
def test_an_unlimited_supplier_heeds_its_own_disruption(story, stops):
    """Tests that a supplier without any limit ships nothing while it is struck, and all that was asked for after."""
    found = story(CHAIN.format(lane="port -> depot, port -> shop", of="node: port", stops=stops))
    assert found.net_stock("shop", range(1, 12)) == OWED


@pytest.mark.parametrize("stops", ["orders", "shipments", "transit", "receipts"])
def test_a_lane_is_disrupted_by_itself(story, stops):
    """Tests that a lane stops though both of its ends are sound and stocked, in each of the four ways."""
    found = story(CHAIN.format(lane="port -> depot, depot -> shop", of="lane: depot -> shop", stops=stops))
    assert found.net_stock("shop", range(1, 12)) == OWED
    assert found.at(8, "on_order", "shop") == 5


@pytest.mark.parametrize("stops", ["orders", "shipments"])
def test_a_struck_node_strikes_the_lanes_out_of_it(story, stops):
    """Tests that nothing leaves a struck depot, though its lane is not named."""
    found = story(CHAIN.format(lane="port -> depot, depot -> shop", of="node: depot", stops=stops))
    assert found.net_stock("shop", range(1, 12)) == OWED


@pytest.mark.parametrize("stops", ["transit", "receipts"])
def test_a_struck_node_strikes_the_lanes_into_it(story, stops):
    """Tests that nothing comes into a struck shop, though its lane is not named."""
    found = story(CHAIN.format(lane="port -> depot, depot -> shop", of="node: shop", stops=stops))
    assert found.net_stock("shop", range(1, 12)) == OWED
