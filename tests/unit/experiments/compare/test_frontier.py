"""The efficient frontier."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from scmsim.experiments.compare.frontier import dominators

points = arrays(np.float64, st.tuples(st.integers(1, 7), st.integers(1, 3)), elements=st.integers(-3, 3).map(float))


def test_service_against_cost() -> None:
    """Tests that what serves less and costs more is dominated, and what serves more for more is not."""
    served_for = np.array([[0.90, 100.0], [0.95, 90.0], [0.99, 120.0], [0.95, 95.0]])
    assert dominators(served_for, [True, False]) == [(1, 3), (), (), (1,)]


def test_equals_do_not_dominate_each_other() -> None:
    """Tests that two equal points are both efficient, and each dominates what is worse on one goal."""
    assert dominators(np.array([[1.0, 1.0], [1.0, 1.0], [1.0, 2.0]]), [True, False]) == [(), (), (0, 1)]


def test_what_is_undefined_neither_beats_nor_is_beaten() -> None:
    """Tests that a point with NaN stands apart."""
    assert dominators(np.array([[np.nan, 0.0], [1.0, 1.0]]), [True, False]) == [(), ()]


@given(points)
def test_something_is_always_efficient_and_dominates_transitively(found: np.ndarray) -> None:
    """Tests that there is an efficient point, and every dominated one is dominated by one of the efficient."""
    higher = [True] * found.shape[1]
    beaten = dominators(found, higher)
    efficient = {number for number, by in enumerate(beaten) if not by}
    assert efficient
    assert all(efficient & set(by) for by in beaten if by)
