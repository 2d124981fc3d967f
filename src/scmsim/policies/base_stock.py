"""Order up to a fixed level."""

from typing import Literal, Self

from pydantic import model_validator

from scmsim.policies.base import Decide, Plan, Policy, State
from scmsim.policies.position import OnPosition
from scmsim.policies.targets import OpenShare, ServiceLevel, exactly_one, level_for_fill, level_for_service
from scmsim.policies.view import View
from scmsim.specification import Number
from scmsim.words import figure


class UpToLevel(OnPosition):
    """A policy that restores a position to a fixed level at every review."""

    level: Number | None = None
    """Inventory position to restore, in units."""
    service_level: ServiceLevel | None = None
    """Chance that the level covers demand over the protection time, between 0 and 1, or `optimal`: the critical ratio
    backorder_cost / (backorder_cost + holding_cost)."""
    fill_rate: OpenShare | None = None
    """Share of units to be served at once, between 0 and 1."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        exactly_one({"level": self.level, "service_level": self.service_level, "fill_rate": self.fill_rate})
        self._check_given(service_level=self.service_level, fill_rate=self.fill_rate)
        return self

    def prepare(self, plan: Plan) -> Policy:
        """Compute the level from the service level or fill rate."""
        if self.service_level is not None:
            level, note = level_for_service("base stock", self.service_level, plan)
        elif self.fill_rate is not None:
            level, note = level_for_fill("base stock", self.fill_rate, None, plan)
        else:
            return self
        return self.changed(level=level, service_level=None, fill_rate=None, note=note)

    def rule(self) -> str:
        """Say up to what is ordered."""
        level = "an open base stock" if self.level is None else f"base stock {figure(self.level)}"
        return f"orders up to {self._position_note()}{level}"

    def decide(self, state: State, view: View) -> tuple[float, State]:
        """Return level − inventory position."""
        level = self.level
        if level is None:
            raise ValueError("base_stock's level is open: prepare(plan) computes it")
        return self.shaped(level - self.position_in(view)), state

    def decider(self) -> Decide:
        """Return `decide`; where its options are plain, with the level at hand."""
        level = self.level
        if level is None or not self.plain_quantities:
            return self.decide

        def decide(state: State, view: View) -> tuple[float, State]:
            wanted = level - (view.net_stock + view.on_order)
            return (wanted if wanted > 0 else 0.0), state

        return decide


class BaseStock(UpToLevel):
    """Order what lifts the inventory position to a fixed level (S), at every review.

    Give the level, or the service level or fill rate from which the normal approximation computes it.

    Source: Snyder & Shen §4.3; Zipkin ch. 6.

    Examples
    --------
    >>> BaseStock(level=20).decide(None, View(net_stock=9, on_order=4, demand=3))
    (7.0, None)
    >>> from scmsim.policies.view import Told
    >>> BaseStock(level=50, position="echelon").decide(None, View(9, 4, 3, Told(downstream=30)))
    (7.0, None)
    """

    kind: Literal["base_stock"] = "base_stock"


class EchelonBaseStock(UpToLevel):
    """Order what lifts the echelon inventory position to a fixed level, at every review.

    The echelon position counts everything from this stock down to the customers, as far as the stock has been told of
    it. It is `base_stock` with ``position: echelon``. Levels that are the sums of local levels from the customers up
    give the orders of those local levels, where orders and reports take equally long.

    Source: Clark & Scarf (1960); Axsäter & Rosling (1993).

    Examples
    --------
    >>> from scmsim.policies.view import Told
    >>> EchelonBaseStock(level=50).decide(None, View(9, 4, 3, Told(downstream=30)))
    (7.0, None)
    """

    kind: Literal["echelon_base_stock"] = "echelon_base_stock"
    position: Literal["echelon"] = "echelon"
    """Always `echelon`."""
