"""The part of a scenario file that says what goes wrong: what is struck, when, what stops and what is lost."""

from typing import Annotated, Literal

from pydantic import Field

from scmsim.scenario.catalogue import AnyOccurrence
from scmsim.scenario.names import Name
from scmsim.specification import NonNegative, Share, Specification

Stop = Literal["orders", "shipments", "transit", "receipts", "production"]
"""A way of stopping."""


class Target(Specification):
    """What is struck: one of these."""

    node: Name | None = None
    """A node, outside suppliers included."""
    lane: Name | None = None
    """A lane, `sender -> receiver`, with everything it carries."""
    resource: Name | None = None
    """The machines of a factory, `factory/resource`: they stand still, or with `remaining` a part of them, and what is
    in them is finished after."""
    capacity: Name | None = None
    """The capacity of a supplier; it has one."""
    demand: Name | None = None
    """The demand of end customers at a node."""
    price: Name | None = None
    """What is paid on a lane, `sender -> receiver`, or, with the name of a node, what its end customers pay."""


class Destruction(Specification):
    """What is lost at the instant of the blow. It is written off: somebody has paid for it."""

    stock: Share = 0.0
    """The share of the units on hand and free at a node that is destroyed (0 to 1). What is set aside is spared."""
    in_transit: Share = 0.0
    """The share of the units on their way, over a lane or to a node, that is destroyed (0 to 1). Their orders are
    closed short: what is lost is on order no more."""


class Expedite(Specification):
    """Goods that travel faster meanwhile."""

    lane: Name
    """A lane with `modes`, `sender -> receiver`; it need not be struck itself."""
    mode: Name
    """The mode that everything on it takes."""


class Reactions(Specification):
    """What people do about a disruption while it lasts and they know of it."""

    known_after: NonNegative = 0.0
    """How long it takes until they know of it (time units). Its end they know at once."""
    switch_source: bool = False
    """Whether stocks that several lanes bring order nothing over those that are struck: what their rule gives them goes
    to the others, in proportion to what these get, or else to the one that costs least."""
    reroute: bool = False
    """Whether such stocks also call off what they have ordered and what waits there, and order it from the others."""
    expedite: Annotated[tuple[Expedite, ...], Field(strict=False)] = ()
    """Lanes over which goods take a faster mode: `[{lane: port -> shop, mode: air}]`."""


class Disruption(Specification):
    """Something that goes wrong."""

    of: Target
    """What is struck: `{node: plant}`, `{lane: port -> plant}`, `{resource: plant/mill}`, `{capacity: supplier}`,
    `{demand: shop}`, `{price: supplier -> plant}`."""
    when: AnyOccurrence
    """When it strikes, and for how long."""
    stops: Annotated[tuple[Stop, ...] | None, Field(strict=False)] = None
    """What stops at a node or on a lane. `orders`: orders to the node, or over the lane, are not entered until the end;
    they keep their places. `shipments`: nothing leaves the node, or over the lane; who waits keeps his place.
    `transit`: goods on the lane, or on their way to the node, stand still, and come later by the time that this takes.
    `receipts`: goods that arrive over the lane, or at the node, wait at the door. `production`: nothing is begun at the
    node, and what is in the works stands still; its machines (`resources`) stop. By default `shipments`, and at a node
    also `receipts` and `production`. End customers do not stop asking."""
    remaining: NonNegative = 0.0
    """What is left: of a capacity, of demand, of a price (a factor, above 1 for more than usual), of the machines of a
    `resource` (the last of them stop), or of the speed of `transit` and `production`. By default nothing."""
    destroys: Destruction = Destruction()
    """What is lost when it strikes. By default nothing."""
    reactions: Reactions = Reactions()
    """What people do about it. By default nothing."""
