"""What the recursion expects: the textbook formulas of forecasts.

A forecast observes the demand of every review, in units per period, and tells how much it expects over a number of
periods. Its memory is whatever it needs, None before the first observation.
"""

import sys
from math import floor
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).parent))

from recursion_chain import Mapping


class When(NamedTuple):
    """What a forecast has to know of time: periods between two reviews, and the first period that is expected."""

    interval: int
    following: int


def observe(forecast: Mapping, memory: Any, demand: float) -> Any:
    """Return a forecast's memory after one more observation."""
    kind = forecast["kind"]
    if kind == "moving_average":
        before = [forecast["initial"]] * forecast["periods"] if forecast.get("initial") is not None else []
        return [*(before if memory is None else memory), demand][-forecast["periods"] :]
    if kind == "exponential_smoothing":
        previous = forecast.get("initial") if memory is None else memory
        weight = forecast["weight"]
        return demand if previous is None else weight * demand + (1 - weight) * previous
    if kind == "holt":
        return _holt(forecast, memory, demand)
    if kind == "holt_winters":
        return _winters(forecast, memory, demand)
    if kind in ("croston", "sba"):
        return _croston(forecast, memory, demand)
    return _fading(forecast, memory, demand) if kind == "tsb" else demand


def over(forecast: Mapping, memory: Any, periods: float, when: When) -> float:
    """Return the demand expected over so many periods from now on; of a period covered in part, that part."""
    kind = forecast["kind"]
    if kind in ("holt", "holt_winters"):
        reviews = periods / when.interval
        return when.interval * _summed(reviews, lambda ahead: _ahead(forecast, memory, ahead))
    if kind == "ar1_mmse":
        mean, correlation = forecast["mean"], forecast["autocorrelation"]
        latest = mean if memory is None else memory
        return _summed(periods, lambda ahead: mean + correlation**ahead * (latest - mean))
    if kind == "planned":
        return _summed(periods, lambda ahead: _planned(forecast, when.following + ahead - 1))
    return per_period(forecast, memory) * periods


def per_period(forecast: Mapping, memory: Any) -> float:
    """Return the demand expected in every period, of a forecast that expects the same in all."""
    kind = forecast["kind"]
    if kind in ("constant", "stated"):
        return float(forecast["value"])
    if kind == "moving_average":
        if memory is None:
            return float(forecast.get("initial") or 0.0)
        return float(sum(memory) / len(memory))
    if kind in ("croston", "sba"):
        size, interval, _ = memory or _sporadic(forecast)
        factor = 1 - forecast["weight"] / 2 if kind == "sba" else 1
        return 0.0 if size is None else factor * size / interval
    if kind == "tsb":
        size, probability, _ = memory or (forecast.get("initial_size"), forecast.get("initial_probability"), 0)
        return 0.0 if size is None else float(size * probability)
    return float((forecast.get("initial") or 0.0) if memory is None else memory)


def _summed(periods: float, expected: Any) -> float:
    whole = floor(periods + 1e-9)
    total = sum(expected(ahead) for ahead in range(1, whole + 1))
    return float(total + max(0.0, periods - whole) * expected(whole + 1))


def _holt(forecast: Mapping, memory: Any, demand: float) -> Any:
    """Return (level, trend), or (first observation,) as long as there is no trend."""
    if memory is None and forecast.get("initial") is not None:
        memory = (forecast["initial"], forecast.get("initial_trend") or 0)
    if memory is None:
        return (demand,)
    if len(memory) == 1:
        return (demand, demand - memory[0])
    level, trend = memory
    damped, weight, trend_weight = forecast.get("damping", 1) * trend, forecast["weight"], forecast["trend_weight"]
    risen = weight * demand + (1 - weight) * (level + damped)
    return (risen, trend_weight * (risen - level) + (1 - trend_weight) * damped)


def _winters(forecast: Mapping, memory: Any, demand: float) -> Any:
    """Return (level, trend, seasons, the next one's first), or the observations of the first season as a list."""
    length, adds = forecast["length"], forecast.get("seasonality", "additive") == "additive"
    if memory is None:
        given = forecast.get("initial_season")
        memory = (forecast["initial"], forecast.get("initial_trend") or 0, given) if given else []
    if isinstance(memory, list):
        seen = [*memory, demand]
        if len(seen) < length:
            return seen
        mean = sum(seen) / length
        return (mean, 0.0, [one - mean if adds else one / mean if mean > 0 else 1.0 for one in seen])
    level, trend, (season, *others) = memory
    damped, weight = forecast.get("damping", 1) * trend, forecast["weight"]
    trend_weight, season_weight = forecast.get("trend_weight", 0), forecast["season_weight"]
    before = level + damped
    if adds:
        risen = weight * (demand - season) + (1 - weight) * before
        season = season_weight * (demand - before) + (1 - season_weight) * season
    else:
        risen = weight * demand / season + (1 - weight) * before if season > 0 else before
        season = season_weight * demand / before + (1 - season_weight) * season if before > 0 else season
    return (risen, trend_weight * (risen - level) + (1 - trend_weight) * damped, [*others, season])


def _ahead(forecast: Mapping, memory: Any, reviews: int) -> float:
    """Return the demand per period expected so many reviews ahead, of a forecast with a trend."""
    if memory is None:
        start = forecast.get("initial")
        if start is None:
            return 0.0
        memory = (start, forecast.get("initial_trend") or 0, forecast.get("initial_season"))
    if isinstance(memory, list):
        return float(sum(memory) / len(memory)) if memory else 0.0
    if len(memory) == 1:
        return float(memory[0])
    level, trend = memory[:2]
    grown = level + trend * sum(forecast.get("damping", 1) ** power for power in range(1, reviews + 1))
    if forecast["kind"] == "holt":
        return float(grown)
    season = memory[2][(reviews - 1) % forecast["length"]]
    return float(grown + season if forecast.get("seasonality", "additive") == "additive" else grown * season)


def _sporadic(forecast: Mapping) -> Any:
    return (forecast.get("initial_size"), forecast.get("initial_interval") or 1, 0)


def _croston(forecast: Mapping, memory: Any, demand: float) -> Any:
    """Return (size, interval, reviews since the latest demand)."""
    size, interval, since = memory or _sporadic(forecast)
    weight, since = forecast["weight"], since + 1
    if demand <= 0:
        return (size, interval, since)
    if size is None:
        return (demand, since, 0)
    return (weight * demand + (1 - weight) * size, weight * since + (1 - weight) * interval, 0)


def _fading(forecast: Mapping, memory: Any, demand: float) -> Any:
    """Return (size, probability, reviews up to the first demand)."""
    size, probability, reviews = memory or (forecast.get("initial_size"), forecast.get("initial_probability"), 0)
    weight, fading = forecast["weight"], forecast["probability_weight"]
    if size is None:
        return (demand, 1 / (reviews + 1), 0) if demand > 0 else (None, None, reviews + 1)
    if demand <= 0:
        return (size, (1 - fading) * probability, 0)
    return (weight * demand + (1 - weight) * size, fading + (1 - fading) * probability, 0)


def _planned(forecast: Mapping, period: int) -> float:
    values = forecast["values"]
    if period < 0:
        return 0.0
    if period < len(values):
        return float(values[period])
    after = forecast.get("afterwards", "last")
    return float({"last": values[-1], "repeat": values[period % len(values)], "zero": 0}[after])
