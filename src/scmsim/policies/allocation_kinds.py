"""The rules for short stock: first come, priority, proportional, fair share, reserve."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from scmsim.policies.allocation_base import SLACK, Allocation, Claim, in_turn, largest_remainder
from scmsim.specification import NonNegative


class FirstCome(Allocation):
    """First come, first served; what was entered together shares pro rata.

    Examples
    --------
    >>> FirstCome().share(6.0, [Claim(4.0, entered=1), Claim(8.0, entered=2)])
    [4.0, 2.0]
    """

    kind: Literal["first_come"] = "first_come"
    """The name of this kind."""

    def share(self, available: float, claims: Sequence[Claim], *, whole_units: bool = False) -> list[float]:
        """Serve by time of entry."""
        return in_turn(available, claims, lambda claim: claim.entered, whole_units=whole_units)


class Priority(Allocation):
    """Class by class of customer, 1 first (`priority` of a lane, a demand or a `make`); first come within a class.

    Examples
    --------
    >>> Priority().share(6.0, [Claim(4.0, entered=1, priority=2), Claim(5.0, entered=2, priority=1)])
    [1.0, 5.0]
    """

    kind: Literal["priority"] = "priority"
    """The name of this kind."""

    def share(self, available: float, claims: Sequence[Claim], *, whole_units: bool = False) -> list[float]:
        """Serve by class, then by time of entry."""
        return in_turn(available, claims, lambda claim: (claim.priority, claim.entered), whole_units=whole_units)


class Proportional(Allocation):
    """In proportion to what everybody waits for, however long.

    Examples
    --------
    >>> Proportional().share(6.0, [Claim(4.0, entered=1), Claim(8.0, entered=2)])
    [2.0, 4.0]
    """

    kind: Literal["proportional"] = "proportional"
    """The name of this kind."""

    def share(self, available: float, claims: Sequence[Claim], *, whole_units: bool = False) -> list[float]:
        """Share pro rata among all."""
        return in_turn(available, claims, lambda claim: 0, whole_units=whole_units)


class FairShare(Allocation):
    """Equal fill: every customer gets as nearly as can be the same share of its open orders, the worst served first.

    The share counts what a customer has got of these orders before. Within a customer it is first come, first served.
    Source: rationing that brings all customers to one level of service, after Eppen and Schrage (1981) and Lagodimos
    (1992); here the level is the share filled of what is open.

    Examples
    --------
    Two customers have ordered 20 each; the first has got 4 of it and the second 8. With 6 more both have 9:

    >>> FairShare().share(6.0, [Claim(16.0, customer=0, ordered=20.0), Claim(12.0, customer=1, ordered=20.0)])
    [5.0, 1.0]
    """

    kind: Literal["fair_share"] = "fair_share"
    """The name of this kind."""

    def share(self, available: float, claims: Sequence[Claim], *, whole_units: bool = False) -> list[float]:
        """Lift the least filled customers to one level, and let each serve its own orders in turn."""
        if sum(claim.wanted for claim in claims) <= available + SLACK:
            return [claim.wanted for claim in claims]
        customers = list(dict.fromkeys(claim.customer for claim in claims))
        orders = [[place for place, claim in enumerate(claims) if claim.customer == each] for each in customers]
        wanted = [sum(claims[place].wanted for place in places) for places in orders]
        ordered = [sum(claims[place].ordered for place in places) for places in orders]
        given = _equal_fill(available, wanted, ordered)
        if whole_units:
            given = largest_remainder(available, given)
        shares = [0.0] * len(claims)
        for places, units, most in zip(orders, given, wanted, strict=True):
            own = in_turn(
                min(units, most),
                [claims[place] for place in places],
                lambda claim: claim.entered,
                whole_units=whole_units,
            )
            for place, share in zip(places, own, strict=True):
                shares[place] = share
        return shares


def _equal_fill(available: float, wanted: Sequence[float], ordered: Sequence[float]) -> list[float]:
    """Return what lifts the least filled to one share of what they ordered; ``available`` is less than is wanted."""
    got = [max(0.0, all_of_it - open_) for all_of_it, open_ in zip(ordered, wanted, strict=True)]
    filled = [part / whole if whole > 0 else 1.0 for part, whole in zip(got, ordered, strict=True)]
    ranked = sorted(range(len(wanted)), key=lambda place: (filled[place], place))
    level, sum_got, sum_ordered = 0.0, 0.0, 0.0
    for number, place in enumerate(ranked, start=1):
        sum_got += got[place]
        sum_ordered += ordered[place]
        level = (available + sum_got) / sum_ordered if sum_ordered else 1.0
        if number < len(ranked) and level <= filled[ranked[number]]:
            break
    given, left = [0.0] * len(wanted), available
    for place in ranked:
        units = min(max(0.0, level * ordered[place] - got[place]), wanted[place], left)
        given[place] = units
        left -= units
    return given


class Reserve(Allocation):
    """Critical levels: customers of lower classes are served only from what exceeds the units kept for those before.

    Within a class it is first come, first served; what arrives goes to the first class first, and to the others when
    it exceeds their level. Source: Ha (1997), Management Science 43(8); Deshpande, Cohen and Donohue (2003), Management
    Science 49(6).

    Examples
    --------
    >>> Reserve(keep=[2.0]).share(5.0, [Claim(6.0, priority=2), Claim(1.0, priority=1)])
    [2.0, 1.0]
    """

    kind: Literal["reserve"] = "reserve"
    """The name of this kind."""
    keep: Annotated[tuple[NonNegative, ...], Field(strict=False, min_length=1)]
    """The units kept from class 2, from class 3 and so on; classes beyond the list are kept from the last."""

    @model_validator(mode="after")
    def _never_less(self) -> Self:
        if self._falls():
            raise ValueError(f"units that do not fall from class to class: found {self._falls()}")
        return self

    def _falls(self) -> str:
        return ", ".join(f"{later:g} after {before:g}" for before, later in pairwise(self.keep) if later < before)

    def kept_from(self, priority: int | None) -> float:
        """Return the units kept from a class; None is kept from like the last."""
        if priority is None:
            return self.keep[-1]
        return self.keep[min(priority - 2, len(self.keep) - 1)] if priority > 1 else 0.0

    def share(self, available: float, claims: Sequence[Claim], *, whole_units: bool = False) -> list[float]:
        """Serve class by class what exceeds its level."""
        shares, left = [0.0] * len(claims), available
        for priority in sorted({claim.priority for claim in claims}):
            places = [place for place, claim in enumerate(claims) if claim.priority == priority]
            free = max(0.0, left - self.kept_from(priority))
            own = in_turn(
                free, [claims[place] for place in places], lambda claim: claim.entered, whole_units=whole_units
            )
            for place, share in zip(places, own, strict=True):
                shares[place] = share
            left -= sum(own)
        return shares


def allocation_kinds() -> dict[str, type[Allocation]]:
    """Return every rule by its kind.

    Examples
    --------
    >>> "fair_share" in allocation_kinds()
    True
    """
    rules: tuple[type[Allocation], ...] = (FirstCome, Priority, Proportional, FairShare, Reserve)
    return {str(rule.model_fields["kind"].default): rule for rule in rules}
