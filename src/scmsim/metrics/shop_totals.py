"""What machines did, and how long jobs waited for them, added up over the measured time."""

import numpy as np

from scmsim.engine.recorder import COLUMNS
from scmsim.flows.operations import CODES, FIRST_STATE, STATES
from scmsim.metrics.accumulator import Accumulator, by_point
from scmsim.metrics.facts import Facts
from scmsim.metrics.layout import Array, Index, Layout, Mask
from scmsim.ticks import TICKS

TIME, RESOURCE, MACHINE, KIND, POINT, _, ORDER, JOB, QUANTITY, _, RESUMED, OVERTIME = range(len(COLUMNS["operations"]))
ARRIVED, TAKEN, SCRAPPED, SENT_BACK, SETUP, WORK = (
    CODES[kind] for kind in ("arrived", "taken", "scrapped", "sent_back", "setup", "work")
)


class Pairs:
    """Rows in which the same thing changes again and again: each lasts until the next.

    Parameters
    ----------
    width : int
        Numbers per row.
    """

    def __init__(self, width: int) -> None:
        self._open: Array = np.empty((0, width))

    def follow(self, key: Index, keys_open: Index, rows: Array, end: float) -> tuple[Array, Array]:
        """Return rows with those that were still open, by key and time, and until when each lasts; ``end`` at most."""
        every, keys = np.concatenate([self._open, rows]), np.concatenate([keys_open, key])
        order = np.argsort(keys, kind="stable")
        every, keys = every[order], keys[order]
        last = np.append(keys[1:] != keys[:-1], True) if len(keys) else np.empty(0, dtype=np.bool_)
        until = np.where(last, end, np.append(every[1:, TIME], end)[: len(every)])
        self._open = every[last]
        return every, until

    def forget(self, which: Mask) -> None:
        """Leave out some of the rows that last still."""
        self._open = self._open[~which]

    @property
    def open(self) -> Array:
        """The rows that last still."""
        return self._open


class MachineTotals(Accumulator):
    """The time of machines by state, and what they cost.

    Attributes
    ----------
    time : ndarray
        Time units of all machines of a resource in every state of `STATES`; shape (resources, states).
    overtime : ndarray
        Time units of setup and work in overtime, per resource.
    setups : ndarray
        Setups begun per point, by the product that is made then.
    money : ndarray
        What setups and machine time cost, per point.
    scrapped, sent_back : ndarray
        Units per point.
    """

    def __init__(self, layout: Layout) -> None:
        super().__init__(layout)
        resources = layout.network.resources
        self.time = np.zeros((len(resources), len(STATES)))
        self.overtime = np.zeros(len(resources))
        self.setups, self.money, self.scrapped, self.sent_back = (np.zeros(layout.size) for _ in range(4))
        machines = np.array([resource.machines for resource in resources], dtype=np.int64)
        self._first = np.cumsum(machines) - machines
        self._setup_cost = np.array([resource.setup_cost for resource in resources])
        self._time_cost = np.array([resource.time_cost for resource in resources])
        self._overtime_cost = np.array([resource.overtime_cost for resource in resources])
        self._pairs = Pairs(len(COLUMNS["operations"]))

    @classmethod
    def reads(cls, layout: Layout) -> frozenset[str]:
        """Return the table of operations where there are machines."""
        return frozenset({"operations"}) if layout.network.resources else frozenset()

    def update(self, facts: Facts) -> None:
        """Add one stretch of the run."""
        if not len(self.overtime):
            return
        rows = np.array(facts.table("operations")).T
        states = rows[rows[:, KIND] >= FIRST_STATE]
        self._count(rows)
        opened = self._pairs.open
        every, until = self._pairs.follow(self._machine(states), self._machine(opened), states, facts.end)
        since = np.maximum(every[:, TIME], max(facts.start, self.layout.warm))
        span = np.maximum(np.minimum(until, self.layout.end) - since, 0.0) / TICKS
        resource, state = every[:, RESOURCE].astype(np.int64), (every[:, KIND] - FIRST_STATE).astype(np.int64)
        np.add.at(self.time, (resource, state), span)
        over = span * every[:, OVERTIME]
        self.overtime += by_point(resource, len(self.overtime), over)
        busy = state <= WORK - FIRST_STATE
        cost = (span * self._time_cost[resource] + over * self._overtime_cost[resource])[busy]
        self.money += by_point(every[busy, POINT].astype(np.int64), self.layout.size, cost)

    def _machine(self, rows: Array) -> Index:
        machine: Index = self._first[rows[:, RESOURCE].astype(np.int64)] + rows[:, MACHINE].astype(np.int64)
        return machine

    def _count(self, rows: Array) -> None:
        """Add what happened at instants."""
        rows = rows[rows[:, TIME] >= self.layout.warm]
        size = self.layout.size
        begun = rows[(rows[:, KIND] == SETUP) & (rows[:, RESUMED] == 0)]
        point, resource = begun[:, POINT].astype(np.int64), begun[:, RESOURCE].astype(np.int64)
        self.setups += by_point(point, size)
        self.money += by_point(point, size, self._setup_cost[resource])
        for kind, total in ((SCRAPPED, self.scrapped), (SENT_BACK, self.sent_back)):
            found = rows[rows[:, KIND] == kind]
            total += by_point(found[:, POINT].astype(np.int64), size, found[:, QUANTITY])


