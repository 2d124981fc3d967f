"""Reorder point: the fewest lots that lift the position above it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from scmsim.policies.base import Plan
from scmsim.policies.levels import economic_order_quantity, unit_normal_loss
from scmsim.policies.reorder_point import ReorderPoint
from scmsim.policies.view import View

levels = st.integers(-1000, 1000)


@given(point=levels, lot=st.integers(1, 50), net_stock=levels, on_order=st.integers(0, 1000), below=st.booleans())
def test_the_fewest_lots_above_the_point(point: int, lot: int, net_stock: int, on_order: int, below: bool) -> None:
    """Tests that the position ends within one lot above the point (with trigger below: from the point on)."""
    policy = ReorderPoint(reorder_point=point, order_quantity=lot, trigger="below" if below else "at_or_below")
    quantity, _ = policy.decide(None, View(net_stock, on_order, 0))
    position = net_stock + on_order
    after = position + quantity
    assert quantity % lot == 0
    assert after >= point if below else after > point
    assert quantity == 0 or (after - lot < point if below else after - lot <= point)


@pytest.mark.known_answer("policy:reorder_point")
@pytest.mark.parametrize(
    ("trigger", "net_stock", "ordered"), [("at_or_below", 3, 5), ("below", 3, 0), ("below", -2, 5)]
)
def test_the_trigger_at_the_point(trigger: str, net_stock: float, ordered: float) -> None:
    """Tests that with trigger below, a position at the point neither triggers nor needs one more lot."""
    policy = ReorderPoint(reorder_point=3, order_quantity=5, trigger=trigger)  # type: ignore[arg-type]
    assert policy.decide(None, View(net_stock, 0, 0))[0] == ordered


def test_fractional_lots_do_not_stumble_over_rounding() -> None:
    """Tests that three lots of 0.1 lift 0 above 0.2, where 0.2 / 0.1 and 0.3 / 0.1 round differently."""
    policy = ReorderPoint(reorder_point=0.2, order_quantity=0.1)
    assert policy.decide(None, View(0, 0, 0))[0] == pytest.approx(0.3)
    below = ReorderPoint(reorder_point=0.3, order_quantity=0.1, trigger="below")
    assert below.decide(None, View(0, 0, 0))[0] == pytest.approx(0.3)


def test_levels_from_a_fill_rate(plan: Plan) -> None:
    """Tests that the units short per cycle are 2 % of the economic order quantity."""
    prepared = ReorderPoint(fill_rate=0.98).prepare(plan)
    assert isinstance(prepared, ReorderPoint)
    assert prepared.reorder_point is not None
    lot, sd = economic_order_quantity(50, 16, 0.18), 8 * 5**0.5
    assert prepared.order_quantity == pytest.approx(lot)
    assert sd * unit_normal_loss((prepared.reorder_point - 250) / sd) == pytest.approx(0.02 * lot)
    assert "order quantity 94.28 = √(2 × 16 × 50 / 0.18)" in prepared.describe()


def test_what_is_given_is_kept(plan: Plan) -> None:
    """Tests that only what is open is computed."""
    lots = ReorderPoint(service_level=0.9, order_quantity=30).prepare(plan)
    assert isinstance(lots, ReorderPoint)
    assert lots.order_quantity == 30
    point = ReorderPoint(reorder_point=7).prepare(plan)
    assert isinstance(point, ReorderPoint)
    assert point.reorder_point == 7
    assert point.order_quantity == pytest.approx(economic_order_quantity(50, 16, 0.18))
    given = ReorderPoint(reorder_point=7, order_quantity=30)
    assert given.prepare(plan._replace(demand_mean=None)) is given


@pytest.mark.parametrize(
    ("ways", "message"),
    [
        ({"order_quantity": 5.0}, "give reorder_point, or service_level, or fill_rate: found none"),
        ({"reorder_point": 5.0, "fill_rate": 0.9}, "found reorder_point and fill_rate"),
        ({"reorder_point": 5.0, "order_quantity": 0.0}, "greater than 0"),
    ],
)
def test_one_way_of_giving_the_point(ways: dict[str, float], message: str) -> None:
    """Tests that a missing or doubled reorder point is refused with what was found."""
    with pytest.raises(ValidationError, match=message):
        ReorderPoint(**ways)  # type: ignore[arg-type]


def test_open_levels() -> None:
    """Tests that open levels do not decide."""
    policy = ReorderPoint(service_level=0.9)
    assert policy.describe() == "orders lots at a reorder point, not both known yet"
    with pytest.raises(ValueError, match="reorder_point's levels are open"):
        policy.decide(None, View(0, 0, 0))
