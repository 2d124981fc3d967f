"""Every formula gives the number that was published for it, from the scenario that the engine is held against, too."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from scmsim.scenario.load import load
from scmsim.theory import Row, recognise

SCENARIOS = Path(__file__).parents[3] / "src" / "scmsim" / "verification" / "scenarios"
SHOP = "nodes.shop.stock.item"


class Published(NamedTuple):
    """A number, where it is from, and the scenario that it is about."""

    case: str
    source: str
    scenario: str
    node: str | None
    measure: str
    expected: float
    changes: tuple[str, ...] = ()
    kind: str = "exact"


def figures(
    case: str, source: str, scenario: str, node: str | None, changes: tuple[str, ...] = (), **known: float
) -> Iterator[Published]:
    """Give several numbers of one place."""
    for measure, expected in known.items():
        yield Published(case, source, scenario, node, measure, expected, changes)


def zheng_federgruen(mean: int, minimum: int, maximum: int, cost: float) -> Published:
    """Give an instance of Zheng and Federgruen's table, whose levels are the best."""
    changes = (
        f"nodes.shop.demand.item.mean={mean}",
        f"{SHOP}.policy.minimum={minimum - 1}",
        f"{SHOP}.policy.maximum={maximum + 3}",
    )
    source = "Zheng and Federgruen 1991, table, recomputed"
    return Published("S06", source, "s06_min_max", "shop", "cost_per_period", cost, changes, "lower bound")


def law_kelton(minimum: int, maximum: int, total: float) -> Published:
    """Give the cost per month, in the long run, of one of Law and Kelton's policies."""
    changes = (f"{SHOP}.policy.minimum={minimum}", f"{SHOP}.policy.maximum={maximum}")
    source = "Law and Kelton's inventory system, exact"
    return Published("S08", source, "s08_inventory_system", "shop", "cost_per_period", total, changes)


def queue(case: str, *changes: str, **known: float) -> Iterator[Published]:
    """Give what is known of one work centre."""
    return figures(case, "queueing theory, truth.json Q-all", "q01_single_machine", "works", changes, **known)


