"""One case from demand to cash: what happened, in the order in which it did."""

from collections.abc import Callable, Container, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from scmsim.metrics.tables.collective import covering
from scmsim.metrics.tables.columns import OUTSIDE

if TYPE_CHECKING:
    import pandas as pd

    from scmsim.scenario.network import Network

EPSILON = 1e-9
CUSTOMER = "a customer"
PAPERS = {
    "shipping_notice": "announces the shipment to",
    "delivery_receipt": "confirms the receipt to",
    "cancellation": "sends word of a cancellation to",
}

Row = Mapping[str, Any]


class Step(NamedTuple):
    """One thing that happened.

    ``time`` and ``received`` are in the scenario's unit; ``received`` is when what was sent got there, None where
    nothing was sent; ``quantity`` is in units. ``collective`` marks an invoice that is about many orders, and its
    payment: ``money`` is then the whole amount. ``turn`` orders what happened at one instant.
    """

    time: float
    date: str | None
    event: str
    what: str
    node: str | None
    product: str | None
    quantity: float | None
    money: float | None
    received: float | None
    order: int
    collective: bool
    turn: tuple[int, int, int]


def timeline(tables: "Mapping[str, pd.DataFrame]", case: int, managed: Container[tuple[str, str]] = ()) -> list[Step]:
    """Tell one case of one replication.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        The tables of a run (`Result.tables`), of one replication.
    case : int
        Number of the case.
    managed : container of (str, str)
        The stocks, by node and product, for which their suppliers decide: `managed_stocks` of the network.

    Returns
    -------
    list of Step
        In the order of time; at one instant, what was received comes first, then order by order. Collective invoices
        that cover goods of the case are told with their payments.

    Examples
    --------
    >>> import scmsim as sc
    >>> for step in timeline(sc.run("scenarios/beer_game.yaml").tables, 36)[:3]:
    ...     print(step.time, step.node, step.what)
    5.0 retailer a customer asks for 8
    5.0 retailer a customer receives 8
    5.0 retailer orders 12 from wholesaler
    """
    mine = {name: frame[frame["case"] == case] for name, frame in tables.items() if "case" in frame}
    entered = {row["order"]: row["time"] for row in _rows(tables["demand"][tables["demand"]["case"] == case])}
    steps: list[Step] = []
    for name, tell in TELLERS.items():
        for row in _rows(mine[name]) if name in mine else ():
            by_supplier = name == "orders" and (row["node"], row["product"]) in managed
            steps += _decided(row, tables) if by_supplier else tell(row, entered)
    steps += _left_off(tables, mine["orders"])
    for number in covering(tables, case):
        steps += (
            step._replace(what=f"{step.what}, which covers this") if step.event == "invoice" else step
            for step in invoice_timeline(tables, number)
        )
    return sorted(steps, key=lambda step: (step.time, step.turn))


def managed_stocks(network: "Network") -> set[tuple[str, str]]:
    """Return the stocks, by node and product, for which their suppliers decide."""
    return {(point.node, point.product) for point in network.points if point.is_managed}


def invoice_timeline(tables: "Mapping[str, pd.DataFrame]", invoice: int) -> list[Step]:
    """Tell what became of one invoice of one replication: for one that is about many orders."""
    steps: list[Step] = []
    for name in ("invoices", "payments"):
        for row in _rows(tables[name][tables[name]["invoice"] == invoice]) if name in tables else ():
            steps += TELLERS[name](row, {})
    return sorted(steps, key=lambda step: (step.time, step.turn))


def cash_moved(tables: "Mapping[str, pd.DataFrame]", case: int) -> dict[str, float]:
    """Give by how much one case of one replication has changed the cash of every node; empty without money.

    Payments of collective invoices, which are about many cases, are not counted.
    """
    ledger = tables.get("ledger")
    if ledger is None:
        return {}
    lines = ledger[(ledger["case"] == case) & (ledger["account"] == "cash") & (ledger["node"] != OUTSIDE)]
    moved = lines.groupby("node", sort=True)["amount"].sum()
    return {str(node): float(amount) for node, amount in moved.items()}


def _rows(frame: "pd.DataFrame") -> Iterator[dict[str, Any]]:
    """Give the rows of a table with None for what is undefined."""
    names = list(map(str, frame.columns))
    for values in frame.itertuples(index=False, name=None):
        yield {name: None if value != value else value for name, value in zip(names, values, strict=True)}


def _step(row: Row, event: str, what: str, turn: int, **more: Any) -> Step:
    """Make a step of a row; what units come in goes before everything else of its instant."""
    date = row.get("date")
    order = int(row["order"])
    fields: dict[str, Any] = {
        "node": row.get("node"),
        "product": row.get("product"),
        "quantity": row.get("quantity"),
        "money": None,
        "received": None,
        "collective": False,
    } | more
    first = 0 if event in ("receipt", "production finished") else 1
    when = None if date is None else str(date)[:16].removesuffix(" 00:00")
    return Step(float(row["time"]), when, event, what, order=order, turn=(first, order, turn), **fields)


def _asked(row: Row, _entered: Row) -> Iterator[Step]:
    who = row["buyer"] or CUSTOMER
    quantity, served, lost = row["quantity"], row["served"], row["lost"]
    if row["buyer"] is None:
        yield _step(row, "demand", f"{who} asks for {quantity:g}", 0, received=row["time"])
    if quantity - served > EPSILON * max(1.0, abs(quantity)):
        rest = f"{lost:g} is lost" if lost > EPSILON else f"{quantity - served:g} has to wait"
        yield _step(row, "shortage", f"can serve {served:g} of {quantity:g} at once; {rest}", 1, quantity=served)


