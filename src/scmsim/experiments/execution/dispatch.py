"""Batches of work go out, runs come back: one loop for every experiment, wherever the work is done."""

import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scmsim.errors import ScmsimError, SimulationError
from scmsim.experiments.execution.batches import Batches, batched
from scmsim.experiments.execution.blueprint import Blueprint
from scmsim.experiments.execution.executors import Place, Site, Where, is_open, opened, resolved
from scmsim.experiments.execution.work import Batch, Point, Run, ready, work
from scmsim.experiments.measures import Measure

HERE_FIRST = 0.3
"""So many seconds are worked in this process before others are started, unless somebody says where."""
WORTH_STARTING = 5.0
"""They are started at once where so many seconds of work are known to be left."""
DEATHS = 2
"""When so many workers died of a batch, its runs go alone; when as many died of one that was alone, it failed."""
_LOOK = 1.0

__all__ = ["Batches", "batched", "draws", "run_batches"]


def run_batches(batches: Iterable[Batch], where: Where = None, workers: int | None = None) -> Iterator[list[Run]]:
    """Do all batches, and give the runs of each as soon as it is done, in any order.

    What a run gives depends neither on the place nor on the number of workers. Only a few batches are under way at any
    time, and are taken from ``batches`` as they are needed. A worker that dies is replaced and its work done again.
    Work of which workers keep dying is done in the end, one run at a time and with nothing beside it; a run of which
    workers die even so is given as failed. When this is interrupted, what is under way is dropped.

    Parameters
    ----------
    batches : iterable of Batch
        What is to be done; `batched` makes batches of a good size.
    where : str or executor, optional
        ``here``: in this process. ``local`` or ``local:N``: in processes of this machine, one per core or N. ``dask``:
        on a Dask cluster of this machine that is made for the occasion. ``dask:tcp://HOST:PORT``: on a Dask cluster
        that exists. Any object whose ``submit(function, argument)`` returns a `concurrent.futures.Future`: there.
        Unless given, on the cores of this machine, once it turns out to take longer than a moment.
    workers : int, optional
        How many processes of this machine.

    Returns
    -------
    iterator of list of Run

    Raises
    ------
    UsageError
        There is no such place.
    MissingExtra
        Dask is not installed.
    ScmsimError
        The cluster was lost on the way; everything that was done has been given before.

    Examples
    --------
    >>> from scmsim.scenario.load import load
    >>> blueprint = Blueprint.of(load("scenarios/beer_game.yaml"))
    >>> points = [Point(number, (), (1,)) for number in range(3)]
    >>> batches = batched(points, blueprint, [Measure("total_cost")], seed=1)
    >>> sorted((run.point, run.values) for runs in run_batches(batches) for run in runs)
    [(0, (204.0,)), (1, (204.0,)), (2, (204.0,))]
    """
    wanted = resolved(where, workers)
    if isinstance(wanted, Place) and wanted.kind == "here":
        return _learning(batches, _here(iter(batches)))
    if where is None and isinstance(wanted, Place) and not is_open(wanted):
        return _here_first(batches, wanted)
    return _learning(batches, _elsewhere(iter(batches), opened(wanted, workers)))


def _learning(batches: Iterable[Batch], found: Iterator[list[Run]]) -> Iterator[list[Run]]:
    for runs in found:
        yield _learned(batches, runs)


def _learned(batches: Iterable[Batch], runs: list[Run]) -> list[Run]:
    if isinstance(batches, Batches):
        batches.learn(runs)
    return runs


def _here(batches: Iterator[Batch]) -> Iterator[list[Run]]:
    for batch in batches:
        yield work(batch)


def _here_first(batches: Iterable[Batch], then: Place) -> Iterator[list[Run]]:
    """Work in this process for a moment, and then until others are ready to take over."""
    begun = time.perf_counter()
    site: Site | None = None
    coming: list[Future[None]] = []
    waiting = iter(batches)
    for batch in waiting:
        yield _learned(batches, work(batch))
        much = isinstance(batches, Batches) and batches.seconds_left > WORTH_STARTING
        if site is None and (much or time.perf_counter() - begun > HERE_FIRST):
            site = opened(then)
            coming = [site.submit(ready) for _ in range(then.workers or 1)]
        if site is not None and all(future.done() for future in coming):
            yield from _learning(batches, _elsewhere(waiting, site))


class _Sent(NamedTuple):
    """A batch, how many workers died of it, and whether it is a suspect: one run, sent when nothing else is there."""

    batch: Batch
    deaths: int = 0
    suspect: bool = False


