"""Economic lot sizes (S03): the textbook's cost of a fluid that flows evenly, met by demand in small lots.

Stock that falls in lots of v lies above the fluid's by 0 to v, half a lot on average, and what is owed lies as much
below; stock that comes in lots of w lies half of w higher still. The cost differs from the fluid's by at most these
halves at their rates, whatever the order quantity, and by nothing else when the run is whole cycles.
"""

from pathlib import Path
from typing import NamedTuple

import pytest

import scmsim

SCENARIOS = Path(__file__).parent / "scenarios"
WEEKS = 52
HOURS = 100
STOCK = "nodes.shop.stock.item"


class Cost(NamedTuple):
    """What an order quantity costs: by the engine, by the formula for a fluid, and how far these may be apart."""

    simulated: float
    fluid: float
    bound: float


def cost_of(name: str, cycles: float, interval: float, *changes: str) -> float:
    """Run whole cycles of a scenario, given in lots of demand, and return the cost per time unit."""
    scenario = scmsim.load(SCENARIOS / f"{name}.yaml", (f"time.horizon={cycles * interval:.10g}", *changes))
    values = scmsim.run(scenario, record="summary").values
    rows = values[(values.metric == "cost_per_period") & (values.node == "shop") & values["product"].notna()]
    return float(rows["value"].iloc[0])


def bought(quantity: float, owed: float = 0.0, backorder_cost: float = 0.0, lot: float = 0.0625) -> Cost:
    """Return the yearly cost of buying a quantity whenever so much is owed (K = 8, h = 0.225, 1300 a year)."""
    interval = lot * WEEKS / 1300
    simulated = cost_of(
        "s03_economic_order_quantity",
        quantity / lot,
        interval,
        f"nodes.shop.demand.item={{kind: constant, value: {lot}, interval: {interval:.10g}}}",
        f"{STOCK}.initial={quantity - owed:.10g}",
        f"{STOCK}.backorder_cost={backorder_cost / WEEKS!r}",
        f"{STOCK}.policy={{kind: reorder_point, reorder_point: {-owed:.10g}, order_quantity: {quantity}}}",
    )
    kept = quantity - owed
    fluid = 8 * 1300 / quantity + (0.225 * kept**2 + backorder_cost * owed**2) / (2 * quantity)
    bound = lot / 2 * (0.225 * kept + backorder_cost * owed) / quantity
    return Cost(WEEKS * simulated, fluid, bound)


def made(quantity: float) -> Cost:
    """Return the cost per period of making a quantity when there is nothing (K = 4, h = 0.08, 80 sold, 110 made)."""
    simulated = cost_of(
        "s03_economic_production_quantity", quantity / 0.0625, 0.078125, f"{STOCK}.policy.order_quantity={quantity}"
    )
    fluid = 4 * 80 / quantity + 0.08 * quantity * (1 - 80 / 110) / 2
    return Cost(HOURS * simulated, fluid, 0.08 * (0.0625 + 0.0859375) / 2)


@pytest.mark.known_answer("policy:reorder_point")
def test_economic_order_quantity() -> None:
    """Tests that the best quantity of 304.047 costs 68.4105, half a lot held apart, and its neighbours more."""
    fewer, best, more = (bought(quantity) for quantity in (273.625, 304.0625, 334.4375))
    assert best.simulated == pytest.approx(68.4105, abs=best.bound + 5e-5)
    for cost in (fewer, best, more):
        assert 0 <= cost.simulated - cost.fluid <= cost.bound + 1e-9
    assert best.simulated + 4 * best.bound < min(fewer.simulated, more.simulated)


@pytest.mark.known_answer("policy:reorder_point")
def test_the_quantity_that_is_not_given_is_the_economic_one() -> None:
    """Tests that a reorder point without a quantity orders 304.047."""
    scenario = scmsim.load(SCENARIOS / "s03_economic_order_quantity.yaml")
    (ordered,) = scmsim.run(scenario.set(f"{STOCK}.policy={{kind: reorder_point, reorder_point: 0}}")).orders.quantity
    assert ordered == pytest.approx(304.047, abs=5e-4)


def test_what_lots_cost_beyond_the_fluid_is_in_proportion_to_them() -> None:
    """Tests that lots eight and thirty-two times as large cost half a lot's stock more than a fluid."""
    for lot in (0.5, 2.0):
        cost = bought(304.0, lot=lot)
        assert cost.simulated - cost.fluid == pytest.approx(0.225 * lot / 2, rel=1e-6)


@pytest.mark.known_answer("policy:reorder_point")
def test_economic_order_quantity_with_backorders() -> None:
    """Tests that owing 4.306 % of 310.813 costs 66.9214, and less than owing or ordering more or less."""
    best = bought(310.8125, 13.375, 5)
    assert best.simulated == pytest.approx(66.9214, abs=best.bound)
    for quantity, owed in ((279.75, 13.375), (341.875, 13.375), (310.8125, 3.375), (310.8125, 23.375)):
        cost = bought(quantity, owed, 5)
        assert abs(cost.simulated - cost.fluid) <= cost.bound
        assert cost.simulated > best.simulated + 2 * best.bound


@pytest.mark.known_answer("node.capacity")
def test_economic_production_quantity() -> None:
    """Tests that the best quantity to make of 171.270 costs 3.73679, small lots apart, and its neighbours more."""
    fewer, best, more = (made(quantity) for quantity in (136.8125, 171.1875, 213.8125))
    assert best.simulated == pytest.approx(3.73679, abs=best.bound)
    for cost in (fewer, best, more):
        assert 0 <= cost.simulated - cost.fluid <= cost.bound
    assert best.simulated + 2 * best.bound < min(fewer.simulated, more.simulated)
