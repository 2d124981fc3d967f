"""The books of a run: they hear what happens, and write down what it means in money."""

from math import nan

from scmsim.engine.clock import Phases
from scmsim.flows.events import CODES
from scmsim.flows.money import VALUATIONS, MovingAverage
from scmsim.flows.postings import posting
from scmsim.nodes.books_billing import Billing
from scmsim.nodes.books_costs import Costs
from scmsim.nodes.books_goods import Goods
from scmsim.nodes.books_item import END_CUSTOMERS, Item
from scmsim.nodes.books_journal import Book, CashWatcher, InvoiceWatcher, Journal, all_balances
from scmsim.nodes.books_losses import Losses
from scmsim.nodes.books_payments import Payments
from scmsim.nodes.books_relation import NOBODY, Ends, Relation
from scmsim.nodes.books_several import Choices, CostsOfSeveral, GoodsOfSeveral
from scmsim.nodes.books_trade import Contract, ShakenContract, Trade
from scmsim.nodes.clerks import Desk
from scmsim.nodes.disruptions_pace import Extent
from scmsim.nodes.workshop import Workshop
from scmsim.scenario.network import Finance, FromLane, FromProduction, Messages, Money, Network, Sale
from scmsim.ticks import TICKS

YIELD_LOSS, CANCELLED = CODES["yield_loss"], CODES["cancelled"]
OPENING_GOODS, OPENING_MONEY = posting("opening_goods"), posting("opening_money")


