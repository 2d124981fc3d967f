"""Cases T01 to T05: the statistics of experiments against published and exact values."""

from collections.abc import Callable, Iterator
from math import sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scmsim.experiments.compare.selection import kim_nelson_constants, rinott_constant
from scmsim.experiments.statistics.estimates import estimate
from scmsim.experiments.warmup.mser import mser
from scmsim.verification.case import Case, Finding
from scmsim.verification.laboratory import Laboratory

Array = NDArray[np.float64]
Check = Callable[[Laboratory], Iterator[Finding]]


def truncation(batch: int, truncated: int, mean: float) -> Check:
    """Return the check of what MSER leaves out of a decaying series with a ripple, and of the mean of the rest."""

    def check(laboratory: Laboratory) -> Iterator[Finding]:
        place = np.arange(150)
        found = mser(10 + 12 * 0.9**place + ((5 * place) % 7 - 3) * 0.5, batch)
        yield Finding("observations truncated", truncated, found.observations)
        yield Finding("mean of the rest", mean, found.mean, tolerance=5e-7)
        yield Finding("truncation at its bound (1: yes)", 0, float(found.at_bound))

    return check


class Queue(NamedTuple):
    """A queue with one server, Poisson arrivals and exponential service."""

    arrivals: float
    services: float

    @property
    def time_in_system(self) -> float:
        """The mean time from arrival to departure in the long run."""
        return 1 / (self.services - self.arrivals)

    def waits_at_first(self, generator: np.random.Generator, size: int) -> Array:
        """Draw waits of a customer who finds the queue as it is in the long run: none, or else exponential."""
        busy = generator.random(size) < self.arrivals / self.services
        return np.where(busy, generator.exponential(self.time_in_system, size), 0.0)


def sojourns(waits: Array, gaps: Array, services: Array) -> Array:
    """Give the mean time in the system by Lindley's recursion: the next wait is wait + service - gap, or none.

    ``gaps`` and ``services`` have a row per customer and a column per queue; ``waits`` are the first customers'.
    """
    total = np.zeros_like(waits)
    for gap, service in zip(gaps, services, strict=True):
        total += waits + service
        waits = np.maximum(0.0, waits + service - gap)
    return total / len(services)


def coverage(laboratory: Laboratory) -> Iterator[Finding]:
    """Find that 91.7 to 98.3 % of 400 intervals from 30 replications of an M/M/1 queue cover its W of 5.

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
    yield Finding("replications behind every interval, least", replications, float(counts.min()))
    covered = float(np.mean(np.abs(centers - queue.time_in_system) <= widths))
    yield Finding("share of intervals that cover 5", 0.95, covered, tolerance=3 * sqrt(0.95 * 0.05 / macro))


def kim_nelson(laboratory: Laboratory) -> Iterator[Finding]:
    """Find the constants for 10 scenarios, 5 % and 10 first replications."""
    eta, squared = kim_nelson_constants(10, 0.05, 10)
    yield Finding("eta", 0.859083, eta, tolerance=1e-6)
    yield Finding("h squared", 15.463502, squared, tolerance=1e-6)


def rinott(laboratory: Laboratory) -> Iterator[Finding]:
    """Find the constants for 95 % and 20 first replications."""
    for scenarios, expected in ((2, 2.4525), (10, 3.8753)):
        found = rinott_constant(scenarios, 0.95, 20)
        yield Finding(f"constant for {scenarios} scenarios", expected, found, tolerance=5e-5)


CASES = (
    Case(
        name="T01-mser-5",
        what="truncation of a decaying series with a ripple, batches of 5",
        source="White 1997, computed independently",
        compute=truncation(5, 35, 10.021772),
    ),
    Case(
        name="T01-mser-1",
        what="truncation of a decaying series with a ripple, no batches",
        source="White 1997, computed independently",
        compute=truncation(1, 20, 10.104532),
    ),
    Case(
        name="T02-coverage",
        what="t-intervals of the time in an M/M/1 queue",
        source="nominal coverage of 95 %, and three standard errors of 400 intervals",
        grade="C",
        compute=coverage,
    ),
    Case(
        name="T03-kim-nelson",
        what="constants of the fully sequential selection of the best",
        source="Kim and Nelson 2001: formulas",
        compute=kim_nelson,
    ),
    Case(
        name="T04-rinott",
        what="constants of the two-stage selection of the best",
        source="Rinott 1978: tables (2.453), recomputed",
        grade="A",
        compute=rinott,
    ),
)
