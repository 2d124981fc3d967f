"""What people do about a disruption of which they know: order elsewhere, call off what waits, send by a faster mode."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from scmsim.engine.clock import Phases
from scmsim.flows.events import CODES
from scmsim.flows.material import RESIDUE
from scmsim.nodes.disruptions_lane import StruckLane
from scmsim.nodes.disruptions_pace import RELEASE
from scmsim.nodes.docks import Dock
from scmsim.nodes.sourcing import SeveralLanes
from scmsim.nodes.workshop import Workshop
from scmsim.policies.allocation import allocate
from scmsim.policies.sourcing import Offer
from scmsim.policies.transport import ModeChoice, Option, Part
from scmsim.scenario.network_disruption import Reactions

CONFIRMED = CODES["cancellation_confirmed"]


class SwitchingLanes(SeveralLanes):
    """Several lanes into a stock, some of which it avoids for a while."""

    __slots__ = ("_avoided",)

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self._avoided: Counter[int] = Counter()

    def avoid(self, lanes: Sequence[int], *, more: int) -> None:
        """Avoid some lanes from now on, or, with ``more`` of -1, no longer."""
        for lane in lanes:
            self._avoided[lane] += more

    def order(self, quantity: float, offers: Sequence[Offer]) -> None:
        """Place what the rule chooses, and where it chooses a lane to be avoided, with the others."""
        whole_units = self._stock.counts_whole_units
        chosen, self._memory = self._rule.choose(quantity, offers, self._memory, whole_units=whole_units)
        is_open = [not self._avoided[way.lane.index] for way in self.ways]
        if any(is_open) and not all(is_open):
            chosen = switched(chosen, is_open, offers, whole_units=whole_units)
        for way, units in zip(self.ways, chosen, strict=True):
            if units > RESIDUE:
                way.source.place(units)

    def reroute(self, lanes: Sequence[int], workshop: Workshop) -> None:
        """Call off what waits for some lanes, and order it over the others, where there are others."""
        if all(self._avoided[way.lane.index] for way in self.ways):
            return
        now, events_row = workshop.clock.time, workshop.recorder.writer("events")
        total = 0.0
        for way in self.ways:
            process = way.process
            if way.lane.index not in lanes or not isinstance(process, StruckLane):
                continue
            for order, units in process.call_off():
                events_row((now, CONFIRMED, process.buyer, way.seller.index, order.number, units, 0.0))
                process.forgo(order, units)
                total += units
        self.place(total)


def switched(
    chosen: Sequence[float], is_open: Sequence[bool], offers: Sequence[Offer], *, whole_units: bool
) -> tuple[float, ...]:
    """Return a choice in which only the open lanes get anything: in proportion, or all for the one that costs least.

    Examples
    --------
    >>> offers = [Offer("near", 2, 1), Offer("far", 1, 5), Offer("home", 3, 0)]
    >>> switched([6.0, 2.0, 0.0], [False, True, True], offers, whole_units=False)
    (0.0, 8.0, 0.0)
    >>> switched([6.0, 0.0, 0.0], [False, True, True], offers, whole_units=False)
    (0.0, 6.0, 0.0)
    """
    total = sum(chosen)
    kept = [units if free else 0.0 for units, free in zip(chosen, is_open, strict=True)]
    if sum(kept) <= RESIDUE:
        places = [place for place, free in enumerate(is_open) if free]
        best = min(places, key=lambda place: (offers[place].cost, offers[place].time, offers[place].supplier))
        return tuple(total if place == best else 0.0 for place in range(len(chosen)))
    more = allocate(total - sum(kept), [units * total for units in kept], whole_units)
    return tuple(units + extra for units, extra in zip(kept, more, strict=True))


class Expediting:
    """Stands between a dock and its rule for how goods travel."""

    __slots__ = ("_mode", "_rule", "reasons")

    def __init__(self, mode: int) -> None:
        self._mode = mode
        self._rule: ModeChoice | None = None
        self.reasons = 0

    def wrap(self, rule: ModeChoice | None) -> Any:
        """Take the place of a rule."""
        self._rule = rule
        return self

    def choose(self, parts: Sequence[Part], options: Sequence[Option]) -> tuple[int, ...]:
        """Take the faster mode while there is a reason, and what the rule says otherwise."""
        if self.reasons:
            return (self._mode,) * len(parts)
        return (0,) * len(parts) if self._rule is None else self._rule.choose(parts, options)


class Reaction:
    """What people do about one disruption.

    Parameters
    ----------
    said : Reactions
        What the scenario says of it.
    docks : mapping of int to Dock
        The docks of lanes whose goods move in loads, by the lane.
    switching : list of SwitchingLanes
        The sources that may avoid lanes.
    workshop : Workshop
        The means of the run.
    """

    __slots__ = ("_clock", "_hurried", "_said", "_switching", "_workshop")

    def __init__(
        self, said: Reactions, docks: Mapping[int, Dock], switching: list[SwitchingLanes], workshop: Workshop
    ) -> None:
        self._said = said
        self._clock = workshop.clock
        self._workshop = workshop
        self._switching = [each for each in switching if any(way.lane.index in said.lanes for way in each.ways)]
        self._hurried = []
        for lane, mode in said.expedite:
            expediting = Expediting(mode)
            docks[lane].goes_by(expediting.wrap)
            self._hurried.append(expediting)

    def expect(self, begin: int, end: int) -> None:
        """Know of a spell after some time, if it lasts so long, until it ends."""
        known = begin + self._said.known_after
        if known < end:
            self._clock.at(known, Phases.state, self._learn)
            self._clock.at(end, Phases.state, self._forget)

    def _learn(self, _argument: None = None) -> None:
        said = self._said
        for source in self._switching:
            source.avoid(said.lanes, more=1)
        for hurried in self._hurried:
            hurried.reasons += 1
        if said.reroute:
            self._clock.at(self._clock.now, RELEASE, self._reroute)

    def _reroute(self, _argument: None = None) -> None:
        for source in self._switching:
            source.reroute(self._said.lanes, self._workshop)

    def _forget(self, _argument: None = None) -> None:
        for source in self._switching:
            source.avoid(self._said.lanes, more=-1)
        for hurried in self._hurried:
            hurried.reasons -= 1
