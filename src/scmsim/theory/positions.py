"""The law of a stock's position, and what net stock is, which looks back from it over demand.

With full backordering, net stock is the inventory position one lead time ago less the demand since then. The position
after a review is the level of a base stock; uniform on r + 1 ... r + Q for lots; and for (s, S) spread over s + 1 ... S
in proportion to how often demand, summed from S down, visits a level (a renewal function).

Sources: Zipkin, Foundations of Inventory Management (2000), ch. 6 and 9; Hadley & Whitin (1963); Zheng & Federgruen
(1991), Operations Research 39(4).
"""

from collections.abc import Callable
from math import floor
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scmsim.policies.base import Policy
from scmsim.policies.base_stock import BaseStock
from scmsim.policies.min_max import MinMax
from scmsim.policies.reorder_point import ReorderPoint
from scmsim.theory.laws import Arrivals, Law

Array = NDArray[np.float64]
MOST_LEVELS = 3000
"""Levels over which a position may spread."""


class Positions(NamedTuple):
    """The law of the inventory position after a review, and the chance that a review orders."""

    levels: Array
    shares: Array
    orders: float

    def mean(self, function: Callable[[float], float]) -> float:
        """Return the mean of a function of the position."""
        return float(np.array([function(level) for level in self.levels.tolist()]) @ self.shares)


class Look(NamedTuple):
    """How far net stock looks back in a share of the time: the law of the demand since its position was decided.

    ``before`` is the law until just before the period's own demand; None: whatever is asked for is there at once.
    """

    share: float
    after: Law
    before: Law | None = None


class Waits(NamedTuple):
    """Over how much demand net stock looks back.

    ``mean`` is demand per time unit, ``step`` the probabilities of whole units of demand between two reviews (None
    where units can be divided), ``reviews`` how many there are per time unit, and ``sizes`` the probabilities of the
    units of one customer, where customers come by a Poisson process.
    """

    looks: tuple[Look, ...]
    mean: float
    step: Array | None
    reviews: float
    sizes: Array | None = None


class Figures(NamedTuple):
    """What is known of a stock: mean units on hand and owed, the share served at once, time with net stock above 0."""

    on_hand: float
    backorders: float
    fill_rate: float | None
    ready_rate: float


def continuous(law: Arrivals, lead_time: float) -> Waits:
    """Return what net stock looks back over under continuous review."""
    return Waits((Look(1.0, law.over(lead_time)),), law.mean, law.sizes, law.rate, law.sizes)


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
    if states > MOST_LEVELS:
        return None
    if states == 0:
        return Positions(np.array([maximum]), np.ones(1), float(1 - step[0]))
    visits = renewal(step, states)
    return Positions(maximum - np.arange(float(states)), visits / visits.sum(), float(1 / visits.sum()))


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
    if lot > MOST_LEVELS:
        return None
    lowest = point + (1 if trigger == "at_or_below" else 0)
    orders = float(np.minimum(np.arange(len(step)), lot) @ step) / lot
    return Positions(lowest + np.arange(lot), np.full(int(lot), 1 / lot), orders)


def figures(positions: Positions, waits: Waits) -> Figures:
    """Return what follows from the law of the position and the demand that net stock looks back over."""
    owed = sum(look.share * positions.mean(look.after.loss) for look in waits.looks)
    mean = sum(look.share * look.after.mean for look in waits.looks)
    ready = sum(look.share * positions.mean(look.after.below) for look in waits.looks)
    on_hand = float(positions.levels @ positions.shares) - mean + owed
    served = _served_customers(positions, waits) if waits.sizes is not None else _served_periods(positions, waits)
    return Figures(on_hand, owed, served, ready)


def _served_customers(positions: Positions, waits: Waits) -> float:
    """Return the share of units served at once of Poisson customers, who find what there is at any time."""
    sizes = np.zeros(1) if waits.sizes is None else waits.sizes
    served = 0.0
    for share, law, _ in waits.looks:
        units = [(unit, chance) for unit, chance in enumerate(sizes) if chance]

        def met(level: float, law: Law = law, units: list[tuple[int, float]] = units) -> float:
            left = law.loss(level)
            return sum(chance * (unit + left - law.loss(level - unit)) for unit, chance in units)

        served += share * positions.mean(met)
    return served / float(np.arange(len(sizes)) @ sizes)


def _served_periods(positions: Positions, waits: Waits) -> float | None:
    """Return the share served at once of periodic demand: what is owed after it and was not before it is not."""
    if any(look.before is None for look in waits.looks) and positions.levels.min() < 0:
        return None
    short = sum(
        look.share * (positions.mean(look.after.loss) - positions.mean(look.before.loss))
        for look in waits.looks
        if look.before is not None
    )
    return 1 - short * len(waits.looks) * waits.reviews / waits.mean
