"""What replications of a scenario give: every value, what they say together, and how precise that is."""

import importlib
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scmsim.scenario.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Replication:
    """What many independent runs of one scenario say together.

    Attributes
    ----------
    scenario : Scenario
        What was run.
    seed : int
        Where chance began.
    values : DataFrame
        One row per replication: its number in ``replication``, and every figure in a column of its name; NaN where it
        is undefined.
    summary : DataFrame
        One row per figure: ``measure``, ``unit``, ``mean``, ``half_width`` of its 95 % t-interval, ``n`` replications
        that define it, ``sd``, ``min``, ``max``; ``beyond``: with 95 % confidence at most this share of all runs lies
        beyond the minimum, and as much beyond the maximum; ``median``, ``p05``, ``p95``, each with the bounds of its
        95 % order-statistic interval in ``..._low`` and ``..._high``; ``tail``, which twentieth of the runs is the
        worst ("lowest" or "highest"; NaN where neither is), its mean ``tail_mean`` and the bounds ``tail_low``,
        ``tail_high``. A bound that the replications are too few for is NaN.
    goals : DataFrame
        One row per figure that a precision was asked for: ``measure``, ``wanted``, ``half_width``, ``met``, ``needed``
        (replications; estimated where it is not met, NaN where no number would do).
    sentences : tuple of str
        The same in words.

    Examples
    --------
    >>> from scmsim.experiments.replicate.replicate import replicate
    >>> found = replicate("scenarios/newsvendor.yaml", ["total_cost"], replications=20)
    >>> found
    <Replication: newsvendor, seed 1, 20 replications of 1 figure>
    >>> found.values.columns.tolist(), len(found.values)
    (['replication', 'total_cost'], 20)
    """

    scenario: Scenario
    seed: int
    values: "pd.DataFrame"
    summary: "pd.DataFrame"
    goals: "pd.DataFrame"
    sentences: tuple[str, ...]

    @property
    def replications(self) -> int:
        """How many independent runs there were."""
        return len(self.values)

    @property
    def plot(self) -> Any:
        """Figures of these replications: ``found.plot.values("total_cost")``, ``found.plot.convergence()``.

        What they are: `scmsim.report.experiment_plots.ReplicationPlots`, loaded when it is asked for.
        """
        return importlib.import_module("scmsim.report.experiment_plots").ReplicationPlots(self)

    def write(self, folder: str | PathLike[str], *, force: bool = False, report: bool = True) -> Path:
        """Write values, summary, goals, scenario, manifest and report to a folder (`write_replication`)."""
        from scmsim.experiments.replicate.folder import write_replication

        return write_replication(self, Path(folder), force=force, report=report)

    def __repr__(self) -> str:
        count = len(self.summary)
        figures = f"{count} figure{'' if count == 1 else 's'}"
        return f"<Replication: {self.scenario.name}, seed {self.seed}, {self.replications} replications of {figures}>"

    def _repr_html_(self) -> str:
        from html import escape

        words = "".join(f"<p>{escape(sentence)}</p>" for sentence in self.sentences)
        table = self.summary.to_html(index=False, max_rows=60, na_rep="", escape=True)
        return f"<p><b>{escape(self.scenario.name)}</b></p>\n{words}\n{table}"
