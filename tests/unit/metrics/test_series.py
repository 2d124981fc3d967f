"""Series in time: one row per bucket and point."""

import numpy as np
import pytest

from scmsim.metrics import period_series


def test_every_bucket_and_point_has_a_row(bench):
    """Tests two buckets of 2 weeks and half a one, of a shop and a depot and the works behind it."""
    network = bench.chain(bench.calendar(start=1, end=6, bucket=2))
    series = period_series(network, bench.tables())
    assert series["time"].tolist() == [1, 1, 1, 3, 3, 3, 5, 5, 5]
    assert series["node"].tolist() == ["shop", "depot", "works"] * 3
    assert list(series) == [
        "time", "node", "product", "orders", "demand", "net_stock", "on_hand", "backorders", "in_transit",
    ]  # fmt: skip


def test_flows_are_summed_and_states_read_at_the_end(bench):
    """Tests the shop: set up with 9, two orders in the first bucket, and a state that outlasts the second."""
    network = bench.shop(bench.calendar(start=1, end=6, bucket=2), initial=9.0)
    tables = bench.tables(
        orders=[(1, 0, 1, 3), (2, 0, 2, 4), (5, 0, 3, 1)],
        demand=[(1, 0, -1, 4, 2, 2, 0), (4, 0, -1, 5, 6, 0, 0)],
        stock=[(3, 0, 4, 0, 0, 1), (3, 0, 0, 2, 0, 5)],
    )
    series = period_series(network, tables)
    assert series["orders"].tolist() == [7, 0, 1]
    assert series["demand"].tolist() == [2, 6, 0]
    assert series["on_hand"].tolist() == [9, 0, 0]
    assert series["backorders"].tolist() == [0, 2, 2]
    assert series["net_stock"].tolist() == [9, -2, -2]
    assert series["in_transit"].tolist() == [0, 5, 5]


def test_an_unlimited_supplier_has_no_states(bench):
    """Tests that what does not exist is NaN and what was never touched is 0."""
    series = period_series(bench.chain(), {}).set_index("node")["on_hand"]
    assert series["works"].isna().all()
    assert (series["shop"] == 0).all()


def test_the_series_have_the_moments_of_the_table(bench):
    """Tests that variances taken from the series are those which the accumulators give."""
    rng = np.random.default_rng(3)
    orders = [(t, 0, t, q) for t, q in enumerate(rng.integers(0, 9, 50))]
    stock = [(t, 0, q, 0, 0, 0) for t, q in enumerate(rng.integers(0, 9, 50))]
    network = bench.shop(bench.calendar(end=50))
    value = bench.reader(network, orders=orders, stock=stock)
    series = period_series(network, bench.tables(orders=orders, stock=stock))
    assert value("order_variance", node="shop") == pytest.approx(np.var(series["orders"]))
    assert value("net_stock_variance", node="shop") == pytest.approx(np.var(series["net_stock"]))
