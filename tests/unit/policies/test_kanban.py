"""Kanban: cards bound what is on hand and on order."""

from collections.abc import Callable, Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from scmsim.policies.base import Policy
from scmsim.policies.base_stock import BaseStock
from scmsim.policies.kanban import Kanban
from scmsim.policies.view import View

Respond = Callable[[Policy, Sequence[float], int], tuple[list[float], list[float]]]


def lost_sales(policy: Policy, demand: Sequence[int], lead_time: int) -> list[float]:
    """Return the orders of one stock whose customers do not wait, from all of 5 units on hand."""
    on_hand, pipeline, orders = 5.0, [0.0] * lead_time, []
    for wanted in demand:
        on_hand = max(0.0, on_hand + pipeline.pop(0) - wanted)
        quantity, _ = policy.decide(None, View(on_hand, sum(pipeline), wanted))
        pipeline.append(quantity)
        orders.append(quantity)
    return orders


@pytest.mark.known_answer("policy:kanban")
@given(demand=st.lists(st.integers(0, 9), min_size=1, max_size=30), lead_time=st.integers(1, 4))
def test_with_lost_sales_cards_of_one_unit_are_a_base_stock(demand: list[int], lead_time: int) -> None:
    """Tests that K cards of one unit decide as a base stock of K where nobody waits (Erlang's loss system)."""
    assert lost_sales(Kanban(cards=5), demand, lead_time) == lost_sales(BaseStock(level=5), demand, lead_time)


def test_who_waits_takes_no_card(respond: Respond) -> None:
    """Tests by hand that three cards move three units, however many are owed: 5 asked at once take three rounds."""
    orders, net_stock = respond(Kanban(cards=3), [0, 5, 0, 0, 0, 0], 1)
    assert orders == [3, 3, 2, 0, 0, 0]
    assert net_stock == [0, -2, 1, 3, 3, 3]


def test_a_card_is_free_when_its_container_is_empty() -> None:
    """Tests by hand three cards of 10: the last unit of a container, and no unit before it, frees its card."""
    policy = Kanban(cards=3, container=10)
    assert [policy.decide(None, View(left, 0, 0))[0] for left in (30, 21, 20, 11, 10, 1, 0, -5)] == [
        0, 0, 10, 10, 20, 20, 30, 30,
    ]  # fmt: skip


def test_a_container_that_comes_in_two_parts_has_one_card() -> None:
    """Tests that 4 of 10 delivered and 6 to come are one container."""
    assert Kanban(cards=3, container=10).decide(None, View(4, 6, 0))[0] == 20


@given(
    net_stock=st.integers(-50, 50),
    on_order=st.integers(0, 50),
    cards=st.integers(2, 9),
    size=st.sampled_from([0.1, 1, 2.5, 3]),
)
def test_never_more_than_the_cards_hold(net_stock: int, on_order: int, cards: int, size: float) -> None:
    """Tests that on hand and on order never exceed cards × container by an order, and one container less is too few."""
    quantity, _ = Kanban(cards=cards, container=size).decide(None, View(net_stock, on_order, 0))
    there = max(0, net_stock) + on_order
    if quantity:
        assert there + quantity <= cards * size + 1e-9
    assert there + quantity > (cards - 1) * size - 1e-9


def test_cards_wait_for_the_smallest_order() -> None:
    """Tests that a minimum of 25 units waits for the third card of 10, and a multiple of 20 for the second."""
    few, pairs = Kanban(cards=4, container=10, minimum_order=25), Kanban(cards=5, container=10, order_multiple=20)
    assert [few.decide(None, View(left, 0, 0))[0] for left in (30, 20, 10, 0)] == [0, 0, 30, 40]
    assert [pairs.decide(None, View(left, 0, 0))[0] for left in (40, 30, 20, 10)] == [0, 20, 20, 40]


def test_more_stock_never_orders_more() -> None:
    """Tests that orders never rise with what is there."""
    policy = Kanban(cards=7, container=3)
    orders = [policy.decide(None, View(left / 2, 0, 0))[0] for left in range(-10, 60)]
    assert all(before >= after for before, after in pairwise(orders))


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"cards": 0}, "greater than or equal to 1"),
        ({"cards": 2, "container": 0}, "greater than 0"),
        ({"cards": 2, "container": 4, "order_multiple": 6}, "should be a multiple of container: found 6 and 4"),
        (
            {"cards": 2, "container": 4, "minimum_order": 9},
            r"what all cards order, 2 × 4 = 8: found orders of at least 12",
        ),
        ({"cards": 2, "container": 0.5, "rounding": "half_up"}, "whole units: found a container of 0.5"),
    ],
)
def test_cards_and_containers_fit(parameters: dict[str, float], message: str) -> None:
    """Tests that what no order could satisfy is refused."""
    with pytest.raises(ValidationError, match=message):
        Kanban(**parameters)  # type: ignore[arg-type]
