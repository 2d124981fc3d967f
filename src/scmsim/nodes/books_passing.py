"""Costs that pass with time where money decides nothing: worked out afterwards, for many time units at once."""

from collections.abc import Mapping

import numpy as np

from scmsim.engine.recorder import COLUMNS, packed
from scmsim.flows.postings import WIDTH, posting
from scmsim.ticks import TICKS

KINDS = np.array([posting(name) for name in ("holding", "backorder_penalty", "transport")], dtype=np.float64)
LEVELS = [COLUMNS["stock"].index(name) for name in ("on_hand", "backorders", "in_transit")]
NOBODY = -1.0

Rate = tuple[int, float, float, float]
"""The node of a stock, and money per unit and time unit on hand, backordered and in transit."""

Array = np.ndarray


class PassingCosts:
    """Works out what stocks have cost in every time unit from the rows of the table of stock.

    Parameters
    ----------
    rates : mapping of float to tuple
        What each stock costs, by the index of its point.
    start : int
        Tick at which the run begins.

    Attributes
    ----------
    states : list of float
        Rows of the table of stock, one after the other, that have not been looked at yet.
    ends : list of float
        Ticks at which time units have ended whose costs have not been worked out yet.

    Examples
    --------
    >>> from scmsim.ticks import TICKS
    >>> costs = PassingCosts({7: (2, 0.5, 0.0, 0.0)}, start=0)
    >>> costs.states += [0, 7, 10.0, 0.0, 0.0, 0.0]
    >>> costs.ends.append(2 * TICKS)
    >>> costs.work_out()[:, [0, 2, 5]].tolist()
    [[1999999.0, 2.0, 10.0]]
    """

    def __init__(self, rates: Mapping[float, Rate], start: int) -> None:
        self.states: list[float] = []
        self.ends: list[float] = []
        self.stocks = len(rates)
        places = {int(point): place for place, point in enumerate(rates)}
        self._place = np.full(max(places, default=0) + 2, -1)
        self._place[list(places)] = list(places.values())
        nodes = np.array([rate[0] for rate in rates.values()], dtype=np.int64)
        self._nodes, self._at = np.unique(nodes, return_inverse=True)
        self._rates = np.array([rate[1:] for rate in rates.values()], dtype=np.float64).reshape(-1, 3).T
        self._levels = np.zeros((3, self.stocks))
        self._since: float = start
        self._left = np.empty((0, len(COLUMNS["stock"])))

    def work_out(self) -> Array:
        """Return entries of the journal, in the order of time, for all time units that have ended."""
        if not self.ends:
            return np.empty((0, WIDTH))
        ends = np.array(self.ends, dtype=np.float64)
        integral = self._integrals(ends, self._states_before(ends[-1]))
        self.ends.clear()
        cost = np.zeros((len(ends), len(self._nodes), 3))
        for place, at in enumerate(self._at.reshape(-1)):
            cost[:, at] += (self._rates[:, place, None] * integral[:, place] / TICKS).T
        end, node, kind = np.nonzero(cost)
        found = np.zeros((len(end), WIDTH))
        found[:, 0], found[:, 1], found[:, 2] = ends[end] - 1, KINDS[kind], self._nodes[node]
        found[:, 3], found[:, 5] = NOBODY, cost[end, node, kind]
        return found

    def _states_before(self, end: float) -> Array:
        """Return the states of the stocks that cost something, up to ``end``; later ones wait."""
        states = packed(self.states, len(COLUMNS["stock"]))
        point = np.minimum(states[:, 1].astype(np.int64), len(self._place) - 1)
        states = np.concatenate([self._left, states[self._place[point] >= 0]])
        self.states.clear()
        first_later = int(np.searchsorted(states[:, 0], end))
        self._left = states[first_later:]
        return states[:first_later]

    def _integrals(self, ends: Array, states: Array) -> Array:
        """Return the integral over ticks of every level, by stock and time unit."""
        stocks = np.arange(self.stocks)
        place = np.concatenate([stocks, self._place[states[:, 1].astype(np.int64)], np.repeat(stocks, len(ends))])
        time = np.concatenate([np.full(self.stocks, self._since), states[:, 0], np.tile(ends, self.stocks)])
        known = self.stocks + len(states)
        levels = np.zeros((3, len(time)))
        levels[:, : self.stocks], levels[:, self.stocks : known] = self._levels, states[:, LEVELS].T
        order = np.lexsort((time, place))
        place, time = place[order], time[order]
        levels = levels[:, order[np.maximum.accumulate(np.where(order < known, np.arange(len(order)), 0))]]
        lasts = np.where(np.diff(place, append=-1) == 0, np.diff(time, append=0.0), 0.0)
        unit = np.minimum(np.searchsorted(ends, time, side="right"), len(ends) - 1)
        key, shape = place * len(ends) + unit, (self.stocks, len(ends))
        self._levels = levels[:, np.append(np.flatnonzero(np.diff(place)), len(place) - 1)]
        self._since = ends[-1]
        return np.array([np.bincount(key, level * lasts, shape[0] * shape[1]).reshape(shape) for level in levels])
