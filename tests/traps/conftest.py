"""Small runs whose every number can be worked out by hand."""

import pytest

import scmsim as sc
from scmsim.engine.recorder import COLUMNS, Keeper
from scmsim.metrics.audit.auditor import Auditor
from scmsim.simulation import simulate
from scmsim.ticks import TICKS


class Story:
    """What happened in a run, by time, node and product, in the scenario's units."""

    def __init__(self, text, seed):
        self.scenario = sc.loads(text)
        self.network = self.scenario.network
        keeper = Keeper()
        auditor = Auditor(self.network)
        simulate(self.network, seed=seed, sinks=[keeper, auditor], on_instant=auditor.observe)
        self.tables = keeper.tables()

    def _index(self, node, product):
        (index,) = [p.index for p in self.network.points if p.node == node and product in (None, p.product)]
        return index

    def rows(self, table, node, product=None, key="point", **wanted):
        """Return the rows of one stock as dictionaries; a time in units stands in for ticks."""
        index = self._index(node, product)
        rows = [dict(zip(COLUMNS[table], row, strict=True)) for row in self.tables[table].tolist()]
        for row in rows:
            row["time"] /= TICKS
        return [row for row in rows if row[key] == index and all(row[k] == v for k, v in wanted.items())]

    def at(self, time, column, node, product=None):
        """Return a state at an instant, after everything due at it."""
        return [row[column] for row in self.rows("stock", node, product) if row["time"] <= time][-1]

    def net_stock(self, node, times, product=None):
        """Return the net stock at several instants."""
        return [self.at(t, "on_hand", node, product) - self.at(t, "backorders", node, product) for t in times]

    def orders(self, node, product=None):
        """Return (time, quantity) of every order placed."""
        return [(row["time"], row["quantity"]) for row in self.rows("orders", node, product)]

    def receipts(self, node, product=None):
        """Return (time, quantity) of everything received."""
        return [(row["time"], row["quantity"]) for row in self.rows("deliveries", node, product, key="buyer")]


@pytest.fixture
def story():
    """Run a scenario given as text."""

    def run(text, seed=1):
        return Story(text, seed)

    return run
