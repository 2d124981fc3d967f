"""Forecasts that are known before the run: what the scenario states, and a plan that differs by period."""

from math import floor
from typing import Annotated, Literal

from pydantic import Field, PrivateAttr

from scmsim.policies.base import Plan
from scmsim.policies.forecasting_averages import Constant
from scmsim.policies.forecasting_base import Forecast, State
from scmsim.policies.view import View
from scmsim.specification import NonNegative


class Stated(Forecast):
    """The mean of the demand that the scenario states, for ever: no forecasting at all.

    Examples
    --------
    >>> plan = Plan(demand_mean=50, demand_sd=8, lead_time=4, lead_time_sd=0, interval=1, before_demand=True,
    ...             holding_cost=0, backorder_cost=0, order_cost=0)
    >>> Stated().from_plan(plan)
    Constant(value=50.0)
    """

    kind: Literal["stated"] = "stated"

    def from_plan(self, plan: Plan) -> Forecast:
        """Return the mean of the demand on the stock as a constant forecast.

        Raises
        ------
        ValueError
            A demand on the stock does not state its mean.
        """
        if plan.demand_mean is None:
            raise ValueError(
                "the forecast stated needs the mean of demand, and a demand on this stock does not state it: give a "
                "forecast of another kind"
            )
        return Constant(value=plan.demand_mean, of=self.of)

    def update(self, state: State, demand: float) -> State:
        """Learn nothing."""
        return state

    def per_period(self, state: State) -> float:
        """Say that the mean is not known yet."""
        raise ValueError("the forecast stated is open: prepare(plan) computes it")

    def check(self, interval: float) -> None:
        """Accept every review: there is nothing to learn."""


class Planned(Forecast):
    """A plan of demand, one value a period from the start of the run: a season, a promotion, a sales plan.

    A part of a period is expected to bring that part of its value.

    Examples
    --------
    >>> forecast = Planned(values=[20, 40, 10])
    >>> state = forecast.learn(forecast.start(), View(net_stock=5, on_order=0, demand=19))
    >>> forecast.per_period(state), forecast.over(state, 2), forecast.over(state, 2.5)
    (40.0, 50.0, 55.0)
    """

    kind: Literal["planned"] = "planned"
    values: Annotated[tuple[NonNegative, ...], Field(strict=False, min_length=1)]
    """Demand planned for the first period, the second, and so on, in units."""
    afterwards: Literal["last", "repeat", "zero"] = "last"
    """What is planned when the list has ended: its last value for ever, the list from its start, or nothing."""

    _before: float = PrivateAttr(0.0)

    def from_plan(self, plan: Plan) -> Forecast:
        """Return the plan that knows when the first review is, and whether that review has seen its own period."""
        found = self.model_copy()
        if plan.interval:
            found._before = plan.first_review + (not plan.before_demand) - plan.interval
        return found

    def learn(self, state: State, view: View, interval: float | None = None) -> State:
        """Turn the page: remember how many periods have passed."""
        return self.skip(state, interval)

    def skip(self, state: State, interval: float | None = None) -> State:
        """Turn the page: time passes whatever is asked."""
        return state + (interval or 1.0)

    def start(self) -> State:
        """Return the number of periods that have passed one review interval before the first review."""
        return self._before

    def update(self, state: State, demand: float) -> State:
        """Turn the page by one period."""
        return state + 1.0

    def per_period(self, state: State) -> float:
        """Return what is planned for the next period."""
        return self._value(floor(state))

    def over(self, state: State, periods: float) -> float:
        """Return what is planned for the next ``periods`` periods together."""
        first, whole = floor(state), int(periods)
        total = 0.0
        for period in range(first, first + whole):
            total += self._value(period)
        part = periods - whole
        return total + part * self._value(first + whole) if part else total

    def _value(self, period: int) -> float:
        count = len(self.values)
        if period < 0:
            return 0.0
        if period < count:
            return self.values[period]
        if self.afterwards == "zero":
            return 0.0
        return self.values[-1 if self.afterwards == "last" else period % count]
