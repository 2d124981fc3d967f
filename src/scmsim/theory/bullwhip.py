"""The bullwhip: how much more orders vary than demand, stage by stage, where every stage is a linear filter.

As long as no order is cut at 0 and safety stock does not move, a stage's orders are its demand seen through a linear
filter, and its response to a single unit of demand says everything. Stages that see only their customer's orders
multiply filters (convolution); stages that are told what end customers buy all filter the same demand.

Sources: Chen, Drezner, Ryan & Simchi-Levi (2000), Management Science 46(3); Chen, Ryan & Simchi-Levi (2000), Naval
Research Logistics 47(4); Lee, Padmanabhan & Whang (1997), Management Science 43(4); Dejonckheere, Disney, Lambrecht &
Towill (2003); Disney & Towill (2003).
"""

from collections.abc import Iterator
from math import ceil, log
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scmsim.inputs.demand import Demand
from scmsim.inputs.demand_autocorrelated import AutoregressiveDemand
from scmsim.inputs.demand_random import IndependentDemand
from scmsim.inputs.distributions import Normal
from scmsim.policies.base import Policy
from scmsim.policies.base_stock import BaseStock
from scmsim.policies.forecasting import (
    Ar1Mmse,
    Constant,
    ExponentialSmoothing,
    Forecast,
    MovingAverage,
    Naive,
)
from scmsim.policies.order_up_to import OrderUpTo
from scmsim.policies.smoothed_order_up_to import SmoothedOrderUpTo
from scmsim.scenario.network import Network
from scmsim.theory.laws import FAR, is_hardly_cut
from scmsim.theory.plain import Stock, plain_stocks
from scmsim.theory.rows import Model, Row
from scmsim.ticks import TICKS

Array = NDArray[np.float64]
CHEN = "Chen, Drezner, Ryan and Simchi-Levi (2000), Management Science 46(3)"
LONGEST = 20_000
"""Periods over which a filter may be spread."""


class Filter(NamedTuple):
    """What one unit of demand does: to the orders, and to the position after them, in the periods that follow."""

    orders: Array
    position: Array


class Signal(NamedTuple):
    """End customers' demand: its mean and standard deviation, and the correlation of successive periods."""

    mean: float
    sd: float
    correlation: float

    def variance(self, weights: Array) -> float:
        """Return the variance of demand seen through a filter, in variances of the demand."""
        if not self.correlation:
            return float(weights @ weights)
        past, total = 0.0, 0.0
        for weight in weights:  # sum of w_i w_j rho^|i - j|
            total += weight * (weight + 2 * past)
            past = self.correlation * (past + weight)
        return float(total)


def amplifying_stages(network: Network) -> Iterator[Row]:
    """Recognise chains, from the end customers up, of stages that are linear filters of what they see."""
    if network.calendar.bucket != TICKS:
        return
    stocks = plain_stocks(network)
    for stock in stocks.values():
        demands = stock.point.demands
        if len(demands) == 1 and not stock.customers and demands[0].interval == TICKS:
            signal = signal_of(demands[0].model)
            if signal is not None and signal.sd > 0:
                yield from _chain(network, stocks, stock, signal)


def signal_of(model: Demand) -> Signal | None:
    """Return what is known of a demand that is never cut; None for one that is, or is no stationary signal."""
    if model.unmet != "backorder":
        return None
    if isinstance(model, AutoregressiveDemand):
        if model.rounding != "none" or not is_hardly_cut(model.distribution()):
            return None
        return Signal(model.mean, model.stationary_sd, model.autocorrelation)
    if not isinstance(model, IndependentDemand):
        return None
    one = model.distribution()
    if isinstance(one, Normal) and not is_hardly_cut(one):
        return None
    return Signal(one.mean_value, one.sd_value, 0.0) if np.isfinite(one.sd_value) else None


