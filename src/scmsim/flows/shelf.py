"""The lots of a stock whose product does not keep: how many units there are of each age, and which go first."""

from bisect import bisect_right
from collections.abc import Iterable

from scmsim.flows.material import RESIDUE

Lot = tuple[int, float]
"""Units that can be used up to, but not at, a tick: the tick, and how many."""


class Shelf:
    """Units in the order in which they are given out.

    Parameters
    ----------
    issuing : str
        Which units go first: ``first_in``, ``last_in`` or ``first_expired``.

    Examples
    --------
    >>> shelf = Shelf("first_in")
    >>> shelf.put(30, 5.0)
    >>> shelf.put(20, 5.0)
    >>> shelf.take(6.0)
    [(30, 5.0), (20, 1.0)]
    >>> shelf.expire(20), shelf.units
    (4.0, 0)
    """

    __slots__ = ("_issuing", "_lots")

    def __init__(self, issuing: str) -> None:
        self._issuing = issuing
        self._lots: list[Lot] = []

    @property
    def units(self) -> float:
        """All units that are there."""
        return sum(units for _, units in self._lots)

    def put(self, expiry: int, units: float) -> None:
        """Take in units that expire at a tick."""
        lots = self._lots
        if self._issuing == "first_expired":
            lots.insert(bisect_right(lots, expiry, key=_expiry), (expiry, units))
        elif self._issuing == "last_in":
            lots.insert(0, (expiry, units))
        else:
            lots.append((expiry, units))

    def lasting(self, until: int) -> float:
        """Return the units that expire at or after a tick."""
        return sum(units for expiry, units in self._lots if expiry >= until)

    def take(self, units: float, lasting: int = -(2**62)) -> list[Lot]:
        """Give out units, of those that expire at or after ``lasting``.

        Raises
        ------
        ValueError
            There are not so many.
        """
        taken: list[Lot] = []
        kept: list[Lot] = []
        left = units
        for place, (expiry, there) in enumerate(self._lots):
            if left <= RESIDUE:
                kept += self._lots[place:]
                break
            given = min(there, left) if expiry >= lasting else 0.0
            if given:
                taken.append((expiry, given))
                left -= given
            if there - given > RESIDUE:
                kept.append((expiry, there - given))
        if left > RESIDUE * max(1.0, units) * 1000:
            raise ValueError(f"{units:g} units are given out of a shelf that lacks {left:g} of them")
        self._lots = kept
        return taken

    def expire(self, now: int) -> float:
        """Remove what cannot be used at this tick any more, and return how many units that is."""
        gone = sum(units for expiry, units in self._lots if expiry <= now)
        if gone:
            self._lots = [lot for lot in self._lots if lot[0] > now]
        return gone


def parted(lots: Iterable[Lot], units: float) -> tuple[list[Lot], list[Lot]]:
    """Part lots into their first so many units and the rest.

    Examples
    --------
    >>> parted([(3, 2.0), (4, 5.0)], 3.0)
    ([(3, 2.0), (4, 1.0)], [(4, 4.0)])
    """
    first: list[Lot] = []
    rest: list[Lot] = []
    left = units
    for expiry, there in lots:
        given = min(there, max(left, 0.0))
        left -= given
        if given > RESIDUE:
            first.append((expiry, given))
        if there - given > RESIDUE:
            rest.append((expiry, there - given))
    return first, rest


def _expiry(lot: Lot) -> int:
    return lot[0]
