"""What the parts of one run share: the clock, chance, the pen of each table, and the list of what was touched."""

from itertools import count
from typing import Protocol

from scmsim.engine.clock import Clock, Phases
from scmsim.engine.recorder import Recorder
from scmsim.engine.streams import Streams


class Closing(Protocol):
    """Something that writes down its state when everything due at an instant has been done."""

    def close(self, now: int) -> None:
        """Write it down."""


class Workshop:
    """The shared means of one run.

    Parameters
    ----------
    clock : Clock
    phases : Phases
    streams : Streams
    recorder : Recorder

    Attributes
    ----------
    numbers : iterator of int
        The next order's number.
    touched : list of Closing
        What changed at this instant.
    """

    __slots__ = ("clock", "numbers", "phases", "recorder", "streams", "touched")

    def __init__(self, clock: Clock, phases: Phases, streams: Streams, recorder: Recorder) -> None:
        self.clock = clock
        self.phases = phases
        self.streams = streams
        self.recorder = recorder
        self.numbers = count(1)
        self.touched: list[Closing] = []
        clock.on_close(self._close)

    def _close(self, now: int) -> None:
        for changed in self.touched:
            changed.close(now)
        self.touched.clear()
