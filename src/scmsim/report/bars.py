"""Figures of stages side by side: cost, service and how much orders vary."""

from textwrap import wrap
from typing import TYPE_CHECKING, Any

import pandas as pd
import plotly.graph_objects as go

from scmsim.report.answers import BULLWHIP, COST_LINES, SERVICE, data_bullwhip, data_cost, data_service
from scmsim.report.labels import compact, in_plot, number, percent
from scmsim.report.look import AT_END, AXIS, INK, SOFT, blank, label_rows, row_height, with_room
from scmsim.report.stages import data_stages
from scmsim.report.titles import title_of

if TYPE_CHECKING:
    from scmsim.experiments.run.result import Result

COST_COLORS = (
    *("#77AADD", "#99DDFF", "#EE8866", "#FFAABB", "#EEDD88", "#BBCC33", "#44BB99", "#AAAA00", "#CC99BB", "#BBBBBB"),
)
FROM_POOR_TO_GOOD = ((0, "#FBD9B5"), (0.5, "#FBF3E6"), (1, "#9CCBE8"))
AGAINST = ("vs. its own demand", "vs. end demand")
DOTTED = {"color": INK, "width": 1.2, "dash": "dot"}
HEADING: dict[str, Any] = {
    "showarrow": False,
    "xanchor": "left",
    "yanchor": "bottom",
    "yshift": 6,
    "font": {"color": SOFT},
}


def plot_cost(result: "Result") -> go.Figure:
    """Draw the cost of every stage, its lines stacked."""
    frame = data_cost(result)
    names, labels = _names(result, frame)
    figure = blank(110 + row_height(labels) * len(names))
    for metric, color in zip(COST_LINES, COST_COLORS, strict=True):
        rows = frame[frame["metric"] == metric].set_index("node")["mean"].reindex(names).dropna()
        if not rows.empty:
            figure.add_bar(
                y=[names.index(name) for name in rows.index],
                x=list(rows),
                orientation="h",
                name=in_plot(title_of(metric)),
                marker={"color": color, "line": {"color": "white", "width": 1}},
                customdata=[[in_plot(name), number(value)] for name, value in rows.items()],
                hovertemplate="%{customdata[0]}: %{customdata[1]}",
            )
    totals = frame.groupby("node")["mean"].sum().reindex(names)
    ends = [{"x": total, "y": place, "text": compact(total), **AT_END} for place, total in enumerate(totals)]
    figure.update_layout(barmode="stack", bargap=0.35, annotations=ends, showlegend=True)
    label_rows(figure, labels)
    return figure.update_xaxes(title_text="cost over the measured time", range=with_room(totals))


def plot_service(result: "Result") -> go.Figure:
    """Draw the service measures of every stage; a bluer field is a better one."""
    frame = data_service(result)
    names, labels = _names(result, frame)
    table = frame.pivot(index="node", columns="metric", values="mean").reindex(index=names, columns=list(SERVICE))
    shares = table.to_numpy(dtype=float)
    figure = blank(120 + row_height(labels) * len(names))
    figure.add_heatmap(
        z=shares,
        text=[[percent(value).replace(" ", "\u2009") for value in row] for row in shares],
        texttemplate="%{text}",
        textfont={"color": INK},
        customdata=[[f"{in_plot(name)}<br>{in_plot(title_of(metric))}" for metric in SERVICE] for name in names],
        hovertemplate="%{customdata}: %{text}<extra></extra>",
        hoverongaps=False,
        zmin=0,
        zmax=1,
        colorscale=FROM_POOR_TO_GOOD,
        showscale=False,
        xgap=3,
        ygap=3,
    )
    label_rows(figure, labels)
    titles = ["<br>".join(wrap(in_plot(title_of(metric)), 8, break_long_words=False)) for metric in SERVICE]
    figure.update_xaxes(tickvals=list(range(len(SERVICE))), ticktext=titles, side="top", showgrid=False, tickangle=0)
    figure.update_xaxes(showline=False, ticks="")
    return figure.update_yaxes(showline=False, ticks="")


def plot_bullwhip(result: "Result") -> go.Figure:
    """Draw the order variance ratios: against the demand a stage sees, and against end customers' demand."""
    frame, stages = data_bullwhip(result), data_stages(result)
    points = list(dict.fromkeys(zip(frame["node"], frame["product"], strict=True)))
    several = len(set(frame["product"])) > 1
    labels = [f"{stages[node].label}, {product}" if several else stages[node].label for node, product in points]
    figure = blank(84 + row_height(labels) * len(points))
    label_rows(figure, labels)
    words: list[dict[str, Any]] = []
    for side, metric in enumerate(BULLWHIP):
        rows = frame[frame["metric"] == metric]
        places = [points.index(pair) for pair in zip(rows["node"], rows["product"], strict=True)]
        words += _draw_side(figure, rows, places, side, [stages[name].fill for name in rows["node"]])
    return figure.update_layout(bargap=0.35, margin={"t": 40}, annotations=words, xaxis2={"anchor": "y"})


def _draw_side(
    figure: go.Figure, rows: pd.DataFrame, places: list[int], side: int, colors: list[str]
) -> list[dict[str, Any]]:
    """Draw one of the two fields of ratios, and give the words that belong to it."""
    axis = "x2" if side else "x"
    ends = rows["mean"] + rows["half_width"].fillna(0.0)
    figure.add_bar(
        x=rows["mean"],
        y=places,
        xaxis=axis,
        orientation="h",
        marker={"color": colors},
        error_x={"array": rows["half_width"], "visible": bool(rows["half_width"].notna().any()), "color": SOFT},
        customdata=[[in_plot(name), number(value)] for name, value in zip(rows["node"], rows["mean"], strict=True)],
        hovertemplate=f"{AGAINST[side]}<br>%{{customdata[0]}}: %{{customdata[1]}}<extra></extra>",
        showlegend=False,
    )
    figure.add_shape(type="line", x0=1, x1=1, y0=0, y1=1, xref=axis, yref="paper", line=DOTTED)
    span = {"domain": [0.53 * side, 0.47 + 0.53 * side], "range": with_room(pd.concat([ends, pd.Series([1.0])]), 0.5)}
    figure.update_layout({f"xaxis{axis[1:]}": {**AXIS, **span, "nticks": 4, "tickangle": 0}})
    numbers = [
        {"x": end, "y": place, "xref": axis, "text": compact(value), **AT_END}
        for place, value, end in zip(places, rows["mean"], ends, strict=True)
    ]
    return [*numbers, {"x": 0, "y": 1, "xref": f"{axis} domain", "yref": "paper", "text": AGAINST[side], **HEADING}]


def _names(result: "Result", frame: pd.DataFrame) -> tuple[list[str], list[str]]:
    """Give the names of the stages of a frame in its order, and their labels."""
    stages = data_stages(result)
    names = [str(name) for name in dict.fromkeys(frame["node"])]
    return names, [stages[name].label if name in stages else name for name in names]
