"""A base stock whose supplier can ship only so much per period: the shortfall waits, as in a queue.

The shortfall V after a period is max(0, V + demand - capacity) of the period before, and net stock is
S - V - the demand since.

Source: Federgruen & Zipkin (1986), Mathematics of Operations Research 11(2); Glasserman & Tayur (1994).
"""

from collections.abc import Iterator
from dataclasses import replace
from math import floor

import numpy as np
from numpy.typing import NDArray

from scmsim.scenario.network import Network
from scmsim.scenario.network_supply import UNLIMITED, Supply
from scmsim.theory.laws import Lattice, periodic
from scmsim.theory.plain import Stock, customers, plain_stocks
from scmsim.theory.rows import Model, Row
from scmsim.theory.serial import level_of
from scmsim.ticks import TICKS

Array = NDArray[np.float64]
MOST_LOAD = 0.98


def limited_suppliers(network: Network) -> Iterator[Row]:
    """Recognise base stocks, reviewed every period, whose supplier has a capacity in whole units per period."""
    limited = {point.index: point.supply for point in network.points if _is_only_limited(point.supply)}
    if not limited:
        return
    points = tuple(replace(point, supply=UNLIMITED) if point.index in limited else point for point in network.points)
    drawing = customers(network)
    for stock in plain_stocks(replace(network, points=points)).values():
        way = stock.point.regular[0] if len(stock.point.regular) == 1 else None
        if way is not None and way.supplier in limited and drawing.get(way.supplier) == (stock.point.index,):
            yield from _rows(stock, limited[way.supplier])


def _is_only_limited(supply: Supply) -> bool:
    limit = supply.capacity
    return limit is not None and not limit.is_shared and replace(supply, capacity=None) == UNLIMITED


def shortfall(pmf: Array, capacity: int) -> Array:
    """Return the law of the units that wait for capacity after a period has been served.

    Examples
    --------
    >>> from scmsim.theory.laws import poisson_law
    >>> law = shortfall(poisson_law(5).pmf, 6)
    >>> round(float(np.arange(len(law)) @ law), 5), round(float(law[0]), 6)
    (1.52701, 0.567164)
    """
    law, apart = np.ones(1), 1.0
    while apart > 1e-13:
        longer = np.convolve(law, pmf)
        new = np.append(longer[: capacity + 1].sum(), longer[capacity + 1 :])
        new = new[: int(np.flatnonzero(new > 1e-16)[-1]) + 1]
        size = max(len(law), len(new))
        apart = float(np.abs(np.pad(new, (0, size - len(new))) - np.pad(law, (0, size - len(law)))).sum())
        law = new / new.sum()
    return law


def _rows(stock: Stock, supply: Supply) -> Iterator[Row]:
    review, level, limit = stock.point.review, level_of(stock), supply.capacity
    if not stock.is_alone or level is None or review is None or limit is None or stock.delay is None:
        return
    demand = stock.point.demands[0]
    law, unit = periodic(demand.model), demand.interval
    if law is None or law.pmf is None or demand.model.unmet != "backorder" or review.interval != unit:
        return
    if limit.period != unit or stock.delay % unit or (review.offset - demand.offset) % unit or review.offset % unit:
        return
    if any(number != floor(number) for number in (level, limit.units, stock.point.initial)):
        return
    if law.mean > MOST_LOAD * limit.units:
        return
    looks = stock.delay // unit + (1 if review.before_demand else 0)
    if not looks or stock.lane is None or stock.lane.order_delay.ticks or stock.lane.supplier_time.ticks:
        return
    waiting = shortfall(law.pmf, int(limit.units))
    after, before = (
        Lattice(np.convolve(waiting, getattr(law.over(periods), "pmf", np.ones(1)))) for periods in (looks, looks - 1)
    )
    backorders = after.loss(level)
    on_hand = level - after.mean + backorders
    mean = law.mean * TICKS / unit
    cost = stock.cost(on_hand, backorders, mean, (1 - law.pmf[0]) * TICKS / unit)
    yield from Model(
        stock.node,
        stock.product,
        "capacitated base stock",
        "net stock = S - shortfall - demand since; shortfall' = (shortfall + demand - capacity)+",
        "Federgruen and Zipkin (1986), Mathematics of Operations Research 11(2)",
    ).rows(
        {
            "average_on_hand": on_hand,
            "average_backorders": backorders,
            "fill_rate": 1 - (backorders - before.loss(level)) / law.mean,
            "cost_per_period": cost or None,
        }
    )
