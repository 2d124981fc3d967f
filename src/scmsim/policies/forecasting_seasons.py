"""Forecasts of demand that follows the seasons."""

from typing import Annotated, Literal, NamedTuple, Self

from pydantic import Field, model_validator

from scmsim.policies.forecasting_trends import Ahead, Trend, damped, smoothed
from scmsim.specification import Number, Share

ADDITIVE = "additive"
LONGEST = 1000
NOTHING = 1e-9
"""What is not above this divides nothing."""


class Seasons(NamedTuple):
    """What a forecast of seasons remembers.

    Parameters
    ----------
    trend : Trend or None
        Level and trend of demand without season; None while the first season is being watched.
    season : tuple of float
        What each of the next reviews of a season adds to the level, or by what it multiplies it; while the first
        season is being watched, the demand seen.
    """

    trend: Trend | None
    season: tuple[float, ...]


class HoltWinters(Ahead):
    """Exponential smoothing of the level of demand, its trend, and what every review of a season adds or multiplies.

    Additive: level = weight × (demand − season) + (1 − weight) × (level + damping × trend); trend = trend_weight ×
    (level − level before) + (1 − trend_weight) × damping × trend; season = season_weight × (demand − level before −
    damping × trend before) + (1 − season_weight) × season. Multiplicative: with quotients in place of the differences
    from the season and from the level. The demand expected h reviews ahead is level + (damping + … + dampingʰ) × trend,
    plus or times the season of that review; it may fall below 0.

    Without ``initial`` the first season is watched: its mean is expected until it is over, and then it gives the level
    (its mean), a trend of 0 and the seasons (differences from the mean, or quotients). Where a quotient has nothing
    above 0 to divide by, nothing is learnt from it.

    Source: Winters (1960); the equations as in Hyndman & Athanasopoulos (2021), chapter 8.3.

    Examples
    --------
    >>> forecast = HoltWinters(length=2, weight=0.5, trend_weight=0, season_weight=0.5)
    >>> state = forecast.start()
    >>> for demand in (10.0, 20.0, 14.0):
    ...     state = forecast.update(state, demand)
    >>> state.trend.level, state.season, forecast.per_period(state), forecast.over(state, 2)
    (17.0, (5.0, -3.0), 22.0, 36.0)
    """

    kind: Literal["holt_winters"] = "holt_winters"
    length: Annotated[int, Field(ge=2, le=LONGEST)]
    """How many reviews a season has."""
    seasonality: Literal["additive", "multiplicative"] = "additive"
    """Whether a season adds units to the level or multiplies it."""
    weight: Annotated[float, Field(gt=0, le=1)]
    """Weight of the latest observation in the level, above 0 and up to 1."""
    trend_weight: Share = 0.0
    """Weight of the latest growth in the trend, from 0 (the trend never changes) to 1."""
    season_weight: Share
    """Weight of the latest observation in its season, from 0 (seasons never change) to 1."""
    damping: Annotated[float, Field(gt=0, le=1)] = 1.0
    """By what the trend is multiplied from each review to the next: 1 goes on for ever, less levels off."""
    initial: Number | None = None
    """Level before the start, in units per period."""
    initial_trend: Number | None = None
    """Growth from review to review before the start, in units per period; 0 unless given."""
    initial_season: Annotated[tuple[Number, ...], Field(strict=False)] | None = None
    """What each review of the first season adds or multiplies, where ``initial`` is given."""

    @model_validator(mode="after")
    def _starts_whole(self) -> Self:
        if self.of != "orders":
            raise ValueError(f"no `of`, because holt_winters needs one observation at every review: found {self.of}")
        if (self.initial is None) != (self.initial_season is None):
            missing = "initial" if self.initial is None else "initial_season"
            raise ValueError(f"initial and initial_season together: found no {missing}")
        if self.initial_trend is not None and self.initial is None:
            raise ValueError("initial where initial_trend is given: found none")
        if self.initial_season is not None and len(self.initial_season) != self.length:
            raise ValueError(f"{self.length} numbers in initial_season: found {len(self.initial_season)}")
        return self

    def start(self) -> Seasons:
        """Return level, trend and seasons before the start, or an empty first season."""
        if self.initial is None or self.initial_season is None:
            return Seasons(None, ())
        return Seasons(Trend(self.initial, self.initial_trend or 0.0), self.initial_season)

    def update(self, state: Seasons, demand: float) -> Seasons:
        """Learn level and trend from what demand is without its season, and the season from what it is above the level.

        The season learnt is the last of the coming ones: it comes back when all others have been.
        """
        if state.trend is None:
            return self._watched((*state.season, demand))
        season, expected = state.season[0], state.trend.level + self.damping * (state.trend.slope or 0.0)
        plain, seen = self._without(demand, season, expected), self._without(demand, expected, season)
        learnt = self.season_weight * seen + (1 - self.season_weight) * season
        weights = self.weight, self.trend_weight, self.damping
        return Seasons(smoothed(state.trend, plain, weights), (*state.season[1:], learnt))

    def ahead(self, state: Seasons, step: int) -> float:
        """Return level and trend that many steps ahead, plus or times their season; the mean in the first season."""
        if state.trend is None:
            return sum(state.season) / len(state.season) if state.season else 0.0
        level = state.trend.level + damped(self.damping, step) * (state.trend.slope or 0.0)
        season = state.season[(step - 1) % self.length]
        return float(level + season if self.seasonality == ADDITIVE else level * season)

    def _watched(self, seen: tuple[float, ...]) -> Seasons:
        if len(seen) < self.length:
            return Seasons(None, seen)
        mean = sum(seen) / len(seen)
        neutral = 0.0 if self.seasonality == ADDITIVE else 1.0
        return Seasons(Trend(mean, 0.0), tuple(self._without(demand, mean, neutral) for demand in seen))

    def _without(self, demand: float, part: float, unknown: float) -> float:
        """Take one part out of demand; ``unknown`` where that cannot be done."""
        if self.seasonality == ADDITIVE:
            return demand - part
        return demand / part if part > NOTHING else unknown
