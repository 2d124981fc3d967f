"""What a node decides follows from what it has been told, and from nothing else."""

from itertools import chain
from math import inf, isfinite

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import scmsim as sc
from scmsim.engine.recorder import Keeper
from scmsim.policies.base import Policy
from scmsim.policies.catalogue import policy_kinds
from scmsim.policies.view import Told, View
from scmsim.simulation import simulate
from scmsim.ticks import TICKS

lead_times = st.sampled_from([0, 1, 2, 0.5, {"dist": "discrete", "values": [0, 1, 3], "weights": [0.3, 0.4, 0.3]}])


def _orders(mapping, node=None):
    """Return (time, quantity, point) of the orders of a run, of one node or of all."""
    network = sc.from_dict(mapping).network
    keeper = Keeper(["orders"])
    simulate(network, seed=1, sinks=[keeper])
    rows = keeper.tables()["orders"][:, [0, 3, 1]]
    if node is None:
        return rows
    indices = [point.index for point in network.points if point.node == node]
    return rows[np.isin(rows[:, 2], indices)]


@st.composite
def serial_chains(draw):
    """Return a serial chain with local base-stock levels, the customers' end first: (mapping, levels)."""
    count = draw(st.integers(2, 4))
    levels = draw(st.lists(st.integers(0, 12), min_size=count, max_size=count))
    delays = [draw(st.sampled_from([0, 0, 1, 2])) for _ in levels]
    review = draw(st.sampled_from([{}, {"interval": 2}, {"timing": "before_demand"}, "continuous"]))
    interval = "continuous" if review == "continuous" else review.get("interval", 1)
    nodes = {"out": {"kind": "supplier"}}
    lanes = []
    names = [f"stage_{stage}" for stage in range(1, count + 1)]
    for name, origin, level, delay in zip(names, [*names[1:], "out"], levels, delays, strict=True):
        nodes[name] = {
            "kind": "warehouse",
            "stock": {"p": {"initial": level, "review": review, "policy": {"kind": "base_stock", "level": level}}},
        }
        report = {"delay": delay, "interval": interval}
        lanes.append(
            {
                "from": origin,
                "to": name,
                "order_delay": delay,
                "lead_time": draw(lead_times),
                "share": {"stock": report, "pipeline": report},
            }
        )
    values = draw(st.lists(st.integers(0, 9), min_size=1, max_size=12))
    nodes["stage_1"]["demand"] = {"p": {"kind": "replay", "values": values, "afterwards": "repeat"}}
    time = {"horizon": 25, "start": draw(st.sampled_from([0, 1]))}
    return {"scmsim": 1, "name": "s", "time": time, "products": {"p": {}}, "nodes": nodes, "lanes": lanes}, levels


@given(serial_chains())
@settings(max_examples=80, deadline=None)
def test_echelon_levels_order_what_their_local_levels_order(chain):
    """Tests that summed levels give the very orders of the local ones when reports go with orders, as fast as they."""
    mapping, levels = chain
    local = _orders(mapping)
    for stage, _ in enumerate(levels, start=1):
        policy = {"kind": "echelon_base_stock", "level": sum(levels[:stage])}
        mapping["nodes"][f"stage_{stage}"]["stock"]["p"]["policy"] = policy
    assert _orders(mapping).tolist() == local.tolist()


CHANGED = 9
"""When the demand at shop_b changes; the shop itself reviews at 1, 5, 9, ..., and sees the change at 13."""


def _branching(change, share, policy):
    """Return a depot that feeds two shops; at the second, demand changes after its review, so that only a report tells.

    The depot never runs short, so that nothing but information passes between the shops.
    """
    steady = [4.0] * 30
    changed = [4.0] * CHANGED + [11.0] * (30 - CHANGED)
    shop = {"kind": "base_stock", "level": 30}
    return {
        "scmsim": 1,
        "name": "branching",
        "time": {"horizon": 24},
        "products": {"p": {}},
        "nodes": {
            "out": {"kind": "supplier"},
            "depot": {"kind": "warehouse", "stock": {"p": {"initial": 10_000, "policy": policy}}},
            "shop_a": {
                "kind": "retailer",
                "stock": {"p": {"initial": 30, "policy": shop}},
                "demand": {"p": {"kind": "poisson", "mean": 5}},
            },
            "shop_b": {
                "kind": "retailer",
                "stock": {"p": {"initial": 300, "review": {"interval": 4}, "policy": shop | {"level": 300}}},
                "demand": {"p": {"kind": "replay", "values": changed if change else steady}},
            },
        },
        "lanes": [
            {"from": "out", "to": "depot", "lead_time": 2},
            {"from": "depot", "to": "shop_a", "lead_time": 1, "share": share},
            {"from": "depot", "to": "shop_b", "lead_time": 1, "share": share},
        ],
    }


