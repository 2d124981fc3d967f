"""The audit finds the first figure that does not follow from the records, and no other."""

import pickle
from typing import Any

import numpy as np
import pytest

import scmsim as sc
from scmsim.engine.recorder import Chunk
from scmsim.errors import AuditError
from scmsim.flows.material import StockState
from scmsim.metrics.audit.auditor import Auditor
from scmsim.nodes.stockpoint import StockPoint
from scmsim.scenario.scenario import Scenario
from scmsim.simulation import simulate

SHOP = """
scmsim: 1
name: shop
time: {horizon: 12}
products: {p: {}}
nodes:
  out: {kind: supplier, lead_time: 1}
  depot: {kind: warehouse, stock: {p: {initial: 6, policy: {kind: base_stock, level: 14}, initial_pipeline: 2}}}
  shop: {kind: retailer, stock: {p: {initial: -3, policy: {kind: base_stock, level: 10}}},
         demand: {p: {kind: normal, mean: 4, sd: 2}}}
lanes:
- {from: out, to: depot, lead_time: 2}
- {from: depot, to: shop, order_delay: 1, lead_time: 1}
"""

RETURNS = """
scmsim: 1
name: returns
time: {horizon: 8}
products: {p: {}}
nodes:
  out: {kind: supplier}
  depot: {kind: warehouse, stock: {p: {initial: 5, policy: {kind: base_stock, level: 5}}}}
  shop: {kind: retailer,
         stock: {p: {initial: 2, policy: {kind: scripted, orders: [3, -9, 2, -4, 8], allow_negative: true}}},
         demand: {p: {kind: constant, value: 2}}}
lanes: [out -> depot, depot -> shop]
"""


def audited(scenario: Scenario, seed: int = 1) -> None:
    """Run a scenario under the audit."""
    simulate(scenario.network, seed=seed, sinks=[Auditor(scenario.network)])


@pytest.fixture
def shop() -> Scenario:
    """A supplier that takes a period, a depot with a pipeline, and a shop that begins with a debt."""
    return sc.loads(SHOP)


def test_a_sound_run_passes(shop: Scenario) -> None:
    """Tests that initial debts, pipelines and the supplier's own time are no disagreement."""
    audited(shop)


def test_units_given_back_are_no_disagreement() -> None:
    """Tests negative orders, which take units away from a buyer who may not have them."""
    audited(sc.loads(RETURNS))


@pytest.mark.parametrize("name", ["beer_game", "beer_game_lost_sales", "assembly", "min_max", "fmcg"])
def test_shipped_scenarios_pass(scenarios: Any, name: str) -> None:
    """Tests lost sales, kits, continuous review and products by the dozen."""
    audited(sc.load(scenarios / f"{name}.yaml").set("time.horizon=60"))


