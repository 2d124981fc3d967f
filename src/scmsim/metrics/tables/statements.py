"""Statements: what every node, and the chain as one firm, earned in the measured time, and has and owes at its end."""

import numpy as np
import pandas as pd

from scmsim.flows.money import ACCOUNTS, ASSETS, CLAIMS, EVENTS, EXPENSES, INCOME
from scmsim.metrics.layout import Layout
from scmsim.metrics.tables.columns import OUTSIDE
from scmsim.metrics.unrealised import GOODS, Changes, Firms, Lines, chain_of
from scmsim.scenario.network import Network
from scmsim.ticks import TICKS

TRADE = (
    *("revenue", "late_fees_received", "discounts_received", "late_fees_paid", "discounts_given"),
    *("receivables", "payables", "advances_paid", "advances_received"),
)
"""Accounts in which nodes face each other: in the chain's statements their dealings with one another are left out."""

BETWEEN_NODES = "between_nodes"
"""What is left of these because money is on its way: paid by one node, not yet received by the other."""

UNREALISED = "unrealised_profit"
"""What nodes earned on goods that still lie in another of them: as in the worksheet of a consolidation, the chain's
goods stand at what they cost the nodes that have them, and one line beside them, below 0, brings them to what they cost
the chain."""

LINES = {
    "income": ("revenue", "cost_of_goods_sold", "gross_margin", *INCOME[1:], *EXPENSES[1:], BETWEEN_NODES, "profit"),
    "balance": (*ASSETS, UNREALISED, BETWEEN_NODES, "total_assets", *CLAIMS, "retained_earnings", "total_claims"),
}
"""The lines of each statement, in their order: what adds up to a total stands above it."""

COLUMNS = ["replication", "node", "statement", "line", "amount"]

Sheet = dict[str, "pd.Series[float]"]
_CODES = {"account": ACCOUNTS, "event": EVENTS}
_PARTS = ["held", "moved", "varied"]


def statements(network: Network, ledger: pd.DataFrame) -> pd.DataFrame:
    """Draw up the income statement and the balance sheet of every node that keeps books, and of the chain.

    Parameters
    ----------
    network : Network
        What was simulated.
    ledger : DataFrame
        The lines of all ledgers, as `scmsim.metrics.tables.frames.frames` gives them, with the replication's number.

    Returns
    -------
    DataFrame
        Columns replication, node (null: the chain), statement (``income``: of the measured time; ``balance``: at the
        end of the run), line and amount (money). What is earned, owned and owed is positive, and so are expenses. The
        chain's own trade is left out of its lines; its ``between_nodes`` is what payments on their way leave open. Its
        cost of goods sold is what they cost the chain, and its ``unrealised_profit`` takes off the goods it still has
        what nodes earned on them by selling to each other (see `scmsim.metrics.unrealised`).

    Examples
    --------
    >>> import scmsim as sc
    >>> sc.run("scenarios/beer_game.yaml").statements.empty
    True
    """
    books = books_of(network, ledger)
    during = measured(network, books)
    unrealised = _unrealised(network, books)
    sheets = [_sheets(books, during, ["replication", "node"], unrealised[:0].rename_axis("replication"))]
    sheets.append(_sheets(books, during, ["replication"], unrealised))
    found = pd.concat(sheets, ignore_index=True).sort_values("replication", kind="stable")
    found["amount"] += 0.0  # no -0
    return found.reset_index(drop=True)


def books_of(network: Network, ledger: pd.DataFrame) -> pd.DataFrame:
    """Return the nodes' own lines; ``inside`` marks what nodes of the chain have with each other."""
    keep = {point.node for point in network.points if not point.unlimited}
    books = ledger[ledger["node"] != OUTSIDE]
    return books.assign(inside=books["partner"].isin(keep) & books["account"].isin(TRADE))


def measured(network: Network, books: pd.DataFrame) -> pd.DataFrame:
    """Return the lines of the measured time."""
    return books[np.rint(books["time"].astype(np.float64) * TICKS) >= network.calendar.warm]


