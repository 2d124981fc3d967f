"""How goods fill loads: what there is of them, what a load takes, and who gets on it. Pure functions of numbers."""

from collections.abc import Sequence
from math import ceil, floor, inf
from typing import NamedTuple

SLACK = 1e-9
"""So much of a load or of a unit is rounding."""


class Amount(NamedTuple):
    """So many units of something, with their weight and volume; of a capacity, the most of each."""

    units: float = 0.0
    weight: float = 0.0
    volume: float = 0.0

    def times(self, units: float) -> "Amount":
        """Return so many of it."""
        return Amount(self.units * units, self.weight * units, self.volume * units)


NO_LIMIT = Amount(inf, inf, inf)
"""The capacity of a load that takes anything."""


def total(amounts: Sequence[Amount]) -> Amount:
    """Add up amounts.

    Examples
    --------
    >>> total([Amount(1, 20), Amount(2, 10)])
    Amount(units=3, weight=30, volume=0.0)
    """
    return Amount(*(sum(column) for column in zip(*amounts, strict=True))) if amounts else Amount()


def used(amount: Amount, capacity: Amount) -> float:
    """Return the share of a capacity that is used: that of units, weight or volume, whichever is the largest.

    Examples
    --------
    >>> used(Amount(10, 500, 2), Amount(inf, 1000, 8))
    0.5
    """
    return max(held / most for held, most in zip(amount, capacity, strict=True))


def loads_of(amount: Amount, capacity: Amount) -> int:
    """Return the fewest loads that take everything; at least one.

    Examples
    --------
    >>> loads_of(Amount(25, 25), Amount(10, inf, inf)), loads_of(Amount(1), NO_LIMIT)
    (3, 1)
    """
    return max(1, ceil(used(amount, capacity) - SLACK))


def fitting(units: float, one: Amount, room: Amount, *, whole_units: bool = False) -> float:
    """Return how many of some units fit into what is left of a load.

    Parameters
    ----------
    units : float
        How many there are.
    one : Amount
        What one of them takes.
    room : Amount
        What is left.
    whole_units : bool
        Whether a unit cannot be divided.

    Examples
    --------
    >>> fitting(8, Amount(1, 3), Amount(inf, 10, inf)), fitting(8, Amount(1, 3), Amount(inf, 10, inf), whole_units=True)
    (3.3333333333333335, 3.0)
    """
    most = min((left / each for left, each in zip(room, one, strict=True) if each), default=inf)
    if most >= units - SLACK:
        return units
    return max(0.0, float(floor(most + SLACK)) if whole_units else most)


def filled(lots: Sequence[tuple[float, Amount, bool]], capacity: Amount) -> list[float]:
    """Return the units of each lot that go into one load, first come first served.

    A lot that does not fit is parted; what comes after it waits for the next load.

    Parameters
    ----------
    lots : sequence of (float, Amount, bool)
        Units, what one of them takes, and whether they are whole, in the order in which they came.
    capacity : Amount
        What a load takes.

    Examples
    --------
    >>> filled([(4, Amount(1, 2), True), (4, Amount(1, 3), True), (1, Amount(1, 0), True)], Amount(inf, 15, inf))
    [4, 2.0, 0.0]
    """
    taken, room = [], capacity
    for place, (units, one, whole_units) in enumerate(lots):
        part = fitting(units, one, room, whole_units=whole_units)
        taken.append(part)
        if part < units:
            return [*taken, *(0.0 for _ in lots[place + 1 :])]
        room = Amount(*(left - each * part for left, each in zip(room, one, strict=True)))
    return taken


def shares(parts: Sequence[Amount]) -> list[float]:
    """Return the share of each part in what a whole load costs: by weight, or by units where nothing weighs anything.

    Examples
    --------
    >>> shares([Amount(1, 30), Amount(9, 10)]), shares([Amount(1), Amount(3)])
    ([0.75, 0.25], [0.25, 0.75])
    """
    by_weight = sum(part.weight for part in parts) > 0
    sizes = [part.weight if by_weight else part.units for part in parts]
    return [size / sum(sizes) for size in sizes]
