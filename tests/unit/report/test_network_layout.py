"""Where nodes are drawn."""

import random

import pytest

from scmsim.report.layout import columns_of, layered


def test_columns_follow_the_longest_way_to_the_customer() -> None:
    """Tests that upstream stands left, and that a short way to the customer starts further right."""
    assert columns_of(5, [(0, 1), (1, 2), (2, 3), (4, 3)]) == [0, 1, 2, 3, 2]


def test_nodes_that_feed_each_other_share_a_column() -> None:
    """Tests that a cycle (transshipment, returns) neither fails nor loops."""
    assert columns_of(3, [(0, 1), (1, 2), (2, 1)]) == [0, 1, 1]


def test_a_lane_that_skips_a_column_bends_around_what_stands_there() -> None:
    """Tests that the way of a long lane passes a place of its own in every column between."""
    layout = layered(3, [(0, 1), (1, 2), (0, 2)])
    bend = layout.routes[2][1]
    assert len(layout.routes[2]) == 3
    assert bend[0] == layout.places[1][0]
    assert bend[1] != layout.places[1][1]


def test_neighbours_stand_in_one_order_so_that_lanes_do_not_cross() -> None:
    """Tests that two parallel chains given crosswise are drawn without a crossing."""
    layout = layered(4, [(0, 3), (1, 2)])
    assert (layout.places[0][1] < layout.places[1][1]) == (layout.places[3][1] < layout.places[2][1])


def test_no_two_nodes_stand_at_one_place() -> None:
    """Tests that 150 nodes with 300 lanes all find a place of their own, the same one twice."""
    draw = random.Random(1)
    edges = sorted({(min(pair), max(pair)) for pair in (draw.sample(range(150), 2) for _ in range(300))})
    layout = layered(150, edges)
    assert len(set(layout.places)) == 150
    assert layered(150, edges) == layout


@pytest.mark.parametrize("count", [0, 1])
def test_a_network_without_lanes_has_a_layout(count: int) -> None:
    """Tests that nothing, or one node alone, is laid out."""
    assert len(layered(count, []).places) == count
