"""On time in full: lines followed by hand. Order delay 1 and lead time 2 make a promise of 3 weeks."""

import pytest

from scmsim.scenario.network import FromLane, Point


def ordered(*lines, point=0):
    """Return orders (time, order, quantity) of a point."""
    return [(t, point, order, quantity) for t, order, quantity in lines]


@pytest.mark.known_answer("on_time_in_full.reference:promised")
def test_a_line_is_kept_when_all_of_it_came_by_the_promised_date(bench):
    """Tests three lines of 10 placed at 0, 1 and 2 and promised for 3, 4 and 5.

    The first comes in time, the second a week late, the third half in time and half late: 1 of 3 lines, and 15 of 30
    units.
    """
    came = [
        (3, 1, 0, 1, 0, 3, 10, 1),
        (5, 1, 0, 2, 1, 4, 10, 1),
        (5, 1, 0, 3, 2, 5, 5, 0),
        (6, 1, 0, 3, 2, 5, 5, 1),
    ]
    value = bench.reader(bench.chain(), orders=ordered((0, 1, 10), (1, 2, 10), (2, 3, 10)), deliveries=came)
    assert value("on_time_in_full_line", node="depot", product="beer") == pytest.approx(1 / 3)
    assert value("on_time_in_full_unit", node="depot", product="beer") == pytest.approx(15 / 30)
    assert value("on_time_in_full_order", node="depot") == pytest.approx(1 / 3)


@pytest.mark.known_answer("on_time_in_full.early")
@pytest.mark.known_answer("on_time_in_full.late")
@pytest.mark.known_answer("scenario.measures")
@pytest.mark.known_answer("measures.on_time_in_full")
def test_tolerances_widen_the_window_on_both_sides(bench):
    """Tests deliveries at 2, 3, 4 and 5 for a promise of 3: within [3, 3], [2, 4], and without an early limit."""
    orders = ordered(*((0, order, 1) for order in range(4)))
    came = [(2 + order, 1, 0, order, 0, 3, 1, 1) for order in range(4)]

    def kept(**terms):
        network = bench.chain(on_time_in_full=bench.terms(**terms))
        return bench.reader(network, orders=orders, deliveries=came)("on_time_in_full_line", node="depot")

    assert kept(early=0) == pytest.approx(1 / 4)
    assert kept(early=1, late=1) == pytest.approx(3 / 4)
    assert kept() == pytest.approx(2 / 4)


@pytest.mark.known_answer("on_time_in_full.reference:requested")
def test_the_requested_date_is_the_instant_of_ordering(bench):
    """Tests that against the requested date only a tolerance of 3 weeks forgives the lead time."""
    orders, came = ordered((0, 1, 1)), [(3, 1, 0, 1, 0, 3, 1, 1)]

    def kept(late):
        network = bench.chain(on_time_in_full=bench.terms("requested", late=late))
        return bench.reader(network, orders=orders, deliveries=came)("on_time_in_full_line", node="depot")

    assert kept(0) == 0
    assert kept(3) == 1


def test_an_overdue_line_fails_though_nothing_was_delivered(bench, undefined):
    """Tests that a line placed at 1 and never delivered fails (due at 4), and one placed at 7 is not due before 10."""
    value = bench.reader(bench.chain(), orders=ordered((1, 1, 10)))
    assert value("on_time_in_full_line", node="depot") == 0
    assert value("on_time_in_full_unit", node="depot") == 0
    assert bench.reader(bench.chain(), orders=ordered((7, 2, 10)))("on_time_in_full_line", node="depot") == undefined


def test_a_line_that_is_not_yet_due_does_not_count_though_it_came(bench, undefined):
    """Tests that early deliveries of lines due after the end do not flatter the figure."""
    value = bench.reader(bench.chain(), orders=ordered((8, 1, 10)), deliveries=[(9, 1, 0, 1, 8, 11, 10, 1)])
    assert value("on_time_in_full_line", node="depot") == undefined
    assert value("on_time_in_full_order", node="depot") == undefined


def test_a_line_placed_in_the_warm_up_does_not_count(bench, undefined):
    """Tests that its delivery after the warm-up is nobody's."""
    network = bench.chain(bench.calendar(warm=2))
    value = bench.reader(network, orders=ordered((1, 1, 10)), deliveries=[(4, 1, 0, 1, 1, 4, 10, 1)])
    assert value("on_time_in_full_line", node="depot") == undefined


def test_end_customers_are_served_at_once_or_late(bench):
    """Tests customers served at once, later and not at all: 1 of 4 lines, 10 + 4 + 2 of 40 units."""
    asked = [
        (0, 0, -1, 1, 10, 10, 0),
        (1, 0, -1, 2, 10, 4, 0),
        (2, 0, -1, 3, 10, 0, 10),
        (3, 0, -1, 4, 10, 2, 8),
    ]
    came = [
        (0, 0, -1, 1, 0, 0, 10, 1),
        (1, 0, -1, 2, 1, 1, 4, 0),
        (3, 0, -1, 4, 3, 3, 2, 1),
        (5, 0, -1, 2, 1, 1, 6, 1),
    ]
    value = bench.reader(bench.shop(), demand=asked, deliveries=came)
    assert value("on_time_in_full_line") == pytest.approx(1 / 4)
    assert value("on_time_in_full_order") == pytest.approx(1 / 4)
    assert value("on_time_in_full_unit") == pytest.approx(16 / 40)


