"""The figures of a result, for notebooks: ``result.plot.orders()``."""

from typing import TYPE_CHECKING

from scmsim.errors import UsageError

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from scmsim.experiments.run.result import Result


class Plots:
    """The report's figures of one result, each a plotly figure.

    Parameters
    ----------
    result : Result
        What to draw.

    Examples
    --------
    >>> import scmsim as sc
    >>> result = sc.run(sc.load("scenarios/beer_game.yaml"))
    >>> result.plot.orders().layout.yaxis.title.text
    'cases per week'
    """

    def __init__(self, result: "Result") -> None:
        self._result = result

    def __repr__(self) -> str:
        return f"<Plots of {self._result!r}: orders, net_stock, cost, service, bullwhip, network, income, cash, delays>"

    def orders(self, product: str | None = None) -> "go.Figure":
        """Draw the orders of every stage over time against end customers' demand.

        Parameters
        ----------
        product : str, optional
            One product; the sum over all of them unless given.

        Raises
        ------
        UsageError
            No such product, or the run kept no tables.
        """
        from scmsim.report.lines import plot_orders

        return plot_orders(self._with_tables(), self._checked(product))

    def net_stock(self, product: str | None = None) -> "go.Figure":
        """Draw the net stock (on hand − backorders) of every stage over time.

        Parameters
        ----------
        product : str, optional
            One product; the sum over all of them unless given.

        Raises
        ------
        UsageError
            No such product, or the run kept no tables.
        """
        from scmsim.report.lines import plot_net_stock

        return plot_net_stock(self._with_tables(), self._checked(product))

    def cost(self) -> "go.Figure":
        """Draw the cost of every stage by line."""
        from scmsim.report.bars import plot_cost

        return plot_cost(self._result)

    def service(self) -> "go.Figure":
        """Draw the service measures of every stage."""
        from scmsim.report.bars import plot_service

        return plot_service(self._result)

    def bullwhip(self) -> "go.Figure":
        """Draw the order variance ratios, per stage and against end customers' demand."""
        from scmsim.report.bars import plot_bullwhip

        return plot_bullwhip(self._result)

    def network(self) -> "go.Figure":
        """Draw the nodes and lanes."""
        from scmsim.report.map_figure import plot_network

        return plot_network(self._result)

    def income(self) -> "go.Figure":
        """Draw where the customers' money goes: goods, the stages' costs and their profit.

        Raises
        ------
        UsageError
            The scenario counts no money.
        """
        from scmsim.report.money_figure import plot_income

        return plot_income(self._with_money())

    def cash(self) -> "go.Figure":
        """Draw the cash of every stage over time.

        Raises
        ------
        UsageError
            The scenario counts no money, or the run kept no tables.
        """
        from scmsim.report.cash import plot_cash

        self._with_money()
        return plot_cash(self._with_tables())

    def delays(self) -> "go.Figure":
        """Draw how long messages between the stages took.

        Raises
        ------
        UsageError
            The run kept no tables.
        """
        from scmsim.report.information_figure import plot_delays

        return plot_delays(self._with_tables())

    def _with_money(self) -> "Result":
        if self._result.scenario.network.money is None:
            raise UsageError("Nothing in this scenario has a price: there is no money to draw")
        return self._result

    def _with_tables(self) -> "Result":
        if not self._result.tables:
            raise UsageError("This run kept no tables to draw over time: run it with record='full'")
        return self._result

    def _checked(self, product: str | None) -> str | None:
        products = self._result.scenario.network.products
        if product is not None and product not in products:
            raise UsageError(f"There is no product {product!r}; there are: {', '.join(sorted(products))}")
        return product