def _chain(network: Network, stocks: dict[int, Stock], first: Stock, signal: Signal) -> Iterator[Row]:
    through, told, stages, product = np.ones(1), np.ones(1), 0, 1.0
    passed: list[Policy] = []
    stage: Stock | None = first
    while stage is not None:
        policy = stage.point.policy
        if not (_is_linear_stage(stage, policy) and (stages == 0 or not stage.point.demands)) or policy is None:
            return
        if stages == 0 and type(policy) is OrderUpTo and policy.forecast_error is not None:
            yield from _told_by_errors(stage, policy, signal)
            return
        own = response(policy)
        if own is None:
            return
        shared = _sees_sales(policy)
        if shared and not (stages == 0 or _is_told_at_once(network, stocks, stage)):
            return
        if shared:
            told = _added(told, own.orders)
            seen = told
        else:
            seen = np.convolve(through, own.orders)
        before, variance = signal.variance(through), signal.variance(seen)
        if not _is_never_cut(policy, signal, variance):
            return
        stages, product = stages + 1, product * signal.variance(own.orders)
        passed.append(policy)
        bound = product if not signal.correlation and _has_one_average(passed) else None
        if stages > 1 or type(policy) is not BaseStock:
            yield from _stage_rows(stage, stages, (before, variance, bound), shared)
        if stages == 1 and stage.supplier is None and type(policy) is not BaseStock:
            yield from _net_stock(stage, own, signal)
        through = seen
        stage = _next(stocks, stage)


def _next(stocks: dict[int, Stock], stage: Stock) -> Stock | None:
    """Return the stock that replenishes a stage, if that is all it does."""
    above = stocks.get(stage.supplier) if stage.supplier is not None else None
    return above if above is not None and len(above.customers) == 1 else None


def _is_linear_stage(stage: Stock, policy: Policy | None) -> bool:
    review, delay = stage.point.review, stage.delay
    if policy is None or review is None or review.interval != TICKS or delay is None or delay % TICKS:
        return False
    return policy.rounding == "none" and not policy.minimum_order and policy.order_multiple is None


def response(policy: Policy) -> Filter | None:
    """Return what a stage does with one unit of demand; None where it is no linear filter.

    Examples
    --------
    >>> policy = OrderUpTo(forecast={"kind": "moving_average", "periods": 2}, cover=1)
    >>> response(policy).orders.round(9).tolist()
    [1.5, 0.0, -0.5]
    """
    if type(policy) is BaseStock:
        return Filter(np.ones(1), np.zeros(1)) if policy.position == "local" else None
    if type(policy) is OrderUpTo:
        smoothing = 1.0
    elif type(policy) is SmoothedOrderUpTo:
        smoothing = policy.smoothing_time
    else:
        return None
    if policy.forecast_error is not None or policy.cover is None:
        return None
    forecast = _forecast_response(policy.forecast, policy.cover)
    if forecast is None:
        return None
    next_period, covered = forecast
    if smoothing == 1.0:
        orders = np.diff(covered, prepend=0.0, append=0.0)
        orders[0] += 1.0
        return Filter(orders, covered)
    return _smoothed(next_period, covered, smoothing)


def _smoothed(next_period: Array, covered: Array, smoothing: float) -> Filter | None:
    left = abs(1 - 1 / smoothing)
    tail = len(covered) + (ceil(log(1e-13) / log(left)) if left > 0 else 1)
    if tail > LONGEST:
        return None
    pad = (0, tail - len(covered))
    expected, target = np.pad(next_period, pad), np.pad(covered, pad)
    orders, position, now = np.zeros(tail), np.zeros(tail), -1.0
    for period in range(tail):
        orders[period] = expected[period] + (target[period] - now - expected[period]) / smoothing
        position[period] = now = now + orders[period]
    return Filter(orders, position)


def _forecast_response(forecast: Forecast, cover: float) -> tuple[Array, Array] | None:
    """Return what a unit of demand does to the forecast of the next period, and to that of all that are covered."""
    if type(forecast) is Constant:
        return np.zeros(1), np.zeros(1)
    if type(forecast) is Naive:
        return np.ones(1), np.full(1, cover)
    if type(forecast) is MovingAverage:
        weights = np.full(forecast.periods, 1 / forecast.periods)
        return weights, cover * weights
    if type(forecast) is ExponentialSmoothing:
        left = 1 - forecast.weight
        periods = ceil(log(1e-13) / log(left)) if left > 0 else 1
        weights = forecast.weight * left ** np.arange(float(periods))
        return (weights, cover * weights) if periods <= LONGEST else None
    if type(forecast) is Ar1Mmse and cover == int(cover):
        decay = forecast.autocorrelation ** np.arange(1.0, cover + 1)
        return np.full(1, forecast.autocorrelation), np.full(1, decay.sum())
    return None


def _sees_sales(policy: Policy) -> bool:
    return isinstance(policy, OrderUpTo | SmoothedOrderUpTo) and policy.forecast.of == "point_of_sale"


