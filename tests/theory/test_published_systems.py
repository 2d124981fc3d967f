"""Published and exact values of whole systems: every figure that a source gives for one, from one run.

As in `test_published_values`, a value must lie within three standard errors of the mean over independent replications,
and the standard error is bounded. Single locations first, then warehouses with shops, serial systems and assembly.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

TIGHT = 0.005
"""Largest standard error, as a share of the value, of costs, stock on hand, fill rates and ratios (full form)."""
LOOSE = 0.05
"""The same for small expected backorders."""
LOST = 0.0125
"""The same for the share of demand that is lost."""

Values = Mapping[str, float]


@dataclass(frozen=True, kw_only=True)
class System:
    """A system and what is known of it: by the place (None: the whole chain) the values of measures."""

    name: str
    scenario: str
    expected: Mapping[str | None, Values]
    changes: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ("policy:base_stock",)
    long: bool = False

    @property
    def row(self) -> Any:
        """The system as a row of a parametrised test."""
        marks = [*map(pytest.mark.known_answer, self.kinds), *([pytest.mark.long] if self.long else [])]
        return pytest.param(self, id=self.name, marks=marks)


def lost_share(measured: Values) -> float:
    """Return the share of the units asked for that is lost."""
    return measured["units_lost"] / measured["units_demanded"]


MEASURES = {"lost_share": (lost_share, LOST), "average_backorders": ("average_backorders", LOOSE)}
STOCK = "nodes.shop.stock.item"


def lost_sales(level: int, price: int, cost: float) -> System:
    """Return S15's best base-stock level for a price of lost sales."""
    return System(
        name=f"S15-lost-sale-{price}",
        scenario="s15_lost_sales_periodic",
        expected={"shop": {"cost_per_period": cost}},
        changes=(
            f"nodes.shop.demand.item.lost_sale_cost={price}",
            f"{STOCK}.initial={level}",
            f"{STOCK}.policy.level={level}",
        ),
    )


def palm(name: str, lead_time: str) -> System:
    """Return S12 with a distribution of lead times."""
    shop = {"average_on_hand": 3.161259, "average_backorders": 0.161259, "fill_rate": 0.847237}
    return System(
        name=f"S12-{name}",
        scenario="s12_crossing_lead_times",
        expected={"shop": shop},
        changes=(f"lanes.0.lead_time={lead_time}",),
    )


SINGLE_LOCATION = (
    System(
        name="S10-compound-poisson",
        scenario="s10_compound_poisson",
        expected={
            "shop": {
                "average_on_hand": 5.656156,
                "average_backorders": 0.056156,
                "fill_rate": 0.935375,
                "on_time_in_full_line": 0.928557,
            }
        },
        kinds=("policy:base_stock", "demand:compound_poisson"),
    ),
    System(
        name="S11-5-units",
        scenario="s11_lost_sales",
        expected={"shop": {"lost_share": 0.110054, "fill_rate": 1 - 0.110054, "average_on_hand": 2.330163}},
    ),
    System(
        name="S11-5-units-no-patience",
        scenario="s11_lost_sales",
        expected={"shop": {"fill_rate": 1 - 0.110054}},
        changes=tuple(f"nodes.shop.demand.item.{each}" for each in ("unmet=patience", "patience=0")),
    ),
    System(
        name="S11-10-units-exponential",
        scenario="s11_lost_sales",
        expected={"shop": {"lost_share": 0.121661, "fill_rate": 1 - 0.121661, "average_on_hand": 2.973289}},
        changes=(
            "nodes.shop.demand.item.rate=8",
            f"{STOCK}.initial=10",
            f"{STOCK}.policy.level=10",
            "lanes.0.lead_time={dist: exponential, mean: 1}",
            "time.horizon=120",
        ),
    ),
    palm("exponential", "{dist: exponential, mean: 2}"),
    palm("uniform", "{dist: uniform, low: 0, high: 4}"),
    System(
        name="S13-periodic-review",
        scenario="s13_periodic_review",
        expected={
            "shop": {
                "cost_per_period": 26.203542,
                "average_on_hand": 26.018504,
                "average_backorders": 0.018504,
                "fill_rate": 0.997724,
                "cycle_service_level": 0.978409,
            }
        },
    ),
    lost_sales(12, 4, 4.1628),
    lost_sales(13, 9, 5.5475),
    lost_sales(15, 19, 6.7278),
    System(
        name="S16-single-server",
        scenario="s16_single_server",
        expected={"shop": {"average_backorders": 1.31072}},
    ),
    System(
        name="S16-single-server-in-full",
        scenario="s16_single_server",
        expected={"shop": {"average_on_hand": 2.31072, "average_backorders": 1.31072, "fill_rate": 0.67232}},
        changes=("time.horizon=3100",),
        long=True,
    ),
    # The best level costs 10.294967 = on hand + 9 owed, and on hand - owed = 10 - rho/(1 - rho) = 6.
    System(
        name="S16-best-level",
        scenario="s16_single_server",
        expected={"shop": {"average_on_hand": 6.4294967, "average_backorders": 0.4294967}},
        changes=(f"{STOCK}.initial=6", f"{STOCK}.policy.level=10", "time.horizon=4300"),
        long=True,
    ),
)


