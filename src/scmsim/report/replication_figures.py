"""The figures of replications: how far single runs lie apart, and how the mean settles as they grow in number."""

from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go

from scmsim.experiments.statistics.estimates import half_widths
from scmsim.report.labels import in_plot
from scmsim.report.look import INK, SOFT, blank
from scmsim.report.measure_words import axis_title, scale_of, value_text
from scmsim.report.stages import PALETTE

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

BAND = "#CBD2D9"


def plot_runs(values: "pd.Series", half: float, units: dict[str, str] | None = None) -> go.Figure:
    """Draw the values of one figure in all runs, sorted, with their mean and its interval (± ``half``)."""
    measure = str(values.name)
    scale, known = scale_of(measure), values.dropna().sort_values(kind="stable")
    mean, figure = scale * float(known.mean()), blank(380)
    figure.add_scatter(
        x=list(range(1, len(known) + 1)),
        y=scale * known,
        mode="markers",
        marker={"color": PALETTE[0], "size": 8, "opacity": 0.8},
        customdata=[
            [number, value_text(measure, value)]
            for number, value in zip((known.index.to_numpy() + 1).tolist(), known.tolist(), strict=True)
        ],
        hovertemplate="replication %{customdata[0]}: <b>%{customdata[1]}</b><extra></extra>",
    )
    ends = {"xref": "x domain", "x0": 0, "x1": 1}
    figure.add_shape(type="line", **ends, y0=mean, y1=mean, line={"color": INK, "width": 1.6})
    band = {"fillcolor": BAND, "opacity": 0.45, "line": {"width": 0}, "layer": "below"}
    figure.add_shape(type="rect", **ends, y0=mean - scale * half, y1=mean + scale * half, **band)
    figure.update_xaxes(title_text="runs in order of their value")
    return figure.update_yaxes(title_text=in_plot(axis_title(measure, units or {})))


def running(values: "Array") -> tuple["Array", "Array"]:
    """Give the mean of the first 1, 2, 3, ... values, and the half width of its 95 % t-interval (NaN for one value).

    Examples
    --------
    >>> means, widths = running(np.array([1.0, 3.0, 2.0]))
    >>> means.tolist(), widths.round(3).tolist()
    ([1.0, 2.0, 2.0], [nan, 12.706, 2.484])
    """
    counts = np.arange(1, len(values) + 1)
    apart = values - values[:1]
    means, squares = apart.cumsum() / counts, np.square(apart).cumsum()
    variances = np.maximum(0.0, squares - counts * means**2) / np.maximum(counts - 1, 1)
    return means + values[:1], half_widths(np.sqrt(variances), counts)


def plot_convergence(values: "pd.Series", units: dict[str, str] | None = None) -> go.Figure:
    """Draw the mean of one figure, with its 95 % interval, after every replication from the second on."""
    measure = str(values.name)
    scale, known = scale_of(measure), values.dropna()
    means, widths = (scale * each[1:] for each in running(known.to_numpy(dtype=np.float64)))
    numbers, figure = (known.index.to_numpy() + 1)[1:], blank(380)
    edge = {"x": numbers, "mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "showlegend": False}
    figure.add_scatter(y=means - widths, **edge)
    figure.add_scatter(y=means + widths, fill="tonexty", fillcolor="rgba(203, 210, 217, 0.45)", **edge)
    figure.add_scatter(
        x=numbers,
        y=means,
        mode="lines",
        line={"color": PALETTE[0], "width": 2},
        showlegend=False,
        customdata=[
            [value_text(measure, mean / scale), value_text(measure, width / scale)]
            for mean, width in zip(means.tolist(), widths.tolist(), strict=True)
        ],
        hovertemplate="%{x} replications: <b>%{customdata[0]}</b> ± %{customdata[1]}<extra></extra>",
    )
    if len(means):
        figure.add_hline(y=means[-1], line={"color": SOFT, "width": 1, "dash": "dot"})
    figure.update_xaxes(title_text="replications")
    return figure.update_yaxes(title_text=in_plot(axis_title(measure, units or {})))
