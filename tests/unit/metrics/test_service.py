"""Service levels: hand-counted orders, buckets and cycles."""

import pytest

from scmsim.ticks import TICKS

ASKED = [
    # time, point, buyer, order, quantity, served, lost
    (0, 0, -1, 1, 10, 10, 0),
    (1, 0, -1, 2, 10, 4, 0),
    (1, 0, -1, 3, 20, 0, 20),
    (4, 0, -1, 4, 10, 10, 0),
]


def test_fill_rate_counts_units_not_periods(bench):
    """Tests that 24 of 50 units were served at once, though 2 of 3 periods were met."""
    value = bench.reader(bench.shop(), demand=ASKED)
    assert value("fill_rate", node="shop", product="beer") == pytest.approx(24 / 50)
    assert value("period_service_level", node="shop", product="beer") == pytest.approx(2 / 3)
    assert value("units_demanded") == 50
    assert value("units_served_at_once") == 24
    assert value("units_lost") == 20


def test_demand_before_the_warm_up_ends_does_not_count(bench):
    """Tests that from 1 on 14 of 40 units and 1 of 2 periods remain."""
    value = bench.reader(bench.shop(bench.calendar(warm=1)), demand=ASKED)
    assert value("fill_rate") == pytest.approx(14 / 40)
    assert value("period_service_level") == pytest.approx(1 / 2)


def test_periods_wait_for_a_whole_one_after_the_warm_up(bench):
    """Tests that warm-up until 0.5 leaves out the period [0, 1) though [0.5, 1) is measured."""
    value = bench.reader(bench.shop(bench.calendar(warm=0.5)), demand=[(0.75, 0, -1, 1, 1, 0, 0), *ASKED[3:]])
    assert value("period_service_level") == 1
    assert value("fill_rate") == pytest.approx(10 / 11)


@pytest.mark.parametrize("bucket", [0.25, 1, 1.5, 2, 7])
def test_a_period_is_one_time_unit_whatever_the_bucket(bench, bucket):
    """Tests that the periods [0, 1) and [4, 5) are met and [1, 2) is not, in buckets of any length."""
    value = bench.reader(bench.shop(bench.calendar(bucket=bucket)), demand=ASKED)
    assert value("period_service_level") == pytest.approx(2 / 3)


@pytest.mark.parametrize("cuts", [(), (0.5,), (0.25, 0.5, 0.75), (1.5, 2)])
def test_a_period_parted_by_a_chunks_end_counts_once(bench, cuts):
    """Tests that [0, 1), asked at 0, 0.5 and 0.75 and missed at the last two, and [1, 2), met twice, give 1 of 2."""
    asked = [(0, 0, -1, 1, 1, 1, 0), (0.5, 0, -1, 2, 1, 0, 0), (0.75, 0, -1, 3, 1, 0, 0)]
    asked += [(1.25, 0, -1, 4, 1, 1, 0), (1.5, 0, -1, 5, 1, 1, 0)]
    network = bench.shop(bench.calendar(bucket=0.25))
    frame = bench.measured(network, cuts=[round(cut * TICKS) for cut in cuts], demand=asked)
    assert frame[frame["metric"] == "period_service_level"]["value"].tolist() == [0.5] * 5


def test_without_demand_service_is_undefined(bench, undefined):
    """Tests that a return of 5 units and a demand of 0 are no demand, and that 0 / 0 is null."""
    value = bench.reader(bench.shop(), demand=[(2, 0, -1, 1, -5, 0, 0), (3, 0, -1, 2, 0, 0, 0)])
    assert value("fill_rate") == undefined
    assert value("period_service_level") == undefined
    assert value("cycle_service_level") == undefined
    assert value("units_demanded") == 0


def test_roll_ups_count_the_demand_from_outside(bench):
    """Tests whose demand counts where, at a factory that serves 5 of 10 cars and gives 40 wheels to its own production.

    The wheels' own figure is 40 / 40; the node's leaves them out: 5 / 10. The chain counts end customers alone, not the
    40 wheels the mill was asked for; so does each product.
    """
    asked = [
        (0, 0, -1, 1, 10, 5, 0),
        (0, 1, 0, 2, 40, 40, 0),
        (0, 2, 1, 3, 40, 40, 0),
    ]
    value = bench.reader(bench.factory(), demand=asked)
    assert value("fill_rate", node="factory", product="wheel") == 1
    assert value("fill_rate", node="factory", product="car") == 0.5
    assert value("fill_rate", node="factory") == 0.5
    assert value("fill_rate", segment="internal") == 0.5
    assert value("fill_rate", segment="upstream") == 1
    assert value("fill_rate") == 0.5
    assert value("fill_rate", product="car") == 0.5
    assert value("units_demanded", node="factory") == 10
    assert value("units_demanded", product="wheel") == 0
    assert value("units_demanded") == 10
    assert value("period_service_level", node="factory") == 0
    assert value("period_service_level", node="factory", product="wheel") == 1


def receipts(*times, point=0):
    """Return receipts of one unit at these instants."""
    return [(t, point, point, k, 0, t, 1, 1) for k, t in enumerate(times)]


