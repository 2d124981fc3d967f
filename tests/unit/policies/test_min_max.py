"""Minimum and maximum: when an order is triggered, and how far it goes."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import ValidationError

from scmsim.policies.base import Plan
from scmsim.policies.levels import economic_order_quantity, safety_factor
from scmsim.policies.min_max import MinMax
from scmsim.policies.view import View

levels = st.integers(-1000, 1000)


@given(minimum=levels, maximum=levels, net_stock=levels, on_order=st.integers(0, 1000))
def test_the_position_never_stays_at_or_below_the_minimum(
    minimum: int, maximum: int, net_stock: int, on_order: int
) -> None:
    """Tests that a triggered order lifts the position to the maximum, and that nothing else is ordered."""
    assume(minimum < maximum)
    quantity, _ = MinMax(minimum=minimum, maximum=maximum).decide(None, View(net_stock, on_order, 0))
    position = net_stock + on_order
    assert position + quantity == (maximum if position <= minimum else position)
    assert position + quantity > minimum


@pytest.mark.known_answer("policy:min_max")
@pytest.mark.known_answer("policy.trigger:at_or_below")
@pytest.mark.known_answer("policy.trigger:below")
@pytest.mark.parametrize(("trigger", "ordered"), [("at_or_below", 6.0), ("below", 0.0)])
def test_the_trigger_at_the_minimum(trigger: str, ordered: float) -> None:
    """Tests that a position equal to the minimum triggers unless the trigger is below."""
    policy = MinMax(minimum=4, maximum=10, trigger=trigger)  # type: ignore[arg-type]
    assert policy.decide(None, View(4, 0, 0))[0] == ordered
    assert policy.decide(None, View(3, 0, 0))[0] == 7.0


def test_levels_from_a_service_level(plan: Plan) -> None:
    """Tests that the minimum covers the protection time and the maximum is one economic order quantity above."""
    prepared = MinMax(service_level=0.95, trigger="below").prepare(plan)
    assert isinstance(prepared, MinMax)
    lot = economic_order_quantity(50, 16, 0.18)
    assert prepared.minimum is not None
    assert prepared.minimum == pytest.approx(250 + safety_factor(0.95) * 8 * 5**0.5)
    assert prepared.maximum == pytest.approx(prepared.minimum + lot)
    assert prepared.trigger == "below"
    assert "maximum − minimum 94.28 = √(2 × 16 × 50 / 0.18) (economic order quantity" in prepared.describe()


def test_a_fill_rate_asks_for_less_when_lots_are_large(plan: Plan) -> None:
    """Tests that the same fill rate needs a lower minimum when an order cost makes lots larger."""
    small, large = (MinMax(fill_rate=0.95).prepare(plan._replace(order_cost=cost)) for cost in (1, 100))
    assert isinstance(small, MinMax)
    assert isinstance(large, MinMax)
    assert small.minimum is not None
    assert large.minimum is not None
    assert large.minimum < small.minimum


@pytest.mark.parametrize(
    ("ways", "message"),
    [
        ({}, "give minimum and maximum, or service_level, or fill_rate: found none"),
        ({"minimum": 4.0}, "give minimum and maximum together: found minimum without maximum"),
        ({"maximum": 4.0}, "give minimum and maximum together: found maximum without minimum"),
        ({"minimum": 4.0, "maximum": 3.0}, "maximum should not be below minimum: found 3 below 4"),
        ({"minimum": 4.0, "maximum": 9.0, "fill_rate": 0.9}, "found minimum and maximum and fill_rate"),
        ({"minimum": 4.0, "maximum": 9.0, "trigger": "above"}, "'at_or_below' or 'below'"),
    ],
)
def test_one_way_of_giving_the_levels(ways: dict[str, float], message: str) -> None:
    """Tests that levels which are missing, doubled or crossed are refused with what was found."""
    with pytest.raises(ValidationError, match=message):
        MinMax(**ways)  # type: ignore[arg-type]


def test_open_levels(plan: Plan) -> None:
    """Tests that open levels do not decide, and that a plan without costs cannot close them."""
    policy = MinMax(service_level=0.9)
    assert policy.describe() == "orders up to an open maximum at an open minimum"
    with pytest.raises(ValueError, match="min_max's levels are open"):
        policy.decide(None, View(0, 0, 0))
    with pytest.raises(ValueError, match="needs mean demand, order_cost and holding_cost above 0"):
        policy.prepare(plan._replace(order_cost=0))
    with pytest.raises(ValueError, match="needs the mean of demand, and a demand on this stock does not state it"):
        policy.prepare(plan._replace(demand_mean=None))
