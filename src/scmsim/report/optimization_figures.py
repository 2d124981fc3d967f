"""The figures of an optimisation: how it converged, and the candidates on fresh random numbers."""

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from scmsim.report.labels import in_plot
from scmsim.report.look import INK, SOFT, blank
from scmsim.report.measure_words import axis_title, measure_title, scale_of, value_text
from scmsim.report.multiples import fields, heading, suffix
from scmsim.report.stages import NEUTRAL, PALETTE

MOST_TRIALS = 2000
"""Of more trials the feasible and the evenly spread are drawn."""

MET, MISSED = PALETTE[0], "#D55E00"
ROW = 40
LONGEST = 20


def data_convergence(trials: pd.DataFrame, *, higher: bool = False) -> pd.DataFrame:
    """Give every trial with the best value found so far among those that met the constraints.

    Parameters
    ----------
    trials : DataFrame
        In their order: ``trial``, ``value`` (of the objective; NaN where it failed), ``feasible``.
    higher : bool
        Whether the objective is maximised.

    Returns
    -------
    DataFrame
        ``trial``, ``value``, ``feasible`` and ``best`` (NaN before the first that met the constraints).

    Examples
    --------
    >>> import pandas as pd
    >>> trials = pd.DataFrame({"trial": [0, 1, 2], "value": [5.0, 1.0, 4.0], "feasible": [True, False, True]})
    >>> data_convergence(trials)["best"].tolist()
    [5.0, 5.0, 4.0]
    """
    known = trials["value"].where(trials["feasible"].astype(bool))
    best = known.cummax() if higher else known.cummin()
    return trials[["trial", "value", "feasible"]].assign(best=best.ffill())


def plot_convergence(frame: pd.DataFrame, measure: str, units: dict[str, str] | None = None) -> go.Figure:
    """Draw every trial's objective, and the best so far of those that met the constraints (`data_convergence`)."""
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
            customdata=[value_text(measure, value) for value in rows["value"]],
            hovertemplate="trial %{x}: <b>%{customdata}</b>",
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
    figure.update_yaxes(title_text=in_plot(axis_title(measure, units or {})), **_view(scale * known))
    return figure


def _view(values: pd.Series) -> dict[str, Any]:
    """Leave what lies far out above or below to zooming, so that the end of the search can be read."""
    if len(values) < 20:
        return {}
    low, middle, high = np.quantile(values, [0.0, 0.5, 1.0])
    ninth = np.quantile(values, 0.9)
    if high - low > 8 * (ninth - low) and ninth > middle:
        return {"range": [low - 0.1 * (ninth - low), low + 2 * (ninth - low)]}
    return {}


def thinned(frame: pd.DataFrame) -> pd.DataFrame:
    """Leave out trials where they are too many to draw: an even part of them stays, and every new best."""
    if len(frame) <= MOST_TRIALS:
        return frame
    even = np.zeros(len(frame), dtype=bool)
    even[np.linspace(0, len(frame) - 1, MOST_TRIALS).round().astype(int)] = True
    new = frame["best"].ne(frame["best"].shift()) & frame["best"].notna()
    return frame[even | new]


def plot_candidates(
    frame: pd.DataFrame, measures: list[str], bounds: dict[str, float], units: dict[str, str] | None = None
) -> go.Figure:
    """Draw the candidates on fresh random numbers: a field per measure, a row per candidate, a line at each bound.

    Parameters
    ----------
    frame : DataFrame
        ``candidate``, ``measure``, ``mean``, ``low``, ``high``, ``chosen``; equal candidates have equal names.
    measures : list of str
        The objective first, then those with a constraint.
    bounds : dict of float
        By measure, what it must keep to.
    units : dict of str
        The unit of every metric.
    """
    names = list(dict.fromkeys(frame["candidate"]))
    figure = fields([len(names) * ROW] * len(measures), 2)
    notes = []
    for place, measure in enumerate(measures):
        rows = frame[frame["measure"] == measure].set_index("candidate").reindex(names)
        if place % 2:
            figure.update_layout({f"yaxis{suffix(place)}.showticklabels": False})
            figure.layout.meta[f"yaxis{suffix(place)}.showticklabels"] = True
        _draw_candidates(figure, place, measure, rows)
        notes.append(heading(place, f"<b>{in_plot(axis_title(measure, units or {}), 52)}</b>"))
        if measure in bounds:
            at = scale_of(measure) * bounds[measure]
            line = {
                "x0": at,
                "x1": at,
                "y0": 0,
                "y1": 1,
                "xref": f"x{suffix(place)}",
                "yref": f"y{suffix(place)} domain",
            }
            figure.add_shape(type="line", **line, line={"color": MISSED, "width": 1.8, "dash": "dash"})
    return figure.update_layout(annotations=notes, showlegend=False)


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
            [*words, f"{value_text(measure, low)} to {value_text(measure, high)}"]
            for words, low, high in zip(told, rows["low"], rows["high"], strict=True)
        ],
        hovertemplate=(
            f"%{{customdata[0]}}<br>{in_plot(measure_title(measure))}: <b>%{{customdata[1]}}</b>"
            "<br>interval: %{customdata[2]}<extra></extra>"
        ),
    )
    ticks = {"tickvals": list(range(len(rows))), "ticktext": [in_plot(name, LONGEST) for name in rows.index]}
    figure.update_layout(
        {
            f"yaxis{at}": {**ticks, "range": [len(rows) - 0.5, -0.5], "showgrid": False},
            f"xaxis{at}": {"nticks": 6},
        }
    )
