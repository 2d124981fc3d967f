"""The tables of a sweep's page: what was varied, the best points, and the runs that failed."""

from collections.abc import Mapping

import pandas as pd

from scmsim.report.experiment_page import fold, html_table
from scmsim.report.factor_words import called
from scmsim.report.labels import in_html, number
from scmsim.report.measure_words import better_of, estimate_text, measure_html, measure_title
from scmsim.words import counted

MOST_ROWS = 10
MOST_FAILURES = 50
MOST_OTHERS = 6
LONGEST_ERROR = 300


def factor_table(points: pd.DataFrame, factors: list[str]) -> str:
    """Write every factor with the values it took."""
    names = called(factors)
    rows = [
        [f'<abbr title="{in_html(factor)}">{in_html(names[factor])}</abbr>', in_html(_range_text(points[factor]))]
        + [f"<code>{in_html(factor)}</code>"]
        for factor in factors
    ]
    return html_table(["factor", "values", "path in the scenario"], rows, names=3)


def _range_text(values: pd.Series) -> str:
    unique = list(dict.fromkeys(values))
    numbers = pd.to_numeric(values, errors="coerce")
    if len(unique) <= 8:
        return ", ".join(map(factor_text, unique))
    if numbers.notna().all():
        return f"{number(numbers.min())} to {number(numbers.max())}, {len(unique):,} values"
    return f"{', '.join(map(factor_text, unique[:6]))} and {len(unique) - 6:,} more"


def factor_text(value: object) -> str:
    """Write a factor's value.

    Examples
    --------
    >>> factor_text(0.25), factor_text("beer"), factor_text(True)
    ('0.25', 'beer', 'True')
    """
    plain = isinstance(value, int | float) and not isinstance(value, bool)
    return number(value) if plain else str(value)


def best_points(points: pd.DataFrame, measure: str) -> pd.DataFrame:
    """Give the ten best points by a measure of which one direction is better, the best first."""
    known = points[points[measure].notna()]
    return known.sort_values(measure, ascending=better_of(measure) == "lower", kind="stable").head(MOST_ROWS)


def best_tables(points: pd.DataFrame, halves: Mapping[str, pd.Series], factors: list[str], measures: list[str]) -> str:
    """Write the best points by every measure of which one direction is better, each with the other measures.

    Parameters
    ----------
    points : DataFrame
        A row per point: ``point``, its factors' values and its mean of every measure.
    halves : mapping of Series
        By measure the half widths of the points' intervals, with the same index.
    factors, measures : list of str
        Columns of ``points``.
    """
    parts = []
    directed = [measure for measure in measures if better_of(measure)]
    for rank, measure in enumerate(directed):
        best = best_points(points, measure)
        if best.empty:
            continue
        word = "Lowest" if better_of(measure) == "lower" else "Highest"
        shown = [measure, *(other for other in measures if other != measure)][:MOST_OTHERS]
        parts.append(
            fold(f"{word}: {measure_title(measure)}", _best_table(best, halves, factors, shown), opened=rank < 2)
        )
    return "".join(parts)


def _best_table(best: pd.DataFrame, halves: Mapping[str, pd.Series], factors: list[str], shown: list[str]) -> str:
    names = called(factors)
    heads = ["point", *(f'<abbr title="{in_html(each)}">{in_html(names[each])}</abbr>' for each in factors)]
    heads += [measure_html(each) for each in shown]
    rows = []
    widths = {each: halves[each].reindex(best.index).to_numpy(dtype=float) for each in shown}
    for place, row in enumerate(best.to_dict("records")):
        cells = [str(row["point"]), *(in_html(factor_text(row[each])) for each in factors)]
        rows.append(cells + [estimate_text(each, float(row[each]), float(widths[each][place])) for each in shown])
    return html_table(heads, rows)


def failure_table(failures: pd.DataFrame) -> str:
    """Write the points that failed with their errors: ``point``, ``error`` and how many ``runs`` failed so."""
    rows = [
        [str(row["point"]), in_html(str(row["error"])[:LONGEST_ERROR]), str(row["runs"])]
        for row in failures.head(MOST_FAILURES).to_dict("records")
    ]
    left = len(failures) - MOST_FAILURES
    more = f'<p class="hint">{counted(left, "more failure")} in the ledger.</p>' if left > 0 else ""
    return html_table(["point", "error", "runs"], rows, names=2) + more
