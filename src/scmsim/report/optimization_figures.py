"""The figures of an optimisation: how it converged, and the candidates on fresh random numbers."""

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from scmsim.report.factor_words import called
from scmsim.report.labels import in_plot, number
from scmsim.report.look import INK, SOFT, blank
from scmsim.report.measure_words import axis_title, measure_title, scale_of, value_text
from scmsim.report.multiples import fields, heading, suffix
from scmsim.report.stages import NEUTRAL, PALETTE

MOST_TRIALS = 2000
"""Of more trials the feasible and the evenly spread are drawn."""

MET, MISSED = PALETTE[0], "#D55E00"
ROW = 40
LONGEST = 20


def plot_convergence(frame: pd.DataFrame, measure: str, units: dict[str, str] | None = None) -> go.Figure:
    """Draw every trial's objective, and the best so far of those that met the constraints.

    Parameters
    ----------
    frame : DataFrame
        ``trial``, ``source`` (where its values came from), ``value`` of the objective, ``feasible``, ``best`` so far.
    measure : str
        The objective.
    units : dict of str
        The unit of every metric.
    """
    figure, scale = blank(420), scale_of(measure)
    drawn = thinned(frame)
    for feasible, color, name, symbol in (
        (False, MISSED, "misses a constraint", "x-thin"),
        (True, MET, "meets all constraints", "circle"),
    ):
        rows = drawn[(drawn["feasible"].astype(bool) == feasible) & drawn["value"].notna()]
        if rows.empty:
            continue
        figure.add_scatter(
            x=rows["trial"],
            y=scale * rows["value"],
            mode="markers",
            name=name,
            marker={
                "color": color,
                "size": 7,
                "symbol": symbol,
                "line": {"color": color, "width": 1.6},
                "opacity": 0.7,
            },
            customdata=[[value_text(measure, row["value"]), in_plot(row["source"])] for row in rows.to_dict("records")],
            hovertemplate="trial %{x}, %{customdata[1]}: <b>%{customdata[0]}</b>",
        )
    figure.add_scatter(
        x=drawn["trial"],
        y=scale * drawn["best"],
        mode="lines",
        name="best so far",
        line={"color": INK, "width": 2.4, "shape": "hv"},
        customdata=[value_text(measure, value) for value in drawn["best"]],
        hovertemplate="best so far: %{customdata}",
    )
    known = drawn["value"].dropna()
    figure.update_layout(showlegend=True)
    figure.update_xaxes(title_text="trial")
    return figure.update_yaxes(title_text=in_plot(axis_title(measure, units or {})), **_view(scale * known))


def _view(values: pd.Series) -> dict[str, Any]:
    """Leave what lies far out above or below to zooming, so that the end of the search can be read."""
    if len(values) < 20:
        return {}
    low, middle, high = np.quantile(values, [0.0, 0.5, 1.0])
    ninth = np.quantile(values, 0.9)
    if high - low > 4 * (ninth - low) and ninth > middle:
        return {"range": [low - 0.1 * (ninth - low), low + 1.6 * (ninth - low)]}
    return {}


def thinned(frame: pd.DataFrame) -> pd.DataFrame:
    """Leave out trials where they are too many to draw: an even part of them stays, and every new best."""
    if len(frame) <= MOST_TRIALS:
        return frame
    even = np.zeros(len(frame), dtype=bool)
    even[np.linspace(0, len(frame) - 1, MOST_TRIALS).round().astype(int)] = True
    new = frame["best"].ne(frame["best"].shift()) & frame["best"].notna()
    return frame[even | new]


def plot_search(trials: pd.DataFrame, paths: list[str], measure: str, units: dict[str, str] | None = None) -> go.Figure:
    """Draw where the search looked: a field per parameter, every trial by its value there and its objective.

    Parameters
    ----------
    trials : DataFrame
        A column per path, ``estimate`` of the objective, ``feasible``, ``trial``.
    paths : list of str
        What was varied.
    measure : str
        The objective.
    units : dict of str
        The unit of every metric.
    """
    figure, names, scale = fields([230] * len(paths), 3), called(paths), scale_of(measure)
    rows = trials[trials["estimate"].notna()].tail(MOST_TRIALS)
    colors = [MET if kept else MISSED for kept in rows["feasible"]]
    symbols = ["circle" if kept else "x-thin" for kept in rows["feasible"]]
    view = _view(scale * rows["estimate"])
    notes = []
    for place, path in enumerate(paths):
        at = suffix(place)
        figure.add_scatter(
            x=rows[path],
            y=scale * rows["estimate"],
            xaxis=f"x{at}",
            yaxis=f"y{at}",
            mode="markers",
            marker={
                "color": colors,
                "symbol": symbols,
                "size": 6,
                "opacity": 0.6,
                "line": {"color": colors, "width": 1.4},
            },
            customdata=[
                [row["trial"], number(row[path]), value_text(measure, row["estimate"])]
                for row in rows.to_dict("records")
            ],
            hovertemplate="trial %{customdata[0]}: %{customdata[1]} → <b>%{customdata[2]}</b><extra></extra>",
        )
        figure.update_layout({f"yaxis{at}": view, f"xaxis{at}": {"nticks": 6}})
        notes.append(heading(place, f"<b>{in_plot(names[path], 40)}</b>", hovertext=in_plot(path)))
    title = {"text": in_plot(axis_title(measure, units or {})), "standoff": 18}
    return figure.update_layout(annotations=notes, showlegend=False, yaxis_title=title)


