"""Drawing: each function turns what a `data_*` function computed into a plotly figure."""

from textwrap import wrap
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from scmsim.report.answers import BULLWHIP, COST_LINES, OTHERS, SERVICE, data_bullwhip, data_cost, data_service
from scmsim.report.labels import in_plot, number, percent, wrapped
from scmsim.report.series import ALL_PRODUCTS, END_DEMAND, axis_of, data_net_stock, data_orders
from scmsim.report.stages import Stage, data_stages
from scmsim.report.titles import title_of

if TYPE_CHECKING:
    from scmsim.experiments.result import Result

INK = "#1F2933"
GRID = "#E4E7EB"
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
COST_COLORS = ("#77AADD", "#99DDFF", "#EE8866", "#FFAABB", "#EEDD88", "#BBCC33", "#44BB99", "#AAAA00")
LONGEST_LABEL = 18
AGAINST = ("vs. its own demand", "vs. end demand")
DOTTED = {"color": INK, "width": 1.2, "dash": "dot"}
HEADING: dict[str, Any] = {"showarrow": False, "xanchor": "left", "yanchor": "bottom", "yshift": 6, "font": {"color": "#52606D"}}
AT_END: dict[str, Any] = {"showarrow": False, "xanchor": "left", "xshift": 4}
AXIS: dict[str, Any] = {
    "gridcolor": GRID,
    "zeroline": False,
    "linecolor": "#9AA5B1",
    "automargin": True,
    "separatethousands": True,
    "minexponent": 6,
    "title": {"standoff": 8, "font": {"size": 14}},
    "ticklabelstandoff": 4,
}
BUSY = 80
"""Lines of more steps are drawn thinner."""


def plot_orders(result: "Result", product: str | None = ALL_PRODUCTS) -> go.Figure:
    """Draw what every stage ordered over time against end customers' demand: the bullwhip picture."""
    frame = data_orders(result, product)
    figure = _over_time(result, frame, "quantity", "linear")
    demand = frame[frame["node"] == END_DEMAND]
    figure.add_scatter(
        x=demand["time"],
        y=demand["quantity"],
        name="end demand",
        mode="lines",
        line={"color": INK, "width": 3.5 if len(demand) <= BUSY else 2.4},
        hovertemplate="%{y:.4~g}",
    )
    step, unit = axis_of(result.scenario.network.calendar).length, result.scenario.network.calendar.unit
    per = in_plot(unit) if step == 1 else f"{number(step)} {in_plot(unit)}s"
    return figure.update_yaxes(title_text=f"{_units(result, product)} per {per}", rangemode="tozero")


def plot_net_stock(result: "Result", product: str | None = ALL_PRODUCTS) -> go.Figure:
    """Draw every stage's net stock (on hand − backorders) over time; below zero somebody waits."""
    figure = _over_time(result, data_net_stock(result, product), "net_stock", "hv")
    figure.add_hline(y=0, line={"color": INK, "width": 1.2})
    return figure.update_yaxes(title_text=_units(result, product))


def plot_cost(result: "Result") -> go.Figure:
    """Draw the cost of every stage, its lines stacked."""
    frame, stages = data_cost(result), data_stages(result)
    names = _names(frame)
    figure = blank(110 + _bar([stages[name].label if name in stages else name for name in names]) * len(names))
    for metric, color in zip(COST_LINES, COST_COLORS, strict=True):
        rows = frame[frame["metric"] == metric].set_index("node")["mean"].reindex(names).dropna()
        if not rows.empty:
            figure.add_bar(
                y=[names.index(name) for name in rows.index],
                x=list(rows),
                orientation="h",
                name=title_of(metric),
                marker={"color": color, "line": {"color": "white", "width": 1}},
                customdata=[[_full(stages, str(name)), number(value)] for name, value in rows.items()],
                hovertemplate="%{customdata[0]}: %{customdata[1]}",
            )
    totals = frame.groupby("node")["mean"].sum().reindex(names)
    ends = [{"x": total, "y": place, "text": number(total), **AT_END} for place, total in enumerate(totals)]
    figure.update_layout(barmode="stack", bargap=0.35, annotations=ends)
    _stage_axis(figure, stages, names)
    return figure.update_xaxes(title_text="cost over the measured time", range=_room_for_numbers(totals))


