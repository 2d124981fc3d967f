"""The reference page of the metrics, from the catalogue."""

from collections.abc import Iterator
from itertools import groupby

from scmsim.metrics.catalogue import catalogue
from scmsim.metrics.metric import DEFINED, GROUPS, Metric

HEAD = """# Metrics

<!-- Generated from the catalogue of metrics by `scripts/references.py`. Do not edit. -->

Every figure of a run, with the words that stand beside it in the report. In Python, `result.definitions["fill_rate"]`
says the same.

- A figure is computed of the measured time: the run without its warm-up.
- There is one figure for every *point* (a product at a node), node, segment, product and for the whole chain, where
  the metric means something there. `fill_rate` names the chain's, `fill_rate@shop` a node's, `fill_rate@shop/tea` a
  point's.
- What is undefined (a share of nothing) is empty, never 0.
- **Bucket** is the stretch of time over which quantities are summed first. `{quantity}`, `{time}` and `{currency}` in
  a unit are the scenario's own: case, week, money.
- A metric of your own appears everywhere beside these: [how to add one](../how-to/your-own-policy.md).
"""
TITLES = {
    "service": "Service",
    "flow": "What moved",
    "production": "Production",
    "inventory": "Inventory",
    "bullwhip": "Bullwhip",
    "forecast": "Forecasts",
    "cost": "Cost",
    "money": "Money",
}


def metrics() -> list[Metric]:
    """Return the metrics of scmsim itself, without those of plug-ins."""
    return [metric for metric in catalogue().values() if metric.name in DEFINED]


def metrics_markdown() -> str:
    """Return the reference page of the metrics, as Markdown."""
    found = sorted(metrics(), key=lambda metric: GROUPS.index(metric.group))
    parts = [HEAD]
    for group, members in groupby(found, key=lambda metric: metric.group):
        listed = list(members)
        parts += [f"## {TITLES[group]}\n", *_overview(listed)]
        for metric in listed:
            parts += _section(metric)
    return "\n".join(parts).rstrip() + "\n"


def _overview(listed: list[Metric]) -> Iterator[str]:
    yield "| metric | unit | formula |\n|---|---|---|"
    rows = (f"| [`{one.name}`](#{one.name}) | {one.unit} | {_cell(one.formula)} |" for one in listed)
    yield "\n".join(rows) + "\n"


def _section(metric: Metric) -> Iterator[str]:
    yield f"### `{metric.name}`\n"
    said = {
        "Formula": metric.formula,
        "Unit": metric.unit,
        "Bucket": f"`{metric.bucket}`" if "." in metric.bucket else metric.bucket,
        "Better": metric.better or "",
        "Source": metric.source,
    }
    yield f"**{_plain(metric.title)}.** {_plain(metric.definition)}\n"
    yield "\n".join(f"- {name}: {_plain(text)}" for name, text in said.items() if text) + "\n"


def _plain(text: str) -> str:
    """Keep what would be markup as it is written; code stays code."""
    pieces = " ".join(text.split()).replace("``", "`").split("`")
    outside = [piece.replace("*", r"\*").replace("_", r"\_").replace("<", r"\<") for piece in pieces[::2]]
    pieces[::2] = outside
    return "`".join(pieces)


def _cell(text: str) -> str:
    return _plain(text).replace("|", r"\|")
