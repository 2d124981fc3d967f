"""When disruptions strike, and for how long: what every kind is, and the kinds themselves.

A kind holds no random numbers and no clock: whoever asks brings the generator, and gets instants in ticks.
"""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import ConfigDict, Field

from scmsim.inputs.distributions import Distribution, NonNegativeOrDistribution
from scmsim.inputs.kinds import kinds_of, require, shown
from scmsim.specification import Interval, Number, Share, Specification
from scmsim.ticks import TICKS, to_ticks

BLOCK = 64
LONGEST = 10**15
"""The longest time between two changes, in ticks; longer ones, of chances next to 0, count as this."""

Spell = tuple[int, int]
"""When something is struck and when that ends, in ticks."""
Name = Annotated[str, Field(min_length=1, max_length=200)]
Chance = Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)]


class Occurrence(Specification):
    """When something is struck, and for how long.

    A subclass adds ``kind`` (a ``Literal`` with its value as default), its parameters and `spells`.
    """

    model_config = ConfigDict(json_schema_extra=require("kind"))

    kind: str
    """Which kind."""

    def spells(self, rng: np.random.Generator, start: int) -> Iterator[Spell]:
        """Give one spell after the other, in the order in which they begin.

        Parameters
        ----------
        rng : numpy.random.Generator
            The disruption's own stream.
        start : int
            The tick at which the run begins.
        """
        raise NotImplementedError

    @property
    def trigger(self) -> str | None:
        """The disruption that sets this one off; None where it comes by itself."""
        return None

    @property
    def is_random(self) -> bool:
        """Whether anything of it is left to chance: any distribution among its parameters."""
        return any(isinstance(value, Distribution) for _, value in self)

    def __repr_args__(self) -> Any:
        return shown(self, "kind")


class Strike(Specification):
    """One disruption whose date is known."""

    at: Number
    """When it strikes, on the run's clock (time units; not before `time.start`)."""
    lasts: NonNegativeOrDistribution
    """How long it lasts (time units), or a distribution."""


class Dates(Occurrence):
    """It strikes at given times.

    Examples
    --------
    >>> quake = Dates(times=[{"at": 10, "lasts": 5}])
    >>> [(begin / TICKS, end / TICKS) for begin, end in quake.spells(np.random.default_rng(), 0)]
    [(10.0, 15.0)]
    """

    kind: Literal["dates"] = "dates"
    """The name of this kind."""
    times: Annotated[tuple[Strike, ...], Field(strict=False, min_length=1)]
    """When it strikes, and how long each lasts: `[{at: 10, lasts: 5}]`. Times may overlap: what is struck is free again
    when the last has ended."""

    def spells(self, rng: np.random.Generator, start: int) -> Iterator[Spell]:
        """Give the spells in the order of time."""
        found = [(to_ticks(strike.at), int(next(durations(strike.lasts, rng)))) for strike in self.times]
        yield from sorted((begin, begin + lasts) for begin, lasts in found)

    @property
    def is_random(self) -> bool:
        """Whether any length is left to chance."""
        return any(isinstance(strike.lasts, Distribution) for strike in self.times)


class Renewal(Occurrence):
    """It strikes again and again: times without it and times with it follow one another, drawn anew each time.

    Examples
    --------
    >>> strikes = Renewal(up=6, down=2).spells(np.random.default_rng(), start=0)
    >>> [(begin / TICKS, end / TICKS) for begin, end in (next(strikes), next(strikes))]
    [(6.0, 8.0), (14.0, 16.0)]
    """

    kind: Literal["renewal"] = "renewal"
    """The name of this kind."""
    up: NonNegativeOrDistribution
    """Time from the start of the run, and later from the end of the last disruption, to the next one (time units), or a
    distribution."""
    down: NonNegativeOrDistribution
    """How long a disruption lasts (time units), or a distribution."""

    def spells(self, rng: np.random.Generator, start: int) -> Iterator[Spell]:
        """Draw times up and times down in turn."""
        streams = rng.spawn(2)
        ups, downs = durations(self.up, streams[0]), durations(self.down, streams[1])
        return _alternating(ups, downs, start)


