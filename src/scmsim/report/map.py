"""The network as a picture: nodes by kind, lanes with their direction and lead time."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from math import inf
from typing import TYPE_CHECKING

from scmsim.report.labels import in_plot, number, wrapped
from scmsim.report.layout import Place, layered
from scmsim.report.stages import Stage, data_stages
from scmsim.ticks import from_ticks

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from scmsim.experiments.result import Result
    from scmsim.scenario.network import Delay, Lane, Network

SYMBOLS = {"supplier": "diamond", "factory": "square", "warehouse": "hexagon2", "distributor": "triangle-up"}
CUSTOMERS = "customers"
MOST_CUSTOMERS = 10
MOST_IN_COLUMN = 20
"""A column of more nodes is not labelled node by node; it says how many they are."""

SMALL = 40
MARGIN = 46
"""Pixels above the highest and below the lowest node, for their labels."""

HALO = "0 0 3px white, 0 0 3px white, 0 0 4px white"
ROUND = "circle"


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
    """A lane: the places it passes and what it says on hover."""

    route: tuple[Place, ...]
    hover: str


@dataclass(frozen=True, slots=True)
class Map:
    """Everything the picture of a network shows."""

    marks: tuple[Mark, ...]
    ways: tuple[Way, ...]
    columns: int
    tallest: int


def data_network(result: "Result") -> Map:
    """Place the nodes and lanes of a network.

    Columns follow the longest way to the customer, upstream on the left; positions stated in the scenario win (x to the
    right, y upwards). Of many nodes only some are labelled; hovering names them all.
    """
    network, stages = result.scenario.network, data_stages(result)
    names, facing = list(stages), _facing(network)
    at = {name: index for index, name in enumerate(names)}
    edges = [(at[lane.origin], at[lane.destination]) for lane in network.lanes]
    sold = [(at[name], len(names) + rank) for rank, name in enumerate(facing)]
    layout = layered(len(names) + len(facing), [*edges, *sold])
    places, routes = list(layout.places), list(layout.routes)
    stated = {at[node.name]: node.position for node in network.nodes.values() if node.position is not None}
    if stated:
        places = _around(places, stated)
        routes = [(places[start], places[end]) for start, end in [*edges, *sold]]
    labelled = _labelled(places[: len(names)], names, network)
    marks = [
        Mark(places[index], stages[name], stages[name].label if index in labelled else "", _of_node(network, name), _up(places[index]))
        for index, name in enumerate(names)
    ]
    ends = [Mark(places[index], None, CUSTOMERS, "customers of " + in_plot(names[of]), _up(places[index])) for of, index in sold]
    hovers = [_of_lane(lane, network.calendar.unit) for lane in network.lanes]
    hovers += [f"{in_plot(name)} → customers" for name in facing]
    ways = tuple(Way(tuple(route), hover) for route, hover in zip(routes, hovers, strict=True))
    return Map((*marks, *ends), ways, layout.columns, layout.tallest)


def plot_network(result: "Result") -> "go.Figure":
    """Draw the network: colours by stage, shapes by kind, arrows downstream, lead times on hover."""
    from scmsim.report.figures import blank

    picture = data_network(result)
    height = int(min(760, 110 + 62 * min(picture.tallest, 6) + 9 * max(0, picture.tallest - 6)))
    figure, inner = blank(height), height - 70 - 2 * MARGIN
    small = len(picture.marks) <= SMALL
    size = 24.0 if small else max(5.0, min(12.0, 0.95 * inner / picture.tallest))
    _draw_ways(figure, picture.ways, size, small)
    _draw_marks(figure, picture.marks, size)
    for column, count in Counter(mark.place[0] for mark in picture.marks).items():
        if count > MOST_IN_COLUMN:
            foot = min(mark.place[1] for mark in picture.marks if mark.place[0] == column)
            figure.add_annotation(x=column, y=foot, text=f"{count} nodes", showarrow=False, yanchor="top", yshift=-8)
    for kind in dict.fromkeys(mark.stage.kind for mark in picture.marks if mark.stage is not None):
        look = {"symbol": SYMBOLS.get(kind, ROUND), "size": 12, "color": "#CBD2D9", "line": {"color": "#52606D", "width": 1}}
        figure.add_scatter(x=[None], y=[None], mode="markers", name=kind, marker=look)
    low, high = _span(mark.place[1] for mark in picture.marks)
    left, right = _span(mark.place[0] for mark in picture.marks)
    figure.update_xaxes(visible=False, range=_padded(left, right, 0.15))
    figure.update_yaxes(visible=False, range=_padded(low, high, MARGIN / inner))
    return figure.update_layout(hovermode="closest")


def _draw_ways(figure: "go.Figure", ways: tuple[Way, ...], size: float, small: bool) -> None:
    """Draw all lanes as one trace: an arrowhead at the end of each, nothing at its start and bends."""
    across: list[float | None] = []
    up: list[float | None] = []
    sizes: list[float] = []
    standoffs: list[float] = []
    for way in ways:
        across += [*(place[0] for place in way.route), None]
        up += [*(place[1] for place in way.route), None]
        sizes += [*(0.0 for _ in way.route[1:]), 12.0 if small else 7.0, 0.0]
        standoffs += [*(0.0 for _ in way.route[1:]), size / 2 + 1, 0.0]
    arrow = {"symbol": "arrow", "angleref": "previous", "size": sizes, "standoff": standoffs, "color": "#7B8794", "opacity": 1}
    line = {"color": "#9AA5B1", "width": 1.8 if small else 0.8}
    figure.add_scatter(x=across, y=up, mode="lines+markers", line=line, marker=arrow, hoverinfo="skip", showlegend=False)
    middles = [_middle(way.route) for way in ways]
    figure.add_scatter(
        x=[place[0] for place in middles],
        y=[place[1] for place in middles],
        mode="markers",
        marker={"size": 22 if small else 8, "color": "rgba(0,0,0,0)"},
        customdata=[way.hover for way in ways],
        hovertemplate="%{customdata}<extra></extra>",
        showlegend=False,
    )


def _draw_marks(figure: "go.Figure", marks: tuple[Mark, ...], size: float) -> None:
    figure.add_scatter(
        x=[mark.place[0] for mark in marks],
        y=[mark.place[1] for mark in marks],
        mode="markers+text",
        marker={
            "size": size,
            "symbol": [ROUND + "-open" if mark.stage is None else SYMBOLS.get(mark.stage.kind, ROUND) for mark in marks],
            "color": ["#52606D" if mark.stage is None else mark.stage.fill for mark in marks],
            "opacity": 1,
            "line": {"color": "white", "width": 1.5},
        },
        text=[wrapped(mark.label) for mark in marks],
        textposition=["top center" if mark.above else "bottom center" for mark in marks],
        textfont={"size": 13, "shadow": HALO},
        cliponaxis=False,
        customdata=[mark.hover for mark in marks],
        hovertemplate="%{customdata}<extra></extra>",
        showlegend=False,
    )


def _padded(low: float, high: float, share: float) -> list[float]:
    pad = share * (high - low or 1.0)
    return [low - pad, high + pad]


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
    low, high = _span(values)
    return (high - low) or 1.0


def _around(places: list[Place], stated: dict[int, tuple[float, float]]) -> list[Place]:
    """Put stated positions in force, and the computed ones, stretched to the same box, where nothing is stated."""
    boxes = [(_span(at[axis] for at in stated.values()), _span(place[axis] for place in places)) for axis in (0, 1)]
    moved = [tuple(_stretch(place[axis], *boxes[axis]) for axis in (0, 1)) for place in places]
    return [stated.get(index, (place[0], place[1])) for index, place in enumerate(moved)]


def _stretch(value: float, into: tuple[float, float], outof: tuple[float, float]) -> float:
    share = (value - outof[0]) / ((outof[1] - outof[0]) or 1.0)
    return into[0] + share * ((into[1] - into[0]) or 1.0)


def _span(values: Iterable[float]) -> tuple[float, float]:
    low, high = inf, -inf
    for value in values:
        low, high = min(low, value), max(high, value)
    return (low, high) if low <= high else (0.0, 1.0)


def _up(place: Place) -> bool:
    """Labels of neighbouring columns stand above and below by turns, so that they do not meet."""
    return round(place[0]) % 2 == 0


def _middle(route: tuple[Place, ...]) -> Place:
    half = len(route) // 2
    (left, low), (right, high) = route[half - 1], route[half]
    return ((left + right) / 2, (low + high) / 2)


def _of_node(network: "Network", name: str) -> str:
    node = network.nodes[name]
    products = [point.product for point in network.points if point.node == name]
    held = ", ".join(in_plot(product, 24) for product in products[:6]) + (" …" if len(products) > 6 else "")
    return f"<b>{in_plot(name)}</b><br>{node.kind}, {node.segment}<br>{held}"


def _of_lane(lane: "Lane", unit: str) -> str:
    delays = f"lead time {_delay(lane.lead_time, unit)}<br>order delay {_delay(lane.order_delay, unit)}"
    return f"<b>{in_plot(lane.origin)} → {in_plot(lane.destination)}</b><br>{delays}"


def _delay(delay: "Delay", unit: str) -> str:
    length = from_ticks(delay.ticks)
    spelled = f"{number(length)} {in_plot(unit)}" + ("" if length == 1 else "s")
    return spelled if delay.distribution is None else f"{spelled} on average (random)"