def plot_service(result: "Result") -> go.Figure:
    """Draw the service measures of every stage, a darker field is a better one."""
    frame, stages = data_service(result), data_stages(result)
    names = _names(frame)
    table = frame.pivot(index="node", columns="metric", values="mean").reindex(index=names, columns=list(SERVICE))
    figure = blank(120 + _bar([stages[name].label if name in stages else name for name in names]) * len(names))
    figure.add_heatmap(
        z=table.to_numpy(dtype=float),
        x=list(range(len(SERVICE))),
        y=list(range(len(names))),
        text=[[percent(value).replace(" ", "\u2009") for value in row] for row in table.to_numpy(dtype=float)],
        texttemplate="%{text}",
        textfont={"color": INK},
        customdata=[[f"{_full(stages, name)}: {title_of(metric)}" for metric in SERVICE] for name in names],
        hovertemplate="%{customdata} %{text}<extra></extra>",
        hoverongaps=False,
        zmin=0,
        zmax=1,
        colorscale=[[0, "#FBD9B5"], [0.5, "#FBF3E6"], [1, "#9CCBE8"]],
        showscale=False,
        xgap=3,
        ygap=3,
    )
    _stage_axis(figure, stages, names)
    titles = ["<br>".join(wrap(in_plot(title_of(metric)), 8, break_long_words=False)) for metric in SERVICE]
    figure.update_yaxes(showgrid=False, showline=False, ticks="")
    return figure.update_xaxes(
        tickvals=list(range(len(SERVICE))), ticktext=titles, side="top", showgrid=False, showline=False, ticks="", tickangle=0
    )


def plot_bullwhip(result: "Result") -> go.Figure:
    """Draw every stage's order variance ratio: its own, and against end customers' demand."""
    frame, stages = data_bullwhip(result), data_stages(result)
    points = list(dict.fromkeys(zip(frame["node"], frame["product"], strict=True)))
    several = len(set(frame["product"])) > 1
    labels = [f"{stages[node].label}, {product}" if several else stages[node].label for node, product in points]
    figure = blank(84 + _bar(labels) * len(points))
    _label_axis(figure, labels)
    words: list[dict[str, Any]] = []
    for side, metric in enumerate(BULLWHIP):
        rows = frame[frame["metric"] == metric]
        places = [points.index(pair) for pair in zip(rows["node"], rows["product"], strict=True)]
        axis = "x2" if side else "x"
        figure.add_bar(
            x=rows["mean"],
            y=places,
            xaxis=axis,
            orientation="h",
            marker={"color": [stages[name].fill for name in rows["node"]]},
            error_x=_error(rows["half_width"]),
            customdata=[[in_plot(labels[place]), number(value)] for place, value in zip(places, rows["mean"], strict=True)],
            hovertemplate=f"{AGAINST[side]}<br>%{{customdata[0]}}: %{{customdata[1]}}<extra></extra>",
            showlegend=False,
        )
        ends = rows["mean"] + rows["half_width"].fillna(0.0)
        words += [
            {"x": end, "y": place, "xref": axis, "text": number(value), **AT_END}
            for place, value, end in zip(places, rows["mean"], ends, strict=True)
        ]
        words.append({"x": 0, "y": 1, "xref": f"{axis} domain", "yref": "paper", "text": AGAINST[side], **HEADING})
        figure.add_shape(type="line", x0=1, x1=1, y0=0, y1=1, xref=axis, yref="paper", line=DOTTED)
        room = _room_for_numbers(pd.concat([ends, pd.Series([1.0])]), 0.5)
        figure.update_layout({f"xaxis{axis[1:]}": {**AXIS, "domain": [0.53 * side, 0.47 + 0.53 * side], "range": room, "nticks": 4, "tickangle": 0}})
    return figure.update_layout(bargap=0.35, margin={"t": 40}, annotations=words, xaxis2={"anchor": "y"})


