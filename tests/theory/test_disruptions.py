"""Disruptions (R01-R03): what policies cost where suppliers fail, and how long stocks last, by published formulas."""

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


@pytest.mark.known_answer("occurrence:renewal")
def test_lots_against_failures(laboratory: Any) -> None:
    """Tests R02: the cost of the best order quantity with disruptions, within what demands of a hundredth of it make.

    Stock that falls in steps of v lies up to v above the fluid's, v / 2 on average, which costs h v / 2; of what a
    failure loses, a step more or less is lost, at p v and at most one failure's stock-out per cycle.
    """
    found = laboratory.estimate("r02_lots", "cost_per_period", "shop")
    step, cycles, rate = 0.240663, 30 / 24.0663, 1 / 13
    bound = 4 * step / 2 + 22 * step * cycles * rate
    assert 0 < found.standard_error <= 0.005 * laboratory.width * 96.26659
    assert abs(found.mean - 96.26659) <= 3 * found.standard_error + bound


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
