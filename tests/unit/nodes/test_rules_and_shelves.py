"""Stocks that keep lots by their expiry and serve by rules: patience, substitutes and kits that spoil."""

import pandas as pd

import scmsim as sc
from scmsim.metrics.audit.auditor import Auditor
from scmsim.simulation import simulate

SHOP = """
scmsim: 1
name: rules-and-shelves
time: {unit: day, horizon: 5}
products: {milk: {whole_units: true, shelf_life: 8}, tea: {whole_units: true}, cheese: {}}
nodes:
  works: {kind: supplier}
  slow: {kind: supplier}
  shop: {kind: factory}
lanes: [{from: works, to: shop, lead_time: 2, products: [milk]}]
"""
CHOOSY = [
    "nodes.shop.demand.milk=[{kind: constant, value: 3, minimum_life: 4, unmet: patience, patience: 1}, "
    "{kind: constant, value: 1}]",
    "nodes.shop.stock.milk={initial: 12, initial_age: 5, policy: {kind: base_stock, level: 12}}",
]
SUBSTITUTED = [
    "nodes.shop.demand={tea: {kind: constant, value: 3, substitutes: [milk]}, milk: {kind: constant, value: 1}}",
    "nodes.shop.stock={milk: {initial: 12, initial_age: 5, policy: {kind: base_stock, level: 0}}, "
    "tea: {initial: 0, policy: {kind: base_stock, level: 0}}}",
    "lanes=[{from: works, to: shop, lead_time: 9}]",
]
KITS = [
    "nodes.shop.make={cheese: {components: {milk: 1, tea: 1}}}",
    "nodes.shop.demand={milk: {kind: constant, value: 1, unmet: patience, patience: 1}, "
    "cheese: {kind: constant, value: 2}}",
    "nodes.shop.stock={milk: {initial: 9, initial_age: 5, policy: {kind: base_stock, level: 9}}, "
    "tea: {initial: 0, policy: {kind: base_stock, level: 0}}, cheese: {policy: {kind: base_stock, level: 0}}}",
    "lanes=[{from: works, to: shop, lead_time: 2, products: [milk]}, "
    "{from: slow, to: shop, lead_time: 9, products: [tea]}]",
]


def events(changes: list[str]) -> pd.DataFrame:
    """Run the shop, count everything a second time, and return what happened."""
    scenario = sc.loads(SHOP, overrides=changes)
    auditor = Auditor(scenario.network)
    simulate(scenario.network, seed=1, sinks=[auditor], on_instant=auditor.observe)
    return sc.run(scenario).events


def test_choosy_customers_may_be_patient() -> None:
    """Tests that who wants milk for 4 days leaves milk for 3 days to others, and goes when no fresh milk has come.

    The order of the first day, for 4, brings 3 to those of the second day and 1 to those of the third.
    """
    found = events(CHOOSY)
    fresh = found[(found["kind"] == "issued") & (found["value"] >= 4)]
    assert fresh[["time", "quantity", "value"]].head(2).values.tolist() == [[3.0, 3.0, 8.0], [3.0, 1.0, 8.0]]
    gave_up = found[found["kind"] == "gave_up"][["time", "quantity"]].values.tolist()
    assert gave_up == [[2.0, 3.0], [4.0, 1.0]]


def test_a_substitute_is_taken_off_the_shelf() -> None:
    """Tests that of 12 units that keep for 3 days, of which 4 a day go, 3 of them for tea, none is left to expire."""
    found = events(SUBSTITUTED)
    assert found[found["kind"] == "substituted"]["quantity"].tolist() == [3.0, 3.0, 3.0]
    issued = found[found["kind"] == "issued"].groupby("time")["quantity"].sum()
    assert issued.to_dict() == {1.0: 4.0, 2.0: 4.0, 3.0: 4.0}
    assert "expired" not in set(found["kind"])


def test_what_is_set_aside_for_a_kit_expires_at_a_stock_with_rules() -> None:
    """Tests that 6 units which wait for tea expire with the rest, 9 less the 3 that were sold."""
    found = events(KITS)
    expired = found[(found["kind"] == "expired") & (found["time"] == 4)]
    assert expired["quantity"].sum() == 6
