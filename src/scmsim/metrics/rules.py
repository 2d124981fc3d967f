"""What rules for short stock do: fill rates by class of customer, and units that went other ways than was asked."""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np

from scmsim.flows.events import CODES
from scmsim.metrics.accumulator import Accumulator, by_kind, by_point
from scmsim.metrics.facts import EPSILON, Facts
from scmsim.metrics.layout import Layout
from scmsim.metrics.metric import Measured, Metric, define
from scmsim.metrics.rollup import Ratio, Total, scopes
from scmsim.metrics.service import SCOPE, SILVER
from scmsim.scenario.network import Network

CLASSES = 3
"""Classes that have a fill rate of their own; the last stands for those after it, too."""
GAVE_UP, CANCELLED, SUBSTITUTED, SOURCED, CLASSED = (
    CODES[kind] for kind in ("gave_up", "cancelled", "substituted", "sourced", "classed")
)


class ClassTotals(Accumulator):
    """Units demanded and served at once by class of customer, where there is more than one.

    Attributes
    ----------
    demanded, served : ndarray
        Shape (classes, who asked, points).
    """

    def __init__(self, layout: Layout) -> None:
        super().__init__(layout)
        self.demanded, self.served = (np.zeros((CLASSES, 3, layout.size)) for _ in range(2))

    @classmethod
    def reads(cls, layout: Layout) -> frozenset[str]:
        """Return the tables of demand and of events if there are classes."""
        return frozenset({"demand", "events"} if classes(layout.network) > 1 else ())

    def update(self, facts: Facts) -> None:
        """Add the demand of one chunk; an order of a class after the first is said to be one at the same instant."""
        if not self.reads(self.layout):
            return
        rows, (_, kind, point, _, order, _, value) = facts.demand, facts.table("events")
        said = np.flatnonzero(kind == CLASSED)
        size = self.layout.size
        keys, wanted = order[said] * size + point[said], rows.order * float(size) + rows.point
        by_key = np.argsort(keys, kind="stable")
        which = np.zeros(len(wanted), dtype=np.int64)
        if len(said):
            place = by_key[np.minimum(np.searchsorted(keys, wanted, sorter=by_key), len(said) - 1)]
            known = keys[place] == wanted
            which[known] = np.minimum(value[said][place[known]].astype(np.int64), CLASSES) - 1
        counts = (rows.time >= self.layout.warm) & (rows.quantity > EPSILON)
        for number in range(CLASSES):
            seen = counts & (which == number)
            asked, place = rows.kind[seen], rows.point[seen]
            self.demanded[number] += by_kind(asked, place, size, rows.quantity[seen])
            self.served[number] += by_kind(asked, place, size, rows.served[seen])


class DivertedUnits(Accumulator):
    """Units that went other ways than was asked.

    Attributes
    ----------
    units : dict of str to ndarray
        Units per point: ``given_up``, ``cancelled`` and ``substituted`` where they had been asked for, ``transshipped``
        where they went.
    """

    def __init__(self, layout: Layout) -> None:
        super().__init__(layout)
        self.units = {name: np.zeros(layout.size) for name in ("given_up", "cancelled", "substituted", "transshipped")}
        pairs = [(point.index, way.supplier) for point in layout.network.points for way in point.laterals]
        self._lateral = np.array(sorted(buyer * layout.size + seller for buyer, seller in pairs), dtype=np.float64)

    @classmethod
    def reads(cls, layout: Layout) -> frozenset[str]:
        """Return the table of events if any stock has rules."""
        return frozenset({"events"} if layout.network.has_rules else ())

    def update(self, facts: Facts) -> None:
        """Add the events of one chunk."""
        if not self.reads(self.layout):
            return
        time, kind, point, partner, _, quantity, _ = facts.table("events")
        seen, size = time >= self.layout.warm, self.layout.size
        is_lateral = (kind == SOURCED) & np.isin(point * size + partner, self._lateral)
        for name, rows in (
            ("given_up", kind == GAVE_UP),
            ("cancelled", kind == CANCELLED),
            ("substituted", kind == SUBSTITUTED),
            ("transshipped", is_lateral),
        ):
            at = seen & rows
            self.units[name] += by_point(point[at].astype(np.int64), size, quantity[at])


def classes(network: Network) -> int:
    """Return the last class of customers that there is."""
    services = [service for point in network.points if point.rules for _, service in point.rules.services]
    services += [demand.service for point in network.points for demand in point.demands]
    return max((service.priority for service in services), default=1)


def _class_fill(measured: Measured, number: int) -> Ratio | None:
    if classes(measured.network) < max(2, number + 1):
        return None
    totals = measured[ClassTotals]
    return Ratio(scopes(totals.served[number]), scopes(totals.demanded[number]))


def _diverted(measured: Measured, name: str, can_happen: Callable[[Network], bool]) -> Total | None:
    return Total(measured[DivertedUnits].units[name], measured.layout.stocked) if can_happen(measured.network) else None


def _substitutes(network: Network) -> bool:
    return any(demand.service.substitutes for point in network.points for demand in point.demands)


def _has_peers(network: Network) -> bool:
    return any(point.laterals for point in network.points)


for _number in range(CLASSES):
    _who = f"class {_number + 1}" + (" and after" if _number == CLASSES - 1 else "")
    define(
        Metric(
            name=f"fill_rate_class_{_number + 1}",
            title=f"Fill rate, {_who}",
            group="service",
            unit="ratio",
            better="higher",
            formula="units served at once / units demanded",
            definition=f"The fill rate of the customers of {_who} (`priority`). {SCOPE} Null where they asked for "
            "nothing; defined where customers differ in their class.",
            source=f"{SILVER} (P2)",
            needs=(ClassTotals,),
            compute=partial(_class_fill, number=_number),
        )
    )


class _Way(NamedTuple):
    name: str
    title: str
    better: str | None
    definition: str
    can_happen: Callable[[Network], bool]


for _way in (
    _Way(
        "given_up",
        "Units given up",
        "lower",
        "Units that end customers have waited for and then not wanted any more, in the measured time. They are among "
        "the units lost.",
        lambda network: network.has_patience,
    ),
    _Way(
        "cancelled",
        "Units cancelled",
        "lower",
        "Units that other nodes had ordered from the stock and cancelled before they were shipped, in the measured "
        "time.",
        lambda network: network.has_cancellations,
    ),
    _Way(
        "substituted",
        "Units substituted",
        None,
        "Units asked of the stock for which end customers took another product instead, in the measured time. They "
        "count as demand of that product, where they were served.",
        _substitutes,
    ),
    _Way(
        "transshipped",
        "Units transshipped",
        None,
        "Units that the stock ordered from its peers over lateral lanes in the measured time.",
        _has_peers,
    ),
):
    define(
        Metric(
            name=f"units_{_way.name}",
            title=_way.title,
            group="flow",
            unit="{quantity}",
            better=_way.better,
            formula=f"sum of the units {_way.name.replace('_', ' ')}",
            definition=_way.definition,
            needs=(DivertedUnits,),
            compute=partial(_diverted, name=_way.name, can_happen=_way.can_happen),
        )
    )
