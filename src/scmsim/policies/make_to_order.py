"""Order for order: replenish what was asked for, and keep nothing for later."""

from typing import Literal

from scmsim.policies.base import Plan, Policy, State
from scmsim.policies.view import View


class MakeToOrder(Policy):
    """Order exactly what has been asked for and is neither in stock nor on order: a base stock of 0.

    Every unit is made, or bought and passed on (a cross-dock), for an order that is there already. No stock is held on
    purpose: what there is at the start, what comes back and what lots bring in excess goes to the next orders first.
    Its customers have to wait: where they do not, nothing could ever be sold.

    Source: Zipkin ch. 6, base stock with s = 0; Hopp & Spearman ch. 10.

    Examples
    --------
    >>> policy = MakeToOrder()
    >>> policy.decide(None, View(net_stock=-10, on_order=6, demand=4))
    (4.0, None)
    >>> policy.decide(None, View(net_stock=3, on_order=0, demand=4))
    (0.0, None)
    """

    kind: Literal["make_to_order"] = "make_to_order"

    def prepare(self, plan: Plan) -> Policy:
        """Check that customers wait.

        Raises
        ------
        ValueError
            Some do not.
        """
        if not plan.customers_wait:
            raise ValueError("make_to_order needs customers who wait: found demand that is `unmet: lost`")
        return self

    def rule(self) -> str:
        """Say what is ordered."""
        return "orders what has been asked for and is neither in stock nor on order"

    def decide(self, state: State, view: View) -> tuple[float, State]:
        """Return what is asked for beyond the inventory position."""
        return self.shaped(0.0 - view.net_stock - view.on_order), state
