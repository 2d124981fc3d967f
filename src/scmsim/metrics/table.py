"""The figures of one run: the values of every metric, apart from the names of what they are about."""

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from scmsim.metrics.collector import Collector
from scmsim.metrics.layout import Array, Index, Layout
from scmsim.metrics.metric import Measured, Metric
from scmsim.metrics.rollup import Grouping, groupings

if TYPE_CHECKING:
    import pandas as pd

Names = npt.NDArray[np.object_]

NAMES_OF_LEVEL = {
    "point": ("node", "product"),
    "node": ("node",),
    "segment": ("segment",),
    "product": ("product",),
    "chain": (),
}
"""Which names a row of each level carries; the others are null."""

KEYS = ("metric", "segment", "node", "product", "unit")
"""The columns that say what a figure is about, and its unit."""


class _Block(NamedTuple):
    metric: Metric
    grouping: Grouping
    groups: Index
    value: Array


class Figures:
    """Every metric of a finished run.

    There is one figure per metric and point, node, segment, product and for the chain, in this order. A metric has none
    where it does not apply (stock at an unlimited supplier). Which figures there are depends on the network alone.

    Parameters
    ----------
    collector : Collector
        Has taken in the whole run.

    Attributes
    ----------
    values : ndarray
        The figures; NaN where one is undefined (0 / 0).
    """

    __slots__ = ("_blocks", "_layout", "values")

    def __init__(self, collector: Collector) -> None:
        measured = collector.finish()
        self._layout = layout = collector.layout
        levels = groupings(layout)
        self._blocks = [block for metric in collector.metrics for block in _blocks(metric, measured, levels)]
        self.values: Array = np.concatenate([np.empty(0), *(block.value for block in self._blocks)])

    def keys(self) -> dict[str, Names]:
        """Return what the figures are about: an array per name of `KEYS`; a figure has the names of its level only."""
        blocks, layout = self._blocks, self._layout
        lengths = [len(block.groups) for block in blocks]
        said = {
            "metric": [block.metric.name for block in blocks],
            "unit": [block.metric.unit_in(layout) for block in blocks],
        }
        found = {name: np.repeat(np.array(each, dtype=object), lengths) for name, each in said.items()}
        about = {"segment": layout.segments, "node": layout.nodes, "product": layout.products}
        for name, names in about.items():
            known = np.array([*names, None], dtype=object)
            found[name] = known[np.concatenate([_NONE, *(_places(layout, block, name) for block in blocks)])]
        return {key: found[key] for key in KEYS}


_NONE = np.empty(0, dtype=np.int64)


def measure(collector: Collector) -> "pd.DataFrame":
    """Work out every metric of a finished run, as a table.

    Parameters
    ----------
    collector : Collector
        Has taken in the whole run.

    Returns
    -------
    pandas.DataFrame
        Columns metric, segment, node, product, value, unit: one row per figure of `Figures`, null where a name does
        not belong to a row or a value is undefined.
    """
    import pandas as pd

    figures = Figures(collector)
    columns: dict[str, Any] = {**figures.keys(), "value": figures.values}
    return pd.DataFrame({name: columns[name] for name in (*KEYS[:-1], "value", KEYS[-1])})


def _blocks(metric: Metric, measured: Measured, levels: tuple[Grouping, ...]) -> list[_Block]:
    answer = metric.compute(measured)
    if answer is None:
        return []
    blocks = []
    for grouping in levels:
        values = answer.at(grouping)
        if values is not None:
            index = grouping.group if answer.where is None else grouping.group[answer.where]
            groups = np.bincount(index, minlength=grouping.size).nonzero()[0]
            blocks.append(_Block(metric, grouping, groups, values[groups]))
    return blocks


def _places(layout: Layout, block: _Block, name: str) -> Index:
    """Return the places of a block's names among all of that kind; -1 where a row carries none."""
    level = block.grouping.level
    if name not in NAMES_OF_LEVEL[level]:
        return np.full(len(block.groups), -1)
    if level == "point":
        return (layout.node if name == "node" else layout.product)[block.groups]
    return block.groups
