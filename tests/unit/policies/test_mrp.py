"""Material requirements planning: what is needed for what is planned, level by level, period by period."""

from pathlib import Path

import pytest

import scmsim
from scmsim.policies.base import Plan
from scmsim.policies.mrp import Mrp
from scmsim.policies.view import Told, View

EXAMPLE = Path(__file__).parents[3] / "scenarios" / "production" / "mrp.yaml"


def prepared(**parameters) -> Mrp:
    """Return a policy for a weekly review and a lead time of two weeks."""
    return Mrp(**parameters).prepare(Plan(None, None, 2.0, 0.0, 1.0, False, 0.0, 0.0, 0.0))


@pytest.mark.known_answer("policy:mrp")
def test_requirements_are_netted_and_released_their_lead_time_earlier() -> None:
    """Tests by hand 25 on hand and 30 due next week against 0, 20, 20, 20, 20: 15 and 20 short in weeks 3 and 4.

    With two weeks' lead time 5 for week three are released next week, 20 for week four the week after.
    """
    policy = prepared(horizon=4)
    needed = Told(receipts=((1.0, 30.0),), requirements=(0.0, 20.0, 20.0, 20.0, 20.0))
    view = View(net_stock=25.0, on_order=30.0, demand=0.0, told=needed)
    quantity, state = policy.decide(policy.start(), view)
    assert quantity == 0
    assert policy.releases(state, view)[:4] == (0.0, 5.0, 20.0, 0.0)


def test_what_is_ordered_now_is_not_planned_any_more() -> None:
    """Tests by hand 20 a week with nothing on hand: 40 are ordered at once for weeks one and two, 20 a week follow."""
    policy = prepared(horizon=3, forecast={"kind": "constant", "value": 20})
    view = View(net_stock=0.0, on_order=0.0, demand=0.0)
    quantity, state = policy.decide(policy.start(), view)
    assert quantity == 40
    assert policy.releases(state, view) == (0.0, 20.0, 20.0, 20.0)


@pytest.mark.known_answer("policy:mrp")
def test_a_forecast_is_exploded_over_three_levels() -> None:
    """Tests by hand that 10 carts from week 7 on mean carts at 6, wheels at 4 and rubber at 1: 10, 40 and 80 a week."""
    orders = scmsim.run(scmsim.load(EXAMPLE)).orders
    first = orders.groupby("product")[["time", "quantity"]].first()
    assert first.loc[["cart", "wheel", "rubber"]].to_numpy().tolist() == [[6, 10], [4, 40], [1, 80]]
    assert orders.groupby("product")["quantity"].nunique().eq(1).all()


def test_reviews_at_other_times_know_how_old_a_plan_is() -> None:
    """Tests that a component reviewed every second week orders the same in all, and that nothing comes too late."""
    rarely = scmsim.load(EXAMPLE, ["nodes.works.stock.rubber.review={interval: 2}"])
    result = scmsim.run(rarely)
    rubber = result.orders.query("product == 'rubber'")
    assert rubber["quantity"].iloc[2:].eq(160).all()
    carts = result.kpis.query("metric == 'fill_rate' and node == 'works' and product == 'cart'")
    assert carts["mean"].tolist() == [1.0]
