"""The statistics of experiments against published and exact values (cases T01 and T02)."""

from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scmsim.experiments.mser import mser
from scmsim.experiments.statistics import estimate


@pytest.mark.parametrize(("batch", "truncated", "mean"), [(5, 35, 10.021772), (1, 20, 10.104532)])
def test_t01_mser(batch: int, truncated: int, mean: float) -> None:
    """Tests T01: what MSER-5 and MSER-1 leave out of a decaying series with a ripple, and the mean of the rest."""
    place = np.arange(150)
    found = mser(10 + 12 * 0.9**place + ((5 * place) % 7 - 3) * 0.5, batch)
    assert found.observations == truncated
    assert found.mean == pytest.approx(mean, abs=5e-7)
    assert not found.at_bound


class Queue(NamedTuple):
    """A queue with one server, Poisson arrivals and exponential service."""

    arrivals: float
    services: float

    @property
    def time_in_system(self) -> float:
        """The mean time from arrival to departure in the long run."""
        return 1 / (self.services - self.arrivals)

    def waits_at_first(self, generator: np.random.Generator, size: int) -> np.ndarray:
        """Draw waits of a customer who finds the queue as it is in the long run: none, or else exponential."""
        busy = generator.random(size) < self.arrivals / self.services
        return np.where(busy, generator.exponential(self.time_in_system, size), 0.0)


def sojourns(waits: np.ndarray, gaps: np.ndarray, services: np.ndarray) -> np.ndarray:
    """Give the mean time in the system by Lindley's recursion: the next wait is wait + service - gap, or none.

    ``gaps`` and ``services`` have a row per customer and a column per queue; ``waits`` are the first customers'.
    """
    total = np.zeros_like(waits)
    for gap, service in zip(gaps, services, strict=True):
        total += waits + service
        waits = np.maximum(0.0, waits + service - gap)
    return total / len(services)


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


def test_t02_coverage_of_t_intervals() -> None:
    """Tests T02: of 400 intervals from 30 replications of an M/M/1 queue 91.7 to 98.3 % cover its W of 5.

    The band is the nominal 95 % and three standard errors to either side.
    """
    queue, generator = Queue(0.8, 1.0), np.random.default_rng(2)
    macro, replications, customers = 400, 30, 2000
    means = np.empty((replications, macro))
    for row in means:
        gaps = generator.exponential(1 / queue.arrivals, (customers, macro))
        services = generator.exponential(1 / queue.services, (customers, macro))
        row[:] = sojourns(queue.waits_at_first(generator, macro), gaps, services)
    centers, widths, counts = estimate(means)
    assert (counts == replications).all()
    assert 0.917 <= np.mean(np.abs(centers - queue.time_in_system) <= widths) <= 0.983
