"""Run a scenario several times with independent random numbers, and say how sure the answer is."""

from collections.abc import Callable, Iterator
from os import PathLike
from typing import Literal

import numpy as np
import pandas as pd

from scmsim.engine.recorder import Chunk, Keeper, Sink
from scmsim.errors import SimulationError, UsageError
from scmsim.experiments.csvs import tidy
from scmsim.experiments.manifest import describe
from scmsim.experiments.result import Result
from scmsim.experiments.statistics import estimate
from scmsim.metrics import Collector, measure
from scmsim.metrics.frames import frames
from scmsim.scenario.load import load
from scmsim.scenario.network import Calendar, Network
from scmsim.scenario.scenario import Scenario
from scmsim.simulation import simulate

KEYS = ["metric", "segment", "node", "product"]

Tables = dict[str, pd.DataFrame]
Progress = Callable[[float, int], None]


def run(
    scenario: Scenario | str | PathLike[str],
    *,
    seed: int | None = None,
    replications: int | None = None,
    record: Literal["summary", "full"] = "full",
    progress: Progress | None = None,
) -> Result:
    """Simulate a scenario.

    Parameters
    ----------
    scenario : Scenario, str or path-like
        What to run; a path is loaded first (`load`).
    seed : int, optional
        At least 0; every random stream comes from it. The scenario's own unless given.
    replications : int, optional
        How many independent runs, at least 1. The scenario's own unless given.
    record : {"full", "summary"}
        Whether to keep every order, shipment, ... or only the KPIs, in memory that does not grow with the horizon.
    progress : callable, optional
        Called with (replications done, replications in all) as the work goes on; what is done has fractions.

    Returns
    -------
    Result
        KPIs with 95 % t-intervals over the replications, and the tables of all of them.

    Raises
    ------
    UsageError
        An argument is out of its range, or there is no such file.
    ScenarioError
        The file holds no valid scenario.
    SimulationError
        A run failed after it had started.

    Examples
    --------
    >>> import scmsim as sc
    >>> result = sc.run(sc.load("scenarios/beer_game.yaml"))
    >>> float(result.kpis.query("metric == 'total_cost' and node == 'retailer' and product.isna()")["mean"].iloc[0])
    46.0
    """
    scenario = _loaded(scenario)
    seed = _checked("seed", scenario.file.run.seed if seed is None else seed, least=0)
    count = _checked("replications", scenario.file.run.replications if replications is None else replications, least=1)
    if record not in ("summary", "full"):
        raise UsageError(f"record must be 'summary' or 'full', not {record!r}")
    measured: list[pd.DataFrame] = []
    kept: list[Tables] = []
    for frame, tables in _replicate(scenario.network, seed, count, record == "full", progress):
        measured.append(frame)
        kept.append(tables)
    kpis, values = summarise(measured)
    manifest = describe(scenario, seed=seed, replications=count, record=record)
    return Result(scenario=scenario, kpis=kpis, values=values, tables=_joined(kept), manifest=manifest)


def _loaded(scenario: object) -> Scenario:
    if isinstance(scenario, Scenario):
        return scenario
    if isinstance(scenario, str | PathLike):
        return load(scenario)
    raise UsageError(
        f"run needs a scenario, or the path of a scenario file, not {type(scenario).__name__}: "
        f"make one with load, loads or from_dict"
    )


def summarise(measured: list[pd.DataFrame]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Turn the figures of every replication into (KPIs with intervals, all values).

    Raises
    ------
    SimulationError
        The replications do not measure the same things.
    """
    keys = tidy(measured[0][[*KEYS, "unit"]].reset_index(drop=True))
    if any(len(frame) != len(keys) for frame in measured):
        raise SimulationError("The replications do not measure the same things")
    draws = np.array([frame["value"].to_numpy(dtype=np.float64, na_value=np.nan) for frame in measured])
    means, half_widths, counts = estimate(draws)
    kpis = keys[KEYS].assign(mean=means, half_width=half_widths, n=counts.astype(np.int64), unit=keys["unit"])
    rows, count = len(keys), len(measured)
    values = keys[KEYS].take(np.tile(np.arange(rows), count)).reset_index(drop=True)
    values.insert(0, "replication", np.repeat(np.arange(1, count + 1, dtype=np.int64), rows))
    return kpis, values.assign(value=draws.ravel())


def _replicate(
    network: Network, seed: int, count: int, full: bool, progress: Progress | None
) -> Iterator[tuple[pd.DataFrame, Tables]]:
    """Run the replications one after another; each gives its figures and, in full recording, its tables."""
    for replication in range(1, count + 1):
        collector, keeper = Collector(network), Keeper()
        sinks: list[Sink] = [collector]
        if full:
            sinks.append(keeper)
        if progress:
            sinks.append(_Watch(network.calendar, progress, replication - 1, count))
        simulate(network, seed=seed, replication=replication, sinks=sinks)
        yield measure(collector), _numbered(frames(network, keeper.tables()), replication) if full else {}


class _Watch:
    """A sink that reads nothing and reports how far the run has come."""

    reads: frozenset[str] = frozenset()

    def __init__(self, calendar: Calendar, report: Progress, before: int, total: int) -> None:
        self._calendar, self._report = calendar, report
        self._before, self._total = before, total

    def update(self, chunk: Chunk) -> None:
        """Report the end of a block."""
        run = (chunk.end - self._calendar.start) / (self._calendar.end - self._calendar.start)
        self._report(self._before + run, self._total)


def _numbered(tables: Tables, replication: int) -> Tables:
    for frame in tables.values():
        frame.insert(0, "replication", np.full(len(frame), replication, dtype=np.int64))
    return tables


def _joined(kept: list[Tables]) -> Tables:
    return {name: tidy(pd.concat([tables[name] for tables in kept], ignore_index=True)) for name in kept[0]}


def _checked(name: str, value: int, *, least: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
        raise UsageError(f"{name} must be a whole number of at least {least}, not {value!r}")
    return int(value)
