"""Cash, and the time between paying and being paid: what the ledgers say of the measured time."""

import numpy as np

from scmsim.metrics.layout import Array
from scmsim.metrics.metric import Measured
from scmsim.metrics.money_books import AT_COST, LEVELS, Booked, Books, Said, booked, define_money, group
from scmsim.metrics.money_overdue import Insolvency
from scmsim.metrics.money_totals import CashBuckets, LowestCash
from scmsim.metrics.rollup import divide

_CASH_TO_CASH = "Farris and Hutchison (2002), Cash-to-cash: the new supply chain management metric, IJPDLM 32(4)"
_GMROI = "Sweeney (1973), Improving the profitability of retail merchandising decisions, Journal of Marketing 37(1)"
_BULLWHIP = "Tangsucheeva and Prabhu (2013), Modeling and analysis of cash-flow bullwhip in supply chain, IJPE 145(1)"


def _days_of_inventory(books: Books, level: str) -> Array:
    return books.days(books.stock(level), books.cost_of_goods_sold(level))


def _days_receivable(books: Books, level: str) -> Array:
    return books.days(books.owed(level), books.revenue(level))


def _days_payable(books: Books, level: str) -> Array:
    return books.days(books.owing(level), books.cost_of_goods_sold(level))


def _cash_to_cash(books: Books, level: str) -> Array:
    return _days_of_inventory(books, level) + _days_receivable(books, level) - _days_payable(books, level)


def _peak_overdraft(measured: Measured) -> Booked | None:
    if measured.network.money is None:
        return None
    lowest = measured[LowestCash]
    found = {"node": lowest.nodes, "segment": lowest.segments, "chain": lowest.chain}
    return Booked(lambda level: np.maximum(-found[level], 0.0), measured.layout.stocked)


def _days_insolvent(measured: Measured) -> Booked | None:
    if measured.network.money is None:
        return None
    layout, time = measured.layout, measured[Insolvency].time
    return Booked(lambda level: group(layout, level, time), layout.stocked)


def _cash_variance_ratio(measured: Measured) -> Booked | None:
    if measured.network.money is None:
        return None
    flows = measured[CashBuckets]
    ratio = divide(flows.own.variance, flows.customers.variance)
    return Booked(lambda level: ratio if level == "node" else None, measured.layout.stocked)


define_money(
    "closing_cash",
    Said(
        "balance of the account cash at the end",
        "Cash at the end of the run; below 0 it is an overdraft. Rolled up, it is the sum; payments on their way are "
        "nobody's.",
        better="higher",
    ),
    booked(lambda books, level: books.closing(level, "cash")),
)
define_money(
    "peak_overdraft",
    Said(
        "max(0, - lowest cash)",
        "How far below 0 cash fell at the end of any instant of the measured time. Of a segment or the chain: the cash "
        "of its nodes together.",
        better="lower",
    ),
    _peak_overdraft,
    (LowestCash,),
)
define_money(
    "days_insolvent",
    Said(
        "measured time with an invoice unpaid for longer than finance.grace after it was due",
        "Time in which at least one invoice to the node was overdue beyond its grace, in the scenario's time unit. "
        "Rolled up, it is the sum of the nodes' times.",
        "{time}",
        "lower",
    ),
    _days_insolvent,
    (Insolvency,),
)
define_money(
    "days_of_inventory",
    Said(
        "time-average inventory at cost / cost_of_goods_sold per time unit",
        f"How long the average stock lasts, in the scenario's time unit. {AT_COST}. {LEVELS}. Null where nothing was "
        "sold.",
        "{time}",
        "lower",
        _CASH_TO_CASH,
    ),
    booked(_days_of_inventory),
)
define_money(
    "days_receivable",
    Said(
        "time-average (receivables - advances received) / revenue per time unit",
        f"How long customers take to pay, in the scenario's time unit; below 0 when they pay in advance. {LEVELS}. "
        "Null without revenue.",
        "{time}",
        "lower",
        _CASH_TO_CASH,
    ),
    booked(_days_receivable),
)
define_money(
    "days_payable",
    Said(
        "time-average (payables - advances paid) / cost_of_goods_sold per time unit",
        f"How long suppliers wait for their money, in the scenario's time unit. {LEVELS}. Null where nothing was sold.",
        "{time}",
        "higher",
        _CASH_TO_CASH,
    ),
    booked(_days_payable),
)
define_money(
    "cash_to_cash",
    Said(
        "days_of_inventory + days_receivable - days_payable",
        "Time from paying suppliers to being paid by customers, in the scenario's time unit. Null where one of the "
        "three is.",
        "{time}",
        "lower",
        _CASH_TO_CASH,
    ),
    booked(_cash_to_cash),
    title="Cash to cash",
)
define_money(
    "gmroi",
    Said(
        "gross_margin / time-average inventory at cost",
        f"Gross margin of the measured time (not per year) per money tied up in stock. {AT_COST}. {LEVELS}. Null "
        "without stock.",
        "ratio",
        "higher",
        _GMROI,
    ),
    booked(lambda books, level: divide(books.gross_margin(level), books.stock(level))),
    title="Gross margin return on inventory",
)
define_money(
    "cash_variance_ratio",
    Said(
        "Var(cash received - cash paid per bucket) / Var(cash paid by end customers per bucket)",
        "The bullwhip effect of cash: how much more the node's cash moves than that of the end customers it serves, "
        "directly or through the network. What the node opens with is left out; an empty bucket counts as 0, variances "
        "divide by n; only whole buckets inside the measured time count. Not defined beyond nodes. Null where the "
        "customers' payments do not vary.",
        "ratio",
        "lower",
        _BULLWHIP,
        "time.bucket",
    ),
    _cash_variance_ratio,
    (CashBuckets,),
    title="Cash variance ratio",
)
