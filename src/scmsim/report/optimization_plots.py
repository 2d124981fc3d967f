"""The figures of an optimisation, for notebooks: ``found.plot.convergence()``."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from scmsim.experiments.optimize.optimization import Optimization


class OptimizationPlots:
    """The report's figures of one optimisation, each a plotly figure.

    Parameters
    ----------
    result : Optimization
        What to draw.

    Examples
    --------
    >>> import scmsim as sc
    >>> shop = sc.load("scenarios/newsvendor.yaml").set("time.horizon=40")
    >>> vary = {"nodes.stand.stock.paper.policy.level": "50..60"}
    >>> found = sc.optimize(shop, minimize="total_cost", vary=vary, trials=5, replications=2, where="here")
    >>> found.plot.convergence().layout.xaxis.title.text
    'trial'
    """

    def __init__(self, result: "Optimization") -> None:
        self._result = result

    def __repr__(self) -> str:
        return f"<Plots of {self._result!r}: convergence, search, candidates>"

    def convergence(self) -> "go.Figure":
        """Draw every candidate of the search in turn, and the best so far of those that met the constraints."""
        from scmsim.report.optimization_page import figure_of_convergence

        return figure_of_convergence(self._result)

    def search(self) -> "go.Figure":
        """Draw where the search looked: a field for each of the first twelve parameters.

        Raises
        ------
        UsageError
            The objective is undefined for every candidate.
        """
        from scmsim.report.optimization_page import figure_of_search

        return figure_of_search(self._result)

    def candidates(self) -> "go.Figure":
        """Draw the finalists on replications that the search had not seen, with the bounds they have to keep to."""
        from scmsim.report.optimization_page import figure_of_candidates

        return figure_of_candidates(self._result)
