"""One stock with unlimited supply: base stock, (s, S) and (r, Q), reviewed periodically or continuously.

Sources: Zipkin, Foundations of Inventory Management (2000), ch. 6 and 9; Hadley & Whitin (1963); Snyder & Shen,
Fundamentals of Supply Chain Theory, ch. 4 and 5.
"""

from collections.abc import Iterator
from math import floor

import numpy as np

from scmsim.inputs.distributions import Uniform
from scmsim.scenario.network import Network
from scmsim.theory.best import best_policies
from scmsim.theory.laws import Arrivals, Periodic, arrivals, mixed, periodic
from scmsim.theory.plain import Stock, plain_stocks
from scmsim.theory.positions import Look, Waits, continuous, figures, positions_of
from scmsim.theory.rows import Model, Row
from scmsim.ticks import TICKS

POINTS = 12
"""Points at which a mean over a review interval, or over lead times, is taken."""
ZIPKIN = "Zipkin (2000), Foundations of Inventory Management, ch. 6"


def single_stocks(network: Network) -> Iterator[Row]:
    """Recognise stocks with unlimited supply and one demand whose customers wait."""
    for stock in plain_stocks(network).values():
        if stock.is_alone and _is_served_by_formula(network, stock):
            yield from _rows(stock)


def _is_served_by_formula(network: Network, stock: Stock) -> bool:
    model, whole = stock.point.demands[0].model, network.products[stock.product].whole_units
    if model.unmet != "backorder" or not stock.has_plain_orders:
        return False
    return not whole or has_whole_numbers(stock)


def has_whole_numbers(stock: Stock) -> bool:
    """Tell whether a stock whose units cannot be divided never has to divide one."""
    policy, model = stock.point.policy, stock.point.demands[0].model
    numbers = [
        getattr(policy, name, 0.0) for name in ("level", "minimum", "maximum", "reorder_point", "order_quantity")
    ]
    law = periodic(model) or arrivals(model)
    whole = law is not None and (isinstance(law, Arrivals) or law.pmf is not None)
    return whole and all(number == floor(number) for number in (*numbers, stock.point.initial))


def _rows(stock: Stock) -> Iterator[Row]:
    waits = lookback(stock)
    if waits is None or waits.mean <= 0 or stock.point.policy is None:
        return
    positions = positions_of(stock.point.policy, waits.step, _start(stock))
    if positions is None:
        return
    found, model = figures(positions, waits), _model(stock)
    orders = None if np.isnan(positions.orders) else positions.orders * waits.reviews
    cost = stock.cost(found.on_hand, found.backorders, waits.mean, orders)
    yield from model.rows(
        {
            "average_on_hand": found.on_hand,
            "average_backorders": found.backorders,
            "fill_rate": found.fill_rate,
            "ready_rate": found.ready_rate,
            "cost_per_period": cost or None,
        }
    )
    if cost:
        yield from best_policies(stock, waits)


def _start(stock: Stock) -> float:
    point = stock.point
    coming = sum(units for _, units in (*point.shipments_due, *point.orders_mailed))
    return point.initial + coming + sum(point.first_orders)


def lookback(stock: Stock) -> Waits | None:
    """Return over how much demand net stock looks back; None where the formulas do not cover its timing."""
    demand, review = stock.point.demands[0], stock.point.review
    arriving, law = arrivals(demand.model), periodic(demand.model)
    if review is None:
        return None
    if arriving is not None:
        return _for_arrivals(arriving, stock)
    unit, delay = demand.interval, stock.delay
    if law is None or demand.model.timing != "periodic" or review.continuous or delay is None:
        return None
    if any(ticks % unit for ticks in (review.interval, delay, review.offset - demand.offset)):
        return None
    return _periodic(law, delay // unit, review.interval // unit, review.before_demand, unit / TICKS)


def _for_arrivals(law: Arrivals, stock: Stock) -> Waits | None:
    review, lead_times = stock.point.review, _lead_times(stock)
    if review is None or lead_times is None:
        return None
    if not review.continuous:
        interval = review.interval / TICKS
        laws = [
            (share * part, law.over(lead_time + interval * moment))
            for share, lead_time in lead_times
            for part, moment in _moments(POINTS)
        ]
        return Waits((Look(1.0, mixed(laws)),), law.mean, law.over(interval).pmf, 1 / interval, law.sizes)
    if len(lead_times) > 1 or lead_times[0][1] <= 0:
        return None
    return continuous(law, lead_times[0][1])


def _lead_times(stock: Stock) -> tuple[tuple[float, float], ...] | None:
    """Return lead times with the shares of the orders that have them; None where orders might cross."""
    if stock.delay is not None:
        return ((1.0, stock.delay / TICKS),)
    known = sum(each.ticks for each in stock.delays if each.distribution is None) / TICKS
    varying = [each.distribution for each in stock.delays if each.distribution is not None]
    law, review = varying[0], stock.point.review
    if len(varying) > 1 or type(law) is not Uniform or law.rounding != "none" or review is None:
        return None
    if (law.high - law.low) * TICKS > review.interval:
        return None
    return tuple((share, known + law.low + (law.high - law.low) * moment) for share, moment in _moments(POINTS))


def _moments(count: int) -> list[tuple[float, float]]:
    """Return (weight, moment) pairs by which a mean over [0, 1] is taken: Gauss and Legendre's."""
    nodes, weights = np.polynomial.legendre.leggauss(count)
    return list(zip((weights / 2).tolist(), ((nodes + 1) / 2).tolist(), strict=True))


def _periodic(law: Periodic, lead: int, interval: int, before_demand: bool, unit: float) -> Waits:
    first = lead + (1 if before_demand else 0)
    looks = tuple(
        Look(1 / interval, law.over(look), law.over(look - 1) if look else None)
        for look in range(first, first + interval)
    )
    step = None if law.pmf is None else np.asarray(getattr(law.over(interval), "pmf", None))
    return Waits(looks, law.mean / unit, step, 1 / (interval * unit))


def _model(stock: Stock) -> Model:
    policy, review, demand = stock.point.policy, stock.point.review, stock.point.demands[0]
    name, position, source = _SAID.get(getattr(policy, "kind", ""), _SAID["base_stock"])
    if review is None or review.continuous:
        when, looks = "continuous", "the lead time"
    else:
        when = "periodic"
        looks = "L + 1 periods (order first)" if review.before_demand else "L periods (demand first)"
        if demand.model.timing == "continuous":
            looks = "L ... L + R"
        elif review.interval > demand.interval:
            looks = looks.replace("periods", "... + R - 1 periods")
    formula = f"net stock = position - demand over {looks}; the position is {position}"
    return Model(stock.node, stock.product, f"{name}, {when}", formula, source)


_SAID = {
    "base_stock": ("base stock", "the level", ZIPKIN),
    "min_max": (
        "(s, S)",
        "spread over s + 1 ... S by its renewal function",
        "Zheng and Federgruen (1991), Operations Research 39(4)",
    ),
    "reorder_point": ("(r, Q)", "uniform on r + 1 ... r + Q", ZIPKIN),
}
