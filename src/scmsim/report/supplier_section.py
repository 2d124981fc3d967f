"""The section on suppliers: the scorecard by which a buyer may choose among them."""

from typing import TYPE_CHECKING

import pandas as pd

from scmsim.metrics.tables.scorecard import DEFINITIONS
from scmsim.report.labels import UNDEFINED, in_html, in_prose, number, percent
from scmsim.report.panels import Panel
from scmsim.report.simple_table import simple_table
from scmsim.scenario.network_supply import UNLIMITED
from scmsim.words import plural

if TYPE_CHECKING:
    from scmsim.experiments.run.result import Result
    from scmsim.scenario.network import Network

TITLE = "Suppliers"
TEXT = "What the orders to every supplier have brought."
SUMMARY = "This run kept a summary only. The scorecard of suppliers needs full recording."
SHARES = ("on_time", "in_full", "quality")
PRICES = ("quoted", "mean_price")
TIMES = ("lead_time", "lead_time_sd")
MOST_ROWS = 60


def supplier_panels(result: "Result") -> list[Panel]:
    """Show the scorecard where suppliers differ in more than their lanes: a choice, limits, or prices with breaks."""
    if not _compares(result.scenario.network):
        return []
    if result.record == "summary":
        return [Panel("suppliers", TITLE, TEXT, (), SUMMARY)]
    card = result.scorecard
    said = TEXT + (" Over all replications." if result.replications > 1 else "")
    said += f" The first {MOST_ROWS} of {len(card)} rows." if len(card) > MOST_ROWS else ""
    return [Panel("suppliers", TITLE, said, (), below=_table(result, card.head(MOST_ROWS)) + _meanings(card))]


def _compares(network: "Network") -> bool:
    tiers = any(sale.price.tiers for lane in network.lanes for sale in lane.sales.values())
    return network.has_choices or tiers or any(point.supply != UNLIMITED for point in network.points)


def _table(result: "Result", card: pd.DataFrame) -> str:
    columns = _shown(card)
    nodes = result.scenario.network.nodes
    names = ["supplier", "buyer", *(["product"] if len(result.scenario.network.products) > 1 else [])]
    rows = [
        [
            *(str(row[name]) if name == "product" else nodes[row[name]].label or row[name] for name in names),
            *(_text(name, float(row[name])) for name in columns),
        ]
        for row in card.to_dict("records")
    ]
    time = plural(result.scenario.network.calendar.unit)
    heads = [*names, *(f"{_title(name)} ({time})" if name in TIMES else _title(name) for name in columns)]
    return simple_table(heads, rows, names=len(names))


def _title(name: str) -> str:
    return name.replace("_", " ").replace(" sd", ", sd")


def _shown(card: pd.DataFrame) -> list[str]:
    return [name for name in DEFINITIONS if card[name].notna().any()]


def _text(name: str, value: float) -> str:
    if value != value:
        return UNDEFINED
    if name in PRICES:
        return f"{value:,.2f}" if abs(value) >= 1 else number(value)
    if name in TIMES:
        return f"{value:,.1f}"
    return percent(value) if name in SHARES else number(value)


def _meanings(card: pd.DataFrame) -> str:
    said = "".join(
        f"<div><dt>{in_html(_title(name))}</dt><dd>{in_prose(DEFINITIONS[name])}</dd></div>" for name in _shown(card)
    )
    return f'<dl class="glossary">{said}</dl>'
