"""Safety stock of the policies that forecast: given, by normal theory, or by how far the forecast is out."""

from enum import Enum
from math import sqrt
from typing import Any, ClassVar, Literal, NamedTuple, Self

from pydantic import model_validator

from scmsim.policies.base import Plan, State
from scmsim.policies.forecast_driven import ForecastDriven
from scmsim.policies.forecast_error import ForecastError
from scmsim.policies.levels import Moments, demand_over, safety_factor
from scmsim.policies.targets import ServiceLevel, required_service, safety_stock
from scmsim.policies.view import View
from scmsim.specification import NonNegative, Number
from scmsim.words import figure


class Memory(Enum):
    """What a policy remembers that has seen no review yet."""

    NOTHING = "nothing"


class Belief(NamedTuple):
    """The memory of a policy that follows its forecast's errors: the forecast's own, and the running measure.

    ``learnt`` tells whether the forecast has learnt from any review.
    """

    forecast: Any
    measure: float | None
    learnt: bool = False


class Protected(ForecastDriven):
    """A policy that forecasts and keeps a safety stock."""

    clean_start: ClassVar[bool] = False
    """Whether a first review before demand, at which nothing has been asked yet, teaches the forecast nothing."""
    cover: NonNegative | None = None
    """Periods that the safety stock covers; order delay + lead time + review interval − 1 when it is not given (without
    the − 1 for reviews before demand)."""
    safety_stock: Number | None = None
    """Units above the forecast."""
    safety_factor: Number | None = None
    """Safety stock in standard deviations of demand over the cover; 0 when no safety is given."""
    service_level: ServiceLevel | None = None
    """Chance that the target covers demand, between 0 and 1, or `optimal`: the critical ratio backorder_cost /
    (backorder_cost + holding_cost)."""
    demand_sd: NonNegative | None = None
    """Standard deviation of demand per period, in units; that of the stock's stated demand when it is not given."""
    forecast_error: ForecastError | None = None
    """Takes the standard deviation from the errors of the forecast, as the run goes on, in place of `demand_sd`; with
    `safety_factor` or `service_level`."""
    lead_time_sd: NonNegative | None = None
    """Standard deviation of the lead time, for a safety stock by `forecast_error`: leave it out, the stock's lane says
    it."""
    review_timing: Literal["after_demand", "before_demand"] | None = None
    """Whether reviews come after demand or before it: leave it out, the stock's review says it."""

    @model_validator(mode="after")
    def _one_safety(self) -> Self:
        ways = ("safety_stock", "safety_factor", "service_level")
        given = [name for name in ways if getattr(self, name) is not None]
        if len(given) > 1:
            raise ValueError(f"give {', or '.join(ways)}: found {' and '.join(given)}")
        if self.forecast_error is not None and given not in (["safety_factor"], ["service_level"]):
            found = given[0] if given else "neither"
            raise ValueError(f"give safety_factor or service_level with forecast_error: found {found}")
        if self.forecast_error is not None and self.demand_sd is not None:
            raise ValueError("give demand_sd or forecast_error: found both")
        if self.forecast_error is None and self.lead_time_sd is not None:
            raise ValueError(f"give forecast_error with lead_time_sd: found lead_time_sd {self.lead_time_sd:g} alone")
        return self

    def protected(self, plan: Plan) -> Self:
        """Return the policy with review, cover and safety stock taken from the plan, or computed from it.

        Raises
        ------
        ValueError
            The plan does not hold what the safety stock needs, or the review is another one than the policy says.
        """
        policy, timing = self.with_interval(plan), "before_demand" if plan.before_demand else "after_demand"
        if self.review_timing not in (None, timing):
            raise ValueError(
                f"review_timing is the stock's review.timing: found {self.review_timing} instead of {timing}; leave "
                "review_timing out"
            )
        cover = plan.protection if self.cover is None else self.cover
        changes: dict[str, Any] = {"cover": cover}
        if self.clean_start or self.forecast_error is not None:
            changes["review_timing"] = timing
        if self.forecast_error is not None:
            lead_time_sd = plan.lead_time_sd if self.lead_time_sd is None else self.lead_time_sd
            changes |= {"safety_factor": self._factor(plan), "service_level": None, "lead_time_sd": lead_time_sd}
        elif self.safety_stock is None:
            changes |= self._by_theory(plan, cover)
        return policy.changed(**changes)

    def start(self) -> State:
        """Return the memory with which a run starts."""
        if self._waits():
            return Memory.NOTHING
        return self._begun()

    def learn(self, state: State, view: View) -> State:
        """Return the memory after the demand since the last review: the forecast's error first, then what it learns."""
        if state is Memory.NOTHING:
            state = self._begun()
            if not self.forecast.is_shown(view):
                return self._skipped(state)
        if self.forecast_error is None:
            return super().learn(state, view)
        learnt = state.learnt or self.forecast.learns_from(view)
        return Belief(super().learn(state.forecast, view), self._measured(state, view), learnt)

    def expected(self, state: State, periods: float) -> float:
        """Return the demand expected over the next ``periods`` periods together, in units."""
        return self.forecast.over(self._remembered(state), periods)

    def expectation(self, state: State, view: View | None = None) -> float:
        """Return the forecast per period, in units, after what ``view`` shows."""
        return self.forecast.per_period(self._remembered(state if view is None else self.learn(state, view)))

    def safety(self, state: State) -> float:
        """Return the safety stock, in units.

        Raises
        ------
        ValueError
            It is still open: `prepare` computes it.
        """
        if self.forecast_error is None:
            if self.safety_stock is None and (self.safety_factor or self.service_level):
                raise ValueError(f"{type(self).__name__}'s cover or safety stock is open: prepare(plan) computes it")
            return self.safety_stock or 0.0
        if self.cover is None or self.safety_factor is None:
            raise ValueError(f"{type(self).__name__}'s cover or safety stock is open: prepare(plan) computes it")
        measure = None if state is Memory.NOTHING else state.measure
        demand = Moments(self.expectation(state), self.forecast_error.sd(measure))
        return self.safety_factor * demand_over(demand, self.cover, self.lead_time_sd or 0.0).sd

    def safety_rule(self) -> str:
        """Say what is added for safety; nothing where nothing is."""
        if self.forecast_error is None:
            return f" + {figure(self.safety_stock)}" if self.safety_stock else ""
        factor = "a factor" if self.safety_factor is None else figure(self.safety_factor)
        return f" + {factor} standard deviations of its error ({self.forecast_error.measure})"

    def _by_theory(self, plan: Plan, cover: float) -> dict[str, Any]:
        factor = self._factor(plan)
        settled = {"safety_factor": None, "service_level": None}
        if factor == 0:
            return {"safety_stock": 0.0, **settled}
        units, note = safety_stock(factor, self._demand(plan), cover, plan.lead_time_sd)
        return {"safety_stock": units, "note": note, **settled}

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

    def _waits(self) -> bool:
        return self.review_timing == "before_demand" and (self.clean_start or self.forecast_error is not None)

    def _begun(self) -> State:
        start = self.forecast.start()
        return start if self.forecast_error is None else Belief(start, self.forecast_error.start())

    def _skipped(self, state: State) -> State:
        interval = self.review_interval
        if self.forecast_error is None:
            return self.forecast.skip(state, interval)
        return state._replace(forecast=self.forecast.skip(state.forecast, interval))

    def _remembered(self, state: State) -> State:
        """Return the forecast's part of a memory."""
        if state is Memory.NOTHING:
            return self.forecast.start()
        return state if self.forecast_error is None else state.forecast

    def _measured(self, state: Belief, view: View) -> float | None:
        """Return the measure after the error of this review; what a forecast that knows nothing says is no error.

        The error of a mean over R periods has 1/√R of the deviation of one period's.
        """
        error, periods = self.forecast_error, self.review_interval or 1.0
        expected = self.forecast.over(state.forecast, periods) / periods
        if error is None or (expected == 0 and not state.learnt):
            return state.measure
        return error.update(state.measure, (view.demand / periods - expected) * sqrt(periods))
