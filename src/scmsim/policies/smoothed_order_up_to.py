"""Order the forecast and a share of the gap to the target."""

from typing import Annotated, Literal

from pydantic import Field

from scmsim.policies.base import Plan, Policy, State
from scmsim.policies.order_up_to import TargetLevel
from scmsim.policies.view import View
from scmsim.specification import LARGEST
from scmsim.words import figure


class SmoothedOrderUpTo(TargetLevel):
    """Proportional order-up-to: order the forecast of one review interval plus 1/Ti of the remaining gap to the target.

    The target is that of `OrderUpTo`, which it equals at a smoothing time of 1.

    Source: Dejonckheere, Disney, Lambrecht & Towill (2003); Disney & Towill (2003).

    Examples
    --------
    >>> policy = SmoothedOrderUpTo(forecast={"kind": "constant", "value": 10}, cover=2, smoothing_time=4)
    >>> policy.decide(None, View(net_stock=0, on_order=2, demand=18))
    (12.0, None)
    """

    kind: Literal["smoothed_order_up_to"] = "smoothed_order_up_to"
    smoothing_time: Annotated[float, Field(gt=0.5, le=LARGEST)]
    """Reviews over which a gap is made up (Ti), above 0.5: below that orders swing ever more widely."""

    def prepare(self, plan: Plan) -> Policy:
        """Take cover and review interval from the plan, and compute the safety stock.

        Raises
        ------
        ValueError
            Review is continuous, so that there is no forecast of one review interval.
        """
        self.check_periodic(plan)
        return super().prepare(plan)

    def rule(self) -> str:
        """Say how much of the gap is ordered."""
        return f"{super().rule()}, 1/{figure(self.smoothing_time)} of the gap beyond the forecast at a time"

    def decide(self, state: State, view: View) -> tuple[float, State]:
        """Return forecast + (target − inventory position − forecast) / smoothing time."""
        state = self.learn(state, view)
        expected = self.expected(state, self.review_interval or 1.0)
        gap = self.target(state) - view.net_stock - view.on_order - expected
        return self.shaped(expected + gap / self.smoothing_time), state
