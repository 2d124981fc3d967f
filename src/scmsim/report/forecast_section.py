"""The section on forecasts: what every stock expected, and how far off that was."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from scmsim.report.answers import Figure, data_table
from scmsim.report.labels import UNDEFINED, half_width, in_plot, number
from scmsim.report.lines import draw_lines
from scmsim.report.look import INK
from scmsim.report.panels import Panel
from scmsim.report.point_table import MOST_ROWS, more_rows
from scmsim.report.series import MOST_STEPS, as_ticks, axis_of, first_replication
from scmsim.report.simple_table import simple_table
from scmsim.report.stages import data_stages, levels_of
from scmsim.words import plural

if TYPE_CHECKING:
    from scmsim.experiments.run.result import Result

TEXT = (
    "What a stock expected at each review, and what was asked for until the next one. The bias is the mean error: "
    "above 0, too much was expected. MAE and RMSE are the mean absolute error and the root of the mean square of "
    "errors, per {time} like the bias. The MASE is the MAE over that of expecting as much as last time; below 1, the "
    "forecasts were better than that."
)
MEASURES = {"forecast_bias": "bias", "forecast_mae": "MAE", "forecast_rmse": "RMSE", "forecast_mase": "MASE"}
MOST_PLOTS = 12


def forecast_panels(result: "Result") -> list[Panel]:
    """Draw forecasts against demand, and list how good they were; nothing where no policy forecasts."""
    if not any(point.forecasts for point in result.scenario.network.points):
        return []
    drawn = first_replication(result)
    missing = "This run kept a summary only. The picture needs full recording." if drawn is None else ""
    many = drawn is not None and result.replications > 1
    said = TEXT.format(time=result.scenario.network.calendar.unit) + (
        f" Drawn: replication {drawn} of {result.replications}." if many else ""
    )
    choices = () if drawn is None else _figures(result)
    return [Panel("forecasts", "Forecasts", said, choices, missing, below=accuracy_table(result), choice="Stock")]


def shown(result: "Result", compared: pd.DataFrame) -> list[tuple[str, str]]:
    """List the stocks (node, product) whose forecasts are drawn, downstream first."""
    drawn = compared.groupby(["node", "product"], observed=True, sort=False).size()
    levels = levels_of(result.scenario.network)
    found = [(str(node), str(product)) for node, product in drawn.index]
    return sorted(found, key=lambda stock: (levels[stock[0]], *stock))[:MOST_PLOTS]


def data_forecasts(result: "Result") -> pd.DataFrame:
    """Put every forecast beside the demand that it was made for.

    Returns
    -------
    DataFrame
        ``time`` (of the review that saw the demand), ``node``, ``product``, ``forecast`` (made at the review before)
        and ``demand``, both in units per period; of the first replication.
    """
    frame = result.forecasts
    frame = frame[frame["replication"] == first_replication(result)]
    made = frame.groupby(["node", "product"], observed=True)["quantity"].shift()
    compared = frame.assign(forecast=made)[["time", "node", "product", "forecast", "demand"]]
    return compared.dropna(subset=["forecast"]).reset_index(drop=True)


def plot_forecast(result: "Result", compared: pd.DataFrame, stock: tuple[str, str]) -> go.Figure:
    """Draw what one stock expected and what came (`data_forecasts`), over time; of very many reviews, means."""
    network, axis, (node, product) = result.scenario.network, axis_of(result.scenario.network.calendar), stock
    rows = compared[(compared["node"] == node) & (compared["product"] == product)]
    ticks = as_ticks(rows["time"])
    if len(rows) > MOST_STEPS:
        step = (ticks - axis.start) // axis.width
        rows = rows.groupby(step)[["forecast", "demand"]].mean()
        ticks = axis.start + axis.width * np.asarray(rows.index)
    frame = rows.assign(time=axis.shown(ticks.astype(float)), node=node)
    figure = draw_lines(result, frame, "forecast", "linear")
    figure.update_traces(name="forecast")
    figure.add_scatter(
        x=frame["time"],
        y=frame["demand"],
        name="demand",
        mode="lines",
        line={"color": INK, "width": 1.2},
        hovertemplate="%{y:.4~g}",
    )
    unit = plural(network.products[product].unit)
    figure.update_layout(height=340, showlegend=True)
    return figure.update_yaxes(title_text=in_plot(f"{unit} per {network.calendar.unit}"))


def accuracy_table(result: "Result") -> str:
    """Write how good the forecasts of every stock were, with their kind (HTML)."""
    table, stages = data_table(result, tuple(MEASURES), "point"), data_stages(result)
    kinds = {(point.node, point.product): _kind(point.policy) for point in result.scenario.network.points}
    rows = [
        [
            stages[node].label,
            product,
            kinds[node, product],
            *(_text(figures.get(name, Figure(None))) for name in MEASURES),
        ]
        for (node, product), figures in list(table.items())[:MOST_ROWS]
    ]
    heads = ["stage", "product", "forecast", *MEASURES.values()]
    return simple_table(heads, rows, names=3) + more_rows(len(table)) if rows else ""


def _figures(result: "Result") -> tuple[tuple[str, go.Figure], ...]:
    compared = data_forecasts(result)
    stocks = shown(result, compared)
    return tuple((_name(result, stock), plot_forecast(result, compared, stock)) for stock in stocks)


def _name(result: "Result", stock: tuple[str, str]) -> str:
    label = data_stages(result)[stock[0]].label
    return f"{label}, {stock[1]}" if len(result.scenario.network.products) > 1 else label


def _kind(policy: object) -> str:
    return str(getattr(getattr(policy, "forecast", None), "kind", UNDEFINED))


def _text(figure: Figure) -> str:
    if figure.mean is None or figure.half_width is None:
        return number(figure.mean)
    return f"{number(figure.mean)} ± {half_width(figure.half_width)}"
