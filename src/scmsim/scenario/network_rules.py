"""How a stock serves whom: what is converted of the rules for short stock."""

from dataclasses import dataclass

from scmsim.policies.allocation_base import Allocation
from scmsim.policies.allocation_kinds import FirstCome
from scmsim.scenario.network_money import Delay


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """How one customer of a stock is served.

    Attributes
    ----------
    priority : int
        Its class, 1 first.
    complete : bool
        Whether its orders leave only when all of them is there.
    patience : Delay or None
        How long it waits; None: as long as it takes, or not at all.
    substitutes : tuple of int
        The points at the same node from which it takes what is short, in this order.
    """

    priority: int = 1
    complete: bool = False
    patience: Delay | None = None
    substitutes: tuple[int, ...] = ()


STANDARD = Service()
"""Whoever is served like everybody else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StockRules:
    """What a stock heeds when it serves: the rule for short stock, and the services of the points that it feeds."""

    allocation: Allocation = FirstCome()
    services: tuple[tuple[int, Service], ...] = ()
