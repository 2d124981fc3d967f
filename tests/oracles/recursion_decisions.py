"""What the recursion orders: the textbook formulas of policies."""

import sys
from fractions import Fraction
from math import ceil, floor, sqrt
from pathlib import Path
from statistics import NormalDist
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parent))

from recursion_chain import Mapping, Stock
from recursion_forecasts import When, observe, over


class CloseCall(NamedTuple):
    """A decision that would have jumped, had ``value`` been ``distance`` larger or smaller."""

    distance: float
    value: float


def is_exact(units: float) -> bool:
    """Whether such numbers add up without rounding: those with few binary digits after the point."""
    return Fraction(units).denominator <= 2**30


def forecast_of(stock: Stock) -> Mapping:
    """Return the forecast of a stock's policy; ``stated`` demand is what the scenario says."""
    unsaid = {"kind": "constant", "value": 0} if stock.policy["kind"] == "mrp" else {"kind": "stated"}
    found = stock.policy.get("forecast", unsaid)
    return found | {"value": stock.stated} if found["kind"] == "stated" else found


def learn(stock: Stock, when: When) -> None:
    """Let forecast and forecast error absorb the demand since the last review.

    A forecast that knows nothing is never wrong, nor does a first review before any demand show anything, for plans and
    for what follows the errors.
    """
    forecast, said = forecast_of(stock), stock.policy.get("forecast_error")
    demand = stock.seen / stock.seen_periods if stock.seen_periods else None
    told = forecast["kind"] == "customer_forecast"
    if stock.expected is None:
        start = When(when.interval, when.following - when.interval)
        stock.expected = over(forecast, None, when.interval, start) / when.interval
        stock.error = said.get("initial") if said else None
        before = stock.review["timing"] == "before_demand"
        plans = stock.policy["kind"] in ("drp", "mrp", "days_of_supply")
        if before and not told and not stock.seen and (said or plans):
            stock.expected = over(forecast, None, when.interval, when) / when.interval
            stock.rate = over(forecast, None, 1, when)
            return
    if said and (stock.expected != 0 or stock.memory is not None):
        off = (stock.asked / when.interval - stock.expected) * sqrt(when.interval)
        size = abs(off) if said.get("measure", "mad") == "mad" else off * off
        weight = said.get("weight", 0.1)
        stock.error = size if stock.error is None else weight * size + (1 - weight) * stock.error
    if told:
        stock.memory = stock.told_forecast
    elif demand is not None:
        stock.memory = observe(forecast, stock.memory, demand)
    stock.expected = over(forecast, stock.memory, when.interval, when) / when.interval
    stock.rate = over(forecast, stock.memory, 1, when)


def cover(stock: Stock) -> float:
    """Return the periods an order has to last: order delay + lead time + interval, less one when demand is seen."""
    if stock.policy.get("cover") is not None:
        return float(stock.policy["cover"])
    seen = 0 if stock.review["timing"] == "before_demand" else 1
    return float(max(0, stock.way() + stock.review["interval"] - seen))


def safety(stock: Stock) -> float:
    """Return the safety stock: units, or standard deviations of demand over the cover.

    Where the way takes times that vary, so does the demand over it.
    """
    policy = stock.policy
    factor = policy.get("safety_factor", 0)
    if "service_level" in policy:
        factor = NormalDist().inv_cdf(policy["service_level"])
    sd, rate = policy.get("demand_sd", 0), stock.stated
    if said := policy.get("forecast_error"):
        error = stock.error or 0.0
        sd = 1.25 * error if said.get("measure", "mad") == "mad" else sqrt(error)
        rate = stock.rate
    variance = cover(stock) * sd**2 + (stock.order_delay.variance + stock.lead_time.variance) * rate**2
    return float(policy.get("safety_stock", 0) + factor * sqrt(variance))


def wanted_by_level(policy: Mapping, position: float, close: list[CloseCall]) -> float:
    """Return what a policy with fixed levels wants: base_stock, make_to_order, min_max or reorder_point."""
    if policy["kind"] in ("base_stock", "echelon_base_stock", "make_to_order"):
        return policy.get("level", 0) - position
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


def wanted_by_forecast(stock: Stock, net_stock: float, when: When, close: list[CloseCall]) -> float:
    """Return what a policy that forecasts wants, when it has learnt."""
    policy, forecast, memory = stock.policy, forecast_of(stock), stock.memory
    anchor = over(forecast, memory, when.interval, when)
    if policy["kind"] == "anchor_and_adjust":
        gap = policy["target"] - net_stock - policy["supply_line_weight"] * stock.on_order
        return anchor + policy["stock_weight"] * gap
    position = net_stock + stock.on_order
    if policy["kind"] == "days_of_supply":
        most = policy["days"] if "days" in policy else policy["max_days"]
        if "min_days" in policy:
            least = over(forecast, memory, policy["min_days"], when) + safety(stock)
            close.append(CloseCall(abs(position - least), position if is_exact(least) else least))
            if position > least:
                return 0.0
        return over(forecast, memory, most, when) + safety(stock) - position
    gap = over(forecast, memory, cover(stock), when) + safety(stock) - position
    if policy["kind"] == "order_up_to":
        return gap
    return anchor + (gap - anchor) / policy["smoothing_time"]


def wanted_by_cards(policy: Mapping, net_stock: float, on_order: float, close: list[CloseCall]) -> float:
    """Return a container for every card that hangs on none: on order, or with something in it."""
    containers = (max(0.0, net_stock) + on_order) / policy["container"]
    close.append(CloseCall(abs(containers - round(containers)), max(0.0, net_stock) + on_order))
    wanted = max(0, policy["cards"] - ceil(containers)) * policy["container"]
    if lot := policy.get("order_multiple"):
        wanted = floor(wanted / lot + 1e-9) * lot
    return wanted if wanted >= policy.get("minimum_order", 0) else 0.0


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
