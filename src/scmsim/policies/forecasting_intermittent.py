"""Forecasts of intermittent demand: most reviews see none, and now and then some comes.

What is taken back on balance (a demand below 0) counts as none.
"""

from typing import Annotated, Literal, NamedTuple, Self

from pydantic import Field, model_validator

from scmsim.policies.forecasting_base import Forecast
from scmsim.specification import LARGEST, NonNegative


class Intermittent(NamedTuple):
    """What Croston's forecast remembers.

    Parameters
    ----------
    size : float
        Demand per period at the reviews that saw any, smoothed; 0 before the first.
    interval : float
        Reviews from one with demand to the next, smoothed.
    since : int
        Reviews since the latest with demand, the next one included.
    """

    size: float
    interval: float
    since: int


class SizeOverInterval(Forecast):
    """Demand size / interval between demands, each smoothed, and changed by a review that sees demand only."""

    weight: Annotated[float, Field(gt=0, le=1)]
    """Weight of the latest demand and interval, above 0 and up to 1."""
    initial_size: NonNegative | None = None
    """Size of a demand before the start, in units per period."""
    initial_interval: Annotated[float, Field(ge=1, le=LARGEST)] | None = None
    """Reviews from one demand to the next before the start, where ``initial_size`` is given."""

    @model_validator(mode="after")
    def _starts_whole(self) -> Self:
        _together("initial_size", self.initial_size, "initial_interval", self.initial_interval)
        return self

    def start(self) -> Intermittent:
        """Return size and interval before the start; both open unless given."""
        return Intermittent(self.initial_size or 0.0, self.initial_interval or 0.0, 1)

    def update(self, state: Intermittent, demand: float) -> Intermittent:
        """Smooth size and interval if there was demand; count one review more if there was none."""
        size, interval, since = state
        if demand <= 0:
            return Intermittent(size, interval, since + 1)
        if interval == 0:
            return Intermittent(demand, float(since), 1)
        return Intermittent(_moved(size, demand, self.weight), _moved(interval, since, self.weight), 1)

    def per_period(self, state: Intermittent) -> float:
        """Return size / interval."""
        return state.size / state.interval if state.interval else 0.0


class Croston(SizeOverInterval):
    """The size of a demand / the reviews from one demand to the next, each smoothed at reviews that see demand only.

    At a review with demand, size = weight × demand + (1 − weight) × size, and interval = weight × reviews since the
    latest demand + (1 − weight) × interval. Without ``initial_size`` the first demand gives the size, and the reviews
    up to it the interval; 0 is expected before. The forecast is known to be too high on average (see `sba`).

    Source: Croston (1972).

    Examples
    --------
    >>> forecast = Croston(weight=0.5)
    >>> state = forecast.start()
    >>> for demand in (0.0, 6.0, 0.0, 0.0, 0.0, 10.0):
    ...     state = forecast.update(state, demand)
    >>> state, forecast.over(state, 3)
    (Intermittent(size=8.0, interval=3.0, since=1), 8.0)
    """

    kind: Literal["croston"] = "croston"


class SyntetosBoylan(SizeOverInterval):
    """Croston's forecast × (1 − weight / 2), which takes most of its bias away: the approximation of Syntetos & Boylan.

    Source: Syntetos & Boylan (2005).

    Examples
    --------
    >>> forecast = SyntetosBoylan(weight=0.5)
    >>> forecast.per_period(forecast.update(forecast.start(), 8.0))
    6.0
    """

    kind: Literal["sba"] = "sba"

    def per_period(self, state: Intermittent) -> float:
        """Return (1 − weight / 2) × size / interval."""
        return (1 - self.weight / 2) * super().per_period(state)


class Fading(NamedTuple):
    """What the forecast of Teunter, Syntetos and Babai remembers.

    Parameters
    ----------
    size : float
        Demand per period at the reviews that saw any, smoothed.
    probability : float
        Share of the reviews that see demand, smoothed; 0 before the first.
    reviews : int
        Reviews so far while there has been no demand; 0 from the first demand on.
    """

    size: float
    probability: float
    reviews: int


class TeunterSyntetosBabai(Forecast):
    """Probability of demand × its size; the probability is smoothed at every review, so that it fades without demand.

    At a review with demand, size = weight × demand + (1 − weight) × size and probability = probability_weight + (1 −
    probability_weight) × probability; without, probability = (1 − probability_weight) × probability. Without
    ``initial_size`` the first demand gives the size, and one in the reviews up to it the probability; 0 is expected
    before.

    Source: Teunter, Syntetos & Babai (2011).

    Examples
    --------
    >>> forecast = TeunterSyntetosBabai(weight=0.5, probability_weight=0.5)
    >>> state = forecast.start()
    >>> for demand in (0.0, 6.0, 0.0, 10.0):
    ...     state = forecast.update(state, demand)
    >>> state, forecast.per_period(state)
    (Fading(size=8.0, probability=0.625, reviews=0), 5.0)
    """

    kind: Literal["tsb"] = "tsb"
    weight: Annotated[float, Field(gt=0, le=1)]
    """Weight of the latest demand in its size, above 0 and up to 1."""
    probability_weight: Annotated[float, Field(gt=0, le=1)]
    """Weight of the latest review in the probability, above 0 and up to 1."""
    initial_size: NonNegative | None = None
    """Size of a demand before the start, in units per period."""
    initial_probability: Annotated[float, Field(gt=0, le=1)] | None = None
    """Share of reviews with demand before the start, where ``initial_size`` is given."""

    @model_validator(mode="after")
    def _starts_whole(self) -> Self:
        _together("initial_size", self.initial_size, "initial_probability", self.initial_probability)
        return self

    def start(self) -> Fading:
        """Return size and probability before the start; both open unless given."""
        if self.initial_size is None or self.initial_probability is None:
            return Fading(0.0, 0.0, 1)
        return Fading(self.initial_size, self.initial_probability, 0)

    def update(self, state: Fading, demand: float) -> Fading:
        """Smooth the probability, and the size if there was demand."""
        size, probability, reviews = state
        if reviews:
            return Fading(demand, 1 / reviews, 0) if demand > 0 else Fading(size, probability, reviews + 1)
        share = self.probability_weight
        if demand <= 0:
            return Fading(size, _moved(probability, 0.0, share), 0)
        return Fading(_moved(size, demand, self.weight), _moved(probability, 1.0, share), 0)

    def per_period(self, state: Fading) -> float:
        """Return probability × size."""
        return state.probability * state.size


def _moved(old: float, new: float, weight: float) -> float:
    return weight * new + (1 - weight) * old


def _together(name: str, value: float | None, other: str, other_value: float | None) -> None:
    if (value is None) != (other_value is None):
        raise ValueError(f"{name} and {other} together: found no {name if value is None else other}")
