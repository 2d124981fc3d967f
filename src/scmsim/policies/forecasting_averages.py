"""Forecasts that expect the same of every period, and those whose parameters are known beforehand."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from scmsim.policies.forecasting_base import Forecast, State
from scmsim.policies.view import View
from scmsim.specification import Number


class Constant(Forecast):
    """The same demand for ever, whatever happens.

    Examples
    --------
    >>> Constant(value=4).over(None, 3)
    12.0
    """

    kind: Literal["constant"] = "constant"
    value: Number
    """Demand expected, in units per period."""

    def update(self, state: State, demand: float) -> State:
        """Learn nothing."""
        return state

    def per_period(self, state: State) -> float:
        """Return ``value``."""
        return self.value

    def check(self, interval: float) -> None:
        """Accept every review: there is nothing to learn."""


class Naive(Forecast):
    """As much as last time; 0 before any demand was seen.

    Examples
    --------
    >>> Naive().over(Naive().update(None, 7.0), 2)
    14.0
    """

    kind: Literal["naive"] = "naive"

    def start(self) -> State:
        """Return 0: no demand was seen."""
        return 0.0

    def update(self, state: State, demand: float) -> State:
        """Remember the latest demand only."""
        return demand

    def per_period(self, state: State) -> float:
        """Return the latest demand."""
        last: float = state
        return last


class MovingAverage(Forecast):
    """The mean of the last observations.

    With ``initial``, every period before the start counts as having had that demand. Without it, the mean is taken over
    what has been seen as long as that is less than ``periods`` observations, and is 0 before the first.

    Examples
    --------
    >>> forecast = MovingAverage(periods=2)
    >>> state = forecast.start()
    >>> for demand in (4.0, 8.0, 10.0):
    ...     state = forecast.update(state, demand)
    >>> state, forecast.per_period(state), forecast.over(state, 3)
    ((8.0, 10.0), 9.0, 27.0)
    """

    kind: Literal["moving_average"] = "moving_average"
    periods: Annotated[int, Field(ge=1, le=10_000)]
    """How many observations are averaged (one per review)."""
    initial: Number | None = None
    """Demand before the start, in units per period."""

    def start(self) -> State:
        """Return the window of observations: full of ``initial``, or empty."""
        return () if self.initial is None else (self.initial,) * self.periods

    def update(self, state: State, demand: float) -> State:
        """Add an observation to the window, dropping the oldest when it is full."""
        return (*state, demand) if len(state) < self.periods else (*state[1:], demand)

    def per_period(self, state: State) -> float:
        """Return the mean of the window, summed afresh from the oldest so that nothing drifts."""
        total = 0.0
        for demand in state:
            total += demand
        return total / len(state) if state else 0.0


class ExponentialSmoothing(Forecast):
    """Simple exponential smoothing: weight × latest demand + (1 − weight) × previous forecast.

    Without ``initial`` the first observation is the first forecast, and the forecast is 0 before it.

    Source: Brown (1959).

    Examples
    --------
    >>> forecast = ExponentialSmoothing(weight=0.5, initial=4)
    >>> forecast.per_period(forecast.update(forecast.start(), 8.0))
    6.0
    """

    kind: Literal["exponential_smoothing"] = "exponential_smoothing"
    weight: Annotated[float, Field(gt=0, le=1)]
    """Weight of the latest observation, above 0 and up to 1 (which is the naive forecast)."""
    initial: Number | None = None
    """Forecast before the start, in units per period."""

    def start(self) -> State:
        """Return the forecast before the start, None when there is none."""
        return self.initial

    def update(self, state: State, demand: float) -> State:
        """Move the forecast towards the demand seen."""
        return demand if state is None else self.weight * demand + (1 - self.weight) * state

    def per_period(self, state: State) -> float:
        """Return the smoothed demand."""
        return 0.0 if state is None else float(state)


class Ar1Mmse(Forecast):
    """The minimum-mean-square-error forecast of first-order autoregressive demand, whose parameters are known.

    The demand expected i periods ahead is mean + autocorrelationⁱ × (latest demand − mean). Of a period that is covered
    in part, that part is expected. Before any demand was seen the mean is expected.

    Source: Lee, Padmanabhan & Whang (1997); Box & Jenkins (1970).

    Examples
    --------
    >>> forecast = Ar1Mmse(mean=10, autocorrelation=0.5)
    >>> state = forecast.update(forecast.start(), 18.0)
    >>> forecast.per_period(state), forecast.over(state, 2), forecast.over(state, 2.5)
    (14.0, 26.0, 31.5)
    """

    kind: Literal["ar1_mmse"] = "ar1_mmse"
    mean: Number
    """Mean demand, in units per period."""
    autocorrelation: Annotated[float, Field(gt=-1, lt=1)]
    """Correlation of the demands of two successive periods, between −1 and 1."""

    def start(self) -> State:
        """Return the mean, as if it had been the latest demand."""
        return self.mean

    def update(self, state: State, demand: float) -> State:
        """Remember the latest demand only."""
        return demand

    def per_period(self, state: State) -> float:
        """Return the demand expected in the next period."""
        return self.mean + self.autocorrelation * (float(state) - self.mean)

    def over(self, state: State, periods: float) -> float:
        """Return the sum of the forecasts of the next ``periods`` periods."""
        whole, ratio = int(periods), self.autocorrelation
        decay = ratio * (1 - ratio**whole) / (1 - ratio) + (periods - whole) * ratio ** (whole + 1)
        return periods * self.mean + decay * (float(state) - self.mean)

    def check(self, interval: float) -> None:
        """Check that reviews are one period apart, as the autocorrelation is."""
        if interval != 1:
            raise ValueError(f"the forecast ar1_mmse needs a review interval of 1 period: found {interval:g}")


class CustomerForecast(Forecast):
    """The sum of what the customers have told as their own forecasts.

    Examples
    --------
    >>> from scmsim.policies.view import Told
    >>> forecast = CustomerForecast()
    >>> forecast.per_period(forecast.learn(forecast.start(), View(3, 0, 9, Told(forecast=7.0))))
    7.0
    """

    kind: Literal["customer_forecast"] = "customer_forecast"

    @model_validator(mode="after")
    def _learns_from_forecasts(self) -> Self:
        if self.of != "orders":
            raise ValueError(f"no `of`, because customer_forecast learns from forecasts: found {self.of}")
        return self

    def needs(self) -> frozenset[str]:
        """Return that forecasts have to be told."""
        return frozenset({"forecast"})

    def start(self) -> State:
        """Return 0: nothing was told."""
        return 0.0

    def learn(self, state: State, view: View, interval: float | None = None) -> State:
        """Remember what has been told."""
        return view.told.forecast

    def is_shown(self, view: View) -> bool:  # noqa: ARG002
        """Return that what was told does not wait for demand."""
        return True

    def update(self, state: State, demand: float) -> State:
        """Learn nothing from orders."""
        return state

    def per_period(self, state: State) -> float:
        """Return what has been told."""
        told: float = state
        return told

    def check(self, interval: float) -> None:
        """Accept every review: there is nothing to average."""
