"""Run a scenario several times with independent random numbers, and say how sure the answer is."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from os import PathLike
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scmsim.engine.recorder import Chunk, Keeper, Sink
from scmsim.errors import SimulationError, UsageError
from scmsim.experiments.keywords import whole
from scmsim.experiments.run.result import Result
from scmsim.experiments.statistics.estimates import estimate
from scmsim.experiments.storage.csvs import texts, tidy
from scmsim.experiments.storage.manifest import describe
from scmsim.metrics import Collector, Figures
from scmsim.metrics.audit.auditor import Auditor
from scmsim.metrics.tables.columns import OPTIONAL, recorded
from scmsim.metrics.tables.frames import frames
from scmsim.scenario.load import load
from scmsim.scenario.network import Calendar, Network
from scmsim.scenario.scenario import Scenario
from scmsim.simulation import simulate

AUDIT = "SCMSIM_AUDIT"
"""The environment variable that, set to 1, has every run audited."""

Tables = dict[str, pd.DataFrame]
Progress = Callable[[float, int], None]


def run(
    scenario: Scenario | str | PathLike[str],
    *,
    seed: int | None = None,
    replications: int | None = None,
    record: Literal["summary", "full"] = "full",
    progress: Progress | None = None,
    audit: bool | None = None,
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
    audit : bool, optional
        Work every stock and every balance out again from the records, and compare (`Auditor`). Unless given, done
        where the environment variable SCMSIM_AUDIT is 1.

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
    AuditError
        Its books do not follow from its records.

    Examples
    --------
    >>> import scmsim as sc
    >>> result = sc.run(sc.load("scenarios/beer_game.yaml"))
    >>> float(result.kpis.query("metric == 'total_cost' and node == 'retailer' and product.isna()")["mean"].iloc[0])
    46.0
    """
    scenario = loaded(scenario)
    seed = whole("seed", scenario.file.run.seed if seed is None else seed, least=0)
    count = whole("replications", scenario.file.run.replications if replications is None else replications, least=1)
    if record not in ("summary", "full"):
        raise UsageError(f"record must be 'summary' or 'full', not {record!r}")
    extras = _Extras(full=record == "full", audit=_audits(audit), progress=progress)
    measured, kept = zip(*_replicate(scenario.network, seed, count, extras), strict=True)
    kpis, values = summarise(measured)
    manifest = describe(scenario, seed=seed, replications=count, record=record)
    return Result(scenario=scenario, kpis=kpis, values=values, tables=_joined(kept), manifest=manifest)


def loaded(scenario: object, by: str = "run") -> Scenario:
    """Return a scenario, or load it from its path.

    Raises
    ------
    UsageError
        It is neither; ``by`` says who needs it.
    """
    if isinstance(scenario, Scenario):
        return scenario
    if isinstance(scenario, str | PathLike):
        return load(scenario)
    raise UsageError(
        f"{by} needs a scenario, or the path of a scenario file, not {type(scenario).__name__}: "
        f"make one with load, loads or from_dict"
    )


def summarise(found: Sequence[Figures]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Turn the figures of every replication into (KPIs with intervals, all values).

    Raises
    ------
    SimulationError
        The replications do not measure the same things.
    """
    if len({len(figures.values) for figures in found}) > 1:
        raise SimulationError("The replications do not measure the same things")
    return tabulated(found[0].keys(), np.array([figures.values for figures in found]))


def tabulated(said: Mapping[str, NDArray[np.object_]], draws: NDArray[np.float64]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Turn the figures of all replications into (KPIs with intervals, all values).

    Parameters
    ----------
    said : mapping
        What the figures are about (`Figures.keys`).
    draws : array of float, shape (replications, figures)
        NaN where undefined.
    """
    keys = texts(said)
    means, half_widths, counts = estimate(draws)
    unit = {"unit": keys.pop("unit")}
    kpis = pd.DataFrame({**keys, "mean": means, "half_width": half_widths, "n": counts.astype(np.int64), **unit})
    count, rows = draws.shape
    number = np.repeat(np.arange(1, count + 1, dtype=np.int64), rows)
    if count > 1:
        keys = {name: key.take(np.tile(np.arange(rows), count)).reset_index(drop=True) for name, key in keys.items()}
    return kpis, pd.DataFrame({"replication": number, **keys, "value": draws.ravel()})


class _Extras(NamedTuple):
    """What is done beside measuring."""

    full: bool
    audit: bool
    progress: Progress | None


def _audits(wanted: bool | None) -> bool:
    return os.environ.get(AUDIT) == "1" if wanted is None else wanted


def _replicate(network: Network, seed: int, count: int, extras: _Extras) -> Iterator[tuple[Figures, Tables]]:
    """Run the replications one after another; each gives its figures and, in full recording, its tables."""
    for replication in range(1, count + 1):
        collector, keeper = Collector(network), Keeper(recorded(network))
        sinks: list[Sink] = [collector]
        if extras.full:
            sinks.append(keeper)
        auditor = Auditor(network) if extras.audit else None
        if auditor is not None:
            sinks.append(auditor)
        if extras.progress:
            sinks.append(_Watch(network.calendar, extras.progress, replication - 1, count))
        watch = auditor.observe if auditor is not None else None
        simulate(network, seed=seed, replication=replication, sinks=sinks, on_instant=watch)
        yield Figures(collector), _numbered(frames(network, keeper.tables()), replication) if extras.full else {}


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


def _joined(kept: Sequence[Tables]) -> Tables:
    joined = {name: tidy(pd.concat([tables[name] for tables in kept], ignore_index=True)) for name in kept[0]}
    return {name: frame for name, frame in joined.items() if name not in OPTIONAL or len(frame)}
