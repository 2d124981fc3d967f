"""Random numbers: one independent stream per (seed, replication, name), drawn in blocks.

A stream depends on nothing but these three, so adding a node or changing a policy leaves every other stream as it
was, and two policies meet the same demand.
"""

from collections.abc import Iterator
from hashlib import blake2b
from typing import Protocol

import numpy as np

from scmsim.ticks import TICKS

FIRST_BLOCK = 64
LARGEST_BLOCK = 4096


class Sampler(Protocol):
    """Anything that can draw many numbers at once."""

    def sample(self, rng: np.random.Generator, n: int) -> np.ndarray:
        """Draw ``n`` numbers."""


class Streams:
    """The random streams of one replication.

    Parameters
    ----------
    seed : int
        Chosen by the user.
    replication : int
        1, 2, 3, …

    Examples
    --------
    >>> first = Streams(seed=1, replication=1).generator("demand/retailer/beer")
    >>> again = Streams(seed=1, replication=1).generator("demand/retailer/beer")
    >>> bool(first.random() == again.random())
    True
    """

    __slots__ = ("replication", "seed")

    def __init__(self, seed: int, replication: int) -> None:
        self.seed = seed
        self.replication = replication

    def generator(self, name: str) -> np.random.Generator:
        """Return the generator of the stream of this name, at its beginning."""
        digest = blake2b(name.encode(), digest_size=16).digest()
        words = np.frombuffer(digest, dtype="<u4").tolist()
        return np.random.Generator(np.random.PCG64(np.random.SeedSequence([self.seed, self.replication, *words])))

    def ticks(self, sampler: Sampler, name: str) -> Iterator[int]:
        """Draw durations for ever, in ticks; a negative draw counts as 0."""
        generator = self.generator(name)
        size = FIRST_BLOCK
        while True:
            block = np.rint(np.maximum(sampler.sample(generator, size), 0.0) * TICKS)
            yield from block.astype(np.int64).tolist()
            size = min(2 * size, LARGEST_BLOCK)