def test_a_customer_who_may_wait_past_the_end_is_not_yet_due(bench):
    """Tests that with a tolerance of 7 the customers of weeks 0 and 2 are due before 10, not the one of week 3."""
    asked = [(0, 0, -1, 1, 1, 1, 0), (2, 0, -1, 2, 1, 0, 1), (3, 0, -1, 3, 1, 0, 1)]
    value = bench.reader(bench.shop(on_time_in_full=bench.terms(late=7)), demand=asked)
    assert value("on_time_in_full_line") == pytest.approx(1 / 2)
    assert value("on_time_in_full_unit") == pytest.approx(1 / 2)


def test_a_partly_lost_line_fails_though_the_rest_came_in_time(bench):
    """Tests that 2 of 10 units at once and 8 lost are no line in full."""
    value = bench.reader(bench.shop(), demand=[(3, 0, -1, 4, 10, 2, 8)], deliveries=[(3, 0, -1, 4, 3, 3, 2, 1)])
    assert value("on_time_in_full_line") == 0


def two_products(bench, **values):
    """Return a depot that brings beer (0 <- 2) and wine (1 <- 3) to a shop."""
    network_points = []
    for index, (node, product, source) in enumerate(
        [("shop", "beer", 2), ("shop", "wine", 3), ("depot", "beer", None), ("depot", "wine", None)]
    ):
        demands = (bench.customers(),) if node == "shop" else ()
        lane = None if source is None else FromLane(0, source)
        network_points.append(
            Point(
                index=index, node=node, product=product, level=0, source=lane, demands=demands, unlimited=lane is None
            )
        )
    return bench.network(network_points, lanes=(bench.lane(0, "depot", "shop"),), **values)


TWO_LINES = {
    "orders": [(0, 0, 1, 10), (0, 1, 2, 30), (1, 0, 3, 10), (1, 1, 4, 30), (2, 0, 5, 10)],
    "deliveries": [
        (3, 2, 0, 1, 0, 3, 10, 1),
        (3, 3, 1, 2, 0, 3, 30, 1),
        (4, 2, 0, 3, 1, 4, 10, 1),
        (5, 2, 0, 5, 2, 5, 10, 1),
        (6, 3, 1, 4, 1, 4, 30, 1),
    ],
}


def test_lines_placed_together_with_one_node_form_an_order(bench):
    """Tests that of the orders at 0 (two lines), 1 (two lines, the wine late) and 2 (one line) two are kept."""
    value = bench.reader(two_products(bench), **TWO_LINES)
    assert value("on_time_in_full_order", node="depot") == pytest.approx(2 / 3)
    assert value("on_time_in_full_line", node="depot") == pytest.approx(4 / 5)
    assert value("on_time_in_full_unit", node="depot") == pytest.approx(60 / 90)
    assert value("on_time_in_full_line", node="depot", product="wine") == pytest.approx(1 / 2)


def test_orders_belong_to_nodes_not_to_products(bench):
    """Tests that the order level has rows for nodes, segments and the chain only."""
    frame = bench.measured(two_products(bench), **TWO_LINES)
    assert frame.loc[frame["metric"] == "on_time_in_full_order", "product"].isna().all()


def test_an_order_waits_for_all_its_lines_across_chunks(bench):
    """Tests that an order is judged when its last line is complete, in whichever chunk."""
    metrics = bench.measured(two_products(bench), [k * 1_000_000 for k in range(1, 10)], **TWO_LINES)
    order = metrics.query("metric == 'on_time_in_full_order' and node == 'depot'")["value"].item()
    assert order == pytest.approx(2 / 3)


def test_value_weighs_units_with_the_products_value(bench, undefined):
    """Tests beer at 1 and wine at 5: (30*1 + 30*5) / (30*1 + 60*5); null as soon as a product due has no value."""
    value = bench.reader(two_products(bench, values={"beer": 1.0, "wine": 5.0}), **TWO_LINES)
    assert value("on_time_in_full_value", node="depot") == pytest.approx(180 / 330)
    value = bench.reader(two_products(bench, values={"beer": 1.0}), **TWO_LINES)
    assert value("on_time_in_full_value", node="depot") == undefined
    assert value("on_time_in_full_value", node="depot", product="beer") == 1


def test_the_chain_counts_end_customers_only(bench, undefined):
    """Tests that replenishment lines between nodes are the nodes' service, not the chain's."""
    value = bench.reader(two_products(bench), **TWO_LINES)
    assert value("on_time_in_full_line") == undefined
    assert value("on_time_in_full_line", segment="internal") == pytest.approx(4 / 5)


def test_production_is_nobodys_order(bench, undefined):
    """Tests that neither a production order nor the components it takes are lines of the factory's service."""
    facts = {
        "orders": [(0, 0, 1, 2)],
        "demand": [(0, 1, 0, 1, 8, 8, 0)],
        "deliveries": [(0, 1, 0, 1, 0, 1, 8, 1), (1, 0, 0, 1, 0, 1, 2, 1)],
    }
    value = bench.reader(bench.factory(), **facts)
    assert value("on_time_in_full_line", node="factory") == undefined
    assert value("on_time_in_full_line", node="factory", product="wheel") == undefined
