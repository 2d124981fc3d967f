"""What a sweep gives: every run, every point, and means with intervals, from a folder or from memory."""

import importlib
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scmsim.errors import ScmsimError, UsageError
from scmsim.experiments.storage.folder import (
    MANIFEST,
    REPORT,
    SCENARIO,
    check_target,
    read_experiment,
    write_manifest,
    written_whole,
)
from scmsim.experiments.storage.report import replace_report, write_report
from scmsim.experiments.sweep.export import Tables, check_formats, export
from scmsim.experiments.sweep.factors import Factor, factor
from scmsim.experiments.sweep.ledger import DATABASE, Columns, has_begun, reader
from scmsim.experiments.sweep.plan import KIND
from scmsim.scenario.load import load
from scmsim.scenario.scenario import Scenario

if TYPE_CHECKING:
    from os import PathLike

    import pandas as pd

ENTRIES: dict[str, type] = {
    "scenario": str,
    "seed": int,
    "replications": int,
    "points": int,
    "design": str,
    "factors": dict,
    "columns": dict,
    "measures": list,
}


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Sweep:
    """A scenario simulated at many points.

    Attributes
    ----------
    scenario : Scenario
        What was varied.
    manifest : dict
        What the sweep is: scenario and hash, design, factors, measures, seed, replications, versions.
    folder : Path or None
        Where it is kept; None where it is in memory.

    Examples
    --------
    >>> import scmsim as sc
    >>> from scmsim.experiments.sweep.sweep import sweep
    >>> beer = sc.load("scenarios/beer_game.yaml")
    >>> found = sweep(beer, {"lanes.0.lead_time": [1, 2]}, measures=["total_cost"], where="here")
    >>> found
    <Sweep: beer-game, grid of 2 points x 1 replication, seed 1>
    >>> found.summary.columns.tolist()
    ['point', 'lanes.0.lead_time', 'runs', 'failed', 'total_cost', 'total_cost half_width']
    """

    scenario: Scenario
    manifest: Mapping[str, Any]
    folder: Path | None = None
    database: bytes = field(default=b"")

    @property
    def factors(self) -> tuple[str, ...]:
        """The paths that were varied; they are columns of the tables."""
        return tuple(self.manifest["factors"])

    @property
    def varied(self) -> tuple[Factor, ...]:
        """The factors, each with its values, ends or distribution."""
        return tuple(factor(path, said) for path, said in self.manifest["factors"].items())

    @property
    def measures(self) -> tuple[str, ...]:
        """The addresses of the figures that were kept; they are columns of the tables."""
        return tuple(self.manifest["measures"])

    @property
    def design(self) -> str:
        """How the points were chosen."""
        return str(self.manifest["design"])

    @property
    def seed(self) -> int:
        """The seed of every run."""
        return int(self.manifest["seed"])

    @property
    def replications(self) -> int:
        """How many runs there are at each point."""
        return int(self.manifest["replications"])

    @cached_property
    def runs(self) -> "pd.DataFrame":
        """A row per run: ``point``, ``replication``, ``seed``, the factors, the measures and ``error``.

        What is undefined is NaN, as are the measures of a run that failed.
        """
        with self._tables() as tables:
            return tables.runs()

    @cached_property
    def points(self) -> "pd.DataFrame":
        """A row per point: ``point`` and the values of the factors."""
        with self._tables() as tables:
            return tables.points()

    @cached_property
    def summary(self) -> "pd.DataFrame":
        """A row per point: the factors, ``runs`` and ``failed``, and of every measure its mean and its half width.

        Half widths are those of 95 % t-intervals over the replications, NaN for fewer than two.
        """
        with self._tables() as tables:
            return tables.summary()

    @property
    def plot(self) -> Any:
        """Figures of this sweep: ``found.plot.effects()``. The layer that draws is loaded when it is asked for."""
        return importlib.import_module("scmsim.report.sweep_plots").SweepPlots(self)

    @property
    def missing(self) -> int:
        """How many runs are still to be done: not 0 in a folder whose sweep was interrupted."""
        return int(self.manifest["points"]) * self.replications - self._count("SELECT COUNT(*) FROM runs")

    @property
    def failed(self) -> int:
        """How many runs failed."""
        return self._count("SELECT COUNT(*) FROM runs WHERE error IS NOT NULL")

    def export(self, *formats: str) -> list[Path]:
        """Write the tables beside the ledger: ``csv``, ``excel``, ``parquet``.

        Raises
        ------
        UsageError
            The sweep is in memory: write it first.
        """
        if self.folder is None:
            raise UsageError("this sweep is kept in memory: write it to a folder, then export it")
        with self._tables() as tables:
            return export(tables, self.folder, formats, self.manifest)

    def report(self) -> Path:
        """Write ``report.html`` beside the ledger, and return its path.

        Raises
        ------
        UsageError
            The sweep is in memory: write it first.
        """

        if self.folder is None:
            raise UsageError("this sweep is kept in memory: write it to a folder, then report on it")
        try:
            return replace_report(self, self.folder)
        except OSError as error:
            raise ScmsimError(f"{self.folder / REPORT} could not be written: {error.strerror or error}") from None

    def write(
        self,
        folder: "str | PathLike[str]",
        *,
        force: bool = False,
        formats: Sequence[str] = ("csv",),
        report: bool = True,
    ) -> Path:
        """Write the sweep to a folder, ledger and tables, whole or not at all.

        Parameters
        ----------
        folder : path
            Made with its parents; it may exist when it is empty or holds the same sweep.
        force : bool
            Also replace something else that scmsim wrote.
        formats : sequence of str
            ``csv``, ``excel``, ``parquet``.
        report : bool
            Also write ``report.html``.

        Returns
        -------
        Path
            The folder.
        """

        folder = Path(folder)
        check_formats(formats)
        check_target(folder, self.manifest, force=force)
        with written_whole(folder) as new:
            self.scenario.save(new / SCENARIO)
            write_manifest(new / MANIFEST, self.manifest)
            target = sqlite3.connect(new / DATABASE)
            with self._connection() as source:
                source.backup(target)
                export(Tables(source, self._columns), new, formats, self.manifest)
            target.close()
            if report:
                write_report(self, new / REPORT)
        return folder

    @property
    def _columns(self) -> Columns:
        return Columns(dict(self.manifest["columns"]), self.measures)

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        if self.folder is not None:
            database = reader(self.folder)
        else:
            database = sqlite3.connect(":memory:")
            database.deserialize(self.database)
        try:
            yield database
        except sqlite3.DatabaseError as error:
            raise UsageError(f"{self.folder or 'the sweep'} cannot be read: {error}") from None
        finally:
            database.close()

    @contextmanager
    def _tables(self) -> Iterator[Tables]:
        with self._connection() as database:
            yield Tables(database, self._columns)

    def _count(self, statement: str) -> int:
        with self._connection() as database:
            return int(database.execute(statement).fetchone()[0])

    def __repr__(self) -> str:
        return f"<Sweep: {title(self.manifest)}>"

    def _repr_html_(self) -> str:
        from html import escape

        frame = self.summary.to_html(index=False, max_rows=30, na_rep="", escape=True)
        return f"<p><b>{escape(title(self.manifest))}</b></p>\n{frame}"


