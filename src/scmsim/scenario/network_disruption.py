"""What a simulation needs to know of what goes wrong."""

from dataclasses import dataclass

from scmsim.inputs.disruption import Occurrence


@dataclass(frozen=True, slots=True, kw_only=True)
class Resilience:
    """Shares of demand served at once, and the share of the replications that are the bad ones."""

    failure: float = 0.95
    recovery: float = 0.95
    tail: float = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Reactions:
    """What people do about a disruption, ``known_after`` so many ticks.

    ``lanes`` are those that stocks with several avoid, with ``reroute`` even for what they have ordered; ``expedite``
    holds a lane and the place of a mode for each that goods take.
    """

    known_after: int
    lanes: tuple[int, ...] = ()
    reroute: bool = False
    expedite: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Disruption:
    """Something that goes wrong: lanes and points by their indices, everything it concerns listed.

    ``number`` counts disruptions from 1, in the order of their names. ``remaining`` is what is left of the speed of
    ``slow`` lanes and ``idle`` production, of a ``capacity``, of ``demand`` and of prices; where a
    resource is struck, the share of its machines that works on.

    Parameters
    ----------
    doors : tuple of int
        Lanes whose orders are not entered.
    shut : tuple of int
        Points that hand nothing to their end customers.
    barred : tuple of int
        Lanes over which nothing is shipped.
    slow : tuple of int
        Lanes whose goods stand still, or move at what remains of their speed.
    full : tuple of int
        Lanes whose goods are not received.
    idle : tuple of int
        Points whose production stands still, or goes on at what remains of its speed.
    machines : tuple of int
        Resources whose machines stand still.
    capacity : tuple of int
        Outside points whose capacity is reduced.
    demand : tuple of int
        Points whose end customers ask for another share of the usual.
    lane_prices, sale_prices : tuple of int
        Lanes, and points with end customers, whose prices change.
    stock, stock_share
        Points that lose a share of what is free.
    loads, loads_share
        Lanes that lose a share of what is under way.
    """

    name: str
    number: int
    what: str
    when: Occurrence
    remaining: float = 0.0
    doors: tuple[int, ...] = ()
    shut: tuple[int, ...] = ()
    barred: tuple[int, ...] = ()
    slow: tuple[int, ...] = ()
    full: tuple[int, ...] = ()
    idle: tuple[int, ...] = ()
    machines: tuple[int, ...] = ()
    capacity: tuple[int, ...] = ()
    demand: tuple[int, ...] = ()
    lane_prices: tuple[int, ...] = ()
    sale_prices: tuple[int, ...] = ()
    stock: tuple[int, ...] = ()
    stock_share: float = 0.0
    loads: tuple[int, ...] = ()
    loads_share: float = 0.0
    place: int = 0
    reactions: Reactions | None = None

    @property
    def machines_left(self) -> float:
        """The share of the machines of a struck resource that works on."""
        return self.remaining if self.what == "resource" else 0.0

    @property
    def leaves(self) -> float:
        """What is left of everything that it strikes: nothing of a machine."""
        return 0.0 if self.what == "resource" else self.remaining

    @property
    def lanes(self) -> frozenset[int]:
        """Every lane that it concerns by itself."""
        return frozenset((*self.doors, *self.barred, *self.slow, *self.full, *self.loads))