class _Waiting:
    """What is still to be sent: in the end the suspects, each alone, so that no other run dies or is blamed with it."""

    def __init__(self, batches: Iterator[Batch]) -> None:
        self._batches = batches
        self._again: deque[_Sent] = deque()
        self._suspects: deque[_Sent] = deque()

    def take(self, *, idle: bool) -> _Sent | None:
        """Return what to send next to a place that is idle or not; None where that has to wait."""
        if self._again:
            return self._again.popleft()
        if (batch := next(self._batches, None)) is not None:
            return _Sent(batch)
        return self._suspects.popleft() if idle and self._suspects else None

    def put_back(self, sent: _Sent) -> None:
        """Have something sent again."""
        (self._suspects if sent.suspect else self._again).append(sent)

    def suspect(self, batch: Batch) -> None:
        """Have every run of a batch sent alone."""
        self._suspects.extend(_Sent(run, suspect=True) for run in _alone(batch))


def _elsewhere(batches: Iterator[Batch], site: Site) -> Iterator[list[Run]]:
    """Keep a place busy."""
    pending: dict[Future[list[Run]], _Sent] = {}
    waiting = _Waiting(batches)
    try:
        while True:
            _fill(pending, waiting, site)
            if not pending:
                return
            done, _ = wait(pending, timeout=_LOOK, return_when=FIRST_COMPLETED)
            if not done and (lost := site.lost()):
                raise lost
            yield from _good(done, pending)
            for future in done & pending.keys():
                yield from _failed(future, pending.pop(future), waiting, site)
    except KeyboardInterrupt:
        _drop(pending)
        site.stop()
        raise
    finally:
        _drop(pending)


def _fill(pending: dict[Future[list[Run]], _Sent], waiting: _Waiting, site: Site) -> None:
    while len(pending) < site.room() and (sent := waiting.take(idle=not pending)) is not None:
        try:
            pending[site.submit(work, sent.batch)] = sent
        except Exception as error:
            raise site.lost(error) or error from None


def _good(done: Iterable[Future[list[Run]]], pending: dict[Future[list[Run]], _Sent]) -> Iterator[list[Run]]:
    for future in done:
        if not future.cancelled() and future.exception() is None:
            del pending[future]
            yield future.result()


def _failed(future: Future[list[Run]], sent: _Sent, waiting: _Waiting, site: Site) -> Iterator[list[Run]]:
    """Send a batch again of which a worker died; suspect it if more did; give up a suspect that killed by itself."""
    error = CancelledError() if future.cancelled() else future.exception() or CancelledError()
    deaths = site.deaths(error)
    if deaths == 0:
        raise site.lost(error) or ScmsimError(f"a batch of work failed: {type(error).__name__}: {error}")
    sent = sent._replace(deaths=sent.deaths + deaths)
    if sent.deaths < DEATHS:
        waiting.put_back(sent)
    elif sent.suspect:
        yield [_given_up(sent, error)]
    else:
        waiting.suspect(sent.batch)


def _alone(batch: Batch) -> Iterator[Batch]:
    for point in batch.points:
        for number in point.replications:
            yield batch._replace(points=(point._replace(replications=(number,)),))


def _given_up(sent: _Sent, error: BaseException) -> Run:
    (point,) = sent.batch.points
    said = f"the worker died {sent.deaths} times while it simulated this and nothing else was under way ({error})"
    return Run(point.number, point.replications[0], (), said, 0.0)


def _drop(pending: dict[Future[list[Run]], _Sent]) -> None:
    for future in pending:
        future.cancel()
    pending.clear()


def draws(
    cases: Sequence[tuple[Blueprint, tuple[str, ...]]],
    measures: Sequence[Measure],
    replications: Sequence[int],
    *,
    seed: int,
    where: Where = None,
    workers: int | None = None,
) -> NDArray[np.float64]:
    """Simulate several scenarios on the same random numbers.

    Parameters
    ----------
    cases : sequence of (Blueprint, overrides)
        The scenarios.
    measures : sequence of Measure
        The figures wanted.
    replications : sequence of int
        The numbers of the replications.
    seed : int
        Where chance begins.
    where, workers
        Where the work is done (`run_batches`).

    Returns
    -------
    ndarray
        Shape (cases, replications, measures); NaN where a figure is undefined.

    Raises
    ------
    SimulationError
        A run failed; the message says which.
    """
    places = {number: place for place, number in enumerate(replications)}
    found = np.full((len(cases), len(places), len(measures)), np.nan)
    jobs = ((blueprint, Point(case, overrides, tuple(places))) for case, (blueprint, overrides) in enumerate(cases))
    for runs in run_batches(Batches(jobs, measures, seed), where, workers):
        for run in runs:
            if run.error:
                raise SimulationError(f"replication {run.replication} of case {run.point + 1} failed: {run.error}")
            found[run.point, places[run.replication]] = run.values
    return found
