"""The figures of a sensitivity analysis: tornado, Sobol indices, and Morris' elementary effects."""

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from scmsim.report.factor_words import called
from scmsim.report.labels import half_width, in_plot, number
from scmsim.report.look import INK, SOFT, blank
from scmsim.report.measure_words import axis_title, change_text, scale_of, value_text
from scmsim.report.stages import PALETTE

RISES, FALLS = PALETTE[0], PALETTE[1]
COLORS = (PALETTE[0], PALETTE[5])
ROW = 46
LONGEST = 26
MOST_FACTORS = 25


def plot_tornado(frame: pd.DataFrame, measure: str, units: dict[str, str] | None = None) -> go.Figure:
    """Draw how far each factor moves a measure between its lowest and its highest value, the furthest on top.

    Parameters
    ----------
    frame : DataFrame
        ``factor``, ``low`` and ``high`` (its values), ``figure_at_low`` and ``figure_at_high`` (the measure's mean
        there), ``difference`` and ``half_width`` of that; ``figure``, the measure of the scenario as it is, if known.
    measure : str
        What moves.
    units : dict of str
        The unit of every metric.
    """
    ends, scale = ["figure_at_low", "figure_at_high"], scale_of(measure)
    rows = frame.sort_values("difference", key=abs, ascending=False, kind="stable").head(MOST_FACTORS)
    rows, names = rows.reset_index(drop=True), called(list(rows["factor"]))
    figure = blank(90 + ROW * len(rows))
    for rises, color, word in ((True, RISES, "rises with the factor"), (False, FALLS, "falls with the factor")):
        own = rows[(rows["difference"] >= 0) == rises]
        figure.add_bar(
            y=list(own.index),
            x=scale * (own["figure_at_high"] - own["figure_at_low"]),
            base=scale * own["figure_at_low"],
            orientation="h",
            name=word,
            marker={"color": color},
            customdata=[_told(measure, row) for row in own.to_dict("records")],
            hovertemplate="%{customdata}<extra></extra>",
        )
    _label(figure, [names[factor] for factor in rows["factor"]])
    figure.update_layout(barmode="overlay", bargap=0.4, showlegend=True)
    middle = _own_figure(rows)
    if middle is not None:
        place = {"x0": scale * middle, "x1": scale * middle, "y0": 0, "y1": 1, "yref": "y domain"}
        figure.add_shape(type="line", **place, line={"color": INK, "width": 1.4, "dash": "dot"})
    known = [*rows[ends].to_numpy(dtype=float).ravel(), *([] if middle is None else [middle])]
    low, high = scale * min(known), scale * max(known)
    _note_ends(figure, scale * rows[ends].max(axis=1), [_swing(measure, row) for row in rows.to_dict("records")])
    room = (high - low) or 1.0
    view, narrow = ([low - 0.04 * room, high + part * room] for part in (0.3, 0.9))
    figure.update_layout(meta={"xaxis.range": narrow})
    return figure.update_xaxes(title_text=in_plot(axis_title(measure, units or {})), nticks=7, range=view)


def _told(measure: str, row: dict[Any, Any]) -> str:
    """Say for the pointer what a factor does at its two ends."""
    ends = (
        f"at {in_plot(_value(row[end]))}: {value_text(measure, row[f'figure_at_{end}'])}" for end in ("low", "high")
    )
    return "<br>".join((f"<b>{in_plot(row['factor'])}</b>", *ends))


def _own_figure(rows: pd.DataFrame) -> float | None:
    """Give the measure of the scenario as it is, where it is known."""
    known = "figure" in rows and rows["figure"].notna().all()
    return float(rows["figure"].iloc[0]) if known else None


def _swing(measure: str, row: dict[Any, Any]) -> str:
    half = float(row["half_width"])
    wide = "" if np.isnan(half) else f" ± {half_width(scale_of(measure) * half)}"
    return change_text(measure, float(row["difference"])).replace(" points", "") + wide


def _value(value: object) -> str:
    return number(value) if isinstance(value, int | float) and not isinstance(value, bool) else str(value)


def _note_ends(figure: go.Figure, ends: pd.Series, texts: list[str]) -> None:
    look = {"showarrow": False, "xanchor": "left", "xshift": 6, "font": {"size": 12, "color": SOFT}}
    notes = [
        {"x": end, "y": place, "text": text, **look} for place, (end, text) in enumerate(zip(ends, texts, strict=True))
    ]
    figure.update_layout(annotations=notes)


