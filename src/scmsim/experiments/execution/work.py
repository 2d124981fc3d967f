"""The unit of work of every experiment: some points of a scenario, each simulated so many times.

What a run gives depends on its scenario, the seed and the number of its replication alone: not on the worker, nor on
what else is in the batch.
"""

import time
from collections.abc import Sequence
from typing import NamedTuple

from scmsim.errors import ScmsimError
from scmsim.experiments.execution.blueprint import Blueprint
from scmsim.experiments.measures import Measure, positions
from scmsim.metrics import CATALOGUE, Collector, Figures
from scmsim.scenario.network import Network
from scmsim.simulation import simulate


class Point(NamedTuple):
    """A scenario with some of it changed, and which of its replications are wanted.

    Parameters
    ----------
    number : int
        Its place in the experiment.
    overrides : tuple of str
        Each ``path=value``.
    replications : tuple of int
        Their numbers, from 1.
    """

    number: int
    overrides: tuple[str, ...]
    replications: tuple[int, ...]


class Batch(NamedTuple):
    """Work that is sent to a worker in one piece.

    Parameters
    ----------
    blueprint : Blueprint
        The scenario.
    measures : tuple of Measure
        The figures wanted of every run.
    seed : int
        Where chance begins.
    points : tuple of Point
        What to simulate.
    """

    blueprint: Blueprint
    measures: tuple[Measure, ...]
    seed: int
    points: tuple[Point, ...]


class Run(NamedTuple):
    """What one replication of one point gave.

    Parameters
    ----------
    point, replication : int
        Which one.
    values : tuple of float
        The figures, NaN where undefined; empty where the run failed.
    error : str
        Why it failed; empty where it did not.
    seconds : float
        Time spent on simulating and measuring it.
    """

    point: int
    replication: int
    values: tuple[float, ...]
    error: str
    seconds: float


def work(batch: Batch) -> list[Run]:
    """Simulate a batch; what fails is said in its place, and the rest goes on.

    Examples
    --------
    >>> from scmsim.scenario.load import load
    >>> blueprint = Blueprint.of(load("scenarios/beer_game.yaml"))
    >>> (run,) = work(Batch(blueprint, (Measure("total_cost"),), 1, (Point(0, (), (1,)),)))
    >>> run.values
    (204.0,)
    """
    found: list[Run] = []
    for point in batch.points:
        try:
            network = batch.blueprint.scenario(point.overrides).network
            gauge = Gauge(network, batch.measures)
        except Exception as error:  # a policy or a metric of somebody else's may fail in any way
            found += [Run(point.number, number, (), _said(error), 0.0) for number in point.replications]
            continue
        found += [_run(gauge, batch.seed, point.number, number) for number in point.replications]
    return found


def ready() -> None:
    """Do nothing: whoever is sent this has everything at hand that work needs."""


def _run(gauge: "Gauge", seed: int, point: int, replication: int) -> Run:
    begun, error = time.perf_counter(), ""
    values: tuple[float, ...] = ()
    try:
        values = gauge.read(seed, replication)
    except Exception as failure:
        error = _said(failure)
    return Run(point, replication, values, error, time.perf_counter() - begun)


def _said(error: Exception) -> str:
    return str(error) if isinstance(error, ScmsimError) else f"{type(error).__name__}: {error}"


NO_COST = 0.0
"""What a cost that a network does not have comes to (`positions`)."""


class Gauge:
    """Reads the same figures of every replication of a network.

    Parameters
    ----------
    network : Network
        What is simulated.
    measures : sequence of Measure
        What is wanted of it.
    """

    def __init__(self, network: Network, measures: Sequence[Measure]) -> None:
        self._network = network
        self._measures = measures
        self._metrics = [CATALOGUE[name] for name in dict.fromkeys(one.metric for one in measures)]
        self._places: list[int] | None = None

    def read(self, seed: int, replication: int) -> tuple[float, ...]:
        """Simulate one replication, and return its figures.

        Raises
        ------
        SimulationError
            The run failed.
        UsageError
            There is no such figure in this network.
        """
        collector = Collector(self._network, self._metrics)
        simulate(self._network, seed=seed, replication=replication, sinks=[collector])
        figures = Figures(collector)
        if self._places is None:
            self._places = positions(self._measures, figures.keys())  # type: ignore[arg-type]
        values = [*figures.values.tolist(), NO_COST]
        return tuple(values[place] for place in self._places)
