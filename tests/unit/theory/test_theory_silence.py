"""A formula is silent as soon as one of its conditions does not hold."""

from pathlib import Path

import pytest

from scmsim.scenario.load import load
from scmsim.theory import recognise

SCENARIOS = Path(__file__).parents[3] / "src" / "scmsim" / "verification" / "scenarios"
SHOP = "nodes.shop.stock.item"
DEMAND = "nodes.shop.demand.item"

STRANGE = (
    f"{SHOP}.policy.rounding=half_up",
    f"{SHOP}.policy.order_multiple=7",
    f"{SHOP}.policy.minimum_order=3",
    f"{DEMAND}.priority=2",
    f"{DEMAND}.ship=complete",
    f"{DEMAND}.returns={{share: 0.1}}",
    "products.item.shelf_life=9",
    "nodes.supplier.capacity=500",
    "nodes.supplier.yield=0.9",
    "nodes.supplier.minimum_order=5",
    "nodes.supplier.order_multiple=5",
    "nodes.supplier.clerks={order_processing: {number: 1, time: 0.01}}",
    "nodes.shop.finance={cash: 10, limit_orders_to_cash: true}",
    "lanes.0={from: supplier, to: shop, modes: {truck: {capacity: {units: 100}, lead_time: 2}}}",
    "disruptions={fire: {of: {node: supplier}, when: {kind: dates, times: [{at: 3, lasts: 1}]}}}",
)
"""What no formula of a stock that orders from an unlimited supplier covers."""
BASES = {
    "base stock": ("s13_periodic_review", "base stock", STRANGE + (
        f"{DEMAND}.unmet=lost",
        f"{SHOP}.review.offset=0.5",
        "lanes.0.lead_time=1.5",
        "lanes.0.lead_time={dist: uniform, low: 1, high: 3}",
        f"{SHOP}.policy={{kind: order_up_to, forecast: {{kind: naive}}}}",
    )),
    "(r, Q)": ("s05_reorder_point_service", "(r, Q)", STRANGE[:1] + STRANGE[-1:] + (
        f"{DEMAND}.unmet=lost",
        f"{SHOP}.policy.order_quantity=5.5",
        f"{SHOP}.policy.reorder_point=2.5",
        f"{SHOP}.initial=7.5",
        f"{DEMAND}.size=2",
        f"{DEMAND}.size=0.5",
        "lanes.0.lead_time={dist: exponential, mean: 2}",
    )),
    "(s, S)": ("s07_min_max", "(s, S)", STRANGE[:1] + STRANGE[-1:] + (
        f"{SHOP}.policy.minimum=3.5",
        f"{DEMAND}={{kind: normal, mean: 60, sd: 5}}",
    )),
    "Erlang loss": ("s11_lost_sales", "Erlang loss", (
        f"{DEMAND}.unmet=backorder",
        f"{DEMAND}.size=2",
        f"{SHOP}.policy.level=5.5",
        f"{SHOP}.review={{interval: 1}}",
        "lanes.0={from: supplier, to: shop, lead_time: {dist: exponential, mean: 1}, crossing: false}",
        "nodes.supplier.capacity=5",
    )),
    "Palm": ("s12_crossing_lead_times", "base stock, lead times that cross", (
        f"{DEMAND}.size=2",
        f"{DEMAND}.unmet=lost",
        "lanes.0.crossing=false",
        f"{SHOP}.review={{interval: 1}}",
        "lanes.0.lead_time={dist: poisson, mean: 2}\nlanes.0.crossing=false",
    )),
    "lots": ("s03_economic_order_quantity", "lots under constant demand", (
        f"{DEMAND}={{kind: poisson, mean: 0.0625, interval: 0.0025}}",
        f"{DEMAND}={{kind: constant, value: 25}}",
        f"{SHOP}.review={{interval: 1}}",
        "time.horizon=6",
    )),
    "serial": ("m05_serial_base_stock", "serial base stock", (
        "lanes.0.lead_time=1.5",
        "lanes.1.lead_time={dist: uniform, low: 1, high: 2}",
        "nodes.stage_2.stock.item.review={timing: before_demand}",
        "nodes.stage_2.stock.item.policy={kind: order_up_to, forecast: {kind: constant, value: 5}}",
        "nodes.stage_2.demand.item={kind: constant, value: 1}",
        "nodes.stage_1.demand.item={kind: normal, mean: 5, sd: 2}",
        "nodes.stage_1.demand.item={kind: ar1, mean: 5, innovation_sd: 0.5, autocorrelation: 0.5}",
        "nodes.stage_1.demand.item.unmet=lost",
    )),
    "tree": ("m07_three_retailers", "tree of base stocks", (
        "nodes.shop_1.stock.part.policy.level=2.5",
        "nodes.shop_1.stock.part.review={interval: 1}",
        "nodes.shop_1.demand.part.size=2",
        "nodes.shop_1.demand.part.unmet=lost",
        "nodes.warehouse.stock.part.allocation={kind: proportional}",
        "nodes.warehouse.stock.part.policy={kind: reorder_point, reorder_point: 2, order_quantity: 2}",
        "lanes.1.lead_time={dist: exponential, mean: 1}",
        "lanes.1.cancel_after=2",
    )),
    "assembly": ("m09_assembly", "assembly of base stocks", (
        "nodes.factory.stock.body.policy.level=7.5",
        "nodes.factory.demand.pump.size=2",
        "nodes.factory.demand.body={kind: compound_poisson, rate: 1}",
        "lanes.0.lead_time={dist: exponential, mean: 1}",
        "nodes.foundry.capacity=6",
    )),
    "limited supplier": ("s14_supplier_capacity", "capacitated base stock", (
        "nodes.works.capacity=5",
        "nodes.works.capacity=6.5",
        "nodes.works.yield=0.9",
        f"{SHOP}.policy.level=10.5",
        f"{SHOP}.review={{interval: 2}}",
    )),
    "M/M/1": ("q01_single_machine", "M/M/1", (
        "nodes.works.demand.item.rate=1",
        "nodes.works.demand.item.size=2",
        "nodes.works.resources.machine.setup_time=0.1",
        "nodes.works.resources.machine.breakdowns={time_between: 50, repair_time: 1}",
        "nodes.works.make.item.stages.0.scrap=0.1",
        "nodes.works.make.item.stages.0.time=1",
    )),
    "two machines": ("q06_two_machines", "M/M/1 -> M/M/1", (
        "nodes.works.make.item.stages.1.time=1.5",
        "nodes.works.make.item.stages.1.buffer=3",
        "nodes.works.make.item.stages.1.resource=first\nnodes.works.resources={first: {}}",
    )),
    "clerks": ("s16_single_server", "M/M/1 clerks, then a base stock", (
        "nodes.works.clerks.order_processing.time=1",
        f"{DEMAND}.size=2",
        "lanes.0.lead_time={dist: exponential, mean: 2}",
    )),
    "bullwhip": ("b01_moving_average", "order up to", (
        f"{SHOP}.policy.rounding=half_up",
        f"{SHOP}.policy.order_multiple=10",
        f"{SHOP}.review={{interval: 2}}",
        f"{SHOP}.policy={{kind: order_up_to, forecast: {{kind: holt, weight: 0.2, trend_weight: 0.1}}}}",
        f"{DEMAND}={{kind: normal, mean: 100, sd: 40}}",
        f"{DEMAND}={{kind: step, before: 100, after: 120, at: 100}}",
        f"{DEMAND}.unmet=lost",
        "nodes.supplier.capacity=110",
        "time.bucket=2",
    )),
}  # fmt: skip
ROWS = [(name, change) for name, (_, _, changes) in BASES.items() for change in changes]


