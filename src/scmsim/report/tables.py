"""The numbers as HTML tables, and the glossary that says what every one of them means."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from scmsim.metrics.money import LINES
from scmsim.report.answers import SHARES, Figure, Table, chain_figure, data_table
from scmsim.report.labels import UNDEFINED, half_width, in_html, number, percent
from scmsim.report.stages import data_stages
from scmsim.report.titles import THEMES, definition_of, formula_of, source_of, theme_of, title_of

if TYPE_CHECKING:
    from scmsim.experiments.run.result import Result

MOST_ROWS = 150


def groups_of(result: "Result") -> list[tuple[str, tuple[str, ...]]]:
    """List the metrics of a result by theme, in the catalogue's order; themes that only plug-ins know come last."""
    present = [str(name) for name in result.kpis["metric"].unique()]
    grouped: dict[str, list[str]] = {title: [] for title in THEMES.values()}
    for name in present:
        grouped.setdefault(theme_of(name), []).append(name)
    return [(title, tuple(names)) for title, names in grouped.items() if names]


def metric_name(metric: str) -> str:
    """Write a metric's title, its definition on hover and in the glossary one step away."""
    slug, title, definition = in_html(metric), in_html(title_of(metric)), in_html(definition_of(metric))
    return f'<a class="metric" href="#metric-{slug}"><abbr title="{definition}">{title}</abbr></a>'


def figure_text(metric: str, figure: Figure) -> str:
    """Write a number with its half width; shares as percentages, what is undefined as a dash that says so."""
    if figure.mean is None:
        return f'<span title="undefined: there is nothing to measure it by">{UNDEFINED}</span>'
    share = metric in SHARES
    text = in_html(percent(figure.mean) if share else number(figure.mean))
    if figure.half_width is None:
        return text
    half = f"{half_width(100 * figure.half_width)} %" if share else half_width(figure.half_width)
    return f'{text} <span class="half">± {in_html(half)}</span>'


def chain_tables(result: "Result") -> str:
    """Write the figures of the whole chain, one small table per theme."""
    parts, units = [], units_of(result)
    for title, metrics in _told(result):
        figures = [(name, chain_figure(result, name)) for name in metrics]
        known = [(name, figure) for name, figure in figures if figure.mean is not None]
        rows = "".join(_chain_row(name, figure, units.get(name, "")) for name, figure in known)
        if rows:
            parts.append(f'<div class="card"><h3>{in_html(title)}</h3><table class="pairs">{rows}</table></div>')
    return f'<div class="cards">{"".join(parts)}</div>'


def level_tables(result: "Result", level: str, heads: Sequence[str]) -> str:
    """Write the figures of a roll-up below the chain: a table per theme, a row per node (product, …)."""
    parts = []
    labels = {stage.name: stage.label for stage in data_stages(result).values()} if level in ("node", "point") else {}
    for title, metrics in _told(result):
        table = data_table(result, metrics, level)
        if table:
            parts.append(f"<h4>{in_html(title)}</h4>{_wide_table(labels, table, metrics, heads)}")
    return "".join(parts)


def glossary(result: "Result") -> str:
    """Write what every metric of the result means, and where its definition comes from."""
    return glossary_of([name for _, names in groups_of(result) for name in names], units_of(result))


def glossary_of(metrics: Iterable[str], units: Mapping[str, str], words: Mapping[str, str] | None = None) -> str:
    """Write what metrics mean, and other ``words`` of a page."""
    entries = [_entry(name, units.get(name, "")) for name in metrics]
    entries += [f"<div><dt>{in_html(word)}</dt><dd>{in_html(said)}</dd></div>" for word, said in (words or {}).items()]
    return f'<dl class="glossary">{"".join(entries)}</dl>'


def units_of(result: "Result") -> dict[str, str]:
    """Give the unit of every metric, in this scenario's words."""
    rows = result.kpis.dropna(subset=["unit"]).drop_duplicates("metric")
    return {str(metric): str(unit) for metric, unit in zip(rows["metric"], rows["unit"], strict=True)}


def _told(result: "Result") -> list[tuple[str, tuple[str, ...]]]:
    """List the metrics that the tables show: all but the lines of income that are nothing everywhere."""
    largest = result.kpis["mean"].abs().groupby(result.kpis["metric"]).max()
    nothing = {line.name for line in LINES if not largest.get(line.name, 0.0) > 0}
    return [(title, tuple(name for name in names if name not in nothing)) for title, names in groups_of(result)]


def _chain_row(metric: str, figure: Figure, unit: str) -> str:
    cells = f'<td>{figure_text(metric, figure)}</td><td class="unit">{"" if metric in SHARES else in_html(unit)}</td>'
    return f'<tr><th scope="row">{metric_name(metric)}</th>{cells}</tr>'


def _wide_table(labels: dict[str, str], table: Table, metrics: Iterable[str], heads: Sequence[str]) -> str:
    shown = [name for name in metrics if any(_defined(row, name) for row in table.values())]
    head = "".join(f'<th scope="col">{in_html(title)}</th>' for title in heads)
    head += "".join(f'<th scope="col">{metric_name(name)}</th>' for name in shown)
    body = "".join(_wide_row(labels, key, row, shown) for key, row in list(table.items())[:MOST_ROWS])
    left = len(table) - MOST_ROWS
    more = f'<p class="hint">{left:,} more rows are in the table of KPIs.</p>' if left > 0 else ""
    filled = f'<table class="wide"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
    return f'<div class="scroll" tabindex="0">{filled}</div>{more}'


def _wide_row(labels: dict[str, str], key: tuple[str, ...], row: dict[str, Figure], shown: list[str]) -> str:
    first = f'<th scope="row">{in_html(labels.get(key[0], key[0]))}</th>'
    others = "".join(f'<td class="name">{in_html(name)}</td>' for name in key[1:])
    cells = "".join(f"<td>{figure_text(name, row.get(name, Figure(None)))}</td>" for name in shown)
    return f"<tr>{first}{others}{cells}</tr>"


def _defined(row: dict[str, Figure], metric: str) -> bool:
    return metric in row and row[metric].mean is not None


def _entry(metric: str, unit: str) -> str:
    slug, title, meaning = in_html(metric), in_html(title_of(metric)), in_html(definition_of(metric))
    formula = f'<p class="formula">{in_html(formula_of(metric))}</p>' if formula_of(metric) else ""
    origin = ". ".join(text.rstrip(".") for text in (f"Unit: {unit}" if unit else "", source_of(metric)) if text)
    source = f'<p class="source">{in_html(origin)}.</p>' if origin else ""
    return f'<div><dt id="metric-{slug}">{title} <code>{slug}</code></dt><dd>{meaning}{formula}{source}</dd></div>'
