"""What every forecast of demand is: frozen parameters, and pure functions of an explicit memory."""

from typing import Any, Literal, Self

from scmsim.policies.base import Plan
from scmsim.policies.kinds import KindedSpecification
from scmsim.policies.view import View

State = Any
"""What a forecast remembers between two observations: a value that is never changed in place."""


NO_TIME = 1e-6
"""Periods shorter than this are none."""


class Forecast(KindedSpecification):
    """A way to expect future demand.

    A subclass adds ``kind: Literal["its_name"] = "its_name"``, its parameters, `start`, `update` and `per_period`, and
    `over` where successive periods are expected to differ. Demand is in units per period; with reviews every R periods
    an observation is the mean of R periods.
    """

    of: Literal["orders", "point_of_sale"] = "orders"
    """What it learns from: the `orders` that reach the stock, or the `point_of_sale` units that end customers have
    asked for, as far as the stock has been told."""

    def needs(self) -> frozenset[str]:
        """Return what has to be told from below: names of what a lane can share."""
        return frozenset({"point_of_sale"} if self.of == "point_of_sale" else ())

    def learn(self, state: State, view: View, interval: float | None = None) -> State:
        """Return the memory after a review that shows what has come since the last one, ``interval`` periods ago.

        A report on sales is one observation, of as many periods as it is about; without a report nothing is learnt.
        """
        if self.of == "orders":
            return self.update(state, view.demand if interval is None else view.demand / interval)
        if not self.learns_from(view):
            return state
        periods = (interval or 1.0) if view.told.sales_periods is None else view.told.sales_periods
        return self.update(state, view.told.point_of_sale / periods)

    def learns_from(self, view: View) -> bool:
        """Return whether a review shows anything to learn from: no report on sales is no observation."""
        periods = view.told.sales_periods
        return self.of == "orders" or periods is None or periods >= NO_TIME

    def is_shown(self, view: View) -> bool:
        """Return whether a first review shows anything, though it may come before any demand."""
        return bool(view.told.point_of_sale if self.of == "point_of_sale" else view.demand)

    def skip(self, state: State, interval: float | None = None) -> State:  # noqa: ARG002
        """Return the memory after a first review that comes before anything could be learnt."""
        return state

    def start(self) -> State:
        """Return the memory before any demand was seen."""
        return None

    def update(self, state: State, demand: float) -> State:
        """Return the memory after one more observation of demand, in units per period."""
        raise NotImplementedError

    def per_period(self, state: State) -> float:
        """Return the demand expected in the next period, in units."""
        raise NotImplementedError

    def over(self, state: State, periods: float) -> float:
        """Return the demand expected over the next ``periods`` periods together, in units."""
        return periods * self.per_period(state)

    def check(self, interval: float) -> None:
        """Check that the forecast can learn from reviews that are ``interval`` periods apart (0: continuous review).

        Raises
        ------
        ValueError
            It cannot; the message says what it needs.
        """
        if interval == 0:
            kind = getattr(self, "kind", type(self).__name__)
            raise ValueError(f"the forecast {kind} learns from periodic review: found continuous review")

    def from_plan(self, plan: Plan) -> "Forecast":
        """Return the forecast with what it takes from the stock's stated demand.

        Raises
        ------
        ValueError
            The plan does not hold what it takes; the message says what and how to mend it.
        """
        return self

    def prepare(self, interval: float) -> Self:
        """Return the forecast that knows how far apart its observations are, in periods (0: continuous review).

        Raises
        ------
        ValueError
            It cannot learn from such reviews; the message says what it needs.
        """
        self.check(interval)
        return self
