"""What several tests of policies share: a plan to prepare from, and a single stock to let a policy loose on."""

from collections import deque
from collections.abc import Callable, Sequence

import pytest

from scmsim.policies.base import Plan, Policy
from scmsim.policies.view import View

Response = tuple[list[float], list[float]]


@pytest.fixture
def plan() -> Plan:
    """Demand N(50, 8²) per period, order first, lead time 4: Snyder & Shen, example 4.4."""
    return Plan(
        demand_mean=50,
        demand_sd=8,
        lead_time=4,
        lead_time_sd=0,
        interval=1,
        before_demand=True,
        holding_cost=0.18,
        backorder_cost=0.70,
        order_cost=16,
    )


@pytest.fixture
def respond() -> Callable[[Policy, Sequence[float], int], Response]:
    """Orders and net stock of one stock, fed by an unlimited supplier, that sees demand before it orders."""

    def run(policy: Policy, demand: Sequence[float], lead_time: int) -> Response:
        net, on_order, state = 0.0, 0.0, policy.start()
        pipeline = deque([0.0] * lead_time)
        orders, net_stock = [], []
        for wanted in demand:
            received = pipeline.popleft()
            net, on_order = net + received - wanted, on_order - received
            quantity, state = policy.decide(state, View(net, on_order, wanted))
            pipeline.append(quantity)
            on_order += quantity
            orders.append(quantity)
            net_stock.append(net)
        return orders, net_stock

    return run
