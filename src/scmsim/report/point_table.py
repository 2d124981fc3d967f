"""Figures by node and product as a table of HTML, with a column for every figure that says anything."""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from scmsim.report.answers import Figure, Table
from scmsim.report.labels import UNDEFINED, half_width, number, percent
from scmsim.report.simple_table import simple_table
from scmsim.report.stages import data_stages

if TYPE_CHECKING:
    from scmsim.experiments.run.result import Result

MOST_ROWS = 100


def point_table(
    result: "Result",
    table: Table,
    titles: Mapping[str, str],
    shares: Collection[str],
) -> str:
    """Write figures by node and product; nothing where there are none.

    Parameters
    ----------
    result : Result
        Where they come from.
    table : dict
        By node and product the figures by metric.
    titles : mapping of str to str
        What the column of each metric is called, in the order of the columns.
    shares : collection of str
        The metrics that are written as percentages.
    """
    stages = data_stages(result)
    shown = [name for name in titles if any(counts(figures.get(name)) for figures in table.values())]
    rows = [
        [stages[node].label, product, *(_text(figures.get(name, Figure(None)), name in shares) for name in shown)]
        for (node, product), figures in table.items()
    ]
    heads = ["stage", "product", *(titles[name] for name in shown)]
    return simple_table(heads, rows[:MOST_ROWS], names=2) + more_rows(len(rows)) if rows else ""


def more_rows(count: int) -> str:
    """Say how many rows of so many are not written (HTML)."""
    left = count - MOST_ROWS
    return f'<p class="hint">{left:,} more are in the table of KPIs.</p>' if left > 0 else ""


def counts(figure: Figure | None) -> bool:
    """Tell whether a figure says anything: it is known and not 0."""
    return figure is not None and bool(figure.mean)


def _text(figure: Figure, is_share: bool) -> str:
    if figure.mean is None:
        return UNDEFINED
    if is_share:
        return percent(figure.mean)
    spread = "" if figure.half_width is None else f" ± {half_width(figure.half_width)}"
    return f"{number(figure.mean)}{spread}"
