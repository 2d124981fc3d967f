"""What an outside supplier can give: its capacity, its lots and how much of it comes out right."""

from dataclasses import dataclass

from scmsim.inputs.distributions import Distribution
from scmsim.ticks import TICKS


@dataclass(frozen=True, slots=True)
class Capacity:
    """What a supplier can ship per period, in units and ticks; of each product, or of all its products together."""

    units: float
    period: int = TICKS
    is_shared: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Supply:
    """The limits of an outside supplier for one product.

    ``good`` is the share of the units of a shipment that comes out right, or how it is drawn.
    """

    capacity: Capacity | None = None
    minimum_order: float = 0.0
    order_multiple: float | None = None
    good: float | Distribution = 1.0

    @property
    def has_lots(self) -> bool:
        """Whether orders are raised to a minimum or a multiple."""
        return bool(self.minimum_order) or self.order_multiple is not None

    @property
    def is_limited(self) -> bool:
        """Whether anything but what is ordered decides what is shipped, and when."""
        return self.capacity is not None or self.good != 1.0


UNLIMITED = Supply()
"""No limits."""
