"""Distribution requirements planning: records worked by hand, and decisions that follow them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from scmsim.policies.base import Plan
from scmsim.policies.drp import Drp
from scmsim.policies.forecasting import Ar1Mmse, Constant, Planned
from scmsim.policies.netting import fixed_period, fixed_quantity, lot_for_lot, netted
from scmsim.policies.view import Told, View

WAREHOUSE = Drp(forecast=Constant(value=20), lead_time=2, lot_sizing="fixed_quantity", lot_size=60, safety_stock=20)


@pytest.mark.known_answer("policy.lot_sizing:fixed_quantity")
@pytest.mark.known_answer("policy:drp")
def test_the_record_of_a_field_warehouse() -> None:
    """Tests the record by hand: 45 on hand, 60 due in week 2, 20 a week, lots of 60, safety stock 20, two weeks."""
    record = netted(45, [20] * 7, [0, 60, 0, 0, 0, 0, 0], lots=fixed_quantity(60), safety_stock=20)
    assert record.projected == (25, 65, 45, 25, 65, 45, 25)
    assert record.planned == (0, 0, 0, 0, 60, 0, 0)
    assert record.releases(2) == (0, 0, 60, 0, 0, 0, 0)


def test_the_basic_record_of_requirements_planning() -> None:
    """Tests the basic MRP record of Vollmann, Berry, Whybark & Jacobs: 4 on hand, lots of 50, one period."""
    record = netted(4, [0, 10, 0, 40, 10], [50, 0, 0, 0, 0], lots=fixed_quantity(50))
    assert record.projected == (54, 44, 44, 4, 44)
    assert record.releases(1) == (0, 0, 0, 50, 0)


@pytest.mark.known_answer("policy.lot_sizing:lot_for_lot")
@pytest.mark.known_answer("policy.lot_sizing:fixed_period")
def test_lot_for_lot_and_fixed_periods() -> None:
    """Tests by hand what nine periods of requirements make of 15 on hand and 30 due in period 4."""
    gross, scheduled = [10, 10, 25, 40, 5, 0, 20, 20, 10], [0, 0, 0, 30, 0, 0, 0, 0, 0]
    single = netted(15, gross, scheduled, lots=lot_for_lot())
    assert single.planned == (0, 5, 25, 10, 5, 0, 20, 20, 10)
    assert single.projected == (5, 0, 0, 0, 0, 0, 0, 0, 0)
    triple = netted(15, gross, scheduled, lots=fixed_period(3))
    assert triple.planned == (0, 40, 0, 0, 25, 0, 0, 30, 0)
    assert triple.projected == (5, 35, 10, 0, 20, 20, 0, 10, 0)


def test_what_is_short_before_an_order_could_come_is_made_up_for_then() -> None:
    """Tests that no receipt is planned within the lead time, and the first one makes up for all of it."""
    record = netted(5, [10, 10, 10, 10], [0, 0, 0, 0], lots=lot_for_lot(), earliest=2)
    assert record.projected == (-5, -15, 0, 0)
    assert record.planned == (0, 0, 25, 10)


@given(
    on_hand=st.integers(-20, 60),
    gross=st.lists(st.integers(0, 40), min_size=1, max_size=12),
    safety=st.integers(0, 20),
    lots=st.sampled_from([lot_for_lot(), fixed_period(3), fixed_quantity(25)]),
)
def test_the_record_balances(on_hand: int, gross: list[int], safety: int, lots: object) -> None:
    """Tests that units are conserved in every period, and projected on hand never falls below the safety stock."""
    scheduled = [7 * (period % 2) for period in range(len(gross))]
    record = netted(on_hand, gross, scheduled, lots=lots, safety_stock=safety)  # type: ignore[arg-type]
    level = float(on_hand)
    for required, due, planned, projected in zip(gross, scheduled, record.planned, record.projected, strict=True):
        level += due + planned - required
        assert level == projected >= safety


def test_the_date_of_a_receipt_decides() -> None:
    """Tests that the same 60 units on order call for an order when they come late, and for none when they come now."""
    view = View(net_stock=25, on_order=60, demand=20)
    soon, late = (view._replace(told=Told(receipts=((due, 60.0),))) for due in (1.0, 3.0))
    assert WAREHOUSE.decide(None, soon)[0] == 0
    assert WAREHOUSE.decide(None, late)[0] == 60


def test_what_is_late_is_expected_at_once_and_what_was_given_up_never() -> None:
    """Tests that a receipt that is overdue counts now, one without a date when it could come, one given up not."""
    view = View(net_stock=5, on_order=60, demand=20)
    assert WAREHOUSE.record(None, view._replace(told=Told(receipts=((-4.0, 60.0),)))).scheduled == (60, 0, 0)
    assert WAREHOUSE.record(None, view).scheduled == (0, 0, 60)
    given_up = view._replace(told=Told(receipts=((-4.0, 60.0), (1.0, 60.0))))
    assert WAREHOUSE.record(None, given_up).scheduled == (0, 60, 0)


def test_reviews_before_and_after_demand_plan_the_same_weeks(plan: Plan) -> None:
    """Tests that a review before demand counts the demand of its own period, and one after it does not."""
    policy = Drp(forecast=Planned(values=[10, 20, 30, 40]), lead_time=1)
    before = policy.prepare(plan)
    after = policy.prepare(plan._replace(before_demand=False))
    assert before.decide(before.start(), View(15, 0, 0))[0] == 15
    assert after.decide(after.start(), View(5, 0, 10))[0] == 15


def test_reviews_two_periods_apart_order_for_both(plan: Plan) -> None:
    """Tests that an order covers every period that the next one would be too late for."""
    policy = Drp(forecast=Constant(value=10), lead_time=1).prepare(plan._replace(interval=2, before_demand=False))
    assert policy.decide(None, View(0, 0, 20))[0] == 20


def test_a_forecast_that_differs_by_period_is_netted_by_period() -> None:
    """Tests the gross requirements of an autoregressive forecast: 14, 12 and 11 after 18."""
    policy = Drp(forecast=Ar1Mmse(mean=10, autocorrelation=0.5), lead_time=3)
    assert policy.record(18.0, View(0, 0, 18)).gross == (0, 14, 12, 11)


def test_the_lead_time_comes_from_the_plan_unless_given(plan: Plan) -> None:
    """Tests that an open lead time is the stock's, a given one stays, and without either nothing is decided."""
    policy = Drp(forecast=Constant(value=4))
    prepared, given = policy.prepare(plan), policy.changed(lead_time=7).prepare(plan)
    assert isinstance(prepared, Drp)
    assert isinstance(given, Drp)
    assert (prepared.lead_time, given.lead_time) == (4, 7)
    with pytest.raises(ValueError, match="drp's lead time is open"):
        policy.decide(None, View(0, 0, 0))


