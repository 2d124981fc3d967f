"""Time-weighted levels: hand-computed step functions."""

from dataclasses import replace

import numpy as np
import pytest

from scmsim.scenario.network import FromLane, Node, Product

STEPS = [
    # time, point, on hand, backorders, on order, in transit
    (0, 0, 6, 0, 0, 2),
    (3, 0, 0, 0, 4, 4),
    (5, 0, 0, 2, 4, 4),
    (8, 0, 10, 0, 0, 0),
]


def test_a_state_holds_until_the_next_row_of_its_point(bench):
    """Tests that averages are 6*3 + 10*2 = 38, 2*3 = 6 and 2*3 + 4*5 = 26 unit-weeks over 10 weeks."""
    value = bench.reader(bench.shop(source=None), stock=STEPS)
    assert value("average_on_hand", node="shop", product="beer") == pytest.approx(3.8)
    assert value("average_backorders", node="shop", product="beer") == pytest.approx(0.6)
    assert value("average_in_transit", node="shop", product="beer") == pytest.approx(2.6)


def test_net_stock_of_zero_is_not_ready(bench):
    """Tests that the ready rate counts [0, 3) and [8, 10), not [3, 5) with nothing on hand and nothing owed."""
    value = bench.reader(bench.shop(), stock=STEPS)
    assert value("ready_rate") == pytest.approx(0.5)


def test_float_residue_on_hand_is_nothing(bench):
    """Tests that 1e-12 units are neither stock nor readiness."""
    value = bench.reader(bench.shop(), stock=[(0, 0, 1e-12, 0, 0, 0)])
    assert value("average_on_hand") == 0
    assert value("ready_rate") == 0


def test_states_before_the_warm_up_ends_are_clipped(bench):
    """Tests that from 4 on, on hand is 0 for 4 weeks and 10 for 2: 20 unit-weeks over 6 weeks."""
    value = bench.reader(bench.shop(bench.calendar(warm=4)), stock=STEPS)
    assert value("average_on_hand") == pytest.approx(20 / 6)
    assert value("average_backorders") == pytest.approx(1.0)
    assert value("ready_rate") == pytest.approx(2 / 6)


def test_before_its_first_row_a_stock_is_as_it_was_set_up(bench):
    """Tests that 8 initial units without any row stay on hand, and -3 are owed."""
    assert bench.reader(bench.shop(initial=8.0))("average_on_hand") == pytest.approx(8)
    assert bench.reader(bench.shop(initial=-3.0))("average_backorders") == pytest.approx(3)
    due = ((11_000_000, 4.0), (12_000_000, 1.0))
    assert bench.reader(bench.shop(shipments_due=due, source=None))("average_in_transit") == pytest.approx(5)


def test_two_rows_at_one_instant_leave_the_last(bench):
    """Tests that a state without duration weighs nothing."""
    value = bench.reader(bench.shop(), stock=[(0, 0, 100, 0, 0, 0), (0, 0, 2, 0, 0, 0)])
    assert value("average_on_hand") == pytest.approx(2)


def test_work_in_process_is_not_in_transit(bench):
    """Tests that what a factory makes is work in process, what comes over its lane is in transit."""
    rows = [(0, 0, 0, 0, 0, 5), (0, 1, 0, 0, 0, 20)]
    frame = bench.measured(bench.factory(), stock=rows).set_index(["metric", "node", "product"])["value"]
    assert frame["average_work_in_process", "factory", "car"] == pytest.approx(5)
    assert frame["average_in_transit", "factory", "wheel"] == pytest.approx(20)
    assert ("average_in_transit", "factory", "car") not in frame.index
    assert ("average_work_in_process", "factory", "wheel") not in frame.index


def test_an_unlimited_supplier_keeps_no_stock(bench):
    """Tests that it has no row for stock, rather than a 0, and is left out of the ready rate."""
    frame = bench.measured(bench.chain(), stock=[(0, 0, 1, 0, 0, 0), (0, 1, 1, 0, 0, 0)])
    works = frame[frame["node"] == "works"]
    assert not set(works["metric"]) & {"average_on_hand", "ready_rate", "inventory_turns", "net_stock_variance"}
    assert (
        frame.query("metric == 'ready_rate' and node.isna() and product.isna() and segment.isna()")["value"].item() == 1
    )


