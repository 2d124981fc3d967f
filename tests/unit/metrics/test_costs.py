"""Cost lines: rates times what they are charged on."""

import pytest

from scmsim.metrics import Collector
from scmsim.scenario.network import Delay
from scmsim.ticks import TICKS


@pytest.mark.known_answer("lane.holding_cost")
@pytest.mark.known_answer("lane.shipment_cost")
@pytest.mark.known_answer("lane.unit_cost")
@pytest.mark.known_answer("stock.holding_cost")
@pytest.mark.known_answer("stock.backorder_cost")
@pytest.mark.known_answer("stock.order_cost")
@pytest.mark.known_answer("stock.purchase_cost")
def test_every_line_of_a_chain(bench):
    """Tests each line of the shop by hand.

    Held 3 units for 10 weeks at 2: 60. Owed 1 unit for 10 weeks at 5: 50. In transit 4 units for 10 weeks at 0.5: 20.
    Two orders at 7: 14 (one of nothing is free). 12 units received at 1.5: 18. Transport 12 units at 0.25 and two
    shipments at 10: 23. Nothing is lost and nothing is made. Together 185, or 18.5 per week.
    """
    network = bench.chain(
        rates={"holding_cost": 2.0, "backorder_cost": 5.0, "order_cost": 7.0, "purchase_cost": 1.5},
        lane={"holding_cost": 0.5, "unit_cost": 0.25, "shipment_cost": 10.0},
    )
    value = bench.reader(
        network,
        stock=[(0, 0, 3, 1, 4, 4)],
        orders=[(0, 0, 1, 12), (1, 0, 2, 0), (2, 0, 3, 5)],
        deliveries=[(3, 1, 0, 1, 0, 3, 12, 1)],
        shipments=[(1, 1, 0, 1, 12, 3), (9, 1, 0, 3, 5, 11)],
    )
    lines = {
        "holding_cost": 60,
        "backorder_cost": 50,
        "in_transit_cost": 20,
        "ordering_cost": 14,
        "purchase_cost": 18,
        "transport_cost": 23,
    }
    for line, amount in lines.items():
        assert value(line, node="shop", product="beer") == pytest.approx(amount), line
        assert value(line) == pytest.approx(amount), line
    assert value("total_cost", node="shop") == pytest.approx(185)
    assert value("cost_per_period", node="shop") == pytest.approx(18.5)
    assert value("total_cost", node="depot") == 0
    assert value("total_cost") == pytest.approx(185)


@pytest.mark.known_answer("time.warm_up")
def test_costs_begin_after_the_warm_up(bench):
    """Tests that of everything before 5 nothing is charged: 3 units for 5 weeks at 2, and one order of two at 7."""
    network = bench.chain(bench.calendar(warm=5), rates={"holding_cost": 2.0, "order_cost": 7.0})
    value = bench.reader(network, stock=[(0, 0, 3, 0, 0, 0)], orders=[(4, 0, 1, 1), (5, 0, 2, 1)])
    assert value("total_cost") == pytest.approx(30 + 7)
    assert value("cost_per_period") == pytest.approx(37 / 5)


def test_making_costs_units_and_batches(bench):
    """Tests 3 units made at 4 and two production orders at 10, on the car and not on its wheels."""
    network = bench.factory(make={"unit_cost": 4.0, "batch_cost": 10.0})
    value = bench.reader(
        network,
        orders=[(0, 0, 1, 3), (1, 1, 2, 12), (2, 0, 3, 3)],
        deliveries=[(1, 0, 0, 1, 0, 1, 3, 1), (4, 2, 1, 2, 1, 4, 12, 1)],
    )
    assert value("make_cost", node="factory", product="car") == pytest.approx(12 + 20)
    assert value("make_cost", node="factory", product="wheel") == 0


def test_lost_sales_cost_by_the_unit(bench):
    """Tests 4 units lost at 2.5; a unit lost in the warm-up costs nothing."""
    network = bench.shop(bench.calendar(warm=1), demands=(bench.customers(unmet="lost", lost_sale_cost=2.5),))
    value = bench.reader(network, demand=[(0, 0, -1, 1, 1, 0, 1), (1, 0, -1, 2, 5, 1, 4)])
    assert value("lost_sale_cost") == pytest.approx(10)
    assert value("total_cost") == pytest.approx(10)


def test_a_line_without_a_price_is_left_out(bench):
    """Tests that a chain with holding cost alone reports that line and the total, 0 or not."""
    frame = bench.measured(bench.chain(rates={"holding_cost": 1.0}))
    costs = {name for name in frame["metric"] if name.endswith("_cost")}
    assert costs == {"holding_cost", "total_cost"}


def test_shipments_are_read_only_where_they_cost(bench):
    """Tests that the shipments' table is asked for exactly when a lane has a cost per shipment."""
    assert "shipments" not in Collector(bench.chain(lane={"unit_cost": 1.0})).reads
    assert "shipments" in Collector(bench.chain(lane={"shipment_cost": 1.0})).reads


def test_work_in_process_has_no_transit_cost(bench):
    """Tests that a lane's holding cost is charged on what that lane brings, not on production."""
    network = bench.factory()
    dear = bench.lane(0, "mill", "factory", holding_cost=1.0, lead_time=Delay(TICKS))
    network = bench.network(network.points, lanes=(dear,))
    value = bench.reader(network, stock=[(0, 0, 0, 0, 0, 7), (0, 1, 0, 0, 0, 2)])
    assert value("in_transit_cost") == pytest.approx(20)
