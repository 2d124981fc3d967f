"""What every stock writes down when everything due at an instant has been done."""

from scmsim.nodes.stockpoint import StockPoint
from scmsim.nodes.workshop import Workshop


class Closing:
    """Writes the orders entered at an instant, and the state it leaves, for every stock that changed.

    Only then is it known what was served at once of an order that had to wait: a shipment without lead time may still
    arrive at the same instant. Orders served whole in their stock's turn are written there. Stock that units given back
    (a negative order) took below zero is owed.

    Parameters
    ----------
    workshop : Workshop
        The means of the run.
    """

    __slots__ = ("_changed", "_demand_row", "_stock_row")

    def __init__(self, workshop: Workshop) -> None:
        self._changed: list[StockPoint] = workshop.changed
        self._demand_row = workshop.recorder.writer("demand")
        self._stock_row = workshop.recorder.writer("stock")

    def close(self, tick: int) -> None:
        """Close the instant."""
        now = float(tick)
        demand_row, stock_row, changed = self._demand_row, self._stock_row, self._changed
        for stock in changed:
            stock.is_changed = False
            index = stock.index
            if stock.entered:
                for order in stock.entered:
                    quantity, route, unserved = order.quantity, order.route, order.unshipped
                    lost = 0.0 if route.waits else unserved
                    demand_row((now, index, route.buyer, order.number, quantity, quantity - unserved, lost))
                stock.entered.clear()
            on_hand, backorders = stock.on_hand, stock.backorders
            if stock.reserved:
                on_hand, backorders = on_hand + stock.reserved, backorders + stock.reserved - stock.seized
            if on_hand < 0:
                on_hand, backorders = 0.0, backorders - on_hand
            stock_row((now, index, on_hand, backorders, stock.on_order, stock.in_transit))
        changed.clear()
