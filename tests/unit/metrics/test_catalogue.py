"""The catalogue: every number has its definition, and plug-ins join it."""

import subprocess
import sys
from dataclasses import replace
from importlib.metadata import EntryPoint

import pytest

from scmsim.metrics import CATALOGUE, Collector, Metric, catalogue, measure
from scmsim.metrics.flow_totals import ReceiptTotals
from scmsim.metrics.metric import GROUPS, define
from scmsim.metrics.rollup import Total

NAMES = """
fill_rate fill_rate_class_1 fill_rate_class_2 fill_rate_class_3 units_given_up units_cancelled units_substituted
units_transshipped cycle_service_level period_service_level ready_rate on_time_in_full_order on_time_in_full_line
on_time_in_full_unit on_time_in_full_value order_cycle_time order_cycle_time_p50 order_cycle_time_p95
order_variance_ratio cumulative_order_variance_ratio order_cv_ratio var_mean_ratio net_stock_amplification
order_variance demand_variance net_stock_variance order_mean demand_mean net_stock_mean average_on_hand
average_in_transit average_work_in_process average_backorders inventory_turns days_of_supply holding_cost
backorder_cost ordering_cost purchase_cost transport_cost make_cost in_transit_cost lost_sale_cost total_cost
disposal_cost units_expired share_wasted remaining_life_at_issue units_returned return_rate units_scrapped
cost_per_period units_demanded units_served_at_once units_lost orders_placed units_received
revenue cost_of_goods_sold gross_margin late_fees_received discounts_received holding_expense
backorder_penalty_expense ordering_expense transport_expense duty_expense production_expense wages_expense
interest_expense late_fees_paid discounts_given write_off_expense cost_variance_expense tax_expense profit closing_cash
peak_overdraft days_insolvent days_of_inventory days_receivable days_payable cash_to_cash gmroi cash_variance_ratio
orders_held time_held
forecast_bias forecast_mae forecast_rmse forecast_mase
loads load_utilisation co2 fleet_utilisation
machine_utilisation machine_setup_share machine_down_share machine_blocked_share machine_starved_share
machine_idle_share machine_closed_share machine_cost throughput production_cycle_time queue_time schedule_adherence
setups units_scrapped_in_production scrap_rate units_reworked
time_to_survive time_to_recover share_survived fill_rate_during_disruptions fill_rate_after_disruptions
units_destroyed cash_flow_during_disruptions cash_flow_after_disruptions
"""

PALLETS = Metric(
    name="pallets_received",
    title="Pallets received",
    group="logistics",
    unit="pallet",
    definition="Pallets of 40 units received in the measured time.",
    formula="units received / 40",
    needs=(ReceiptTotals,),
    compute=lambda measured: Total(measured[ReceiptTotals].units / 40),
)
A_PAIR = (PALLETS, replace(PALLETS, name="pallets_again"))
NO_METRIC = "pallets"
NO_METRICS = ("pallets", "boxes")
TAKEN = replace(PALLETS, name="fill_rate")


@pytest.fixture
def plugged(monkeypatch):
    """Return the catalogue as it is with one plug-in: an attribute of this module."""

    def plug(attribute):
        sys.modules["a_plug_in_of_metrics"] = sys.modules[__name__]
        entries = [EntryPoint("mine", f"a_plug_in_of_metrics:{attribute}", "scmsim.metrics")]
        monkeypatch.setattr("scmsim.metrics.catalogue.entry_points", lambda group: entries)
        return catalogue.catalogue.__wrapped__()

    yield plug
    sys.modules.pop("a_plug_in_of_metrics", None)


def test_the_catalogue_holds_every_metric_by_its_name():
    """Tests the names that scenarios, reports and scripts rely on."""
    assert " ".join(sorted(CATALOGUE)) == " ".join(sorted(NAMES.split()))
    assert all(name == metric.name for name, metric in CATALOGUE.items())


