"""Cost to serve: what every customer of every node has brought in the measured time, and what serving it took."""

import numpy as np
import pandas as pd

from scmsim.flows.money import EXPENSES, INCOME
from scmsim.metrics.tables.statements import books_of, measured, totals
from scmsim.scenario.network import Network

DIRECT = ("revenue", "cost_of_goods_sold", "late_fees_received", "discounts_given")
"""Accounts whose lines name the customer."""

SHARED = tuple(line for line in (*INCOME, *EXPENSES) if line not in (*DIRECT, "transport"))

END_CUSTOMERS = "end customers"

COLUMNS = ["replication", "seller", "customer", "revenue", "cost_of_goods_sold", "terms", "transport", "shared_costs"]


def cost_to_serve(network: Network, ledger: pd.DataFrame) -> pd.DataFrame:
    """Work out the contribution of every customer of every node.

    Parameters
    ----------
    network : Network
        What was simulated.
    ledger : DataFrame
        The lines of all ledgers, as `scmsim.metrics.tables.frames.frames` gives them, with the replication's number.

    Returns
    -------
    DataFrame
        Columns replication, seller, customer (a node, or ``end customers``), and in money, of the measured time:
        revenue and cost_of_goods_sold; terms (late fees that the customer paid less discounts that it took); transport
        (what the seller paid for transport) and shared_costs (its other expenses less its other income), each shared
        among its customers in proportion to their cost of goods sold; contribution (what is left). The contributions
        of a seller's customers add up to its profit.

    Examples
    --------
    >>> import scmsim as sc
    >>> sc.run("scenarios/beer_game.yaml").cost_to_serve.columns.tolist()[:3]
    ['replication', 'seller', 'customer']
    """
    books = measured(network, books_of(network, ledger))
    sold = books[books["account"].isin(DIRECT)]
    partner = sold["partner"].astype(object)
    customer = partner.where(partner.notna(), END_CUSTOMERS)
    found = totals(sold.assign(customer=customer), ["replication", "node", "customer"])
    found = found[(found["revenue"] != 0) | (found["cost_of_goods_sold"] != 0)].reset_index()
    sellers = totals(books, ["replication", "node"])
    seller = sellers.loc[list(zip(found["replication"], found["node"], strict=True))]
    cost, all_cost = found["cost_of_goods_sold"].to_numpy(), seller["cost_of_goods_sold"].to_numpy()
    share = np.divide(cost, all_cost, out=np.full(len(found), np.nan), where=all_cost != 0)
    table = found[["replication"]].assign(
        seller=found["node"],
        customer=found["customer"],
        revenue=-found["revenue"],
        cost_of_goods_sold=cost,
        terms=-found["late_fees_received"] - found["discounts_given"],
        transport=share * seller["transport"].to_numpy(),
        shared_costs=share * seller[list(SHARED)].to_numpy().sum(axis=1),
    )[COLUMNS]
    left = table["revenue"] - table["cost_of_goods_sold"] + table["terms"] - table["transport"] - table["shared_costs"]
    return table.assign(contribution=left)
