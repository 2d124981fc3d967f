"""Cases M01 to M09: serial systems, warehouses with shops, and assembly."""

from collections.abc import Callable, Iterator

from scmsim.verification.case import Case, Finding, Value
from scmsim.verification.laboratory import Laboratory

COST, HELD, OWED = "cost_per_period", "average_on_hand", "average_backorders"
BASE_STOCK, ECHELON = "policy:base_stock", "policy:echelon_base_stock"
SAME = 1e-9
"""Costs that are the same sums in another order differ by less than this share."""


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


def same_cost(scenario: str, changes: tuple[str, ...]) -> Callable[[Laboratory], Iterator[Finding]]:
    """Return the comparison of local levels with their sums as echelon levels, on the same demand."""

    def compare(laboratory: Laboratory) -> Iterator[Finding]:
        local = laboratory.estimate(scenario, COST, None)
        told = laboratory.estimate(scenario, COST, None, changes)
        pairs = {
            "cost": (local.mean, told.mean),
            "standard error of the cost": (local.standard_error, told.standard_error),
        }
        for what, (one, other) in pairs.items():
            yield Finding(f"{what}, as with local levels", one, other, tolerance=SAME * one)

    return compare


def whole(name: str, what: str, source: str, scenario: str, cost: float, **more: object) -> Case:
    """Return a system whose whole cost is known."""
    values = (Value(measure=COST, place=None, expected=cost),)
    return Case(name=name, what=what, source=source, scenario=scenario, values=values, **more)  # type: ignore[arg-type]


def shang_song(name: str, row: int, levels: str, dear: bool, backorder: int, cost: float) -> Case:
    """Return a row of Shang and Song's table, with local levels; ``dear`` where the middle stages add much value."""
    rates = ("5.5", "5.25", "2.75", "0.25") if dear else ("1", "0.75", "0.5", "0.25")
    long = backorder == 99 and not dear
    horizon = 330 if long else 55 if backorder == 99 else 30
    stages = enumerate(zip(levels.split(), rates, strict=True), start=1)
    return whole(
        name,
        f"four stages, continuous review, backorder cost {backorder}",
        f"Shang and Song 2003, table 1, row {row}",
        "m01_serial_continuous",
        cost,
        grade="A",
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
        kinds=(BASE_STOCK,),
        long=long,
    )


SERIAL = (
    whole(
        "M01-local",
        "four stages, continuous review, local levels",
        "Shang and Song 2003, table 1, row 1",
        "m01_serial_continuous",
        12.687898,
        grade="A",
        kinds=(BASE_STOCK,),
    ),
    whole(
        "M01-echelon",
        "four stages, continuous review, echelon levels",
        "Shang and Song 2003, table 1, row 1",
        "m01_serial_continuous",
        12.687898,
        grade="A",
        changes=M01_ECHELON,
        kinds=(ECHELON,),
    ),
    Case(
        name="M01-both-levels",
        what="the same with local levels and with their sums as echelon levels",
        source="exact: the two policies order the same (Axsäter and Rosling 1993)",
        compute=same_cost("m01_serial_continuous", M01_ECHELON),
        kinds=(ECHELON,),
    ),
    shang_song("M02-row-9", 9, "9 1 3 6", True, 9, 53.007605),
    shang_song("M03-row-17", 17, "11 6 5 5", False, 99, 16.205544),
    shang_song("M04-row-25", 25, "11 3 4 8", True, 99, 74.56364),
    whole(
        "M05-serial",
        "three stages, normal demand, local levels",
        "Snyder and Shen, example 6.1, on a fine grid",
        "m05_serial_base_stock",
        47.660149,
        grade="A",
        kinds=(BASE_STOCK,),
    ),
    whole(
        "M05-echelon",
        "three stages, normal demand, echelon levels",
        "Snyder and Shen, example 6.1, with its echelon levels",
        "m05_serial_base_stock",
        47.660149,
        grade="A",
        changes=M05_ECHELON,
        kinds=(ECHELON,),
    ),
    Case(
        name="M05-both-levels",
        what="the same with local levels and with their sums as echelon levels",
        source="exact: the two policies order the same (Axsäter and Rosling 1993)",
        compute=same_cost("m05_serial_base_stock", M05_ECHELON),
        kinds=(ECHELON,),
    ),
    whole(
        "M06-problem-6.1",
        "two stages, normal demand, local levels",
        "Snyder and Shen, problem 6.1, on a fine grid",
        "m06_serial_pair",
        166.250625,
        kinds=(BASE_STOCK,),
    ),
    whole(
        "M06-problem-6.1-echelon",
        "two stages, normal demand, echelon levels",
        "Snyder and Shen, problem 6.1, on a fine grid",
        "m06_serial_pair",
        166.250625,
        changes=(
            "defaults.lane.share={stock: true, pipeline: true}",
            "nodes.stage_1.stock.item.policy={kind: echelon_base_stock, level: 123.48}",
            "nodes.stage_2.stock.item.policy={kind: echelon_base_stock, level: 228.42}",
        ),
        kinds=(ECHELON,),
    ),
    whole(
        "M06-problem-6.16",
        "two stages, long lead times, local levels",
        "Snyder and Shen, problem 6.16, on a fine grid",
        "m06_serial_pair",
        438.184533,
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
        kinds=(BASE_STOCK,),
    ),
)

