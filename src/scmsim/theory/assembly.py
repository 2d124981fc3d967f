"""A product that is assembled from parts which are kept as base stocks: a kit waits for its scarcest part.

Demand for kits sets off an order for each part at the same instant, so that at any time part i lacks
max(0, demand over its lead time - its level) kits, demand being the same for all parts; kits lack the most of these.

Source: Song & Zipkin (2003), Supply chain operations: assemble-to-order systems; evaluated exactly over nested times.
"""

from collections.abc import Iterator, Sequence
from math import floor
from typing import NamedTuple

import numpy as np

from scmsim.policies.base_stock import BaseStock
from scmsim.scenario.network import FromProduction, Network, Point
from scmsim.theory.laws import arrivals, poisson_law
from scmsim.theory.plain import DEMAND, POINT, Stock, customers, is_free, is_plain, plain_stocks
from scmsim.theory.rows import Model, Row
from scmsim.theory.serial import Grid
from scmsim.ticks import TICKS

FORMULA = "kits owed = the most that any part lacks, (demand over its lead time - its level)+; then as for a base stock"
SOURCE = "Song and Zipkin (2003), Supply chain operations: assemble-to-order systems"


class Part(NamedTuple):
    """A part: its stock, units per kit, level in kits, lead time."""

    stock: Stock
    units: float
    kits: int
    lead_time: float


def assemblies(network: Network) -> Iterator[Row]:
    """Recognise products under Poisson demand whose parts come from unlimited suppliers; all are base stocks."""
    if network.disruptions:
        return
    stocks, drawing = plain_stocks(network), customers(network)
    for point in network.points:
        source = point.source
        if not isinstance(source, FromProduction) or not source.components or source.route is not None:
            continue
        made, parts = _made(network, point, drawing, source), _parts(stocks, point, source)
        if made is not None and parts:
            yield from _rows(network, made, parts)


def _made(network: Network, point: Point, drawing: dict[int, tuple[int, ...]], source: FromProduction) -> Stock | None:
    node, demands = network.nodes[point.node], point.demands
    if not is_plain(point, POINT) or drawing.get(point.index) or source.lead_time.distribution is not None:
        return None
    if not is_free(node) or len(demands) != 1 or not is_plain(demands[0], DEMAND):
        return None
    stock = Stock(point=point, supplier=None, customers=(), delays=(source.lead_time,), lane=None)
    law = arrivals(demands[0].model)
    if law is None or not law.is_unit or demands[0].model.unmet != "backorder":
        return None
    return stock if _level(stock) is not None and source.lead_time.ticks > 0 else None


def _level(stock: Stock) -> int | None:
    """Return the whole level of a base stock that is reviewed continuously."""
    policy, review = stock.point.policy, stock.point.review
    if type(policy) is not BaseStock or policy.level is None or review is None or not review.continuous:
        return None
    whole = policy.level == floor(policy.level) and policy.level >= 0 and stock.has_plain_orders
    return int(policy.level) if whole else None


def _parts(stocks: dict[int, Stock], point: Point, source: FromProduction) -> tuple[Part, ...]:
    """Return the parts, by their lead times; none where one is not as the formula has it."""
    parts = []
    for index, units in source.components:
        stock = stocks.get(index)
        level = _level(stock) if stock is not None else None
        if stock is None or level is None or stock.supplier is not None or stock.delay is None:
            return ()
        if stock.customers != (point.index,) or stock.point.demands or level % units or units != floor(units):
            return ()
        parts.append(Part(stock, units, int(level / units), stock.delay / TICKS))
    return tuple(sorted(parts, key=lambda part: part.lead_time))


def kits_owed(rate: float, levels: Sequence[tuple[float, int]]) -> Grid:
    """Return the law of the kits that parts lack.

    Parameters
    ----------
    rate : float
        Kits asked for per time unit.
    levels : sequence of (float, int)
        Lead time and level, in kits, of every part, by lead time.

    Examples
    --------
    >>> round(kits_owed(5.0, [(1.0, 7), (2.0, 13)]).mean_above(1.0), 6)
    0.444996
    """
    most: Grid | None = None
    for place in reversed(range(len(levels))):
        lead_time, level = levels[place]
        before = levels[place - 1][0] if place else 0.0
        most = _higher(most, -level).sum(Grid(poisson_law(rate * (lead_time - before)).pmf, 0))
    return Grid(np.ones(1), 0) if most is None else most.positive()


def _higher(law: Grid | None, level: int) -> Grid:
    """Return the law of max(number, level)."""
    if law is None:
        return Grid(np.ones(1), level)
    raised = Grid(law.pmf, law.first - level).positive()
    return Grid(raised.pmf, raised.first + level)


def _rows(network: Network, made: Stock, parts: tuple[Part, ...]) -> Iterator[Row]:
    law = arrivals(made.point.demands[0].model)
    rate = 0.0 if law is None else law.rate
    owed = kits_owed(rate, [(part.lead_time, part.kits) for part in parts])
    kits, total = owed.mean_above(1.0), 0.0
    for part in parts:
        missing = part.units * kits
        on_hand = part.units * (part.kits - rate * part.lead_time) + missing
        cost = part.stock.cost(on_hand, missing, rate * part.units, rate)
        total += np.nan if cost is None else cost
        model = Model(part.stock.node, part.stock.product, "part of a kit", FORMULA, SOURCE)
        yield from model.rows({"average_on_hand": on_hand, "average_backorders": missing})
    coming = owed.sum(Grid(poisson_law(rate * made.lead_time).pmf, 0))
    level = _level(made) or 0
    short = Grid(coming.pmf, coming.first - level)
    backorders = short.mean_above(1.0)
    on_hand = level - kits - rate * made.lead_time + backorders
    cost = made.cost(on_hand, backorders, rate, rate)
    total += np.nan if cost is None else cost
    served = float(coming.pmf[: max(0, level - coming.first)].sum())
    yield from Model(made.node, made.product, "assembly of base stocks", FORMULA, SOURCE).rows(
        {
            "average_on_hand": on_hand,
            "average_backorders": backorders,
            "fill_rate": served,
            "cost_per_period": cost or None,
        }
    )
    if total > 0 and len(parts) + 1 == sum(not point.unlimited for point in network.points):
        yield Model(None, None, "assembly of base stocks", FORMULA, SOURCE).row("cost_per_period", total)
