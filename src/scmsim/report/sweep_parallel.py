"""Parallel coordinates: every point of a sweep as a line through its factors and measures."""

from functools import lru_cache
from textwrap import wrap
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from scmsim.report.factor_words import called
from scmsim.report.labels import in_plot
from scmsim.report.look import AXIS, INK, blank
from scmsim.report.measure_words import better_of, measure_title, value_text

MOST_POINTS = 300
"""Of more points so many are drawn: the best, the worst and evenly many in between."""

FIFTHS = ("best fifth", "second fifth", "middle fifth", "fourth fifth", "worst fifth")
HEIGHTS = ("highest fifth", *FIFTHS[1:4], "lowest fifth")
COLORS = ("#08519C", "#6BAED6", "#9AA5B1", "#FDAE6B", "#D94801")
STRONG = ("#0B5E99", INK)


def data_parallel(points: pd.DataFrame, measure: str) -> pd.DataFrame:
    """Pick the points to draw and rank them by a measure.

    Parameters
    ----------
    points : DataFrame
        A row per point with its factors' values and its mean of every measure.
    measure : str
        What ranks them; points without a value of it are left out.

    Returns
    -------
    DataFrame
        The rows picked, the best first (where no direction is better: the highest), and their ``fifth`` of all points,
        0 … 4.
    """
    known = points[points[measure].notna()]
    ranked = known.sort_values(measure, ascending=better_of(measure) == "lower", kind="stable")
    ranked = ranked.assign(fifth=np.arange(len(ranked)) * 5 // max(1, len(ranked)))
    if len(ranked) <= MOST_POINTS:
        return ranked
    return ranked.iloc[np.linspace(0, len(ranked) - 1, MOST_POINTS).round().astype(int)]


def plot_parallel(points: pd.DataFrame, factors: list[str], measures: list[str], measure: str) -> go.Figure:
    """Draw points as lines through their factors' values and measures, coloured by their fifth in one measure.

    A click on a fifth in the legend hides or shows its lines.
    """
    drawn, columns = data_parallel(points, measure), [*factors, *measures]
    scales = {column: _Scale(points[column]) for column in columns}
    figure, names = blank(520), called(factors)
    words = FIFTHS if better_of(measure) else HEIGHTS
    for fifth in reversed(range(5)):
        rows = drawn[drawn["fifth"] == fifth]
        if rows.empty:
            continue
        heights = np.column_stack([scales[column].heights(rows[column]) for column in columns])
        across = np.tile([*map(float, range(len(columns))), np.nan], len(rows))
        up = np.column_stack([heights, np.full(len(rows), np.nan)]).ravel()
        figure.add_scatter(
            x=across,
            y=up,
            mode="lines",
            line={"color": COLORS[fifth], "width": 1.8 if len(drawn) < 60 else 1.1},
            opacity=0.85 if len(drawn) < 60 else 0.55,
            name=words[fifth],
            legendrank=fifth,
            text=_hovers(rows, columns),
            hovertemplate="%{text}<extra></extra>",
        )
    titles = [names.get(column) or measure_title(column) for column in columns]
    _draw_axes(figure, [scales[column] for column in columns], titles, len(factors))
    return figure


class _Scale:
    """The scale of one upright axis: numbers between their extremes, words one above the other."""

    def __init__(self, values: pd.Series) -> None:
        numbers = pd.to_numeric(values, errors="coerce")
        self.address = str(values.name)
        self.words: list[str] = [] if numbers.notna().any() else [str(each) for each in values.unique()]
        self.low, self.high = (0.0, 1.0) if self.words else (float(numbers.min()), float(numbers.max()))

    def heights(self, values: pd.Series) -> Any:
        """Give where values stand, from 0 (bottom) to 1."""
        if self.words:
            places = {word: place / max(1, len(self.words) - 1) for place, word in enumerate(self.words)}
            return values.map(lambda value: places[str(value)]).to_numpy(dtype=float)
        span = self.high - self.low
        shares = (pd.to_numeric(values, errors="coerce").to_numpy(dtype=float) - self.low) / (span or 1.0)
        return shares if span else shares + 0.5

    def ends(self) -> tuple[str, str]:
        """Say what stands at the bottom and at the top."""
        if self.words:
            return in_plot(self.words[0], 10), in_plot(self.words[-1], 10)
        return value_text(self.address, self.low), value_text(self.address, self.high)


def _hovers(rows: pd.DataFrame, columns: list[str]) -> list[str]:
    """Say for every corner of every line which point it is, and its value there."""
    values = [rows[column].tolist() for column in columns]
    found: list[str] = []
    for rank, point in enumerate(rows["point"]):
        found += [f"point {point}: {_said(column, values[at][rank])}" for at, column in enumerate(columns)]
        found.append("")
    return found


@lru_cache(maxsize=10_000, typed=True)
def _said(column: str, value: object) -> str:
    """Say a value; every figure of a sweep says the same ones again."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return in_plot(value_text(column, value) if is_number else str(value))


def _draw_axes(figure: go.Figure, scales: list[_Scale], titles: list[str], factors: int) -> None:
    notes, lines, tallest = [], [], max(len(_lines(title)) for title in titles)
    for place, (scale, title) in enumerate(zip(scales, titles, strict=True)):
        color = STRONG[place < factors]
        lines.append(
            {"type": "line", "x0": place, "x1": place, "y0": 0, "y1": 1, "line": {"color": color, "width": 1.4}}
        )
        low, high = scale.ends()
        look = {"x": place, "showarrow": False, "font": {"size": 12, "color": color}}
        notes.append({**look, "y": 0, "yanchor": "top", "yshift": -4, "text": low})
        notes.append({**look, "y": 1, "yanchor": "bottom", "yshift": 4, "text": high})
        stacked = "<br>".join(map(in_plot, _lines(title)))
        notes.append({**look, "y": 1, "yanchor": "bottom", "yshift": 24, "text": f"<b>{stacked}</b>"})
    room = 0.45
    figure.update_layout(annotations=notes, shapes=lines, margin={"t": 36 + 17 * tallest, "b": 40}, hovermode="closest")
    figure.update_layout(legend={"y": -0.08, "yanchor": "top"})
    figure.update_xaxes(**{**AXIS, "visible": False, "range": [-room, len(scales) - 1 + room]})
    figure.update_yaxes(**{**AXIS, "visible": False, "range": [-0.02, 1.02]})


def _lines(title: str) -> list[str]:
    lines = [line.replace("_ ", "_") for line in wrap(title.replace("_", "_ "), 13)]
    return lines if len(lines) <= 4 else [*lines[:3], "…"]
