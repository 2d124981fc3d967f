"""Production in stages: what machines did with their time, how long jobs waited, and what became of the units."""

from functools import partial

import numpy as np

from scmsim.flows.operations import STATES
from scmsim.metrics.layout import Array, Layout, Mask
from scmsim.metrics.metric import Measured, Metric, define
from scmsim.metrics.rollup import Ratio, Total
from scmsim.metrics.shop_totals import MachineTotals, QueueTotals
from scmsim.scenario.network import FromProduction

_NODES = frozenset({"node", "segment", "chain"})
_WHERE = "All machines of a node count alike; rolled up, so do those of all nodes. Not defined for single products. "
_MEANINGS = {
    "work": ("utilisation", "worked"),
    "setup": ("setup_share", "were being set up"),
    "down": ("down_share", "were broken within their shifts"),
    "blocked": ("blocked_share", "kept a finished job, as there was no room before its next stage"),
    "starved": ("starved_share", "waited for a job that was elsewhere in the works, or waited for components"),
    "idle": ("idle_share", "had nothing to do"),
    "closed": ("closed_share", "had no shift"),
}


def made_in_stages(layout: Layout) -> Mask:
    """Tell which points are made in stages."""
    sources = [point.source for point in layout.network.points]
    return np.array([isinstance(one, FromProduction) and one.route is not None for one in sources], dtype=np.bool_)


def _share(measured: Measured, state: int) -> Ratio | None:
    layout, network = measured.layout, measured.network
    if not network.resources:
        return None
    spent, there = np.zeros(layout.size), np.zeros(layout.size)
    for resource in network.resources:
        first = int(np.flatnonzero(layout.node == layout.nodes.index(resource.node))[0])
        spent[first] += measured[MachineTotals].time[resource.index, state]
        there[first] += resource.machines * measured.time
    nodes = np.isin(layout.node, layout.node[there > 0])
    return Ratio(spent, there, nodes, _NODES)


def _total(measured: Measured, name: str, kind: type[MachineTotals] | type[QueueTotals]) -> Total | None:
    if not measured.network.resources:
        return None
    amount: Array = getattr(measured[kind], name)
    return Total(amount, made_in_stages(measured.layout))


def _mean(measured: Measured, above: str, below: str) -> Ratio | None:
    if not measured.network.resources:
        return None
    totals = measured[QueueTotals]
    return Ratio(getattr(totals, above), getattr(totals, below), made_in_stages(measured.layout))


def _throughput(measured: Measured) -> Total | None:
    found = _total(measured, "units", QueueTotals)
    return None if found is None else Total(found.amount / measured.time, found.where)


def _scrap_rate(measured: Measured) -> Ratio | None:
    if not measured.network.has_scrap:
        return None
    scrapped = measured[MachineTotals].scrapped
    return Ratio(scrapped, scrapped + measured[QueueTotals].units, made_in_stages(measured.layout))


for _state, (_name, _said) in _MEANINGS.items():
    define(
        Metric(
            name=f"machine_{_name}",
            title=f"Machine {_name.replace('_', ' ')}",
            group="production",
            unit="ratio",
            formula=f"time of machines in the state {_state} / (machines x measured time)",
            definition=f"The share of the measured time for which machines {_said}. {_WHERE}"
            "Of work, setup, down, blocked, starved, idle and closed a machine is in one at any time, so that their "
            "shares add up to 1. Left out where nothing is made in stages.",
            source="Hopp & Spearman ch. 8",
            needs=(MachineTotals,),
            compute=partial(_share, state=STATES.index(_state)),
        )
    )

define(
    Metric(
        name="throughput",
        title="Throughput",
        group="production",
        unit="{quantity} per {time}",
        better="higher",
        formula="units finished / measured time",
        definition="Units that left the works, good, in the measured time, per time unit, where they are made in "
        "stages. Rolled up, it is the sum.",
        source="Hopp & Spearman ch. 7",
        needs=(QueueTotals,),
        compute=_throughput,
    )
)
define(
    Metric(
        name="production_cycle_time",
        title="Production cycle time",
        group="production",
        unit="{time}",
        better="lower",
        formula="sum over units finished of (finished - production of their order begun) / units finished",
        definition="How long units finished in the measured time were in the works: from the start of their order's "
        "production, with its first complete kit, to their entry into stock. Rolled up, every unit counts alike.",
        source="Hopp & Spearman ch. 7",
        needs=(QueueTotals,),
        compute=partial(_mean, above="through", below="units"),
    )
)
define(
    Metric(
        name="queue_time",
        title="Time in a queue",
        group="production",
        unit="{time}",
        better="lower",
        formula="sum over jobs taken by machines of the time they waited for it / jobs taken",
        definition="How long a job waits before a machine, on the average over the jobs and stages that machines took "
        "up in the measured time. Blocked time is none of it. Rolled up, every one counts alike.",
        needs=(QueueTotals,),
        compute=partial(_mean, above="waited", below="jobs"),
    )
)
define(
    Metric(
        name="schedule_adherence",
        title="Schedule adherence",
        group="production",
        unit="ratio",
        better="higher",
        formula="units finished by the date promised for their order / units finished",
        definition="The share of the units finished in the measured time that were there by the date for which their "
        "production order was promised: after the lead time, or as the queue let expect (`make.promise`). Rolled up, "
        "every unit counts alike.",
        needs=(QueueTotals,),
        compute=partial(_mean, above="on_time", below="units"),
    )
)
define(
    Metric(
        name="setups",
        title="Setups",
        group="production",
        unit="setup",
        better="lower",
        formula="setups begun",
        definition="Setups of machines that were begun in the measured time for making the product. A setup that a "
        "breakdown or the end of a shift interrupts is one. Rolled up, it is the sum.",
        needs=(MachineTotals,),
        compute=partial(_total, name="setups", kind=MachineTotals),
    )
)
define(
    Metric(
        name="units_scrapped_in_production",
        title="Units scrapped in production",
        group="production",
        unit="{quantity}",
        better="lower",
        formula="sum of units thrown away after stages",
        definition="Units thrown away after a stage in the measured time. Rolled up, it is the sum.",
        needs=(MachineTotals,),
        compute=partial(_total, name="scrapped", kind=MachineTotals),
    )
)
define(
    Metric(
        name="scrap_rate",
        title="Scrap rate",
        group="production",
        unit="ratio",
        better="lower",
        formula="units thrown away after stages / (those + units finished)",
        definition="The share of the units that did not come out good, of all that came out in the measured time. "
        "Rolled up, every unit counts alike. Left out where no stage has scrap.",
        needs=(MachineTotals, QueueTotals),
        compute=_scrap_rate,
    )
)
define(
    Metric(
        name="units_reworked",
        title="Units reworked",
        group="production",
        unit="{quantity}",
        better="lower",
        formula="sum of units sent back to a stage",
        definition="Units sent back in the measured time, as often as they are. Rolled up, it is the sum.",
        needs=(MachineTotals,),
        compute=partial(_total, name="sent_back", kind=MachineTotals),
    )
)