class Markov(Occurrence):
    """A two-state Markov process: in every period it strikes with one chance, and ends with another.

    In the first period of the run there is no disruption.

    Examples
    --------
    >>> strikes = Markov(fail=1, recover=1).spells(np.random.default_rng(), start=0)
    >>> [(begin / TICKS, end / TICKS) for begin, end in (next(strikes), next(strikes))]
    [(1.0, 2.0), (3.0, 4.0)]
    """

    kind: Literal["markov"] = "markov"
    """The name of this kind."""
    fail: Chance
    """The chance that a period without disruption is followed by one with it (above 0, at most 1)."""
    recover: Chance
    """The chance that a period with it is followed by one without (above 0, at most 1)."""
    period: Interval = 1.0
    """The length of a period, from the start of the run on (time units)."""

    @property
    def is_random(self) -> bool:
        """Whether not every chance is certain."""
        return self.fail < 1 or self.recover < 1

    def spells(self, rng: np.random.Generator, start: int) -> Iterator[Spell]:
        """Draw the numbers of periods up and down in turn, which are geometric."""
        streams, period = rng.spawn(2), to_ticks(self.period)
        ups, downs = _periods(self.fail, period, streams[0]), _periods(self.recover, period, streams[1])
        return _alternating(ups, downs, start)


class Triggered(Occurrence):
    """Another disruption sets it off: whenever that one strikes, with a chance, after a delay.

    Examples
    --------
    >>> flood = Triggered(by="rain", after=3, probability=0.4, lasts=10)
    >>> flood.trigger
    'rain'
    """

    kind: Literal["triggered"] = "triggered"
    """The name of this kind."""
    by: Name
    """The disruption that may set it off."""
    after: NonNegativeOrDistribution = 0.0
    """Time from that one's beginning to this one's (time units), or a distribution."""
    probability: Share = 1.0
    """The chance that it is set off (0 to 1), each time anew."""
    lasts: NonNegativeOrDistribution
    """How long it lasts (time units), or a distribution."""

    @property
    def trigger(self) -> str | None:
        """The disruption that sets this one off."""
        return self.by

    @property
    def is_random(self) -> bool:
        """Whether it is not certain to be set off, or anything of it is drawn."""
        return 0 < self.probability < 1 or super().is_random

    def spells(self, rng: np.random.Generator, start: int) -> Iterator[Spell]:
        """Give, for each time that the other strikes, when this one begins and ends after it; (-1, -1) if not at all.

        Draws are made whether it strikes or not, so that they stay the same whatever the chance.
        """
        streams = rng.spawn(3)
        delays, lengths = durations(self.after, streams[0]), durations(self.lasts, streams[1])
        while True:
            for drawn in streams[2].random(BLOCK).tolist():
                begin, lasts = next(delays), next(lengths)
                yield (begin, begin + lasts) if drawn < self.probability else (-1, -1)


def durations(time: float | Distribution, rng: np.random.Generator) -> Iterator[int]:
    """Give a time in ticks for ever, drawn anew each time where it is a distribution.

    Examples
    --------
    >>> next(durations(1.5, np.random.default_rng()))
    1500000
    """
    while True:
        if isinstance(time, Distribution):
            drawn = np.rint(np.maximum(time.sample(rng, BLOCK), 0.0) * TICKS)
            yield from drawn.clip(0, LONGEST).astype(np.int64).tolist()
        else:
            yield to_ticks(time)


def mean_of(time: float | Distribution) -> float:
    """Return the mean of a time, in time units.

    Examples
    --------
    >>> mean_of(2.5)
    2.5
    """
    return time.mean_value if isinstance(time, Distribution) else time


def _periods(chance: float, period: int, rng: np.random.Generator) -> Iterator[int]:
    while True:
        yield from (np.minimum(rng.geometric(chance, BLOCK), LONGEST // period) * period).tolist()


def _alternating(ups: Iterator[int], downs: Iterator[int], start: int) -> Iterator[Spell]:
    """Give the spells of times up and down that follow one another; none without length, which could go on for ever."""
    now = start
    for up, down in zip(ups, downs, strict=False):
        begin = now + up
        now = begin + down
        if up or down:
            yield begin, now
        else:
            now += 1


def occurrence_kinds() -> dict[str, type[Occurrence]]:
    """List every kind by the name it has in a scenario file.

    Examples
    --------
    >>> sorted(occurrence_kinds())
    ['dates', 'markov', 'renewal', 'triggered']
    """
    return kinds_of(Occurrence, "kind")
