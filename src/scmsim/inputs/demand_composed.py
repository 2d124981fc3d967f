"""Demand composed of a base, a trend, a season and pulses."""

import math
from collections.abc import Iterator, Mapping
from typing import Annotated, Literal, Self

import numpy as np
import numpy.typing as npt
from pydantic import Field, model_validator

from scmsim.inputs.demand import Demand, Moments, demand_kinds, instants, per_time_unit
from scmsim.inputs.kinds import OneOf
from scmsim.inputs.sampling import Array, Duration, Quantities, Rounding, given_once, half_up
from scmsim.specification import NonNegative, Number, Positive, Share, Specification
from scmsim.ticks import TICKS, to_ticks

WHEN_AND_WHAT = (
    "unmet",
    "patience",
    "priority",
    "ship",
    "substitutes",
    "lost_sale_cost",
    "interval",
    "offset",
    "minimum_life",
    "returns",
)
"""Fields that belong to the composed demand and not to its base."""


class Season(Specification):
    """A factor that comes round again: a list of them, or a cosine."""

    length: Duration
    """Length of the cycle, in the scenario's time unit."""
    factors: Quantities | None = None
    """What demand is multiplied by in each of as many equal parts of the cycle; their mean scales the mean demand."""
    amplitude: Share | None = None
    """Swing of a cosine about 1, as a share of the base: 0.3 goes from 0.7 to 1.3 and keeps the mean."""
    peak: NonNegative = 0
    """Time from the beginning of the cycle to the cosine's highest point, in the scenario's time unit."""
    begins: Number | None = None
    """An instant at which a cycle begins, in the scenario's time; null: the first demand."""

    @model_validator(mode="after")
    def _one_shape(self) -> Self:
        given_once(factors=self.factors, amplitude=self.amplitude)
        if self.factors is not None and "peak" in self.model_fields_set:
            raise ValueError("peak belongs to amplitude: with factors, their order says where the peak is")
        return self

    def at(self, due: npt.NDArray[np.int64], start: float) -> Array:
        """Give the factor at each instant, in ticks; `start` is the first demand's instant, in the scenario's unit."""
        length = to_ticks(self.length)
        phase = (due - to_ticks(start if self.begins is None else self.begins)) % length
        if self.factors is not None:
            parts = len(self.factors)
            ends = [-(-length * part // parts) for part in range(1, parts)]
            return np.array(self.factors)[np.searchsorted(ends, phase, side="right")]
        return 1 + (self.amplitude or 0.0) * np.cos(2 * math.pi * (phase - to_ticks(self.peak)) / length)

    def means(self) -> tuple[float, float]:
        """Give the mean of the factor and of its square over a cycle."""
        if self.factors is not None:
            return float(np.mean(self.factors)), float(np.mean(np.square(self.factors)))
        return 1.0, 1 + (self.amplitude or 0.0) ** 2 / 2


class Surge(Specification):
    """A stretch of time in which more is asked, or less."""

    at: Number
    """Instant at which it begins, in the scenario's time."""
    length: Positive = 1
    """How long it lasts, in the scenario's time unit; the instant of its end is outside."""
    add: Number | None = None
    """Units added to each period's demand; or give `times`."""
    times: NonNegative | None = None
    """What each period's demand is multiplied by; or give `add`."""

    @model_validator(mode="after")
    def _one_effect(self) -> Self:
        given_once(add=self.add, times=self.times)
        return self


def _bases() -> Mapping[str, type[Demand]]:
    kinds = demand_kinds().items()
    return {name: kind for name, kind in kinds if kind.timing == "periodic" and not issubclass(kind, ComposedDemand)}


class ComposedDemand(Demand):
    """A periodic demand with a trend, a season and pulses laid over it.

    Quantity = ((base + trend x time since the first demand) x season) x `times` of the pulses in force + their `add`,
    then clipped at `minimum`, then rounded.

    Examples
    --------
    >>> season = Season(length=2, factors=[1, 0.5])
    >>> demand = ComposedDemand(base={"kind": "constant", "value": 10}, trend=1, season=season)
    >>> next(demand.blocks(np.random.default_rng(1), start=1, interval=1))[:4]
    array([10. ,  5.5, 12. ,  6.5])
    """

    kind: Literal["composed"] = "composed"
    """Which demand model."""
    base: Annotated[Demand, OneOf("kind", _bases)]
    """The demand that is shaped: any periodic model but another composed one."""
    trend: Number = 0
    """Growth of each period's demand, in units per time unit."""
    season: Season | None = None
    """A factor that comes round again."""
    pulses: Annotated[tuple[Surge, ...], Field(strict=False)] = ()
    """Stretches of time in which more is asked, or less."""
    minimum: Number | None = 0
    """A quantity below it is raised to it; null: no clipping, for theory, in which demand may be negative."""
    rounding: Rounding = "none"
    """Round every quantity to whole units, a half upward: `none` or `half_up`."""

    @model_validator(mode="after")
    def _base_says_how_much(self) -> Self:
        defaults = type(self.base).model_fields
        misplaced = [name for name in WHEN_AND_WHAT if getattr(self.base, name) != defaults[name].default]
        if misplaced:
            raise ValueError(f"base has {' and '.join(misplaced)}: say that on the composed demand itself")
        return self

    def blocks(self, rng: np.random.Generator, start: float, interval: float) -> Iterator[Array]:
        """Give the quantities asked, in blocks, for ever."""
        first = 0
        for base in self.base.blocks(rng, start, interval):
            due = instants(start, interval, first, len(base))
            yield self._limited(self._shaped(base, due, start))
            first += len(base)

    def moments(self) -> Moments | None:
        """Give mean and variance of demand per time unit in the long run; None with a trend.

        The variance is about the long-run mean, so that the season's swing is in it. Pulses do not count; nor does what
        clipping and rounding at the composed demand change.
        """
        base = self.base.moments()
        if base is None or self.trend != 0:
            return None
        factor, square = self.season.means() if self.season is not None else (1.0, 1.0)
        mean, variance = base
        return per_time_unit(mean * factor, variance * square + mean**2 * (square - factor**2), self.interval)

    def _shaped(self, quantities: Array, due: npt.NDArray[np.int64], start: float) -> Array:
        shaped = quantities + self.trend * (due - to_ticks(start)) / TICKS
        if self.season is not None:
            shaped = shaped * self.season.at(due, start)
        in_force = [(pulse, (due >= to_ticks(pulse.at)) & (due < _end(pulse))) for pulse in self.pulses]
        for pulse, during in in_force:
            shaped = np.where(during, shaped * (1.0 if pulse.times is None else pulse.times), shaped)
        for pulse, during in in_force:
            shaped = np.where(during, shaped + (pulse.add or 0.0), shaped)
        return shaped

    def _limited(self, quantities: Array) -> Array:
        clipped = quantities if self.minimum is None else np.maximum(quantities, self.minimum)
        return clipped if self.rounding == "none" else half_up(clipped)


def _end(pulse: Surge) -> int:
    return to_ticks(pulse.at) + to_ticks(pulse.length)
