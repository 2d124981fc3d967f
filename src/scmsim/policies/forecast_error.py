"""How far a forecast is out: the running deviation that a safety stock can rest on."""

from math import sqrt
from typing import Annotated, Literal

from pydantic import Field

from scmsim.specification import NonNegative, Specification

SD_PER_MAD = 1.25
"""Standard deviations in one mean absolute deviation, as planners round √(π/2) = 1.2533 of normal errors."""


class ForecastError(Specification):
    """A running measure of a forecast's errors, one error per review, smoothed exponentially.

    An error is what was asked of the stock itself less what was expected, whatever the forecast learns from. What a
    forecast without a start expects before it has seen anything is no error, nor is a first review before demand at
    which nothing has been asked yet. With reviews R periods apart, an error of the mean demand counts √R times, so
    that the measure is that of one period's demand.

    Source: Brown (1959); Silver, Pyke & Thomas ch. 3 (1.25 MAD, smoothed MSE).

    Examples
    --------
    >>> error = ForecastError(measure="mad", weight=0.5, initial=8)
    >>> error.sd(error.update(error.start(), -4.0))
    7.5
    """

    measure: Literal["mad", "mse"] = "mad"
    """What is smoothed: the absolute error (`mad`, mean absolute deviation, 1.25 of which are one standard deviation),
    or the squared error (`mse`, whose root it is)."""
    weight: Annotated[float, Field(gt=0, le=1)] = 0.1
    """Weight of the latest error, above 0 and up to 1."""
    initial: NonNegative | None = None
    """The measure before the start: mean absolute error in units per period, or its mean square. When it is not given
    the first error is the first measure, and there is no safety stock before it."""

    def start(self) -> float | None:
        """Return the measure before any error was seen."""
        return self.initial

    def update(self, measure: float | None, error: float) -> float:
        """Return the measure after one more error, in units per period."""
        size = abs(error) if self.measure == "mad" else error * error
        return size if measure is None else self.weight * size + (1 - self.weight) * measure

    def sd(self, measure: float | None) -> float:
        """Return the standard deviation of the errors, in units per period; 0 before the first error."""
        if measure is None:
            return 0.0
        return SD_PER_MAD * measure if self.measure == "mad" else sqrt(measure)
