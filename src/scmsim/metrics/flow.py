"""Flow: how much was asked for, ordered and received."""

from scmsim.metrics.flow_totals import DemandTotals, OrderTotals, ReceiptTotals
from scmsim.metrics.metric import Measured, Metric, define
from scmsim.metrics.rollup import Total, scopes
from scmsim.metrics.service import SCOPE


def _demanded(measured: Measured) -> Total:
    return Total(scopes(measured[DemandTotals].demanded))


def _served(measured: Measured) -> Total:
    return Total(scopes(measured[DemandTotals].served))


def _lost(measured: Measured) -> Total:
    return Total(scopes(measured[DemandTotals].lost))


def _orders(measured: Measured) -> Total:
    return Total(measured[OrderTotals].orders, measured.layout.stocked)


def _received(measured: Measured) -> Total:
    return Total(measured[ReceiptTotals].units, measured.layout.stocked)


define(
    Metric(
        name="units_demanded",
        title="Units demanded",
        group="flow",
        unit="{quantity}",
        formula="sum of the quantities asked for",
        definition=f"Units asked for in the measured time. {SCOPE}",
        needs=(DemandTotals,),
        compute=_demanded,
    )
)

define(
    Metric(
        name="units_served_at_once",
        title="Units served at once",
        group="flow",
        unit="{quantity}",
        formula="sum of the quantities served at the instant of asking",
        definition=f"Units asked for in the measured time and served from stock at the same instant. {SCOPE}",
        needs=(DemandTotals,),
        compute=_served,
    )
)

define(
    Metric(
        name="units_lost",
        title="Units lost",
        group="flow",
        unit="{quantity}",
        better="lower",
        formula="sum of the quantities lost",
        definition="Units asked for in the measured time, not there, and not waited for; and units that customers who "
        f"lost their patience then went without. {SCOPE}",
        needs=(DemandTotals,),
        compute=_lost,
    )
)

define(
    Metric(
        name="orders_placed",
        title="Orders placed",
        group="flow",
        unit="order",
        formula="number of orders with a quantity other than 0",
        definition="Replenishment orders placed in the measured time, production orders included; a decision to order "
        "nothing is not an order.",
        needs=(OrderTotals,),
        compute=_orders,
    )
)

define(
    Metric(
        name="units_received",
        title="Units received",
        group="flow",
        unit="{quantity}",
        formula="sum of the quantities received",
        definition="Units received in the measured time, over lanes or from production. Rolled up, a unit counts at "
        "each stock that it passes.",
        needs=(ReceiptTotals,),
        compute=_received,
    )
)
