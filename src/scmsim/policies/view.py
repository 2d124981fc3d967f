"""What a decision maker knows when it decides."""

from math import inf
from typing import NamedTuple


class Told(NamedTuple):
    """What a stock's decision maker knows from reports, beyond its own stock and its customers' orders.

    Parameters
    ----------
    point_of_sale : float
        Units asked for by end customers since the last review, as far as it has been told; its own included.
    sales_periods : float or None
        Periods of sales that these units are: 0 when no report has come since the last review; None: as many as lie
        between two reviews.
    forecast : float
        Units per period that its customers have told as their forecasts, added up.
    downstream : float
        Units that left for its customers and theirs, and are still there or on their way, less what end customers
        wait for: what lifts the inventory position to the echelon position.
    discount : float
        Share that the seller's promotion takes off the price now, from 0 to 1.
    supply : float
        Units that the supplier has free, where the supplier decides.
    receipts : tuple of (float, float)
        What is on order, order by order: in how many periods it is due (below 0: late), and how many units. Known only
        to policies that need it.
    requirements : tuple of float
        Units that will be taken for what is planned to be made of it, in this period and each after it. Known only to
        policies that need it.

    Examples
    --------
    >>> Told(point_of_sale=12.0).point_of_sale
    12.0
    """

    point_of_sale: float = 0.0
    sales_periods: float | None = None
    forecast: float = 0.0
    downstream: float = 0.0
    discount: float = 0.0
    supply: float = inf
    receipts: tuple[tuple[float, float], ...] = ()
    requirements: tuple[float, ...] = ()


NOT_TOLD = Told()
"""Nothing but one's own stock and orders."""


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
    told : Told
        What it knows from reports.

    Examples
    --------
    >>> View(net_stock=3.0, on_order=2.0, demand=4.0).position
    5.0
    """

    net_stock: float
    on_order: float
    demand: float
    told: Told = NOT_TOLD

    @property
    def position(self) -> float:
        """Inventory position: net stock plus on order, in units."""
        return self.net_stock + self.on_order

    @property
    def echelon_position(self) -> float:
        """Echelon inventory position: the inventory position and what is known to be downstream, in units."""
        return self.net_stock + self.on_order + self.told.downstream
