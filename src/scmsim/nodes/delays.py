"""How long messages of one sort take, one after the other."""

from collections.abc import Iterator

from scmsim.nodes.workshop import Workshop
from scmsim.scenario.network import Delay


class Delays:
    """The delays of one sort of message on one lane, one after the other; in ticks.

    Parameters
    ----------
    delay : Delay
        What the scenario says of them.
    workshop : Workshop
        The means of the run.
    name : str
        The name of their random numbers.
    """

    __slots__ = ("_draws", "_ticks")

    def __init__(self, delay: Delay, workshop: Workshop, name: str) -> None:
        drawn = delay.distribution
        self._draws: Iterator[int] | None = workshop.streams.ticks(drawn, name) if drawn is not None else None
        self._ticks = delay.ticks

    def next(self) -> int:
        """Return the time that the next message takes."""
        return self._ticks if self._draws is None else next(self._draws)
