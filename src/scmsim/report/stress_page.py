"""The page of a stress test: the network coloured by what the loss of each part costs, and the ranking."""

from typing import TYPE_CHECKING, Any

import plotly.graph_objects as go

from scmsim.metrics import CATALOGUE
from scmsim.report.experiment_page import block, experiment_foot, experiment_header, html_table
from scmsim.report.labels import UNDEFINED, in_html, in_plot, number, percent
from scmsim.report.map import data_network
from scmsim.report.map_figure import plot_network
from scmsim.report.panels import Panel, section
from scmsim.report.shell import assembled
from scmsim.words import counted, plural

if TYPE_CHECKING:
    from scmsim.experiments.stress.stress import Stress

SCALE = ((0.0, "#DDE3E9"), (0.25, "#F2C078"), (0.6, "#E07A3F"), (1.0, "#A61B1B"))
"""From no impact to the largest; readable without red and green being told apart."""
UNKNOWN = "#FFFFFF"
NETWORK = (
    "Every node and every lane was out for {lasts}, one at a time, from {unit} {at} on. The darker it is, the worse "
    "for the {title} of the chain; what is white could not be struck."
)
RANKING = (
    "By how much the {title} is worse than without the stop, in the same replications: on average, with the 95 % "
    "interval's half width, in the worst replication, and on average over the worst {share} of them. Then the share of "
    "demand that is no longer served at once, and the {unit} until customers notice it and until they do no more."
)


def stress_page(result: "Stress") -> str:
    """Give the page of a stress test as HTML."""
    unit = plural(result.scenario.network.calendar.unit)
    title = CATALOGUE[result.by].title.lower()
    text = NETWORK.format(
        lasts=f"{number(result.lasts)} {unit}",
        at=number(result.at),
        title=title,
        unit=result.scenario.network.calendar.unit,
    )
    panel = Panel("network", "Where it hurts", text, (("network", plot_stress(result)),))
    told = RANKING.format(title=title, share=f"{100 * result.share:g} %", unit=unit)
    parts = [
        experiment_header(
            result.scenario.name,
            f"Stress test: {counted(result.replications, 'replication')} of each",
            result.sentences,
        ),
        section(panel),
        block("ranking", "Ranking", told, _table(result)),
        experiment_foot(
            [
                ("scenario", result.scenario.name),
                ("sha256", result.scenario.sha256),
                ("seed", result.seed),
                ("replications", result.replications),
            ]
        ),
    ]
    return assembled(f"{result.scenario.name}: stress test", parts, [panel])


def data_stress(result: "Stress") -> dict[str, float]:
    """Give the impact on each node and lane by name, as a share of the largest; what was not struck is left out."""
    rows = result.ranking[result.ranking["impact"].notna()]
    most = max(float(rows["impact"].max()), 1e-12)
    return {str(row["name"]): max(0.0, float(row["impact"])) / most for _, row in rows.iterrows()}


def plot_stress(result: "Stress") -> go.Figure:
    """Draw the network, nodes and lanes coloured by impact."""
    shares, picture = data_stress(result), data_network(result)
    figure = plot_network(result)
    lanes = [lane for lane in result.scenario.network.lanes if not lane.is_for_returns]
    for lane, way in zip(lanes, picture.ways, strict=False):
        name = f"{lane.origin} -> {lane.destination}"
        across, up = zip(*way.route, strict=True)
        look = {"color": colour(shares.get(name)), "width": 6}
        figure.add_scatter(x=across, y=up, mode="lines", line=look, hoverinfo="skip", showlegend=False)
    moved = figure.data[-len(lanes) :] if lanes else ()
    rest = [trace for trace in figure.data[: len(figure.data) - len(lanes)] if trace.mode != "text"]
    rest[0].line.width = 1
    figure.data = [*moved, *rest]
    _colour_marks(figure, [mark.stage.name if mark.stage else None for mark in picture.marks], shares)
    _tell(figure, result)
    largest = float(result.ranking["impact"].max())
    bar = {
        "title": {"text": "impact on<br>" + in_plot(CATALOGUE[result.by].title.lower()), "font": {"size": 12}},
        "thickness": 12,
        "len": 110,
        "lenmode": "pixels",
        "tickvals": [0, max(largest, 0)],
        "ticktext": ["0", number(max(largest, 0))],
    }
    figure.add_scatter(
        x=[None],
        y=[None],
        mode="markers",
        showlegend=False,
        marker={
            "color": [0, max(largest, 0)],
            "colorscale": [list(step) for step in SCALE],
            "showscale": True,
            "colorbar": bar,
        },
    )
    return figure


def _colour_marks(figure: go.Figure, names: list[str | None], shares: dict[str, float]) -> None:
    for trace in figure.data:
        if trace.mode == "markers+text" and len(trace.x) == len(names):
            trace.marker.color = [colour(shares.get(name)) if name else "#7B8794" for name in names]
            trace.marker.line = {"color": "#52606D", "width": 1.5}


def _tell(figure: go.Figure, result: "Stress") -> None:
    """Say the impact when the pointer rests on a node or a lane."""
    rows = {str(row["name"]): row for _, row in result.ranking.iterrows()}
    arrows = {name.replace(" -> ", " → "): row for name, row in rows.items()}
    for trace in figure.data:
        if trace.customdata is not None:
            trace.customdata = [_with_impact(str(text), {**rows, **arrows}) for text in trace.customdata]


def _with_impact(text: str, rows: dict[str, Any]) -> str:
    name = text.partition("</b>")[0].removeprefix("<b>")
    row = rows.get(name)
    if row is None:
        return text
    said = f"not struck: {in_plot(row['reason'])}" if row["reason"] else f"impact {number(row['impact'])}"
    return f"{text}<br>{said}"


def colour(share: float | None) -> str:
    """Return the colour of an impact, as a share of the largest; None where there is none to show.

    Examples
    --------
    >>> colour(None), colour(0.0), colour(1.0)
    ('#FFFFFF', '#DDE3E9', '#A61B1B')
    """
    if share is None:
        return UNKNOWN
    below = max((each for each in SCALE if each[0] <= share), key=lambda each: each[0])
    above = min((each for each in SCALE if each[0] >= share), key=lambda each: each[0])
    span = above[0] - below[0]
    part = (share - below[0]) / span if span else 0.0
    ends = [[int(end[1][at : at + 2], 16) for at in (1, 3, 5)] for end in (below, above)]
    mixed = [round(low + part * (high - low)) for low, high in zip(*ends, strict=True)]
    return "#" + "".join(f"{value:02X}" for value in mixed)


def _table(result: "Stress") -> str:
    names = ("impact", "half_width", "worst", "tail", "fill_rate_lost", "time_to_survive", "time_to_recover")
    rows = []
    for row in result.ranking.to_dict("records"):
        name = in_html(row["name"].replace(" -> ", " → "))
        first = [UNDEFINED if row["reason"] else str(row["rank"]), name, in_html(row["kind"])]
        if row["reason"]:
            cells = [in_html(f"not struck: {row['reason']}"), *[""] * (len(names) - 1)]
        else:
            cells = [_cell(name, row[name]) for name in names]
        rows.append([*first, *cells])
    heads = ["rank", "struck", "", "impact", "±", "worst", "tail", "fill rate lost", "survives", "recovers after"]
    return html_table(heads, rows, names=3)


def _cell(name: str, value: float) -> str:
    if value != value:
        return UNDEFINED
    return in_html(percent(value) if name == "fill_rate_lost" else number(value))
