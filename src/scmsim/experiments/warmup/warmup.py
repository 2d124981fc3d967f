"""How long a run takes to forget how it began: the warm-up that MSER-5 suggests, and the series it judges by."""

import importlib
from collections.abc import Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from scmsim.experiments.keywords import whole
from scmsim.experiments.run.run import Progress, loaded
from scmsim.experiments.storage.report import write_report
from scmsim.experiments.warmup.series import averaged, judged, period_values, periods_of, selections
from scmsim.experiments.warmup.words import told
from scmsim.scenario.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

REPLICATIONS = 10
"""So many replications are averaged unless told otherwise."""


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class WarmUp:
    """How long a warm-up should be, and why.

    Attributes
    ----------
    scenario : Scenario
        What was run.
    seed, replications : int
        What it rests on.
    warm_up : float
        The suggestion, in the scenario's unit: the largest of those of all series.
    too_short : bool
        Whether a series may not have settled before half of the run.
    suggestions : DataFrame
        One row per series: ``series``, its ``warm_up`` by the mean over the replications, the ``mean`` of what is kept,
        ``at_bound`` (whether that warm-up is as long as can be judged), and the ``median`` and ``largest`` warm-up of
        single replications.
    series : DataFrame
        One row per series and period: ``series``, ``time`` (its start), ``mean`` over the replications and the
        ``moving_average`` of that.
    statistic : DataFrame
        One row per series and possible warm-up: ``series``, ``warm_up``, ``mser``, the smaller the better.
    sentences : tuple of str
        The suggestion in words; the first holds it.

    Examples
    --------
    >>> found = suggest_warm_up("scenarios/beer_game_noisy.yaml", ["net_stock"], replications=3)
    >>> found.series.columns.tolist()
    ['series', 'time', 'mean', 'moving_average']
    """

    scenario: Scenario
    seed: int
    replications: int
    warm_up: float
    too_short: bool
    suggestions: "pd.DataFrame"
    series: "pd.DataFrame"
    statistic: "pd.DataFrame"
    sentences: tuple[str, ...]

    @property
    def setting(self) -> str:
        """The change of the scenario that follows the suggestion."""
        return f"time.warm_up={self.warm_up:.10g}"

    @property
    def plot(self) -> Any:
        """Figures of this warm-up: ``found.plot.series("net_stock")``.

        What they are: `scmsim.report.experiment_plots.WarmUpPlots`, loaded when it is asked for.
        """
        return importlib.import_module("scmsim.report.experiment_plots").WarmUpPlots(self)

    def write(self, path: str | PathLike[str]) -> Path:
        """Write all this as one HTML page; a file of that name is replaced."""
        target = Path(path)
        write_report(self, target)
        return target

    def __repr__(self) -> str:
        return f"<WarmUp: {self.scenario.name}, {self.setting}, from {self.replications} replications>"

    def _repr_html_(self) -> str:
        from html import escape

        words = "".join(f"<p>{escape(sentence)}</p>" for sentence in self.sentences)
        return words + self.suggestions.to_html(index=False, max_rows=60, na_rep="", escape=True)


def suggest_warm_up(
    scenario: Scenario | str | PathLike[str],
    series: str | Sequence[str] | None = None,
    *,
    replications: int | None = None,
    seed: int | None = None,
    progress: Progress | None = None,
) -> WarmUp:
    """Suggest how long the warm-up of a scenario should be.

    Several replications are run from the very beginning. Each series is averaged over them, period by period, which
    leaves what all of them go through (P. D. Welch, 1983), and cut by MSER-5; the largest of these cuts is suggested.

    Parameters
    ----------
    scenario : Scenario, str or path-like
        What to judge; a path is loaded first.
    series : str or sequence of str, optional
        What to judge by: ``net_stock``, ``on_hand``, ``backorders``, ``in_transit``, ``orders`` or ``demand`` of the
        whole chain, of a node (``orders@brewery``) or of one product there (``net_stock@shop/tea``); ``*`` stands for
        anything. Net stock and backorders of the chain and the orders of every node unless given.
    replications : int, optional
        How many, at least 1; ten unless given.
    seed : int, optional
        Where chance begins; the scenario's own unless given.
    progress : callable, optional
        Called with (replications done, replications in all) after each.

    Returns
    -------
    WarmUp

    Raises
    ------
    UsageError
        There is no such series, or the run has fewer than 20 periods.
    SimulationError
        A run failed.

    Examples
    --------
    >>> suggest_warm_up("scenarios/min_max.yaml", "net_stock", replications=2).suggestions["series"].tolist()
    ['net_stock']
    """
    scenario = loaded(scenario, "suggest_warm_up")
    count = whole("replications", REPLICATIONS if replications is None else replications, least=1)
    start = whole("seed", scenario.file.run.seed if seed is None else seed, least=0)
    chosen = selections(scenario.network, [series] if isinstance(series, str) else series)
    values = np.empty((count, len(chosen), periods_of(scenario.network)))
    for number in range(count):
        values[number] = period_values(scenario.network, chosen, seed=start, replication=number + 1)
        if progress:
            progress(number + 1, count)
    return _found(scenario, start, [each.name for each in chosen], values)


def _found(scenario: Scenario, seed: int, names: list[str], values: NDArray[np.float64]) -> WarmUp:
    suggestions, statistic = judged(scenario.network, names, values)
    return WarmUp(
        scenario=scenario,
        seed=seed,
        replications=len(values),
        warm_up=float(suggestions["warm_up"].max()),
        too_short=bool(suggestions["at_bound"].any()),
        suggestions=suggestions,
        series=averaged(scenario.network, names, values),
        statistic=statistic,
        sentences=told(scenario, suggestions, len(values)),
    )
