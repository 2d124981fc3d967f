"""Lots under demand that is known: the economic order quantity, with and without backorders.

The formulas have demand flow; here it comes in small parts, so that what they say holds within one part of demand.

Sources: Harris (1913); Hadley & Whitin (1963), ch. 2; Snyder & Shen, ch. 3.
"""

from collections.abc import Iterator
from math import sqrt
from typing import NamedTuple

from scmsim.inputs.demand_known import ConstantDemand
from scmsim.policies.levels import economic_order_quantity
from scmsim.policies.reorder_point import ReorderPoint
from scmsim.scenario.network import Network
from scmsim.theory.plain import Stock, plain_stocks
from scmsim.theory.rows import Model, Row
from scmsim.ticks import TICKS
from scmsim.words import figure

SMALL = 0.05
"""The largest part of a lot that is asked for at one time."""
CYCLES = 0.99
"""Lots that the measured time has to take in."""


class Lot(NamedTuple):
    """A lot policy under constant demand: units per time unit, lot, units left when a lot comes, one part of demand."""

    rate: float
    quantity: float
    left: float
    part: float


def economic_lots(network: Network) -> Iterator[Row]:
    """Recognise stocks under constant demand in small parts that order lots, reviewed continuously."""
    for stock in plain_stocks(network).values():
        lot = _lot(stock)
        whole = network.products[stock.product].whole_units
        calendar = network.calendar
        if lot is None or whole or (calendar.end - calendar.warm) * lot.rate < CYCLES * lot.quantity * TICKS:
            continue
        cycles = (calendar.end - calendar.warm) / TICKS * lot.rate / lot.quantity
        yield from _rows(stock, lot, abs(cycles - round(cycles)) / cycles)


def _lot(stock: Stock) -> Lot | None:
    policy, review = stock.point.policy, stock.point.review
    if not stock.is_alone or not stock.has_plain_orders or stock.delay is None or review is None:
        return None
    model = stock.point.demands[0].model
    if type(policy) is not ReorderPoint or policy.reorder_point is None or policy.order_quantity is None:
        return None
    if not isinstance(model, ConstantDemand) or model.unmet != "backorder" or not review.continuous or model.value <= 0:
        return None
    rate = model.value / stock.point.demands[0].interval * TICKS
    if model.value > SMALL * policy.order_quantity:
        return None
    return Lot(rate, policy.order_quantity, policy.reorder_point - rate * stock.delay / TICKS, model.value)


def _rows(stock: Stock, lot: Lot, cut: float) -> Iterator[Row]:
    on_hand, backorders = levels(lot.quantity, lot.left)
    orders = lot.rate / lot.quantity
    model = Model(
        stock.node,
        stock.product,
        "lots under constant demand",
        "net stock falls steadily from r - demand over L + Q to r - demand over L; but for one part of demand, and a "
        "lot that the end cuts short",
        "Harris (1913); Hadley and Whitin (1963), ch. 2",
    )
    slack = lot.part + cut * lot.quantity
    yield model.row("average_on_hand", on_hand, "approximation", slack)
    if backorders > 0:
        yield model.row("average_backorders", backorders, "approximation", slack)
    cost = stock.cost(on_hand, backorders, lot.rate, orders)
    if not cost:
        return
    point = stock.point
    per_order = stock.cost(0.0, 0.0, 0.0, 1.0) or 0.0
    wide = (point.holding_cost + point.backorder_cost) * slack + per_order * orders * (lot.part / lot.quantity + cut)
    yield model.row("cost_per_period", cost, "approximation", wide)
    if per_order > 0 and point.holding_cost > 0:
        best = economic_order_quantity(lot.rate, per_order, point.holding_cost)
        share = point.backorder_cost / (point.backorder_cost + point.holding_cost) if point.backorder_cost else 1.0
        least = sqrt(2 * per_order * lot.rate * point.holding_cost * share)
        steady = (stock.cost(0.0, 0.0, lot.rate, 0.0)) or 0.0
        yield Model(
            stock.node,
            stock.product,
            f"economic order quantity: {figure(best / sqrt(share))}",
            "square root of 2 K demand h b / (b + h)" if point.backorder_cost else "square root of 2 K demand h",
            "Harris (1913); Snyder and Shen, sections 3.2 and 3.5",
        ).row("cost_per_period", least + steady, "lower bound", wide)


def levels(quantity: float, left: float) -> tuple[float, float]:
    """Return mean units on hand and owed where net stock falls steadily from ``left + quantity`` to ``left``.

    Examples
    --------
    >>> levels(10.0, 0.0), levels(10.0, -5.0)
    ((5.0, 0.0), (1.25, 1.25))
    """
    top = left + quantity
    owed = 0.0 if left >= 0 else (min(-left, quantity) / quantity) * (-left + max(0.0, -top)) / 2
    return left + quantity / 2 + owed, owed
