"""One stock with unlimited supply: base stock, (s, S) and (r, Q), reviewed periodically or continuously.

With full backordering, net stock is the inventory position one lead time ago less the demand since then. The position
after a review is the level of a base stock; uniform on r + 1 ... r + Q for lots; and for (s, S) spread over s + 1 ... S
in proportion to how often demand, summed from S down, visits a level (a renewal function).

Sources: Zipkin, Foundations of Inventory Management (2000), ch. 6 and 9; Hadley & Whitin (1963); Snyder & Shen,
Fundamentals of Supply Chain Theory, ch. 4 and 5; Zheng & Federgruen (1991), Operations Research 39(4).
"""

from collections.abc import Iterator, Mapping
from math import floor
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scmsim.policies.base import Policy
from scmsim.policies.base_stock import BaseStock
from scmsim.policies.levels import critical_ratio
from scmsim.policies.min_max import MinMax
from scmsim.policies.reorder_point import ReorderPoint
from scmsim.scenario.network import Network
from scmsim.theory.laws import Arrivals, Law, Periodic, arrivals, periodic
from scmsim.theory.plain import Stock, plain_stocks
from scmsim.theory.rows import Model, Row
from scmsim.ticks import TICKS
from scmsim.words import figure

Array = NDArray[np.float64]
ZIPKIN = "Zipkin (2000), Foundations of Inventory Management, ch. 6"


class Positions(NamedTuple):
    """The law of the inventory position after a review, and the chance that a review orders."""

    levels: Array
    shares: Array
    orders: float


class Waits(NamedTuple):
    """Over how much demand net stock looks back.

    ``after[j]`` is the law of demand between an order and the end of the j-th period that it covers, ``before[j]``
    that until just before the period's own demand; None: whatever is asked for is there at the same instant.
    """

    after: tuple[Law, ...]
    before: tuple[Law | None, ...]
    mean: float
    step: Array | None
    reviews: float


class Figures(NamedTuple):
    """What is known of a stock: mean units on hand and owed, the share served at once, time with net stock above 0."""

    on_hand: float
    backorders: float
    fill_rate: float | None
    ready_rate: float


def single_stocks(network: Network) -> Iterator[Row]:
    """Recognise stocks with unlimited supply and one demand whose customers wait."""
    for stock in plain_stocks(network).values():
        if stock.is_alone and _is_served_by_formula(network, stock):
            yield from _rows(stock)


def _is_served_by_formula(network: Network, stock: Stock) -> bool:
    model, whole = stock.point.demands[0].model, network.products[stock.product].whole_units
    if model.unmet != "backorder" or not stock.has_plain_orders or stock.delay is None:
        return False
    return not whole or has_whole_numbers(stock)


def has_whole_numbers(stock: Stock) -> bool:
    """Tell whether a stock whose units cannot be divided never has to divide one."""
    policy, model = stock.point.policy, stock.point.demands[0].model
    numbers = [getattr(policy, name, 0.0) for name in ("level", "minimum", "maximum", "reorder_point", "order_quantity")]
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
    known = found._asdict()
    cost = stock.cost(found.on_hand, found.backorders, waits.mean, orders)
    yield from model.rows(
        {
            "average_on_hand": known["on_hand"],
            "average_backorders": known["backorders"],
            "fill_rate": known["fill_rate"],
            "ready_rate": known["ready_rate"],
            "cost_per_period": cost or None,
        }
    )
    if cost:
        yield from _best(stock, waits)


def _start(stock: Stock) -> float:
    point = stock.point
    return point.initial + sum(units for _, units in (*point.shipments_due, *point.orders_mailed, *enumerate(point.first_orders)))


