"""The figures of a sweep, for notebooks: ``found.plot.effects()``."""

from typing import TYPE_CHECKING

from scmsim.errors import UsageError
from scmsim.words import listed

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from scmsim.experiments.sweep.result import Sweep

MOST_NAMED = 12


def chosen_of(names: tuple[str, ...], name: str | None, first: str, noun: str) -> str:
    """Return a name that is among those there are, or the first of interest where none is given.

    Raises
    ------
    UsageError
        There is no such name.

    Examples
    --------
    >>> chosen_of(("total_cost", "fill_rate"), None, "fill_rate", "measure")
    'fill_rate'
    """
    if name is None:
        return first
    if name not in names:
        raise UsageError(f"There is no {noun} {name!r}; there are: {listed(names, MOST_NAMED)}")
    return name


class SweepPlots:
    """The report's figures of a sweep, each a plotly figure.

    Parameters
    ----------
    sweep : Sweep
        What to draw.

    Examples
    --------
    >>> import scmsim as sc
    >>> policy = "nodes.retailer.stock.beer.policy"
    >>> found = sc.sweep("scenarios/beer_game.yaml", {f"{policy}.target": [20, 28], f"{policy}.stock_weight": [0.2, 1]},
    ...                  measures="total_cost", where="here")
    >>> found.plot.surface().layout.xaxis.title.text
    'retailer · beer · target'
    """

    def __init__(self, sweep: "Sweep") -> None:
        self._sweep = sweep

    def __repr__(self) -> str:
        return f"<Plots of {self._sweep!r}: effects, surface, parallel>"

    def effects(self, measure: str | None = None) -> "go.Figure":
        """Draw the mean of a measure over the values of every factor.

        Parameters
        ----------
        measure : str, optional
            One of the sweep's; that of most interest unless given.

        Raises
        ------
        UsageError
            There is no such measure, or nothing to draw.
        """
        from scmsim.report.measure_words import metrics_of, units_of_metrics
        from scmsim.report.sweep_data import around
        from scmsim.report.sweep_effects import plot_effects

        sweep, which = self._sweep, self._measure(measure)
        units = units_of_metrics(sweep.scenario.network, metrics_of(sweep.measures))
        return plot_effects({factor: around(sweep, factor) for factor in self._factors(1)}, which, units)

    def surface(self, across: str | None = None, up: str | None = None, measure: str | None = None) -> "go.Figure":
        """Draw the mean of a measure over two factors as a field of colours; bluer is better where a direction is.

        Parameters
        ----------
        across, up : str, optional
            Two of the factors; the first that have several values unless given.
        measure : str, optional
            One of the sweep's; that of most interest unless given.

        Raises
        ------
        UsageError
            There is no such factor or measure, or no two factors were varied together.
        """
        from scmsim.report.sweep_data import ended
        from scmsim.report.sweep_effects import plot_surface

        which = self._measure(measure)
        if self._sweep.design == "one_at_a_time":
            raise UsageError("One factor was varied at a time: there are no two together to draw")
        names, drawn = self._sweep.factors, self._factors(2)
        first = chosen_of(names, across, next(name for name in drawn if name != up), "factor")
        second = chosen_of(names, up, next(name for name in drawn if name != first), "factor")
        if first == second:
            raise UsageError(f"A surface needs two factors; found {first} twice")
        return plot_surface(ended(self._sweep), first, second, which)

    def parallel(self, measure: str | None = None) -> "go.Figure":
        """Draw every point as a line through its factors and measures, coloured by its fifth in one measure.

        Parameters
        ----------
        measure : str, optional
            The one that colours; that of most interest unless given.

        Raises
        ------
        UsageError
            There is no such measure, or nothing to draw.
        """
        from scmsim.report.sweep_data import drawn_measures
        from scmsim.report.sweep_parallel import plot_parallel

        which = self._measure(measure)
        measures = list(dict.fromkeys([*drawn_measures(self._sweep), which]))
        return plot_parallel(self._sweep.summary, self._factors(1), measures, which)

    def _factors(self, least: int) -> list[str]:
        from scmsim.report.sweep_data import drawn_factors

        found = drawn_factors(self._sweep)
        if len(found) < least:
            raise UsageError(f"There is nothing to draw: {len(found)} of the factors of this sweep have several values")
        return found

    def _measure(self, measure: str | None) -> str:
        from scmsim.report.sweep_data import drawn_measures, of_interest_first

        drawn = of_interest_first(drawn_measures(self._sweep))
        if measure is None and not drawn:
            raise UsageError("There is nothing to draw: no measure differs between the points of this sweep")
        return chosen_of(self._sweep.measures, measure, drawn[0] if drawn else "", "measure")
