"""Costs that pass with time: rates on stock and on what is under way, orders, wages, interest and tax."""

from scmsim.engine.recorder import COLUMNS, Row
from scmsim.flows.money import ACCOUNTS, ASSETS, CLAIMS, account
from scmsim.flows.postings import posting
from scmsim.nodes.books_item import Item
from scmsim.nodes.books_journal import Book, Journal
from scmsim.nodes.books_machines import MachineCosts
from scmsim.scenario.network import Lane, Network
from scmsim.ticks import TICKS

HOLDING, BACKORDER, ORDERING, TRANSPORT, MACHINES = range(5)
ACCRUED = tuple(float(posting(name)) for name in ("holding", "backorder_penalty", "ordering", "transport", "machines"))
"""Kinds of costs that come up all the time, in the order of these five."""
NOTHING = [0.0] * len(ACCRUED)
WAGES, INTEREST, TAX = (float(posting(name)) for name in ("wages", "interest", "tax"))
TAX_PAID = account("tax")
NOBODY = -1.0


class Rates:
    """What one stock costs, and the state it has been in since a tick.

    Attributes
    ----------
    holding, backorder, transit : float
        Money per unit and time unit on hand, backordered, in transit.
    ordering, per_unit, per_shipment : float
        Money per order placed; per unit and per shipment that comes over the lane, of several the dearest.
    has_freight : bool
        Whether it comes in loads, which are charged as they depart.
    has_more : bool
        Whether anything but what lies there costs something as time passes.
    accrued : list of float
        What the node has to pay for each of `ACCRUED`, which this is added to.
    state : tuple of float
        The row of the table of stock that tells what there has been since ``since``.
    lain, owed, travelled : float
        Integrals of the three over ticks, up to then.
    """

    __slots__ = (
        "accrued",
        "backorder",
        "has_freight",
        "has_more",
        "holding",
        "lain",
        "ordering",
        "owed",
        "per_shipment",
        "per_unit",
        "since",
        "state",
        "transit",
        "travelled",
    )

    def __init__(self, item: Item, lanes: tuple[Lane, ...], start: int, accrued: list[float]) -> None:
        point = item.point
        over = [lanes[way.lane] for way in point.ways]
        self.accrued = accrued
        self.holding = point.holding_cost
        self.backorder = point.backorder_cost
        self.ordering = point.order_cost
        self.transit = max((lane.holding_cost for lane in over), default=0.0)
        self.per_unit = max((lane.unit_cost for lane in over), default=0.0)
        self.per_shipment = max((lane.shipment_cost for lane in over), default=0.0)
        self.has_more = bool(self.backorder or self.transit)
        self.has_freight = any(lane.transport is not None for lane in over)
        self.state: Row = (0.0,) * len(COLUMNS["stock"])
        self.since: float = start
        self.lain = self.owed = self.travelled = 0.0

    def count(self, now: float) -> None:
        """Count the time, in ticks, that the state has lasted."""
        ticks, self.since, state = now - self.since, now, self.state
        self.lain += state[2] * ticks
        self.owed += state[3] * ticks
        self.travelled += state[5] * ticks

    def charge(self, now: float) -> None:
        """Charge all that has been counted up to now, and begin anew."""
        ticks, self.since, accrued, state = now - self.since, now, self.accrued, self.state
        accrued[HOLDING] += self.holding * (self.lain + state[2] * ticks) / TICKS
        self.lain = 0.0
        if self.has_more:
            accrued[BACKORDER] += self.backorder * (self.owed + state[3] * ticks) / TICKS
            accrued[TRANSPORT] += self.transit * (self.travelled + state[5] * ticks) / TICKS
            self.owed = self.travelled = 0.0

    @property
    def is_charged(self) -> bool:
        """Whether any of it comes with orders and shipments."""
        return bool(self.ordering or self.per_unit or self.per_shipment or self.has_freight)

    @property
    def is_timed(self) -> bool:
        """Whether any of it passes with time."""
        return bool(self.holding) or self.has_more


