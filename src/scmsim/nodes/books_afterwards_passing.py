"""Costs that pass with time, worked out for many time units at once."""

from collections.abc import Mapping

import numpy as np

from scmsim.engine.recorder import COLUMNS
from scmsim.ticks import TICKS

LEVELS = [COLUMNS["stock"].index(name) for name in ("on_hand", "backorders", "in_transit")]

Rate = tuple[int, float, float, float]
"""The node of a stock, and money per unit and time unit on hand, backordered and in transit."""

Array = np.ndarray


class PassingCosts:
    """Works out what stocks have cost in every time unit from the rows of the table of stock.

    Parameters
    ----------
    rates : mapping of int to tuple
        What each stock costs, by the index of its point.
    start : int
        Tick at which the run begins.
    nodes : int
        How many there are.

    Examples
    --------
    >>> from scmsim.ticks import TICKS
    >>> costs = PassingCosts({7: (2, 0.5, 0.0, 0.0)}, start=0, nodes=3)
    >>> lying_there = np.array([[0, 7, 10.0, 0.0, 0.0, 0.0]])
    >>> costs.work_out(lying_there, np.array([2.0 * TICKS]))[0].tolist()
    [[0.0], [0.0], [10.0]]
    """

    def __init__(self, rates: Mapping[int, Rate], start: int, nodes: int) -> None:
        self._stocks = len(rates)
        places = {point: place for place, point in enumerate(rates)}
        self._place = np.full(max(places, default=0) + 2, -1)
        self._place[list(places)] = list(places.values())
        self._node = np.array([rate[0] for rate in rates.values()], dtype=np.intp)
        self._rates = np.array([rate[1:] for rate in rates.values()], dtype=np.float64).reshape(-1, 3).T
        self._nodes = nodes
        self._levels = np.zeros((3, self._stocks))
        self._since: float = start
        self._left = np.empty((0, len(COLUMNS["stock"])))

    def work_out(self, states: Array, ends: Array) -> Array:
        """Return what the time units that ended at ``ends`` have cost, given all new rows of the table of stock.

        Returns
        -------
        ndarray
            Shape (3, nodes, time units): on hand, backordered, in transit.
        """
        cost = np.zeros((3, self._nodes, len(ends)))
        if self._stocks:
            states = self._states_before(states, ends[-1] if len(ends) else self._since)
            if len(ends):
                integral = self._integrals(ends, states)
                for kind, rates in enumerate(self._rates):
                    np.add.at(cost[kind], self._node, rates[:, None] * integral[kind] / TICKS)
        return cost

    def _states_before(self, states: Array, end: float) -> Array:
        """Return the states of the stocks that cost something, up to ``end``; later ones wait."""
        point = np.minimum(states[:, 1].astype(np.int64), len(self._place) - 1)
        chosen = self._place[point] >= 0
        states = np.concatenate([self._left, states if chosen.all() else states[chosen]])
        first_later = int(np.searchsorted(states[:, 0], end))
        self._left = states[first_later:]
        return states[:first_later]

    def _integrals(self, ends: Array, states: Array) -> Array:
        """Return the integral over ticks of every level, by stock and time unit."""
        stocks, units = self._stocks, len(ends)
        place = np.concatenate([np.arange(stocks), self._place[states[:, 1].astype(np.int64)]])
        order = np.argsort(place.astype(np.min_scalar_type(stocks)), kind="stable")
        time = np.concatenate([np.full(stocks, self._since), states[:, 0]])[order]
        unit = np.searchsorted(ends, time, side="right")
        key = place[order] * units + unit
        stop = ends[unit]
        follows = np.flatnonzero(key[1:] == key[:-1])
        stop[follows] = time[follows + 1]
        inside = np.bincount(key, minlength=stocks * units)
        last = (np.cumsum(inside) - 1).reshape(stocks, units)
        inherited, changes = last[:, :-1], inside.reshape(last.shape)[:, 1:] > 0
        until = np.where(changes, time[np.minimum(inherited + 1, len(time) - 1)], ends[1:])
        found = np.zeros((3, stocks, units))
        for kind, rates in enumerate(self._rates):
            if rates.any():
                level = np.concatenate([self._levels[kind], states[:, LEVELS[kind]]])[order]
                found[kind] = np.bincount(key, level * (stop - time), stocks * units).reshape(stocks, units)
                found[kind, :, 1:] += level[inherited] * (until - ends[:-1])
                self._levels[kind] = level[last[:, -1]]
        self._since = ends[-1]
        return found
