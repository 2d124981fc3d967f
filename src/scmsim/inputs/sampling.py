"""Small things that distributions and demand models share: blocks of draws, rounding, lists of numbers, spread."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal, Self

import numpy as np
import numpy.typing as npt
from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from scmsim.specification import LARGEST, NonNegative, Number, Positive, Share, Specification
from scmsim.ticks import to_ticks

Array = npt.NDArray[np.float64]
"""A vector of float64."""

FIRST_BLOCK = 64
LARGEST_BLOCK = 4096

Rounding = Literal["none", "half_up"]


def _listed(value: Any) -> Any:
    return value.tolist() if isinstance(value, np.ndarray) else value


Numbers = Annotated[tuple[Number, ...], Field(strict=False, min_length=1), BeforeValidator(_listed)]
"""One or more numbers; Python may give a list, a tuple or a numpy vector."""

Quantities = Annotated[tuple[NonNegative, ...], Field(strict=False, min_length=1), BeforeValidator(_listed)]
"""One or more numbers, none below 0."""

Weights = Annotated[tuple[Share, ...], Field(strict=False, min_length=1), BeforeValidator(_listed)]
"""One or more probabilities."""


def _one_tick_at_least(duration: float) -> float:
    if to_ticks(duration) == 0:
        raise ValueError(f"{duration:g} is less than a millionth of the time unit, the clock's tick")
    return duration


Duration = Annotated[Positive, AfterValidator(_one_tick_at_least)]
"""A time that passes: above 0, and long enough for the clock to see it."""


def block_sizes() -> Iterator[int]:
    """Say how many numbers to draw at a time, for ever: few at first, so that a short run does not pay for a long one.

    The sizes do not depend on how long a run is: a longer horizon goes on where a shorter one stopped.

    Examples
    --------
    >>> from itertools import islice
    >>> list(islice(block_sizes(), 8))
    [64, 128, 256, 512, 1024, 2048, 4096, 4096]
    """
    size = FIRST_BLOCK
    while True:
        yield size
        size = min(2 * size, LARGEST_BLOCK)


def half_up(values: Array) -> Array:
    """Round to whole units, a half upward.

    Examples
    --------
    >>> half_up(np.array([0.5, 1.49, 2.5, -0.5]))
    array([1., 1., 3., 0.])
    """
    return np.asarray(np.floor(values + 0.5), dtype=np.float64)


def given_once(**given: object) -> None:
    """Check that exactly one of several fields is given, None standing for a field that is not.

    Raises
    ------
    ValueError
        None of them is given, or more than one.

    Examples
    --------
    >>> given_once(sd=2.0, cv=0.4)
    Traceback (most recent call last):
    ...
    ValueError: sd and cv both given: give one
    """
    present = [name for name, value in given.items() if value is not None]
    if len(present) > 2:
        raise ValueError(f"{', '.join(present[:-1])} and {present[-1]} all given: give one")
    if len(present) == 2:
        raise ValueError(f"{present[0]} and {present[1]} both given: give one")
    if not present and len(given) == 2:
        raise ValueError(f"neither {' nor '.join(given)} given: give one")
    if not present:
        raise ValueError(f"none of {', '.join(given)} given: give one")


def _check_size(sd: float) -> None:
    if sd > LARGEST:
        raise ValueError(f"a standard deviation of {sd:g} is beyond the largest number {LARGEST:g}")


class MeanAndSpread(Specification):
    """A mean with a standard deviation or a coefficient of variation."""

    mean: Positive
    """Mean."""
    sd: NonNegative | None = None
    """Standard deviation; or give `cv`."""
    cv: NonNegative | None = None
    """Coefficient of variation: standard deviation / mean; or give `sd`."""

    @model_validator(mode="after")
    def _one_spread(self) -> Self:
        given_once(sd=self.sd, cv=self.cv)
        if self.cv is not None and self.mean <= 0:
            raise ValueError("cv needs a mean above 0: give sd")
        _check_size(self.spread)
        return self

    @property
    def spread(self) -> float:
        """The standard deviation, whichever way it was given."""
        return self.sd if self.sd is not None else (self.cv or 0.0) * self.mean


class Overdispersed(Specification):
    """The moments of a count whose variance exceeds its mean."""

    mean: Positive
    """Mean."""
    sd: Positive | None = None
    """Standard deviation; or give `cv` or `dispersion`."""
    cv: Positive | None = None
    """Coefficient of variation: standard deviation / mean; or give `sd` or `dispersion`."""
    dispersion: Positive | None = None
    """Dispersion: (variance - mean) / mean squared, 0 being a Poisson count; or give `sd` or `cv`."""

    @model_validator(mode="after")
    def _spread_above_poisson(self) -> Self:
        given_once(sd=self.sd, cv=self.cv, dispersion=self.dispersion)
        if self.variance <= self.mean:
            least = {"sd": self.mean**0.5, "cv": self.mean**-0.5, "dispersion": 1e-12}
            name = next(name for name in least if getattr(self, name) is not None)
            bound = f"{name} > {least[name]:.6g}"
            raise ValueError(f"{name} too small: a negative binomial's variance exceeds its mean ({bound})")
        _check_size(self.variance**0.5)
        return self

    @property
    def variance(self) -> float:
        """The variance, whichever way the spread was given."""
        if self.dispersion is not None:
            return self.mean + self.dispersion * self.mean**2
        return (self.sd if self.sd is not None else (self.cv or 0.0) * self.mean) ** 2


class Limits(Specification):
    """The two ends of an interval."""

    low: Number
    """Smallest value."""
    high: Number
    """Largest value."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.low > self.high:
            raise ValueError(f"low {self.low:g} is above high {self.high:g}")
        return self


class ValuesAndWeights(Specification):
    """Some values and the probability of each."""

    values: Numbers
    """The values."""
    weights: Weights
    """The probability of each value; they sum to 1."""

    @model_validator(mode="after")
    def _a_probability_each(self) -> Self:
        if len(self.values) != len(self.weights):
            raise ValueError(f"{len(self.values)} values but {len(self.weights)} weights")
        total = float(np.sum(self.weights))
        if abs(total - 1) > 1e-9:
            raise ValueError(f"weights not summing to 1: they sum to {total:.10g}")
        return self


class FromColumn(Specification):
    """Numbers listed in the scenario, or standing in a column of a CSV file that whoever loads the scenario reads."""

    values: Numbers | None = None
    """The numbers themselves; read from `file` when that is given."""
    file: str | None = None
    """CSV file that holds the numbers, inside the scenario's folder."""
    column: str | None = None
    """Heading of the column of `file`."""

    @model_validator(mode="after")
    def _some_source(self) -> Self:
        if self.values is None and self.file is None:
            raise ValueError("neither values nor file given: list the values, or name a file and its column")
        if (self.file is None) != (self.column is None):
            raise ValueError("file and column belong together: give both")
        return self

    @property
    def numbers(self) -> Array:
        """The numbers as a new vector.

        Raises
        ------
        ValueError
            The file has not been read.
        """
        if self.values is None:
            raise ValueError(
                f"column {self.column!r} of {self.file!r} has not been read: load the scenario from its file"
            )
        return np.array(self.values, dtype=np.float64)
