"""Order-statistic intervals for quantiles, what the worst tells, and the mean of a tail."""

from math import log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import binom

from scmsim.errors import UsageError
from scmsim.experiments.statistics.intervals import (
    Interval,
    fewest_for_quantile,
    fewest_for_tail,
    quantile_interval,
    share_beyond_worst,
    tail_mean,
)

numbers = st.floats(-1e6, 1e6)
samples = arrays(np.float64, st.integers(1, 150), elements=numbers)
shares = st.floats(0.02, 0.98)


def held(interval: Interval, truth: float) -> bool:
    """Whether an interval covers a value."""
    return interval.low <= truth <= interval.high


@pytest.mark.parametrize(("count", "low", "high"), [(6, 1, 6), (9, 2, 8), (10, 2, 9), (20, 6, 15), (50, 18, 33)])
def test_median_intervals_are_those_of_the_sign_test(count: int, low: int, high: int) -> None:
    """Tests that the 95 % interval of the median lies between the tabulated order statistics (Conover, table A3)."""
    found = quantile_interval(np.arange(1.0, count + 1), 0.5)
    assert (found.low, found.high) == (low, high)


@pytest.mark.parametrize(("share", "fewest"), [(0.5, 6), (0.05, 72), (0.95, 72), (0.01, 368)])
def test_too_few_have_no_interval(share: float, fewest: int) -> None:
    """Tests that a quantile has bounds from the stated number of observations on, and an estimate below it."""
    assert fewest_for_quantile(share) == fewest
    enough, short = (quantile_interval(np.arange(float(count)), share) for count in (fewest, fewest - 1))
    assert np.isfinite([enough.low, enough.high]).all()
    assert np.isnan([short.low, short.high]).all()
    assert np.isfinite(short.estimate)


@given(samples, shares, st.floats(0.5, 0.999))
def test_an_interval_holds_its_estimate_and_is_of_observations(values: np.ndarray, share: float, sure: float) -> None:
    """Tests that the estimate lies between two bounds that were observed, and NaN among them changes nothing."""
    found = quantile_interval(values, share, sure)
    assert found.n == len(values)
    np.testing.assert_equal(tuple(quantile_interval(np.append(values, np.nan), share, sure)), tuple(found))
    if len(values) >= fewest_for_quantile(share, sure):
        assert {found.low, found.high} <= set(values.tolist())
        assert held(found, found.estimate)
    else:
        assert np.isnan([found.low, found.high]).all()


@given(samples, shares)
def test_more_confidence_never_narrows(values: np.ndarray, share: float) -> None:
    """Tests that a more confident interval contains a less confident one, where both exist."""
    narrow, wide = (quantile_interval(values, share, sure) for sure in (0.8, 0.95))
    if not np.isnan(wide.low):
        assert wide.low <= narrow.low <= narrow.high <= wide.high


@given(st.integers(6, 400), shares)
def test_the_ranks_cover_as_often_as_they_must_and_no_tighter_ones_do(count: int, share: float) -> None:
    """Tests that each bound errs with at most 2.5 % by the binomial law, and the next one inside with more."""
    found = quantile_interval(np.arange(1.0, count + 1), share)
    if np.isnan(found.low):
        return
    low, high = int(found.low), int(found.high)
    above_by_one = binom.cdf(low, count, share), binom.sf(high - 2, count, share)
    assert binom.cdf(low - 1, count, share) <= 0.025 < above_by_one[0]
    assert binom.sf(high - 1, count, share) <= 0.025 < above_by_one[1]


@pytest.mark.parametrize(("share", "count"), [(0.5, 15), (0.05, 100), (0.9, 60)])
def test_quantile_intervals_cover_whatever_the_distribution(share: float, count: int) -> None:
    """Tests that of 4,000 intervals for skewed observations 94 % or more cover the quantile (nominal: 95 %)."""
    draws = np.random.default_rng(5).exponential(size=(4000, count))
    covered = np.mean([held(quantile_interval(own, share), -log(1 - share)) for own in draws])
    assert 0.94 <= covered <= 0.995


def test_the_worst_of_59_bounds_a_twentieth() -> None:
    """Tests Wilks's numbers: 59 runs bound 5 % and 299 runs 1 %, and the statement is true 95 % of the time."""
    assert share_beyond_worst(58) > 0.05 >= share_beyond_worst(59)
    assert share_beyond_worst(298) > 0.01 >= share_beyond_worst(299)
    assert np.isnan(share_beyond_worst(0))
    lowest = np.random.default_rng(3).random((20_000, 20)).min(axis=1)
    assert np.mean(lowest <= share_beyond_worst(20)) == pytest.approx(0.95, abs=0.006)


def test_the_mean_of_a_tail_is_that_of_its_members() -> None:
    """Tests that of 200 values the worst twentieth is the mean of the ten highest, or of the ten lowest."""
    values = np.random.default_rng(2).permutation(np.arange(1.0, 201.0))
    assert tail_mean(values, 0.05).estimate == pytest.approx(195.5)
    assert tail_mean(values, 0.05, highest=False).estimate == pytest.approx(5.5)


def test_a_tail_that_cuts_an_observation_takes_its_share() -> None:
    """Tests that the worst fifth of seven values is the highest and two fifths of the next, over 1.4."""
    assert tail_mean(np.arange(1.0, 8.0), 0.2).estimate == pytest.approx((7 + 0.4 * 6) / 1.4)


@given(samples, st.floats(0.02, 0.98))
def test_a_tail_is_worse_than_the_whole(values: np.ndarray, share: float) -> None:
    """Tests that the tail's mean lies between the mean and the worst, and mirrors when the worst is the lowest."""
    high = tail_mean(values, share).estimate
    slack = 1e-6 + 1e-9 * float(np.abs(values).max()) / share
    assert values.mean() - slack <= high <= values.max() + slack
    assert tail_mean(-values, share, highest=False).estimate == pytest.approx(-high, abs=slack)


def test_tail_intervals_cover_nearly_as_often_as_they_say() -> None:
    """Tests that of 1,500 intervals from 500 observations 91 to 96 % cover the mean of the worst twentieth.

    They are asymptotic: with 500 they cover somewhat less than the nominal 95 %. With fewer there is none.
    """
    draws = np.random.default_rng(8).exponential(size=(1500, fewest_for_tail(0.05)))
    covered = np.mean([held(tail_mean(own), 1 + log(20)) for own in draws])
    assert 0.91 <= covered <= 0.96
    assert np.isnan(tail_mean(draws[0, :-1]).low)


def test_nothing_has_no_quantile() -> None:
    """Tests that without observations nothing is estimated."""
    for found in (quantile_interval(np.array([np.nan]), 0.5), tail_mean(np.array([]))):
        assert np.isnan(found[:3]).all()
        assert found.n == 0


@pytest.mark.parametrize(("share", "confidence", "name"), [(0.0, 0.95, "share"), (0.5, 1.0, "confidence")])
def test_shares_lie_between_0_and_1(share: float, confidence: float, name: str) -> None:
    """Tests that a share or a confidence that is none is refused by name."""
    with pytest.raises(UsageError, match=f"{name} must lie between 0 and 1"):
        quantile_interval(np.arange(10.0), share, confidence)
