"""What passes with time, worked out again: rates on stock and orders, wages, interest and tax."""

from typing import NamedTuple

import numpy as np

from scmsim.engine.recorder import Chunk
from scmsim.flows.money import ACCOUNTS, ASSETS, CLAIMS, account, event
from scmsim.metrics.audit.deals import Deals
from scmsim.metrics.audit.freight import FreightAudit
from scmsim.metrics.audit.insolvency import TradeAudit
from scmsim.metrics.audit.machines import MachineAudit
from scmsim.metrics.audit.rules import KIND
from scmsim.metrics.layout import Array
from scmsim.scenario.network import Network, Point
from scmsim.ticks import TICKS

HOLDING, BACKORDER, ORDERING, TRANSPORT, MACHINES = range(5)
KINDS = ("holding", "backorder_penalty", "ordering", "transport", "machines")
CASH, WAGES, TAX = account("cash"), account("wages"), account("tax")
RESULT = len(ASSETS) + len(CLAIMS)
AFTERWARDS = np.isin(np.arange(16), [event(name) for name in ("cost", "wages", "interest", "tax")])
"""Events posted when their time is over, for the last tick of it."""


class _Integral:
    """Adds up levels over time, from one end of a time unit to the next."""

    __slots__ = ("_carried", "_level", "_since")

    def __init__(self, start: float, width: int) -> None:
        self._since = start
        self._level = np.zeros((1, width))
        self._carried = np.zeros((1, width))

    def until(self, ends: Array, end: float, times: Array, levels: Array) -> Array:
        """Return what comes up to each of ``ends``, when the level is (row by row) another one since ``times``."""
        knots = np.concatenate([[self._since], times])
        level = np.concatenate([self._level, levels])
        area = np.zeros_like(level)
        np.cumsum(level[:-1] * np.diff(knots)[:, None], axis=0, out=area[1:])
        area += self._carried
        at = np.append(ends, end)
        place = np.searchsorted(knots, at, side="right") - 1
        reached = area[place] + level[place] * (at - knots[place])[:, None]
        found: Array = np.diff(reached[:-1], axis=0, prepend=0.0)
        self._carried = reached[-1:] - (reached[-2:-1] if len(ends) else 0.0)
        self._since, self._level = end, level[-1:]
        return found


class _Rates(NamedTuple):
    """What the stock of a point costs per unit and time unit: on hand, owed, in transit."""

    point: int
    node: int
    rates: Array


class _Tariff:
    """What every lane charges for a unit and for a shipment of each product."""

    def __init__(self, network: Network) -> None:
        self._size = len(network.points)
        pairs = ((way, point.index) for point in network.points for way in point.ways)
        ways = [(way.supplier * self._size + buyer, network.lanes[way.lane]) for way, buyer in pairs]
        ways.sort(key=lambda way: way[0])
        self._key = np.array([key for key, _ in ways], dtype=np.int64)
        self.per_unit = np.array([lane.unit_cost for _, lane in ways])
        self.per_shipment = np.array([lane.shipment_cost for _, lane in ways])

    def of(self, ends: Array, rates: Array) -> Array:
        """Return the rate of each pair of points, seller above buyer; nothing where no lane joins them."""
        if not rates.any():
            return np.zeros(ends.shape[1])
        wanted = ends[0].astype(np.int64) * self._size + ends[1].astype(np.int64)
        place = np.minimum(np.searchsorted(self._key, wanted), len(self._key) - 1)
        return np.where(self._key[place] == wanted, rates[place], 0.0)


def _in_transit(network: Network, point: Point) -> tuple[float]:
    """Return what a unit on its way to a stock costs per time unit; it is the same over all its lanes."""
    return (max((network.lanes[way.lane].holding_cost for way in point.ways), default=0.0),)


