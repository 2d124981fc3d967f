"""What the recursion orders: the textbook formulas of policies and forecasts."""

import sys
from fractions import Fraction
from math import ceil, floor, sqrt
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).parent))

from recursion_chain import Mapping, Stock


class CloseCall(NamedTuple):
    """A decision that would have jumped, had ``value`` been ``distance`` larger or smaller."""

    distance: float
    value: float


def is_exact(units: float) -> bool:
    """Whether such numbers add up without rounding: those with few binary digits after the point."""
    return Fraction(units).denominator <= 2**30


def observe(forecast: Mapping, memory: Any, demand: float) -> Any:
    """Return a forecast's memory after one more observation, in units per period; None before the first."""
    kind = forecast["kind"]
    if kind == "moving_average":
        before = [forecast["initial"]] * forecast["periods"] if forecast.get("initial") is not None else []
        return [*(before if memory is None else memory), demand][-forecast["periods"] :]
    if kind == "exponential_smoothing":
        previous = forecast.get("initial") if memory is None else memory
        weight = forecast["weight"]
        return demand if previous is None else weight * demand + (1 - weight) * previous
    return demand


def expected(forecast: Mapping, memory: Any) -> float:
    """Return the demand expected per period, after at least one observation."""
    if forecast["kind"] == "constant":
        return forecast["value"]
    if forecast["kind"] == "moving_average":
        return sum(memory) / len(memory)
    return memory


def cover(stock: Stock) -> int:
    """Return the periods an order has to last: order delay + lead time + interval, less one when demand is seen."""
    supplier_time = stock.source.supplier_time if stock.source else 0
    seen = 0 if stock.review["timing"] == "before_demand" else 1
    return max(0, stock.order_delay + supplier_time + stock.lead_time + stock.review["interval"] - seen)


def up_to_target(stock: Stock, per_period: float) -> float:
    """Return the forecast over the cover plus safety stock, in units."""
    policy = stock.policy
    periods = policy["cover"] if policy.get("cover") is not None else cover(stock)
    safety = policy.get("safety_stock", 0)
    if policy.get("safety_factor"):
        safety = policy["safety_factor"] * policy["demand_sd"] * sqrt(periods)
    return per_period * periods + safety


def wanted_by_level(policy: Mapping, position: float, close: list[CloseCall]) -> float:
    """Return what a policy with fixed levels wants: base_stock, min_max or reorder_point."""
    if policy["kind"] == "base_stock":
        return policy["level"] - position
    trigger = policy["minimum"] if policy["kind"] == "min_max" else policy["reorder_point"]
    close.append(CloseCall(abs(position - trigger), position))
    strict = policy.get("trigger", "at_or_below") == "below"
    if position > trigger or (strict and position == trigger):
        return 0.0
    if policy["kind"] == "min_max":
        return policy["maximum"] - position
    lot, lots = policy["order_quantity"], 0
    while position + lots * lot < trigger or (not strict and position + lots * lot == trigger):
        lots += 1
    close.append(CloseCall(min(abs(position + n * lot - trigger) for n in (lots - 1, lots)), position))
    return lots * lot


def wanted_by_forecast(stock: Stock, net_stock: float, per_period: float) -> float:
    """Return what a policy that forecasts wants: order_up_to, smoothed_order_up_to or anchor_and_adjust."""
    policy = stock.policy
    anchor = per_period * stock.review["interval"]
    if policy["kind"] == "anchor_and_adjust":
        gap = policy["target"] - net_stock - policy["supply_line_weight"] * stock.on_order
        return anchor + policy["stock_weight"] * gap
    gap = up_to_target(stock, per_period) - net_stock - stock.on_order
    if policy["kind"] == "order_up_to":
        return gap
    return anchor + (gap - anchor) / policy["smoothing_time"]


def listed(policy: Mapping, number: int) -> float:
    """Return the order that a script holds for review ``number``, counted from 0."""
    orders = policy["orders"]
    if number < len(orders):
        return orders[number]
    after = policy.get("afterwards", "zero")
    return {"zero": 0.0, "last": orders[-1], "repeat": orders[number % len(orders)]}[after]


def shaped(policy: Mapping, wanted: float, close: list[CloseCall]) -> float:
    """Return the order for a wanted quantity: never negative, rounded half up, at least the minimum, in whole lots."""
    minimum, lot = policy.get("minimum_order", 0), policy.get("order_multiple")
    if policy.get("rounding") == "half_up":
        if wanted > 0:
            close.append(CloseCall(abs(wanted % 1 - 0.5), wanted))
        wanted = floor(wanted + 0.5)
    elif minimum:
        close.append(CloseCall(abs(wanted), wanted))
    if wanted <= 0:
        return 0.0
    wanted = max(wanted, minimum)
    return ceil(wanted / lot - 1e-9) * lot if lot else wanted
