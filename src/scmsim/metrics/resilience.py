"""Resilience: how long customers notice nothing of a disruption, and how long it takes until they do no more."""

from collections.abc import Callable

import numpy as np

from scmsim.metrics.layout import Array
from scmsim.metrics.metric import Measured, Metric, define
from scmsim.metrics.money_books import Booked, Said, define_money, group
from scmsim.metrics.resilience_totals import AFTER, DURING, CashOverTime, ServiceOverTime, Times
from scmsim.metrics.rollup import Grouping, Pooled, Ratio
from scmsim.ticks import TICKS

SIMCHI_LEVI = (
    "Simchi-Levi, Schmidt, Wei, Zhang, Combs, Ge, Gusikhin, Sanders and Zhang (2015), Identifying risks and mitigating "
    "disruptions in the automotive supply chain, Interfaces 45(5)"
)
_ONLY = "Only where there are disruptions."
_LIMITS = "Its service is the share of what end customers ask for in a bucket that is served at once."


def _mean(figures: Callable[[Times], list[float]]) -> Callable[[Measured], Pooled | None]:
    def compute(measured: Measured) -> Pooled | None:
        if not measured.network.disruptions:
            return None

        def at(grouping: Grouping) -> Array:
            found = [figures(times) for times in measured[ServiceOverTime].times(grouping)]
            return np.array([sum(one) / len(one) / TICKS if one else np.nan for one in found])

        return Pooled(at, _facing(measured))

    return compute


def _survived(measured: Measured) -> Pooled | None:
    if not measured.network.disruptions:
        return None

    def at(grouping: Grouping) -> Array:
        found = measured[ServiceOverTime].times(grouping)
        return np.array([times.survived / times.met if times.met else np.nan for times in found])

    return Pooled(at, _facing(measured))


def _facing(measured: Measured) -> np.ndarray:
    return np.array([bool(point.demands) for point in measured.network.points], dtype=np.bool_)


def _service(when: int) -> Callable[[Measured], Ratio | None]:
    def compute(measured: Measured) -> Ratio | None:
        if not measured.network.disruptions:
            return None
        totals = measured[ServiceOverTime]
        return Ratio(totals.served[when], totals.asked[when], _facing(measured))

    return compute


def _cash(when: int) -> Callable[[Measured], Booked | None]:
    def compute(measured: Measured) -> Booked | None:
        if not measured.network.disruptions or measured.network.money is None:
            return None
        totals, layout = measured[CashOverTime], measured.layout
        time = totals.lasted()[when - DURING] / TICKS
        flow = totals.flow[when] / time if time else np.full(len(layout.nodes), np.nan)
        return Booked(lambda level: group(layout, level, flow), layout.stocked)

    return compute


define(
    Metric(
        name="time_to_survive",
        title="Time to survive",
        group="service",
        unit="{time}",
        better="higher",
        bucket="time.bucket",
        formula="first bucket with service below the failure threshold - beginning of the disruption, on average",
        definition="How long a disruption lasts until service falls below `measures.resilience.failure`: the mean over "
        f"the disruptions of the measured time after which it did before the next one. {_LIMITS} Rolled up, it is that "
        f"of all the demand together. Null where it never fell. {_ONLY}",
        source=SIMCHI_LEVI,
        needs=(ServiceOverTime,),
        compute=_mean(lambda times: times.to_survive),
    )
)

define(
    Metric(
        name="time_to_recover",
        title="Time to recover",
        group="service",
        unit="{time}",
        better="lower",
        bucket="time.bucket",
        formula="end of the last bucket with service below the recovery threshold - beginning of the disruption",
        definition="How long it takes from a disruption's beginning until service is at `measures.resilience.recovery` "
        "again for good, that is until the next disruption or the end: the mean over the disruptions of the measured "
        f"time after which it failed and recovered. {_LIMITS} Rolled up, it is that of all the demand together. Null "
        f"without any. {_ONLY}",
        source=SIMCHI_LEVI,
        needs=(ServiceOverTime,),
        compute=_mean(lambda times: times.to_recover),
    )
)

define(
    Metric(
        name="share_survived",
        title="Disruptions survived",
        group="service",
        unit="ratio",
        better="higher",
        bucket="time.bucket",
        formula="disruptions after which service never fell below the failure threshold / disruptions",
        definition="Share of the disruptions of the measured time that end customers did not notice: service stayed "
        f"at `measures.resilience.failure` or above until the next one. {_LIMITS} Disruptions that overlap are one. "
        f"{_ONLY}",
        needs=(ServiceOverTime,),
        compute=_survived,
    )
)

for _when, _name, _said in (
    (DURING, "during", "while any disruption was at work"),
    (AFTER, "after", "when no disruption was at work any more"),
):
    define(
        Metric(
            name=f"fill_rate_{_name}_disruptions",
            title=f"Fill rate {_name} disruptions",
            group="service",
            unit="ratio",
            better="higher",
            formula=f"units served at once / units demanded by end customers {_said}",
            definition=f"Share of what end customers asked for in the measured time, {_said}, that was served at the "
            f"instant of asking. Null where nothing was asked for then. {_ONLY}",
            needs=(ServiceOverTime,),
            compute=_service(_when),
        )
    )
    define_money(
        f"cash_flow_{_name}_disruptions",
        Said(
            f"(cash received - cash paid) / time, {_said}",
            f"Cash that came in less cash that went out per time unit of the measured time {_said}. Null where "
            f"there was no such time. {_ONLY}",
            unit="{currency} per {time}",
            better="higher",
        ),
        _cash(_when),
        (CashOverTime,),
    )