def test_net_stock_is_read_at_bucket_ends(bench):
    """Tests that net stock at the ends of weeks 1-10 is 6, 6, 6, 0, 0, -2, -2, -2, 10, 10: mean 3.2, variance 21.76."""
    ends = np.array([6, 6, 6, 0, 0, -2, -2, -2, 10, 10])
    value = bench.reader(bench.shop(), stock=STEPS)
    assert value("net_stock_mean", node="shop", product="beer") == pytest.approx(3.2)
    assert value("net_stock_variance", node="shop", product="beer") == pytest.approx(np.var(ends))
    assert np.var(ends) == pytest.approx(21.76)


def test_a_bucket_ends_just_before_the_next_begins(bench):
    """Tests that with buckets of 3 the ends are at 3-, 6- and 9-: 6, -2, 10; the last week is no whole bucket."""
    value = bench.reader(bench.shop(bench.calendar(bucket=3)), stock=STEPS)
    assert value("net_stock_mean", node="shop") == pytest.approx((6 - 2 + 10) / 3)


def test_net_stock_of_a_node_is_the_sum_of_its_stocks(bench):
    """Tests that two stocks which mirror each other, 4 and 0 by turns, sum to a constant 4 with variance 0."""
    rows = [(t, point, 4 * ((t + point) % 2), 0, 0, 0) for t in range(10) for point in (0, 1)]
    value = bench.reader(bench.factory(), stock=rows)
    assert value("net_stock_variance", node="factory", product="car") == pytest.approx(4)
    assert value("net_stock_variance", node="factory") == 0
    assert value("net_stock_mean", node="factory") == pytest.approx(4)


def test_turns_and_days_of_supply(bench):
    """Tests the units issued: 6 on hand + 12 received - 10 left = 8, of 3.8 on average, in 10 weeks."""
    received = [(8, 0, 0, 1, 2, 8, 12, 1)]
    value = bench.reader(bench.shop(initial=6.0), stock=STEPS, deliveries=received)
    assert value("inventory_turns", node="shop", product="beer") == pytest.approx(8 / 3.8)
    assert value("days_of_supply", node="shop", product="beer") == pytest.approx(3.8 / 0.8)


def test_turns_count_what_is_issued_after_the_warm_up(bench):
    """Tests that with warm-up until 8 the stock before is 0, so 0 + 12 - 10 = 2 units are issued of 10 on average."""
    received = [(2, 0, 0, 1, 1, 2, 5, 1), (8, 0, 0, 1, 2, 8, 12, 1)]
    value = bench.reader(bench.shop(bench.calendar(warm=8), initial=6.0), stock=STEPS, deliveries=received)
    assert value("inventory_turns", node="shop", product="beer") == pytest.approx(0.2)
    assert value("days_of_supply", node="shop", product="beer") == pytest.approx(10.0)


def test_turns_without_stock_and_supply_without_issues_are_undefined(bench, undefined):
    """Tests that 0 / 0 is null."""
    value = bench.reader(bench.shop())
    assert value("inventory_turns") == undefined
    assert value("days_of_supply") == undefined


PASSED_ON = {
    # time, point, on hand, backorders, on order, in transit: a depot that ships 8 at 2, a shop that sells 5 at 6
    "stock": [(0, 0, 0, 0, 8, 0), (0, 1, 10, 0, 0, 0), (2, 1, 2, 0, 0, 0), (4, 0, 8, 0, 0, 0), (6, 0, 3, 0, 0, 0)],
    # time, seller, buyer, order, placed, promised, quantity, complete
    "deliveries": [(4, 1, 0, 1, 1, 4, 8, 1), (6, 0, -1, 2, 6, 6, 5, 1)],
}


def two_stages(bench, segments=("downstream", "internal"), units=("case", "case"), products=("beer", "beer")):
    """Return shop (point 0) <- depot (point 1, with 10 units at first), each in its segment."""
    chain = bench.chain()
    shop, depot, works = chain.points
    points = (shop, replace(depot, initial=10.0, product=products[1]), replace(works, product=products[1]))
    nodes = dict(chain.nodes)
    for name, segment in zip(("shop", "depot"), segments, strict=True):
        nodes[name] = replace(nodes[name], segment=segment)
    kinds = {name: Product(name=name, unit=unit) for name, unit in zip(products, units, strict=True)}
    return replace(chain, points=points, nodes=nodes, products=kinds)


