"""The queue by which the coverage of intervals is judged (case T02) is the queue that the textbook knows."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scmsim.verification.statistics import Queue, sojourns


@given(st.integers(0, 10**6), st.integers(1, 30))
def test_the_recursion_is_the_queue(seed: int, customers: int) -> None:
    """Tests that Lindley's recursion gives what serving the customers one by one, first come first served, does."""
    generator = np.random.default_rng(seed)
    gaps, services = generator.exponential(1.25, (customers, 1)), generator.exponential(1.0, (customers, 1))
    clock, free, spent = 0.0, 0.0, []
    for gap, service in zip(gaps[:, 0], services[:, 0], strict=True):
        free = max(free, clock) + service
        spent.append(free - clock)
        clock += gap
    assert sojourns(np.zeros(1), gaps, services)[0] == pytest.approx(np.mean(spent))


def test_the_queue_has_its_textbook_mean() -> None:
    """Tests that the mean of 20,000 queues from their stationary start is the exact W = 5, to three standard errors."""
    queue, generator = Queue(0.8, 1.0), np.random.default_rng(21)
    shape = (50, 20_000)
    gaps, services = generator.exponential(1 / queue.arrivals, shape), generator.exponential(1 / queue.services, shape)
    means = sojourns(queue.waits_at_first(generator, shape[1]), gaps, services)
    assert queue.time_in_system == pytest.approx(5.0)
    assert abs(means.mean() - 5.0) <= 3 * means.std(ddof=1) / shape[1] ** 0.5
