"""Corrections for the number of comparisons, and comparisons with the best."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import t

from scmsim.experiments.statistics.multiple import adjusted, bonferroni, with_the_best
from scmsim.experiments.statistics.paired import differences, p_values, widths


def test_what_was_not_tested_does_not_count() -> None:
    """Tests that NaN stays NaN and makes no other p-value larger, in any shape, and that none is above 1."""
    corrected = adjusted(np.array([[0.01, np.nan], [0.6, np.nan]]))
    assert corrected[:, 0].tolist() == pytest.approx([0.02, 1.0])
    assert np.isnan(corrected[:, 1]).all()


@given(arrays(np.float64, (3, 6, 2), elements=st.floats(-9, 9).map(lambda x: round(x, 2))), st.floats(0.5, 0.999))
def test_p_values_and_intervals_say_the_same(draws: np.ndarray, confidence: float) -> None:
    """Tests that a corrected p-value is below 1 - confidence where the simultaneous interval leaves out 0, else not."""
    found = differences(draws)
    corrected, wide = adjusted(p_values(found)), widths(found, bonferroni(confidence, found.mean.size))
    close = np.isclose(np.abs(found.mean), wide, rtol=1e-6)
    assert ((corrected <= 1 - confidence) == (np.abs(found.mean) > wide))[~close].all()


def test_bonferroni() -> None:
    """Tests that 10 intervals at 99.5 % hold together at 95 %, and that one interval is left alone."""
    assert bonferroni(0.95, 10) == pytest.approx(0.995)
    assert bonferroni(0.95, 1) == pytest.approx(0.95)


def test_comparison_with_the_best_by_hand() -> None:
    """Tests Hsu's constrained intervals on three scenarios worked out by hand.

    Differences (second - first) 4, 5, 6, 5 and (second - third) 0, 1, -1, 1: means 5 and 0.25, standard errors
    sqrt(2/3)/2 = 0.408 and sqrt(11/12)/2 = 0.479; t(0.975; 3) = 3.182 for 2 comparisons at 95 %. The first is behind
    the second by 5 ± 1.30 and so out; second and third are 0.25 ± 1.52 apart, and either may be the best.
    """
    draws = np.array([[10.0, 11, 12, 13], [14.0, 16, 18, 18], [14.0, 15, 19, 17]])
    low, high = with_the_best(draws, higher=True, confidence=0.95)
    quantile = t.ppf(0.975, 3)
    first, rival = quantile * np.sqrt(2 / 3) / 2, quantile * np.sqrt(11 / 12) / 2
    third = (draws[2] - draws[0]).std(ddof=1) / 2 * quantile
    assert low[0] == pytest.approx(min(-5 - first, -4.75 - third))
    assert high.tolist() == pytest.approx([0.0, 0.25 + rival, rival - 0.25])
    assert low[1:].tolist() == pytest.approx([0.25 - rival, -0.25 - rival])


def test_what_is_best_by_far_is_found_whichever_way_is_better() -> None:
    """Tests that a low cost is the best, with the interval on the side of lower, as a high service is."""
    rng = np.random.default_rng(2)
    draws = np.array([[10.0], [20.0], [30.0]]) + rng.normal(0, 1, (3, 20))
    low, high = with_the_best(draws, higher=False, confidence=0.95)
    assert high[0] == 0
    assert low[0] == pytest.approx(-10, abs=2)
    assert (low[1:] == 0).all()
    mirrored = with_the_best(-draws, higher=True, confidence=0.95)
    assert mirrored[0].tolist() == pytest.approx((-high).tolist())
    assert mirrored[1].tolist() == pytest.approx((-low).tolist())


def test_a_tie_to_the_last_bit_has_no_loser_but_the_third() -> None:
    """Tests that two identical scenarios are both the best, and one behind them is not."""
    draws = np.array([[3.0, 4.0], [3.0, 4.0], [1.0, 2.0]])
    low, high = with_the_best(draws, higher=True, confidence=0.95)
    assert low.tolist() == [0.0, 0.0, -2.0]
    assert high.tolist() == [0.0, 0.0, 0.0]


def test_the_intervals_cover_together() -> None:
    """Tests that all intervals cover their true values together in at least 94 % of 500 experiments (95 % wanted).

    Bonferroni's constant is on the safe side; the band allows for one standard error of 0.01 below.
    """
    rng, means, covered = np.random.default_rng(7), np.array([0.0, 0.3, 1.0, 1.2]), 0
    true = np.array([means[i] - np.delete(means, i).max() for i in range(4)])
    for _ in range(500):
        draws = means[:, np.newaxis] + rng.normal(0, 1, 15) + rng.normal(0, 0.5, (4, 15))
        low, high = with_the_best(draws, higher=True, confidence=0.95)
        covered += bool(((low <= true + 1e-12) & (true <= high + 1e-12)).all())
    assert covered / 500 >= 0.94


@given(arrays(np.float64, (4, 5), elements=st.floats(-100, 100).map(lambda x: round(x, 3))), st.permutations(range(4)))
def test_permuting_scenarios_permutes_the_intervals(draws: np.ndarray, order: list[int]) -> None:
    """Tests that the order of the scenarios does not matter to any of them."""
    before, after = (with_the_best(one, higher=True, confidence=0.9) for one in (draws, draws[list(order)]))
    assert after[0].tolist() == pytest.approx(before[0][list(order)].tolist(), abs=1e-9)
    assert after[1].tolist() == pytest.approx(before[1][list(order)].tolist(), abs=1e-9)


def test_one_replication_says_nothing() -> None:
    """Tests that one replication, or only undefined ones, give no interval."""
    assert np.isnan(with_the_best(np.array([[1.0], [2.0]]), higher=True, confidence=0.95)).all()
    undefined = np.array([[1.0, np.nan, 3.0], [np.nan, 2.0, 4.0]])
    assert np.isnan(with_the_best(undefined, higher=True, confidence=0.95)).all()
