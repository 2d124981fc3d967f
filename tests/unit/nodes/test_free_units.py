"""What a supplier that is asked whether it can supply has for one buyer."""

import pytest

import scmsim as sc

NETWORK = """
scmsim: 1
name: asked-first
time: {{unit: day, horizon: 1}}
products: {{milk: {{whole_units: true{product}}}}}
nodes:
  works: {{kind: supplier{works}}}
  first: {{kind: warehouse{first}}}
  second: {{kind: warehouse, stock: {{milk: {{initial: 9, policy: {{kind: base_stock, level: 9}}}}}}}}
  shop:
    kind: retailer
    demand: {{milk: {{kind: constant, value: 3}}}}
    stock: {{milk: {{initial: 9, policy: {{kind: base_stock, level: 9}}, sourcing: {rule}}}}}
lanes:
  - {{from: works, to: first, lead_time: 1}}
  - {{from: works, to: second, lead_time: 1}}
  - {{from: first, to: shop, lead_time: 1{lane}}}
  - {{from: second, to: shop, lead_time: 1}}
"""
STOCK = ", stock: {{milk: {{initial: 12, {more}, policy: {{kind: base_stock, level: 12}}}}}}"
RULES = ("{kind: priority, suppliers: [first, second]}", "{kind: most_stock}")


def chosen(rule: str, **parts: str) -> str:
    """Return who gets the first order of the shop."""
    orders = sc.run(sc.loads(NETWORK.format(**dict.fromkeys(("product", "works"), "") | parts, rule=rule))).orders
    return str(orders[orders["node"] == "shop"]["supplier"].iloc[0])


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize(("keep", "supplier"), [(2, "first"), (10, "second")])
def test_units_kept_for_others_are_not_free(rule: str, keep: int, supplier: str) -> None:
    """Tests that of 12 units a depot that keeps 10 for its first class has 2 for a shop of the second."""
    stock = STOCK.format(more=f"allocation: {{kind: reserve, keep: [{keep}]}}")
    assert chosen(rule, first=stock, lane=", priority: 2") == supplier


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize(("least", "supplier"), [(1, "first"), (4, "second")])
def test_units_that_do_not_last_long_enough_are_not_free(rule: str, least: int, supplier: str) -> None:
    """Tests that 12 units which keep for 2 days are nothing to a shop that wants 4 days."""
    stock = STOCK.format(more="initial_age: 6")
    assert chosen(rule, product=", shelf_life: 8", first=stock, lane=f", minimum_life: {least}") == supplier


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize(("works", "supplier"), [("", "first"), (", capacity: 2", "second")])
def test_a_cross_dock_has_what_its_suppliers_have(rule: str, works: str, supplier: str) -> None:
    """Tests that a cross-dock, which keeps nothing, is chosen as long as what it passes on can be had."""
    assert chosen(rule, first=", cross_dock: {}", lane="", works=works) == supplier
