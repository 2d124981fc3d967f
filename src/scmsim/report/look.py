"""How every figure looks: fonts, colours, axes and where numbers stand."""

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from scmsim.report.labels import wrapped

INK = "#1F2933"
SOFT = "#52606D"
GRID = "#E4E7EB"
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
AT_END: dict[str, Any] = {"showarrow": False, "xanchor": "left", "xshift": 4}
"""How a number stands at the end of its bar."""

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
LEGEND: dict[str, Any] = {
    "orientation": "h",
    "x": 0,
    "y": 1.02,
    "xanchor": "left",
    "yanchor": "bottom",
    "traceorder": "normal",
}


def blank(height: int) -> go.Figure:
    """Start a figure in the report's look, so many pixels high and as wide as its place."""
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
            "legend": LEGEND,
            "modebar": {"remove": ["select2d", "lasso2d", "zoomIn2d", "zoomOut2d", "autoScale2d"]},
        }
    )


def label_rows(figure: go.Figure, labels: list[str]) -> None:
    """Label rows of bars by their names, the first on top."""
    figure.update_yaxes(
        tickvals=list(range(len(labels))),
        ticktext=[wrapped(label) for label in labels],
        range=[len(labels) - 0.5, -0.5],
        showgrid=False,
    )


def row_height(labels: list[str]) -> int:
    """Give the height of a row of bars, in pixels: labels of two lines take more.

    Examples
    --------
    >>> row_height(["retailer"]), row_height(["central warehouse"])
    (33, 42)
    """
    return 42 if any("<br>" in wrapped(label) for label in labels) else 33


def with_room(ends: pd.Series, room: float = 0.24) -> list[float]:
    """Give the range of an axis of bars with space for the numbers at their ends.

    Examples
    --------
    >>> import pandas as pd
    >>> with_room(pd.Series([10.0, 40.0]), 0.5)
    [0.0, 60.0]
    """
    low, high = min(0.0, float(ends.min())), max(0.0, float(ends.max()))
    return [(1 + room) * low, (1 + room) * high if high > low else 1.0]
