"""What leaves a group of stocks, as against what its stocks pass on among themselves."""

import numpy as np

from scmsim.metrics.layout import Array, Layout, Mask
from scmsim.metrics.rollup import Grouping
from scmsim.scenario.network import FromProduction


def leaving(layout: Layout, level: str, issued: Array, sold: Array) -> Array:
    """Return, of the units that each stock issued, those that leave its group of a level.

    Parameters
    ----------
    layout : Layout
        The network.
    level : str
        Which grouping of the KPI table.
    issued, sold : ndarray
        Units that left each stock, and those of them that went to end customers.

    Returns
    -------
    ndarray
        Per point: all it issued, what it sold, or NaN where some of the rest leaves the group and some stays in it.
        Whether a group makes one product of another is not looked at: see `mixed`.
    """
    sold = np.where(layout.stocked, sold, 0.0)
    if level in ("point", "node"):
        return issued
    if level == "chain":
        return sold
    seller, lanes = layout.ways
    inside, outside = np.zeros(layout.size, dtype=np.bool_), np.zeros(layout.size, dtype=np.bool_)
    if level == "segment":
        stays = layout.segment[lanes] == layout.segment[seller]
        inside[seller[stays]], outside[seller[~stays]] = True, True
    else:
        inside[seller] = True
        outside[[component for component, _ in _uses(layout)]] = True
    left: Array = np.where(outside, np.where(inside, np.nan, issued), sold)
    return np.where(layout.stocked, left, 0.0)


def mixed(layout: Layout, grouping: Grouping) -> Mask:
    """Tell which groups hold units not of one kind: different units, or components along with what is made of them."""
    units = {unit: i for i, unit in enumerate(dict.fromkeys(p.unit for p in layout.network.products.values()))}
    unit = np.array([units[layout.network.products[name].unit] for name in layout.products], dtype=np.int64)
    kinds = np.unique(grouping.group[layout.stocked] * len(units) + unit[layout.product[layout.stocked]])
    found: Mask = np.bincount(kinds // len(units), minlength=grouping.size) > 1
    for component, made in _uses(layout):
        if layout.stocked[component] and grouping.group[component] == grouping.group[made]:
            found[grouping.group[made]] = True
    return found


def _uses(layout: Layout) -> list[tuple[int, int]]:
    """Return every pair of a component and what is made of it, as points."""
    return [
        (component, point.index)
        for point in layout.network.points
        if isinstance(point.source, FromProduction)
        for component, _ in point.source.components
    ]
