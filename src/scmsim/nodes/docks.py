"""Docks: where goods wait at their sender until a load departs, and what departs."""

from collections.abc import Callable, Iterator, Mapping
from operator import attrgetter

from scmsim.flows.events import CODES
from scmsim.flows.material import RESIDUE
from scmsim.nodes.departures import Departures, departures
from scmsim.nodes.docked_lane import Lot
from scmsim.nodes.vehicles import Vehicles
from scmsim.nodes.workshop import Workshop
from scmsim.policies.loading import filled, shares
from scmsim.policies.transport import ModeChoice, Part
from scmsim.scenario.network import Delay, Lane, Network
from scmsim.scenario.network_transport import Mode, Transport
from scmsim.ticks import LONG_AGO, TICKS

VEHICLE_LEFT = CODES["vehicle_left"]
NAMELESS = -1.0


class _Route:
    """One mode of one lane: how long its loads take, and the vehicles that they need."""

    __slots__ = ("_back", "_backs", "_draws", "_latest", "_may_overtake", "_ticks", "code", "mode", "vehicles")

    def __init__(
        self, mode: Mode, code: float, lane: Lane, workshop: Workshop, vehicles: Mapping[str, Vehicles]
    ) -> None:
        name = _stream(lane) + (f"/{mode.name}" if mode.name else "")
        self.mode = mode
        self.code = code
        self._ticks = mode.lead_time.ticks
        self._draws = _drawn(mode.lead_time, workshop, f"load_lead_time/{name}")
        back = self._back = mode.return_time
        self._backs = _drawn(back, workshop, f"return_time/{name}") if back is not None else None
        self.vehicles = vehicles.get(mode.fleet)
        self._may_overtake = lane.crossing
        self._latest = LONG_AGO

    def time(self, now: int) -> int:
        """Return how long a load that departs now takes; where nothing may overtake, it is not there before others."""
        ticks = self._ticks if self._draws is None else next(self._draws)
        if not self._may_overtake:
            self._latest = max(self._latest, now + ticks)
            return self._latest - now
        return ticks

    def back(self, out: int) -> int:
        """Return how long a vehicle needs to come back that has been on its way out for so long."""
        if self._back is None:
            return out
        return self._back.ticks if self._backs is None else next(self._backs)


class Load:
    """What one departure of a mode takes.

    Parameters
    ----------
    dock : Dock
        Where it waits for a vehicle.
    route : _Route
        How it travels.
    parts : list of (Lot, float)
        The units of each lot.
    """

    __slots__ = ("_dock", "parts", "route")

    def __init__(self, dock: "Dock", route: _Route, parts: list[tuple[Lot, float]]) -> None:
        self._dock = dock
        self.route = route
        self.parts = parts

    def times(self, now: int) -> tuple[int, int]:
        """Draw how long it takes, and how long its vehicle needs to come back."""
        out = self.route.time(now)
        return out, self.route.back(out)

    def depart(self, times: tuple[int, int]) -> None:
        """Leave now."""
        self._dock.depart(self, times)


