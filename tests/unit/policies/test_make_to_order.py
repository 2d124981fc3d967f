"""Make to order: order for order."""

from collections.abc import Callable, Sequence

import pytest

from scmsim.policies.base import Plan, Policy
from scmsim.policies.base_stock import BaseStock
from scmsim.policies.make_to_order import MakeToOrder
from scmsim.policies.view import View

Respond = Callable[[Policy, Sequence[float], int], tuple[list[float], list[float]]]


@pytest.mark.known_answer("policy:make_to_order")
def test_every_customer_waits_exactly_the_lead_time(respond: Respond) -> None:
    """Tests that orders repeat demand, and that owed is what was asked within the lead time: a base stock of 0."""
    demand = [3.0, 0.0, 7.0, 2.0, 5.0, 0.0, 0.0]
    orders, net_stock = respond(MakeToOrder(), demand, 3)
    assert orders == demand
    assert net_stock == [-sum(demand[max(0, period - 2) : period + 1]) for period in range(len(demand))]
    assert (orders, net_stock) == respond(BaseStock(level=0), demand, 3)


def test_what_lots_bring_in_excess_is_sold_first(respond: Respond) -> None:
    """Tests lots of 6 by hand: 4 takes a lot and leaves 2, the next 4 need 2 more, the next 4 have them."""
    orders, _ = respond(MakeToOrder(order_multiple=6), [4, 4, 4, 4], 1)
    assert orders == [6, 6, 0, 6]


def test_a_rise_in_lots_never_grows_without_bound(respond: Respond) -> None:
    """Tests that the surplus of lots stays below one lot."""
    _, net_stock = respond(MakeToOrder(order_multiple=6), [4.0] * 50, 1)
    assert max(net_stock) < 6


def test_what_is_there_goes_first() -> None:
    """Tests that stock, and units on order, are not ordered again."""
    assert MakeToOrder().decide(None, View(net_stock=2, on_order=0, demand=5))[0] == 0
    assert MakeToOrder().decide(None, View(net_stock=-5, on_order=3, demand=5))[0] == 2


def test_customers_have_to_wait(plan: Plan) -> None:
    """Tests that customers who do not wait are refused."""
    assert MakeToOrder().prepare(plan) == MakeToOrder()
    with pytest.raises(ValueError, match="make_to_order needs customers who wait: found demand that is `unmet: lost`"):
        MakeToOrder().prepare(plan._replace(customers_wait=False))
