"""Order up to a maximum when the position is down to a minimum: (s, S)."""

from typing import Literal, Self

from pydantic import model_validator

from scmsim.policies.base import Decide, Plan, Policy, State
from scmsim.policies.position import OnPosition
from scmsim.policies.targets import OpenShare, economic_lot, exactly_one, level_for_fill, level_for_service
from scmsim.policies.view import View
from scmsim.specification import Number
from scmsim.words import figure

Trigger = Literal["at_or_below", "below"]
"""Whether a position that equals the level already calls for an order."""


class MinMax(OnPosition):
    """Order up to ``maximum`` (S) when the inventory position is at or below ``minimum`` (s).

    Give both levels, or the service level or fill rate from which the normal approximation over the protection time
    computes the minimum; the maximum is then the minimum plus the economic order quantity. The approximation counts on
    the position being exactly at the minimum when the order is placed.

    Source: Snyder & Shen ch. 4 and 5; Zipkin ch. 9.

    Examples
    --------
    >>> policy = MinMax(minimum=4, maximum=10)
    >>> policy.decide(None, View(net_stock=3, on_order=1, demand=2))
    (6.0, None)
    >>> policy.decide(None, View(net_stock=3, on_order=2, demand=2))
    (0.0, None)
    """

    kind: Literal["min_max"] = "min_max"
    minimum: Number | None = None
    """Inventory position that triggers an order, in units."""
    maximum: Number | None = None
    """Inventory position to order up to, in units; not below the minimum."""
    service_level: OpenShare | None = None
    """Chance that the minimum covers demand over the protection time, between 0 and 1."""
    fill_rate: OpenShare | None = None
    """Share of units to be served at once, between 0 and 1."""
    trigger: Trigger = "at_or_below"
    """Whether to order when the position is `at_or_below` the minimum, or only `below` it."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.minimum is None) != (self.maximum is None):
            given, missing = ("minimum", "maximum") if self.maximum is None else ("maximum", "minimum")
            raise ValueError(f"give minimum and maximum together: found {given} without {missing}")
        levels = None if self.minimum is None else (self.minimum, self.maximum)
        exactly_one({"minimum and maximum": levels, "service_level": self.service_level, "fill_rate": self.fill_rate})
        self._check_given(service_level=self.service_level, fill_rate=self.fill_rate)
        if self.minimum is not None and self.maximum is not None and self.maximum < self.minimum:
            raise ValueError(f"maximum should not be below minimum: found {self.maximum:g} below {self.minimum:g}")
        return self

    def prepare(self, plan: Plan) -> Policy:
        """Compute the minimum from the service level or fill rate, and the maximum from the economic order quantity."""
        if self.minimum is not None:
            return self
        lot, lot_note = economic_lot("maximum − minimum", plan)
        if self.service_level is not None:
            minimum, note = level_for_service("minimum", self.service_level, plan)
        else:
            minimum, note = level_for_fill("minimum", self.fill_rate or 0.0, lot, plan)
        changes = {"minimum": minimum, "maximum": minimum + lot, "note": f"{note}; {lot_note}"}
        return self.changed(service_level=None, fill_rate=None, **changes)

    def rule(self) -> str:
        """Say when and up to what is ordered."""
        if self.minimum is None or self.maximum is None:
            return "orders up to an open maximum at an open minimum"
        trigger = self.trigger.replace("_", " ")
        position = f"{self._position_note()}position"
        return f"orders up to {figure(self.maximum)} when the {position} is {trigger} {figure(self.minimum)}"

    def decide(self, state: State, view: View) -> tuple[float, State]:
        """Return maximum − inventory position when triggered, else 0."""
        minimum, maximum = self.minimum, self.maximum
        if minimum is None or maximum is None:
            raise ValueError("min_max's levels are open: prepare(plan) computes them")
        position = self.position_in(view)
        if position < minimum or (position == minimum and self.trigger == "at_or_below"):
            return self.shaped(maximum - position), state
        return 0.0, state

    def decider(self) -> Decide:
        """Return `decide`; where the position is the stock's own, with the levels at hand."""
        minimum, maximum, shaped = self.minimum, self.maximum, self.shaped
        if minimum is None or maximum is None or self.position != "local":
            return self.decide
        touching = self.trigger == "at_or_below"

        def decide(state: State, view: View) -> tuple[float, State]:
            position = view.net_stock + view.on_order
            if position < minimum or (touching and position == minimum):
                return shaped(maximum - position), state
            return 0.0, state

        return decide
