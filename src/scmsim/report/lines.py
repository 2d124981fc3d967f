"""Figures over time: a line per stage."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from scmsim.report.labels import in_plot, number
from scmsim.report.look import INK, SOFT, blank
from scmsim.report.series import ALL_PRODUCTS, END_DEMAND, Axis, axis_of, data_net_stock, data_orders
from scmsim.report.stages import data_stages
from scmsim.words import plural

if TYPE_CHECKING:
    from scmsim.experiments.run.result import Result

LONGEST_LABEL = 18
BUSY = 60
"""Lines of more steps are drawn thinner."""


def plot_orders(result: "Result", product: str | None = ALL_PRODUCTS) -> go.Figure:
    """Draw what every stage ordered over time against end customers' demand: the bullwhip picture."""
    frame = data_orders(result, product)
    figure = draw_lines(result, frame, "quantity", "linear")
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
    per = in_plot(unit if step == 1 else f"{number(step)} {plural(unit)}")
    return figure.update_yaxes(title_text=f"{_units(result, product)} per {per}", rangemode="tozero")


def plot_net_stock(result: "Result", product: str | None = ALL_PRODUCTS) -> go.Figure:
    """Draw every stage's net stock (on hand − backorders) as it changed over time; below zero somebody waits."""
    figure = draw_lines(result, data_net_stock(result, product), "net_stock", "hv")
    figure.add_shape(type="line", xref="paper", x0=0, x1=1, y0=0, y1=0, line={"color": INK, "width": 1.2})
    return figure.update_yaxes(title_text=_units(result, product))


def draw_lines(result: "Result", frame: pd.DataFrame, column: str, shape: str, *, windowed: bool = True) -> go.Figure:
    """Draw a line per stage, upstream first, with the warm-up shaded; of a long run a part at first if ``windowed``."""
    calendar = result.scenario.network.calendar
    axis, figure = axis_of(calendar), blank(460)
    end = axis.shown(np.array([calendar.end], dtype=float))[0]
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
            line={"color": stage.color, "dash": stage.dash, "shape": shape, "width": 2.2 if len(rows) <= BUSY else 1.5},
            hovertemplate="%{y:.4~g}",
        )
    _shade_warm_up(figure, axis)
    figure.update_layout(hovermode="x unified")
    if windowed and axis.window is not None:
        view = axis.shown(np.array(axis.window, dtype=float)).tolist()
        figure.update_layout(margin={"b": 44})
        figure.update_xaxes(range=view, rangeslider={"visible": True, "thickness": 0.11, "bgcolor": "#F5F7FA"})
    unit = "" if axis.dated else in_plot(calendar.unit)
    return figure.update_xaxes(title_text=unit, type="date" if axis.dated else "linear")


def _shade_warm_up(figure: go.Figure, axis: Axis) -> None:
    calendar = axis.calendar
    if calendar.warm <= calendar.start:
        return
    begin, end = axis.shown(np.array([calendar.start, calendar.warm], dtype=float)).tolist()
    look = {"fillcolor": "#CBD2D9", "opacity": 0.35, "line": {"width": 0}, "layer": "below"}
    figure.add_shape(type="rect", yref="paper", x0=begin, x1=end, y0=0, y1=1, **look)
    word = {"text": "warm-up", "font": {"color": SOFT}, "showarrow": False, "xanchor": "left", "yanchor": "top"}
    figure.add_annotation(x=begin, y=1, yref="paper", **word)


def _units(result: "Result", product: str | None) -> str:
    products = result.scenario.network.products
    units = {each.unit for each in products.values()} if product is None else {products[product].unit}
    return in_plot(plural(units.pop()), LONGEST_LABEL) if len(units) == 1 else "units"