def plot_candidates(
    frame: pd.DataFrame, bounds: dict[str, list[float]], units: dict[str, str] | None = None
) -> go.Figure:
    """Draw the candidates on fresh random numbers: a field per measure, a row per candidate, a line at each bound.

    Parameters
    ----------
    frame : DataFrame
        ``candidate``, ``measure``, ``mean``, ``low``, ``high``, ``chosen`` and what the interval is called
        (``means``); equal candidates have equal names.
    bounds : dict of list of float
        By measure, what it must keep to.
    units : dict of str
        The unit of every metric.
    """
    names, measures = (list(dict.fromkeys(frame[name])) for name in ("candidate", "measure"))
    figure = fields([len(names) * ROW] * len(measures), 2)
    notes = []
    for place, measure in enumerate(measures):
        at = suffix(place)
        rows = frame[frame["measure"] == measure].set_index("candidate").reindex(names)
        _draw_candidates(figure, place, measure, rows)
        ends = [*rows[["low", "mean", "high"]].to_numpy(dtype=float).ravel(), *bounds.get(measure, ())]
        figure.update_layout({f"xaxis{at}.range": _around([scale_of(measure) * end for end in ends])})
        if place % 2:
            figure.update_layout({f"yaxis{at}.showticklabels": False})
            figure.layout.meta[f"yaxis{at}.showticklabels"] = True
        notes.append(heading(place, f"<b>{in_plot(axis_title(measure, units or {}), 52)}</b>"))
        for bound in bounds.get(measure, ()):
            line = {"x0": scale_of(measure) * bound, "x1": scale_of(measure) * bound, "y0": 0, "y1": 1}
            figure.add_shape(
                type="line",
                **line,
                xref=f"x{at}",
                yref=f"y{at} domain",
                line={"color": MISSED, "width": 1.8, "dash": "dash"},
            )
    return figure.update_layout(annotations=notes, showlegend=False)


def _around(values: list[float]) -> list[float] | None:
    known = [value for value in values if np.isfinite(value)]
    if not known:
        return None
    low, high = min(known), max(known)
    room = 0.06 * (high - low) or 0.05 * abs(high) or 1.0
    return [low - room, high + room]


def _draw_candidates(figure: go.Figure, place: int, measure: str, rows: pd.DataFrame) -> None:
    scale, at = scale_of(measure), suffix(place)
    colors = [MET if chosen is True or chosen == 1 else NEUTRAL for chosen in rows["chosen"]]
    told = [[in_plot(name), value_text(measure, mean)] for name, mean in rows["mean"].items()]
    figure.add_scatter(
        x=scale * rows["mean"],
        y=list(range(len(rows))),
        xaxis=f"x{at}",
        yaxis=f"y{at}",
        mode="markers",
        marker={"color": colors, "size": 11},
        error_x={
            "type": "data",
            "symmetric": False,
            "array": scale * (rows["high"] - rows["mean"]),
            "arrayminus": scale * (rows["mean"] - rows["low"]),
            "color": SOFT,
            "thickness": 1.8,
            "width": 5,
        },
        customdata=[
            [*words, f"{value_text(measure, low)} to {value_text(measure, high)}", in_plot(means)]
            for words, low, high, means in zip(told, rows["low"], rows["high"], rows["means"], strict=True)
        ],
        hovertemplate=(
            f"%{{customdata[0]}}<br>{in_plot(measure_title(measure))}: <b>%{{customdata[1]}}</b>"
            "<br>%{customdata[3]}: %{customdata[2]}<extra></extra>"
        ),
    )
    ticks = {"tickvals": list(range(len(rows))), "ticktext": [in_plot(name, LONGEST) for name in rows.index]}
    figure.update_layout(
        {
            f"yaxis{at}": {**ticks, "range": [len(rows) - 0.5, -0.5], "showgrid": False},
            f"xaxis{at}": {"nticks": 6},
        }
    )
