"""How short stock is shared out among those who wait: what every rule sees and answers.

A rule is a frozen parameter class; `Allocation.share` takes what is there and the claims on it, and returns what each
of them gets. It knows no clock and no node, and remembers nothing: what a customer has got so far stands in its claims.
"""

from collections.abc import Callable, Sequence
from math import floor
from typing import Any, NamedTuple

from scmsim.policies.allocation import allocate
from scmsim.policies.kinds import KindedSpecification

SLACK = 1e-9
"""Units closer than this are the same number of units."""


class Claim(NamedTuple):
    """What one order still wants of a stock.

    Parameters
    ----------
    wanted : float
        Units that it has not got.
    entered : float
        When it was entered, in ticks.
    priority : int
        The class of its customer, 1 first.
    customer : int
        Whose order it is; orders of one customer have the same number.
    ordered : float
        Units of the whole order, those it has got included.
    """

    wanted: float
    entered: float = 0.0
    priority: int = 1
    customer: int = 0
    ordered: float = 0.0


class Allocation(KindedSpecification):
    """A rule that says who gets how much of a stock which is not enough for everybody.

    A subclass adds its parameters, ``kind: Literal["its_name"] = "its_name"`` and `share`.
    """

    def share(self, available: float, claims: Sequence[Claim], *, whole_units: bool = False) -> list[float]:
        """Return what each claim gets: never more than it wants, and together never more than is available.

        Parameters
        ----------
        available : float
            Units on hand.
        claims : sequence of Claim
            By time of entry and then by name, so that ties fall to the earlier.
        whole_units : bool
            Whether only whole units are given out, by largest remainder.
        """
        raise NotImplementedError

    def kept_from(self, priority: int | None) -> float:
        """Return the units that customers of a class must leave there; of None, whoever is no customer at all."""
        return 0.0


def in_turn(
    available: float, claims: Sequence[Claim], turn: Callable[[Claim], Any], *, whole_units: bool
) -> list[float]:
    """Serve claims in the order of their turns; those with the same turn share pro rata, and nobody overtakes.

    Examples
    --------
    >>> in_turn(5.0, [Claim(4.0, 1), Claim(4.0, 2), Claim(1.0, 2)], lambda claim: claim.entered, whole_units=True)
    [4.0, 1.0, 0.0]
    """
    shares, left = [0.0] * len(claims), available
    for now in sorted({turn(claim) for claim in claims}):
        group = [place for place, claim in enumerate(claims) if turn(claim) == now]
        wanted = [claims[place].wanted for place in group]
        is_enough = sum(wanted) <= left + SLACK
        given = wanted if is_enough else allocate(left, wanted, whole_units)
        for place, units in zip(group, given, strict=True):
            shares[place] = units
        left -= sum(given)
        if not is_enough:
            break
    return shares


def largest_remainder(units: float, quotas: Sequence[float]) -> list[float]:
    """Round quotas to whole numbers that add up to ``units``, ties to the earlier (Hamilton 1792).

    Examples
    --------
    >>> largest_remainder(6.0, [3.5, 2.5])
    [4.0, 2.0]
    """
    whole = [floor(quota + SLACK) for quota in quotas]
    short = floor(units + SLACK) - sum(whole)
    first = sorted(range(len(quotas)), key=lambda place: (whole[place] - quotas[place], place))[: max(0, short)]
    return [float(each + (place in first)) for place, each in enumerate(whole)]
