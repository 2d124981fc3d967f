"""Figures on stdout: a table to read, one JSON object, or CSV."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from scmsim.cli.commands import Format
from scmsim.words import known, with_trust

if TYPE_CHECKING:
    from scmsim.experiments.run.result import Result

KEY_FIGURES = {
    "total_cost": "total cost",
    "fill_rate": "fill rate",
    "order_variance_ratio": "order variance ratio",
    "average_on_hand": "on hand",
    "average_backorders": "backorders",
    "profit": "profit",
    "closing_cash": "cash at the end",
}
CHAIN = "whole chain"
UNDEFINED = "-"
NOTHING = (UNDEFINED, "0.00", "0.00 ± 0")

Row = Mapping[str, Any]


def print_figures(result: "Result", form: Format, reached: bool | None = None) -> None:
    """Print the figures of a result on stdout; as JSON also whether a precision that was asked for was reached."""
    writers: dict[Format, Callable[[Result], str]] = {
        Format.table: as_table,
        Format.json: lambda result: as_json(result, reached),
        Format.csv: as_csv,
    }
    print(writers[form](result))


def as_csv(result: "Result") -> str:
    """Give every figure as CSV, safe to open in a spreadsheet."""
    from scmsim.experiments.storage.csvs import to_text

    return to_text(result.kpis).removesuffix("\n")


def as_json(result: "Result", reached: bool | None = None) -> str:
    """Give every figure as one JSON object; what is undefined is null.

    A node's own figure has no product, a product's no node, the chain's neither. Segments stand apart.
    """
    rows = records(result.kpis)
    answer = {
        "scenario": result.scenario.name,
        "replications": result.replications,
        "seed": result.seed,
        **({} if reached is None else {"reached": reached}),
        "kpis": [
            {key: value for key, value in row.items() if key != "segment"} for row in rows if not _of_segment(row)
        ],
        "segments": [
            {key: value for key, value in row.items() if key not in ("node", "product")}
            for row in rows
            if _of_segment(row)
        ],
    }
    return json.dumps(answer, ensure_ascii=False, allow_nan=False, indent=2)


def as_table(result: "Result") -> str:
    """Give the key figures of every node, and of the whole chain, as a table to read."""
    cells = {
        (row["metric"], row["node"]): _cell(row)
        for row in records(result.kpis)
        if row["product"] is None and not _of_segment(row) and row["metric"] in KEY_FIGURES
    }
    names: list[str | None] = [*result.scenario.file.nodes, None]
    shown = [
        metric for metric in KEY_FIGURES if any(cells.get((metric, name), UNDEFINED) not in NOTHING for name in names)
    ]
    body = [[name or CHAIN, *(cells.get((metric, name), UNDEFINED) for metric in shown)] for name in names]
    return columns([["", *(KEY_FIGURES[metric] for metric in shown)], *body])


def columns(rows: Sequence[Sequence[str]], left: int = 1) -> str:
    """Line up rows of text: the first columns to the left, the others to the right, a rule under the first row.

    Examples
    --------
    >>> print(columns([["", "cost"], ["retailer", "46.00"]]))
                 cost
    --------  -------
    retailer    46.00
    """
    plain = [[printable(cell) for cell in row] for row in rows]
    widths = [max(len(row[index]) for row in plain) for index in range(len(plain[0]))]
    widths[1:] = [max(width, 7) for width in widths[1:]]
    lines = [
        "  ".join(
            cell.rjust(width) if index >= left else cell.ljust(width)
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in [plain[0], ["-" * width for width in widths], *plain[1:]]
    ]
    return "\n".join(line.rstrip() for line in lines)


def printable(text: str) -> str:
    """Replace what would control the terminal instead of being shown on it.

    Examples
    --------
    >>> printable("shop\\x1b[2J")
    'shop?[2J'
    """
    return "".join(character if character.isprintable() else "?" for character in text)


def records(frame: Any) -> list[dict[str, Any]]:
    """Give a table as plain rows with None for what is undefined."""
    cells = [frame[name].tolist() for name in frame.columns]
    names = [str(name) for name in frame.columns]
    return [{name: known(value) for name, value in zip(names, row, strict=True)} for row in zip(*cells, strict=True)]


def _of_segment(row: Row) -> bool:
    """Whether a row sums up a segment: a point's or node's row may say which segment it is in."""
    return row["segment"] is not None and row["node"] is None


def _cell(row: Row) -> str:
    if row["mean"] is None:
        return UNDEFINED
    half = row["half_width"]
    return with_trust(row["mean"], half) if half else f"{row['mean']:,.2f}" + ("" if half is None else " ± 0")