def test_rolled_up_turns_count_what_leaves_the_group(bench):
    """Tests a two-stage chain in 10 weeks: the depot issues 8, the shop 5, and 5 leave the chain, not 13.

    On hand: the depot 10 * 2 + 2 * 8 = 36 unit-weeks, the shop 8 * 2 + 3 * 4 = 28; 3.6 + 2.8 = 6.4 units together.
    """
    value = bench.reader(two_stages(bench), **PASSED_ON)
    for level in ({"node": "depot"}, {"segment": "internal"}, {"node": "depot", "product": "beer"}):
        assert value("inventory_turns", **level) == pytest.approx(8 / 3.6)
        assert value("days_of_supply", **level) == pytest.approx(36 / 8)
    for level in ({"node": "shop"}, {"segment": "downstream"}, {"node": "shop", "product": "beer"}):
        assert value("inventory_turns", **level) == pytest.approx(5 / 2.8)
        assert value("days_of_supply", **level) == pytest.approx(28 / 5)
    for level in ({}, {"product": "beer"}):
        assert value("inventory_turns", **level) == pytest.approx(5 / 6.4)
        assert value("days_of_supply", **level) == pytest.approx(64 / 5)


def test_a_segment_does_not_count_what_it_passes_on_within(bench):
    """Tests that with depot and shop in one segment, 5 units leave it."""
    value = bench.reader(two_stages(bench, segments=("downstream", "downstream")), **PASSED_ON)
    assert value("inventory_turns", segment="downstream") == pytest.approx(5 / 6.4)
    assert value("days_of_supply", segment="downstream") == pytest.approx(64 / 5)


def test_a_segment_whose_stock_ships_inside_and_out_has_no_turns(bench, undefined):
    """Tests that what a depot ships to a shop of its own segment and to one of another is not told apart."""
    chain = two_stages(bench, segments=("internal", "internal"))
    more = replace(chain.points[0], index=3, node="kiosk", source=FromLane(2, 1))
    nodes = chain.nodes | {"kiosk": Node(name="kiosk", kind="retailer", segment="downstream", label="kiosk")}
    lanes = (*chain.lanes, bench.lane(2, "depot", "kiosk"))
    value = bench.reader(replace(chain, points=(*chain.points, more), nodes=nodes, lanes=lanes), **PASSED_ON)
    assert value("inventory_turns", segment="internal") == undefined
    assert value("days_of_supply", segment="internal") == undefined
    assert value("inventory_turns", node="depot") == pytest.approx(8 / 3.6)
    assert value("inventory_turns") == pytest.approx(5 / 6.4)


def test_products_in_different_units_have_no_turns_together(bench, undefined):
    """Tests that a case and a litre are not added up, and two products counted in cases are."""
    stocks = {"stock": [(0, 0, 5, 0, 0, 0), (0, 1, 10, 0, 0, 0)], "deliveries": []}
    unlike = two_stages(bench, ("internal", "internal"), ("case", "litre"), ("beer", "cider"))
    assert bench.reader(unlike, **stocks)("inventory_turns") == undefined
    assert bench.reader(unlike, **stocks)("inventory_turns", segment="internal") == undefined
    alike = two_stages(bench, ("internal", "internal"), ("case", "case"), ("beer", "cider"))
    assert bench.reader(alike, **stocks)("inventory_turns") == 0


def test_components_and_what_is_made_of_them_have_no_turns_together(bench, undefined):
    """Tests a factory that takes 8 of 10 wheels for 2 cars at 5, and sells one of these at 6.

    Wheels: 10 * 5 + 2 * 5 = 60 unit-weeks, 8 left the product; cars: 2 * 1 + 1 * 4 = 6 unit-weeks, 1 sold. The factory,
    its segment and the chain hold wheels and cars that are made of wheels.
    """
    plain = bench.factory()
    car, wheel, mill = plain.points
    network = replace(plain, points=(car, replace(wheel, initial=10.0), mill))
    rows = [(5, 0, 2, 0, 0, 0), (5, 1, 2, 0, 0, 0), (6, 0, 1, 0, 0, 0)]
    value = bench.reader(network, stock=rows, deliveries=[(5, 0, 0, 1, 4, 5, 2, 1), (6, 0, -1, 2, 6, 6, 1, 1)])
    for level in ({"product": "wheel"}, {"node": "factory", "product": "wheel"}):
        assert value("inventory_turns", **level) == pytest.approx(8 / 6.0)
        assert value("days_of_supply", **level) == pytest.approx(60 / 8)
    for level in ({"product": "car"}, {"node": "factory", "product": "car"}):
        assert value("inventory_turns", **level) == pytest.approx(1 / 0.6)
    for level in ({}, {"segment": "internal"}, {"node": "factory"}):
        assert value("inventory_turns", **level) == undefined
        assert value("days_of_supply", **level) == undefined
