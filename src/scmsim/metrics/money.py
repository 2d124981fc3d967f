"""Money earned and spent: what the ledgers say of the measured time."""

from typing import NamedTuple

from scmsim.flows.money import INCOME
from scmsim.metrics.money_books import IFRS, LEVELS, UNREALISED, Books, Figure, Said, booked, define_money

BETWEEN_NODES = ("late_fees_received", "discounts_received", "late_fees_paid", "discounts_given")
"""Lines that one node's books have as income and another's as expense."""

define_money(
    "revenue",
    Said(
        "sum of price x units sold",
        f"Sales of the measured time: to other nodes at shipment, to end customers at delivery. {LEVELS}.",
        better="higher",
    ),
    booked(Books.revenue),
)
define_money(
    "cost_of_goods_sold",
    Said(
        "sum of unit cost x units sold",
        "What the units sold in the measured time had cost their seller, by the scenario's money.valuation. "
        f"{LEVELS}. Of a segment or the chain it is what they had cost the segment or the chain: the sum, less its own "
        f"sales, plus the growth of {UNREALISED}.",
        source=IFRS,
    ),
    booked(Books.cost_of_goods_sold),
)
define_money(
    "gross_margin",
    Said(
        "revenue - cost_of_goods_sold",
        "What sales of the measured time bring above the cost of what was sold. Of a segment or the chain it is the "
        f"sum less the growth of {UNREALISED}.",
        better="higher",
        source=IFRS,
    ),
    booked(Books.gross_margin),
)


class _Line(NamedTuple):
    """A line of income or expense: its account, how it is called, what it holds."""

    account: str
    name: str
    definition: str
    better: str = "lower"
    figure: Figure | None = None
    rolled: str = "Rolled up, it is the sum"


LINES = (
    _Line("late_fees_received", "late_fees_received", "Fees that buyers paid for paying late", "higher"),
    _Line("discounts_received", "discounts_received", "Discounts taken for paying early", "higher"),
    _Line("holding", "holding_expense", "Holding cost of units on hand"),
    _Line("backorder_penalty", "backorder_penalty_expense", "Penalties paid for units owed to customers"),
    _Line("ordering", "ordering_expense", "Fixed cost of orders placed"),
    _Line("transport", "transport_expense", "Transport: shipments, units received, and the time they are on their way"),
    _Line("duty", "duty_expense", "Duty that did not become part of the cost of stock"),
    _Line("production", "production_expense", "Cost of production that did not become part of the cost of stock"),
    _Line("wages", "wages_expense", "Wages and other fixed cost"),
    _Line("interest", "interest_expense", "Interest on loans and overdrafts"),
    _Line("late_fees_paid", "late_fees_paid", "Fees paid for paying late"),
    _Line("discounts_given", "discounts_given", "Discounts that buyers took for paying early"),
    _Line("write_off", "write_off_expense", "Value of stock and claims that were written off"),
    _Line(
        "cost_variance",
        "cost_variance_expense",
        "Actual cost above the cost at which stock is carried",
        figure=Books.cost_variance,
        rolled="Of a segment or the chain it is the sum, less what its nodes paid each other above or below that cost",
    ),
    _Line("tax", "tax_expense", "Tax on the profit of the run, paid at the end of the warm-up and at its end"),
)
"""Lines of profit beside revenue and cost of goods sold."""


def _line(line: _Line) -> None:
    sign, trade = (-1.0 if line.account in INCOME else 1.0), line.account in BETWEEN_NODES
    rolled = LEVELS if trade else line.rolled
    said = Said(
        f"{'credits' if sign < 0 else 'debits'} of the account {line.account} in the measured time",
        f"{line.definition}, as posted in the measured time. {rolled}.",
        better=line.better,
    )
    posted: Figure = lambda books, level: sign * books.moved(level, line.account, trade=trade)  # noqa: E731
    define_money(line.name, said, booked(line.figure or posted))


for _each in LINES:
    _line(_each)

define_money(
    "profit",
    Said(
        "income - expenses",
        "All income less all expenses of the measured time, after interest and tax. Of a segment or the chain it is "
        f"the sum less the growth of {UNREALISED}.",
        better="higher",
        source=IFRS,
    ),
    booked(Books.profit),
)
