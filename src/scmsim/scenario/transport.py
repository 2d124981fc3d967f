"""From what a scenario says of transport to the loads that are simulated."""

from math import inf

from scmsim.policies.loading import NO_LIMIT, Amount
from scmsim.scenario.convert import delay
from scmsim.scenario.network_money import Delay
from scmsim.scenario.network_transport import Fleet, FullLoads, Mode, Schedule, Transport
from scmsim.scenario.schema import Product, ScenarioFile
from scmsim.scenario.schema_network import Lane, Node
from scmsim.scenario.schema_transport import Dispatch, LoadSize
from scmsim.scenario.schema_transport import Mode as SaidMode
from scmsim.ticks import to_ticks

OWN = ("lead_time", "unit_cost", "shipment_cost", "fleet", "return_time")
"""What a lane without modes says itself of the way that it is."""


def has_loads(lane: Lane) -> bool:
    """Tell whether a lane moves goods in loads, rather than every order by itself."""
    return bool(lane.modes) or lane.dispatch is not None or lane.fleet is not None


def transport_of(file: ScenarioFile, lane: Lane, products: tuple[str, ...]) -> Transport | None:
    """Return the loads of a lane; None where it has none."""
    if not has_loads(lane):
        return None
    modes = tuple(_mode(name, mode, lane.distance or 0.0) for name, mode in sorted(said_modes(lane).items()))
    return Transport(
        modes=modes,
        goods={name: goods_of(file.products[name]) for name in products},
        choice=lane.mode_choice,
        dispatch=_dispatch(lane.dispatch, modes),
    )


def transit_of(file: ScenarioFile, lane: Lane) -> tuple[Delay, Delay]:
    """Return the time of transport that is promised and planned with, and the longest wait for a departure."""
    transport = transport_of(file, lane, ())
    if transport is None:
        return delay(lane.lead_time), Delay(0)
    return transport.usual.lead_time, Delay(transport.wait)


def carriage_of(file: ScenarioFile, lane: Lane, product: str) -> float:
    """Return what a unit costs over a lane apart from its loads, in the mode that is planned with."""
    transport = transport_of(file, lane, (product,))
    if transport is None:
        return lane.unit_cost
    rates = zip(transport.usual.cost, transport.goods[product], strict=True)
    return sum(rate * amount for rate, amount in rates)


def said_modes(lane: Lane) -> dict[str, SaidMode]:
    """Return the modes of a lane; one without a name where it has none of its own."""
    return lane.modes or {"": SaidMode(**{key: getattr(lane, key) for key in OWN})}


def fleets_of(node: Node) -> dict[str, Fleet]:
    """Return the vehicles of a node."""
    return {name: Fleet(fleet.number, fleet.cost) for name, fleet in sorted(node.fleets.items())}


def goods_of(product: Product) -> Amount:
    """Return what one unit of a product takes."""
    return Amount(1.0, product.weight or 0.0, product.volume or 0.0)


def size_of(size: LoadSize | None) -> Amount:
    """Return a size of loads as limits."""
    if size is None:
        return NO_LIMIT
    return Amount(*(inf if most is None else most for most in (size.units, size.weight, size.volume)))


def _mode(name: str, mode: SaidMode, distance: float) -> Mode:
    return Mode(
        name=name,
        lead_time=delay(mode.lead_time),
        load_cost=mode.shipment_cost + mode.distance_cost * distance,
        cost=Amount(mode.unit_cost, mode.weight_cost, mode.volume_cost),
        load_co2=mode.co2 + mode.co2_distance * distance,
        weight_co2=mode.co2_weight * distance,
        capacity=size_of(mode.capacity),
        fleet=mode.fleet or "",
        return_time=delay(mode.return_time) if mode.return_time is not None else None,
    )


def _dispatch(dispatch: Dispatch | None, modes: tuple[Mode, ...]) -> Schedule | FullLoads | None:
    if dispatch is None:
        return None
    if dispatch.every is not None:
        return Schedule(every=to_ticks(dispatch.every), offset=to_ticks(dispatch.offset))
    least = dispatch.minimum_load
    minimum = modes[0].capacity.times(least) if isinstance(least, float | int) else size_of(least)
    longest = dispatch.longest_wait
    return FullLoads(minimum=minimum, longest_wait=to_ticks(longest) if longest is not None else None)
