"""Orders that were written down beforehand."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from scmsim.policies.base import Policy, State
from scmsim.policies.view import View
from scmsim.specification import Number


class Scripted(Policy):
    """Order listed quantities, one per review, whatever happens.

    Examples
    --------
    >>> policy = Scripted(orders=[4, 8], afterwards="last")
    >>> state = policy.start()
    >>> for _ in range(3):
    ...     quantity, state = policy.decide(state, View(net_stock=0, on_order=0, demand=0))
    ...     print(quantity)
    4.0
    8.0
    8.0
    """

    kind: Literal["scripted"] = "scripted"
    orders: Annotated[tuple[Number, ...], Field(strict=False, min_length=1)]
    """Units to order at the first review, the second, and so on."""
    afterwards: Literal["zero", "last", "repeat"] = "zero"
    """What is ordered when the list has ended: nothing, the last quantity again, or the list from its start."""

    @model_validator(mode="after")
    def _signs(self) -> Self:
        if not self.allow_negative and any(quantity < 0 for quantity in self.orders):
            raise ValueError("orders below 0, which give units back, need `allow_negative: true`")
        return self

    def rule(self) -> str:
        """Say what happens when the list has ended."""
        then = {"zero": "nothing", "last": "the last again", "repeat": "the list again"}[self.afterwards]
        return f"orders {len(self.orders)} listed quantities, then {then}"

    def start(self) -> State:
        """Return the number of decisions made: 0."""
        return 0

    def decide(self, state: State, view: View) -> tuple[float, State]:
        """Return the next quantity of the list."""
        made: int = state
        return self.shaped(self._listed(made)), made + 1

    def _listed(self, index: int) -> float:
        count = len(self.orders)
        if index < count:
            return self.orders[index]
        if self.afterwards == "zero":
            return 0.0
        return self.orders[-1 if self.afterwards == "last" else index % count]
