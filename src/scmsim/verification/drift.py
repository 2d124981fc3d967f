"""Case B09: orders and stock under demand whose mean drifts (Graves 1999).

Demand is IMA(0,1,1): every shock stays in the mean with a share α. Smoothing with α forecasts it best, and what is
ordered is the forecast plus (1 + Lα) times the shock. So orders drift, too, with α' = α/(1 + Lα), and smoothing them
with α' gives back that multiple of every shock, exactly.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from scmsim.experiments.run.run import run
from scmsim.verification.case import TIGHT, Case, Finding
from scmsim.verification.laboratory import FULL_FORM_LENGTH, Estimate, Laboratory, scenario_named

Array = NDArray[np.float64]
MEAN, SHOCK, DRIFT, LEAD_TIME = 5000.0, 10.0, 0.3, 4
AMPLIFICATION = 1 + LEAD_TIME * DRIFT
PERIODS, WARM_UP, REPLICATIONS = 1020, 20, 20


def drifting(shocks: Array) -> Array:
    """Return demand whose mean takes up a share of every shock."""
    before = np.concatenate([[0.0], np.cumsum(shocks)[:-1]])
    return MEAN + DRIFT * before + shocks


def surprises(values: Array, weight: float) -> Array:
    """Return by how much each value differs from what smoothing the earlier ones forecasts."""
    found, forecast = np.empty_like(values), MEAN
    for place, value in enumerate(values):
        found[place] = value - forecast
        forecast += weight * found[place]
    return found


def graves(laboratory: Laboratory) -> Iterator[Finding]:
    """Find what orders and net stock amplify, on demand drawn in advance."""
    periods = WARM_UP + (PERIODS - WARM_UP) * (FULL_FORM_LENGTH if laboratory.full else 1)
    generator = np.random.default_rng(209)
    deviations, least, most = [], np.inf, -np.inf
    for _ in range(REPLICATIONS):
        shocks = generator.normal(0.0, SHOCK, periods)
        values = ", ".join(f"{value!r}" for value in drifting(shocks).tolist())
        changes = (f"time.horizon={periods}", f"nodes.shop.demand.item.values=[{values}]")
        result = run(scenario_named("b09_drifting_demand", changes))
        ordered = result.orders.groupby("time").quantity.sum().reindex(range(periods), fill_value=0.0)
        ratio = surprises(np.asarray(ordered, dtype=float), DRIFT / AMPLIFICATION) / shocks
        least, most = min(least, float(ratio.min())), max(most, float(ratio.max()))
        kpis = result.kpis[(result.kpis.metric == "net_stock_variance") & (result.kpis.node == "shop")]
        deviations.append(float(kpis["mean"].iloc[0]) ** 0.5 / SHOCK)
    yield Finding("shock in orders / shock in demand, least", AMPLIFICATION, least, tolerance=1e-6)
    yield Finding("shock in orders / shock in demand, most", AMPLIFICATION, most, tolerance=1e-6)
    error = float(np.std(deviations, ddof=1)) / len(deviations) ** 0.5
    estimate = Estimate(float(np.mean(deviations)), error, len(deviations))
    yield laboratory.judged("sd of net stock / sd of shocks", 2.976575, estimate, TIGHT)


CASES = (
    Case(
        name="B09-drifting-demand",
        what="order-up-to smoothing of IMA(0,1,1) demand, α = 0.3, L = 4",
        source="Graves 1999: 1 + Lα, orders drift with α/(1 + Lα); sqrt(sum over i < L of (1 + iα)²)",
        grade="A",
        compute=graves,
        kinds=("policy:order_up_to", "forecast:exponential_smoothing", "demand:replay"),
    ),
)
