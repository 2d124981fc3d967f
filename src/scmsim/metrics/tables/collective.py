"""Collective invoices: which of them ask for the goods of a case."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

EPSILON = 1e-9
PAIR = ["seller", "buyer"]
OWED = ("receivables", "payables")


def covering(tables: "Mapping[str, pd.DataFrame]", case: int) -> list[int]:
    """Number the collective invoices that goods of one case stand on.

    Goods stand on the first collective invoice between seller and buyer that was made up after they were delivered;
    what is delivered at the instant at which one is made up stands on the next.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        The tables of a run (`Result.tables`), of one replication.
    case : int
        Number of the case.

    Returns
    -------
    list of int
        Numbers of invoices, the first first; empty where every order has an invoice of its own.

    Examples
    --------
    >>> import scmsim as sc
    >>> covering(sc.run("scenarios/payment_terms.yaml").tables, 1)
    []
    """
    if "invoices" not in tables:
        return []
    made_up = _made_up(tables)
    if made_up.empty:
        return []
    found: set[int] = set()
    goods = _uninvoiced(tables, case)
    names = ("time", "node", "product", "buyer")
    for time, seller, product, buyer in zip(*(goods[name] for name in names), strict=True):
        mine = (made_up["seller"] == seller) & (made_up["buyer"] == buyer) & (made_up["time"] > time + EPSILON)
        if not buyer:  # end customers have a collective invoice per product
            mine &= made_up["product"].isin([product, ""])
        later = made_up[mine]
        found.update(map(int, later[later["time"] == later["time"].min()]["invoice"]))
    return sorted(found)


def _uninvoiced(tables: "Mapping[str, pd.DataFrame]", case: int) -> "pd.DataFrame":
    """Give the deliveries of a case that are owed for, of orders without an invoice of their own."""
    deliveries, ledger = tables["deliveries"], tables.get("ledger")
    mine = deliveries[(deliveries["case"] == case) & ~deliveries["order"].isin(tables["invoices"]["order"])]
    if ledger is not None:
        mine = mine[mine["order"].isin(ledger[(ledger["case"] == case) & ledger["account"].isin(OWED)]["order"])]
    return mine.assign(buyer=mine["buyer"].fillna(""))


def _made_up(tables: "Mapping[str, pd.DataFrame]") -> "pd.DataFrame":
    """Give every collective invoice with the time at which it was made up, before a clerk wrote it, and its product."""
    invoices, messages = tables["invoices"], tables.get("messages")
    collective = invoices[invoices["order"] == 0][["time", "invoice", *PAIR]].assign(product="")
    collective["buyer"] = collective["buyer"].fillna("")
    if messages is None:
        return collective
    sent = messages[(messages["kind"] == "invoice") & (messages["order"] == 0)]
    sent = sent.rename(columns={"sender": "seller", "receiver": "buyer"})[["time", "product", *PAIR]]
    sent["buyer"] = sent["buyer"].fillna("")
    if len(sent) != len(collective):
        return collective
    numbered = collective[["invoice", *PAIR]].assign(rank=collective.groupby(PAIR).cumcount())
    return numbered.merge(sent.assign(rank=sent.groupby(PAIR).cumcount()), on=[*PAIR, "rank"])
