"""The reference page of the tables: those of a run from the code, those of experiments from reference_tables.yaml."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from scmsim.metrics.tables.columns import OPTIONAL, TABLES
from scmsim.metrics.tables.scorecard import DEFINITIONS

SAID = Path(__file__).with_suffix(".yaml")
HEAD = """# Tables

<!-- Generated from the code and scripts/reference_tables.yaml by `scripts/references.py`. Do not edit. -->

What a run or an experiment writes with `--out DIR`, and what a result has in Python. Every table is tidy: a row per
fact, a column per kind of information.

- Files are CSV in UTF-8 with a dot as decimal mark; what is undefined or does not apply is an empty cell (null in
  Parquet, NaN or None in Python). A cell that a spreadsheet could take for a formula begins with an apostrophe.
- `manifest.json` says what the folder holds: scenario and its hash, seed, replications, versions, and the kinds of
  all columns. `scenario.yaml` is the whole scenario as it was run.
- **Units**: *time* is the scenario's own time unit, *unit* that of the product, *money* the scenario's currency.
"""

HAPPENED = """### What happened

One file for each table below, with the number of the `replication` (from 1) as its first column. In Python:
`result.orders` and so on; a run that records only a summary (`--summary`, `record="summary"`) has none of them.
"""


class Cell(NamedTuple):
    """A column as the page shows it."""

    name: str
    unit: str
    meaning: str


def experiments() -> dict[str, Any]:
    """Return the tables of experiments, and those computed from a run, as they are described by hand."""
    return dict(yaml.safe_load(SAID.read_text(encoding="utf-8")))


def tables_markdown() -> str:
    """Return the reference page of the tables, as Markdown."""
    said = experiments()
    parts = [HEAD, "## A run\n", "`scmsim run SCENARIO --out DIR`, `result.write(DIR)`.\n"]
    for name in ("kpis", "values"):
        parts += _section(name, said["run"][name])
    parts.append(HAPPENED)
    for name, columns in TABLES.items():
        kept = "Kept only where there is anything in it." if name in OPTIONAL else ""
        parts += _table(f"#### `{name}`", kept, [Cell(one.name, one.unit, one.description) for one in columns])
    parts.append("### Computed from these\n\nIn Python only: `result.statements` and so on.\n")
    scorecard = said["computed"]["scorecard"]
    scorecard["columns"] |= {name: text for name, text in DEFINITIONS.items() if name not in scorecard["columns"]}
    for name in said["computed"]:
        parts += _section(name, said["computed"][name], "####")
    for kind, experiment in said["experiments"].items():
        parts.append(f"## {experiment['title']}\n\n{_text(experiment['about'])}\n")
        for name, table in experiment["tables"].items():
            parts += _section(f"{name}.csv", table, kind=kind)
    return "\n".join(parts).rstrip() + "\n"


def _section(name: str, table: Mapping[str, Any], level: str = "###", kind: str = "") -> Iterator[str]:
    title = f"{level} `{name}`" + (f" ({kind})" if kind else "")
    yield from _table(title, _text(table["about"]), _cells(table["columns"]))


def _cells(columns: Mapping[str, Any]) -> Iterator[Cell]:
    for name, said in columns.items():
        unit, text = said if isinstance(said, list) else ("", said)
        yield Cell(name, unit, _text(text))


def _table(title: str, about: str, cells: Iterable[Cell]) -> Iterator[str]:
    yield f"{title}\n"
    if about:
        yield f"{about}\n"
    yield "| column | unit | meaning |\n|---|---|---|"
    yield "\n".join(f"| {_code(one.name)} | {one.unit} | {_full(one.meaning)} |" for one in cells) + "\n"


def _code(name: str) -> str:
    return f"*{name.strip('<>')}*" if name.startswith("<") else f"`{name}`"


def _full(text: str) -> str:
    """End a description with a full stop, and keep it inside its cell."""
    return text.replace("|", r"\|") + ("" if text.endswith((".", "?")) else ".")


def _text(text: str) -> str:
    return " ".join(str(text).replace("``", "`").split())
