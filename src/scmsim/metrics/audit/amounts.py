"""The amount of every posting, worked out again from the records and from what the scenario says of money.

A posting that balances may still be wrong: revenue at yesterday's price, goods at another cost than they had, interest
at another rate. Here every amount is computed a second time, from the tables of orders, demand, shipments, deliveries,
production, stock, invoices and payments and from the frozen network, and the lines of the ledgers are compared with it.

What the records do not say is taken as it is, within bounds:

- times that are drawn (net, late, clerks, messages) may be anything not below zero, or below the time of one message;
- a buyer with a limited overdraft may pay later than agreed, as nothing is said about what else it had to pay first;
- a price that follows the seller's unit cost may be any that this cost had at the instant of the order, and for an
  order in the mail at the start any it had until it was shipped, where a credit limit may have held it;
- where invoices take a drawn time to reach a node that may stop trading, it is not known when it stopped: its wages
  are anything up to a full time unit's, and orders were paid in advance if there is a payment;
- interest and tax are worked out from the cash and the results in the ledgers, which are what is checked here.
"""

import numpy as np

from scmsim.engine.recorder import Chunk
from scmsim.errors import Disagreement
from scmsim.flows.money import ACCOUNTS, EVENTS, OUTSIDE
from scmsim.metrics.audit.costs import CostAudit
from scmsim.metrics.audit.deals import Deals
from scmsim.metrics.audit.goods import GoodsAudit
from scmsim.metrics.audit.insolvency import StandingAudit, TradeAudit
from scmsim.metrics.audit.instants import TABLES
from scmsim.metrics.audit.invoices import InvoiceAudit
from scmsim.metrics.audit.limits import CreditAudit, PurseAudit, Values
from scmsim.metrics.audit.payments import PaymentAudit
from scmsim.metrics.audit.rules import DRIFT, KIND, Lines, Wrong, first_difference, lines_of
from scmsim.metrics.layout import Array
from scmsim.scenario.network import Finance, FromProduction, Network
from scmsim.ticks import TICKS

_PAID = ("(payment)", "(advance)")


class AmountAudit:
    """Follows prices, costs, invoices and payments through a run.

    Parameters
    ----------
    network : Network
        What is simulated; it has money.

    Attributes
    ----------
    reads : frozenset of str
        The tables it needs.
    """

    reads = frozenset(
        {*TABLES, "orders", "demand", "events", "stock", "invoices", "payments", "ledger", "journal", "freight"}
    )

    def __init__(self, network: Network) -> None:
        self._network = network
        self._names = (*sorted(network.nodes), "outside")
        deals = Deals(network)
        self._trades = TradeAudit(network, deals)
        self._goods = GoodsAudit(network, deals, self._trades)
        self._invoices = InvoiceAudit(network)
        self._payments = PaymentAudit()
        self._costs = CostAudit(network, deals, self._trades)
        self._standings = StandingAudit(network, deals, self._trades)
        self._values, self._credit, self._purses = (
            Values(network, deals),
            CreditAudit(network, deals),
            PurseAudit(network, deals),
        )
        self._rows = _opening(network, deals)
        self._largest = 0.0

    def first(self, chunk: Chunk) -> Disagreement | None:
        """Take in a block; give the first amount that does not follow from the records, if there is one."""
        ledger = chunk.tables["ledger"].T
        self._largest = max(self._largest, float(np.abs(ledger[4]).max(initial=0.0)))
        goods, payments, costs = self._goods, self._payments, self._costs
        self._trades.follow(chunk)
        goods.follow(chunk)
        found = self._invoices.follow(chunk, goods.bills, self._largest)
        found += payments.follow(chunk, self._invoices.written, goods.prices.advances, self._largest)
        costs.follow(chunk, ledger)
        found += self._unlike(ledger)
        forbidden = self._forbidden(chunk, ledger)
        for part in (goods.rows, goods.bills, goods.prices.advances, payments.rows, costs.rows):
            part.clear()
        found = found or forbidden
        if not found:
            return None
        tick, node, name, expected, seen, orders = min(found, key=_blame)
        return Disagreement(
            time=tick / TICKS,
            unit=self._network.calendar.unit,
            node=self._names[node],
            account=name,
            orders=tuple(int(order) for order in orders if order),
            expected=float(expected),
            found=float(seen),
        )

    def _forbidden(self, chunk: Chunk, ledger: Array) -> list[Wrong]:
        """Find what money did not allow: said where all amounts are as they should be."""
        found, allowed = self._standings.follow(chunk), DRIFT * self._largest
        if self._credit.is_needed or self._purses.is_needed:
            self._values.follow(chunk)
            found += self._credit.follow(self._values, chunk.end, allowed)
            found += self._purses.follow(self._values, ledger, allowed)
        return found

    def _unlike(self, ledger: Array) -> list[Wrong]:
        """Find the first posting that says something else than it should."""
        rows = [*self._rows, *self._goods.rows, *self._payments.rows, *self._costs.rows]
        self._rows = []
        time, posting, node, code, amount, kind, order, _ = ledger
        expected = lines_of(rows, len(self._names) - 1)
        tick, at, which, what, touched, said, done = first_difference(
            expected, Lines(time, posting, node, code, amount, kind, order), self._largest
        )
        if tick == np.inf:
            return []
        return [(tick, at, f"{(ACCOUNTS + OUTSIDE)[which]} ({EVENTS[what]})", said, done, (touched,))]


def _blame(wrong: Wrong) -> tuple[float, int]:
    """Order what is wrong: by time, and at one instant goods and costs, then invoices, then what is paid for them."""
    tick, _, name, *_ = wrong
    is_payment = name.endswith(_PAID)
    return tick, 2 if is_payment else 0 if name.endswith(")") else 1


def _opening(network: Network, deals: Deals) -> list[float]:
    """Return what every node has when the run begins."""
    start = network.calendar.start
    rows: list[float] = []
    for name in sorted({point.node for point in network.points if not point.unlimited}):
        worth = [0.0, 0.0, 0.0]
        finance = network.nodes[name].finance or Finance()
        points = [point for point in network.points if point.node == name and not point.unlimited]
        for point in points:
            under_way = point.opening_cost * sum(units for _, units in point.shipments_due)
            worth[0] += max(0.0, point.initial) * point.opening_cost
            worth[2 if isinstance(point.source, FromProduction) else 1] += under_way
        node = deals.node[points[0].index]
        rows += (start, KIND["goods_at_start"], node, -1, 0, *worth)
        rows += (start, KIND["money_at_start"], node, -1, 0, finance.cash, finance.loan, 0.0)
    return rows
