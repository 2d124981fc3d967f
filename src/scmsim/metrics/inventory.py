"""Inventory: how much there was, time-weighted, and how fast it moved."""

import numpy as np

from scmsim.metrics.facts import EPSILON
from scmsim.metrics.flow_totals import CustomerTotals, ReceiptTotals
from scmsim.metrics.issues import leaving, mixed
from scmsim.metrics.layout import Array
from scmsim.metrics.metric import Measured, Metric, define
from scmsim.metrics.rollup import Grouping, Pooled, Total, divide
from scmsim.metrics.states import States

_SUMMED = "Rolled up, it is the sum over stocks. An unlimited supplier keeps no stock and has none."


def _on_hand(measured: Measured) -> Total:
    return Total(measured[States].on_hand / measured.time, measured.layout.stocked)


def _backorders(measured: Measured) -> Total:
    return Total(measured[States].backorders / measured.time, measured.layout.stocked)


def _in_transit(measured: Measured) -> Total:
    layout = measured.layout
    return Total(measured[States].in_transit * ~layout.made / measured.time, layout.stocked & ~layout.made)


def _work_in_process(measured: Measured) -> Total:
    layout = measured.layout
    return Total(measured[States].in_transit * layout.made / measured.time, layout.made)


def _issued(measured: Measured) -> Array:
    """Return units that left each stock: what was there before, plus receipts, less what is there after."""
    states, received = measured[States], measured[ReceiptTotals].units
    issued = states.on_hand_before + received - states.on_hand_after
    return np.where(np.abs(issued) <= EPSILON * np.maximum(1.0, received), 0.0, issued)


def _left(measured: Measured, grouping: Grouping) -> Array:
    """Return units that left each group; NaN where that is not known, or the group's units are not of one kind."""
    out = leaving(measured.layout, grouping.level, _issued(measured), measured[CustomerTotals].units)
    return np.where(mixed(measured.layout, grouping), np.nan, grouping.sum(out))


def _turns(measured: Measured) -> Pooled:
    held = measured[States].on_hand / measured.time
    return Pooled(lambda each: divide(_left(measured, each), each.sum(held)), measured.layout.stocked)


def _days_of_supply(measured: Measured) -> Pooled:
    held = measured[States].on_hand
    return Pooled(lambda each: divide(each.sum(held), _left(measured, each)), measured.layout.stocked)


_LEAVING = (
    "Rolled up, stock is summed and only units that leave the group count, not those it passes on within: out of the "
    "node or segment, out of the chain to end customers, and as a product to end customers or into production. Null "
    "where units are not of one kind: a group whose products have different units, or that holds components of what "
    "it makes. Null, too, for a segment with a stock that ships both inside it and out of it, and for a product one "
    "of whose stocks supplies both production and other nodes."
)


define(
    Metric(
        name="average_on_hand",
        title="Average on hand",
        group="inventory",
        unit="{quantity}",
        formula="time integral of units on hand / measured time",
        definition=f"Time-weighted mean of the units on hand over the measured time. {_SUMMED}",
        needs=(States,),
        compute=_on_hand,
    )
)

define(
    Metric(
        name="average_backorders",
        title="Average backorders",
        group="inventory",
        unit="{quantity}",
        better="lower",
        formula="time integral of units backordered / measured time",
        definition=f"Time-weighted mean of the units asked for and still owed over the measured time. {_SUMMED}",
        needs=(States,),
        compute=_backorders,
    )
)

define(
    Metric(
        name="average_in_transit",
        title="Average in transit",
        group="inventory",
        unit="{quantity}",
        formula="time integral of units in transit / measured time",
        definition="Time-weighted mean of the units shipped over a lane and not received, at the receiving stock. "
        f"Stocks that are replenished by production have average_work_in_process instead. {_SUMMED}",
        needs=(States,),
        compute=_in_transit,
    )
)

define(
    Metric(
        name="average_work_in_process",
        title="Average work in process",
        group="inventory",
        unit="{quantity}",
        formula="time integral of units in production / measured time",
        definition="Time-weighted mean of the units started in production and not finished, in units of what is "
        "made; only of stocks that are replenished by production. Rolled up, it is the sum over these.",
        needs=(States,),
        compute=_work_in_process,
    )
)

define(
    Metric(
        name="inventory_turns",
        title="Inventory turns",
        group="inventory",
        unit="ratio",
        better="higher",
        formula="units that left in the measured time / average on hand",
        definition="How often the average stock left in the measured time (not per year). Units that left a stock = on "
        f"hand before + received - on hand after. {_LEAVING} Null where nothing was ever on hand.",
        source="Silver, Pyke and Thomas (2017), Inventory and Production Management in Supply Chains, 4th ed., ch. 2",
        needs=(States, ReceiptTotals, CustomerTotals),
        compute=_turns,
    )
)

define(
    Metric(
        name="days_of_supply",
        title="Days of supply",
        group="inventory",
        unit="{time}",
        formula="average on hand / units that left per time unit",
        definition="How long the average stock lasts at the rate at which units left in the measured time; in the "
        f"scenario's time unit, whatever that is. {_LEAVING} Null where nothing left.",
        source="Silver, Pyke and Thomas (2017), Inventory and Production Management in Supply Chains, 4th ed., ch. 2",
        needs=(States, ReceiptTotals, CustomerTotals),
        compute=_days_of_supply,
    )
)
