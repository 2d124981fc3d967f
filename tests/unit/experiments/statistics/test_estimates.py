"""Means and their intervals."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from scmsim.experiments.statistics.estimates import estimate, half_widths, moments

values = st.floats(-1e6, 1e6) | st.just(np.nan)


@pytest.mark.parametrize(("count", "quantile"), [(2, 12.7062), (5, 2.7764), (10, 2.2622), (31, 2.0423), (121, 1.9799)])
def test_half_widths_are_those_of_the_table(count: int, quantile: float) -> None:
    """Tests that the 95 % half-width of n observations with sd sqrt(n) is the tabulated t quantile."""
    assert half_widths(np.array([np.sqrt(count)]), np.array([count]))[0] == pytest.approx(quantile, abs=5e-5)


def test_one_observation_has_no_interval() -> None:
    """Tests that one observation gives a mean, and nothing to judge it by."""
    means, widths, counts = estimate(np.array([[3.0]]))
    assert (means[0], counts[0]) == (3.0, 1)
    assert np.isnan(widths[0])


def test_undefined_everywhere() -> None:
    """Tests that what no replication defines has no mean and n = 0."""
    means, widths, counts = estimate(np.full((3, 1), np.nan))
    assert counts.tolist() == [0]
    assert np.isnan([means[0], widths[0]]).all()


def test_equal_observations_are_exact() -> None:
    """Tests that a hundred equal values give that value to the last bit, and a half-width of 0."""
    means, widths, _ = estimate(np.full((100, 1), 0.1))
    assert (means[0], widths[0]) == (0.1, 0.0)


@given(arrays(np.float64, st.tuples(st.integers(1, 12), st.integers(1, 5)), elements=values))
def test_agrees_with_the_textbook_column_by_column(draws: np.ndarray) -> None:
    """Tests that mean, n and sd of every column are those of its defined values alone."""
    means, widths, counts = estimate(draws)
    for column in range(draws.shape[1]):
        defined = draws[~np.isnan(draws[:, column]), column]
        assert counts[column] == len(defined)
        if len(defined):
            assert means[column] == pytest.approx(defined.mean(), rel=1e-9, abs=1e-6)
        if len(defined) > 1:
            expected = half_widths(np.array([defined.std(ddof=1)]), np.array([len(defined)]))[0]
            assert widths[column] == pytest.approx(expected, rel=1e-6, abs=1e-5)


def test_intervals_cover_as_often_as_they_say() -> None:
    """Tests that 95 % of the intervals around means of five normal observations hold the true mean."""
    draws = np.random.default_rng(7).normal(10.0, 3.0, (5, 40_000))
    means, widths, _ = estimate(draws)
    assert np.mean(np.abs(means - 10.0) <= widths) == pytest.approx(0.95, abs=0.004)


def test_moments_agree_with_the_estimates() -> None:
    """Tests that standard deviations are those behind the half-widths: NaN below two values, 0 of equal ones."""
    draws = np.array([[0.1, 1.0, np.nan], [0.1, 4.0, 5.0], [0.1, np.nan, np.nan]])
    means, sds, counts = moments(draws)
    np.testing.assert_array_equal(counts, [3, 2, 1])
    np.testing.assert_array_equal(sds, [0.0, np.std([1.0, 4.0], ddof=1), np.nan])
    np.testing.assert_array_equal(means, estimate(draws)[0])
    np.testing.assert_array_equal(half_widths(sds, counts), estimate(draws)[1])
