"""What happened to goods, in money: entries of the journal worked out from a block of facts."""

from collections.abc import Mapping

import numpy as np

from scmsim.nodes.books_afterwards_facts import (
    ORDER,
    TIME,
    A,
    B,
    C,
    Deliveries,
    Production,
    Recipes,
    Shipments,
    moves,
)
from scmsim.nodes.books_afterwards_loads import Arrived, Loads, Sent
from scmsim.nodes.books_afterwards_tariff import Tariff
from scmsim.nodes.books_afterwards_worth import Moves, Worths
from scmsim.scenario.network import Network

Array = np.ndarray

AT_ONCE = -1.0
"""The turn of stocks that receive everything at a price that is known."""


class GoodsAfterwards:
    """Works out what happens to goods.

    Parameters
    ----------
    network : Network
        What is simulated.
    tariff : Tariff
        What it costs.
    """

    def __init__(self, network: Network, tariff: Tariff) -> None:
        points = network.points
        self._tariff = tariff
        self._recipes = Recipes(network)
        self._start = network.calendar.start
        self._last_due = max((tick for point in points for tick, _ in point.shipments_due), default=-1)
        is_standard = network.money is not None and network.money.valuation == "standard"
        units = np.array([0.0 if point.unlimited else max(0.0, point.initial) for point in points])
        opening = np.array([0.0 if point.unlimited else point.opening_cost for point in points])
        self._worths = Worths(units, opening, is_standard=is_standard)
        self._loads = Loads()
        level = np.array([point.level for point in points])
        self._turn = np.where(tariff.by_order[:-1], level, AT_ONCE)
        self._turns = sorted({level for level in self._turn.tolist() if level >= 0}, reverse=True)

    def work_out(self, tables: Mapping[str, Array]) -> tuple[list[Array], Deliveries, Shipments]:
        """Return entries of the journal, as columns, and the facts that may be invoiced."""
        deliveries = Deliveries(tables["deliveries"], self._tariff, self._start, self._last_due)
        shipments = Shipments(tables["shipments"], self._tariff)
        production = Production(tables["production"], self._tariff, self._recipes)
        came, left = moves(deliveries, shipments, production)
        if self._turns:
            variance, cost = self._by_turns((deliveries, shipments, production), came, left)
        else:
            variance, cost = self._worths.work_out(came, left)
        is_sale, entries = deliveries.is_sale, deliveries.entries
        sales = int(is_sale.sum())
        shipped = sales + len(shipments.units)
        entries[B, is_sale] = cost[:sales]
        entries[C, ~is_sale] = variance
        posted = [entries, shipments.post_cost(cost[sales:shipped]), production.post_cost(cost[shipped:])]
        return posted, deliveries, shipments

    def _by_turns(
        self, facts: tuple[Deliveries, Shipments, Production], came: Moves, left: Moves
    ) -> tuple[Array, Array]:
        """Return variances and costs where some stocks receive at cost: those who supply them have their turn first."""
        variance, cost = np.zeros(len(came.units)), np.zeros(len(left.units))
        for turn in [AT_ONCE, *self._turns]:
            receipts, issues = self._turn[came.point] == turn, self._turn[left.point] == turn
            if turn != AT_ONCE:
                came.value[receipts] += self._arrive(turn, facts, receipts, cost)
            variance[receipts], cost[issues] = self._worths.work_out(came.among(receipts), left.among(issues))
        return variance, cost

    def _arrive(
        self, turn: float, facts: tuple[Deliveries, Shipments, Production], receipts: Array, cost: Array
    ) -> Array:
        """Return the value of what arrives at the stocks of a turn, which is noted among the deliveries, too."""
        deliveries, shipments, production = facts
        sales = int(deliveries.is_sale.sum())
        shipped = sales + len(shipments.units)
        sent = self._turn[shipments.buyer] == turn
        begun = self._turn[production.maker] == turn
        production.post_cost(cost[shipped:])
        one, other = shipments.entries[:, sent], production.entries[:, begun]
        value = np.concatenate([cost[sales:shipped][sent], other[A] + other[B]])
        extra = np.concatenate([np.zeros(one.shape[1]), production.batch[begun]])
        units = np.concatenate([shipments.units[sent], production.units[begun]])
        rows = np.flatnonzero(~deliveries.is_sale)[receipts]
        entries = deliveries.entries
        units_in = deliveries.units[rows]
        opening = self._tariff.opening[deliveries.buyer[rows]] * units_in
        values, extras = self._loads.work_out(
            Sent(np.append(one[TIME], other[TIME]), np.append(one[ORDER], other[ORDER]), units, value, extra),
            Arrived(entries[TIME, rows], entries[ORDER, rows], units_in, deliveries.complete[rows], opening),
        )
        production.entries[B, begun] += extras[one.shape[1] :]
        more: Array = values - entries[A, rows]
        entries[A, rows] = values
        return more
