"""What a run says of net stock: at every demand, in every period and cycle; and how far it is from a target service."""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scmsim.engine.recorder import COLUMNS, Keeper
from scmsim.scenario.network import Network
from scmsim.simulation import simulate
from scmsim.ticks import TICKS

Array = NDArray[np.float64]


class Sample(NamedTuple):
    """A stock in the measured time of some runs.

    Parameters
    ----------
    before, asked : ndarray
        Net stock just before what was asked for at each instant with demand, and the units asked for.
    periods, cycles : ndarray
        The least net stock after a demand in every period with demand, and in every whole replenishment cycle.
    states, spans : ndarray
        Net stock between two instants, and how long it stayed.
    loses : bool
        Whether anything was lost for want of stock.
    """

    before: Array
    asked: Array
    periods: Array
    cycles: Array
    states: Array
    spans: Array
    loses: bool

    @property
    def is_whole(self) -> bool:
        """Whether nothing but whole units was asked for."""
        return bool(np.all(self.asked == np.round(self.asked)))


def sampled(network: Network, points: Sequence[int], seed: int, replications: int) -> dict[int, Sample]:
    """Simulate, and return what is known of some stocks, over all replications."""
    found: dict[int, list[Sample]] = {point: [] for point in points}
    for replication in range(1, replications + 1):
        keeper = Keeper(("demand", "deliveries"))
        simulate(network, seed=seed, replication=replication, sinks=[keeper])
        tables = keeper.tables()
        for point in points:
            found[point].append(_sample(network, point, tables["demand"], tables["deliveries"]))
    return {point: _joined(each) for point, each in found.items()}


def _joined(samples: Sequence[Sample]) -> Sample:
    *columns, loses = zip(*samples, strict=True)
    return Sample(*(np.concatenate(column) for column in columns), loses=any(loses))  # type: ignore[misc,arg-type]


def _sample(network: Network, point: int, demand: Array, deliveries: Array) -> Sample:
    asks, comes = COLUMNS["demand"].index, COLUMNS["deliveries"].index
    mine, received = demand[demand[:, asks("point")] == point], deliveries[deliveries[:, comes("buyer")] == point]
    times, place = np.unique(np.concatenate([received[:, comes("time")], mine[:, asks("time")]]), return_inverse=True)
    came = np.bincount(place[: len(received)], received[:, comes("quantity")], len(times))
    wanted = np.bincount(place[len(received) :], mine[:, asks("quantity")], len(times)).astype(np.float64)
    lost = np.bincount(place[len(received) :], mine[:, asks("lost")], len(times))
    after = network.points[point].initial + np.cumsum(came - wanted + lost)
    left = after - lost
    seen = times >= network.calendar.warm
    busy = seen & (wanted > 1e-9)
    spans = np.diff(np.append(np.maximum(times, network.calendar.warm), network.calendar.end)) / TICKS
    period = (times - network.calendar.start) // TICKS
    return Sample(
        before=(left + wanted)[busy],
        asked=wanted[busy],
        periods=_least(left[busy], period[busy]),
        cycles=_cycles(left, busy, seen & (came > 1e-9)),
        states=after[spans > 0],
        spans=spans[spans > 0],
        loses=bool(lost.sum() > 0),
    )


def _least(values: Array, group: Array) -> Array:
    """Return the least value of every run of equal groups."""
    if len(values) == 0:
        return values
    return np.asarray(np.minimum.reduceat(values, np.flatnonzero(np.diff(group, prepend=group[0] - 1))))


def _cycles(left: Array, busy: NDArray[np.bool_], begins: NDArray[np.bool_]) -> Array:
    """Return the least net stock after a demand of every cycle from one receipt to the next; none asked: infinity."""
    cycle = np.cumsum(begins)
    last = int(cycle[-1]) if len(cycle) else 0
    found = np.full(max(last - 1, 0), np.inf)
    inside = busy & (cycle >= 1) & (cycle < last)
    np.minimum.at(found, cycle[inside] - 1, left[inside])
    return found


def _quantile(values: Array, target: float) -> float:
    """Return how far values have to move so that a share of ``target`` of them is at least 0."""
    kept = np.sort(values)
    if len(kept) == 0:
        return 0.0
    least = kept[min(int(math.floor(len(kept) * (1 - target) + 1e-9)), len(kept) - 1)]
    return 0.0 if np.isinf(least) else float(-least)


def _for_periods(sample: Sample, target: float) -> float:
    return _quantile(sample.periods, target)


def _for_cycles(sample: Sample, target: float) -> float:
    return _quantile(sample.cycles, target)


def _for_time(sample: Sample, target: float) -> float:
    """Return the move with which net stock is above 0 for a share of the time."""
    order = np.argsort(sample.states)
    below = np.cumsum(sample.spans[order])
    if len(below) == 0:
        return 0.0
    at = min(int(np.searchsorted(below, (1 - target) * below[-1] + 1e-9, side="right")), len(below) - 1)
    least = float(sample.states[order][at])
    return -least + (1.0 if sample.is_whole and least.is_integer() else 0.0)


def _for_units(sample: Sample, target: float) -> float:
    """Return the move with which a share of the units is served at once: Newton's steps within a bracket.

    The share is concave and piecewise linear where it is above that of an empty stock, so its slope is known.
    """
    total = float(sample.asked.sum())
    if total <= 0:
        return 0.0
    low = float(-sample.before.max())
    high = float((sample.asked - sample.before).max())
    move = low + (high - low) * target
    for _ in range(200):
        stock = sample.before + move
        gap = float(np.clip(stock, 0.0, sample.asked).sum()) / total - target
        low, high = (move, high) if gap < 0 else (low, move)
        if high - low <= 1e-9 * max(1.0, abs(high)):
            break
        slope = float(np.count_nonzero((stock >= 0) & (stock < sample.asked))) / total
        step = move - gap / slope if slope > 0 else math.inf
        move = step if low < step < high else (low + high) / 2
    return high


READINGS: dict[str, Callable[[Sample, float], float]] = {
    "fill_rate": _for_units,
    "period_service_level": _for_periods,
    "cycle_service_level": _for_cycles,
    "ready_rate": _for_time,
}
"""For every measure of service that can be a target: how far net stock has to move, in units."""
