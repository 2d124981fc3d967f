"""Facts become answers: every number of the KPI table, each with one definition.

`Collector` takes in what the recorder publishes, chunk by chunk; `measure` turns it into the KPI table; `CATALOGUE`
holds the definition of every metric. `scmsim.metrics.tables.frames.frames` and `period_series` turn recorded tables
into tidy data frames. pandas is loaded by those that give a data frame, when they are first asked for.

A metric of one's own is a `Metric` offered in the entry-point group ``scmsim.metrics``.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scmsim.metrics.accumulator import Accumulator as Accumulator
    from scmsim.metrics.collector import Collector as Collector
    from scmsim.metrics.metric import Metric as Metric
    from scmsim.metrics.series import period_series as period_series
    from scmsim.metrics.table import Figures as Figures
    from scmsim.metrics.table import measure as measure

    CATALOGUE: dict[str, Metric]

_HOMES = {
    "Accumulator": "accumulator",
    "Collector": "collector",
    "Figures": "table",
    "Metric": "metric",
    "measure": "table",
    "period_series": "series",
}

__all__ = ["CATALOGUE", "Accumulator", "Collector", "Figures", "Metric", "measure", "period_series"]


def __getattr__(name: str) -> Any:
    if name == "CATALOGUE":
        return import_module("scmsim.metrics.catalogue").catalogue()
    if name in _HOMES:
        return getattr(import_module(f"scmsim.metrics.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
