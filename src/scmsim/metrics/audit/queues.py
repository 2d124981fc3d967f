"""Little's law at every queue before machines: what the works counted against how long every job stayed."""

import numpy as np

from scmsim.engine.recorder import COLUMNS, Chunk
from scmsim.errors import Disagreement
from scmsim.metrics.layout import Array
from scmsim.metrics.shop_totals import ARRIVED, JOB, KIND, ORDER, RESOURCE, TAKEN, TIME
from scmsim.scenario.network import Network
from scmsim.ticks import TICKS

WAITING = COLUMNS["operations"].index("waiting")
CLOSE = 1e-6


class QueueAudit:
    """Compares, at every queue and in every block, the number of jobs with the time that they spent there.

    The mean number that wait is the rate at which they come times the mean time they wait (Little 1961): the time
    integral of the number that the works counted equals the sum of all stays, job by job.

    Parameters
    ----------
    network : Network
        What is simulated.
    """

    reads = frozenset({"operations"})

    def __init__(self, network: Network) -> None:
        self._network = network
        self._here: list[dict[float, float]] = [{} for _ in network.resources]
        self._number = [0.0 for _ in network.resources]

    def first(self, chunk: Chunk) -> Disagreement | None:
        """Take in a block; give the first queue that does not add up, if there is one."""
        rows = chunk.tables["operations"]
        rows = rows[(rows[:, KIND] == ARRIVED) | (rows[:, KIND] == TAKEN)]
        found = [
            wrong
            for index in range(len(self._here))
            if (wrong := self._follow(index, rows[rows[:, RESOURCE] == index], chunk)) is not None
        ]
        return min(found, key=lambda one: one.time) if found else None

    def _follow(self, index: int, rows: Array, chunk: Chunk) -> Disagreement | None:
        here, stays, orders = self._here[index], 0.0, []
        for time, kind, order, job in rows[:, [TIME, KIND, ORDER, JOB]].tolist():
            if (kind == ARRIVED) == (job in here):
                return self._said(index, time, (order,), "jobs that come once and are taken once", 1.0, 2.0)
            if kind == ARRIVED:
                here[job] = time
            else:
                stays += time - max(here.pop(job), chunk.start)
            orders.append(order)
        stays += sum(chunk.end - max(since, chunk.start) for since in here.values())
        times = np.concatenate([[chunk.start], rows[:, TIME], [chunk.end]])
        numbers = np.concatenate([[self._number[index]], rows[:, WAITING]])
        counted = float(np.diff(times) @ numbers)
        self._number[index] = float(numbers[-1])
        if abs(counted - stays) <= CLOSE * max(float(TICKS), stays):
            return None
        span = chunk.end - chunk.start
        return self._said(index, chunk.end, (), "jobs that wait, on the average", stays / span, counted / span)

    def _said(
        self, index: int, time: float, orders: tuple[float, ...], what: str, expected: float, found: float
    ) -> Disagreement:
        resource = self._network.resources[index]
        return Disagreement(
            time=time / TICKS,
            unit=self._network.calendar.unit,
            node=resource.node,
            account=f"{what} for {resource.name}",
            orders=tuple(int(order) for order in orders),
            expected=expected,
            found=found,
        )
