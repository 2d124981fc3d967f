"""The figures of replications and of a warm-up, for notebooks: ``found.plot.values()``."""

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

from scmsim.errors import UsageError

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from scmsim.experiments.replicate.result import Replication
    from scmsim.experiments.warmup.warmup import WarmUp


class ReplicationPlots:
    """The report's figures of replications, each a plotly figure.

    Parameters
    ----------
    found : Replication
        What to draw.

    Examples
    --------
    >>> from scmsim.experiments.replicate.replicate import replicate
    >>> found = replicate("scenarios/newsvendor.yaml", ["total_cost", "fill_rate"], replications=12)
    >>> found.plot.values("fill_rate").layout.yaxis.title.text
    'Fill rate, %'
    >>> len(found.plot.convergence().data[-1].y)
    11
    """

    def __init__(self, found: "Replication") -> None:
        self._found = found

    def __repr__(self) -> str:
        return f"<Plots of {self._found!r}: values, convergence>"

    def values(self, measure: str | None = None) -> "go.Figure":
        """Draw the values of one figure in all runs, sorted, with their mean and its 95 % interval.

        Parameters
        ----------
        measure : str, optional
            Which figure: ``total_cost``, ``fill_rate@shop``; the first unless given.

        Raises
        ------
        UsageError
            There is no such figure, or it is undefined in all runs.
        """
        from scmsim.report.replication_figures import plot_runs

        row = self._row(measure)
        return plot_runs(self._found.values[row["measure"]], float(row["half_width"]), _units(row))

    def convergence(self, measure: str | None = None) -> "go.Figure":
        """Draw the mean of one figure, with its 95 % interval, after every replication from the second on.

        Parameters
        ----------
        measure : str, optional
            Which figure; the first unless given.

        Raises
        ------
        UsageError
            There is no such figure, or fewer than two runs define it.
        """
        from scmsim.report.replication_figures import plot_convergence

        row = self._row(measure, least=2)
        return plot_convergence(self._found.values[row["measure"]], _units(row))

    def _row(self, measure: str | None, least: int = 1) -> dict[Hashable, Any]:
        rows = {str(row["measure"]): row for row in self._found.summary.to_dict("records")}
        name = next(iter(rows)) if measure is None else measure
        if name not in rows:
            raise UsageError(f"there is no figure {name!r}; there are: {', '.join(rows)}")
        row = rows[name]
        if row["n"] < least:
            raise UsageError(
                f"{name} is defined in {row['n']} of {self._found.replications} replications: {least} needed"
            )
        return row


def _units(row: dict[Hashable, Any]) -> dict[str, str]:
    return {str(row["measure"]).partition("@")[0]: str(row["unit"])}


class WarmUpPlots:
    """The report's figures of a warm-up, each a plotly figure.

    Parameters
    ----------
    found : WarmUp
        What to draw.

    Examples
    --------
    >>> from scmsim.experiments.warmup.warmup import suggest_warm_up
    >>> found = suggest_warm_up("scenarios/beer_game_noisy.yaml", ["net_stock"], replications=2)
    >>> [line.name for line in found.plot.series("net_stock").data][:2]
    ['mean of 2 replications', 'moving average']
    """

    def __init__(self, found: "WarmUp") -> None:
        self._found = found

    def __repr__(self) -> str:
        return f"<Plots of {self._found!r}: series>"

    def series(self, name: str | None = None) -> "go.Figure":
        """Draw one of the series, its moving average, what is left out of it, and the statistic behind that.

        Parameters
        ----------
        name : str, optional
            Which; the one with the longest warm-up unless given.

        Raises
        ------
        UsageError
            There is no such series.
        """
        from scmsim.report.warmup_figure import plot_warm_up

        return plot_warm_up(self._found, name)
