"""Cases: one number that runs from a customer's demand to the last payment, so that every unit and coin can be traced.

A customer's demand opens a case, which has the number of that order. A replenishment or production order belongs to the
case of the first demand that reached its stock after the stock's previous order; where there was none, to its own.
"""

from collections.abc import Mapping

import numpy as np

from scmsim.metrics.layout import Array, Index, Layout

Named = Mapping[str, Array]


class Cases:
    """The case of every order of a run.

    Parameters
    ----------
    layout : Layout
        What was simulated.
    orders, demand : mapping of str to ndarray
        The columns of these tables of facts.
    numbers : iterable of ndarray
        The order numbers that occur elsewhere.

    Examples
    --------
    >>> import scmsim as sc
    >>> result = sc.run("scenarios/beer_game.yaml")
    >>> result.orders.query("case == 36")[["time", "order", "node"]].values.tolist()
    [[5.0, 37, 'retailer'], [7.0, 48, 'wholesaler'], [9.0, 59, 'distributor'], [11.0, 70, 'brewery']]
    """

    def __init__(self, layout: Layout, orders: Named, demand: Named, numbers: tuple[Array, ...] = ()) -> None:
        known = [orders["order"], demand["order"], *numbers]
        size = 1 + int(max((column.max(initial=0) for column in known), default=0))
        self._case = np.arange(size, dtype=np.int64)
        number = orders["order"].astype(np.int64)
        if len(number) and len(demand["order"]):
            caused, cause = _causes(layout, orders, demand)
            earlier = cause < number[caused]
            self._case[number[caused[earlier]]] = cause[earlier]
        while True:
            further = self._case[self._case]
            if np.array_equal(further, self._case):
                break
            self._case = further

    def of(self, order: Array | Index) -> Index:
        """Return the case of every order; 0 where there is no order."""
        found: Index = self._case[order.astype(np.int64)]
        return found


def _causes(layout: Layout, orders: Named, demand: Named) -> tuple[Index, Index]:
    """Return the rows of orders that some demand has caused, and the number of the order that asked.

    Where a stock reviews before demand, its customers' demand of an instant comes after its order of that instant.
    """
    point, asked = orders["point"].astype(np.int64), demand["point"].astype(np.int64)
    early = np.array([p.review is not None and p.review.before_demand for p in layout.network.points], dtype=np.bool_)
    after = early[asked] & (demand["buyer"] < 0)
    width = 2 * (layout.end - layout.start) + 3
    ordered = point * width + 2 * (orders["time"].astype(np.int64) - layout.start) + 2
    entered = asked * width + 2 * (demand["time"].astype(np.int64) - layout.start) + 2 + after
    by_stock = np.argsort(ordered, kind="stable")
    previous = np.empty_like(ordered)
    previous[by_stock[1:]] = ordered[by_stock[:-1]]
    first = by_stock[np.flatnonzero(np.diff(point[by_stock], prepend=-1))]
    previous[first] = point[first] * width
    by_entry = np.argsort(entered, kind="stable")
    place = np.searchsorted(entered, previous, side="right", sorter=by_entry)
    row = by_entry[np.minimum(place, len(entered) - 1)]
    caused = np.flatnonzero((place < len(entered)) & (entered[row] <= ordered))
    return caused, demand["order"].astype(np.int64)[row[caused]]
