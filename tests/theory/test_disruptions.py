"""Disruptions (R01-R03): what policies cost where suppliers fail, and how long stocks last, by published formulas."""

from dataclasses import dataclass, replace
from math import exp, expm1
from typing import Any

import pytest


@pytest.mark.known_answer("occurrence:markov")
@pytest.mark.parametrize(("level", "expected", "horizon"), [(8000, 2737.068966, 24200), (1200, 5710.345, 15200)])
def test_base_stock_against_failures(laboratory: Any, level: int, expected: float, horizon: int) -> None:
    """Tests R01: the cost of a base-stock level where the supplier fails and recovers as a Markov process."""
    stock = "nodes.shop.stock.item"
    changes = (f"{stock}.policy.level={level}", f"{stock}.initial={level}", f"time.horizon={horizon}")
    found = laboratory.estimate("r01_disruptions", "cost_per_period", "shop", changes)
    laboratory.check(found, expected, width=0.005)


@dataclass(frozen=True, kw_only=True)
class Lots:
    """An order quantity where the supplier fails, the steps it is asked for in, and what it costs per year."""

    quantity: float
    steps: int
    horizon: int
    demand: float
    order_cost: float
    holding_cost: float
    lost_sale_cost: float
    failures: float
    recoveries: float
    expected: float

    @property
    def step(self) -> float:
        """What is asked for at a time."""
        return self.quantity / self.steps

    @property
    def changes(self) -> tuple[str, ...]:
        """The changes that make it of the scenario."""
        stock, ask, when = "nodes.shop.stock.item", "nodes.shop.demand.item", "disruptions.failure.when"
        return (
            f"time.horizon={self.horizon}",
            f"{stock}.initial={self.quantity}",
            f"{stock}.policy.order_quantity={self.quantity}",
            f"{stock}.holding_cost={self.holding_cost}",
            f"{stock}.order_cost={self.order_cost}",
            f"{ask}.value={self.step}",
            f"{ask}.interval={self.step / self.demand}",
            f"{ask}.lost_sale_cost={self.lost_sale_cost}",
            f"{when}.up.mean={1 / self.failures}",
            f"{when}.down.mean={1 / self.recoveries}",
        )

    @property
    def cost(self) -> float:
        """What it costs per year with demands of a step, by renewal reward; with small steps that of the fluid.

        An order that finds the supplier down waits W, exponential: of the demands at multiples of the interval it
        loses so many as fit into W, and comes U after the last of them, so that the lot lies there for that much less.
        """
        interval = self.step / self.demand
        met = exp(-self.recoveries * interval)
        lost, late = met / (1 - met), 1 / self.recoveries - interval * met / (1 - met)
        share, both = self.failures / (self.failures + self.recoveries), self.failures + self.recoveries
        left = exp(-both * self.steps * interval)
        after_wait = self.recoveries * expm1(self.failures * interval) / self.failures / (1 - met)
        down, down_again = share * (1 - left), share * (1 - left * after_wait)
        waits = down / (1 + down - down_again)
        held = self.quantity * interval * (self.steps + 1) / 2 - waits * self.quantity * late
        cost = self.order_cost + self.holding_cost * held + self.lost_sale_cost * self.step * waits * lost
        return cost / (self.steps + waits * lost) / interval


EXAMPLE_9_1 = Lots(
    quantity=772.811,
    steps=10,
    horizon=602,
    demand=1300,
    order_cost=8,
    holding_cost=0.225,
    lost_sale_cost=5,
    failures=1.5,
    recoveries=14,
    expected=173.950003,
)
PROBLEM_9_8 = Lots(
    quantity=24.0663,
    steps=100,
    horizon=32,
    demand=30,
    order_cost=35,
    holding_cost=4,
    lost_sale_cost=22,
    failures=1,
    recoveries=12,
    expected=96.26659,
)


@pytest.mark.known_answer("occurrence:renewal")
@pytest.mark.parametrize("lots", [EXAMPLE_9_1, PROBLEM_9_8], ids=["example-9.1", "problem-9.8"])
def test_lots_against_failures(laboratory: Any, lots: Lots) -> None:
    """Tests R02: the cost of the best order quantity with disruptions, for steps whose limit is the published value."""
    assert replace(lots, steps=10**6).cost == pytest.approx(lots.expected, rel=1e-5)
    found = laboratory.estimate("r02_lots", "cost_per_period", "shop", lots.changes)
    laboratory.check(found, lots.cost, width=0.005)


@pytest.mark.known_answer("scenario.measures", "resilience.failure", "resilience.recovery", "measures.resilience")
def test_time_to_survive(laboratory: Any) -> None:
    """Tests R03: 900 units and 40 a day last 22.5 days at 80 a day, then the poorer product loses 300, at 20 each.

    Demand comes in steps of a tenth of a day, so times may be one step off, and quantities one step's demand of 8.
    """
    values = laboratory.run("r03_time_to_survive").values
    chain = values[values.node.isna() & values["product"].isna() & values.segment.isna()].set_index("metric")["value"]
    assert abs(chain["time_to_survive"] - 22.5) <= 0.1 + 1e-9
    assert abs(chain["units_lost"] - 300) <= 8
    assert abs(chain["lost_sale_cost"] - 6000) <= 8 * 20
    rich = values[(values.node == "plant") & (values["product"] == "rich")].set_index("metric")["value"]
    assert rich["fill_rate_during_disruptions"] == 1.0