LOCAL = {"kind": "base_stock", "level": 10_050}
ECHELON = {"kind": "echelon_base_stock", "level": 10_400, "allow_negative": True}
SALES = {
    "kind": "order_up_to",
    "forecast": {"kind": "moving_average", "of": "point_of_sale", "periods": 3, "initial": 9},
    "safety_stock": 10_020,
}


def _first_difference(one, other):
    """Return the time of the first order that differs, in time units; infinity if none does."""
    for a, b in zip(one.tolist(), other.tolist(), strict=False):
        if a != b:
            return min(a[0], b[0]) / TICKS
    return inf if len(one) == len(other) else min(rows[-1, 0] for rows in (one, other)) / TICKS


@pytest.mark.parametrize("delay", [0, 1, 2, 3])
@pytest.mark.parametrize(
    ("kinds", "policy"), [(("stock", "pipeline"), ECHELON), (("stock",), ECHELON), (("point_of_sale",), SALES)]
)
def test_a_change_matters_from_the_instant_at_which_it_is_told(kinds, policy, delay):
    """Tests that the depot's orders are the same bit for bit until the report arrives, and differ from then on."""
    share = {kind: {"delay": delay} for kind in kinds}
    steady, changed = (_orders(_branching(change, share, policy), "depot") for change in (False, True))
    assert _first_difference(steady, changed) == CHANGED + 1 + delay


@pytest.mark.parametrize("share", [{}, {"stock": True, "pipeline": True, "point_of_sale": True}])
def test_what_is_told_changes_nothing_for_who_does_not_use_it(share):
    """Tests that a local policy orders the same until an order tells it, whatever reports it gets."""
    steady, changed = (_orders(_branching(change, share, LOCAL), "depot") for change in (False, True))
    assert _first_difference(steady, changed) == 13
    assert steady.tolist() == _orders(_branching(change=False, share={}, policy=LOCAL), "depot").tolist()


@pytest.mark.parametrize("policy", [LOCAL, ECHELON, SALES])
def test_nothing_passes_between_two_shops_of_one_depot(policy):
    """Tests that one shop's orders are the same bit for bit whatever happens at the other, and at the depot."""
    share = {"stock": True, "pipeline": True, "point_of_sale": True}
    steady, changed = (_branching(change, share, policy) for change in (False, True))
    changed["nodes"]["depot"]["stock"]["p"]["initial"] = 20_000
    changed["lanes"][0]["lead_time"] = 7
    assert _orders(steady, "shop_a").tolist() == _orders(changed, "shop_a").tolist()


def _numbers(view):
    *told, receipts, requirements = view.told
    return [*view[:3], *chain.from_iterable(receipts), *requirements, *told]


def test_every_decision_follows_from_its_view_alone(monkeypatch):
    """Tests that every decision of a run is made again by a new policy from the same memory and view, all numbers."""
    made = []

    def spy(kind):
        decide = kind.decide

        def decided(policy, state, view):
            result = decide(policy, state, view)
            made.append((policy, decide, state, view, result))
            return result

        return decided

    for kind in {owner for cls in policy_kinds().values() for owner in cls.__mro__ if "decide" in vars(owner)}:
        monkeypatch.setattr(kind, "decide", spy(kind))
        monkeypatch.setattr(kind, "decider", Policy.decider)
    for policy in (SALES, {"kind": "min_max", "minimum": 10_300, "maximum": 10_400, "position": "echelon"}):
        _orders(_branching(True, {"stock": {"delay": 1}, "pipeline": True, "point_of_sale": True}, policy))
    assert len(made) > 50
    for policy, decide, state, view, result in made:
        assert type(view) is View
        assert type(view.told) is Told
        assert all(isinstance(number, float | int) for number in _numbers(view))
        assert all(isfinite(number) for number in _numbers(view)[:-1])
        again = type(policy).model_validate(policy.model_dump())
        assert decide(again, state, view) == result
