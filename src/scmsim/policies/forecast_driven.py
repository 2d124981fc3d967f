"""What the policies that forecast have in common."""

from typing import ClassVar, Self

from scmsim.policies.base import Plan, Policy, State
from scmsim.policies.forecasting import AnyForecast
from scmsim.policies.kinds import kind_of
from scmsim.policies.view import View
from scmsim.specification import Positive


class ForecastDriven(Policy):
    """A policy that forecasts: the forecast absorbs what has arrived since the last review, then the policy decides."""

    forecasts: ClassVar[bool] = True
    forecast: AnyForecast
    """How demand is forecast, in units per period."""
    review_interval: Positive | None = None
    """Periods between two reviews, over which the demand seen is averaged: leave it out, the stock's review says it."""

    def start(self) -> State:
        """Return the forecast's memory."""
        return self.forecast.start()

    def learn(self, state: State, view: View) -> State:
        """Return the forecast's memory after the demand since the last review."""
        return self.forecast.learn(state, view, self.review_interval)

    def needs(self) -> frozenset[str]:
        """Return what the forecast has to be told."""
        return self.forecast.needs()

    def expectation(self, state: State, view: View | None = None) -> float:
        """Return the forecast per period, in units, after what ``view`` shows."""
        return self.forecast.per_period(state if view is None else self.learn(state, view))

    def check_periodic(self, plan: Plan) -> None:
        """Make sure that there are review intervals.

        Raises
        ------
        ValueError
            Review is continuous, so that there is no forecast of one review interval.
        """
        if plan.interval == 0:
            raise ValueError(f"{kind_of(type(self))} needs periodic review: found continuous review")

    def with_interval(self, plan: Plan) -> Self:
        """Return the policy that knows the review interval.

        Raises
        ------
        ValueError
            The forecast cannot learn at this interval, or another one is given.
        """
        forecast = self.forecast.from_plan(plan).prepare(plan.interval)
        if self.review_interval not in (None, plan.interval):
            raise ValueError(
                f"review_interval is the stock's review.interval: found {self.review_interval:g} instead of "
                f"{plan.interval:g}; leave review_interval out"
            )
        if plan.interval == 0:
            return self if forecast is self.forecast else self.changed(forecast=forecast)
        return self.changed(review_interval=plan.interval, forecast=forecast)
