"""The figures of a sensitivity analysis, for notebooks: ``found.plot.tornado()``."""

from typing import TYPE_CHECKING

from scmsim.errors import UsageError
from scmsim.report.sweep_plots import chosen_of

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

    from scmsim.experiments.sensitivity.result import Sensitivity


class SensitivityPlots:
    """The report's figures of a sensitivity analysis, each a plotly figure.

    Parameters
    ----------
    found : Sensitivity
        What to draw.

    Examples
    --------
    >>> import scmsim as sc
    >>> from scmsim.experiments.sensitivity.sensitivity import sensitivity
    >>> shelf = "nodes.retailer.stock.beer"
    >>> found = sensitivity("scenarios/beer_game.yaml", {f"{shelf}.holding_cost": "0..1", f"{shelf}.initial": "12..16"},
    ...                     "morris", points=2, measures=["total_cost"], where="here")
    >>> found.plot.tornado().layout.xaxis.title.text
    'Total cost, money'
    """

    def __init__(self, found: "Sensitivity") -> None:
        self._found = found

    def __repr__(self) -> str:
        return f"<Plots of {self._found!r}: tornado, indices>"

    def tornado(self, measure: str | None = None) -> "go.Figure":
        """Draw how far each factor by itself moves a measure.

        Parameters
        ----------
        measure : str, optional
            The one that one asks for first unless given.

        Raises
        ------
        UsageError
            There is no such measure, or nothing is known of it.
        """
        from scmsim.report.measure_words import metrics_of, units_of_metrics
        from scmsim.report.sensitivity_figures import plot_tornado

        which = self._measure(measure)
        units = units_of_metrics(self._found.scenario.network, metrics_of(self._found.measures))
        return plot_tornado(self._rows(self._found.effects, which), which, units)

    def indices(self, measure: str | None = None) -> "go.Figure":
        """Draw the indices of the method: shares of the variance, elementary effects or coefficients.

        Parameters
        ----------
        measure : str, optional
            The one that one asks for first unless given.

        Raises
        ------
        UsageError
            There is no such measure, nothing is known of it, or the method has no indices.
        """
        from scmsim.report.sensitivity_page import drawing_of

        which = self._measure(measure)
        return drawing_of(self._found.method)(self._rows(self._found.indices, which), which)

    def _measure(self, measure: str | None) -> str:
        from scmsim.experiments.sensitivity.words import important_first

        measures = self._found.measures
        return chosen_of(measures, measure, important_first(measures)[0], "measure")

    def _rows(self, table: "pd.DataFrame", measure: str) -> "pd.DataFrame":
        from scmsim.report.sensitivity_page import known_rows

        rows = known_rows(table, measure)
        if not len(rows):
            raise UsageError(f"There is nothing to draw of {measure} ({self._found.method.replace('_', ' ')})")
        return rows
