"""Every metric there is: those of this package, found by walking it, and those that plug-ins bring."""

import warnings
from functools import cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from pkgutil import iter_modules

from scmsim.metrics.metric import DEFINED, GROUPS, Metric

PLUG_INS = "scmsim.metrics"
"""The entry-point group in which a package offers a `Metric`, or an iterable of them."""

_NEED_PANDAS = frozenset({"series", "table"})


@cache
def catalogue() -> dict[str, Metric]:
    """Return every metric by name: ours by family and in the order of their definition, then those of plug-ins.

    Examples
    --------
    >>> catalogue()["fill_rate"].formula
    'units served at once / units demanded'
    """
    for module in iter_modules(import_module("scmsim.metrics").__path__):
        if not module.ispkg and module.name not in _NEED_PANDAS:
            import_module(f"scmsim.metrics.{module.name}")
    ours = sorted(DEFINED.values(), key=lambda metric: GROUPS.index(metric.group))
    found = {metric.name: metric for metric in ours}
    for entry in sorted(entry_points(group=PLUG_INS), key=lambda entry: entry.name):
        for metric in _plug_in(entry):
            if metric.name in found:
                warnings.warn(f"{entry.name}: a metric called {metric.name!r} is already defined", stacklevel=2)
            found.setdefault(metric.name, metric)
    return found


def _plug_in(entry: EntryPoint) -> tuple[Metric, ...]:
    try:
        loaded = entry.load()
        metrics = (loaded,) if isinstance(loaded, Metric) else tuple(loaded)
        return _checked(metrics)
    except Exception as error:
        warnings.warn(f"the metric plug-in {entry.name!r} ({entry.value}) is left out: {error}", stacklevel=3)
        return ()


def _checked(metrics: tuple[object, ...]) -> tuple[Metric, ...]:
    checked = tuple(metric for metric in metrics if isinstance(metric, Metric))
    if len(checked) != len(metrics):
        raise TypeError("expected a Metric or an iterable of them")
    return checked
