"""Income statements and balance sheets as tables: a column per stage, and one for the chain."""

from typing import TYPE_CHECKING

import pandas as pd

from scmsim.metrics.tables.statements import LINES
from scmsim.report.labels import UNDEFINED, shorten
from scmsim.report.simple_table import simple_table
from scmsim.report.stages import data_stages

if TYPE_CHECKING:
    from scmsim.experiments.run.result import Result

MOST_COLUMNS = 8
LONGEST = 18
CHAIN = ""
"""The node of the chain's own figures."""

STATEMENTS = {"income": "Income statement", "balance": "Balance sheet at the end"}
TOTALS = frozenset(("gross_margin", "profit", "total_assets", "total_claims"))
WORDS = {
    "total_claims": "total liabilities and equity",
    "between_nodes": "payments on their way",
    "unrealised_profit": "profit on goods still in the chain",
}
SERVING = (
    "What every customer brought over the measured time, and what serving it took. Terms are late fees received less "
    "discounts given; transport and the other costs are shared in proportion to the cost of the goods."
)
MOST_ROWS = 150
SMALLEST = 0.005
"""Amounts below this are rounding, and shown as nothing."""


def data_statement(result: "Result", statement: str) -> pd.DataFrame:
    """Give one statement as a mean over replications: a row per line, a column for the chain (`CHAIN`), one per stage.

    Lines are in the order in which they add up. Those that are nothing everywhere are left out; of many stages those
    with the largest amounts are kept.

    Examples
    --------
    >>> import scmsim as sc
    >>> table = data_statement(sc.run("scenarios/payment_terms.yaml"), "income")
    >>> "profit" in table.index, table.columns[0] == CHAIN
    (True, True)
    """
    rows = result.statements
    rows = rows[rows["statement"] == statement]
    nodes = rows["node"].astype(object).where(rows["node"].notna(), CHAIN)
    means = rows.assign(node=nodes).groupby(["line", "node"], sort=False)["amount"].mean().unstack("node")
    table = means.reindex([line for line in LINES[statement] if line in means.index])
    sizes = table.abs().max().drop(CHAIN)
    kept = set(sizes.sort_values(ascending=False, kind="stable").index[:MOST_COLUMNS])
    table = table[[CHAIN, *(name for name in data_stages(result) if name in kept)]]
    return table[(table.abs() >= SMALLEST).any(axis=1)]


def statement_tables(result: "Result") -> str:
    """Write both statements (HTML)."""
    stages = data_stages(result)
    parts = []
    for statement, title in STATEMENTS.items():
        table = data_statement(result, statement)
        if table.empty:
            continue
        heads = [
            "",
            *(
                "the chain" if name == CHAIN else shorten(stages[name].label, LONGEST)
                for name in map(str, table.columns)
            ),
        ]
        rows = [[line_name(str(line)), *map(money_text, amounts)] for line, amounts in _rows(table)]
        strong = [rank for rank, line in enumerate(table.index) if line in TOTALS]
        parts.append(f"<div><h3>{title}</h3>{simple_table(heads, rows, strong=strong)}</div>")
    return f'<div class="sheets">{"".join(parts)}</div>'


def serving_table(result: "Result") -> str:
    """Write what every customer of every stage brought and took, as a mean over replications, folded (HTML)."""
    rows = result.cost_to_serve.drop(columns="replication")
    keys = ["seller", "customer"]
    means = rows.groupby(keys, sort=False).mean().reset_index().head(MOST_ROWS)
    stages = data_stages(result)
    order = {name: place for place, name in enumerate(stages)}
    means = means.sort_values("seller", key=lambda names: names.map(order), kind="stable")
    if means.empty:
        return ""
    labels = {name: stage.label for name, stage in stages.items()}
    named = means[keys].map(lambda name: labels.get(name, str(name))).to_numpy().tolist()
    amounts = means.drop(columns=keys).map(money_text)
    heads = [*keys, *(line_name(str(column)) for column in amounts.columns)]
    table = simple_table(heads, [[*who, *what] for who, what in zip(named, amounts.to_numpy(), strict=True)], names=2)
    return f'<details><summary>Cost to serve</summary><p class="hint">{SERVING}</p>{table}</details>'


def line_name(line: str) -> str:
    """Write the name of a line of a statement.

    Examples
    --------
    >>> line_name("cost_of_goods_sold"), line_name("between_nodes")
    ('cost of goods sold', 'payments on their way')
    """
    return WORDS.get(line, line.replace("_", " "))


def money_text(amount: float) -> str:
    """Write an amount of money: whole from 1,000 on, nothing as a dash.

    Examples
    --------
    >>> money_text(1234.56), money_text(-12.3), money_text(0.0), money_text(float("nan"))
    ('1,235', '\u221212.30', '–', '–')
    """
    if pd.isna(amount) or abs(amount) < SMALLEST:
        return UNDEFINED
    text = f"{amount:,.0f}" if abs(amount) >= 1000 else f"{amount:,.2f}"
    return text.replace("-", "\u2212").removesuffix(".00")


def _rows(table: pd.DataFrame) -> list[tuple[object, list[float]]]:
    return [
        (line, [float(amount) for amount in amounts])
        for line, amounts in zip(table.index, table.to_numpy(), strict=True)
    ]