STAGE = "nodes.works.make.item.stages.0.time"
CHEN = "Chen, Drezner, Ryan and Simchi-Levi 2000"
CASES = (
    Published("S01", "Snyder and Shen, example 4.1", "s01_newsvendor", "stand", "cost_per_period", 1.99761),
    Published("S02", "Snyder and Shen, example 4.4", "s02_base_stock", "stand", "cost_per_period", 4.46678),
    Published("S03", "Snyder and Shen, example 3.1, a year of 52 weeks: 68.4105 / 52",
              "s03_economic_order_quantity", "shop", "cost_per_period", 68.4105 / 52, kind="lower bound"),
    Published("S04", "Snyder and Shen, example 5.8", "s04_reorder_point_cost", "shop", "cost_per_period", 107.9236),
    *figures("S05", "exact: r = 3, Q = 5", "s05_reorder_point_service", "shop",
             average_on_hand=3.105433, average_backorders=0.105433, fill_rate=0.866633, cost_per_period=0.3),
    zheng_federgruen(10, 6, 40, 35.021555),
    zheng_federgruen(21, 15, 65, 50.40602),
    zheng_federgruen(64, 55, 74, 78.402321),
    zheng_federgruen(75, 67, 86, 79.553847),
    Published("S07", "Snyder and Shen, example 4.7", "s07_min_max", "shop", "cost_per_period", 8.034112),
    law_kelton(20, 40, 126.597949),
    law_kelton(60, 100, 144.36174),
    *figures("S09", "exact: units on order are Poisson(8)", "s09_base_stock_continuous", "shop",
             average_on_hand=3.24175, average_backorders=0.24175, fill_rate=0.815886, cost_per_period=5.417496),
    *figures("S10", "exact: compound Poisson", "s10_compound_poisson", "shop",
             average_on_hand=5.656156, average_backorders=0.056156, fill_rate=0.935375),
    *figures("S11", "Erlang B", "s11_lost_sales", "shop", fill_rate=1 - 0.110054, average_on_hand=2.330163),
    *figures("S12", "Palm", "s12_crossing_lead_times", "shop",
             average_on_hand=3.161259, average_backorders=0.161259, fill_rate=0.847237),
    *figures("S13", "exact: (R, S)", "s13_periodic_review", "shop",
             cost_per_period=26.203542, average_on_hand=26.018504, average_backorders=0.018504, fill_rate=0.997724),
    *figures("S14", "exact: stationary shortfall", "s14_supplier_capacity", "shop", cost_per_period=7.163359),
    *figures("S16", "M/M/1 make-to-stock", "s16_single_server", "shop",
             average_on_hand=2.31072, average_backorders=1.31072, fill_rate=0.67232),
    Published("M01", "Shang and Song 2003, row 1", "m01_serial_continuous", None, "cost_per_period", 12.687898),
    Published("M01", "Shang and Song 2003, row 1", "m01_serial_continuous", None, "cost_per_period", 12.687898,
              ("nodes.stage_2.stock.item.policy.level=7",), "lower bound"),
    *figures("M07", "Graves 1985, binomial disaggregation", "m07_three_retailers", "warehouse",
             average_backorders=0.672125, fill_rate=0.423190),
    *figures("M07", "Graves 1985, binomial disaggregation", "m07_three_retailers", "shop_1",
             average_on_hand=0.959880, average_backorders=0.183922, fill_rate=0.656517),
    Published("M07", "the same", "m07_three_retailers", None, "cost_per_period", 9.069413),
    Published("M08", "the same, ten retailers", "m08_ten_retailers", None, "cost_per_period", 38.73532),
    *figures("M08", "the same", "m08_ten_retailers", "shop_7",
             average_on_hand=1.843008, average_backorders=0.050097, fill_rate=0.874552),
    *queue("Q01", average_work_in_process=4, production_cycle_time=5, queue_time=4, machine_utilisation=0.8),
    *queue("Q02", "nodes.works.resources.machine.machines=3", "nodes.works.demand.item.rate=2.4",
           queue_time=1.078652, average_work_in_process=4.988764),
    *queue("Q03", f"{STAGE}=1", queue_time=2),
    *queue("Q04", f"{STAGE}={{dist: gamma, mean: 1, sd: 0.70710678119}}", queue_time=3, average_work_in_process=3.2),
    *figures("Q06", "Jackson: 1 + 5", "q06_two_machines", "works", average_work_in_process=6),
    *(
        Published("B01", f"{CHEN}: 1 + 2L/p + 2L^2/p^2", "b01_moving_average", "shop", "order_variance_ratio", ratio,
                  (f"defaults.lane.lead_time={lead_time}", f"{SHOP}.policy.forecast.periods={periods}"))
        for lead_time, periods, ratio in ((1, 5, 1.48), (2, 5, 2.12), (4, 10, 2.12))
    ),
    Published("B02", CHEN, "b02_moving_average_ar1", "shop", "order_variance_ratio", 2.085),
    Published("B03", "Chen, Ryan and Simchi-Levi 2000", "b03_exponential_smoothing", "shop",
              "order_variance_ratio", 1.977778),
    Published("B03", "the same, AR(1)", "b03_exponential_smoothing_ar1", "shop", "order_variance_ratio", 1.814815),
    Published("B04", "Lee, Padmanabhan and Whang 1997", "b04_minimum_mean_squared_error", "shop",
              "order_variance_ratio", 2.640625),
    Published("B05", "exact: convolved filters", "b05_decentralised_pair", "stage_2",
              "cumulative_order_variance_ratio", 3.4064),
    Published("B05", f"{CHEN}: product", "b05_decentralised_pair", "stage_2",
              "cumulative_order_variance_ratio", 3.1376, kind="lower bound"),
    Published("B06", "exact: convolved filters", "b06_decentralised_chain", "stage_4",
              "cumulative_order_variance_ratio", 6.331763),
    Published("B06", f"{CHEN}: product", "b06_decentralised_chain", "stage_4",
              "cumulative_order_variance_ratio", 4.797852, kind="lower bound"),
    Published("B06", f"{CHEN}: lead times added", "b06_centralised_chain", "stage_4",
              "cumulative_order_variance_ratio", 3.88),
    *figures("B07", "Disney and Towill", "b07_smoothed_order_up_to", "shop",
             order_variance_ratio=0.142857, net_stock_amplification=3.285714),
    *figures("B08", "Disney, Towill and van de Velde 2004", "b07_smoothed_order_up_to", "shop",
             (f"{SHOP}.policy.smoothing_time=1.618034",), order_variance_ratio=0.447214,
             net_stock_amplification=2 + 0.618034 - 0.447214),
    Published("B10", "sqrt(L + L^2/p), squared", "b01_moving_average", "shop", "net_stock_amplification", 1.673320**2),
    Published("B10", "sqrt(L + L^2a/(2 - a)), squared", "b03_exponential_smoothing", "shop",
              "net_stock_amplification", 1.563472**2),
    *(
        Published("M09", "exact: nested lead times", "m09_assembly", "factory", measure, expected)
        for measure, expected in (
            ("average_on_hand", 3.68834), ("average_backorders", 0.133335), ("fill_rate", 0.886864)
        )
    ),
    Published("M09", "exact: nested lead times, parts", "m09_assembly", "factory", "average_backorders", 0.444996),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.case}-{case.node}-{case.measure}-{case.kind}")
