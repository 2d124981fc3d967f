"""Guaranteed-service placement: against enumeration of every service time, and on scenarios."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

import scmsim as sc
from scmsim.experiments.safety_stock.placement import place_stock
from scmsim.experiments.safety_stock.tree import Stage, Tree, solve
from scmsim.inputs.demand_random import NormalDemand
from scmsim.scenario.network import Network


def every_promise(tree: Tree) -> Iterator[dict[str, int]]:
    """Give every combination of service times that a tree allows."""
    limits = []
    for name, stage in tree.stages.items():
        free = tree.longest[name] if tree.downstream[name] else 0
        limits.append(free if stage.outbound is None else min(stage.outbound, tree.longest[name]))
    for choice in product(*(range(limit + 1) for limit in limits)):
        promised = dict(zip(tree.stages, choice, strict=True))
        inbound = tree.inbound(promised)
        if all(promised[name] <= inbound[name] + tree.stages[name].time for name in tree.stages):
            yield promised


@st.composite
def trees(draw: st.DrawFn) -> Tree:
    """Draw a small tree whose arcs point anywhere."""
    size = draw(st.integers(1, 5))
    arcs = []
    for number in range(1, size):
        near = draw(st.integers(0, number - 1))
        ends = (number, near) if draw(st.booleans()) else (near, number)
        arcs.append((str(ends[0]), str(ends[1]), draw(st.sampled_from([0.5, 1.0, 2.0]))))
    origins = {origin for origin, _, _ in arcs}
    stages = {}
    for number in range(size):
        name = str(number)
        serves = name not in origins or draw(st.booleans())
        stages[name] = Stage(
            time=draw(st.integers(0, 3)),
            holding_cost=draw(st.sampled_from([0.0, 1.0, 2.5, 7.0])),
            bound=draw(st.sampled_from([1.0, 3.0])) if serves else 0.0,
            inbound=draw(st.integers(0, 1)),
            outbound=draw(st.integers(0, 2)) if serves else None,
        )
    return Tree(stages, tuple(arcs), pooling=draw(st.sampled_from([1.0, 2.0])))


@given(trees())
def test_no_other_promises_cost_less(tree: Tree) -> None:
    """Tests that what the dynamic programme finds is allowed and that no allowed service times cost less."""
    found = solve(tree)
    every = list(every_promise(tree))
    assert found in every
    assert tree.cost(found) == pytest.approx(min(tree.cost(promised) for promised in every), abs=1e-9)


def test_a_cycle_is_named() -> None:
    """Tests that a network with two ways from one stage to another is refused, and the stages of the cycle said."""
    stages = {name: Stage(time=1, holding_cost=1, outbound=0) for name in "abcd"}
    arcs = (("a", "b", 1.0), ("a", "c", 1.0), ("b", "d", 1.0), ("c", "d", 1.0))
    with pytest.raises(sc.UsageError, match=r"works on trees, and this network has a cycle: (\w - ){4}\w\.") as refusal:
        Tree(stages, arcs)
    assert all(name in str(refusal.value) for name in "abcd")


def test_a_stage_that_is_not_there_is_named() -> None:
    """Tests that an arc to nowhere is refused by name."""
    with pytest.raises(sc.UsageError, match="an arc names 'shop', which is no stage"):
        Tree({"plant": Stage(time=1, holding_cost=1)}, (("plant", "shop", 1.0),))


def test_a_single_stage_is_the_textbook_base_stock() -> None:
    """Tests that example 4.4 of Snyder and Shen at a service level of 95 % gets 250 + 1.645 × 8 × √5."""
    found = place_stock(sc.load("src/scmsim/verification/scenarios/s02_base_stock.yaml"), service_level=0.95)
    assert found.levels["stand/paper"] == pytest.approx(250 + 1.6448536 * 8 * 5**0.5)
    assert found.stages["net_time"].tolist() == [5.0]


def test_an_assembly_waits_for_its_slowest_part() -> None:
    """Tests that parts of a factory are stages above what is made of them."""
    found = place_stock(sc.load("scenarios/assembly.yaml"))
    tree = found.tree
    assert sorted(origin for origin, _ in tree.upstream["factory/lamp"]) == ["factory/base", "factory/bulb"]
    assert found.cost <= min(tree.cost(promised) for promised in every_promise(tree)) + 1e-9


def test_what_it_says_can_be_pasted() -> None:
    """Tests that the overrides are accepted and set the base stocks of the table, with which stocks begin."""
    scenario = sc.load("scenarios/one_warehouse_three_retailers.yaml")
    found = place_stock(scenario, service_level={"north": 0.99})
    levels = found.stages.set_index("stage")["base_stock"]
    assert levels["north/part"] > levels["south/part"]
    changed = scenario.set(*found.overrides)
    set_levels = {
        f"{point.node}/{point.product}": getattr(point.policy, "level", None) for point in changed.network.points
    }
    assert all(set_levels[name] == pytest.approx(level, rel=1e-3, abs=1e-9) for name, level in levels.items())
    starts = {
        f"{one.node}/{one.product}": one.initial + sum(units for _, units in (*one.shipments_due, *one.orders_mailed))
        for one in changed.network.points
    }
    assert all(starts[name] == pytest.approx(max(0, level), rel=1e-3) for name, level in levels.items())
    assert "Safety stock is kept at" in found.sentences[0]
    assert found._repr_html_().startswith("<p>")


def test_a_finer_grid_changes_units_alone() -> None:
    """Tests that where all times are whole, half steps give the same cost and the same times."""
    scenario = sc.load("scenarios/three_stage_chain.yaml")
    whole, half = place_stock(scenario), place_stock(scenario, grid=0.5)
    assert half.cost == pytest.approx(whole.cost)
    assert half.stages["net_time"].tolist() == whole.stages["net_time"].tolist()


@pytest.mark.parametrize(
    ("service", "said"),
    [
        ({"nowhere": 0.9}, "no node 'nowhere' serves end customers; those that do: stand"),
        (1.0, "service_level: found 1; expected a number from 0.5 to less than 1"),
    ],
)
def test_a_bad_service_level_is_refused(service: float | dict[str, float], said: str) -> None:
    """Tests that a service level out of its range, or of a strange node, is refused in a sentence."""
    with pytest.raises(sc.UsageError, match=said):
        place_stock(sc.load("scenarios/newsvendor.yaml"), service_level=service)


def test_a_demand_without_moments_is_refused() -> None:
    """Tests that placement says which stock has a demand of unknown mean."""
    scenario = sc.load("scenarios/newsvendor.yaml").set("time.horizon=5")
    blind = replace(scenario, network=_without_moments(scenario.network))
    with pytest.raises(sc.UsageError, match="stand/paper: a demand on it does not state its mean"):
        place_stock(blind)


class Blind(NormalDemand):
    """A demand that does not say its moments."""

    def moments(self) -> None:
        """Return nothing."""
        return


def _without_moments(network: Network) -> Network:
    points = [
        replace(point, demands=tuple(replace(each, model=Blind(mean=1, sd=1)) for each in point.demands))
        for point in network.points
    ]
    return replace(network, points=tuple(points))


def test_what_makes_a_placement_worthless_is_said() -> None:
    """Tests that no holding cost is refused, and one that is missing or a coarse grid is a caution."""
    chain = sc.load("scenarios/three_stage_chain.yaml")
    stocks = ("plant", "depot", "shop")
    free = [f"nodes.{name}.stock.part.holding_cost=0" for name in stocks]
    with pytest.raises(sc.UsageError, match=r"no stock has a holding_cost.*--set nodes\.\w+\..*holding_cost=1"):
        place_stock(chain.set(*free))
    assert place_stock(chain).cautions == ()
    assert "depot/part has no holding_cost" in place_stock(chain.set(free[1])).cautions[0]
    coarse = place_stock(chain, grid=5).cautions
    assert coarse == (
        "The grid of 5 lengthens the times of 3 of 3 stages, most at shop/part: 1 becomes 5. "
        "Take a grid that divides the times",
    )
    assert coarse[0] in place_stock(chain, grid=5)._repr_html_()


def test_a_promise_counts_from_what_was_promised_to_it() -> None:
    """Tests that a stage whose supplier promises 2 steps, and which takes 1, keeps stock for 3 if it promises none."""
    stages = {"plant": Stage(time=2, holding_cost=1), "shop": Stage(time=1, holding_cost=2, bound=1, outbound=0)}
    tree = Tree(stages, (("plant", "shop", 1.0),))
    assert tree.net_times({"plant": 2, "shop": 0}) == {"plant": 0, "shop": 3}
