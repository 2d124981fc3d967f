"""Vehicles: a limited number of them carries the loads of one node's lanes, and has to come back for the next."""

from collections.abc import Generator
from typing import Any, Protocol

import simpy

from scmsim.engine.clock import Action
from scmsim.nodes.workshop import Workshop
from scmsim.scenario.network_transport import Fleet


class Cargo(Protocol):
    """A load that waits for a vehicle."""

    def times(self, now: int) -> tuple[int, int]:
        """Draw the ticks it takes out, and the ticks its vehicle needs to come back."""

    @property
    def depart(self) -> Action:
        """What makes it leave, given these times."""


class Vehicles:
    """The vehicles of one fleet: loads get them in the order in which they were made.

    Parameters
    ----------
    fleet : Fleet
        How many.
    workshop : Workshop
        The means of the run.
    """

    __slots__ = ("_clock", "_environment", "_phase", "_vehicles")

    def __init__(self, fleet: Fleet, workshop: Workshop) -> None:
        self._clock = workshop.clock
        self._environment = workshop.clock.environment
        self._phase = workshop.phases.turn(workshop.phases.levels)
        self._vehicles = simpy.Resource(self._environment, capacity=fleet.number)

    def carry(self, load: Cargo) -> None:
        """Let a load depart when a vehicle is there for it."""
        self._environment.process(self._trip(load))

    def _trip(self, load: Cargo) -> Generator[simpy.Event, Any, None]:
        with self._vehicles.request() as turn:
            yield turn
            now = int(self._environment.now)
            times = load.times(now)
            self._clock.at(now, self._phase, load.depart, times)
            yield self._environment.timeout(sum(times))
