"""Order up to a level that follows the forecast."""

from typing import Literal, Self

from pydantic import model_validator

from scmsim.policies.base import Plan, Policy, State
from scmsim.policies.forecast_driven import ForecastDriven
from scmsim.policies.levels import Moments, safety_factor
from scmsim.policies.targets import ServiceLevel, figure, required_service, safety_stock
from scmsim.policies.view import View
from scmsim.specification import NonNegative, Number


class TargetLevel(ForecastDriven):
    """A target for the inventory position that follows a forecast: forecast over ``cover`` periods + safety stock."""

    cover: NonNegative | None = None
    """Periods that the target covers; order delay + lead time + review interval − 1 when it is not given (without the
    − 1 for reviews before demand)."""
    safety_stock: Number | None = None
    """Units above the forecast."""
    safety_factor: Number | None = None
    """Safety stock in standard deviations of demand over the cover; 0 when no safety is given."""
    service_level: ServiceLevel | None = None
    """Chance that the target covers demand, between 0 and 1, or `optimal`: the critical ratio backorder_cost /
    (backorder_cost + holding_cost)."""
    demand_sd: NonNegative | None = None
    """Standard deviation of demand per period, in units; that of the stock's stated demand when it is not given."""

    @model_validator(mode="after")
    def _one_safety(self) -> Self:
        ways = ("safety_stock", "safety_factor", "service_level")
        given = [name for name in ways if getattr(self, name) is not None]
        if len(given) > 1:
            raise ValueError(f"give {', or '.join(ways)}: found {' and '.join(given)}")
        return self

    def prepare(self, plan: Plan) -> Policy:
        """Take cover and review interval from the plan, and compute the safety stock."""
        policy = self.with_interval(plan)
        cover = plan.protection if self.cover is None else self.cover
        if self.safety_stock is not None:
            return policy.changed(cover=cover)
        factor = self._factor(plan)
        if factor == 0:
            return policy.changed(cover=cover, safety_stock=0.0, safety_factor=None, service_level=None)
        units, note = safety_stock(factor, self._demand(plan), cover, plan.lead_time_sd)
        return policy.changed(cover=cover, safety_stock=units, safety_factor=None, service_level=None, note=note)

    def target(self, state: State) -> float:
        """Return forecast over the cover + safety stock, in units."""
        cover, safety = self.cover, self.safety_stock
        if cover is None or (safety is None and (self.safety_factor or self.service_level)):
            raise ValueError(f"{type(self).__name__}'s cover or safety stock is open: prepare(plan) computes it")
        return self.forecast.over(state, cover) + (safety or 0.0)

    def rule(self) -> str:
        """Say what the target is."""
        cover = "the protection time" if self.cover is None else f"{figure(self.cover)} periods"
        safety = f" + {figure(self.safety_stock)}" if self.safety_stock else ""
        return f"orders up to the forecast ({self.forecast!r}) over {cover}{safety}"

    def _factor(self, plan: Plan) -> float:
        if self.service_level is not None:
            return safety_factor(required_service(self.service_level, plan))
        return self.safety_factor or 0.0

    def _demand(self, plan: Plan) -> Moments:
        sd = plan.demand_sd if self.demand_sd is None else self.demand_sd
        if sd is None:
            raise ValueError(
                "a safety stock needs the standard deviation of demand, and a demand on this stock does not state it: "
                "give demand_sd"
            )
        if plan.demand_mean is None and plan.lead_time_sd > 0:
            raise ValueError(
                "a safety stock for a random lead time needs the mean of demand, and a demand on this stock does not "
                "state it: give safety_stock"
            )
        return Moments(plan.demand_mean or 0.0, sd)


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