def totals(books: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Return what was posted: a row per combination of the keys, a column per account."""
    sums = books.groupby([*keys, "account"], observed=True)["amount"].sum().unstack("account")
    columns = pd.Index([*ASSETS, *CLAIMS, *INCOME, *EXPENSES])
    return sums.reindex(columns=columns).rename_axis(columns=None).astype(np.float64).fillna(0.0)


def _unrealised(network: Network, books: pd.DataFrame) -> pd.DataFrame:
    """Return the chain's unrealised profit by replication.

    ``held`` at the end, ``moved`` in the measured time, and ``varied``: what is in the nodes' cost variance of it.
    """
    layout = Layout(network)
    found = {}
    for replication, lines in books[books["account"].isin(GOODS)].groupby("replication"):
        changes = _followed(layout, lines)
        late = np.rint(changes.time * TICKS) >= layout.warm
        sums = (changes.amount.sum(), changes.amount[late].sum(), -changes.amount[late & changes.varied].sum())
        found[replication] = dict(zip(_PARTS, sums, strict=True))
    return pd.DataFrame.from_dict(found, orient="index", columns=_PARTS, dtype=np.float64)


def _followed(layout: Layout, lines: pd.DataFrame) -> Changes:
    """Return how the chain's unrealised profit changed in one replication."""
    firms, nodes = Firms(layout, chain_of(layout)), pd.Index(layout.nodes)
    if not firms.followed.any():
        return Changes(np.empty(0), np.empty(0, dtype=np.int64), np.empty(0), np.empty(0, dtype=np.bool_))
    node, partner = (nodes.get_indexer(pd.Index(lines[column])) for column in ("node", "partner"))
    account, event = (pd.Index(names).get_indexer(pd.Index(lines[key])) for key, names in _CODES.items())
    time, amount = (lines[column].to_numpy(dtype=np.float64) for column in ("time", "amount"))
    order = lines["order"].to_numpy(dtype=np.int64)
    return firms.follow(Lines(time, node, account, amount, event, order, partner))


def _sheets(books: pd.DataFrame, during: pd.DataFrame, keys: list[str], unrealised: pd.DataFrame) -> pd.DataFrame:
    """Return both statements of every node, or, without the node among the keys, of the chain."""
    chain = "node" not in keys
    held, moved = _parted(books, keys, chain), _parted(during, keys, chain)
    own, inside = (frame.reindex(held[0].index).fillna(0.0) for frame in moved)
    still = unrealised.reindex(own.index).fillna(0.0)
    sheets = {
        "income": _income(own, inside, still, chain),
        "balance": _balance(*held, still["held"], chain),
    }
    long = [
        amount.rename("amount").reset_index().assign(statement=name, line=line)
        for name, lines in sheets.items()
        for line, amount in lines.items()
    ]
    found = pd.concat(long, ignore_index=True)
    if chain:
        found["node"] = pd.Series([None] * len(found), dtype=object)
    return found.sort_values(keys, kind="stable")[COLUMNS]


def _parted(books: pd.DataFrame, keys: list[str], chain: bool) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return totals of all that counts, and of what the chain's nodes have with each other, which counts for it not."""
    own = totals(books[~books["inside"]] if chain else books, keys)
    return own, totals(books[books["inside"] & chain], keys).reindex(own.index).fillna(0.0)


def _income(own: pd.DataFrame, inside: pd.DataFrame, unrealised: pd.DataFrame, chain: bool) -> Sheet:
    cost = own["cost_of_goods_sold"] + inside["revenue"] + unrealised["moved"] + unrealised["varied"]
    lines = {"revenue": -own["revenue"], "cost_of_goods_sold": cost}
    lines["gross_margin"] = lines["revenue"] - lines["cost_of_goods_sold"]
    lines |= {line: -own[line] for line in INCOME[1:]} | {line: own[line] for line in EXPENSES[1:]}
    lines["cost_variance"] = own["cost_variance"] - unrealised["varied"]
    if chain:
        lines[BETWEEN_NODES] = -_sum(inside, *INCOME[1:], *EXPENSES)
    return lines | {"profit": _profit(own, inside) - unrealised["moved"]}


def _balance(own: pd.DataFrame, inside: pd.DataFrame, unrealised: "pd.Series[float]", chain: bool) -> Sheet:
    lines = {line: own[line] for line in ASSETS}
    between = _sum(inside, *ASSETS, *CLAIMS)
    if chain:
        lines |= {UNREALISED: -unrealised, BETWEEN_NODES: between}
    lines["total_assets"] = _sum(own, *ASSETS) - unrealised + between
    lines |= {line: -own[line] for line in CLAIMS}
    lines["retained_earnings"] = _profit(own, inside) - unrealised
    return lines | {"total_claims": lines["retained_earnings"] - _sum(own, *CLAIMS)}


def _profit(own: pd.DataFrame, inside: pd.DataFrame) -> "pd.Series[float]":
    return -_sum(own, *INCOME, *EXPENSES) - _sum(inside, *INCOME, *EXPENSES)


def _sum(frame: pd.DataFrame, *accounts: str) -> "pd.Series[float]":
    return frame[list(accounts)].sum(axis=1)