def test_cycles_run_from_receipt_to_receipt(bench):
    """Tests three complete cycles [1, 3), [3, 5), [5, 9), of which the stock-outs at 4 and 8 spoil two.

    The stock-outs at 0 and 9 lie before the first and after the last receipt; two receipts at 5 end one cycle.
    """
    asked = [(t, 0, -1, k, 2, 1, 0) for k, t in enumerate((0, 4, 8, 9))]
    value = bench.reader(bench.shop(), deliveries=receipts(1, 3, 5, 5, 9), demand=asked)
    assert value("cycle_service_level", node="shop", product="beer") == pytest.approx(1 / 3)


def test_demand_at_the_instant_of_a_receipt_comes_after_it(bench):
    """Tests that a stock-out at 3 belongs to [3, 5), not to [1, 3): one of two cycles is good either way, so 1 of 1."""
    asked = [(3, 0, -1, 1, 2, 1, 0)]
    assert bench.reader(bench.shop(), deliveries=receipts(1, 3), demand=asked)("cycle_service_level") == 1
    assert bench.reader(bench.shop(), deliveries=receipts(3, 5), demand=asked)("cycle_service_level") == 0


def test_a_cycle_begun_in_the_warm_up_does_not_count(bench, undefined):
    """Tests that warm-up until 2 leaves [3, 5) alone of the cycles [1, 3) and [3, 5)."""
    network = bench.shop(bench.calendar(warm=2))
    asked = [(2, 0, -1, 1, 2, 1, 0)]
    assert bench.reader(network, deliveries=receipts(1, 3, 5), demand=asked)("cycle_service_level") == 1
    assert bench.reader(network, deliveries=receipts(1, 3), demand=asked)("cycle_service_level") == undefined


def test_a_stock_out_of_one_point_spoils_no_other_points_cycle(bench):
    """Tests that the depot's stock-outs leave the shop's cycle good, and that the chain looks at the shop alone."""
    asked = [(2, 1, 0, 1, 5, 0, 0), (4, 1, 0, 2, 5, 0, 0)]
    came = sorted(
        [(1, 1, 0, 7, 0, 1, 1, 1), (3, 1, 0, 8, 0, 3, 1, 1), (3, 2, 1, 9, 0, 3, 1, 1), (5, 2, 1, 9, 0, 5, 1, 1)]
    )
    value = bench.reader(bench.chain(), deliveries=came, demand=asked)
    assert value("cycle_service_level", node="shop", product="beer") == 1
    assert value("cycle_service_level", node="depot", product="beer") == 0
    assert value("cycle_service_level") == 1


def test_components_taken_are_not_receipts(bench):
    """Tests that a delivery of wheels to the car's production neither ends a cycle of cars nor counts as received."""
    came = [(1, 1, 0, 1, 0, 1, 8, 1), (2, 0, 0, 1, 0, 2, 2, 1)]
    value = bench.reader(bench.factory(), deliveries=came)
    assert value("units_received", node="factory", product="car") == 2
    assert value("units_received", node="factory", product="wheel") == 0
    assert value("order_cycle_time", node="factory", product="car") == 2


def test_a_component_has_cycles_of_its_own(bench, undefined):
    """Tests wheels: short in one of the cycles [1, 3) and [3, 5), and never asked for by the node's customers."""
    came = [(t, 2, 1, t, 0, t, 8, 1) for t in (1, 3, 5)]
    value = bench.reader(bench.factory(), deliveries=came, demand=[(2, 1, 0, 9, 8, 4, 0)])
    assert value("cycle_service_level", node="factory", product="wheel") == pytest.approx(1 / 2)
    assert value("cycle_service_level", node="factory") == undefined


def test_order_cycle_time_runs_to_the_last_unit(bench):
    """Tests that orders placed at 0, 1 and 2 that complete at 4, 3 and 9 take 4, 2 and 7 weeks: mean 13/3, median 4."""
    came = [
        # time, seller, buyer, order, placed, promised, quantity, complete
        (2, 1, 0, 1, 0, 3, 5, 0),
        (3, 1, 0, 2, 1, 4, 5, 1),
        (4, 1, 0, 1, 0, 3, 5, 1),
        (9, 1, 0, 3, 2, 5, 5, 1),
    ]
    value = bench.reader(bench.chain(), deliveries=came)
    assert value("order_cycle_time", node="shop", product="beer") == pytest.approx(13 / 3)
    assert value("order_cycle_time_p50", node="shop", product="beer") == 4
    assert value("order_cycle_time_p95", node="shop", product="beer") == 7


def test_order_cycle_time_leaves_out_customers_and_earlier_orders(bench, undefined):
    """Tests that a customer's delivery and an order placed before the run do not count."""
    came = [(3, 0, -1, 1, 1, 1, 5, 1), (4, 1, 0, 2, -1e-6, 4, 5, 1)]
    assert bench.reader(bench.chain(), deliveries=came)("order_cycle_time") == undefined
    assert bench.reader(bench.chain(), deliveries=came)("order_cycle_time_p50") == undefined


def test_quantiles_pool_the_points_of_a_group(bench):
    """Tests that the chain's median of the shop's 2, 2, 2 and the depot's 8, 9 is 2, and its 95 % quantile 9."""
    came = [(k + 2, 1, 0, k, k, k, 1, 1) for k in range(3)] + [(8, 2, 1, 5, 0, 0, 1, 1), (9, 2, 1, 6, 0, 0, 1, 1)]
    value = bench.reader(bench.chain(), deliveries=came)
    assert value("order_cycle_time_p50") == 2
    assert value("order_cycle_time_p95") == 9
    assert value("order_cycle_time_p50", node="depot") == 8
