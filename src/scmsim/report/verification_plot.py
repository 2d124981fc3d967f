"""What was found against what is known, with the diagonal: one small SVG per family of cases."""

import math
from collections.abc import Iterator
from html import escape

import pandas as pd

SIZE, LEFT, BOTTOM, MARGIN = 420, 62, 52, 26
"""Of the whole picture, of its edges to the left and below, and of the others, in pixels."""
INK, GRID, DOT, WRONG = "#24292f", "#d0d7de", "#0969da", "#cf222e"


class Axis:
    """Decades of a logarithmic axis that holds all values, laid out on so many pixels."""

    def __init__(self, values: list[float], length: float) -> None:
        self.low = math.floor(math.log10(min(values)))
        self.high = max(math.ceil(math.log10(max(values))), self.low + 1)
        self.length = length

    def place(self, value: float) -> float:
        """Return how many pixels from its beginning a value stands; what lies off the axis stands at its end."""
        share = (math.log10(value) - self.low) / (self.high - self.low) if value > 0 else 0.0
        return min(max(share, 0.0), 1.0) * self.length

    @property
    def decades(self) -> list[float]:
        """The values that are written on it."""
        step = max(1, math.ceil((self.high - self.low) / 6))
        return [10.0**power for power in range(self.low, self.high + 1, step)]


def shown(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that have a place on the plot: no bounds, and nothing that is 0 or below.

    Examples
    --------
    >>> rows = pd.DataFrame({"relation": ["equal", "above"], "expected": [1.0, 1.0], "found": [1.0, 2.0]})
    >>> len(shown(rows))
    1
    """
    return table[(table["relation"] == "equal") & (table["expected"] > 0) & (table["found"] > 0)]


def draw_family(title: str, table: pd.DataFrame) -> str:
    """Draw the known values of a family against what was found, with its interval, on logarithmic axes.

    Parameters
    ----------
    title : str
        What stands above.
    table : DataFrame
        Rows of `scmsim.verification.table.outcomes_table`.
    """
    rows = shown(table)
    values = [*rows["expected"], *rows["found"]] or [0.1, 10.0]
    axis = Axis(values, SIZE - LEFT - MARGIN)
    parts = [*_frame(title, axis), *_dots(rows, axis)]
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIZE} {SIZE}" width="{SIZE}" height="{SIZE}" '
    style = f'font-family="sans-serif" font-size="12" fill="{INK}" role="img" aria-label="{escape(title)}">'
    return "\n".join([head + style, *parts, "</svg>"]) + "\n"


def _frame(title: str, axis: Axis) -> Iterator[str]:
    base, end = SIZE - BOTTOM, LEFT + axis.length
    top = base - axis.length
    yield f'<rect width="{SIZE}" height="{SIZE}" fill="#ffffff"/>'
    yield f'<text x="{SIZE / 2:.0f}" y="17" text-anchor="middle" font-weight="bold">{escape(title)}</text>'
    for value in axis.decades:
        along, said = axis.place(value), f"{value:,.0f}" if value >= 1 else f"{value:g}"
        x, y = LEFT + along, base - along
        yield f'<path d="M{x:.1f} {base}V{top:.1f}M{LEFT} {y:.1f}H{end:.1f}" stroke="{GRID}" fill="none"/>'
        yield f'<text x="{x:.1f}" y="{base + 16}" text-anchor="middle">{said}</text>'
        yield f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{said}</text>'
    yield f'<path d="M{LEFT} {base}L{end:.1f} {top:.1f}" stroke="{INK}" stroke-dasharray="4 3" fill="none"/>'
    yield f'<text x="{(LEFT + end) / 2:.0f}" y="{SIZE - 14}" text-anchor="middle">known</text>'
    middle = f"{(base + top) / 2:.0f}"
    yield f'<text x="14" y="{middle}" text-anchor="middle" transform="rotate(-90 14 {middle})">simulated</text>'


def _dots(rows: pd.DataFrame, axis: Axis) -> Iterator[str]:
    base = SIZE - BOTTOM
    for row in rows.to_dict("records"):
        colour = DOT if row["verdict"] == "holds" else WRONG
        give = row["half_width"] + row["tolerance"]
        x, y = LEFT + axis.place(row["expected"]), base - axis.place(row["found"])
        high, low = (base - axis.place(row["found"] + sign * give) for sign in (1, -1))
        said = escape(f"{row['case']}, {row['figure']}: known {row['expected']:.6g}, simulated {row['found']:.6g}")
        if low - high >= 0.1:
            yield f'<path d="M{x:.1f} {high:.1f}V{low:.1f}" stroke="{colour}"/>'
        dot = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}" fill-opacity="0.6">'
        yield f"{dot}<title>{said}</title></circle>"
