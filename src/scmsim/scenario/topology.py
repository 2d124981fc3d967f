"""The shape of the flow: who feeds whom, at which level, and which customers stand at the end."""

from collections import defaultdict
from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter

Key = tuple[str, str]
"""A stock: (node, product)."""
Feeds = Mapping[Key, Mapping[Key, float]]
"""For every stock, the stocks it feeds, with the units of it that one unit of theirs takes."""


def order_from_demand(feeds: Feeds) -> list[Key]:
    """Return the stocks so that each comes after everything it feeds.

    Raises
    ------
    ValueError
        Stocks replenish each other in a circle; its argument lists the circle.
    """
    try:
        return list(TopologicalSorter({stock: sorted(fed) for stock, fed in sorted(feeds.items())}).static_order())
    except CycleError as error:
        raise ValueError(error.args[1]) from None


def levels(feeds: Feeds) -> dict[Key, int]:
    """Return every stock's level: 0 if only demand draws on it, else one above the highest stock it feeds.

    Examples
    --------
    >>> levels({("plant", "p"): {("shop", "p"): 1.0}, ("shop", "p"): {}})
    {('shop', 'p'): 0, ('plant', 'p'): 1}
    """
    found: dict[Key, int] = {}
    for stock in order_from_demand(feeds):
        found[stock] = 1 + max((found[fed] for fed in feeds[stock]), default=-1)
    return found


def end_demand(feeds: Feeds, demanded: set[Key]) -> dict[Key, dict[Key, float]]:
    """Return, for every stock, the stocks with customers that it serves in the end, and the units they take of it."""
    found: dict[Key, dict[Key, float]] = {}
    for stock in order_from_demand(feeds):
        units: dict[Key, float] = defaultdict(float)
        if stock in demanded:
            units[stock] += 1.0
        for fed, per_unit in sorted(feeds[stock].items()):
            for customer, quantity in found[fed].items():
                units[customer] += per_unit * quantity
        found[stock] = dict(units)
    return found
