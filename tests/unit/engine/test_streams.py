"""Random streams."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from scmsim.engine.streams import Streams


def _draw(seed, replication, name, n=50):
    return Streams(seed, replication).generator(name).random(n)


@given(seed=st.integers(0, 2**63 - 1), replication=st.integers(1, 10**6), name=st.text(max_size=30))
def test_a_stream_is_the_same_whenever_it_is_asked_for(seed, replication, name):
    """Tests that a stream depends on seed, replication and name alone."""
    assert np.array_equal(_draw(seed, replication, name), _draw(seed, replication, name))


def test_streams_do_not_repeat_each_other():
    """Tests that a thousand streams of neighbouring seeds, replications and names share no value: no seed cycles."""
    draws = [_draw(s, r, f"demand/retailer/{n}", 5) for s in range(10) for r in range(1, 11) for n in range(10)]
    values = np.concatenate(draws)
    assert len(np.unique(values)) == values.size


def test_streams_are_uncorrelated():
    """Tests that the correlation between streams of neighbouring replications is no larger than chance allows."""
    sample = np.array([_draw(1, replication, "demand/a/b", 2000) for replication in range(1, 41)])
    correlations = np.corrcoef(sample)[np.triu_indices(40, 1)]
    assert np.abs(correlations).max() < 5 / np.sqrt(2000)


class _Falling:
    def sample(self, rng, n):
        return np.array([-1.0, 0.25, 2.0000004] * n)[:n]


def test_durations_are_whole_ticks_and_never_negative():
    """Tests that drawn durations are rounded to ticks once and that a negative draw counts as zero."""
    ticks = Streams(1, 1).ticks(_Falling(), "lead_time/a->b/c")
    assert [next(ticks) for _ in range(3)] == [0, 250_000, 2_000_000]
