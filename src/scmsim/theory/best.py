"""The least that a single stock costs: the newsvendor's level, and the best (s, S) where orders cost something.

Sources: Arrow, Harris & Marschak (1951); Scarf (1960), on the optimality of (s, S); Zheng & Federgruen (1991),
Operations Research 39(4), whose algorithm finds the levels.
"""

from collections.abc import Callable, Iterator
from functools import cache

import numpy as np
from numpy.typing import NDArray

from scmsim.policies.base_stock import BaseStock
from scmsim.policies.levels import critical_ratio
from scmsim.policies.min_max import MinMax
from scmsim.theory.plain import Stock
from scmsim.theory.positions import Waits, figures, positions_of, renewal
from scmsim.theory.rows import Model, Row
from scmsim.words import figure

Array = NDArray[np.float64]
WIDEST = 500
"""Units over which the best lot may spread."""


def best_policies(stock: Stock, waits: Waits) -> Iterator[Row]:
    """Give the cost below which no policy with these reviews comes."""
    holding, backorder = stock.point.holding_cost, stock.point.backorder_cost
    per_order = (stock.cost(0.0, 0.0, 0.0, 1.0) or 0.0) * waits.reviews
    if holding <= 0 or backorder <= 0:
        return
    if per_order == 0:
        yield from _newsvendor(stock, waits)
    elif waits.step is not None:
        yield from _least(stock, waits, per_order)


def _newsvendor(stock: Stock, waits: Waits) -> Iterator[Row]:
    if len(waits.looks) > 1:
        return
    best = waits.looks[0].after.quantile(critical_ratio(stock.point.backorder_cost, stock.point.holding_cost))
    yield from _row(stock, waits, BaseStock(level=best), (
        f"best base stock: {figure(best)}",
        "the level that covers demand with probability b / (b + h): newsvendor",
        "Arrow, Harris and Marschak (1951); Snyder and Shen, section 4.3",
    ))  # fmt: skip


def _least(stock: Stock, waits: Waits, per_order: float) -> Iterator[Row]:
    holding, backorder = stock.point.holding_cost, stock.point.backorder_cost
    mean = sum(look.share * look.after.mean for look in waits.looks)

    def rate(level: float) -> float:
        owed = sum(look.share * look.after.loss(level) for look in waits.looks)
        return holding * (level - mean + owed) + backorder * owed

    levels = least_cost_levels(rate, per_order, np.zeros(1) if waits.step is None else waits.step, round(mean))
    if levels is not None:
        minimum, maximum = levels
        yield from _row(stock, waits, MinMax(minimum=minimum, maximum=maximum), (
            f"best (s, S): ({minimum}, {maximum})",
            "the least cost of any policy with these reviews",
            "Zheng and Federgruen (1991), Operations Research 39(4)",
        ))  # fmt: skip


def _row(stock: Stock, waits: Waits, policy: BaseStock | MinMax, said: tuple[str, str, str]) -> Iterator[Row]:
    found = positions_of(policy, waits.step, 0.0)
    if found is None:
        return
    known = figures(found, waits)
    cost = stock.cost(known.on_hand, known.backorders, waits.mean, found.orders * waits.reviews)
    if cost is not None:
        yield Model(stock.node, stock.product, *said).row("cost_per_period", cost, "lower bound")


def least_cost_levels(
    rate: Callable[[float], float], per_order: float, step: Array, start: int
) -> tuple[int, int] | None:
    """Return the (s, S) that costs least; None where the lots would be too wide to search.

    Parameters
    ----------
    rate : callable
        The cost per time of a position, convex.
    per_order : float
        Cost of an order at every review, in the same unit.
    step : array
        Probabilities of whole units of demand between two reviews.
    start : int
        A position to begin the search with.

    Examples
    --------
    Zheng and Federgruen (1991), mean demand 10:

    >>> from scmsim.theory.laws import poisson_law
    >>> law = poisson_law(10)
    >>> least_cost_levels(lambda y: y - 10 + 10 * law.loss(y), 64, law.pmf, 10)
    (6, 40)
    """
    rate, lowest = cache(rate), start
    while rate(lowest + 1) < rate(lowest):
        lowest += 1
    while rate(lowest - 1) < rate(lowest):
        lowest -= 1
    visits = renewal(step, WIDEST)
    sums = np.cumsum(visits)

    def cost(minimum: int, maximum: int) -> float:
        wide = maximum - minimum
        rates = np.array([rate(maximum - below) for below in range(wide)])
        return float((per_order + visits[:wide] @ rates) / sums[wide - 1])

    top = lowest
    bottom = lowest - 1
    while cost(bottom, top) > rate(bottom):
        bottom -= 1
        if top - bottom >= WIDEST:
            return None
    least, tried = cost(bottom, top), top + 1
    while rate(tried) <= least:
        if tried - bottom >= WIDEST:
            return None
        if (now := cost(bottom, tried)) < least:
            top, least = tried, now
            while cost(bottom, top) <= rate(bottom + 1):
                bottom += 1
            least = cost(bottom, top)
        tried += 1
    return bottom, top
