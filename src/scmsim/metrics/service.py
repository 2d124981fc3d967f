"""Service: how often, and how much of, what was asked for was there in time."""

from functools import partial

import numpy as np

from scmsim.metrics.cycle_times import CycleTimes, quantiles
from scmsim.metrics.flow_totals import DemandTotals
from scmsim.metrics.metric import Measured, Metric, define
from scmsim.metrics.rollup import Pooled, Ratio, scopes
from scmsim.metrics.service_totals import CycleTotals, PeriodTotals
from scmsim.metrics.states import States

SCOPE = (
    "A point counts all its demand; a node and a segment leave out what the node's own production takes; a product "
    "and the chain count end customers' demand only."
)
SILVER = "Silver, Pyke and Thomas (2017), Inventory and Production Management in Supply Chains, 4th ed., ch. 6"


def _fill_rate(measured: Measured) -> Ratio:
    totals = measured[DemandTotals]
    return Ratio(scopes(totals.served), scopes(totals.demanded))


def _period_service_level(measured: Measured) -> Ratio:
    totals = measured[PeriodTotals]
    return Ratio(totals.asked - totals.missed, totals.asked)


def _cycle_service_level(measured: Measured) -> Ratio:
    totals, layout = measured[CycleTotals], measured.layout
    facing = layout.faces()
    return Ratio((totals.cycles - totals.short) * facing, totals.cycles * facing, layout.stocked)


def _ready_rate(measured: Measured) -> Ratio:
    stocked = measured.layout.stocked
    return Ratio(measured[States].ready, np.where(stocked, measured.time, 0.0), stocked)


def _mean_cycle_time(measured: Measured) -> Ratio:
    times = measured[CycleTimes]
    return Ratio(times.total, times.orders, measured.layout.stocked)


def _quantile_of_cycle_time(measured: Measured, share: float) -> Pooled:
    tally = measured[CycleTimes].tally
    return Pooled(lambda each: quantiles(tally, each.group, each.size, share), measured.layout.stocked)


define(
    Metric(
        name="fill_rate",
        title="Fill rate",
        group="service",
        unit="ratio",
        better="higher",
        formula="units served at once / units demanded",
        definition="Share of the units asked for in the measured time that was served from stock at the instant of "
        f"asking. {SCOPE} Null where nothing was asked for.",
        source=f"{SILVER} (P2)",
        needs=(DemandTotals,),
        compute=_fill_rate,
    )
)

define(
    Metric(
        name="cycle_service_level",
        title="Cycle service level",
        group="service",
        unit="ratio",
        better="higher",
        formula="replenishment cycles without a stock-out / replenishment cycles",
        definition="A cycle lasts from one instant at which the stock receives something to the next, both in the "
        "measured time; it has a stock-out when any demand in it was not wholly served at once. Demand at the "
        "instant of a receipt belongs to the cycle which that receipt begins. A node and a segment look at demand "
        "from outside the node; a product and the chain at the stocks that face end customers, and at these "
        "customers' demand. Null without a complete cycle.",
        source=f"{SILVER} (P1)",
        needs=(CycleTotals,),
        compute=_cycle_service_level,
    )
)

define(
    Metric(
        name="period_service_level",
        title="Period service level",
        group="service",
        unit="ratio",
        better="higher",
        bucket="1 time unit",
        formula="periods whose demand was met at once / periods with demand",
        definition="A period is one time unit [t, t + 1), counted from the run's start and wholly inside the measured "
        "time, whatever time.bucket is; it counts when anything was asked for in it, and is met when all of that was "
        "served at the instant of asking. "
        f"Rolled up, every stock's periods count singly. {SCOPE} Null without a period with demand.",
        source="Schneider (1981), Effect of service-levels on order-points or order-levels in inventory models, IJPR "
        "19(6)",
        needs=(PeriodTotals,),
        compute=_period_service_level,
    )
)

define(
    Metric(
        name="ready_rate",
        title="Ready rate",
        group="service",
        unit="ratio",
        better="higher",
        formula="time with net stock > 0 / measured time",
        definition="Share of the measured time during which net stock (on hand - backorders) was above 0. Rolled "
        "up, it is the mean over stocks. An unlimited supplier keeps no stock and has no ready rate.",
        source=f"{SILVER} (P3)",
        needs=(States,),
        compute=_ready_rate,
    )
)

_CYCLE_TIME = (
    "Time from an order's placing to the receipt of its last unit, seen by the buyer; production orders count too. "
    "Counted are orders placed in the measured time and complete before its end, at every level. Null without a "
    "complete order."
)
_HOPP = "Hopp and Spearman (2011), Factory Physics, 3rd ed., ch. 7; comparable to RS.1.1"

define(
    Metric(
        name="order_cycle_time",
        title="Order cycle time, mean",
        group="service",
        unit="{time}",
        better="lower",
        formula="sum of (last unit received - order placed) / orders completed",
        definition=_CYCLE_TIME,
        source=_HOPP,
        needs=(CycleTimes,),
        compute=_mean_cycle_time,
    )
)

for _share, _percent in ((0.5, 50), (0.95, 95)):
    define(
        Metric(
            name=f"order_cycle_time_p{_percent}",
            title=f"Order cycle time, {_percent} % quantile",
            group="service",
            unit="{time}",
            better="lower",
            formula=f"shortest duration that {_percent} % of the orders completed did not exceed",
            definition=f"{_CYCLE_TIME} Durations are counted to three significant digits: the quantile is within 0.5 "
            "%, and exact for whole durations below 1000.",
            source=_HOPP,
            needs=(CycleTimes,),
            compute=partial(_quantile_of_cycle_time, share=_share),
        )
    )
