"""Base stocks that feed base stocks under Poisson demand: serial lines, one warehouse and its shops, trees of them.

Every customer's unit sets off an order at each stock above, at the same instant. A stock then owes
B = (what its supplier owes it + demand over its lead time - S)+, and of what it owes each customer's share is binomial,
as the orders of all customers are served in the order of their coming.

Sources: Simon (1971), Operations Research 19(1); Graves (1985), Management Science 31(10); Axsäter (1990), Operations
Research 38(1).
"""

from collections.abc import Iterator
from math import floor

import numpy as np
from numpy.typing import NDArray

from scmsim.policies.base_stock import BaseStock
from scmsim.scenario.network import Network
from scmsim.theory.laws import Lattice, arrivals, poisson_law
from scmsim.theory.plain import Stock, plain_stocks
from scmsim.theory.rows import Model, Row
from scmsim.theory.serial import clark_scarf_rows
from scmsim.ticks import TICKS

Array = NDArray[np.float64]
FORMULA = (
    "owed = (share of what the supplier owes + demand over the lead time - S)+; of what is owed each customer's share "
    "is binomial"
)
SOURCE = "Simon (1971); Graves (1985), Management Science 31(10)"


def poisson_trees(network: Network) -> Iterator[Row]:
    """Recognise trees of base stocks, reviewed continuously, under Poisson demand for single units."""
    stocks = plain_stocks(network)
    for stock in stocks.values():
        if stock.supplier is not None or not stock.customers:
            continue
        rates: dict[int, float] = {}
        if _rate(stocks, stock, rates) is None:
            continue
        rows = _Rows(stocks, rates)
        yield from rows.of(stock, NOTHING_OWED)
        if len(rates) == sum(not point.unlimited for point in network.points) and rows.cost:
            if not np.isnan(rows.cost):
                yield Model(None, None, "tree of base stocks", FORMULA, SOURCE).row("cost_per_period", rows.cost)
            yield from _least(stocks, stock, rates)


NOTHING_OWED = np.ones(1)


def _least(stocks: dict[int, Stock], top: Stock, rates: dict[int, float]) -> Iterator[Row]:
    """Give the least cost of a tree that is a line."""
    chain = [top]
    while chain[0].customers:
        if len(chain[0].customers) > 1 or chain[0].point.demands:
            return
        chain.insert(0, stocks[chain[0].customers[0]])
    rate = rates[top.point.index]
    yield from clark_scarf_rows(chain, [poisson_law(rate * (stock.delay or 0) / TICKS) for stock in chain], 1.0)


def _rate(stocks: dict[int, Stock], stock: Stock, rates: dict[int, float]) -> float | None:
    """Return the units asked of a stock per time unit, and note those of all below; None where something is unlike."""
    if not _is_one_for_one(stock):
        return None
    total = 0.0
    for demand in stock.point.demands:
        law = arrivals(demand.model)
        if law is None or not law.is_unit or demand.model.unmet != "backorder":
            return None
        total += law.rate
    for customer in stock.customers:
        below = stocks.get(customer)
        rate = _rate(stocks, below, rates) if below is not None and below.supplier == stock.point.index else None
        if rate is None:
            return None
        total += rate
    rates[stock.point.index] = total
    return total


def _is_one_for_one(stock: Stock) -> bool:
    policy, review = stock.point.policy, stock.point.review
    if type(policy) is not BaseStock or policy.level is None or review is None or not review.continuous:
        return False
    return stock.has_plain_orders and policy.level == floor(policy.level) and stock.delay is not None


class _Rows:
    """Goes down a tree; ``cost`` adds up, and is 0 where a cost is not known."""

    def __init__(self, stocks: dict[int, Stock], rates: dict[int, float]) -> None:
        self._stocks, self._rates = stocks, rates
        self.cost = 0.0

    def of(self, stock: Stock, owed_to_it: Array) -> Iterator[Row]:
        """Give what is known of a stock and of those below it."""
        rate, policy = self._rates[stock.point.index], stock.point.policy
        level = getattr(policy, "level", 0.0)
        missing = Lattice(np.convolve(owed_to_it, poisson_law(rate * (stock.delay or 0) / TICKS).pmf))
        backorders = missing.loss(level)
        on_hand = level - missing.mean + backorders
        cost = stock.cost(on_hand, backorders, rate, rate)
        self.cost += np.nan if cost is None else cost
        yield from Model(stock.node, stock.product, "tree of base stocks", FORMULA, SOURCE).rows(
            {
                "average_on_hand": on_hand,
                "average_backorders": backorders,
                "fill_rate": missing.below(level) if stock.delay else None,
                "cost_per_period": cost or None,
            }
        )
        owed = beyond(missing.pmf, int(level))
        for customer in stock.customers:
            share = self._rates[customer] / rate
            yield from self.of(self._stocks[customer], thinned(owed, share))


def beyond(pmf: Array, level: int) -> Array:
    """Return the law of max(0, units - level).

    Examples
    --------
    >>> beyond(np.array([0.25, 0.5, 0.25]), 1).tolist(), beyond(np.array([1.0]), -2).tolist()
    ([0.75, 0.25], [0.0, 0.0, 1.0])
    """
    if level < 0:
        return np.concatenate([np.zeros(-level), pmf])
    return np.append(pmf[: level + 1].sum(), pmf[level + 1 :])


def thinned(pmf: Array, share: float) -> Array:
    """Return the law of the units that are some customer's, each with a probability.

    Examples
    --------
    >>> thinned(np.array([0.0, 0.0, 1.0]), 0.5).tolist()
    [0.25, 0.5, 0.25]
    """
    if share >= 1:
        return pmf
    found, power = np.zeros(len(pmf)), np.ones(1)
    for chance in pmf:
        found[: len(power)] += chance * power
        power = np.convolve(power, [1 - share, share])
    return found