class Books:
    """The books of every node but unlimited suppliers, which are outside the chain.

    Parameters
    ----------
    network : Network
        What is simulated; it has money.
    workshop : Workshop
        The means of the run. The books must be made before the processes, which then write what the books subscribe to.

    Attributes
    ----------
    books : dict of str to Book
        The books by node.
    items : dict of int to Item
        The stocks in money, by the index of their point.
    bought : dict of (int, int) to Item
        What stocks with several suppliers get from each, by the supplier's point and theirs.
    """

    def __init__(self, network: Network, workshop: Workshop) -> None:
        self._network = network
        self._workshop = workshop
        self._money = network.money or Money()
        start = network.calendar.start
        names = sorted(network.nodes)
        self._index = {name: index for index, name in enumerate(names)}
        stocked = sorted({point.node for point in network.points if not point.unlimited})
        self.journal = Journal(workshop, len(names))
        self.books = {
            name: Book(self._index[name], network.nodes[name].finance or Finance(), start, self.journal)
            for name in stocked
        }
        for name, book in self.books.items():
            book.vehicles = network.nodes[name].vehicle_cost
        self.payments = Payments(self.journal, workshop)
        self.billing = Billing(self.payments, self._desks(), workshop)
        self.trade = Trade(self.journal, self.payments, self.billing, workshop)
        self.items = self._items()
        self.bought: dict[tuple[int, int], Item] = {}
        self._relations: list[Relation] = []
        self._lanes: dict[int, Relation] = {}
        self.price_factors: dict[tuple[str, int], Extent] = {
            place: Extent()
            for each in network.disruptions
            for place in (*(("lane", lane) for lane in each.lane_prices), *(("sale", at) for at in each.sale_prices))
        }
        self._agree_terms()
        self._purchases: dict[float, Contract] = {
            index: item.purchase
            for index, item in self.items.items()
            if item.purchase is not None and not item.purchase.is_listed
        }
        self._choices: Choices | None = None
        if self.bought:
            self._choices = Choices(self.bought, self.trade)
            self.goods: Goods = GoodsOfSeveral(self.journal, self.trade, self.items, self.bought)
            self.costs: Costs = CostsOfSeveral(self.journal, list(self.books.values()), self.items, network, start)
        else:
            self.goods = Goods(self.journal, self.trade, self.items)
            self.costs = Costs(self.journal, list(self.books.values()), self.items, network.lanes, start)
        self._subscribe()
        self._book_dates(start)

    # What others ask of the books

    @property
    def balances(self) -> dict[tuple[int, int], float]:
        """The balance of every account, by node and code; those of the accounts outside under the number of nodes."""
        return all_balances(self.books, self.journal, len(self._index))

    def available(self, node: str) -> float:
        """What a node can pay now: cash and what is left of its overdraft; infinite if that has no limit."""
        return self.books[node].available

    def committed(self, node: str) -> float:
        """What a node is bound to pay: its payables and what it has ordered and not been shipped, less advances.

        That is followed for a node whose orders are limited to its cash; nan for any other.
        """
        book = self.books[node]
        if not book.finance.limit_orders_to_cash:
            return nan
        return book.open_orders + book.owed - book.prepaid

    def exposure(self, lane: int) -> float:
        """What the seller of a lane stands to lose: unpaid shipments over it, and orders entered and not shipped.

        That is followed for a lane with a credit limit; nan for any other.
        """
        relation = self._lanes.get(lane)
        return relation.exposure if relation is not None and relation.is_limited else nan

    def value(self, point: int, quantity: float, supplier: int = -1) -> float:
        """What ordering units for a stock costs now; 0 where the lane has no price."""
        return self.price(point, quantity, supplier) * quantity

    def price(self, point: int, quantity: float = 0.0, supplier: int = -1) -> float:
        """The price of a unit at which a stock buys so many now, from one of several suppliers; 0 where it has none."""
        contract = self._bought(point, supplier).purchase
        return contract.price(self._workshop.clock.now, quantity) if contract is not None else 0.0

    def advance(self, point: int, quantity: float, supplier: int = -1) -> float:
        """What is to be paid at once when units are ordered for a stock now."""
        contract = self._bought(point, supplier).purchase
        if contract is None or quantity <= 0:
            return 0.0
        return contract.down_payment * self.value(point, quantity, supplier)

    def order_value(self, order: float, point: int, quantity: float, supplier: int = -1) -> float:
        """What an order that has reached its seller adds to the seller's exposure."""
        contract = self._bought(point, supplier).purchase
        if contract is None:
            return 0.0
        deal = self.trade.deal(order, contract, quantity)
        return (1.0 - deal.advance) * deal.price * deal.quantity

    def enter(self, order: float, point: int, quantity: float, supplier: int = -1) -> None:
        """Count an order of a stock in its seller's exposure from now on."""
        contract = self._bought(point, supplier).purchase
        if contract is not None:
            self.trade.enter(self.trade.deal(order, contract, quantity))

    def oldest_due(self, node: str) -> int | None:
        """The tick at which a node's oldest unpaid invoice is or was due; None if it has paid all it has got.

        That is followed for a node whose money may decide something, as `Book` says.
        """
        return self.books[node].oldest_due()

    def overdue(self, node: str) -> int:
        """For how many ticks a node's oldest unpaid invoice has been due; 0 if none is."""
        due = self.books[node].oldest_due()
        return 0 if due is None else max(0, self._workshop.clock.now - due)

    def on_cash(self, node: str, watcher: CashWatcher) -> None:
        """Call ``watcher()`` whenever money has come in at a node and what waited for it has been paid."""
        self.books[node].cash_watchers.append(watcher)

    def on_invoice(self, node: str, watcher: InvoiceWatcher) -> None:
        """Call ``watcher(invoice)`` whenever an invoice has reached a node."""
        self.books[node].invoice_watchers.append(watcher)

    def finish(self, end: int) -> None:
        """Post what the last time unit has cost, and what is left to be paid of the tax on the profit of the run."""
        self.costs.post(end)
        self.costs.tax(end, self._money.tax_rate)

    # How they are set up

    def _items(self) -> dict[int, Item]:
        worth = VALUATIONS[self._money.valuation]
        return {
            point.index: Item(point, self.books[point.node], worth(point.opening_cost))
            for point in self._network.points
            if not point.unlimited
        }

    def _bought(self, point: int, supplier: int) -> Item:
        """Return a stock as what it gets from a supplier."""
        return self.bought.get((supplier, point)) or self.items[point]

    def _agree_terms(self) -> None:
        """Link every stock to its sellers and to its end customers."""
        for item in self.items.values():
            point = item.point
            for way in point.ways:
                self._link(item if len(point.ways) == 1 else self._part(item, way), way)
            if point.sale is not None:
                name, seller_end = f"{point.node}/{point.product}", (item.book.index, item.book)
                relation = Relation(
                    name, seller_end, (END_CUSTOMERS, None), point.sale.terms, Messages(), self._workshop
                )
                self._relations.append(relation)
                item.sale = self._contract(
                    relation, point.sale, item.worth, (point.index, END_CUSTOMERS), ("sale", point.index)
                )
        for (_, buyer), part in self.bought.items():
            part.sale = self.items[buyer].sale

    def _part(self, item: Item, way: FromLane) -> Item:
        """Return a stock as what it gets from one of several suppliers."""
        part = self.bought[way.supplier, item.point.index] = Item(item.point, item.book, item.worth)
        return part

    def _link(self, item: Item, way: FromLane) -> None:
        """Link a stock to one seller."""
        lane, supplier, point = self._network.lanes[way.lane], self._network.points[way.supplier], item.point
        item.supplier = self.items.get(way.supplier)
        item.supplier_node = self._index[supplier.node]
        sale = lane.sales.get(point.product)
        if sale is not None:
            seller = VALUATIONS["standard"](supplier.opening_cost) if item.supplier is None else item.supplier.worth
            item.purchase = self._contract(
                self._lane(way.lane), sale, seller, (way.supplier, point.index), ("lane", way.lane)
            )
            item.duty = lane.duty

    def _contract(
        self, relation: Relation, sale: Sale, worth: MovingAverage, ends: Ends, place: tuple[str, int]
    ) -> Contract:
        if relation.ends == NOBODY:
            relation.ends = ends
        factor = self.price_factors.get(place)
        return (
            Contract(relation, sale, worth, ends)
            if factor is None
            else ShakenContract(relation, sale, worth, ends, factor)
        )

    def _desks(self) -> dict[int, Desk]:
        """Return the clerks who write invoices, by node."""
        found = ((name, node.billing_clerks) for name, node in self._network.nodes.items())
        return {self._index[name]: Desk(clerks, self._workshop, f"{name}/billing") for name, clerks in found if clerks}

    def _lane(self, index: int) -> Relation:
        """Return the relation between the two ends of a lane, which all its products share."""
        relation = self._lanes.get(index)
        if relation is None:
            lane = self._network.lanes[index]
            seller = (self._index[lane.origin], self.books.get(lane.origin))
            buyer = (self._index[lane.destination], self.books[lane.destination])
            terms = next(iter(lane.sales.values())).terms
            name, is_limited = f"{lane.origin}->{lane.destination}", lane.credit_limit is not None
            relation = self._lanes[index] = Relation(name, seller, buyer, terms, lane.messages, self._workshop)
            relation.is_limited = is_limited
            self._relations.append(relation)
        return relation

    def _subscribe(self) -> None:
        subscribe, charged = self._workshop.recorder.subscribe, self.costs.reads()
        if self._network.has_expiry or self._network.has_returns or self._network.has_blows:
            losses = Losses(self._network, self.journal, self.trade, self.items, self.goods)
            subscribe("events", losses.happened)
            if losses.follows_sales:
                subscribe("deliveries", losses.sold)
        subscribe("shipments", self.goods.shipped)
        subscribe("deliveries", self.goods.delivered)
        if self._purchases:
            subscribe("orders", self._ordered)
        if self._choices is not None:
            subscribe("events", self._choices.sourced)
            subscribe("orders", self._choices.ordered)
        if self._network.has_yields or self._network.has_cancellations:
            subscribe("events", self._lost)
        if self._network.has_loads:
            subscribe("freight", self.costs.departed)
        if any(isinstance(item.point.source, FromProduction) for item in self.items.values()):
            subscribe("production", self.goods.started)
        if self._network.resources:
            subscribe("operations", self.costs.run_machines(self._network).happened)
        if self._network.has_scrap:
            subscribe("events", self.goods.happened)
        if any(item.sale is not None and item.sale.is_agreed_at_order for item in self.items.values()):
            subscribe("demand", self._demanded)
        for table, reader in (
            ("stock", self.costs.changed),
            ("orders", self.costs.ordered),
            ("shipments", self.costs.shipped),
            ("deliveries", self.costs.delivered),
        ):
            if charged[table]:
                subscribe(table, reader)

    def _book_dates(self, start: int) -> None:
        clock = self._workshop.clock
        clock.at(start, Phases.prepare, self._open)
        clock.every(start + TICKS, TICKS, Phases.prepare, self._end_time_unit)
        if any(relation.terms.invoice == "monthly" for relation in self._relations):
            month = self._money.month
            clock.every(start + month, month, Phases.state, self._end_month)
        warm = self._network.calendar.warm
        if warm > start and self._money.tax_rate:
            clock.at(warm, Phases.prepare, self._end_warm_up)

    # What happens

    def _open(self, _argument: None) -> None:
        """Post what every node has at the start, and who has a claim on it."""
        now = self._workshop.clock.now
        worth: dict[int, list[float]] = {book.index: [0.0, 0.0, 0.0] for book in self.books.values()}
        for item in self.items.values():
            found, point = worth[item.book.index], item.point
            held = max(0.0, point.initial)
            item.worth.receive(held, held * point.opening_cost)
            found[0] += item.worth.value
            under_way = 2 if isinstance(point.source, FromProduction) else 1
            found[under_way] += point.opening_cost * sum(quantity for _, quantity in point.shipments_due)
        for book in self.books.values():
            finance, post = book.finance, self.journal.post
            book.move_cash(finance.cash, now)
            inventory, in_transit, work = worth[book.index]
            post((now, OPENING_GOODS, book.index, END_CUSTOMERS, 0, inventory, in_transit, work))
            post((now, OPENING_MONEY, book.index, END_CUSTOMERS, 0, finance.cash, finance.loan, 0.0))
            if finance.cash > 0:
                book.tell_of_cash()

    def _ordered(self, row: tuple[float, ...]) -> None:
        _, point, order, quantity = row
        contract = self._purchases.get(point)
        if contract is not None:
            self.trade.agree(order, contract, quantity)

    def _lost(self, row: tuple[float, ...]) -> None:
        """Count what did not come out right, or was cancelled, of an order neither as ordered nor as entered."""
        deal = self.trade.deals.get(row[4]) if row[1] in (YIELD_LOSS, CANCELLED) else None
        if deal is None:
            return
        deal.lose(row[5])
        if deal.advance and row[1] == CANCELLED:
            contract = deal.contract
            self.payments.refund(contract.relation, row[4], deal.advance * deal.price * row[5], contract.ends)

    def _demanded(self, row: tuple[float, ...]) -> None:
        """Fix the price of what an end customer waits for, and take the money that is paid in advance."""
        _, point, buyer, order, quantity, served, lost = row
        item, waiting = self.items.get(int(point)), quantity - served - lost
        if buyer == END_CUSTOMERS and waiting > 0 and item is not None and item.sale is not None:
            self.trade.agree(order, item.sale, waiting)

    def _end_time_unit(self, _argument: None) -> None:
        self.costs.post(self._workshop.clock.now)

    def _end_warm_up(self, _argument: None) -> None:
        """Tax what has been earned so far, so that the measured time bears the tax on its own profit only."""
        now, calendar = self._workshop.clock.now, self._network.calendar
        if (now - calendar.start) % TICKS:
            self.costs.post(now)
        self.costs.tax(now, self._money.tax_rate)

    def _end_month(self, _argument: None) -> None:
        for relation in self._relations:
            if relation.terms.invoice == "monthly":
                self.billing.close_month(relation)