class CostAudit:
    """Works out what every node had to pay at the end of every time unit.

    Parameters
    ----------
    network : Network
        What is simulated; it has money.
    deals : Deals
        Who is where.
    trades : TradeAudit
        Who still trades, and pays wages.

    Attributes
    ----------
    rows : list of float
        What was to be posted, as `scmsim.metrics.audit.rules` explains; whoever reads it empties it.
    """

    def __init__(self, network: Network, deals: Deals, trades: TradeAudit) -> None:
        self.rows: list[float] = []
        self._calendar = network.calendar
        self._tax_rate = network.money.tax_rate if network.money is not None else 0.0
        self._names = sorted(network.nodes)
        self._node = np.array(deals.node)
        kept = {deals.node[point.index] for point in network.points if not point.unlimited}
        self._finances = [(k, network.nodes[self._names[k]].finance) for k in sorted(kept)]
        self._per_order = np.array([point.order_cost for point in network.points])
        self._tariff = _Tariff(network)
        self._freight = FreightAudit(network)
        self._machines = MachineAudit(network, self._names) if network.resources else None
        start = self._calendar.start
        rates = [
            _Rates(
                p.index,
                self._node[p.index],
                np.array([p.holding_cost, p.backorder_cost, *_in_transit(network, p)]),
            )
            for p in network.points
            if not p.unlimited
        ]
        self._rates = [(each, _Integral(start, 3)) for each in rates if each.rates.any()]
        self._overdrafts = {
            node: _Integral(start, 1) for node, finance in self._finances if finance and finance.overdraft_rate
        }
        self._cash = np.zeros(len(self._names))
        self._counted = np.zeros((len(self._names), len(KINDS)))
        self._posted_until = start
        self._result = np.zeros(len(self._names))
        self._taxed = np.zeros(len(self._names))
        self._trades = trades

    def follow(self, chunk: Chunk, ledger: Array) -> None:
        """Take in a block; ``ledger`` is the table with a row per column."""
        ends = self._ends(chunk)
        since = np.append(self._posted_until, ends[:-1])
        self._costs(chunk, ends, since)
        for node, finance in self._finances:
            if finance is None:
                continue
            until = np.minimum(ends, self._trades.ended.get(node, np.inf))
            wages = finance.fixed_cost * np.maximum(0.0, until - since) / TICKS
            if node in self._trades.in_doubt and finance.fixed_cost:
                wages = self._bounded(ledger, node, ends, finance.fixed_cost * (ends - since) / TICKS)
            self._post(ends, "wages", node, wages)
            interest = finance.loan_rate * finance.loan * (ends - since) / TICKS
            if node in self._overdrafts:
                interest = interest + finance.overdraft_rate * self._overdrawn(chunk, ledger, node, ends) / TICKS
            self._post(ends, "interest", node, interest)
        if len(ends):
            self._posted_until = int(ends[-1])
        if self._tax_rate:
            self._tax(chunk, ledger)

    def _ends(self, chunk: Chunk) -> Array:
        """Return the ticks of the block at which costs are posted: the ends of time units, of the warm-up, the run."""
        calendar = self._calendar
        first = (chunk.start - calendar.start) // TICKS + 1
        found = calendar.start + TICKS * np.arange(first, (chunk.end - calendar.start) // TICKS + 1)
        more = [calendar.end, calendar.warm] if self._tax_rate else [calendar.end]
        return np.unique([*found, *(end for end in more if chunk.start < end <= chunk.end)]).astype(np.float64)

    def _costs(self, chunk: Chunk, ends: Array, since: Array) -> None:
        counted = np.zeros((len(ends) + 1, len(self._names), len(KINDS)))
        counted[0] = self._counted
        orders, shipments, deliveries = (chunk.tables[name].T for name in ("orders", "shipments", "deliveries"))
        self._count(counted[:, :, ORDERING], ends, orders[:2], self._per_order[orders[1].astype(np.int64)])
        sent = shipments[:, shipments[4] != 0]
        self._count(counted[:, :, TRANSPORT], ends, sent[[0, 2]], self._tariff.of(sent[1:3], self._tariff.per_shipment))
        come = deliveries[:, deliveries[2] >= 0]
        per_unit = self._tariff.of(come[1:3], self._tariff.per_unit)
        self._count(counted[:, :, TRANSPORT], ends, come[[0, 2]], per_unit * come[6])
        freight = chunk.tables["freight"].T
        self._count(counted[:, :, TRANSPORT], ends, freight[[0, 4]], self._freight.costs(freight))
        for name, rate in self._freight.fleets.items():
            counted[:-1, self._names.index(name), TRANSPORT] += rate * (ends - since) / TICKS
        if self._rates:
            self._levels(counted, chunk, ends)
        if self._machines is not None:
            self._run(self._machines, counted[:, :, MACHINES], chunk, ends)
        self._counted = counted[-1].copy()
        for node, _ in self._finances:
            for code, kind in enumerate(KINDS):
                self._post(ends, kind, node, counted[:-1, node, code])

    def _count(self, counted: Array, ends: Array, rows: Array, amount: Array) -> None:
        """Add what each of some facts costs: it is posted at the first end after it."""
        if amount.any():
            point = rows[1].astype(np.int64)
            np.add.at(counted, (np.searchsorted(ends, rows[0], side="right"), self._node[point]), amount)

    def _levels(self, counted: Array, chunk: Chunk, ends: Array) -> None:
        states = chunk.tables["stock"]
        states = states[np.argsort(states[:, 1], kind="stable")]
        begins = np.searchsorted(states[:, 1], np.arange(len(self._node) + 1))
        for (point, node, rates), integral in self._rates:
            own = states[begins[point] : begins[point + 1]]
            areas = integral.until(ends, chunk.end, own[:, 0], own[:, [2, 3, 5]]) * rates / TICKS
            counted[:-1, node, HOLDING] += areas[:, 0]
            counted[:-1, node, BACKORDER] += areas[:, 1]
            counted[:-1, node, TRANSPORT] += areas[:, 2]

    def _run(self, machines: MachineAudit, counted: Array, chunk: Chunk, ends: Array) -> None:
        """Add what machines cost."""
        rows = chunk.tables["operations"]
        times, resource = machines.setups(rows)
        at = np.searchsorted(ends, times, side="right")
        np.add.at(counted, (at, machines.node[resource]), machines.setup_cost[resource])
        for node, spent in zip(machines.node, machines.until(rows, chunk.start, ends, chunk.end), strict=True):
            counted[:, node] += spent

    def _overdrawn(self, chunk: Chunk, ledger: Array, node: int, ends: Array) -> Array:
        """Return the integral of the overdraft of a node; what is posted afterwards is paid at the next tick."""
        lines = ledger[:, (ledger[2] == node) & (ledger[3] == CASH)]
        times = lines[0] + AFTERWARDS[lines[5].astype(np.int64)]
        cash = self._cash[node] + np.cumsum(lines[4])
        if len(cash):
            self._cash[node] = cash[-1]
        found: Array = self._overdrafts[node].until(ends, chunk.end, times, np.maximum(0.0, -cash)[:, None])[:, 0]
        return found

    def _bounded(self, ledger: Array, node: int, ends: Array, most: Array) -> Array:
        """Return the wages that were posted, if they are none or no more than a full time unit's."""
        lines = ledger[:, (ledger[2] == node) & (ledger[3] == WAGES)]
        found = np.zeros(len(ends))
        np.add.at(found, np.searchsorted(ends, lines[0] + 1), lines[4])
        return np.clip(found, 0.0, most)

    def _tax(self, chunk: Chunk, ledger: Array) -> None:
        """Tax the result so far, less what has been paid, at the end of the warm-up and of the run."""
        calendar = self._calendar
        lines = ledger[:, (ledger[3] >= RESULT) & (ledger[3] < len(ACCOUNTS))]
        done = np.zeros(lines.shape[1], dtype=np.bool_)
        for end in sorted({calendar.warm, calendar.end} - {calendar.start}):
            if not chunk.start < end <= chunk.end:
                continue
            now = (lines[0] < end) & ~done & ~((lines[0] == end - 1) & (lines[5] == event("tax")))
            self._earn(lines[:, now])
            done |= now
            for node, _ in self._finances:
                due = self._tax_rate * max(0.0, self._result[node]) - self._taxed[node]
                self.rows += (end - 1, KIND["tax"], node, -1, 0, due, 0, 0)
        self._earn(lines[:, ~done])

    def _earn(self, lines: Array) -> None:
        """Add lines to the results before tax, and to the tax paid."""
        node, is_tax = lines[2].astype(np.int64), lines[3] == TAX
        np.add.at(self._result, node[~is_tax], -lines[4, ~is_tax])
        np.add.at(self._taxed, node[is_tax], lines[4, is_tax])

    def _post(self, ends: Array, kind: str, node: int, amounts: Array) -> None:
        for end, amount in zip(ends.tolist(), amounts.tolist(), strict=True):
            if amount:
                self.rows += (end - 1, KIND[kind], node, -1, 0, amount, 0, 0)
