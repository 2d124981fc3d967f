"""The network as a picture: nodes by kind, lanes with their direction and lead time."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from math import inf
from typing import TYPE_CHECKING

from scmsim.report.labels import in_plot, number
from scmsim.report.layout import Place, layered
from scmsim.report.stages import Stage, data_stages
from scmsim.ticks import from_ticks
from scmsim.words import plural

if TYPE_CHECKING:
    from scmsim.experiments.run.result import Result
    from scmsim.experiments.stress.stress import Stress
    from scmsim.scenario.network import Delay, Lane, Network

CUSTOMERS = "customers"
MOST_CUSTOMERS = 10
MOST_TOLD = 8
"""Of more lanes than this the delays are told on hover only."""

MOST_IN_COLUMN = 20
"""A column of more nodes is not labelled node by node; it says how many they are."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A node (or the customers of one, then ``stage`` is None) and where it is drawn."""

    place: Place
    stage: Stage | None
    label: str
    hover: str
    above: bool


@dataclass(frozen=True, slots=True)
class Way:
    """A lane: the places it passes, what it says on hover, and its delays as a number or a sum (or nothing)."""

    route: tuple[Place, ...]
    hover: str
    delays: str = ""


@dataclass(frozen=True, slots=True)
class Map:
    """Everything the picture of a network shows."""

    marks: tuple[Mark, ...]
    ways: tuple[Way, ...]
    columns: int
    tallest: int
    unit: str


def data_network(result: "Result | Stress") -> Map:
    """Place the nodes and lanes of a network.

    Columns follow the longest way to the customer, upstream on the left; positions stated in the scenario win (x to the
    right, y upwards), and then no customers are drawn. Of many nodes only some are labelled; hovering names them all.
    """
    network, stages = result.scenario.network, data_stages(result)
    stated_at = {node.name: node.position for node in network.nodes.values() if node.position is not None}
    names, facing = list(stages), [] if stated_at else _facing(network)
    at = {name: index for index, name in enumerate(names)}
    down = [lane for lane in network.lanes if not lane.is_for_returns]
    back = [lane for lane in network.lanes if lane.is_for_returns]
    edges = [(at[lane.origin], at[lane.destination]) for lane in down]
    sold = [(at[name], len(names) + rank) for rank, name in enumerate(facing)]
    layout = layered(len(names) + len(facing), [*edges, *sold])
    places, routes = list(layout.places), list(layout.routes)
    if stated_at:
        places = _around(places, {at[name]: place for name, place in stated_at.items()})
        routes = [(places[start], places[end]) for start, end in [*edges, *sold]]
    labelled = _labelled(places[: len(names)], names, network)
    hovers = _of_nodes(network)
    marks = [
        Mark(place, stages[name], stages[name].label if index in labelled else "", hovers[name], _up(place))
        for index, (name, place) in enumerate(zip(names, places, strict=False))
    ]
    for seller, index in sold:
        place = places[index]
        marks.append(Mark(place, None, CUSTOMERS, f"customers of {in_plot(names[seller])}", _up(place)))
    words = [_of_lane(lane, network.calendar.unit) for lane in down]
    words += [f"{in_plot(name)} → customers" for name in facing]
    told = [_summed(lane) if tells_delays(network) else "" for lane in down] + [""] * len(facing)
    routes += [(places[at[lane.origin]], places[at[lane.destination]]) for lane in back]
    words += [f"{_of_lane(lane, network.calendar.unit)}<br>for returns" for lane in back]
    told += [""] * len(back)
    ways = tuple(Way(tuple(route), word, delays) for route, word, delays in zip(routes, words, told, strict=True))
    return Map(tuple(marks), ways, layout.columns, layout.tallest, network.calendar.unit)


def tells_delays(network: "Network") -> bool:
    """Tell whether there are so few lanes that the delays of each stand in the picture."""
    return 0 < len(network.lanes) <= MOST_TOLD


def _facing(network: "Network") -> list[str]:
    """List the nodes that customers buy from, unless there are too many to draw customers at each."""
    facing = sorted({point.node for point in network.points if point.demands})
    return facing if len(facing) <= MOST_CUSTOMERS else []


