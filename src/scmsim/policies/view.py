"""What a decision maker knows when it decides."""

from typing import NamedTuple


class View(NamedTuple):
    """What a stock's decision maker has been told by the instant of its review.

    Parameters
    ----------
    net_stock : float
        Units on hand minus units backordered.
    on_order : float
        Units ordered and not yet received, before the order being decided.
    demand : float
        Units asked of the stock since its last review, this instant's included.

    Examples
    --------
    >>> View(net_stock=3.0, on_order=2.0, demand=4.0).position
    5.0
    """

    net_stock: float
    on_order: float
    demand: float

    @property
    def position(self) -> float:
        """Inventory position: net stock plus on order, in units."""
        return self.net_stock + self.on_order
