"""On time in full: by order, line, unit and value."""

from collections.abc import Callable

import numpy as np

from scmsim.metrics.metric import Measured, Metric, define
from scmsim.metrics.on_time_lines import OnTimeLines
from scmsim.metrics.rollup import Ratio, scopes

_DUE = (
    "On time is from the reference date (measures.on_time_in_full.reference: promised or requested, the instant of "
    "ordering) - early to + late. Counted, by the seller, are lines placed in the measured time whose reference "
    "date + late lies before the end of the run; lost and overdue lines count as failed. Production orders are not "
    "customers' orders. A point, node and segment count lines of other nodes and end customers; a product and the "
    "chain those of end customers only. "
)
_NOT_DUE = "Null where none was due."


def _lines(measured: Measured) -> Ratio:
    seen = measured[OnTimeLines]
    return Ratio(scopes(seen.lines_kept), scopes(seen.lines))


def _orders(measured: Measured) -> Ratio:
    seen = measured[OnTimeLines]
    return Ratio(scopes(seen.orders_kept), scopes(seen.orders), levels=frozenset({"node", "segment", "chain"}))


def _units(measured: Measured) -> Ratio:
    seen = measured[OnTimeLines]
    return Ratio(scopes(seen.units_kept), scopes(seen.units))


def _value(measured: Measured) -> Ratio:
    seen, points = measured[OnTimeLines], measured.network.points
    worth = [measured.network.products[point.product].value for point in points]
    value = np.array([np.nan if each is None else each for each in worth])
    due, kept = scopes(seen.units), scopes(seen.units_kept)
    return Ratio(np.where(due > 0, kept * value, 0.0), np.where(due > 0, due * value, 0.0))


def _on_time(level: str, formula: str, definition: str, compute: Callable[[Measured], Ratio]) -> None:
    define(
        Metric(
            name=f"on_time_in_full_{level}",
            title=f"On time in full, by {level}",
            group="service",
            unit="ratio",
            better="higher",
            formula=formula,
            definition=definition,
            source="Christopher (2016), Logistics and Supply Chain Management, 5th ed., ch. 2; comparable to RL.1.1",
            needs=(OnTimeLines,),
            compute=compute,
        )
    )


_on_time(
    "order",
    "orders delivered complete and on time / orders due",
    "The lines that one node places with another at one instant form an order, and every order of an end customer "
    f"is one; it is kept when every line of it is. {_DUE}It is a figure of nodes: there is none per product. "
    f"{_NOT_DUE}",
    _orders,
)
_on_time(
    "line",
    "lines delivered complete and on time / lines due",
    "A line is one product of one order; it is kept when all of it was delivered on time and none outside. "
    f"{_DUE}{_NOT_DUE}",
    _lines,
)
_on_time(
    "unit",
    "units delivered on time / units of the lines due",
    f"Units of the lines due that were delivered on time, whatever became of the rest of their line. {_DUE}{_NOT_DUE}",
    _units,
)
_on_time(
    "value",
    "value of units delivered on time / value of the lines due",
    f"As by unit, each unit weighted with its product's value. {_DUE}{_NOT_DUE[:-1]}, and where a product due has no "
    "value.",
    _value,
)
