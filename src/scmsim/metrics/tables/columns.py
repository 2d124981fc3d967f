"""What the tables of a run hold, column by column."""

from typing import NamedTuple

from scmsim.flows.events import KINDS as EVENTS
from scmsim.flows.information import KINDS
from scmsim.flows.operations import KINDS as OPERATIONS
from scmsim.scenario.network import FromSeveral, Messages, Network

OUTSIDE = "outside"
"""How everybody is called who keeps no books in the simulated network."""


class Column(NamedTuple):
    """A column of a table: what it holds, and in which unit (``time``: the scenario's; empty: none)."""

    name: str
    description: str
    unit: str = ""


_TIME = "When it happened"
_DATE = Column("date", "The same instant by the calendar; only with time.start_date and hours, days or weeks as unit")
_ORDER = Column("order", "Number of the order; the same in every table")
_CASE = Column(
    "case",
    "Number of the case: that of the customer's demand it goes back to; a replenishment order belongs to the first "
    "demand since the stock's previous order, or to its own number",
)
_ANY_ORDER = Column("order", "Number of the order; 0: it is about no single order")
_ANY_CASE = Column("case", "Number of the case; 0: it is about no single order")
_BUYER = Column("buyer", "Node that asked; null: an end customer")

TABLES: dict[str, tuple[Column, ...]] = {
    "orders": (
        Column("time", "When the order was placed", "time"),
        _DATE,
        _ORDER,
        _CASE,
        Column("node", "Node that ordered"),
        Column("product", "Product ordered"),
        Column("supplier", "Node that was asked; the ordering node itself for a production order"),
        Column("quantity", "Units ordered", "unit"),
        Column("received", "Units of it received by the end of the run", "unit"),
        Column("lost", "Units of it that never come: refused, cancelled, gone wrong, scrapped or destroyed", "unit"),
        Column(
            "completed",
            "When its last unit was received, of those that come; null while it is open, or if none came",
            "time",
        ),
        Column("cycle_time", "Time from placing to the last unit; null while it is open, or if none came", "time"),
    ),
    "demand": (
        Column("time", "When the order reached the stock", "time"),
        _DATE,
        _ORDER,
        _CASE,
        Column("node", "Node that was asked"),
        Column("product", "Product asked for"),
        _BUYER,
        Column("quantity", "Units asked for", "unit"),
        Column("served", "Units served at the same instant", "unit"),
        Column("lost", "Units not there and not waited for", "unit"),
    ),
    "deliveries": (
        Column("time", "When the units were received", "time"),
        _DATE,
        _ORDER,
        _CASE,
        Column("node", "Node that delivered, or made"),
        Column("product", "Product delivered"),
        _BUYER,
        Column("placed", "When the order was placed; null: before the run", "time"),
        Column("promised", "When it was promised for; null: before the run", "time"),
        Column("quantity", "Units delivered", "unit"),
        Column("complete", "Whether they were the order's last"),
    ),
    "stock": (
        Column("time", f"{_TIME}; the state holds until the stock's next row", "time"),
        _DATE,
        Column("node", "Node that holds the stock"),
        Column("product", "Product in stock"),
        Column("on_hand", "Units on hand", "unit"),
        Column("backorders", "Units asked for and still owed", "unit"),
        Column("net_stock", "Units on hand - units backordered", "unit"),
        Column("on_order", "Units ordered and not received", "unit"),
        Column(
            "in_transit",
            "Units of these under way to the stock; for a product made at the node, its work in process",
            "unit",
        ),
    ),
    "shipments": (
        Column("time", "When the units were shipped", "time"),
        _DATE,
        _ORDER,
        _CASE,
        Column("node", "Node that shipped"),
        Column("product", "Product shipped"),
        Column("buyer", "Node that they go to"),
        Column("quantity", "Units shipped", "unit"),
        Column("arrives", "When they arrive", "time"),
    ),
    "production": (
        Column("time", "When production started", "time"),
        _DATE,
        _ORDER,
        _CASE,
        Column("node", "Node that makes"),
        Column("product", "Product made"),
        Column("quantity", "Units started", "unit"),
        Column("finishes", "When they are finished; made in stages: when their order is promised", "time"),
    ),
    "messages": (
        Column("time", "When the message was sent", "time"),
        _DATE,
        _ANY_ORDER,
        _ANY_CASE,
        Column("kind", f"What it is: {', '.join(KINDS)}"),
        Column("sender", "Node that sent it; null: an end customer"),
        Column("receiver", "Node that receives it; null: an end customer"),
        Column("product", "Product it is about"),
        Column(
            "quantity",
            "What it says: units; money for an invoice or a remittance; the promised date for a confirmation",
        ),
        Column("received", "When it is received", "time"),
    ),
    "events": (
        Column("time", _TIME, "time"),
        _DATE,
        _ANY_ORDER,
        _ANY_CASE,
        Column("kind", f"What it was: {', '.join(EVENTS)}"),
        Column("node", "Node where it happened"),
        Column("product", "Product that it happened to"),
        Column("partner", "The other node; null: an end customer, or nobody"),
        Column("other", "The other product, for a substitution"),
        Column("quantity", "Units", "unit"),
        Column(
            "value",
            "Money: per unit for a quotation; of all units for what is lost; for units issued, the time that they can "
            "still be used; the class if classed; the number of the disruption, by name, if struck or ended",
            "money",
        ),
    ),
    "freight": (
        Column("time", "When the load departed", "time"),
        _DATE,
        _ORDER,
        _CASE,
        Column("origin", "Node that shipped"),
        Column("destination", "Node that it goes to"),
        Column("load", "Number of the load; several orders may share one"),
        Column("mode", "Mode of transport; null where the lane has only one way"),
        Column("product", "Product carried"),
        Column("quantity", "Units of the order in the load", "unit"),
        Column("cost", "Their part of what the load costs", "money"),
        Column("co2", "Their part of its emissions", "kg"),
    ),
    "operations": (
        Column("time", _TIME, "time"),
        _DATE,
        _ANY_ORDER,
        _ANY_CASE,
        Column("node", "Node where it happened"),
        Column("resource", "The machines it is about"),
        Column("machine", "Number of the machine, from 1; 0: the queue before the machines"),
        Column("kind", f"What a job or a machine did: {', '.join(OPERATIONS)}"),
        Column("product", "Product of the job; null: none"),
        Column("stage", "Stage of the job; null: none"),
        Column("job", "Number of the job; 0: none. An order larger than `make.batch` is several jobs"),
        Column("quantity", "Units of it", "unit"),
        Column("waiting", "For arrived and taken: jobs that wait for these machines now"),
        Column("resumed", "Whether the machine goes on with what was interrupted"),
        Column("overtime", "Whether it works in overtime"),
        Column("until", "For states of a machine: when its next state begins; null for what happens at once", "time"),
    ),
    "forecasts": (
        Column("time", "When the stock reviewed", "time"),
        _DATE,
        Column("node", "Node that forecasts"),
        Column("product", "Product that is forecast"),
        Column("quantity", "Units per period that it expected until its next review", "unit"),
        Column("demand", "Units per period that were asked for since the review before", "unit"),
    ),
    "invoices": (
        Column("time", "When the invoice was issued", "time"),
        _DATE,
        Column("invoice", "Number of the invoice"),
        _ANY_ORDER,
        _ANY_CASE,
        Column("seller", "Node to be paid"),
        Column("buyer", "Node that is to pay; null: an end customer"),
        Column("amount", "Money asked for", "money"),
        Column("due", "When it is to be paid", "time"),
    ),
    "payments": (
        Column("time", "When the money was sent", "time"),
        _DATE,
        Column("payment", "Number of the payment"),
        Column("invoice", "Number of the invoice it pays; 0: paid before there was one"),
        _ANY_ORDER,
        _ANY_CASE,
        Column("payer", "Node that pays; null: an end customer"),
        Column("payee", f"Node that is paid; {OUTSIDE}: somebody who keeps no books"),
        Column("amount", "Money paid", "money"),
        Column("received", "When the payee has it", "time"),
    ),
    "ledger": (
        Column("time", "When it was posted", "time"),
        _DATE,
        Column("posting", "Number of the posting; its lines add up to 0 at every node"),
        _ANY_ORDER,
        _ANY_CASE,
        Column("node", f"Node whose ledger it is; {OUTSIDE}: everybody who has no ledger"),
        Column("account", "Account that changes"),
        Column("amount", "Money: above 0 a debit, below 0 a credit", "money"),
        Column("event", "What happened"),
        Column("partner", "The other node, where there is one"),
    ),
}
"""The columns of every table, in their order."""

OPTIONAL = frozenset({"messages", "forecasts", "events", "operations", "freight", "invoices", "payments", "ledger"})
"""Tables that are kept only where there is something in them."""


def recorded(network: Network) -> tuple[str, ...]:
    """Name the tables that full recording keeps of a run.

    Those of money are written only where there is money. Messages are kept unless all that is ever sent is orders and
    goods, whose own tables tell when they were sent and when they were received.
    """
    talks = any(lane.share or lane.messages != Messages() for lane in network.lanes)
    clerks = any(node.order_clerks or node.billing_clerks for node in network.nodes.values())
    asks = any(isinstance(point.source, FromSeveral) and point.source.rule.enquires for point in network.points)
    messages = talks or clerks or asks or network.money is not None
    return tuple(name for name in TABLES if name != "messages" or messages)
