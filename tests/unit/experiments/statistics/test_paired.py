"""Differences between scenarios that met the same random numbers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from scmsim.experiments.statistics.estimates import half_widths
from scmsim.experiments.statistics.paired import differences, less, p_values, replications_for, widths

figures = arrays(np.float64, (3, 6, 2), elements=st.floats(-1e6, 1e6))


def correlated(rng: np.random.Generator, replications: int, gap: float) -> np.ndarray:
    """Draw two scenarios that share most of their chance, ``gap`` apart: shape (2, replications, 1)."""
    shared = rng.normal(100, 20, replications)
    own = rng.normal(0, 3, (2, replications))
    return np.stack([shared + own[0], shared + own[1] + gap])[:, :, np.newaxis]


def test_the_textbook_example() -> None:
    """Tests the paired-t interval of Law's two inventory policies: 4.98 in the mean, 90 % from 1.65 to 8.31."""
    first = np.array([126.97, 124.31, 126.68, 122.66, 127.23])
    second = np.array([118.21, 120.22, 122.45, 122.68, 119.40])
    found = differences(np.stack([second, first])[:, :, np.newaxis])
    width = widths(found, 0.90)[0, 0]
    assert found.mean[0, 0] == pytest.approx(4.98, abs=0.005)
    assert found.sd[0, 0] ** 2 / 5 == pytest.approx(2.44, abs=0.005)
    assert (found.mean[0, 0] - width, found.mean[0, 0] + width) == pytest.approx((1.65, 8.31), abs=0.005)


def test_the_interval_covers_as_often_as_it_says() -> None:
    """Tests that the 95 % interval covers the true difference in 93.6 to 96.4 % of 2,000 experiments.

    The band is 0.95 ± 3 standard errors sqrt(0.95 * 0.05 / 2000) = 0.0049, rounded down.
    """
    rng = np.random.default_rng(20010321)
    covered = 0
    for _ in range(2000):
        found = differences(correlated(rng, 10, gap=1.5))
        covered += abs(found.mean[0, 0] - 1.5) <= widths(found, 0.95)[0, 0]
    assert 0.936 <= covered / 2000 <= 0.964


def test_common_random_numbers_sharpen_the_difference() -> None:
    """Tests that pairing shared chance gives an interval a third as wide as the two scenarios' own, or less."""
    draws = correlated(np.random.default_rng(3), 50, gap=1.0)
    own = half_widths(draws[:, :, 0].std(axis=1, ddof=1), np.array([50, 50]))
    assert widths(differences(draws), 0.95)[0, 0] < own.min() / 3


def test_p_agrees_with_scipy() -> None:
    """Tests that the p-value is that of scipy's paired t-test."""
    from scipy.stats import ttest_rel

    draws = correlated(np.random.default_rng(5), 12, gap=1.0)
    assert p_values(differences(draws))[0, 0] == pytest.approx(ttest_rel(draws[1, :, 0], draws[0, :, 0]).pvalue)


def test_undefined_replications_are_left_out_of_their_pair_alone() -> None:
    """Tests that NaN in one scenario takes a replication out of its pairs, and that n says so."""
    draws = np.array([[1.0, 2.0, 3.0], [2.0, np.nan, 5.0], [0.0, 0.0, 0.0]])[:, :, np.newaxis]
    found = differences(draws)
    assert found.n.ravel().tolist() == [2, 3, 2]
    assert found.mean.ravel().tolist() == [1.5, -2.0, -3.5]


def test_one_replication_has_neither_interval_nor_p() -> None:
    """Tests that one replication gives a difference, and NaN for all that rests on variance."""
    found = differences(np.array([[[1.0]], [[3.0]]]))
    assert found.mean[0, 0] == 2.0
    assert np.isnan([found.sd[0, 0], widths(found, 0.95)[0, 0], p_values(found)[0, 0]]).all()


def test_figures_that_differ_by_rounding_are_equal() -> None:
    """Tests that sums in another order differ by exactly 0, and what is really apart does not."""
    assert less(np.array([0.1 + 0.2]), np.array([0.3]))[0] == 0.0
    assert less(np.array([1.0 + 1e-6]), np.array([1.0]))[0] > 0


@given(figures)
def test_a_scenario_does_not_differ_from_itself(draws: np.ndarray) -> None:
    """Tests that two identical scenarios differ by exactly 0, with p = 1."""
    found = differences(np.stack([draws[0], draws[0]]))
    assert (found.mean == 0).all()
    assert (found.sd == 0).all()
    assert (p_values(found) == 1).all()


@given(figures, st.permutations(range(3)))
def test_permuting_scenarios_permutes_differences(draws: np.ndarray, order: list[int]) -> None:
    """Tests that naming the scenarios in another order changes signs and places, and nothing else."""
    before, after = differences(draws), differences(draws[list(order)])
    first, second = ({pair: row for row, pair in enumerate(found.pairs)} for found in (before, after))
    for (base, other), row in second.items():
        pair = (order[base], order[other])
        sign, old = (1.0, first[pair]) if pair in first else (-1.0, first[pair[::-1]])
        assert after.mean[row] == pytest.approx(sign * before.mean[old], rel=1e-9, abs=1e-6)
        assert after.sd[row] == pytest.approx(before.sd[old], rel=1e-6, abs=1e-6)


@given(st.floats(0.01, 10), st.floats(0, 10), st.sampled_from([0.9, 0.95, 0.999]))
def test_the_number_of_replications_is_just_enough(width: float, sd: float, confidence: float) -> None:
    """Tests that the number advised makes the interval narrower than wanted, and one replication less does not."""
    number = replications_for(width, sd, confidence)

    def half(count: float) -> float:
        return float(half_widths(np.array([sd]), np.array([int(count)]), confidence)[0])

    assert half(number) < width
    assert number == 2 or half(number - 1) >= width


def test_no_number_of_replications_finds_nothing() -> None:
    """Tests that a difference of 0 needs infinitely many replications, and an unknown one an unknown number."""
    assert replications_for(0.0, 1.0, 0.95) == np.inf
    assert replications_for(1e-9, 1.0, 0.95) == np.inf
    assert np.isnan(replications_for(1.0, np.nan, 0.95))
