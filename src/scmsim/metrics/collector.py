"""The sink that measures a run while it happens."""

from collections.abc import Iterable, Mapping

from scmsim.engine.recorder import Chunk
from scmsim.metrics.accumulator import Accumulator
from scmsim.metrics.catalogue import catalogue
from scmsim.metrics.facts import Facts, pieces
from scmsim.metrics.layout import Layout
from scmsim.metrics.metric import Measured, Metric
from scmsim.scenario.network import Network


class Collector:
    """Feeds every accumulator that some metric needs, each once, with the facts of one run.

    Parameters
    ----------
    network : Network
        What is simulated.
    metrics : iterable of Metric, optional
        What to measure; the whole catalogue if left out.

    Attributes
    ----------
    reads : frozenset of str
        The tables of facts that have to be recorded.
    """

    def __init__(self, network: Network, metrics: Iterable[Metric] | None = None) -> None:
        self.layout = Layout(network)
        self.metrics = tuple(catalogue().values() if metrics is None else metrics)
        kinds = dict.fromkeys(kind for metric in self.metrics for kind in metric.needs)
        self._accumulators: Mapping[type[Accumulator], Accumulator] = {kind: kind(self.layout) for kind in kinds}
        self.reads = frozenset[str]().union(*(kind.reads(self.layout) for kind in kinds))
        self._measured: Measured | None = None

    def update(self, chunk: Chunk) -> None:
        """Take in the facts of the next stretch of the run."""
        for piece in pieces(self.layout, chunk):
            facts = Facts(self.layout, piece)
            for accumulator in self._accumulators.values():
                accumulator.update(facts)

    def finish(self) -> Measured:
        """Close the books, once, and return what was measured."""
        if self._measured is None:
            for accumulator in self._accumulators.values():
                accumulator.finish()
            self._measured = Measured(self.layout, self._accumulators)
        return self._measured
