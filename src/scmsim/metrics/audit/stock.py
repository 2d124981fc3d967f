"""What every stock must hold after every instant, worked out again from the records of orders and goods."""

from typing import NamedTuple

import numpy as np

from scmsim.engine.recorder import Chunk
from scmsim.errors import Disagreement
from scmsim.flows.events import CODES
from scmsim.metrics.layout import Array, Index, Layout, Mask
from scmsim.scenario.network import FromLane, FromProduction, Network, Point
from scmsim.ticks import TICKS

ACCOUNTS = ("on_hand", "backorders", "on_order", "in_transit", "net_stock", "position")
"""What is compared: the columns of the stock table, and net stock and inventory position that follow from them."""

ON_HAND, BACKORDERS, ON_ORDER, IN_TRANSIT = range(4)
YIELD_LOSS, CONFIRMED = CODES["yield_loss"], CODES["cancellation_confirmed"]
SCRAP = CODES["production_scrap"]
NOT_OWED = CODES["gave_up"], CODES["cancelled"]
"""What ends the wait for units that a stock owed."""
DESTROYED = CODES["destroyed"]
"""Of what was on hand, or, with a partner, of what was on its way from there."""
GAINS = {CODES["expired"]: -1.0, CODES["restocked"]: 1.0}
"""Events by which units on hand become fewer or more."""
CLOSE = 1e-6
"""Books and records may differ by so many units, and by so much of what is there: both add up floats."""


class Moves(NamedTuple):
    """Quantities by which accounts of points change, one per row, with the orders that cause them (0: none)."""

    time: Array
    point: Index
    account: Index
    quantity: Array
    order: Array

    def of(self, rows: Mask) -> "Moves":
        """Return some of them."""
        time, point, account, quantity, order = self
        return Moves(time[rows], point[rows], account[rows], quantity[rows], order[rows])


