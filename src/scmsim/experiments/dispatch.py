"""Batches of work go out, runs come back: one loop for every experiment, wherever the work is done."""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from scmsim.errors import SimulationError
from scmsim.experiments.blueprint import Blueprint
from scmsim.experiments.measures import Measure
from scmsim.experiments.work import Batch, Point, Run, work


def run_batches(batches: Iterable[Batch], where: str = "here") -> Iterator[list[Run]]:
    """Do all batches, and give the runs of each as soon as it is done, in any order."""
    for batch in batches:
        yield work(batch)


def draws(
    cases: Sequence[tuple[Blueprint, tuple[str, ...]]],
    measures: Sequence[Measure],
    replications: Sequence[int],
    *,
    seed: int,
    where: str = "here",
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
    where : str
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
    batches = (
        Batch(blueprint, tuple(measures), seed, (Point(case, overrides, (number,)),))
        for case, (blueprint, overrides) in enumerate(cases)
        for number in places
    )
    for runs in run_batches(batches, where):
        for run in runs:
            if run.error:
                raise SimulationError(f"replication {run.replication} of case {run.point + 1} failed: {run.error}")
            found[run.point, places[run.replication]] = run.values
    return found