def lookback(stock: Stock) -> Waits | None:
    """Return over how much demand net stock looks back; None where the formulas do not cover its timing."""
    demand, review, delay = stock.point.demands[0], stock.point.review, stock.delay
    if review is None or delay is None:
        return None
    arriving, law = arrivals(demand.model), periodic(demand.model)
    if arriving is not None and review.continuous and delay > 0:
        return _continuous(arriving, delay / TICKS)
    unit = demand.interval
    if law is None or demand.model.timing != "periodic" or review.continuous:
        return None
    if any(ticks % unit for ticks in (review.interval, delay, review.offset - demand.offset)):
        return None
    return _periodic(law, delay // unit, review.interval // unit, review.before_demand, unit / TICKS)


def _continuous(law: Arrivals, lead_time: float) -> Waits:
    over = law.over(lead_time)
    return Waits((over,), (over,), law.mean, law.sizes, law.rate)


def _periodic(law: Periodic, lead: int, interval: int, before_demand: bool, unit: float) -> Waits:
    first = lead + (1 if before_demand else 0)
    looks = range(first, first + interval)
    step = None if law.pmf is None else np.asarray(getattr(law.over(interval), "pmf", None))
    return Waits(
        after=tuple(law.over(look) for look in looks),
        before=tuple(law.over(look - 1) if look else None for look in looks),
        mean=law.mean / unit,
        step=step,
        reviews=1 / (interval * unit),
    )


def positions_of(policy: Policy, step: Array | None, start: float) -> Positions | None:
    """Return the law of the position after a review; None where it is not known.

    Parameters
    ----------
    policy : Policy
        `BaseStock`, `MinMax` or `ReorderPoint`; nothing is known of others.
    step : array or None
        Probabilities of whole units of demand between two reviews; None where units can be divided.
    start : float
        The position with which the run begins; lots keep to whole units from there.
    """
    if type(policy) is BaseStock and policy.level is not None and policy.position == "local":
        return Positions(np.array([policy.level]), np.ones(1), 1.0 if step is None else float(1 - step[0]))
    if step is None:
        return None
    if type(policy) is MinMax and policy.minimum is not None and policy.maximum is not None:
        return _spread(policy.minimum, policy.maximum, policy.trigger, step) if policy.position == "local" else None
    if type(policy) is ReorderPoint and policy.reorder_point is not None and policy.order_quantity is not None:
        return _in_lots(policy.reorder_point, policy.order_quantity, policy.trigger, step, start)
    return None


def _spread(minimum: float, maximum: float, trigger: str, step: Array) -> Positions | None:
    if minimum != floor(minimum) or maximum != floor(maximum) or step[0] >= 1:
        return None
    states = int(maximum - minimum) + (1 if trigger == "below" else 0)
    if states == 0:
        return Positions(np.array([maximum]), np.ones(1), float(1 - step[0]))
    visits = renewal(step, states)
    return Positions(maximum - np.arange(states), visits / visits.sum(), float(1 / visits.sum()))


def renewal(step: Array, states: int) -> Array:
    """Return how often sums of independent steps are expected to be 0, 1, ..., states - 1.

    Examples
    --------
    >>> renewal(np.array([0.5, 0.5]), 3).tolist()
    [2.0, 2.0, 2.0]
    """
    visits = np.zeros(states)
    for total in range(states):
        reach = min(total, len(step) - 1)
        before = visits[total - reach : total] @ step[reach:0:-1] if reach else 0.0
        visits[total] = (float(total == 0) + before) / (1 - step[0])
    return visits


def _in_lots(point: float, lot: float, trigger: str, step: Array, start: float) -> Positions | None:
    if any(number != floor(number) for number in (point, lot, start)) or len(step) < 2 or step[1] <= 0:
        return None
    lowest = point + (1 if trigger == "at_or_below" else 0)
    orders = float(np.minimum(np.arange(len(step)), lot) @ step) / lot
    return Positions(lowest + np.arange(lot), np.full(int(lot), 1 / lot), orders)


def figures(positions: Positions, waits: Waits) -> Figures:
    """Return what follows from the law of the position and the demand that net stock looks back over."""
    levels, shares = positions.levels, positions.shares

    def over(value: object) -> float:
        return float(np.array([value(level) for level in levels]) @ shares)  # type: ignore[operator]

    periods = len(waits.after)
    owed = sum(over(law.loss) for law in waits.after) / periods
    mean = sum(law.mean for law in waits.after) / periods
    ready = sum(over(law.below) for law in waits.after) / periods
    return Figures(float(levels @ shares) - mean + owed, owed, _fill_rate(positions, waits, over), ready)


def _fill_rate(positions: Positions, waits: Waits, over: object) -> float | None:
    levels = positions.levels
    if waits.after == waits.before:  # continuous: an arrival finds net stock as it is at any time
        assert_step = waits.step
        if assert_step is None:
            return None
        law, units = waits.after[0], np.arange(len(assert_step))

        def held(level: float) -> float:
            return level - law.mean + law.loss(level)

        served = sum(
            share * chance * (held(level) - held(level - unit))
            for level, share in zip(levels, positions.shares, strict=True)
            for unit, chance in zip(units, assert_step, strict=True)
            if chance
        )
        return float(served / (units @ assert_step))
    if any(law is None for law in waits.before) and levels.min() < 0:
        return None
    short = 0.0
    for after, before in zip(waits.after, waits.before, strict=True):
        if before is not None:
            short += over(after.loss) - over(before.loss)  # type: ignore[operator]
    return 1 - short * waits.reviews / waits.mean


def _model(stock: Stock) -> Model:
    policy, review = stock.point.policy, stock.point.review
    looks = "order first: L + 1" if review is not None and review.before_demand else "demand first: L"
    if review is not None and review.continuous:
        when, looks = "continuous", "L"
    else:
        when = "periodic"
    position = {BaseStock: "the level", MinMax: "spread over s + 1 ... S by its renewal function"}
    said = position.get(type(policy), "uniform on r + 1 ... r + Q")
    return Model(
        stock.node,
        stock.product,
        f"{_NAMES.get(type(policy), 'stock')}, {when}",
        f"net stock = position - demand over {looks}; the position is {said}",
        ZIPKIN if type(policy) is not MinMax else "Zheng and Federgruen (1991); Zipkin (2000), ch. 9",
    )


_NAMES: Mapping[type[Policy], str] = {BaseStock: "base stock", MinMax: "(s, S)", ReorderPoint: "(r, Q)"}


def _best(stock: Stock, waits: Waits) -> Iterator[Row]:
    """Give the cost of the best base stock, below which none of them comes."""
    point = stock.point
    if type(point.policy) is not BaseStock or len(waits.after) > 1:
        return
    try:
        share = critical_ratio(point.backorder_cost, point.holding_cost)
    except ValueError:
        return
    best = waits.after[0].quantile(share)
    found = positions_of(BaseStock(level=best), waits.step, 0.0)
    if found is None:
        return
    known = figures(found, waits)
    cost = stock.cost(known.on_hand, known.backorders, waits.mean, found.orders * waits.reviews)
    if cost is not None:
        yield Model(
            stock.node,
            stock.product,
            f"best base stock: {figure(best)}",
            "the level that covers demand with probability b / (b + h): newsvendor",
            "Arrow, Harris and Marschak (1951); Snyder and Shen, section 4.3",
        ).row("cost_per_period", cost, "lower bound")