class StockAudit:
    """Follows every stock of a network through the records of a run.

    A unit set aside for a kit counts as on hand and as backordered until it goes into production. What units given
    back (a negative order) take below zero on hand is owed.

    Parameters
    ----------
    network : Network
        What is simulated.

    Attributes
    ----------
    reads : frozenset of str
        The tables it needs.
    """

    reads = frozenset({"demand", "orders", "deliveries", "shipments", "production", "stock", "events"})

    def __init__(self, network: Network) -> None:
        self._network = network
        self._layout = Layout(network)
        self._components = _components(network)
        self._totals, self._departures = _opening(network)

    def first(self, chunk: Chunk) -> Disagreement | None:
        """Take in a block; give the first row of stock that does not follow from the records, if there is one."""
        moves = self._moves(chunk)
        states = chunk.tables["stock"]
        order = np.argsort(_keys(chunk, states[:, 1].astype(np.int64), states[:, 0]), kind="stable")
        states = states[order]
        keys = _keys(chunk, states[:, 1].astype(np.int64), states[:, 0])
        place = np.searchsorted(keys, _keys(chunk, moves.point, moves.time))
        closed = np.append(keys, -1)[place] == _keys(chunk, moves.point, moves.time)
        expected = self._expected(states, moves.of(closed), place[closed])
        wrong = self._unwritten(moves.of(~closed))
        for account, (said, found) in enumerate(zip(expected, _derived(states[:, 2:6].T), strict=True)):
            scale = np.maximum(1.0, np.abs(said)) + 1e-6 * np.abs(said).max(initial=0.0)
            rows = np.flatnonzero(~(np.abs(said - found) <= CLOSE * scale))
            if rows.size:
                row = rows[np.lexsort((order[rows], states[rows, 0]))[0]]
                touching = moves.of(closed & (place == row)).order
                wrong.append((int(states[row, 0]), int(states[row, 1]), account, said[row], found[row], touching))
        return self._said(min(wrong, key=lambda one: one[0])) if wrong else None

    def _expected(self, states: Array, moves: Moves, place: Index) -> Array:
        """Return what every account of `ACCOUNTS` must be at every row; rows stand by point, then by time."""
        rows, point = len(states), states[:, 1].astype(np.int64)
        change = np.bincount(moves.account * rows + place, moves.quantity, minlength=4 * rows).reshape(4, rows)
        running = np.cumsum(change, axis=1)
        begins = np.flatnonzero(np.diff(point, prepend=-1))
        before = np.repeat(running[:, begins] - change[:, begins], np.diff(np.append(begins, rows)), axis=1)
        known = self._totals[:, point] + running - before
        if rows:
            self._totals[:, point[begins]] += np.add.reduceat(change, begins, axis=1)
        owed = np.minimum(known[ON_HAND], 0.0)
        known[ON_HAND] -= owed
        known[BACKORDERS] -= owed
        return _derived(known)

    def _unwritten(self, moves: Moves) -> list[tuple[int, int, int, float, float, Array]]:
        """Find what changed without a row of the stock's state at that instant."""
        moves = moves.of(np.abs(moves.quantity) > CLOSE)
        if not len(moves.time):
            return []
        row = int(np.argmin(moves.time))
        point, account = int(moves.point[row]), int(moves.account[row])
        before = float(self._totals[account, point])
        return [
            (int(moves.time[row]), point, account, before + moves.quantity[row], before, moves.order[row : row + 1])
        ]

    def _said(self, wrong: tuple[int, int, int, float, float, Array]) -> Disagreement:
        tick, index, account, expected, found, orders = wrong
        point = self._network.points[index]
        return Disagreement(
            time=tick / TICKS,
            unit=self._network.calendar.unit,
            node=point.node,
            account=f"{ACCOUNTS[account]} of {point.product}",
            orders=tuple(sorted({int(order) for order in orders if order})),
            expected=float(expected),
            found=float(found),
        )

    def _moves(self, chunk: Chunk) -> Moves:
        """Turn every record of a block into changes of the accounts of points that keep stock."""
        tables = {name: rows.T for name, rows in chunk.tables.items() if name in self.reads}
        inside = (self._departures.time >= chunk.start) & (self._departures.time < chunk.end)
        found = [self._departures.of(inside), *_asked(tables), *_sent(tables), *self._made(tables), *_received(tables)]
        found += [*_forgone(tables), *_changed(tables)]
        joined = Moves(*(np.concatenate(columns) for columns in zip(*found, strict=True)))
        return joined.of(self._layout.stocked[joined.point])

    def _made(self, tables: dict[str, Array]) -> list[Moves]:
        """Give what production takes and puts in the works."""
        time, made, order, quantity, _ = tables["production"]
        point = made.astype(np.int64)
        first, number = self._components.first[point], self._components.number[point]
        row = np.repeat(np.arange(len(point)), number)
        which = np.repeat(first, number) + np.arange(number.sum()) - np.repeat(np.cumsum(number) - number, number)
        taken = quantity[row] * self._components.units[which]
        component = self._components.point[which]
        return [_moved(IN_TRANSIT, time, made, quantity, order), *_left(time[row], component, taken, order[row])]


class _Components(NamedTuple):
    """The components of all products one after another, and where those of each point begin."""

    point: Index
    units: Array
    first: Index
    number: Index


def _components(network: Network) -> _Components:
    parts = [point.source.components if isinstance(point.source, FromProduction) else () for point in network.points]
    number = np.array([len(one) for one in parts], dtype=np.int64)
    whole = [component for one in parts for component in one]
    return _Components(
        np.array([point for point, _ in whole], dtype=np.int64),
        np.array([units for _, units in whole], dtype=np.float64),
        np.cumsum(number) - number,
        number,
    )


def _opening(network: Network) -> tuple[Array, Moves]:
    """Return what every point holds, owes and expects before the run, and the shipments due that leave during it."""
    totals = np.zeros((4, len(network.points)))
    leaving = []
    for point in network.points:
        totals[ON_HAND, point.index] = max(point.initial, 0.0)
        totals[BACKORDERS, point.index] = max(-point.initial, 0.0)
        totals[ON_ORDER, point.index] = sum(q for _, q in (*point.shipments_due, *point.orders_mailed))
        for tick, quantity in point.shipments_due:
            departs = _departs(network, point, tick)
            if departs is None:
                totals[IN_TRANSIT, point.index] += quantity
            else:
                leaving.append((departs, point.index, IN_TRANSIT, quantity, 0.0))
    rows = np.array(leaving, dtype=np.float64).reshape(len(leaving), 5).T
    return totals, Moves(rows[0], rows[1].astype(np.int64), rows[2].astype(np.int64), rows[3], rows[4])


