"""Which mode of transport goods take: frozen rules and pure choices.

A rule sees what leaves together (`Part`, one for every order's units) and what every mode takes and costs (`Option`),
and names a mode for each part.
"""

from collections.abc import Sequence
from typing import Annotated, Literal, NamedTuple

from pydantic import Field

from scmsim.policies.kinds import KindedSpecification, classes_by_kind
from scmsim.policies.loading import NO_LIMIT, Amount, loads_of, total
from scmsim.specification import NonNegative, Specification

Name = Annotated[str, Field(min_length=1, max_length=200)]
_SLACK = 1e-9


class Option(NamedTuple):
    """A mode as its shipper knows it.

    Parameters
    ----------
    name : str
        What it is called.
    time : float
        Its mean lead time (time units).
    load_cost : float
        Money per load, over the whole distance.
    cost : Amount
        Money per unit, weight unit and volume unit.
    capacity : Amount
        What a load takes.
    """

    name: str
    time: float
    load_cost: float = 0.0
    cost: Amount = Amount()
    capacity: Amount = NO_LIMIT

    def price(self, goods: Amount) -> float:
        """Return what it costs to move goods that leave together, in as many loads as they need.

        Examples
        --------
        >>> Option("truck", 2, 100, Amount(weight=0.5), Amount(10, 1e9, 1e9)).price(Amount(25, 40))
        320.0
        """
        charged = sum(rate * amount for rate, amount in zip(self.cost, goods, strict=True))
        return loads_of(goods, self.capacity) * self.load_cost + charged


class Part(NamedTuple):
    """Units of one order that leave; ``time_left`` is the time until they are promised to arrive."""

    goods: Amount
    time_left: float = 0.0


class ModeChoice(KindedSpecification):
    """A rule that says how goods travel.

    A subclass adds its parameters, ``kind: Literal["its_name"] = "its_name"`` and `choose`.
    """

    def named(self) -> tuple[str, ...]:
        """Return the modes that the rule speaks of by name."""
        return ()

    def usual(self, options: Sequence[Option]) -> int:
        """Return the place of the mode whose time is promised, and planned with: the slowest unless a rule knows."""
        return max(range(len(options)), key=lambda at: (options[at].time, options[at].name))

    def choose(self, parts: Sequence[Part], options: Sequence[Option]) -> tuple[int, ...]:
        """Return the place of the mode that each part takes."""
        raise NotImplementedError


class Cheapest(ModeChoice):
    """Everything that leaves together takes the mode that costs least for it; of those, the fastest.

    The number of loads that it needs counts. After each load the rule looks again at what is left.

    Examples
    --------
    >>> modes = [Option("parcel", 1, 0, Amount(units=3)), Option("truck", 2, 60)]
    >>> [Cheapest().choose([Part(Amount(units))], modes) for units in (19, 21)]
    [(0,), (1,)]
    """

    kind: Literal["cheapest"] = "cheapest"
    """The name of this kind."""

    def choose(self, parts: Sequence[Part], options: Sequence[Option]) -> tuple[int, ...]:
        """Compare what all of it costs."""
        goods = total([part.goods for part in parts])
        prices = [option.price(goods) for option in options]
        least = min(prices)
        close = [at for at, price in enumerate(prices) if price <= least + _SLACK * max(1.0, least)]
        return (min(close, key=lambda at: (options[at].time, options[at].name)),) * len(parts)


class Fastest(ModeChoice):
    """Everything takes the mode with the shortest mean lead time; of those, the cheapest.

    Examples
    --------
    >>> Fastest().choose([Part(Amount(5))], [Option("ship", 30), Option("air", 3, 900)])
    (1,)
    """

    kind: Literal["fastest"] = "fastest"
    """The name of this kind."""

    def usual(self, options: Sequence[Option]) -> int:
        """Return the fastest."""
        return min(range(len(options)), key=lambda at: (options[at].time, options[at].name))

    def choose(self, parts: Sequence[Part], options: Sequence[Option]) -> tuple[int, ...]:
        """Compare times."""
        goods = total([part.goods for part in parts])
        ranked = sorted(range(len(options)), key=lambda at: (options[at].time, options[at].price(goods), at))
        return (ranked[0],) * len(parts)


class Urgency(ModeChoice):
    """An order that would miss its promised date with the normal mode takes the urgent one.

    The promised date counts on the normal mode, and on order delay, the supplier's time and the longest wait for a
    departure; an order is late once it has waited for anything else. The shipper knows the mean time of each mode.

    Examples
    --------
    >>> rule, modes = Urgency(normal="sea", urgent="air"), [Option("air", 3), Option("sea", 30)]
    >>> rule.choose([Part(Amount(5), time_left=30), Part(Amount(5), time_left=29)], modes)
    (1, 0)
    """

    kind: Literal["urgency"] = "urgency"
    """The name of this kind."""
    normal: Name
    """The mode that an order takes while it is in time."""
    urgent: Name
    """The mode that it takes when it would come too late."""

    def named(self) -> tuple[str, ...]:
        """Return both."""
        return self.normal, self.urgent

    def usual(self, options: Sequence[Option]) -> int:
        """Return the normal mode."""
        names = [option.name for option in options]
        return names.index(self.normal) if self.normal in names else super().usual(options)

    def choose(self, parts: Sequence[Part], options: Sequence[Option]) -> tuple[int, ...]:
        """Compare the time left with the time of the normal mode, order by order."""
        names = [option.name for option in options]
        normal, urgent = names.index(self.normal), names.index(self.urgent)
        needed = options[normal].time - _SLACK
        return tuple(normal if part.time_left >= needed else urgent for part in parts)


class WeightBreak(Specification):
    """A weight from which another mode is taken."""

    start: Annotated[NonNegative, Field(alias="from")]
    """The weight of what leaves together from which the mode is taken (weight units)."""
    mode: Name
    """The name of the mode."""


class ByWeight(ModeChoice):
    """The weight of what leaves together says which mode it takes.

    Examples
    --------
    >>> rule = ByWeight(breaks=[{"from": 0, "mode": "parcel"}, {"from": 30, "mode": "truck"}])
    >>> modes = [Option("parcel", 1), Option("truck", 2)]
    >>> [rule.choose([Part(Amount(1, weight))], modes) for weight in (29, 30)]
    [(0,), (1,)]
    """

    kind: Literal["weight_break"] = "weight_break"
    """The name of this kind."""
    breaks: Annotated[tuple[WeightBreak, ...], Field(strict=False, min_length=2)]
    """The weights from which each mode is taken, one of them from 0:
    `[{from: 0, mode: parcel}, {from: 30, mode: truck}]`."""

    def named(self) -> tuple[str, ...]:
        """Return the modes of all breaks."""
        return tuple(one.mode for one in self.breaks)

    def choose(self, parts: Sequence[Part], options: Sequence[Option]) -> tuple[int, ...]:
        """Find the last break that all of it reaches."""
        weight = total([part.goods for part in parts]).weight + _SLACK
        reached = max((one for one in self.breaks if one.start <= weight), key=lambda one: one.start)
        return ([option.name for option in options].index(reached.mode),) * len(parts)


def mode_choice_kinds() -> dict[str, type[ModeChoice]]:
    """Return every rule by its kind.

    Examples
    --------
    >>> sorted(mode_choice_kinds())
    ['cheapest', 'fastest', 'urgency', 'weight_break']
    """
    return classes_by_kind(ModeChoice)