def test_published_number_is_what_theory_says(case: Published) -> None:
    """Tests that what is recognised in a scenario holds the published number, to the digits that are printed."""
    rows = recognised(case)
    near = [row for row in rows if row.expected == pytest.approx(case.expected, rel=5e-6, abs=1e-6)]
    assert near, [(row.model, row.expected) for row in rows]


@pytest.mark.parametrize(
    ("scenario", "expected"), [("m05_serial_base_stock", 47.660149), ("m06_serial_pair", 166.250625)]
)
@pytest.mark.parametrize("kind", ["exact", "lower bound"])
def test_lines_of_divisible_units(scenario: str, expected: float, kind: str) -> None:
    """Tests M05 and M06 (Snyder and Shen, fine grid): the given levels are the best, rounded, and cost as published."""
    found = [
        row.expected
        for row in recognise(load(SCENARIOS / f"{scenario}.yaml").network)
        if row.node is None and row.kind == kind
    ]
    assert found == [pytest.approx(expected, rel=1e-5 if kind == "exact" else 2e-6)]


def test_least_cost_is_told_with_its_levels() -> None:
    """Tests that Clark and Scarf's row names the echelon levels that Shang and Song print: 8, 13, 18, 22."""
    rows = recognise(load(SCENARIOS / "m01_serial_continuous.yaml").network)
    assert any("8, 13, 18, 22" in row.formula for row in rows)


@pytest.mark.parametrize(
    "changes",
    [
        ("nodes.stage_1.stock.item.policy.forecast.periods=2",),
        ("nodes.stage_2.stock.item.policy.forecast={kind: exponential_smoothing, weight: 0.2, initial: 100}",),
        ("nodes.stage_1.demand.item={kind: ar1, mean: 100, innovation_sd: 10, autocorrelation: 0.5}",),
    ],
)
def test_product_of_ratios_is_a_bound_of_equal_averages_only(changes: tuple[str, ...]) -> None:
    """Tests that Chen's product is given for independent demand and equally long averages, and else not at all."""
    figure = "cumulative_order_variance_ratio"
    known = [
        Published("B06", CHEN, "b06_decentralised_chain", "stage_4", figure, 0, changes, kind)
        for kind in ("exact", "lower bound")
    ]
    assert [len(recognised(case)) for case in known] == [1, 0]


def test_what_two_three_and_five_periods_amplify() -> None:
    """Tests that averages over 2, 3 and 5 periods amplify 6.8289 times together, less than the product of their own."""
    changes = tuple(
        f"nodes.{stage}.stock.item.policy.forecast.periods={periods}"
        for stage, periods in (("stage_1", 2), ("stage_2", 3), ("stage_3", 5))
    )
    figure = "cumulative_order_variance_ratio"
    (row,) = recognised(Published("B06", CHEN, "b06_decentralised_chain", "stage_3", figure, 0, changes, "exact"))
    weights = np.convolve(np.convolve([1.5, 0, -0.5], [4 / 3, 0, 0, -1 / 3]), [1.2, 0, 0, 0, 0, -0.2])
    assert row.expected == pytest.approx(weights @ weights)
    assert row.expected < 2.5 * 17 / 9 * 1.48


def test_nothing_is_said_as_nothing() -> None:
    """Tests that a level below 0 has exactly 0 on hand, not what rounding leaves of it."""
    changes = (f"{SHOP}.policy.level=-3",)
    for measure in ("average_on_hand", "fill_rate"):
        case = Published("S09", "by hand", "s09_base_stock_continuous", "shop", measure, 0.0, changes)
        assert [row.expected for row in recognised(case)] == [0.0]


def test_infinite_waits_are_not_told() -> None:
    """Tests that services without a finite variance leave the load of a machine known, and no waits."""
    law = "nodes.works.make.item.stages.0.time={dist: scipy, name: pareto, parameters: {b: 1.5, scale: 0.1}}"
    rows = recognise(load(SCENARIOS / "q01_single_machine.yaml", (law,)).network)
    known = {row.measure.name: row.expected for row in rows if row.model == "M/G/1"}
    assert known == {"throughput": pytest.approx(0.8), "machine_utilisation": pytest.approx(0.24)}


def recognised(case: Published) -> list[Row]:
    """Return the rows of one kind about one figure."""
    rows = recognise(load(SCENARIOS / f"{case.scenario}.yaml", case.changes).network)
    return [row for row in rows if (row.node, row.measure.name, row.kind) == (case.node, case.measure, case.kind)]
