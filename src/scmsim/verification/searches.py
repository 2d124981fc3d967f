"""Known optima found by search through the engine: of S06, M05 and T06.

What a search finds is judged by the exact cost of the values it names, not by its own estimate.
"""

import json
import math
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from scmsim.experiments.optimize.optimize import optimize
from scmsim.verification.case import Case, Finding
from scmsim.verification.laboratory import Laboratory, scenario_named

Array = NDArray[np.float64]
Check = Callable[[Laboratory], Iterator[Finding]]
WITHIN = 0.01
"""A found optimum may cost one per cent more than the best."""
POLICY = "nodes.shop.stock.item.policy"


def poisson_min_max_cost(mean: float, minimum: int, maximum: int) -> float:
    """Return the exact cost per period of an (s, S) policy: K = 64, h = 1, p = 9, no lead time, order first.

    Zheng and Federgruen (1991), eq. 1 to 4: renewal reward between two orders.
    """
    chances = stats.poisson(mean).pmf(np.arange(maximum - minimum + 1))
    visits = np.zeros(maximum - minimum)
    for fallen in range(len(visits)):
        before = sum(chances[by] * visits[fallen - by] for by in range(1, fallen + 1))
        visits[fallen] = (before + (fallen == 0)) / (1 - chances[0])
    levels = maximum - np.arange(len(visits), dtype=float)
    return float((64 + visits @ one_period_cost(mean, levels)) / visits.sum())


def one_period_cost(mean: float, levels: Array) -> Array:
    """Return E[(y − D)⁺] + 9 E[(D − y)⁺] for Poisson demand."""
    demand = np.arange(int(mean + 12 * math.sqrt(mean)) + 20)
    chances = stats.poisson(mean).pmf(demand)
    left = levels[:, None] - demand[None, :]
    cost: Array = np.maximum(left, 0) @ chances + 9 * np.maximum(-left, 0) @ chances
    return cost


def min_max_search(mean: int, best: tuple[int, int], published: float) -> Check:
    """Return the search for the optimum of an instance of S06, from levels that cost a sixth more."""

    def search(laboratory: Laboratory) -> Iterator[Finding]:
        levels = f"{{kind: min_max, minimum: 0, maximum: {6 * mean}}}"
        changes = (f"nodes.shop.demand.item.mean={mean}", f"{POLICY}={levels}", "time.horizon=320")
        found = optimize(
            scenario_named("s06_min_max", changes),
            minimize="total_cost",
            vary={f"{POLICY}.minimum": (-10, 2 * mean), f"{POLICY}.maximum": (mean, 8 * mean)},
            trials=50,
            replications=4,
            where="here",
        )
        cost = poisson_min_max_cost(mean, int(found.best[f"{POLICY}.minimum"]), int(found.best[f"{POLICY}.maximum"]))
        exact, first = poisson_min_max_cost(mean, *best), poisson_min_max_cost(mean, 0, 6 * mean)
        yield Finding("cost of the published optimum, by the formula", published, exact, tolerance=1e-3)
        yield Finding("cost of the levels at first", 1.15 * published, first, relation="above")
        yield Finding("cost of the levels found, within 1 %", published, cost, tolerance=WITHIN * published)

    return search


@cache
def serial_demand() -> Array:
    """Return so much demand of M05 that what is made of it has a standard error of 0.1 %."""
    return np.random.default_rng(61).normal(5, 1, 500_000)


def serial_cost(levels: tuple[float, float, float]) -> float:
    """Return the cost per period of M05 with local base stocks (stages 1, 2, 3), by the recursion of backorders."""
    sums = np.concatenate([[0.0], np.cumsum(serial_demand())])
    two, one = sums[2:] - sums[:-2], np.diff(sums)
    stage_3 = levels[2] - two
    stage_2 = levels[1] - np.maximum(-stage_3[:-1], 0) - one[2:]
    stage_1 = levels[0] - np.maximum(-stage_2[:-1], 0) - one[3:]
    held = 2 * np.maximum(stage_3, 0).mean() + 4 * np.maximum(stage_2, 0).mean() + 7 * np.maximum(stage_1, 0).mean()
    return float(held + 37.12 * np.maximum(-stage_1, 0).mean() + 2 * 5 + 4 * 5)


