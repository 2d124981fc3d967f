"""Order lots of one size when the position is down to the reorder point: (r, Q)."""

from typing import Literal, Self

from pydantic import model_validator

from scmsim.policies.base import Plan, Policy, State
from scmsim.policies.lots import fewest_lots
from scmsim.policies.min_max import Trigger
from scmsim.policies.targets import OpenShare, economic_lot, exactly_one, level_for_fill, level_for_service
from scmsim.policies.view import View
from scmsim.specification import Number, Positive
from scmsim.words import figure


class ReorderPoint(Policy):
    """Order the fewest lots (Q) that lift the inventory position above the reorder point (r), when it is at or below.

    With ``trigger: below``: when it is below, to at or above. Give the reorder point, or the service level or fill rate
    from which the normal approximation over the protection time computes it. An order quantity that is not given is the
    economic order quantity.

    Source: Snyder & Shen ch. 5; Zipkin ch. 6.

    Examples
    --------
    >>> policy = ReorderPoint(reorder_point=3, order_quantity=5)
    >>> policy.decide(None, View(net_stock=3, on_order=0, demand=1))
    (5.0, None)
    >>> policy.decide(None, View(net_stock=-2, on_order=0, demand=6))
    (10.0, None)
    """

    kind: Literal["reorder_point"] = "reorder_point"
    reorder_point: Number | None = None
    """Inventory position that triggers an order, in units."""
    order_quantity: Positive | None = None
    """Lot size in units; the economic order quantity when it is not given."""
    service_level: OpenShare | None = None
    """Chance that the reorder point covers demand over the protection time, between 0 and 1."""
    fill_rate: OpenShare | None = None
    """Share of units to be served at once, between 0 and 1."""
    trigger: Trigger = "at_or_below"
    """Whether to order when the position is `at_or_below` the reorder point, or only `below` it."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        point, service, fill = self.reorder_point, self.service_level, self.fill_rate
        exactly_one({"reorder_point": point, "service_level": service, "fill_rate": fill})
        return self

    def prepare(self, plan: Plan) -> Policy:
        """Compute what is open: the reorder point from the service level or fill rate, the lot as the economic one."""
        if self.reorder_point is not None and self.order_quantity is not None:
            return self
        lot, lot_note = self.order_quantity, ""
        if lot is None:
            lot, lot_note = economic_lot("order quantity", plan)
        point, note = self.reorder_point, ""
        if self.service_level is not None:
            point, note = level_for_service("reorder point", self.service_level, plan)
        elif self.fill_rate is not None:
            point, note = level_for_fill("reorder point", self.fill_rate, lot, plan)
        notes = "; ".join(part for part in (note, lot_note) if part)
        return self.changed(reorder_point=point, order_quantity=lot, service_level=None, fill_rate=None, note=notes)

    def rule(self) -> str:
        """Say when and how much is ordered."""
        if self.reorder_point is None or self.order_quantity is None:
            return "orders lots at a reorder point, not both known yet"
        lots, trigger = figure(self.order_quantity), self.trigger.replace("_", " ")
        return f"orders lots of {lots} when the position is {trigger} {figure(self.reorder_point)}"

    def decide(self, state: State, view: View) -> tuple[float, State]:
        """Return the fewest lots when triggered, else 0."""
        point, lot = self.reorder_point, self.order_quantity
        if point is None or lot is None:
            raise ValueError("reorder_point's levels are open: prepare(plan) computes them")
        gap = point - view.net_stock - view.on_order
        if gap > 0 or (gap == 0 and self.trigger == "at_or_below"):
            return self.shaped(fewest_lots(gap, lot, self.trigger == "at_or_below")), state
        return 0.0, state