def _departs(network: Network, point: Point, arrives: int) -> int | None:
    """Return when a shipment due leaves a supplier that is still preparing it; None: before the run."""
    if not isinstance(point.source, FromLane):
        return None
    lane = network.lanes[point.source.lane]
    departs = arrives - lane.lead_time.ticks
    return departs if lane.supplier_time.ticks and departs >= network.calendar.start else None


def _moved(account: int, time: Array, point: Array | Index, quantity: Array, order: Array) -> Moves:
    return Moves(time, point.astype(np.int64), np.full(len(time), account), quantity, order)


def _left(time: Array, point: Array | Index, quantity: Array, order: Array) -> list[Moves]:
    """Give what goes out: on hand no more, owed no more."""
    return [_moved(account, time, point, -quantity, order) for account in (ON_HAND, BACKORDERS)]


def _asked(tables: dict[str, Array]) -> list[Moves]:
    time, point, _, order, quantity, _, lost = tables["demand"]
    placed, buyer, number, wanted = tables["orders"]
    return [
        _moved(BACKORDERS, time, point, quantity - lost, order),
        _moved(ON_ORDER, placed, buyer, wanted, number),
    ]


def _sent(tables: dict[str, Array]) -> list[Moves]:
    time, seller, buyer, order, quantity, _ = tables["shipments"]
    return [*_left(time, seller, quantity, order), _moved(IN_TRANSIT, time, buyer, quantity, order)]


def _received(tables: dict[str, Array]) -> list[Moves]:
    """Give what comes in over lanes and out of production, and what end customers take away."""
    customers = tables["deliveries"][2] < 0
    time, seller, _, order, _, _, quantity, _ = tables["deliveries"][:, customers]
    taken = _left(time, seller, quantity, order)
    time, _, buyer, order, _, _, quantity, _ = tables["deliveries"][:, ~customers]
    come = [_moved(account, time, buyer, -quantity, order) for account in (ON_ORDER, IN_TRANSIT)]
    return [*taken, _moved(ON_HAND, time, buyer, quantity, order), *come]


def _forgone(tables: dict[str, Array]) -> list[Moves]:
    """Give what was ordered and will never come, what is not owed any more, and what was destroyed."""
    events = tables["events"]
    will_not_come, is_not_owed = np.isin(events[1], (YIELD_LOSS, CONFIRMED, SCRAP)), np.isin(events[1], NOT_OWED)
    destroyed, scrapped = events[1] == DESTROYED, events[1] == SCRAP
    on_the_way, on_hand = destroyed & (events[3] >= 0), destroyed & (events[3] < 0)
    found = []
    for account, rows in (
        (ON_ORDER, will_not_come | on_the_way),
        (IN_TRANSIT, scrapped | on_the_way),
        (ON_HAND, on_hand),
        (BACKORDERS, is_not_owed),
    ):
        time, _, point, _, order, quantity, _ = events[:, rows]
        found.append(_moved(account, time, point, -quantity, order))
    return found


def _changed(tables: dict[str, Array]) -> list[Moves]:
    """Give what has expired, and what customers sent back that is in stock again."""
    kinds = tables["events"][1]
    found = []
    for kind, sign in GAINS.items():
        time, _, point, _, order, quantity, _ = tables["events"][:, kinds == kind]
        found.append(_moved(ON_HAND, time, point, sign * quantity, order))
    return found


def _keys(chunk: Chunk, point: Index, time: Array) -> Index:
    """Number the pairs of a point and an instant, in the order of points and then of time."""
    keys: Index = point * (chunk.end - chunk.start + 1) + (time.astype(np.int64) - chunk.start)
    return keys


def _derived(accounts: Array) -> Array:
    """Add net stock and inventory position to the four accounts they follow from."""
    net_stock = accounts[ON_HAND] - accounts[BACKORDERS]
    return np.vstack([accounts, net_stock, net_stock + accounts[ON_ORDER]])
