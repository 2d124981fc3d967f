"""The works in the ledger: machines are paid, scrap is written off, and goods in process are worth their cost."""

import pytest

import scmsim
from scmsim.engine.recorder import Keeper
from scmsim.metrics.audit.auditor import Auditor
from scmsim.metrics.tables.frames import frames
from scmsim.simulation import simulate

WORKS = """
scmsim: 1
name: works
time: {unit: hour, start: 0, horizon: 40}
money: {currency: EUR}
products: {part: {whole_units: true, value: 9}, bar: {value: 2}}
nodes:
  mine: {kind: supplier}
  works:
    kind: factory
    resources:
      lathe:
        setup_time: 2
        setup_cost: 50
        time_cost: 3
        breakdowns: {time_between: 1.5, repair_time: 1}
    make:
      part:
        components: {bar: 1}
        unit_cost: 4
        batch_cost: 10
        stages: [{name: turn, resource: lathe, time: 1, scrap: 0.2}]
    stock:
      part: {policy: {kind: scripted, orders: [5]}}
      bar: {initial: 5, policy: {kind: scripted, orders: [0]}}
lanes: [{from: mine, to: works, price: 2}]
"""


@pytest.fixture(scope="module")
def ledger():
    """The ledger of an order for five parts, of which one is scrapped; the audit has been over it."""
    network = scmsim.loads(WORKS).network
    auditor, keeper = Auditor(network), Keeper()
    simulate(network, seed=1, sinks=[auditor, keeper], on_instant=auditor.observe)
    return frames(network, keeper.tables())["ledger"]


def test_a_setup_that_is_broken_off_is_paid_once(ledger):
    """Tests by hand one setup for 50, and 2 + 5 hours at 3: 71, whatever breaks down in between."""
    paid = ledger.query("account == 'production' and node == 'works'")
    assert paid["amount"].sum() == pytest.approx(71)


def test_scrap_is_written_off_at_what_it_has_cost(ledger):
    """Tests by hand that five parts cost 5 x (2 + 4) + 10 = 40, of which a fifth is lost, and the rest is stock."""
    balances = ledger.query("node == 'works'").groupby("account")["amount"].sum()
    assert balances["write_off"] == pytest.approx(8)
    assert balances["inventory"] == pytest.approx(32)
    assert balances["work_in_process"] == pytest.approx(0)


def test_goods_in_process_are_worth_what_they_have_cost(ledger):
    """Tests by hand that the ledger holds 40 in process while the five are worked on."""
    in_process = ledger.query("account == 'work_in_process' and node == 'works'")
    assert in_process["amount"].cumsum().max() == pytest.approx(40)


def test_the_cost_of_making_counts_what_is_scrapped():
    """Tests by hand that five parts of which one is scrapped cost 5 x 4 + 10 = 30, as in the ledger."""
    kpis = scmsim.run(scmsim.loads(WORKS)).kpis
    cost = kpis[(kpis["metric"] == "make_cost") & (kpis["node"] == "works") & (kpis["product"] == "part")]
    assert cost["mean"].tolist() == [30]
