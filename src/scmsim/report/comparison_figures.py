"""The figures of a comparison: paired differences, what service costs, and replication against replication."""

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from scmsim.report.labels import in_plot, wrapped
from scmsim.report.look import INK, SOFT, blank
from scmsim.report.measure_words import axis_title, better_of, change_text, measure_title, scale_of, value_text
from scmsim.report.multiples import fields, heading, suffix
from scmsim.report.stages import PALETTE

COLORS = {"better": "#0072B2", "worse": "#D55E00", "higher": "#1F2933", "lower": "#1F2933"}
OPEN = "#9AA5B1"
ROW = 46
LONGEST = 16
LONGEST_NAME = 24
SIDES = {
    "lower": ("◀ first better", "second better ▶"),
    "higher": ("◀ second better", "first better ▶"),
    None: ("◀ first has less", "first has more ▶"),
}


def plot_differences(frame: pd.DataFrame, units: dict[str, str] | None = None) -> go.Figure:
    """Draw paired differences as a forest: a field per measure, a row per pair, and a line at no difference.

    Parameters
    ----------
    frame : DataFrame
        ``measure``, ``one``, ``other``, ``mean`` (of one − other), ``low``, ``high`` (its own interval), ``wide_low``,
        ``wide_high`` (the simultaneous interval), ``n`` and ``verdict``; NaN where there is no interval.
    units : dict of str
        The unit of every metric.
    """
    groups = [(str(measure), rows.reset_index(drop=True)) for measure, rows in frame.groupby("measure", sort=False)]
    figure = fields([max(1, len(rows)) * ROW for _, rows in groups])
    notes = []
    for place, (measure, rows) in enumerate(groups):
        _draw_forest(figure, place, measure, rows)
        notes.append(heading(place, f"<b>{in_plot(axis_title(measure, units or {}))}</b>"))
        for end, words in enumerate(SIDES[better_of(measure)]):
            look = {"yanchor": "top", "yshift": -26, "font": {"color": SOFT, "size": 12}}
            notes.append(heading(place, words, x=end, y=0, xanchor=("left", "right")[end], **look))
    return figure.update_layout(annotations=notes, showlegend=False)


def _draw_forest(figure: go.Figure, place: int, measure: str, rows: pd.DataFrame) -> None:
    scale, at = scale_of(measure), suffix(place)
    colors = [COLORS.get(verdict, OPEN) for verdict in rows["verdict"]]
    for rank, row in enumerate(rows.to_dict("records")):
        for low, high, width in (("wide_low", "wide_high", 2), ("low", "high", 6)):
            figure.add_scatter(
                x=[scale * row[low], scale * row[high]],
                y=[rank, rank],
                xaxis=f"x{at}",
                yaxis=f"y{at}",
                mode="lines",
                line={"color": colors[rank], "width": width},
                opacity=1 if width == 2 else 0.55,
                hoverinfo="skip",
            )
    figure.add_scatter(
        x=scale * rows["mean"],
        y=list(range(len(rows))),
        xaxis=f"x{at}",
        yaxis=f"y{at}",
        mode="markers",
        marker={"color": colors, "size": 11, "line": {"color": "white", "width": 1.5}},
        customdata=[[_told(measure, row)] for row in rows.to_dict("records")],
        hovertemplate="%{customdata[0]}<extra></extra>",
    )
    zero = {"x0": 0, "x1": 0, "y0": 0, "y1": 1, "xref": f"x{at}", "yref": f"y{at} domain"}
    figure.add_shape(type="line", **zero, line={"color": INK, "width": 1.4}, layer="below")
    labels = [f"{in_plot(row.one, LONGEST)}<br>− {in_plot(row.other, LONGEST)}" for row in rows.itertuples()]
    ticks = {"tickvals": list(range(len(rows))), "ticktext": labels, "range": [len(rows) - 0.5, -0.5]}
    view = {
        "nticks": 7,
        "range": _view([scale * rows[end] for end in ("mean", "low", "high", "wide_low", "wide_high")]),
    }
    figure.update_layout({f"yaxis{at}": {**ticks, "showgrid": False}, f"xaxis{at}": view})


def _view(ends: list[pd.Series]) -> list[float]:
    """Give a range that holds all ends and 0, with some room."""
    values = [0.0, *pd.concat(ends).dropna()]
    low, high = min(values), max(values)
    room = 0.06 * (high - low) or 1.0
    return [low - room, high + room]


