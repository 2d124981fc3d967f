"""Insolvency: a node that cannot pay what is overdue stops buying, or stops trading for good."""

from collections.abc import Sequence
from typing import ClassVar

from scmsim.engine.clock import Phases
from scmsim.nodes.books import Books
from scmsim.nodes.books_payments import Invoice
from scmsim.nodes.stockpoint import StockPoint
from scmsim.nodes.workshop import Workshop


class Standing:
    """The standing of a node that trades whatever it owes.

    Parameters
    ----------
    node : str
        Its name.
    books : Books
        Where its invoices are.
    workshop : Workshop
        The means of the run.
    stocks : sequence of StockPoint
        What it keeps.

    Attributes
    ----------
    is_insolvent : bool
        Whether it was insolvent when it was last looked at.
    """

    __slots__ = ("_books", "_clock", "_grace", "_last_phase", "_node", "_stocks", "is_insolvent")

    ends_trade: ClassVar[bool] = False
    """Whether an insolvency is the end of the node's trade."""

    def __init__(self, node: str, books: Books, workshop: Workshop, stocks: Sequence[StockPoint]) -> None:
        self._node = node
        self._books = books
        self._clock = workshop.clock
        self._stocks = {stock.index: stock for stock in stocks}
        self._grace = books.books[node].finance.grace
        self._last_phase = workshop.phases.orders(workshop.phases.levels)
        self.is_insolvent = False

    def may_buy(self) -> bool:
        """Tell whether the node may order from others."""
        return True

    def may_make(self) -> bool:
        """Tell whether the node may order from itself."""
        return True

    def received(self, point: int) -> None:
        """Hear that units are about to arrive at one of its stocks."""

    def _watch(self) -> None:
        """Look at every invoice at the end of the instant at which it has been due for the grace."""
        self._books.on_invoice(self._node, self._await)

    def _await(self, invoice: Invoice) -> None:
        self._clock.at(max(invoice.due + self._grace, self._clock.now), self._last_phase, self._judge, invoice)

    def _judge(self, invoice: Invoice) -> None:
        if not invoice.is_paid and invoice.amount > 0 and not self.is_insolvent:
            self.is_insolvent = True
            self._fail()

    def _fail(self) -> None:
        """Do what an insolvency leads to at once."""


class StopsBuying(Standing):
    """The standing of a node that buys nothing, once it is insolvent, before everything overdue is paid."""

    __slots__ = ()

    def __init__(self, node: str, books: Books, workshop: Workshop, stocks: Sequence[StockPoint]) -> None:
        super().__init__(node, books, workshop, stocks)
        self._watch()

    def may_buy(self) -> bool:
        """Tell whether the node has not failed, or has paid everything overdue since."""
        if self.is_insolvent and not self._books.overdue(self._node):
            self.is_insolvent = False
        return not self.is_insolvent


class StopsTrading(Standing):
    """The standing of a node that, once it is insolvent, neither buys, makes nor sells.

    What it has is set aside, and so is what still arrives. What is ordered from it waits for good, and nobody pays it
    in advance any more.
    """

    __slots__ = ()

    ends_trade = True

    def __init__(self, node: str, books: Books, workshop: Workshop, stocks: Sequence[StockPoint]) -> None:
        super().__init__(node, books, workshop, stocks)
        self._watch()

    def may_buy(self) -> bool:
        """Tell whether the node has not failed."""
        return not self.is_insolvent

    def may_make(self) -> bool:
        """Tell whether the node has not failed."""
        return not self.is_insolvent

    def received(self, point: int) -> None:
        """Set aside what is about to arrive, as soon as it is there."""
        if self.is_insolvent:
            self._clock.at(self._clock.now, Phases.receive, _seize, self._stocks[point])

    def _fail(self) -> None:
        self._books.books[self._node].trades_until = self._clock.now
        for stock in self._stocks.values():
            _seize(stock)
        self._end_advances()

    def _end_advances(self) -> None:
        """Let nobody pay in advance for what will never come."""
        own, items = self._books.books[self._node], [*self._books.items.values(), *self._books.bought.values()]
        for contract in (contract for item in items for contract in (item.purchase, item.sale)):
            if contract is not None and contract.relation.seller is own:
                contract.down_payment = 0.0


STANDINGS: dict[str, type[Standing]] = {"ignore": Standing, "stop_buying": StopsBuying, "stop_trading": StopsTrading}
"""What an unpaid invoice leads to, by its name in a scenario."""


def _seize(stock: StockPoint) -> None:
    if stock.on_hand > 0:
        stock.seize(stock.on_hand)
