"""Sterman's model of how people order."""

from typing import Literal

from scmsim.policies.base import Plan, Policy, State
from scmsim.policies.forecast_driven import ForecastDriven
from scmsim.policies.view import View
from scmsim.specification import NonNegative, Number
from scmsim.words import figure


class AnchorAndAdjust(ForecastDriven):
    """Order the forecast, plus a share of what stock and supply line fall short of a target.

    forecast + stock_weight × (target − net stock − supply_line_weight × on order). A supply line weight of 1 is a
    rational player's; people forget most of what they have ordered.

    Source: Sterman (1989), Management Science 35(3).

    Examples
    --------
    >>> policy = AnchorAndAdjust(
    ...     forecast={"kind": "constant", "value": 4}, stock_weight=1, supply_line_weight=1, target=28
    ... )
    >>> policy.decide(None, View(net_stock=8, on_order=12, demand=8))
    (12.0, None)
    """

    kind: Literal["anchor_and_adjust"] = "anchor_and_adjust"
    stock_weight: NonNegative
    """Share of the gap that is ordered at once (Sterman's α)."""
    supply_line_weight: NonNegative
    """Share of what is on order that is taken into account (Sterman's β)."""
    target: Number
    """Units that net stock and the weighted units on order should add up to (Sterman's S')."""

    def prepare(self, plan: Plan) -> Policy:
        """Take the review interval from the plan.

        Raises
        ------
        ValueError
            Review is continuous, so that there is no forecast of one review interval.
        """
        self.check_periodic(plan)
        return self.with_interval(plan)

    def rule(self) -> str:
        """Say what is ordered."""
        weights = f"{figure(self.stock_weight)} × ({figure(self.target)} − net stock"
        return f"orders forecast ({self.forecast!r}) + {weights} − {figure(self.supply_line_weight)} × on order)"

    def decide(self, state: State, view: View) -> tuple[float, State]:
        """Return anchor + adjustment, the forecast having absorbed the demand."""
        state = self.learn(state, view)
        anchor = self.forecast.over(state, self.review_interval or 1.0)
        gap = self.target - view.net_stock - self.supply_line_weight * view.on_order
        return self.shaped(anchor + self.stock_weight * gap), state
