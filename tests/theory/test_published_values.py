"""Published and exact values of stochastic models, inside a narrow interval around what the engine measures.

Each row names its case and its source. The value must lie within three standard errors of the mean over independent
replications, and the standard error itself is bounded, so that a wide interval cannot pass for agreement.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import sqrt
from typing import Any

import pytest

Measure = str | Callable[[Mapping[str, float]], float]

TIGHT = 0.005
"""Largest standard error, as a share of the value, of costs, stock on hand, fill rates and ratios (full form)."""
LOOSE = 0.05
"""The same for small expected backorders."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """One value: where it is from, what is run, what is measured."""

    name: str
    source: str
    scenario: str
    measure: Measure
    expected: float
    node: str | None = "shop"
    changes: tuple[str, ...] = ()
    width: float = TIGHT


def zheng_federgruen(mean: int, minimum: int, maximum: int, cost: float) -> Case:
    """Return the case of one instance of Zheng and Federgruen's table."""
    stock = "nodes.shop.stock.item"
    return Case(
        name=f"S06-mean-{mean}",
        source="Zheng and Federgruen 1991, recomputed exactly",
        scenario="s06_min_max",
        measure="cost_per_period",
        expected=cost,
        changes=(
            f"nodes.shop.demand.item.mean={mean}",
            f"{stock}.initial={maximum}",
            f"{stock}.policy.minimum={minimum}",
            f"{stock}.policy.maximum={maximum}",
        ),
    )


def net_stock_sd(unit: float) -> Callable[[Mapping[str, float]], float]:
    """Return a measure: the standard deviation of net stock as a multiple of ``unit``."""
    return lambda measured: sqrt(measured["net_stock_variance"]) / unit


SINGLE_LOCATION = (
    Case(
        name="S01-newsvendor",
        source="Snyder and Shen, example 4.1",
        scenario="s01_newsvendor",
        node="stand",
        measure="cost_per_period",
        expected=1.99761,
    ),
    Case(
        name="S01-demand-first",
        source="the same with demand first and one period of lead time",
        scenario="s01_newsvendor",
        node="stand",
        measure="cost_per_period",
        expected=1.99761,
        changes=("nodes.stand.stock.paper.review.timing=after_demand", "defaults.lane.lead_time=1"),
    ),
    Case(
        name="S02-base-stock",
        source="Snyder and Shen, example 4.4",
        scenario="s02_base_stock",
        node="stand",
        measure="cost_per_period",
        expected=4.46678,
    ),
    Case(
        name="S04-example-5.8",
        source="Snyder and Shen, example 5.8",
        scenario="s04_reorder_point_cost",
        measure="cost_per_period",
        expected=107.9236,
    ),
    Case(
        name="S04-problem-5.2",
        source="Snyder and Shen, problem 5.2",
        scenario="s04_reorder_point_cost",
        measure="cost_per_period",
        expected=28.24131,
        changes=(
            "nodes.shop.demand.item.rate=12",
            "nodes.shop.stock.item.initial=13",
            "nodes.shop.stock.item.holding_cost=4",
            "nodes.shop.stock.item.backorder_cost=28",
            "nodes.shop.stock.item.order_cost=4",
            "nodes.shop.stock.item.policy.reorder_point=6",
            "nodes.shop.stock.item.policy.order_quantity=7",
            "defaults.lane.lead_time=0.5",
            "time.horizon=270",
        ),
    ),
    *(
        Case(
            name=f"S05-{measure}",
            source="exact: inventory position uniform on r + 1 ... r + Q",
            scenario="s05_reorder_point_service",
            measure=measure,
            expected=expected,
            width=width,
        )
        for measure, expected, width in (
            ("average_on_hand", 3.105433, TIGHT),
            ("average_backorders", 0.105433, LOOSE),
            ("fill_rate", 0.866633, TIGHT),
        )
    ),
    Case(
        name="S05-orders-per-time",
        source="exact: demand rate / Q; an order costs 1 and nothing else costs anything",
        scenario="s05_reorder_point_service",
        measure="cost_per_period",
        expected=0.3,
    ),
    zheng_federgruen(10, 6, 40, 35.021555),
    zheng_federgruen(20, 14, 62, 49.173036),
    zheng_federgruen(35, 28, 77, 61.215479),
    zheng_federgruen(60, 52, 129, 77.305929),
    Case(
        name="S14-capacity",
        source="exact: stationary distribution of the shortfall max(0, W + D - 6), D Poisson(5)",
        scenario="s14_supplier_capacity",
        measure="cost_per_period",
        expected=7.163359,
        width=2 * TIGHT,
    ),
    Case(
        name="S14-shortfall",
        source="the same: what waits for capacity when a period's orders have been served",
        scenario="s14_supplier_capacity",
        measure=lambda measured: measured["average_on_hand"] - measured["average_backorders"],
        expected=11 - 5 - 1.527005,
        width=TIGHT,
    ),
    Case(
        name="S07-min-max",
        source="Snyder and Shen, example 4.7",
        scenario="s07_min_max",
        measure="cost_per_period",
        expected=8.034112,
    ),
    *(
        Case(
            name=f"S09-{measure}",
            source="exact: units on order are Poisson(8)",
            scenario="s09_base_stock_continuous",
            measure=measure,
            expected=expected,
            width=width,
        )
        for measure, expected, width in (
            ("average_on_hand", 3.24175, TIGHT),
            ("average_backorders", 0.24175, LOOSE),
            ("fill_rate", 0.815886, TIGHT),
            ("cost_per_period", 5.417496, TIGHT),
        )
    ),
)

