"""The figure of a warm-up: a series, its moving average, what is left out of it, and why."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from scmsim.errors import UsageError
from scmsim.metrics.tables.dates import dates
from scmsim.report.labels import in_plot, number
from scmsim.report.look import AXIS, INK, SOFT, blank
from scmsim.ticks import TICKS
from scmsim.words import plural

if TYPE_CHECKING:
    from scmsim.experiments.warmup.warmup import WarmUp

TITLE = {"standoff": 8, "font": {"size": 14}}
PERIODS, SMOOTH, STATISTIC = "#9AA5B1", "#0072B2", "#D55E00"


def names_of(result: "WarmUp") -> list[str]:
    """List the series, the one with the longest warm-up first."""
    ranked = result.suggestions.sort_values("warm_up", ascending=False, kind="stable")
    return [str(name) for name in ranked["series"]]


def plot_warm_up(result: "WarmUp", series: str | None = None) -> go.Figure:
    """Draw a series over the whole run with what MSER-5 leaves out of it, and below it the statistic behind that.

    Parameters
    ----------
    result : WarmUp
        What was found.
    series : str, optional
        Which series; the one with the longest warm-up unless given.

    Raises
    ------
    UsageError
        There is no such series.
    """
    names = names_of(result)
    name = names[0] if series is None else series
    if name not in names:
        raise UsageError(f"there is no series {name!r}; there are: {', '.join(names)}")
    rows = result.series[result.series["series"] == name]
    own = result.suggestions[result.suggestions["series"] == name].to_dict("records")[0]
    figure = blank(560)
    _draw_series(figure, result, rows)
    _draw_statistic(figure, result, name)
    _draw_cut(figure, result, float(own["warm_up"]), float(own["mean"]), rows)
    calendar = result.scenario.network.calendar
    dated = dates(calendar, np.empty(0)) is not None
    unit = "" if dated else in_plot(calendar.unit)
    figure.update_layout(
        hovermode="x unified",
        yaxis={**AXIS, "domain": [0.36, 1], "title": {"text": in_plot(name, 40), **TITLE}},
        yaxis2={**AXIS, "domain": [0, 0.25], "title": {"text": "MSER", **TITLE}, "rangemode": "tozero"},
        margin={"l": 12, "r": 16, "t": 40, "b": 12},
    )
    return figure.update_xaxes(title_text=unit, anchor="y2", type="date" if dated else "linear")


def _draw_series(figure: go.Figure, result: "WarmUp", rows: pd.DataFrame) -> None:
    times = _shown(result, rows["time"].to_numpy())
    which = "replication" if result.replications == 1 else f"mean of {result.replications} replications"
    looks = (("mean", which, PERIODS, 1.2), ("moving_average", "moving average", SMOOTH, 2.6))
    for column, label, color, width in looks:
        figure.add_scatter(
            x=times,
            y=rows[column],
            name=label,
            mode="lines",
            line={"color": color, "width": width},
            hovertemplate="%{y:.4~g}",
        )


def _draw_statistic(figure: go.Figure, result: "WarmUp", name: str) -> None:
    rows = result.statistic[result.statistic["series"] == name]
    figure.add_scatter(
        x=_shown(result, _start(result) + rows["warm_up"].to_numpy()),
        y=rows["mser"],
        name="MSER of a warm-up up to here",
        mode="lines+markers" if len(rows) <= 60 else "lines",
        line={"color": STATISTIC, "width": 1.8},
        yaxis="y2",
        hovertemplate="%{y:.4~g}",
    )


def _draw_cut(figure: go.Figure, result: "WarmUp", cut: float, mean: float, rows: pd.DataFrame) -> None:
    """Shade what is left out, and draw the mean of the rest."""
    calendar = result.scenario.network.calendar
    start = _start(result)
    begin, end = _shown(result, np.array([start, start + cut])).tolist()
    last = _shown(result, rows["time"].to_numpy()[-1:]).tolist()[0]
    if cut > 0:
        look = {"fillcolor": "#CBD2D9", "opacity": 0.35, "line": {"width": 0}, "layer": "below"}
        figure.add_shape(type="rect", yref="paper", x0=begin, x1=end, y0=0, y1=1, **look)
        figure.add_shape(type="line", yref="paper", x0=end, x1=end, y0=0, y1=1, line={"color": INK, "width": 1.4})
    span = f"{number(cut)} {in_plot(calendar.unit if cut == 1 else plural(calendar.unit))}"
    said = f"left out: {span}" if cut > 0 else "nothing left out"
    word = {"text": said, "font": {"color": SOFT}, "showarrow": False, "xanchor": "left", "yanchor": "bottom"}
    figure.add_annotation(x=end, xshift=6, y=0.285, yref="paper", **word)
    figure.add_shape(type="line", x0=end, x1=last, y0=mean, y1=mean, line={"color": INK, "width": 1.2, "dash": "dot"})


def _start(result: "WarmUp") -> float:
    return result.scenario.network.calendar.start / TICKS


def _shown(result: "WarmUp", times: np.ndarray) -> np.ndarray:
    """Give times as dates where the calendar has them."""
    dated = dates(result.scenario.network.calendar, np.rint(np.asarray(times, dtype=float) * TICKS))
    return times if dated is None else dated
