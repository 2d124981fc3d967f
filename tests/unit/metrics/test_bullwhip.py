"""Variances of orders and demand: short series worked out by hand."""

import numpy as np
import pytest

from scmsim.metrics.moments import Moments, cells


def series(point, quantities, *, table):
    """Return one row per week of orders or of end customers' demand."""
    if table == "orders":
        return [(t, point, 100 * point + t, q) for t, q in enumerate(quantities)]
    return [(t, point, -1, t, q, q, 0) for t, q in enumerate(quantities)]


def test_order_variance_ratio(bench):
    """Tests orders 0, 4, 0, 4, ... against demand 1, 3, 1, 3, ...: variances 4 and 1, means 2."""
    value = bench.reader(
        bench.shop(),
        orders=series(0, [0, 4] * 5, table="orders"),
        demand=series(0, [1, 3] * 5, table="demand"),
    )
    assert value("order_variance", node="shop", product="beer") == pytest.approx(4)
    assert value("demand_variance", node="shop", product="beer") == pytest.approx(1)
    assert value("order_mean", node="shop") == pytest.approx(2)
    assert value("demand_mean", node="shop") == pytest.approx(2)
    assert value("order_variance_ratio", node="shop", product="beer") == pytest.approx(4)
    assert value("cumulative_order_variance_ratio", node="shop") == pytest.approx(4)
    assert value("order_cv_ratio", node="shop") == pytest.approx(2)
    assert value("var_mean_ratio", node="shop") == pytest.approx(4)


def test_variances_divide_by_n_and_empty_buckets_are_zero(bench):
    """Tests one order of 10 in ten weeks: mean 1, variance (9^2 + 9 * 1) / 10 = 9."""
    value = bench.reader(bench.shop(), orders=[(4, 0, 1, 10)])
    assert value("order_mean", node="shop") == pytest.approx(1)
    assert value("order_variance", node="shop") == pytest.approx(9)


@pytest.mark.known_answer("time.bucket")
def test_orders_are_summed_over_the_bucket(bench):
    """Tests that buckets of 5 weeks hold 1 + 2 and 6: mean 4.5, variance 2.25."""
    value = bench.reader(bench.shop(bench.calendar(bucket=5)), orders=[(0, 0, 1, 1), (4.5, 0, 2, 2), (5, 0, 3, 6)])
    assert value("order_mean", node="shop") == pytest.approx(4.5)
    assert value("order_variance", node="shop") == pytest.approx(2.25)


def test_only_whole_buckets_of_the_measured_time_count(bench):
    """Tests buckets of 3 with warm-up until 2: [3, 6) and [6, 9) count, with 1 and 3; not [0, 3), nor [9, 10)."""
    value = bench.reader(
        bench.shop(bench.calendar(bucket=3, warm=2)), orders=[(2, 0, 1, 50), (3, 0, 2, 1), (8, 0, 3, 3), (9, 0, 4, 70)]
    )
    assert value("order_mean", node="shop") == pytest.approx(2)
    assert value("order_variance", node="shop") == pytest.approx(1)


def test_a_constant_demand_has_no_ratio(bench, undefined):
    """Tests that the residue of ten times 0.1 is no variance, and a division by it undefined."""
    value = bench.reader(
        bench.shop(), orders=series(0, [0.1, 0.2] * 5, table="orders"), demand=series(0, [0.1] * 10, table="demand")
    )
    assert value("demand_variance", node="shop") == 0
    assert value("order_variance_ratio", node="shop") == undefined
    assert value("order_cv_ratio", node="shop") == undefined


def test_without_a_whole_bucket_moments_are_undefined(bench, undefined):
    """Tests that a bucket longer than the run leaves nothing to measure."""
    value = bench.reader(bench.shop(bench.calendar(bucket=20)), orders=[(1, 0, 1, 5)])
    assert value("order_mean", node="shop") == undefined
    assert value("order_variance", node="shop") == undefined
    assert value("net_stock_variance", node="shop") == undefined


def test_the_cumulative_ratio_looks_through_to_end_demand(bench):
    """Tests that the depot's orders 0, 8, ... (variance 16) are 16 times end demand's, 4 times the shop's orders'."""
    shop = series(0, [0, 4] * 5, table="orders")
    asked = series(0, [1, 3] * 5, table="demand") + [(t, 1, 0, order, q, q, 0) for t, _, order, q in shop]
    value = bench.reader(
        bench.chain(), orders=sorted(shop + series(1, [0, 8] * 5, table="orders")), demand=sorted(asked)
    )
    assert value("order_variance_ratio", node="depot") == pytest.approx(4)
    assert value("cumulative_order_variance_ratio", node="depot") == pytest.approx(16)
    assert value("cumulative_order_variance_ratio", node="depot", product="beer") == pytest.approx(16)