def _over_time(result: "Result", frame: pd.DataFrame, column: str, shape: str) -> go.Figure:
    """Draw a line per stage, upstream first, with the warm-up shaded."""
    calendar = result.scenario.network.calendar
    axis, figure = axis_of(calendar), blank(460)
    end = axis.instants()[-1]
    drawn = {str(name): rows for name, rows in frame.groupby("node", sort=False)}
    for name, stage in data_stages(result).items():
        if name not in drawn:
            continue
        rows = drawn[name]
        held = shape == "hv"
        figure.add_scatter(
            x=np.append(rows["time"], end) if held else rows["time"],
            y=np.append(rows[column], rows[column].iloc[-1]) if held else rows[column],
            name=in_plot(stage.label, LONGEST_LABEL),
            mode="lines",
            line={"color": stage.color, "dash": stage.dash, "width": 2.2 if len(rows) <= BUSY else 1.5, "shape": shape},
            hovertemplate="%{y:.4~g}",
        )
    warm = axis.shown(np.array([calendar.start, calendar.warm], dtype=float)).tolist()
    if calendar.warm > calendar.start:
        figure.add_vrect(
            x0=warm[0],
            x1=warm[1],
            fillcolor="#CBD2D9",
            opacity=0.35,
            line_width=0,
            layer="below",
            annotation={"text": "warm-up", "font": {"color": "#52606D"}},
            annotation_position="top left",
        )
    figure.update_layout(hovermode="x unified")
    unit = "" if axis.dated else in_plot(calendar.unit)
    return figure.update_xaxes(title_text=unit, type="date" if axis.dated else "linear")


def blank(height: int) -> go.Figure:
    """Start a figure in the report's look."""
    return go.Figure(
        layout={
            "template": "none",
            "font": {"family": FONT, "size": 14, "color": INK},
            "height": height,
            "margin": {"l": 12, "r": 16, "t": 28, "b": 12},
            "paper_bgcolor": "white",
            "plot_bgcolor": "white",
            "xaxis": AXIS,
            "yaxis": AXIS,
            "hoverlabel": {"font": {"family": FONT, "size": 13}, "bgcolor": "white", "namelength": -1},
            "legend": {"orientation": "h", "yanchor": "bottom", "y": 1.02, "x": 0, "xanchor": "left", "traceorder": "normal"},
            "modebar": {"remove": ["select2d", "lasso2d", "zoomIn2d", "zoomOut2d", "autoScale2d"]},
        }
    )


def _stage_axis(figure: go.Figure, stages: dict[str, Stage], names: list[str]) -> None:
    _label_axis(figure, [stages[name].label if name in stages else name for name in names])


def _label_axis(figure: go.Figure, labels: list[str]) -> None:
    """Label rows of bars by their names, the first on top."""
    figure.update_yaxes(
        tickvals=list(range(len(labels))),
        ticktext=[wrapped(label) for label in labels],
        range=[len(labels) - 0.5, -0.5],
        showgrid=False,
    )


def _bar(labels: list[str]) -> int:
    """Give the height of a row of bars, in pixels: labels of two lines take more."""
    return 42 if any("<br>" in wrapped(label) for label in labels) else 33


def _names(frame: pd.DataFrame) -> list[str]:
    return [str(name) for name in dict.fromkeys(frame["node"])]


def _full(stages: dict[str, Stage], name: str) -> str:
    return in_plot(OTHERS if name == OTHERS else name)


def _units(result: "Result", product: str | None) -> str:
    products = result.scenario.network.products
    chosen = products[product] if product is not None else next(iter(products.values()))
    unit = chosen.unit
    return in_plot(unit if unit.endswith("s") else unit + "s", LONGEST_LABEL)


def _error(half_widths: pd.Series) -> dict[str, Any]:
    return {"array": half_widths, "visible": bool(half_widths.notna().any()), "color": "#52606D", "thickness": 1.2}


def _room_for_numbers(totals: pd.Series, room: float = 0.24) -> list[float]:
    """Give the range of bars with space for the number at each end."""
    low, high = min(0.0, float(totals.min())), max(0.0, float(totals.max()))
    return [(1 + room) * low, (1 + room) * high if high > low else 1.0]