class Dock:
    """The goods of one lane that are ready to go, of all products.

    Parameters
    ----------
    lane : Lane
        What the scenario says of it.
    transport : Transport
        Its loads.
    yard : Yard
        Where loads are made.
    workshop : Workshop
        The means of the run.
    vehicles : mapping of str to Vehicles
        The sender's fleets.

    Attributes
    ----------
    name : tuple of (str, str, tuple of str)
        The lane's ends and products: the order in which the docks of one instant have their turn.
    goods : dict of str to Amount
        What one unit of every product takes.
    """

    def __init__(
        self, lane: Lane, transport: Transport, yard: "Yard", workshop: Workshop, vehicles: Mapping[str, Vehicles]
    ) -> None:
        self.name = (lane.origin, lane.destination, lane.products)
        self.goods = transport.goods
        self._index = float(lane.index)
        self._yard = yard
        self._clock = workshop.clock
        self._lots: list[Lot] = []
        self._trades: Callable[[], bool] | None = None
        self._choice = transport.choice
        self._routes = [
            _Route(mode, float(code) if mode.name else NAMELESS, lane, workshop, vehicles)
            for code, mode in enumerate(transport.modes)
        ]
        self._options = [mode.option for mode in transport.modes]
        self._departures: Departures = departures(transport.dispatch, workshop.clock, self.look)
        self._freight_row = workshop.recorder.writer("freight")
        self._events_row = workshop.recorder.writer("events")

    def begin(self, start: int) -> None:
        """Book the departures that come at regular instants."""
        self._departures.begin(start)

    def goes_by(self, wrap: Callable[[ModeChoice | None], ModeChoice]) -> None:
        """Let somebody else have a say in how goods travel."""
        self._choice = wrap(self._choice)

    def ends_with(self, trades: Callable[[], bool]) -> None:
        """Let nothing leave any more, not even what waits for a vehicle, when the sender does not trade."""
        self._trades = trades

    def add(self, lot: Lot) -> None:
        """Take in units that are ready to go."""
        self._lots.append(lot)
        self._yard.look_at(self)

    def look(self, _argument: None = None) -> None:
        """See at the end of this instant whether anything leaves."""
        if self._lots:
            self._yard.look_at(self)

    def load(self) -> None:
        """Make as many loads as leave now."""
        lots = self._lots
        if self._trades is not None and not self._trades():
            return
        lots.sort(key=attrgetter("place"))
        while lots and self._departures.leaves([lot.goods for lot in lots], lots[0].since):
            load = self._next_load()
            vehicles = load.route.vehicles
            if vehicles is None:
                load.depart((load.route.time(self._clock.now), 0))
            else:
                vehicles.carry(load)
        if lots:
            self._departures.remember(lots[0].since)

    def depart(self, load: Load, times: tuple[int, int]) -> None:
        """Send a load on its way, and write down what each of its parts costs and emits."""
        if self._trades is not None and not self._trades():
            return
        now, mode, number = self._clock.now, load.route.mode, self._yard.number()
        time, arrives, goods = self._clock.time, now + times[0], [lot.one.times(units) for lot, units in load.parts]
        if load.route.vehicles is not None:
            first = load.parts[0][0].way
            self._events_row((time, VEHICLE_LEFT, first.shipper_index, first.buyer, 0.0, 1.0, sum(times) / TICKS))
        for (lot, units), amount, share in zip(load.parts, goods, shares(goods), strict=True):
            cost = share * mode.load_cost + sum(rate * each for rate, each in zip(mode.cost, amount, strict=True))
            co2 = share * mode.load_co2 + mode.weight_co2 * amount.weight
            row = (time, self._index, number, load.route.code, lot.way.buyer, lot.order.number, units, cost, co2)
            self._freight_row(row)
            lot.way.depart(lot.order, units, arrives)

    def _next_load(self) -> Load:
        """Take the first load off what waits; how it travels is chosen for all that waits."""
        lots = self._lots
        chosen = self._chosen(lots)
        route = self._routes[chosen[0]]
        going = [lot for lot, choice in zip(lots, chosen, strict=True) if choice == chosen[0]]
        wanted = [(lot.units, lot.one, lot.way.whole_units) for lot in going]
        parts = [
            (lot, units)
            for lot, units in zip(going, filled(wanted, route.mode.capacity), strict=True)
            if units > RESIDUE
        ]
        for lot, units in parts:
            lot.units -= units
        self._lots[:] = [lot for lot in lots if lot.units > RESIDUE]
        return Load(self, route, parts)

    def _chosen(self, lots: list[Lot]) -> tuple[int, ...]:
        if self._choice is None:
            return (0,) * len(lots)
        now = self._clock.time
        return self._choice.choose([Part(lot.goods, (lot.order.promised - now) / TICKS) for lot in lots], self._options)


class Yard:
    """All docks of a run: at the end of an instant, when every stock has had its turn, they make their loads.

    Parameters
    ----------
    workshop : Workshop
        The means of the run.
    """

    __slots__ = ("_booked", "_clock", "_docks", "_loads", "_phase")

    def __init__(self, workshop: Workshop) -> None:
        self._clock = workshop.clock
        self._phase = workshop.phases.turn(workshop.phases.levels)
        self._docks: dict[tuple[str, str, tuple[str, ...]], Dock] = {}
        self._booked = LONG_AGO
        self._loads = 0

    def look_at(self, dock: Dock) -> None:
        """Let a dock make its loads at the end of this instant."""
        self._docks[dock.name] = dock
        if self._booked != self._clock.now:
            self._booked = self._clock.now
            self._clock.at(self._clock.now, self._phase, self._load)

    def number(self) -> float:
        """Return the number of the next load."""
        self._loads += 1
        return float(self._loads)

    def _load(self, _argument: None) -> None:
        self._booked = LONG_AGO
        docks, self._docks = self._docks, {}
        for name in sorted(docks):
            docks[name].load()


def _stream(lane: Lane) -> str:
    """Return what the random numbers of a lane are named after; lanes between the same nodes carry other products."""
    return f"{lane.origin}->{lane.destination}/{lane.products[0]}"


def _drawn(delay: Delay, workshop: Workshop, name: str) -> Iterator[int] | None:
    return workshop.streams.ticks(delay.distribution, name) if delay.distribution is not None else None


def docks_of(network: Network, workshop: Workshop) -> dict[int, Dock]:
    """Return the docks of all lanes that move goods in loads, by the index of the lane."""
    if not network.has_loads:
        return {}
    yard, docks = Yard(workshop), {}
    vehicles = {
        node: {name: Vehicles(fleet, workshop) for name, fleet in each.fleets.items()}
        for node, each in network.nodes.items()
    }
    for lane in sorted(network.lanes, key=lambda lane: (lane.origin, lane.destination, lane.products)):
        if lane.transport is not None and not lane.is_for_returns:
            dock = docks[lane.index] = Dock(lane, lane.transport, yard, workshop, vehicles[lane.origin])
            dock.begin(network.calendar.start)
    return docks