BULLWHIP = (
    *(
        Case(
            name=f"B01-lead-time-{lead_time}-periods-{periods}",
            source="Chen, Drezner, Ryan and Simchi-Levi 2000: 1 + 2L/p + 2L^2/p^2",
            scenario="b01_moving_average",
            measure="order_variance_ratio",
            expected=expected,
            changes=(
                f"defaults.lane.lead_time={lead_time}",
                f"nodes.shop.stock.item.policy.forecast.periods={periods}",
            ),
        )
        for lead_time, periods, expected in ((1, 5, 1.48), (2, 5, 2.12), (4, 10, 2.12))
    ),
    Case(
        name="B02-moving-average-ar1",
        source="Chen, Drezner, Ryan and Simchi-Levi 2000: 1 + (2L/p + 2L^2/p^2)(1 - rho^p)",
        scenario="b02_moving_average_ar1",
        measure="order_variance_ratio",
        expected=2.085,
    ),
    Case(
        name="B03-exponential-smoothing",
        source="Chen, Ryan and Simchi-Levi 2000: 1 + 2La + 2L^2a^2/(2 - a)",
        scenario="b03_exponential_smoothing",
        measure="order_variance_ratio",
        expected=1.977778,
    ),
    Case(
        name="B03-exponential-smoothing-ar1",
        source="Chen, Ryan and Simchi-Levi 2000: 1 + (2La + 2L^2a^2/(2 - a))(1 - rho)/(1 - (1 - a)rho)",
        scenario="b03_exponential_smoothing_ar1",
        measure="order_variance_ratio",
        expected=1.814815,
    ),
    Case(
        name="B04-rho-0.5-nu-2",
        source="Lee, Padmanabhan and Whang 1997: 1 + 2rho(1 - rho^(nu+1))(1 - rho^(nu+2))/(1 - rho)",
        scenario="b04_minimum_mean_squared_error",
        measure="order_variance_ratio",
        expected=2.640625,
    ),
    Case(
        name="B04-rho-0.7-nu-0",
        source="Lee, Padmanabhan and Whang 1997",
        scenario="b04_minimum_mean_squared_error",
        measure="order_variance_ratio",
        expected=1.714,
        changes=(
            "defaults.lane.lead_time=0",
            "nodes.shop.demand.item.autocorrelation=0.7",
            "nodes.shop.stock.item.policy.forecast.autocorrelation=0.7",
        ),
    ),
    Case(
        name="B05-pair",
        source="exact: sum of squares of the convolved stage filters",
        scenario="b05_decentralised_pair",
        node="stage_2",
        measure="cumulative_order_variance_ratio",
        expected=3.4064,
    ),
    Case(
        name="B06-four-stages",
        source="exact: sum of squares of the convolved stage filters",
        scenario="b06_decentralised_chain",
        node="stage_4",
        measure="cumulative_order_variance_ratio",
        expected=6.331763,
    ),
    Case(
        name="B06-four-stages-point-of-sale-shared",
        source="Chen, Drezner, Ryan and Simchi-Levi 2000: 1 + 2L/p + 2L^2/p^2, L summed over the stages",
        scenario="b06_centralised_chain",
        node="stage_4",
        measure="cumulative_order_variance_ratio",
        expected=3.88,
    ),
    Case(
        name="B07-variance-ratio",
        source="Disney and Towill: 1/(2Ti - 1) at Ti = 4",
        scenario="b07_smoothed_order_up_to",
        measure="order_variance_ratio",
        expected=0.142857,
    ),
    Case(
        name="B07-net-stock-amplification",
        source="Disney and Towill: (Tp + 1) + (Ti - 1)^2/(2Ti - 1) at Ti = 4, Tp = 1",
        scenario="b07_smoothed_order_up_to",
        measure="net_stock_amplification",
        expected=3.285714,
    ),
    Case(
        name="B08-golden-variance-ratio",
        source="Disney, Towill and van de Velde 2004, Ti the golden ratio",
        scenario="b07_smoothed_order_up_to",
        measure="order_variance_ratio",
        expected=0.447214,
        changes=("nodes.shop.stock.item.policy.smoothing_time=1.618034", "time.horizon=6050"),
    ),
    Case(
        name="B08-golden-sum",
        source="Disney, Towill and van de Velde 2004: VR + NSAmp - (Tp + 1) at its minimum",
        scenario="b07_smoothed_order_up_to",
        measure=lambda measured: measured["order_variance_ratio"] + measured["net_stock_amplification"] - 2,
        expected=0.618034,
        changes=("nodes.shop.stock.item.policy.smoothing_time=1.618034", "time.horizon=6050"),
    ),
    Case(
        name="B10-moving-average",
        source="closed form: sqrt(L + L^2/p), L = 2, p = 5",
        scenario="b01_moving_average",
        measure=net_stock_sd(10),
        expected=1.673320,
        changes=("defaults.lane.lead_time=2", "nodes.shop.stock.item.policy.forecast.periods=5"),
    ),
    Case(
        name="B10-exponential-smoothing",
        source="closed form: sqrt(L + L^2a/(2 - a)), L = 2, a = 0.2",
        scenario="b03_exponential_smoothing",
        measure=net_stock_sd(10),
        expected=1.563472,
    ),
    Case(
        name="B10-minimum-mean-squared-error",
        source="closed form: sqrt(sum over i <= L of ((1 - rho^i)/(1 - rho))^2), in sd of the innovations, order first",
        scenario="b04_minimum_mean_squared_error",
        measure=net_stock_sd(10),
        expected=1.802776,
        changes=("defaults.lane.lead_time=1",),
    ),
)