def test_end_demand_of_several_shops_is_summed_before_its_variance(bench):
    """Tests that demands 1, 3 and 3, 1 by turns, one weighted twice, have a sum 7, 5, ... with variance 1.

    (1 + 2*3 = 7, 3 + 2*1 = 5: mean 6, variance 1.) Orders 2, 6, ... vary by 4.
    """
    network = bench.factory()
    points = (network.points[0], network.points[1].__class__(index=1, node="shop", product="car", level=0,
              demands=(bench.customers(),), source=network.points[0].source), network.points[2])  # fmt: skip
    network = bench.network(points, end_demand=((0, 0, 1.0), (0, 1, 2.0)))
    asked = series(0, [1, 3] * 5, table="demand") + series(1, [3, 1] * 5, table="demand")
    value = bench.reader(network, demand=sorted(asked), orders=series(0, [2, 6] * 5, table="orders"))
    assert value("cumulative_order_variance_ratio", node="factory", product="car") == pytest.approx(4)


def test_a_nodes_series_leaves_out_its_own_production(bench, undefined):
    """Tests a factory's own series: wheels ordered from the mill against cars demanded.

    Cars demanded vary by 1 (1, 3), wheels ordered by 16 (4, 12), while production orders for cars (variance 9) and the
    wheels they take stay inside. The end demand that the wheels serve, 4 per car, varies by 16. A ratio of wheels to
    cars is none; those without a unit, of variation 0.5 to 0.5 and to end demand in wheels, are 1.
    """
    cars, wheels = series(0, [0, 6] * 5, table="orders"), series(1, [4, 12] * 5, table="orders")
    taken = [(t, 1, 0, order, 4 * q, 4 * q, 0) for t, _, order, q in cars]
    value = bench.reader(
        bench.factory(), orders=sorted(cars + wheels), demand=sorted(series(0, [1, 3] * 5, table="demand") + taken)
    )
    assert value("order_variance", node="factory", product="car") == pytest.approx(9)
    assert value("order_variance", node="factory") == pytest.approx(16)
    assert value("demand_variance", node="factory", product="wheel") == pytest.approx(144)
    assert value("demand_variance", node="factory") == pytest.approx(1)
    assert value("order_cv_ratio", node="factory") == pytest.approx(1)
    assert value("cumulative_order_variance_ratio", node="factory") == pytest.approx(1)
    for metric in ("order_variance_ratio", "var_mean_ratio", "net_stock_amplification"):
        assert value(metric, node="factory") == undefined
    assert value("order_variance_ratio", node="factory", product="car") == pytest.approx(9)


def test_net_stock_amplification(bench):
    """Tests net stock 5, 9 by turns (variance 4) against demand 1, 3 (variance 1)."""
    value = bench.reader(
        bench.shop(),
        stock=[(t, 0, 5 + 4 * (t % 2), 0, 0, 0) for t in range(10)],
        demand=series(0, [1, 3] * 5, table="demand"),
    )
    assert value("net_stock_amplification", node="shop", product="beer") == pytest.approx(4)
    assert value("net_stock_amplification", node="shop") == pytest.approx(4)


def test_bullwhip_is_not_rolled_up_beyond_nodes(bench):
    """Tests that no ratio of variances is given for segments, products or the chain."""
    frame = bench.measured(bench.chain())
    assert frame.loc[frame["metric"] == "order_variance_ratio", "node"].notna().all()


def test_moments_keep_their_digits():
    """Tests that a variance of 2/3 around a mean of 1e9 survives being added up in three parts."""
    moments = Moments(1)
    for value in (1e9 - 1, 1e9, 1e9 + 1):
        moments.add(1, np.array([0]), np.array([value]))
    assert moments._squares[0] == pytest.approx(2.0, rel=1e-9)


def test_sparse_and_dense_cells_agree():
    """Tests that summing by sorting (few rows, many cells) equals summing by counting."""
    bucket, group, amount = np.array([0, 3, 3]), np.array([1, 0, 0]), np.array([1.0, 2.0, 3.0])
    dense, sparse = cells(bucket, group, (4, 2), amount), cells(bucket, group, (10**6, 2), amount)
    for few, many in zip(dense, sparse, strict=True):
        assert few.tolist() == many.tolist()