def serial_search(horizon: int, seed: int) -> Check:
    """Return the search for M05's optimum, from levels that cost three times as much."""

    def search(laboratory: Laboratory) -> Iterator[Finding]:
        paths = [f"nodes.stage_{stage}.stock.item.policy.level" for stage in (1, 2, 3)]
        changes = (*(f"{path}=20" for path in paths), f"time.horizon={horizon}")
        found = optimize(
            scenario_named("m05_serial_base_stock", changes),
            minimize="total_cost",
            vary={path: "0.0..20.0" for path in paths},
            trials=100,
            replications=4,
            seed=seed,
            where="here",
        )
        one, two, three = (found.best[path] for path in paths)
        known, first, cost = (serial_cost(levels) for levels in ((6.49, 5.53, 10.69), (20, 20, 20), (one, two, three)))
        yield Finding("cost of the published optimum, by the recursion", 47.66, known, tolerance=2e-3 * 47.66)
        yield Finding("cost of the levels at first", 3 * 47.66, first, relation="above")
        yield Finding("cost of the levels found, within 1 %", 47.66, cost, tolerance=WITHIN * 47.66)

    return search


def burr_newsvendor(laboratory: Laboratory) -> Iterator[Finding]:
    """Find T06's profit of 0.463943 within 1 %, through prices and ledgers of the engine.

    Cost 5, price 9, salvage 1: what is left over is kept and charged 4, as if it were salvaged and bought again; what
    is short is sold in the next period and charged 4, the margin it would have earned. So both models have the same
    profit in every period. A demand in a file names no distribution of scipy's, so it draws from 200 equally likely
    quantiles of the Burr distribution, with which the best profit differs by less than 0.1 %.
    """
    burr, level = stats.burr12(2, 20), "nodes.stand.stock.paper.policy.level"
    values = [round(float(value), 6) for value in burr.ppf((np.arange(200) + 0.5) / 200)]
    demand = json.dumps({"kind": "discrete", "values": values, "weights": [0.005] * 200})
    found = optimize(
        scenario_named("t06_newsvendor", [f"nodes.stand.demand.paper={demand}"]),
        maximize="profit@stand",
        vary={level: "0.01..1.0"},
        trials=25,
        replications=4,
        candidates=3,
        where="here",
    )
    best = burr.ppf(0.5)
    profit, estimate = newsvendor_profit(burr, found.best[level]), (found.estimate / 200, found.half_width / 200)
    yield Finding("best level, by the formula", 0.187790, float(best), tolerance=1e-6)
    yield Finding("best profit, by the formula", 0.463943, newsvendor_profit(burr, best), tolerance=1e-6)
    yield Finding("profit of the level found, within 1 %", 0.463943, profit, tolerance=WITHIN * 0.463943)
    give = max(WITHIN * 0.463943, 2 * estimate[1])
    yield Finding("profit simulated at the level found", 0.463943, estimate[0], tolerance=give)


def newsvendor_profit(demand: Any, level: float) -> float:
    """Return 9 E[min(x, D)] + E[(x − D)⁺] − 5 x."""
    left = demand.expect(lambda value: level - value, lb=0, ub=level)
    return float(9 * (level - left) + left - 5 * level)


def searched(name: str, what: str, source: str, check: Check, *, long: bool = False) -> Case:
    """Return a case that needs a search."""
    return Case(name=name, what=what, source=source, grade="A", compute=check, long=long, needs="optuna")


ZHENG_FEDERGRUEN = ((10, (6, 40), 35.022), (20, (14, 62), 49.173), (35, (28, 77), 61.215), (60, (52, 129), 77.306))
TABLE, EXAMPLE = "Zheng and Federgruen 1991", "Snyder and Shen, example 6.1, on a fine grid"
CASES = (
    *(
        searched(f"S06-search-mean-{mean}", "search for the best (s, S)", TABLE, min_max_search(mean, best, cost))
        for mean, best, cost in ZHENG_FEDERGRUEN
    ),
    searched("M05-search", "search for the best local levels of three stages", EXAMPLE, serial_search(400, 1)),
    *(
        searched(
            f"M05-search-long-{seed}",
            "search for the best local levels of three stages, long runs",
            EXAMPLE,
            serial_search(4000, seed),
            long=True,
        )
        for seed in (1, 2, 3)
    ),
    searched("T06-newsvendor", "search for the best level of a newsvendor", "SimOpt, CNTNEWS-1", burr_newsvendor),
)
