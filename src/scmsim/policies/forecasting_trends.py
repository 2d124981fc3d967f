"""Forecasts of demand that grows or falls, observed at regular reviews."""

from typing import Annotated, Literal, NamedTuple, Self

from pydantic import Field, model_validator

from scmsim.policies.forecasting_base import Forecast, State
from scmsim.specification import Number, Positive, Share


class Ahead(Forecast):
    """A forecast that looks ahead in steps, one per review, and expects something else of each."""

    review_interval: Positive | None = None
    """Periods between two observations: leave it out, the stock's review says it."""

    def ahead(self, state: State, step: int) -> float:
        """Return the demand expected in the ``step``-th review interval from now (1: the next), in units per period."""
        raise NotImplementedError

    def per_period(self, state: State) -> float:
        """Return the demand expected per period until the next review."""
        return self.ahead(state, 1)

    def over(self, state: State, periods: float) -> float:
        """Return the sum over the next ``periods`` periods; of an interval that is covered in part, that part."""
        interval = self.review_interval or 1.0
        steps = periods / interval
        whole = int(steps + 1e-9)
        total = 0.0
        for step in range(1, whole + 1):
            total += self.ahead(state, step)
        left = steps - whole
        return interval * (total + left * self.ahead(state, whole + 1) if left > 1e-9 else total)

    def prepare(self, interval: float) -> Self:
        """Return the forecast that knows the review interval.

        Raises
        ------
        ValueError
            Review is continuous, or another interval is given.
        """
        self.check(interval)
        if self.review_interval not in (None, interval):
            raise ValueError(
                f"the forecast's review_interval is the stock's review.interval: found {self.review_interval:g} "
                f"instead of {interval:g}; leave review_interval out"
            )
        return self if interval == 1 else self.model_copy(update={"review_interval": interval})


class Trend(NamedTuple):
    """What a forecast of a trend remembers.

    Parameters
    ----------
    level : float
        Units per period.
    slope : float or None
        By how much the level grows from one observation to the next; None after the very first, which shows none.
    """

    level: float
    slope: float | None


class Holt(Ahead):
    """Exponential smoothing of the level of demand and of its trend from review to review.

    level = weight × demand + (1 − weight) × (level + damping × trend); trend = trend_weight × (level − level before) +
    (1 − trend_weight) × damping × trend. The demand expected h reviews ahead is level + (damping + … + dampingʰ) ×
    trend; it may fall below 0. Without ``initial`` the first two observations give level and trend: the second
    observation, and the difference of the two; 0 is expected before the first, and the first after it.

    Source: Holt (1957); with damping Gardner & McKenzie (1985); the start as in NIST/SEMATECH e-Handbook 6.4.3.3.

    Examples
    --------
    >>> forecast = Holt(weight=0.5, trend_weight=0.5)
    >>> state = forecast.start()
    >>> for demand in (10.0, 12.0, 16.0):
    ...     state = forecast.update(state, demand)
    >>> state, forecast.per_period(state), forecast.over(state, 2)
    (Trend(level=15.0, slope=2.5), 17.5, 37.5)
    """

    kind: Literal["holt"] = "holt"
    weight: Annotated[float, Field(gt=0, le=1)]
    """Weight of the latest observation in the level, above 0 and up to 1."""
    trend_weight: Share
    """Weight of the latest growth in the trend, from 0 (the trend never changes) to 1."""
    damping: Annotated[float, Field(gt=0, le=1)] = 1.0
    """By what the trend is multiplied from each review to the next: 1 goes on for ever, less levels off."""
    initial: Number | None = None
    """Level before the start, in units per period."""
    initial_trend: Number | None = None
    """Growth from review to review before the start, in units per period; 0 unless given."""

    @model_validator(mode="after")
    def _starts_whole(self) -> Self:
        if self.initial_trend is not None and self.initial is None:
            raise ValueError("initial where initial_trend is given: found none")
        return self

    def start(self) -> Trend | None:
        """Return level and trend before the start, None when there are none."""
        return None if self.initial is None else Trend(self.initial, self.initial_trend or 0.0)

    def update(self, state: Trend | None, demand: float) -> Trend:
        """Move the level towards the demand seen, and the trend towards the level's growth."""
        if state is None:
            return Trend(demand, None)
        if state.slope is None:
            return Trend(demand, demand - state.level)
        return smoothed(state, demand, (self.weight, self.trend_weight, self.damping))

    def ahead(self, state: Trend | None, step: int) -> float:
        """Return level + (damping + damping² + … ) × trend."""
        if state is None:
            return 0.0
        return float(state.level + damped(self.damping, step) * (state.slope or 0.0))


def smoothed(state: Trend, demand: float, weights: tuple[float, float, float]) -> Trend:
    """Return level and trend after demand without season; ``weights`` are those of level and trend, and the damping."""
    weight, trend_weight, damping = weights
    grown = damping * (state.slope or 0.0)
    level = weight * demand + (1 - weight) * (state.level + grown)
    return Trend(level, trend_weight * (level - state.level) + (1 - trend_weight) * grown)


def damped(damping: float, steps: int) -> float:
    """Return damping + damping² + … + damping to the ``steps``: so many times the trend lies ahead.

    Examples
    --------
    >>> damped(1.0, 3), damped(0.5, 3)
    (3.0, 0.875)
    """
    return float(steps) if damping == 1 else damping * (1 - damping**steps) / (1 - damping)