class Costs:
    """Adds up what running the nodes costs, and posts it at the end of every time unit.

    Parameters
    ----------
    journal : Journal
        Where it is posted.
    books : list of Book
        All of them, in the order of their nodes.
    items : dict of int to Item
        The stocks by the index of their point.
    lanes : tuple of Lane
        The lanes by their index.
    start : int
        Tick at which the run begins.
    """

    def __init__(
        self, journal: Journal, books: list[Book], items: dict[int, Item], lanes: tuple[Lane, ...], start: int
    ) -> None:
        self._journal = journal
        self._books = books
        self._accrued = [(book, [*NOTHING]) for book in books]
        accrued = {book.index: costs for book, costs in self._accrued}
        self._rates: dict[float, Rates] = {
            index: Rates(item, lanes, start, accrued[item.book.index]) for index, item in items.items()
        }
        self._timed = {index: rates for index, rates in self._rates.items() if rates.is_timed}
        charged = {items[int(index)].book.index for index, rates in self._rates.items() if rates.is_charged}
        charged |= {items[int(index)].book.index for index in self._timed}
        self._fleets: list[tuple[list[float], float]] = []
        for book, costs in self._accrued:
            if book.vehicles:
                self._fleets.append((costs, book.vehicles))
                charged.add(book.index)
        self._accrued = [(book, costs) for book, costs in self._accrued if book.index in charged or book.has_own_costs]
        self._since = start
        self._machines: MachineCosts | None = None

    def run_machines(self, network: Network) -> MachineCosts:
        """Count what machines cost, too; return who has to hear what they do."""
        known = {book.index: costs for book, costs in self._accrued}
        self._accrued = [(book, known.get(book.index, [*NOTHING])) for book in self._books]
        names, accrued = sorted(network.nodes), {book.index: costs for book, costs in self._accrued}
        by_name = {resource.node: accrued[names.index(resource.node)] for resource in network.resources}
        self._machines = MachineCosts(network, by_name, MACHINES)
        return self._machines

    def reads(self) -> dict[str, bool]:
        """Say of each table of facts whether any cost hangs on it."""
        rates = self._rates.values()
        return {
            "stock": bool(self._timed),
            "orders": any(each.ordering for each in rates),
            "shipments": any(each.per_shipment for each in rates),
            "deliveries": any(each.per_unit for each in rates),
        }

    def ordered(self, row: Row) -> None:
        """Charge an order."""
        rates = self._rates[row[1]]
        rates.accrued[ORDERING] += rates.ordering

    def shipped(self, row: Row) -> None:
        """Charge a shipment to its receiver."""
        if row[4]:
            rates = self._rates[row[2]]
            rates.accrued[TRANSPORT] += rates.per_shipment

    def departed(self, row: Row) -> None:
        """Charge a part of a load to its receiver."""
        self._rates[row[4]].accrued[TRANSPORT] += row[7]

    def delivered(self, row: Row) -> None:
        """Charge units that have arrived over a lane."""
        rates = self._rates.get(row[2])
        if rates is not None:
            rates.accrued[TRANSPORT] += rates.per_unit * row[6]

    def changed(self, row: Row) -> None:
        """Count the state a stock has been in, and note the one it is in now."""
        rates = self._timed.get(row[1])
        if rates is not None:
            if row[0] > rates.since:
                rates.count(row[0])
            rates.state = row

    def post(self, now: int) -> None:
        """Post and pay what has come up since the last time; it belongs to the last tick of that time."""
        since, self._since, before, post = self._since, now, now - 1, self._journal.post
        for rates in self._timed.values():
            rates.charge(now)
        for accrued, rate in self._fleets:
            accrued[TRANSPORT] += rate * (now - since) / TICKS
        if self._machines is not None:
            self._machines.charge(now)
        for book, accrued in self._accrued:
            for place, amount in enumerate(accrued):
                if amount:
                    if book.is_followed:
                        book.move_cash(-amount, now)
                    post((before, ACCRUED[place], book.index, NOBODY, 0.0, amount, 0.0, 0.0))
                    accrued[place] = 0.0
            if book.has_own_costs:
                self._post_own_costs(book, since, now)

    def _post_own_costs(self, book: Book, since: int, now: int) -> None:
        """Post and pay what a node costs, whatever it does: wages, and interest on its loan and overdraft."""
        finance = book.finance
        if book.accrues_interest:
            book.count_overdraft(now)
        if finance.fixed_cost and book.trades_until > since:
            self._pay(book, now, WAGES, finance.fixed_cost * ((min(now, book.trades_until) - since) / TICKS))
        if finance.loan_rate or book.overdrawn:
            time = (now - since) / TICKS
            interest = finance.overdraft_rate * book.overdrawn + finance.loan_rate * finance.loan * time
            book.overdrawn = 0.0
            self._pay(book, now, INTEREST, interest)

    def tax(self, now: int, rate: float) -> None:
        """Post and pay the tax on the profit of the run so far, less the tax paid before; any excess comes back."""
        for book in self._books if rate else ():
            balances = book.balances
            paid, profit = balances[TAX_PAID], -sum(balances[len(ASSETS) + len(CLAIMS) : len(ACCOUNTS)])
            due = rate * max(0.0, profit + paid) - paid
            if due:
                self._pay(book, now, TAX, due)

    def _pay(self, book: Book, now: int, kind: float, amount: float) -> None:
        book.move_cash(-amount, now)
        self._journal.post((now - 1, kind, book.index, NOBODY, 0.0, amount, 0.0, 0.0))
