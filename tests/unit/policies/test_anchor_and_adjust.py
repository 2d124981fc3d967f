"""Anchor and adjust: Sterman's beer game, played on a board in forty lines."""

from collections import deque
from statistics import pvariance
from typing import NamedTuple

import pytest

from scmsim.policies.anchor_and_adjust import AnchorAndAdjust
from scmsim.policies.base import Plan, Policy
from scmsim.policies.forecasting import Constant, ExponentialSmoothing, Forecast
from scmsim.policies.view import View


class Game(NamedTuple):
    """One row per stage, retailer first: total cost, orders and net stock of each week."""

    costs: list[float]
    orders: list[list[float]]
    net_stock: list[list[float]]


def play(policies: list[Policy], weeks: int = 36, forced: int = 4, step: float = 8.0) -> Game:
    """Play Sterman's board (1989): two weeks for an order, two for a shipment, three in the factory."""
    mail = [deque([4.0, 4.0]) for _ in range(3)]
    moving = [deque([4.0, 4.0]) for _ in range(3)] + [deque([4.0, 4.0, 4.0])]
    net, on_order = [12.0] * 4, [16.0] * 3 + [12.0]
    states = [policy.start() for policy in policies]
    game = Game([0.0] * 4, [[], [], [], []], [[], [], [], []])
    for week in range(1, weeks + 1):
        arrivals = [pipe.popleft() for pipe in moving]
        incoming = [4.0 if week < 5 else step, *(slips.popleft() for slips in mail)]
        for stage in range(4):
            on_hand, backlog = max(net[stage], 0.0) + arrivals[stage], max(-net[stage], 0.0)
            if stage > 0:
                moving[stage - 1].append(min(on_hand, backlog + incoming[stage]))
            net[stage] += arrivals[stage] - incoming[stage]
            on_order[stage] -= arrivals[stage]
            game.costs[stage] += 0.5 * max(net[stage], 0.0) + max(-net[stage], 0.0)
            game.net_stock[stage].append(net[stage])
            view = View(net[stage], on_order[stage], incoming[stage])
            decided, states[stage] = policies[stage].decide(states[stage], view)
            order = 4.0 if week <= forced else decided
            (mail[stage] if stage < 3 else moving[3]).append(order)
            on_order[stage] += order
            game.orders[stage].append(order)
    return game


def players(forecast: Forecast, stock_weight: float, supply_line_weight: float, targets: list[float]) -> list[Policy]:
    return [
        AnchorAndAdjust(
            forecast=forecast, stock_weight=stock_weight, supply_line_weight=supply_line_weight, target=target
        )
        for target in targets
    ]


def test_equilibrium() -> None:
    """Tests that with demand of 4 for ever every stage orders 4, keeps 12 and pays 6 a week."""
    game = play(players(Constant(value=4), 1, 1, [24, 24, 24, 20]), step=4.0)
    assert game.costs == [216.0] * 4
    assert all(order == 4 for orders in game.orders for order in orders)


@pytest.mark.known_answer("policy:anchor_and_adjust")
def test_the_benchmark_of_sterman() -> None:
    """Tests the published costs 46, 50, 54, 54 of Sterman (1989), and the retailer's first weeks after the step."""
    game = play(players(Constant(value=4), 1, 1, [28, 28, 28, 20]))
    assert game.costs == [46, 50, 54, 54]
    assert game.orders[0][4:7] == [12, 8, 8]
    assert game.net_stock[0][4:12] == [8, 4, 0, -4, 0, 0, 0, -4]


def test_the_forced_weeks_matter() -> None:
    """Tests 36, 44, 52, 48 for players who decide from the first week."""
    game = play(players(Constant(value=4), 1, 1, [28, 28, 28, 20]), forced=0)
    assert game.costs == [36, 44, 52, 48]


def test_the_average_human_player() -> None:
    """Tests cost, order variance and orders for Sterman's mean estimates: θ 0.36, α 0.26, β 0.34, S' 17 (case G03)."""
    game = play(players(ExponentialSmoothing(weight=0.36, initial=4), 0.26, 0.34, [17] * 4))
    assert game.costs == pytest.approx([280.268006, 627.408023, 885.626685, 686.174914], abs=1e-6)
    assert [pvariance(orders) for orders in game.orders] == pytest.approx(
        [7.589543, 36.714526, 79.582268, 116.075694], abs=1e-6
    )
    assert game.orders[0][4:8] == pytest.approx([6.7192, 8.440423, 9.677713, 10.593291], abs=1e-6)
    assert game.orders[3][17:20] == pytest.approx([28.008392, 29.750625, 30.791167], abs=1e-6)


def test_who_forgets_the_supply_line_orders_more() -> None:
    """Tests that units on order count by their weight."""
    mindful, forgetful = players(Constant(value=4), 1, 1, [28]), players(Constant(value=4), 1, 0, [28])
    view = View(net_stock=10, on_order=12, demand=8)
    assert mindful[0].decide(None, view)[0] == 10
    assert forgetful[0].decide(None, view)[0] == 22


def test_reviews_every_other_period(plan: Plan) -> None:
    """Tests that the anchor is the demand of the whole interval."""
    (policy,) = players(Constant(value=4), 0.5, 1, [20])
    prepared = policy.prepare(plan._replace(interval=2))
    assert prepared.decide(None, View(net_stock=10, on_order=10, demand=8))[0] == 8


def test_continuous_review(plan: Plan) -> None:
    """Tests that continuous review, which has no forecast of an interval, is refused."""
    with pytest.raises(ValueError, match="anchor_and_adjust needs periodic review: found continuous review"):
        players(Constant(value=4), 1, 1, [20])[0].prepare(plan._replace(interval=0))