def _ordered(row: Row, entered: Row) -> Iterator[Step]:
    own = row["supplier"] == row["node"]
    what = f"orders {row['quantity']:g} to be made" if own else f"orders {row['quantity']:g} from {row['supplier']}"
    yield _step(row, "order", what, 0, received=None if own else entered.get(row["order"]))


def _decided(row: Row, tables: "Mapping[str, pd.DataFrame]") -> Iterator[Step]:
    """Tell of an order that its supplier has written, and of the report that it went by."""
    what = f"decides that {row['node']} gets {row['quantity']:g}"
    if "messages" in tables:
        told = tables["messages"]
        told = told[(told["kind"] == "stock") & (told["sender"] == row["node"]) & (told["product"] == row["product"])]
        known = told[(told["receiver"] == row["supplier"]) & (told["received"] <= row["time"])]
        if len(known):
            last = known.sort_values("received", kind="stable").iloc[-1]
            what += f", told at {last['time']:g} of a stock of {last['quantity']:g}"
    yield _step(row, "order", what, 0, node=row["supplier"], received=row["time"])


def _left_off(tables: "Mapping[str, pd.DataFrame]", orders: "pd.DataFrame") -> Iterator[Step]:
    """Tell what was left off orders, which is written down before they have a number."""
    events = tables.get("events")
    if events is None or not (events["kind"] == "cut").any():
        return
    keys = ["time", "node", "product"]
    placed = orders[keys].drop_duplicates()
    for row in _rows(events[events["kind"] == "cut"].merge(placed, on=keys)):
        yield from _happened(row, {})


def _written(row: Row, _entered: Row) -> Iterator[Step]:
    receiver = row["receiver"] or CUSTOMER
    about = {"node": row["sender"], "received": row["received"]}
    if row["kind"] == "confirmation":
        what = f"confirms order {row['order']} to {receiver}, promised for {row['quantity']:g}"
        yield _step(row, "confirmation", what, 2, **about, quantity=None)
    elif row["kind"] in PAPERS:
        what = f"{PAPERS[row['kind']]} {receiver}: {row['quantity']:g}"
        yield _step(row, row["kind"].replace("_", " "), what, 4 if row["kind"] == "shipping_notice" else 6, **about)


def _shipped(row: Row, _entered: Row) -> Iterator[Step]:
    what = f"ships {row['quantity']:g} to {row['buyer']}"
    yield _step(row, "shipment", what, 3, received=row["arrives"])


def _made(row: Row, _entered: Row) -> Iterator[Step]:
    yield _step(row, "production started", f"begins to make {row['quantity']:g}", 3, received=row["finishes"])


def _delivered(row: Row, _entered: Row) -> Iterator[Step]:
    last = "" if row["complete"] else ", with more to come"
    if row["buyer"] is None:
        yield _step(row, "delivery", f"{CUSTOMER} receives {row['quantity']:g}{last}", 5)
    elif row["buyer"] == row["node"]:
        yield _step(row, "production finished", f"finishes {row['quantity']:g}{last}", 0)
    else:
        what = f"receives {row['quantity']:g} from {row['node']}{last}"
        yield _step(row, "receipt", what, 0, node=row["buyer"])


def _invoiced(row: Row, _entered: Row) -> Iterator[Step]:
    collective = not row["order"]
    about = f"{'collective ' if collective else ''}invoice {row['invoice']} over {row['amount']:,.2f}"
    what = f"sends {row['buyer'] or CUSTOMER} {about}, due at {row['due']:g}"
    yield _step(row, "invoice", what, 7, node=row["seller"], money=row["amount"], collective=collective)


def _paid(row: Row, _entered: Row) -> Iterator[Step]:
    collective = bool(row["invoice"]) and not row["order"]
    for_what = f"{'collective ' if collective else ''}invoice {row['invoice']}" if row["invoice"] else "in advance"
    said = f"{row['amount']:,.2f} ({for_what}, payment {row['payment']})"
    what = f"{CUSTOMER} pays {said}" if row["payer"] is None else f"pays {row['payee']} {said}"
    node = row["payer"] or row["payee"]
    paid = {"money": row["amount"], "received": row["received"], "collective": collective}
    yield _step(row, "payment", what, 8, node=node, **paid)


def _happened(row: Row, _entered: Row) -> Iterator[Step]:
    said = HAPPENED.get(row["kind"])
    if said is not None:
        event, what = said
        told = what.format(**{**row, "quantity": f"{row['quantity']:g}", "value": f"{row['value']:,.2f}"})
        yield _step(row, event, told, 0, money=row["value"])


HAPPENED = {
    "held": ("order held", "holds order {order} of {partner} over {value}, beyond its credit limit"),
    "released": ("order released", "enters order {order} of {partner}, which is within its credit limit now"),
    "cut": ("order cut", "leaves off {quantity}, which it could not pay {partner}"),
    "dropped": ("order dropped", "does not order {quantity} from {partner}, which it could not pay"),
    "gave_up": ("customers gone", "loses customers who have waited long enough for {quantity}"),
    "cancelled": ("order cancelled", "takes {quantity} that {partner} has cancelled out of its queue"),
    "cancellation_confirmed": ("cancellation confirmed", "does not expect {quantity} from {partner} any more"),
    "substituted": ("substitution", "gives {quantity} of {other} instead"),
    "kept_waiting": ("order kept waiting", "will order {quantity} from {partner} once it can pay {value} in advance"),
}
"""What is told of which events: how it is called, and in which words."""


TELLERS: dict[str, Callable[[Row, Row], Iterator[Step]]] = {
    "demand": _asked,
    "orders": _ordered,
    "events": _happened,
    "messages": _written,
    "shipments": _shipped,
    "production": _made,
    "deliveries": _delivered,
    "invoices": _invoiced,
    "payments": _paid,
}
"""How the rows of every table are told."""