def title(manifest: Mapping[str, Any]) -> str:
    """Name a sweep in a few words."""
    points, count = manifest["points"], manifest["replications"]
    size = f"{points:,} point{'s' if points != 1 else ''} x {count:,} replication{'s' if count != 1 else ''}"
    return f"{manifest['scenario']}, {manifest['design']} of {size}, seed {manifest['seed']}"


def open_sweep(folder: "str | PathLike[str]") -> Sweep:
    """Read a stored sweep back, finished or not.

    Raises
    ------
    UsageError
        The folder holds no sweep, or not all of it.
    """
    folder = Path(folder)
    manifest = read_experiment(folder, KIND)
    wrong = [key for key, kind in ENTRIES.items() if not isinstance(manifest.get(key), kind)]
    if wrong:
        raise UsageError(f"{folder} is not a whole stored sweep: {folder / MANIFEST}: {wrong[0]} is missing or wrong")
    with closing(reader(folder)) as database:
        if not has_begun(database):
            raise UsageError(
                f"{folder} is not a whole stored sweep: it was ended before its first run was on disk; the same "
                f"command does it"
            )
    try:
        scenario = load(folder / SCENARIO)
    except UsageError as error:
        raise UsageError(f"{folder} is not a whole stored sweep: {error}") from error
    return Sweep(scenario=scenario, manifest=manifest, folder=folder)
