"""The queue before machines: jobs by the rank that a rule gives them, equal ones in the order in which they came."""

from collections import Counter
from heapq import heappop, heappush

from scmsim.nodes.shop_job import Job
from scmsim.policies.sequencing import Sequencing, Waiting

Entry = tuple[float, int, float, float, Job]


class JobQueue:
    """Jobs that wait for a machine.

    Parameters
    ----------
    rule : Sequencing
        Which of them comes next.

    Attributes
    ----------
    work : float
        Ticks that all of them together are expected to take.
    at : Counter
        How many there are of each product and stage.
    """

    __slots__ = ("_heaps", "_rule", "_size", "at", "work")

    def __init__(self, rule: Sequencing) -> None:
        self._rule = rule
        self._heaps: dict[float, list[Entry]] = {}
        self._size = 0
        self.work = 0.0
        self.at: Counter[tuple[float, int]] = Counter()

    def __len__(self) -> int:
        return self._size

    def put(self, job: Job) -> None:
        """Let a job join."""
        order = job.order
        rank = self._rule.rank(Waiting(job.arrived, order.promised, job.expected, job.works.priority))
        entry = (rank, job.arrived, order.number, job.number, job)
        heappush(self._heaps.setdefault(self._group(job.works.index), []), entry)
        self._size += 1
        self.work += job.expected
        self.at[job.place] += 1

    def take(self, product: float) -> Job | None:
        """Take out the next job for a machine that is set up for a product; None where nobody waits."""
        if not self._size:
            return None
        own = self._heaps.get(product) if self._rule.keeps_setup else None
        heap = own or min(heap for heap in self._heaps.values() if heap)
        job = heappop(heap)[4]
        self._size -= 1
        self.work = self.work - job.expected if self._size else 0.0
        self.at[job.place] -= 1
        return job

    @property
    def keeps_setup(self) -> bool:
        """Whether jobs that need no setup go first."""
        return self._rule.keeps_setup

    def holds(self, product: float) -> bool:
        """Whether a job of a product waits."""
        return bool(self._heaps.get(self._group(product)))

    def first(self) -> float | None:
        """Return the product of the job that comes next for a machine that is not set up; None where nobody waits."""
        return min(heap for heap in self._heaps.values() if heap)[0][4].works.index if self._size else None

    def _group(self, product: float) -> float:
        """Return the heap of a product: one for each where the rule looks at them apart."""
        return product if self._rule.keeps_setup else -1.0
