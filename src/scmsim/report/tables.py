"""The numbers as HTML tables, and the glossary that says what every one of them means."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from scmsim.report.answers import BULLWHIP, COST_LINES, SERVICE, SHARES, Figure, at_level, chain_figure, data_table
from scmsim.report.labels import UNDEFINED, in_html, number, percent
from scmsim.report.stages import data_stages
from scmsim.report.titles import definition_of, source_of, title_of, unit_of

if TYPE_CHECKING:
    from scmsim.experiments.result import Result

GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "Service",
        (
            *SERVICE,
            "on_time_in_full_line",
            "on_time_in_full_unit",
            "on_time_in_full_value",
            "order_cycle_time",
            "order_cycle_time_p50",
            "order_cycle_time_p95",
            "units_demanded",
            "units_served_at_once",
            "units_lost",
        ),
    ),
    ("Cost", ("total_cost", "cost_per_period", *COST_LINES)),
    (
        "Stock",
        ("average_on_hand", "average_in_transit", "average_backorders", "inventory_turns", "days_of_supply"),
    ),
    (
        "Orders and demand",
        (
            *BULLWHIP,
            "order_cv_ratio",
            "net_stock_amplification",
            "order_mean",
            "demand_mean",
            "order_variance",
            "demand_variance",
            "net_stock_variance",
            "orders_placed",
            "units_received",
        ),
    ),
)
MOST_ROWS = 150


def groups_of(result: "Result") -> list[tuple[str, tuple[str, ...]]]:
    """List the metrics of a result by theme; those that no theme knows come last, under a theme of their own."""
    present = list(dict.fromkeys(str(name) for name in result.kpis["metric"]))
    known = {name for _, names in GROUPS for name in names}
    groups = [(title, tuple(name for name in names if name in present)) for title, names in GROUPS]
    groups.append(("More", tuple(name for name in present if name not in known)))
    return [(title, names) for title, names in groups if names]


def metric_name(metric: str) -> str:
    """Write a metric's title, its definition on hover and in the glossary one step away."""
    slug, title, definition = in_html(metric), in_html(title_of(metric)), in_html(definition_of(metric))
    return f'<a class="metric" href="#metric-{slug}"><abbr title="{definition}">{title}</abbr></a>'


def figure_text(metric: str, figure: Figure) -> str:
    """Write a number with its half width; shares as percentages, what is undefined as a dash that says so."""
    if figure.mean is None:
        return f'<span title="undefined: there is nothing to measure it by">{UNDEFINED}</span>'
    write = percent if metric in SHARES else number
    text = in_html(write(figure.mean))
    if figure.half_width is None:
        return text
    return f'{text} <span class="half">± {in_html(write(figure.half_width))}</span>'


def chain_tables(result: "Result") -> str:
    """Write the figures of the whole chain, one small table per theme."""
    parts = []
    for title, metrics in groups_of(result):
        figures = {name: chain_figure(result, name) for name in metrics}
        rows = "".join(_chain_row(name, figure) for name, figure in figures.items() if figure.mean is not None)
        if rows:
            parts.append(f'<div class="card"><h3>{in_html(title)}</h3><table class="pairs">{rows}</table></div>')
    return f'<div class="cards">{"".join(parts)}</div>'


def level_tables(result: "Result", level: str, heads: Sequence[str]) -> str:
    """Write the figures of a roll-up below the chain: a table per theme, a row per node (product, …)."""
    parts = []
    for title, metrics in groups_of(result):
        table = data_table(result, metrics, level)
        if table:
            parts.append(f"<h4>{in_html(title)}</h4>{_wide_table(result, table, metrics, heads)}")
    return "".join(parts)


def rows_at(result: "Result", level: str) -> int:
    """Count what a roll-up's tables would have rows for."""
    rows = at_level(result.kpis, level)
    keys = {"node": ["node"], "product": ["product"], "segment": ["segment"], "point": ["node", "product"]}[level]
    return len(rows[keys].drop_duplicates())


def glossary(result: "Result") -> str:
    """Write what every metric of the result means, and where its definition comes from."""
    entries = [_entry(name) for _, names in groups_of(result) for name in names]
    return f'<dl class="glossary">{"".join(entries)}</dl>'


def _chain_row(metric: str, figure: Figure) -> str:
    unit = "" if metric in SHARES else in_html(unit_of(metric))
    value = figure_text(metric, figure)
    return f'<tr><th scope="row">{metric_name(metric)}</th><td>{value}</td><td class="unit">{unit}</td></tr>'


def _wide_table(
    result: "Result", table: dict[tuple[str, ...], dict[str, Figure]], metrics: Iterable[str], heads: Sequence[str]
) -> str:
    shown = [name for name in metrics if any(_defined(row, name) for row in table.values())]
    head = "".join(f'<th scope="col">{in_html(title)}</th>' for title in heads)
    head += "".join(f'<th scope="col">{metric_name(name)}</th>' for name in shown)
    body = "".join(_wide_row(result, key, row, shown) for key, row in list(table.items())[:MOST_ROWS])
    left = len(table) - MOST_ROWS
    more = f'<p class="hint">{left:,} more rows are in the table of KPIs.</p>' if left > 0 else ""
    return f'<div class="scroll" tabindex="0"><table class="wide"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>{more}'


def _wide_row(result: "Result", key: tuple[str, ...], row: dict[str, Figure], shown: list[str]) -> str:
    stages = data_stages(result)
    first = stages[key[0]].label if key[0] in stages else key[0]
    names = f'<th scope="row">{in_html(first)}</th>' + "".join(f"<td class='name'>{in_html(name)}</td>" for name in key[1:])
    return f"<tr>{names}{''.join(f'<td>{figure_text(name, row.get(name, Figure(None)))}</td>' for name in shown)}</tr>"


def _defined(row: dict[str, Figure], metric: str) -> bool:
    return metric in row and row[metric].mean is not None


def _entry(metric: str) -> str:
    unit, source = in_html(unit_of(metric)), in_html(source_of(metric))
    tail = "".join(f' <span class="{kind}">{text}</span>' for kind, text in (("unit", unit and f"Unit: {unit}."), ("source", source and f"Source: {source}.")) if text)
    return f'<dt id="metric-{in_html(metric)}">{in_html(title_of(metric))} <code>{in_html(metric)}</code></dt><dd>{in_html(definition_of(metric))}{tail}</dd>'
