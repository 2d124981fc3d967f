"""The audit of what is lost."""

import scmsim as sc

FREE_AND_STRUCK = """
scmsim: 1
name: free-and-struck
time: {start: 1, horizon: 8}
products: {tea: {standard_cost: 3}}
nodes:
  port: {kind: supplier}
  shop:
    kind: retailer
    stock: {tea: {initial: 2, policy: {kind: base_stock, level: 4}}}
    demand: {tea: {kind: constant, value: 2}}
lanes: [{from: port, to: shop, lead_time: 1}]
disruptions:
  storm: {of: {lane: port -> shop}, when: {kind: dates, times: [{at: 4, lasts: 1}]}, destroys: {in_transit: 0.5}}
money: {}
"""


def test_what_cost_nothing_may_be_destroyed_as_the_rest_arrives() -> None:
    """Tests that goods without a price, half of them destroyed when the others arrive, are written off at nothing."""
    result = sc.run(sc.loads(FREE_AND_STRUCK), audit=True)
    assert "write_off" not in set(result.ledger["event"])
    destroyed = result.events[result.events["kind"] == "destroyed"]
    assert destroyed["quantity"].tolist() == [1.0]
    assert destroyed["time"].isin(result.deliveries.loc[result.deliveries["node"] == "port", "time"]).all()
