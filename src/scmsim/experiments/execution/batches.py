"""Points cut into batches that take long enough to be worth sending, and short enough to keep every worker busy."""

import math
from collections.abc import Iterable, Iterator, Sequence

from scmsim.experiments.execution.blueprint import Blueprint
from scmsim.experiments.execution.work import Batch, Point, Run
from scmsim.experiments.measures import Measure

WORTH_SENDING = 0.3
"""The seconds of work in a batch: sending one costs milliseconds at most, and so less than 2 % of that."""
_MEMORY = 0.8
"""How much of what was known of the pace is kept when a batch comes back."""
_LAST = 1 / 16
"""No batch takes longer than this share of all that is left, so that no worker is still busy long after the others."""
_LEAST = 0.05
"""The seconds of work in the last batches."""


class Batches(Iterator[Batch]):
    """The points of an experiment, a batch at a time, sized by how long runs have taken so far.

    The first batches hold one run each. No point is split where its replications fit into a batch.

    Parameters
    ----------
    jobs : iterable of (Blueprint, Point)
        What is to be simulated, taken as it is needed.
    measures : sequence of Measure
        The figures wanted.
    seed : int
        Where chance begins.
    runs : int
        How many runs there are in all, where that is known.

    Examples
    --------
    >>> from scmsim.scenario.load import load
    >>> blueprint = Blueprint.of(load("scenarios/beer_game.yaml"))
    >>> points = [Point(number, (), (1, 2)) for number in range(3)]
    >>> batches = batched(points, blueprint, [], 1)
    >>> next(batches).points
    (Point(number=0, overrides=(), replications=(1,)),)
    >>> batches.learn([Run(0, 1, (), "", 0.1)])
    >>> [[point.replications for point in batch.points] for batch in batches]
    [[(2,), (1, 2)], [(1, 2)]]
    """

    def __init__(
        self, jobs: Iterable[tuple[Blueprint, Point]], measures: Sequence[Measure], seed: int, *, runs: int = 0
    ) -> None:
        self._jobs = iter(jobs)
        self._measures, self._seed = tuple(measures), seed
        self._left: tuple[Blueprint, Point] | None = None
        self._runs = self._seconds = 0.0
        self._to_come = runs

    def learn(self, runs: Sequence[Run]) -> None:
        """Take note of how long runs took."""
        self._runs = _MEMORY * self._runs + len(runs)
        self._seconds = _MEMORY * self._seconds + sum(run.seconds for run in runs)
        self._to_come -= len(runs)

    @property
    def seconds_left(self) -> float:
        """How long the runs to come will take one after another, by what is known; 0 where nothing is."""
        return max(0, self._to_come) * self._seconds / self._runs if self._runs else 0.0

    @property
    def size(self) -> int:
        """How many runs a batch should hold by what is known."""
        if not self._runs:
            return 1
        pace = self._seconds / self._runs
        seconds = WORTH_SENDING if self._to_come <= 0 else min(WORTH_SENDING, max(_LEAST, _LAST * self.seconds_left))
        return math.ceil(seconds / max(pace, 1e-4))

    def __next__(self) -> Batch:
        room = self.size
        taken: list[Point] = []
        of: Blueprint | None = None
        while room > 0 and (job := self._job()) is not None:
            blueprint, point = job
            count = len(point.replications)
            if of is not None and (blueprint is not of or (count > room and count <= self.size)):
                self._left = job
                break
            if count > room:
                self._left = (blueprint, point._replace(replications=point.replications[room:]))
                point = point._replace(replications=point.replications[:room])
            of, room = blueprint, room - count
            taken.append(point)
        if of is None:
            raise StopIteration
        return Batch(of, self._measures, self._seed, tuple(taken))

    def _job(self) -> tuple[Blueprint, Point] | None:
        job, self._left = self._left, None
        return job if job is not None else next(self._jobs, None)


def batched(
    points: Iterable[Point], blueprint: Blueprint, measures: Sequence[Measure], seed: int, *, runs: int = 0
) -> Batches:
    """Cut the points of one scenario into batches (`Batches`)."""
    return Batches(((blueprint, point) for point in points), measures, seed, runs=runs)