DISTRIBUTION = (
    Case(
        name="M07-three-retailers",
        what="one warehouse, three retailers, Poisson demand",
        source="Graves 1985, Axsäter 1990: exact, by binomial disaggregation (not METRIC's approximation)",
        scenario="m07_three_retailers",
        values=(
            Value(measure=OWED, place="warehouse", expected=0.672125),
            Value(measure="fill_rate", place="warehouse", expected=0.423190),
            Value(measure=HELD, place="shop_1", expected=0.959880),
            Value(measure=OWED, place="shop_1", expected=0.183922),
            Value(measure=OWED, place=None, expected=0.672125 + 3 * 0.183922, what="average backorders of all"),
            Value(measure="fill_rate", place=None, expected=0.656517, what="fill rate of all shops"),
            Value(measure=COST, place=None, expected=9.069413),
        ),
        kinds=(BASE_STOCK,),
    ),
    Case(
        name="M08-ten-retailers",
        what="one warehouse, ten retailers, Poisson demand",
        source="Graves 1985, Axsäter 1990: exact, by binomial disaggregation (not METRIC's approximation)",
        scenario="m08_ten_retailers",
        values=(
            Value(measure=OWED, place="warehouse", expected=2.070884),
            Value(measure=HELD, place=None, expected=1.070884 + 10 * 1.843008, what="average on hand of all"),
            Value(measure=OWED, place=None, expected=2.070884 + 10 * 0.050097, what="average backorders of all"),
            Value(measure="fill_rate", place=None, expected=0.874552, what="fill rate of all shops"),
            Value(measure=COST, place=None, expected=38.73532),
        ),
        kinds=(BASE_STOCK,),
    ),
    Case(
        name="M09-assembly",
        what="a product of two components, base stocks",
        source="exact: joint distribution of what is on order",
        scenario="m09_assembly",
        values=(
            Value(measure=OWED, place="factory/body", expected=0.444996),
            Value(measure=HELD, place="factory/body", expected=2.444996),
            Value(measure=OWED, place="factory/motor", expected=0.444996),
            Value(measure=HELD, place="factory/motor", expected=3.444996),
            Value(measure=HELD, place="factory/pump", expected=3.68834),
            Value(measure=OWED, place="factory/pump", expected=0.133335),
            Value(measure="fill_rate", place="factory/pump", expected=0.886864),
        ),
        kinds=(BASE_STOCK,),
    ),
)

CASES = (*SERIAL, *DISTRIBUTION)