def test_units_received_twice_are_found(shop: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that the first receipt is named, with its order, what the records give and what the books say."""
    once = StockState.receive

    def twice(stock: StockState, quantity: float) -> None:
        once(stock, quantity)
        stock.on_hand += quantity

    monkeypatch.setattr(StockPoint, "receive", twice)
    with pytest.raises(AuditError) as caught:
        audited(shop)
    first = caught.value.first
    assert (first.time, first.unit, first.node, first.account) == (1.0, "period", "depot", "on_hand of p")
    assert (first.expected, first.found) == (8.0, 10.0)
    assert len(first.orders) == 1
    said = (
        "The audit failed at period 1: depot: on_hand of p: expected 8 from the records, found 10 in the books (order "
    )
    assert str(caught.value).startswith(said)


def test_a_change_without_a_state_is_found(bench: Any) -> None:
    """Tests that an order whose stock writes no new state at that instant is named."""
    network = bench.chain()
    tables = bench.tables(orders=[(2, 0, 7, 5.0)], stock=[(0, 0, 0, 0, 0, 0), (3, 0, 0, 0, 5.0, 0)])
    said = r"week 2: shop: on_order of beer: expected 5 from the records, found 0 in the books \(order 7\)"
    with pytest.raises(AuditError, match=said):
        Auditor(network).update(bench.chunks(network, tables)[0])


def test_the_first_of_several_is_named(bench: Any) -> None:
    """Tests that of two stocks that are wrong the one that is wrong first is named, and its orders are counted up."""
    network = bench.chain()
    tables = bench.tables(
        orders=[(1, 1, number, 1.0) for number in range(1, 8)],
        stock=[(1, 1, 0, 0, 3.0, 0), (2, 0, 1.0, 0, 0, 0), (2, 1, 0, 0, 7.0, 0)],
    )
    said = r"week 1: depot: on_order of beer: expected 7 .*, found 3 in the books \(orders 1, 2, 3, 4, 5, \.\.\.\)"
    with pytest.raises(AuditError, match=said):
        Auditor(network).update(bench.chunks(network, tables)[0])


@pytest.mark.parametrize("column", ["on_hand", "backorders", "on_order", "in_transit"])
def test_every_figure_is_compared(bench: Any, column: str) -> None:
    """Tests that a state that is wrong in one column only is found, at its time and with that figure's name."""
    network = bench.chain()
    state = {"on_hand": 0.0, "backorders": 0.0, "on_order": 0.0, "in_transit": 0.0}
    rows = [(0, 0, *state.values()), (2, 0, *(state | {column: 3.0}).values())]
    with pytest.raises(AuditError, match=f"week 2: shop: {column} of beer: expected 0 from the records, found 3 in"):
        Auditor(network).update(*bench.chunks(network, bench.tables(stock=rows)))


def test_blocks_are_followed_from_one_to_the_next(bench: Any) -> None:
    """Tests that what a stock holds at the end of a block is where the next begins."""
    network = bench.chain()
    tables = bench.tables(
        orders=[(0, 0, 1, 4.0), (1, 0, 2, 5.0)],
        stock=[(0, 0, 0, 0, 4.0, 0), (1, 0, 0, 0, 9.0, 0), (3, 0, 0, 0, 9.0, 0)],
    )
    auditor = Auditor(network)
    for chunk in bench.chunks(network, tables, cuts=[1_000_000, 2_000_000]):
        auditor.update(chunk)
    state = tables["stock"][-1:] + np.array([1_000_000, 0, 0, 0, 1, 0])
    empty = {name: rows[:0] for name, rows in tables.items()}
    with pytest.raises(AuditError, match="on_order of beer: expected 9 from the records, found 10"):
        auditor.update(Chunk(4_000_000, 5_000_000, {**empty, "stock": state}))


def test_not_a_number_is_no_agreement(bench: Any) -> None:
    """Tests that a state that is not a number is found."""
    network = bench.chain()
    with pytest.raises(AuditError, match="found nan"):
        Auditor(network).update(*bench.chunks(network, bench.tables(stock=[(0, 0, float("nan"), 0, 0, 0)])))


def test_the_error_is_rebuilt_from_its_arguments(shop: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that the error survives being raised again from its arguments, and being sent to another process."""
    monkeypatch.setattr(StockPoint, "order", lambda stock, quantity: None)
    with pytest.raises(AuditError) as caught:
        audited(shop)
    error = caught.value
    assert error.exit_code == 4
    assert str(type(error)(*error.args)) == str(pickle.loads(pickle.dumps(error))) == str(error)


def test_run_audits_when_asked(shop: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that run(audit=True) and SCMSIM_AUDIT=1 find what is wrong, and audit=False looks away."""
    monkeypatch.setattr(StockPoint, "order", lambda stock, quantity: None)
    for setting, wanted in (("0", True), ("1", None)):
        monkeypatch.setenv("SCMSIM_AUDIT", setting)
        with pytest.raises(AuditError):
            sc.run(shop, audit=wanted)
    assert sc.run(shop, audit=False).replications == 1
