"""Lots: an order that is smaller than its supplier takes is raised when it is placed."""

from scmsim.nodes.stockpoint import Source
from scmsim.policies.lots import up_to_multiple
from scmsim.scenario.network_supply import Supply


def raised(quantity: float, supply: Supply) -> float:
    """Return the units of an order when its supplier's minimum and multiple have been heeded.

    The minimum is raised to the multiple itself, so that both hold.

    Examples
    --------
    >>> [raised(units, Supply(minimum_order=10.0, order_multiple=4.0)) for units in (0.0, 3.0, 13.0)]
    [0.0, 12.0, 16.0]
    """
    if quantity <= 0:
        return quantity
    least = max(quantity, supply.minimum_order)
    return least if supply.order_multiple is None else up_to_multiple(least, supply.order_multiple)


class Lots:
    """Stands between a stock's decisions and a lane from a supplier that sells in lots.

    Parameters
    ----------
    source : Source
        Where orders go on.
    supply : Supply
        The lots.
    """

    __slots__ = ("_source", "_supply")

    def __init__(self, source: Source, supply: Supply) -> None:
        self._source = source
        self._supply = supply

    def place(self, quantity: float) -> None:
        """Order units, or as many as the supplier's lots make of them."""
        self._source.place(raised(quantity, self._supply))

    def fill(self, start: int) -> None:
        """Put on its way what was on order when the run began."""
        self._source.fill(start)