class QueueTotals(Accumulator):
    """How long jobs waited for machines, and how long units were in the works.

    Attributes
    ----------
    jobs, waited : ndarray
        Jobs that machines took in the measured time, and the time units for which they had waited; per point.
    units, through : ndarray
        Units finished in the measured time, and the sum of the time units since production of their order began; per
        point.
    on_time : ndarray
        Those of the units that were finished by the date for which their order was promised.
    """

    def __init__(self, layout: Layout) -> None:
        super().__init__(layout)
        self.jobs, self.waited, self.units, self.through, self.on_time = (np.zeros(layout.size) for _ in range(5))
        self._pairs = Pairs(len(COLUMNS["operations"]))
        self._begun: dict[float, float] = {}

    @classmethod
    def reads(cls, layout: Layout) -> frozenset[str]:
        """Return the tables of operations, production and deliveries where there are machines."""
        tables = frozenset({"operations", "production", "deliveries"})
        return tables if layout.network.resources else frozenset()

    def update(self, facts: Facts) -> None:
        """Add one stretch of the run."""
        if not self.layout.network.resources:
            return
        rows = np.array(facts.table("operations")).T
        moves = rows[(rows[:, KIND] == ARRIVED) | (rows[:, KIND] == TAKEN)]
        opened = self._pairs.open
        keys, keys_open = (each[:, JOB].astype(np.int64) for each in (moves, opened))
        every, until = self._pairs.follow(keys, keys_open, moves, np.inf)
        waits = (every[:, KIND] == ARRIVED) & np.isfinite(until) & (until >= self.layout.warm)
        point = every[waits, POINT].astype(np.int64)
        self.jobs += by_point(point, self.layout.size)
        self.waited += by_point(point, self.layout.size, (until[waits] - every[waits, TIME]) / TICKS)
        self._pairs.forget(self._pairs.open[:, KIND] == TAKEN)
        self._finish(facts)

    def _finish(self, facts: Facts) -> None:
        """Add the units that were finished."""
        begun = self._begun
        time, _, order, _, _ = facts.table("production")
        for tick, number in zip(time.tolist(), order.tolist(), strict=True):
            begun.setdefault(number, tick)
        done = facts.deliveries
        made = done.receipt & (done.seller == done.buyer)
        columns = (done.time, done.buyer, done.order, done.promised, done.quantity, done.complete)
        warm = self.layout.warm
        for tick, point, number, promised, quantity, complete in zip(
            *(column[made].tolist() for column in columns), strict=True
        ):
            start = begun.get(number)
            if start is None:
                continue
            if tick >= warm:
                self.units[point] += quantity
                self.through[point] += quantity * (tick - start) / TICKS
                self.on_time[point] += quantity * (tick <= promised)
            if complete:
                del begun[number]
