"""The picture of the network, drawn."""

from collections import Counter
from typing import TYPE_CHECKING

import plotly.graph_objects as go

from scmsim.report.labels import in_plot, wrapped
from scmsim.report.layout import Place
from scmsim.report.look import INK, SOFT, blank
from scmsim.report.map import MOST_IN_COLUMN, Map, Mark, Way, data_network, span_of
from scmsim.words import plural

if TYPE_CHECKING:
    from scmsim.experiments.run.result import Result
    from scmsim.experiments.stress.stress import Stress

SYMBOLS = {"supplier": "diamond", "factory": "square", "warehouse": "hexagon2", "distributor": "triangle-up"}
ROUND = "circle"
SMALL = 40
"""A network of more nodes is drawn with small marks and thin lines."""

CROWD = 6
MARGIN = 46
"""Pixels above the highest and below the lowest node, for their labels."""

PAD = 0.15
"""The space left and right of the outermost nodes, as a share of their distance."""

LEVEL, SLANTED = 0.44, 0.54
"""How far along a lane its delays stand: clear of the arrowhead on a level one, of its origin's label on others."""

HALO = "0 0 3px white, 0 0 3px white, 0 0 4px white"


def plot_network(result: "Result | Stress") -> go.Figure:
    """Draw the network: colours by stage, shapes by kind, arrows downstream; of few lanes each with its delays."""
    picture = data_network(result)
    height = int(min(760, 110 + 62 * min(picture.tallest, 6) + 9 * max(0, picture.tallest - 6)))
    figure, inner = blank(height), height - 70 - 2 * MARGIN
    crowds = Counter(mark.place[0] for mark in picture.marks)
    largest = 24.0 if len(picture.marks) <= SMALL else 13.0
    sizes = {column: _size(largest, inner, count) for column, count in crowds.items()}
    _draw_ways(figure, picture.ways, sizes)
    _draw_marks(figure, picture.marks, sizes)
    _draw_delays(figure, picture)
    _explain(figure, picture.marks)
    low, high = span_of(mark.place[1] for mark in picture.marks)
    left, right = span_of(mark.place[0] for mark in picture.marks)
    figure.update_xaxes(visible=False, range=_padded(left, right, PAD if len(picture.marks) <= SMALL else 0.28))
    figure.update_yaxes(visible=False, range=_padded(low, high, MARGIN / inner))
    return figure.update_layout(hovermode="closest", showlegend=True)


def _draw_ways(figure: go.Figure, ways: tuple[Way, ...], sizes: dict[float, float]) -> None:
    """Draw all lanes as one trace: an arrowhead at the end of each, nothing at its start and bends."""
    across: list[float | None] = []
    up: list[float | None] = []
    heads: list[float] = []
    standoffs: list[float] = []
    for way in ways:
        across += [*(place[0] for place in way.route), None]
        up += [*(place[1] for place in way.route), None]
        size = sizes[way.route[-1][0]]
        heads += [*(0.0 for _ in way.route[1:]), max(4.0, size / 2), 0.0]
        standoffs += [*(0.0 for _ in way.route[1:]), size / 2 + 1, 0.0]
    arrow = {"symbol": "arrow", "angleref": "previous", "size": heads, "standoff": standoffs, "color": "#7B8794"}
    few = len(ways) <= SMALL
    line = {"color": "#9AA5B1", "width": 1.8 if few else 0.8}
    look = {"mode": "lines+markers", "line": line, "marker": {**arrow, "opacity": 1}}
    figure.add_scatter(x=across, y=up, hoverinfo="skip", showlegend=False, **look)
    middles = [_along(way.route, 0.5) for way in ways]
    figure.add_scatter(
        x=[place[0] for place in middles],
        y=[place[1] for place in middles],
        mode="markers",
        marker={"size": 22 if few else 8, "color": "rgba(0,0,0,0)"},
        customdata=[way.hover for way in ways],
        hovertemplate="%{customdata}<extra></extra>",
        showlegend=False,
    )


def room_for_delays(picture: Map) -> int:
    """Give the width, in pixels, from which on the delays on the lanes stand clear of the nodes and arrowheads."""
    longest = max((len(line) for text in _delay_texts(picture).values() for line in text.split("<br>")), default=0)
    gap = 37 + 6.2 * longest
    return round(gap * max(1, picture.columns - 1) * (1 + 2 * PAD)) if longest else 0


