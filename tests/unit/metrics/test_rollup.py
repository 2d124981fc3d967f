"""Roll-ups: sums, quotients of sums, and what cannot be rolled up."""

import numpy as np
import pytest

from scmsim.metrics.layout import Layout
from scmsim.metrics.rollup import Ratio, Series, Total, divide, groupings


@pytest.fixture
def levels(bench):
    """The groupings of a factory with cars and wheels and its mill."""
    return {grouping.level: grouping for grouping in groupings(Layout(bench.factory()))}


def test_totals_add_up_at_every_level(levels):
    """Tests 1 (car), 2 (wheel) and 4 (wheel at the mill) by node, segment (upstream first), product and chain."""
    total = Total(np.array([1.0, 2.0, 4.0]))
    assert total.at(levels["point"]).tolist() == [1, 2, 4]
    assert total.at(levels["node"]).tolist() == [3, 4]
    assert total.at(levels["segment"]).tolist() == [4, 3]
    assert total.at(levels["product"]).tolist() == [1, 6]
    assert total.at(levels["chain"]).tolist() == [7]


def test_each_level_counts_its_own_scope(levels):
    """Tests that of an amount per scope a point takes the first row, a node the second and the chain the third."""
    total = Total(np.array([[7.0, 7, 7], [3, 3, 3], [1, 1, 1]]))
    assert total.at(levels["point"]).tolist() == [7, 7, 7]
    assert total.at(levels["node"]).tolist() == [6, 3]
    assert total.at(levels["segment"]).tolist() == [3, 6]
    assert total.at(levels["product"]).tolist() == [1, 2]
    assert total.at(levels["chain"]).tolist() == [3]


def test_ratios_are_quotients_of_sums_not_means_of_quotients(levels):
    """Tests 1/2 and 0/8 in one node: 1/10, not 1/4; and 0/0 at the other is NaN."""
    ratio = Ratio(np.array([1.0, 0.0, 0.0]), np.array([2.0, 8.0, 0.0]))
    assert ratio.at(levels["node"])[0] == pytest.approx(0.1)
    assert np.isnan(ratio.at(levels["node"])[1])
    assert ratio.at(levels["chain"])[0] == pytest.approx(0.1)


def test_a_series_is_known_for_points_and_nodes_alone(levels):
    """Tests that there is no figure of a series for a segment, a product or the chain."""
    series = Series(np.array([1.0, 2.0, 3.0]), np.array([4.0, 5.0]))
    assert series.at(levels["point"]).tolist() == [1, 2, 3]
    assert series.at(levels["node"]).tolist() == [4, 5]
    assert [series.at(levels[level]) for level in ("segment", "product", "chain")] == [None, None, None]


def test_dividing_by_nothing_is_undefined():
    """Tests that 1/0, 0/0 and NaN/0 are NaN, without a warning, and 0/1 is 0."""
    found = divide(np.array([1.0, 0.0, np.nan, 0.0]), np.array([0.0, 0.0, 0.0, 1.0]))
    assert np.isnan(found[:3]).all()
    assert found[3] == 0
