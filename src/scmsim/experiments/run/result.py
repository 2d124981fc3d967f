"""What a run gives: KPIs with their trust, the values they came from, and the recorded tables."""

import importlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from scmsim.errors import UsageError
from scmsim.experiments.storage.manifest import title
from scmsim.metrics import CATALOGUE
from scmsim.metrics.tables.columns import OPTIONAL, TABLES
from scmsim.scenario.scenario import Scenario

if TYPE_CHECKING:
    from os import PathLike


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Result:
    """The answer of one scenario, from one or more replications.

    Attributes
    ----------
    scenario : Scenario
        What was run.
    kpis : DataFrame
        One row per (metric, segment, node, product): ``mean`` over the replications, ``half_width`` of its 95 %
        interval (NaN for fewer than two), ``n`` replications in which it was defined, ``unit``. A node's own figure
        has no product, the chain's has neither; what is undefined is NaN.
    values : DataFrame
        The same figures of every replication.
    tables : dict of DataFrame
        ``orders``, ``shipments``, ``stock``, ``demand``, ``deliveries`` and ``production``, times in the scenario's
        unit, and ``messages``, ``forecasts``, ``events``, ``freight``, ``invoices``, ``payments`` and ``ledger`` where
        there is anything in them; empty after a run that recorded only a summary. What each column holds:
        `scmsim.metrics.tables.columns.TABLES`.
    manifest : dict
        What it came from: scenario and hash, seed, replications, overrides, versions.

    Examples
    --------
    >>> import scmsim as sc
    >>> result = sc.run(sc.load("scenarios/beer_game.yaml"), seed=1)
    >>> result
    <Result: beer-game, seed 1, 1 replication>
    >>> costs = result.kpis.query("metric == 'total_cost' and segment.isna() and node.isna() and product.isna()")
    >>> costs["mean"].tolist()
    [204.0]
    """

    scenario: Scenario
    kpis: pd.DataFrame
    values: pd.DataFrame
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    manifest: Mapping[str, Any]

    @property
    def seed(self) -> int:
        """The seed of every random stream."""
        return int(self.manifest["seed"])

    @property
    def replications(self) -> int:
        """How many independent runs the figures rest on."""
        return int(self.manifest["replications"])

    @property
    def record(self) -> str:
        """What was kept: ``"full"`` with tables, ``"summary"`` without."""
        return str(self.manifest["record"])

    @property
    def definitions(self) -> Mapping[str, Any]:
        """What every metric means, by name: title, unit, formula, source."""
        return CATALOGUE

    @property
    def orders(self) -> pd.DataFrame:
        """Every replenishment and production order placed."""
        return self._table("orders")

    @property
    def shipments(self) -> pd.DataFrame:
        """Everything sent over a lane."""
        return self._table("shipments")

    @property
    def stock(self) -> pd.DataFrame:
        """Every stock whenever it was touched; a row holds until the next."""
        return self._table("stock")

    @property
    def demand(self) -> pd.DataFrame:
        """Every order that reached a stock, from customers and from other nodes."""
        return self._table("demand")

    @property
    def deliveries(self) -> pd.DataFrame:
        """Every receipt, by nodes and by customers."""
        return self._table("deliveries")

    @property
    def production(self) -> pd.DataFrame:
        """Everything started by a factory."""
        return self._table("production")

    @property
    def messages(self) -> pd.DataFrame:
        """Every message: who told whom what, when it was sent and received; none where only orders and goods go."""
        return self._table("messages")

    @property
    def events(self) -> pd.DataFrame:
        """Everything that is no order, shipment or receipt: lost, expired, returned, cancelled, quoted, replaced."""
        return self._table("events")

    @property
    def freight(self) -> pd.DataFrame:
        """What every order's part of a load cost and emitted; none where nothing on a lane needs loads."""
        return self._table("freight")

    @property
    def operations(self) -> pd.DataFrame:
        """What jobs and machines did, and until when; none where nothing is made in stages."""
        return self._table("operations")

    @property
    def forecasts(self) -> pd.DataFrame:
        """What every stock that forecasts expected at each review; none where no policy forecasts."""
        return self._table("forecasts")

    @property
    def invoices(self) -> pd.DataFrame:
        """Every invoice; none where nothing has a price."""
        return self._table("invoices")

    @property
    def payments(self) -> pd.DataFrame:
        """Every payment; none where nothing has a price."""
        return self._table("payments")

    @property
    def ledger(self) -> pd.DataFrame:
        """Every line of every posting in the ledgers of the nodes, debits positive; none without money."""
        return self._table("ledger")

    @property
    def statements(self) -> pd.DataFrame:
        """Income statement and balance sheet of all nodes and of the chain (`scmsim.metrics.tables.statements`)."""
        from scmsim.metrics.tables.statements import statements

        return statements(self.scenario.network, self.ledger)

    @property
    def cost_to_serve(self) -> pd.DataFrame:
        """What every customer of every node brought (`scmsim.metrics.tables.cost_to_serve`)."""
        from scmsim.metrics.tables.cost_to_serve import cost_to_serve

        return cost_to_serve(self.scenario.network, self.ledger)

    @property
    def scorecard(self) -> pd.DataFrame:
        """How every supplier has served every buyer (`scmsim.metrics.tables.scorecard`)."""
        from scmsim.metrics.tables.scorecard import scorecard

        tables = {name: self._table(name) for name in ("orders", "shipments", "events", "ledger")}
        return scorecard(self.scenario.network, tables, self.replications)

    @property
    def tail(self) -> pd.DataFrame:
        """The bad end of the chain's figures over replications (`scmsim.experiments.statistics.tail.tail_table`).

        The bad replications are the share `measures.resilience.tail` of them.
        """
        from scmsim.experiments.statistics.tail import tail_table

        return tail_table(self.values, self.scenario.network.resilience.tail)

    @property
    def plot(self) -> Any:
        """Figures of this result: ``result.plot.orders()``. The layer that draws is loaded when it is asked for."""
        return importlib.import_module("scmsim.report").Plots(self)

    def write(
        self,
        folder: "str | PathLike[str]",
        *,
        force: bool = False,
        formats: Sequence[str] = ("csv",),
        report: bool = True,
    ) -> Path:
        """Write tables, KPIs, manifest and report to a folder (`scmsim.experiments.run.folder.write_run`)."""
        from scmsim.experiments.run.folder import write_run

        return write_run(self, folder, force=force, formats=formats, report=report)

    def _table(self, name: str) -> pd.DataFrame:
        if name in self.tables:
            return self.tables[name]
        if self.record == "full" and name in OPTIONAL:
            names = [column.name for column in TABLES[name] if column.name != "date" or "date" in self.orders]
            return pd.DataFrame({column: [] for column in ("replication", *names)})
        raise UsageError(f"This run kept no table of {name}: run it with record='full'")

    def __eq__(self, other: object) -> bool:
        """Whether the same run gave the same answer, wherever and by which versions it was computed."""
        if not isinstance(other, Result):
            return NotImplemented
        return (
            self.scenario.sha256 == other.scenario.sha256
            and (self.seed, self.replications, self.record) == (other.seed, other.replications, other.record)
            and self.tables.keys() == other.tables.keys()
            and self.kpis.equals(other.kpis)
            and self.values.equals(other.values)
            and all(frame.equals(other.tables[name]) for name, frame in self.tables.items())
        )

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"<Result: {title(self.manifest)}>"

    def _repr_html_(self) -> str:
        from html import escape

        frame = self.kpis.to_html(index=False, max_rows=30, na_rep="", escape=True)
        return f"<p><b>{escape(title(self.manifest))}</b></p>\n{frame}"
