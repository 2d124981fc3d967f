"""Durations in constant memory: the error that is promised."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scmsim.metrics.cycle_times import Tally, decode, encode, quantiles
from scmsim.ticks import TICKS

durations = st.lists(st.integers(0, 10**15), min_size=1, max_size=50)


@given(durations)
def test_durations_are_kept_to_half_a_percent(ticks):
    """Tests that a duration and what is kept of it differ by at most 0.5 %."""
    exact = np.array(ticks, dtype=np.float64)
    assert np.all(np.abs(decode(encode(exact)) - exact) <= 0.005 * exact)


@given(durations)
def test_codes_sort_as_durations(ticks):
    """Tests that of two durations the longer never has the lower code."""
    codes = encode(np.sort(np.array(ticks, dtype=np.float64)))
    assert np.all(np.diff(codes) >= 0)


def test_whole_durations_below_a_thousand_are_exact():
    """Tests every whole number of time units up to 999, and every number of ticks up to 999."""
    whole = np.arange(1000.0)
    assert np.array_equal(decode(encode(whole * TICKS)), whole * TICKS)
    assert np.array_equal(decode(encode(whole)), whole)


@given(
    st.lists(st.tuples(st.integers(0, 2), st.integers(0, 30)), min_size=1, max_size=60), st.sampled_from([0.5, 0.95])
)
def test_quantiles_are_those_of_the_sorted_list(pairs, share):
    """Tests each group's quantile against sorting: the smallest duration that a share of the orders did not exceed."""
    point, weeks = np.array(pairs).T
    codes = encode(weeks * float(TICKS))
    found = quantiles(Tally(point, codes, np.ones(len(point))), np.array([0, 1, 1]), 3, share)
    for group, members in ((0, [0]), (1, [1, 2])):
        own = weeks[np.isin(point, members)]
        if len(own):
            assert found[group] == np.quantile(own, share, method="inverted_cdf")
        else:
            assert np.isnan(found[group])
    assert np.isnan(found[2])


def test_nothing_counted_has_no_quantile():
    """Tests that without an order every quantile is undefined."""
    empty = np.empty(0, dtype=np.int64)
    assert np.isnan(quantiles(Tally(empty, empty, np.empty(0)), np.array([0]), 1, 0.5)).all()


def test_a_million_of_one_duration_is_one_number(bench):
    """Tests that what is kept follows the number of different durations, not the number of orders."""
    rows = [(k % 7 + 2, 1, 0, k, 2, 5, 1, 1) for k in range(200)]
    value = bench.reader(bench.chain(), deliveries=sorted(rows))
    assert value("order_cycle_time_p50") == pytest.approx(3)
