"""Base stock: the position is restored, and levels come from the textbook."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from scmsim.policies.base import Plan
from scmsim.policies.base_stock import BaseStock
from scmsim.policies.levels import unit_normal_loss
from scmsim.policies.view import View


@given(level=st.integers(-1000, 1000), net_stock=st.integers(-1000, 1000), on_order=st.integers(0, 1000))
def test_the_position_is_restored(level: int, net_stock: int, on_order: int) -> None:
    """Tests that net stock + on order + the order is the level, unless it is above it already."""
    quantity, _ = BaseStock(level=level).decide(None, View(net_stock, on_order, 0))
    assert net_stock + on_order + quantity == max(level, net_stock + on_order)


@pytest.mark.known_answer("policy:base_stock")
@pytest.mark.known_answer("policy.service_level:optimal")
def test_the_optimal_level_of_snyder_and_shen(plan: Plan) -> None:
    """Tests example 4.4 of Snyder & Shen: h = 0.18, p = 0.70, N(50, 8²), order first, lead time 4: S* = 264.767."""
    prepared = BaseStock(service_level="optimal").prepare(plan)
    assert isinstance(prepared, BaseStock)
    assert prepared.level == pytest.approx(264.767, abs=5e-4)
    assert prepared.describe() == (
        "orders up to base stock 264.8; base stock 264.8 = 250 + 0.8255 × 8 × √5, critical ratio 0.7955 "
        "(normal approximation, Snyder & Shen §4.3)"
    )


def test_demand_first_covers_one_period_less(plan: Plan) -> None:
    """Tests that reviews after demand with one period more of lead time give the same level (CASES §0)."""
    first = BaseStock(service_level=0.9).prepare(plan)
    assert BaseStock(service_level=0.9).prepare(plan._replace(before_demand=False, lead_time=5)) == first


def test_a_random_lead_time_raises_the_level(plan: Plan) -> None:
    """Tests √(τσ² + mean²·sd²) and that the formula is shown."""
    prepared = BaseStock(service_level=0.9).prepare(plan._replace(lead_time_sd=1.5))
    assert isinstance(prepared, BaseStock)
    assert prepared.level == pytest.approx(250 + 1.2815516 * math.sqrt(5 * 64 + 75**2))
    assert "√(5 × 8² + 50² × 1.5²)" in prepared.note


def test_a_fill_rate_counts_units_of_a_review_interval(plan: Plan) -> None:
    """Tests that the units short per interval are 2 % of its mean demand."""
    prepared = BaseStock(fill_rate=0.98).prepare(plan)
    assert isinstance(prepared, BaseStock)
    assert prepared.level is not None
    sd = 8 * math.sqrt(5)
    assert sd * unit_normal_loss((prepared.level - 250) / sd) == pytest.approx(0.02 * 50)


def test_a_fill_rate_under_continuous_review_is_the_chance_of_stock(plan: Plan) -> None:
    """Tests that unit-sized demand is served at once when there is stock (Zipkin ch. 6)."""
    continuous = plan._replace(interval=0)
    filled, served = BaseStock(fill_rate=0.95).prepare(continuous), BaseStock(service_level=0.95).prepare(continuous)
    assert filled == served


def test_without_protection_time_nothing_is_kept(plan: Plan) -> None:
    """Tests that a stock replenished at once after demand needs no level."""
    prepared = BaseStock(service_level=0.95).prepare(plan._replace(lead_time=0, before_demand=False))
    assert isinstance(prepared, BaseStock)
    assert prepared.level == 0


@pytest.mark.parametrize(
    ("ways", "message"),
    [
        ({}, "give level, or service_level, or fill_rate: found none"),
        ({"level": 1.0, "service_level": 0.9}, "found level and service_level"),
        ({"level": 1.0, "service_level": 0.9, "fill_rate": 0.9}, "found level and service_level and fill_rate"),
        ({"service_level": 1.0}, "a number between 0 and 1, both excluded, or 'optimal'"),
        ({"service_level": "best"}, "a number between 0 and 1, both excluded, or 'optimal'"),
        ({"service_level": True}, "a number between 0 and 1, both excluded, or 'optimal'"),
        ({"service_level": float("nan")}, "a number between 0 and 1, both excluded, or 'optimal'"),
        ({"fill_rate": 0.0}, "greater than 0"),
        ({"level": float("inf")}, "finite number"),
    ],
)
def test_one_way_of_giving_the_level(ways: dict[str, float], message: str) -> None:
    """Tests that none, several or impossible ways are refused with what was found."""
    with pytest.raises(ValidationError, match=message):
        BaseStock(**ways)  # type: ignore[arg-type]


def test_unknown_demand_and_costs(plan: Plan) -> None:
    """Tests that the plan's gaps are named, with the way out."""
    with pytest.raises(
        ValueError, match="service_level needs the mean and standard deviation of demand.*give the level"
    ):
        BaseStock(service_level=0.9).prepare(plan._replace(demand_sd=None))
    with pytest.raises(ValueError, match="fill_rate needs the mean and standard deviation"):
        BaseStock(fill_rate=0.9).prepare(plan._replace(demand_mean=None))
    with pytest.raises(ValueError, match="fill_rate needs a mean demand above 0: found 0"):
        BaseStock(fill_rate=0.9).prepare(plan._replace(demand_mean=0))
    with pytest.raises(ValueError, match="optimal needs backorder_cost and holding_cost above 0"):
        BaseStock(service_level="optimal").prepare(plan._replace(backorder_cost=0))


def test_an_open_level_does_not_decide() -> None:
    """Tests that a policy that was not prepared says so."""
    policy = BaseStock(service_level=0.9)
    assert policy.describe() == "orders up to an open base stock"
    with pytest.raises(ValueError, match=r"base_stock's level is open: prepare\(plan\) computes it"):
        policy.decide(None, View(0, 0, 0))


def test_a_given_level_needs_no_plan(plan: Plan) -> None:
    """Tests that nothing is computed for a level that is given, however little is known."""
    policy = BaseStock(level=7)
    assert policy.prepare(plan._replace(demand_mean=None, demand_sd=None)) is policy