def _is_told_at_once(network: Network, stocks: dict[int, Stock], stage: Stock) -> bool:
    """Whether every stage below tells what end customers buy every period, at once and truly; nothing is mailed."""
    if type(stage.point.policy) is not OrderUpTo:
        return False
    while stage.customers:
        stage = stocks[stage.customers[0]]
        lane = stage.lane
        report = lane.share.point_of_sale if lane is not None else None
        if lane is None or lane.order_delay.ticks or report is None or report.noise != 0.0:
            return False
        if report.delay.ticks or report.delay.distribution or report.interval not in (0, TICKS):
            return False
    return True


def _added(told: Array, own: Array) -> Array:
    """Return the filter of orders where one more stage adds its own change of forecast to those below."""
    size = max(len(told), len(own))
    added: Array = np.pad(told, (0, size - len(told))) + np.pad(own, (0, size - len(own)))
    added[0] -= 1.0
    return added


def _is_never_cut(policy: Policy, signal: Signal, variance: float) -> bool:
    return policy.allow_negative or variance == 1.0 or signal.mean >= FAR * signal.sd * variance**0.5


def _has_one_average(policies: list[Policy]) -> bool:
    """Tell whether all stages forecast by moving averages of equally many periods: else variances may cancel."""
    forecasts = [getattr(policy, "forecast", None) for policy in policies if type(policy) is not BaseStock]
    averages = [forecast for forecast in forecasts if type(forecast) is MovingAverage]
    return len(averages) == len(forecasts) and len({average.periods for average in averages}) == 1


def _stage_rows(stage: Stock, stages: int, known: tuple[float, float, float | None], shared: bool) -> Iterator[Row]:
    before, variance, bound = known
    policy, formula = stage.point.policy, "sum of squares of the filter from demand to orders"
    name = {BaseStock: "base stock", OrderUpTo: "order up to"}.get(type(policy), "smoothed order up to")  # type: ignore[arg-type]
    if stages > 1:
        told = "forecasts added over the stages" if shared else "convolved with those of the stages below"
        formula = f"{formula}, {told}"
    model = Model(stage.node, stage.product, name, f"{formula}; {_closed_form(policy)}".rstrip("; "), CHEN)
    if before > 0:
        yield model.row("order_variance_ratio", variance / before)
    if stages > 1:
        yield model.row("cumulative_order_variance_ratio", variance)
        if not shared and bound is not None and type(policy) is OrderUpTo:
            product = Model(stage.node, stage.product, name, "product of the stages' own ratios", CHEN)
            yield product.row("cumulative_order_variance_ratio", bound, "lower bound")


def _closed_form(policy: Policy | None) -> str:
    if isinstance(policy, SmoothedOrderUpTo) and type(policy.forecast) is Constant:
        return "1/(2 Ti - 1) for independent demand"
    if type(policy) is not OrderUpTo:
        return ""
    forms: dict[type[Forecast], str] = {
        MovingAverage: "1 + 2L/p + 2L^2/p^2 for independent demand",
        ExponentialSmoothing: "1 + 2La + 2L^2a^2/(2 - a) for independent demand",
        Ar1Mmse: "1 + 2r(1 - r^L)(1 - r^(L+1))/(1 - r), r the autocorrelation of demand",
    }
    return forms.get(type(policy.forecast), "")


def _net_stock(stage: Stock, own: Filter, signal: Signal) -> Iterator[Row]:
    """Give how much net stock varies: the position a lead time ago less the demand since."""
    review = stage.point.review
    looks = (stage.delay or 0) // TICKS + (1 if review is not None and review.before_demand else 0)
    weights = np.concatenate([np.full(looks, -1.0), own.position])
    model = Model(
        stage.node,
        stage.product,
        "net stock of a linear policy",
        "variance of the position a lead time ago less the demand since, in variances of demand",
        "Disney and Towill (2003); Chen, Drezner, Ryan and Simchi-Levi (2000)",
    )
    variance = signal.variance(weights)
    if variance > 0:
        yield model.row("net_stock_amplification", variance)


def _told_by_errors(stage: Stock, policy: OrderUpTo, signal: Signal) -> Iterator[Row]:
    """Give Chen's lower bound where safety stock follows the errors of a moving average."""
    if type(policy.forecast) is not MovingAverage or signal.correlation or policy.cover is None:
        return
    if policy.forecast.of != "orders" or type(stage.point.demands[0].model).__name__ != "NormalDemand":
        return
    share = policy.cover / policy.forecast.periods
    ratio = 1 + 2 * share + 2 * share**2
    if _is_never_cut(policy, signal, 2 * ratio):
        model = Model(stage.node, stage.product, "order up to", "1 + 2L/p + 2L^2/p^2; safety stock adds to it", CHEN)
        yield model.row("order_variance_ratio", ratio, "lower bound")
