"""Cards that go back when a container is empty."""

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from scmsim.policies.base import Policy, State
from scmsim.policies.lots import down_to_multiple, up_to_multiple
from scmsim.policies.view import View
from scmsim.specification import Positive
from scmsim.words import figure


class Kanban(Policy):
    """Order one container for every card that hangs on no container.

    A card is on a container from its order until its last unit is taken, so that what is on hand and on order never
    fills more containers than there are cards, however many customers wait. That sets it apart from a base stock, which
    counts who waits and orders for them at once. With lost sales and containers of one unit the two are the same.

    Cards wait until they make up ``minimum_order`` and full multiples of ``order_multiple``.

    Source: Hopp & Spearman ch. 4 and 10; Zipkin ch. 8.

    Examples
    --------
    Four cards of 10 units: two containers have something in them, one is on order.

    >>> policy = Kanban(cards=4, container=10)
    >>> policy.decide(None, View(net_stock=11, on_order=10, demand=3))
    (10.0, None)
    >>> policy.decide(None, View(net_stock=10, on_order=10, demand=4))
    (20.0, None)
    >>> policy.decide(None, View(net_stock=-25, on_order=10, demand=35))
    (30.0, None)
    """

    follows_receipts: ClassVar[bool] = True
    kind: Literal["kanban"] = "kanban"
    cards: Annotated[int, Field(ge=1, le=1_000_000)]
    """How many cards circulate."""
    container: Positive = 1.0
    """Units in a full container, which one card orders."""

    @model_validator(mode="after")
    def _whole_containers(self) -> Self:
        if self.rounding != "none" and self.container % 1:
            raise ValueError(f"rounding needs containers of whole units: found a container of {self.container:g}")
        multiple = self.order_multiple
        if multiple is not None and abs(up_to_multiple(multiple, self.container) - multiple) > 1e-9 * multiple:
            raise ValueError(
                f"order_multiple should be a multiple of container: found {multiple:g} and {self.container:g}"
            )
        smallest = max(self._smallest(), multiple or 0.0)
        if smallest > self.cards * self.container:
            most = f"{self.cards} × {self.container:g} = {self.cards * self.container:g}"
            raise ValueError(f"orders of at most what all cards order, {most}: found orders of at least {smallest:g}")
        return self

    def rule(self) -> str:
        """Say how many cards of what size there are."""
        return f"orders a container of {figure(self.container)} for each of {self.cards} cards that is free"

    def decide(self, state: State, view: View) -> tuple[float, State]:
        """Return the units of all free cards, as far as they make up an order that may be placed."""
        there = max(0.0, view.net_stock) + max(0.0, view.on_order)
        free = self.cards - round(up_to_multiple(there, self.container) / self.container)
        wanted = max(0, free) * self.container
        if self.order_multiple is not None:
            wanted = down_to_multiple(wanted, self.order_multiple)
        return (self.shaped(wanted) if wanted >= self._smallest() else 0.0), state

    def _smallest(self) -> float:
        """Return the fewest units of full containers that may be ordered."""
        lot = self.order_multiple or self.container
        return up_to_multiple(self.minimum_order, lot)
