"""What a stock that plans ahead knows of its own open orders."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import scmsim
from scmsim.policies.view import View
from scmsim.simulation import Simulation

SCENARIOS = Path(__file__).parents[3] / "scenarios" / "policies"
CHAIN = """
scmsim: 1
name: planned
time: {{horizon: 40}}
products: {{part: {{}}, kit: {{}}}}
defaults:
  stock:
    initial: 20
    policy: {{kind: drp, forecast: {{kind: naive}}, safety_stock: 10, lot_sizing: fixed_period, periods: 2}}
nodes:
  mill: {{kind: supplier, lead_time: {{dist: uniform, low: 0.5, high: 3}}}}
  plant:
    kind: factory
    make: {{kit: {{lead_time: 1, components: {{part: 2}}}}}}
    stock: {{part: {{initial_pipeline: {{shipments: [{{at: 2, quantity: 9}}], orders: [{{at: 1.5, quantity: 7}}]}}}}}}
  shop: {{kind: retailer, demand: {{kit: {{kind: poisson, mean: 6{unmet}}}}}}}
lanes:
  - {{from: mill, to: plant, lead_time: 1, order_delay: 1}}
  - {{from: plant, to: shop, lead_time: {{dist: uniform, low: 0, high: 3}}}}
"""

SEVERAL = """
scmsim: 1
name: several
time: {horizon: 60}
products: {part: {}}
nodes:
  near: {kind: supplier, lead_time: 1, yield: 0.8}
  far: {kind: supplier, lead_time: 4, capacity: 8}
  shop:
    kind: retailer
    stock:
      part:
        initial: 20
        sourcing: {kind: split, shares: {near: 0.5, far: 0.5}}
        policy: {kind: drp, forecast: {kind: naive}, safety_stock: 10}
    demand: {part: {kind: poisson, mean: 6}}
lanes:
  - {from: near, to: shop, lead_time: 1}
  - {from: far, to: shop, lead_time: 1}
"""


def watched(text: str, look: Callable[[int, View], None], seed: int = 1) -> None:
    """Run a scenario and look at what the decision maker of every stock knows."""
    simulation = Simulation(scmsim.loads(text).network, seed=seed)

    def watch(index: int, stock: Any) -> None:
        def wrap(decide: Callable[[Any, View], tuple[float, Any]]) -> Callable[[Any, View], tuple[float, Any]]:
            def knowing(state: Any, view: View) -> tuple[float, Any]:
                look(index, view)
                return decide(state, view)

            return knowing

        stock.decides_through(wrap)

    for index, stock in simulation.stocks.items():
        watch(index, stock)
    simulation.run()


@pytest.mark.parametrize("unmet", ["", ", unmet: lost"])
def test_every_unit_on_order_has_a_date(unmet: str) -> None:
    """Tests that dated receipts add up to what is on order: lanes, production, random times, shortages, a mail."""
    seen = set()

    def look(index: int, view: View) -> None:
        assert sum(quantity for _, quantity in view.told.receipts) == pytest.approx(view.on_order, abs=1e-6)
        assert all(quantity > 0 for _, quantity in view.told.receipts)
        seen.add((index, bool(view.told.receipts), any(due < 0 for due, _ in view.told.receipts)))

    for seed in (1, 2):
        watched(CHAIN.format(unmet=unmet), look, seed)
    assert len({index for index, some, _ in seen if some}) == 3
    assert any(late for _, _, late in seen)


def test_every_seller_has_its_own_date_and_what_is_lost_is_crossed_off() -> None:
    """Tests dates of 2 and 5 periods for two suppliers, one of which loses units and one of which is late."""
    ahead: set[float] = set()
    newest: set[tuple[float, ...]] = set()

    def look(_index: int, view: View) -> None:
        assert sum(quantity for _, quantity in view.told.receipts) == pytest.approx(view.on_order, abs=1e-6)
        ahead.update(due for due, _ in view.told.receipts)
        newest.add(tuple(due for due, _ in view.told.receipts[-2:]))

    watched(SEVERAL, look)
    assert (4, 1) in newest
    assert (4, 4) not in newest
    assert min(ahead) < 0


def test_orders_from_before_the_start_have_their_dates() -> None:
    """Tests by hand: 9 on the road for 1 more day, and 7 in the mail for 0.5, which then take 1.75 and 1."""
    first: dict[int, tuple[tuple[float, float], ...]] = {}
    watched(CHAIN.format(unmet=""), lambda index, view: first.setdefault(index, view.told.receipts) and None)
    assert ((1.0, 9.0), (3.25, 7.0)) in first.values()


def test_the_record_comes_out_in_the_run() -> None:
    """Tests the field warehouse week by week: 25 65 45 25 65 45 25 on hand, and a release of 60 in week 3."""
    result = scmsim.run(scmsim.load(SCENARIOS / "drp.yaml"))
    stock = result.stock.query("node == 'field_warehouse'").groupby("time").last()
    assert stock["on_hand"].tolist() == [25, 65, 45, 25, 65, 45, 25]
    orders = result.orders.query("node == 'field_warehouse'")
    assert orders[["time", "quantity"]].to_numpy().tolist()[0] == [3, 60]


def test_policies_that_do_not_plan_keep_no_book() -> None:
    """Tests that nobody reads orders and deliveries where no policy needs the dates."""
    simulation = Simulation(scmsim.load(SCENARIOS.parent / "beer_game.yaml").network, seed=1)
    assert not simulation.recorder.reads("orders")
    assert not simulation.recorder.reads("deliveries")
