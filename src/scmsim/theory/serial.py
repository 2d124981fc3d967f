"""Serial lines of base stocks: what their local levels cost exactly, and the least that any policy costs.

A stage owes B = (what the stage above owes it + demand over its lead time - S)+, the two being independent. The least
cost is Clark and Scarf's, by dynamic programming over echelon positions from the customers up.

Sources: Clark & Scarf (1960), Management Science 6(4); Gallego & Zipkin (1999); Shang & Song (2003), Management Science
49(5); Snyder & Shen, ch. 6.
"""

from collections.abc import Iterator, Sequence
from math import floor, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scmsim.policies.base_stock import BaseStock
from scmsim.scenario.network import Network
from scmsim.theory.laws import Law, Periodic, periodic
from scmsim.theory.plain import Stock, plain_stocks
from scmsim.theory.rows import Model, Row
from scmsim.theory.single import has_whole_numbers
from scmsim.ticks import TICKS

Array = NDArray[np.float64]
STEPS = 400
"""Steps of the grid per standard deviation of the demand on a whole line, for units that can be divided."""


class Stage(NamedTuple):
    """A stage of a line: its level, the law of demand over its lead time, and until just before the last period's."""

    stock: Stock
    level: float
    after: Law
    before: Law | None


class Line(NamedTuple):
    """A line, from the customers up; ``mean`` in units per time unit, ``reviews`` per time unit."""

    stages: tuple[Stage, ...]
    mean: float
    reviews: float
    orders: float
    period: float
    step: float


def serial_lines(network: Network) -> Iterator[Row]:
    """Recognise lines of at least two base stocks that end at one demand."""
    stocks = plain_stocks(network)
    for first in stocks.values():
        chain = _chain(stocks, first)
        line = _line(network, chain) if len(chain) > 1 else None
        if line is not None:
            yield from _rows(network, line)


def _chain(stocks: dict[int, Stock], first: Stock) -> list[Stock]:
    """Return the stocks from one that faces demand up to unlimited supply; none where it is no line."""
    if first.customers or len(first.point.demands) != 1:
        return []
    chain = [first]
    while chain[-1].supplier is not None:
        above = stocks.get(chain[-1].supplier)
        if above is None or len(above.customers) != 1 or above.point.demands:
            return []
        chain.append(above)
    return chain


