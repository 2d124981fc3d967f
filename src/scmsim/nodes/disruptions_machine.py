"""Machines that may have to stop: what is in them stays there, and is finished when they go on."""

from typing import TYPE_CHECKING

import simpy

from scmsim.nodes.disruptions_pace import Extent
from scmsim.nodes.shop_machine import DOWN, Machine, Process, Spell
from scmsim.nodes.workshop import Workshop

if TYPE_CHECKING:
    from scmsim.nodes.shop import WorkCentre


class StruckMachine(Machine):
    """A machine that may have to stop. Nobody knows when, so that it listens while it waits and works.

    Parameters
    ----------
    centre, number, workshop
        As for `Machine`.

    Attributes
    ----------
    power : Extent
        Whether it may work.
    """

    __slots__ = ("_changed", "power")

    def __init__(self, centre: "WorkCentre", number: int, workshop: Workshop) -> None:
        super().__init__(centre, number, workshop)
        self.power = Extent(self._heed)
        self._changed = self._environment.event()

    def _heed(self) -> None:
        changed, self._changed = self._changed, self._environment.event()
        changed.succeed()

    def _pass(self, ticks: int) -> Spell:
        begun = int(self._environment.now)
        yield self._changed | self._environment.timeout(ticks)
        return int(self._environment.now) - begun

    def _wait(self, event: simpy.Event) -> Process:
        if not self.power.is_nothing:
            yield from super()._wait(event | self._changed)

    def _unavailable(self) -> Process:
        yield from super()._unavailable()
        while self.power.is_nothing:
            self._show(DOWN)
            yield from super()._wait(self._changed)
            yield from super()._unavailable()