def serial(name: str, levels: str, dear: bool, backorder: int, cost: float) -> System:
    """Return a row of Shang and Song's table 1 from its local levels, downstream first, and its costs.

    Rows in which backorders cost 99 need more time; row 17, which they rule, so much that only the full form has it.
    """
    rates = ("5.5", "5.25", "2.75", "0.25") if dear else ("1", "0.75", "0.5", "0.25")
    long = backorder == 99 and not dear
    horizon = 330 if long else 55 if backorder == 99 else 30
    stages = enumerate(zip(levels.split(), rates, strict=True), start=1)
    return System(
        name=name,
        scenario="m01_serial_continuous",
        expected={None: {"cost_per_period": cost}},
        changes=(
            *(
                f"nodes.stage_{stage}.stock.item.{key}={value}"
                for stage, (level, rate) in stages
                for key, value in (("initial", level), ("policy.level", level), ("holding_cost", rate))
            ),
            *(f"lanes.stage_{stage + 1}:stage_{stage}.holding_cost={rates[stage]}" for stage in (1, 2, 3)),
            f"nodes.stage_1.stock.item.backorder_cost={backorder}",
            f"time={{unit: time, horizon: {horizon}, warm_up: 5}}",
        ),
        long=long,
    )


MULTI_ECHELON = (
    serial("M02-row-9", "9 1 3 6", True, 9, 53.007605),
    serial("M03-row-17", "11 6 5 5", False, 99, 16.205544),
    serial("M04-row-25", "11 3 4 8", True, 99, 74.56364),
    System(
        name="M06-problem-6.1",
        scenario="m06_serial_pair",
        expected={None: {"cost_per_period": 166.250625}},
    ),
    System(
        name="M06-problem-6.1-echelon",
        scenario="m06_serial_pair",
        expected={None: {"cost_per_period": 166.250625}},
        changes=(
            "defaults.lane.share={stock: true, pipeline: true}",
            "nodes.stage_1.stock.item.policy={kind: echelon_base_stock, level: 123.48}",
            "nodes.stage_2.stock.item.policy={kind: echelon_base_stock, level: 228.42}",
        ),
        kinds=("policy:echelon_base_stock",),
    ),
    System(
        name="M06-problem-6.16",
        scenario="m06_serial_pair",
        expected={None: {"cost_per_period": 438.184533}},
        changes=(
            "nodes.stage_1.demand.item={kind: normal, mean: 20, sd: 4}",
            "nodes.stage_1.stock.item="
            "{initial: 171.19, holding_cost: 7, backorder_cost: 24, policy: {kind: base_stock, level: 171.19}}",
            "nodes.stage_2.stock.item={initial: 60.97, holding_cost: 2, policy: {kind: base_stock, level: 60.97}}",
            "lanes.supplier:stage_2.lead_time=3",
            "lanes.stage_2:stage_1.lead_time=8",
            "lanes.stage_2:stage_1.holding_cost=2",
            "time={unit: period, horizon: 300, warm_up: 50}",
        ),
    ),
    System(
        name="M07-three-retailers",
        scenario="m07_three_retailers",
        expected={
            "warehouse": {"average_backorders": 0.672125, "fill_rate": 0.423190},
            "shop_1": {"average_on_hand": 0.959880, "average_backorders": 0.183922},
            None: {
                "average_backorders": 0.672125 + 3 * 0.183922,
                "fill_rate": 0.656517,
                "cost_per_period": 9.069413,
            },
        },
    ),
    System(
        name="M08-ten-retailers",
        scenario="m08_ten_retailers",
        expected={
            "warehouse": {"average_backorders": 2.070884},
            None: {
                "average_on_hand": 1.070884 + 10 * 1.843008,
                "average_backorders": 2.070884 + 10 * 0.050097,
                "fill_rate": 0.874552,
                "cost_per_period": 38.73532,
            },
        },
    ),
    System(
        name="M09-assembly",
        scenario="m09_assembly",
        expected={
            "factory/body": {"average_backorders": 0.444996, "average_on_hand": 2.444996},
            "factory/motor": {"average_backorders": 0.444996, "average_on_hand": 3.444996},
            "factory/pump": {"average_on_hand": 3.68834, "average_backorders": 0.133335, "fill_rate": 0.886864},
        },
    ),
)


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("system", [system.row for system in SINGLE_LOCATION + MULTI_ECHELON])
def test_everything_that_is_known_of_a_system_is_measured(laboratory: Any, system: System) -> None:
    """Tests that each known value of a system lies within three standard errors of what the engine measures."""
    for place, values in system.expected.items():
        for name, expected in values.items():
            measure, width = MEASURES.get(name, (name, TIGHT))
            estimate = laboratory.estimate(system.scenario, measure, place, system.changes)
            laboratory.check(estimate, expected, width)
