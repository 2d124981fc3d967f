"""The KPI table of one run."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from scmsim.metrics.collector import Collector
from scmsim.metrics.layout import Array, Index, Layout
from scmsim.metrics.metric import Measured, Metric
from scmsim.metrics.rollup import Grouping, groupings

Names = npt.NDArray[np.object_]

NAMES_OF_LEVEL = {
    "point": ("node", "product"),
    "node": ("node",),
    "segment": ("segment",),
    "product": ("product",),
    "chain": (),
}
"""Which names a row of each level carries; the others are null."""


class _Block(NamedTuple):
    metric: Metric
    grouping: Grouping
    groups: Index
    value: Array


def measure(collector: Collector) -> pd.DataFrame:
    """Work out every metric of a finished run.

    Parameters
    ----------
    collector : Collector
        Has taken in the whole run.

    Returns
    -------
    pandas.DataFrame
        Columns metric, segment, node, product, value, unit: one row per metric and point, node, segment, product and
        for the chain, in this order. A row carries only the names of its own level. A metric has no row where it does
        not apply (stock at an unlimited supplier) and NaN where it is undefined (0 / 0); which rows there are depends
        on the network alone.
    """
    measured = collector.finish()
    layout = collector.layout
    levels = groupings(layout)
    blocks = [block for metric in collector.metrics for block in _blocks(metric, measured, levels)]
    column = _columns(layout, blocks)
    return pd.DataFrame({name: column[name] for name in ("metric", "segment", "node", "product", "value", "unit")})


def _blocks(metric: Metric, measured: Measured, levels: tuple[Grouping, ...]) -> list[_Block]:
    answer = metric.compute(measured)
    if answer is None:
        return []
    blocks = []
    for grouping in levels:
        values = answer.at(grouping)
        if values is not None:
            index = grouping.group if answer.where is None else grouping.group[answer.where]
            groups = np.flatnonzero(np.bincount(index, minlength=grouping.size))
            blocks.append(_Block(metric, grouping, groups, values[groups]))
    return blocks


def _columns(layout: Layout, blocks: list[_Block]) -> dict[str, npt.NDArray[np.generic]]:
    lengths = [len(block.groups) for block in blocks]
    names = {name: [_names(layout, block, name) for block in blocks] for name in ("segment", "node", "product")}
    columns: dict[str, npt.NDArray[np.generic]] = {key: _joined(parts) for key, parts in names.items()}
    columns["metric"] = np.repeat(np.array([block.metric.name for block in blocks], dtype=object), lengths)
    columns["unit"] = np.repeat(np.array([block.metric.unit_in(layout) for block in blocks], dtype=object), lengths)
    columns["value"] = np.concatenate([block.value for block in blocks]) if blocks else np.empty(0)
    return columns


def _names(layout: Layout, block: _Block, name: str) -> Names:
    if name not in NAMES_OF_LEVEL[block.grouping.level]:
        return np.full(len(block.groups), None, dtype=object)
    names = np.array({"segment": layout.segments, "node": layout.nodes, "product": layout.products}[name], dtype=object)
    if block.grouping.level == "point":
        return names[(layout.node if name == "node" else layout.product)[block.groups]]
    return names[block.groups]


def _joined(parts: list[Names]) -> Names:
    return np.concatenate(parts) if parts else np.empty(0, dtype=object)
