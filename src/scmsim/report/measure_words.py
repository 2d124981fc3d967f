"""How the figures of an experiment are called and written: ``fill_rate@shop`` is the fill rate of shop, in percent."""

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from scmsim.metrics import CATALOGUE
from scmsim.report.answers import SHARES
from scmsim.report.labels import UNDEFINED, half_width, in_html, number, percent
from scmsim.report.tables import metric_name
from scmsim.report.titles import title_of

if TYPE_CHECKING:
    from scmsim.scenario.network import Network

MINUS, POINTS = "\u2212", "points"


def metric_of(address: str) -> str:
    """Give the metric of a figure's address.

    Examples
    --------
    >>> metric_of("fill_rate@shop")
    'fill_rate'
    """
    return address.partition("@")[0]


def whose_of(address: str) -> str:
    """Say whose figure it is; nothing where it is the whole chain's.

    Examples
    --------
    >>> whose_of("fill_rate@shop/tea"), whose_of("fill_rate@product=tea"), whose_of("fill_rate")
    ('shop/tea', 'product tea', '')
    """
    whose = address.partition("@")[2]
    for key in ("segment", "product"):
        if whose.startswith(f"{key}="):
            return f"{key} {whose.removeprefix(f'{key}=')}"
    return whose


def measure_title(address: str) -> str:
    """Call a figure by the title of its metric and by whose it is.

    Examples
    --------
    >>> measure_title("fill_rate@shop"), measure_title("total_cost")
    ('Fill rate, shop', 'Total cost')
    """
    return ", ".join(filter(None, (title_of(metric_of(address)), whose_of(address))))


def measure_html(address: str) -> str:
    """Write a figure's title with its definition on hover, as HTML."""
    whose = whose_of(address)
    return metric_name(metric_of(address)) + (f", {in_html(whose)}" if whose else "")


def is_share(address: str) -> bool:
    """Whether a figure is a share, written as a percentage."""
    return metric_of(address) in SHARES


def scale_of(address: str) -> float:
    """Give what a figure is multiplied with where it is drawn: shares are drawn in percent."""
    return 100.0 if is_share(address) else 1.0


def better_of(address: str) -> str | None:
    """Say which direction is better, ``"higher"`` or ``"lower"``; None where neither is.

    Examples
    --------
    >>> better_of("fill_rate@shop"), better_of("total_cost"), better_of("average_on_hand")
    ('higher', 'lower', None)
    """
    known = CATALOGUE.get(metric_of(address))
    return known.better if known is not None else None


def value_text(address: str, value: object) -> str:
    """Write a figure's value.

    Examples
    --------
    >>> value_text("fill_rate", 0.973), value_text("total_cost", 1234.5), value_text("total_cost", None)
    ('97.3 %', '1,234', '–')
    """
    return percent(value) if is_share(address) else number(value)


def estimate_text(address: str, mean: float, half: float | None) -> str:
    """Write a mean with the half width of its interval, as HTML.

    Examples
    --------
    >>> estimate_text("fill_rate", 0.973, 0.0042)
    '97.3 % <span class="half">± 0.42 %</span>'
    """
    if math.isnan(mean):
        return f'<span title="undefined: there is nothing to measure it by">{UNDEFINED}</span>'
    text = in_html(value_text(address, mean))
    if half is None or math.isnan(half):
        return text
    wide = f"{half_width(100 * half)} %" if is_share(address) else half_width(half)
    return f'{text} <span class="half">± {in_html(wide)}</span>'


def change_text(address: str, value: float) -> str:
    """Write a difference with its sign: of shares in points.

    Examples
    --------
    >>> change_text("fill_rate", -0.0213), change_text("total_cost", 12.0)
    ('−2.13 points', '+12')
    """
    if math.isnan(value):
        return UNDEFINED
    size = number(abs(value) * scale_of(address))
    sign = "" if size == "0" else MINUS if value < 0 else "+"
    return f"{sign}{size}{f' {POINTS}' if is_share(address) else ''}"


def units_of_metrics(network: "Network", metrics: Iterable[str]) -> dict[str, str]:
    """Give the unit of every metric in the words of a scenario."""
    from scmsim.metrics import Collector, Figures

    known = [CATALOGUE[name] for name in dict.fromkeys(metrics) if name in CATALOGUE]
    if not known:
        return {}
    keys = Figures(Collector(network, known)).keys()
    return {str(metric): str(unit) for metric, unit in zip(keys["metric"], keys["unit"], strict=True)}


def metrics_of(addresses: Sequence[str]) -> list[str]:
    """List the metrics of figures, each once."""
    return list(dict.fromkeys(map(metric_of, addresses)))


def axis_title(address: str, units: dict[str, str]) -> str:
    """Write a figure's title with its unit, for an axis.

    Examples
    --------
    >>> axis_title("fill_rate", {}), axis_title("total_cost", {"total_cost": "money"})
    ('Fill rate, %', 'Total cost, money')
    """
    unit = "%" if is_share(address) else units.get(metric_of(address), "")
    return ", ".join(filter(None, (measure_title(address), "" if unit == "ratio" else unit)))
