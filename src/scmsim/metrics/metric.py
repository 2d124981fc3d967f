"""What a metric is, and the list on which each module of this package puts its own."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar, cast

from scmsim.metrics.accumulator import Accumulator
from scmsim.metrics.layout import Layout
from scmsim.metrics.rollup import Answer

A = TypeVar("A", bound=Accumulator)

GROUPS = ("service", "flow", "production", "inventory", "bullwhip", "forecast", "cost", "money")
"""The order in which the groups of metrics are listed; a user's own groups follow."""


class Measured:
    """What a metric computes from: the network, and the accumulators it needs, at the end of the run.

    Parameters
    ----------
    layout : Layout
        The network.
    results : mapping
        The finished accumulators, by their class.
    """

    def __init__(self, layout: Layout, results: Mapping[type[Accumulator], Accumulator]) -> None:
        self.layout = layout
        self.network = layout.network
        self._results = results

    @property
    def time(self) -> float:
        """Measured time, in the scenario's unit."""
        return self.layout.measured

    def __getitem__(self, kind: type[A]) -> A:
        """Return an accumulator that the metric declared in ``needs``."""
        return cast(A, self._results[kind])


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """A number with its definition.

    Parameters
    ----------
    name, title : str
        How it is called in tables, and in headings.
    group : str
        Which family it belongs to: one of `GROUPS`, or a new one.
    unit : str
        ``ratio``, ``money`` or anything else. ``{quantity}``, ``{time}`` and ``{currency}`` inside it become the
        scenario's own units.
    definition : str
        What is counted, how it is rolled up, and what null means.
    formula : str
        The definition as a formula in words.
    source : str
        Where the definition comes from.
    bucket : str
        Over which stretch of time quantities are summed first; empty if the metric does not look at stretches.
    better : str or None
        ``higher`` or ``lower``; None where neither is better as such.
    needs : tuple of type
        The accumulators from which it is computed.
    compute : callable
        From a `Measured` to an answer for every grouping; None where the metric says nothing about the network.

    Examples
    --------
    >>> from scmsim.metrics.rollup import Total
    >>> from scmsim.metrics.flow_totals import ReceiptTotals
    >>> pallets = Metric(
    ...     name="pallets_received", title="Pallets received", group="flow", unit="pallet",
    ...     definition="Pallets of 40 units received in the measured time.", formula="units received / 40",
    ...     needs=(ReceiptTotals,), compute=lambda measured: Total(measured[ReceiptTotals].units / 40),
    ... )
    >>> pallets.name
    'pallets_received'
    """

    name: str
    title: str
    group: str
    unit: str
    definition: str
    formula: str
    needs: tuple[type[Accumulator], ...]
    compute: Callable[[Measured], Answer | None]
    source: str = ""
    bucket: str = ""
    better: str | None = None

    def unit_in(self, layout: Layout) -> str:
        """Return the unit of the metric's values for one network.

        Products that are counted in different units have the common unit ``unit``.
        """
        units = {product.unit for product in layout.network.products.values()}
        quantity = units.pop() if len(units) == 1 else "unit"
        unit = self.unit.replace("{quantity}", quantity).replace("{time}", layout.network.calendar.unit)
        money = layout.network.money
        return unit.replace("{currency}", money.currency if money is not None else "money")


DEFINED: dict[str, Metric] = {}
"""Every metric defined so far, by name."""


def define(metric: Metric) -> Metric:
    """Put a metric on the list.

    Raises
    ------
    ValueError
        Its name is taken.
    """
    if metric.name in DEFINED:
        raise ValueError(f"a metric called {metric.name!r} is already defined")
    DEFINED[metric.name] = metric
    return metric