def _told(measure: str, row: dict[Any, Any]) -> str:
    """Say a difference in words, for the pointer."""
    said = f"{in_plot(row['one'])} − {in_plot(row['other'])}<br>{in_plot(measure_title(measure))}: "
    said += f"<b>{change_text(measure, row['mean'])}</b>"
    if not np.isnan(row["low"]):
        said += f"<br>its own interval: {_span(measure, row['low'], row['high'])}"
    if not np.isnan(row["wide_low"]):
        said += f"<br>all together: {_span(measure, row['wide_low'], row['wide_high'])}"
    return f"{said}<br>{row['n']} replications of both: {row['verdict']}"


def _span(measure: str, low: float, high: float) -> str:
    return f"{change_text(measure, low)} to {change_text(measure, high)}"


def plot_frontier(frame: pd.DataFrame, cost: str, service: str, units: dict[str, str] | None = None) -> go.Figure:
    """Draw what service costs: a point per scenario with its intervals, the efficient ones joined.

    Parameters
    ----------
    frame : DataFrame
        ``scenario``, ``cost``, ``cost_half``, ``service``, ``service_half`` and whether it is ``efficient``.
    cost, service : str
        The measures on the two axes.
    units : dict of str
        The unit of every metric.
    """
    figure, across, up = blank(470), scale_of(cost), scale_of(service)
    joined = frame[frame["efficient"]].sort_values("cost")
    figure.add_scatter(
        x=across * joined["cost"],
        y=up * joined["service"],
        mode="lines",
        line={"color": INK, "width": 1.6, "dash": "dot"},
        name="efficient",
        hoverinfo="skip",
        showlegend=len(joined) > 1,
    )
    for rank, row in enumerate(frame.to_dict("records")):
        color = PALETTE[rank % len(PALETTE)]
        told = [value_text(cost, row["cost"]), value_text(service, row["service"])]
        figure.add_scatter(
            x=[across * row["cost"]],
            y=[up * row["service"]],
            error_x=_bar(across * row["cost_half"], color),
            error_y=_bar(up * row["service_half"], color),
            mode="markers",
            marker={
                "size": 14,
                "color": color if row["efficient"] else "white",
                "line": {"color": color, "width": 2.5},
            },
            name=in_plot(row["scenario"], LONGEST_NAME),
            customdata=[[in_plot(row["scenario"]), *told, "efficient" if row["efficient"] else "not efficient"]],
            hovertemplate=(
                "<b>%{customdata[0]}</b>, %{customdata[3]}"
                f"<br>{in_plot(measure_title(cost))}: %{{customdata[1]}}"
                f"<br>{in_plot(measure_title(service))}: %{{customdata[2]}}<extra></extra>"
            ),
        )
    figure.update_xaxes(title_text=in_plot(axis_title(cost, units or {})), nticks=7)
    return figure.update_yaxes(title_text=in_plot(axis_title(service, units or {})))


def _bar(half: float, color: str) -> dict[str, Any]:
    return {"array": [half], "visible": not np.isnan(half), "color": color, "thickness": 1.6, "width": 5}


def plot_replications(frame: pd.DataFrame, measure: str, units: dict[str, str] | None = None) -> go.Figure:
    """Draw every replication as a line through the scenarios, all of which met the same demand in it.

    Parameters
    ----------
    frame : DataFrame
        A row per replication (its index), a column per scenario.
    measure : str
        What is drawn.
    units : dict of str
        The unit of every metric.
    """
    figure, scale = blank(400), scale_of(measure)
    places = list(range(len(frame.columns)))
    for number, row in frame.iterrows():
        figure.add_scatter(
            x=places,
            y=scale * row.to_numpy(dtype=float),
            mode="lines+markers",
            line={"color": "#9AA5B1", "width": 1.2},
            marker={"size": 5},
            name=f"replication {number}",
            customdata=[value_text(measure, value) for value in row],
            hovertemplate=f"replication {number}: %{{customdata}}<extra></extra>",
        )
    means = frame.mean()
    figure.add_scatter(
        x=places,
        y=scale * means.to_numpy(dtype=float),
        mode="lines+markers",
        line={"color": PALETTE[0], "width": 3},
        marker={"size": 11},
        name="mean",
        customdata=[value_text(measure, value) for value in means],
        hovertemplate="mean: %{customdata}<extra></extra>",
    )
    figure.update_layout(showlegend=False)
    words = [wrapped(str(name)) for name in frame.columns]
    figure.update_xaxes(tickvals=places, ticktext=words, range=[-0.5, len(places) - 0.5], tickangle=0)
    return figure.update_yaxes(title_text=in_plot(axis_title(measure, units or {})))
