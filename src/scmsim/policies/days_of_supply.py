"""Order up to so many days of demand."""

from typing import ClassVar, Literal, Self

from pydantic import model_validator

from scmsim.policies.base import Plan, Policy, State
from scmsim.policies.forecast_known import Stated
from scmsim.policies.forecasting import AnyForecast
from scmsim.policies.safety import Protected
from scmsim.policies.view import View
from scmsim.specification import NonNegative, Positive
from scmsim.words import figure


class DaysOfSupply(Protected):
    """Order what lifts the inventory position to so many days of expected demand.

    Give ``days``, to order at every review; or ``min_days`` and ``max_days``, to order up to the maximum when the
    position is down to the minimum. A day is one time unit of the scenario. The demand expected is the forecast's; the
    mean that the scenario states where no forecast is given. A safety stock comes on top.

    Source: planners' time supply; Silver, Pyke & Thomas ch. 5 and 6. With a moving average of p periods orders vary
    1 + 2D/p + 2D²/p² times as much as demand, as in Chen, Drezner, Ryan & Simchi-Levi (2000) for D periods.

    Examples
    --------
    >>> policy = DaysOfSupply(days=5, forecast={"kind": "constant", "value": 10})
    >>> policy.decide(None, View(net_stock=12, on_order=20, demand=8))
    (18.0, None)
    >>> policy = DaysOfSupply(min_days=2, max_days=6, forecast={"kind": "constant", "value": 10})
    >>> policy.decide(None, View(net_stock=20, on_order=0, demand=8))
    (40.0, None)
    >>> policy.decide(None, View(net_stock=21, on_order=0, demand=8))
    (0.0, None)
    """

    clean_start: ClassVar[bool] = True
    kind: Literal["days_of_supply"] = "days_of_supply"
    forecast: AnyForecast = Stated()
    """How demand is forecast, in units per period; the mean of the stated demand when it is not given."""
    days: Positive | None = None
    """Days of demand to order up to, at every review (time units of the scenario)."""
    min_days: NonNegative | None = None
    """Days of demand at or below which an order is placed (time units of the scenario)."""
    max_days: Positive | None = None
    """Days of demand to order up to then, not fewer than `min_days` (time units of the scenario)."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        ways = {name: getattr(self, name) for name in ("days", "min_days", "max_days")}
        given = [name for name, value in ways.items() if value is not None]
        if given not in (["days"], ["min_days", "max_days"]):
            raise ValueError(f"give days, or min_days and max_days: found {' and '.join(given) or 'none'}")
        if self.min_days is not None and self.max_days is not None and self.max_days < self.min_days:
            raise ValueError(f"max_days should not be below min_days: found {self.max_days:g} below {self.min_days:g}")
        return self

    def prepare(self, plan: Plan) -> Policy:
        """Take review, cover and, without a forecast, mean demand from the plan, and compute the safety stock."""
        return self.protected(plan)

    def rule(self) -> str:
        """Say up to how many days of what is ordered."""
        up_to = self.max_days if self.days is None else self.days
        trigger = "" if self.min_days is None else f" when the position is at or below {figure(self.min_days)} days"
        days = f"{figure(up_to or 0.0)} days of the forecast ({self.forecast!r}){self.safety_rule()}"
        return f"orders up to {days}{trigger}"

    def decide(self, state: State, view: View) -> tuple[float, State]:
        """Return days × forecast + safety stock − inventory position, where it is time to order; else 0."""
        state = self.learn(state, view)
        position, safety = view.net_stock + view.on_order, self.safety(state)
        if self.days is not None:
            return self.shaped(self.expected(state, self.days) + safety - position), state
        if position > self.expected(state, self.min_days or 0.0) + safety:
            return 0.0, state
        return self.shaped(self.expected(state, self.max_days or 0.0) + safety - position), state
