"""What is warned of where suppliers and ways to travel are said to no effect."""

import pytest

import scmsim as sc

SCENARIO = """
scmsim: 1
name: idle
time: {unit: day, horizon: 5}
products: {tea: {}}
nodes:
  near: {kind: supplier}
  far: {kind: supplier}
  shop:
    kind: retailer
    demand: {tea: {kind: poisson, mean: 4}}
    stock: {tea: {policy: {kind: base_stock, level: 9}, sourcing: {kind: cheapest}}}
lanes:
  - {from: near, to: shop, lead_time: 1}
  - from: far
    to: shop
    distance: 30
    modes: {sea: {lead_time: 3, distance_cost: 1}, air: {lead_time: 1, shipment_cost: 90}}
    mode_choice: {kind: urgency, normal: sea, urgent: air}
"""
SOURCING = "nodes.shop.stock.tea.sourcing="
BASE = SOURCING + "{kind: base_surge, base: far, surge: near, quantity: "
CASES = [
    ("lanes.0.messages={request: 1}", "the delay of a request where shop asks near nothing"),
    ("lanes.0.messages={quotation: 1}", "the delay of a quotation where shop asks near nothing"),
    ("lanes.0.distance=5", "a distance by which nothing is charged and nothing emitted"),
    ("lanes.1.modes.air.lead_time=3", "the urgent mode air, which is no faster than the normal one, sea"),
    (BASE + "5}", "a base of 5 per time unit, where customers ask for 4: stock grows and grows"),
]


@pytest.mark.parametrize(("change", "found"), CASES)
def test_what_has_no_effect_is_warned_of(change: str, found: str) -> None:
    """Tests that each of these is told, once, with its place in the file or the change."""
    (warning,) = sc.loads(SCENARIO, overrides=[change]).warnings
    assert warning.found == found


@pytest.mark.parametrize(
    "changes",
    [
        [],
        [SOURCING + "{kind: most_stock}", "lanes.0.messages={request: 1, quotation: 2}"],
        [BASE + "4}"],
        [BASE + "5}", "nodes.far.yield=0.8"],
    ],
)
def test_what_has_an_effect_is_not(changes: list[str]) -> None:
    """Tests that questions that are asked, distances that are charged and a base that is needed are nothing to tell."""
    assert sc.loads(SCENARIO, overrides=changes).warnings == ()
