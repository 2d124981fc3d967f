"""Messages, events, freight, invoices, payments and lines of the ledgers, with names for numbers.

Nodes of the money tables are numbered by name; the number after the last is everybody outside.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from scmsim.flows.events import KINDS as EVENT_KINDS
from scmsim.flows.information import KINDS
from scmsim.flows.money import ACCOUNTS, EVENTS
from scmsim.flows.money import OUTSIDE as OUTSIDE_ACCOUNTS
from scmsim.metrics.layout import Array, Index, Layout
from scmsim.metrics.tables.cases import Cases
from scmsim.metrics.tables.columns import OUTSIDE
from scmsim.metrics.tables.operations import operations

Named = Mapping[str, Array]
Columns = dict[str, npt.NDArray[np.generic]]


def documents(layout: Layout, named: Mapping[str, Named], cases: Cases) -> dict[str, Columns]:
    """Give the columns of the tables of messages and money.

    Parameters
    ----------
    layout : Layout
        What was simulated.
    named : mapping
        The recorder's columns, by table.
    cases : Cases
        The case of every order.
    """
    books = (*sorted(layout.nodes), OUTSIDE, None)
    invoices, payments, ledger = (named[name] for name in ("invoices", "payments", "ledger"))
    return {
        "messages": _messages(layout, named["messages"], cases),
        "events": _events(layout, named["events"], cases),
        "freight": _freight(layout, named["freight"], cases),
        "operations": operations(layout, named["operations"], cases.of(named["operations"]["order"].astype(np.int64))),
        "invoices": {
            **_numbered(invoices, cases, invoices["order"]),
            "invoice": invoices["invoice"].astype(np.int64),
            "seller": _named(books, invoices["seller"]),
            "buyer": _named(books, invoices["buyer"]),
        },
        "payments": {
            **_numbered(payments, cases, _paid_for(payments, invoices)),
            "payment": payments["payment"].astype(np.int64),
            "invoice": payments["invoice"].astype(np.int64),
            "payer": _named(books, payments["payer"]),
            "payee": _named(books, payments["payee"]),
        },
        "ledger": {
            **_numbered(ledger, cases, ledger["order"]),
            "posting": ledger["posting"].astype(np.int64),
            "node": _named(books, ledger["node"]),
            "account": _named(ACCOUNTS + OUTSIDE_ACCOUNTS, ledger["account"]),
            "event": _named(EVENTS, ledger["event"]),
            "partner": _named(books, ledger["partner"]),
        },
    }


def _messages(layout: Layout, messages: Named, cases: Cases) -> Columns:
    messages = _in_turn(messages)
    sender, receiver = messages["sender"].astype(np.int64), messages["receiver"].astype(np.int64)
    point = np.where(sender < 0, receiver, sender)
    nodes = (*layout.nodes, None)
    return {
        **_numbered(messages, cases, messages["order"]),
        "kind": _named(KINDS, messages["kind"]),
        "sender": _named(nodes, np.where(sender < 0, -1, layout.node[sender])),
        "receiver": _named(nodes, np.where(receiver < 0, -1, layout.node[receiver])),
        "product": _named(layout.products, layout.product[point]),
    }


def _in_turn(messages: Named) -> Named:
    """Return messages by time; those of one instant order by order, each from the order itself to the remittance.

    What is about no single order comes last, as it was written.
    """
    alone = messages["order"] == 0
    kind = np.where(alone, 0.0, messages["kind"])
    rows = np.lexsort((kind, np.where(alone, np.inf, messages["order"]), messages["time"]))
    return {name: column[rows] for name, column in messages.items()}


def _events(layout: Layout, events: Named, cases: Cases) -> Columns:
    point, partner = (events[name].astype(np.int64) for name in ("point", "partner"))
    known = partner >= 0
    others = np.where(known, layout.product[np.maximum(partner, 0)], -1)
    return {
        **_numbered(events, cases, events["order"]),
        "kind": _named(EVENT_KINDS, events["kind"]),
        "node": _named(layout.nodes, layout.node[point]),
        "product": _named(layout.products, layout.product[point]),
        "partner": _named((*layout.nodes, None), np.where(known, layout.node[np.maximum(partner, 0)], -1)),
        "other": _named((*layout.products, None), np.where(others == layout.product[point], -1, others)),
    }


def _freight(layout: Layout, freight: Named, cases: Cases) -> Columns:
    lanes = layout.network.lanes
    buyer, lane, mode = (freight[name].astype(np.int64) for name in ("buyer", "lane", "mode"))
    modes = [(None, *getattr(each, "modes", ())) for each in lanes]
    return {
        **_numbered(freight, cases, freight["order"]),
        "load": freight["load"].astype(np.int64),
        "origin": _named([each.origin for each in lanes], lane),
        "destination": _named([each.destination for each in lanes], lane),
        "mode": np.array([modes[at][1 + which] for at, which in zip(lane, mode, strict=True)], dtype=object),
        "product": _named(layout.products, layout.product[buyer]),
    }


def _numbered(facts: Named, cases: Cases, order: Array) -> Columns:
    """Give the columns that are numbers already, with the order that they are about and its case."""
    return {**facts, "order": order.astype(np.int64), "case": cases.of(order)}


def _paid_for(payments: Named, invoices: Named) -> Array:
    """Return the order of every payment, taken from its invoice where the payment does not say."""
    if not len(invoices["invoice"]):
        return payments["order"]
    by_number = np.argsort(invoices["invoice"], kind="stable")
    place = np.searchsorted(invoices["invoice"], payments["invoice"], sorter=by_number)
    row = by_number[np.minimum(place, len(by_number) - 1)]
    known = (payments["order"] == 0) & (invoices["invoice"][row] == payments["invoice"])
    order: Array = np.where(known, invoices["order"][row], payments["order"])
    return order


def _named(names: Sequence[str | None], index: Array | Index) -> npt.NDArray[np.object_]:
    """Return names by their number; -1 is the last of them."""
    return np.array(names, dtype=object)[index.astype(np.int64)]
