"""How good forecasts were: by hand, whatever the chunks, and as a run writes them down."""

from functools import cache

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import scmsim as sc
from scmsim.engine.recorder import Chunk, Keeper
from scmsim.metrics import CATALOGUE, Collector, measure
from scmsim.nodes.forecaster import Forecaster
from scmsim.policies.forecasting import Naive
from scmsim.policies.order_up_to import OrderUpTo
from scmsim.scenario.network import Review
from scmsim.simulation import Simulation, simulate
from scmsim.ticks import TICKS

NAMES = ("forecast_bias", "forecast_mae", "forecast_rmse", "forecast_mase")
REVIEWS = [(0, 0, 9, 1), (1, 0, 9, 9), (2, 0, 5, 4), (3, 0, 6, 8), (4, 0, 8, 5), (5, 0, 1, 8)]
"""Instant, point, what was expected until the next review, what had come since the last."""


@pytest.fixture
def shop(bench):
    """A shop that forecasts, measured from week 2 on."""
    policy = OrderUpTo(forecast=Naive(), cover=2)
    return bench.shop(bench.calendar(end=10, warm=2), policy=policy, review=Review(interval=TICKS))


def scenario(**stock):
    """Return two stages, of which the shop reviews every two days and expects what came last."""
    policy = {"kind": "order_up_to", "forecast": {"kind": "naive"}, "cover": 3}
    return {
        "scmsim": 1,
        "name": "two stages",
        "time": {"horizon": 40, "warm_up": 4},
        "products": {"tea": {}},
        "nodes": {
            "works": {"kind": "supplier"},
            "depot": {"kind": "warehouse", "stock": {"tea": {"policy": {"kind": "base_stock", "level": 90}}}},
            "shop": {
                "kind": "retailer",
                "demand": {"tea": {"kind": "poisson", "mean": 5}},
                "stock": {"tea": {"review": {"interval": 2}, "policy": policy, **stock}},
            },
        },
        "lanes": ["works -> depot -> shop"],
    }


@cache
def run(record):
    return sc.run(sc.from_dict(scenario()), seed=1, record=record)


def test_accuracy_by_hand(bench, shop):
    """Tests bias, mean absolute, root mean square and scaled errors of the reviews in weeks 2 to 5.

    5, 6, 8 were expected and 8, 5, 8 came: errors -3, 1, 0. As much as last time (4, 8, 5) is off by 4, 3, 3.
    """
    value = bench.reader(shop, forecasts=REVIEWS)
    found = [value(name, node="shop", product="beer") for name in NAMES]
    assert found == pytest.approx([-2 / 3, 4 / 3, np.sqrt(10 / 3), 4 / 10])


def test_what_cannot_be_told_is_undefined(bench, shop, undefined):
    """Tests that one review gives no error, and that demand that never changes gives no scale."""
    value = bench.reader(shop, forecasts=REVIEWS[:3])
    assert [value(name, node="shop", product="beer") for name in NAMES] == [undefined] * 4
    value = bench.reader(shop, forecasts=[(week, 0, 5, 0.1 + 0.2) for week in range(5)])
    assert value("forecast_mae", node="shop", product="beer") == pytest.approx(4.7)
    assert value("forecast_mase", node="shop", product="beer") == undefined


def test_nobody_is_judged_who_does_not_forecast(bench, shop):
    """Tests that stocks alone have these figures, and a network without forecasts none, nor is anything recorded."""
    frame = bench.measured(shop, forecasts=REVIEWS)
    frame = frame[frame["metric"].isin(NAMES)]
    assert frame["node"].tolist() == ["shop"] * 4
    assert frame["product"].tolist() == ["beer"] * 4
    assert frame["unit"].tolist() == ["case per week"] * 3 + ["ratio"]
    assert not set(bench.measured(bench.chain())["metric"]) & set(NAMES)
    assert "forecasts" not in Collector(bench.chain()).reads
    assert Collector(shop, [CATALOGUE["forecast_mase"]]).reads == {"forecasts"}


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cuts=st.sets(st.integers(1, 9)), rows=st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=10))
def test_any_chunks_give_the_accuracy_of_the_whole_run(bench, shop, cuts, rows):
    """Tests that all four agree to 1e-9 with the run fed as one chunk."""
    reviews = [(week, 0, *row) for week, row in enumerate(rows)]
    metrics = [CATALOGUE[name] for name in NAMES]
    whole = bench.measured(shop, (), metrics, forecasts=reviews)
    parts = bench.measured(shop, [cut * TICKS for cut in sorted(cuts)], metrics, forecasts=reviews)
    np.testing.assert_allclose(parts["value"], whole["value"], rtol=1e-9, atol=1e-12)


def test_a_run_writes_down_what_was_expected_and_what_came():
    """Tests that a naive forecast, of two days' mean demand, is at every review what came in these two days."""
    result = run("full")
    found = result.forecasts
    assert set(found["node"]) == {"shop"}
    assert found["quantity"].tolist() == found["demand"].tolist()
    assert found["time"].diff().dropna().eq(2).all()
    asked = result.demand[(result.demand["node"] == "shop")].groupby("time")["quantity"].sum()
    pairs = [(asked.get(time - 1, 0) + asked.get(time, 0)) / 2 for time in found["time"].iloc[1:]]
    assert found["demand"].iloc[1:].tolist() == pairs


@pytest.mark.known_answer("forecast:naive")
def test_expecting_what_came_last_has_a_scaled_error_of_1():
    """Tests that a naive forecast is exactly as good as a naive forecast."""
    kpis = run("full").kpis
    assert kpis[kpis["metric"] == "forecast_mase"]["mean"].tolist() == [1.0]


def test_a_summary_and_the_whole_tables_give_the_same():
    """Tests that figures from what streams by, and from whole tables fed at once, agree to 1e-9."""
    assert run("summary").kpis.equals(run("full").kpis)
    network = sc.from_dict(scenario()).network
    collector, keeper = Collector(network), Keeper()
    simulate(network, seed=1, sinks=[keeper])
    collector.update(Chunk(network.calendar.start, network.calendar.end, keeper.tables()))
    again, kpis = measure(collector), run("full").kpis
    for name in NAMES:
        assert again[again["metric"] == name]["value"].tolist() == pytest.approx(
            kpis[kpis["metric"] == name]["mean"].tolist(), rel=1e-9
        )


def test_nothing_is_written_that_nobody_reads():
    """Tests that the stock decides through its policy alone where no sink reads forecasts."""
    network = sc.from_dict(scenario()).network

    def deciders(*tables):
        simulation = Simulation(network, seed=1, sinks=[Keeper(tables)])
        return {type(getattr(stock._decide, "__self__", None)).__name__ for stock in simulation.stocks.values()}

    assert "Forecaster" not in deciders("orders")
    assert "Forecaster" in deciders("orders", "forecasts")


def test_only_a_stock_that_forecasts_can_be_written_down(bench):
    """Tests that a stock without a forecast is named and refused."""
    with pytest.raises(ValueError, match="expected a stock that forecasts at periodic reviews, found beer at shop"):
        Forecaster(lambda state, view: (0.0, state), bench.shop().points[0], None)
