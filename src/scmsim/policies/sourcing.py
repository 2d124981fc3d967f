"""Where an order goes that several suppliers could have: frozen rules and pure choices.

A rule is a frozen parameter class; `Sourcing.choose` takes the quantity, what is known of every supplier (`Offer`) and
the rule's own memory, and returns the units for each of them. What a supplier has free it says when it is asked, and
whom to ask is the rule's choice, too: nobody's live state is read.
"""

from collections.abc import Sequence
from math import inf
from typing import Any, ClassVar, NamedTuple

from scmsim.policies.kinds import KindedSpecification
from scmsim.policies.view import View

Choice = tuple[float, ...]
"""The units for each supplier, in the order of the offers."""
Memory = Any
"""What a rule remembers between two choices; handed in and out."""


class Offer(NamedTuple):
    """What a buyer knows of one supplier when it decides where an order goes.

    Parameters
    ----------
    supplier : str
        Its name.
    cost : float
        Money per unit of this order: price with breaks, promotion and duty, and what the lane charges for it.
    time : float
        Mean time from the order to its receipt, or the time that was quoted (time units).
    free : float or None
        The units that it has said it could give at once; None where it has not been asked.
    reliability : float
        The share of its orders so far that came whole by the date promised; 1 before the first.
    price : float
        The price of a unit, without duty and transport.
    delay : float
        By how much ``time`` exceeds the standard time of the lane (time units).
    """

    supplier: str
    cost: float
    time: float
    free: float | None = None
    reliability: float = 1.0
    price: float = 0.0
    delay: float = 0.0


class Sourcing(KindedSpecification):
    """A rule that says which of several suppliers gets an order.

    A subclass adds its parameters, ``kind: Literal["its_name"] = "its_name"`` and `choose`.
    """

    enquires: ClassVar[bool] = False
    """Whether it asks suppliers before it chooses."""
    binds: ClassVar[bool] = False
    """Whether suppliers keep to the price and the date that they answered."""

    def named(self) -> tuple[str, ...]:
        """Return the suppliers that the rule speaks of by name; it must name all of a stock's, or none."""
        return ()

    def shares(self, suppliers: Sequence[str]) -> tuple[float, ...] | None:
        """Return the share of the units that each supplier gets in the long run; None where that depends on the run."""
        return None

    def expected(self, offers: "Sequence[Offer]") -> tuple[float, ...]:
        """Return the share of the units to expect from each supplier when a stock's level is computed before the run.

        Where the rule cannot know, everybody gets the same.
        """
        said = self.shares([offer.supplier for offer in offers])
        return (1.0 / len(offers),) * len(offers) if said is None else said

    def start(self, suppliers: Sequence[str]) -> Memory:
        """Return the memory with which a run starts."""
        return None

    def asks(self, quantity: float, offers: Sequence[Offer]) -> tuple[int, ...]:
        """Return the places of the offers to ask about this order before it can choose; none when it can."""
        return ()

    def sees(self, view: View, on_order: Sequence[float], suppliers: Sequence[str]) -> View:
        """Return what the stock's policy sees; ``on_order`` is what each supplier still has to deliver."""
        return view

    def total(self, quantity: float) -> float:
        """Return the units to order when the policy wants ``quantity``."""
        return quantity

    def choose(
        self, quantity: float, offers: Sequence[Offer], memory: Memory, *, whole_units: bool = False
    ) -> tuple[Choice, Memory]:
        """Return the units for each supplier, which add up to ``quantity``, and the memory for the next choice."""
        raise NotImplementedError


def unasked(offers: Sequence[Offer]) -> tuple[int, ...]:
    """Return the places of the offers whose supplier has not been asked.

    Examples
    --------
    >>> unasked([Offer("near", 2, 1), Offer("far", 1, 5, free=10.0)])
    (0,)
    """
    return tuple(place for place, offer in enumerate(offers) if offer.free is None)


def all_to(place: int, quantity: float, offers: Sequence[Offer]) -> Choice:
    """Return the choice that gives one supplier the whole order.

    Examples
    --------
    >>> all_to(1, 5.0, [Offer("near", 2, 1), Offer("far", 1, 5)])
    (0.0, 5.0)
    """
    return tuple(quantity if at == place else 0.0 for at in range(len(offers)))


def free(offer: Offer) -> float:
    """Return what a supplier has said it has; nothing where it has not been asked."""
    return -inf if offer.free is None else offer.free