def plot_shares(frame: pd.DataFrame, indices: dict[str, str], axis: str) -> go.Figure:
    """Draw indices of factors as bars with their intervals, the largest on top.

    Parameters
    ----------
    frame : DataFrame
        ``factor``, every index, and its interval from ``INDEX_low`` to ``INDEX_high`` where there is one.
    indices : dict of str
        By column, what an index is called; the last ranks the factors.
    axis : str
        What is drawn.
    """
    ranking = list(indices)[-1]
    rows = frame.sort_values(ranking, key=abs, ascending=False, kind="stable").head(MOST_FACTORS)
    rows = rows.reindex(columns=[*rows.columns, *(end for end in _ends(indices) if end not in rows)])
    names = called(list(rows["factor"]))
    figure = blank(100 + (ROW + 8) * len(rows))
    for (index, word), color in zip(indices.items(), COLORS, strict=False):
        figure.add_bar(
            y=list(range(len(rows))),
            x=rows[index],
            orientation="h",
            name=word,
            marker={"color": color},
            error_x=_interval(rows, index),
            customdata=[
                [in_plot(row["factor"]), number(row[index]), _span(row, index)] for row in rows.to_dict("records")
            ],
            hovertemplate=f"%{{customdata[0]}}<br>{word}: <b>%{{customdata[1]}}</b>%{{customdata[2]}}<extra></extra>",
        )
    _label(figure, [names[factor] for factor in rows["factor"]])
    figure.update_layout(barmode="group", bargap=0.3, showlegend=True)
    return figure.update_xaxes(title_text=axis, rangemode="tozero", nticks=7)


def _ends(indices: dict[str, str]) -> list[str]:
    return [f"{index}_{end}" for index in indices for end in ("low", "high")]


def _interval(rows: pd.DataFrame, index: str) -> dict[str, Any]:
    return {
        "type": "data",
        "symmetric": False,
        "array": rows[f"{index}_high"] - rows[index],
        "arrayminus": rows[index] - rows[f"{index}_low"],
        "visible": bool(rows[f"{index}_low"].notna().any()),
        "color": SOFT,
        "thickness": 1.4,
    }


def _span(row: dict[Any, Any], index: str) -> str:
    low, high = row[f"{index}_low"], row[f"{index}_high"]
    return "" if np.isnan(low) else f"<br>interval: {number(low)} to {number(high)}"


def plot_morris(frame: pd.DataFrame, measure: str) -> go.Figure:
    """Draw elementary effects: their mean size (how much a factor matters) against their spread.

    Parameters
    ----------
    frame : DataFrame
        ``factor``, ``mu_star`` (mean of the absolute effects), ``mu_star_low``, ``mu_star_high`` and ``sigma``.
    measure : str
        What they are effects on, in whose unit (points of a share) both axes are.
    """
    scale, figure = scale_of(measure), blank(480)
    rows = frame.sort_values("mu_star", ascending=False, kind="stable")
    names, most = called(list(rows["factor"])), float(rows["mu_star"].max())
    figure.add_scatter(
        x=scale * rows["mu_star"],
        y=scale * rows["sigma"],
        error_x=_interval(rows.assign(**_scaled(rows, scale)), "mu_star"),
        mode="markers+text",
        marker={"size": 11, "color": PALETTE[0]},
        text=[
            in_plot(names[factor], LONGEST) if mean > 0.08 * most else ""
            for factor, mean in zip(rows["factor"], rows["mu_star"], strict=True)
        ],
        textposition=[
            f"{'bottom' if rank % 2 else 'top'} {'left' if 2 * mean > most else 'right'}"
            for rank, mean in enumerate(rows["mu_star"])
        ],
        cliponaxis=False,
        customdata=[
            [in_plot(row["factor"]), number(scale * row["mu_star"]), number(scale * row["sigma"])]
            for row in rows.to_dict("records")
        ],
        hovertemplate="%{customdata[0]}<br>mean size <b>%{customdata[1]}</b><br>spread %{customdata[2]}<extra></extra>",
    )
    end = scale * float(np.nanmax([most, rows["sigma"].max(), 0.0])) or 1.0
    figure.add_scatter(
        x=[0, end], y=[0, end], mode="lines", line={"color": INK, "width": 1, "dash": "dot"}, hoverinfo="skip"
    )
    figure.update_layout(showlegend=False)
    figure.update_xaxes(title_text="mean size of the effect (μ*)", rangemode="tozero", nticks=7)
    return figure.update_yaxes(title_text="spread of the effect (σ)", rangemode="tozero", nticks=7)


def _scaled(rows: pd.DataFrame, scale: float) -> dict[str, pd.Series]:
    return {name: scale * rows[name] for name in ("mu_star", "mu_star_low", "mu_star_high")}


def _label(figure: go.Figure, labels: list[str]) -> None:
    """Label rows by names in at most two lines, the first row on top."""
    texts = [in_plot(name) if len(name) <= 18 else _two_lines(name) for name in labels]
    figure.update_yaxes(
        tickvals=list(range(len(labels))), ticktext=texts, range=[len(labels) - 0.5, -0.5], showgrid=False
    )


def _two_lines(name: str) -> str:
    cut = max((place for place in range(4, min(19, len(name))) if name[place] in " ·.-_"), default=18)
    return f"{in_plot(name[:cut].strip())}<br>{in_plot(name[cut:].strip(' ·'), 18)}"
