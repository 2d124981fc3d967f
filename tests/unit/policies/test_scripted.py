"""Scripted orders: the list, and what follows it."""

import pytest
from pydantic import ValidationError

from scmsim.policies.scripted import Scripted
from scmsim.policies.view import View


def played(policy: Scripted, reviews: int) -> list[float]:
    state, orders = policy.start(), []
    for _ in range(reviews):
        quantity, state = policy.decide(state, View(0, 0, 0))
        orders.append(quantity)
    return orders


@pytest.mark.known_answer("policy:scripted")
@pytest.mark.known_answer("policy.afterwards:zero")
@pytest.mark.known_answer("policy.afterwards:last")
@pytest.mark.known_answer("policy.afterwards:repeat")
@pytest.mark.parametrize(
    ("afterwards", "expected"),
    [("zero", [4, 8, 0, 0, 0]), ("last", [4, 8, 8, 8, 8]), ("repeat", [4, 8, 4, 8, 4])],
)
def test_after_the_list(afterwards: str, expected: list[float]) -> None:
    """Tests the three ways to go on after the last listed order."""
    policy = Scripted.model_validate({"kind": "scripted", "orders": [4, 8], "afterwards": afterwards})
    assert played(policy, 5) == expected


def test_negative_orders_need_permission() -> None:
    """Tests that a listed return is accepted only where orders may be negative."""
    with pytest.raises(ValidationError, match="need `allow_negative: true`"):
        Scripted(orders=(-3,))
    assert played(Scripted(orders=(-3,), allow_negative=True), 1) == [-3]


@pytest.mark.parametrize(
    ("orders", "message"), [([], "at least 1 item"), (["4"], "valid number"), ("48", "valid tuple")]
)
def test_lists_that_are_none(orders: object, message: str) -> None:
    """Tests that an empty list, text in a number and text for a list are refused."""
    with pytest.raises(ValidationError, match=message):
        Scripted.model_validate({"orders": orders})
