"""Textbook formulas, against printed numbers and independent computations."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scmsim.policies.levels import (
    Moments,
    critical_ratio,
    demand_over,
    economic_order_quantity,
    inverse_unit_normal_loss,
    level_for_fill_rate,
    safety_factor,
    unit_normal_loss,
)


def test_newsvendor_of_snyder_and_shen() -> None:
    """Tests example 4.1 of Snyder & Shen: N(50, 8²), h = 0.18, p = 0.70, S* = 56.604."""
    assert 50 + safety_factor(critical_ratio(0.70, 0.18)) * 8 == pytest.approx(56.604, abs=5e-4)


@pytest.mark.parametrize(
    ("z", "printed"), [(0.0, 0.3989), (0.5, 0.1978), (1.0, 0.0833), (2.0, 0.0085), (-1.0, 1.0833), (3.0, 0.0004)]
)
def test_unit_normal_loss_of_printed_tables(z: float, printed: float) -> None:
    """Tests the four digits that textbooks print."""
    assert unit_normal_loss(z) == pytest.approx(printed, abs=5e-5)


@given(z=st.floats(-30, 6))
def test_unit_normal_loss_is_inverted(z: float) -> None:
    """Tests that the inverse of the loss is the safety factor it came from."""
    assert inverse_unit_normal_loss(unit_normal_loss(z)) == pytest.approx(z, abs=1e-6)


@given(z=st.floats(-8, 8))
def test_unit_normal_loss_is_symmetric_but_for_z(z: float) -> None:
    """Tests the identity L(−z) = L(z) + z."""
    assert unit_normal_loss(-z) == pytest.approx(unit_normal_loss(z) + z, abs=1e-12)


@given(demand=st.floats(0.1, 1e5), order=st.floats(0.1, 1e5), holding=st.floats(0.01, 1e3))
def test_economic_order_quantity_balances_its_costs(demand: float, order: float, holding: float) -> None:
    """Tests that ordering cost and holding cost are equal at the optimum."""
    lot = economic_order_quantity(demand, order, holding)
    assert order * demand / lot == pytest.approx(holding * lot / 2)


def test_demand_over_a_random_lead_time() -> None:
    """Tests τσ² + mean²·Var(τ) for τ = 4, σ = 8, mean = 50, sd(τ) = 1."""
    assert demand_over(Moments(50, 8), 4, 1.0) == Moments(200, math.sqrt(4 * 64 + 2500))


@given(fill_rate=st.floats(0.5, 0.9999), sd=st.floats(1, 100), lot=st.floats(1, 1000))
def test_the_level_leaves_the_stated_share_short(fill_rate: float, sd: float, lot: float) -> None:
    """Tests that sd × L(z) at the level is (1 − fill rate) × lot."""
    z = (level_for_fill_rate(fill_rate, Moments(200, sd), lot) - 200) / sd
    assert sd * unit_normal_loss(z) == pytest.approx((1 - fill_rate) * lot, rel=1e-6)


def test_the_level_for_certain_demand() -> None:
    """Tests that demand without variance leaves exactly the permitted shortage."""
    assert level_for_fill_rate(0.9, Moments(200, 0), 50) == pytest.approx(195)


@pytest.mark.parametrize("costs", [(0, 8, 1), (10, 0, 1), (10, 8, 0)])
def test_no_economic_order_quantity(costs: tuple[float, float, float]) -> None:
    """Tests that a missing cost or demand is named instead of a lot of 0 or infinity."""
    with pytest.raises(ValueError, match="needs mean demand, order_cost and holding_cost above 0"):
        economic_order_quantity(*costs)


@pytest.mark.parametrize("costs", [(0, 1), (1, 0)])
def test_no_critical_ratio(costs: tuple[float, float]) -> None:
    """Tests that a ratio of 0 or 1, which no finite level has, is refused."""
    with pytest.raises(ValueError, match="optimal needs backorder_cost and holding_cost above 0"):
        critical_ratio(*costs)


def test_no_inverse_of_a_loss_of_zero() -> None:
    """Tests that no safety factor is returned for no shortage at all."""
    with pytest.raises(ValueError, match="a unit normal loss is above 0: found 0"):
        inverse_unit_normal_loss(0)