@pytest.mark.parametrize(("interval", "found"), [(0, "continuous review"), (1.5, "reviews every 1.5 periods")])
def test_the_record_has_whole_periods(plan: Plan, interval: float, found: str) -> None:
    """Tests that continuous review and parts of periods are refused."""
    with pytest.raises(ValueError, match=f"drp plans whole periods .*: found {found}"):
        WAREHOUSE.prepare(plan._replace(interval=interval))


@pytest.mark.parametrize(
    ("lots", "message"),
    [
        ({"lot_sizing": "fixed_period"}, "give `periods` with `lot_sizing: fixed_period`: found no `periods`"),
        ({"lot_sizing": "fixed_quantity"}, "give `lot_size` with `lot_sizing: fixed_quantity`: found no `lot_size`"),
        ({"periods": 3}, "no `periods` with `lot_sizing: lot_for_lot`: found `periods: 3`"),
        (
            {"lot_sizing": "fixed_period", "periods": 3, "lot_size": 5},
            "no `lot_size` with `lot_sizing: fixed_period`: found `lot_size: 5`",
        ),
    ],
)
def test_lots_say_their_size_and_no_other(lots: dict[str, object], message: str) -> None:
    """Tests that a rule for lots comes with its own number and no other."""
    with pytest.raises(ValidationError, match=message):
        Drp(forecast=Constant(value=4), **lots)  # type: ignore[arg-type]