def echelon(*levels: float, interval: str = "1") -> tuple[str, ...]:
    """Return the settings that give the stages of a serial system echelon levels, and tell each what it needs."""
    policy = "nodes.stage_{}.stock.item.policy.{}={}"
    return (
        f"defaults.lane.share={{stock: {{interval: {interval}}}, pipeline: {{interval: {interval}}}}}",
        *(policy.format(stage, "kind", "echelon_base_stock") for stage, _ in enumerate(levels, start=1)),
        *(policy.format(stage, "level", level) for stage, level in enumerate(levels, start=1)),
    )


M01_ECHELON = echelon(8, 13, 18, 22, interval="continuous")
M05_ECHELON = echelon(6.49, 12.02, 22.71)
MULTI_ECHELON = (
    *(
        Case(
            name=f"M01-{name}",
            source="Shang and Song 2003, table 1, row 1",
            scenario="m01_serial_continuous",
            node=None,
            measure="cost_per_period",
            expected=12.687898,
            changes=changes,
        )
        for name, changes in (("local", ()), ("echelon", M01_ECHELON))
    ),
    Case(
        name="M05-echelon",
        source="Snyder and Shen, example 6.1, with its echelon levels",
        scenario="m05_serial_base_stock",
        node=None,
        measure="cost_per_period",
        expected=47.660149,
        changes=M05_ECHELON,
    ),
    Case(
        name="M05-serial",
        source="Snyder and Shen, example 6.1, on a fine grid",
        scenario="m05_serial_base_stock",
        node=None,
        measure="cost_per_period",
        expected=47.660149,
    ),
)

CASES = SINGLE_LOCATION + BULLWHIP + MULTI_ECHELON


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_published_value_lies_in_the_narrow_interval_around_the_estimate(laboratory: Any, case: Case) -> None:
    """Tests that a published value lies within three standard errors of what the engine measures."""
    estimate = laboratory.estimate(case.scenario, case.measure, case.node, case.changes)
    laboratory.check(estimate, case.expected, case.width)


@pytest.mark.parametrize(
    ("scenario", "node", "bound"),
    [("b05_decentralised_pair", "stage_2", 3.1376), ("b06_decentralised_chain", "stage_4", 4.797852)],
)
def test_product_of_the_stages_ratios_is_only_a_lower_bound(
    laboratory: Any, scenario: str, node: str, bound: float
) -> None:
    """Tests that a decentralised chain amplifies by more than the product of its stages' own formulas."""
    estimate = laboratory.estimate(scenario, "cumulative_order_variance_ratio", node)
    assert estimate.mean - 3 * estimate.standard_error > bound


@pytest.mark.timeout(3600)
@pytest.mark.parametrize(
    ("scenario", "changes"), [("m01_serial_continuous", M01_ECHELON), ("m05_serial_base_stock", M05_ECHELON)]
)
def test_echelon_levels_cost_what_their_local_levels_cost(
    laboratory: Any, scenario: str, changes: tuple[str, ...]
) -> None:
    """Tests that every replication costs the same under local levels and under their sums as echelon levels."""
    local = laboratory.estimate(scenario, "cost_per_period", None)
    told = laboratory.estimate(scenario, "cost_per_period", None, changes)
    assert told == pytest.approx(local, rel=1e-9)


def test_sharing_point_of_sale_tames_the_chain(laboratory: Any) -> None:
    """Tests that the same chain amplifies less when every stage is told what customers buy."""
    measure = "cumulative_order_variance_ratio"
    alone = laboratory.estimate("b06_decentralised_chain", measure, "stage_4")
    told = laboratory.estimate("b06_centralised_chain", measure, "stage_4")
    assert told.mean + 3 * told.standard_error < alone.mean - 3 * alone.standard_error
