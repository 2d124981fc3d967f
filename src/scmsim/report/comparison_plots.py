"""The figures of a comparison, for notebooks: ``found.plot.differences()``."""

from typing import TYPE_CHECKING

from scmsim.errors import UsageError
from scmsim.words import listed

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from scmsim.experiments.compare.comparison import Comparison


class ComparisonPlots:
    """The report's figures of one comparison, each a plotly figure.

    Parameters
    ----------
    comparison : Comparison
        What to draw.

    Examples
    --------
    >>> import scmsim as sc
    >>> found = sc.compare("scenarios/beer_game.yaml", "scenarios/beer_game_base_stock.yaml")
    >>> found.plot.frontier().layout.xaxis.title.text
    'Total cost, money'
    """

    def __init__(self, comparison: "Comparison") -> None:
        self._comparison = comparison

    def __repr__(self) -> str:
        return f"<ComparisonPlots of {self._comparison!r}: differences, frontier, replications>"

    def differences(self) -> "go.Figure":
        """Draw the differences as a forest: a field per measure, a row per pair, with both intervals.

        Of more than six pairs those with the first scenario are drawn, and of more than twelve measures the first.

        Raises
        ------
        UsageError
            No measure is defined in two scenarios.
        """
        from scmsim.report.comparison_data import data_differences, units_of
        from scmsim.report.comparison_figures import plot_differences

        frame = data_differences(self._comparison)
        if frame.empty:
            raise UsageError("there are no differences to draw: no measure is defined in two scenarios")
        return plot_differences(frame, units_of(self._comparison))

    def frontier(self, across: str | None = None, up: str | None = None) -> "go.Figure":
        """Draw what is got for what is paid: a point per scenario with its intervals, the efficient ones joined.

        Parameters
        ----------
        across, up : str, optional
            The measures on the two axes; unless given the first two of cost, service and money that were compared.

        Raises
        ------
        UsageError
            A measure was not compared, or has no direction that is better, or there are no two to draw.

        Examples
        --------
        >>> import scmsim as sc
        >>> found = sc.compare("scenarios/beer_game.yaml", "scenarios/beer_game_base_stock.yaml")
        >>> found.plot.frontier("order_variance_ratio@retailer", "total_cost").layout.yaxis.title.text
        'Total cost, money'
        """
        from scmsim.report.comparison_data import data_frontier, trade_offs, units_of
        from scmsim.report.comparison_figures import plot_frontier

        pairs = trade_offs(self._comparison)
        if (across is None or up is None) and not pairs:
            raise UsageError("a trade-off needs two measures with a better direction, of service, cost or money")
        across, up = across or pairs[0][0], up or pairs[0][1]
        directed = [str(one) for one in self._comparison.measures if self._comparison.evidence.better(one)]
        for name in (across, up):
            self._check(name, directed)
        return plot_frontier(data_frontier(self._comparison, across, up), across, up, units_of(self._comparison))

    def replications(self, measure: str | None = None) -> "go.Figure":
        """Draw every replication as a line through the scenarios, which met the same random numbers in it.

        Parameters
        ----------
        measure : str, optional
            What is drawn; the first measure unless given. Of more than sixty replications the first are drawn.

        Raises
        ------
        UsageError
            The measure was not compared.
        """
        from scmsim.report.comparison_data import data_replications, units_of
        from scmsim.report.comparison_figures import plot_replications

        names = [str(one) for one in self._comparison.measures]
        measure = measure or names[0]
        self._check(measure, names)
        return plot_replications(data_replications(self._comparison, measure), measure, units_of(self._comparison))

    def _check(self, name: str, there: list[str]) -> None:
        if name not in there:
            raise UsageError(f"there is no {name!r} to draw; there is: {listed(there) or 'nothing'}")