def _labelled(places: list[Place], names: list[str], network: "Network") -> set[int]:
    """Choose the nodes to label: of a crowd only those with the most lanes, and so few that they do not touch."""
    ties = dict.fromkeys(names, 0)
    for lane in network.lanes:
        ties[lane.origin] += 1
        ties[lane.destination] += 1
    crowds = Counter(place[0] for place in places)
    apart_x = 0.9 * _gap(place[0] for place in places)
    apart_y = 0.08 * _size(place[1] for place in places)
    kept: list[int] = []
    for index in sorted(range(len(names)), key=lambda index: (-ties[names[index]], index)):
        x, y = places[index]
        near = (other for other in kept if abs(places[other][0] - x) < apart_x and abs(places[other][1] - y) < apart_y)
        if crowds[x] <= MOST_IN_COLUMN and not any(True for _ in near):
            kept.append(index)
    return set(kept)


def _gap(values: Iterable[float]) -> float:
    """Give the smallest distance between different values that is not negligible."""
    ordered = sorted(set(values))
    size = (ordered[-1] - ordered[0]) or 1.0
    return min((high - low for low, high in pairwise(ordered) if high - low > 0.05 * size), default=size)


def _size(values: Iterable[float]) -> float:
    low, high = span_of(values)
    return (high - low) or 1.0


def _around(places: list[Place], stated: dict[int, tuple[float, float]]) -> list[Place]:
    """Put stated positions in force, and the computed ones, stretched to the same box, where nothing is stated."""
    boxes = [(span_of(at[axis] for at in stated.values()), span_of(place[axis] for place in places)) for axis in (0, 1)]
    moved = [tuple(_stretch(place[axis], *boxes[axis]) for axis in (0, 1)) for place in places]
    return [stated.get(index, (place[0], place[1])) for index, place in enumerate(moved)]


def _stretch(value: float, into: tuple[float, float], outof: tuple[float, float]) -> float:
    share = (value - outof[0]) / ((outof[1] - outof[0]) or 1.0)
    return into[0] + share * ((into[1] - into[0]) or 1.0)


def span_of(values: Iterable[float]) -> tuple[float, float]:
    """Give the smallest and the largest of some values; of none, 0 and 1.

    Examples
    --------
    >>> span_of([3.0, 1.0, 2.0]), span_of([])
    ((1.0, 3.0), (0.0, 1.0))
    """
    low, high = inf, -inf
    for value in values:
        low, high = min(low, value), max(high, value)
    return (low, high) if low <= high else (0.0, 1.0)


def _up(place: Place) -> bool:
    """Labels of neighbouring columns stand above and below by turns, so that they do not meet."""
    return round(place[0]) % 2 == 0


def _of_nodes(network: "Network") -> dict[str, str]:
    products: dict[str, list[str]] = {name: [] for name in network.nodes}
    for point in network.points:
        products[point.node].append(in_plot(point.product, 24))
    return {
        name: f"<b>{in_plot(name)}</b><br>{node.kind}, {node.segment}<br>{_listed(products[name])}"
        for name, node in network.nodes.items()
    }


def _listed(products: list[str]) -> str:
    return ", ".join(products[:6]) + (f" and {len(products) - 6} more" if len(products) > 6 else "")


def _of_lane(lane: "Lane", unit: str) -> str:
    delays = f"lead time {_delay(lane.lead_time, unit)}<br>order delay {_delay(lane.order_delay, unit)}"
    modes = f"<br>by {_listed([in_plot(mode, 24) for mode in lane.modes])}" if lane.modes else ""
    return f"<b>{in_plot(lane.origin)} → {in_plot(lane.destination)}</b><br>{delays}{modes}"


def _summed(lane: "Lane") -> str:
    """Write the delays of a lane in short: the lead time, or the order delay + the lead time."""
    delays = [lane.order_delay, lane.lead_time] if lane.order_delay.ticks else [lane.lead_time]
    return " + ".join(f"{'≈ ' if delay.distribution else ''}{number(from_ticks(delay.ticks))}" for delay in delays)


def _delay(delay: "Delay", unit: str) -> str:
    length = from_ticks(delay.ticks)
    spelled = f"{number(length)} {in_plot(unit if length == 1 else plural(unit))}"
    return spelled if delay.distribution is None else f"{spelled} on average (random)"