@pytest.mark.parametrize("metric", CATALOGUE.values(), ids=CATALOGUE.keys())
def test_every_metric_is_defined(metric):
    """Tests that a metric says what it counts, in which unit, and how it is computed."""
    assert metric.definition.endswith(".")
    assert "  " not in metric.definition
    assert metric.formula
    assert metric.title
    assert metric.unit
    assert metric.group in GROUPS
    assert metric.better in ("higher", "lower", None)


def test_every_number_of_the_table_finds_its_definition(bench):
    """Tests that no metric is in the table that is not in the catalogue."""
    assert set(bench.measured(bench.chain())["metric"]) <= set(CATALOGUE)


def test_service_comes_first_and_money_last():
    """Tests that metrics are listed by family."""
    groups = [metric.group for metric in CATALOGUE.values()]
    assert groups == sorted(groups, key=GROUPS.index)


def test_units_are_the_scenarios_own(bench):
    """Tests that quantities are in cases and times in weeks where the scenario says so."""
    frame = bench.measured(bench.chain()).drop_duplicates("metric").set_index("metric")["unit"]
    assert frame["average_on_hand"] == "case"
    assert frame["order_cycle_time"] == "week"
    assert frame["cost_per_period"] == "money per week"
    assert frame["order_variance"] == "case²"
    assert frame["fill_rate"] == "ratio"


def test_a_name_is_given_once():
    """Tests that a second metric of a name is refused."""
    with pytest.raises(ValueError, match="a metric called 'fill_rate' is already defined"):
        define(TAKEN)


def test_a_plug_in_brings_a_metric_or_several(plugged, bench):
    """Tests that a plug-in's metric is listed after ours and measured like ours."""
    assert list(plugged("PALLETS"))[-1] == "pallets_received"
    assert {"pallets_received", "pallets_again"} <= set(plugged("A_PAIR"))
    frame = bench.measured(bench.shop(), (), [PALLETS], deliveries=[(1, 0, 0, 1, 0, 1, 80, 1)])
    assert frame["value"].tolist() == [2.0] * 5
    assert set(frame["unit"]) == {"pallet"}


@pytest.mark.parametrize(
    ("attribute", "message"),
    [
        ("MISSING", "'mine' .* is left out: .*MISSING"),
        ("NO_METRIC", "'mine' .* is left out: expected a Metric or an iterable of them"),
        ("NO_METRICS", "'mine' .* is left out: expected a Metric or an iterable of them"),
        ("TAKEN", "mine: a metric called 'fill_rate' is already defined"),
    ],
)
def test_a_broken_plug_in_warns_and_leaves_ours_alone(plugged, attribute, message):
    """Tests that whatever a plug-in does wrong, the catalogue is ours and a warning says why."""
    with pytest.warns(UserWarning, match=message):
        assert plugged(attribute) == CATALOGUE


def test_a_collector_reads_only_what_its_metrics_need(bench):
    """Tests the tables asked for by one metric, and by all of them."""
    assert Collector(bench.chain(), [CATALOGUE["fill_rate"]]).reads == {"demand"}
    assert Collector(bench.chain()).reads == {"demand", "orders", "deliveries", "stock"}


def test_books_are_closed_once(bench):
    """Tests that measuring twice gives the same table twice."""
    network = bench.chain()
    collector = Collector(network)
    for chunk in bench.chunks(network, bench.tables(orders=[(1, 0, 1, 10)])):
        collector.update(chunk)
    assert measure(collector).equals(measure(collector))


def test_metrics_alone_do_not_load_pandas():
    """Tests that the catalogue and the collector leave pandas to those that give a table."""
    code = "import sys; from scmsim.metrics import CATALOGUE, Collector; sys.exit('pandas' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_what_is_not_there_is_said_so():
    """Tests that a name the package does not have is an AttributeError."""
    import scmsim.metrics

    with pytest.raises(AttributeError, match="has no attribute 'nonsense'"):
        scmsim.metrics.nonsense  # noqa: B018
