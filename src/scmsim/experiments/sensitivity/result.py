"""What matters: how much of a figure's variation comes from which factor."""

import importlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scmsim.errors import UsageError
from scmsim.experiments.storage.folder import (
    REPORT,
    SCENARIO,
    check_target,
    read_experiment,
    write_contents,
    written_whole,
)
from scmsim.experiments.storage.report import write_report
from scmsim.scenario.load import load
from scmsim.scenario.scenario import Scenario

if TYPE_CHECKING:
    from os import PathLike

    import pandas as pd

KIND = "sensitivity"
TABLES = ("indices", "effects", "noise", "runs")


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Sensitivity:
    """Which factors matter, for every figure.

    Attributes
    ----------
    scenario : Scenario
        What was varied.
    indices : DataFrame
        One row per (measure, factor), intervals from ``_low`` to ``_high``. By ``method``:
        ``sobol`` and ``conditional_means``: ``first``, the share of the variance that the factor explains alone, and
        ``total``, with all in which it takes part. ``morris``: ``mu``, ``mu_star``, ``sigma``
        (`scmsim.experiments.sensitivity.morris.effects`). ``regression``: ``coefficient`` (standardised),
        ``rank_correlation`` (Spearman) and ``r_squared``, the share that a straight line explains. ``one_at_a_time``:
        none. ``n`` is what they rest on: rows of the design, trajectories or points.
    effects : DataFrame
        For a tornado: ``measure``, ``factor``, its ``low`` and ``high`` value, ``figure_at_low``, ``figure_at_high``,
        the ``difference`` and the ``half_width`` of its 95 % interval. After ``sobol`` and ``morris`` everything else
        is as in the scenario, whose own ``figure`` stands beside; in a finished sweep the rest is averaged over.
    noise : DataFrame
        One row per measure: which share of the variance of all runs lies between ``points``, between ``replications``,
        and in the ``rest`` (`scmsim.experiments.sensitivity.noise.Noise`).
    runs : DataFrame
        Every run: ``point``, ``replication``, factors, figures.
    manifest : dict
        What it came from: scenario and hash, seed, replications, method, factors, versions.
    """

    scenario: Scenario
    indices: "pd.DataFrame"
    effects: "pd.DataFrame"
    noise: "pd.DataFrame"
    runs: "pd.DataFrame" = field(repr=False)
    manifest: Mapping[str, Any]

    @property
    def method(self) -> str:
        """How it was found: ``sobol``, ``morris``, ``conditional_means``, ``regression`` or ``one_at_a_time``."""
        return str(self.manifest["method"])

    @property
    def factors(self) -> tuple[str, ...]:
        """The paths that were varied."""
        return tuple(self.manifest["vary"])

    @property
    def measures(self) -> tuple[str, ...]:
        """The figures."""
        return tuple(self.manifest["measures"])

    @cached_property
    def sentences(self) -> tuple[str, ...]:
        """The same in words."""
        from scmsim.experiments.sensitivity.words import sentences

        return sentences(self)

    @property
    def plot(self) -> Any:
        """Figures of this result: ``found.plot.tornado()``. The layer that draws is loaded when it is asked for."""
        return importlib.import_module("scmsim.report.sensitivity_plots").SensitivityPlots(self)

    def write(self, folder: "str | PathLike[str]", *, force: bool = False, report: bool = True) -> Path:
        """Write tables, scenario, manifest and report to a folder, whole or not at all.

        Parameters
        ----------
        folder : path
            Made with its parents; it may exist when it is empty or holds the same answer.
        force : bool
            Also replace something else that scmsim wrote.
        report : bool
            Also write ``report.html``.

        Raises
        ------
        UsageError
            The folder holds something else.
        ScmsimError
            The disk is full or the place not writable; nothing is half-written.
        """
        from scmsim.experiments.storage import csvs

        folder = Path(folder)
        check_target(folder, self.manifest, force=force)
        with written_whole(folder) as new:
            tables = csvs.write_all({name: csvs.tidy(getattr(self, name)) for name in TABLES}, new)
            self.scenario.save(new / SCENARIO)
            if report:
                write_report(self, new / REPORT)
            write_contents(new, {**self.manifest, "tables": tables})
        return folder

    def __repr__(self) -> str:
        return f"<Sensitivity: {self.manifest['scenario']}, {self.method}, {len(self.factors)} factors>"

    def _repr_html_(self) -> str:
        from html import escape

        words = "".join(f"<li>{escape(sentence)}</li>" for sentence in self.sentences)
        table = (self.indices if len(self.indices) else self.effects).to_html(index=False, max_rows=60, na_rep="")
        return f"<p><b>{escape(repr(self)[1:-1])}</b></p>\n<ul>{words}</ul>\n{table}"


def open_sensitivity(folder: "str | PathLike[str]") -> Sensitivity:
    """Read a stored sensitivity back.

    Raises
    ------
    UsageError
        The folder holds none, or not all of it.
    """
    from scmsim.experiments.storage import csvs

    folder = Path(folder)
    manifest = read_experiment(folder, KIND)
    try:
        kinds = manifest.pop("tables")
        manifest.pop("files")
        frames = {name: csvs.read(folder / f"{name}.csv", kinds[name]) for name in TABLES}
        return Sensitivity(scenario=load(folder / SCENARIO), manifest=manifest, **frames)
    except (KeyError, TypeError, ValueError, AttributeError, OSError) as error:
        raise UsageError(f"{folder} is not a whole stored sensitivity: {type(error).__name__}: {error}") from None
