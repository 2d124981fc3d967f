"""Laws that every policy of the package keeps."""

import math
import pickle
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from scmsim.policies import catalogue
from scmsim.policies.anchor_and_adjust import AnchorAndAdjust
from scmsim.policies.base import Plan, Policy
from scmsim.policies.base_stock import BaseStock, EchelonBaseStock
from scmsim.policies.days_of_supply import DaysOfSupply
from scmsim.policies.drp import Drp
from scmsim.policies.forecast_error import ForecastError
from scmsim.policies.forecasting import Ar1Mmse, CustomerForecast, ExponentialSmoothing, MovingAverage, Naive, Planned
from scmsim.policies.kanban import Kanban
from scmsim.policies.make_to_order import MakeToOrder
from scmsim.policies.min_max import MinMax
from scmsim.policies.mrp import Mrp
from scmsim.policies.order_up_to import OrderUpTo
from scmsim.policies.reorder_point import ReorderPoint
from scmsim.policies.scripted import Scripted
from scmsim.policies.smoothed_order_up_to import SmoothedOrderUpTo
from scmsim.policies.vendor_managed import VendorManaged
from scmsim.policies.view import Told, View

POLICIES: list[Policy] = [
    BaseStock(level=20),
    BaseStock(level=20, position="echelon"),
    EchelonBaseStock(level=50),
    MinMax(minimum=4, maximum=10),
    MinMax(minimum=4, maximum=10, position="echelon"),
    VendorManaged(minimum=4, maximum=10),
    ReorderPoint(reorder_point=3, order_quantity=5),
    OrderUpTo(forecast=MovingAverage(periods=5), cover=3, safety_stock=2),
    OrderUpTo(forecast=Ar1Mmse(mean=4, autocorrelation=0.5), cover=2.5),
    OrderUpTo(forecast=MovingAverage(periods=5, of="point_of_sale"), cover=3),
    OrderUpTo(forecast=CustomerForecast(), cover=3),
    SmoothedOrderUpTo(forecast=ExponentialSmoothing(weight=0.3), cover=2, smoothing_time=4),
    AnchorAndAdjust(forecast=Naive(), stock_weight=0.26, supply_line_weight=0.34, target=17),
    OrderUpTo(forecast=Naive(), cover=3, safety_factor=2, forecast_error=ForecastError(weight=0.3)),
    DaysOfSupply(forecast=MovingAverage(periods=5), days=3, safety_stock=2),
    DaysOfSupply(forecast=Naive(), min_days=2, max_days=5),
    Drp(forecast=Planned(values=(4, 8, 2), afterwards="repeat"), lead_time=2, lot_sizing="fixed_period", periods=3),
    Drp(forecast=Naive(), lead_time=1.5, lot_sizing="fixed_quantity", lot_size=7, safety_stock=3),
    Mrp(forecast=Naive(), lead_time=2, horizon=5, safety_stock=3),
    Kanban(cards=12, container=2),
    MakeToOrder(),
    Scripted(orders=(4, 8, 2), afterwards="repeat"),
]
views = st.builds(
    View,
    net_stock=st.floats(-1e6, 1e6),
    on_order=st.floats(0, 1e6),
    demand=st.floats(0, 1e6),
    told=st.builds(
        Told,
        point_of_sale=st.floats(0, 1e6),
        sales_periods=st.none(),
        forecast=st.floats(0, 1e6),
        downstream=st.floats(-1e6, 1e6),
        supply=st.one_of(st.just(math.inf), st.floats(0, 1e6)),
        requirements=st.lists(st.floats(0, 1e6), max_size=4).map(tuple),
        receipts=st.lists(st.tuples(st.floats(-10, 10), st.floats(0, 1e6)), max_size=3).map(tuple),
    ),
)
every_policy = pytest.mark.parametrize("policy", POLICIES, ids=repr)


def test_every_kind_is_covered_here() -> None:
    """Tests that the laws below meet every policy of the package."""
    found = [cls for cls in catalogue.policy_kinds().values() if cls.__module__.startswith("scmsim.policies.")]
    own = {cls for cls in found if getattr(sys.modules[cls.__module__], cls.__name__, None) is cls}
    assert {type(policy) for policy in POLICIES} == own


