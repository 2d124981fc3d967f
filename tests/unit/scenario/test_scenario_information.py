"""What a scenario says of information: written in any way, it becomes the same network."""

from pathlib import Path
from typing import Any

import pytest

import scmsim as sc
from scmsim.scenario.network import Clerks, Delay, Report
from scmsim.ticks import TICKS

TEXT = """
scmsim: 1
name: told
time: {horizon: 10}
products: {p: {}}
defaults: {lane: {order_delay: 2, lead_time: 1, share: {point_of_sale: true}}}
nodes:
  out: {kind: supplier}
  depot:
    kind: warehouse
    clerks: {order_processing: {number: 2, time: 0.5}}
    stock: {p: {policy: {kind: base_stock, level: 9}}}
  shop:
    kind: retailer
    stock: {p: {initial_pipeline: 3, policy: {kind: base_stock, level: 9}}}
    demand: {p: {kind: constant, value: 1}}
lanes:
  - out -> depot
  - {from: depot, to: shop, share: {point_of_sale: false, stock: {interval: continuous, delay: 2, noise: 1.5}}}
"""


def _shares(*overrides: str) -> list[Any]:
    return [lane.share for lane in sc.loads(TEXT, overrides=overrides).network.lanes]


def test_true_is_a_report_at_every_time_unit_without_delay() -> None:
    """Tests that `true` stands for the defaults, `false` for nothing, and a mapping for what it says."""
    first, second = _shares()
    assert first.point_of_sale == Report(delay=Delay(0), interval=TICKS, offset=0, noise=0.0)
    assert second.point_of_sale is None
    assert second.stock == Report(delay=Delay(2 * TICKS), interval=0, noise=1.5)
    assert bool(first)
    assert bool(second)


@pytest.mark.parametrize("value", ["true", "{}", "{delay: 0}"])
def test_sharing_is_switched_on_by_an_override(value: str) -> None:
    """Tests that --set reads true as a switch, in a lane and in the defaults."""
    for path in ("lanes.depot->shop.share.pipeline", "defaults.lane.share.pipeline"):
        assert _shares(f"{path}={value}")[1].pipeline == Report()


def test_sharing_is_switched_on_by_a_table_cell(tmp_path: Path) -> None:
    """Tests that a cell that says true or false is a switch, and a column may stand for one key of a report."""
    (tmp_path / "lanes.csv").write_text(
        "from,to,share.stock,share.pipeline.delay\nout,depot,false,3\ndepot,shop,true,\n", encoding="utf-8"
    )
    text = TEXT[: TEXT.index("lanes:\n")] + "tables: {lanes: lanes.csv}\n"
    (tmp_path / "told.yaml").write_text(text, encoding="utf-8")
    first, second = [lane.share for lane in sc.load(tmp_path / "told.yaml").network.lanes]
    assert first.stock is None
    assert first.pipeline == Report(delay=Delay(3 * TICKS))
    assert second.stock == Report()
    assert second.pipeline is None


def test_clerks_are_people_of_a_node() -> None:
    """Tests that clerks reach the network in ticks, and that without them there are none."""
    nodes = sc.loads(TEXT).network.nodes
    assert nodes["depot"].order_clerks == Clerks(2, Delay(TICKS // 2))
    assert nodes["depot"].billing_clerks is None
    assert nodes["shop"].order_clerks is None


def test_where_the_supplier_decides_no_order_is_in_the_mail() -> None:
    """Tests that an initial pipeline fills the lead time only, because nobody waits for an order's letter."""
    told = "lanes.depot->shop.share={stock: true, pipeline: true}"
    managed = "nodes.shop.stock.p.policy={kind: vendor_managed, minimum: 4, maximum: 9}"
    before, after = (sc.loads(TEXT, overrides=settings).network.points[0] for settings in ((told,), (told, managed)))
    assert len(before.orders_mailed) == 2
    assert len(after.orders_mailed) == 0
    assert after.shipments_due == before.shipments_due
    assert after.is_managed


def test_a_policy_that_the_supplier_decides_is_written_back() -> None:
    """Tests that a scenario with every way of sharing reads back as itself from the YAML it writes."""
    scenario = sc.loads(TEXT)
    assert sc.loads(scenario.to_yaml()).network == scenario.network