def models(scenario: str, *changes: str) -> set[str]:
    """Return the names of the models that are recognised."""
    return {row.model.split(", ")[0] for row in recognise(load(SCENARIOS / f"{scenario}.yaml", changes).network)}


@pytest.mark.parametrize("name", BASES)
def test_formula_speaks_where_it_holds(name: str) -> None:
    """Tests that the scenario as it stands is recognised, so that silence below is due to the change."""
    scenario, model, _ = BASES[name]
    assert model.split(", ")[0] in models(scenario)


@pytest.mark.parametrize(("name", "change"), ROWS, ids=lambda value: str(value))
def test_formula_is_silent_where_it_does_not_hold(name: str, change: str) -> None:
    """Tests that one change to which the formula has no answer silences it."""
    scenario, model, _ = BASES[name]
    assert model.split(", ")[0] not in models(scenario, *change.split("\n"))


@pytest.mark.long
def test_shipped_scenarios_are_recognised_or_left_in_peace(scenarios: Path) -> None:
    """Tests that no shipped scenario breaks a recogniser, and that the textbook ones are known."""
    known = {path.stem for path in sorted(scenarios.rglob("*.yaml")) if recognise(load(path).network)}
    assert {"newsvendor", "reorder_point", "min_max", "three_stage_chain", "assembly", "lead_times"} <= known
    assert not {"fire", "yield", "fresh_lane", "split"} & known


@pytest.mark.parametrize(
    "name",
    [
        "disruption/fire", "distribution/all_or_nothing", "distribution/fresh_lane", "distribution/lateral",
        "policies/kanban", "policies/order_details", "procurement/split", "procurement/yield",
    ],
)  # fmt: skip
def test_nothing_is_said_of_what_no_formula_covers(scenarios: Path, name: str) -> None:
    """Tests that shipped scenarios of disruptions, loads, shelf lives, yields and many sources are left in peace."""
    assert recognise(load(scenarios / f"{name}.yaml").network) == ()


@pytest.mark.parametrize(
    "changes",
    [
        (f"{DEMAND}={{kind: poisson, mean: 1e5}}", f"{SHOP}.policy.maximum=1e6"),
        (f"{DEMAND}={{kind: poisson, mean: 1e4}}", "lanes.0.lead_time=5000"),
        (f"{DEMAND}={{kind: compound_poisson, rate: 0.5, size: 20000}}", f"{SHOP}.review=continuous"),
    ],
)
def test_what_is_too_large_to_be_summed_is_left_out(changes: tuple[str, ...]) -> None:
    """Tests that laws over very many units are left out rather than summed for minutes."""
    assert models("s07_min_max", *changes) <= {"Little's law"}
