"""Small multiples: several fields in one figure, side by side on a wide screen and below each other on a narrow one."""

from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from scmsim.report.look import AXIS, INK, blank

TOP, BOTTOM = 34, 52
"""Pixels above a field for its heading, and below it for its axis."""

SIDE = 0.075
"""The share of the width between two fields, for the numbers of the right one's axis."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Where the fields of a figure stand.

    Parameters
    ----------
    heights : tuple of int
        The height of every field, in pixels.
    columns : int
        So many stand side by side on a wide screen.
    """

    heights: tuple[int, ...]
    columns: int = 1

    def height(self, columns: int) -> int:
        """Give the height of the figure, in pixels."""
        return sum(height + TOP + BOTTOM for height in self._rows(columns)) + 12

    def places(self, columns: int) -> list[dict[str, list[float]]]:
        """Give every field's domain: ``x`` and ``y``, from 0 to 1."""
        rows, found = self._rows(columns), []
        whole = sum(height + TOP + BOTTOM for height in rows)
        width = (1 - SIDE * (columns - 1)) / columns
        for place in range(len(self.heights)):
            row, column = divmod(place, columns)
            top = sum(height + TOP + BOTTOM for height in rows[:row]) + TOP
            left = column * (width + SIDE)
            ends = [1 - (top + rows[row]) / whole, 1 - top / whole]
            found.append({"x": [left, min(1.0, left + width)], "y": [max(0.0, ends[0]), ends[1]]})
        return found

    def _rows(self, columns: int) -> list[int]:
        return [max(self.heights[at : at + columns]) for at in range(0, len(self.heights), columns)]


def fields(heights: list[int], columns: int = 1) -> go.Figure:
    """Start a figure of several fields: axes ``x``, ``y``, then ``x2``, ``y2``, and so on.

    The first field stands on the left; ``columns`` side by side on a wide screen, one on a narrow one.
    """
    grid = Grid(tuple(heights), max(1, min(columns, len(heights))))
    figure = blank(grid.height(grid.columns))
    layout: dict[str, Any] = {"margin": {"l": 12, "r": 16, "t": 0, "b": 12}}
    narrow: dict[str, Any] = {"height": grid.height(1)}
    stacked = grid.places(1)
    for place, wide in enumerate(grid.places(grid.columns)):
        for side, other in (("x", "y"), ("y", "x")):
            layout[f"{side}axis{suffix(place)}"] = {**AXIS, "domain": wide[side], "anchor": f"{other}{suffix(place)}"}
            if grid.columns > 1:
                narrow[f"{side}axis{suffix(place)}.domain"] = stacked[place][side]
    return figure.update_layout(layout, meta=narrow if grid.columns > 1 else None)


def suffix(place: int) -> str:
    """Give what stands after ``x`` in the name of a field's axis.

    Examples
    --------
    >>> suffix(0), suffix(1)
    ('', '2')
    """
    return str(place + 1) if place else ""


def heading(place: int, text: str, **changes: Any) -> dict[str, Any]:
    """Give the annotation above a field, on its left."""
    return {
        "x": 0,
        "y": 1,
        "xref": f"x{suffix(place)} domain",
        "yref": f"y{suffix(place)} domain",
        "text": text,
        "showarrow": False,
        "xanchor": "left",
        "yanchor": "bottom",
        "yshift": 6,
        "align": "left",
        "font": {"color": INK, "size": 14},
        **changes,
    }
