"""Order up to a level that follows the forecast."""

from typing import Literal

from scmsim.policies.base import Plan, Policy, State
from scmsim.policies.safety import Protected
from scmsim.policies.view import View
from scmsim.specification import NonNegative
from scmsim.words import figure


class TargetLevel(Protected):
    """A target for the inventory position that follows a forecast: forecast over ``cover`` periods + safety stock."""

    cover: NonNegative | None = None
    """Periods that the target covers; order delay + lead time + review interval − 1 when it is not given (without the
    − 1 for reviews before demand)."""

    def prepare(self, plan: Plan) -> Policy:
        """Take cover and review interval from the plan, and compute the safety stock."""
        return self.protected(plan)

    def target(self, state: State) -> float:
        """Return forecast over the cover + safety stock, in units."""
        safety = self.safety(state)
        if self.cover is None:
            raise ValueError(f"{type(self).__name__}'s cover or safety stock is open: prepare(plan) computes it")
        return self.expected(state, self.cover) + safety

    def rule(self) -> str:
        """Say what the target is."""
        cover = "the protection time" if self.cover is None else f"{figure(self.cover)} periods"
        return f"orders up to the forecast ({self.forecast!r}) over {cover}{self.safety_rule()}"


class OrderUpTo(TargetLevel):
    """Order what lifts the inventory position to forecast over the cover + safety stock.

    Source: Chen, Drezner, Ryan & Simchi-Levi (2000); Snyder & Shen ch. 13.

    Examples
    --------
    >>> policy = OrderUpTo(forecast={"kind": "moving_average", "periods": 2}, cover=3)
    >>> policy.decide((8.0,), View(net_stock=10, on_order=5, demand=10))
    (12.0, (8.0, 10))
    """

    kind: Literal["order_up_to"] = "order_up_to"

    def decide(self, state: State, view: View) -> tuple[float, State]:
        """Return target − inventory position, the forecast having absorbed the demand."""
        state = self.learn(state, view)
        return self.shaped(self.target(state) - view.net_stock - view.on_order), state
