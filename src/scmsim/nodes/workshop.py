"""What the parts of one run share: the clock, chance, the pen of each table, and the list of what was changed."""

from itertools import count
from typing import Any

from scmsim.engine.clock import Clock, Phases
from scmsim.engine.recorder import Recorder
from scmsim.engine.streams import Streams


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
    numbers : iterator of float
        The next order's number, as tables of facts hold it.
    jobs : iterator of float
        The next job's number in the works.
    changed : list
        The stocks that changed at this instant.
    """

    __slots__ = ("clock", "jobs", "numbers", "phases", "recorder", "streams", "changed")

    def __init__(self, clock: Clock, phases: Phases, streams: Streams, recorder: Recorder) -> None:
        self.clock = clock
        self.phases = phases
        self.streams = streams
        self.recorder = recorder
        self.numbers = count(1.0)
        self.jobs = count(1.0)
        self.changed: list[Any] = []