@every_policy
@given(seen=st.lists(views, min_size=1, max_size=6))
def test_decisions_are_pure(policy: Policy, seen: list[View]) -> None:
    """Tests that the same state and view give the same decision, and that deciding leaves state and policy alone."""
    state, parameters = policy.start(), repr(policy)
    for view in seen:
        kept = pickle.dumps(state)
        first = policy.decide(state, view)
        assert policy.decide(state, view) == first
        assert pickle.dumps(state) == kept
        state = first[1]
    assert repr(policy) == parameters


@every_policy
@given(seen=st.lists(views, min_size=1, max_size=6))
def test_the_quick_way_to_decide_decides_the_same(policy: Policy, seen: list[View]) -> None:
    """Tests that what a run asks gives the orders and the memory of `decide`, with any options, to the last bit."""
    for options in ({}, {"order_multiple": 6, "minimum_order": 15}, {"allow_negative": True}):
        shaped = policy.changed(**options)
        decide, state = shaped.decider(), shaped.start()
        for view in seen:
            assert decide(state, view) == shaped.decide(state, view)
            state = shaped.decide(state, view)[1]


@every_policy
@given(view=views)
def test_orders_are_finite_and_not_negative(policy: Policy, view: View) -> None:
    """Tests that no order is negative, infinite or not a number unless negative orders are allowed."""
    quantity, _ = policy.decide(policy.start(), view)
    assert math.isfinite(quantity)
    assert quantity >= 0
    free, _ = policy.changed(allow_negative=True).decide(policy.start(), view)
    assert max(0.0, free) == quantity


@every_policy
@given(view=views)
def test_quantity_options_hold(policy: Policy, view: View) -> None:
    """Tests that every policy orders in multiples, and no less than the minimum."""
    quantity, _ = policy.changed(order_multiple=6, minimum_order=15).decide(policy.start(), view)
    assert quantity == 0 or quantity >= 18
    assert quantity % 6 == 0


@every_policy
def test_the_repr_rebuilds_it(policy: Policy) -> None:
    """Tests that evaluating what is shown gives an equal policy, with an equal hash."""
    names = {cls.__name__: cls for cls in (*map(type, POLICIES), *catalogue.forecast_kinds().values(), ForecastError)}
    rebuilt = eval(repr(policy), names)
    assert rebuilt == policy
    assert hash(rebuilt) == hash(policy)


@every_policy
def test_it_travels_to_another_process(policy: Policy) -> None:
    """Tests that a policy that has decided can be pickled, and decides the same elsewhere."""
    view = View(3, 2, 4)
    decided = policy.decide(policy.start(), view)
    assert pickle.loads(pickle.dumps(policy)).decide(policy.start(), view) == decided


@every_policy
def test_it_is_described_in_one_line(policy: Policy) -> None:
    """Tests that the description is one line and names the options that are set."""
    described = policy.changed(order_multiple=6, minimum_order=15, rounding="half_up", allow_negative=True).describe()
    assert described.startswith("orders ")
    assert described.endswith("orders may be negative, rounded half up, in multiples of 6, at least 15")
    assert "\n" not in described


@every_policy
def test_preparing_twice_is_preparing_once(policy: Policy, plan: Plan) -> None:
    """Tests that a prepared policy has nothing left to prepare, and shows all that was computed."""
    prepared = policy.prepare(plan)
    assert prepared.prepare(plan) == prepared


@every_policy
def test_parameters_are_keyword_only_frozen_and_known(policy: Policy) -> None:
    """Tests that a policy takes no positional arguments, no unknown ones, and no changes."""
    build: Any = type(policy)
    with pytest.raises(TypeError, match="positional argument"):
        build(1)
    with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
        policy.changed(colour="red")
    with pytest.raises(ValidationError, match="frozen"):
        policy.note = "x"  # type: ignore[misc]


def test_a_plan_knows_the_protection_time(plan: Plan) -> None:
    """Tests order delay + lead time + interval, less one where demand is seen first, and never below 0."""
    assert plan.protection == 5
    assert plan._replace(before_demand=False).protection == 4
    assert plan._replace(interval=0, before_demand=False).protection == 4
    assert plan._replace(lead_time=0, interval=0.5, before_demand=False).protection == 0