def _draw_delays(figure: go.Figure, picture: Map) -> None:
    """Write the delays of every lane on both sides of its arrow: the number above, the unit below."""
    texts = _delay_texts(picture)
    if texts:
        look = {"mode": "text", "textposition": "middle center", "hoverinfo": "skip", "showlegend": False}
        font = {"size": 12, "color": INK, "shadow": HALO}
        across, up = zip(*texts, strict=True)
        figure.add_scatter(x=across, y=up, text=list(texts.values()), textfont=font, cliponaxis=False, **look)


def _delay_texts(picture: Map) -> dict[Place, str]:
    """Give what stands on the lanes, by place; lanes that lie on each other share theirs."""
    numbers: dict[Place, list[str]] = {}
    for way in picture.ways:
        if way.delays:
            share = LEVEL if len({up for _, up in way.route}) == 1 else SLANTED
            numbers.setdefault(_along(way.route, share), []).append(way.delays)
    texts = {place: " / ".join(dict.fromkeys(each)) for place, each in numbers.items()}
    one, more = in_plot(picture.unit, 12), in_plot(plural(picture.unit), 12)
    return {place: f"{text}<br>{one if text == '1' else more}" for place, text in texts.items()}


def _draw_marks(figure: go.Figure, marks: tuple[Mark, ...], sizes: dict[float, float]) -> None:
    figure.add_scatter(
        x=[mark.place[0] for mark in marks],
        y=[mark.place[1] for mark in marks],
        mode="markers+text",
        marker={
            "size": [sizes[mark.place[0]] for mark in marks],
            "symbol": [_symbol(mark.stage.kind) if mark.stage else f"{ROUND}-open" for mark in marks],
            "color": [mark.stage.fill if mark.stage else SOFT for mark in marks],
            "opacity": 1,
            "line": {"color": "white", "width": 1.5},
        },
        text=[wrapped(mark.label) for mark in marks],
        textposition=_label_sides(marks),
        textfont={"size": 13, "shadow": HALO},
        cliponaxis=False,
        customdata=[mark.hover for mark in marks],
        hovertemplate="%{customdata}<extra></extra>",
        showlegend=False,
    )


def _label_sides(marks: tuple[Mark, ...]) -> list[str]:
    """Say where each label stands: outside of a crowded first or last column, else above or below its node."""
    crowds = Counter(mark.place[0] for mark in marks)
    outer = {max(crowds): "middle right", min(crowds): "middle left"}
    sides = {column: side for column, side in outer.items() if crowds[column] > CROWD and len(marks) > SMALL}
    return [sides.get(mark.place[0], "top center" if mark.above else "bottom center") for mark in marks]


def _explain(figure: go.Figure, marks: tuple[Mark, ...]) -> None:
    """Name the shapes, and say how many nodes stand in a column too full to name them."""
    for kind in dict.fromkeys(mark.stage.kind for mark in marks if mark.stage):
        look = {"symbol": _symbol(kind), "size": 12, "color": "#CBD2D9", "line": {"color": SOFT, "width": 1}}
        figure.add_scatter(x=[None], y=[None], mode="markers", name=kind, marker=look)
    for column, count in Counter(mark.place[0] for mark in marks).items():
        if count > MOST_IN_COLUMN:
            foot = min(mark.place[1] for mark in marks if mark.place[0] == column)
            figure.add_annotation(x=column, y=foot, text=f"{count} nodes", showarrow=False, yanchor="top", yshift=-8)


def _size(largest: float, inner: float, count: int) -> float:
    """Give the size of marks of which so many stand above each other in so many pixels."""
    return largest if count < 3 else max(4.0, min(largest, 0.95 * inner / count))


def _symbol(kind: str) -> str:
    return SYMBOLS.get(kind, ROUND)


def _padded(low: float, high: float, share: float) -> list[float]:
    pad = share * (high - low or 1.0)
    return [low - pad, high + pad]


def _along(route: tuple[Place, ...], share: float) -> Place:
    """Give a place on the middle stretch of a way, so far along it."""
    half = len(route) // 2
    (left, low), (right, high) = route[half - 1], route[half]
    return (left + share * (right - left), low + share * (high - low))