def _line(network: Network, chain: Sequence[Stock]) -> Line | None:
    first, demand = chain[0], chain[0].point.demands[0]
    review = first.point.review
    if demand.model.unmet != "backorder" or review is None:
        return None
    levels = [level_of(stock) for stock in chain]
    if None in levels or any(stock.delay is None or stock.point.review != review for stock in chain):
        return None
    law, unit = periodic(demand.model), demand.interval
    if law is None or review.interval != unit or any((stock.delay or 0) % unit for stock in chain):
        return None
    if (review.offset - demand.offset) % unit or law.mean <= 0:
        return None
    known = [level for level in levels if level is not None]
    whole = law.pmf is not None
    if whole and any(level != floor(level) for level in known):
        return None
    if network.products[first.product].whole_units and not (whole and has_whole_numbers(first)):
        return None
    looks = [(stock.delay or 0) // unit for stock in chain]
    looks[0] += 1 if review.before_demand else 0
    stages = tuple(
        Stage(stock, level, law.over(look), law.over(look - 1) if look else None)
        for stock, level, look in zip(chain, known, looks, strict=True)
    )
    step = 1.0 if whole else _grid(law, sum(looks))
    orders = 1.0 - (law.pmf[0] if law.pmf is not None else 0.0)
    return Line(stages, law.mean * TICKS / unit, TICKS / unit, orders, unit / TICKS, step)


def _grid(law: Periodic, periods: int) -> float:
    one = law.over(1)
    spread = one.quantile(0.8413447460685429) - one.mean
    return spread * sqrt(max(1, periods)) / STEPS


def level_of(stock: Stock) -> float | None:
    """Return the level of a plain base stock; None for any other policy."""
    policy = stock.point.policy
    if type(policy) is not BaseStock or policy.position != "local" or not stock.has_plain_orders:
        return None
    return policy.level


class Grid(NamedTuple):
    """A law on multiples of a step: ``pmf[k]`` is the probability of (first + k) steps."""

    pmf: Array
    first: int

    def sum(self, other: "Grid") -> "Grid":
        """Return the law of the sum of two independent numbers."""
        return Grid(np.maximum(convolved(self.pmf, other.pmf), 0.0), self.first + other.first)

    def positive(self) -> "Grid":
        """Return the law of the number where it is above 0, and of 0 where it is not."""
        cut = -self.first
        if cut <= 0:
            return self
        if cut >= len(self.pmf):
            return Grid(np.ones(1), 0)
        return Grid(np.append(self.pmf[: cut + 1].sum(), self.pmf[cut + 1 :]), 0)

    def mean_above(self, step: float) -> float:
        """Return the mean of max(0, number)."""
        return float(np.maximum((self.first + np.arange(len(self.pmf))) * step, 0.0) @ self.pmf)


def gridded(law: Law, level: float, step: float) -> Grid:
    """Return the law of demand less a level, on a grid."""
    pmf = getattr(law, "pmf", None)
    if pmf is not None and step == 1.0:
        return Grid(pmf, -int(level))
    if pmf is not None:  # no demand at all, on a fine grid
        return Grid(np.ones(1), -round(level / step))
    low, high = law.quantile(1e-12), law.quantile(1 - 1e-12)
    first, last = floor((low - level) / step), floor((high - level) / step) + 1
    ends = (np.arange(first, last + 2) - 0.5) * step + level
    below = np.array([law.below(end) for end in ends])
    found = np.diff(below)
    return Grid(found / found.sum(), first)


def _rows(network: Network, line: Line) -> Iterator[Row]:
    owed, total, known = Grid(np.ones(1), 0), 0.0, True
    rows: list[Row] = []
    for stage in reversed(line.stages):
        after = owed.sum(gridded(stage.after, stage.level, line.step))
        backorders = after.mean_above(line.step)
        on_hand = stage.level - stage.after.mean - owed.mean_above(line.step) + backorders
        fill = None
        if stage.before is not None:
            until = owed.sum(gridded(stage.before, stage.level, line.step)).mean_above(line.step)
            fill = 1 - (backorders - until) / (line.mean * line.period)
        cost = stage.stock.cost(on_hand, backorders, line.mean, line.orders * line.reviews)
        known, total = known and cost is not None, total + (cost or 0.0)
        model = Model(stage.stock.node, stage.stock.product, "serial base stock", FORMULA, SOURCE)
        found = {"average_on_hand": on_hand, "average_backorders": backorders, "fill_rate": fill}
        rows = [*model.rows({**found, "cost_per_period": cost or None}), *rows]
        owed = after.positive()
    yield from rows
    if known and total and len(line.stages) == sum(not point.unlimited for point in network.points):
        yield Model(None, None, "serial base stock", FORMULA, SOURCE).row("cost_per_period", total)
        yield from clark_scarf_rows(
            [stage.stock for stage in line.stages], [stage.after for stage in line.stages], line.step
        )


FORMULA = "owed = (what the stage above owes + demand over the lead time - S)+, the two being independent"
SOURCE = "Gallego and Zipkin (1999); Shang and Song (2003), Management Science 49(5)"


def clark_scarf_rows(chain: Sequence[Stock], laws: Sequence[Law], step: float) -> Iterator[Row]:
    """Give the least cost of a line, where what is on its way costs what it costs to hold where it came from."""
    local = [stock.point.holding_cost for stock in chain]
    ways = [stock.lane.holding_cost if stock.lane is not None else 0.0 for stock in chain]
    echelon = [here - above for here, above in zip(local, [*local[1:], 0.0], strict=True)]
    penalty = chain[0].point.backorder_cost
    if ways != [*local[1:], 0.0] or any(each <= 0 for each in echelon) or penalty <= 0:
        return
    if any(stock.point.backorder_cost for stock in chain[1:]) or any(stock.cost(0, 0, 0, 1.0) for stock in chain):
        return
    cost, levels = clark_scarf(echelon, penalty, laws, step)
    said = ", ".join(f"{level:.4g}" for level in levels)
    yield Model(
        None,
        None,
        "Clark-Scarf optimum",
        f"least cost of any policy; the best echelon levels, from the customers up, are {said}",
        "Clark and Scarf (1960), Management Science 6(4)",
    ).row("cost_per_period", cost, "lower bound")


def clark_scarf(
    echelon: Sequence[float], penalty: float, laws: Sequence[Law], step: float
) -> tuple[float, tuple[float, ...]]:
    """Return the least cost per period of a serial line, and its echelon levels, from the customers up.

    Parameters
    ----------
    echelon : sequence of float
        Echelon holding costs per unit and period.
    penalty : float
        Backorder cost per unit and period.
    laws : sequence of Law
        Of demand over the lead time of every stage (and one period more at the first, where orders come first).
    step : float
        Of the grid.

    Examples
    --------
    Shang and Song (2003), table 1, row 1:

    >>> from scmsim.theory.laws import poisson_law
    >>> cost, levels = clark_scarf([0.25] * 4, 9, [poisson_law(4)] * 4, 1.0)
    >>> round(cost, 4), levels
    (12.6879, (8.0, 13.0, 18.0, 22.0))
    """
    grids = [gridded(law, 0.0, step) for law in laws]
    reach = sum(grid.first + len(grid.pmf) for grid in grids)
    low = -2 * reach
    levels = np.arange(low, reach + 1) * step
    induced, found = (penalty + sum(echelon)) * np.maximum(-levels, 0.0), []
    total = 0.0
    for rate, grid in zip(echelon, grids, strict=True):
        costs = _expected(rate * levels + induced, grid)
        best = int(np.nanargmin(costs))
        total = float(costs[best])
        found.append(float(levels[best]))
        induced = np.where(np.arange(len(levels)) <= best, costs, total)
        known = int(np.flatnonzero(~np.isnan(induced))[0])
        slope = induced[known + 1] - induced[known]
        induced[:known] = induced[known] - slope * np.arange(known, 0, -1)
    return total, tuple(found)


def _expected(values: Array, grid: Grid) -> Array:
    """Return the mean of a function at (x - demand), by x; NaN where that leaves the grid."""
    spread = np.append(np.zeros(max(0, grid.first)), grid.pmf)[max(0, -grid.first) :]
    found = convolved(values, spread)[: len(values)]
    found[: len(spread) - 1] = np.nan
    return np.asarray(found)


def convolved(one: Array, other: Array) -> Array:
    """Convolve two arrays, long ones by way of their Fourier transforms.

    Examples
    --------
    >>> convolved(np.array([1.0, 1.0]), np.array([1.0, 2.0])).tolist()
    [1.0, 3.0, 2.0]
    """
    size = len(one) + len(other) - 1
    if min(len(one), len(other)) < 100:
        return np.convolve(one, other)
    length = 1 << size.bit_length()
    return np.fft.irfft(np.fft.rfft(one, length) * np.fft.rfft(other, length), length)[:size]
