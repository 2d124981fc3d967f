"""What is said of suppliers and ways to travel to no effect: delays of questions nobody asks, a base above demand."""

from collections.abc import Iterator

from scmsim.policies.sourcing_kinds import BaseSurge
from scmsim.policies.transport import Urgency
from scmsim.scenario.findings import Finding
from scmsim.scenario.network import FromProduction, FromSeveral, Network, Point
from scmsim.scenario.network_supply import UNLIMITED
from scmsim.scenario.schema import ScenarioFile
from scmsim.scenario.schema_transport import Mode
from scmsim.ticks import TICKS

Path = tuple[str | int, ...]
Looks = Iterator[tuple[Path, Finding | None]]
_BY_DISTANCE = ("distance_cost", "co2_distance", "co2_weight")


def idle_supply(file: ScenarioFile, network: Network) -> Looks:
    """Find what the lanes of a scenario say for nobody, and standing orders for more than is ever needed."""
    sources = [point.source for point in network.points]
    asked = {
        way.lane
        for source in sources
        if isinstance(source, FromSeveral) and source.rule.enquires
        for way in source.ways
    }
    for index, lane in enumerate(file.lanes):
        for kind in ("request", "quotation"):
            if getattr(lane.messages, kind) != 0:
                path: Path = ("lanes", index, "messages", kind)
                found = f"the delay of a {kind} where {lane.destination} asks {lane.origin} nothing"
                expected = "`sourcing` by priority, most_stock or quotation at the receiver"
                yield path, None if index in asked else Finding(path, found, expected)
        if lane.distance is not None:
            path = ("lanes", index, "distance")
            found = "a distance by which nothing is charged and nothing emitted"
            expected = "modes with " + ", ".join(f"`{key}`" for key in _BY_DISTANCE[:2]) + f" or `{_BY_DISTANCE[2]}`"
            is_used = any(getattr(mode, key) for mode in lane.modes.values() for key in _BY_DISTANCE)
            yield path, None if is_used else Finding(path, found, expected)
        choice = lane.mode_choice
        if isinstance(choice, Urgency) and _time(lane.modes[choice.urgent]) >= _time(lane.modes[choice.normal]):
            path = ("lanes", index, "mode_choice", "urgent")
            found = f"the urgent mode {choice.urgent}, which is no faster than the normal one, {choice.normal}"
            yield path, Finding(path, found, "a faster mode")
    for point in network.points:
        yield from _base(network, point)


def _time(mode: Mode) -> float:
    time = mode.lead_time
    return time if isinstance(time, float | int) else time.mean_value


def _taken_from(point: Point) -> set[int]:
    """Return the points that a stock is replenished from, by lane or by making."""
    components = point.source.components if isinstance(point.source, FromProduction) else ()
    return {way.supplier for way in point.ways} | {component for component, _ in components}


def _base(network: Network, point: Point) -> Looks:
    """Find a base that exceeds all that end customers ask for, where nobody else is fed."""
    source, review = point.source, point.review
    if not isinstance(source, FromSeveral) or not isinstance(source.rule, BaseSurge) or review is None:
        return
    path: Path = ("nodes", point.node, "stock", point.product, "sourcing", "quantity")
    feeds = any(point.index in _taken_from(other) for other in network.points)
    means = [demand.model.moments() for demand in point.demands]
    limits = [network.points[way.supplier].supply for way in source.ways]
    known = [mean for mean in means if mean is not None]
    if feeds or not review.interval or len(known) < len(means) or any(supply != UNLIMITED for supply in limits):
        return
    units, asked = source.rule.quantity * TICKS / review.interval, sum(mean for mean, _ in known)
    found = f"a base of {units:g} per time unit, where customers ask for {asked:g}: stock grows and grows"
    yield path, Finding(path, found, f"at most {asked:g}") if units > asked * (1 + 1e-9) else None
